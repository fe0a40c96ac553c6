"""Checking a question before anything is sent."""

import json
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetPydanticSchema, ValidationError, model_validator
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from tradestat_tools.codes.countries import area_named
from tradestat_tools.codes.words import CodeError, shown
from tradestat_tools.model.errors import InvalidQuery

MAX_TEXT = 300
"""No code, name or period is longer; a longer one is a mistake or an attack."""

EXACT_WHOLE = 2**53
"""Below it a floating point number is exactly the whole number that was written."""

UNSET_WORDS = frozenset({"null", "none", "undefined", ""})
"""What models write for an argument they mean to leave out."""


class Meaning(StrEnum):
    """What an argument holds: a mark in the annotation of its field, so that a wrong value gets the right help."""

    AREA = "area"
    """One country."""
    PERIOD = "period"
    FLOW = "flow"
    HS = "hs"
    """A code of goods."""
    EBOPS = "ebops"
    """A code of services."""


class Arguments(BaseModel):
    """The question of one tool. Unknown names are refused; numbers sent as text and text sent as numbers are read."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, str_strip_whitespace=True)

    @classmethod
    def meaning(cls, argument: str, raw: Mapping[str, Any]) -> Meaning | None:  # noqa: ARG003 - for those it depends on
        """What an argument holds, which may depend on the others as they were sent; None of those that need no help."""
        field = cls.model_fields.get(argument)
        return next((one for one in field.metadata if isinstance(one, Meaning)), None) if field else None

    @model_validator(mode="before")
    @classmethod
    def _read_loosely(cls, raw: Any) -> Any:
        return _loosely(cls, cast("Mapping[str, Any]", raw)) if isinstance(raw, Mapping) else raw


class ArgumentError(ValueError):
    """Raised by validators of arguments; carries what an `InvalidQuery` should say.

    Args:
        message: what is wrong with the value.
        allowed: what would be accepted.
        nearest: the nearest valid values, best first.
        argument: the argument at fault, for rules over several arguments.
        remedy: what to do next, where the allowed or nearest values do not say it.
    """

    def __init__(
        self,
        message: str,
        *,
        allowed: str | None = None,
        nearest: tuple[str, ...] = (),
        argument: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.allowed = allowed
        self.nearest = nearest
        self.argument = argument
        self.remedy = remedy

    @classmethod
    def of(cls, argument: str, error: CodeError) -> "ArgumentError":
        """What is wrong with a code, of an argument that is read with others; a field's own reader may raise either."""
        return cls(error.message, argument=argument, allowed=error.allowed or None, nearest=error.nearest)


def reads(read: Callable[[str], Any], *, max_length: int | None = None) -> GetPydanticSchema:
    """Marks a field that is written as text, and is so in the schema, and holds what the text means.

    Args:
        read: raises ArgumentError or CodeError for what means nothing.
        max_length: of the text.
    """

    def schema(_: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(read, core_schema.str_schema(max_length=max_length))

    return GetPydanticSchema(schema)


A = TypeVar("A", bound=Arguments)


def parse_arguments(model: type[A], raw: Mapping[str, Any]) -> A:
    """Read raw arguments into their typed form.

    Raises:
        InvalidQuery: naming the argument at fault, what is allowed and the nearest valid value.
    """
    for name in raw:
        if name not in model.model_fields:
            raise _unknown_argument(model, name)
    for name, value in raw.items():
        _refuse_hostile(name, value)
    try:
        return model.model_validate(dict(raw))
    except ValidationError as error:
        raise _invalid_query(model, error) from None


def _loosely(model: type[BaseModel], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Undo what models do to arguments: "null" for unset, a list sent as JSON text."""
    read: dict[str, Any] = {}
    for name, value in raw.items():
        field = model.model_fields.get(name)
        if field is None:
            read[name] = value
            continue
        if value is None or (isinstance(value, str) and value.strip().lower() in UNSET_WORDS):
            continue  # left out; a required one is then "missing", which says it best
        value = _whole(value)  # noqa: PLW2901
        read[name] = _list_from_text(name, value) if _is_list(field.annotation) else value
    return read


def _whole(value: Any) -> Any:
    """2023 for 2023.0: JSON has one kind of number, and some clients write all of them with a point.

    Text is left as it is: "8507.0" may be a code with a digit missing.
    """
    if isinstance(value, list):
        return [_whole(each) for each in cast("list[object]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_WHOLE else value


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) in (list, tuple) or any(get_origin(a) in (list, tuple) for a in get_args(annotation))


def _list_from_text(name: str, value: Any) -> Any:
    """`'["a","b"]'`, `"a,b"` and a lone `"a"` where a list is meant."""
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("["):
            try:
                return json.loads(text)
            except (ValueError, RecursionError):
                return value
        return _parted(name, [part.strip() for part in _COMMA.split(text) if part.strip()])
    if isinstance(value, int):
        return [value]
    return value


_COMMA = re.compile(r",(?![^()]*\))")
"""A comma between entries; "Japan (JP, 392)" is one."""


def _parted(name: str, parts: list[str]) -> list[str]:
    """The entries of a list written with commas, where a country's name may have one itself: `Korea, Rep., JPN`.

    Raises:
        ArgumentError: two entries that are one area's name as well: `Hong Kong, China`.
    """
    read: list[str] = []
    for part in parts:
        before = read[-1] if read else ""
        if not (_is_name(before) and _is_name(part) and (both := area_named(f"{before}, {part}"))):
            read.append(part)
        elif (one := area_named(before)) and (other := area_named(part)):
            raise ArgumentError(
                f"{shown(f'{before}, {part}', 60)} can be two areas, or {both.name_en} alone.",
                argument=name,
                allowed="codes, or a JSON list of names",
                nearest=tuple(dict.fromkeys(f"{area.iso3} ({area.name_en})" for area in (both, one, other))),
            )
        else:
            read[-1] = f"{before}, {part}"
    return read


def _is_name(text: str) -> bool:
    return sum(char.isalpha() for char in text) > 2


def _refuse_hostile(name: str, value: Any) -> None:
    texts = cast("list[object]", value) if isinstance(value, list) else [value]
    for text in texts:
        if not isinstance(text, str):
            continue
        if len(text) > MAX_TEXT and not text.lstrip().startswith("["):
            raise InvalidQuery(
                f"`{name}` is {len(text)} characters long; no code, name or period is.",
                argument=name,
                allowed=f"at most {MAX_TEXT} characters",
            )
        if any(ord(char) < 32 or ord(char) == 127 for char in text):
            raise InvalidQuery(
                f"`{name}` contains control characters.", argument=name, allowed="printable text on one line"
            )


_SAME_THING = tuple(
    frozenset(words.split())
    for words in (
        "reporter reportercode reportingcountry country",
        "partner partnercode partnercountry destination country countrycode cntycd",
        "product productcode commodity commoditycode hs hscode hssgn cmdcode",
        "service servicecode ebops ebopscode cmdcode",
        "flow flowcode tradeflow direction",
        "from start startyear startmonth yearfrom periodfrom strtyymm year years period currentmonth",
        "to end endyear endmonth yearto periodto endyymm year years period currentmonth",
        "limit maxrecords pagesize rows top",
        "search query keyword text q",
    )
)
"""Names that services and models give to one thing. The nearest by spelling may be another: to `reporter` it is
`partner`, which would turn the flow round."""


def _same_thing(name: str, known: list[str]) -> list[str]:
    """The arguments of a tool that mean what `name` says, in its order; the very name alone, where it is there."""
    plain = {argument: argument.lower().replace("_", "") for argument in known}
    said = name.lower().replace("_", "")
    if the_same := [argument for argument in known if plain[argument] == said]:
        return the_same
    meant = frozenset[str]().union(*(words for words in _SAME_THING if said in words))
    return [argument for argument in known if plain[argument] in meant]


def _unknown_argument(model: type[BaseModel], name: str) -> InvalidQuery:
    known = list(model.model_fields)
    nearest = _same_thing(name, known) or get_close_matches(name.lower(), known, n=2, cutoff=0.5)
    takes = f"takes {', '.join(known)}" if known else "takes no arguments"
    quoted = shown(name, 60)[1:-1]
    return InvalidQuery(
        f"There is no argument `{quoted}`.",
        argument=quoted,
        allowed=f"this tool {takes}",
        nearest=nearest,
        remedy=f"Use {' or '.join(f'`{n}`' for n in nearest)}." if nearest else "Leave it out.",
    )


def _invalid_query(model: type[BaseModel], error: ValidationError) -> InvalidQuery:
    """The first fault of a pydantic report in a form that a caller can act on."""
    fault = error.errors(include_url=False)[0]
    where = [str(part) for part in fault["loc"]]
    argument = where[0] if where else None
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, InvalidQuery):
        return cause
    if isinstance(cause, (ArgumentError, CodeError)):
        named, remedy = (cause.argument, cause.remedy) if isinstance(cause, ArgumentError) else (None, None)
        return InvalidQuery(
            cause.message,
            argument=named or argument,
            allowed=cause.allowed or None,
            nearest=cause.nearest,
            remedy=remedy,
        )
    if fault["type"] == "missing":
        field = model.model_fields.get(argument or "")
        return InvalidQuery(
            f"`{argument}` is missing.",
            argument=argument,
            allowed=field.description if field else None,
            remedy=f"Call again with `{argument}`.",
        )
    if fault["type"] in ("literal_error", "enum"):
        expected = str(fault.get("ctx", {}).get("expected", ""))
        choices = [choice for part in expected.replace(" or ", ",").split(",") if (choice := part.strip(" '"))]
        given = str(fault.get("input", ""))
        by_lower = {choice.lower(): choice for choice in choices}
        nearest = [by_lower[n] for n in get_close_matches(given.lower(), list(by_lower), n=1, cutoff=0.4)]
        return InvalidQuery(
            f"`{argument}` can not be {shown(given, 60)}.",
            argument=argument,
            allowed=f"one of {', '.join(choices)}",
            nearest=nearest,
        )
    if fault["type"] in BOUNDS:
        return _out_of_bounds(model, argument or "", fault)
    field = model.model_fields.get(argument or "")
    given = f" (given: {shown(str(fault['input']), 60)})" if argument and not isinstance(fault["input"], dict) else ""
    message = fault["msg"].removeprefix("Value error, ")
    return InvalidQuery(
        f"`{argument}`: {message}{given}." if argument else f"{message}.",
        argument=argument,
        allowed=field.description if field else None,
    )


BOUNDS = frozenset({"greater_than_equal", "less_than_equal", "greater_than", "less_than"})
"""Pydantic's names for a number outside of its range."""


def _out_of_bounds(model: type[BaseModel], argument: str, fault: ErrorDetails) -> InvalidQuery:
    """A number outside of its range: the range, and its nearer end."""
    schema = model.model_json_schema()["properties"].get(argument, {})
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    if lowest is not None and highest is not None:
        allowed = f"{lowest} to {highest}"
    else:
        allowed = f"{lowest} or more" if lowest is not None else f"{highest} or less"
    nearest = lowest if fault["type"].startswith("greater") else highest
    return InvalidQuery(
        f"`{argument}` can not be {shown(str(fault['input']), 60)[1:-1]}.",
        argument=argument,
        allowed=allowed,
        nearest=[str(nearest)] if nearest is not None else [],
    )

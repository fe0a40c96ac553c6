"""What UN Comtrade sends: errors by status and text, the envelope, its rows."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ValidationError

from tradestat_tools.model.errors import (
    QuotaExhausted,
    RateLimited,
    TradestatError,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.comtrade.service import GET_A_KEY, KEY_VARIABLE, SERVICE, SOURCE_ID
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.failures import Failures, Words, kind_of, not_asked_for, retry_after, seconds
from tradestat_tools.upstream.reading import json_of, number, one_line, sentence

Amount = int | float

EXACT = 2**53
"""Below this a floating point number says exactly which whole one is meant."""

SAYS = "It says: "
"""What comes before the service's own words in a message."""

QUOTED = 200
"""Characters of the service's words that an error repeats."""

FAILURES = Failures(
    SOURCE_ID,
    {
        QuotaExhausted: Words(
            f"{SERVICE}: the calls of the day are used up.{{said}}",
            f"Wait until the quota is replenished, or unset {KEY_VARIABLE} to use the preview.",
        ),
        RateLimited: Words(
            f"{SERVICE}: too many calls in a short time (it takes about one in two seconds).",
            "Wait, then send the same question again.",
        ),
        UpstreamDown: Words(
            f"{SERVICE} failed on its side (HTTP {{status}}).{{said}}",
            "Try again in a few minutes; asking for less may help.",
        ),
        UpstreamRefused: Words(
            f"{SERVICE} rejected the question:{{said}}",
            "Check the codes with comtrade_reference, or ask for fewer of them.",
        ),
        UpstreamChanged: Words(
            f"{SERVICE} answered in another form: expected an answer at this address; it answered HTTP {{status}}.",
            "Try again; if it stays so, the service has changed and this server must be updated.",
        ),
    },
    {
        401: Words(
            f"{SERVICE} does not accept the key in {KEY_VARIABLE}.{{said}}",
            f"Check {KEY_VARIABLE}, or unset it to use the preview. {GET_A_KEY}",
        ),
        403: Words(
            f"{SERVICE} denies access with the key in {KEY_VARIABLE}.{{said}}",
            f"The key's subscription may not cover this. {GET_A_KEY}",
        ),
    },
)

_SECONDS = re.compile(r"try again in (\d+) seconds?", re.IGNORECASE)
"""`Rate limit is exceeded. Try again in 4 seconds.` (documented, autumn 2026)."""
_CLOCK = re.compile(r"(?:(\d{1,9})\.)?(\d{1,3}):(\d{2}):(\d{2})")
"""`Out of call volume quota. Quota will be replenished in 05:12:33.` (documented, autumn 2026)."""


def read_json(response: Response) -> object:
    """The body of a successful answer as JSON; everything else as the error that it stands for.

    Raises:
        TradestatError: the status or the body says that this is no answer.
    """
    if response.status == 204:  # no content: there is nothing
        return {"count": 0, "data": []}
    if response.status != 200:
        raise _failure(response)
    text = response.body.lstrip(
        b"\xef\xbb\xbf \t\r\n"
    )  # reference lists often start with a BOM (documented, autumn 2026)
    if not text:
        said = f"{SERVICE} sent an empty body where JSON was expected."
        raise FAILURES.error(UpstreamDown, said, remedy="Try again in a minute.")
    if text.startswith(b"<"):
        raise FAILURES.error(
            UpstreamDown,
            f"{SERVICE} sent a web page where JSON was expected: it is under maintenance, or a proxy answered.",
            remedy="Try again later; open https://comtradeapi.un.org in a browser to see what answers.",
            transient=False,
        )
    try:
        body: object = json_of(text)
    except (ValueError, RecursionError):
        raise changed("JSON that is whole and well-formed", "the body is cut off or not JSON") from None
    status = cast("dict[str, object]", body).get("statusCode") if isinstance(body, dict) else None
    if isinstance(status, int) and status >= 400:  # the gateway's error, should it ever come with HTTP 200
        raise _failure(Response(status, response.headers, response.body))
    return cast("object", body)


def changed(expected: str, seen: str) -> TradestatError:
    """The failure for an answer whose form is not the known one."""
    text = f"{SERVICE} answered in another form: expected {expected}; {sentence(seen)}"
    return FAILURES.error(UpstreamChanged, text)


def _failure(response: Response) -> TradestatError:
    """The error of an answer that is none, by its status; by its words where those tell a used up quota."""
    message, status = _message(response), response.status
    said = f"{SAYS}{sentence(message)}" if message else ""
    if "quota" in message.lower() and status in (403, 429):
        return FAILURES.of(402, said, wait=_clock_seconds(message))
    if kind_of(status) is UpstreamRefused:
        return _refused(message or f"HTTP {status}")
    found = _SECONDS.search(message) if status == 429 else None
    wait = seconds(found[1]) if found else retry_after(response.headers, datetime.now(UTC))
    return FAILURES.of(status, said, wait=wait)


def _refused(message: str) -> TradestatError:
    return FAILURES.of(400, sentence(message))


def _message(response: Response) -> str:
    """The service's words: JSON `message` or `error`, or plain text; nothing from a web page."""
    try:
        body: Any = json_of(response.body)
    except (ValueError, RecursionError):
        text = response.body[:2000].decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
        return "" if text.startswith("<") else one_line(text, QUOTED)
    if not isinstance(body, dict):
        return ""
    members = cast("dict[str, Any]", body)
    for name in ("message", "error", "title", "errorMessage"):
        if isinstance(value := members.get(name), str) and value.strip():
            return one_line(value, QUOTED)
    return ""


def _clock_seconds(text: str) -> float | None:
    found = _CLOCK.search(text)
    if found is None:
        return None
    days, hours, minutes, rest = (int(part or 0) for part in found.groups())
    return seconds(((days * 24 + hours) * 60 + minutes) * 60 + rest)


def _flag(value: object) -> object:
    """A yes or no, also as text or number."""
    if isinstance(value, str):
        word = value.strip().lower()
        return {"true": True, "1": True, "false": False, "0": False, "": None}.get(word, value)
    return bool(value) if value in (0, 1) else value


def _amount(value: object) -> object:
    """A figure. Nearly all come as plain numbers, many whole ones with a point; the rest is read as text is."""
    if type(value) is float and value.is_integer() and abs(value) < EXACT:
        return int(value)
    is_plain = value is None or type(value) is int or (type(value) is float and math.isfinite(value))
    return value if is_plain else number(value)


def _text(value: object) -> object:
    """Text without the blanks around it (`mosCode` comes as "0" and as "0 ", seen in rows of 2018 to 2022)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else value


def _unit(value: object) -> object:
    """A unit's abbreviation; "N/A" (code -1) is no unit."""
    cleaned = _text(value)
    return None if cleaned in ("N/A", "n/a", "") else cleaned


Text = Annotated[str, BeforeValidator(_text)]
OptionalText = Annotated[str | None, BeforeValidator(_text)]
OptionalAmount = Annotated[Amount | None, BeforeValidator(_amount)]
OptionalFlag = Annotated[bool | None, BeforeValidator(_flag)]
OptionalUnit = Annotated[str | None, BeforeValidator(_unit)]


class _CountEnvelope(BaseModel):
    count: int


class _ListEnvelope(BaseModel):
    results: list[dict[str, Any]]


def read_count(response: Response) -> int:
    """How many rows there are: the answer to a question with `countOnly`, whose `data` may hold anything.

    Raises:
        TradestatError: what the service's status, its `error` or an unknown form stand for.
    """
    return read_rows(response, _CountEnvelope, "`count`, a number").count


E = TypeVar("E", bound=BaseModel)


def read_rows(response: Response, envelope: type[E], expected: str) -> E:
    """A whole answer of one of the endpoints whose answers have an `error` member.

    Raises:
        TradestatError: what the service's status, its `error` or an unknown form stand for.
    """
    return fit(envelope, read_body(response), expected)


def read_body(response: Response) -> object:
    """The body of such an answer, as JSON.

    Raises:
        TradestatError: what the service's status or its `error` stand for.
    """
    body = read_json(response)
    if isinstance(body, dict) and (error := cast("dict[str, object]", body).get("error")):
        raise _refused(one_line(error, QUOTED))
    return cast("object", body)


def read_list(response: Response) -> list[dict[str, Any]]:
    """The entries of a reference list, as they came.

    Raises:
        TradestatError: what the service's status or an unknown form stand for.
    """
    return fit(_ListEnvelope, read_json(response), "a reference list under `results`").results


M = TypeVar("M", bound=BaseModel)


def fit(model: type[M], body: object, expected: str) -> M:
    """A body in the form that is known.

    Raises:
        UpstreamChanged: it has another one.
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        place, said = fault_of(error)
        raise changed(expected, f"`{'.'.join(map(str, place)) or 'the body'}`: {said}") from None


def fault_of(error: ValidationError) -> tuple[tuple[int | str, ...], str]:
    """Where the first fault is, and what it is."""
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return fault["loc"], one_line(fault["msg"], QUOTED).removeprefix("Value error, ")


COMPARED = (
    "typeCode",
    "freqCode",
    "reporterCode",
    "period",
    "partnerCode",
    "cmdCode",
    "flowCode",
    "partner2Code",
    "customsCode",
    "motCode",
    "clCode",
)
"""Parameters that a row repeats, nearly all under the same name."""

_LEVEL = re.compile(r"AG([1-6])")
_NUMBER = re.compile(r"0*(\d+)")
_SHOWN = 3


def check_answered(
    rows: Sequence[object], asked: Mapping[str, str], names: Sequence[str] = COMPARED, *, begins: bool = False
) -> None:
    """Refuse an answer of which a row was not asked for.

    Args:
        rows: the rows. One that leaves a field out is not held against it.
        asked: codes by parameter as they were sent, comma separated, and those of the path under `typeCode`,
            `freqCode` and `clCode`. A parameter that is left out was left open.
        names: the parameters to compare.
        begins: whether a product code stands for all national codes that begin with it, as with tariff lines.

    Raises:
        UpstreamChanged: naming the parameters that seem to be ignored.
    """
    strangers = [
        (name, _shown(asked[name]), one_line(stranger, 20))
        for name in names
        if asked.get(name) and (stranger := _stranger(rows, name, asked[name].split(","), begins=begins)) is not None
    ]
    if strangers:
        raise not_asked_for(SERVICE, SOURCE_ID, strangers)


def _shown(codes: str) -> str:
    first = codes.split(",")
    return ",".join(first[:_SHOWN]) + (",..." if len(first) > _SHOWN else "")


def _stranger(rows: Sequence[object], name: str, codes: Sequence[str], *, begins: bool) -> str | None:
    """The first value of a field that was not asked for."""
    if name == "cmdCode":
        return _strange_product(rows, codes, begins=begins)
    # Each value once, in the order of the rows: there may be 100,000 of them.
    field = "classificationCode" if name == "clCode" else name
    values = dict.fromkeys(value for row in rows if (value := getattr(row, field, None)) is not None)
    if name == "clCode":
        # The edition is not compared: clCode=HS brings each row in the one it was reported in.
        return next((value for value in values if value and value[0] != codes[0][0]), None)
    wanted = {bare(code) for code in codes}
    return next((value for value in values if bare(value) not in wanted), None)


def bare(code: str) -> str:
    """A code without the zeros before a number: area 32 is also written 032."""
    found = _NUMBER.fullmatch(code)
    return found[1] if found else code.upper()


def _strange_product(rows: Sequence[Any], codes: Sequence[str], *, begins: bool) -> str | None:
    """AG2, AG4 and so on stand for every code of a level: of so many digits in HS and SITC, by `aggrLevel` in BEC.

    A question mark stands for one digit.
    """
    wanted = tuple(code.upper() for code in codes)
    levels = {int(found[1]) for code in wanted if (found := _LEVEL.fullmatch(code))}
    wild = re.compile("|".join(code.replace("?", ".") for code in wanted if "?" in code) or "(?!)")
    for came, level in dict.fromkeys((row.cmdCode, row.aggrLevel) for row in rows):
        code: str = came.upper()
        known = code in wanted or levels & {len(code), level} or wild.fullmatch(code)
        if not known and not (begins and code.startswith(wanted)):
            return came
    return None

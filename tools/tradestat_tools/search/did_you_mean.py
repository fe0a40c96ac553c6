"""What a refused argument may have meant: the codes that words stand for, or the next useful call."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from tradestat_tools.codes.countries import Area, label, resolve_area, why_no_code
from tradestat_tools.codes.flows import flow
from tradestat_tools.codes.hs import hs_status
from tradestat_tools.codes.search.index import WHOLE_NAME
from tradestat_tools.codes.words import MAX_INPUT, CodeError, shown
from tradestat_tools.model.arguments import UNSET_WORDS, Arguments, Meaning
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.search.lists import Kind, look
from tradestat_tools.upstream.runtime import in_thread

GENERAL = InvalidQuery("").remedy
"""What an error says that knows no better."""

_BETWEEN = re.compile(r"[,;/、，；]|\s(?:and|or|和|및)\s", re.IGNORECASE)
_WHOLE = re.compile(r"(\d{4}|\d{6})\.0+")
_MOST_NAMED = 5


def with_next_step(meaning: Meaning | None, error: InvalidQuery, raw: Mapping[str, Any]) -> InvalidQuery:
    """The error with the call that asks for what was meant, where that is known; else as it is.

    Args:
        meaning: what the argument at fault holds.
        error: what was wrong with the raw arguments.
        raw: the arguments as the caller sent them.
    """
    given = raw.get(error.argument or "")
    if meaning is Meaning.AREA:
        if several := _several(given):
            return _one_call_each(error, several)
        if error.remedy == GENERAL and (one := _area(given)) and (why := why_no_code(one)) and why in error.message:
            return _again(error, remedy=_without_code(one))
    if meaning is Meaning.FLOW and error.remedy == GENERAL and (near := _flows_like(given, error.allowed or "")):
        return _again(error, near=near)
    if meaning is Meaning.PERIOD and error.remedy == GENERAL and isinstance(given, str):
        if whole := _WHOLE.fullmatch(given.strip()):
            return _again(error, near=(whole[1],))
        if not re.search(r"\d", given):
            return _again(error, remedy=f"Write the year or month meant by {shown(given)} in digits: 2024, 2024-03.")
    return error


def _several(given: Any) -> list[Area]:
    """The areas in a list, or in a text that lists them; none where it is not such a list throughout."""
    texts = cast("list[object]", given) if isinstance(given, list) else _BETWEEN.split(str(given)[:MAX_INPUT])
    found = [_area(str(text).strip()) for text in texts[:MAX_INPUT]]
    known = [one for one in found if one]
    return known if len(known) > 1 and len(known) == len(found) else []


def _area(given: Any) -> Area | None:
    try:
        return resolve_area(str(given)).area
    except CodeError:
        return None


def _flows_like(given: Any, allowed: str) -> tuple[str, ...]:
    """The flows that a mistyped word may mean, of those that the tool takes."""
    texts = cast("list[object]", given) if isinstance(given, list) else str(given)[:MAX_INPUT].split(",")
    for text in texts[:MAX_INPUT]:
        try:
            flow(str(text))
        except CodeError as error:
            return tuple(near for near in error.nearest if near.split()[0] in re.findall(r"\w+", allowed))
    return ()


def _one_call_each(error: InvalidQuery, areas: list[Area]) -> InvalidQuery:
    named = ", ".join(label(one) for one in areas[:_MOST_NAMED]) + (" and others" if len(areas) > _MOST_NAMED else "")
    return InvalidQuery(
        f"`{error.argument}` takes one country, and {len(areas)} were given.",
        argument=error.argument,
        allowed=error.allowed,
        remedy=f"Call once for each: {named}. comtrade_data takes several at once, as reporterCode and partnerCode.",
        source=error.source,
    )


def _without_code(one: Area) -> str:
    where = f"search_codes(kind=country, query={shown(one.name_en)}) shows which services have a code for it."
    if one.until is None:
        return f"Ask another service, or for the area that counts it: {where}"
    own = f", or for its own years UN Comtrade, where its code is {one.comtrade}" if one.comtrade else ""
    return f"Ask for what came after it{own}: {where}"


_KINDS: dict[Meaning, Kind] = {Meaning.HS: "hs", Meaning.EBOPS: "ebops"}
"""The lists of codes that words are looked up in."""

OFFERED = 4

_CODE = re.compile(r"\W*(hs|ag|s[a-l]?)?\s*(code)?[\W_]*([0-9][0-9.\s-]*)?[a-z]?\W*|total|all", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9OoIl]{2,10}")
_WORD = re.compile(r"[a-z]{2,}|[^\W\d_\x00-\x7f]", re.IGNORECASE)
"""What is meant as a code, right or wrong; a code that may have letters for digits; what a text has that is meant
as words: letters together, or Chinese or Korean."""

_LETTERS_FOR_DIGITS = str.maketrans("OoIl", "0011")


async def offer_codes(asked: type[Arguments], error: InvalidQuery, raw: Mapping[str, Any]) -> InvalidQuery:
    """The error with the codes that words, or letters typed for digits, in a product argument may mean.

    Any other error is given back with the next step that is known of it, if any.

    Args:
        error: what was wrong with the raw arguments.
        raw: the arguments as the caller sent them.
    """
    argument = error.argument or ""
    meaning = asked.meaning(argument, raw)
    kind = _KINDS.get(meaning) if meaning else None
    if kind is None:
        return with_next_step(meaning, error, raw)
    if error.nearest or error.remedy != GENERAL:
        return error
    texts = _texts(raw.get(argument))
    if kind == "hs" and (typed := next((text for text in texts if _DIGITS.fullmatch(text) and not text.isdigit()), "")):
        return await in_thread(partial(_with_digits, error, typed))
    if words := next((text for text in texts if _WORD.search(text) and not _CODE.fullmatch(text)), ""):
        return await in_thread(partial(_with_codes, error, kind, words))
    return error


def _with_digits(error: InvalidQuery, typed: str) -> InvalidQuery:
    """With the code that is meant where 0 or 1 were typed as letters, if there is such a code."""
    code = typed.translate(_LETTERS_FOR_DIGITS)
    return error if hs_status(code).kind == "unknown" else _again(error, near=[code])


def _with_codes(error: InvalidQuery, kind: Kind, words: str) -> InvalidQuery:
    found, elsewhere = look(kind, words, OFFERED, "any")
    sure = not elsewhere or found.score >= WHOLE_NAME  # "software licence" is no glassware, whatever words they share
    near = [f"{row[0]} ({row[1]})" for row in found.rows if sure]
    tool = f"search_codes(kind={kind}, query={shown(words)})"
    remedy = f"Choose one of {', '.join(near)}; {tool} shows more, free." if near else f"Look for a code with {tool}."
    return _again(error, near=near, remedy=f"{remedy} {elsewhere}".strip())


def _again(error: InvalidQuery, *, near: Sequence[str] = (), remedy: str | None = None) -> InvalidQuery:
    return InvalidQuery(
        error.message,
        argument=error.argument,
        allowed=error.allowed,
        nearest=near,
        remedy=remedy,
        source=error.source,
    )


def _texts(value: Any) -> list[str]:
    """The values of an argument, however the list of them was sent; none of one that was left out."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    values = cast("list[object]", value) if isinstance(value, list) else str(value).split(",")
    texts = (str(one).strip()[:MAX_INPUT] for one in values)
    return [text for text in texts if text.lower() not in UNSET_WORDS]

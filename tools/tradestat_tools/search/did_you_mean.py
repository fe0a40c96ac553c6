"""What a refused argument may have meant: the codes that its words stand for, or the next useful call."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from tradestat_tools.codes.countries import Area, label, resolve_area, why_no_code
from tradestat_tools.codes.flows import flow
from tradestat_tools.codes.hs import hs_status
from tradestat_tools.codes.search.index import WHOLE_NAME
from tradestat_tools.codes.words import MAX_INPUT, CodeError, shown
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.arguments import UNSET_WORDS, Arguments, Meaning
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.search.lists import Kind, look
from tradestat_tools.upstream.runtime import in_thread

GENERAL = InvalidQuery("").remedy
"""What an error says that knows no better: only such a one is given help, so that none replaces a better one."""

OFFERED = 4
_MOST_NAMED = 5
_BETWEEN = re.compile(r"[,;/、，；]|\s(?:and|or|和|및)\s", re.IGNORECASE)
_WHOLE = re.compile(r"(\d{4}|\d{6})\.0+")

_CODE = re.compile(r"\W*(hs|ag|s[a-l]?)?\s*(code)?[\W_]*([0-9][0-9.\s-]*)?[a-z]?\W*|total|all", re.IGNORECASE)
"""What is meant as a code, right or wrong."""
_DIGITS = re.compile(r"[0-9OoIl]{2,10}")
"""A code that may have letters for digits."""
_WORD = re.compile(r"[a-z]{2,}|[^\W\d_\x00-\x7f]", re.IGNORECASE)
"""What a text has that is meant as words: letters together, or Chinese or Korean."""
_LETTERS_FOR_DIGITS = str.maketrans("OoIl", "0011")


async def did_you_mean(asked: type[Arguments], error: InvalidQuery, raw: Mapping[str, Any]) -> InvalidQuery:
    """The error with what the value at fault may have meant, where that is known; else as it is.

    Args:
        error: what was wrong with the raw arguments.
        raw: the arguments as the caller sent them.
    """
    argument = error.argument or ""
    meaning = asked.meaning(argument, raw)
    return await in_thread(partial(with_help, meaning, error, raw.get(argument))) if meaning else error


async def in_words(asked: type[Arguments], error: InvalidQuery, raw: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The raw arguments with codes for the words that were refused, and how they were read; none where not sure.

    Only an argument of goods or services is read so, and only where one code alone is called by the word.
    """
    argument = error.argument or ""
    meaning = asked.meaning(argument, raw)
    kind = _KINDS.get(meaning) if meaning else None
    if kind is None or argument not in raw or error.remedy != GENERAL:
        return {}, ""
    return await in_thread(partial(_in_codes, kind, argument, raw))


def _in_codes(kind: Kind, argument: str, raw: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    given = raw[argument]
    texts = _texts(given)
    codes: list[str] = []
    said: list[str] = []
    for text in texts:
        if not _WORD.search(text) or _CODE.fullmatch(text):
            codes.append(text)
            continue
        if (found := only_reading(kind, text)) is None:
            return {}, ""
        codes.append(found[0])
        said.append(f"{shown(text)} is read as {found[0]} ({found[1]}).")
    if not said:
        return {}, ""
    return {**raw, argument: codes if isinstance(given, list) else ",".join(codes)}, " ".join(said)


def only_reading(kind: Kind, word: str) -> tuple[str, str] | None:
    """The one code that is called so, with its name; None where there are several, or a word was bent to find it.

    Of a heading and the chapter that it is in, both called so, the heading is meant: "coffee" is 0901 in chapter 09. A
    heading and a subheading of it are two readings: which of them is meant changes the figures.
    """
    found, elsewhere = look(kind, word, OFFERED, "any")
    if elsewhere or found.guessed:
        return None
    named = [(str(row[0]), str(row[1])) for row in found.named]
    above = {code[:2] for code, _ in named if len(code) > 2} if kind == "hs" else set[str]()
    named = [one for one in named if one[0] not in above]
    return named[0] if len(named) == 1 else None


def with_help(meaning: Meaning, error: InvalidQuery, given: Any) -> InvalidQuery:
    """The error with what a value may have meant. Blocks: the first search of a list builds its index."""
    if meaning is Meaning.AREA and (several := _several(given)):
        return _one_call_each(error, several)
    return (_HELP[meaning](error, given) if error.remedy == GENERAL else None) or error


def _texts(value: Any) -> list[str]:
    """The values of an argument, however the list of them was sent; none of one that was left out."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    values = cast("list[object]", value) if isinstance(value, list) else str(value).split(",")
    texts = (str(one).strip()[:MAX_INPUT] for one in values[:MAX_INPUT])
    return [text for text in texts if text.lower() not in UNSET_WORDS]


def _again(
    error: InvalidQuery, *, message: str | None = None, near: Sequence[str] = (), remedy: str | None = None
) -> InvalidQuery:
    return InvalidQuery(
        message or error.message,
        argument=error.argument,
        allowed=error.allowed,
        nearest=near,
        remedy=remedy,
        source=error.source,
    )


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


def _one_call_each(error: InvalidQuery, areas: list[Area]) -> InvalidQuery:
    named = ", ".join(label(one) for one in areas[:_MOST_NAMED]) + (" and others" if len(areas) > _MOST_NAMED else "")
    return _again(
        error,
        message=f"`{error.argument}` takes one country, and {len(areas)} were given.",
        remedy=f"Call once for each: {named}. comtrade_data takes several at once, as reporterCode and partnerCode.",
    )


def _help_with_area(error: InvalidQuery, given: Any) -> InvalidQuery | None:
    """Where else to ask about an area for which the service has no code."""
    area = _area(given)
    why = why_no_code(area) if area else ""
    if area is None or not why or why not in error.message:
        return None
    where = f"{call_text('search_codes', kind='country', query=area.name_en)} shows which services have a code for it."
    if area.until is None:
        return _again(error, remedy=f"Ask another service, or for the area that counts it: {where}")
    own = f", or for its own years UN Comtrade, where its code is {area.comtrade}" if area.comtrade else ""
    return _again(error, remedy=f"Ask for what came after it{own}: {where}")


def _help_with_flow(error: InvalidQuery, given: Any) -> InvalidQuery | None:
    """The flows that a mistyped word may mean, of those that the tool takes."""
    for text in _texts(given):
        try:
            flow(text)
        except CodeError as fault:
            allowed = re.findall(r"\w+", error.allowed or "")
            near = [one for one in fault.nearest if one.split()[0] in allowed]
            return _again(error, near=near) if near else None
    return None


def _help_with_period(error: InvalidQuery, given: Any) -> InvalidQuery | None:
    if not isinstance(given, str):
        return None
    if whole := _WHOLE.fullmatch(given.strip()):
        return _again(error, near=(whole[1],))
    if re.search(r"\d", given):
        return None
    return _again(error, remedy=f"Write the year or month meant by {shown(given)} in digits: 2024, 2024-03.")


def _help_with_code(kind: Kind, error: InvalidQuery, given: Any) -> InvalidQuery | None:
    """The codes that words, or letters typed for digits, may mean."""
    texts = _texts(given)
    if kind == "hs" and (typed := next((text for text in texts if _DIGITS.fullmatch(text) and not text.isdigit()), "")):
        code = typed.translate(_LETTERS_FOR_DIGITS)
        return None if hs_status(code).kind == "unknown" else _again(error, near=[code])
    words = next((text for text in texts if _WORD.search(text) and not _CODE.fullmatch(text)), "")
    if not words:
        return None
    found, elsewhere = look(kind, words, OFFERED, "any")
    sure = not elsewhere or found.score >= WHOLE_NAME  # "software licence" is no glassware, whatever words they share
    near = [f"{row[0]} ({row[1]})" for row in found.named or found.rows if sure]
    search = call_text("search_codes", kind=kind, query=words)
    remedy = (
        f"Choose one of {', '.join(near)}; {search} shows more, free." if near else f"Look for a code with {search}."
    )
    return _again(error, near=near, remedy=f"{remedy} {elsewhere}".strip())


_KINDS: Mapping[Meaning, Kind] = {Meaning.HS: "hs", Meaning.EBOPS: "ebops"}

_HELP: Mapping[Meaning, Callable[[InvalidQuery, Any], InvalidQuery | None]] = {
    Meaning.AREA: _help_with_area,
    Meaning.FLOW: _help_with_flow,
    Meaning.PERIOD: _help_with_period,
    Meaning.HS: partial(_help_with_code, "hs"),
    Meaning.EBOPS: partial(_help_with_code, "ebops"),
}

"""The next useful call where a refused argument says what was meant, and the refusal alone does not say how to ask."""

import re
from collections.abc import Mapping
from typing import Any, cast

from tradestat_tools.codes.countries import Area, label, resolve_area, why_no_code
from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.flows import flow
from tradestat_tools.codes.words import MAX_INPUT, shown
from tradestat_tools.model.errors import InvalidQuery

AREAS = frozenset({"country", "partner", "reporter", "exporter", "importer", "countryCode", "cntyCd"})
"""The arguments of all tools that take one country."""

PERIODS = frozenset({"period", "period_from", "period_to", "strtYymm", "endYymm", "currentMonth"})

FLOWS = frozenset({"flow", "flowCode", "trade_flow"})

GENERAL = InvalidQuery("").remedy
"""What an error says that knows no better."""

_BETWEEN = re.compile(r"[,;/、，；]|\s(?:and|or|和|및)\s", re.IGNORECASE)
_WHOLE = re.compile(r"(\d{4}|\d{6})\.0+")
_MOST_NAMED = 5


def with_next_step(error: InvalidQuery, raw: Mapping[str, Any]) -> InvalidQuery:
    """The error with the call that asks for what was meant, where that is known; else as it is.

    Args:
        error: what was wrong with the raw arguments.
        raw: the arguments as the caller sent them.
    """
    given = raw.get(error.argument or "")
    if error.argument in AREAS:
        if several := _several(given):
            return _one_call_each(error, several)
        if error.remedy == GENERAL and (one := _area(given)) and (why := why_no_code(one)) and why in error.message:
            return _again(error, _without_code(one))
    if error.argument in FLOWS and error.remedy == GENERAL and (near := _flows_like(given, error.allowed or "")):
        return _again(error, None, near=near)
    if error.argument in PERIODS and error.remedy == GENERAL and isinstance(given, str):
        if whole := _WHOLE.fullmatch(given.strip()):
            return _again(error, None, near=(whole[1],))
        if not re.search(r"\d", given):
            return _again(error, f"Write the year or month meant by {shown(given)} in digits: 2024, 2024-03.")
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


def _again(error: InvalidQuery, remedy: str | None, *, near: tuple[str, ...] = ()) -> InvalidQuery:
    return InvalidQuery(
        error.message,
        argument=error.argument,
        allowed=error.allowed,
        nearest=near,
        remedy=remedy,
        source=error.source,
    )

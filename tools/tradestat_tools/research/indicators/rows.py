"""The figures that an indicator is worked out from: of stored answers put together, each flow once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from tradestat_tools.codes.countries import Area, areas
from tradestat_tools.codes.ebops import ebops_entry
from tradestat_tools.codes.periods import FIRST_YEAR, LAST_YEAR, Period
from tradestat_tools.codes.spans import Span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.model.flow import TOTAL_GOODS, TOTAL_SERVICES, WORLD
from tradestat_tools.model.observation import Observation
from tradestat_tools.research.indicators.formulas import Indicator
from tradestat_tools.research.views import stored_figures

Dimension = Literal["partner", "product", "reporter", "period"]

Key = tuple[str, ...]

DIMENSIONS: tuple[str, ...] = ("flow", "reporter", "partner", "product", "period")

TOTALS = frozenset({TOTAL_GOODS, TOTAL_SERVICES})


@dataclass(frozen=True, slots=True)
class Gathered:
    """Figures of several answers, and where they come from."""

    rows: tuple[Observation, ...]
    sources: tuple[Provenance, ...]
    handles: tuple[str, ...]


async def gather(context: Context, handles: Sequence[str]) -> Gathered:
    """The figures of stored answers; no service is asked.

    Raises:
        NoData: nothing is kept under a handle.
        InvalidQuery: an answer has no figures of flows.
    """
    found = [await stored_figures(context, handle, argument="result") for handle in handles]
    rows = tuple(row for _, rows in found for row in rows)
    return Gathered(rows, tuple(stored.source for stored, _ in found), tuple(handles))


def selected(
    rows: Iterable[Observation],
    *,
    flow: str = "",
    source: str = "",
    level: int | None = None,
    span: Span | None = None,
) -> list[Observation]:
    """Rows of a flow, a source, a level of products (totals stay) and a span, each flow once.

    Raises:
        NoData: none is left.
        InvalidQuery: two sources have the same flow, one source has it with two values, or currencies are mixed.
    """
    first = span.first.first_month if span and span.first else Period(FIRST_YEAR, "month", 1)
    last = span.last.last_month if span and span.last else Period(LAST_YEAR, "month", 12)
    kept = [
        one
        for one in rows
        if (not flow or one.flow == flow)
        and (not source or one.source == source)
        and (level is None or is_total(one) or level_of(one) == level)
        and first <= one.period.first_month <= one.period.last_month <= last
    ]
    if not kept:
        raise NoData("The answers hold no figures of that flow, source, level and period.", remedy="Ask for less.")
    if len(currencies := {one.currency for one in kept}) > 1:
        raise InvalidQuery(
            f"The figures are in {' and '.join(sorted(currencies))}.",
            argument="result",
            allowed="figures in one currency: choose a source, or convert with trade_series(currency=...)",
        )
    return list(_once(kept).values())


def _once(rows: Iterable[Observation]) -> dict[tuple[str, ...], Observation]:
    """Each flow and period once; the same figure given twice is one figure."""
    held: dict[tuple[str, ...], Observation] = {}
    for one in rows:
        key = (one.classification, *values_of(one, DIMENSIONS))
        other = held.get(key)
        if other is None or (other.value is None and one.source == other.source):
            held[key] = one
            continue
        if one.source != other.source:
            raise InvalidQuery(
                f"{named(one)} is there from {other.source} and from {one.source}; they are never added or mixed.",
                argument="source",
                allowed="one source",
                nearest=(other.source, one.source),
            )
        if one.value not in (None, other.value):
            raise InvalidQuery(
                f"{named(one)} is there twice with different values, as it was retrieved at two times.",
                argument="result",
                allowed="only one of the answers that hold it",
            )
    return held


def named(one: Observation) -> str:
    """A figure for people."""
    way = "exports to" if one.flow in ("X", "RX") else "imports from"
    return f"{area_name(one.reporter)}'s {way} {area_name(one.partner)} of {one.product} in {one.period}"


def values_of(one: Observation, dimensions: Iterable[str]) -> Key:
    """What an observation is along some dimensions, as codes."""
    return tuple(str(getattr(one, name)) for name in dimensions)


def grouped(rows: Iterable[Observation], without: Iterable[str]) -> dict[Key, list[Observation]]:
    """Rows that differ only along the dimensions left out; by their codes along the others, in order."""
    left_out = set(without)
    dimensions = [name for name in DIMENSIONS if name not in left_out]
    groups: dict[Key, list[Observation]] = {}
    for one in sorted(rows, key=lambda one: (one.flow, one.reporter, one.partner, one.product, one.period)):
        groups.setdefault((one.classification, one.period.frequency, *values_of(one, dimensions)), []).append(one)
    return groups


def is_total(one: Observation) -> bool:
    """Whether a row is of all goods or all services."""
    return one.product in TOTALS


def is_member(one: Observation, by: Dimension) -> bool:
    """Whether a row counts as one of several; the World, groups and totals contain members and are none."""
    if by == "product":
        return not is_total(one)
    if by == "period":
        return True
    area = _areas().get(one.partner if by == "partner" else one.reporter)
    return area is None or area.kind not in ("world", "group")


def is_whole(one: Observation, by: Dimension) -> bool:
    """Whether a row is the whole of which others are parts."""
    return (by == "partner" and one.partner == WORLD) or (by == "product" and is_total(one))


def level_of(one: Observation) -> int:
    """How deep a product code lies: digits, or the level of an item of services."""
    if one.classification != "EBOPS":
        return len(one.product)
    try:
        return ebops_entry(one.product).level
    except CodeError:
        return len(one.product.split("."))


def one_level(members: Sequence[Observation]) -> None:
    """Refuse products of several levels beside each other: the wider ones contain the narrower.

    Raises:
        InvalidQuery: naming the levels that there are.
    """
    levels = sorted({level_of(one) for one in members})
    if len(levels) > 1:
        raise InvalidQuery(
            f"The rows hold products of levels {', '.join(map(str, levels))}; wider codes contain the narrower ones.",
            argument="level",
            allowed="one level: digits of an HS code",
            nearest=tuple(map(str, levels)),
        )


def dimension(rows: Sequence[Observation], asked: Dimension | None) -> Dimension:
    """Along which the members lie: as asked, or the only one along which there are several.

    Raises:
        InvalidQuery: there is none, or a choice.
    """
    if asked is not None:
        return asked
    choices: tuple[Dimension, ...] = ("partner", "product", "reporter")
    varying: list[Dimension] = [
        by for by in choices if len({getattr(one, by) for one in rows if is_member(one, by)}) > 1
    ]
    if len(varying) == 1:
        return varying[0]
    fault = "vary along none" if not varying else f"vary by {' and by '.join(varying)}"
    raise InvalidQuery(
        f"The rows {fault}; what are the members?",
        argument="by",
        allowed="partner, product, reporter or period; figures of several members",
        nearest=tuple(f"by={by}" for by in varying),
    )


def mixed(rows: Iterable[Observation]) -> str | None:
    """Why figures may not be put together: they are valued differently."""
    valuations = {one.valuation for one in rows if one.value is not None}
    return "FOB and CIF figures stand side by side" if len(valuations) > 1 else None


def area_name(code: str) -> str:
    """The name of an area by UN Comtrade's code."""
    area = _areas().get(code)
    return area.name_en if area else code


@cache
def _areas() -> Mapping[str, Area]:
    return {area.comtrade: area for area in areas() if area.comtrade}


ALL = "all"
"""What stands in the place of a member for all of them together."""

NAMED = 8
"""Members that a note names."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked beside the indicator."""

    by: Dimension | None = None
    n: int = 3
    base: Period | None = None
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator of one thing: what it is of by dimension, and figures that belong to it."""

    of: Mapping[str, str]
    found: Indicator
    more: Mapping[str, str | float | None] = field(default_factory=dict[str, str | float | None])


@dataclass(slots=True)
class Outcome:
    """Lines in order, and what to say about them."""

    lines: list[Line] = field(default_factory=list[Line])
    said: dict[str, None] = field(default_factory=dict[str, None])

    def say(self, text: str) -> None:
        """Add a sentence, once."""
        self.said.setdefault(text)


def of_row(one: Observation, **other: str) -> dict[str, str]:
    """What a line is of: a row's own places, but for those given."""
    return dict(zip(DIMENSIONS, values_of(one, DIMENSIONS), strict=True)) | other


def parted(group: Sequence[Observation], by: Dimension) -> tuple[list[Observation], Observation | None]:
    """The members, and the row that is the whole of them if there is one."""
    members = [one for one in group if is_member(one, by)]
    if by == "product":
        one_level(members)
    wholes = [one for one in group if is_whole(one, by)]
    return members, wholes[0] if len(wholes) == 1 else None


def names_of(codes: Sequence[str], by: Dimension) -> str:
    """Members for people, the first of them."""
    names = [area_name(code) if by in ("partner", "reporter") else code for code in codes]
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def with_figures(members: Sequence[Observation], options: Options, out: Outcome) -> list[Observation]:
    """All members, or those with a figure where others are to be left out; the others are named either way."""
    lacking = [one for one in members if one.value is None]
    if not lacking:
        return list(members)
    names = "; ".join(named(one) for one in lacking[:NAMED])
    more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
    out.say(f"No figure: {names}{more}." + (" Left out." if options.skip else " missing=skip leaves them out."))
    return [one for one in members if one.value is not None] if options.skip else list(members)

"""The figures that an indicator is worked out from: of stored answers put together, each flow once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Literal

from tradestat_tools.codes.countries import by_code
from tradestat_tools.codes.ebops import ebops_entry
from tradestat_tools.codes.groups import Group
from tradestat_tools.codes.names import Lang
from tradestat_tools.codes.periods import FIRST_YEAR, LAST_YEAR, Period
from tradestat_tools.codes.spans import Span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.kept import KeptFigures
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.errors import InvalidQuery, NoData, TooLarge
from tradestat_tools.model.flow import TOTAL_GOODS, TOTAL_SERVICES, WORLD
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.research.indicators.formulas import Indicator
from tradestat_tools.research.repeats import NAMED, Place, Repeated, area_name, lack, named, once
from tradestat_tools.research.views import stored_figures
from tradestat_tools.research.words import first_of
from tradestat_tools.upstream.runtime import in_thread

Dimension = Literal["partner", "product", "reporter", "period"]

Key = tuple[str, ...]

DIMENSIONS: tuple[str, ...] = ("flow", "reporter", "partner", "product", "period")

TOTALS = frozenset({TOTAL_GOODS, TOTAL_SERVICES})


@dataclass(frozen=True, slots=True)
class Gathered:
    """Figures of several answers, and where they come from; the lists stand beside the handles."""

    figures: tuple[Sequence[Observation], ...]
    sources: tuple[Provenance, ...]
    handles: tuple[str, ...]

    @property
    def rows(self) -> Iterator[Observation]:
        """The figures of all answers."""
        return (one for rows in self.figures for one in rows)

    def places(self) -> Place:
        """Tells of a row in which answer it stands and, where there are several, when that was retrieved."""
        told = [
            f"{at} (retrieved {of.retrieved_at:%Y-%m-%d %H:%M})" if len(self.handles) > 1 else at
            for at, of in zip(self.handles, self.sources, strict=True)
        ]
        where = {id(one): told[at] for at, rows in enumerate(self.figures) for one in rows}
        return lambda one: where.get(id(one), "")


MOST_FIGURES = 300_000
"""Figures of a file that an indicator is worked out of; each takes some 500 bytes."""


def _in_memory(rows: Sequence[Observation], wanted: Mapping[str, Sequence[str]]) -> Sequence[Observation]:
    """Figures as they are, of a file those that are wanted. Blocks.

    Raises:
        TooLarge: these are too many.
    """
    if not isinstance(rows, KeptFigures):
        return rows
    found = list(islice(rows.where(**wanted), MOST_FIGURES + 1))
    if len(found) > MOST_FIGURES:
        raise TooLarge(
            f"That would take more than {MOST_FIGURES:,} of the file's {len(rows):,} figures.",
            remedy="Choose a flow and a source, or add them up with query(sql=...) first.",
        )
    return found


async def gather(context: Context, handles: Sequence[str], **wanted: Sequence[str]) -> Gathered:
    """The figures of stored answers; no service is asked.

    Args:
        wanted: the texts that columns of figures may hold; of files only these are read.

    Raises:
        TooLarge: a file has too many of them.
        NoData: nothing is kept under a handle.
        InvalidQuery: an answer has no figures of flows.
    """
    found = [await stored_figures(context, handle, argument="result") for handle in handles]
    found = [(stored, await in_thread(partial(_in_memory, rows, wanted))) for stored, rows in found]
    return Gathered(tuple(rows for _, rows in found), tuple(stored.source for stored, _ in found), tuple(handles))


def selected(
    rows: Iterable[Observation],
    *,
    flow: str = "",
    source: str = "",
    level: int | None = None,
    span: Span | None = None,
) -> tuple[list[Observation], list[Repeated]]:
    """Rows of a flow, a source, a level of products (totals stay) and a span, each cell once; and the cells that are
    stated more than once, differently.

    Raises:
        NoData: none is left.
        InvalidQuery: two sources have the same flow, or currencies are mixed.
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
    found, repeated = once(kept)
    _check_sources(found)
    return found, repeated


def _check_sources(rows: Iterable[Observation]) -> None:
    """Refuse one flow and period of two sources."""
    held: dict[tuple[str, ...], Observation] = {}
    for one in rows:
        other = held.setdefault((one.classification, *values_of(one, DIMENSIONS)), one)
        if one.source != other.source:
            raise InvalidQuery(
                f"{named(one)} is there from {other.source} and from {one.source}; they are never added or mixed.",
                argument="source",
                allowed="one source",
                nearest=(other.source, one.source),
            )


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
    area = by_code("comtrade").get(one.partner if by == "partner" else one.reporter)
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


MOST_WHOLES = 24
"""Wholes of which a note says what they lack: as many years as most answers have."""

ALL = "all"
"""What stands in the place of a member for all of them together."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked beside the indicator."""

    by: Dimension | None = None
    n: int = 3
    base: Period | None = None
    skip: bool = False
    group: Group | None = None
    lang: Lang = "en"


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


def names_of(codes: Sequence[str], by: Dimension, lang: Lang = "en") -> str:
    """Members for people, the first of them."""
    names = [area_name(code, lang) if by in ("partner", "reporter") else code for code in codes]
    return first_of(names, NAMED)


def completed(rows: Sequence[Observation], by: Dimension) -> list[Observation]:
    """The rows, and one without a figure for each member that has a row in another period and none in this one."""
    found = list(rows)
    for group in grouped(rows, [by, "period"]).values() if by != "period" else ():
        members = [one for one in group if is_member(one, by)]
        there = {(getattr(one, by), one.period) for one in members}
        by_member = {getattr(one, by): one for one in members}
        for period in sorted({one.period for one in group}):
            found += [_none_of(one, period) for member, one in by_member.items() if (member, period) not in there]
    return found


def _none_of(one: Observation, period: Period) -> Observation:
    none = dict.fromkeys(("value", "fob", "cif", "quantity", "quantity_unit", "net_kg", "valuation", "flag", "edition"))
    return replace(one, period=period, status=Status.MISSING, **none)


def by_size(lines: Sequence[Line]) -> list[Line]:
    """The largest first; those that are not defined last."""
    return sorted(lines, key=lambda line: (line.found.value is None, -(line.found.value or 0.0)))


class Lacking:
    """Members without a figure, by the whole whose sum they are not in."""

    def __init__(self, by: Dimension) -> None:
        self._by: Dimension = by
        self._wholes: list[list[Observation]] = []

    def known(self, members: Sequence[Observation]) -> list[Observation]:
        """Those members of one whole that have a figure; the others are kept to be named."""
        lacking = [one for one in members if one.value is None]
        self._wholes += [lacking] if lacking else []
        return [one for one in members if one.value is not None]

    def say(self, out: Outcome, what: str) -> None:
        """Say what follows, and which members each whole lacks and why; wholes that lack the same together."""
        said: dict[str, list[str]] = {}
        for whole in self._wholes:
            said.setdefault(self._members(whole), []).append(self._label(whole[0]))
        parts = [f"No figure{_of(labels)}: {members}" for members, labels in said.items()]
        if parts:
            out.say(f"{what} {first_of(parts, MOST_WHOLES, '. ')}.")

    def _members(self, lacking: Sequence[Observation]) -> str:
        """Who lacks a figure, and why it is not there."""
        whys: dict[str, list[str]] = {}
        for one in lacking:
            whys.setdefault(lack(one), []).append(str(getattr(one, self._by)))
        return "; ".join(f"{names_of(codes, self._by)} ({why})" for why, codes in whys.items())

    def _label(self, one: Observation) -> str:
        """Which whole it is: what the wholes differ in, and its period; "" where there is one, of all periods."""
        names = [name for name in ("flow", "reporter", "partner", "product") if name != self._by]
        differ = [name for name in names if len({getattr(whole[0], name) for whole in self._wholes}) > 1]
        words = [str(getattr(one, name)) for name in differ]
        words = [
            area_name(word) if name in ("reporter", "partner") else word
            for name, word in zip(differ, words, strict=True)
        ]
        return " ".join(words if self._by == "period" else [*words, str(one.period)])


def _of(labels: Sequence[str]) -> str:
    return f" in {first_of(labels, MOST_WHOLES)}" if any(labels) else ""


def with_figures(members: Sequence[Observation], out: Outcome) -> list[Observation]:
    """Those with a figure; the others are named."""
    lacking = [f"{named(one)} ({lack(one)})" for one in members if one.value is None]
    if lacking:
        out.say(f"No figure, so left out: {first_of(lacking, NAMED, '; ')}.")
    return [one for one in members if one.value is not None]

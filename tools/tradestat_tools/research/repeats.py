"""One figure for each cell. Rows that say the same are one; of rows that contradict each other one is taken only where
their status decides, else none of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tradestat_tools.codes.countries import by_code
from tradestat_tools.codes.names import Lang
from tradestat_tools.codes.names import area_name as name_of_area
from tradestat_tools.codes.periods import Period
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.model.reasons import Reason, Why

NAMED = 8
"""Cells or members that a note names."""

_BEFORE: Mapping[Status, frozenset[Status]] = {
    Status.REPORTED: frozenset({Status.SUMMED, Status.ESTIMATED, Status.PROVISIONAL}),
    Status.SUMMED: frozenset({Status.PROVISIONAL}),
}
"""What a status is taken before: a reporter's own settled figure before one that the source summed or estimated (UN
Comtrade has both of a cell, told apart by isReported and isAggregate), a settled one before a provisional one."""

RULE = "a reporter's own figure comes before one that was summed or estimated, a settled one before a provisional one"

_STATED = frozenset({Status.SUPPRESSED, Status.CONFLICTING})
"""What is stated without a value; that the source has none contradicts nothing."""

Place = Callable[[Observation], str]
"""Where a row stands, for people: "" where that goes without saying."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A cell that is stated more than once, and not alike.

    Args:
        rows: what is stated, each statement once; the one that is taken first.
        refused: whether none is taken, so that the cell has no figure.
        lost: measures beside the value that contradict each other, and of which none is taken.
    """

    rows: tuple[Observation, ...]
    refused: bool
    lost: tuple[str, ...] = ()

    @property
    def period(self) -> Period:
        """Of the cell."""
        return self.rows[0].period

    @property
    def why(self) -> Why:
        """Why a cell that is refused has no figure."""
        return Why(Reason.CONFLICTING, f"It has rows that contradict each other: {self.told()}.", sure=True)

    def told(self, place: Place | None = None) -> str:
        """The cell and everything that is stated of it."""
        if self.lost:
            measures = " and ".join(_LABELS[name] for name in self.lost)
            figures = "; ".join(_all(_measure(one, name) for one in self.rows) for name in self.lost)
            return f"{named(self.rows[0])}, {measures}: {figures}"
        first, *others = (_statement(one, place) for one in self.rows)
        said = _all([first, *others]) if self.refused else f"{first}, not {_all(others)}"
        return f"{named(self.rows[0])}: {said}"


_LABELS = {"net_kg": "net weight", "quantity": "quantity", "fob": "FOB value", "cif": "CIF value"}


def once(rows: Iterable[Observation]) -> tuple[list[Observation], list[Repeated]]:
    """Every cell once, in the order in which they come, and what was stated more than once and not alike.

    A cell whose rows contradict each other stays, with no value and the status that says so.
    """
    cells: dict[tuple[object, ...], list[Observation]] = {}
    for one in rows:
        cell = (one.source, one.flow, one.reporter, one.partner, one.classification, one.product, one.period)
        cells.setdefault(cell, []).append(one)
    found: list[Observation] = []
    repeated: list[Repeated] = []
    for same in cells.values():
        one, unlike = (same[0], None) if len(same) == 1 else _one_of(same)
        found.append(one)
        if unlike is not None:
            repeated.append(unlike)
    return found, repeated


def _one_of(same: Sequence[Observation]) -> tuple[Observation, Repeated | None]:
    """The figure of a cell, and what is to be said of the rows that it is taken from."""
    stated = [one for one in same if one.value is not None or one.status in _STATED]
    if not stated:
        return same[0], None
    statuses = {one.status for one in stated}
    first = next(
        (status for status, after in _BEFORE.items() if status in statuses and statuses - {status} <= after), None
    )
    chosen = [one for one in stated if first in (None, one.status)]
    if not _alike(chosen):
        bare = dict.fromkeys(("value", "fob", "cif", "quantity", "quantity_unit", "net_kg"))
        refused = replace(chosen[0], status=Status.CONFLICTING, **bare)
        return refused, Repeated(_distinct(stated), refused=True)
    one, lost = _joined(chosen)
    if not _alike(stated):
        others = [other for other in stated if not _alike([*chosen, other])]
        return one, Repeated(_distinct([_finest(chosen), *others]), refused=False)
    return one, Repeated(tuple(chosen), refused=False, lost=lost) if lost else None


def _finest(rows: Sequence[Observation]) -> Observation:
    return min(rows, key=lambda one: one.resolution)


def _alike(rows: Sequence[Observation]) -> bool:
    """Whether all rows state the same; a coarser figure may differ from a finer one by its own rounding."""
    finest = _finest(rows)
    return all(_agree(finest, one) for one in rows)


def _agree(finest: Observation, one: Observation) -> bool:
    if finest.value is None or one.value is None:
        return finest.value is one.value
    if finest.currency != one.currency or len({finest.valuation, one.valuation} - {None}) > 1:
        return False
    rounding = one.resolution / 2 if one.resolution > finest.resolution else 0.0
    return abs(finest.value - one.value) <= rounding


def _joined(rows: Sequence[Observation]) -> tuple[Observation, tuple[str, ...]]:
    """The finest of rows that state the same value, with what the others have beside it; and where they differ in that.

    A zero stands for "none given" in every source that has it.
    """
    one = _finest(rows)
    weights = {row.net_kg for row in rows if row.net_kg}
    values = {row.fob for row in rows if row.fob}
    landed = {row.cif for row in rows if row.cif}
    quantities = {(row.quantity, row.quantity_unit) for row in rows if row.quantity}
    found = {"net_kg": weights, "fob": values, "cif": landed, "quantity": quantities}
    lost = tuple(name for name, known in found.items() if len(known) > 1)
    quantity, unit = (
        quantities.pop() if len(quantities) == 1 else (None, None) if quantities else (one.quantity, one.quantity_unit)
    )
    return (
        replace(
            one,
            valuation=next((row.valuation for row in (one, *rows) if row.valuation), None),
            net_kg=weights.pop() if len(weights) == 1 else None if weights else one.net_kg,
            fob=values.pop() if len(values) == 1 else None if values else one.fob,
            cif=landed.pop() if len(landed) == 1 else None if landed else one.cif,
            quantity=quantity,
            quantity_unit=unit,
        ),
        lost,
    )


def _distinct(rows: Iterable[Observation]) -> tuple[Observation, ...]:
    """Each statement once."""
    held: dict[tuple[object, ...], Observation] = {}
    for one in rows:
        held.setdefault((one.value, one.currency, one.valuation, one.status, one.edition, one.flag), one)
    return tuple(held.values())


def _statement(one: Observation, place: Place | None) -> str:
    figure = "no figure" if one.value is None else f"{number(one.value)} {one.currency}"
    marks = [one.status.value, one.valuation, one.edition, f"flag {one.flag}" if one.flag else None]
    where = place(one) if place else ""
    return f"{figure} ({', '.join(mark for mark in marks if mark)}){where and f' in {where}'}"


def _measure(one: Observation, name: str) -> str:
    unit = {"net_kg": "kg", "fob": one.currency, "cif": one.currency}.get(name) or one.quantity_unit or ""
    return f"{number(getattr(one, name) or 0)} {unit}".strip()


def _all(texts: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(texts))


def number(value: float) -> str:
    """A figure as it is, with thousands apart."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,}"


def notes_on(repeated: Sequence[Repeated], place: Place | None = None) -> list[Note]:
    """What was stated more than once and not alike, for people: what is refused, and what is taken by which rule."""
    refused = [one for one in repeated if one.refused]
    lost = [one for one in repeated if one.lost]
    taken = [one for one in repeated if not one.refused and not one.lost]
    notes: list[Note] = []
    if refused:
        head = "Rows of one cell contradict each other, and nothing tells which is right: no figure."
        text = f"{head} {_told(refused, place)}."
        notes.append(Note(code=NoteCode.ABSENT, text=text, reason=Reason.CONFLICTING))
    if taken:
        notes.append(Note(code=NoteCode.FLAG, text=f"Of rows of one cell, {RULE}. {_told(taken, place)}."))
    if lost:
        head = "Rows of one cell have the same value and differ in what stands beside it: of that nothing is taken."
        text = f"{head} {_told(lost, place)}."
        notes.append(Note(code=NoteCode.ABSENT, text=text, reason=Reason.CONFLICTING))
    return notes


def _told(cells: Sequence[Repeated], place: Place | None) -> str:
    told = list(dict.fromkeys(one.told(place) for one in cells))
    more = f"; and {len(told) - NAMED} more" if len(told) > NAMED else ""
    return "; ".join(told[:NAMED]) + more


def lack(one: Observation) -> str:
    """Why a row has no figure, in a few words."""
    if one.status is Status.CONFLICTING:
        return "its rows contradict each other"
    if one.status is Status.SUPPRESSED:
        return "the reporter keeps it back"
    if one.net_kg or one.quantity:
        return "a quantity is reported without a value, so it is not zero"
    return "a figure is missing"


def named(one: Observation) -> str:
    """A figure for people."""
    way = "exports to" if one.flow in ("X", "RX") else "imports from"
    return f"{area_name(one.reporter)}'s {way} {area_name(one.partner)} of {one.product} in {one.period}"


def area_name(code: str, lang: Lang = "en") -> str:
    """The name of an area by UN Comtrade's code."""
    area = by_code("comtrade").get(code)
    return name_of_area(lang, area) if area else code

"""What to know of several series: which members sums lack, why figures are not there, how shares were taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tradestat_tools.codes.editions import hs_break
from tradestat_tools.codes.groups import Group
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import is_handle
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.flow import TOTAL_GOODS
from tradestat_tools.research.indicators.formulas import Indicator
from tradestat_tools.research.repeats import notes_on
from tradestat_tools.research.series import sums
from tradestat_tools.research.series.gather import Gathered
from tradestat_tools.research.series.many import Flow, Many, overlapping
from tradestat_tools.research.series.report import PASSED_ON, source_name
from tradestat_tools.research.series.several import FLOW_NAMES, ManyData
from tradestat_tools.research.series.sums import NOTHING, Cell, Cells, Lack
from tradestat_tools.research.words import first_of, in_runs

MOST_NAMED = 12

NEITHER = "no row, which is neither zero nor known"


@dataclass(slots=True)
class Line:
    """A series and what it is of.

    Args:
        members: of a sum, whose figures were added.
        ranked: of those whose sum stands for a whole that is not reported; "" of what has no place.
        reporter: the member that reports, where a group was asked for; None of their sum.
    """

    flow: Flow
    partner: str | None
    partner_name: str
    product: str | None
    product_name: str
    cells: Cells
    members: tuple[str, ...] = ()
    ranked: str = ""
    reporter: str | None = None
    reporter_name: str | None = None
    found: dict[str, list[Indicator]] = field(default_factory=dict[str, list[Indicator]])

    @property
    def key(self) -> tuple[object, ...]:
        """What it is of, but not where it stands; sums of partners have names alone."""
        return self.flow, self.reporter, self.partner or self.partner_name, self.product, bool(self.members)

    @property
    def named(self) -> str:
        """What it is of, for people."""
        of = (FLOW_NAMES[self.flow], self.reporter_name, self.partner_name, self.product or self.product_name)
        return ", ".join(one for one in of if one)

    def at(self, period: Period) -> Cell:
        """The figure of a period, or that there is none."""
        return self.cells.get(period, NOTHING)


def notes_of(context: Context, many: Many, found: Gathered, lines: Sequence[Line], data: ManyData) -> Iterator[Note]:
    """Everything to know of several series and their sums."""
    yield from _on_sums(lines, found.periods)
    yield from _on_gaps(lines, found.periods)
    for wide, narrow in overlapping(many.products):
        text = f"{wide.code} contains {narrow.code}: they are never added."
        yield Note(code=NoteCode.DOUBLE_COUNTING, text=text)
    if many.reporters.group is not None:
        yield _on_group(many, many.reporters.group, found.periods[-1].year)
    yield from _on_undefined(lines, data)
    if "TB" in many.flows:
        exports, imports = (" and ".join(found.valuations(flow)) for flow in ("X", "M"))
        text = "The balance is exports less imports"
        if exports and imports and exports != imports:
            text += f": exports {exports}, imports {imports}, so that freight and insurance are on one side only"
        yield Note(code=NoteCode.VALUATION, text=f"{text}. It is there where both are.")
    source = context.sources.get(found.source)
    asked = {key[0] for key in found.cells}
    for flow, text in source.flows.valued.items() if source and source.flows else ():
        if flow in asked:
            yield Note(code=NoteCode.VALUATION, text=text)
    if "DX" in many.flows:
        yield Note(code=NoteCode.FLAG, text="Domestic exports are exports less re-exports, where both are reported.")
    if data.share_of:
        yield Note(code=NoteCode.UNIT, text=f"share: part of {data.share_of}.")
    if data.to_date:
        yield Note(code=NoteCode.UNIT, text=f"Year to date: {data.to_date}, beside the same months of the year before.")
    for one in data.passed_over or ():
        yield Note(code=NoteCode.ABSENT, text=f"Not used: {source_name(context, one.source)}. {one.text}")
    for text in found.errors:
        yield Note(code=NoteCode.ABSENT, text=f"Could not be asked: {text}")
    if found.rates:
        rates = [found.rates[at] for at in sorted(found.rates)]
        text = f"Converted from {rates[0].base} at the average of each period: {rates[0].source}."
        yield Note(code=NoteCode.UNIT, text=text)
    for text in found.faults:
        yield Note(code=NoteCode.ABSENT, text=f"No rate: {text}")
    yield from notes_on(found.repeated)
    notes = dict.fromkeys((note.code, note.text) for note in found.notes)
    file = is_handle(found.source)
    yield from (
        Note(code=code, text=text)
        for code, text in notes
        if code in PASSED_ON and (file or code is not NoteCode.SUBSET)
    )
    if not any(code is NoteCode.EDITION_BREAK for code, _ in notes) and data.classification == "HS":
        for product in many.products:
            years = (found.periods[0].year, found.periods[-1].year)
            if product.code != TOTAL_GOODS and (broken := hs_break(product.code, *years)):
                yield Note(code=NoteCode.EDITION_BREAK, text=broken.text)


def _on_group(many: Many, group: Group, year: int) -> Note:
    """Whose figures a group's are, and whether its members' trade with each other is among them."""
    name, partner = many.reporters.named(many.lang), many.areas[0]
    text = f"The sum is of {name}'s members, each as it reports"
    if partner.kind == "world":
        return Note(code=NoteCode.DOUBLE_COUNTING, text=f"{text}: what they trade with each other is in it.")
    if partner.iso3 in (group.members_in(year) or group.members):
        text += f", with one of them: all of it is trade within {name}"
    return Note(code=NoteCode.RESOLVED_CODE, text=f"{text}.")


def _on_sums(lines: Sequence[Line], periods: Sequence[Period]) -> Iterator[Note]:
    """Which members each sum lacks, and when."""
    for line in lines:
        if not line.members:
            continue
        by: dict[Lack, list[Period]] = {}
        for at in periods:
            for lack in line.at(at).lacking:
                by.setdefault(lack, []).append(at)
        alike: dict[tuple[str, str], list[str]] = {}
        for lack, which in by.items():
            why = NEITHER if lack.why == sums.NO_ROW else lack.why
            alike.setdefault((in_runs(which), why), []).append(lack.name)
        if by:
            parts = [f"{first_of(names, MOST_NAMED)} ({why}) in {when}" for (when, why), names in alike.items()]
            whole = "whole" if all(lack.in_part for lack in by) else f"of all {len(line.members)} members"
            text = f"The sum ({line.named}) is not {whole}; it lacks {first_of(parts, MOST_NAMED, '; ')}."
            yield Note(code=NoteCode.ABSENT, text=text)
        if mixed := [at for at in periods if line.at(at).why == sums.MIXED]:
            text = f"No sum ({line.named}) in {in_runs(mixed)}: {sums.MIXED}. Each member's figure stands beside it."
            yield Note(code=NoteCode.VALUATION, text=text)


def _on_undefined(lines: Sequence[Line], data: ManyData) -> Iterator[Note]:
    """Which measures are not defined, and why; those that no series has, once."""
    named: dict[tuple[str, str], list[str]] = {}
    told = [(line, one) for line, one in zip(lines, data.series, strict=True) if any(_known(one.values))]
    for line, one in told:  # that a series has no figure is said already
        for name, text in (one.undefined or {}).items():
            named.setdefault((name, text), []).append(line.named)
    parts = [
        f"{name} of {'every series' if len(told) == len(of) > 1 else first_of(of, MOST_NAMED)}: {text}"
        for (name, text), of in named.items()
    ]
    if parts:
        yield Note(code=NoteCode.ABSENT, text=f"Not defined: {first_of(parts, MOST_NAMED, '; ')}.")


def _known(values: Sequence[object]) -> Iterator[bool]:
    return (value is not None for value in values)


def _on_gaps(lines: Sequence[Line], periods: Sequence[Period]) -> Iterator[Note]:
    """Series without a figure of some periods, and why."""
    by: dict[str, list[str]] = {}
    for line in lines:
        gone: dict[str, list[Period]] = {}
        for at in periods if not line.members and not _is_named(line, lines) else ():
            if line.at(at).value is None:
                gone.setdefault(line.at(at).why, []).append(at)
        for why, which in gone.items():
            by.setdefault(why, []).append(f"{line.named} {in_runs(which)}")
    for why, names in by.items():
        text = f"the source has {NEITHER}" if why == sums.NO_ROW else why
        yield Note(code=NoteCode.ABSENT, text=f"No figure ({text}): {first_of(names, MOST_NAMED, '; ')}.")


def _is_named(line: Line, lines: Sequence[Line]) -> bool:
    """Whether the note on a sum names what a series lacks."""
    return any(
        ((line.reporter_name or line.partner_name) in one.members and one.product == line.product)
        or (line.product in one.members and one.partner == line.partner)
        for one in lines
        if one.members and one.flow == line.flow
    )

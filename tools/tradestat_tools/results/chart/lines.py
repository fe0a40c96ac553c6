"""Which of the points are drawn: of one unit and one frequency, no total beside its parts, one line for each thing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tradestat_tools.codes.countries import resolve_area
from tradestat_tools.codes.periods import PER_YEAR, Frequency, Period, last_whole
from tradestat_tools.codes.words import CodeError, counted, fold, nearest, shown
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.model.observation import Status
from tradestat_tools.results.chart.arguments import ChartArguments
from tradestat_tools.results.chart.parts import parts_of
from tradestat_tools.results.chart.points import FLOWS, WORLD, Point, Points, area_of

PARTS_OF = {"RX": "X", "RM": "M"}


@dataclass(frozen=True, slots=True)
class Line:
    """What one thing has in each period.

    Args:
        key: its codes in the dimensions that differ.
        code: of its partner, product or reporter.
    """

    key: tuple[str, ...]
    name: str
    points: Mapping[Period | None, Point]
    code: str | None = None

    def value(self, at: Period | None) -> int | float | None:
        """Its value in a period; None where it has none."""
        found = self.points.get(at)
        return None if found is None else found.value

    @property
    def valuations(self) -> set[str]:
        """FOB, CIF, of the values that are there."""
        return {one.valuation for one in self.points.values() if one.value is not None and one.valuation}


@dataclass(frozen=True, slots=True)
class Lines:
    """What is drawn.

    Args:
        lines: the largest first.
        whole: what holds them all, where the answers have it.
        by: the dimensions that differ among the lines.
        fixed: the one code of each of the others, and its name.
        periods: from the first to the last, without holes; none where the points have none.
        notes: what was left out, and why.
    """

    lines: list[Line]
    whole: Line | None
    by: tuple[str, ...]
    fixed: Mapping[str, tuple[str, str]]
    unit: str
    periods: list[Period]
    common: bool
    notes: list[Note] = field(default_factory=list[Note])

    @property
    def frequency(self) -> Frequency | None:
        """Of the periods."""
        return self.periods[0].frequency if self.periods else None

    @property
    def valuations(self) -> set[str]:
        """FOB, CIF, of all values."""
        return {one for line in self.lines for one in line.valuations}


def lines_of(points: Points, asked: ChartArguments) -> Lines:
    """The lines that the points make.

    Raises:
        InvalidQuery: different units, or nothing that was asked for.
        NoData: no value at all.
    """
    notes = list(points.notes)
    kept = _of_flows(points, asked, notes)
    kept = _of_periods(kept, asked, notes)
    kept = _only(points, kept, asked.only)
    if not any(one.value is not None for one in kept):
        raise NoData(
            f"None of the {counted(len(kept), 'figure')} has a {asked.measure}.",
            remedy="Draw another measure, or other answers: these have values in other columns or none at all.",
        )
    unit = _one_unit(kept, asked)
    kept, wholes = parts_of(points, kept, notes)
    at = [
        place
        for place in range(len(points.dimensions))
        if place in wholes or len({one.of[place] for one in kept}) > 1  # one part of a whole has a name too
    ]
    by = tuple(points.dimensions[place] for place in at)
    lines = [
        Line(key, _name(points, some[0], at), _each_once(some, notes), _code(points, at, key))
        for key, some in _grouped(kept, at).items()
    ]
    lines = _by_size(line for line in lines if any(one.value is not None for one in line.points.values()))
    if not lines:
        raise NoData(
            "Only totals have values, and none of their parts.",
            remedy='Draw the total alone, such as only=["World"], or another period.',
        )
    whole = _whole(points, kept, wholes, notes)
    fixed = {
        name: (kept[0].of[place], points.names[name].get(kept[0].of[place], kept[0].of[place]))
        for place, name in enumerate(points.dimensions)
        if place not in at
    }
    held = sorted({period for line in lines for period in line.points if period is not None})
    periods = [held[0].shifted(step) for step in range(_steps(held) + 1)] if held else []
    return Lines(lines, whole, by, fixed, unit, periods, points.common, notes)


def _steps(held: Sequence[Period]) -> int:
    first, last = held[0], held[-1]
    return (last.year - first.year) * PER_YEAR[first.frequency] + last.number - first.number


def _of_flows(points: Points, asked: ChartArguments, notes: list[Note]) -> list[Point]:
    if not points.common:
        return points.points
    flows = {one.of[0] for one in points.points}
    parts = sorted(flow for flow, whole in PARTS_OF.items() if flow in flows and whole in flows)
    if parts:
        notes.append(
            Note(
                code=NoteCode.DOUBLE_COUNTING,
                text="Re-exports are part of exports, re-imports of imports, and are not drawn beside them.",
            )
        )
    kept = [one for one in points.points if one.of[0] not in parts]
    if asked.flow != "both":
        kept = [one for one in kept if one.of[0] == asked.flow]
        if not kept:
            raise InvalidQuery(
                f"The answers have no figures of flow {asked.flow}.", argument="flow", allowed=", ".join(sorted(flows))
            )
    return kept


def _of_periods(kept: list[Point], asked: ChartArguments, notes: list[Note]) -> list[Point]:
    """Those of one frequency, in the span asked for."""
    dated = [one for one in kept if one.period is not None]
    if not dated:
        if asked.period is not None:
            raise InvalidQuery("What is drawn has no periods.", argument="period", remedy="Leave `period` out.")
        return kept
    said = asked.period.said if asked.period else None
    count: Counter[Frequency] = Counter(one.period.frequency for one in dated if one.period)
    usual: Frequency = max(count, key=lambda one: (count[one], PER_YEAR[one]))
    frequency = said if said is not None and said in count else usual
    left = sum(number for one, number in count.items() if one != frequency)
    if left:
        others = " and ".join(f"{one}s" for one in count if one != frequency)
        notes.append(
            Note(code=NoteCode.SUBSET, text=f"{counted(left, 'figure')} of {others} left out: {frequency}s are drawn.")
        )
    found = [one for one in dated if one.period and one.period.frequency == frequency]
    if asked.period is None:
        return found
    newest = max(one.period for one in found if one.period)
    try:
        first, last = asked.period.between(lambda wanted: last_whole(newest.last_month, wanted), frequency=frequency)
    except CodeError as error:
        raise InvalidQuery(error.message, argument="period", allowed=error.allowed or None) from None
    inside = [one for one in found if one.period and first <= one.period <= last]
    if not inside:
        oldest = min(one.period for one in found if one.period)
        meant = first if first == last else f"{first} to {last}"
        raise InvalidQuery(
            f"The answers have no figures of {meant}.", argument="period", allowed=f"{oldest} to {newest}"
        )
    return inside


def _only(points: Points, kept: list[Point], only: Sequence[str] | None) -> list[Point]:
    """Those that are named, in whichever dimension."""
    if not only:
        return kept
    index: defaultdict[str, set[tuple[int, str]]] = defaultdict(set)
    for place, name in enumerate(points.dimensions):
        for code in {one.of[place] for one in kept}:
            for word in _words(points, name, code):
                index[fold(word)].add((place, code))
    wanted: defaultdict[int, set[str]] = defaultdict(set)
    for text in only:
        found = index.get(fold(text), set())
        if not found:
            with suppress(CodeError):  # a word that names no area
                found = index.get(fold(resolve_area(text).area.name_en), set())
        if not found:
            told = [place for place, name in enumerate(points.dimensions) if name not in ("flow", "source")]
            codes = {(points.dimensions[place], one.of[place]) for one in kept for place in told}
            names = sorted({points.names[name].get(code, code) for name, code in codes})
            raise InvalidQuery(
                f"{shown(text)} is nothing that the answers have figures of.",
                argument="only",
                allowed=", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else ""),
                nearest=nearest(text, names),
            )
        for place, code in found:
            wanted[place].add(code)
    return [one for one in kept if all(one.of[place] in codes for place, codes in wanted.items())]


def _words(points: Points, dimension: str, code: str) -> Iterable[str]:
    yield code
    name = points.names[dimension].get(code, code)
    yield name
    if points.common and dimension in ("reporter", "partner") and (found := area_of(code)) is not None:
        yield from (
            word
            for word in (found.iso2, found.iso3, found.name_en, found.name_zh, found.name_ko, *found.aliases)
            if word
        )
    elif name.startswith(f"{code} "):
        yield name.removeprefix(f"{code} ")


def _one_unit(kept: Sequence[Point], asked: ChartArguments) -> str:
    units = list(dict.fromkeys(one.unit for one in kept if one.value is not None))
    if len(units) > 1 and asked.measure != "index":
        money = asked.measure == "value"
        raise InvalidQuery(
            f"The figures are in different units: {' and '.join(sorted(unit or 'no unit' for unit in units))}. "
            "Two units are never drawn on one axis.",
            argument="result" if money else "measure",
            allowed="answers in one unit",
            remedy="Ask again in one currency (trade_series and compare_mirror take currency; exchange_rate has the "
            "rates), draw them one by one, or measure=index, which has no unit."
            if money
            else "Draw measure=weight, which is in kg, or choose products of one unit with `only`.",
        )
    return units[0]


def _grouped(kept: Iterable[Point], at: Sequence[int]) -> dict[tuple[str, ...], list[Point]]:
    found: defaultdict[tuple[str, ...], list[Point]] = defaultdict(list)
    for one in kept:
        found[tuple(one.of[place] for place in at)].append(one)
    return found


def _each_once(some: Sequence[Point], notes: list[Note]) -> dict[Period | None, Point]:
    """One point a period. Where there are several, a value goes before none; different ones conflict."""
    found: dict[Period | None, Point] = {}
    for one in some:
        known = found.get(one.period)
        if known is None or (known.value is None and known.status is not Status.CONFLICTING):
            found[one.period] = one
        elif one.value is not None and known.value is not None and one.value != known.value:
            found[one.period] = Point(one.of, one.period, None, one.unit, Status.CONFLICTING, one.valuation)
            text = "Where the answers state one figure in two ways, neither is drawn."
            note = Note(code=NoteCode.FLAG, text=text)
            if note not in notes:
                notes.append(note)
    return found


def _name(points: Points, one: Point, at: Sequence[int]) -> str:
    """What a point is of in the dimensions that differ; where none does, its flow."""
    names = [points.names[points.dimensions[place]].get(one.of[place], one.of[place]) for place in at]
    return ", ".join(names) or (FLOWS.get(one.of[0], "value") if points.common else "value")


def _code(points: Points, at: Sequence[int], key: tuple[str, ...]) -> str | None:
    """The code of its product, or ISO3 of its partner or reporter, where one of them tells it apart."""
    for place, code in zip(at, key, strict=True):
        name = points.dimensions[place]
        if not points.common:
            first = code.partition(" ")[0]
            return first if first.isdecimal() else None
        if name == "product":
            return code
        if name in ("partner", "reporter"):
            area = area_of(code)
            return area.iso3 or code if area else code
    return None


def _by_size(lines: Iterable[Line]) -> list[Line]:
    """The largest first: by the newest period that any has; those without it after them, by their newest."""

    def size(line: Line) -> tuple[Period | None, float]:
        newest = max((at for at, one in line.points.items() if at is not None and one.value is not None), default=None)
        return newest, float(line.value(newest) or 0)

    return sorted(lines, key=lambda line: (*_falling(size(line)), line.name))


def _falling(size: tuple[Period | None, float]) -> tuple[int, float]:
    period, value = size
    months = period.last_month.year * 12 + period.last_month.number if period else 0
    return -months, -value


def _whole(points: Points, kept: Sequence[Point], wholes: Mapping[int, list[Point]], notes: list[Note]) -> Line | None:
    """The total of the dimension in which the lines differ, alike in all others."""
    differing = [place for place in range(len(points.dimensions)) if len({one.of[place] for one in kept}) > 1]
    candidates = [place for place in wholes if not (set(differing) - {place})]
    if len(candidates) != 1:
        return None
    place = candidates[0]
    alike = [
        one
        for one in wholes[place]
        if all(one.of[other] == kept[0].of[other] for other in range(len(points.dimensions)) if other != place)
    ]
    if not alike:
        return None
    code = alike[0].of[place]
    name = points.names[points.dimensions[place]].get(code, code)
    return Line((code,), "World" if code == WORLD else name, _each_once(alike, notes))

"""What is drawn is what the answers hold: every value, every gap, in the right place and size."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from charted import ReadBack, figure, kept, kept_mirror, overlapping, read_back, row
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.results.chart.drawing.draw import draw
from tradestat_tools.results.chart.figure import MOST_CHARS, Figure

PIXEL = 0.25
"""Coordinates are written to a tenth of a pixel."""

PARTNERS = ["410", "842", "392", "276", "704", "484", "76", "616", "251", "458", "764", "699", "702", "528"]
COUNTS = {"few": 10, "many": 200}

Rows = list[dict[str, Any]]

values = st.one_of(st.none(), st.integers(0, 10**12), st.floats(0.01, 1e12))
figures = st.one_of(st.integers(1, 10**12), st.floats(0.01, 1e12))
statuses = st.sampled_from(["reported", "reported", "provisional", "estimated"])


@st.composite
def over_time(
    draw: Callable[..., Any], cells: Any = values, most: int = 6, least: int = 1, flows: Sequence[str] = ("X",)
) -> Rows:
    """Figures of some partners (or flows) over some years, with gaps and marks; one at least is there."""
    partners = draw(st.lists(st.sampled_from(PARTNERS), min_size=least, max_size=most, unique=True))
    years = range(2005, 2005 + draw(st.integers(2, 9)))
    rows: Rows = []
    for flow in flows:
        for partner in partners:
            for year in years:
                value = draw(cells) if rows else draw(figures)
                status = draw(statuses) if value is not None else draw(st.sampled_from(["missing", "suppressed"]))
                said = {"partner": partner, "period": str(year), "status": status, "flow": flow}
                rows.append(row(value, valuation="CIF" if flow == "M" else "FOB", **said))
    rows[-1]["value"] = draw(figures)  # the last period is there as well
    rows[-1]["status"] = "reported"
    return rows


@st.composite
def with_whole(draw: Callable[..., Any], cells: Any = values, least: int = 1) -> Rows:
    """The same with what the World has: their sum and something more."""
    rows: Rows = draw(over_time(cells=cells, least=least))
    for year in sorted({one["period"] for one in rows}):
        parts = [one["value"] for one in rows if one["period"] == year and one["value"] is not None]
        rows.append(row(math.fsum(parts) + draw(st.integers(0, 10**12)), period=year))
    return rows


@st.composite
def months(draw: Callable[..., Any]) -> Rows:
    """One flow by month."""
    count = draw(st.integers(2, 60))
    rows = [
        row(draw(values), partner="410", period=f"{2018 + at // 12}-{at % 12 + 1:02d}", status="reported")
        for at in range(count)
    ]
    for at in (0, -1):
        rows[at]["value"] = draw(figures)
    return [{**one, "status": "missing"} if one["value"] is None else one for one in rows]


@st.composite
def comparisons(draw: Callable[..., Any]) -> dict[str, Any]:
    """The data of a comparison, as it is kept: what is absent is left out."""
    sides = {"exporter": "a:exporter", "importer": "b:importer"}
    gaps: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    for at in range(draw(st.integers(1, 12))):
        label = str(2010 + at)
        exporter: Any = draw(st.one_of(st.none(), figures))
        importer: Any = draw(st.one_of(st.none(), figures))
        fob: Any = None if importer is None else round(importer / 1.06)
        more: Any = None if exporter is None or fob is None else fob - exporter
        gaps.append(_known(period=label, exporter=exporter, importer=importer, best_fob=fob, gap_fob=more))
        exported = _known(side=sides["exporter"], value=exporter, valuation="FOB", fob=exporter)
        imported = _known(side=sides["importer"], value=importer, valuation="CIF", fob=fob)
        cells += [{"period": label, "status": "reported", **one} for one in (exported, imported)]
    if not any("exporter" in gap or "importer" in gap for gap in gaps):
        gaps[0]["exporter"] = draw(figures)
    return {
        **{"exporter": "China", "importer": "South Korea", "product": "850760", "currency": "USD"},
        **{"exporter_side": sides["exporter"], "importer_side": sides["importer"]},
        **{"gaps": gaps, "figures": cells, "causes": [], "causes_of": gaps[-1]["period"]},
    }


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def cell(rows: Rows, label: str, code: str, **said: str) -> float | None:
    """The value of a row."""
    wanted = {"period": label, "partner": code, **said}
    return next((one["value"] for one in rows if all(one[key] == value for key, value in wanted.items())), None)


ISO3 = {
    **{"410": "KOR", "842": "USA", "392": "JPN", "276": "DEU", "704": "VNM", "484": "MEX", "76": "BRA", "616": "POL"},
    **{"251": "FRA", "458": "MYS", "764": "THA", "699": "IND", "702": "SGP", "528": "NLD"},
}
BY_ISO3 = {iso3: code for code, iso3 in ISO3.items()}


def held(rows: Rows) -> list[str]:
    """The partners that have any figure."""
    return [code for code in PARTNERS if any(one["partner"] == code and one["value"] is not None for one in rows)]


def code_of(rows: Rows, code: str | None) -> str:
    """UN Comtrade's code of a line; that of the only partner, where nothing differs."""
    return BY_ISO3[code] if code else held(rows)[0]


def on_a_line(points: Sequence[tuple[float, float]]) -> bool:
    """Whether heights are in proportion to values, wherever zero may lie."""
    low, high = min(points), max(points)
    if high[0] == low[0]:
        return all(abs(y - low[1]) <= PIXEL for _, y in points)
    steep = (high[1] - low[1]) / (high[0] - low[0])
    return all(abs(low[1] + (value - low[0]) * steep - y) <= 2 * PIXEL for value, y in points)


def number(shape: dict[str, str], name: str) -> float:
    return float(shape[name])


def drawn(of: Figure) -> ReadBack:
    """The drawing read back; that of the dark theme shows the same."""
    light, dark = read_back(draw(of)), read_back(draw(of, "dark", 1000))
    assert light.lines == dark.lines
    assert {at: value for at, (value, _) in light.marks.items()} == {at: value for at, (value, _) in dark.marks.items()}
    assert of.chars <= MOST_CHARS
    assert len(of.finding) == 3
    return light


def lines(rows: Rows) -> None:
    of = figure(kept(rows), kind="lines")
    seen = drawn(of)
    assert len(of.series) == min(8, len(held(rows)))
    for at, one in enumerate(of.series):
        expected = [cell(rows, label, code_of(rows, one.code)) for label in of.axis.labels]
        assert one.values == expected == seen.lines[str(at)]
    assert on_a_line(seen.points)
    shown = sum(value is not None for one in of.series for value in one.values)
    assert len(seen.points) == shown  # a gap is no point


def shares(rows: Rows) -> None:
    of = figure(kept(rows), kind="shares")
    seen = drawn(of)
    (totals,) = of.of("total")
    assert totals.values == [cell(rows, label, "0") for label in of.axis.labels]
    for at, label in enumerate(of.axis.labels):
        stack = [one for one in (*of.of("value"), *of.of("rest")) if one.values[at] is not None]
        total = totals.values[at] or 0
        for one in stack:
            if one.role == "value":
                assert one.values[at] == cell(rows, label, code_of(rows, one.code))
            mark = seen.marks.get((one.name if one.role == "value" else "rest", at))
            if not total:
                assert mark is None
                continue
            assert mark is not None
            assert mark[0] == one.values[at]
            assert abs(number(mark[1], "height") - 300 * mark[0] / total) <= 2 * PIXEL
    assert not any(role == "total" for role, _ in seen.marks)


def balance(rows: Rows) -> None:
    of = figure(kept(rows), kind="balance")
    seen = drawn(of)
    partner = rows[0]["partner"]
    exports, imports, both = of.series
    for at, label in enumerate(of.axis.labels):
        out, into = cell(rows, label, partner, flow="X"), cell(rows, label, partner, flow="M")
        assert (exports.values[at], imports.values[at]) == (out, into)
        assert both.values[at] == (None if out is None or into is None else out - into)
        for role, value in (("exports", out), ("imports", into)):
            assert seen.marks.get((role, at), (None,))[0] == value
    assert seen.lines["balance"] == both.values
    heights = [(mark[0], number(mark[1], "height")) for mark in seen.marks.values()]
    assert on_a_line([*heights, (0, 0)])


def seasonality(rows: Rows) -> None:
    of = figure(kept(rows), kind="seasonality")
    seen = drawn(of)
    by_label = {one["period"]: one["value"] for one in rows}
    for number_of, one in enumerate(of.of("value")):
        expected = [by_label.get(f"{one.name}-{at + 1:02d}") for at in range(12)]
        assert one.values == expected == seen.lines[str(number_of)]
    assert on_a_line(seen.points)


def bars(rows: Rows) -> None:
    of = figure(kept(rows), kind="bars", period=rows[-1]["period"])
    seen = drawn(of)
    ranked(of, rows, seen)
    widths = [(value, number(shape, "width")) for value, shape in seen.marks.values()]
    assert on_a_line([*widths, (0, 0)])
    assert of.total == cell(rows, rows[-1]["period"], "0")


def treemap(rows: Rows) -> None:
    label = rows[-1]["period"]
    of = figure(kept(rows), kind="treemap", period=label)
    seen = drawn(of)
    ranked(of, rows, seen)
    rest = {at: mark for at, mark in seen.marks.items() if at[1] == -1}
    assert of.total == cell(rows, label, "0")
    assert [value for value, _ in rest.values()] == ([of.rest] if of.rest else [])
    whole = sum(value for value, _ in seen.marks.values())
    for value, shape in seen.marks.values():
        wide, high = number(shape, "width"), number(shape, "height")
        assert abs(wide * high - 760 * 420 * value / whole) <= PIXEL * (wide + high) + 1


def tile_map(rows: Rows) -> None:
    of = figure(kept(rows), kind="map", period=rows[-1]["period"])
    seen = drawn(of)
    ranked(of, rows, seen)
    tiles = [tuple(tile) for tile in of.axis.tiles or () if tile]
    assert len(set(tiles)) == len(of.axis.labels)
    assert set(tiles) <= {tuple(tile) for tile in of.axis.ground or ()}


def ranked(of: Figure, rows: Rows, seen: ReadBack) -> None:
    """Each category has its own figure, the largest first, and none that has no figure or is zero without size."""
    (column,) = of.series
    label = rows[-1]["period"]
    expected = {code: value for code in PARTNERS if (value := cell(rows, label, code)) is not None}
    if of.kind in ("treemap", "map"):
        expected = {code: value for code, value in expected.items() if value > 0}
    shown = {BY_ISO3[code]: value for code, value in zip(of.axis.codes or (), column.values, strict=True)}
    assert shown == expected
    assert column.values == sorted(column.values, key=lambda value: -(value or 0))
    assert {at: value for (_, at), (value, _) in seen.marks.items() if at >= 0} == dict(enumerate(column.values))


def bubble(rows: Rows) -> None:
    of = figure(kept(rows), kind="bubble")
    seen = drawn(of)
    share, growth, size = of.series
    first, last = min(one["period"] for one in rows), max(one["period"] for one in rows)
    years = int(last) - int(first)
    total = cell(rows, last, "0") or 0
    for at, code in enumerate(of.axis.codes or ()):
        before, now = cell(rows, first, BY_ISO3[code]) or 0, cell(rows, last, BY_ISO3[code]) or 0
        assert size.values[at] == now
        assert share.values[at] == pytest.approx(100 * now / total, rel=1e-5)
        assert growth.values[at] == pytest.approx(100 * ((now / before) ** (1 / years) - 1), rel=1e-5, abs=1e-3)
        value, shape = seen.marks["", at]
        assert (value, shape["data-x"], shape["data-y"]) == (now, repr(share.values[at]), repr(growth.values[at]))
        radius = number(shape, "r")
        largest = max(value or 0 for value in size.values)
        assert radius <= 3 or abs(radius - 34 * (now / largest) ** 0.5) <= PIXEL
    able = [code for code in held(rows) if (cell(rows, first, code) or 0) > 0 and (cell(rows, last, code) or 0) > 0]
    assert sorted(of.axis.codes or ()) == sorted(ISO3[code] for code in able)


def mirror(data: dict[str, Any]) -> None:
    of = figure(kept_mirror(data))
    seen = drawn(of)
    by_role: dict[str, list[float | None]] = {one.role: [*one.values] for one in of.series}
    names = {"exporter": "exporter", "importer": "importer", "best": "best_fob", "unexplained": "gap_fob"}
    for at, gap in enumerate(data["gaps"]):
        for role, name in names.items():
            value = gap.get(name)
            assert by_role.get(role, [None] * 99)[at] == value
            assert seen.marks.get((role, at), (None,))[0] == value
        if "importer" in gap:
            assert seen.marks.get(("margin", at), (0,))[0] == gap["importer"] - round(gap["importer"] / 1.06)
    reported = {at: mark for at, mark in seen.marks.items() if at[0] in ("exporter", "importer")}
    heights = [(value, number(shape, "height")) for value, shape in reported.values()]
    assert on_a_line([*heights, (0, 0)])


KINDS: dict[str, tuple[Any, Callable[[Any], None]]] = {
    "lines": (over_time(most=10), lines),
    "shares": (with_whole(), shares),
    "balance": (over_time(most=1, flows=("X", "M")), balance),
    "seasonality": (months(), seasonality),
    "bars": (with_whole(), bars),
    "treemap": (with_whole(), treemap),
    "map": (with_whole(least=2), tile_map),
    "bubble": (with_whole(cells=figures), bubble),
    "mirror": (comparisons(), mirror),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_is_drawn_as_the_answer_has_it_and_no_gap_is(kind: str) -> None:
    answers, check = KINDS[kind]
    settings(max_examples=COUNTS["few"])(given(answers)(check))()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_value_of_many_more_answers_is_drawn_as_well(kind: str) -> None:
    answers, check = KINDS[kind]
    settings(max_examples=COUNTS["many"])(given(answers)(check))()


@pytest.mark.parametrize("kind", ["lines", "shares", "bars", "balance", "seasonality", "bubble"])
def test_no_text_of_a_drawing_touches_another(kind: str) -> None:
    answers, _ = KINDS[kind]

    def check(rows: Rows) -> None:
        seen = read_back(draw(figure(kept(rows, state="sandbox"), kind=kind)))
        assert overlapping(seen.boxes) == []

    settings(max_examples=COUNTS["few"])(given(answers)(check))()


def test_growth_from_almost_nothing_is_named_in_powers_of_ten() -> None:
    rows = [
        row(value, partner=partner, period=period)
        for partner, period, value in [
            ("410", "2005", 0.01),
            ("410", "2006", 450359500001.0),
            ("0", "2005", 0.01),
            ("0", "2006", 450359500001.0),
        ]
    ]
    seen = read_back(draw(figure(kept(rows, state="sandbox"), kind="bubble")))
    assert overlapping(seen.boxes) == []

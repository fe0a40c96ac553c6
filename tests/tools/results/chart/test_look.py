"""How drawings look: the same everywhere, readable by all, with nothing on top of anything else."""

import itertools
import xml.etree.ElementTree as ET

import pytest
from charted import figure, kept, overlapping, read_back, row
from gallery import CHARTS, FIGURES, FOLDER, THEMES, drawing, gallery, kept_figure
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.countries import areas
from tradestat_tools.codes.places import COLUMNS, ROWS, tiles
from tradestat_tools.results.chart.drawing.areas import squarified
from tradestat_tools.results.chart.drawing.canvas import fitted, text_width, wrapped
from tradestat_tools.results.chart.drawing.draw import draw
from tradestat_tools.results.chart.drawing.scales import apart, logarithmic, straight
from tradestat_tools.results.chart.drawing.theme import THEMES as LOOKS
from tradestat_tools.results.chart.drawing.theme import Theme, contrast
from tradestat_tools.results.chart.numbers import amount, power_of

TOLD_APART = 10.0
"""Distance of two colours in CIELAB, several times what is just noticed side by side."""

EYES = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "without red cones": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "without green cones": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "without blue cones": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Linear red, green and blue as they are seen (Machado, Oliveira and Fernandes, 2009, severity 1)."""


def lab(colour: str, eyes: str) -> tuple[float, float, float]:
    """A colour in CIELAB, as these eyes see it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    seen = [min(1, max(0, sum(a * b for a, b in zip(line, linear, strict=True)))) for line in EYES[eyes]]
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1, 1.089)
    xyz = [sum(a * b for a, b in zip(line, seen, strict=True)) / of for line, of in zip(to_xyz, white, strict=True)]
    x, y, z = (one ** (1 / 3) if one > 0.008856 else 7.787 * one + 16 / 116 for one in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_colours_of_lines_are_told_apart_by_all_eyes(look: Theme, eyes: str) -> None:
    for one, other in itertools.combinations(look.colours, 2):
        distance = sum((a - b) ** 2 for a, b in zip(lab(one, eyes), lab(other, eyes), strict=True)) ** 0.5
        assert distance >= TOLD_APART, (one, other, eyes)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_texts_and_lines_stand_out_from_the_ground(look: Theme) -> None:
    assert min(contrast(one, look.ground) for one in (look.ink, look.muted, look.warning)) >= 4.5
    assert min(contrast(one, look.ground) for one in (*look.colours, look.rest, look.axis)) >= 3


@pytest.mark.parametrize("name", [shown.name for shown in CHARTS])
def test_a_figure_of_the_gallery_is_drawn_to_equal_bytes(name: str) -> None:
    for theme in THEMES:
        assert draw(kept_figure(name), theme).encode("utf-8") == drawing(name, theme).read_bytes()


def test_there_is_a_picture_of_every_kind_and_none_besides() -> None:
    assert {file.stem for file in FIGURES.glob("*.json")} == {shown.name for shown in CHARTS}
    assert {*FOLDER.glob("*.svg")} == {drawing(shown.name, theme) for shown in CHARTS for theme in THEMES}
    assert len({kept_figure(shown.name).kind for shown in CHARTS}) == 9


@pytest.mark.slow
@pytest.mark.anyio
async def test_the_gallery_is_of_what_the_tools_answer_today() -> None:
    stale = [file.name for file, text in (await gallery()).items() if file.read_text(encoding="utf-8") != text]
    assert stale == [], "python scripts/charts.py --write"


@pytest.mark.parametrize("name", [shown.name for shown in CHARTS])
@pytest.mark.parametrize("width", [480, 800, 1200])
def test_no_text_of_the_gallery_touches_another_or_leaves_the_drawing(name: str, width: int) -> None:
    svg = draw(kept_figure(name), "light", width)
    size = ET.fromstring(svg).attrib  # noqa: S314 - our own
    seen = read_back(svg)
    assert overlapping(seen.boxes) == []
    outside = [
        one[0]
        for one in seen.boxes
        if one[1] < 0 or one[3] > float(size["width"]) + 0.5 or one[2] < 0 or one[4] > float(size["height"])
    ]
    assert outside == []


@pytest.mark.parametrize("name", [shown.name for shown in CHARTS])
def test_a_drawing_says_what_it_is_of_its_unit_its_source_and_that_it_is_synthetic(name: str) -> None:
    of = kept_figure(name)
    texts = " ".join(read_back(draw(of)).texts)
    assert "SANDBOX: synthetic figures, not statistics" in texts
    assert of.title.split()[0] in texts
    assert of.unit in texts
    assert "Source:" in texts
    assert of.source.partition(";")[0].split()[0] in texts


def test_real_figures_are_not_called_synthetic() -> None:
    rows = [row(at, period=str(2019 + at)) for at in range(1, 4)]
    assert "SANDBOX" not in draw(figure(kept(rows)))
    assert "SANDBOX" in draw(figure(kept(rows, state="sandbox")))


@given(st.text(max_size=200), st.floats(20, 900), st.integers(1, 3))
def test_wrapped_text_is_never_wider_than_its_room(text: str, room: float, most: int) -> None:
    lines = wrapped(text, 12, room, most)
    assert len(lines) <= most
    assert all(text_width(line, 12) <= room for line in lines)
    assert text_width(fitted(text, 12, room), 12) <= room


@given(st.lists(st.floats(-1e13, 1e13), min_size=1), st.booleans())
def test_an_axis_holds_all_values_between_round_ones(values: list[float], zero: bool) -> None:
    scale = straight(values, 300, 0, zero=zero)
    slack = (scale.high - scale.low) * 1e-6
    assert scale.low - slack <= min(values)
    assert max(values) <= scale.high + slack
    assert 2 <= len(scale.ticks) <= 14
    assert not zero or scale.low <= 0 <= scale.high


@given(st.lists(st.floats(1e-3, 1e13), min_size=1))
def test_a_logarithmic_axis_holds_all_values(values: list[float]) -> None:
    scale = logarithmic(values, 300, 0)
    assert scale.low * (1 - 1e-9) <= min(values)
    assert max(values) <= scale.high * (1 + 1e-9)
    assert all(-0.01 <= scale.at(value) <= 300.01 for value in values)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=15))
def test_names_at_line_ends_are_moved_apart_in_their_order(wanted: list[float]) -> None:
    found = apart(wanted, 15, 0, 300)
    heights = [height for _, height in sorted(zip(wanted, found, strict=True))]
    assert heights == sorted(heights)
    assert all(-0.01 <= height <= 300.01 for height in found)
    assert all(b - a >= 15 - 0.01 for a, b in itertools.pairwise(sorted(found)))


@given(st.lists(st.floats(0.01, 1e9), min_size=1, max_size=40))
def test_tiles_of_a_treemap_are_as_large_as_their_values_and_fill_it(values: list[float]) -> None:
    ordered = sorted(values, reverse=True)
    boxes = squarified(ordered, (0, 0, 760, 420))
    for value, (_, _, wide, high) in zip(ordered, boxes, strict=True):
        assert wide * high == pytest.approx(760 * 420 * value / sum(values), rel=1e-6, abs=1e-6)
    assert max(x + wide for x, _, wide, _ in boxes) == pytest.approx(760, abs=0.01)
    assert max(y + high for _, y, _, high in boxes) == pytest.approx(420, abs=0.01)


def test_every_area_with_a_code_of_its_own_has_a_tile_of_its_own() -> None:
    uninhabited = {"ATA", "ATF", "BVT", "HMD", "SGS", "UMI"}
    assert {one.iso3 for one in areas() if one.kind == "country"} - tiles().keys() == uninhabited
    assert len(set(tiles().values())) == len(tiles())
    assert all(0 <= column < COLUMNS and 0 <= line < ROWS for column, line in tiles().values())


@pytest.mark.parametrize(
    ("west", "east"), [("USA", "GBR"), ("GBR", "DEU"), ("DEU", "POL"), ("IND", "CHN"), ("CHN", "JPN"), ("CHL", "ARG")]
)
def test_tiles_are_west_and_east_of_each_other_as_areas_are(west: str, east: str) -> None:
    assert tiles()[west][0] < tiles()[east][0]


@pytest.mark.parametrize(
    ("north", "south"), [("NOR", "DEU"), ("DEU", "ITA"), ("ITA", "LBY"), ("USA", "MEX"), ("CHN", "VNM")]
)
def test_tiles_are_north_and_south_of_each_other_as_areas_are(north: str, south: str) -> None:
    assert tiles()[north][1] < tiles()[south][1]


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (6_695_382_302, "US dollars", "6.695 billion US dollars"),
        (9_999, "US dollars", "9,999 US dollars"),
        (0, "kg", "0 kg"),
        (None, "kg", "–"),
        (14.44, "percent", "14.4 %"),
        (231.246, "2015 = 100", "231.2"),
        (-20_500_000, "euros", "-20.50 million euros"),
        (1234.5, "thousand US dollars", "1,234 thousand US dollars"),
    ],
)
def test_figures_in_sentences_have_four_digits_and_their_unit(value: float | None, unit: str, said: str) -> None:
    assert amount(value, unit) == said


def test_an_axis_is_in_the_power_that_its_largest_value_reaches() -> None:
    assert [power_of("kg", [value]) for value in (0, 9_999, 10_000, 999_999, 10**6, 10**9, 10**12)] == [
        0,
        0,
        1,
        1,
        2,
        3,
        4,
    ]
    assert power_of("percent", [10**6]) == 0

"""What is read back off a drawing in the page, and what it says by its geometry."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tradestat_tools.results.chart.figure import Figure, Series

READ = """
() => {
  const svg = document.querySelector(".chart svg");
  const numbers = ["x", "y", "width", "height", "cx", "cy", "r", "y1"];
  const attributes = (one) => Object.fromEntries([
    ...Object.entries(one.dataset),
    ...numbers.filter((name) => one.hasAttribute(name)).map((name) => [`${name}_`, Number(one.getAttribute(name))]),
    ["tag", one.tagName],
  ]);
  return {
    kind: svg.dataset.kind,
    measure: svg.dataset.measure,
    places: JSON.parse(svg.dataset.places),
    axes: [...svg.querySelectorAll("[data-axis]")].map(attributes),
    lines: [...svg.querySelectorAll("g[data-values]")].map(
      (one) => ({ ...one.dataset, d: one.querySelector("path").getAttribute("d") })
    ),
    marks: [...svg.querySelectorAll("[data-value]")].map(attributes),
    gaps: [...svg.querySelectorAll("[data-gap]")].map(attributes),
    watermark: svg.querySelector("[data-watermark]") !== null,
  };
}
"""

Drawn = Mapping[str, Any]
Value = int | float | None


class Axis:
    """An axis of values as the drawing states it.

    Args:
        said: its domain in values, its range in pixels, its scale.
    """

    def __init__(self, said: Mapping[str, str]) -> None:
        self.low, self.high = json.loads(said["domain"])
        self.start, self.end = json.loads(said["range"])
        self.log = said.get("scale") == "log"

    def at(self, value: float) -> float:
        """Where a value is, in pixels."""
        if self.log:
            part = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)


def axis(drawn: Drawn, name: str = "value") -> Axis:
    """The axis of that name."""
    return Axis(next(one for one in drawn["axes"] if one["axis"] == name))


def near(one: float, other: float) -> bool:
    """Whether two places are the same but for what is rounded in a path."""
    return math.isclose(one, other, abs_tol=0.02)


def same(said: Sequence[Value], values: Sequence[Value]) -> bool:
    """Whether figures are equal, gaps where there are gaps."""
    pairs = list(zip(said, values, strict=True))
    return all(
        (a is None) == (b is None) and (a is None or b is None or math.isclose(a, b, rel_tol=1e-12)) for a, b in pairs
    )


def points(path: str) -> list[tuple[float, float]]:
    """The points of a path of straight lines."""
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.e]+),([-\d.e]+)", path)]


def check_line(drawn: Drawn, series: int, values: Sequence[Value]) -> None:
    """A line holds each value at its height, and breaks at each gap."""
    (line,) = (one for one in drawn["lines"] if one["series"] == str(series))
    assert same(json.loads(line["values"]), values), line["name"]
    heights = [axis(drawn).at(value) for value in values if value is not None]
    found = points(line["d"])
    assert len(found) == len(heights), line["name"]
    assert all(near(y, height) for (_, y), height in zip(found, heights, strict=True)), line["name"]
    runs = sum(value is not None and (at == 0 or values[at - 1] is None) for at, value in enumerate(values))
    assert line["d"].count("M") == runs, "a gap is a gap, not a zero"


def marks(drawn: Drawn, series: int, tag: str = "rect") -> dict[int, dict[str, Any]]:
    """The marks of a series by place, each at most once."""
    found = [one for one in drawn["marks"] if one.get("series") == str(series) and one["tag"] == tag]
    by_place = {int(one["at"]): one for one in found}
    assert len(by_place) == len(found)
    return by_place


def check_columns(drawn: Drawn, series: int, values: Sequence[Value]) -> None:
    """A column for every figure, from where it says it begins to where it ends, and none for a gap."""
    found = marks(drawn, series)
    assert found.keys() == {at for at, value in zip(drawn["places"], values, strict=True) if value is not None}
    scale = axis(drawn)
    for at, value in zip(drawn["places"], values, strict=True):
        if value is None:
            continue
        one = found[at]
        begin, end = float(one["from"]), float(one["to"])
        assert math.isclose(float(one["value"]), value, rel_tol=1e-12)
        assert math.isclose(abs(end - begin), abs(value), rel_tol=1e-9, abs_tol=1e-9)
        top, bottom = sorted((scale.at(begin), scale.at(end)))
        assert near(one["y_"], top)
        assert near(one["height_"], max(1, bottom - top))


def check(drawn: Drawn, figure: Figure, *, all_rows: bool) -> None:
    """All that is drawn is what the figure says, and all that it says is drawn.

    Args:
        all_rows: whether every row of bars had room.
    """
    assert drawn["kind"] == figure.kind
    assert drawn["watermark"] == figure.sandbox
    assert drawn["places"] == list(range(len(figure.axis.labels)))
    _CHECKS[figure.kind](drawn, figure, all_rows)


def _lines(drawn: Drawn, figure: Figure, _: bool) -> None:
    for at, one in enumerate(figure.series):
        check_line(drawn, at, one.values)


def _bars(drawn: Drawn, figure: Figure, all_rows: bool) -> None:
    scale = axis(drawn)
    for number, one in enumerate(figure.series):
        found = marks(drawn, number)
        gaps = {int(gap["at"]) for gap in drawn["gaps"] if gap["gap"] == str(number)}
        assert not all_rows or found.keys() | gaps == set(range(len(one.values)))
        for at, mark in found.items():
            value = one.values[at]
            assert value is not None
            assert float(mark["value"]) == value
            assert near(mark["width_"], max(1, abs(scale.at(value) - scale.at(0))))
            assert near(mark["x_"], min(scale.at(value), scale.at(0)))
        assert all(one.values[at] is None for at in gaps)


def _shares(drawn: Drawn, figure: Figure, _: bool) -> None:
    whole = figure.of("total")[0].values
    assert drawn["measure"] == "share"
    for at, one in enumerate(figure.series):
        if one.role != "total":
            values = [
                None if value is None or not total else value / total * 100
                for value, total in zip(one.values, whole, strict=True)
            ]
            check_columns(drawn, at, values)


def _treemap(drawn: Drawn, figure: Figure, _: bool) -> None:
    values = figure.series[0].values
    found = marks(drawn, 0)
    assert found.keys() == {at for at, value in enumerate(values) if value is not None and value > 0}
    rest = [one for one in drawn["marks"] if "rest" in one]
    assert [float(one["value"]) for one in rest] == ([figure.rest] if figure.rest else [])
    room = sum(one["width_"] * one["height_"] for one in (*found.values(), *rest))
    of_all = sum(float(one["value"]) for one in (*found.values(), *rest))
    for at, one in found.items():
        assert float(one["value"]) == values[at]
        # Between tiles there is a pixel, which weighs on small ones most.
        edge = (one["width_"] + one["height_"] + 1) * 2
        assert abs(one["width_"] * one["height_"] - room * float(one["value"]) / of_all) <= edge + room * 0.03


def _role(figure: Figure, role: str) -> tuple[int, Series]:
    return next((at, one) for at, one in enumerate(figure.series) if one.role == role)


def _mirror(drawn: Drawn, figure: Figure, _: bool) -> None:
    for role in ("exporter", "importer"):
        at, one = _role(figure, role)
        check_columns(drawn, at, one.values)
    at, best = _role(figure, "best")
    found = marks(drawn, at, "line")
    assert found.keys() == {place for place, value in enumerate(best.values) if value is not None}
    for place, mark in found.items():
        value = best.values[place]
        assert value is not None
        assert float(mark["value"]) == value
        assert near(mark["y1_"], axis(drawn).at(value))
    at, margin = _role(figure, "margin")
    assert {place: float(one["value"]) for place, one in marks(drawn, at).items()} == {
        place: value for place, value in enumerate(margin.values) if value is not None
    }


def _balance(drawn: Drawn, figure: Figure, _: bool) -> None:
    for role, sign in (("exports", 1), ("imports", -1)):
        at, one = _role(figure, role)
        check_columns(drawn, at, one.values)
        assert all(float(mark["to"]) == sign * float(mark["value"]) for mark in marks(drawn, at).values())
    at, one = _role(figure, "balance")
    check_line(drawn, at, one.values)


def _bubble(drawn: Drawn, figure: Figure, _: bool) -> None:
    share, growth, value = (_role(figure, role)[1].values for role in ("share", "growth", "value"))
    found = marks(drawn, _role(figure, "value")[0], "circle")
    whole = zip(share, growth, value, strict=True)
    assert found.keys() == {at for at, three in enumerate(whole) if None not in three}
    if not found:
        return
    across, up = axis(drawn, "x"), axis(drawn, "y")
    area = next(one for one in drawn["axes"] if one["axis"] == "area")
    most, largest = json.loads(area["domain"])[1], json.loads(area["range"])[1]
    for at, one in found.items():
        x, y, size = share[at], growth[at], value[at]
        assert x is not None
        assert y is not None
        assert size is not None
        assert (float(one["x"]), float(one["y"]), float(one["value"])) == (x, y, size)
        assert near(one["cx_"], across.at(x))
        assert near(one["cy_"], up.at(y))
        assert near(one["r_"], max(2, largest * math.sqrt(size / most)))


def _map(drawn: Drawn, figure: Figure, _: bool) -> None:
    values = figure.series[0].values
    assert {at: float(one["value"]) for at, one in marks(drawn, 0).items()} == {
        at: value for at, value in enumerate(values) if value is not None
    }
    assert {int(one["at"]) for one in drawn["gaps"]} == {at for at, value in enumerate(values) if value is None}
    ranked = sorted(marks(drawn, 0).values(), key=lambda one: float(one["value"]))
    assert all(one["width_"] == ranked[0]["width_"] for one in ranked), "tiles are equal"


_CHECKS = {
    "lines": _lines,
    "bars": _bars,
    "shares": _shares,
    "treemap": _treemap,
    "mirror": _mirror,
    "balance": _balance,
    "seasonality": _lines,
    "bubble": _bubble,
    "map": _map,
}

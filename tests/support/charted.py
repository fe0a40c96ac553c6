"""Stored answers made up for charts, and what a drawing shows, read back from its text."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tradestat_tools.codes.periods import period
from tradestat_tools.contract.results import StoredResult
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Data, Note, Provenance, State, Table
from tradestat_tools.model.arguments import Arguments, parse_arguments
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.results.chart.arguments import ChartArguments
from tradestat_tools.results.chart.drawing.canvas import text_width
from tradestat_tools.results.chart.figure import Figure
from tradestat_tools.results.chart.tool import figure_of

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


class Figures(Data):
    """Common rows as data: each by the names of an observation's fields."""

    rows: list[dict[str, Any]]

    def tables(self) -> list[Table]:
        return []


async def _never(*_: Any) -> Answer[Figures]:
    raise AssertionError("nothing is asked")


def _observe(data: Figures, _: Provenance) -> list[Observation]:
    read: list[dict[str, Any]] = [
        {**row, "period": period(row["period"]), "status": Status(row["status"])} for row in data.rows
    ]
    return [Observation(**row) for row in read]


FIGURES = Tool(
    name="figures",
    title="Test: figures",
    description="Figures.",
    arguments=Arguments,
    data=Figures,
    run=_never,
    example={},
    observe=_observe,
)


def row(value: float | None, **said: Any) -> dict[str, Any]:
    """One common row: China's exports to the World of all goods in 2023, unless said otherwise."""
    usual = {
        **{"flow": "X", "reporter": "156", "partner": "0", "product": "TOTAL", "classification": "HS"},
        **{"period": "2023", "currency": "USD", "valuation": "FOB", "source": "test", "tool": "figures"},
    }
    status = "reported" if value is not None else "missing"
    return {**usual, "status": status, **said, "value": value}


def kept(rows: Sequence[dict[str, Any]], handle: str = "raaaaaaaaaa", state: State = "fresh") -> StoredResult:
    """A stored answer that has these common rows."""
    return _stored(handle, "figures", {"rows": list(rows)}, (), state)


def kept_table(*tables: Table, unit: str | None = None, handle: str = "rbbbbbbbbbb") -> StoredResult:
    """A stored answer that has tables and no common rows."""
    return _stored(handle, "query", {}, tables, "fresh", unit=unit)


def kept_mirror(data: dict[str, Any]) -> StoredResult:
    """A stored comparison."""
    return _stored("rccccccccc2", "compare_mirror", data, (), "fresh")


def _stored(
    handle: str, tool: str, data: dict[str, Any], tables: tuple[Table, ...], state: State, **said: Any
) -> StoredResult:
    source = Provenance(
        service="Test Service", endpoint=tool, address="https://test.invalid/", retrieved_at=NOON, state=state, **said
    )
    return StoredResult(handle, tool, {}, "Made up", tables, source, (), {"data": data})


def charted(*stored: StoredResult, **asked: Any) -> tuple[Figure, list[Note]]:
    """The figure of stored answers, and its notes."""
    arguments = parse_arguments(ChartArguments, {"result": [one.handle for one in stored], **asked})
    return figure_of(stored, arguments, {"figures": FIGURES})


def figure(*stored: StoredResult, **asked: Any) -> Figure:
    """The figure alone."""
    return charted(*stored, **asked)[0]


Box = tuple[str, float, float, float, float]
"""A text, and its left, top, right and bottom."""


@dataclass
class ReadBack:
    """What a drawing shows.

    Args:
        lines: the values of each line, by its number or role; None for a gap.
        marks: of bars, areas, columns and points: by series (number or role) and place, their value and shape.
    """

    lines: dict[str, list[float | None]] = field(default_factory=dict[str, list[float | None]])
    marks: dict[tuple[str, int], tuple[float, dict[str, str]]] = field(
        default_factory=dict[tuple[str, int], tuple[float, dict[str, str]]]
    )
    points: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    texts: list[str] = field(default_factory=list[str])
    boxes: list[Box] = field(default_factory=list[Box])


def _number(text: str) -> float | None:
    return None if text == "–" else float(text) if "." in text or "e" in text else int(text)


def read_back(svg: str) -> ReadBack:
    """The values of a drawing, from its attributes alone; `points` are values of lines with their height."""
    found = ReadBack()
    for one in _parts(ET.fromstring(svg)):  # noqa: S314 - our own
        attributes = one.attrib
        if "data-values" in attributes:
            name = attributes.get("data-series") or attributes["data-role"]
            found.lines[name] = [_number(text) for text in attributes["data-values"].split()]
        elif "data-at" in attributes:
            value = _number(attributes["data-v"])
            assert value is not None
            where = (attributes.get("data-role") or "", int(attributes["data-at"]))
            if attributes.get("data-role") == "value":
                where = (attributes["data-name"], where[1])
            assert where not in found.marks
            found.marks[where] = (value, attributes)
        elif "data-v" in attributes:
            value = _number(attributes["data-v"])
            assert value is not None
            middle = attributes.get("cy") or str(float(attributes["y"]) + float(attributes["height"]) / 2)
            found.points.append((value, float(middle)))
        if one.tag == f"{SVG}text" and one.text:
            found.texts.append(one.text)
            found.boxes.append(_box(one))
    return found


def _parts(one: ET.Element) -> Iterator[ET.Element]:
    """Every element but those of the word across synthetic figures."""
    yield one
    for part in one:
        if part.get("aria-hidden") != "true":
            yield from _parts(part)


def _box(one: ET.Element) -> Box:
    """A text with the place it takes at most: left, top, right, bottom."""
    size, text = float(one.attrib["font-size"]), one.text or ""
    wide = text_width(text, size, bold="font-weight" in one.attrib)
    x, y = float(one.attrib["x"]), float(one.attrib["y"])
    left = x - {"middle": wide / 2, "end": wide}.get(one.get("text-anchor", ""), 0)
    return text, left, y - size * 0.8, left + wide, y + size * 0.2


def overlapping(boxes: Sequence[Box]) -> list[tuple[str, str]]:
    """Texts that might touch each other."""
    return [
        (one[0], other[0])
        for at, one in enumerate(boxes)
        for other in boxes[at + 1 :]
        if one[1] < other[3] - 0.5 and other[1] < one[3] - 0.5 and one[2] < other[4] - 0.5 and other[2] < one[4] - 0.5
    ]

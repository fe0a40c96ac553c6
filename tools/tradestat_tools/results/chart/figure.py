"""A figure: all that a drawing of it needs, as columns of exact values beside one axis.

It is what the tool `chart` gives a page to draw, and what `draw` makes a picture of, so that both show the same. In the
structured content it stands as `figure`; where all of an answer is asked for, as `data.figure`.
"""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tradestat_tools.codes.periods import Frequency

MOST_CHARS = 60_000
"""Characters of JSON of one figure: text, envelope and figure are to stay under what hosts let pass (about 150,000)."""

MOST_SERIES = 12
MOST_POINTS = 360
"""Places on the axis: thirty years of months."""

MOST_VALUES = 3_000
"""Of all series together."""

Kind = Literal["lines", "bars", "shares", "treemap", "mirror", "balance", "seasonality", "bubble", "map"]

Role = Literal[
    "value",
    "total",
    "rest",
    "exports",
    "imports",
    "balance",
    "exporter",
    "importer",
    "margin",
    "best",
    "unexplained",
    "average",
    "share",
    "growth",
]
"""What the values of a series are.

value: figures to draw; several of them are parts or lines beside each other. total: the whole that shares over time are
of, never drawn beside its parts (that of a figure with categories is `Figure.total`). rest: the whole less the parts
that are shown. exports, imports, balance: of a balance; imports are positive and drawn down. exporter, importer: both
reports of a flow as they were reported; margin: what freight and insurance are taken to be of the importer's; best: the
best estimate, FOB; unexplained: what the importer reports more than the exporter after the margin. average: of the
years of a seasonality. share, growth: percent.
"""

Mark = Literal["provisional", "estimated", "suppressed", "conflicting"]
"""Provisional and estimated values are drawn, and marked. Suppressed and conflicting ones are None, as missing ones."""


class Model(BaseModel):
    """Nothing but what is named, and nothing that changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Axis(Model):
    """What the values of each series stand at, in order.

    periods: every period from the first to the last, without holes. months: January to December, of a seasonality.
    categories: partners, products and the like; of bars, treemap and map the largest first.
    """

    kind: Literal["periods", "months", "categories"]
    name: str = Field(description='For people: "year", "partner".')
    labels: list[str] = Field(description="2024, 2024Q2, 2024-03; Jan; names.")
    frequency: Frequency | None = Field(default=None, description="Of periods.")
    codes: list[str] | None = Field(default=None, description="Of categories: HS or EBOPS codes, ISO3 of areas.")
    tiles: list[list[int] | None] | None = Field(
        default=None, description="Of a map: column from the west and row from the north; null is no place."
    )
    ground: list[list[int]] | None = Field(default=None, description="Of a map: the tiles of all areas.")


class Series(Model):
    """One column of values beside the axis, in whole units of the figure's unit. None is no figure, never zero."""

    name: str
    role: Role = "value"
    values: list[int | float | None]
    marks: dict[Mark, list[int]] | None = Field(default=None, description="Places on the axis, from 0.")
    unit: str | None = Field(default=None, description="Where it is not the figure's, as of a bubble's axes.")
    valuation: str | None = Field(default=None, description="FOB or CIF, where series differ.")
    code: str | None = Field(default=None, description="Of the partner, product or reporter that it is of.")
    source: str | None = Field(default=None, description="Name of the source, where series differ.")
    result: str | None = Field(default=None, description="Handle of the answer, where series differ.")


class Break(Model):
    """Where the values before and after a period are not of quite the same goods."""

    at: str = Field(description="The first period after it, as the axis has it.")
    text: str
    series: int | None = Field(default=None, description="Number of the only series it is of, from 0.")


class Figure(Model):
    """One chart.

    One unit for all values, but for the axes of a bubble chart: role share across, growth up, value as the area.
    """

    version: Literal[1] = 1
    kind: Kind
    title: str
    finding: list[str] = Field(description="What it shows: the largest, the change, what stands out.")
    unit: str = Field(description='Of values: "US dollars", "kg", "percent", "2015 = 100".')
    power: int = Field(default=0, description="Powers of a thousand of the unit in which the axis is written.")
    scale: Literal["linear", "log"] = "linear"
    valuation: str | None = None
    axis: Axis
    series: list[Series]
    total: int | float | None = Field(
        default=None, description="Of bars, treemap, map: the whole that the values are parts of, where it is known."
    )
    rest: int | float | None = Field(default=None, description="The same: the whole less all that is shown.")
    fixed: dict[str, str] | None = Field(
        default=None, description="What all values are of, by code: reporter, partner (ISO3 or name), product, flow."
    )
    by: list[str] = Field(default=[], description="Which of these differ among the values.")
    breaks: list[Break] = Field(default=[], description="Drawn as lines across.")
    source: str = Field(description="The line below: services, dates of retrieval.")
    sandbox: bool = Field(default=False, description="Synthetic figures: said across the drawing.")
    notes: list[str] = Field(default=[], description="What was left out, what is beside what; shown below.")
    results: list[str] = Field(description="Handles of the answers that it was made of.")
    arguments: dict[str, Any] = Field(description="Of the tool `chart`, which draw it again.")

    def lean(self) -> dict[str, Any]:
        """As plain data: absent fields and empty lists left out, nulls in lists kept."""
        said = self.model_dump(mode="json", exclude_none=True)
        return {name: value for name, value in said.items() if value not in ([], {}) and value is not False}

    @property
    def chars(self) -> int:
        """Characters of JSON."""
        return len(json.dumps(self.lean(), ensure_ascii=False, separators=(",", ":")))

    def of(self, *roles: Role) -> list[Series]:
        """The series of these roles, in their order."""
        return [one for one in self.series if one.role in roles]

"""What the tool `chart` is asked."""

from typing import Annotated, Any, Literal

from pydantic import Field

from tradestat_tools.codes.spans import Span, span
from tradestat_tools.contract.results import Handle
from tradestat_tools.model.arguments import Arguments, Meaning, reads
from tradestat_tools.results.chart.figure import Kind

MOST_RESULTS = 8
MOST_SHOWN = 200

NOTHING_SAID: dict[str, Any] = {"default": ""}


class ChartArguments(Arguments):
    """Which stored answers, drawn how."""

    result: Annotated[
        list[Handle],
        Field(min_length=1, max_length=MOST_RESULTS, description="Handles as answers' first lines give them."),
    ]
    kind: Annotated[Literal["auto", Kind], Field(description="auto: by what the answers hold.")] = "auto"
    measure: Annotated[
        Literal["value", "weight", "quantity", "index"],
        Field(description="index: the first period that all lines have is 100."),
    ] = "value"
    flow: Annotated[Literal["both", "X", "M"], Meaning.FLOW, Field(description="X exports, M imports.")] = "both"
    period: Annotated[
        Span | None,
        reads(span, max_length=60),
        Meaning.PERIOD,
        Field(description="Part to draw: 2015-2024; of one period 2023.", json_schema_extra=NOTHING_SAID),
    ] = None
    only: Annotated[
        list[str] | None, Field(max_length=40, description="Partners, products or reporters to draw, by code or name.")
    ] = None
    top: Annotated[int | None, Field(ge=1, le=MOST_SHOWN, description="How many to draw, the largest first.")] = None
    log: Annotated[bool, Field(description="Lines on a logarithmic scale.")] = False
    table: Annotated[
        str | None, Field(description="Draw a table as it was shown, by number or title, not the common rows.")
    ] = None
    columns: Annotated[list[str] | None, Field(description="Columns of that table: names first, then figures.")] = None
    unit: Annotated[str | None, Field(max_length=40, description="Of columns computed by SQL.")] = None
    title: Annotated[str | None, Field(max_length=120, description="In place of our own.")] = None
    format: Annotated[
        Literal["data", "svg", "png"], Field(description="svg, png: also a picture, drawn by the server.")
    ] = "data"
    theme: Annotated[Literal["light", "dark"], Field(description="Of the picture.")] = "light"

"""What the tool `chart` is asked."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tradestat_tools.codes.flows import flow
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.contract.results import Handle
from tradestat_tools.model.arguments import Arguments, Meaning, reads
from tradestat_tools.results.chart.figure import Kind

MOST_RESULTS = 8
MOST_SHOWN = 200

NOTHING_SAID: dict[str, Any] = {"default": ""}


def _flow(value: Any) -> Any:
    """X or M for the words that mean them; other flows are refused by name."""
    return flow(value).code if isinstance(value, str) and value not in ("both", "") else value


class ChartArguments(Arguments):
    """Which stored answers, drawn how."""

    result: Annotated[
        list[Handle],
        Field(min_length=1, max_length=MOST_RESULTS, description="Handles of answers."),
    ]
    kind: Annotated[Literal["auto", Kind], Field(description="auto: what fits.")] = "auto"
    measure: Annotated[
        Literal["value", "weight", "quantity", "index"],
        Field(description="index: 100 in the first period that all have."),
    ] = "value"
    flow: Annotated[
        Literal["both", "X", "M"], BeforeValidator(_flow), Meaning.FLOW, Field(description="X exports, M imports.")
    ] = "both"
    period: Annotated[
        Span | None,
        reads(span, max_length=60),
        Meaning.PERIOD,
        Field(description="What to draw of it: 2015-2024, 2023.", json_schema_extra=NOTHING_SAID),
    ] = None
    only: Annotated[
        list[str] | None, Field(max_length=40, description="Partners, products or reporters, by code or name.")
    ] = None
    top: Annotated[int | None, Field(ge=1, le=MOST_SHOWN, description="How many, the largest first.")] = None
    log: Annotated[bool, Field(description="Lines on a logarithmic scale.")] = False
    table: Annotated[str | None, Field(description="Number or title of a table to draw as it was shown.")] = None
    columns: Annotated[list[str] | None, Field(description="Of that table: names, then figures.")] = None
    unit: Annotated[str | None, Field(max_length=40, description="Of columns computed by SQL.")] = None
    title: Annotated[str | None, Field(max_length=120, description="In place of our own.")] = None
    format: Annotated[Literal["data", "svg", "png"], Field(description="svg or png: also a picture.")] = "data"
    theme: Annotated[Literal["light", "dark"], Field(description="Of the picture.")] = "light"

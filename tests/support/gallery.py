"""The charts in docs/charts: one of every kind, of the synthetic world, whose clock stands still."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from tradestat_sandbox import DEFAULT_TODAY, Sandbox
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.open import in_memory
from tradestat_tools.results.chart.drawing.draw import draw
from tradestat_tools.results.chart.drawing.theme import ThemeName
from tradestat_tools.results.chart.figure import Figure
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.runtime import Clock

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "charts"
FIGURES = ROOT / "tests" / "golden" / "figures"
NOON = datetime(DEFAULT_TODAY.year, DEFAULT_TODAY.month, DEFAULT_TODAY.day, 12, tzinfo=UTC)
THEMES: tuple[ThemeName, ...] = get_args(ThemeName)

BATTERIES, SOLAR = "850760", "854143"
BOTH = {"exporter": "China", "importer": "Korea"}
PARTNERS = "World,Korea,USA,Japan,Germany,Viet Nam,Netherlands,India,Mexico,Brazil,Poland,France,Malaysia,Thailand"


@dataclass(frozen=True)
class Shown:
    """One chart of the gallery.

    Args:
        name: of its file.
        asks: calls whose answers it is of: tools and arguments.
        arguments: of `chart`, but for the results.
    """

    name: str
    asks: Sequence[tuple[str, dict[str, Any]]]
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])


def _exports(**unlike: Any) -> tuple[str, dict[str, Any]]:
    usual = {"reporterCode": "China", "partnerCode": PARTNERS, "cmdCode": BATTERIES, "flowCode": "X"}
    return "comtrade_data", {**usual, "period": "2016-2023", **unlike}


def _series(**asked: Any) -> tuple[str, dict[str, Any]]:
    return "trade_series", asked


def _korea(**unlike: Any) -> tuple[str, dict[str, Any]]:
    return _series(reporter="Korea", product=BATTERIES, partner="China", **unlike)


CHARTS = (
    Shown("lines", [_exports()]),
    Shown("lines-index", [_exports()], {"measure": "index", "only": ["Korea", "Japan", "Germany"]}),
    Shown("lines-log", [_exports()], {"log": True}),
    Shown(
        "lines-breaks",
        [_series(reporter="Germany", flow="M", period="2018-2023", product=f"{BATTERIES},{SOLAR},851762")],
    ),
    Shown("bars", [_exports()], {"kind": "bars"}),
    Shown("shares", [_exports()], {"kind": "shares"}),
    Shown(
        "treemap",
        [_exports(reporterCode="Korea", partnerCode="World", cmdCode="TOTAL,AG2", period="2023")],
        {"kind": "treemap"},
    ),
    Shown("mirror", [("compare_mirror", {**BOTH, "product": BATTERIES, "period": "2019-2023"})]),
    Shown("balance", [_korea(flow="M", period="2015-2024"), _korea(flow="X", period="2015-2024")]),
    Shown("seasonality", [_korea(flow="M", period="2021-01..2026-08", freq="M")], {"kind": "seasonality"}),
    Shown("bubble", [_exports()], {"kind": "bubble"}),
    Shown("map", [_exports(partnerCode="all", period="2023")], {"kind": "map"}),
)  # fmt: skip


@asynccontextmanager
async def standing_still() -> AsyncGenerator[Context]:
    """The tools over the stand-ins at noon of their day, so that equal questions have equal handles."""

    async def wait(_: float) -> None:
        """No time passes."""

    http = Http(app=Sandbox(clock=NOON.timestamp).app)
    settings = sandbox_settings(catalogue().settings(_env_file=None))
    try:
        async with in_memory(
            http, settings, lambda: NOON, clock=Clock(NOON.timestamp, wait), most_attempts=1
        ) as context:
            yield context
    finally:
        await http.aclose()


async def figure_of(context: Context, shown: Shown) -> Figure:
    """The figure of a chart of the gallery."""
    handles = [(await context.call(tool, arguments)).result for tool, arguments in shown.asks]
    answer = await context.call("chart", {"result": handles, **shown.arguments})
    return answer.data.figure


async def gallery() -> dict[Path, str]:
    """All files of the gallery: the figures as JSON, and their drawings."""
    files: dict[Path, str] = {}
    async with standing_still() as context:
        for shown in CHARTS:
            figure = await figure_of(context, shown)
            text = json.dumps(figure.lean(), ensure_ascii=False, separators=(",", ":"))
            files[FIGURES / f"{shown.name}.json"] = f"{text}\n"
            files |= {drawing(shown.name, theme): draw(figure, theme) for theme in THEMES}
    return files


def drawing(name: str, theme: ThemeName) -> Path:
    """Where a drawing lies."""
    return FOLDER / f"{name}-{theme}.svg"


def kept_figure(name: str) -> Figure:
    """A figure of the gallery as it was written down."""
    return Figure.model_validate_json((FIGURES / f"{name}.json").read_text(encoding="utf-8"))

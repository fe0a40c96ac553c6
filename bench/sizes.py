"""How large answers are: what the services sent for a question, against our text and our structured content.

`python -m bench.sizes` measures these alone.
"""

import json
import tempfile
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from mcp import Client

from bench.measure import say, table
from bench.rig import NoCache, sandbox_services
from tradestat_sandbox import Sandbox
from tradestat_server.mcp.app import create_server
from tradestat_server.text.envelope import structured_content
from tradestat_server.text.render import MAX_CHARS, render_answer
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context

TEXT_TARGET = 0.25
BOTH_TARGET = 0.6
"""Shares of what the services sent, for large answers."""

LARGE = 25_000
"""Bytes from the services from which an answer is called large. Below, header and notes weigh as much as the rows."""

PARTNERS = (
    "USA JPN KOR DEU GBR FRA ITA NLD ESP BEL IND VNM THA MYS SGP IDN PHL AUS NZL CAN MEX BRA ARG CHL PER COL ZAF NGA "
    "EGY MAR KEN SAU ARE TUR ISR RUS UKR POL CZE HUN AUT CHE SWE DNK NOR FIN IRL PRT GRC ROU"
)

ALL_MONTHS = {"strtYymm": "201801", "endYymm": "202512"}
"""All that the sandbox has."""

KOREA = {"reporterCode": "KOR", "partnerCode": [one for one in PARTNERS.split() if one != "KOR"]}

LARGE_QUESTIONS: Mapping[str, Mapping[str, Any]] = {
    "get_countries": {},
    "get_country_groups": {"members": True},
    "get_products_hs": {"limit": 1000},
    "get_services_ebops": {},
    "goods_time_series": {"country": "156", "product": "85", "trade_flow": "E", "all_pages": True, "page_size": 50},
    "goods_trade_indicators": {"country": "156", "product": "ALL", "by": "byProduct", "hs_level": 6, "all_pages": True},
    "services_time_series": {"country": "842", "by": "byCountry", "all_pages": True},
    "get_coverage": {"data_type": "goods"},
    "dashboard": {"hsCode": "850760", "currentMonth": "202412"},
    "markets": {"hsCode": "850760", "limit": 200},
    "trend": {"hsCode": "850760", "countryCode": "133"},
    "topProducts": {"sortBy": "scale", "limit": 100},
    "growth": {"hsCode": "870380"},
    "history": {"hsCode": "870380", "countryCode": "502"},
    "priceband": {"hsCode": "870380"},
    "chapter": {"hsCode": "870380"},
    "getNitemtradeList": {**ALL_MONTHS, "hsSgn": "8507"},
    "getItemtradeList": {**ALL_MONTHS, "hsSgn": "85"},
    "getNationtradeList": ALL_MONTHS,
    "getNewtradeList": ALL_MONTHS,
    "comtrade_data": {
        "reporterCode": "CHN",
        "partnerCode": PARTNERS.split(),
        "cmdCode": "85",
        "flowCode": "X",
        "period": "2006-2025",
    },
    "comtrade_reference": {"category": "partners", "limit": 500},
    "comtrade_tariffline": {**KOREA, "cmdCode": "850760", "flowCode": "M", "period": "2018-2024"},
    "comtrade_availability": {"reporterCode": "all", "period": "since 2018"},
    "comtrade_metadata": {"reporterCode": ["CHN", "KOR", "USA", "DEU", "JPN"], "period": "2018-2024"},
    "comtrade_trade_matrix": {"reporterCode": "KOR", "partnerCode": PARTNERS.split()[:10], "period": "2023"},
    "comtrade_trade_balance": {**KOREA, "period": "2018-2024"},
    "comtrade_bilateral": {**KOREA, "cmdCode": "850760", "flowCode": "M", "period": "2018-2024"},
    "comtrade_live_update": {"limit": 100},
}
"""One for each tool, about as much as the sandbox holds for it; the typical question is the tool's example."""

PARTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "partners": ("comtrade_data", LARGE_QUESTIONS["comtrade_data"]),
    "months": ("getNitemtradeList", LARGE_QUESTIONS["getNitemtradeList"]),
}
"""Answers whose handles the questions of `OWN_QUESTIONS` take, as `$partners`."""

BATTERIES = {"exporter": "CHN", "importer": "KOR", "product": "850760"}

OWN_QUESTIONS: Mapping[str, Mapping[str, Any]] = {
    "compare_mirror": {**BATTERIES, "period": "2021-01..2024-12", "detail": "full"},
    "trade_series": {
        "reporter": "EU",
        "product": "85",
        "period": "2018-2024",
        "flow": "TB",
        "also": ["growth", "index"],
    },
    "trade_indicators": {"indicator": "share", "result": ["$partners"], "by": "partner"},
    "exchange_rate": {"base": "CNY", "period": "2019-01..2024-12"},
    "search_codes": {"kind": "hs", "query": "machines", "limit": 50},
    "query": {"result": ["$months"], "limit": 1000},
    "cite": {"result": "$months", "replay": "python"},
    "usage": {},
}
"""Large questions to tools that are no source's: what they ask of services is mostly stored by then."""

HEADS = ["tool", "services", "text", "structured", "text share", "share of both", "within", "of the bound"]

Message = MutableMapping[str, Any]


class Counted:
    """The sandbox, with the bytes that it sends counted."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._app = sandbox.app
        self.app = self._counting
        self.today = sandbox.today
        self.bytes = 0

    async def _counting(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        async def counted(message: Message) -> None:
            self.bytes += len(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, counted)


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes of one answer: of all that the services sent for it, of its text, of its structured content.

    Args:
        longest: characters of the longer of the two, which are bounded.
    """

    tool: str
    upstream: int
    text: int
    structured: int
    longest: int

    @property
    def row(self) -> list[str]:
        """As the table shows it."""
        figures = (f"{figure:,}" for figure in (self.upstream, self.text, self.structured))
        bound = f"{self.longest / MAX_CHARS:.0%}" + " OVER" * (self.longest > MAX_CHARS)
        if not self.upstream:
            return [self.tool, *figures, "", "", "not large", bound]
        of_text, of_both = self.text / self.upstream, (self.text + self.structured) / self.upstream
        return [self.tool, *figures, f"{of_text:.2f}", f"{of_both:.2f}", self._judged(of_text, of_both), bound]

    def _judged(self, of_text: float, of_both: float) -> str:
        if self.upstream < LARGE:
            return "not large"
        return "yes" if of_text <= TEXT_TARGET and of_both <= BOTH_TARGET else "NO"


async def run(sandbox: Sandbox, folder: Path) -> None:
    """Ask every tool of a source its example and a large question, the others a large one, and print the sizes."""
    counted = Counted(sandbox)
    of_sources = {tool.name: tool.example for source in catalogue().sources.values() for tool in source.tools}
    async with sandbox_services(counted, NoCache(), folder, planned=False, kept=True) as context:
        for title, questions in (
            ("A typical answer, in bytes", of_sources),
            ("A large answer, in bytes", LARGE_QUESTIONS),
        ):
            rows = [(await _size(context, counted, name, questions[name])).row for name in of_sources]
            table(title, HEADS, rows)
        table("Tools that are no source's, in bytes", HEADS, [one.row for one in await _own(context, counted)])
        table("The list of tools, in bytes", ["part", "bytes"], await _of_list(context))
    say(
        f"Within: text at most {TEXT_TARGET:g} of what the services sent, both together at most {BOTH_TARGET:g}; "
        f"asked of answers of at least {LARGE:,} bytes. The services of the other tools send little for any question: "
        "most of our text is then the header, the notes and names that they do not send. The bound is of "
        f"{MAX_CHARS:,} characters, for the text and for the structured content each."
    )


async def _own(context: Context, counted: Counted) -> list[Size]:
    handles = {f"${name}": (await context.call(*asked)).result for name, asked in PARTS.items()}

    def with_handles(value: Any) -> Any:
        if isinstance(value, list):
            return [handles.get(one, one) for one in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return handles.get(str(value), value)

    return [
        await _size(context, counted, tool, {name: with_handles(value) for name, value in question.items()})
        for tool, question in OWN_QUESTIONS.items()
    ]


async def _of_list(context: Context) -> list[list[str]]:
    """What a client gets before it asks anything, and its host shows to a model."""
    async with Client(create_server(context)) as client:
        listed = (await client.list_tools()).tools
    tools = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in listed]
    of_each = ("description", "inputSchema", "outputSchema")
    parts = {"whole": tools} | {name: [tool[name] for tool in tools] for name in of_each}
    return [[name, f"{len(_json(part).encode()):,}"] for name, part in parts.items()]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def _size(context: Context, counted: Counted, tool: str, arguments: Mapping[str, Any]) -> Size:
    counted.bytes = 0
    answer = await context.call(catalogue().tools[tool], arguments)
    sources = catalogue().sources.values()
    structured = _json(structured_content(answer, max_chars=MAX_CHARS, sources=sources))
    text = render_answer(answer, sources=sources)
    longest = max(len(text), len(structured))
    return Size(tool, counted.bytes, len(text.encode()), len(structured.encode()), longest)


async def _alone() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        await run(Sandbox(), Path(folder))


if __name__ == "__main__":
    anyio.run(_alone)

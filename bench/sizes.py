"""How large answers are: what the services sent for a question, against our text and our structured content."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import say, table
from bench.rig import NoCache, sandbox_services
from tradestat_sandbox import Sandbox
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
    """Bytes of one answer: of all that the services sent for it, of its text, of its structured content."""

    tool: str
    upstream: int
    text: int
    structured: int

    @property
    def row(self) -> list[str]:
        """As the table shows it."""
        figures = (f"{figure:,}" for figure in (self.upstream, self.text, self.structured))
        of_text, of_both = self.text / self.upstream, (self.text + self.structured) / self.upstream
        return [self.tool, *figures, f"{of_text:.2f}", f"{of_both:.2f}", self._judged(of_text, of_both)]

    def _judged(self, of_text: float, of_both: float) -> str:
        if self.upstream < LARGE:
            return "not large"
        return "yes" if of_text <= TEXT_TARGET and of_both <= BOTH_TARGET else "NO"


async def run(sandbox: Sandbox, folder: Path) -> None:
    """Ask every tool of a source its example and a large question, and print the sizes."""
    counted = Counted(sandbox)
    of_sources = {tool.name: tool.example for source in catalogue().sources.values() for tool in source.tools}
    async with sandbox_services(counted, NoCache(), folder, planned=False, kept=True) as context:
        for title, questions in (
            ("A typical answer, in bytes", of_sources),
            ("A large answer, in bytes", LARGE_QUESTIONS),
        ):
            rows = [(await _size(context, counted, name, questions[name])).row for name in of_sources]
            heads = ["tool", "services", "text", "structured", "text share", "share of both", "within"]
            table(title, heads, rows)
    say(
        f"Within: text at most {TEXT_TARGET:g} of what the services sent, both together at most {BOTH_TARGET:g}; "
        f"asked of answers of at least {LARGE:,} bytes. The services of the other tools send little for any question: "
        "most of our text is then the header, the notes and names that they do not send."
    )


async def _size(context: Context, counted: Counted, tool: str, arguments: Mapping[str, Any]) -> Size:
    counted.bytes = 0
    answer = await context.call(catalogue().tools[tool], arguments)
    structured = json.dumps(structured_content(answer, max_chars=MAX_CHARS), ensure_ascii=False, separators=(",", ":"))
    return Size(tool, counted.bytes, len(render_answer(answer).encode()), len(structured.encode()))

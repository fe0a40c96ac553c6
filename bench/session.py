"""What a research session asks of the services, without a cache, with one, and with parts of what it holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from bench.measure import table
from bench.rig import NoCache, sandbox_services
from tradestat_sandbox import SOURCES, Sandbox
from tradestat_tools.catalogue import catalogue
from tradestat_tools.upstream.sqlite import SqliteCache
from tradestat_tools.upstream.store import Cache

KOREAN_IMPORTS = {"by": "byCountry", "trade_flow": "I", "period_from": 2022, "period_to": 2024}
CHINA_TO_KOREA = {"reporterCode": "CHN", "partnerCode": "KOR", "cmdCode": "850760", "flowCode": "X"}

QUESTIONS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    # Which codes are meant
    ("get_countries", {"search": "korea"}),
    ("get_products_hs", {"prefix": "8507"}),
    ("get_countries", {"search": "china"}),
    # Who sells batteries to Korea, and who grows
    ("goods_time_series", {"country": "KOR", "product": "850760", **KOREAN_IMPORTS}),
    ("goods_trade_indicators", {"country": "KOR", "product": "850760", "by": "byCountry", "trade_flow": "I"}),
    # The same seen from China
    ("dashboard", {"hsCode": "850760"}),
    ("markets", {"hsCode": "850760", "limit": 5}),
    ("trend", {"hsCode": "850760"}),
    # Korea's own months
    ("getNitemtradeList", {"strtYymm": "202401", "endYymm": "202412", "hsSgn": "850760", "cntyCd": "CN"}),
    # Both reports to the United Nations
    ("comtrade_data", {**CHINA_TO_KOREA, "period": "2022-2024"}),
    (
        "comtrade_data",
        {"reporterCode": "KOR", "partnerCode": "CHN", "cmdCode": "850760", "flowCode": "M", "period": "2022-2024"},
    ),
    # Back to the ranking, in another spelling; the figure that the note was about
    ("goods_time_series", {"country": "410", "product": "8507.60", **KOREAN_IMPORTS}),
    ("dashboard", {"hsCode": "8507.60"}),
    # The year before, and on to this one
    ("getNitemtradeList", {"strtYymm": "202301", "endYymm": "202412", "hsSgn": "850760", "cntyCd": "CN"}),
    ("getNitemtradeList", {"strtYymm": "202401", "endYymm": "202506", "hsSgn": "850760", "cntyCd": "CN"}),
    # More of the same list
    ("markets", {"hsCode": "850760", "limit": 10}),
    ("growth", {"hsCode": "850760"}),
    ("get_countries", {"search": "viet"}),
    ("get_products_hs", {"prefix": "850760"}),
    # A second product, its neighbours
    ("goods_time_series", {"country": "KOR", "product": "854231", **KOREAN_IMPORTS}),
    (
        "goods_trade_indicators",
        {"country": "KOR", "product": "85", "by": "byProduct", "hs_level": 4, "trade_flow": "I"},
    ),
    ("chapter", {"hsCode": "850760"}),
    ("comtrade_data", {**CHINA_TO_KOREA, "period": "2024"}),
    ("comtrade_data", {**CHINA_TO_KOREA, "period": ["2022", "2023", "2024"]}),
    # Writing it down: every figure is looked up once more
    ("goods_time_series", {"country": "South Korea", "product": "850760", **KOREAN_IMPORTS}),
    ("goods_trade_indicators", {"country": "KOR", "product": "850760", "by": "byCountry", "trade_flow": "I"}),
    ("trend", {"hsCode": "850760"}),
    ("getNitemtradeList", {"strtYymm": "202401", "endYymm": "202412", "hsSgn": "850760", "cntyCd": "CN"}),
    ("comtrade_data", {**CHINA_TO_KOREA, "period": "2022-2024"}),
    ("goods_time_series", {"country": "KOR", "product": "854231", **KOREAN_IMPORTS}),
)


BATTERIES_TO_KOREA = {"country": "KOR", "product": "850760", "trade_flow": "I", "period_from": 2021, "period_to": 2024}
ASIAN_EXPORTS = {"reporterCode": ["CHN", "JPN", "KOR"], "cmdCode": ["TOTAL", "850760"], "flowCode": ["X", "M"]}

DRILL_DOWN: tuple[tuple[str, Mapping[str, Any]], ...] = (
    # The whole market, then one supplier after the other, and the last two years
    ("goods_time_series", {**BATTERIES_TO_KOREA, "page_size": 500}),
    *(("goods_time_series", {**BATTERIES_TO_KOREA, "partner": partner}) for partner in ("CHN", "USA", "JPN")),
    ("goods_time_series", {**BATTERIES_TO_KOREA, "partner": "CHN", "period_from": 2023}),
    ("goods_time_series", {**BATTERIES_TO_KOREA, "page_size": 10, "page": 2}),
    # Korea's own months, of all countries, then of some and of a quarter
    ("getNitemtradeList", {"strtYymm": "202401", "endYymm": "202412", "hsSgn": "850760"}),
    *(
        ("getNitemtradeList", {"strtYymm": first, "endYymm": "202412", "hsSgn": "850760", "cntyCd": country})
        for first, country in (("202401", "CN"), ("202410", "CN"), ("202401", "JP"))
    ),
    # Reports of three countries, then single flows, shares of the whole, and mirrors
    ("comtrade_data", {**ASIAN_EXPORTS, "partnerCode": ["0", "CHN", "JPN", "KOR"], "period": "2020-2024"}),
    ("comtrade_data", {**ASIAN_EXPORTS, "reporterCode": "CHN", "partnerCode": "KOR", "period": "2024"}),
    ("comtrade_data", {**ASIAN_EXPORTS, "reporterCode": "KOR", "partnerCode": "CHN", "period": "2023-2024"}),
    (
        "comtrade_data",
        {**ASIAN_EXPORTS, "reporterCode": "JPN", "partnerCode": "0", "cmdCode": "TOTAL", "period": "2024"},
    ),
)
"""From the whole to its parts."""


class Spent(NamedTuple):
    """Calls by source, and Trade Map's credits."""

    calls: Counter[str]
    credits: int


async def run(sandbox: Sandbox, folder: Path) -> None:
    """Ask all questions without a cache, with one, and with parts taken out of what it holds; print what that took."""
    await _compare("A research session", QUESTIONS, sandbox, folder)
    await _compare("From the whole to its parts,", DRILL_DOWN, sandbox, folder)


async def _compare(
    what: str, questions: Sequence[tuple[str, Mapping[str, Any]]], sandbox: Sandbox, folder: Path
) -> None:
    bare = await _session(questions, sandbox, NoCache(), folder, reuses=False)
    ways = [bare]
    for reuses in (False, True):
        with closing(SqliteCache(None)) as cache:
            ways.append(await _session(questions, sandbox, cache, folder, reuses=reuses))
    names = {source.id: source.name for source in catalogue().sources.values()}
    rows = [[names[source], *(f"{way.calls[source]}" for way in ways)] for source in SOURCES if bare.calls[source]]
    rows.append(["all", *(f"{way.calls.total()}" for way in ways)])
    rows.append(["Trade Map credits", *(f"{way.credits}" for way in ways)])
    heads = ["service", "without cache", "with", "and parts of wider answers"]
    table(f"{what} of {len(questions)} questions: calls of the services", heads, rows)


async def _session(
    questions: Sequence[tuple[str, Mapping[str, Any]]], sandbox: Sandbox, cache: Cache, folder: Path, *, reuses: bool
) -> Spent:
    sandbox.reset()
    async with sandbox_services(sandbox, cache, folder, planned=False, reuses=reuses) as context:
        for tool, arguments in questions:
            await context.call(catalogue().tools[tool], arguments)
    return Spent(Counter(call.source for call in sandbox.calls), sandbox.credits_charged)

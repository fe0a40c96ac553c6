"""What a research session asks of the services, with the cache and without."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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


async def run(sandbox: Sandbox, folder: Path) -> None:
    """Ask all questions twice, with and without a cache, and print what that came to."""
    cache = SqliteCache(folder / "session.sqlite3")
    try:
        kept, kept_credits = await _session(sandbox, cache, folder)
    finally:
        cache.close()
    bare, bare_credits = await _session(sandbox, NoCache(), folder)
    names = {source.id: source.name for source in catalogue().sources.values()}
    rows = [_row(names[source], bare[source], kept[source]) for source in SOURCES]
    rows.append(_row("all", bare.total(), kept.total()))
    rows.append(_row("Trade Map credits", bare_credits, kept_credits))
    table(
        f"A research session of {len(QUESTIONS)} questions: calls of the services",
        ["service", "without cache", "with", "ratio"],
        rows,
    )


async def _session(sandbox: Sandbox, cache: Cache, folder: Path) -> tuple[Counter[str], int]:
    """Calls by source, and Trade Map's credits."""
    sandbox.reset()
    async with sandbox_services(sandbox, cache, folder, planned=False) as context:
        for tool, arguments in QUESTIONS:
            await context.call(catalogue().tools[tool], arguments)
    return Counter(call.source for call in sandbox.calls), sandbox.credits_charged


def _row(name: str, without: float, kept: float) -> list[str]:
    return [name, f"{without:g}", f"{kept:g}", f"{without / kept:.1f}"]

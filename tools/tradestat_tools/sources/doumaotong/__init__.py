"""doumaotong.com: China's exports of goods, compiled from China Customs statistics."""

from functools import cache

from tradestat_tools.contract.source import Question, Rooms, Source, Terms
from tradestat_tools.sources.doumaotong.service import PLAN, POLICY, DoumaotongSettings


@cache
def rooms() -> Rooms:
    """The tools, and what they are made of."""
    from tradestat_tools.sources.doumaotong.checks import checks
    from tradestat_tools.sources.doumaotong.flows import FLOWS
    from tradestat_tools.sources.doumaotong.tools import TOOLS

    return Rooms(TOOLS, checks, FLOWS)


SOURCE = Source(
    id="doumaotong",
    name="China's exports (doumaotong.com)",
    key=None,
    terms=Terms(
        author="doumaotong.com (抖贸通), from China Customs statistics",
        publisher="doumaotong.com (抖贸通), an independent third party that compiles the public export statistics of "
        "China's General Administration of Customs (stats.customs.gov.cn); it is not connected to customs systems",
        homepage="https://doumaotong.com",
        coverage="China's exports of goods (no imports), monthly since January 2021; about 8,800 products by 8-digit "
        "HS code and about 229 destinations. Rankings are parts of the whole: 15 destinations, 10 fastest growing, "
        "50 products.",
        lag="1 to 2 months after the month's end; figures follow the customs bulletins",
        units="RMB yuan in every answer, whatever the service sent (亿元, 百万元, yuan); growth and shares in percent; "
        "unit prices in RMB yuan per customs unit of quantity",
        valuation="exports FOB; to be compared with partners' imports (CIF, other currency, other month) with care",
        licence="Open access without a key; no licence for the data is stated",
        privacy="Questions go to a third party: HS codes, country codes, the time and your network address are sent to "
        "doumaotong.com, which logs each access. Do not ask about products that must stay confidential.",
        disclaimer="Aggregated figures for reference and research only. Confidential transactions may be missing, HS "
        "codes change between editions, goods in transit may be included. Before binding or costly decisions verify at "
        "stats.customs.gov.cn or with UN Comtrade.",
    ),
    policy=POLICY,
    settings=DoumaotongSettings,
    plan=lambda _: PLAN,
    instructions="""\
- China's exports by product, newest months: dashboard, markets, trend, history, topProducts, growth, priceband, chapter
  (doumaotong; RMB yuan, FOB; free).""",
    example=Question("Where does China sell them now?", "markets", {"hsCode": "850760"}),
    offers=("dashboard", "markets", "trend", "topProducts", "history", "growth", "priceband", "chapter"),
    rooms=rooms,
)

__all__ = ["SOURCE"]

"""US Census Bureau, International Trade: the United States' imports and exports by month."""

from functools import cache

from tradestat_tools.contract.source import Question, Rooms, Source, Terms
from tradestat_tools.sources.census.service import (
    MUST_BE_SHOWN,
    POLICY,
    SERVICE,
    SERVICE_KEY,
    SOURCE_ID,
    CensusSettings,
    plan,
)


@cache
def rooms() -> Rooms:
    """The tools, and what they are made of."""
    from tradestat_tools.sources.census.checks import checks
    from tradestat_tools.sources.census.flows import FLOWS
    from tradestat_tools.sources.census.tools import TOOLS

    return Rooms(TOOLS, checks, FLOWS)


SOURCE = Source(
    id=SOURCE_ID,
    name=SERVICE,
    key=SERVICE_KEY,
    terms=Terms(
        author="US Census Bureau",
        publisher="US Census Bureau, International Trade",
        homepage="https://www.census.gov/foreign-trade/",
        coverage="US imports and exports of goods by month from 2010, by HS code of 2 to 10 digits, partner, customs "
        "district, port, state, industry and end use; with Puerto Rico, the US Virgin Islands and foreign-trade zones",
        lag="A month comes out about 35 days after its end, 8:30 Eastern; revised with later months and each June.",
        units="US dollars; weights in kg; quantities in the unit of each row",
        valuation="imports at the customs value (FOB-like), with CIF and charges beside it; exports FAS",
        licence="Public data of the United States; the terms of service of the Census Data API apply.",
        privacy="Questions go to api.census.gov, a service of the US government, with your key.",
        disclaimer=f"{MUST_BE_SHOWN} Figures are revised; verify them before relying on them.",
        shown=MUST_BE_SHOWN,
    ),
    policy=POLICY,
    settings=CensusSettings,
    plan=plan,
    instructions="""\
- US trade by month, port, state: us_imports, us_exports, us_reference (US Census; USD; free key).""",
    example=Question(
        "And what does the US customs see of them from Korea, at which value and with what freight?",
        "us_imports",
        {"product": "850760", "partner": "KR", "period": "2026-01..2026-06"},
    ),
    offers=("us_imports", "us_exports", "us_reference"),
    rooms=rooms,
)

__all__ = ["SOURCE"]

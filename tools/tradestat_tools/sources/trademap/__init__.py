"""ITC Trade Map: goods and services trade of 200+ countries, through parse.bot."""

from functools import cache

from tradestat_tools.contract.source import Question, Rooms, Source, Terms
from tradestat_tools.sources.trademap.service import KEY, POLICY, SERVICE, SOURCE_ID, TrademapSettings, plan


@cache
def rooms() -> Rooms:
    """The tools, and what they are made of."""
    from tradestat_tools.sources.trademap.checks import checks
    from tradestat_tools.sources.trademap.flows import FLOWS
    from tradestat_tools.sources.trademap.tools import TOOLS

    return Rooms(TOOLS, checks, FLOWS)


SOURCE = Source(
    id=SOURCE_ID,
    name=SERVICE,
    key=KEY,
    terms=Terms(
        author="International Trade Centre (ITC)",
        publisher="International Trade Centre (ITC), from UN Comtrade and national sources; served by parse.bot",
        homepage="https://parse.bot/marketplace",
        coverage="200+ countries and areas; yearly goods by HS 2, 4 and 6 digits, mostly from 2001; yearly services by "
        "EBOPS 2010, mostly from 2000",
        lag="Countries report a year's figures at different times, some more than a year later; the newest year is "
        "often empty. get_countries tells how far each has come.",
        units="Thousand US dollars; growth in percent",
        valuation="Goods: exports mostly FOB, imports mostly CIF, as each country reports them",
        licence="ITC's terms of use for Trade Map apply to the figures, parse.bot's to the calls",
        privacy="Queries go to parse.bot, a third party, which reads Trade Map. Only the query and the key are sent.",
        disclaimer="Not an official interface of ITC. Figures are as the service gave them; check them before relying "
        "on them.",
    ),
    policy=POLICY,
    settings=TrademapSettings,
    plan=plan,
    instructions="""\
- Rankings of partners or products, growth, services of any country: goods_time_series, goods_trade_indicators,
  services_time_series; lists: get_countries, get_country_groups, get_products_hs, get_services_ebops, get_coverage
  (Trade Map; thousand USD; costs credits: prefer free sources).""",
    example=Question(
        "From where does Korea import lithium-ion batteries (HS 8507.60)?",
        "goods_time_series",
        {"country": "KOR", "product": "850760", "by": "byCountry", "trade_flow": "I", "period_from": 2022},
        tables=2,  # the total, which the service gives apart, and the partners
    ),
    offers=(
        "get_countries",
        "get_country_groups",
        "get_products_hs",
        "get_services_ebops",
        "goods_time_series",
        "goods_trade_indicators",
        "services_time_series",
        "get_coverage",
    ),
    rooms=rooms,
)

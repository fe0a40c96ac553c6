"""Eurostat Comext: trade of the EU, its members and some neighbours, by product, partner and month."""

from functools import cache

from tradestat_tools.contract.source import Question, Rooms, Source, Terms
from tradestat_tools.sources.eurostat.service import POLICY, SERVICE, SOURCE_ID, EurostatSettings, plan


@cache
def rooms() -> Rooms:
    """The tools, and what they are made of."""
    from tradestat_tools.sources.eurostat.checks import checks
    from tradestat_tools.sources.eurostat.file import Comext
    from tradestat_tools.sources.eurostat.flows import FLOWS
    from tradestat_tools.sources.eurostat.tools import TOOLS

    return Rooms(TOOLS, checks, FLOWS, (Comext,))


SOURCE = Source(
    id=SOURCE_ID,
    name=SERVICE,
    key=None,
    terms=Terms(
        author="Eurostat",
        publisher="Eurostat, the statistical office of the European Union",
        homepage="https://ec.europa.eu/eurostat/comext/",
        coverage="Trade in goods of the EU, the euro area and each member since 1988, of some neighbours since 2002, "
        "by HS and CN 8, partner, year and month; within the EU and with others",
        lag="A month comes out about 45 days after its end, at 11:00 in Brussels, and is taken as open to revision for "
        "two years.",
        units="euros; net weight in kg (given in 100 kg, converted); supplementary quantity in the unit of the code",
        valuation="imports CIF, exports FOB, special trade",
        licence="Reuse with acknowledgement of Eurostat as the source (Commission Decision 2011/833/EU)",
        privacy="Questions go to ec.europa.eu, a service of the European Commission. There is no key.",
        disclaimer="Confidential trade is under secret partners or other codes. What is added up or converted here is "
        "not Eurostat's.",
    ),
    policy=POLICY,
    settings=EurostatSettings,
    plan=plan,
    instructions="""\
- EU and members, HS to CN 8: eu_trade, eu_reference (Eurostat; EUR; no key).""",
    example=Question(
        "From where does the EU buy them?",
        "eu_trade",
        {"reporter": "EU27_2020", "partner": "all", "product": "850760", "flow": "M", "period": "2025"},
    ),
    offers=("eu_trade", "eu_reference"),
    rooms=rooms,
)

__all__ = ["SOURCE"]

"""Korea Customs Service through data.go.kr: Korea's trade by product, partner and month."""

from functools import cache

from tradestat_tools.contract.source import Question, Rooms, Source, Terms
from tradestat_tools.sources.korea.service import POLICY, SERVICE_KEY, KoreaSettings, plan


@cache
def rooms() -> Rooms:
    """The tools, and what they are made of."""
    from tradestat_tools.sources.korea.checks import checks
    from tradestat_tools.sources.korea.file import KoreaCustoms
    from tradestat_tools.sources.korea.flows import FLOWS
    from tradestat_tools.sources.korea.tools import TOOLS

    return Rooms(TOOLS, checks, FLOWS, (KoreaCustoms,))


SOURCE = Source(
    id="korea",
    name="Korea Customs Service",
    key=SERVICE_KEY,
    terms=Terms(
        author="Korea Customs Service (관세청)",
        publisher="Korea Customs Service (관세청), by Korea's Public Data Portal",
        homepage="https://www.data.go.kr/data/15100475/openapi.do",
        coverage="Korea's exports and imports of goods, monthly, by Korea's 10-digit HS codes and by partner",
        lag="A month comes out about the 15th of the next (its total in the first days) and is revised later.",
        units="US dollars, not thousands; net weight in kg; getNationtradeList and getNewtradeList count declarations",
        valuation="exports FOB (declared value), imports CIF (dutiable value)",
        licence="Public data of the Republic of Korea, free to use under the terms shown at the portal",
        privacy="Questions go to data.go.kr, a service of the Korean government, with your key.",
        disclaimer="Goods in transit and temporary movements are not included. Verify figures before relying on them.",
    ),
    policy=POLICY,
    settings=KoreaSettings,
    plan=plan,
    instructions="""\
- Korea's trade by month: getNitemtradeList (product and country), getItemtradeList (product), getNationtradeList
  (country), getNewtradeList (totals) (Korea Customs; USD; free key).""",
    example=Question(
        "What does Korea's customs see of them from China, month by month?",
        "getNitemtradeList",
        {"strtYymm": "202501", "endYymm": "202506", "hsSgn": "850760", "cntyCd": "CN"},
    ),
    offers=("getNitemtradeList", "getItemtradeList", "getNationtradeList", "getNewtradeList"),
    rooms=rooms,
)

__all__ = ["SOURCE"]

"""Korea Customs Service through data.go.kr: Korea's trade by product, partner and month."""

from tradestat_tools.contract.source import KeyInfo, Source, Terms
from tradestat_tools.sources.korea.checks import checks
from tradestat_tools.sources.korea.service import KEY, POLICY, plan
from tradestat_tools.sources.korea.tools import ENDPOINTS
from tradestat_tools.sources.korea.wire import VARIABLE

SOURCE = Source(
    id="korea",
    name="Korea Customs Service",
    key=KeyInfo(
        variable=VARIABLE,
        get_it="Sign up at data.go.kr (free) and apply for each of the four data sets (15100475, 15101609, 15101612, "
        "15102108); development use is approved at once. One key serves all; paste its Encoding or Decoding form.",
        place="query",
        name=KEY,
    ),
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
    plan=plan,
    endpoints=ENDPOINTS,
    checks=checks,
)

__all__ = ["SOURCE"]

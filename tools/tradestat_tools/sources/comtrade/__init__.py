"""UN Comtrade: what every country reports of its trade, the check on all other sources."""

from functools import cache

from tradestat_tools.contract.source import Question, Rooms, Source, Terms
from tradestat_tools.sources.comtrade.service import KEY, POLICY, SERVICE, SOURCE_ID, ComtradeSettings, plan


@cache
def rooms() -> Rooms:
    """The tools, and what they are made of."""
    from tradestat_tools.sources.comtrade.checks import checks
    from tradestat_tools.sources.comtrade.file import Comtrade
    from tradestat_tools.sources.comtrade.flows import FLOWS
    from tradestat_tools.sources.comtrade.tools import TOOLS

    return Rooms(TOOLS, checks, FLOWS, (Comtrade,))


SOURCE = Source(
    id=SOURCE_ID,
    name=SERVICE,
    key=KEY,
    terms=Terms(
        author="United Nations Statistics Division",
        publisher="United Nations Statistics Division",
        homepage="https://comtradeplus.un.org",
        coverage="About 200 reporters since 1962, goods by year and month, services by EBOPS; what each one reported.",
        lag="Months appear 1 to 3 months after their end at best; how late depends on the reporter.",
        units="US dollars at current prices; net weight in kg; quantities in the unit of each row.",
        valuation="Imports CIF, exports FOB, unless a reporter gives imports FOB only.",
        licence="UN Comtrade's policy on use and re-dissemination applies.",
        privacy="Questions go to comtradeapi.un.org, with your key in a header if one is set.",
        disclaimer="Figures are as reported by countries; the two sides of a flow rarely agree, and are often revised.",
    ),
    policy=POLICY,
    settings=ComtradeSettings,
    plan=plan,
    instructions="""\
- Any country, goods or services, by year or month: comtrade_data; comtrade_tariffline, comtrade_trade_matrix,
  comtrade_trade_balance, comtrade_bilateral; what is out: comtrade_availability, comtrade_live_update,
  comtrade_metadata, comtrade_reference (UN Comtrade; USD; most without a key).""",
    example=Question(
        "And what does China report to the United Nations of selling them to Korea?",
        "comtrade_data",
        {"reporterCode": "CHN", "partnerCode": "KOR", "cmdCode": "850760", "flowCode": "X", "period": "2022-2024"},
    ),
    offers=(
        "comtrade_data",
        "comtrade_reference",
        "comtrade_tariffline",
        "comtrade_availability",
        "comtrade_metadata",
        "comtrade_trade_matrix",
        "comtrade_trade_balance",
        "comtrade_bilateral",
        "comtrade_live_update",
    ),
    rooms=rooms,
)

__all__ = ["SOURCE"]

"""UN Comtrade: what every country reports of its trade, the check on all other sources."""

from tradestat_tools.contract.source import KeyInfo, Source, Terms
from tradestat_tools.sources.comtrade.checks import checks
from tradestat_tools.sources.comtrade.tools.availability import COMTRADE_AVAILABILITY
from tradestat_tools.sources.comtrade.tools.bilateral import COMTRADE_BILATERAL, COMTRADE_TRADE_BALANCE
from tradestat_tools.sources.comtrade.tools.data import COMTRADE_DATA
from tradestat_tools.sources.comtrade.tools.lists import COMTRADE_REFERENCE
from tradestat_tools.sources.comtrade.tools.matrix import COMTRADE_TRADE_MATRIX
from tradestat_tools.sources.comtrade.tools.metadata import COMTRADE_LIVE_UPDATE, COMTRADE_METADATA
from tradestat_tools.sources.comtrade.tools.tariffline import COMTRADE_TARIFFLINE
from tradestat_tools.sources.comtrade.wire.envelope import (
    GET_A_KEY,
    KEY_HEADER,
    KEY_VARIABLE,
    POLICY,
    SERVICE,
    SOURCE_ID,
    plan,
)

SOURCE = Source(
    id=SOURCE_ID,
    name=SERVICE,
    key=KeyInfo(variable=KEY_VARIABLE, get_it=GET_A_KEY, place="header", name=KEY_HEADER, required=False),
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
    plan=plan,
    endpoints=(
        COMTRADE_DATA,
        COMTRADE_REFERENCE,
        COMTRADE_TARIFFLINE,
        COMTRADE_AVAILABILITY,
        COMTRADE_METADATA,
        COMTRADE_TRADE_MATRIX,
        COMTRADE_TRADE_BALANCE,
        COMTRADE_BILATERAL,
        COMTRADE_LIVE_UPDATE,
    ),
    checks=checks,
)

__all__ = ["SOURCE"]

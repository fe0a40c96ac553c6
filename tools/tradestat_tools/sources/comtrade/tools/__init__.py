"""The tools of UN Comtrade."""

from tradestat_tools.sources.comtrade.tools.availability import COMTRADE_AVAILABILITY
from tradestat_tools.sources.comtrade.tools.bilateral import COMTRADE_BILATERAL, COMTRADE_TRADE_BALANCE
from tradestat_tools.sources.comtrade.tools.data import COMTRADE_DATA
from tradestat_tools.sources.comtrade.tools.lists import COMTRADE_REFERENCE
from tradestat_tools.sources.comtrade.tools.matrix import COMTRADE_TRADE_MATRIX
from tradestat_tools.sources.comtrade.tools.metadata import COMTRADE_LIVE_UPDATE, COMTRADE_METADATA
from tradestat_tools.sources.comtrade.tools.tariffline import COMTRADE_TARIFFLINE

TOOLS = (
    COMTRADE_DATA,
    COMTRADE_REFERENCE,
    COMTRADE_TARIFFLINE,
    COMTRADE_AVAILABILITY,
    COMTRADE_METADATA,
    COMTRADE_TRADE_MATRIX,
    COMTRADE_TRADE_BALANCE,
    COMTRADE_BILATERAL,
    COMTRADE_LIVE_UPDATE,
)

__all__ = ["TOOLS"]

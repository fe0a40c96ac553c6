"""The tools of Trade Map."""

from tradestat_tools.sources.trademap.tools.indicators import GOODS_TRADE_INDICATORS
from tradestat_tools.sources.trademap.tools.lists import (
    GET_COUNTRIES,
    GET_COUNTRY_GROUPS,
    GET_COVERAGE,
    GET_PRODUCTS_HS,
    GET_SERVICES_EBOPS,
)
from tradestat_tools.sources.trademap.tools.yearly import GOODS_TIME_SERIES, SERVICES_TIME_SERIES

TOOLS = (
    GET_COUNTRIES,
    GET_COUNTRY_GROUPS,
    GET_PRODUCTS_HS,
    GET_SERVICES_EBOPS,
    GOODS_TIME_SERIES,
    GOODS_TRADE_INDICATORS,
    SERVICES_TIME_SERIES,
    GET_COVERAGE,
)

__all__ = ["TOOLS"]

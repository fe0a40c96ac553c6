"""The service's endpoints, a tool each."""

from tradestat_tools.sources.doumaotong.tools.rankings import CHAPTER, GROWTH, MARKETS, PRICEBAND
from tradestat_tools.sources.doumaotong.tools.top_products import TOP_PRODUCTS
from tradestat_tools.sources.doumaotong.tools.totals import DASHBOARD, HISTORY, TREND

TOOLS = (DASHBOARD, MARKETS, TREND, TOP_PRODUCTS, HISTORY, GROWTH, PRICEBAND, CHAPTER)

__all__ = ["TOOLS"]

"""Everything between a request and a classified answer. Knows no source."""

from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.request import Fetched, Reader, Request, Response

__all__ = ["Fetched", "Policy", "Reader", "Request", "Response"]

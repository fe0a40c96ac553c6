"""The sources, one folder each. A new one is registered in `all_sources`."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tradestat_tools.contract.source import Source
    from tradestat_tools.contract.tool import Endpoint


@cache
def all_sources() -> "tuple[Source, ...]":
    """Every registered source, in the order in which its tools are listed."""
    from tradestat_tools.sources import comtrade, doumaotong, korea, trademap  # noqa: PLC0415 - models cost start-up time

    return (trademap.SOURCE, doumaotong.SOURCE, korea.SOURCE, comtrade.SOURCE)


@cache
def endpoints() -> "dict[str, tuple[Source, Endpoint[Any, Any]]]":
    """Every tool by its name, with the source it belongs to."""
    return {endpoint.name: (source, endpoint) for source in all_sources() for endpoint in source.endpoints}

"""Every tool there is: those of the sources and our own, which belong to none."""

from functools import cache
from typing import TYPE_CHECKING, Any

from tradestat_tools.sources import endpoints

if TYPE_CHECKING:
    from tradestat_tools.contract.tool import Endpoint

OWN_NAME = "Tradestat (this server)"
"""What stands where a source's tools have the name of their service."""


@cache
def own_tools() -> "tuple[Endpoint[Any, Any], ...]":
    """Our own tools, in the order in which they are listed. A new one is registered here."""
    from tradestat_tools.research.exchange_rate import EXCHANGE_RATE  # noqa: PLC0415
    from tradestat_tools.research.indicators.tool import TRADE_INDICATORS  # noqa: PLC0415
    from tradestat_tools.research.mirror.tool import COMPARE_MIRROR  # noqa: PLC0415
    from tradestat_tools.research.series.tool import TRADE_SERIES  # noqa: PLC0415
    from tradestat_tools.results.cite import CITE  # noqa: PLC0415 - models cost start-up time
    from tradestat_tools.results.export.tool import EXPORT_DATA  # noqa: PLC0415
    from tradestat_tools.results.imports.tool import IMPORT_FILE  # noqa: PLC0415
    from tradestat_tools.results.rows import ROWS  # noqa: PLC0415
    from tradestat_tools.search.tool import SEARCH_CODES  # noqa: PLC0415
    from tradestat_tools.usage import USAGE  # noqa: PLC0415

    research = (TRADE_SERIES, COMPARE_MIRROR, TRADE_INDICATORS, EXCHANGE_RATE)
    return (SEARCH_CODES, *research, USAGE, ROWS, IMPORT_FILE, EXPORT_DATA, CITE)


@cache
def all_tools() -> "dict[str, Endpoint[Any, Any]]":
    """Every tool by its name: the sources' first, in their order, then our own."""
    of_sources = {name: endpoint for name, (_, endpoint) in endpoints().items()}
    return of_sources | {endpoint.name: endpoint for endpoint in own_tools()}

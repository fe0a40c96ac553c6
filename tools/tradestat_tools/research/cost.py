"""What asking for views of a flow would cost now; what is stored costs nothing."""

from collections.abc import Iterable

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import Cost, View


async def cost(views: Iterable[View], context: Context) -> Cost:
    """What asking for these would cost now. At most a free list of prices is asked for it."""
    whole = Cost()
    for view in views:
        source = context.sources.get(view.source)
        if view.why is None and not view.handle and source is not None and source.flows is not None:
            whole += await source.flows.cost(view, context)
    return whole

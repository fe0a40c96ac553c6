"""Codes of any edition of the Harmonized System, by the service's own lists where those are stored."""

from typing import cast

from tradestat_tools.codes.edition_lists import OLDER_EDITIONS, explain_from_lists
from tradestat_tools.codes.hs import HsStatus
from tradestat_tools.services import Services
from tradestat_tools.sources.comtrade.classifications import EDITION_NAMES
from tradestat_tools.sources.comtrade.reference import Category, stored_list


async def stored_status(services: Services, code: str) -> HsStatus:
    """What is known of a code: of editions before HS 2012 what their lists say, as far as they are stored.

    Nothing is sent: a list is there once it was asked for (`comtrade_reference`, category H0 to H3).

    Args:
        services: what the tools work with.
        code: digits only.
    """
    lists: dict[str, frozenset[str]] = {}
    for category, name in EDITION_NAMES.items():
        if name in OLDER_EDITIONS:
            entries = await stored_list(services, cast("Category", category))
            if entries is not None:
                lists[name] = frozenset(entry.id for entry in entries)
    return explain_from_lists(code, lists)

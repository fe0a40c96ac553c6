"""Codes of any edition of the Harmonized System, by the service's own lists where those are stored."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from tradestat_tools.codes.edition_lists import OLDER_EDITIONS, explain_from_lists
from tradestat_tools.codes.editions import EARLIER
from tradestat_tools.codes.hs import HsStatus, hs_status
from tradestat_tools.contract.context import Services
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.codes import EDITION_NAMES
from tradestat_tools.sources.comtrade.tools.lists import Category, stored_list


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


async def dated(services: Services, error: NoData, codes: Iterable[str]) -> NoData:
    """The error, with what the stored lists say of those codes that ended before HS 2012."""
    ended = [code for code in codes if hs_status(code).editions == (EARLIER,)]
    statuses = [await stored_status(services, code) for code in ended]
    error.why = tuple(_dated(why, statuses) for why in error.why)
    return error


def _dated(why: Why, statuses: Sequence[HsStatus]) -> Why:
    found = [status.text for status in statuses if why.text.startswith(f"{status.code} ")]
    return replace(why, text=found[0]) if found and why.reason is Reason.CODE_RETIRED else why

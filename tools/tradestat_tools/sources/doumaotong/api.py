"""How a question is sent, and what its answer says of itself."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import D
from tradestat_tools.model.answers import Answer, Note
from tradestat_tools.model.errors import NoData
from tradestat_tools.sources.doumaotong import notes
from tradestat_tools.sources.doumaotong.absence import explained
from tradestat_tools.sources.doumaotong.calendar import CHINA, RELEASE_DAY
from tradestat_tools.sources.doumaotong.service import POLICY, DoumaotongSettings
from tradestat_tools.upstream import Fetched, Reader, Request
from tradestat_tools.upstream.request import DAY, Freshness, until_published

T = TypeVar("T")

LONGEST = Freshness(fresh=7 * DAY)
"""How far the service lags behind the release is not known, so nothing is kept longer."""


async def ask(context: Context, name: str, params: Mapping[str, str], read: Reader[T]) -> Fetched[T]:
    """Send one question.

    Raises:
        TradestatError: as the service's answer is to be understood.
    """
    request = Request(
        source=POLICY.source,
        endpoint=name,
        url=f"{context.settings.of(DoumaotongSettings).doumaotong_url.rstrip('/')}/skill/{name}",
        params=params,
        freshness=min(
            LONGEST, until_published(context.now().astimezone(CHINA), RELEASE_DAY), key=lambda one: one.fresh
        ),
    )
    try:
        return await context.upstream.fetch(request, POLICY, read, within=context.settings.timeout)
    except NoData as error:
        raise explained(error, params) from None


def answered(
    tool: str,
    what: str,
    data: D,
    fetched: Sequence[Fetched[Any]],
    known: Sequence[Note],
    *,
    more: str,
    coverage: str | None = None,
) -> Answer[D]:
    """An answer with its source, and the note that all answers of this source carry."""
    source = provenance(
        "doumaotong.com (from China Customs statistics)",
        tool,
        fetched,
        unit="RMB yuan",
        currency="RMB",
        valuation="exports FOB",
        coverage=coverage,
    )
    return Answer(what=what, data=data, source=source, notes=[*known, notes.SOURCE_LINE], more=more)

"""How a question is sent, and what all answers of this source have in common."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from tradestat_tools.codes.hs import describe
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.model.answers import Provenance
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


def source_of(name: str, fetched: Sequence[Fetched[Any]], coverage: str | None = None) -> Provenance:
    """Where an answer comes from."""
    return provenance(
        notes.SERVICE,
        name,
        fetched,
        unit=notes.UNIT,
        currency=notes.CURRENCY,
        valuation=notes.VALUATION,
        coverage=coverage,
    )


def product(code: str, chinese: str | None) -> str:
    """A product as answers name it: code, the service's Chinese name, the English label of its subheading."""
    label = describe(code, limit=60)
    return " ".join(part for part in (code, chinese, f"({label})" if label else None) if part)


def dashed(yyyymm: str | int) -> str:
    """`202503` as `2025-03`."""
    return f"{str(yyyymm)[:4]}-{str(yyyymm)[4:]}"

"""China's monthly exports as common rows, in RMB yuan."""

from collections.abc import Iterable, Iterator

from tradestat_tools.codes.countries import resolve_area
from tradestat_tools.codes.periods import period
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.sources.doumaotong.answers import HistoryData, TrendData
from tradestat_tools.sources.doumaotong.wire.envelope import POLICY

CHINA = "156"
WORLD = "0"

RESOLUTION = 10_000.0
"""Yuan: the current shape gives 百万元 to two decimals (documented, autumn 2026). The older one gave whole yuan."""


def observe_trend(data: TrendData, _: Provenance) -> list[Observation]:
    """Months to one country, and months to all destinations together."""
    found: list[Observation] = []
    partner = _partner(data.countryCode)
    if data.monthlyData is not None and partner is not None:
        months = ((one.month, one.amount) for one in data.monthlyData)
        found.extend(_observe(months, partner, data.hsCode, "trend"))
    if (series := data.allDestinationsMonthly) is not None:
        months = zip(series.periods, series.values, strict=True)
        found.extend(_observe(months, WORLD, data.hsCode, "trend"))
    return found


def observe_history(data: HistoryData, _: Provenance) -> list[Observation]:
    """Months to one country; the years beside them are sums of the same."""
    partner = _partner(data.countryCode)
    if partner is None:
        return []
    months = ((one.month, one.amount) for one in data.monthlyDetail or ())
    return list(_observe(months, partner, data.hsCode, "history"))


def _observe(
    months: Iterable[tuple[str, float | None]], partner: str, product: str, tool: str
) -> Iterator[Observation]:
    for month, amount in months:
        yield Observation(
            flow="X",
            reporter=CHINA,
            partner=partner,
            product=product,
            classification="HS",
            period=period(month),
            value=amount,
            currency="CNY",
            valuation="FOB",
            status=Status.MISSING if amount is None else Status.REPORTED,
            source=POLICY.source,
            tool=tool,
            resolution=RESOLUTION,
            basis="destination",
        )


def _partner(code: str | None) -> str | None:
    if not code:
        return None
    try:
        return resolve_area(code, system="china_customs").area.comtrade or None
    except CodeError:
        return None

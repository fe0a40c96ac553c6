"""What an endpoint works with: settings, the door to the services, the clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tradestat_tools.contract.results import Results
from tradestat_tools.model.answers import Provenance, State
from tradestat_tools.model.settings import Settings
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.request import Fetched


def utc_now() -> datetime:
    """The wall clock, UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to every endpoint.

    Args:
        settings: keys and addresses.
        upstream: the one door to the services.
        now: the clock, UTC; in the sandbox it stands at the synthetic world's today.
        results: the answers that were given, by handle.
    """

    settings: Settings
    upstream: Upstream
    now: Callable[[], datetime] = utc_now
    results: Results = field(default_factory=Results)

    @property
    def today(self) -> date:
        """The date, UTC."""
        return self.now().date()


def provenance(
    service: str,
    endpoint: str,
    fetched: Sequence[Fetched[Any]],
    *,
    unit: str | None = None,
    currency: str | None = None,
    valuation: str | None = None,
    coverage: str | None = None,
    published_at: date | None = None,
) -> Provenance:
    """One provenance for an answer made of one or more upstream answers: the oldest time, the least fresh state."""
    charged = [f.credits_charged for f in fetched if f.credits_charged is not None]
    left = [f.remaining_quota for f in fetched if f.remaining_quota is not None]
    return Provenance(
        service=service,
        endpoint=endpoint,
        address=fetched[0].address,
        retrieved_at=min(f.retrieved_at for f in fetched),
        published_at=published_at,
        state=_state(fetched),
        unit=unit,
        currency=currency,
        valuation=valuation,
        coverage=coverage,
        calls=sum(f.calls for f in fetched),
        credits_charged=sum(charged) if charged else None,
        remaining_quota=min(left) if left else None,
    )


def _state(fetched: Sequence[Fetched[Any]]) -> State:
    if any(f.sandbox for f in fetched):
        return "sandbox"
    for state in ("stale", "offline", "cached"):
        if any(f.state == state for f in fetched):
            return state
    return "fresh"

"""What a tool works with: settings, the door to the services, the clock."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Protocol, overload

from tradestat_tools.contract.made import Made
from tradestat_tools.contract.results import Results
from tradestat_tools.contract.tool import OWN_NAME, D, Tool
from tradestat_tools.contract.tools import Tools
from tradestat_tools.model.answers import Answer, Provenance, State
from tradestat_tools.model.file_layout import Layout
from tradestat_tools.model.settings import Settings
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.report import Progress
from tradestat_tools.upstream.request import Fetched
from tradestat_tools.upstream.runtime import as_utc, in_thread

if TYPE_CHECKING:
    from tradestat_tools.contract.source import Source


PARTS_BOUND = 4 * 1024 * 1024
"""Bytes of stored answers that the parts in memory rest on, at most; a part takes a few times as much."""


def utc_now() -> datetime:
    """The wall clock, UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def standing_at(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment


class Caller(Protocol):
    """How a tool is called; see `tradestat_tools.call`."""

    def __call__(
        self, context: "Context", tool: Tool[Any, Any], arguments: Mapping[str, Any], progress: Progress | None
    ) -> Awaitable[Answer[Any]]: ...


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to every tool.

    Args:
        settings: keys and addresses.
        upstream: the one door to the services.
        now: the clock, UTC; in the sandbox it stands at the synthetic world's today.
        results: the answers that were given, by handle.
        sources: every source by its id, in order.
        tools: every tool by its name, the sources' first.
        files: every layout of files that people export by hand, by name.
        caller: what each call goes through.
        parts: answers that tools of research ask others for, to be given again.
    """

    settings: Settings
    upstream: Upstream
    now: Callable[[], datetime]
    results: Results
    sources: "Mapping[str, Source]"
    tools: Tools
    files: Mapping[str, type[Layout]]
    caller: Caller
    parts: Made[Answer[Any]] = field(default_factory=lambda: Made(PARTS_BOUND), repr=False, compare=False)

    @property
    def today(self) -> date:
        """The date, UTC."""
        return self.now().date()

    @overload
    async def call(
        self, tool: Tool[Any, D], arguments: Mapping[str, Any], *, progress: Progress | None = None
    ) -> Answer[D]: ...

    @overload
    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, progress: Progress | None = None
    ) -> Answer[Any]: ...

    async def call(
        self, tool: str | Tool[Any, D], arguments: Mapping[str, Any], *, progress: Progress | None = None
    ) -> Answer[D] | Answer[Any]:
        """Ask a tool; `progress` is called now and then until there is an answer.

        Raises:
            TradestatError: one of the closed set; InvalidQuery means nothing was sent.
        """
        if isinstance(tool, str):
            # In a worker thread where it is not loaded yet: others are answered meanwhile.
            tool = self.tools[tool] if self.tools.is_loaded(tool) else await in_thread(self.tools.__getitem__, tool)
        return await self.caller(self, tool, arguments, progress)


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
    addresses = list(dict.fromkeys(one.address for one in fetched))
    return Provenance(
        service=service,
        endpoint=endpoint,
        address=addresses[0],
        addresses=addresses if len(addresses) > 1 else None,
        retrieved_at=min(f.retrieved_at for f in fetched),
        published_at=published_at,
        state=_gravest("sandbox" if f.sandbox else f.state for f in fetched),
        unit=unit,
        currency=currency,
        valuation=valuation,
        coverage=coverage,
        calls=sum(f.calls for f in fetched),
        credits_charged=_charged(fetched),
        remaining_quota=remaining(fetched),
    )


def own_provenance(
    context: Context,
    endpoint: str,
    address: str,
    *,
    coverage: str | None = None,
    synthetic: bool | None = None,
    results: list[str] | None = None,
) -> Provenance:
    """Where an answer comes from that this server gave by itself, asking no service.

    Args:
        synthetic: whether figures in it are; left out, all are in the sandbox.
    """
    sandbox = context.settings.sandbox if synthetic is None else synthetic
    return Provenance(
        service=OWN_NAME,
        endpoint=endpoint,
        address=address,
        retrieved_at=as_utc(context.upstream.time()),
        state="sandbox" if sandbox else "fresh",
        coverage=coverage,
        calls=0,
        results=results,
    )


def merged(
    parts: Sequence[Provenance],
    endpoint: str,
    handles: Iterable[str],
    *,
    unit: str | None = None,
    currency: str | None = None,
    valuation: str | None = None,
) -> Provenance:
    """One provenance for an answer made of other answers, whose handles it names; what is left differs by service."""
    return Provenance(
        service=", ".join(dict.fromkeys(part.service for part in parts)),
        endpoint=endpoint,
        address="; ".join(dict.fromkeys(part.address for part in parts)),
        retrieved_at=min(part.retrieved_at for part in parts),
        state=_gravest(part.state for part in parts),
        unit=unit,
        currency=currency,
        valuation=valuation,
        calls=_calls(parts),
        credits_charged=_charged(parts),
        results=list(dict.fromkeys(handles)) or None,
    )


def _calls(parts: Sequence[Provenance]) -> int:
    """The calls that all of these took: of those that were given out of the same answers they count once."""
    taken: dict[tuple[object, ...], int] = {}
    for part in parts:
        of = (part.retrieved_at, *(part.addresses or [part.address]))
        taken[of] = max(part.calls, taken.get(of, 0))
    return sum(taken.values())


def _charged(parts: Sequence[Fetched[Any] | Provenance]) -> float | None:
    """The credits that all of these took; None where none says."""
    known = [part.credits_charged for part in parts if part.credits_charged is not None]
    return sum(known) if known else None


def remaining(parts: Sequence[Fetched[Any] | Provenance]) -> float | None:
    """The least that is left of the plan; None where none says."""
    return min((part.remaining_quota for part in parts if part.remaining_quota is not None), default=None)


def _gravest(states: Iterable[State]) -> State:
    """The state that speaks most against an answer."""
    held = set(states)
    order: tuple[State, ...] = ("sandbox", "stale", "offline", "cached", "fresh")
    return next(state for state in order if state in held)

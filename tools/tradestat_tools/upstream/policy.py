"""What the engine must know about a source, without knowing the source."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tradestat_tools.model.errors import NoData, TradestatError, UpstreamChanged, UpstreamRefused
from tradestat_tools.upstream.plan import UNLIMITED, Plan
from tradestat_tools.upstream.request import Response

MAX_BODY = 64 * 1024 * 1024
"""Decoded bytes. The largest real answer seen is several MB (Korea, a chapter by month); a 50 MB body still fits."""


class Condenser(Protocol):
    """Takes the body of a success in pieces and keeps what a source needs of it, for its reader and the cache."""

    @property
    def held(self) -> int:
        """Bytes that are kept as they came."""
        ...

    def feed(self, piece: bytes) -> None:
        """Take the next piece, unpacked."""
        ...

    def finish(self) -> bytes:
        """The body as it is to be read and stored."""
        ...


@dataclass(frozen=True, slots=True)
class Retry:
    """When to ask again by oneself. Only failures that the reader or the wire calls transient are asked again.

    Args:
        attempts: in all.
        first: seconds before the second attempt, doubled with each further one and spread by chance over half of it
            to all of it; a `retry_after` of the service goes before.
        longest: seconds to wait at most for one attempt; a longer `retry_after` is the caller's to wait for.
    """

    attempts: int = 3
    first: float = 0.5
    longest: float = 30.0


@dataclass(frozen=True, slots=True)
class Policy:
    """How to deal with one service.

    Args:
        source: the source's id, and the name of its account in the ledger.
        service: its name for people.
        max_body: bytes, after decompression, beyond which an answer is cut off as too large.
        condense: makes what takes a success apart while it arrives. `max_body` then bounds what arrives, and `MAX_BODY`
            what is kept.
        plan: pace and budget.
        retry: when to ask again.
        headers: those of an answer that the source reads, in lower case; others are not kept, but for a few (`http`).
        setting: the variable that holds the service's address, for advice where that can not be reached.
        charged: reads off an answer what the service charged for it, where services say it; None where one does not.
        paid: a call on the wire costs money, so it is brought to its end and stored even if its caller left.
        charges: whether a refusal that says nothing of a charge is charged by the service's documents, and is kept
            like one that says so. None where no refusal is.
    """

    source: str
    service: str
    max_body: int = MAX_BODY
    condense: Callable[[], Condenser] | None = None
    plan: Plan = UNLIMITED
    retry: Retry = Retry()
    headers: frozenset[str] = frozenset()
    setting: str = ""
    charged: Callable[[Response], float | None] | None = None
    paid: bool = False
    charges: Callable[[TradestatError], bool] | None = None

    def keeps(self, response: Response, error: TradestatError) -> bool:
        """Whether a failure is the service's own answer to the question and was paid for: asked again it costs again.

        So is an answer that can not be read, where the service says that it charged for it. What passes is never kept
        (a limit, a fault of the service), nor what concerns the key, charged or not.
        """
        if not self.paid or not isinstance(error, NoData | UpstreamRefused | UpstreamChanged):
            return False
        cost = self.charged(response) if self.charged else None
        if cost is None:
            return isinstance(error, NoData) or (self.charges is not None and self.charges(error))
        return cost > 0

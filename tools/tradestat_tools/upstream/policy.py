"""What the engine must know about a source, without knowing the source."""

from collections.abc import Callable
from dataclasses import dataclass

from tradestat_tools.upstream.plan import UNLIMITED, Plan
from tradestat_tools.upstream.request import Response

MAX_BODY = 64 * 1024 * 1024
"""Decoded bytes. The largest real answer seen is several MB (Korea, a chapter by month); a 50 MB body still fits."""


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
        plan: pace and budget.
        retry: when to ask again.
        headers: those of an answer that the source reads, in lower case; others are not kept, but for a few (`http`).
        setting: the variable that holds the service's address, for advice where that can not be reached.
        charged: reads off an answer what the service charged for it, where services say it; None where one does not.
        paid: a call on the wire costs money, so it is brought to its end and stored even if its caller left.
    """

    source: str
    service: str
    max_body: int = MAX_BODY
    plan: Plan = UNLIMITED
    retry: Retry = Retry()
    headers: frozenset[str] = frozenset()
    setting: str = ""
    charged: Callable[[Response], float | None] | None = None
    paid: bool = False

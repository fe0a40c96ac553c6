"""What a service's failures mean: errors by HTTP status, in the words of each source; and when to ask again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tradestat_tools.model.errors import (
    QuotaExhausted,
    RateLimited,
    TradestatError,
    Unauthorized,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)

CHANGED_REMEDY = "Run `tradestat-mcp doctor`; the service may have changed, and a newer version may know it."

SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")

LONGEST_WAIT = 366 * 86_400.0
"""Seconds. No limit of a service is for longer."""


class NotReached(UpstreamDown):
    """The request never left: no connection came about, so it can have cost nothing."""


class Unanswered(UpstreamDown):
    """The request left, but no whole answer came: it may have been carried out and charged."""


def kind_of(status: int) -> type[TradestatError]:
    """What a status that is no success says of a service that keeps to HTTP."""
    if status in (401, 403):
        return Unauthorized
    if status == 402:
        return QuotaExhausted
    if status == 429:
        return RateLimited
    if status == 408 or status >= 500:
        return UpstreamDown
    if status in (404, 410) or not 400 <= status < 500:
        return UpstreamChanged
    return UpstreamRefused


@dataclass(frozen=True, slots=True)
class Words:
    """How a source puts a failure.

    Args:
        message: `{status}` stands for the HTTP status, `{said}` for what the service said, with a blank before it.
        remedy: what to do next.
        remedy_after: what to do where the service says when; `{wait}` stands for the seconds.
        transient: whether the same question may be sent again by itself; left out, as the kind of error has it.
        kind: the error, where the status means another one to this service than by HTTP.
    """

    message: str
    remedy: str
    remedy_after: str | None = None
    transient: bool | None = None
    kind: type[TradestatError] | None = None


@dataclass(frozen=True, slots=True)
class Failures:
    """A source's words for what can go wrong: for kinds of errors, and for statuses that are put otherwise."""

    source: str
    by_kind: Mapping[type[TradestatError], Words]
    by_status: Mapping[int, Words] = field(default_factory=dict[int, Words])

    def of(self, status: int, said: str = "", *, wait: float | None = None) -> TradestatError:
        """The error of an answer with this status.

        Args:
            said: what the service said, cleaned; nothing where it said nothing.
            wait: seconds after which it wants to be asked again.
        """
        words = self.by_status.get(status)
        kind = (words.kind if words else None) or kind_of(status)
        words = words or self.by_kind[kind]
        message = words.message.replace("{status}", str(status)).replace("{said}", f" {said}" if said else "")
        remedy = words.remedy
        if wait is not None and words.remedy_after:
            remedy = words.remedy_after.replace("{wait}", f"{wait:.0f}")
        return self.error(kind, message, remedy=remedy, wait=wait, transient=words.transient)

    def error(
        self,
        kind: type[TradestatError],
        message: str,
        *,
        remedy: str | None = None,
        wait: float | None = None,
        transient: bool | None = None,
    ) -> TradestatError:
        """An error in the source's name.

        Args:
            remedy: left out, the source's for this kind.
            wait: as in `of`; only of kinds that pass with time.
            transient: as in `Words`.
        """
        remedy = self.by_kind[kind].remedy if remedy is None else remedy
        if not issubclass(kind, RateLimited | UpstreamDown | QuotaExhausted):
            return kind(message, remedy=remedy, source=self.source)
        if transient is None:
            transient = not issubclass(kind, QuotaExhausted)
        return kind(message, remedy=remedy, source=self.source, retry_after=wait, transient=transient)


def seconds(value: object) -> float | None:
    """A wait, as a number or in plain digits; None for what nobody can mean: below zero, endless, over a year."""
    if isinstance(value, str) and SECONDS.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= LONGEST_WAIT else None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds to wait that a Retry-After header asks for, as a number or as a date; None where it says neither."""
    value = headers.get("retry-after", "").strip()
    if SECONDS.fullmatch(value):
        return seconds(value)
    try:
        until = parsedate_to_datetime(value)
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return seconds(max(0.0, (until - now).total_seconds()))
    except (ValueError, OverflowError):  # the latter for a zone or a year of many digits
        return None


def not_asked_for(service: str, source: str, strangers: Sequence[tuple[str, str, str]]) -> UpstreamChanged:
    """The failure of an answer to another question: parameters with what was asked and what came instead."""
    named = ", ".join(f"{name} (asked {asked}; got {got})" for name, asked, got in strangers)
    return UpstreamChanged(
        f"{service} gave rows that were not asked for: it seems to ignore {named}.",
        remedy=CHANGED_REMEDY,
        source=source,
    )

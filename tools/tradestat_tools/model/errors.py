"""The closed set of failures.

Every failure that reaches a caller is one of these. Each says what was wrong (`message`), what to do
next (`remedy`) and, where known, when to come back (`retry_after`, seconds). None carries a key, an
address with a key, or a traceback.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tradestat_tools.model.reasons import Why


class TradestatError(Exception):
    """A failure a caller can act on.

    Args:
        message: what was wrong, in one or two sentences.
        remedy: what to do next.
        source: the service concerned, if one is.
        retry_after: seconds after which the same call may succeed, if known.
        transient: whether sending the same request again could help; read by the upstream engine only.
    """

    kind: ClassVar[str]

    def __init__(
        self,
        message: str,
        *,
        remedy: str,
        source: str | None = None,
        retry_after: float | None = None,
        transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.source = source
        self.retry_after = retry_after
        self.transient = transient

    def as_dict(self) -> dict[str, Any]:
        """The error as plain data: kind, message, remedy and whatever else is known."""
        known: dict[str, Any] = {"kind": self.kind, "message": self.message, "remedy": self.remedy}
        if self.source is not None:
            known["source"] = self.source
        if self.retry_after is not None:
            known["retry_after"] = round(self.retry_after, 1)
        return known


class InvalidQuery(TradestatError):
    """An argument is wrong; nothing was sent.

    Args:
        argument: the argument at fault, as the caller spells it.
        allowed: what would have been accepted.
        nearest: the nearest valid values, best first.
    """

    kind = "InvalidQuery"

    def __init__(
        self,
        message: str,
        *,
        argument: str | None = None,
        allowed: str | None = None,
        nearest: Sequence[str] = (),
        remedy: str | None = None,
        source: str | None = None,
    ) -> None:
        if remedy is None:
            remedy = f"Try {' or '.join(nearest)}." if nearest else "Correct the argument and call again."
        super().__init__(message, remedy=remedy, source=source)
        self.argument = argument
        self.allowed = allowed
        self.nearest = tuple(nearest)

    def as_dict(self) -> dict[str, Any]:
        known = super().as_dict()
        if self.argument is not None:
            known["argument"] = self.argument
        if self.allowed is not None:
            known["allowed"] = self.allowed
        if self.nearest:
            known["nearest"] = list(self.nearest)
        return known


class NoData(TradestatError):
    """The service understood the question and holds nothing for it. Not the same as zero.

    Args:
        why: the reasons, the likeliest first; `remedy` is the next useful call.
    """

    kind = "NoData"

    def __init__(
        self,
        message: str,
        *,
        remedy: str,
        why: Sequence[Why] = (),
        source: str | None = None,
        retry_after: float | None = None,
        transient: bool = False,
    ) -> None:
        super().__init__(message, remedy=remedy, source=source, retry_after=retry_after, transient=transient)
        self.why = tuple(why)

    def as_dict(self) -> dict[str, Any]:
        known = super().as_dict()
        if self.why:
            known["why"] = [one.as_dict() for one in self.why]
        return known


class MissingKey(TradestatError):
    """The source needs a key and none is set; nothing was sent."""

    kind = "MissingKey"


class Unauthorized(TradestatError):
    """The service denies access: it does not accept the key that is set, or wants one."""

    kind = "Unauthorized"


class QuotaExhausted(TradestatError):
    """The plan's calls or credits for the period are used up."""

    kind = "QuotaExhausted"


class RateLimited(TradestatError):
    """Too many calls in a short time."""

    kind = "RateLimited"


class UpstreamRefused(TradestatError):
    """The service rejected the request as it stands; the same request will fail again."""

    kind = "UpstreamRefused"


class UpstreamDown(TradestatError):
    """The service could not be reached, did not answer in time, or failed on its side."""

    kind = "UpstreamDown"


class UpstreamChanged(TradestatError):
    """The service answered in a form that is not the one known here."""

    kind = "UpstreamChanged"


class TooLarge(TradestatError):
    """The answer, or the number of calls it would take, is over a bound."""

    kind = "TooLarge"


ERRORS: tuple[type[TradestatError], ...] = (
    InvalidQuery,
    NoData,
    MissingKey,
    Unauthorized,
    QuotaExhausted,
    RateLimited,
    UpstreamRefused,
    UpstreamDown,
    UpstreamChanged,
    TooLarge,
)
"""Every kind of failure there is."""


def said_before(error: TradestatError, by: str) -> TradestatError:
    """The same error, of an answer that was stored: `by` says since when, and stands first."""
    return error_from_dict(error.as_dict() | {"message": f"{by}: {error.message}"})


def error_from_dict(known: Mapping[str, Any]) -> TradestatError:
    """The error back from `as_dict`, for one that another process met. It is not asked again by itself."""
    optional = ("argument", "allowed", "nearest", "source", "retry_after")
    given: dict[str, Any] = {name: known[name] for name in optional if name in known}
    if "why" in known:
        given["why"] = [Why.from_dict(one) for one in known["why"]]
    kind = next(error for error in ERRORS if error.kind == known["kind"])
    return kind(known["message"], remedy=known["remedy"], **given)

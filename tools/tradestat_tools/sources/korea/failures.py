"""What the service means when it does not answer with rows: its codes and messages, and the closed errors they become.

Failures come in three dresses: the service's own header, the gateway's envelope (often with HTTP 200 too), and a bare
HTTP status with plain text or a web page (all seen, October 2026).
"""

import datetime
import re
from collections.abc import Mapping
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
from tradestat_tools.sources.korea.calendar import until_midnight
from tradestat_tools.sources.korea.service import POLICY, Operation

OK = "00"
NO_DATA = "03"

VARIABLE = "DATA_GO_KR_SERVICE_KEY"

REMAINING = "x-ratelimit-remaining"
"""On every answer of the service: how many calls of the day are left (seen October 2026)."""

_DOWN = {"01": "an application error", "02": "a database error", "04": "an HTTP error", "05": "a time-out"}

# Code 99 stands for bad input and for passing faults alike; its message tells which. Words of the messages for bad
# input (seen May and October 2026), without their blanks, and what they mean.
_BAD_INPUT = (
    ("1년이내", "the span is longer than 12 months"),
    ("크거나같아야", "the last month lies before the first"),
    ("형식이맞지", "a month is not written YYYYMM"),
    ("존재하지않는국가코드", "it does not know the country code"),
    ("10자리", "the HS code does not have 2, 4, 6 or 10 digits"),
    ("품목코드혹은국가코드", "neither an HS code nor a country was given"),
    ("누락", "a required parameter is missing"),
)


def by_code(code: str, message: str, operation: Operation, now: datetime.datetime) -> TradestatError:
    """The error that a code of the service or of its gateway stands for; "" and unknown codes are a changed service."""
    said = f" It says: {shown(message)}." if shown(message) else ""
    if code == "22":
        return _used_up(f"The calls of the day for {operation.name} are used up (code 22).", now)
    if code in {"20", "21", "30", "31", "32", "33"}:
        return _key_refused(code, message, operation)
    if code in _DOWN:
        return _down(f"{POLICY.service} reports {_DOWN[code]} of its own (code {code}).{said}")
    if code == "99":
        for words, meaning in _BAD_INPUT:
            if words in message.replace(" ", ""):
                return _refused(f"{POLICY.service} refused the question: {meaning} (code 99).{said}")
        return _down(f"{POLICY.service} reports an error that it does not name (code 99).{said}")
    if code == "10":
        return _refused(f"{POLICY.service} holds a parameter for invalid (code 10).{said}")
    if code == "11":
        return _refused(f"{POLICY.service} misses a required parameter (code 11).{said}")
    if code == "12":
        return _changed(f"{operation.name} is no longer at {operation.path} (code 12: no such service, or withdrawn).")
    return _changed(f"{POLICY.service} answered with the unknown code {shown(code) or '(none)'}.{said}")


def by_status(
    status: int, headers: Mapping[str, str], text: str, operation: Operation, now: datetime.datetime
) -> TradestatError:
    """The error that a bare HTTP status stands for.

    Args:
        text: the body, where it is plain text; looked at, never shown.
    """
    wait = retry_after(headers, now)
    if status in (401, 403):
        return Unauthorized(
            f"{POLICY.service} does not accept the key for {operation.name} (HTTP {status}).",
            remedy=f"Check {VARIABLE}, and that its use was applied for at {operation.portal_page}: each of the "
            "service's data sets needs an application of its own.",
            source=POLICY.source,
        )
    if status == 429:
        if headers.get(REMAINING, "").strip() == "0" or "quota" in text.lower():
            return _used_up(f"The calls of the day for {operation.name} are used up (HTTP 429).", now)
        return RateLimited(
            f"{POLICY.service} was asked too often in a short time (HTTP 429).",
            remedy=f"Wait {wait:.0f} s, then ask again." if wait is not None else "Wait a minute, then ask again.",
            source=POLICY.source,
            retry_after=wait,
            transient=True,
        )
    if status == 404:
        return _changed(f"There is nothing at {operation.path} (HTTP 404).")
    if status == 408 or status >= 500:
        return _down(f"{POLICY.service} failed (HTTP {status}).", wait)
    if 300 <= status < 400:
        return _changed(f"{POLICY.service} sends elsewhere (HTTP {status}) instead of answering.")
    if status >= 400:
        return _refused(f"{POLICY.service} refused the request (HTTP {status}).")
    return _changed(f"{POLICY.service} answered HTTP {status} without rows.")


def retry_after(headers: Mapping[str, str], now: datetime.datetime) -> float | None:
    """The seconds to wait that a Retry-After header asks for, as a number or as a date."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=datetime.UTC)
    return max(0.0, (until - now).total_seconds())


def shown(text: str, limit: int = 120) -> str:
    """Foreign text as an error may quote it: one line, bounded, and without anything that could be a key."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * limit]).split())
    line = re.sub(r"[A-Za-z0-9+/=%_-]{32,}", "…", line).rstrip(" .")
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _key_refused(code: str, message: str, operation: Operation) -> Unauthorized:
    apply = f"apply for its use at {operation.portal_page} (each data set needs an application of its own)"
    if code == "20" and "NULL" in message.upper():
        what, remedy = "did not find a key in the request", f"Check that {VARIABLE} holds the whole key."
    elif code == "20":
        what, remedy = "denies this key access", f"With the account of the key, {apply}."
    elif code == "21":
        what, remedy = "has disabled the key for the time being", "See the key's state in the account at data.go.kr."
    elif code == "31":
        what, remedy = "says that the key has expired", f"Extend its use at {operation.portal_page}."
    elif code == "32":
        what = "does not accept the key from this network address"
        remedy = "Register the address in the account at data.go.kr, or ask from a registered one."
    elif code == "33":
        what, remedy = "takes the call for an unsigned one", f"Check that {VARIABLE} holds the whole key."
    else:
        # A key that was never applied for here is answered like a mistyped one (seen September and October 2026).
        what = "does not know the key for this data set"
        remedy = f"Check that {VARIABLE} is the whole key as the portal shows it, in either form, and {apply}."
    return Unauthorized(f"{POLICY.service} {what}: {operation.name}, code {code}.", remedy=remedy, source=POLICY.source)


def _used_up(message: str, now: datetime.datetime) -> QuotaExhausted:
    return QuotaExhausted(
        message,
        remedy="The count starts anew at midnight in Seoul. More calls a day can be applied for at data.go.kr.",
        source=POLICY.source,
        retry_after=until_midnight(now),
    )


def _refused(message: str) -> UpstreamRefused:
    return UpstreamRefused(message, remedy="Change the arguments, then call again.", source=POLICY.source)


def _down(message: str, wait: float | None = None) -> UpstreamDown:
    return UpstreamDown(
        message, remedy="Try again in a few minutes.", source=POLICY.source, retry_after=wait, transient=True
    )


def _changed(message: str) -> UpstreamChanged:
    return UpstreamChanged(
        message,
        remedy="Run `tradestat-mcp doctor`; the service may have changed, and a newer version may know it.",
        source=POLICY.source,
    )

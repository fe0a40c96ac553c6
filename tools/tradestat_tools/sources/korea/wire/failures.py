"""What the service says instead of rows, as one of the closed set of errors."""

import datetime
import re
from collections.abc import Mapping

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
from tradestat_tools.sources.korea.service import POLICY, REMAINING, VARIABLE, Operation
from tradestat_tools.upstream.failures import CHANGED_REMEDY, Failures, Words, retry_after
from tradestat_tools.upstream.reading import one_line

FAILURES = Failures(
    POLICY.source,
    {
        QuotaExhausted: Words(
            "The calls of the day are used up (HTTP {status}).",
            "The count starts anew at midnight in Seoul. More calls a day can be applied for at data.go.kr.",
        ),
        RateLimited: Words(
            f"{POLICY.service} was asked too often in a short time (HTTP {{status}}).",
            "Wait a minute, then ask again.",
            "Wait {wait} s, then ask again.",
        ),
        UpstreamDown: Words(f"{POLICY.service} failed (HTTP {{status}}).", "Try again in a few minutes."),
        UpstreamRefused: Words(
            f"{POLICY.service} refused the request (HTTP {{status}}).", "Change the arguments, then call again."
        ),
        UpstreamChanged: Words(f"{POLICY.service} answered HTTP {{status}} without rows.", CHANGED_REMEDY),
    },
    dict.fromkeys(
        range(300, 400),
        Words(f"{POLICY.service} sends elsewhere (HTTP {{status}}) instead of answering.", CHANGED_REMEDY),
    ),
)
"""What the service's failures are called, but for those that name the operation: see `by_status`."""

_CODES: Mapping[str, tuple[type[TradestatError], str]] = {
    "01": (UpstreamDown, "reports an application error of its own"),
    "02": (UpstreamDown, "reports a database error of its own"),
    "04": (UpstreamDown, "reports an HTTP error of its own"),
    "05": (UpstreamDown, "reports a time-out of its own"),
    "10": (UpstreamRefused, "holds a parameter for invalid"),
    "11": (UpstreamRefused, "misses a required parameter"),
    "99": (UpstreamDown, "reports an error that it does not name"),
}

# Code 99 stands for bad input and for passing faults alike; its message tells which. Words of the messages for bad
# input (seen May and October 2026), without their blanks, and what they mean.
_BAD_INPUT = {
    "1년이내": "the span is longer than 12 months",
    "크거나같아야": "the last month lies before the first",
    "형식이맞지": "a month is not written YYYYMM",
    "존재하지않는국가코드": "it does not know the country code",
    "10자리": "the HS code does not have 2, 4, 6 or 10 digits",
    "품목코드혹은국가코드": "neither an HS code nor a country was given",
    "누락": "a required parameter is missing",
}

# A key that was never applied for here is answered with code 30, like a mistyped one (seen September and October 2026).
_KEY_REFUSALS = {
    "20": ("denies this key access", "With the account of the key, {apply}."),
    "21": ("has disabled the key for the time being", "See the key's state in the account at data.go.kr."),
    "30": (
        "does not know the key for this data set",
        f"Check that {VARIABLE} is the whole key as the portal shows it, in either form, and {{apply}}.",
    ),
    "31": ("says that the key has expired", "Extend its use at {page}."),
    "32": (
        "does not accept the key from this network address",
        "Register the address in the account at data.go.kr, or ask from a registered one.",
    ),
    "33": ("takes the call for an unsigned one", f"Check that {VARIABLE} holds the whole key."),
}
_NO_KEY = ("did not find a key in the request", f"Check that {VARIABLE} holds the whole key.")


def changed(what: str) -> TradestatError:
    """The failure of an answer that is not as documented."""
    expected = "expected was XML with response/header/resultCode and response/body/items/item"
    return FAILURES.error(UpstreamChanged, f"{POLICY.service} answered with {what}; {expected}.")


def down(what: str) -> TradestatError:
    """The failure of an answer that is none, as comes at times."""
    return FAILURES.error(UpstreamDown, f"{POLICY.service} answered with {what}.")


def by_code(code: str, message: str, operation: Operation, now: datetime.datetime) -> TradestatError:
    """The error that a code of the service or of its gateway stands for; "" and unknown codes are a changed service."""
    if code == "22":
        return _used_up(operation, "code 22", now)
    if code in _KEY_REFUSALS:
        what, remedy = _NO_KEY if code == "20" and "NULL" in message.upper() else _KEY_REFUSALS[code]
        page = operation.portal_page
        apply = f"apply for its use at {page} (each data set needs an application of its own)"
        text = f"{POLICY.service} {what}: {operation.name}, code {code}."
        return FAILURES.error(Unauthorized, text, remedy=remedy.format(apply=apply, page=page))
    if code == "12":
        text = f"{operation.name} is no longer at {operation.path} (code 12: no such service, or withdrawn)."
        return FAILURES.error(UpstreamChanged, text)
    said = f" It says: {shown(message)}." if shown(message) else ""
    kind, what = _CODES.get(code, (UpstreamChanged, ""))
    if code == "99":
        words = message.replace(" ", "")
        if meaning := next((meaning for part, meaning in _BAD_INPUT.items() if part in words), None):
            kind, what = UpstreamRefused, f"refused the question: {meaning}"
    if not what:
        return FAILURES.error(kind, f"{POLICY.service} answered with the unknown code {shown(code) or '(none)'}.{said}")
    return FAILURES.error(kind, f"{POLICY.service} {what} (code {code}).{said}")


def by_status(
    status: int, headers: Mapping[str, str], text: str, operation: Operation, now: datetime.datetime
) -> TradestatError:
    """The error that a bare HTTP status stands for.

    Args:
        text: the body, where it is plain text; looked at, never shown.
    """
    if status in (401, 403):
        return FAILURES.error(
            Unauthorized,
            f"{POLICY.service} does not accept the key for {operation.name} (HTTP {status}).",
            remedy=f"Check {VARIABLE}, and that its use was applied for at {operation.portal_page}: each of the "
            "service's data sets needs an application of its own.",
        )
    if status == 429 and (headers.get(REMAINING, "").strip() == "0" or "quota" in text.lower()):
        return _used_up(operation, "HTTP 429", now)
    if status == 404:
        return FAILURES.error(UpstreamChanged, f"There is nothing at {operation.path} (HTTP 404).")
    return FAILURES.of(status, wait=retry_after(headers, now))


def _used_up(operation: Operation, how: str, now: datetime.datetime) -> TradestatError:
    text = f"The calls of the day for {operation.name} are used up ({how})."
    return FAILURES.error(QuotaExhausted, text, wait=until_midnight(now))


def shown(text: str, limit: int = 120) -> str:
    """Foreign text as an error may quote it: one line, bounded, and without anything that could be a key."""
    return one_line(_LIKE_A_KEY.sub("…", text[: 4 * limit]), limit).rstrip(" .")


_LIKE_A_KEY = re.compile(r"[A-Za-z0-9+/=%_-]{32,}")

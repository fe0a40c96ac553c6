"""How Trade Map answers through parse.bot: the envelope, the failures and what a call cost.

What lies inside the envelope is read in `payloads`.
"""

import json
import re
from typing import Any, NoReturn, TypeGuard, cast

from tradestat_tools.model.errors import (
    QuotaExhausted,
    RateLimited,
    TradestatError,
    Unauthorized,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.trademap.service import SOURCE_ID, number_or_none
from tradestat_tools.upstream.request import Response

LONG_WAIT = 3600.0
"""Seconds. One status, 429, stands for the limit per minute and for longer ones; a longer wait means the latter."""
QUOTA_WORDS = re.compile(r"credit|quota|month|daily|per day", re.IGNORECASE)
"""Words that only a message about a longer limit has."""

STALE_REMEDY = "Check codes and years with get_countries, get_products_hs or get_services_ebops."
"""What to do about a question that the service takes as invalid, or as gone at the target site (422, documented)."""

SAYS = " It says: "
"""What comes before the service's own words in a message."""

EXCERPT = 160
"""Characters of foreign text that a message may quote."""


def read_envelope(response: Response) -> Any:
    """The content of a successful answer: `{"status": "success", "data": ...}` (seen) or bare (documented).

    Raises:
        TradestatError: what the service's status and `error.status` mean; UpstreamChanged if it is neither a known
            failure nor JSON.
    """
    if response.status != 200:
        _raise_failure(response)
    body = _json(response)
    if isinstance(body, list):
        return cast("list[Any]", body)
    if not isinstance(body, dict):
        raise changed(f"it sent {kind_of(body)} where an object was expected")
    envelope = cast("dict[str, Any]", body)
    if envelope.get("error"):
        _raise_failure(response)
    if isinstance(envelope.get("status"), str):
        if envelope["status"] != "success" or "data" not in envelope:
            raise changed(f"the envelope's status is {excerpt(envelope['status'])}, with no data or not 'success'")
        return envelope["data"]
    return envelope


def is_stale(error: TradestatError) -> TypeGuard[UpstreamRefused]:
    """Whether the service refused the codes or years of a question, and not the caller; also of an error that another
    process met."""
    return isinstance(error, UpstreamRefused) and error.remedy == STALE_REMEDY


def changed(what: str) -> UpstreamChanged:
    """The answer is not in a form known here; `what` says what was found and what was expected."""
    return UpstreamChanged(
        f"Trade Map's service answers in a form that is not known here: {what}.",
        remedy="Run `tradestat-mcp doctor` to see what changed; a newer version of this package may know it.",
        source=SOURCE_ID,
    )


def kind_of(value: object) -> str:
    """What a JSON value is, for a message."""
    return "null" if value is None else f"a {type(value).__name__}"


def excerpt(value: object) -> str:
    """Foreign text as a message may quote it: short, printable, on one line."""
    text = "".join(char if char.isprintable() else " " for char in str(value)[: 4 * EXCERPT])
    text = " ".join(text.split())
    return repr(text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…")


def _json(response: Response) -> Any:
    if not response.body.strip():
        raise changed("its answer is empty")
    try:
        return json.loads(response.body, parse_constant=_no_such_number)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        found = excerpt(response.body[: 2 * EXCERPT].decode("utf-8", "replace"))
        raise changed(f"its answer is not JSON ({response.content_type or 'no content type'}: {found})") from None


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _raise_failure(response: Response) -> NoReturn:
    """Raise what a failure means. `{"error": {"status", "message", ...}, "status_code"}` is documented; any part may
    be missing, and proxies before the service answer in HTML."""
    detail = _failure_detail(response)
    state = str(detail.get("status") or "")
    said = f"{SAYS}{excerpt(detail['message'])}." if detail.get("message") else ""
    wait = number_or_none(detail.get("retry_after"))
    if wait is None:
        wait = number_or_none(response.headers.get("retry-after"))
    raise _failure(_failing_status(response), state, said, wait, detail)


def _failing_status(response: Response) -> int:
    """The answer's status; where that is 200, the one that the body repeats as `status_code` (documented)."""
    if response.status != 200:
        return response.status
    try:
        repeated: Any = json.loads(response.body).get("status_code")
    except (ValueError, RecursionError, AttributeError):
        return response.status
    return repeated if isinstance(repeated, int) and repeated >= 400 else response.status


def _failure(status: int, state: str, said: str, wait: float | None, detail: dict[str, Any]) -> TradestatError:
    match status:
        case 401 | 403:
            return Unauthorized(
                f"parse.bot does not accept the key (HTTP {status}).{said}",
                remedy="Check PARSE_API_KEY: it is missing a part, was revoked, or belongs to another service.",
                source=SOURCE_ID,
            )
        case 404:
            return UpstreamRefused(
                f"parse.bot knows no such API, or it is not open to this key (HTTP 404).{said}",
                remedy="Set TRADESTAT_TRADEMAP_SCRAPER_ID to the id shown on the API's page in your parse.bot account.",
                source=SOURCE_ID,
            )
        case 402:
            return QuotaExhausted(
                f"The parse.bot account has no credits left (HTTP 402).{said}",
                remedy="Wait for the next billing period or take a larger plan.",
                source=SOURCE_ID,
            )
        case 429:
            return _limit(said, wait)
        case 503:
            return UpstreamDown(
                f"Trade Map's site blocked the service for now (HTTP 503{_named(state)}).{said}",
                remedy="Wait as long as said, then call again." if wait is not None else "Try again later, by hand.",
                source=SOURCE_ID,
                retry_after=wait,
                transient=wait is not None,  # without a time to wait for, a repetition is only another charge
            )
        case 502:
            theirs = detail.get("upstream_status_code")
            return UpstreamDown(
                f"Trade Map's site did not answer the service (HTTP 502{_named(state)}"
                f"{f'; the site said {excerpt(theirs)}' if theirs is not None else ''}).{said}",
                remedy="The call was charged, and so is every repetition: ask for less, or try again later.",
                source=SOURCE_ID,
                retry_after=wait,
            )
        case 500:
            return UpstreamDown(
                f"The service failed while reading Trade Map (HTTP 500{_named(state)}).{said}",
                remedy="Try once more; if it fails again, ask for less or wait.",
                source=SOURCE_ID,
                retry_after=wait,
                transient=True,
            )
        case _ if state == "stale_input" or status == 422:
            return UpstreamRefused(
                f"Trade Map has nothing under these arguments, or not any more (HTTP {status}{_named(state)}).{said}",
                remedy=STALE_REMEDY,
                source=SOURCE_ID,
            )
        case _ if status >= 500:
            return UpstreamDown(
                f"The service failed (HTTP {status}{_named(state)}).{said}",
                remedy="Try again later; a repetition may be charged.",
                source=SOURCE_ID,
                retry_after=wait,
            )
        case _ if status >= 400:
            return UpstreamRefused(
                f"The service rejects the request (HTTP {status}{_named(state)}).{said}",
                remedy="Check the arguments; if they are right, run `tradestat-mcp doctor` to compare parameter names.",
                source=SOURCE_ID,
            )
        case _:
            return changed(f"it answered HTTP {status}{_named(state)}.{said}".removesuffix("."))


def _limit(said: str, wait: float | None) -> TradestatError:
    if (wait is not None and wait >= LONG_WAIT) or QUOTA_WORDS.search(said):
        return QuotaExhausted(
            f"parse.bot's limit for the day or the month is reached (HTTP 429).{said}",
            remedy="Wait until it is renewed, or take a larger plan.",
            source=SOURCE_ID,
            retry_after=wait,
        )
    return RateLimited(
        f"Too many calls to parse.bot in a short time (HTTP 429).{said}",
        remedy="Wait as long as said, then call again." if wait is not None else "Wait a minute, then call again.",
        source=SOURCE_ID,
        retry_after=wait,
        transient=True,
    )


def _failure_detail(response: Response) -> dict[str, Any]:
    """`error` as an object, whatever was sent: an object, a sentence, or a page."""
    try:
        body = json.loads(response.body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(body, dict):
        return {}
    known = cast("dict[str, Any]", body)
    error: Any = known.get("error")
    if isinstance(error, dict):
        return cast("dict[str, Any]", error)
    return {"message": error or known.get("message") or known.get("detail")}


def _named(state: str) -> str:
    return f", {excerpt(state)}" if state else ""

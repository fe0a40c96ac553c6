"""How Trade Map answers through parse.bot: the envelope and the failures. `payloads` reads what lies inside."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn, TypeGuard, cast

from tradestat_tools.model.errors import (
    QuotaExhausted,
    TradestatError,
    Unauthorized,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.trademap.service import SOURCE_ID, STALE_REMEDY
from tradestat_tools.upstream.failures import CHANGED_REMEDY, Failures, Words, retry_after, seconds
from tradestat_tools.upstream.reading import json_of, one_line
from tradestat_tools.upstream.request import Response

LONG_WAIT = 3600.0
"""Seconds. One status, 429, stands for the limit per minute and for longer ones; a longer wait means the latter."""
QUOTA_WORDS = re.compile(r"credit|quota|month|daily|per day", re.IGNORECASE)
"""Words that only a message about a longer limit has."""

SAYS = "It says: "
"""What comes before the service's own words in a message."""
EXCERPT = 160
"""Characters of foreign text that a message may quote."""

CHANGED = "Trade Map's service answers in a form that is not known here: {what}."
WAIT_AS_SAID = "Wait as long as said, then call again."

REFUSED = Words(
    "The service rejects the request (HTTP {status}).{said}",
    "Check the arguments; if they are right, run `tradestat-mcp doctor` to compare parameter names.",
    kind=UpstreamRefused,
)
STALE = Words(
    "Trade Map has nothing under these arguments, or not any more (HTTP {status}).{said}",
    STALE_REMEDY,
    kind=UpstreamRefused,
)
"""A question that the service takes as invalid, or as gone at the target site (`stale_input`, documented)."""
LONG_LIMIT = Words(
    "parse.bot's limit for the day or the month is reached (HTTP 429).{said}",
    "Wait until it is renewed, or take a larger plan.",
    kind=QuotaExhausted,
)
SHORT_LIMIT = Words(
    "Too many calls to parse.bot in a short time (HTTP 429).{said}", "Wait a minute, then call again.", transient=True
)
BLOCKED = Words(
    "Trade Map's site blocked the service for now (HTTP 503).{said}",
    "Try again later, by hand.",
    transient=False,  # without a time to wait for, a repetition is only another charge
)
BY_STATUS: Mapping[int, Words] = {
    200: Words(CHANGED.format(what="a failure came with HTTP {status}") + "{said}", CHANGED_REMEDY),
    402: Words(
        "The parse.bot account has no credits left (HTTP 402).{said}",
        "Wait for the next billing period or take a larger plan.",
    ),
    404: Words(
        "parse.bot knows no such API, or it is not open to this key (HTTP 404).{said}",
        "Set TRADESTAT_TRADEMAP_SCRAPER_ID to the id shown on the API's page in your parse.bot account.",
        kind=UpstreamRefused,
    ),
    408: REFUSED,
    410: REFUSED,
    422: STALE,
    500: Words(
        "The service failed while reading Trade Map (HTTP 500).{said}",
        "Try once more; if it fails again, ask for less or wait.",
        transient=True,
    ),
    502: Words(
        "Trade Map's site did not answer the service (HTTP 502).{said}",
        "The call was charged, and so is every repetition: ask for less, or try again later.",
        transient=False,
    ),
}
BY_KIND: Mapping[type[TradestatError], Words] = {
    Unauthorized: Words(
        "parse.bot does not accept the key (HTTP {status}).{said}",
        "Check PARSE_API_KEY: it is missing a part, was revoked, or belongs to another service.",
    ),
    UpstreamRefused: REFUSED,
    UpstreamDown: Words(
        "The service failed (HTTP {status}).{said}", "Try again later; a repetition may be charged.", transient=False
    ),
    UpstreamChanged: Words(CHANGED.format(what="it answered HTTP {status}") + "{said}", CHANGED_REMEDY),
}


FAILED = frozenset({"error", "fail", "failed", "failure", "blocked", "stale_input", "upstream_error"})
"""What a status says that is no success; the last three are documented of an error."""


def read_envelope(response: Response, now: datetime) -> Any:
    """The content of a successful answer: `{"status": "success", "data": ...}` (seen) or bare (documented).

    Another status than "success" decides nothing as long as it is no failure and has data with it.

    Raises:
        TradestatError: what the service's status and `error.status` mean; UpstreamChanged if it is neither a known
            failure nor JSON.
    """
    if not 200 <= response.status < 300:
        raise _failure(response, now)
    body = content_of(response)
    if isinstance(body, list):
        return cast("list[Any]", body)
    if not isinstance(body, dict):
        raise changed(f"it sent {kind_of(body)} where an object was expected")
    envelope = cast("dict[str, Any]", body)
    status = envelope.get("status")
    if _says_something(envelope.get("error")) or str(status).strip().lower() in FAILED or _is_failure(status):
        raise _failure(response, now)
    if "data" in envelope and "records" not in envelope:
        return envelope["data"]
    if isinstance(status, str):
        raise changed(f"the envelope's status is {excerpt(status)}, and there is no data with it")
    return envelope


def changed(what: str) -> UpstreamChanged:
    """The answer is not in a form known here; `what` says what was found and what was expected."""
    return UpstreamChanged(CHANGED.format(what=what), remedy=CHANGED_REMEDY, source=SOURCE_ID)


def kind_of(value: object) -> str:
    """What a JSON value is, for a message."""
    return "null" if value is None else f"a {type(value).__name__}"


def excerpt(value: object) -> str:
    """Foreign text as a message may quote it: short, printable, on one line, in quotes."""
    return repr(one_line(value, EXCERPT))


def content_of(response: Response) -> Any:
    """The body as JSON.

    Raises:
        UpstreamChanged: it is none, or has numbers that JSON does not have.
    """
    if not response.body.strip():
        raise changed("its answer is empty")
    try:
        return json_of(response.body, constant=_no_such_number)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        found = excerpt(response.body[: 2 * EXCERPT].decode("utf-8", "replace"))
        raise changed(f"its answer is not JSON ({response.content_type or 'no content type'}: {found})") from None


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _says_something(error: object) -> bool:
    """Whether there is an error, and not only its empty form beside an answer."""
    return any(cast("dict[str, Any]", error).values()) if isinstance(error, dict) else bool(error)


def _is_failure(status: object) -> TypeGuard[int]:
    """Whether a status that a body repeats is that of a failure."""
    return isinstance(status, int) and status >= 400


def _failure(response: Response, now: datetime) -> TradestatError:
    """What a failure means. `{"error": {"status", "message", ...}, "status_code"}` is documented; any part may be
    missing, and proxies before the service answer in HTML."""
    body = _object_of(response)
    error: Any = body.get("error")
    if not isinstance(error, dict):
        words = [word for word in (error, body.get("message"), body.get("detail")) if word and isinstance(word, str)]
        error = {**body, "message": ": ".join(dict.fromkeys(words))}
    detail = cast("dict[str, Any]", error)
    state, theirs = detail.get("status"), detail.get("upstream_status_code")
    state = state if isinstance(state, str) else ""
    said = [] if theirs is None else [f"The site answered {excerpt(theirs)}."]
    if words := [part for part in (state, str(detail.get("message") or "")) if part]:
        said.append(f"{SAYS}{excerpt(': '.join(words))}.")  # last: codes are sought in what follows
    wait = seconds(detail.get("retry_after"))
    wait = retry_after(response.headers, now) if wait is None else wait
    repeated = next((one for one in (body.get("status_code"), body.get("status")) if _is_failure(one)), 200)
    status = repeated if 200 <= response.status < 300 else response.status
    by_status = dict(BY_STATUS)
    if state == "stale_input" and status not in (401, 403):
        by_status.setdefault(status, STALE)
    if status == 429:
        long = (wait is not None and wait >= LONG_WAIT) or QUOTA_WORDS.search(str(detail.get("message") or ""))
        by_status[429] = LONG_LIMIT if long else SHORT_LIMIT if wait is None else _after_the_wait(SHORT_LIMIT)
    if status == 503:
        by_status[503] = BLOCKED if wait is None else _after_the_wait(BLOCKED)
    return Failures(SOURCE_ID, BY_KIND, by_status).of(status, " ".join(said), wait=wait)


def _after_the_wait(words: Words) -> Words:
    return Words(words.message, WAIT_AS_SAID, transient=True)


def _object_of(response: Response) -> Mapping[str, Any]:
    """The body of a failure as an object; an empty one where it is a sentence or a page."""
    try:
        body: Any = json_of(response.body)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {}

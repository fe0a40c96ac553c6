"""How doumaotong.com answers: the envelope and its failures.

The service has two documented forms. `older.py` and `current.py` know their fields, `fields.py` how single values are
written. Nothing remembers which form was seen last: each answer is read by what it holds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Literal, TypeVar, cast

from tradestat_tools.model.errors import (
    NoData,
    RateLimited,
    TradestatError,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.doumaotong.service import POLICY
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.failures import Failures, Words, retry_after
from tradestat_tools.upstream.reading import json_of, one_line, sentence

T = TypeVar("T")
Shape = Literal["older", "current"]

SUCCESS_CODES = frozenset({0, 200})
"""0 is the documented code of the current form; 200 is assumed for the older one, whose code is not documented."""

NO_EXPORTS = "该商品对此国家暂无出口记录"
"""The older form's message of a 404: no exports of this product to this country are on record (documented 2025)."""

QUOTED = 90
"""Characters of foreign text in a message."""


class BadQuestion(UpstreamRefused):
    """The service says that a parameter is missing or wrong."""


class NotOffered(UpstreamChanged):
    """The service has no such address (any more, or yet)."""


class NoExports(NoData):
    """The older form says that this product was not exported to this country."""


@dataclass(frozen=True, slots=True)
class Shaped(Generic[T]):
    """What was read, and the form it came in.

    Args:
        light: whether a lighter list took the place of one that had no rows.
        lacking: what should have come and did not, as a sentence; "" where all is well.
    """

    data: T
    shape: Shape
    light: bool = False
    lacking: str = ""


def payload(response: Response, path: str) -> object:
    """The `data` of a successful answer.

    Failures come in three dresses: an envelope whose `code` is not success (mostly with HTTP 200), a bare HTTP status,
    and a body that is no JSON at all.

    Raises:
        TradestatError: what the service meant.
    """
    body = _json(response.body)
    if isinstance(body, Mapping) and response.status < 500:
        envelope = cast("Mapping[str, object]", body)
        code, message = _code(envelope.get("code")), _message(envelope)
        if code == 404:  # as a bare status it means that there is no such address
            raise _no_data(message)
        if code is not None and code not in SUCCESS_CODES:
            raise _failure(code, path, response, message)
        if response.status == 200 and envelope.get("data") is not None:
            return envelope["data"]
    if response.status != 200:
        raise _failure(response.status, path, response)
    raise changed(path, "an envelope with `code` and `data`", _excerpt(response))


def changed(where: str, expected: str, found: object) -> UpstreamChanged:
    """The failure of an answer that is not as documented."""
    return UpstreamChanged(
        f"doumaotong.com answered {where} in a form that is not known: expected {expected}, found "
        f"{one_line(found, QUOTED)}.",
        remedy=_CHANGED,
        source=POLICY.source,
    )


_CHANGED = "Run `tradestat-mcp doctor` to see what changed; meanwhile use comtrade_data (reporter China, 156)."


def _json(body: bytes) -> object:
    try:
        return json_of(body)
    except (ValueError, RecursionError):  # not UTF-8, not JSON, cut off, or nested beyond reason
        return None


def _code(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d{1,6}", value.strip(), re.ASCII) else None


def _message(envelope: Mapping[str, object]) -> str:
    """The service's own words, as a sentence; `msg` in the current form, `message` in the older."""
    for name in ("msg", "message"):
        if isinstance(value := envelope.get(name), str) and value.strip():
            return sentence(one_line(value, QUOTED))
    return ""


def _no_data(message: str) -> NoData:
    if NO_EXPORTS in message:
        return NoExports(
            "No exports of this product from China to this country are on record. That is not a reported zero.",
            remedy="Check the code with `dashboard` and `markets`, or use comtrade_data.",
            source=POLICY.source,
        )
    said = f" It says: {message}" if message else ""
    return NoData(
        f"doumaotong.com holds no analyzable data for this question (code 404).{said}",
        remedy="Check the HS code (China's own 8-digit codes change), try its 6 or 4 digits, or use comtrade_data.",
        source=POLICY.source,
    )


def _failure(code: int, path: str, response: Response, message: str = "") -> TradestatError:
    """A failure from its code; the envelope's codes are those of HTTP."""
    wait = retry_after(response.headers, datetime.now(UTC))
    return _failures(path).of(code, f"It says: {message}" if message else "", wait=wait)


def _failures(path: str) -> Failures:
    malformed = Words(
        f"doumaotong.com refused the question to {path}: a parameter is missing or malformed (code {{status}})."
        "{said}",
        "Check the arguments; if they are right, run `tradestat-mcp doctor` to see whether names changed.",
        kind=BadQuestion,
    )
    gone = Words(
        f"doumaotong.com has no {path} (HTTP {{status}}).",
        "Check TRADESTAT_DOUMAOTONG_URL and run `tradestat-mcp doctor`; meanwhile use comtrade_data.",
        kind=NotOffered,
    )
    refused = Words(
        f"doumaotong.com refused the call to {path} (code {{status}}).{{said}}",
        "It needs no key; it may refuse this network. Try later or from elsewhere, or use comtrade_data.",
        kind=UpstreamRefused,
    )
    later = "Try again in a few minutes; comtrade_data holds China's yearly exports meanwhile."
    return Failures(
        POLICY.source,
        by_kind={
            UpstreamRefused: refused,
            RateLimited: Words("doumaotong.com says that there were too many calls.", "Wait, then call again."),
            UpstreamDown: Words("doumaotong.com failed on its side (code {status}).{said}", later),
            UpstreamChanged: Words(
                f"doumaotong.com answered {path} in a form that is not known: expected code 0 or 200, found code "
                "{status}.",
                _CHANGED,
            ),
        },
        by_status={
            **dict.fromkeys((400, 405, 414, 422), malformed),
            **dict.fromkeys((401, 402, 403), refused),
            **dict.fromkeys((404, 410), gone),
            503: Words("doumaotong.com is not ready.{said}", later),
        },
    )


def _excerpt(response: Response) -> str:
    if not response.body:
        return "an empty body"
    kind = "HTML" if b"<html" in response.body[:1000].lower() or response.content_type == "text/html" else "a body"
    return f"{kind} beginning {response.body[:60].decode('utf-8', 'replace')}"

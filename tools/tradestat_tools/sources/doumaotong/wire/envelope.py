"""How doumaotong.com answers: the envelope and its failures.

The service has two documented forms. `older.py` and `current.py` know their fields, `fields.py` how single values are
written; what both forms share stands here. Nothing remembers which form was seen last: each answer is read by what it
holds.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar, cast

from tradestat_tools.model.errors import (
    NoData,
    RateLimited,
    TradestatError,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.upstream import Policy, Response
from tradestat_tools.upstream.plan import Plan, Window

POLICY = Policy("doumaotong", "doumaotong.com")
PLAN = Plan((Window(5, 1.0),))
"""No limit is documented; this is good manners towards a free service."""

T = TypeVar("T")
Shape = Literal["older", "current"]

SUCCESS_CODES = frozenset({0, 200})
"""0 is the documented code of the current form; 200 is assumed for the older one, whose code is not documented."""

NO_EXPORTS = "该商品对此国家暂无出口记录"
"""The older form's message of a 404: no exports of this product to this country are on record (documented 2025)."""

_MAX_WAIT = 3600.0


class BadQuestion(UpstreamRefused):
    """The service says that a parameter is missing or wrong."""


class NotOffered(UpstreamChanged):
    """The service has no such address (any more, or yet)."""


class NoExports(NoData):
    """The older form says that this product was not exported to this country."""


@dataclass(frozen=True, slots=True)
class Shaped(Generic[T]):
    """What was read, and the form it came in."""

    data: T
    shape: Shape


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
        code = _code(envelope.get("code"))
        if code is not None and code not in SUCCESS_CODES:
            raise _refusal(code, path, response, message=_message(envelope), enveloped=True)
        if response.status == 200 and envelope.get("data") is not None:
            return envelope["data"]
    if response.status != 200:
        raise _refusal(response.status, path, response)
    raise changed(path, "an envelope with `code` and `data`", _excerpt(response))


def changed(where: str, expected: str, found: object) -> UpstreamChanged:
    """The failure for an answer that is not as documented."""
    return UpstreamChanged(
        f"doumaotong.com answered {where} in a form that is not known: expected {expected}, found {_shown(found)}.",
        remedy="Run `tradestat-mcp doctor` to see what changed; meanwhile use comtrade_data (reporter China, 156).",
        source=POLICY.source,
    )


def _json(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # not UTF-8, not JSON, cut off, or nested beyond reason
        return None


def _code(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d{1,6}", value.strip(), re.ASCII) else None


def _message(envelope: Mapping[str, object]) -> str:
    """The service's own words; `msg` in the current form, `message` in the older."""
    for name in ("msg", "message"):
        if isinstance(value := envelope.get(name), str) and value.strip():
            return value.strip()
    return ""


def _refusal(code: int, path: str, response: Response, *, message: str = "", enveloped: bool = False) -> TradestatError:
    """A failure from its code; the envelope's codes are those of HTTP.

    Only 404 differs: in an envelope it means no data, as a bare status no such address.
    """
    source = POLICY.source
    said = f" It says: {_shown(message)}." if message else ""
    if code in {400, 405, 414, 422}:
        return BadQuestion(
            f"doumaotong.com refused the question to {path}: a parameter is missing or malformed (code {code}).{said}",
            remedy="Check the arguments; if they are right, run `tradestat-mcp doctor` to see whether names changed.",
            source=source,
        )
    if code == 404 and enveloped:
        if NO_EXPORTS in message:
            return NoExports(
                "No exports of this product from China to this country are on record. That is not a reported zero.",
                remedy="Check the code with `dashboard` and `markets`, or use comtrade_data.",
                source=source,
            )
        return NoData(
            f"doumaotong.com holds no analyzable data for this question (code 404).{said}",
            remedy="Check the HS code (China's own 8-digit codes change), try its 6 or 4 digits, or use comtrade_data.",
            source=source,
        )
    if code in {404, 410}:
        return NotOffered(
            f"doumaotong.com has no {path} (HTTP {code}).",
            remedy="Check TRADESTAT_DOUMAOTONG_URL and run `tradestat-mcp doctor`; meanwhile use comtrade_data.",
            source=source,
        )
    if code == 429:
        return RateLimited(
            "doumaotong.com says that there were too many calls.",
            remedy="Wait, then call again.",
            source=source,
            retry_after=_retry_after(response),
            transient=True,
        )
    if code >= 500 or code == 408:
        state = "is not ready" if code == 503 else f"failed on its side (code {code})"
        return UpstreamDown(
            f"doumaotong.com {state}.{said}",
            remedy="Try again in a few minutes; comtrade_data holds China's yearly exports meanwhile.",
            source=source,
            retry_after=_retry_after(response),
            transient=True,
        )
    if 400 <= code < 500:
        return UpstreamRefused(
            f"doumaotong.com refused the call to {path} (code {code}).{said}",
            remedy="It needs no key; it may refuse this network. Try later or from elsewhere, or use comtrade_data.",
            source=source,
        )
    return changed(path, "code 0 or 200", f"code {code}")


def _retry_after(response: Response) -> float | None:
    text = response.headers.get("retry-after", "").strip()
    return min(float(text), _MAX_WAIT) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else None


def _excerpt(response: Response) -> str:
    if not response.body:
        return "an empty body"
    kind = "HTML" if b"<html" in response.body[:1000].lower() or response.content_type == "text/html" else "a body"
    return f"{kind} beginning {_shown(response.body[:60].decode('utf-8', 'replace'))}"


def _shown(value: object) -> str:
    """Foreign text for a message: printable, on one line, short."""
    text = "".join(char if char.isprintable() else " " for char in str(value)[:200])
    return text if len(text) <= 90 else text[:87] + "..."

"""How doumaotong.com answers: the envelope and its failures.

The service has two documented forms. `older.py` and `current.py` know their fields, `fields.py` how single values are
written; what both forms share stands here. Nothing remembers which form was seen last: each answer is read by what it
holds.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Literal, TypeVar, cast

from tradestat_tools.codes.periods import format_yyyymm, period
from tradestat_tools.codes.units import YuanUnit, exact, to_yuan
from tradestat_tools.codes.words import CodeError
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


Num = int | float

MISSING_WORDS = frozenset({"", "-", "--", "—", "–", "/", "null", "none", "n/a", "暂无", "无"})
"""Spellings of "no value"; only null is documented, the rest is what tables of this kind hold."""

_MAX_TEXT = 200
_YEAR_MONTH = re.compile(r"(20\d{2})\s*[-./年]?\s*(0?[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object of an answer, read liberally: unknown members ignored, numbers as text taken, null is absent.

    Args:
        raw: the object.
        where: its place in the answer, for messages.
    """

    raw: Mapping[str, object]
    where: str

    def has(self, *names: str) -> bool:
        """Whether any of the members is there, null or not."""
        return any(name in self.raw for name in names)

    def value(self, *names: str) -> object:
        """The first of the members that has a value; None if none has."""
        for name in names:
            found = self.raw.get(name)
            if found is not None and not (isinstance(found, str) and found.strip().lower() in MISSING_WORDS):
                return found
        return None

    def text(self, *names: str) -> str | None:
        """A short text; a number is taken as text."""
        found = self.value(*names)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            raise changed(f"{self.where}.{names[0]}", "text", found)
        return "".join(char for char in str(found).strip() if char.isprintable())[:_MAX_TEXT] or None

    def number(self, *names: str) -> Num | None:
        """A number as it is."""
        found = self._exact(*names)
        return None if found is None else plain(found)

    def yuan(self, name: str, unit: YuanUnit) -> Num | None:
        """An amount, brought from `unit` to RMB yuan."""
        found = self._exact(name)
        return None if found is None else plain(to_yuan(found, unit))

    def percent(self, *names: str) -> Num | None:
        """A percentage: 12.3 and "12.3%" and "+12.3%" are all 12.3.

        That figures stand in percent and not as fractions is documented; the sign % is not, but text may carry it.
        """
        found = self.value(*names)
        if isinstance(found, str):
            found = found.strip().removesuffix("%").removesuffix("％")
            if found.strip() in MISSING_WORDS:
                return None
        return None if found is None else plain(self._read(found, names[0]))

    def whole(self, *names: str) -> int | None:
        """A count."""
        found = self.number(*names)
        if found is not None and found != int(found):
            raise changed(f"{self.where}.{names[0]}", "a whole number", found)
        return None if found is None else int(found)

    def month(self, *names: str) -> str | None:
        """A month as YYYYMM, however it is written."""
        found = self.value(*names)
        return None if found is None else read_month(found, f"{self.where}.{names[0]}")

    def sub(self, *names: str) -> "Fields | None":
        """An object inside."""
        found = self.value(*names)
        return None if found is None else fields(found, f"{self.where}.{names[0]}")

    def rows(self, *names: str) -> "list[Fields] | None":
        """A list of objects inside; None where it is not there."""
        found = self.value(*names)
        return None if found is None else rows(found, f"{self.where}.{names[0]}")

    def months(self, name: str) -> list[int] | None:
        """Months of the year, 1 to 12: a list, or text with separators."""
        found = self.value(name)
        if found is None:
            return None
        items = re.findall(r"\d+", found) if isinstance(found, str) else found
        where = f"{self.where}.{name}"
        if not isinstance(items, list):
            raise changed(where, "a list of months", found)
        numbers = [read_whole(item, where) for item in cast("list[object]", items)]
        if not all(1 <= number <= 12 for number in numbers):
            raise changed(where, "months 1 to 12", found)
        return numbers

    def texts(self, name: str) -> list[str] | None:
        """A list of short texts; one text alone is a list of one."""
        found = self.value(name)
        if found is None:
            return None
        items = cast("list[object]", found) if isinstance(found, list) else [found]
        texts = (Fields({name: item}, self.where).text(name) for item in items)
        return [text for text in texts if text is not None]

    def flag(self, name: str) -> bool | None:
        """A yes or no: true, 1, "1" and "true" are yes."""
        found = self.value(name)
        return None if found is None else str(found).strip().lower() in {"true", "1"}

    def _exact(self, *names: str) -> Decimal | None:
        found = self.value(*names)
        return None if found is None else self._read(found, names[0])

    def _read(self, found: object, name: str) -> Decimal:
        return read_number(found, f"{self.where}.{name}")


def fields(found: object, where: str) -> Fields:
    """A JSON object for reading.

    Raises:
        UpstreamChanged: something else stands there.
    """
    if not isinstance(found, Mapping):
        raise changed(where, "an object", found)
    return Fields(cast("Mapping[str, object]", found), where)


def rows(found: object, where: str) -> list[Fields]:
    """A JSON list of objects for reading.

    Raises:
        UpstreamChanged: something else stands there.
    """
    if not isinstance(found, list):
        raise changed(where, "a list", found)
    return [fields(item, f"{where}[{at}]") for at, item in enumerate(cast("list[object]", found))]


def read_number(found: object, where: str) -> Decimal:
    """A number, or text that is one.

    Raises:
        UpstreamChanged: neither.
    """
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise changed(where, "a number", found)
    try:
        return exact(found)
    except CodeError:
        raise changed(where, "a number", found) from None


def read_whole(found: object, where: str) -> int:
    """A whole number, or text that is one.

    Raises:
        UpstreamChanged: neither.
    """
    number = read_number(found, where)
    if number != int(number):
        raise changed(where, "a whole number", found)
    return int(number)


def read_month(found: object, where: str) -> str:
    """A month as YYYYMM. `202503` and `2025-03` are both seen in documents; other usual spellings are taken too.

    Raises:
        UpstreamChanged: not a month.
    """
    try:
        return format_yyyymm(period(found if isinstance(found, str | int) else ""))
    except CodeError:
        raise changed(where, "a month", found) from None


def last_month(covered: str) -> str | None:
    """The newest month named in a coverage text such as `2021-01 ~ 2025-09`; its exact form is not documented."""
    found = [f"{year}{int(month):02d}" for year, month in _YEAR_MONTH.findall(covered)]
    return max(found) if found else None


def plain(number: Decimal) -> Num:
    """A number as JSON has it: whole ones without a point."""
    return int(number) if number == number.to_integral_value() else float(number)

"""What UN Comtrade sends: errors by status and text, the envelope, its rows."""

import json
import math
import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from tradestat_tools.model.errors import (
    QuotaExhausted,
    RateLimited,
    TradestatError,
    Unauthorized,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.comtrade.service import GET_A_KEY, KEY_VARIABLE, SERVICE, SOURCE_ID
from tradestat_tools.upstream import Response

Amount = int | float

_SECONDS = re.compile(r"try again in (\d+) seconds?", re.IGNORECASE)
"""`Rate limit is exceeded. Try again in 4 seconds.` (documented, autumn 2026)."""
_CLOCK = re.compile(r"(?:(\d+)\.)?(\d{1,3}):(\d{2}):(\d{2})")
"""`Out of call volume quota. Quota will be replenished in 05:12:33.` (documented, autumn 2026)."""


def said(text: object) -> str:
    """What the service said, fit for an error: one printable line of at most 200 characters."""
    line = "".join(char if char.isprintable() else " " for char in str(text)[:1000])
    return " ".join(line.split())[:200]


def _sentence(text: str) -> str:
    """The service's words with one full stop at their end, however many they came with."""
    return text.rstrip(". ") + "."


def read_json(response: Response) -> object:
    """The body of a successful answer as JSON; everything else as the error that it stands for.

    Raises:
        TradestatError: the status or the body says that this is no answer.
    """
    if response.status != 200:
        raise _failure(response)
    text = response.body.lstrip(
        b"\xef\xbb\xbf \t\r\n"
    )  # reference lists often start with a BOM (documented, autumn 2026)
    if not text:
        raise UpstreamDown(
            f"{SERVICE} sent an empty body where JSON was expected.",
            remedy="Try again in a minute.",
            source=SOURCE_ID,
            transient=True,
        )
    if text.startswith(b"<"):
        raise UpstreamDown(
            f"{SERVICE} sent a web page where JSON was expected: it is under maintenance, or a proxy answered.",
            remedy="Try again later; open https://comtradeapi.un.org in a browser to see what answers.",
            source=SOURCE_ID,
        )
    try:
        body: object = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        raise changed("JSON that is whole and well-formed", "the body is cut off or not JSON") from None
    status = cast("dict[str, object]", body).get("statusCode") if isinstance(body, dict) else None
    if isinstance(status, int) and status >= 400:  # the gateway's error, should it ever come with HTTP 200
        raise _failure(Response(status, response.headers, response.body))
    return cast("object", body)


def changed(expected: str, seen: str) -> UpstreamChanged:
    """The failure for an answer whose form is not the known one."""
    return UpstreamChanged(
        f"{SERVICE} answered in another form: expected {expected}; {_sentence(seen)}",
        remedy="Try again; if it stays so, the service has changed and this server must be updated.",
        source=SOURCE_ID,
    )


def _failure(response: Response) -> TradestatError:
    message = _message(response)
    it_says = f" It says: {_sentence(message)}" if message else ""
    status = response.status
    if status == 401:
        return Unauthorized(
            f"{SERVICE} does not accept the key in {KEY_VARIABLE}.{it_says}",
            remedy=f"Check {KEY_VARIABLE}, or unset it to use the preview. {GET_A_KEY}",
            source=SOURCE_ID,
        )
    if "quota" in message.lower() and status in {403, 429}:
        return QuotaExhausted(
            f"{SERVICE}: the calls of the day are used up.{it_says}",
            remedy=f"Wait until the quota is replenished, or unset {KEY_VARIABLE} to use the preview.",
            source=SOURCE_ID,
            retry_after=_clock_seconds(message),
        )
    if status == 429:
        return RateLimited(
            f"{SERVICE}: too many calls in a short time (it takes about one a second).",
            remedy="Wait, then send the same question again.",
            source=SOURCE_ID,
            retry_after=_retry_after(response, message),
            transient=True,
        )
    if status == 403:
        return Unauthorized(
            f"{SERVICE} denies access with the key in {KEY_VARIABLE}.{it_says}",
            remedy=f"The key's subscription may not cover this. {GET_A_KEY}",
            source=SOURCE_ID,
        )
    if status == 404 or 300 <= status < 400:
        return changed("an answer at this address", f"it answered HTTP {status}")
    if status == 408 or status >= 500:
        return UpstreamDown(
            f"{SERVICE} failed on its side (HTTP {status}).{it_says}",
            remedy="Try again in a few minutes; asking for less may help.",
            source=SOURCE_ID,
            retry_after=_retry_after(response, ""),
            transient=True,
        )
    return refused(message or f"HTTP {status}")


def refused(message: str) -> UpstreamRefused:
    """The failure for a question that the service turns down."""
    return UpstreamRefused(
        f"{SERVICE} rejected the question: {_sentence(message)}",
        remedy="Check the codes with comtrade_reference, or ask for fewer of them.",
        source=SOURCE_ID,
    )


def _message(response: Response) -> str:
    """The service's words: JSON `message` or `error`, or plain text; nothing from a web page."""
    try:
        body: Any = json.loads(response.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        text = response.body[:2000].decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
        return "" if text.startswith("<") else said(text)
    if not isinstance(body, dict):
        return ""
    members = cast("dict[str, Any]", body)
    for name in ("message", "error", "title", "errorMessage"):
        if isinstance(value := members.get(name), str) and value.strip():
            return said(value)
    return ""


def _clock_seconds(text: str) -> float | None:
    found = _CLOCK.search(text)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)


def _retry_after(response: Response, message: str) -> float | None:
    if found := _SECONDS.search(message):
        return float(found[1])
    header = response.headers.get("retry-after", "").strip()
    return float(header) if header.isascii() and header.isdigit() else None


def _amount(value: object) -> object:
    """A number, also as text with thousands commas; None for null, blank or N/A. Whole numbers stay whole."""
    if isinstance(value, str):
        text = value.replace(",", "").strip()
        if text.upper() in {"", "N/A", "NULL", "NONE"}:
            return None
        value = float(text)
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("not a number")
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _flag(value: object) -> object:
    """A yes or no, also as text or number."""
    if isinstance(value, str):
        word = value.strip().lower()
        return {"true": True, "1": True, "false": False, "0": False, "": None}.get(word, value)
    return bool(value) if value in (0, 1) else value


def _text(value: object) -> object:
    """Text without the blanks around it (`mosCode` comes as "0" and as "0 ", seen in rows of 2018 to 2022)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else value


def _unit(value: object) -> object:
    """A unit's abbreviation; "N/A" (code -1) is no unit."""
    cleaned = _text(value)
    return None if cleaned in ("N/A", "n/a", "") else cleaned


UNITS = {"2": "m²", "4": "m", "5": "u", "8": "kg", "12": "m³", "34": "kg 90% sdt"}
"""Abbreviations by code, for rows without descriptions (seen in rows of 2018 to 2022)."""


Text = Annotated[str, BeforeValidator(_text)]
OptionalText = Annotated[str | None, BeforeValidator(_text)]
OptionalAmount = Annotated[Amount | None, BeforeValidator(_amount)]
OptionalFlag = Annotated[bool | None, BeforeValidator(_flag)]
OptionalUnit = Annotated[str | None, BeforeValidator(_unit)]


class Row(BaseModel):
    """One row of an answer: what one reporter says of one flow, partner, product and period. Values are US dollars."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    typeCode: OptionalText = None
    freqCode: OptionalText = None
    period: Text
    reporterCode: Text
    reporterISO: OptionalText = None
    reporterDesc: OptionalText = None
    flowCode: Text
    flowDesc: OptionalText = None
    partnerCode: Text
    partnerISO: OptionalText = None
    partnerDesc: OptionalText = None
    partner2Code: OptionalText = None
    partner2Desc: OptionalText = None
    classificationCode: OptionalText = None
    isOriginalClassification: OptionalFlag = None
    cmdCode: Text
    cmdDesc: OptionalText = None
    aggrLevel: OptionalAmount = None
    isLeaf: OptionalFlag = None
    customsCode: OptionalText = None
    customsDesc: OptionalText = None
    mosCode: OptionalText = None
    motCode: OptionalText = None
    motDesc: OptionalText = None
    qtyUnitAbbr: OptionalUnit = None
    qty: OptionalAmount = None
    isQtyEstimated: OptionalFlag = None
    altQtyUnitAbbr: OptionalUnit = None
    altQty: OptionalAmount = None
    isAltQtyEstimated: OptionalFlag = None
    netWgt: OptionalAmount = None
    isNetWgtEstimated: OptionalFlag = None
    grossWgt: OptionalAmount = None
    isGrossWgtEstimated: OptionalFlag = None
    cifvalue: OptionalAmount = None
    fobvalue: OptionalAmount = None
    primaryValue: OptionalAmount
    legacyEstimationFlag: OptionalAmount = None
    isReported: OptionalFlag = None
    isAggregate: OptionalFlag = None

    @model_validator(mode="before")
    @classmethod
    def _name_units(cls, raw: object) -> object:
        if not isinstance(raw, dict):
            return raw
        row = cast("dict[str, object]", raw)
        named = {
            f"{name}Abbr": UNITS.get(str(row.get(f"{name}Code")))
            for name in ("qtyUnit", "altQtyUnit")
            if row.get(f"{name}Abbr") is None
        }
        return row | named

    def known(self, name: str) -> Amount | None:
        """A quantity, weight or side value as far as it is known.

        The service writes 0.0 as well as null where it knows nothing: all goods weigh 0 kg, an import's FOB value is 0
        (seen in rows of 2018 to 2022). Zero is a figure only beside a value that is zero itself, not
        beside one that is missing.
        """
        amount: Amount | None = getattr(self, name)
        return None if amount == 0 and self.primaryValue != 0 else amount


class _TradeEnvelope(BaseModel):
    count: int | None = None
    data: list[Row] | None
    error: str | None = None


class _CountEnvelope(BaseModel):
    count: int


class _ListEnvelope(BaseModel):
    results: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one call and how many rows the service says that there are."""

    rows: list[Row]
    count: int | None = None

    @property
    def withheld(self) -> int:
        """Rows that the service counts and did not send.

        In every answer seen (rows of 2010 to 2022) `count` is the number of rows sent. Where it is more, the rows that
        came are still right and only not all, so they are given as a part and not refused.
        """
        return max(0, (self.count or 0) - len(self.rows))


def read_trade(response: Response) -> Page:
    """The rows of a data answer; none where the service holds none.

    Raises:
        TradestatError: what the service's status, its `error` or an unknown form stand for.
    """
    envelope = read_rows(
        response, _TradeEnvelope, "rows of trade data (period, reporterCode, flowCode, ..., primaryValue)"
    )
    if not envelope.data and envelope.count:
        raise changed(f"{envelope.count} rows", f"`data` is {'null' if envelope.data is None else 'empty'}")
    return Page(envelope.data or [], envelope.count)


def read_count(response: Response) -> int:
    """How many rows there are: the answer to a question with `countOnly`, whose `data` may hold anything.

    Raises:
        TradestatError: what the service's status, its `error` or an unknown form stand for.
    """
    return read_rows(response, _CountEnvelope, "`count`, a number").count


E = TypeVar("E", bound=BaseModel)


def read_rows(response: Response, envelope: type[E], expected: str) -> E:
    """A whole answer of one of the endpoints whose answers have an `error` member.

    Raises:
        TradestatError: what the service's status, its `error` or an unknown form stand for.
    """
    body = read_json(response)
    if isinstance(body, dict) and (error := cast("dict[str, object]", body).get("error")):
        raise refused(said(error))
    return _read(envelope, cast("object", body), expected)


def read_list(response: Response) -> list[dict[str, Any]]:
    """The entries of a reference list, as they came.

    Raises:
        TradestatError: what the service's status or an unknown form stand for.
    """
    return _read(_ListEnvelope, read_json(response), "a reference list under `results`").results


M = TypeVar("M", bound=BaseModel)


def _read(model: type[M], body: object, expected: str) -> M:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the body"
        raise changed(expected, f"`{where}`: {said(fault['msg']).removeprefix('Value error, ')}") from None

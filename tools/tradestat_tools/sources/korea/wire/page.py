"""What arrives: XML (its gateway also answers in JSON), read into rows, with the service's total rows set apart."""

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast
from xml.parsers.expat import ErrorString, ExpatError

import xmltodict

from tradestat_tools.model.errors import UpstreamChanged, UpstreamDown
from tradestat_tools.sources.korea.service import Operation
from tradestat_tools.sources.korea.wire.failures import REMAINING, by_code, by_status, changed, down, shown
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.reading import number

TOTAL = "총계"
"""What stands for the month in the row that adds up all others. It comes first or last, and with some operations not at
all (getNationtradeList); its codes are "-" (seen October 2026)."""

NO_CODE = "-"

OK = "00"
NO_DATA = "03"

HS_FIELDS = ("hsCd", "hsCode")
"""getNitemtradeList has the former, getItemtradeList the latter, for the same thing (seen October 2026)."""

_PLAIN = re.compile(r"-?[0-9]{1,15}")
"""How figures come but for commas; whatever else they are is for `number` to say."""

_CUT_OFF = frozenset({"no element found", "unclosed token", "unclosed CDATA section", "partial character"})

Figures = tuple[int | None, ...]
"""The figures of a row in the order of `Operation.measures`; None is "no figure given", which is not zero."""


class Row(NamedTuple):
    """One month of one country and one HS code, as far as the operation knows them ("" where it does not)."""

    year: str
    statCd: str
    hsCd: str
    figures: Figures


class Total(NamedTuple):
    """A row that adds up others: all of them (`year` is TOTAL) or those of one month."""

    year: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the service.

    Args:
        rows: without those that add up others.
        totals: those.
        statCdCntnKor1: the service's name for each country code.
        statKor: the service's name for each HS code.
        remaining: calls left for the day, if the service said so.
    """

    rows: list[Row]
    totals: list[Total]
    statCdCntnKor1: dict[str, str] = field(default_factory=dict[str, str])
    statKor: dict[str, str] = field(default_factory=dict[str, str])
    remaining: int | None = None


def read_page(response: Response, operation: Operation, now: datetime.datetime) -> Page:
    """The rows of an answer, none if the service has none.

    Raises:
        TradestatError: whatever the service says instead of rows.
    """
    document = _document(response, operation, now)
    gateway = document.get("OpenAPI_ServiceResponse")
    if gateway is not None:
        header = _mapping(_mapping(gateway).get("cmmMsgHeader"))
        message = " ".join(_text(header.get(name)) for name in ("returnAuthMsg", "errMsg"))
        raise by_code(_code(header.get("returnReasonCode")), message, operation, now)
    answer = _mapping(document.get("response"))
    header = _mapping(answer.get("header"))
    code = _code(header.get("resultCode"))
    if response.status != 200 and code in ("", OK, NO_DATA):
        raise by_status(response.status, response.headers, "", operation, now)
    if not answer:
        raise changed(f"the root element {shown(next(iter(document), ''), 40)!r}")
    if code not in (OK, NO_DATA):
        raise by_code(code, _text(header.get("resultMsg")), operation, now)
    left = response.headers.get(REMAINING, "").strip()
    items = [] if code == NO_DATA else _items(answer)
    return _page(items, operation, int(left) if re.fullmatch(r"[0-9]{1,9}", left) else None)


def _document(response: Response, operation: Operation, now: datetime.datetime) -> Mapping[str, Any]:
    """The body as nested mappings.

    Raises:
        TradestatError: it is neither XML nor JSON; of a failed status, what that status means.
    """
    start = response.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    web_page = start.startswith((b"<!doctype html", b"<html"))  # the content type is no guide
    if start.startswith((b"<", b"{")) and not web_page:
        try:
            return _json(response.body) if start.startswith(b"{") else _xml(response.body)
        except (UpstreamChanged, UpstreamDown):
            if response.status == 200:
                raise
    if response.status != 200:
        text = "" if web_page else start.decode("utf-8", "replace")
        raise by_status(response.status, response.headers, text, operation, now)
    if not start:
        raise down("an empty body")
    if web_page:
        raise down("a web page instead of XML, as it does at times")
    raise changed("something that is not XML")


def _xml(body: bytes) -> Mapping[str, Any]:
    try:
        # Entities are refused, so that a few lines can not unfold to gigabytes.
        return _mapping(xmltodict.parse(body.lstrip(b" \t\r\n"), force_list=("item",)))
    except ExpatError as error:
        if ErrorString(error.code) in _CUT_OFF:
            raise down("XML that breaks off before its end") from None
        raise changed("XML that is not well-formed") from None
    except (ValueError, LookupError, RecursionError):
        raise changed("XML that is not safe to read or in an unknown encoding") from None


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(body))
    except (ValueError, RecursionError):
        raise changed("broken JSON instead of XML") from None


def _items(answer: Mapping[str, Any]) -> list[Any]:
    body = _mapping(answer.get("body"))
    if "items" not in body:
        raise changed("resultCode 00 without the element items")
    if not body["items"]:
        return []  # <items/> is how it says that there is nothing (seen October 2026)
    found = _mapping(body["items"]).get("item")
    items = cast("list[Any]", found) if isinstance(found, list) else [found]
    count = _text(body.get("totalCount"))
    if count.isdecimal() and int(count[:9]) > len(items):
        raise changed(f"{len(items)} of {count[:9]} rows: answers were never in pages before")
    return items


def _page(items: list[Any], operation: Operation, remaining: int | None) -> Page:
    page = Page([], [], remaining=remaining)
    for item in items:
        fields = _mapping(item)
        figures = tuple(_figure(fields, name) for name in operation.measures)
        year = _text(fields.get("year"))
        country = _text(fields.get("statCd")) if operation.by_country else ""
        code = next((_text(fields[name]) for name in HS_FIELDS if name in fields), "") if operation.by_item else ""
        if TOTAL in (year, country, code):
            page.totals.append(Total(TOTAL, figures))
        elif NO_CODE in (country, code):
            page.totals.append(Total(_month(year), figures))
        else:
            if operation.by_country and not country:
                raise changed("a row without statCd")
            if operation.by_item and not re.fullmatch(r"[0-9]{2,10}", code):
                raise changed(f"a row with the HS code {shown(code, 20)!r}")
            page.rows.append(Row(_month(year), country, code, figures))
            if country:
                page.statCdCntnKor1.setdefault(country, _text(fields.get("statCdCntnKor1")))
            if code:
                page.statKor.setdefault(code, _text(fields.get("statKor")))
    return page


def _month(text: str) -> str:
    """`2016.01` as documented; `201601` is how other operations of the service write it."""
    found = re.fullmatch(r"([0-9]{4})[.-]?(0[1-9]|1[0-2])", text)
    if found is None:
        raise changed(f"a row with the month {shown(text, 20)!r}")
    return f"{found[1]}.{found[2]}"


def _figure(fields: Mapping[str, Any], name: str) -> int | None:
    """A figure: whole, perhaps with thousands commas and blanks; None where the element is empty or holds a dash."""
    if name not in fields:
        raise changed(f"a row without {name}")
    text = _text(fields[name])
    plain = "".join(text.split()).replace(",", "")
    if _PLAIN.fullmatch(plain):
        return int(plain)
    try:
        found = number(plain)
    except ValueError:
        found = 0.5  # no whole number either
    if isinstance(found, float):
        raise changed(f"the {name} {shown(text, 30)!r}")
    return found


def _code(value: Any) -> str:
    """A code of two digits; some answers leave out the leading zero."""
    text = _text(value)
    return text.zfill(2) if text.isdecimal() else text


def _text(value: Any) -> str:
    if isinstance(value, Mapping):  # an element with attributes
        value = cast("Mapping[str, Any]", value).get("#text")
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}

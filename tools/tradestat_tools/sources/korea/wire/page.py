"""What arrives, read into rows, with the service's total rows set apart."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, cast

from tradestat_tools.sources.korea.service import REMAINING, Operation
from tradestat_tools.sources.korea.wire.cells import Amount, Figures, figure
from tradestat_tools.sources.korea.wire.failures import by_code, by_status, changed, shown
from tradestat_tools.sources.korea.wire.rows import TOTAL, At, Repeats, Row, Total, settled
from tradestat_tools.sources.korea.wire.text import document_of, mapping, text_of
from tradestat_tools.upstream import Response

NO_CODE = "-"

OK = "00"
NO_DATA = "03"

HS_FIELDS = ("hsCd", "hsCode")
"""getNitemtradeList has the former, getItemtradeList the latter, for the same thing (seen October 2026)."""

DOLLARS = frozenset({"expDlr", "impDlr"})
"""Without these a row says nothing; a weight or a count that can not be read costs that cell alone."""

WEIGHTS = frozenset({"expWgt", "impWgt"})
"""Whole kilograms in what was recorded; decimals are taken all the same. Money and counts have none."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the service.

    Args:
        rows: without those that add up others.
        totals: those.
        statCdCntnKor1: the service's name for each country code.
        statKor: the service's name for each HS code.
        remaining: calls left for the day, if the service said so.
        unread: what stood in cells that can not be read.
        repeats: what became of rows that repeat each other.
    """

    rows: list[Row]
    totals: list[Total]
    statCdCntnKor1: dict[str, str] = field(default_factory=dict[str, str])
    statKor: dict[str, str] = field(default_factory=dict[str, str])
    remaining: int | None = None
    unread: dict[At, str] = field(default_factory=dict[At, str])
    repeats: Repeats = field(default_factory=Repeats)


def read_page(response: Response, operation: Operation, now: datetime.datetime) -> Page:
    """The rows of an answer, none if the service has none.

    Raises:
        TradestatError: whatever the service says instead of rows.
    """
    document = document_of(response, operation, now)
    gateway = document.get("OpenAPI_ServiceResponse")
    if gateway is not None:
        header = mapping(mapping(gateway).get("cmmMsgHeader"))
        message = " ".join(text_of(header.get(name)) for name in ("returnAuthMsg", "errMsg"))
        raise by_code(_code(header.get("returnReasonCode")), message, operation, now)
    answer = mapping(document.get("response"))
    header = mapping(answer.get("header"))
    code = _code(header.get("resultCode"))
    if response.status != 200 and code in ("", OK, NO_DATA):
        raise by_status(response.status, response.headers, "", operation, now)
    if not answer:
        raise changed(f"the root element {shown(next(iter(document), ''), 40)!r}")
    if code not in (OK, NO_DATA):
        raise by_code(code, text_of(header.get("resultMsg")), operation, now)
    left = response.headers.get(REMAINING, "").strip()
    items = _items(answer) if code == OK or mapping(answer.get("body")).get("items") else []
    if items and code == NO_DATA:
        raise changed(f"rows and resultCode {NO_DATA}, which means none")
    return _page(items, operation, int(left) if re.fullmatch(r"[0-9]{1,9}", left) else None)


def _items(answer: Mapping[str, Any]) -> list[Any]:
    body = mapping(answer.get("body"))
    if "items" not in body:
        raise changed("resultCode 00 without the element items")
    if not body["items"]:
        return []  # <items/> is how it says that there is nothing (seen October 2026)
    found = mapping(body["items"]).get("item")
    items = cast("list[Any]", found) if isinstance(found, list) else [found]
    count = text_of(body.get("totalCount"))
    if count.isdecimal() and int(count[:9]) > len(items):
        raise changed(f"{len(items)} of {count[:9]} rows: answers were never in pages before")
    return items


def _page(items: list[Any], operation: Operation, remaining: int | None) -> Page:
    page = Page([], [], remaining=remaining)
    for item in items:
        fields = mapping(item)
        year = text_of(fields.get("year"))
        country = text_of(fields.get("statCd")) if operation.by_country else ""
        code = next((text_of(fields[name]) for name in HS_FIELDS if name in fields), "") if operation.by_item else ""
        figures = _figures(fields, operation, (year, country, code), page.unread)
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
                page.statCdCntnKor1.setdefault(country, text_of(fields.get("statCdCntnKor1")))
            if code:
                page.statKor.setdefault(code, text_of(fields.get("statKor")))
    totals = list(dict.fromkeys(page.totals))
    rows, repeats = settled(page.rows, totals, operation.measures)
    return replace(page, rows=rows, totals=totals, repeats=repeats)


def _month(text: str) -> str:
    """`2016.01` as documented; `201601` is how other operations of the service write it."""
    found = re.fullmatch(r"([0-9]{4})[.-]?(0[1-9]|1[0-2])", text)
    if found is None:
        raise changed(f"a row with the month {shown(text, 20)!r}")
    return f"{found[1]}.{found[2]}"


def _figures(
    fields: Mapping[str, Any], operation: Operation, at: tuple[str, str, str], unread: dict[At, str]
) -> Figures:
    """The figures of a row; those that can not be read go to `unread`.

    Raises:
        UpstreamChanged: one has no element, or an amount of dollars can not be read.
    """
    found: list[Amount | None] = []
    for name in operation.measures:
        if name not in fields:
            raise changed(f"a row without {name}")
        text = text_of(fields[name])
        try:
            value = figure(text)
        except ValueError:
            value = Decimal("NaN")
        if isinstance(value, Decimal) and not (value.is_finite() and name in WEIGHTS):
            if name in DOLLARS:
                raise changed(f"the {name} {shown(text, 30)!r}")
            unread[(*at, name)] = shown(text, 30)
            value = None
        found.append(value)
    return tuple(found)


def _code(value: Any) -> str:
    """A code of two digits; some answers leave out the leading zero."""
    text = text_of(value)
    return text.zfill(2) if text.isdecimal() else text

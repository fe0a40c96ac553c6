"""What arrives, read into rows, with the service's total rows set apart."""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from tradestat_tools.sources.korea.service import REMAINING, Operation
from tradestat_tools.sources.korea.wire.cells import Amount, Figures, all_plain, figure
from tradestat_tools.sources.korea.wire.failures import by_code, by_status, changed, shown
from tradestat_tools.sources.korea.wire.rows import TOTAL, At, Repeats, Row, Total, settled
from tradestat_tools.sources.korea.wire.text import document_of, mapping, text_of
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.reading import ABSENT, Rows

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
    document, rows = document_of(response, operation, now)
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
    items = _items(answer, rows) if code == OK or mapping(answer.get("body")).get("items") else Rows()
    if items.count and code == NO_DATA:
        raise changed(f"rows and resultCode {NO_DATA}, which means none")
    return _page(items, operation, int(left) if re.fullmatch(r"[0-9]{1,9}", left) else None)


def _items(answer: Mapping[str, Any], rows: Rows | None) -> Rows:
    body = mapping(answer.get("body"))
    if "items" not in body:
        raise changed("resultCode 00 without the element items")
    if not body["items"]:
        return Rows()  # <items/> is how it says that there is nothing (seen October 2026)
    found = mapping(body["items"]).get("item")
    items = cast("list[Any]", found) if isinstance(found, list) else [found]
    if rows is None or rows.runs != len(items):  # JSON, or some are elsewhere
        rows = Rows()
        for item in items:
            rows.add(mapping(item))
    count = text_of(body.get("totalCount"))
    if count.isdecimal() and int(count[:9]) > rows.count:
        raise changed(f"{rows.count} of {count[:9]} rows: answers were never in pages before")
    return rows


def _page(items: Rows, operation: Operation, remaining: int | None) -> Page:
    page = Page([], [], remaining=remaining)
    nothing = [""] * items.count
    years = _texts(items, "year")
    countries = _texts(items, "statCd") if operation.by_country else nothing
    codes = _texts(items, *HS_FIELDS) if operation.by_item else nothing
    names = zip(_texts(items, "statCdCntnKor1"), _texts(items, "statKor"), strict=True)
    of_each = _figures(items, operation, list(zip(years, countries, codes, strict=True)), page.unread)
    for year, country, code, figures, (place, goods) in zip(years, countries, codes, of_each, names, strict=True):
        if TOTAL in (year, country, code):
            page.totals.append(Total(TOTAL, figures))
        elif NO_CODE in (country, code):
            page.totals.append(Total(_month(year), figures))
        else:
            if operation.by_country and not country:
                raise changed("a row without statCd")
            if operation.by_item and not _is_hs(code):
                raise changed(f"a row with the HS code {shown(code, 20)!r}")
            page.rows.append(Row(_month(year), country, code, figures))
            if country:
                page.statCdCntnKor1.setdefault(country, place)
            if code:
                page.statKor.setdefault(code, goods)
    totals = list(dict.fromkeys(page.totals))
    rows, repeats = settled(page.rows, totals, operation.measures)
    return replace(page, rows=rows, totals=totals, repeats=repeats)


def _texts(items: Rows, *names: str) -> list[str]:
    """A field of all rows as text, by the first of its names that a row has; each text is read and held once."""
    columns = [items.column(name) for name in names]
    found = columns[0]
    for other in columns[1:]:
        found = [after if first is ABSENT else first for first, after in zip(found, other, strict=True)]
    try:
        read = {one: "" if one is ABSENT else text_of(one) for one in set(found)}
        return [read[one] for one in found]
    except TypeError:  # an element with others in it
        return ["" if one is ABSENT else text_of(one) for one in found]


@lru_cache(maxsize=1024)
def _is_hs(code: str) -> bool:
    return re.fullmatch(r"[0-9]{2,10}", code) is not None


@lru_cache(maxsize=1024)
def _month(text: str) -> str:
    """`2016.01` as documented; `201601` is how other operations of the service write it."""
    found = re.fullmatch(r"([0-9]{4})[.-]?(0[1-9]|1[0-2])", text)
    if found is None:
        raise changed(f"a row with the month {shown(text, 20)!r}")
    return f"{found[1]}.{found[2]}"


def _figures(
    items: Rows, operation: Operation, at: Sequence[tuple[str, str, str]], unread: dict[At, str]
) -> list[Figures]:
    """The figures of each row; those that can not be read go to `unread`.

    Raises:
        UpstreamChanged: one has no element, or an amount of dollars can not be read.
    """
    columns = [items.column(name) for name in operation.measures]
    odd: list[int] = []
    for which, column in enumerate(columns):
        if all_plain(column):
            columns[which] = list(map(int, column))
        else:
            odd.append(which)
    for row, place in enumerate(at) if odd else ():
        for which in odd:
            columns[which][row] = _figure(columns[which][row], operation.measures[which], place, unread)
    return list(zip(*columns, strict=True))


def _figure(value: Any, name: str, place: tuple[str, str, str], unread: dict[At, str]) -> Amount | None:
    if value is ABSENT:
        raise changed(f"a row without {name}")
    text = text_of(value)
    try:
        found = figure(text)
    except ValueError:
        found = Decimal("NaN")
    if isinstance(found, Decimal) and not (found.is_finite() and name in WEIGHTS):
        if name in DOLLARS:
            raise changed(f"the {name} {shown(text, 30)!r}")
        unread[(*place, name)] = shown(text, 30)
        return None
    return found


def _code(value: Any) -> str:
    """A code of two digits; some answers leave out the leading zero."""
    text = text_of(value)
    return text.zfill(2) if text.isdecimal() else text

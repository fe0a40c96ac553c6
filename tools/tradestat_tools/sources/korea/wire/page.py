"""What arrives, read into rows, with the service's total rows set apart."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from tradestat_tools.sources.korea.service import Operation
from tradestat_tools.sources.korea.wire.failures import REMAINING, by_code, by_status, changed, shown
from tradestat_tools.sources.korea.wire.text import document_of, mapping, text_of
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
    items = [] if code == NO_DATA else _items(answer)
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
        figures = tuple(_figure(fields, name) for name in operation.measures)
        year = text_of(fields.get("year"))
        country = text_of(fields.get("statCd")) if operation.by_country else ""
        code = next((text_of(fields[name]) for name in HS_FIELDS if name in fields), "") if operation.by_item else ""
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
    text = text_of(fields[name])
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
    text = text_of(value)
    return text.zfill(2) if text.isdecimal() else text

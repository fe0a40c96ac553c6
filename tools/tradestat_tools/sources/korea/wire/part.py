"""A question's rows out of the stored answer to a wider one: fewer months, one country, one code of a subheading."""

import datetime
from collections.abc import Collection, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from tradestat_tools.model.errors import TradestatError
from tradestat_tools.sources.korea.service import Operation
from tradestat_tools.sources.korea.wire.cells import present
from tradestat_tools.sources.korea.wire.page import HS_FIELDS, NO_CODE, OK, Page, read_page
from tradestat_tools.sources.korea.wire.rows import TOTAL, Repeats, Row, agree
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.request import Taken

SUMMED = f"Its total ({TOTAL}) is the sum of these rows; that of the wider question is the sum of all of its rows."


def take(
    response: Response,
    *,
    operation: Operation,
    now: datetime.datetime,
    months: Collection[str],
    hs: str,
    country: str,
    is_open: bool,
) -> Taken | None:
    """The rows of some months, of one country and of one code, where these are given; "" leaves all.

    None where the wider answer does not add up to its total, repeats rows or can not be read in part: then there is
    no saying what the service would add up here.

    Args:
        is_open: whether the wider question left open what is picked here, so that what is not in it may still be
            there if it is asked for by name.
    """
    try:
        page = read_page(response, operation, now)
    except TradestatError:
        return None
    adds_up = not page.totals or agree(page.totals, page.rows, operation.measures)
    if page.unread or page.repeats != Repeats() or not adds_up or any(one.year != TOTAL for one in page.totals):
        return None
    rows = [row for row in page.rows if row.year in months and country in ("", row.statCd) and hs in ("", row.hsCd)]
    if not rows and is_open:
        return None
    said = SUMMED if rows and page.totals else ""
    return Taken(Response(200, response.headers, _written(page, rows, operation)), not rows, said)


def _written(page: Page, rows: Sequence[Row], operation: Operation) -> bytes:
    """Rows as the service writes them, with their total where the wider answer has one."""

    def item(row: Row, country: str, code: str) -> str:
        """One row; `country` and `code` are the service's names."""
        fields = {"year": row.year}
        if operation.by_country:
            fields |= {"statCd": row.statCd, "statCdCntnKor1": country}
        if operation.by_item:
            fields |= {HS_FIELDS[0]: row.hsCd, "statKor": code}
        for name, value in zip(operation.measures, row.figures, strict=True):
            fields[name] = NO_CODE if value is None else f"{Decimal(value):f}"
        return f"<item>{''.join(f'<{name}>{escape(text)}</{name}>' for name, text in fields.items())}</item>"

    items = [item(row, page.statCdCntnKor1.get(row.statCd, ""), page.statKor.get(row.hsCd, "")) for row in rows]
    if rows and page.totals:
        sums = present([row.figures for row in rows], len(operation.measures))
        items.append(item(Row(TOTAL, NO_CODE, NO_CODE, sums), NO_CODE, NO_CODE))
    body = f"<items>{''.join(items)}</items>" if items else "<items/>"
    head = f"<header><resultCode>{OK}</resultCode><resultMsg/></header>"
    return f'<?xml version="1.0" encoding="UTF-8"?><response>{head}<body>{body}</body></response>'.encode()

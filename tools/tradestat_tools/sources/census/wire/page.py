"""What arrives: a list of lists of strings, read by its header; and what the service says instead.

Seen in 2026 but where a year stands. Parameters are echoed as columns, a second time where they are asked for as well.
Rows are in no order. What is not there is 204 without a body.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tradestat_tools.codes.periods import Period
from tradestat_tools.model.errors import (
    QuotaExhausted,
    RateLimited,
    TooLarge,
    TradestatError,
    Unauthorized,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.census.service import GET_A_KEY, KEY_ERROR, LOCATION, SERVICE, SOURCE_ID, TIME, VARIABLE
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.failures import CHANGED_REMEDY, Failures, Words, retry_after
from tradestat_tools.upstream.reading import json_of, one_line

LESS = "Ask for less: fewer months, one partner, a longer product code or a higher level."

FAILURES = Failures(
    SOURCE_ID,
    {
        Unauthorized: Words(f"{SERVICE} does not accept the key (HTTP {{status}}).", f"Check {VARIABLE}. {GET_A_KEY}"),
        QuotaExhausted: Words(f"{SERVICE} asks for a payment (HTTP {{status}}).", CHANGED_REMEDY),
        RateLimited: Words(
            f"{SERVICE} was asked too often in a short time (HTTP {{status}}).",
            "Wait a minute, then ask again.",
            "Wait {wait} s, then ask again.",
        ),
        UpstreamDown: Words(f"{SERVICE} failed (HTTP {{status}}).", "Try again in a few minutes."),
        UpstreamRefused: Words(
            f"{SERVICE} refused the request (HTTP {{status}}).{{said}}", "Change the arguments, then call again."
        ),
        UpstreamChanged: Words(f"{SERVICE} answered HTTP {{status}} without rows.", CHANGED_REMEDY),
    },
    dict.fromkeys(
        range(300, 400), Words(f"{SERVICE} sends elsewhere (HTTP {{status}}) instead of answering.", CHANGED_REMEDY)
    ),
)

TOO_LARGE = "error while running your query"
"""With HTTP 500, of two years of all codes of ten digits, for one."""

UNKNOWN_VARIABLE = "unknown variable"

_INVALID = re.compile(r"invalid[ _]key", re.IGNORECASE)
_OF_KEY = re.compile(r"(missing|invalid)[ _]key", re.IGNORECASE)
_LIKE_A_KEY = re.compile(r"[A-Za-z0-9+/=%_-]{32,}")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: where each column stands, and the rows; nothing of either where there is none."""

    columns: dict[str, int]
    rows: list[list[str]]

    def column(self, name: str) -> Iterator[str]:
        """A column's cells.

        Raises:
            UpstreamChanged: there is none of that name.
        """
        at = self.columns.get(name)
        if at is None and self.rows:
            raise changed(f"an answer without the column {name}")
        return (row[at or 0] for row in self.rows)


def changed(what: str) -> TradestatError:
    """The failure of an answer that is not as it was seen."""
    return FAILURES.error(
        UpstreamChanged, f"{SERVICE} answered with {what}; expected was a list of rows, all of strings."
    )


def read_page(response: Response, *, now: datetime.datetime) -> Page:
    """The rows of an answer, none where the service has nothing.

    Raises:
        TradestatError: whatever the service says instead of rows.
    """
    if response.status == 204:
        return Page({}, [])
    if response.status != 200:
        raise _failure(response, now)
    found = _json(response)
    if not isinstance(found, list) or not found:
        raise changed("something else")
    head, *rows = cast("list[Any]", found)
    if not _is_row(head) or not head or None in head:
        raise changed("no header")
    width = len(head)
    read: list[list[str]] = []
    for row in rows:
        if not _is_row(row) or len(row) != width:
            raise changed("a row that does not fit its header")
        read.append([cell or "" for cell in row])
    return Page(_columns(head, read), read)


def read_variables(response: Response, *, now: datetime.datetime) -> dict[str, str]:
    """The label of each variable of a data set.

    Raises:
        TradestatError: whatever the service says instead.
    """
    if response.status != 200:
        raise _failure(response, now)
    found = _json(response)
    listed: Any = cast("dict[str, Any]", found).get("variables") if isinstance(found, dict) else None
    if not isinstance(listed, dict) or not listed:
        raise changed("no list of variables")
    labels: dict[str, str] = {}
    for name, one in cast("dict[str, Any]", listed).items():
        label = cast("dict[str, Any]", one).get("label") if isinstance(one, dict) else None
        if not isinstance(label, str):
            raise changed("a variable without a label")
        labels[name] = one_line(label, 200)
    return labels


def _json(response: Response) -> Any:
    body = response.body.lstrip()
    if not body:
        raise FAILURES.error(UpstreamDown, f"{SERVICE} answered with nothing.")
    if body.startswith(b"<"):
        if said := _OF_KEY.search(body[:2000].decode("utf-8", "replace")):
            raise _key_error(said[0])
        raise FAILURES.error(UpstreamDown, f"{SERVICE} answered with a web page.")
    if TOO_LARGE.encode() in body[:400]:
        raise _too_large()
    try:
        return json_of(response.body)
    except RecursionError:
        raise changed("JSON nested beyond reason") from None
    except ValueError:
        raise FAILURES.error(UpstreamDown, f"{SERVICE} answered with JSON that can not be read.") from None


def _is_row(row: object) -> bool:
    return isinstance(row, list) and all(cell is None or isinstance(cell, str) for cell in cast("list[object]", row))


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Where each column stands; one that is echoed a second time must say the same.

    Raises:
        UpstreamChanged: it does not.
    """
    found: dict[str, int] = {}
    for at, name in enumerate(head):
        first = found.setdefault(name, at)
        if first != at and any(row[first] != row[at] for row in rows):
            raise changed(f"two columns {one_line(name, 40)} that differ")
    return found


def _failure(response: Response, now: datetime.datetime) -> TradestatError:
    status, wait = response.status, retry_after(response.headers, now)
    if 300 <= status < 400:
        where = response.headers.get(LOCATION, "")
        if response.headers.get(KEY_ERROR) or _OF_KEY.search(where):
            return _key_error(where)
        return FAILURES.of(status)
    said = response.body[:2000].decode("utf-8", "replace").strip()
    if status == 500 and TOO_LARGE in said:
        return _too_large()
    if said.startswith("<") or status != 400:
        return FAILURES.of(status, wait=wait)
    words = one_line(_LIKE_A_KEY.sub("…", said), 160)
    if UNKNOWN_VARIABLE in words:
        text = f"{SERVICE} no longer knows a variable that is asked for (HTTP 400): {words}"
        return FAILURES.error(UpstreamChanged, text)
    return FAILURES.of(status, f"It says: {words}" if words else "", wait=wait)


def _key_error(said: str) -> TradestatError:
    what = "says that the key is not valid" if _INVALID.search(said) else "found no key in the request"
    remedy = f"Check that {VARIABLE} is the whole key, and that the link in the e-mail was clicked. {GET_A_KEY}"
    return FAILURES.error(Unauthorized, f"{SERVICE} {what}.", remedy=remedy)


def _too_large() -> TooLarge:
    return TooLarge(
        f"{SERVICE} could not run the query, which is what it says of questions that are too large.",
        remedy=f"{LESS} If it is small already, try again in a few minutes.",
        source=SOURCE_ID,
    )


def amount(text: str) -> int | None:
    """A whole number as it is written; None where the cell is empty.

    Raises:
        UpstreamChanged: it is none.
    """
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise changed(f"the figure {one_line(text, 30)!r}")
    return int(text)


def months_of(page: Page) -> list[Period]:
    """The month of each row.

    Raises:
        UpstreamChanged: it is none.
    """
    known: dict[str, Period] = {}
    found: list[Period] = []
    for text in page.column(TIME):
        month = known.get(text)
        if month is None:
            parts = _MONTH.fullmatch(text)
            if parts is None:
                raise changed(f"the month {one_line(text, 20)!r}")
            month = known[text] = Period(int(parts[1]), "month", int(parts[2]))
        found.append(month)
    return found

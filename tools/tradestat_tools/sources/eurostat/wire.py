"""What arrives: SDMX-CSV, faults as XML or JSON, and notes that an answer is being prepared.

Seen in recorded answers of 2026: lines end with CRLF; there are no flags; quantities have two decimals, values none; a
body ends with a line break. Large bodies come gzipped without a header that says so. HTTP 200 brings an envelope
instead of rows where an answer is queued.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, cast
from xml.parsers.expat import ExpatError

from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.words import CodeError, visible
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
from tradestat_tools.sources.eurostat.codes import current
from tradestat_tools.sources.eurostat.service import POLICY, SERVICE, SOURCE_ID
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.failures import CHANGED_REMEDY, Failures, Words, retry_after
from tradestat_tools.upstream.reading import LARGEST, first_text, gunzipped, json_of, named, one_line, xml_of

COLUMNS = ("freq", "reporter", "partner", "product", "flow", "indicators", "TIME_PERIOD", "OBS_VALUE")
UPDATED = "LAST UPDATE"

MISSING = frozenset({"", ":", "NaN"})

FAILURES = Failures(
    SOURCE_ID,
    {
        Unauthorized: Words(
            f"{SERVICE} denies access (HTTP {{status}}).{{said}}",
            "It needs no key: see whether a proxy stands between, and what TRADESTAT_EUROSTAT_URL is.",
        ),
        QuotaExhausted: Words(f"{SERVICE} wants payment (HTTP {{status}}).{{said}}", CHANGED_REMEDY),
        RateLimited: Words(
            f"{SERVICE} was asked too often in a short time (HTTP {{status}}).{{said}}",
            "Wait a minute, then ask again.",
            "Wait {wait} s, then ask again.",
        ),
        UpstreamDown: Words(f"{SERVICE} failed (HTTP {{status}}).{{said}}", "Try again in a few minutes."),
        UpstreamRefused: Words(
            f"{SERVICE} refused the question (HTTP {{status}}).{{said}}", "Change the arguments, then call again."
        ),
        UpstreamChanged: Words(f"{SERVICE} answered HTTP {{status}} without rows.{{said}}", CHANGED_REMEDY),
        TooLarge: Words("", "Ask for fewer partners, products or periods, or one flow."),
    },
)

ARITY, VALUE = "140", "150"
"""Faults: not as many dimensions as the data set has; a value that a dimension does not have."""


class NotAllowed(UpstreamRefused):
    """A value that a dimension does not have.

    Args:
        values: by dimension, as the service names them: {"partner": "XX"}.
    """

    kind = "UpstreamRefused"

    def __init__(self, message: str, *, remedy: str, values: Mapping[str, str]) -> None:
        super().__init__(message, remedy=remedy, source=SOURCE_ID)
        self.values = values


class Key(NamedTuple):
    """What a figure is of; sums under the names of today, `when` as the service writes it."""

    reporter: str
    partner: str
    product: str
    flow: str
    when: str


Figures = dict[str, Decimal | None]
"""The figures of a cell by indicator; None is one that the service gave no value of."""


@dataclass(frozen=True, slots=True)
class Page:
    """The cells of an answer.

    Args:
        freqs: the frequencies of its rows.
        updated: the day on which the data set was brought up to date; None of an answer without rows.
        unsettled: cells and indicators that came twice with different figures, which are left out.
    """

    cells: dict[Key, Figures]
    freqs: frozenset[str]
    updated: date | None
    unsettled: tuple[tuple[Key, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Queued:
    """That the answer is being prepared, or has been: its number, and how far it is."""

    id: str
    state: str


def read_data(response: Response, now: datetime) -> Page | Queued:
    """The rows of an answer, or that they are being prepared.

    Raises:
        TradestatError: whatever the service says instead; NotAllowed names the values that it does not have.
    """
    body = unpacked(response.body)
    if response.status == 200 and not body.startswith((b"<", b"{")):
        return _page(body)
    queued = _queued(_document(body, response, now))
    if not queued.id:
        raise changed("something else than rows")
    return queued


def read_state(response: Response, now: datetime) -> Queued:
    """How far an answer is that is being prepared. The form is assumed to be that of the envelope.

    Raises:
        TradestatError: whatever the service says instead.
    """
    body = unpacked(response.body)
    if response.status == 200 and not body.startswith((b"<", b"{")):
        raise changed("something else than how far an answer is")
    return _queued(_document(body, response, now))


def read_structure(response: Response, now: datetime) -> dict[str, tuple[str, ...]]:
    """The codes of each dimension of a data set, by its constraint.

    Raises:
        TradestatError: whatever the service says instead.
    """
    found = _document(unpacked(response.body), response, now)
    codes: dict[str, tuple[str, ...]] = {}
    for region in (one for held in named(found, "KeyValue") for one in _listed(held)):
        values = (text for value in named(region, "Value") for text in _listed(value))
        codes[str(region["@id"])] = tuple(text for text in values if isinstance(text, str))
    if "reporter" not in codes or "partner" not in codes:
        raise changed("a constraint without reporters and partners")
    return codes


_BLANKS = b" \t\r\n"


def unpacked(body: bytes) -> bytes:
    """A body, unpacked where it came gzipped, within the bound that bodies have.

    Raises:
        TooLarge: it would be larger.
        UpstreamDown: it breaks off.
    """
    whole = gunzipped(body, POLICY.max_body)
    if whole is None:
        raise down("gzip that breaks off or can not be unpacked")
    if len(whole) > POLICY.max_body:
        raise FAILURES.error(TooLarge, f"{SERVICE} sent more than {POLICY.max_body >> 20} MB.")
    body = whole.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANKS)
    # Blank lines that a gateway puts around a body say nothing; a last line without its end says that it was cut off.
    end = body[len(body.rstrip(_BLANKS)) :]
    return body.rstrip(_BLANKS) + (b"\r\n" if b"\n" in end else b"")


def changed(what: str) -> TradestatError:
    """The failure of an answer that is not as it was seen."""
    return FAILURES.error(UpstreamChanged, f"{SERVICE} answered with {what}; expected was SDMX-CSV.")


def down(what: str) -> TradestatError:
    """The failure of an answer that is none."""
    return FAILURES.error(UpstreamDown, f"{SERVICE} answered with {what}.", remedy="Try again in a few minutes.")


# Rows


def _page(body: bytes) -> Page:
    try:
        text = visible(body.rstrip(b" ").decode("utf-8"))
    except ValueError:
        raise changed("text that is not UTF-8") from None
    if not text.strip():
        raise down("an empty body")
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        header = next(lines)
    except csv.Error:
        raise changed("text that is no CSV") from None
    at = {name.strip(): place for place, name in enumerate(header)}
    if lacking := [name for name in COLUMNS if name not in at]:
        raise changed(f"a header without {', '.join(lacking)}")
    if not text.endswith("\n"):
        raise down("rows that break off before their end")
    return _cells(lines, at, len(header))


def _cells(lines: "Iterator[list[str]]", at: Mapping[str, int], width: int) -> Page:
    cells: dict[Key, Figures] = {}
    freqs: set[str] = set()
    updated: str = ""
    unsettled: dict[tuple[Key, str], None] = {}
    where = [at[name] for name in COLUMNS]
    try:
        for line in lines:
            if len(line) != width:
                raise changed(f"a row of {len(line)} cells under a header of {width}")
            freq, reporter, partner, product, flow, indicator, when, value = (line[place].strip() for place in where)
            key = Key(current(reporter), current(partner), product, flow, when)
            figure = _figure(value)
            freqs.add(freq)
            figures = cells.setdefault(key, {})
            if indicator in figures and figures[indicator] != figure:
                unsettled[key, indicator] = None
            figures[indicator] = figure
            updated = line[at[UPDATED]] if UPDATED in at else updated
    except csv.Error:
        raise changed("rows that are no CSV") from None
    for key, indicator in unsettled:
        cells[key][indicator] = None
    return Page(cells, frozenset(freqs), _day(updated), tuple(unsettled))


def _figure(text: str) -> Decimal | None:
    if text in MISSING:
        return None
    try:
        figure = Decimal(text)
    except InvalidOperation:
        raise changed(f"the figure {one_line(text, 30)!r}") from None
    if not figure.is_finite() or abs(figure) >= LARGEST:
        raise changed(f"the figure {one_line(text, 30)!r}")
    return figure


def _day(text: str) -> date | None:
    """`14/08/26 11:00:00` as a day; None of other forms, which is no failure of the figures."""
    try:
        return datetime.strptime(text.strip()[:8], "%d/%m/%y").date()  # noqa: DTZ007 - a day in Brussels
    except ValueError:
        return None


def period_of(when: str) -> Period:
    """A year or month as the service writes it.

    Raises:
        UpstreamChanged: neither.
    """
    found = re.fullmatch(r"([0-9]{4})(?:-(0[1-9]|1[0-2]))?", when)
    try:
        if found:
            return Period(int(found[1]), "month", int(found[2])) if found[2] else Period(int(found[1]))
    except CodeError:
        pass
    raise changed(f"the period {one_line(when, 20)!r}")


# What is not rows


def _document(body: bytes, response: Response, now: datetime) -> Any:
    """XML or JSON that is no failure.

    Raises:
        TradestatError: the failure it says, or that its status does.
    """
    start = body.lstrip()[:200].lower()
    found: Any = None
    if start.startswith((b"<", b"{")) and not start.startswith((b"<!doctype html", b"<html")):
        try:
            found = json_of(body) if start.startswith(b"{") else xml_of(body)[0]
        except (ValueError, LookupError, RecursionError, ExpatError):
            if response.status == 200:
                raise changed("XML or JSON that can not be read") from None
    for fault in named(found, "Fault"):
        raise _refusal(first_text(fault, "faultcode"), first_text(fault, "faultstring"), response, now)
    for error in named(found, "error"):
        raise _refusal(first_text(error, "id"), first_text(error, "label"), response, now)
    if response.status != 200:
        said = "" if start.startswith((b"<", b"{")) else one_line(start.decode("utf-8", "replace"), 120)
        raise FAILURES.of(response.status, said, wait=retry_after(response.headers, now))
    if found is None:
        raise down("a web page instead of rows")
    return found


_VALUES = re.compile(r"([A-Za-z_]+)=([A-Za-z0-9_+,; -]*)")


def _refusal(code: str, said: str, response: Response, now: datetime) -> TradestatError:
    """The error that a fault stands for."""
    words = one_line(said, 300)
    if "EXTRACTION_TOO_BIG" in said or code == "413":
        return FAILURES.error(TooLarge, f"{SERVICE} refused the question as too large. It says: {words}")
    if code == VALUE or "INVALID_QUERY_DIMENSION_VALUE" in said:
        values = {name.lower(): text.strip(" ,;") for name, text in _VALUES.findall(said.partition("not allowed:")[2])}
        return NotAllowed(
            f"{SERVICE} does not have a code that was asked for (fault 150). It says: {words}",
            remedy='Look the code up with eu_reference(list="partners" or "products"), then call again.',
            values=values,
        )
    if code == ARITY or "NOT_FOUND" in said or response.status == 404:
        return FAILURES.error(
            UpstreamChanged, f"{SERVICE} is not built as assumed (fault {one_line(code, 10)}). It says: {words}"
        )
    status = response.status if response.status != 200 else int(code) if re.fullmatch(r"[45][0-9]{2}", code) else 400
    return FAILURES.of(status, words, wait=retry_after(response.headers, now))


def _queued(found: Any) -> Queued:
    """The number and the state of an answer that is prepared, wherever in the envelope they stand."""
    number = first_text(found, "id")
    states = [one.strip().upper() for one in named(found, "status") if isinstance(one, str)]
    if not states or not re.fullmatch(r"[A-Za-z0-9-]{0,64}", number):
        raise changed("something else than rows")
    return Queued(number, states[-1])


def _listed(found: Any) -> list[Any]:
    return cast("list[Any]", found) if isinstance(found, list) else [found]

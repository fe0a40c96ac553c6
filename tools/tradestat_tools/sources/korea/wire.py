"""What arrives: XML (its gateway also answers in JSON), read into rows, with the service's total rows set apart."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast
from xml.parsers.expat import ErrorString, ExpatError

from tradestat_tools.model.errors import (
    QuotaExhausted,
    RateLimited,
    TradestatError,
    Unauthorized,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.korea.calendar import until_midnight
from tradestat_tools.sources.korea.service import POLICY, REMAINING, VARIABLE, Operation
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.failures import CHANGED_REMEDY, Failures, Words, retry_after
from tradestat_tools.upstream.reading import json_of, number, one_line, xml_of

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
        raise _changed(f"the root element {shown(next(iter(document), ''), 40)!r}")
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
        raise _down("an empty body")
    if web_page:
        raise _down("a web page instead of XML, as it does at times")
    raise _changed("something that is not XML")


def _xml(body: bytes) -> Mapping[str, Any]:
    try:
        return _mapping(xml_of(body, lists=("item",)))
    except ExpatError as error:
        if ErrorString(error.code) in _CUT_OFF:
            raise _down("XML that breaks off before its end") from None
        raise _changed("XML that is not well-formed") from None
    except (ValueError, LookupError, RecursionError):
        raise _changed("XML that is not safe to read or in an unknown encoding") from None


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        return _mapping(json_of(body))
    except (ValueError, RecursionError):
        raise _changed("broken JSON instead of XML") from None


def _items(answer: Mapping[str, Any]) -> list[Any]:
    body = _mapping(answer.get("body"))
    if "items" not in body:
        raise _changed("resultCode 00 without the element items")
    if not body["items"]:
        return []  # <items/> is how it says that there is nothing (seen October 2026)
    found = _mapping(body["items"]).get("item")
    items = cast("list[Any]", found) if isinstance(found, list) else [found]
    count = _text(body.get("totalCount"))
    if count.isdecimal() and int(count[:9]) > len(items):
        raise _changed(f"{len(items)} of {count[:9]} rows: answers were never in pages before")
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
                raise _changed("a row without statCd")
            if operation.by_item and not re.fullmatch(r"[0-9]{2,10}", code):
                raise _changed(f"a row with the HS code {shown(code, 20)!r}")
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
        raise _changed(f"a row with the month {shown(text, 20)!r}")
    return f"{found[1]}.{found[2]}"


def _figure(fields: Mapping[str, Any], name: str) -> int | None:
    """A figure: whole, perhaps with thousands commas and blanks; None where the element is empty or holds a dash."""
    if name not in fields:
        raise _changed(f"a row without {name}")
    text = _text(fields[name])
    plain = "".join(text.split()).replace(",", "")
    if _PLAIN.fullmatch(plain):
        return int(plain)
    try:
        found = number(plain)
    except ValueError:
        found = 0.5  # no whole number either
    if isinstance(found, float):
        raise _changed(f"the {name} {shown(text, 30)!r}")
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


FAILURES = Failures(
    POLICY.source,
    {
        QuotaExhausted: Words(
            "The calls of the day are used up (HTTP {status}).",
            "The count starts anew at midnight in Seoul. More calls a day can be applied for at data.go.kr.",
        ),
        RateLimited: Words(
            f"{POLICY.service} was asked too often in a short time (HTTP {{status}}).",
            "Wait a minute, then ask again.",
            "Wait {wait} s, then ask again.",
        ),
        UpstreamDown: Words(f"{POLICY.service} failed (HTTP {{status}}).", "Try again in a few minutes."),
        UpstreamRefused: Words(
            f"{POLICY.service} refused the request (HTTP {{status}}).", "Change the arguments, then call again."
        ),
        UpstreamChanged: Words(f"{POLICY.service} answered HTTP {{status}} without rows.", CHANGED_REMEDY),
    },
    dict.fromkeys(
        range(300, 400),
        Words(f"{POLICY.service} sends elsewhere (HTTP {{status}}) instead of answering.", CHANGED_REMEDY),
    ),
)
"""What the service's failures are called, but for those that name the operation: see `by_status`."""

_CODES: Mapping[str, tuple[type[TradestatError], str]] = {
    "01": (UpstreamDown, "reports an application error of its own"),
    "02": (UpstreamDown, "reports a database error of its own"),
    "04": (UpstreamDown, "reports an HTTP error of its own"),
    "05": (UpstreamDown, "reports a time-out of its own"),
    "10": (UpstreamRefused, "holds a parameter for invalid"),
    "11": (UpstreamRefused, "misses a required parameter"),
    "99": (UpstreamDown, "reports an error that it does not name"),
}

# Code 99 stands for bad input and for passing faults alike; its message tells which. Words of the messages for bad
# input (seen May and October 2026), without their blanks, and what they mean.
_BAD_INPUT = {
    "1년이내": "the span is longer than 12 months",
    "크거나같아야": "the last month lies before the first",
    "형식이맞지": "a month is not written YYYYMM",
    "존재하지않는국가코드": "it does not know the country code",
    "10자리": "the HS code does not have 2, 4, 6 or 10 digits",
    "품목코드혹은국가코드": "neither an HS code nor a country was given",
    "누락": "a required parameter is missing",
}

# A key that was never applied for here is answered with code 30, like a mistyped one (seen September and October 2026).
_KEY_REFUSALS = {
    "20": ("denies this key access", "With the account of the key, {apply}."),
    "21": ("has disabled the key for the time being", "See the key's state in the account at data.go.kr."),
    "30": (
        "does not know the key for this data set",
        f"Check that {VARIABLE} is the whole key as the portal shows it, in either form, and {{apply}}.",
    ),
    "31": ("says that the key has expired", "Extend its use at {page}."),
    "32": (
        "does not accept the key from this network address",
        "Register the address in the account at data.go.kr, or ask from a registered one.",
    ),
    "33": ("takes the call for an unsigned one", f"Check that {VARIABLE} holds the whole key."),
}
_NO_KEY = ("did not find a key in the request", f"Check that {VARIABLE} holds the whole key.")


def _changed(what: str) -> TradestatError:
    expected = "expected was XML with response/header/resultCode and response/body/items/item"
    return FAILURES.error(UpstreamChanged, f"{POLICY.service} answered with {what}; {expected}.")


def _down(what: str) -> TradestatError:
    return FAILURES.error(UpstreamDown, f"{POLICY.service} answered with {what}.")


def by_code(code: str, message: str, operation: Operation, now: datetime.datetime) -> TradestatError:
    """The error that a code of the service or of its gateway stands for; "" and unknown codes are a changed service."""
    if code == "22":
        return _used_up(operation, "code 22", now)
    if code in _KEY_REFUSALS:
        what, remedy = _NO_KEY if code == "20" and "NULL" in message.upper() else _KEY_REFUSALS[code]
        page = operation.portal_page
        apply = f"apply for its use at {page} (each data set needs an application of its own)"
        text = f"{POLICY.service} {what}: {operation.name}, code {code}."
        return FAILURES.error(Unauthorized, text, remedy=remedy.format(apply=apply, page=page))
    if code == "12":
        text = f"{operation.name} is no longer at {operation.path} (code 12: no such service, or withdrawn)."
        return FAILURES.error(UpstreamChanged, text)
    said = f" It says: {shown(message)}." if shown(message) else ""
    kind, what = _CODES.get(code, (UpstreamChanged, ""))
    if code == "99":
        words = message.replace(" ", "")
        if meaning := next((meaning for part, meaning in _BAD_INPUT.items() if part in words), None):
            kind, what = UpstreamRefused, f"refused the question: {meaning}"
    if not what:
        return FAILURES.error(kind, f"{POLICY.service} answered with the unknown code {shown(code) or '(none)'}.{said}")
    return FAILURES.error(kind, f"{POLICY.service} {what} (code {code}).{said}")


def by_status(
    status: int, headers: Mapping[str, str], text: str, operation: Operation, now: datetime.datetime
) -> TradestatError:
    """The error that a bare HTTP status stands for.

    Args:
        text: the body, where it is plain text; looked at, never shown.
    """
    if status in (401, 403):
        return FAILURES.error(
            Unauthorized,
            f"{POLICY.service} does not accept the key for {operation.name} (HTTP {status}).",
            remedy=f"Check {VARIABLE}, and that its use was applied for at {operation.portal_page}: each of the "
            "service's data sets needs an application of its own.",
        )
    if status == 429 and (headers.get(REMAINING, "").strip() == "0" or "quota" in text.lower()):
        return _used_up(operation, "HTTP 429", now)
    if status == 404:
        return FAILURES.error(UpstreamChanged, f"There is nothing at {operation.path} (HTTP 404).")
    return FAILURES.of(status, wait=retry_after(headers, now))


def _used_up(operation: Operation, how: str, now: datetime.datetime) -> TradestatError:
    text = f"The calls of the day for {operation.name} are used up ({how})."
    return FAILURES.error(QuotaExhausted, text, wait=until_midnight(now))


def shown(text: str, limit: int = 120) -> str:
    """Foreign text as an error may quote it: one line, bounded, and without anything that could be a key."""
    return one_line(_LIKE_A_KEY.sub("…", text[: 4 * limit]), limit).rstrip(" .")


_LIKE_A_KEY = re.compile(r"[A-Za-z0-9+/=%_-]{32,}")

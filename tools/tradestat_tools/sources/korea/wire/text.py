"""The body of an answer as mappings and rows: XML, in either Korean encoding; the gateway also answers in JSON."""

import datetime
import re
from collections.abc import Mapping
from typing import Any, cast
from xml.parsers.expat import ErrorString, ExpatError

from tradestat_tools.model.errors import UpstreamChanged, UpstreamDown
from tradestat_tools.sources.korea.service import Operation
from tradestat_tools.sources.korea.wire.failures import by_status, changed, down
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.reading import Rows, json_of, xml_of

_CUT_OFF = frozenset({"no element found", "unclosed token", "unclosed CDATA section", "partial character"})

_EUC_KR = frozenset({"euckr", "ksc56011987", "ksc5601", "cp949", "ms949", "uhc", "windows949", "xwindows949"})
"""Names of the encoding that Korean services had before UTF-8, without their marks; code page 949 holds them all."""

_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^"';\s]{1,40})""", re.IGNORECASE)
_HANGUL = re.compile("[\uac00-\ud7a3]")


Document = tuple[Mapping[str, Any], Rows | None]
"""The body as nested mappings; of XML its rows apart."""


def document_of(response: Response, operation: Operation, now: datetime.datetime) -> Document:
    """What the body says.

    Raises:
        TradestatError: it is neither XML nor JSON; of a failed status, what that status means.
    """
    body = response.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    start = body[:1024].lower()
    web_page = start.startswith((b"<!doctype html", b"<html"))  # the content type is no guide
    if start.startswith((b"<", b"{")) and not web_page:
        try:
            body, encoding = _in_utf8(body, response)
            return (_json(body), None) if start.startswith(b"{") else _xml(body, encoding)
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


def _in_utf8(body: bytes, response: Response) -> tuple[bytes, str | None]:
    """The body in UTF-8, whichever of the two it came in; None as its encoding where that is for the XML parser to say.

    The service says UTF-8 and means it (seen October 2026). EUC-KR is read all the same, said or not: UTF-8 is known
    by its bytes, which are hardly ever so by chance, and then hold no Hangul.
    """
    said = [found[1].decode("latin-1") for found in (_DECLARED.match(body),) if found]
    said += _CHARSET.findall(response.headers.get("content-type", ""))
    names = {"".join(char for char in name.lower() if char.isalnum()) for name in said}
    if names - _EUC_KR - {"utf8", "usascii"}:
        return body, None
    try:
        text = body.decode("utf-8")
    except ValueError:
        text = ""
    if text and (text.isascii() or not names & _EUC_KR or _HANGUL.search(text)):
        return body, "utf-8"
    try:
        return body.decode("cp949").encode("utf-8"), "utf-8"
    except ValueError:
        return body, None  # broken, or cut off within a character


def _xml(body: bytes, encoding: str | None) -> Document:
    try:
        found, rows = xml_of(body, row="item", encoding=encoding)
        return mapping(found), rows
    except ExpatError as error:
        if ErrorString(error.code) in _CUT_OFF:
            raise down("XML that breaks off before its end") from None
        raise changed("XML that is not well-formed") from None
    except (ValueError, LookupError, RecursionError):
        raise changed("XML that is not safe to read or in an unknown encoding") from None


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        return mapping(json_of(body, decimal=str))
    except (ValueError, RecursionError):
        raise changed("broken JSON instead of XML") from None


def text_of(value: Any) -> str:
    """An element's text without the blanks around it; "" where it is empty.

    What is no text, such as an element that comes twice, is not taken for an empty one.
    """
    if isinstance(value, Mapping):  # an element with attributes
        inner = cast("Mapping[str, Any]", value)
        value = inner.get("#text") if all(key.startswith(("@", "#")) for key in inner) else str(inner)
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)


def mapping(value: Any) -> Mapping[str, Any]:
    """What is inside an element; nothing where it holds text alone."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}

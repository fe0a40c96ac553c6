"""Scripted faults: what the stand-ins do wrong on request."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from tradestat_sandbox.services import STAND_INS

KINDS = {
    "cut": "the connection breaks in the middle of the true body",
    "reset": "the connection breaks before any response; over HTTP servers that answer 500, use cut",
    "truncated": "the true body ends half way, as if that were all",
    "empty": "HTTP 200 with no body",
    "html": "HTTP 200 with an HTML page",
    "wrong_schema": "well-formed JSON or XML of another service",
    "wrong_type": "JSON or XML of the right names and wrong types",
    "error_in_200": "the service's error envelope with HTTP 200",
    "oversized": "a body of `size` bytes that never becomes data",
    "gzip_bomb": "a small gzip body that unpacks to `size` bytes",
    "xml_bomb": "XML whose entities multiply to gigabytes",
}

_HTML = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>We'll be back soon</h1></body></html>"
_WRONG_SCHEMA = {"xml": "<unexpected><row>1</row></unexpected>", "json": '{"unexpected": [1, 2]}'}
_XML_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]><response>&j;</response>"
)
_PIECE = 65_536


@dataclass(slots=True)
class Fault:
    """One scripted fault.

    Args:
        source: one of the stand-ins or "*".
        endpoint: last part of the path, as `Sandbox.calls` names it, or "*".
        times: how many calls, -1 for all until reset.
        kind: a ready-made fault, see `KINDS`; others are built from what follows.
        status: HTTP status instead of the true one.
        headers: extra response headers, such as Retry-After.
        body: body instead of the true one; a dict or list is sent as JSON.
        delay: seconds before the first byte.
        dribble: seconds between pieces of the body.
        cut_after: bytes after which the connection breaks.
        size: bytes of an oversized body or of what a gzip bomb unpacks to.
        credits_charged: Trade Map's X-Credits-Charged, where the usual would be wrong.

    Raises:
        ValueError: an unknown source or kind.
    """

    source: str = "*"
    endpoint: str = "*"
    times: int = 1
    kind: str | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: str | bytes | dict[str, Any] | list[Any] | None = None
    delay: float = 0.0
    dribble: float = 0.0
    cut_after: int | None = None
    size: int = 50_000_000
    credits_charged: int | None = None

    def __post_init__(self) -> None:
        if self.source not in (*STAND_INS, "*"):
            raise ValueError(f"unknown source {self.source!r}; it is one of {', '.join(STAND_INS)} or *")
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; it is one of {', '.join(KINDS)}")

    def applies(self, source: str, endpoint: str) -> bool:
        """Whether this fault is meant for a call and still has one to spend."""
        return self.times != 0 and self.source in ("*", source) and self.endpoint in ("*", endpoint)

    @property
    def keeps_answer(self) -> bool:
        """Whether the true answer is computed and then delivered badly."""
        return self.status is None and self.body is None and self.kind in (None, "cut", "truncated")

    def replacement(self, source: str) -> tuple[int, dict[str, str], Iterator[bytes]]:
        """Status, headers and pieces of the body that stand in for the true answer."""
        status = self.status or 200
        xml = STAND_INS[source].markup == "xml"
        kind = "application/xml; charset=utf-8" if xml else "application/json; charset=utf-8"
        if self.kind == "oversized":
            return status, {"content-type": kind, "content-length": str(self.size)}, _padding(self.size, xml=xml)
        if self.kind == "gzip_bomb":
            packed = _packed(self.size)
            return status, _with_length(kind, packed) | {"content-encoding": "gzip"}, split(packed)
        body = self._body(source)
        if self.kind == "html" or (isinstance(self.body, str) and self.body.lstrip().startswith("<!DOCTYPE html")):
            kind = "text/html; charset=utf-8"
        return status, _with_length(kind, body), split(body)

    def _body(self, source: str) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        if self.body is not None:
            return json.dumps(self.body, ensure_ascii=False).encode()
        of = STAND_INS[source]
        ready = {
            "html": _HTML,
            "wrong_schema": _WRONG_SCHEMA[of.markup],
            "wrong_type": of.wrong_type,
            "error_in_200": of.error_in_200,
            "xml_bomb": _XML_BOMB,
        }
        return ready.get(self.kind or "", "").encode()


def take(faults: list[Fault], source: str, endpoint: str) -> Fault | None:
    """The first fault scripted for a call, spending one of its times."""
    for fault in faults:
        if fault.applies(source, endpoint):
            if fault.times > 0:
                fault.times -= 1
            return fault
    return None


def _with_length(kind: str, body: bytes) -> dict[str, str]:
    return {"content-type": kind, "content-length": str(len(body))}


def split(body: bytes) -> Iterator[bytes]:
    """A body in eight pieces or more, bytes permitting, none larger than 64 KiB."""
    step = max(1, min(_PIECE, len(body) // 8 or 1))
    for start in range(0, len(body), step):
        yield body[start : start + step]


def _padding(size: int, *, xml: bool) -> Iterator[bytes]:
    head = b"<response><header><resultMsg>" if xml else b'{"status": "success", "data": "'
    yield head
    left = size - len(head)
    while left > 0:
        piece = b"x" * min(_PIECE, left)
        left -= len(piece)
        yield piece


@lru_cache(maxsize=4)
def _packed(size: int) -> bytes:
    return gzip.compress(b'"' + b" " * (size - 2) + b'"', compresslevel=9, mtime=0)

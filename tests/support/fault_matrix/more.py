"""Faults whose end follows from a rule, so that no cell of theirs is written down.

`ends` says which: an answer must be the very one that the sound service gives, an error must be of the closed set.
"""

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import replace

import anyio
import anyio.abc

from fault_matrix.faults import SHORT, Fault
from fault_matrix.services import Service, page
from fault_matrix.wire import Behaviour, Reply, reset

ANSWER, ERROR, EITHER = "answer", "error", "either"


def _body(change: Callable[[bytes], bytes]) -> Callable[[Service], Behaviour]:
    return lambda service: replace(service.good, body=change(service.good.body))


def _whole(body: bytes, content_type: str | None = None) -> Callable[[Service], Behaviour]:
    def act(service: Service) -> Behaviour:
        headers = dict(service.good.headers) | ({"content-type": content_type} if content_type else {})
        return replace(service.good, body=body, headers=headers)

    return act


def _headed(**headers: str) -> Callable[[Service], Behaviour]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda service: replace(service.good, headers={**service.good.headers, **named})


def _failing(status: int, **headers: str) -> Callable[[Service], Behaviour]:
    """A failing status with headers, its body in the service's words."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def act(service: Service) -> Behaviour:
        reply = service.failure(status, None)
        return replace(reply, headers={**reply.headers, **named})

    return act


def _bare(status: int, **headers: str) -> Callable[[Service], Behaviour]:
    return lambda _: Reply(status, b"", {name.replace("_", "-"): value for name, value in headers.items()})


def _echo(status: int, dress: Callable[[str], str]) -> Callable[[Service], Behaviour]:
    """The key, written in some way, in a page."""
    return lambda service: page(f"Denied: {dress(service.key or 'nobody')}", status)


def _packed(pack: Callable[[bytes], bytes], encoding: str | None) -> Callable[[Service], Behaviour]:
    def act(service: Service) -> Behaviour:
        named = {"content-encoding": encoding} if encoding else {}
        return replace(service.good, body=pack(service.good.body), headers={**service.good.headers, **named})

    return act


def _raw(write: Callable[[Reply], bytes], *, then_reset: bool = False) -> Callable[[Service], Behaviour]:
    """Bytes of one's own in place of an HTTP answer."""

    def act(service: Service) -> Behaviour:
        async def send(stream: anyio.abc.SocketStream) -> None:
            await stream.send(write(service.good))
            if then_reset:
                await reset(stream)

        return send

    return act


def _chunked(*, size: bytes | None = None, ends: bool = True) -> Callable[[Reply], bytes]:
    """The answer in one chunk, of a size that is stated wrong or never ended."""

    def write(reply: Reply) -> bytes:
        head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n"
        named = b"".join(f"{name}: {value}\r\n".encode() for name, value in reply.headers.items())
        chunk = (size or f"{len(reply.body):x}".encode()) + b"\r\n" + reply.body + b"\r\n"
        return head + named + b"\r\n" + chunk + (b"0\r\n\r\n" if ends else b"")

    return write


def _named(name: str, value: bytes) -> Callable[[Reply], bytes]:
    """The answer with one more header, in whatever bytes."""

    def write(reply: Reply) -> bytes:
        head, _, _ = reply.head.partition(b"\r\n\r\n")
        return head + b"\r\n" + name.encode() + b": " + value + b"\r\n\r\n" + reply.body

    return write


def _slow_head(service: Service) -> Behaviour:
    async def dribble(stream: anyio.abc.SocketStream) -> None:
        for byte in service.good.head:
            await stream.send(bytes([byte]))
            await anyio.sleep(SHORT / 10)

    return dribble


def _shape(value: object) -> Callable[[Service], Behaviour]:
    """JSON of another shape, to services that speak XML an element of it."""

    def act(service: Service) -> Behaviour:
        text = json.dumps(value)
        xml = service.good.body.startswith(b"<")
        return replace(service.good, body=(f"<response>{text}</response>" if xml else text).encode())

    return act


def _deflate(body: bytes) -> bytes:
    return zlib.compress(body)


MORE = (
    # Statuses that are none of the documented ones, with and without words
    *(Fault(f"{status}, its words", _failing(status), ends=ERROR) for status in (402, 405, 406, 408, 409, 410, 418)),
    *(
        Fault(f"{status}, its words", _failing(status), ends=ERROR)
        for status in (425, 431, 451, 501, 504, 507, 520, 599)
    ),
    *(
        Fault(f"{status}, no body", _bare(status), ends=ERROR)
        for status in (400, 401, 403, 404, 422, 429, 500, 502, 503)
    ),
    *(Fault(f"{status}, empty", _bare(status), ends=ERROR) for status in (201, 202, 204, 205, 206, 304)),
    # Where to go instead
    *(
        Fault(f"{status} elsewhere", _bare(status, location="http://127.0.0.1:1/else?key=1"), ends=ERROR)
        for status in (301, 302, 303, 307, 308)
    ),
    Fault("302 for the key", _bare(302, location="/invalid_key.html?key=1", x_datawebapi_keyerror="1"), ends=ERROR),
    Fault("302 to itself", _bare(302, location="?"), ends=ERROR),
    Fault("302 nowhere", _bare(302), ends=ERROR),
    Fault("302 to a file", _bare(302, location="file:///etc/passwd"), ends=ERROR),
    # When to ask again, in forms that say nothing
    *(
        Fault(f"429, wait {shown}", _failing(429, retry_after=value), ends=ERROR)
        for shown, value in (("-5", "-5"), ("nan", "nan"), ("1e308", "1e308"), ("words", "soon"), ("long", "9" * 400))
    ),
    Fault("503, wait till 1994", _failing(503, retry_after="Sun, 06 Nov 1994 08:49:37 GMT"), ends=ERROR),
    Fault("503, wait till 9999", _failing(503, retry_after="Fri, 31 Dec 9999 23:59:59 GMT"), ends=ERROR),
    # Encodings
    Fault("BOM", _body(lambda body: b"\xef\xbb\xbf" + body), ends=ANSWER),
    Fault("UTF-16, unsaid", _body(lambda body: body.decode().encode("utf-16")), ends=EITHER),
    Fault("EUC-KR, unsaid", _body(lambda body: body.decode().encode("euc-kr", "replace")), ends=EITHER),
    Fault("bytes of no encoding", _whole(bytes(range(128, 256)) * 8), ends=ERROR),
    Fault("NULs", _whole(bytes(512)), ends=ERROR),
    Fault("NULs after it", _body(lambda body: body + bytes(16)), ends=EITHER),
    Fault("blank lines around", _body(lambda body: body + b"\r\n\r\n \t"), ends=ANSWER),
    Fault("an answer twice", _body(lambda body: body + body), ends=ERROR),
    Fault("words after it", _body(lambda body: body + b"<!-- ok --> and more"), ends=ERROR),
    # What it is said to be
    Fault("said to be HTML", _headed(content_type="text/html"), ends=EITHER),
    Fault("said to be a picture", _headed(content_type="image/png"), ends=EITHER),
    Fault("an unknown charset", _headed(content_type="application/json; charset=klingon"), ends=EITHER),
    Fault("no type but blanks", _headed(content_type="  "), ends=EITHER),
    # Packing
    Fault("gzip", _packed(gzip.compress, "gzip"), ends=ANSWER),
    Fault("deflate", _packed(_deflate, "deflate"), ends=ANSWER),
    Fault("gzip, unsaid", _packed(gzip.compress, None), ends=ERROR),
    Fault("gzip of gzip", _packed(lambda body: gzip.compress(gzip.compress(body)), "gzip"), ends=ERROR),
    Fault("gzip said, none there", _packed(lambda body: body, "gzip"), ends=ERROR, unanswered=True),
    Fault("an unknown packing", _packed(lambda body: body, "snappy"), ends=EITHER),
    # Other shapes
    *(
        Fault(f"only {text}", _shape(json.loads(text)), ends=ERROR)
        for text in ("null", "[]", "{}", "1", '"ok"', "[[1]]", '{"a": null}')
    ),
    Fault("envelope of null", _shape({"status": "success", "code": 0, "data": None}), ends=ERROR),
    Fault("envelope of text", _shape({"status": "success", "code": 0, "data": "ok"}), ends=ERROR),
    Fault("NaN alone", _whole(b"NaN"), ends=ERROR),
    Fault("an open string", _whole(b'{"data": "'), ends=ERROR),
    Fault("a million digits", _whole(b'{"code": 0, "data": ' + b"9" * 1_000_000 + b"}"), ends=ERROR),
    Fault("a broken entity", _whole(b"<response>&nope;</response>", "application/xml"), ends=ERROR),
    # Web pages, and keys that come back
    *(
        Fault(f"page with {status}", lambda _, status=status: page("Checking your browser", status), ends=ERROR)
        for status in (200, 403, 412, 503)
    ),
    Fault("key echoed", _echo(403, str), ends=ERROR),
    Fault("key in percents", _echo(500, lambda key: "".join(f"%{ord(one):02X}" for one in key)), ends=ERROR),
    Fault("key in entities", _echo(400, lambda key: "".join(f"&#{ord(one)};" for one in key)), ends=ERROR),
    Fault("control characters", _echo(400, lambda key: f"\x1b[2J\x07\u202e{key}\x00"), ends=ERROR),
    # HTTP itself
    Fault("chunked", _raw(_chunked()), ends=ANSWER),
    Fault("a chunk of no size", _raw(_chunked(size=b"zz")), ends=ERROR, unanswered=True),
    Fault("a chunk too long", _raw(_chunked(size=b"fffff")), ends=ERROR, unanswered=True),
    Fault("chunks without end", _raw(_chunked(ends=False)), ends=ERROR, unanswered=True),
    Fault("reset in chunks", _raw(_chunked(ends=False), then_reset=True), ends=ERROR, unanswered=True),
    Fault("reset in the head", _raw(lambda reply: reply.head[:20], then_reset=True), ends=ERROR, unanswered=True),
    Fault("a head that ends early", _raw(lambda reply: reply.head[:-4]), ends=ERROR, unanswered=True),
    Fault("head dribbles", _slow_head, within=SHORT, ends=ERROR, unanswered=True),
    Fault("shorter than stated", _headed(content_length="999999"), ends=ERROR, unanswered=True),
    Fault("a length of words", _headed(content_length="many"), ends=ERROR, unanswered=True),
    Fault("a header of 200 KB", _raw(_named("x-flood", b"a" * 200_000)), ends=ERROR, unanswered=True),
    Fault("a header in Latin-1", _raw(_named("x-city", "S\u00e3o".encode("latin-1"))), ends=ANSWER),
    Fault("an end of TLS", _raw(lambda _: b"\x15\x03\x01\x00\x02\x02\x28"), ends=ERROR, unanswered=True),
    Fault("HTTP/0.9", _raw(lambda reply: reply.body), ends=ERROR, unanswered=True),
    Fault("status 999", _raw(lambda _: b"HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n"), ends=ERROR),
    Fault("status of words", _raw(lambda _: b"HTTP/1.1 OK\r\n\r\n"), ends=ERROR, unanswered=True),
    # What the service says it charged
    *(
        Fault(f"charged {shown}", _headed(x_credits_charged=value), ends=ANSWER)
        for shown, value in (
            ("1e308", "1e308"),
            ("-1", "-1"),
            ("nan", "nan"),
            ("inf", "inf"),
            ("400 digits", "9" * 400),
        )
    ),
)

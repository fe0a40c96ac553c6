"""The faults: what is sent instead of an answer, or what is done to the connection."""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import anyio
import anyio.abc

from fault_matrix.services import Service, page
from fault_matrix.wire import Behaviour, Reply, reset, until_hung_up

WAIT = 7.0
LONG_WAIT = 3000.0
SHORT = 0.2
"""Seconds a call may take where the fault is that nothing comes."""

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the matrix.

    Args:
        act: what a service does with the request; None where it has no such failure.
        refused: nobody takes the connection at all.
        within: seconds the call may take; None leaves the default.
        wait: seconds that the service asks to wait.
        unanswered: the request arrives, and no whole answer comes back: it may have been charged.
        large: so large that memory is watched.
        ends: how a call ends by the rules of `more`; nothing where the cells of the row are written down.
    """

    name: str
    act: Callable[[Service], Behaviour | None]
    refused: bool = False
    within: float | None = None
    wait: float | None = None
    unanswered: bool = False
    large: bool = False
    ends: str = ""


def _always(behaviour: Behaviour) -> Callable[[Service], Behaviour]:
    return lambda _: behaviour


def _status(status: int, wait: float | None = None) -> Callable[[Service], Behaviour]:
    return lambda service: service.failure(status, wait)


async def _half(stream: anyio.abc.SocketStream, reply: Reply) -> None:
    await stream.send(reply.head + reply.body[: len(reply.body) // 2])


def _cut(service: Service) -> Behaviour:
    async def cut(stream: anyio.abc.SocketStream) -> None:
        await _half(stream, service.good)
        await reset(stream)

    return cut


def _stalled(service: Service) -> Behaviour:
    async def stall(stream: anyio.abc.SocketStream) -> None:
        await _half(stream, service.good)
        await until_hung_up(stream)

    return stall


def _slow(service: Service) -> Behaviour:
    async def hesitate(stream: anyio.abc.SocketStream) -> None:
        await anyio.sleep(SHORT / 4)
        await service.good(stream)

    return hesitate


def _dribbled(service: Service) -> Behaviour:
    async def dribble(stream: anyio.abc.SocketStream) -> None:
        await stream.send(service.good.head)
        for byte in service.good.body:
            await stream.send(bytes([byte]))
            await anyio.sleep(SHORT / 10)

    return dribble


def _truncated(service: Service) -> Behaviour:
    return replace(service.good, body=service.good.body[: len(service.good.body) * 2 // 3])


def _padded(size: int) -> Callable[[Service], Behaviour]:
    return lambda service: replace(service.good, padding=size)


def _packed(service: Service) -> Behaviour:
    return _encoded(service, _gzip_bomb())


def _encoded(service: Service, body: bytes) -> Behaviour:
    return replace(service.good, body=body, headers={**service.good.headers, "content-encoding": "gzip"})


@cache
def _gzip_bomb() -> bytes:
    """A quarter of a megabyte that unpacks to 256."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(256)) + packer.flush()


def _xml_bomb() -> Reply:
    """A thousand bytes of entities that unfold to gigabytes."""
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e0 "lol">{nested}]><response>&e9;</response>'
    return Reply(200, text.encode(), {"content-type": "application/xml"})


def _nested(service: Service) -> Behaviour:
    depth = 100_000
    xml = service.good.body.startswith(b"<")
    return replace(service.good, body=b"<a>" * depth + b"</a>" * depth if xml else b"[" * depth + b"]" * depth)


async def _not_http(stream: anyio.abc.SocketStream) -> None:
    await stream.send(b"SSH-2.0-OpenSSH_9.6\r\n")


FAULTS = (
    # The connection
    Fault("connection refused", _always(until_hung_up), refused=True),
    Fault("reset before an answer", _always(reset), unanswered=True),
    Fault("reset mid-body", _cut, unanswered=True),
    Fault("not HTTP", _always(_not_http), unanswered=True),
    # Time
    Fault("slow first byte", _slow),
    Fault("no first byte in time", _always(until_hung_up), within=SHORT, unanswered=True),
    Fault("body stalls", _stalled, within=SHORT, unanswered=True),
    Fault("body dribbles", _dribbled, within=SHORT, unanswered=True),
    # Statuses
    Fault("400", _status(400)),
    Fault("401", _status(401)),
    Fault("403", _status(403)),
    Fault("404", _status(404)),
    Fault("422", _status(422)),
    Fault("429", _status(429)),
    Fault("429, wait 7 s", _status(429, WAIT), wait=WAIT),
    Fault("429, wait 50 min", _status(429, LONG_WAIT), wait=LONG_WAIT),
    Fault("quota used up", lambda service: service.quota),
    Fault("500", _status(500)),
    Fault("502", _status(502)),
    Fault("503", _status(503)),
    Fault("503, wait 7 s", _status(503, WAIT), wait=WAIT),
    # Bodies that are no answer, with HTTP 200
    Fault("HTML", _always(page("Under maintenance"))),
    Fault("error envelope", lambda service: service.error_in_200),
    Fault("truncated", _truncated),
    Fault("wrong schema", lambda service: service.other_form),
    Fault("empty", lambda service: replace(service.good, body=b"")),
    Fault("broken gzip", lambda service: _encoded(service, b"nope"), unanswered=True),
    Fault("cut-off gzip", lambda service: _encoded(service, gzip.compress(service.good.body)[:-12]), unanswered=True),
    # Size
    Fault("50 MB", _padded(50 * 1000 * 1000), large=True),
    Fault("80 MB", _padded(80 * 1000 * 1000), large=True),
    Fault("gzip bomb", _packed, large=True),
    Fault("XML bomb", _always(_xml_bomb()), large=True),
    Fault("100,000 deep", _nested),
)

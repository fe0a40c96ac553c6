"""What a stored answer to a wider question holds is not asked again.

A source says of a request, by `Request.within`, which other questions at the same address hold its answer, and how it
is taken out of theirs. What is taken is a response as the service would have sent it, and goes through the source's
reader like any other. It is as old as the answer that it was taken out of, and cites what was really asked.

By `Request.joined` a source has one of those wider questions sent in the first place.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import parse_qsl

from tradestat_tools.upstream.request import NO_DATA, PAID_REFUSAL, Joined, Request, Response, Take, Taken
from tradestat_tools.upstream.store import LISTED, Cache, Entry


@dataclass(frozen=True, slots=True)
class Part:
    """An answer that a stored one holds.

    Args:
        key: of the question that was really asked.
        params: what it was asked with.
        entry: its stored answer, with the part alone as its body.
        said: what the source says of that.
    """

    key: str
    params: dict[str, str]
    entry: Entry
    said: str


def part_of_stored(
    cache: Cache, request: Request, now: float, *, paid: bool, stale: bool = False, only_joined: bool = False
) -> Part | None:
    """The answer to a request, as far as a stored answer to a wider one holds it; None where none does. Blocks.

    Args:
        paid: whether the source's calls cost money: for how long "there is nothing" is believed.
        stale: whether one that is no longer fresh will do.
        only_joined: whether the one that is sent in its place will do alone.

    Raises:
        StoreUnavailable: the cache can not be read.
    """
    if request.within is None or request.method != "GET":
        return None
    for key, params in _wider(cache, request, only_joined=only_joined):
        take = request.within(params) if key != request.key else None
        whole = cache.get(key, now) if take else None
        if take is None or whole is None:
            continue
        if not stale and now >= min(whole.fresh_until, whole.stored_at + request.freshness.fresh):
            continue
        taken = take(whole.response)
        if taken is not None and (not taken.empty or now < whole.stored_at + (PAID_REFUSAL if paid else NO_DATA).fresh):
            return Part(key, dict(params), _entry_of(whole, taken, request), taken.said)
    return None


def _wider(cache: Cache, request: Request, *, only_joined: bool) -> Iterable[tuple[str, Mapping[str, str]]]:
    """Keys and parameters of what was asked at the same address, the newest first, or of what is sent in its place."""
    if only_joined:
        joined = request.joined and request.joined.request
        return [(joined.key, joined.params)] if joined else []
    asked = ((key, _params_of(address, request.url)) for key, address in cache.asked(request.source, request.endpoint))
    return ((key, params) for key, params in asked if params is not None)


def taken_from(joined: Joined, take: Take, response: Response) -> Taken | None:
    """The answer to a question out of that to the one sent in its place; None where it may not be whole in there.

    Raises:
        TradestatError: the whole answer is a failure.
    """
    joined.read(response)
    return take(response)


def _entry_of(whole: Entry, taken: Taken, request: Request) -> Entry:
    """The part as an answer of its own, which lives no longer than either would."""
    fresh = min(whole.fresh_until, whole.stored_at + request.freshness.fresh)
    return replace(whole, response=taken.response, fresh_until=fresh)


def _params_of(address: str, url: str) -> Mapping[str, str] | None:
    """The parameters that a stored answer was asked with; None where it was asked at another address."""
    asked_at, _, query = address.partition("?")
    return _parsed(query) if asked_at == url else None


@lru_cache(2 * LISTED)
def _parsed(query: str) -> Mapping[str, str]:
    """What a question looks through, the next one looks through again."""
    return MappingProxyType(dict(parse_qsl(query, keep_blank_values=True)))


def codes(text: str | None) -> frozenset[str] | None:
    """The codes of a comma-separated parameter; None where it is left open, which stands for all of them."""
    return frozenset(text.split(",")) if text else None


def json_body(value: object) -> bytes:
    """A body that was taken out of another one, as a service writes it."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")

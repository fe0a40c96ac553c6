"""What is asked of a service, what arrives, and what a source makes of it."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from json.encoder import encode_basestring_ascii as _text
from typing import Any, Generic, Literal, NamedTuple, Self, TypeVar
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from pydantic import SecretStr

from tradestat_tools.model.errors import MissingKey, TradestatError
from tradestat_tools.upstream.redaction import is_short

SANDBOX_HEADER = "x-tradestat-sandbox"
"""The stand-in services put it on every answer, so that their figures are labelled wherever they run."""

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Freshness:
    """For how long a stored answer is good for what, in seconds, each counted on from the one before.

    Args:
        fresh: it is as good as a new answer.
        renew: it is given at once, and asked for again in the background.
        usable: it is given only where the service fails, and then called stale.
    """

    fresh: float
    renew: float = 0.0
    usable: float = 30 * DAY


REFERENCE = Freshness(fresh=14 * DAY, renew=14 * DAY, usable=365 * DAY)
"""Lists of countries and codes."""

CLOSED = Freshness(fresh=60 * DAY, usable=365 * DAY)
"""Periods that are long past: revised seldom."""

RECENT = Freshness(fresh=12 * HOUR)
"""Where the date of the next publication is not known."""

SETTLING = timedelta(days=5)
"""After the day of publication figures may be late or come in parts, so that nothing is kept for long then."""


def until_published(local: datetime, day: int) -> Freshness:
    """Until a service's next monthly publication, about `day` of every month; `local` is now in the service's zone."""
    this = local.replace(day=day, hour=0, minute=0, second=0, microsecond=0)
    if this <= local < this + SETTLING:
        return Freshness(fresh=6 * HOUR)
    coming = this if local < this else (this.replace(day=1) + timedelta(days=32)).replace(day=day)
    return Freshness(fresh=(coming - local).total_seconds())


NO_DATA = Freshness(fresh=15 * 60.0, usable=0.0)
""""There is nothing" may be untrue soon, and is cheap to hear again."""

PAID_REFUSAL = Freshness(fresh=DAY, usable=0.0)
"""What was paid for to hear that there is nothing, or that the question is refused. New data come by the day."""

PAID_UNREAD = Freshness(fresh=HOUR, usable=0.0)
"""What was paid for and could not be read: asked again at once it would cost again, and mostly bring the same."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Response:
    """What arrived: status, headers in lower case, the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case, or nothing."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


class Taken(NamedTuple):
    """An answer that was taken out of a wider one.

    Args:
        response: as the service would have sent it.
        empty: whether it holds no row. That there is nothing is believed no longer than if it had been asked for.
        said: what else is to be known of it.
    """

    response: Response
    empty: bool
    said: str = ""


Take = Callable[[Response], Taken | None]
"""Takes an answer out of a wider one, in a worker thread; None where it is not certain to be in there whole, as in a
table that was cut."""

Within = Callable[[Mapping[str, str]], Take | None]
"""By the parameters of another question to the same address: how the answer is taken out of the answer to that. None
where that is not wider, and wherever that is in doubt."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a service. Secrets are kept apart, so that everything else may be shown.

    Args:
        source: the source's id ("korea").
        endpoint: the endpoint's name, for people.
        url: address without query; a `user:password@` in it becomes the login.
        params: the query, without secrets.
        body: JSON body for POST, without secrets.
        secret_params: query parameters that are secret; added when sending only.
        secret_headers: headers that are secret; added when sending only.
        login: user and password, `:` between them; sent as basic authentication.
        credits: what the call is expected to cost.
        freshness: for how long the answer is as good as new, and usable after that.
        unless_stored: raised instead of sending; a stored answer is given all the same (a missing key).
        within: which wider questions hold the answer, and how it is taken out of theirs (`wider`). Of GET only.
        joined: one of those, which is sent in its place: with what is likely to be asked next, at no greater cost.
            Where the answer can not be taken out of that one's, the question itself is sent.
        key: equal questions have equal keys; secrets have no part in it.
    """

    source: str
    endpoint: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    method: Literal["GET", "POST"] = "GET"
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    secret_params: Mapping[str, SecretStr] = field(default_factory=dict[str, SecretStr], repr=False)
    secret_headers: Mapping[str, SecretStr] = field(default_factory=dict[str, SecretStr], repr=False)
    login: SecretStr | None = field(default=None, repr=False)
    credits: float = 1.0
    freshness: Freshness = RECENT
    unless_stored: TradestatError | None = field(default=None, repr=False)
    within: Within | None = field(default=None, repr=False, compare=False)
    joined: "Joined | None" = field(default=None, repr=False, compare=False)
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if "@" in self.url:
            address = urlsplit(self.url)
            login, at, host = address.netloc.rpartition("@")
            if at:
                # The class is frozen; an address of the settings may have a login, and is shown in many places.
                object.__setattr__(self, "url", urlunsplit(address._replace(netloc=host)))
                object.__setattr__(self, "login", SecretStr(unquote(login)))
        params = ", ".join(f"[{_text(name)}, {_text(value)}]" for name, value in sorted(self.params.items()))
        body = "null" if self.body is None else json.dumps(self.body, sort_keys=True)
        # JSON, put together here because many stored answers are looked for at a time. Asked for several times on the
        # way of a request, so it is made once.
        parts = f"[{_text(self.method)}, {_text(self.url)}, [{params}], {body}]"
        object.__setattr__(self, "key", hashlib.sha256(parts.encode()).hexdigest())

    @property
    def address(self) -> str:
        """As it may be shown and stored, complete but for the secrets. Only what is sent needs one."""
        query = self.params or {str(k): str(v) for k, v in (self.body or {}).items()}
        return f"{self.url}?{urlencode(query)}" if query else self.url

    @property
    def authorization(self) -> str | None:
        """The header's value that the login stands for."""
        if self.login is None:
            return None
        return f"Basic {base64.b64encode(self.login.get_secret_value().encode()).decode('ascii')}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What is to be blanked in everything that comes back."""
        named = [*self.secret_params.items(), *self.secret_headers.items()]
        values = [(name, secret.get_secret_value()) for name, secret in named]
        found = [f"{name}={value}" if is_short(value) else value for name, value in values]
        return (*found, *login_secrets(self.login))


class Joined(NamedTuple):
    """A question that is sent in place of one that it holds.

    Args:
        read: reads its whole answer, and raises what a failure of it means.
        said: what else it asks, as a sentence.
    """

    request: Request
    read: "Reader[object]"
    said: str


def login_secrets(login: SecretStr | None) -> tuple[str, ...]:
    """What is to be blanked of a login: its password (without one, the user, which is a token then), and its header."""
    if login is None:
        return ()
    whole = login.get_secret_value()
    user, _, password = whole.partition(":")
    secret = password or user
    return (whole if is_short(secret) else secret, base64.b64encode(whole.encode()).decode("ascii"))


@dataclass(frozen=True, slots=True)
class AskedCall:
    """What one call asked of a service, to be repeated by hand: everything but the key.

    Args:
        source: the source's id, by which the key's variable and place are known.
        keyed: whether the key goes with it.
    """

    source: str
    method: Literal["GET", "POST"]
    url: str
    params: dict[str, str]
    body: dict[str, Any] | None
    headers: dict[str, str]
    keyed: bool

    @classmethod
    def of(cls, request: Request) -> Self:
        """The call that a request makes; a stored answer needs no key, and the call that repeats it does."""
        keyed = bool(request.secret_params or request.secret_headers) or isinstance(request.unless_stored, MissingKey)
        body = dict(request.body) if request.body is not None else None
        headers = dict(request.headers)
        return cls(request.source, request.method, request.url, dict(request.params), body, headers, keyed)


Reader = Callable[[Response], T]
"""A source's reading of a response: returns typed data, or raises a `TradestatError` that says what the service meant.

Called in a worker thread for large bodies, so it must not touch the event loop. It sees every HTTP status.
"""


@dataclass(frozen=True, slots=True)
class Fetched(Generic[T]):
    """A response as the source read it, with how it was come by.

    Args:
        value: what the reader made of it.
        address: key-free.
        retrieved_at: when the service gave it, UTC.
        state: fresh, cached, stale (the service failed) or offline.
        sandbox: whether the stand-in services gave it.
        calls: upstream calls it took, retries included; 0 for a stored one.
        credits_charged: what the service says it charged for them.
        remaining_quota: calls or credits left for the period, if known.
    """

    value: T
    address: str
    retrieved_at: datetime
    state: Literal["fresh", "cached", "stale", "offline"]
    sandbox: bool
    calls: int
    credits_charged: float | None = None
    remaining_quota: float | None = None

"""Stand-ins for all four services over one synthetic world, for trying things out and for tests.

    sandbox = Sandbox()
    transport = httpx.ASGITransport(sandbox.app)        # in process, on asyncio or trio
    uvicorn.run(sandbox.app, host="127.0.0.1", port=0)  # or as a real server

All four live on one address, their paths do not collide. Every response carries `X-Tradestat-Sandbox: 1`. The figures
are invented: see `World.truth` for what a flow "really" was. Nothing here knows the client that talks to it.
"""

import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from tradestat_sandbox.faults import Fault
    from tradestat_sandbox.world import World

__all__ = [
    "DEFAULT_TODAY",
    "SANDBOX_KEYS",
    "SOURCES",
    "Call",
    "Limits",
    "Sandbox",
    "SandboxKeys",
    "Settings",
    "environment",
    "truth_report",
]

DEFAULT_TODAY = date(2026, 11, 1)
SOURCES = ("trademap", "doumaotong", "korea", "comtrade")
SCRAPER_ID = "9f9021d2-26de-464e-a412-80acf4d30519"
CATALOGUE_ID = "4d7aa15d-7d20-47b2-8fd7-cc3ecb06fb97"


@dataclass(frozen=True, slots=True)
class SandboxKeys:
    """The keys the stand-ins accept; `korea` is the Decoding form the portal shows."""

    trademap: str = "sandbox-parse-key"
    korea: str = "sandbox+korea/key=="
    comtrade: str = "sandbox-comtrade-key"

    @property
    def korea_encoded(self) -> str:
        """The Encoding form of the same key."""
        return quote(self.korea, safe="")


SANDBOX_KEYS = SandboxKeys()


def environment(address: str) -> dict[str, str]:
    """What to set so that a client asks the stand-ins at an address, by the names of its variables."""
    return {
        **{f"TRADESTAT_{source.upper()}_URL": address for source in SOURCES},
        "PARSE_API_KEY": SANDBOX_KEYS.trademap,
        "DATA_GO_KR_SERVICE_KEY": SANDBOX_KEYS.korea,
        "COMTRADE_API_KEY": SANDBOX_KEYS.comtrade,
        "TRADESTAT_TRADEMAP_SCRAPER_ID": SCRAPER_ID,
        "TRADESTAT_TRADEMAP_CATALOGUE_ID": CATALOGUE_ID,
    }


@dataclass(slots=True)
class Limits:
    """How many calls a source lets through; None is no limit. `burst` calls may come before `per_minute` holds."""

    per_minute: int | None = None
    burst: int = 1
    per_day: int | None = None
    per_month: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call a stand-in received, without keys."""

    source: str
    endpoint: str
    method: str
    params: dict[str, str]


def _generous() -> dict[str, Limits]:
    return {source: Limits() for source in SOURCES}


@dataclass(slots=True)
class Settings:
    """What can be switched at run time, from Python or through `/_sandbox/settings`."""

    doumaotong_shape: Literal["current", "older"] = "current"
    # The current documentation no longer lists history: what the path answers then.
    doumaotong_history: Literal["http404", "code404"] = "http404"
    trademap_envelope: Literal["wrapped", "bare"] = "wrapped"
    trademap_scraper_id: str = SCRAPER_ID
    trademap_names: dict[str, str] = field(default_factory=dict[str, str])  # logical to wire name, where it differs
    trademap_prices: dict[str, int] = field(default_factory=dict[str, int])  # endpoint to credits, 1 where absent
    trademap_credits: int = 1000
    trademap_page_cap: int = 500
    korea_total_row: Literal["mixed", "first", "last", "absent"] = "mixed"
    korea_numbers: Literal["mixed", "plain", "commas"] = "mixed"
    limits: dict[str, Limits] = field(default_factory=_generous)


class Sandbox:
    """All four services over one world, with scripted faults and a log of what was asked.

    Args:
        today: the day on which the world is looked at; moving it publishes and revises months.
        keys: the keys to accept.
        settings: what can also be switched later, as attributes of `settings` or through `configure`.
        clock: seconds for rate limits; injected by tests.
    """

    def __init__(
        self,
        *,
        today: date = DEFAULT_TODAY,
        keys: SandboxKeys = SANDBOX_KEYS,
        settings: Settings | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.keys = keys
        self.clock = clock
        self._first_settings = settings or Settings()
        self.settings = deepcopy(self._first_settings)
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.credits_charged = 0
        self.counters: dict[str, Any] = {}
        self._first_today = today
        self._today = today
        self._world: World | None = None
        self._app: ASGIApp | None = None

    @property
    def app(self) -> "ASGIApp":
        """The ASGI application."""
        if self._app is None:
            from tradestat_sandbox.app import build_app  # noqa: PLC0415  (Starlette only when it serves)

            self._app = build_app(self)
        return self._app

    @property
    def world(self) -> "World":
        """The world behind the services, as of `today`."""
        if self._world is None:
            from tradestat_sandbox.world import world_on  # noqa: PLC0415

            self._world = world_on(self._today)
        return self._world

    @property
    def today(self) -> date:
        """The day on which the world is looked at."""
        return self._today

    @today.setter
    def today(self, value: date) -> None:
        self._today = value
        self._world = None

    @property
    def doumaotong_shape(self) -> Literal["current", "older"]:
        """Which of its two shapes doumaotong answers in."""
        return self.settings.doumaotong_shape

    @doumaotong_shape.setter
    def doumaotong_shape(self, value: Literal["current", "older"]) -> None:
        self.configure(doumaotong_shape=value)

    def configure(self, **changes: Any) -> None:
        """Changes settings by name; `limits` takes {source: {per_minute, burst, per_day, per_month}}.

        Raises:
            ValueError: an unknown setting or a value it does not take.
        """
        from tradestat_sandbox.control import apply_settings  # noqa: PLC0415

        apply_settings(self, changes)

    def fail(
        self,
        *,
        source: str = "*",
        endpoint: str = "*",
        times: int = 1,
        kind: str | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: str | bytes | dict[str, Any] | list[Any] | None = None,
        delay: float = 0.0,
        dribble: float = 0.0,
        cut_after: int | None = None,
        size: int = 50_000_000,
        credits_charged: int | None = None,
    ) -> None:
        """Scripts what happens to the next `times` calls of a source and endpoint.

        Args:
            source: one of `SOURCES` or "*".
            endpoint: last part of the path, as `calls` names it, or "*".
            times: how many calls, -1 for all until reset.
            kind: a ready-made fault, see `faults.KINDS`; others are built from what follows.
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
        from tradestat_sandbox.faults import Fault  # noqa: PLC0415

        self.faults.append(
            Fault(
                source=source,
                endpoint=endpoint,
                times=times,
                kind=kind,
                status=status,
                headers=dict(headers or {}),
                body=body,
                delay=delay,
                dribble=dribble,
                cut_after=cut_after,
                size=size,
                credits_charged=credits_charged,
            )
        )

    def reset(self) -> None:
        """Back to the first state: no faults, no calls, no spent quota, first settings and day."""
        self.settings = deepcopy(self._first_settings)
        self.calls.clear()
        self.faults.clear()
        self.counters.clear()
        self.credits_charged = 0
        if self._today != self._first_today:
            self.today = self._first_today


def truth_report(exporter: str, importer: str, product: str, period: str, today: date | None = None) -> dict[str, Any]:
    """A flow's true value and what each source of the sandbox makes of it, as plain data.

    Args and errors as `World.truth`; `today` moves the day on which the world is looked at.
    """
    from tradestat_sandbox.report import describe_truth  # noqa: PLC0415
    from tradestat_sandbox.world import world_on  # noqa: PLC0415

    return describe_truth(world_on(today or DEFAULT_TODAY), exporter, importer, product, period)

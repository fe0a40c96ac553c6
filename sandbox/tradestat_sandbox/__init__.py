"""Stand-ins for all five services over one synthetic world, for trying things out and for tests.

    sandbox = Sandbox()
    transport = httpx.ASGITransport(sandbox.app)        # in process, on asyncio or trio
    uvicorn.run(sandbox.app, host="127.0.0.1", port=0)  # or as a real server

All five live on one address, their paths do not collide. Every response carries `X-Tradestat-Sandbox: 1`. The figures
are invented: see `World.truth` for what a flow "really" was. Nothing here knows the client that talks to it.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from tradestat_sandbox.settings import (
    CATALOGUE_ID,
    DEFAULT_TODAY,
    SANDBOX_KEYS,
    SCRAPER_ID,
    SOURCES,
    Call,
    Limits,
    SandboxKeys,
    Settings,
    environment,
)
from tradestat_sandbox.state import State

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = [
    "CATALOGUE_ID",
    "DEFAULT_TODAY",
    "SANDBOX_KEYS",
    "SCRAPER_ID",
    "SOURCES",
    "Call",
    "Limits",
    "Sandbox",
    "SandboxKeys",
    "Settings",
    "environment",
    "truth_report",
]


class Sandbox(State):
    """All five services over one world, with scripted faults and a log of what was asked; arguments as `State`."""

    _app: "ASGIApp | None" = None

    @property
    def app(self) -> "ASGIApp":
        """The ASGI application."""
        if self._app is None:
            from tradestat_sandbox.app import build_app  # noqa: PLC0415  (Starlette only when it serves)

            self._app = build_app(self)
        return self._app


def truth_report(exporter: str, importer: str, product: str, period: str, today: date | None = None) -> dict[str, Any]:
    """A flow's true value and what each source of the sandbox makes of it, as plain data.

    Args and errors as `World.truth`; `today` moves the day on which the world is looked at.
    """
    from tradestat_sandbox.report import describe_truth  # noqa: PLC0415
    from tradestat_sandbox.world import world_on  # noqa: PLC0415

    return describe_truth(world_on(today or DEFAULT_TODAY), exporter, importer, product, period)

"""Between a server's start and its first call: what is there at once, and the rest, loaded when it is needed."""

import importlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradestat_tools.catalogue import Catalogue
    from tradestat_tools.contract.context import Context
    from tradestat_tools.contract.source import Source
    from tradestat_tools.contract.tools import Tools
    from tradestat_tools.model.settings import Settings

ANSWERING = "tradestat_server.mcp.answering"
"""What the first call needs besides its tool."""

SETTLED = 0.25
"""Seconds for the list of tools to leave before anything is loaded in the background."""

_imported: set[str] = set()


async def imported(module: str) -> None:
    """Have a module imported, in a worker thread: it takes time, and others are answered meanwhile."""
    if module not in _imported:
        await anyio.to_thread.run_sync(importlib.import_module, module)
        _imported.add(module)


class Door:
    """The way to what tools work with. Nothing is opened, and no tool is loaded, before somebody goes through.

    `hold` runs as long as the server does.

    Args:
        settings: keys, addresses, stores.
        offered: the sources and tools.
        opened: opens what tools work with.
        sleep: waits for so many seconds.
    """

    calls = 0
    """How many are being answered."""

    def __init__(
        self,
        settings: "Settings",
        offered: "Catalogue",
        opened: "Callable[[], AbstractAsyncContextManager[Context]]",
        *,
        sleep: "Callable[[float], Awaitable[None]]" = anyio.sleep,
    ) -> None:
        self.settings = settings
        self.sources: Mapping[str, Source] = offered.sources
        self.tools: Tools = offered.tools
        self.shown = anyio.Event()
        """Set once the list of tools was asked for."""
        self._opened, self._sleep = opened, sleep
        self._wanted, self._there, self._closed = anyio.Event(), anyio.Event(), anyio.Event()
        self._context: Context | None = None
        self._failure: Exception | None = None

    async def context(self) -> "Context":
        """What tools work with; opened now if it is not yet.

        Raises:
            Exception: it could not be opened.
        """
        if self._context is None:
            self._wanted.set()
            await self._there.wait()
            if self._context is None:
                raise self._failure or RuntimeError("the server has ended")
        return self._context

    async def hold(self) -> None:
        """Open once that is wanted, and keep open until the server has ended, even if all is cancelled by then."""
        await self._wanted.wait()
        try:
            if not self._closed.is_set():
                async with self._opened() as self._context:
                    self._there.set()
                    with anyio.CancelScope(shield=True):
                        await self._closed.wait()
        except Exception as error:
            if self._there.is_set():
                raise
            self._failure = error
        finally:
            self._there.set()

    def close(self) -> None:
        """The server has ended."""
        self._closed.set()
        self._wanted.set()

    async def load(self) -> None:
        """Open, and load every tool, one after another in a worker thread, once the list of tools was shown.

        A call that comes meanwhile goes before: it waits at most for what is being loaded at that moment.
        """
        await self.shown.wait()
        await self._sleep(SETTLED)
        context = await self.context()
        for load in (_answering, *(partial(context.tools.__getitem__, name) for name in context.tools)):
            while self.calls:
                await self._sleep(SETTLED)
            await anyio.to_thread.run_sync(load, abandon_on_cancel=True)


class Standing(Door):
    """A door that is open already: the context is there."""

    def __init__(self, context: "Context") -> None:
        self.settings, self.sources, self.tools = context.settings, context.sources, context.tools
        self.shown = anyio.Event()
        self._context, self._sleep = context, anyio.sleep


def _answering() -> None:
    importlib.import_module(ANSWERING)
    from tradestat_tools.codes.search.hs import search_hs

    search_hs("trade")  # builds the index: most research begins with a code

"""Tools by name, without loading one before it is looked at."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tradestat_tools.contract.tool import Tool


class Tools(Mapping[str, "Tool[Any, Any]"]):
    """Tools by name, each loaded when it is first looked at; safe to use from several threads.

    Args:
        loads: how each is loaded, which may take a good part of a second, by name and in order.
    """

    def __init__(self, loads: "Mapping[str, Callable[[], Tool[Any, Any]]]") -> None:
        self._loads = loads
        self._loaded: dict[str, Tool[Any, Any]] = {}
        self._loading = threading.RLock()

    @classmethod
    def of(cls, tools: "Iterable[Tool[Any, Any]]") -> "Tools":
        """Tools that are there already."""
        return cls({tool.name: lambda tool=tool: tool for tool in tools})

    def __getitem__(self, name: str) -> "Tool[Any, Any]":
        if (known := self._loaded.get(name)) is not None:
            return known
        load = self._loads[name]
        with self._loading:  # who comes second waits for the first, and gets the same tool
            if name not in self._loaded:
                self._loaded[name] = load()
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loads)

    def __len__(self) -> int:
        return len(self._loads)

    def __contains__(self, name: object) -> bool:
        return name in self._loads

    def is_loaded(self, name: str) -> bool:
        """Whether to look at it takes no time."""
        return name in self._loaded

"""What a question passes on its way: the files it enters, its moves between them, and how often one thing is read.

Three questions are asked of the sandbox, each as its tool's own example. Each is asked once, so that what is imported
late is there, and then measured once more with everything opened anew, by Python's profiler, from the tool's being
called to its answer, in every thread.

- A file is entered when a function that stands in it is called.
- A move is a pair of consecutive events, call or return, of one thread in two different files. So a call into another
  file is a move and its return is another. That a coroutine is left while it waits, and entered again, is none: how
  often that comes about is the event loop's affair. Which of two threads is first is not settled, so the figure may
  differ by a few from run to run.
- The product's files count: neither libraries nor the stand-in services, nor what is called while these answer.
- A reading is the call of a function that makes an area, or a period, from what was written; what such a function
  calls of its own kind belongs to the same reading.
"""

import dis
import importlib
import inspect
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import anyio

COROUTINE = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
YIELD = dis.opmap["YIELD_VALUE"]

QUESTIONS = ("getNitemtradeList", "comtrade_data", "compare_mirror")

READINGS = {
    "area": frozenset({"resolve_area", "area", "area_named", "meanings"}),
    "period": frozenset({"period", "month", "year", "from_yyyyqq", "span"}),
}
"""The functions that read, by name, wherever below the code tables they are defined."""

READ_FOR = "compare_mirror"
STAND_IN = "/tradestat_sandbox/"
TABLES = "/tradestat_tools/codes/"


def _is_stand_in(file: str) -> bool:
    return STAND_IN in file


@dataclass(frozen=True, slots=True)
class Table:
    """One measurement: what it is, what is to be said of it, and its figures."""

    title: str
    said: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int]]

    def as_dict(self) -> dict[str, Any]:
        """The table as plain data."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return {"title": self.title, "said": self.said, "rows": rows}

    def as_markdown(self) -> str:
        """The table as Markdown; without its head where it has no rows."""
        lines = [f"## {self.title}", "", self.said, ""]
        if self.rows:
            lines += [_row(self.columns), _row(["---"] * len(self.columns)), *map(_row, self.rows), ""]
        return "\n".join(lines) + "\n"


def _row(cells: Sequence[str | int]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


@dataclass
class Recorder:
    """Counts what the profiler reports."""

    packages: Sequence[str]
    """The product's folders, each with a closing slash."""
    files: Counter[str] = field(default_factory=Counter[str])
    moves: int = 0
    readings: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    _entered: set[int] = field(default_factory=set[int])
    _last: threading.local = field(default_factory=threading.local)
    _places: dict[CodeType, tuple[str, bool]] = field(default_factory=dict[CodeType, tuple[str, bool]])

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """One event; those inside C functions are none of ours."""
        if event not in ("call", "return") or self._only_waits(frame, event):
            return
        name, is_stand_in = self._place(frame.f_code)
        if not name or is_stand_in or self._is_for_stand_in(frame):
            return
        last = getattr(self._last, "file", name)
        self._last.file = name
        self.moves += last != name
        if event == "call":
            self.files[name] += 1
            self._count_reading(frame, name)

    def _only_waits(self, frame: FrameType, event: str) -> bool:
        """Whether a coroutine is left to wait, or entered again after it."""
        if not frame.f_code.co_flags & COROUTINE:
            return False
        if event == "call":
            entered_again = id(frame) in self._entered
            self._entered.add(id(frame))
            return entered_again
        waits = frame.f_lasti >= 0 and frame.f_code.co_code[frame.f_lasti] == YIELD
        if not waits:
            self._entered.discard(id(frame))
        return waits

    def _place(self, code: CodeType) -> tuple[str, bool]:
        """The file, if it is the product's, and whether it is a stand-in's."""
        if code not in self._places:
            name = code.co_filename.replace("\\", "/")
            self._places[code] = (name if name.startswith(tuple(self.packages)) else "", _is_stand_in(name))
        return self._places[code]

    def _is_for_stand_in(self, frame: FrameType) -> bool:
        """Whether a stand-in waits for what happens here."""
        caller = frame.f_back
        while caller is not None:
            if self._place(caller.f_code)[1]:
                return True
            caller = caller.f_back
        return False

    def _count_reading(self, frame: FrameType, name: str) -> None:
        for kind, readers in READINGS.items():
            if frame.f_code.co_name in readers and TABLES in name and not self._reads(frame.f_back, readers):
                self.readings[kind, frame.f_code.co_name] += 1

    def _reads(self, caller: FrameType | None, readers: frozenset[str]) -> bool:
        """Whether the caller, through others of the code tables, is such a function itself."""
        while caller is not None and TABLES in self._place(caller.f_code)[0]:
            if caller.f_code.co_name in readers:
                return True
            caller = caller.f_back
        return False


def walk(packages: Sequence[Path]) -> list[Table]:
    """Ask, and count."""
    there = [package for package in packages if package.is_dir()]
    walked: list[tuple[str | int, ...]] = []
    read: list[tuple[str | int, ...]] = []
    for question in QUESTIONS:
        anyio.run(_ask, question, None)
        recorder = Recorder([f"{package.as_posix()}/" for package in there])
        anyio.run(_ask, question, recorder)
        walked.append((question, len(recorder.files), sum(recorder.files.values()), recorder.moves))
        if question == READ_FOR:
            for kind, readers in READINGS.items():
                counts = {name: recorder.readings[kind, name] for name in sorted(readers)}
                by_name = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
                read.append((kind, sum(counts.values()), by_name))
    said = "Asked of the sandbox, as the tool's example asks; counted as scripts/house_walk.py says."
    return [
        Table("The walk of a question", said, ("question", "files", "calls", "moves"), walked),
        Table(f"What is read for {READ_FOR}", "Readings.", ("of", "readings", "by function"), read),
    ]


async def _ask(question: str, recorder: Recorder | None) -> None:
    """Ask once, with everything opened for it."""
    known = importlib.import_module("tradestat_tools.catalogue").catalogue()
    opened = importlib.import_module("tradestat_server.mcp.context").open_context
    async with opened(known.settings(_env_file=None, TRADESTAT_SANDBOX=True)) as context:
        asked = (question, known.tools[question].example)
        if recorder is None:
            await context.call(*asked)
            return
        threading.setprofile(recorder)
        sys.setprofile(recorder)
        try:
            await context.call(*asked)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # pyright: ignore[reportArgumentType] - as documented

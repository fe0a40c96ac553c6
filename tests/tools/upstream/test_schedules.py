"""Any order of starts, ends, kills, full disks, damage and wrong clocks: what is sent stays within the budget.

What is asserted, with a budget for any 30 days in a row:

- Whenever a call reaches the service, it and those of the last 30 days of true time are no more than the budget. All of
  them count, whatever was damaged or full, between which the clock was not set forward, only back or not at all. Where
  it was set forward meanwhile, and is right now, those count that the ledger can date: made while it was right, or
  while it was behind (for no longer than 60 days), as of when it was last seen to be right. A clock that is set to a
  time yet to come can not be told from time that passed: what was spent before, or by a clock that has always been
  behind, is free again then.
- An answer that was delivered and is still fresh is not asked for again: by any program, where the disk took writes
  when it was delivered, or by the one that has it, else. What damage to the cache took, and what was stored before the
  clock was set forward, may be bought again.
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import AsyncExitStack, ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from disks import Disk, NoDisk, a_disk
from hypothesis import given, settings
from hypothesis import strategies as st
from older import OlderLedger
from scripted import NOON, POLICY, Rig, a_rig

from tradestat_tools.model.errors import TradestatError
from tradestat_tools.upstream.plan import Budget, Plan
from tradestat_tools.upstream.request import Freshness
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Grant, StoreUnavailable

DAY = 86_400.0
BUDGET = 3
PAID = replace(POLICY, paid=True, plan=Plan(budget=Budget(BUDGET, "rolling")))
FRESHNESS = Freshness(fresh=20 * DAY, renew=0, usable=40 * DAY)


class Mortal:
    """A store whose program dies after so many uses; then it does nothing any more."""

    def __init__(self, store: Any, program: "Program") -> None:
        self._store, self._program = store, program

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if not callable(found) or name in {"info", "close", "version"}:
            return found

        def use(*args: Any, **more: Any) -> Any:
            if self._program.lives == 0:
                raise StoreUnavailable("killed")
            if self._program.lives is not None:
                self._program.lives -= 1
            return found(*args, **more)

        return use


@dataclass
class Program:
    """One start of the program; `lives` counts what it may still do before it is killed."""

    stores: tuple[SqliteCache, SqliteLedger]
    rig: Rig | None = None
    lives: int | None = None

    @property
    def dead(self) -> bool:
        return self.lives == 0

    def close(self) -> None:
        for store in self.stores:
            store.close()


@dataclass(frozen=True, slots=True)
class Call:
    """One that reached the service.

    Args:
        true: when.
        dated: when by what the ledger can know, where it can.
        forward: how often the clock had been set forward.
        right: whether it was right.
    """

    true: float
    dated: float | None
    forward: int
    right: bool


@dataclass
class World:
    """A folder, the time, and a service that counts who comes."""

    folder: Path
    disk: Disk | None
    stack: AsyncExitStack
    true: float = NOON
    off: float = 0.0
    state: str = "rw"
    programs: list[Program] = field(default_factory=list[Program])
    abandoned: list[Program] = field(default_factory=list[Program])
    calls: list[Call] = field(default_factory=list[Call])
    forward: int = 0
    right: float | None = None
    behind_since: float = NOON
    delivered: dict[str, tuple[float, Program | None]] = field(default_factory=dict[str, tuple[float, Program | None]])

    @property
    def clock(self) -> float:
        return self.true + self.off

    async def start(self) -> Program:
        cache = SqliteCache(self.folder / "answers.sqlite3", patience=1)
        program = Program((cache, SqliteLedger(self.folder / "ledger.sqlite3", patience=1)))
        cache, ledger = (Mortal(store, program) for store in program.stores)
        program.rig = await self.stack.enter_async_context(a_rig(cache=cache, ledger=ledger))
        program.rig.will()
        self.programs.append(program)
        return program

    async def ask(self, program: Program, path: str) -> None:
        rig = program.rig
        assert rig is not None
        rig.now, before = self.clock, len(rig.asked)
        answered = False
        with suppress(TradestatError):
            fetched = await rig.fetch(path, policy=PAID, freshness=FRESHNESS)
            answered = fetched.state != "stale"
        sent = len(rig.asked) - before
        # A program that was killed did not get as far as this, though its call may have.
        self.count(sent)
        known = self.delivered.get(path)
        if known is not None and known[1] in (None, program) and self.true < known[0] + FRESHNESS.fresh:
            assert sent == 0 or program.dead, f"{path} was bought again"
        if sent and answered and not program.dead:
            self.delivered[path] = (self.true, None if self.state == "rw" else program)

    def count(self, sent: int) -> None:
        if self.off > 0:
            self.right = None  # the ledger's furthest date is none of the true time from here on
        elif self.off == 0 and sent:
            self.right = self.true
        knows = self.off == 0 or (self.off < 0 and self.true < self.behind_since + 60 * DAY)
        self.calls += [Call(self.true, self.right if knows else None, self.forward, self.off == 0)] * sent

    async def step(self, what: str, which: int) -> None:
        match what:
            case "start":
                await self.start()
            case "ask" | "kill":
                program = self.programs[which % len(self.programs)] if self.programs else await self.start()
                program.lives = which % 11 if what == "kill" else None
                await self.ask(program, f"/{which % 7}")
                if what == "kill":
                    program.lives = 0
                    self.programs.remove(program)
                    self.abandoned.append(program)
            case "race":
                programs = [await self.start(), await self.start()]
                async with anyio.create_task_group() as tasks:
                    for number, program in enumerate(programs):
                        tasks.start_soon(self.ask, program, f"/{which}/{number}")
            case "end":
                self.end(self.programs)
            case "time":
                self.true += [1.0, 60.0, DAY, 6 * DAY, 31 * DAY][which % 5]
            case "clock":
                self.set_clock([0.0, 0.0, -3600.0, -40 * DAY, -2000 * DAY, 400 * DAY][which % 6])
            case "disk":
                self.set_disk(["rw", "full", "ro"][which % 3])
            case "ledger":
                self.damage("ledger", which)
            case "older":
                self.older()
            case _:
                self.damage("answers", which)
                self.delivered.clear()

    def end(self, programs: list[Program]) -> None:
        """Their files are closed, and what only they had in memory is gone."""
        for program in programs:
            program.close()
            self.delivered = {path: one for path, one in self.delivered.items() if one[1] is not program}
        programs.clear()

    def set_clock(self, off: float) -> None:
        if off > self.off:
            self.forward += 1
            self.delivered.clear()
        if self.off >= 0:
            self.behind_since = self.true
        self.off = off

    def set_disk(self, state: str) -> None:
        if self.disk is None or state == self.state:
            return
        if self.state == "full":
            self.disk.empty()
        if "ro" in (state, self.state):
            self.end(self.programs)
            self.end(self.abandoned)
            self.disk.make("ro" if state == "ro" else "rw")
        if state == "full":
            self.disk.fill()
        self.state = state

    def damage(self, stem: str, which: int) -> None:
        """Noise in place of a file, which looks as if it was last written when it was."""
        if self.state != "rw":
            return
        for path in list(self.folder.glob(f"{stem}-*.sqlite3")):
            whole = path.read_bytes()
            start = 0 if which % 2 else min(4096, len(whole))
            path.write_bytes(whole[:start] + b"\xff" * max(0, len(whole) - start))
            os.utime(path, (self.true, max((call.true for call in self.calls), default=NOON)))
            if stem == "ledger":
                self.right = None

    def older(self) -> None:
        """A program of the version before starts, and spends what it may; it knows nothing of wrong clocks."""
        if self.off or self.forward:
            return
        with suppress(StoreUnavailable, OSError, sqlite3.Error), ExitStack() as older:
            ledger = older.enter_context(closing(OlderLedger(self.folder)))
            grant = ledger.reserve("shop", PAID.plan, 1, now=self.clock, latest=self.clock, lease=30)
            if isinstance(grant, Grant):
                ledger.mark_sent(grant)
                self.count(1)

    def check(self) -> None:
        for number, last in enumerate(self.calls):
            opens = last.true - 30 * DAY
            counted = [
                call
                for call in self.calls[: number + 1]
                if call.true > opens
                and (call.forward == last.forward or (last.right and call.dated is not None and call.dated > opens))
            ]
            assert len(counted) <= BUDGET, counted


WHAT = [*["ask"] * 4, "start", "kill", "race", "end", "time", "clock", "disk", "ledger", "cache", "older"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(WHAT),
        st.integers(0, 1000),
    ),
    max_size=40,
)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(STEPS)
def test_no_schedule_overspends_the_budget_or_buys_twice_what_was_delivered(steps: list[tuple[str, int]]) -> None:
    async def play(folder: Path, disk: Disk | None) -> None:
        async with AsyncExitStack() as stack:
            world = World(folder, disk, stack)
            for what, which in steps:
                await world.step(what, which)
                world.check()

    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder, disk = Path(name), None
        with suppress(NoDisk):
            disk = stack.enter_context(a_disk(folder / "disk"))
            folder = disk.folder
        anyio.run(play, folder, disk)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills: POSIX only")
def test_programs_that_are_killed_while_they_buy_overspend_nothing_and_buy_nothing_twice(tmp_path: Path) -> None:
    chance, budget = random.Random(4711), 12
    sent: list[str] = []
    had: set[str] = set()
    for run in range(20):
        command = [sys.executable, str(Path(__file__).with_name("workers.py")), "buy", str(tmp_path), str(run)]
        lives = chance.randint(1, 8) + 2 * len(had)
        with subprocess.Popen([*command, str(budget), "20"], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for number, line in enumerate(process.stdout):
                what, path = json.loads(line)
                if what == "sent":
                    assert path not in had, f"{path} was bought again"
                    sent.append(path)
                elif what == "has":
                    had.add(path)
                if number == lives:
                    process.kill()  # what it had written by then is read on
        assert len(sent) <= budget
    assert len(sent) == budget, "and all of it can be spent"
    assert len(had) >= budget - 5

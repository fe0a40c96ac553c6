"""What becomes of cache and ledger: rows of a table of its own, with paid calls counted at the door of a stand-in."""

import shutil
import sqlite3
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio
from disks import Disk, NoDisk, a_disk
from older import OlderCache, OlderLedger
from scripted import FRESHNESS, NOON, POLICY, Rig, a_rig

from tradestat_tools.model.errors import TradestatError
from tradestat_tools.upstream.plan import Budget, Plan
from tradestat_tools.upstream.request import Request, Response
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.sqlite.file import SqliteFile
from tradestat_tools.upstream.sqlite.ledger import SCHEMA
from tradestat_tools.upstream.store import Entry, Grant, StoreUnavailable

BUDGET = 5
STORED = 3
"""Answers that were bought, and stored, before anything goes wrong."""

PAID = replace(POLICY, paid=True, plan=Plan(budget=Budget(BUDGET, "rolling")))


@dataclass
class Scene:
    """A folder, and what was asked at the door of the service by whichever program."""

    folder: Path
    disk: Disk | None = None
    door: list[str] = field(default_factory=list[str])
    read: int = STORED
    again: int = 0

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / "ledger-3.sqlite3"

    @property
    def cache(self) -> Path:
        """The cache's file."""
        return self.folder / "answers-2.sqlite3"

    @asynccontextmanager
    async def program(self) -> AsyncGenerator[Rig]:
        """This version of the program, started anew on what is in the folder."""
        cache = SqliteCache(self.folder / "answers.sqlite3", patience=1)
        ledger = SqliteLedger(self.folder / "ledger.sqlite3", patience=1)
        async with a_rig(cache=cache, ledger=ledger, asked=self.door) as rig:
            yield rig.will()

    async def ask(self, rig: Rig, path: str) -> bool:
        """Whether there is an answer, stored or bought."""
        with suppress(TradestatError):
            await rig.fetch(path, policy=PAID)
            return True
        return False

    async def use(self, rig: Rig, name: str) -> None:
        """Look for what is stored, spend all that may be spent, and ask once more for what was delivered."""
        stored = [f"/{i}" for i in range(STORED)]
        before = len(self.door)
        self.read = min(self.read, sum([await self.ask(rig, p) and len(self.door) == before for p in stored]))
        new = [f"/{name}/{i}" for i in range(BUDGET)]
        delivered = [path for path in new if await self.ask(rig, path)]
        before = len(self.door)
        for path in delivered:
            await self.ask(rig, path)
        self.again += len(self.door) - before

    def older(self, ledger: OlderLedger, most: int = BUDGET) -> None:
        """What a program of the version before asks, that has nothing stored."""
        for _ in range(most):
            with suppress(StoreUnavailable):
                grant = ledger.reserve("shop", PAID.plan, 1, now=NOON, latest=NOON, lease=30)
                if isinstance(grant, Grant):
                    ledger.mark_sent(grant)
                    self.door.append("/older")


@dataclass(frozen=True, slots=True)
class StoreFault:
    """One row.

    Args:
        act: what happens once answers are stored and the program has ended; it then starts twice.
        during: what happens while it runs, instead.
        disk: on a disk of its own.
        begins: who bought the first answers, where it was not this version.
    """

    name: str
    act: Callable[[Scene], object] = lambda _: None
    during: Callable[[Scene], Awaitable[None]] | None = None
    disk: bool = False
    begins: Callable[[Scene], None] | None = None


def _full(scene: Scene) -> None:
    if scene.disk:
        scene.disk.fill()


async def _filling(scene: Scene) -> None:
    async with scene.program() as rig:
        await scene.ask(rig, "/one more")
        _full(scene)
        await scene.use(rig, "full")
        if scene.disk:
            scene.disk.empty()
        await scene.use(rig, "room")


def _read_only(scene: Scene) -> None:
    if scene.disk:
        scene.disk.make("ro")


def _noise(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(bytes(range(256)) * 64)


def _damaged(path: Path) -> None:
    """The first page is whole, so that it shows only when it is used."""
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _begun_by_older(scene: Scene) -> None:
    ledger, cache = OlderLedger(scene.folder), OlderCache(scene.folder)
    scene.older(ledger, STORED)
    for i in range(STORED):
        key = Request("shop", "a", f"http://shop.invalid/{i}", freshness=FRESHNESS).key
        times = (NOON, NOON + 100, NOON + 100, NOON + 1100)
        cache.put(key, Entry("shop", "a", "address", Response(200, {}, b'{"v": 1}'), *times))
    ledger.db.close()
    cache.db.close()


def _newer(scene: Scene) -> None:
    SqliteFile(scene.folder / "ledger.sqlite3", replace(SCHEMA, version=4, carry={**SCHEMA.carry, 3: _carry})).close()


def _carry(new: sqlite3.Connection, old: sqlite3.Connection) -> None:
    rows = old.execute("SELECT id, account, at, credits, sent, lapses FROM calls")
    new.executemany("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?, ?, ?)", rows)


async def _two_versions(scene: Scene) -> None:
    older = OlderLedger(scene.folder)
    scene.older(older, 1)
    async with scene.program() as rig:
        scene.older(older)
        await scene.use(rig, "new")
        scene.older(older)
        with suppress(StoreUnavailable):
            scene.older(OlderLedger(scene.folder))
    older.db.close()


async def _race(scene: Scene) -> None:
    async with AsyncExitStack() as stack:
        rigs = [await stack.enter_async_context(scene.program()) for _ in range(6)]
        async with anyio.create_task_group() as tasks:
            for number, rig in enumerate(rigs):
                for path in ("/same", f"/{number}/a", f"/{number}/b"):
                    tasks.start_soon(scene.ask, rig, path)
        scene.again += max(0, scene.door.count("/same") - 1)
        for rig in rigs:
            await scene.use(rig, "after")


FAULTS = (
    StoreFault("nothing"),
    StoreFault("disk full", _full, disk=True),
    StoreFault("disk filling", during=_filling, disk=True),
    StoreFault("disk read-only", _read_only, disk=True),
    StoreFault("ledger: noise", lambda scene: _noise(scene.ledger)),
    StoreFault("ledger: damaged", lambda scene: _damaged(scene.ledger)),
    StoreFault("ledger: foreign", lambda scene: _foreign(scene.ledger)),
    StoreFault("ledger: a folder", lambda scene: _folder(scene.ledger)),
    StoreFault("cache: noise", lambda scene: _noise(scene.cache)),
    StoreFault("cache: damaged", lambda scene: _damaged(scene.cache)),
    StoreFault("cache: foreign", lambda scene: _foreign(scene.cache)),
    StoreFault("cache: a folder", lambda scene: _folder(scene.cache)),
    StoreFault("older", begins=_begun_by_older),
    StoreFault("newer", _newer),
    StoreFault("two versions", during=_two_versions, begins=_begun_by_older),
    StoreFault("race", during=_race),
)

FIRST = 24
LEGEND = f"""\
Stores: {STORED} answers are bought and stored, of a budget of {BUDGET}; then the fault; then the program starts twice
and spends what it may. Paid: calls at the service's door in all. Read: how many of the stored answers still are. Again:
calls for what the program had delivered since it was started."""
HEAD = f"{'':{FIRST}}{'paid':6}{'read':6}again"


async def try_row(fault: StoreFault) -> str:
    """A row of the table, as text."""
    folder = Path(tempfile.mkdtemp())
    try:
        if not fault.disk:
            scene = await _play(fault, Scene(folder))
        else:
            with a_disk(folder / "disk") as disk:
                scene = await _play(fault, Scene(disk.folder, disk))
    except NoDisk:
        return not_tried(fault)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return f"{fault.name:{FIRST}}{len(scene.door):<6}{f'{scene.read}/{STORED}':6}{scene.again}"


def not_tried(fault: StoreFault) -> str:
    """The row of a fault that this machine can not make; nothing where every machine can."""
    return f"{fault.name:{FIRST}}not tried: no disk can be mounted here" if fault.disk else ""


async def _play(fault: StoreFault, scene: Scene) -> Scene:
    if fault.begins is not None:
        fault.begins(scene)
    else:
        async with scene.program() as rig:
            for i in range(STORED):
                await scene.ask(rig, f"/{i}")
    fault.act(scene)
    if fault.during is not None:
        await fault.during(scene)
        return scene
    for start in ("first", "second"):
        async with scene.program() as rig:
            await scene.use(rig, start)
    return scene

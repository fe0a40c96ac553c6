"""Whole answers, kept under a short handle, so that what a text leaves out can still be read, sorted and cited."""

import base64
import hashlib
import io
import json
import logging
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Annotated, Any, cast

from pydantic import AfterValidator

from tradestat_tools.codes.words import shown
from tradestat_tools.contract.kept import KeptFigures, KeptRows, Tables
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Kept, Note, Provenance, Table
from tradestat_tools.model.arguments import ArgumentError
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.observation import Observation
from tradestat_tools.upstream.request import DAY, AskedCall, Response
from tradestat_tools.upstream.runtime import in_thread
from tradestat_tools.upstream.store import Cache, Entry, StoreUnavailable
from tradestat_tools.upstream.watch import current_watch

log = logging.getLogger(__name__)

KEPT_FOR = 30 * DAY
"""Seconds; the least recently used go earlier where there are too many."""

WRITE_AGAIN = DAY
"""Seconds after which an answer that is given again is written again, so that its time begins anew."""

FORMAT = 2
"""Raised whenever what is stored under a handle changes: other formats are not read, and have other handles."""

HANDLE = r"^r[a-z2-7]{10}$"
"""A handle: 50 bits of a digest of what it stands for."""

_BEFORE_HANDLE = re.compile(r"^(?:rows[\s(]+)?(?:result|handle)\s*[=:]?\s*")
"""What stands before a handle in an answer's first line, and where an answer says how to get more rows."""

_OF_THE_CALL = frozenset({"state", "calls", "credits_charged", "remaining_quota"})
"""What differs between two answers from the same data."""


@dataclass(frozen=True, slots=True)
class StoredResult:
    """An answer as it was given, whole and exact.

    Args:
        tool: the tool that gave it.
        arguments: as the caller wrote them.
        structured: the answer's structured content.
        asked: the calls to services that the answer was made from, stored ones included; none of an answer that was
            made from other answers.
        figures: the figures as common rows, where they lie in a file.
    """

    handle: str
    tool: str
    arguments: dict[str, Any]
    what: str
    tables: tuple[Table, ...]
    source: Provenance
    notes: tuple[Note, ...]
    structured: dict[str, Any]
    asked: tuple[AskedCall, ...] = ()
    figures: KeptFigures | None = None


class Results:
    """Answers by handle. There is nothing of a key in them, because there is none in an answer.

    Args:
        store: where they are kept; without it nothing is, and no answer has a handle.
        now: wall time in seconds.
        tables: where the rows are of answers that are too large for the store.
    """

    def __init__(
        self, store: Cache | None = None, *, now: Callable[[], float] = time.time, tables: Tables | None = None
    ) -> None:
        self._store = store
        self._now = now
        self.tables = tables or Tables()

    async def keep(
        self, tool: str, arguments: Mapping[str, Any], answer: Answer[Any], asked: Sequence[AskedCall] = ()
    ) -> str | None:
        """Keep an answer and say under which handle; None where it can not be kept, which is no failure of the call."""
        store = self._store
        if store is None:
            return None
        return await in_thread(lambda: self._keep(store, tool, dict(arguments), answer, asked))

    async def find(self, handle: str) -> StoredResult | None:
        """What is kept under a handle; None where nothing is, or no longer."""
        return await in_thread(self.look_up, handle)

    def look_up(self, handle: str) -> StoredResult | None:
        """The same. Blocks."""
        found = None if self._store is None else self._find(self._store, handle)
        current_watch().kept[handle] = found is not None
        return found

    def still(self, kept: Mapping[str, bool]) -> bool:
        """Whether something is kept under just those handles under which it was. What is, never changes. Blocks."""
        store = self._store
        return store is not None and store.stored_at(kept).keys() == {handle for handle, was in kept.items() if was}

    def version(self) -> object:
        """As `Cache.version`, of where answers are kept."""
        return None if self._store is None else self._store.version()

    def _keep(
        self, store: Cache, tool: str, arguments: dict[str, Any], answer: Answer[Any], asked: Sequence[AskedCall]
    ) -> str | None:
        structured = answer.structured()
        handle = _handle(tool, structured)
        now = self._now()
        held = None
        with suppress(StoreUnavailable):  # a disk that can not be read keeps what comes in memory
            held = store.get(handle, now)
        try:
            if held is None or now - held.stored_at > WRITE_AGAIN:
                store.put(handle, _entry(tool, arguments, answer, structured, asked=asked, now=now))
        except StoreUnavailable as error:
            log.warning("An answer of %s is not kept: %s", tool, error)
            return None
        current_watch().kept[handle] = True
        return handle

    def _find(self, store: Cache, handle: str) -> StoredResult | None:
        try:
            entry = store.get(handle, self._now())
        except StoreUnavailable as error:
            log.warning("Stored answers can not be read: %s", error)
            return None
        return _read(handle, entry, self.tables) if entry else None


def read_handle(text: str) -> str:
    """A handle as a caller wrote it, or copied it with the words before it: `result rk3v7q2m5xa`.

    Raises:
        ArgumentError: it has not the form of one.
    """
    lowered = _BEFORE_HANDLE.sub("", text.strip().lower()).strip("\"'`")
    if not re.match(HANDLE, lowered):
        raise ArgumentError(
            f"{shown(text)} is no handle.",
            allowed="the r and ten letters or digits at the end of an answer's first line",
            remedy="Copy it from the first line of the answer that is meant, or call the tool of that answer again.",
        )
    return lowered


Handle = Annotated[str, AfterValidator(read_handle)]
"""The handle of a stored answer, as an argument."""


def is_handle(text: str) -> bool:
    """Whether this is the handle of a stored answer."""
    return re.match(HANDLE, text) is not None


async def found_in(results: Results, handle: str) -> StoredResult:
    """What is kept under a handle.

    Raises:
        NoData: nothing is, or no longer.
    """
    stored = await results.find(handle)
    if stored is None:
        raise NoData(
            f"No answer is kept under {handle}: it was never given here, or is too old, or was cleared.",
            remedy="Call the tool that gave it again, with the same arguments, and use the handle it gives: "
            "a stored answer costs nothing.",
        )
    return stored


def figures_of(stored: StoredResult, tool: Tool[Any, Any]) -> Sequence[Observation]:
    """The figures of a stored answer of a tool as common rows; none where it has none. Blocks long for a large file."""
    if tool.observe is None:
        return ()
    if stored.figures is not None:
        return stored.figures
    return tool.observe(tool.data.model_validate(stored.structured["data"]), stored.source)


async def made_of(results: Results, handles: Sequence[str]) -> tuple[list[StoredResult], list[str]]:
    """The answers of services that stored ones are made of, or are, each once; and the handles kept no longer."""
    return await in_thread(lambda: _made_of(results, handles))


def _made_of(results: Results, handles: Sequence[str]) -> tuple[list[StoredResult], list[str]]:
    found: list[StoredResult] = []
    lost: list[str] = []
    wanted, seen = list(handles), set[str]()
    while wanted:
        handle = wanted.pop(0)
        if handle in seen:
            continue
        seen.add(handle)
        part = results.look_up(handle)
        if part is None:
            lost.append(handle)
        elif part.source.results:
            wanted = [*part.source.results, *wanted]
        else:
            found.append(part)
    return found, lost


def _handle(tool: str, structured: Mapping[str, Any]) -> str:
    """Equal for the same data retrieved at the same moment, however the question was written."""
    source = {name: value for name, value in structured["source"].items() if name not in _OF_THE_CALL}
    sandbox = structured["source"]["state"] == "sandbox"
    digest = hashlib.sha256()
    for piece in _pieces([FORMAT, tool, sandbox, structured["what"], source, structured["data"]], _SORTED):
        digest.update(piece)
    return "r" + base64.b32encode(digest.digest())[:10].decode().lower()


_SORTED = json.JSONEncoder(sort_keys=True)
_AS_GIVEN = json.JSONEncoder(ensure_ascii=False, default=str)
AT_ONCE = 2_000
"""Items that are text at once: that of a whole large answer would take as much memory as the answer."""

PARTS = 32
"""Items up to which each may be large itself: the parts of an answer."""


def _pieces(value: Any, encoder: json.JSONEncoder, depth: int = 5) -> Iterator[bytes]:
    """What the encoder would make of a value, piece by piece where it is long."""
    if not _is_long(value, depth):
        yield encoder.encode(value).encode("utf-8", "surrogatepass")
    elif isinstance(value, dict):
        held = cast("dict[str, Any]", value)
        names = sorted(held) if encoder.sort_keys else list(held)
        yield b"{"
        for at, name in enumerate(names):
            yield f"{', ' if at else ''}{encoder.encode(name)}: ".encode("utf-8", "surrogatepass")
            yield from _pieces(held[name], encoder, depth - 1)
        yield b"}"
    else:
        items = cast("Sequence[Any]", value)
        yield b"["
        if len(items) <= PARTS:
            for at, one in enumerate(items):
                yield b", " if at else b""
                yield from _pieces(one, encoder, depth - 1)
        else:
            for at in range(0, len(items), AT_ONCE):
                yield b", " if at else b""
                yield encoder.encode(items[at : at + AT_ONCE])[1:-1].encode("utf-8", "surrogatepass")
        yield b"]"


def _is_long(value: Any, depth: int) -> bool:
    """Whether a value holds more items than are text at once, in itself or in one of its parts."""
    if not depth or not isinstance(value, dict | list | tuple):
        return False
    items = cast("Collection[Any]", value.values() if isinstance(value, dict) else value)
    if len(items) > AT_ONCE:
        return True
    return len(items) <= PARTS and any(_is_long(one, depth - 1) for one in items)


def _entry(
    tool: str,
    arguments: dict[str, Any],
    answer: Answer[Any],
    structured: dict[str, Any],
    *,
    asked: Sequence[AskedCall],
    now: float,
) -> Entry:
    tables = [
        {
            "columns": table.columns,
            "rows": table.rows,
            "title": table.title,
            "measures": sorted(table.measures),
            "weights": sorted(table.weights),
            "units": dict(table.units),
            "listing": table.listing,
            "kept": table.kept.model_dump() if table.kept else None,
        }
        for table in answer.tables()
    ]
    kept = {
        "format": FORMAT,
        "arguments": arguments,
        "tables": tables,
        "structured": structured,
        "asked": [asdict(call) for call in asked],
    }
    body = io.BytesIO()
    body.writelines(_pieces(kept, _AS_GIVEN))
    until = now + KEPT_FOR
    return Entry(tool, tool, answer.source.address, Response(200, {}, body.getvalue()), now, until, until, until)


def _read(handle: str, entry: Entry, of: Tables) -> StoredResult | None:
    kept = json.loads(entry.response.body.decode("utf-8", "surrogatepass"))
    if kept["format"] != FORMAT:
        return None
    structured = kept["structured"]
    tables = tuple(
        Table(
            tuple(table["columns"]),
            [tuple(row) for row in table["rows"]],
            table["title"],
            frozenset(table["measures"]),
            frozenset(table["weights"]),
            units=table.get("units", {}),
            listing=table.get("listing", False),
        )
        if not table.get("kept")
        else _kept_table(of, table)
        for table in kept["tables"]
    )
    return StoredResult(
        handle=handle,
        tool=entry.endpoint,
        arguments=kept["arguments"],
        what=structured["what"],
        tables=tables,
        source=Provenance.model_validate(structured["source"]),
        notes=tuple(Note.model_validate(note) for note in structured.get("notes", ())),
        structured=structured,
        asked=tuple(AskedCall(**call) for call in kept["asked"]),
        figures=next((KeptFigures(of, Kept(**table["kept"])) for table in kept["tables"] if table.get("kept")), None),
    )


def _kept_table(of: Tables, table: Mapping[str, Any]) -> Table:
    """A table whose rows lie in a file; where there are no more than the answer holds, those."""
    kept = Kept(**table["kept"])
    columns = tuple(table["columns"])
    rows = [tuple(row) for row in table["rows"]] if kept.rows == len(table["rows"]) else KeptRows(of, kept, columns)
    measures, weights = frozenset(table["measures"]), frozenset(table["weights"])
    return Table(columns, rows, table["title"], measures, weights, units=table.get("units", {}))

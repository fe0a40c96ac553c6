"""Stored answers as one file to hand on: what one has paid for, all of a team can ask.

Gzipped lines of JSON: a head, one line an answer, and an end that counts them, so that half a file is known for one.
There is no key in it, because there is none in a cache.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field

from tradestat_tools.upstream.policy import MAX_BODY
from tradestat_tools.upstream.redaction import blanked, blanked_body, is_short
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.store import Cache, Entry

FORMAT = "tradestat answers"
VERSION = 1

MAX_LINE = MAX_BODY * 4 // 3 + 1024 * 1024
"""Bytes: the largest body that is ever stored, in base64, and what stands around it."""

AHEAD = 86_400.0
"""Seconds by which another machine's clock may be ahead."""

Moment = Annotated[float, Field(allow_inf_nan=False)]


class NotPortable(ValueError):
    """The file does not hold stored answers, or not whole; the message says what is wrong with it."""


class Stored(BaseModel):
    """One answer as a line has it; the times are those of `Entry`, in its order."""

    model_config = ConfigDict(strict=True, extra="forbid")

    key: str = Field(pattern=r"^[0-9a-f]{64}$")
    source: str
    endpoint: str
    address: str
    status: int
    headers: dict[str, str]
    times: list[Moment] = Field(min_length=4, max_length=4)
    body: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the answers of a file: taken, not newer than what is here, and past their time."""

    taken: int
    not_newer: int
    lapsed: int


def export_answers(cache: Cache, path: Path, secrets: Sequence[str] = ()) -> int:
    """Write every stored answer to a file, whole or not at all; says how many.

    Args:
        secrets: blanked out of all of them: what older versions stored may hold a key.

    Raises:
        OSError: the file can not be written.
        StoreUnavailable: the cache can not be read.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with gzip.open(part, "wt", encoding="utf-8", newline="\n", compresslevel=6) as file:
            _write(file, {"format": FORMAT, "version": VERSION})
            count = 0
            for key, entry in cache.entries():
                _write(file, _line(key, entry, [one for one in secrets if not is_short(one)]))
                count += 1
            _write(file, {"end": count})
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


def import_answers(path: Path, cache: Cache, now: float) -> Imported:
    """Take the answers of a file that are newer than what the cache has. The whole file is checked before the first.

    Raises:
        NotPortable: not such a file, of another version, or damaged; nothing was taken.
        OSError: the file can not be opened.
        StoreUnavailable: the cache can not be reached.
    """
    for _ in _read(path, now):
        pass
    taken = not_newer = lapsed = 0
    for key, entry in _read(path, now):
        here = cache.get(key, now)
        if entry.usable_until <= now:
            lapsed += 1
        elif here is not None and here.stored_at >= entry.stored_at:
            not_newer += 1
        else:
            cache.put(key, entry)
            taken += 1
    return Imported(taken, not_newer, lapsed)


def _write(file: IO[str], line: dict[str, Any]) -> None:
    file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def _line(key: str, entry: Entry, secrets: Sequence[str]) -> dict[str, Any]:
    headers, body = entry.response.headers, blanked_body(entry.response.body, secrets)
    return Stored(
        key=key,
        source=entry.source,
        endpoint=entry.endpoint,
        address=blanked(entry.address, secrets),
        status=entry.response.status,
        headers={name: blanked(value, secrets) for name, value in headers.items()},
        times=list(entry.times),
        body=base64.b64encode(body).decode("ascii"),
    ).model_dump()


def _read(path: Path, now: float) -> Iterator[tuple[str, Entry]]:
    """The answers of a file, one by one.

    Raises:
        NotPortable: at the first thing that is not as `export_answers` writes it.
    """
    count = 0
    with path.open("rb") as raw:
        try:
            with gzip.GzipFile(fileobj=raw) as file:
                _check_head(_object(file))
                while "end" not in (line := _object(file)):
                    yield _entry(line, now)
                    count += 1
                if line["end"] != count or file.read(1):
                    raise NotPortable("it does not hold as many answers as it says")
        except (gzip.BadGzipFile, zlib.error) as error:
            raise NotPortable("it is not one that `cache export` wrote, or it is damaged") from error
        except EOFError as error:
            raise NotPortable("it ends too early") from error


def _object(file: gzip.GzipFile) -> dict[str, Any]:
    text = file.readline(MAX_LINE)
    if not text.endswith(b"\n"):
        raise NotPortable("it ends too early" if len(text) < MAX_LINE else "an answer in it is too large")
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        raise NotPortable("it is not one that `cache export` wrote") from None
    if not isinstance(line, dict):
        raise NotPortable("it is not one that `cache export` wrote")
    return cast("dict[str, Any]", line)


def _check_head(head: dict[str, Any]) -> None:
    if head.get("format") != FORMAT:
        raise NotPortable("it is not one that `cache export` wrote")
    if head.get("version") != VERSION:
        raise NotPortable(f"it is of version {head.get('version')!r}, and this program reads version {VERSION}")


def _entry(line: dict[str, Any], now: float) -> tuple[str, Entry]:
    try:
        stored = Stored.model_validate(line)
        body = base64.b64decode(stored.body, validate=True)
    except ValueError:
        raise NotPortable("an answer in it is damaged") from None
    if stored.times != sorted(stored.times):
        raise NotPortable("an answer in it is damaged")
    if stored.times[0] > now + AHEAD:
        raise NotPortable("an answer in it is from the future; check this machine's clock and that of whoever wrote it")
    response = Response(stored.status, stored.headers, body)
    return stored.key, Entry(stored.source, stored.endpoint, stored.address, response, *stored.times)

"""The one folder that files are imported from. What leads out of it, or is no plain file, is not opened."""

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tradestat_tools.codes.words import fold, shown
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.results.export.folder import READ_ONLY

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")
"""No other file is opened, so that nothing else that lies in the folder can be quoted by an error."""

MOST_BYTES = 8_000_000_000
"""10 million rows of UN Comtrade as CSV have some 3 GB."""

LISTED = 10
LOOKED_AT = 5000
"""Entries of the folder that are looked at for names to offer."""

file_refused = partial(InvalidQuery, argument="file")
"""Why a file is not imported."""

ALLOWED = f"the name of a file ({', '.join(SUFFIXES)}) in the import folder, or in a folder in it"


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is open for reading.

    Args:
        name: without its folder.
        saved_at: when it was last written, UTC.
    """

    name: str
    bytes: int
    saved_at: datetime
    stream: BinaryIO


PUT_THERE = (
    "Put the exported file into that folder and call again. How to export one from China Customs: "
    "tradestat://guide/china-customs (Chinese: -zh, Korean: -ko)."
)


class ImportFolder:
    """A folder of files that a person put there."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()

    @contextmanager
    def open(self, wanted: str) -> Generator[OpenFile]:
        """A file of the folder. Blocks.

        Raises:
            InvalidQuery: it is not in the folder, not a plain file of text, or too large; names files that are there.
        """
        path = self._found(wanted)
        try:
            descriptor = os.open(path, READ_ONLY)
        except OSError as error:
            raise self._refusal(f"{shown(wanted)} can not be opened: {error.strerror}.", wanted) from None
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_size > MOST_BYTES:
            os.close(descriptor)
            if not stat.S_ISREG(about.st_mode):
                raise self._refusal(f"{shown(wanted)} is not a plain file.", wanted)
            raise file_refused(
                f"{shown(wanted)} has {about.st_size:,} bytes.",
                allowed=f"at most {MOST_BYTES:,} bytes",
                remedy="Export fewer periods, products or partners at a time.",
            )
        with open(path, "rb", opener=lambda _path, _flags: descriptor) as stream:
            saved_at = datetime.fromtimestamp(about.st_mtime, UTC).replace(microsecond=0)
            yield OpenFile(path.name, about.st_size, saved_at, stream)

    def names(self, like: str = "") -> list[str]:
        """Up to `LISTED` files that can be imported, those of the most similar name first, then the newest."""
        found: list[tuple[float, float, str]] = []
        try:
            with os.scandir(self.path) as entries:
                for _, entry in zip(range(LOOKED_AT), entries, strict=False):
                    if self._importable(entry):
                        alike = SequenceMatcher(None, fold(Path(like).name), fold(entry.name)).ratio() if like else 0
                        found.append((-alike, -entry.stat(follow_symlinks=False).st_mtime, entry.name))
        except OSError:
            return []
        return [name for _, _, name in sorted(found)[:LISTED]]

    @staticmethod
    def _importable(entry: "os.DirEntry[str]") -> bool:
        plain = not entry.name.startswith(".") and entry.name.lower().endswith(SUFFIXES) and entry.name.isprintable()
        return plain and entry.is_file(follow_symlinks=False)

    def _found(self, wanted: str) -> Path:
        """The real path, which lies in the folder.

        Raises:
            InvalidQuery: it does not, or is no name that could.
        """
        parts = wanted.replace("\\", "/").split("/")
        if "\0" in wanted or ".." in parts or wanted.replace("\\", "/").startswith("//"):
            raise self._refusal(f"{shown(wanted)} leads out of the import folder.", wanted)
        try:
            self.path.mkdir(parents=True, exist_ok=True)  # so that the refusal names a folder that is there
            home = self.path.resolve(strict=True)
        except (OSError, RuntimeError):
            raise file_refused(
                f"The import folder, {self.path}, does not exist and can not be made.",
                remedy="Set TRADESTAT_IMPORT_DIR to the folder that holds exported files, and start the server again.",
            ) from None
        try:
            path = (self.path / wanted).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):  # RuntimeError: links that lead to one another, before Python 3.13
            inside = not Path(wanted).is_absolute() or Path(wanted).is_relative_to(self.path)
            what = "is not in the import folder" if inside else "leads out of the import folder"
            raise self._refusal(f"{shown(wanted)} {what}.", wanted) from None
        if not path.is_relative_to(home):
            raise self._refusal(f"{shown(wanted)} leads out of the import folder.", wanted)
        if not path.name.isprintable():
            raise self._refusal(f"{shown(path.name)} has characters in its name that show nothing.", wanted)
        hidden = any(part.startswith(".") for part in path.relative_to(home).parts)
        if hidden or not path.name.lower().endswith(SUFFIXES):
            book = path.suffix.lower() in (".xlsx", ".xls", ".ods")
            raise self._refusal(
                f"{shown(wanted)} is not a file of a kind that is imported.",
                wanted,
                remedy="Save the sheet as CSV (UTF-8), codes as text, and import that." if book else None,
            )
        return path

    def _refusal(self, message: str, wanted: str, *, remedy: str | None = None) -> InvalidQuery:
        names = self.names(wanted)
        there = ", ".join(names) if names else "none"
        return file_refused(
            message,
            allowed=f"{ALLOWED} ({self.path}). Files there: {there}",
            nearest=names[:3],
            remedy=remedy or (None if names else PUT_THERE),
        )

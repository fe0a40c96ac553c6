"""The one folder that exports are written to and read from. Names are checked, links are not followed."""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tradestat_tools.codes.words import shown
from tradestat_tools.model.arguments import ArgumentError

LONGEST = 120
"""Characters and bytes of a name that a caller may choose; with what is added it fits every file system."""

SYNTHETIC = "sandbox-"
"""How the names of files with synthetic figures begin: CSV has no other place for it."""

TRIES = 1000
"""Files of one name, each with a number of its own, before another name is asked for."""

_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789"}
)
"""Devices on Windows, whatever the ending of the name."""

_MARKS = frozenset(" ._-()")
ALLOWED = "letters and digits of any script, blanks and . _ - ( ); no folder"

_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
READ_ONLY = os.O_RDONLY | _NO_LINKS | getattr(os, "O_NONBLOCK", 0)
"""How a file is opened: not where it is a link, and not to wait for the other end, should it be a pipe."""


def safe_name(text: str) -> str:
    """A file name that means the same file in one folder on every system.

    Raises:
        ArgumentError: it could lead out of the folder, name a device, or look like another name.
    """
    # Wide and other compatibility forms of / . and : become themselves, and are then refused like them.
    name = unicodedata.normalize("NFKC", text).strip(" ")
    strange = next((char for char in name if not (char in _MARKS or unicodedata.category(char)[0] in "LNM")), None)
    if strange is not None or ".." in name:
        what = f"{shown(strange)} can not stand in it" if strange is not None else "'..' can not stand in it"
        raise ArgumentError(f"{shown(text)} is no name of a file: {what}.", allowed=ALLOWED)
    if not name or name[0] in ".-" or name[-1] == "." or unicodedata.category(name[0])[0] == "M":
        raise ArgumentError(f"{shown(text)} can not be the name of a file.", allowed=f"{ALLOWED}; a letter first")
    if name.partition(".")[0].strip().lower() in _RESERVED:
        raise ArgumentError(f"{shown(text)} is the name of a device on Windows.", allowed="another name")
    if len(name.encode("utf-8", "replace")) > LONGEST:
        raise ArgumentError(f"{shown(text)} is too long.", allowed=f"at most {LONGEST} bytes in UTF-8")
    return name


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written.

    Args:
        sha256: of its bytes, in hexadecimal.
    """

    name: str
    path: Path
    bytes: int
    sha256: str


class ExportFolder:
    """One folder of files. Nothing in it is ever written over.

    Args:
        path: made with the first file, and the folders above it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    @contextmanager
    def new_file(self, stem: str, suffix: str) -> Generator[tuple[str, BinaryIO]]:
        """A new file to write, under `stem` and `suffix`, with a number between them where there is such a file.

        A file that could not be finished is taken away.

        Raises:
            OSError: the folder can not be made or written to.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        name, descriptor = self._reserve(stem, suffix)
        try:
            with os.fdopen(descriptor, "w+b") as file:
                yield name, file
        except BaseException:
            (self.path / name).unlink(missing_ok=True)
            raise

    def written(self, name: str) -> Written:
        """What a finished file holds."""
        path = self.path / name
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Written(name, path, file.tell(), digest)

    def read(self, name: str, most: int) -> bytes:
        """A file of the folder, whole.

        Raises:
            ArgumentError: no name of a file.
            FileNotFoundError: there is no such file; a link or a folder is none.
            ValueError: it has more than `most` bytes.
        """
        if safe_name(name) != name:
            raise FileNotFoundError(name)
        path = self.path / name
        if path.is_symlink():
            raise FileNotFoundError(name)
        try:
            descriptor = os.open(path, READ_ONLY)
        except OSError:
            raise FileNotFoundError(name) from None
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            os.close(descriptor)
            raise FileNotFoundError(name)
        with os.fdopen(descriptor, "rb") as file:
            if about.st_size > most:
                raise ValueError(f"{name} has {about.st_size:,} bytes; a resource may have {most:,}.")
            return file.read(most + 1)[:most]

    def _reserve(self, stem: str, suffix: str) -> tuple[str, int]:
        for number in range(1, TRIES + 1):
            name = f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}"
            try:
                # O_EXCL: of two exports at once each gets a name, and a link that lies there is not followed.
                return name, os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_LINKS, 0o644)
            except FileExistsError:
                continue
        raise FileExistsError(f"there are {TRIES} files {stem}{suffix} already")

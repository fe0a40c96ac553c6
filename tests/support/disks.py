"""A small disk of one's own, to be filled up and made read-only."""

import errno
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


class NoDisk(Exception):
    """This machine lets nobody but an administrator mount one."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk in memory, mounted on a folder."""

    folder: Path

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def fill(self) -> None:
        """Leave not a byte."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (4096, 512, 1):
                with suppress_full():
                    while True:
                        file.write(bytes(size))

    def empty(self) -> None:
        """Give back what `fill` took."""
        self._filler.unlink()

    def make(self, how: str) -> None:
        """Mount it again read-only ("ro") or writable ("rw"); nobody may have a file of it open for writing."""
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.folder)], check=True, capture_output=True)


@contextmanager
def suppress_full() -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


@contextmanager
def a_disk(folder: Path, kilobytes: int = 2048) -> Generator[Disk]:
    """A disk of that size, until the end of the block.

    Raises:
        NoDisk: none can be mounted here.
    """
    if sys.platform != "linux" or shutil.which("mount") is None:
        raise NoDisk("a disk of one's own is mounted on Linux only")
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise NoDisk(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        with suppress(subprocess.CalledProcessError):
            subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True)

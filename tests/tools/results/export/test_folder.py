"""The folder of exports: nothing gets out of it, and nothing in it is written over."""

import hashlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.arguments import ArgumentError
from tradestat_tools.results.export.folder import ExportFolder, safe_name

REFUSED = {
    "up": "../x.csv", "up on windows": "..\\x.csv", "up in the middle": "a/../../x", "two dots": "a..csv",
    "absolute": "/etc/passwd", "absolute on windows": "C:\\x.csv", "drive": "C:x.csv", "stream": "x.csv:hidden",
    "share": "\\\\host\\share", "home": "~/x", "NUL": "x\x00.csv", "line break": "x\ny", "device": "CON",
    "device with an ending": "nul.csv", "port": "com1.xlsx", "port in superscript": "COM¹", "hidden": ".ssh",
    "option": "-rf", "point at the end": "x.", "nothing": " ", "wide slash": "a／b", "wide points": "．．／x",
    "slash of division": "a∕b", "reversed": "\u202efdp.exe", "zero width": "a\u200bb", "wildcard": "a*b",
    "pipe": "a|b", "variable": "$HOME", "percent": "%2e%2e%2fx", "too long": "x" * 121,
    "too long in bytes": "锂" * 41, "half a character": "a\ud800", "mark without a letter": "\u0301x",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED.values(), ids=REFUSED)
def test_a_name_that_could_mean_something_else_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError):
        safe_name(name)
    with pytest.raises((ArgumentError, FileNotFoundError)):
        ExportFolder(tmp_path).read(name, 100)


def test_ordinary_names_of_any_script_are_kept() -> None:
    for name in [
        "exports 2024.csv", "锂离子", "대한민국_(1)", "Côte d'Ivoire".replace("'", ""), "नमस्ते", "console",
    ]:  # fmt: skip
        assert safe_name(name) == name


@given(st.text(max_size=40))
def test_a_name_that_is_taken_is_a_file_of_the_folder_itself(text: str) -> None:
    try:
        name = safe_name(text)
    except ArgumentError:
        return
    folder = Path("/exports")
    assert (folder / name).parent == folder
    assert os.path.normpath(folder / name) == str(folder / name)
    assert safe_name(name) == name
    assert name.isprintable()


def put(folder: ExportFolder, stem: str, content: bytes) -> str:
    with folder.new_file(stem, ".csv") as (name, file):
        file.write(content)
    return name


def test_the_folder_is_made_with_the_first_file_and_files_are_numbered(tmp_path: Path) -> None:
    folder = ExportFolder(tmp_path / "new" / "exports")
    assert [put(folder, "x", content) for content in (b"one", b"two", b"three")] == ["x.csv", "x-2.csv", "x-3.csv"]
    assert [folder.read(name, 10) for name in ("x.csv", "x-2.csv", "x-3.csv")] == [b"one", b"two", b"three"]
    told = folder.written("x-3.csv")
    assert (told.bytes, told.sha256) == (5, hashlib.sha256(b"three").hexdigest())
    assert told.path == tmp_path / "new" / "exports" / "x-3.csv"


def test_of_many_exports_at_once_each_gets_a_file_of_its_own(tmp_path: Path) -> None:
    folder, names = ExportFolder(tmp_path), list[str]()
    threads = [threading.Thread(target=lambda: names.append(put(folder, "x", b"1"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())
    assert len(set(names)) == 8


@pytest.mark.skipif(os.name == "nt", reason="making links takes a privilege on Windows")
def test_a_link_that_lies_in_the_folder_is_neither_written_nor_read_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"secret")
    inside = tmp_path / "exports"
    inside.mkdir()
    (inside / "x.csv").symlink_to(outside)
    (inside / "dangling.csv").symlink_to(tmp_path / "not-there")
    folder = ExportFolder(inside)
    assert put(folder, "x", b"mine") == "x-2.csv"
    assert put(folder, "dangling", b"mine") == "dangling-2.csv"
    assert outside.read_bytes() == b"secret"
    assert not (tmp_path / "not-there").exists()
    for name in ("x.csv", "dangling.csv"):
        with pytest.raises(FileNotFoundError):
            folder.read(name, 100)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe", "missing.csv"):
        with pytest.raises(FileNotFoundError):
            ExportFolder(tmp_path).read(name, 100)


def test_a_file_is_read_up_to_a_bound(tmp_path: Path) -> None:
    folder = ExportFolder(tmp_path)
    put(folder, "x", b"12345")
    assert folder.read("x.csv", 5) == b"12345"
    with pytest.raises(ValueError, match="5 bytes"):
        folder.read("x.csv", 4)


def test_a_file_that_could_not_be_finished_is_taken_away(tmp_path: Path) -> None:
    folder = ExportFolder(tmp_path)
    with pytest.raises(RuntimeError), folder.new_file("x", ".csv"):
        raise RuntimeError("no more")
    assert list(tmp_path.iterdir()) == []

"""The folder of imports: what is read from it, and what never is."""

import os
import sys
from pathlib import Path

import pytest

from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.results.imports import folder
from tradestat_tools.results.imports.folder import ImportFolder

SECRET = b"user,secret\r\n"

unix = pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix file system")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of imports with two files and a folder in it, and a secret beside it."""
    home = tmp_path / "imports"
    (home / "2024").mkdir(parents=True)
    (home / "exports.csv").write_bytes(b"a,b\r\n")
    (home / "2024" / "수출.csv").write_bytes(b"c,d\r\n")
    (home / ".hidden.csv").write_bytes(SECRET)
    (home / "id_rsa").write_bytes(SECRET)
    (tmp_path / "secret.csv").write_bytes(SECRET)
    return home


def content(home: Path, name: str) -> bytes:
    with ImportFolder(home).open(name) as file:
        return file.stream.read()


def refusal(home: Path, name: str) -> InvalidQuery:
    with pytest.raises(InvalidQuery) as caught:
        content(home, name)
    assert caught.value.argument == "file"
    return caught.value


def test_a_file_is_read_by_its_name_or_its_path_in_the_folder(home: Path) -> None:
    assert content(home, "exports.csv") == b"a,b\r\n"
    assert content(home, "2024/수출.csv") == b"c,d\r\n"
    assert content(home, str(home / "exports.csv")) == b"a,b\r\n"
    with ImportFolder(home).open("exports.csv") as file:
        assert (file.name, file.bytes) == ("exports.csv", 5)


@pytest.mark.parametrize(
    "name",
    [
        "../secret.csv",
        "2024/../../secret.csv",
        "2024/../exports.csv",
        "..\\secret.csv",
        "//server/share/x.csv",
        "\\\\server\\share\\x.csv",
        "\\\\?\\C:\\x.csv",
        "exports.csv\0.png",
        "/etc/passwd",
        "/dev/zero",
        "~/secret.csv",
        "nothing.csv",
        "2024",
        ".",
        "",
        ".hidden.csv",
        "id_rsa",
        "exports.csv/",
        "\ud800.csv",
        "x" * 5000 + ".csv",
    ],
    ids=range(20),
)
def test_what_is_no_file_of_the_folder_is_refused_with_those_that_are(home: Path, name: str) -> None:
    if name == "exports.csv/":
        assert content(home, name) == b"a,b\r\n"  # the same file, written with a stroke too many
        return
    error = refusal(home, name)
    assert "exports.csv" in (error.allowed or "")
    assert ".hidden.csv" not in (error.allowed or "")
    assert "secret" not in (error.allowed or "")


def test_an_absolute_path_out_of_the_folder_is_refused_whether_or_not_it_exists(home: Path, tmp_path: Path) -> None:
    there = refusal(home, str(tmp_path / "secret.csv"))
    assert "leads out of the import folder" in there.message
    assert "leads out of the import folder" in refusal(home, str(tmp_path / "nothing.csv")).message


@unix
def test_links_are_followed_within_the_folder_only(home: Path, tmp_path: Path) -> None:
    (home / "in.csv").symlink_to(home / "exports.csv")
    (home / "out.csv").symlink_to(tmp_path / "secret.csv")
    (home / "away").symlink_to(tmp_path)
    (home / "round.csv").symlink_to(home / "round.csv")
    assert content(home, "in.csv") == b"a,b\r\n"
    assert "leads out of" in refusal(home, "out.csv").message
    assert "leads out of" in refusal(home, "away/secret.csv").message
    assert "round.csv" in refusal(home, "round.csv").message


@unix
def test_a_folder_that_is_itself_a_link_works(home: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(home)
    assert content(tmp_path / "link", "exports.csv") == b"a,b\r\n"


@unix
def test_pipes_and_folders_with_the_name_of_a_file_are_refused_at_once(home: Path) -> None:
    os.mkfifo(home / "pipe.csv")
    (home / "folder.csv").mkdir()
    assert "not a plain file" in refusal(home, "pipe.csv").message
    assert "folder.csv" in refusal(home, "folder.csv").message


@unix
def test_a_name_with_characters_that_show_nothing_is_refused(home: Path) -> None:
    (home / "ex\u202eports.csv").write_bytes(b"a,b\r\n")
    error = refusal(home, "ex\u202eports.csv")
    assert "\u202e" not in str(error) + str(error.allowed)


def test_a_file_that_is_too_large_is_refused_without_being_read(home: Path) -> None:
    with (home / "large.csv").open("wb") as file:
        file.truncate(folder.MOST_BYTES + 1)
    error = refusal(home, "large.csv")
    assert "8,000,000,001 bytes" in error.message
    assert error.allowed == "at most 8,000,000,000 bytes"


def test_ten_names_are_offered_the_most_similar_first(home: Path) -> None:
    for number in range(20):
        (home / f"korea-{number}.csv").write_bytes(b"")
    error = refusal(home, "export.csv")
    assert error.nearest[0] == "exports.csv"
    assert (error.allowed or "").partition("there: ")[2].count(",") == 9


def test_a_workbook_is_to_be_saved_as_csv_first(home: Path) -> None:
    (home / "book.xlsx").write_bytes(b"PK")
    assert "Save the sheet as CSV" in refusal(home, "book.xlsx").remedy


def test_a_folder_that_is_not_there_is_made_so_that_a_file_can_be_put_into_it(tmp_path: Path) -> None:
    home = tmp_path / "new" / "imports"
    error = refusal(home, "x.csv")
    assert home.is_dir()
    assert str(home) in (error.allowed or "")
    assert error.remedy.startswith("Put the exported file into that folder and call again.")


def test_a_folder_that_can_not_be_made_says_which_setting_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert "TRADESTAT_IMPORT_DIR" in refusal(tmp_path / "file" / "imports", "x.csv").remedy

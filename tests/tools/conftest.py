"""Files made in memory, read as the tool reads them."""

import io
import tempfile
from collections.abc import Callable
from typing import Any

import pytest

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.kept import Tables
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.model.file_layout import Said
from tradestat_tools.model.observation import Observation
from tradestat_tools.results.imports.data import FileData, data_of, file_data
from tradestat_tools.results.imports.reading import Imported, read_file


class Reader:
    """Reads bytes or text as a file of the import folder: row by row, and once more as a large file is read."""

    def __init__(self) -> None:
        self.tables = Tables()
        self.tables_in_bulk = Tables()
        self._compared: set[tuple[bytes, str]] = set()

    def whole(self, content: bytes | str, *, encoding: str | None = None, layout: Any = None, **said: Any) -> Imported:
        raw = content if isinstance(content, bytes) else content.encode("utf-8")
        how: dict[str, Any] = {
            "layout": layout,
            "encoding": encoding,
            "layouts": catalogue().files,
            "said": Said(**said),
        }
        try:
            found = read_file(io.BytesIO(raw), "file.csv", into=self.tables, **how)
        except (InvalidQuery, NoData) as error:
            with pytest.raises(type(error)) as caught:
                self.in_bulk(raw, **how)
            assert (caught.value.message, caught.value.remedy) == (error.message, error.remedy)
            raise
        assert told(self.in_bulk(raw, **how)) == told(found)
        return found

    def in_bulk(self, raw: bytes, **how: Any) -> Imported:
        """The same as one of millions of rows would be."""
        with tempfile.TemporaryFile() as file:
            file.write(raw)
            file.flush()
            return read_file(file, "file.csv", into=self.tables_in_bulk, bulk_from=0, **how)

    def data(self, content: bytes | str, **asked: Any) -> FileData:
        """As it comes back out of the store of answers."""
        kind = file_data(catalogue().files)
        imported = self.whole(content, **asked)
        data = data_of(kind, imported, "file.csv", len(content))
        return kind.model_validate_json(data.model_dump_json()).with_figures(imported.figures)

    def figures(self, content: bytes | str, **asked: Any) -> list[Observation]:
        return list(self.data(content, **asked).figures())

    def notes(self, content: bytes | str, **asked: Any) -> str:
        return " ".join(f"{note.code}: {note.text}" for note in self.whole(content, **asked).notes)

    def refused(self, content: bytes | str, **asked: Any) -> InvalidQuery:
        with pytest.raises(InvalidQuery) as caught:
            self.whole(content, **asked)
        return caught.value


def told(imported: Imported) -> list[Any]:
    """All that an imported file says; figures in any order."""
    about = [imported.form, imported.layout.id, imported.sha256, imported.subject, imported.periods, imported.same]
    rows = [[(type(cell), cell) for cell in row] for row in imported.rows]
    return [*about, imported.notes, imported.totals, imported.off, rows, sorted(imported.figures, key=repr)]


@pytest.fixture(scope="session")
def read() -> Reader:
    """Reads bytes or text as a file."""
    return Reader()


@pytest.fixture(scope="session")
def lines() -> Callable[..., str]:
    """Lines joined as a file ends them."""
    return lambda *parts: "".join(f"{part}\r\n" for part in parts)

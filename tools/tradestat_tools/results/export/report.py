"""What goes into a file: the tables of one or more stored answers, and what has to be known about them."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tradestat_tools.codes.words import counted
from tradestat_tools.contract.kept import KeptRows
from tradestat_tools.contract.results import StoredResult
from tradestat_tools.contract.source import Terms
from tradestat_tools.model.answers import Cell, Table
from tradestat_tools.results.chart.figure import Figure
from tradestat_tools.results.citation import SANDBOX, Cited, one_line, reference


@dataclass(frozen=True, slots=True)
class Exported:
    """One stored answer with the tables of it that are wanted.

    Args:
        tables: with their numbers in the answer, from 1.
        cited: what there is to cite; more than one where the answer is made of others.
        terms: of the sources of its figures.
        figure: the chart of it, where one can be drawn.
    """

    stored: StoredResult
    tables: tuple[tuple[int, Table], ...]
    cited: tuple[Cited, ...]
    terms: tuple[Terms, ...] = ()
    figure: Figure | None = None

    @property
    def citations(self) -> list[str]:
        """How to cite its figures, one a line, with every address."""
        return list(dict.fromkeys(map(one_line, self.cited)))

    @property
    def references(self) -> list[str]:
        """The same for a list of sources, each with its first address."""
        return list(dict.fromkeys(plain(reference(one)) for one in self.cited))


@dataclass(frozen=True, slots=True)
class Report:
    """What one file is made from.

    Args:
        remarks: what was done to cells to fit them into the format; writers add to it.
        files: of formats with a file for each table: what is in which.
    """

    answers: tuple[Exported, ...]
    remarks: list[str] = field(default_factory=list[str])
    files: list[str] = field(default_factory=list[str])

    @property
    def sandbox(self) -> bool:
        """Whether any of its figures are synthetic."""
        return any(answer.stored.source.state == "sandbox" for answer in self.answers)

    @property
    def title(self) -> str:
        """What the first answer is about, and how many more there are."""
        first = plain(self.answers[0].stored.what)
        return first if len(self.answers) == 1 else f"{first}; and {len(self.answers) - 1} more"

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(len(table.rows) for _, _, table in self.sheets())

    def sheets(self) -> Iterator[tuple[Exported, int, Table]]:
        """Every table with the answer it belongs to and its number there."""
        for answer in self.answers:
            for number, table in answer.tables:
                yield answer, number, table

    def one_each(self) -> "list[Report]":
        """A report for each table, with remarks of its own."""
        return [Report((replace(answer, tables=((number, table),)),)) for answer, number, table in self.sheets()]

    def answer_each(self) -> "list[Report]":
        """A report for each answer."""
        return [Report((answer,)) for answer in self.answers]

    def add_part(self, name: str, part: "Report") -> None:
        """Take down that one of its tables was written to a file of its own."""
        ((answer, number, table),) = part.sheets()
        self.files.append(
            f"{name}: {heading(number, table)} of {answer.stored.handle}, {counted(len(table.rows), 'row')}"
        )
        self.remarks.extend(remark for remark in part.remarks if remark not in self.remarks)

    @property
    def references(self) -> list[str]:
        """What to cite, each once, in the order of the answers."""
        return list(dict.fromkeys(one for answer in self.answers for one in answer.references))

    def numbers(self, answer: Exported) -> list[int]:
        """The numbers, from 1, of an answer's references."""
        known = self.references
        return [known.index(one) + 1 for one in answer.references]

    def about(self) -> list[tuple[str, str]]:
        """Labels and texts: a warning of synthetic figures first, then each answer, then what is said of the file."""
        lines = [("SANDBOX", f"{SANDBOX}. Do not cite them as such.")] if self.sandbox else []
        for answer in self.answers:
            lines += about(answer)
        own = [*(("File", text) for text in self.files), *(("About this file", text) for text in self.remarks)]
        return [(label, plain(text)) for label, text in (*lines, *own)]


def about(answer: Exported) -> list[tuple[str, str]]:
    """All of an answer's origin, and what to know about it. What the service did not say is left out."""
    stored, source = answer.stored, answer.stored.source
    lines: list[tuple[str, str | None]] = [
        ("What", stored.what),
        ("Service", source.service),
        *(("Publisher", terms.publisher) for terms in answer.terms),
        *repeat(answer),
        ("Unit", source.unit),
        ("Currency", source.currency),
        ("Valuation", source.valuation),
        ("Coverage", source.coverage),
        *((f"Note, {note.code.value}", note.text) for note in stored.notes),
        *(("Cite", citation) for citation in answer.citations),
        *(("Licence", terms.licence) for terms in answer.terms),
        *(("Disclaimer", terms.disclaimer) for terms in answer.terms),
        ("Missing figures", MISSING),
    ]
    return [(label, text) for label, text in lines if text]


MISSING = "An empty cell is a figure that the service did not give; 0 is one that it gave."


def repeat(answer: Exported) -> list[tuple[str, str]]:
    """What was asked of whom and when, and under which handle the answer is kept: by which it can be asked again."""
    stored, source = answer.stored, answer.stored.source
    lines: list[tuple[str, str | None]] = [
        ("Tool", stored.tool),
        ("Asked", json.dumps(stored.arguments, ensure_ascii=False, default=str)),
        ("Endpoint", source.endpoint),
        *(("Address", address) for address in source.addresses or [source.address]),
        ("Retrieved", source.retrieved_at.isoformat()),
        ("Published", source.published_at.isoformat() if source.published_at else None),
        ("State", source.state),
        ("Result", stored.handle),
        ("Made of", ", ".join(source.results) if source.results else None),
    ]
    return [(label, text) for label, text in lines if text]


def basis(answer: Exported) -> str:
    """What figures of an answer are measured in, and of which day, in one line below its heading."""
    source = answer.stored.source
    parts = (source.unit, source.valuation, source.coverage, f"retrieved {source.retrieved_at:%Y-%m-%d}")
    return plain(" · ".join(part for part in parts if part))


def heading(number: int, table: Table) -> str:
    """The title of a table, or its number."""
    return plain(table.title) or f"Table {number}"


def numeric(table: Table) -> list[bool]:
    """Which columns hold figures."""
    if isinstance(table.rows, KeptRows):
        return [kind != "VARCHAR" for kind in table.rows.kinds]
    return [any(isinstance(row[at], int | float) for row in table.rows) for at in range(len(table.columns))]


def unique(names: Sequence[str]) -> list[str]:
    """Names of columns, with a number where two are equal."""
    found: list[str] = []
    for name in names:
        number, chosen = 1, name
        while chosen in found:
            number += 1
            chosen = f"{name} ({number})"
        found.append(chosen)
    return found


def plain(text: str) -> str:
    """Text that can be encoded: halves of characters are replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def cells(row: Sequence[Cell]) -> list[Cell]:
    """Cells as files can hold them. What is no number ("NaN" as a float) is a missing figure."""
    return [
        plain(cell) if isinstance(cell, str) else None if isinstance(cell, float) and not math.isfinite(cell) else cell
        for cell in row
    ]

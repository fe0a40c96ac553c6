"""What a reader must know of an answer, and the checks of the service's own arithmetic behind it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from tradestat_tools.codes.editions import breaks_text
from tradestat_tools.codes.units import format_number
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.eurostat.absence import KEPT_BACK, retired, when_out
from tradestat_tools.sources.eurostat.answers import GB, Row
from tradestat_tools.sources.eurostat.api import Table
from tradestat_tools.sources.eurostat.arguments import CN, EXPORT, IMPORT, Selection
from tradestat_tools.sources.eurostat.calendar import is_revised, may_be_late
from tradestat_tools.sources.eurostat.codes import (
    EXTRA,
    INTRA,
    SECRET,
    STORES,
    UNIONS,
    UNSPECIFIED,
    WITHIN,
    WORLD,
    kind,
)
from tradestat_tools.sources.eurostat.wire import Key

NAMED = 8
"""Codes that a note names; of more the first ones."""


def notes_on(selection: Selection, table: Table, rows: Sequence[Row], now: datetime) -> Iterator[Note]:
    """The notes of an answer, what bears most on its figures first."""
    yield from _on_sums(selection, rows)
    for text in selection.told:
        yield _note(NoteCode.RESOLVED_CODE, text)
    yield from _on_unsettled(table)
    yield from _on_overlap(selection, rows)
    yield from _on_no_countries(rows)
    yield from _on_absent(selection, rows)
    yield from _on_periods(selection, rows, now)
    yield from _on_products(selection)
    yield from _on_units(selection, rows)


def _note(code: NoteCode, text: str, reason: Reason | None = None) -> Note:
    return Note(code=code, text=text, reason=reason)


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(codes[:NAMED]) + (f" and {len(codes) - NAMED} more" if len(codes) > NAMED else "")


def _by_partner(rows: Sequence[Row]) -> dict[Key, dict[str, Row]]:
    """Rows by partner, of each reporter, product, flow and period."""
    found: dict[Key, dict[str, Row]] = {}
    for row in rows:
        found.setdefault(row.key._replace(partner=""), {})[row.key.partner] = row
    return found


def _on_sums(selection: Selection, rows: Sequence[Row]) -> Iterator[Note]:
    """WORLD against INT and EXT, and with every partner at hand each of these against its parts."""
    wrong: list[str] = []
    for key, partners in _by_partner(rows).items():
        values = {code: row.value for code, row in partners.items() if row.value is not None}
        checks = [(WORLD, [values[one] for one in (INTRA, EXTRA)])] if {INTRA, EXTRA} <= values.keys() else []
        if selection.every_partner:
            inside = [value for code, value in values.items() if code in WITHIN]
            outside = [
                value for code, value in values.items() if kind(code) not in ("sum", "part") and code not in WITHIN
            ]
            checks += [(INTRA, inside), (EXTRA, outside)]
        for whole, parts in checks:
            if whole in values and abs(values[whole] - sum(parts)) > max(1, len(parts)):
                of = f"{key.reporter} {key.product} {key.when} ({'imports' if key.flow == IMPORT else 'exports'})"
                wrong.append(f"{of}: {whole} {format_number(values[whole])}, its parts {format_number(sum(parts))}")
    if wrong:
        more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        yield _note(NoteCode.TOTAL_MISMATCH, f"Sums are not those of their parts: {'; '.join(wrong[:3])}{more}.")


def _on_unsettled(table: Table) -> Iterator[Note]:
    if table.unsettled:
        cells = [f"{indicator} of {' '.join(key)}" for key, indicator in table.unsettled]
        text = f"The service stated some figures twice, differently; they are left out: {_listed(cells)}."
        yield _note(NoteCode.DOUBLE_COUNTING, text)


def _on_overlap(selection: Selection, rows: Sequence[Row]) -> Iterator[Note]:
    partners = {row.key.partner for row in rows}
    unions = [code for code in selection.reporters if code in UNIONS]
    if partners & {WORLD, EXTRA, INTRA} and len(partners) > 1:
        text = "Partners overlap: WORLD is INT_ and EXT_EU27_2020, INT the members (with QR, QV, QY), EXT all others."
        yield _note(NoteCode.DOUBLE_COUNTING, text)
    if unions and len(selection.reporters) > 1:
        yield _note(
            NoteCode.DOUBLE_COUNTING, f"{', '.join(unions)} holds its members as reporters: do not add them up."
        )
    if unions and WORLD in partners:
        text = f"WORLD of {unions[0]} counts the trade of its members with each other; its trade with others is EXT_..."
        yield _note(NoteCode.DOUBLE_COUNTING, text)
    if unions and EXTRA in partners and WORLD not in partners:
        within = f"what members trade with each other ({INTRA})"
        text = f"The Union's World is {EXTRA}, all outside it: {within} is not in it."
        yield _note(NoteCode.RESOLVED_CODE, text)
    lengths = sorted({len(row.key.product) for row in rows if row.key.product.isdecimal()})
    totals = any(not row.key.product.isdecimal() for row in rows)
    if len(lengths) > 1 or (lengths and totals):
        text = "Products of several lengths stand side by side: a code, and TOTAL, contains the longer ones."
        yield _note(NoteCode.DOUBLE_COUNTING, text)


def _on_no_countries(rows: Sequence[Row]) -> Iterator[Note]:
    """What is under no country, by kind and in the flow's euros."""
    for codes, what in (
        (SECRET, "kept back for commercial or military reasons"),
        (UNSPECIFIED, "not specified"),
        (STORES, "stores"),
    ):
        for flow, way in ((IMPORT, "imports"), (EXPORT, "exports")):
            held = [row for row in rows if row.key.partner in codes and row.key.flow == flow]
            if held:
                partners = sorted({row.key.partner for row in held})
                value = format_number(sum(row.value or 0 for row in held))
                text = (
                    f"{', '.join(partners)}: {value} euros of {way} {what}. They are in the sums and under no country."
                )
                yield _note(NoteCode.NOT_SPECIFIED_AREAS, text, Reason.SUPPRESSED if codes is SECRET else None)


def _on_absent(selection: Selection, rows: Sequence[Row]) -> Iterator[Note]:
    """Reporters, partners and products that have no row at all."""
    for what, asked, came in (
        ("reporter", selection.reporters, {row.key.reporter for row in rows}),
        ("partner", selection.named, {row.key.partner for row in rows}),
        ("product", () if selection.below else selection.products, {row.key.product for row in rows}),
    ):
        codes = [code for code in asked if code and code not in came]
        if codes:
            yield _note(NoteCode.ABSENT, f"No row of {what} {_listed(codes)}: nothing was recorded. {KEPT_BACK}")
    if any(row.made_here for row in rows):
        text = f"{GB} was added up here from XU and XI, by which alone the service states the United Kingdom."
        yield _note(NoteCode.RESOLVED_CODE, text)


def _on_periods(selection: Selection, rows: Sequence[Row], now: datetime) -> Iterator[Note]:
    if selection.wanted > selection.last:
        first = selection.last.shifted(1)
        left = f"{first} to {selection.wanted} are" if first < selection.wanted else f"{first} is"
        text = f"{left} not out yet and left out here. {when_out(first)}; the newest is {selection.last}."
        yield _note(NoteCode.LAG, text, Reason.NOT_YET_PUBLISHED)
    seen = {row.key.when for row in rows}
    empty = [period for period in selection.periods if str(period) not in seen]
    if empty and empty[-1] == selection.last and may_be_late(selection.last, now):
        late = empty.pop()
        text = f"{late} has no row: it comes out about now, and may not be out yet. That is not zero."
        yield _note(NoteCode.LAG, text, Reason.NOT_YET_PUBLISHED)
    if empty:
        text = f"No row for {_listed([str(period) for period in empty])}: nothing was recorded then. {KEPT_BACK}"
        yield _note(NoteCode.ABSENT, text)
    if is_revised(selection.last, now):
        yield _note(NoteCode.REVISED, "Figures of the last two years may still be revised with each monthly release.")


def _on_products(selection: Selection) -> Iterator[Note]:
    first, last = selection.first.year, selection.last.year
    subheadings = sorted({code[:6] for code in selection.products if code.isdecimal()})
    text = breaks_text(subheadings, first, last)
    text = text or next((found for code in selection.products if (found := retired(code, last))), None)
    if text:
        yield _note(NoteCode.EDITION_BREAK, text)
    if any(len(code) == CN for code in selection.products) and first < last:
        text = (
            "The Combined Nomenclature changes every January: a CN code without rows in a year was not in that year's."
        )
        yield _note(NoteCode.EDITION_BREAK, text)


def _on_units(selection: Selection, rows: Sequence[Row]) -> Iterator[Note]:
    if selection.dataset.kilograms != 1:
        yield _note(NoteCode.UNIT, "Weights were brought from hundreds of kilograms, with two decimals, to kilograms.")
    if {IMPORT, EXPORT} <= {row.key.flow for row in rows}:
        text = (
            "Imports are CIF and exports FOB, so imports and a balance contain freight and insurance on one side only."
        )
        yield _note(NoteCode.VALUATION, text)
    if any(row.weight == 0 and row.value for row in rows):
        least = "half a kilogram" if selection.dataset.kilograms != 1 else "a kilogram"
        yield _note(NoteCode.ROUNDING, f"A weight of 0 beside a value is less than {least}, not none.")
    if any(row.quantity for row in rows) and len(selection.products) > 1:
        text = (
            "Supplementary quantities are in the unit of each code (pieces, litres ...): never add them across codes."
        )
        yield _note(NoteCode.UNIT, text)

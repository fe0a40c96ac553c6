"""What a reader should know of an answer of UN Comtrade, found in its rows."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from tradestat_tools.codes.editions import breaks_text
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.comtrade.answers import OTHER_ASIA, area_label, area_text, listed
from tradestat_tools.sources.comtrade.api import NEWEST_EDITION, has_key
from tradestat_tools.sources.comtrade.arguments import KEYED_ROWS, PREVIEW_ROWS
from tradestat_tools.sources.comtrade.calendar import due
from tradestat_tools.sources.comtrade.codes import (
    BREAKDOWNS,
    EDITION_NAMES,
    FLOWS,
    IMPORTS,
    WORLD,
    AskedArea,
    Places,
    is_services,
    overlapping_codes,
    overlapping_flows,
)
from tradestat_tools.sources.comtrade.service import KEY_VARIABLE, SERVICE
from tradestat_tools.sources.comtrade.wire.rows import Page, Row, fields
from tradestat_tools.sources.comtrade.wire.tables import Listed
from tradestat_tools.upstream import Fetched

CHINA = "156"
"""Named in most questions, and read as everybody reads it: no remark."""


def share(part: int, whole: int, what: str = "row") -> str:
    """`3 of 20 rows`, `all 20 rows`, `the only row`."""
    if part == whole:
        return f"all {whole} {what}s" if whole > 1 else f"the only {what}"
    return f"{part} of {whole} {what}s"


def row_notes(
    rows: Sequence[Row], classification: str, commodities: Sequence[str], periods: Sequence[Period]
) -> list[Note]:
    """Every note that the rows themselves give rise to, the gravest first."""
    found = (
        _double_counting(rows, classification),
        _editions(rows, classification, commodities, periods),
        *([] if is_services(classification) else [_valuation(rows), _missing(rows)]),
        _estimated(rows),
        *(_counted(rows, *kind) for kind in _KINDS_OF_ROWS),
        _remainders(rows),
    )
    return [note for note in found if note is not None]


def _double_counting(rows: Sequence[Row], classification: str) -> Note | None:
    reasons: list[str] = []
    partners = {row.partnerCode for row in rows}
    if WORLD in partners and len(partners) > 1:
        reasons.append("World contains every partner")
    if nested := overlapping_codes({row.cmdCode for row in rows}, classification):
        reasons.append(nested)
    reasons += overlapping_flows({row.flowCode for row in rows})
    for name, whole in BREAKDOWNS.items():
        codes: set[str | None] = {*map(fields(name), rows)} - {None, ""}
        if whole in codes and len(codes) > 1:
            reasons.append(f"{name}={whole} is the total of the other {name} values")
    if {"97"} < {row.reporterCode for row in rows}:
        reasons.append("the European Union (97) contains its members")
    cells = set(map(_CELL, rows))
    if repeats := len(rows) - len(cells):
        reasons.append(f"{repeats} cell{'s' * (repeats > 1)} came more than once, each in a record of its own")
    if not reasons:
        return None
    return Note(code=NoteCode.DOUBLE_COUNTING, text=f"Do not add the rows up: {'; '.join(reasons)}.")


_CELL = fields("reporterCode", "flowCode", "partnerCode", "cmdCode", "period", *BREAKDOWNS)


def _editions(
    rows: Sequence[Row], classification: str, commodities: Sequence[str], periods: Sequence[Period]
) -> Note | None:
    """Which editions the rows are in, and what those did to the codes asked for or answered.

    Where one edition is asked for, the service has converted everything to it: codes do not change on the way.
    """
    codes = sorted({code for code in (*commodities, *(row.cmdCode for row in rows)) if code.isdigit()})
    touched = breaks_text(codes, periods[0].year, periods[-1].year) if classification == "HS" else None
    crossing = _crossing(rows)
    if crossing is None:
        return Note(code=NoteCode.EDITION_BREAK, text=touched) if touched else None
    if touched:
        effect = touched
    elif {row.cmdCode for row in rows} == {"TOTAL"}:
        effect = "TOTAL is not affected."
    else:
        effect = "None of the codes is known here to have changed; small moves of goods are not known here."
    return Note(code=NoteCode.EDITION_BREAK, text=f"The series cross editions. {crossing}. {effect}")


def _crossing(rows: Sequence[Row]) -> str | None:
    """Who changed from which edition to which, and when: `China: HS 2017 (H5) from 2021, HS 2022 (H6) from 2022`."""
    first: dict[str, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: row.period):
        if row.classificationCode:
            first.setdefault(row.reporterCode, {}).setdefault(row.classificationCode, row.period)
    crossing = {reporter: editions for reporter, editions in first.items() if len(editions) > 1}
    if not crossing:
        return None
    ways: dict[str, list[str]] = {}
    for reporter, editions in crossing.items():
        way = ", ".join(
            f"{EDITION_NAMES.get(code, code)} ({code}) from {period}"
            for code, period in sorted(editions.items(), key=lambda item: item[1])
        )
        ways.setdefault(way, []).append(reporter)
    return "; ".join(f"{listed(area_label(code) for code in who)}: {way}" for way, who in list(ways.items())[:3]) + (
        f"; and {len(ways) - 3} other patterns" if len(ways) > 3 else ""
    )


def valuation(rows: Sequence[Row]) -> str:
    """How the values of the rows' flows are valued: `imports CIF, exports FOB`."""
    imports = {"FOB" if _has_fob_only(row) else "CIF" for row in rows if row.flowCode in IMPORTS}
    parts = [f"imports {' or '.join(sorted(imports))}"] if imports else []
    if _has_exports(rows):
        parts.append("exports FOB")
    return ", ".join(parts)


def _valuation(rows: Sequence[Row]) -> Note | None:
    fob_imports = sorted({row.reporterCode for row in rows if row.flowCode in IMPORTS and _has_fob_only(row)})
    if fob_imports:
        who = listed(area_label(code) for code in fob_imports)
        return Note(
            code=NoteCode.VALUATION,
            text=f"Imports of {who} are here at their FOB value (no CIF value is given): not comparable with CIF.",
        )
    if any(row.flowCode in IMPORTS for row in rows) and _has_exports(rows):
        return Note(
            code=NoteCode.VALUATION,
            text="Imports are CIF, exports FOB: a balance of the two takes in freight and insurance.",
        )
    return None


def _has_exports(rows: Sequence[Row]) -> bool:
    return any(row.flowCode in FLOWS and row.flowCode not in IMPORTS for row in rows)


def _has_fob_only(row: Row) -> bool:
    return not row.cifvalue and row.primaryValue is not None and row.fobvalue == row.primaryValue


_QUANTITIES = (("net weight", "netWgt", "isNetWgtEstimated"), ("quantity", "qty", "isQtyEstimated"))


def _missing(rows: Sequence[Row]) -> Note | None:
    parts = [
        f"no {name} for {share(number, len(rows))}"
        for name, field, _ in _QUANTITIES
        if (number := sum(getattr(row, field) is None for row in rows))
    ]
    if not parts:
        return None
    said = ", ".join(parts)
    text = f"{said[0].upper()}{said[1:]}: left empty, not zero. The service writes 0 there or nothing."
    return Note(code=NoteCode.ABSENT, text=text)


def unweighed(rows: Iterable[Row]) -> tuple[str, ...]:
    """The chapters and headings of which a row has a value and no net weight: sums, mostly, of what was weighed."""
    found = (row.cmdCode for row in rows if row.netWgt is None and row.primaryValue and len(row.cmdCode) in (2, 4))
    return tuple(dict.fromkeys(code for code in found if code.isdigit()))


def below(code: str) -> str:
    """What asks for all headings of a chapter, or all subheadings of a heading."""
    return f"{code}??"


def weight_notes(codes: Sequence[str], rows: Iterable[Row]) -> list[Note]:
    """Which codes below have the net weight that a chapter or a heading lacks, as far as rows of them are known."""
    if not codes:
        return []
    seen = list(rows)
    texts: list[str] = []
    unseen: list[str] = []
    for code in codes:
        under = [row for row in seen if row.cmdCode.startswith(code) and len(row.cmdCode) == len(code) + 2]
        mine = {row.cmdCode: False for row in under} | {row.cmdCode: True for row in under if row.netWgt is not None}
        have = sorted(one for one, weighed in mine.items() if weighed)
        if have:
            lacking = len(mine) - len(have)
            texts.append(f"of {code} {listed(have)} have it" + (f" and {lacking} others lack it" if lacking else ""))
        elif mine:
            texts.append(f"none of the {len(mine)} codes below {code} with rows has it")
        else:
            unseen.append(code)
    if unseen:
        texts.append(f"see the codes below with cmdCode={','.join(map(below, unseen[:3]))}")
    return [Note(code=NoteCode.ABSENT, text=f"Net weight is missing for {listed(codes)}: {'; '.join(texts)}.")]


def _estimated(rows: Sequence[Row]) -> Note | None:
    parts = [
        f"{name} of {share(number, len(rows))}"
        for name, field, flag in _QUANTITIES
        if (number := sum(bool(getattr(row, flag)) and getattr(row, field) is not None for row in rows))
    ]
    if not parts:
        return None
    return Note(
        code=NoteCode.FLAG,
        text=f"Estimated by UN Comtrade: {', '.join(parts)} (isNetWgtEstimated, isQtyEstimated); values are not.",
    )


_Kind = tuple[Callable[[Row], Any], NoteCode, str, Reason | None]

_KINDS_OF_ROWS: tuple[_Kind, ...] = (
    (
        lambda row: row.isReported is False and row.isAggregate is True,
        NoteCode.FLAG,
        "{share} {were} added up by UN Comtrade from more detailed reported rows (isAggregate, not isReported).",
        None,
    ),
    (
        lambda row: row.isOriginalClassification is False,
        NoteCode.FLAG,
        "{share} {were} converted from the classification that the country reported in "
        "(isOriginalClassification is false).",
        None,
    ),
    (
        lambda row: row.primaryValue is None,
        NoteCode.ABSENT,
        "The value of {share} is missing: null as published, not zero.",
        None,
    ),
    (
        lambda row: row.primaryValue == 0,
        NoteCode.ZERO,
        "The value of {share} is 0 as published, not missing.",
        Reason.ZERO,
    ),
)
"""Rows of one kind that a note counts: which, the note's kind, text and reason."""


def _counted(
    rows: Sequence[Row], is_one: Callable[[Row], Any], code: NoteCode, text: str, reason: Reason | None
) -> Note | None:
    number = sum(map(bool, map(is_one, rows)))
    if not number:
        return None
    who = share(number, len(rows))
    said = text.format(share=who.capitalize() if text.startswith("{") else who, were="were" if len(rows) > 1 else "was")
    return Note(code=code, text=said, reason=reason)


def _remainders(rows: Sequence[Row]) -> Note | None:
    names = {row.partnerCode: row.partnerDesc or area_label(row.partnerCode) for row in rows}
    rest = sorted(name for code, name in names.items() if code != OTHER_ASIA and name.lower().endswith(", nes"))
    if not rest:
        return None
    return Note(
        code=NoteCode.NOT_SPECIFIED_AREAS,
        text=f"Partners include areas not elsewhere specified ({listed(rest)}): they count in World.",
    )


def reading_notes(asked: Sequence[AskedArea]) -> list[Note]:
    """Readings that may surprise: another number, Taiwan under another name, an ambiguous word, a former area."""
    read = [f"{a.typed} as {area_text(a.code)}" for a in asked if _is_read_as_another(a)]
    remarks = list(dict.fromkeys(a.note for a in asked if a.note and a.code != CHINA))
    text = f"Read {listed(dict.fromkeys(read))}." if read else ""
    texts = [*filter(None, [text]), *remarks[:3]]
    return [Note(code=NoteCode.RESOLVED_CODE, text=" ".join(texts))] if texts else []


def _is_read_as_another(asked: AskedArea) -> bool:
    is_code = asked.typed.lstrip("0") == asked.code.lstrip("0")
    return not (asked.group or is_code) and (asked.typed.strip().isdigit() or asked.code == OTHER_ASIA)


def group_notes(places: Places, argument: str, reporters: Collection[str] = ()) -> list[Note]:
    """What the groups of an argument were taken for, and what a sum over the members would be.

    `reporters` are the codes of those who report; empty for all.
    """
    if not places.groups:
        return []
    texts = [f"{argument} {expansion.note}" for expansion in places.groups]
    if places.without_code:
        texts.append(f"Without a code in UN Comtrade: {listed(places.without_code)}.")
    texts.append("Rows are per member, nothing is added up; a sum lacks the members that have no rows")
    members = {one.code for one in places.asked if one.group}
    texts[-1] += " and holds their trade with one another." if not reporters or members & set(reporters) else "."
    return [Note(code=NoteCode.RESOLVED_CODE, text=" ".join(texts))]


def absent_note(codes: Iterable[str], found: Collection[str], text: str, reason: Reason | None = None) -> list[Note]:
    """That there is nothing of some areas that were asked for; `text` has a place for their names."""
    missing = [code for code in codes if code not in found]
    said = text.format(listed(map(area_text, missing)))
    return [Note(code=NoteCode.ABSENT, text=said, reason=reason)] if missing else []


def later_notes(later: Sequence[Period]) -> list[Note]:
    """That periods were left out because they are not over."""
    if not later:
        return []
    text = f"{listed(map(str, later))} left out: {due(later[0])}"
    return [Note(code=NoteCode.LAG, text=text, reason=Reason.NOT_YET_PUBLISHED)]


def withheld_notes(fetched: Sequence[Fetched[Listed[Any]]], what: str) -> list[Note]:
    """That the service counts more rows or datasets than it sent."""
    withheld = sum(one.value.withheld for one in fetched)
    text = f"{SERVICE} counts {withheld} {what} more than it sent."
    return [Note(code=NoteCode.SUBSET, text=text)] if withheld else []


def newest_edition_notes(classification: str, fetched: Sequence[Fetched[Page]]) -> list[Note]:
    """That the rows of the newest edition were taken out of those of all editions."""
    if classification != NEWEST_EDITION or not any("/HS?" in one.address for one in fetched):
        return []
    left_out = sum(one.value.left_out for one in fetched)
    text = (
        f"Asked for as clCode=HS, because {SERVICE} fails for {NEWEST_EDITION} (HTTP 500, October 2026): the rows are "
        "the same. " + (f"{left_out} in other editions are left out." if left_out else "None was in another edition.")
    )
    return [Note(code=NoteCode.RESOLVED_CODE, text=text)]


def cut_notes(fetched: Sequence[Fetched[Page]], limit: int) -> list[Note]:
    """That rows are missing from an answer, or may be; nothing where none are."""
    cut = [one.value for one in fetched if one.value.is_cut(limit)]
    if not cut:
        return []
    said: list[str] = []
    if full := sum(not page.withheld for page in cut):
        calls = "The call" if len(fetched) == 1 else f"{full} of {len(fetched)} calls"
        said.append(
            f"{calls} brought {limit} rows, the most that was allowed: there may be more, or just as many; the service "
            "does not say."
        )
    withheld = sum(page.withheld for page in cut)
    if withheld:
        came = sum(len(one.value.rows) + one.value.left_out for one in fetched)
        said.append(f"{SERVICE} counts {came + withheld} rows and sent {came} of them.")
    said.append("Treat this as a part, not the whole." if withheld else "Do not take this for the whole.")
    return [Note(code=NoteCode.SUBSET, text=" ".join(said), reason=Reason.FILTERED_OUT if withheld else None)]


def more(context: Context, fetched: Sequence[Fetched[Page]], limit: int) -> str | None:
    """How to get rows that were cut off: more a call where the limit was reached, else narrower questions."""
    if not any(one.value.is_cut(limit) for one in fetched):
        return None
    narrower = "ask for fewer reporters, partners, codes or periods at once"
    if any(one.value.is_full(limit) and one.value.is_cut(limit) for one in fetched):
        if limit < KEYED_ROWS and has_key(context):
            return f"Raise maxRecords (up to {KEYED_ROWS:,}), or {narrower}."
        if limit < PREVIEW_ROWS:
            return f"Raise maxRecords (up to {PREVIEW_ROWS} without a key), or {narrower}."
        if not has_key(context):
            return f"Set {KEY_VARIABLE} for up to {KEYED_ROWS:,} rows a call, or {narrower}."
    return f"{narrower.capitalize()}."

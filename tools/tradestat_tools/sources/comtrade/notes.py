"""What a reader should know of an answer of UN Comtrade, found in its rows."""

from collections.abc import Collection, Iterable, Sequence
from math import ceil

from tradestat_tools.codes.breaks import breaks_text
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import TooLarge
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.comtrade.answers import BREAKDOWNS, OTHER_ASIA, TradeData, area_label, area_text, shortened
from tradestat_tools.sources.comtrade.api import PERIODS_A_CALL, count, periods_a_call
from tradestat_tools.sources.comtrade.arguments import KEYED_ROWS, PREVIEW_ROWS, Question
from tradestat_tools.sources.comtrade.codes import (
    EDITION_NAMES,
    FLOWS,
    WORLD,
    Asked,
    FreqCode,
    Places,
    is_services,
    overlapping_codes,
    overlapping_flows,
)
from tradestat_tools.sources.comtrade.service import KEY_VARIABLE, SERVICE, SOURCE_ID, ComtradeSettings
from tradestat_tools.sources.comtrade.wire.envelope import Page, Row
from tradestat_tools.upstream import Fetched

SHOWN = 6
"""Names or codes that a note lists before it counts the rest."""

CHINA = "156"
"""Named in most questions, and read as everybody reads it: no remark."""

TOTALS = {"partner2Code": WORLD, "customsCode": "C00", "motCode": "0", "mosCode": "0"}


def listed(items: Iterable[str], shown: int = SHOWN) -> str:
    """`a, b, c and 4 more`."""
    names = list(items)
    rest = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {rest} more" if rest > 0 else "")


def share(part: int, whole: int, what: str = "row") -> str:
    """`3 of 20 rows`, `all 20 rows`, `the only row`."""
    if part == whole:
        return f"all {whole} {what}s" if whole > 1 else f"the only {what}"
    return f"{part} of {whole} {what}s"


def _were(rows: Sequence[Row]) -> str:
    return "were" if len(rows) > 1 else "was"


def row_notes(
    rows: Sequence[Row], classification: str, commodities: Sequence[str], periods: Sequence[Period]
) -> list[Note]:
    """Every note that the rows themselves give rise to, the gravest first."""
    found = (
        _double_counting(rows, classification),
        _editions(rows, classification, commodities, periods),
        _valuation(rows, classification),
        _missing(rows, classification),
        _estimated(rows),
        _aggregated(rows),
        _converted(rows),
        _zeros(rows),
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
    for name in BREAKDOWNS:
        codes = {code for row in rows if (code := getattr(row, name))}
        if TOTALS[name] in codes and len(codes) > 1:
            reasons.append(f"{name}={TOTALS[name]} is the total of the other {name} values")
    if {"97"} < {row.reporterCode for row in rows}:
        reasons.append("the European Union (97) contains its members")
    cells = {_cell(row) for row in rows}
    if repeats := len(rows) - len(cells):
        reasons.append(f"{repeats} cell{'s' * (repeats > 1)} came more than once, each in a record of its own")
    if not reasons:
        return None
    return Note(code=NoteCode.DOUBLE_COUNTING, text=f"Do not add the rows up: {'; '.join(reasons)}.")


def _cell(row: Row) -> tuple[str | None, ...]:
    names = ("reporterCode", "flowCode", "partnerCode", "cmdCode", "period", *BREAKDOWNS)
    return tuple(getattr(row, name) for name in names)


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
    imports = {"FOB" if _is_fob_import(row) else "CIF" for row in rows if _side(row) == "M"}
    parts = [f"imports {' or '.join(sorted(imports))}"] if imports else []
    if any(_side(row) == "X" for row in rows):
        parts.append("exports FOB")
    return ", ".join(parts)


def _valuation(rows: Sequence[Row], classification: str) -> Note | None:
    if is_services(classification):
        return None
    fob_imports = sorted({row.reporterCode for row in rows if _side(row) == "M" and _is_fob_import(row)})
    if fob_imports:
        who = listed(area_label(code) for code in fob_imports)
        return Note(
            code=NoteCode.VALUATION,
            text=f"Imports of {who} are here at their FOB value (no CIF value is given): not comparable with CIF.",
        )
    if {_side(row) for row in rows} >= {"M", "X"}:
        return Note(
            code=NoteCode.VALUATION,
            text="Imports are CIF, exports FOB: a balance of the two takes in freight and insurance.",
        )
    return None


def _side(row: Row) -> str:
    return FLOWS[row.flowCode].side if row.flowCode in FLOWS else ""


def _is_fob_import(row: Row) -> bool:
    return not row.known("cifvalue") and row.primaryValue is not None and row.known("fobvalue") == row.primaryValue


def _missing(rows: Sequence[Row], classification: str) -> Note | None:
    if is_services(classification):
        return None
    parts = [
        f"no {what} for {share(count, len(rows))}"
        for what, name in (("net weight", "netWgt"), ("quantity", "qty"))
        if (count := sum(row.known(name) is None for row in rows))
    ]
    if not parts:
        return None
    said = ", ".join(parts)
    text = f"{said[0].upper()}{said[1:]}: left empty, not zero. The service writes 0 there or nothing."
    return Note(code=NoteCode.ABSENT, text=text)


def _estimated(rows: Sequence[Row]) -> Note | None:
    weights = sum(bool(row.isNetWgtEstimated) and row.known("netWgt") is not None for row in rows)
    quantities = sum(bool(row.isQtyEstimated) and row.known("qty") is not None for row in rows)
    if not weights and not quantities:
        return None
    parts = [
        f"{what} of {share(count, len(rows))}"
        for what, count in (("net weight", weights), ("quantity", quantities))
        if count
    ]
    return Note(
        code=NoteCode.FLAG,
        text=f"Estimated by UN Comtrade: {', '.join(parts)} (isNetWgtEstimated, isQtyEstimated); values are not.",
    )


def _aggregated(rows: Sequence[Row]) -> Note | None:
    count = sum(row.isReported is False and row.isAggregate is True for row in rows)
    if not count:
        return None
    return Note(
        code=NoteCode.FLAG,
        text=f"{share(count, len(rows)).capitalize()} {_were(rows)} added up by UN Comtrade from more detailed "
        "reported rows (isAggregate, not isReported).",
    )


def _converted(rows: Sequence[Row]) -> Note | None:
    count = sum(row.isOriginalClassification is False for row in rows)
    if not count:
        return None
    return Note(
        code=NoteCode.FLAG,
        text=f"{share(count, len(rows)).capitalize()} {_were(rows)} converted from the classification that the "
        "country reported in (isOriginalClassification is false).",
    )


def _zeros(rows: Sequence[Row]) -> Note | None:
    count = sum(row.primaryValue == 0 for row in rows)
    if not count:
        return None
    return Note(
        code=NoteCode.ZERO,
        text=f"The value of {share(count, len(rows))} is 0 as published, not missing.",
        reason=Reason.ZERO,
    )


def _remainders(rows: Sequence[Row]) -> Note | None:
    names = {row.partnerCode: row.partnerDesc or area_label(row.partnerCode) for row in rows}
    rest = sorted(name for code, name in names.items() if code != OTHER_ASIA and name.lower().endswith(", nes"))
    if not rest:
        return None
    return Note(
        code=NoteCode.NOT_SPECIFIED_AREAS,
        text=f"Partners include areas not elsewhere specified ({listed(rest)}): they count in World.",
    )


def spelling_note(asked: Sequence[Asked]) -> Note | None:
    """Readings that may surprise: another number, Taiwan under another name, an ambiguous word, a former area."""
    read = [f"{a.typed} as {area_text(a.code)}" for a in asked if _is_read_as_another(a)]
    remarks = list(dict.fromkeys(a.note for a in asked if a.note and a.code != CHINA))
    if not read and not remarks:
        return None
    text = f"Read {listed(dict.fromkeys(read))}." if read else ""
    return Note(code=NoteCode.RESOLVED_CODE, text=" ".join(filter(None, [text, *remarks[:3]])))


def group_note(places: Places, argument: str, reporters: Collection[str]) -> Note | None:
    """What a group was taken for, and what a sum over its members would be.

    Args:
        places: what the argument stands for.
        argument: its name.
        reporters: the codes of those who report; empty for all.
    """
    if not places.groups:
        return None
    texts = [f"{argument} {expansion.note}" for expansion in places.groups]
    if places.without_code:
        texts.append(f"Without a code in UN Comtrade: {listed(places.without_code)}.")
    texts.append("Rows are per member, nothing is added up; a sum lacks the members that have no rows")
    members = {one.code for one in places.asked if one.group}
    texts[-1] += " and holds their trade with one another." if not reporters or members & set(reporters) else "."
    return Note(code=NoteCode.RESOLVED_CODE, text=" ".join(texts))


def _is_read_as_another(asked: Asked) -> bool:
    return not asked.group and not asked.spelled_as_code and (asked.typed.strip().isdigit() or asked.code == OTHER_ASIA)


MAX_CALLS = 24
"""Calls one question may take: at about one a second, half a minute."""


def check_calls(context: Context, periods: int, calls: int, freqCode: FreqCode) -> None:
    """Refuse a question of too many calls before the first is made.

    Raises:
        TooLarge: more than MAX_CALLS.
    """
    if calls <= MAX_CALLS:
        return
    per_call = periods_a_call(context)
    hints = [f"Ask for at most {MAX_CALLS * per_call} periods at once"]
    if freqCode == "M":
        hints.append("ask by year (freqCode=A)")
    if per_call == 1:
        hints.append(f"set {KEY_VARIABLE}, which brings {PERIODS_A_CALL} periods a call ({ceil(periods / 12)} calls)")
    raise TooLarge(
        f"{periods} periods would take {calls} calls, {per_call} period{'s' * (per_call > 1)} each; "
        f"at most {MAX_CALLS} are made.",
        remedy=", or ".join(hints) + ".",
        source=SOURCE_ID,
    )


COUNTED_FROM = 50_000
"""Rows that a keyed call may bring by its codes alone, above which they are counted before they are fetched."""

REPORTERS, PARTNERS = 200, 230
"""About so many reporters and partners there are where all are asked for (lists as recorded, autumn 2026)."""

_OF_LEVEL = {"AG1": 10, "AG2": 97, "AG3": 300, "AG4": 1_230, "AG5": 3_000, "AG6": 5_600}
"""About so many codes a level has; of AG3 and AG5 in SITC."""


def most_rows(question: Question, periods: int) -> int:
    """How many rows a call could bring by its codes alone; there are seldom so many."""
    breakdowns = 1 if question.wanted(question.span).totals_only else 10
    codes = sum(_OF_LEVEL.get(code, 1) for code in question.commodities)
    who = (len(question.reporters.codes) or REPORTERS) * (len(question.partners.codes) or PARTNERS)
    return who * codes * len(question.arguments.flowCode) * periods * breakdowns


async def check_rows(context: Context, question: Question, run: tuple[Period, ...]) -> None:
    """Count the rows of a large keyed question before it is asked: one call in place of many rows that are cut off.

    Args:
        context: what the tools work with.
        question: what is asked.
        run: the periods of its last call, which is the fullest as a rule.

    Raises:
        TooLarge: there are more than may be brought.
    """
    keyed = context.settings.of(ComtradeSettings).comtrade_api_key is not None
    if not keyed or most_rows(question, len(run)) < max(COUNTED_FROM, question.limit):
        return
    rows = (await count(context, question.wanted(run))).value
    if rows <= question.limit:
        return
    calls = ceil(len(question.span) / PERIODS_A_CALL)
    when = str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}"
    narrower = "sk for fewer reporters, partners, codes or periods at once."
    allowed = rows <= KEYED_ROWS
    raise TooLarge(
        f"{SERVICE} has {rows:,} rows for this in {when} alone"
        + (f" (one of {calls} calls)" if calls > 1 else "")
        + f"; maxRecords={question.limit:,} are to be brought, and at most {KEYED_ROWS:,} can.",
        remedy=f"Allow them with maxRecords={rows}, or a{narrower}" if allowed else f"A{narrower}",
        source=SOURCE_ID,
    )


def what(data: TradeData) -> str:
    """Who, whom, what and when, short enough that unit and source still fit on the line beside it."""
    who = listed((area_text(code, label.desc) for code, label in data.reporters.items()), 3)
    whom = listed((area_text(code, label.desc) for code, label in data.partners.items()), 3)
    room = 60 if len(data.commodities) == 1 else 20
    products = listed((f"{code} {shortened(item.cmdDesc, room)}" for code, item in data.commodities.items()), 3)
    first, last = data.periods[0], data.periods[-1]
    when = first if first == last else f"{first} to {last}"
    return f"{who}: {' and '.join(data.flows.values())}, partner {whom}; {data.clCode} {products}; {when}"


def cut_note(cut: Sequence[Fetched[Page]], fetched: Sequence[Fetched[Page]], limit: int) -> Note:
    """That rows may be missing from an answer, and why."""
    full = sum(len(one.value.rows) >= limit for one in cut)
    withheld = sum(one.value.withheld for one in cut)
    calls = "The call" if len(fetched) == 1 else f"{full} of {len(fetched)} calls"
    said = [f"{calls} brought {limit} rows, the most that was allowed: rows may be cut off."] if full else []
    if withheld:
        came = sum(len(one.value.rows) for one in fetched)
        said.append(f"{SERVICE} counts {came + withheld} rows and sent {came} of them.")
    return Note(
        code=NoteCode.SUBSET,
        text=" ".join([*said, "Treat this as a part, not the whole."]),
        reason=Reason.FILTERED_OUT if full else None,
    )


def more(context: Context, limit: int, *, full: bool) -> str:
    """How to get the rest: more rows a call where the limit was reached, else narrower questions."""
    narrower = "ask for fewer reporters, partners, codes or periods at once"
    if not full:
        return f"{narrower.capitalize()}."
    if context.settings.of(ComtradeSettings).comtrade_api_key is None:
        if limit < PREVIEW_ROWS:
            return f"Raise maxRecords (up to {PREVIEW_ROWS} without a key), or {narrower}."
        return f"Set {KEY_VARIABLE} for up to {KEYED_ROWS:,} rows a call, or {narrower}."
    if limit < KEYED_ROWS:
        return f"Raise maxRecords (up to {KEYED_ROWS:,}), or {narrower}."
    return f"{narrower.capitalize()}."

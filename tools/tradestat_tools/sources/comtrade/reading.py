"""What the tools for rows of trade have in common: what an answer is, what of it is missing, how to get the rest."""

from collections.abc import Sequence
from math import ceil

from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Services
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import TooLarge
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.comtrade.answers import TradeData, area_text, shortened
from tradestat_tools.sources.comtrade.api import PERIODS_A_CALL, count, periods_a_call
from tradestat_tools.sources.comtrade.arguments import KEYED_ROWS, PREVIEW_ROWS
from tradestat_tools.sources.comtrade.codes import FreqCode
from tradestat_tools.sources.comtrade.notes import listed
from tradestat_tools.sources.comtrade.question import Question
from tradestat_tools.sources.comtrade.wire.envelope import KEY_VARIABLE, SERVICE, SOURCE_ID, Page
from tradestat_tools.upstream import Fetched

MAX_CALLS = 24
"""Calls one question may take: at about one a second, half a minute."""


def check_calls(services: Services, periods: int, calls: int, freqCode: FreqCode) -> None:
    """Refuse a question of too many calls before the first is made.

    Raises:
        TooLarge: more than MAX_CALLS.
    """
    if calls <= MAX_CALLS:
        return
    per_call = periods_a_call(services)
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


async def check_rows(services: Services, question: Question, run: tuple[Period, ...]) -> None:
    """Count the rows of a large keyed question before it is asked: one call in place of many rows that are cut off.

    Args:
        services: what the tools work with.
        question: what is asked.
        run: the periods of its last call, which is the fullest as a rule.

    Raises:
        TooLarge: there are more than may be brought.
    """
    keyed = services.settings.comtrade_api_key is not None
    if not keyed or most_rows(question, len(run)) < max(COUNTED_FROM, question.limit):
        return
    rows = (await count(services, question.wanted(run))).value
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


def more(services: Services, limit: int, *, full: bool) -> str:
    """How to get the rest: more rows a call where the limit was reached, else narrower questions."""
    narrower = "ask for fewer reporters, partners, codes or periods at once"
    if not full:
        return f"{narrower.capitalize()}."
    if services.settings.comtrade_api_key is None:
        if limit < PREVIEW_ROWS:
            return f"Raise maxRecords (up to {PREVIEW_ROWS} without a key), or {narrower}."
        return f"Set {KEY_VARIABLE} for up to {KEYED_ROWS:,} rows a call, or {narrower}."
    if limit < KEYED_ROWS:
        return f"Raise maxRecords (up to {KEYED_ROWS:,}), or {narrower}."
    return f"{narrower.capitalize()}."

"""The tool `comtrade_data`: who traded what with whom, as countries report it to the United Nations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TypeVar

from tradestat_tools.codes.periods import Period, period
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.comtrade.absence.empty import dated, earlier_notes, no_rows, uncovered
from tradestat_tools.sources.comtrade.absence.evidence import (
    Answered,
    Cell,
    Evidence,
    Listing,
    neighbours,
    no_dataset,
    not_covered,
)
from tradestat_tools.sources.comtrade.absence.missing import absent_notes, count_cells, missing_cells
from tradestat_tools.sources.comtrade.answers import TradeData, as_series, listed
from tradestat_tools.sources.comtrade.api import DataCall, chunks, fetch, has_key, periods_a_call, stored
from tradestat_tools.sources.comtrade.arguments import PREVIEW_ROWS, TradeArguments, TradeQuery
from tradestat_tools.sources.comtrade.calendar import asked_periods, ended, tries, wire_period
from tradestat_tools.sources.comtrade.codes import is_hs, is_services
from tradestat_tools.sources.comtrade.flows import observe
from tradestat_tools.sources.comtrade.notes import (
    below,
    cut_notes,
    group_notes,
    later_notes,
    newest_edition_notes,
    reading_notes,
    row_notes,
    unweighed,
    valuation,
    weight_notes,
)
from tradestat_tools.sources.comtrade.service import KEY_VARIABLE, SOURCE_ID
from tradestat_tools.sources.comtrade.tools.availability import listed_periods, stored_lists
from tradestat_tools.sources.comtrade.tools.shared import calls_for, check_rows, trade_answer
from tradestat_tools.sources.comtrade.wire.rows import Page, Row
from tradestat_tools.upstream import Fetched
from tradestat_tools.upstream.runtime import in_thread

T = TypeVar("T")

MOST_LOOKED_AT = 3
"""Calls of a question for which stored answers to neighbouring questions are looked up, the newest periods."""

MANY_ROWS = 2000
"""Rows, and figures without one, above which joining them would hold up the event loop (5,004 took 0.13 s) and goes to
a worker thread, whose own way there and back costs more than a few rows do."""


async def comtrade_data(context: Context, arguments: TradeArguments) -> Answer[TradeData]:
    """Ask for trade rows and join them into series. Values in US dollars, weights in kg.

    Raises:
        InvalidQuery: all reporters with all partners without a key.
        TooLarge: it would take more than MAX_CALLS calls.
        NoData: the service holds no rows for the question, or the period is not out.
        TradestatError: what the service answers.
    """
    _check_breadth(context, arguments)
    today = context.today
    span, later = asked_periods(arguments.period, arguments.frequency, today)
    query = TradeQuery.of(context, arguments, span, later)
    listed_reporters, held = await stored_lists(
        context, arguments.typeCode, arguments.freqCode, arguments.clCode, query.reporters.codes
    )
    out_of_cover = not_covered(query.reporters.asked, span, listed_reporters)
    if out_of_cover and len(out_of_cover) == len(query.reporters.codes):
        raise uncovered(query, out_of_cover)
    if not arguments.leans_on_newest:
        unlisted = no_dataset(query.reporters.codes, query.span, held, arguments.clCode, today)
        if unlisted and len(unlisted) == len(query.reporters.codes):
            raise uncovered(query, unlisted)
    query, calls = await _ask(context, query, held, today)
    shown = {wire_period(period) for period in query.span}
    rows = [row for _, one in calls for row in one.value.rows if row.period in shown]
    answers = [answer for call, one in calls if (answer := Answered.of(call, one.value)) is not None]
    # What did not come of an answer that was cut may have been cut off: nothing of it is said to be missing.
    whole = len(answers) == len(calls)
    missing = await _worked(partial(missing_cells, query, rows), len(rows) + count_cells(query)) if whole else []
    if missing:
        looked_at = [call for call, _ in calls if call.periods][-MOST_LOOKED_AT:]
        beside = await stored(context, [near for call in looked_at for near in neighbours(call)])
        answers += [answer for call, page in beside if (answer := Answered.of(call, page)) is not None]
    judged = partial(Evidence, answers, rows=rows, clCode=arguments.clCode, today=today, not_covered=out_of_cover)
    evidence = judged(held=held) if missing or not rows else None
    size = len(rows) + len(missing)
    if evidence and (unlisted := await _worked(partial(evidence.unlisted, missing), size)):
        # What was published is asked for once rather than guessed by the calendar: a year can be out and without this.
        asked = listed_periods(context, arguments.typeCode, arguments.freqCode, arguments.clCode, unlisted)
        evidence = judged(held={**held, **await asked})
    if evidence and not rows:
        empty = await in_thread(partial(no_rows, query, evidence, today))
        raise await dated(context, empty, query.arguments.cmdCode)
    heads = unweighed(rows) if is_hs(arguments.clCode) else ()
    under = [
        replace(call, commodities=(below(code),))
        for call, _ in calls
        if call.periods
        for code in heads[:MOST_LOOKED_AT]
    ]
    parts = [row for _, page in await stored(context, under[-MOST_LOOKED_AT:]) for row in page.rows]
    join = partial(
        _answer, context, _Found(query, calls, rows, missing, evidence, weight_notes(heads, [*rows, *parts]))
    )
    return await _worked(join, size)


async def _worked(work: Callable[[], T], size: int) -> T:
    """The result of some work on so many rows and figures."""
    return await in_thread(work) if size > MANY_ROWS else work()


def _check_breadth(context: Context, arguments: TradeArguments) -> None:
    if not arguments.reporterCode and not arguments.partnerCode and not has_key(context):
        raise InvalidQuery(
            f"All reporters with all partners is far more than the {PREVIEW_ROWS} rows that come without a key.",
            argument="partnerCode",
            allowed=f"partnerCode=0 (World), or named partners; both all only with {KEY_VARIABLE} set",
            nearest=("0",),
            source=SOURCE_ID,
        )


Calls = list[tuple[DataCall, Fetched[Page]]]


async def _ask(
    context: Context, query: TradeQuery, held: Mapping[str, Listing], today: date
) -> tuple[TradeQuery, Calls]:
    """Every call of the question. Where it leans on the newest period, that is first looked for.

    Raises:
        TooLarge: it would take more than MAX_CALLS calls, or more rows than the caller allows.
        NoData: the newest period with rows lies before the first one asked for.
    """
    runs = calls_for(context, query.span, query.arguments.freqCode)
    if not query.arguments.leans_on_newest:
        await check_rows(context, query, runs[-1])
        return query, [await _call(context, query, run) for run in runs]
    candidates, size = _candidates(query, held, today), periods_a_call(context)
    back = min(size, len(query.span) + len(candidates) - 1)
    together = tuple(candidates[0].shifted(-steps) for steps in reversed(range(back)))
    calls: Calls = []
    newest: Period | None = None
    for run in [*([together] if size > 1 else []), *((one,) for one in candidates)]:
        calls.append(await _call(context, query, run))
        page = calls[-1][1].value
        if len(run) > 1 and page.is_cut(query.limit):
            # The newest may be among the rows that were cut off: one by one, then. The call counts and says nothing.
            call, fetched = calls.pop()
            calls.append((replace(call, periods=()), replace(fetched, value=Page([]))))
            continue
        seen = {row.period for row in page.rows}
        newest = max((one for one in run if one in candidates and wire_period(one) in seen), default=None)
        if newest is not None or len(run) > 1:
            break
    if newest is None:
        return query.over(tuple(sorted(candidates))), calls
    try:
        span = query.arguments.periods(newest)
    except CodeError:  # "since 2025", and the newest is 2024
        return query, calls
    query = query.over(ended(span, today))
    already = {one for call, _ in calls for one in call.periods}
    rest = [one for one in query.span if one not in already]
    return query, [*calls, *[await _call(context, query, run) for run in chunks(rest, size)]]


def _candidates(query: TradeQuery, held: Mapping[str, Listing], today: date) -> list[Period]:
    """The periods that may be the newest with rows, the newest first: those listed, where the list is known."""
    usual = tries(query.arguments.frequency, today)
    codes = query.reporters.codes
    if not codes or any(code not in held for code in codes):
        return usual
    listed_periods = {period(text) for code in codes for text in held[code]}
    return sorted(ended(listed_periods, today), reverse=True)[: len(usual)] or usual


async def _call(context: Context, query: TradeQuery, run: tuple[Period, ...]) -> tuple[DataCall, Fetched[Page]]:
    call = query.call(run)
    return call, await fetch(context, call)


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of a question: the calls, the rows of its periods, figures without a row, what is known of those."""

    query: TradeQuery
    calls: Calls
    rows: list[Row]
    missing: list[Cell]
    evidence: Evidence | None
    weights: list[Note]


def _answer(context: Context, found: _Found) -> Answer[TradeData]:
    query, rows, fetched = found.query, found.rows, [one for _, one in found.calls]
    arguments = query.arguments
    cut = cut_notes(fetched, query.limit)
    data = as_series(
        rows, query.span, typeCode=arguments.typeCode, freqCode=arguments.freqCode, clCode=arguments.clCode
    )
    return trade_answer(
        context,
        "comtrade_data",
        data,
        fetched,
        limit=query.limit,
        notes=[
            *cut,
            *row_notes(rows, arguments.clCode, query.arguments.cmdCode, query.span),
            *found.weights,
            *([] if cut or not found.evidence else absent_notes(query, found.missing, found.evidence)),
            *reading_notes([*query.places, *query.second_partners.asked]),
            *group_notes(query.reporters, "reporterCode"),
            *group_notes(query.partners, "partnerCode", query.reporters.codes),
            *group_notes(query.second_partners, "partner2Code", query.reporters.codes),
            *earlier_notes(query.places, query.span),
            *later_notes(query.open),
            *_newest_notes(query, found.calls),
            *newest_edition_notes(arguments.clCode, fetched),
        ],
        valuation=None if is_services(arguments.clCode) else valuation(rows),
    )


def _newest_notes(query: TradeQuery, calls: Calls) -> list[Note]:
    """As which periods words such as "latest" were read."""
    words = [one.typed for one in query.arguments.period if one.span.leans_on_newest]
    if not words:
        return []
    newest = query.span[-1]
    empty = sorted({one for call, _ in calls for one in call.periods if one > newest})
    first = "" if len(query.span) == 1 else f"{query.span[0]} to "
    text = f"Read {listed(words)} as {first}{newest}, the newest period with rows for this question"
    text += f"; there are none for {listed(map(str, empty))}." if empty else "."
    return [Note(code=NoteCode.RESOLVED_CODE, text=text)]


COMTRADE_DATA = Tool(
    name="comtrade_data",
    title="UN Comtrade: trade data",
    description=(
        "What countries report to the UN: imports and exports of goods (HS, SITC, BEC) or services (EBOPS) by partner, "
        "yearly or monthly since 1962, in US dollars (imports CIF, exports FOB), weights in kg. Use it to check any "
        "other source, for mirror data and for countries that have no source of their own here. Without a key 500 rows "
        "a call, one call a period. For Korea's newest months use the Korea Customs tools; for rankings and growth "
        "over many partners Trade Map. Codes: comtrade_reference; what is held: comtrade_availability."
    ),
    arguments=TradeArguments,
    data=TradeData,
    run=comtrade_data,
    observe=observe,
    example={
        "reporterCode": ["China"],
        "partnerCode": ["Korea", "USA"],
        "cmdCode": ["850760"],
        "flowCode": ["X"],
        "period": ["2022-2024"],
    },
)

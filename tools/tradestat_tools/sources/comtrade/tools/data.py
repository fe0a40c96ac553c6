"""The tool `comtrade_data`: who traded what with whom, as countries report it to the United Nations."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from math import ceil

from tradestat_tools.codes.periods import Period, period
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.absence.empty import asked_periods, dated, earlier_notes, no_rows, uncovered
from tradestat_tools.sources.comtrade.absence.evidence import (
    Answered,
    Cell,
    Evidence,
    neighbours,
    not_covered,
    not_held,
)
from tradestat_tools.sources.comtrade.absence.missing import absent_notes, missing_cells
from tradestat_tools.sources.comtrade.answers import TradeData, as_series
from tradestat_tools.sources.comtrade.api import (
    Wanted,
    chunks,
    fetch,
    is_cut,
    periods_a_call,
    stored,
)
from tradestat_tools.sources.comtrade.arguments import PREVIEW_ROWS, Question, TradeArguments, resolved
from tradestat_tools.sources.comtrade.calendar import due, has_ended, periods_of, tries, wire_period
from tradestat_tools.sources.comtrade.codes import asks_for_all, is_services
from tradestat_tools.sources.comtrade.flows import observe
from tradestat_tools.sources.comtrade.notes import (
    check_calls,
    check_rows,
    cut_note,
    group_note,
    listed,
    more,
    row_notes,
    spelling_note,
    valuation,
    what,
)
from tradestat_tools.sources.comtrade.service import KEY_VARIABLE, SERVICE, SOURCE_ID, ComtradeSettings
from tradestat_tools.sources.comtrade.tools.availability import stored_periods
from tradestat_tools.sources.comtrade.wire.envelope import Page, Row
from tradestat_tools.upstream import Fetched
from tradestat_tools.upstream.runtime import in_thread

MOST_LOOKED_AT = 3
"""Calls of a question for which stored answers to neighbouring questions are looked up, the newest periods."""

MANY_ROWS = 2000
"""Rows, and figures without one, above which joining them would hold up the event loop (5,004 took 0.13 s) and goes to
a worker thread."""


async def comtrade_data(context: Context, arguments: TradeArguments) -> Answer[TradeData]:
    """Ask for trade rows and join them into series. Values in US dollars, weights in kg.

    Raises:
        InvalidQuery: all reporters with all partners without a key.
        TooLarge: it would take more than MAX_CALLS calls.
        NoData: the service holds no rows for the question, or the period is not out.
        TradestatError: what the service answers.
    """
    _check_breadth(context, arguments)
    span, later = asked_periods(context, arguments)
    question = resolved(context, arguments, span, later)
    out_of_cover = await not_covered(context, question.reporters.asked, span)
    if out_of_cover and len(out_of_cover) == len(question.reporters.codes):
        raise uncovered(question, out_of_cover)
    held = await stored_periods(
        context, arguments.typeCode, arguments.freqCode, arguments.classification, question.reporters.codes
    )
    if not any(one.leans_on_newest for one in arguments.spans):
        unlisted = _unlisted(question, held, context.today)
        if unlisted and len(unlisted) == len(question.reporters.codes):
            raise uncovered(question, unlisted)
    question, calls = await _ask(context, question, held)
    shown = {wire_period(period) for period in question.span}
    rows = [row for _, one in calls for row in one.value.rows if row.period in shown]
    answers = [answer for wanted, one in calls if (answer := Answered.of(wanted, one.value)) is not None]
    # What did not come of an answer that was cut may have been cut off: nothing of it is said to be missing.
    whole = len(answers) == len(calls)
    missing = await in_thread(partial(missing_cells, question, rows)) if whole else []
    if missing:
        looked_at = [wanted for wanted, _ in calls if wanted.periods][-MOST_LOOKED_AT:]
        beside = await stored(context, [near for wanted in looked_at for near in neighbours(wanted)])
        answers += [answer for wanted, page in beside if (answer := Answered.of(wanted, page)) is not None]
    evidence = Evidence(
        answers, rows=rows, clCode=arguments.classification, today=context.today, not_covered=out_of_cover, held=held
    )
    if not rows:
        empty = await in_thread(partial(no_rows, question, evidence, context.today))
        raise await dated(context, empty, question.commodities)
    join = partial(_answer, context, _Found(question, calls, rows, missing, evidence))
    return await in_thread(join) if len(rows) + len(missing) > MANY_ROWS else join()


def _unlisted(question: Question, held: Mapping[str, frozenset[str]], today: date) -> dict[str, Why]:
    """Those reporters of which no dataset is listed for any period asked for, with what shows it for the last."""
    found: dict[str, Why] = {}
    for code in question.reporters.codes:
        whys = [not_held(code, one, held, question.arguments.classification, today) for one in question.span]
        if whys[-1] is not None and all(why is not None for why in whys):
            found[code] = whys[-1]
    return found


def _check_breadth(context: Context, arguments: TradeArguments) -> None:
    keyed = context.settings.of(ComtradeSettings).comtrade_api_key is not None
    if not keyed and asks_for_all(arguments.reporterCode) and asks_for_all(arguments.partnerCode):
        raise InvalidQuery(
            f"All reporters with all partners is far more than the {PREVIEW_ROWS} rows that come without a key.",
            argument="partnerCode",
            allowed=f"partnerCode=0 (World), or named partners; both all only with {KEY_VARIABLE} set",
            nearest=("0",),
            source=SOURCE_ID,
        )


Calls = list[tuple[Wanted, Fetched[Page]]]


async def _ask(context: Context, question: Question, held: Mapping[str, frozenset[str]]) -> tuple[Question, Calls]:
    """Every call of the question. Where it leans on the newest period, that is first looked for.

    Raises:
        TooLarge: it would take more than MAX_CALLS calls, or more rows than the caller allows.
        NoData: the newest period with rows lies before the first one asked for.
    """
    arguments, size = question.arguments, periods_a_call(context)
    if not any(one.leans_on_newest for one in arguments.spans):
        runs = chunks(question.span, size)
        check_calls(context, len(question.span), len(runs), arguments.freqCode)
        await check_rows(context, question, runs[-1])
        return question, [await _call(context, question, run) for run in runs]
    check_calls(context, len(question.span), ceil(len(question.span) / size), arguments.freqCode)
    candidates = _candidates(context, question, held)
    back = min(size, len(question.span) + len(candidates) - 1)
    together = tuple(candidates[0].shifted(-steps) for steps in reversed(range(back)))
    calls: Calls = []
    newest: Period | None = None
    for run in [*([together] if size > 1 else []), *((one,) for one in candidates)]:
        calls.append(await _call(context, question, run))
        page = calls[-1][1].value
        if len(run) > 1 and is_cut(page, question.limit):
            # The newest may be among the rows that were cut off: one by one, then. The call counts and says nothing.
            wanted, fetched = calls.pop()
            calls.append((replace(wanted, periods=()), replace(fetched, value=Page([]))))
            continue
        seen = {row.period for row in page.rows}
        newest = max((one for one in run if one in candidates and wire_period(one) in seen), default=None)
        if newest is not None or len(run) > 1:
            break
    if newest is None:
        return question.over(tuple(sorted(candidates))), calls
    return await _up_to(context, question, newest, calls)


def _candidates(context: Context, question: Question, held: Mapping[str, frozenset[str]]) -> list[Period]:
    """The periods that may be the newest with rows, the newest first: those listed, where the list is known."""
    frequency = question.arguments.frequency
    usual = tries(frequency, context.today)
    codes = question.reporters.codes
    if not codes or any(code not in held for code in codes):
        return usual
    ended = {one for code in codes for text in held[code] if has_ended(one := period(text), context.today)}
    return sorted(ended, reverse=True)[: len(usual)] or usual


async def _up_to(context: Context, question: Question, newest: Period, calls: Calls) -> tuple[Question, Calls]:
    """The rest of a question whose newest period is known."""
    arguments = question.arguments
    try:
        span = periods_of(arguments.spans, arguments.frequency, newest)
    except CodeError:  # "since 2025", and the newest is 2024
        return question, calls
    question = question.over(tuple(one for one in span if has_ended(one, context.today)))
    asked = {one for wanted, _ in calls for one in wanted.periods}
    rest = [one for one in question.span if one not in asked]
    return question, [*calls, *[await _call(context, question, run) for run in chunks(rest, periods_a_call(context))]]


async def _call(context: Context, question: Question, run: tuple[Period, ...]) -> tuple[Wanted, Fetched[Page]]:
    wanted = question.wanted(run)
    return wanted, await fetch(context, wanted)


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of a question: the calls, the rows of its periods, figures without a row, what is known of those."""

    question: Question
    calls: Calls
    rows: list[Row]
    missing: list[Cell]
    evidence: Evidence


def _answer(context: Context, found: _Found) -> Answer[TradeData]:
    question, rows = found.question, found.rows
    arguments, limit, fetched = question.arguments, question.limit, [one for _, one in found.calls]
    classification = arguments.classification
    data = as_series(
        rows,
        periods=[wire_period(period) for period in question.span],
        typeCode=arguments.typeCode,
        freqCode=arguments.freqCode,
        clCode=classification,
    )
    cut = [one for one in fetched if is_cut(one.value, limit)]
    notes = row_notes(rows, classification, question.commodities, question.span)
    if cut:
        notes.insert(0, cut_note(cut, fetched, limit))
    else:
        notes += absent_notes(question, found.missing, found.evidence)
    notes += _reading_notes(question, found.calls)
    return Answer[TradeData](
        what=what(data),
        data=data,
        source=provenance(
            SERVICE,
            "comtrade_data",
            fetched,
            unit="US dollars",
            currency="USD",
            valuation=None if is_services(classification) else valuation(rows),
        ),
        notes=notes,
        more=more(context, limit, full=any(len(one.value.rows) >= limit for one in cut)) if cut else None,
    )


def _reading_notes(question: Question, calls: Calls) -> list[Note]:
    """What areas, groups and periods were read as, and what of the periods is not out."""
    notes = [
        spelling_note([*question.reporters.asked, *question.partners.asked, *question.second_partners.asked]),
        group_note(question.reporters, "reporterCode", ()),
        group_note(question.partners, "partnerCode", question.reporters.codes),
        group_note(question.second_partners, "partner2Code", question.reporters.codes),
        *earlier_notes([*question.reporters.asked, *question.partners.asked], question.span),
    ]
    if question.open:
        text = f"{listed(map(str, question.open))} left out: {due(question.open[0])}"
        notes.append(Note(code=NoteCode.LAG, text=text, reason=Reason.NOT_YET_PUBLISHED))
    words = [
        text
        for text, one in zip(question.arguments.period, question.arguments.spans, strict=True)
        if one.leans_on_newest
    ]
    if words:
        newest = question.span[-1]
        empty = sorted({one for wanted, _ in calls for one in wanted.periods if one > newest})
        first = "" if len(question.span) == 1 else f"{question.span[0]} to "
        text = f"Read {listed(words)} as {first}{newest}, the newest period with rows for this question"
        text += f"; there are none for {listed(map(str, empty))}." if empty else "."
        notes.append(Note(code=NoteCode.RESOLVED_CODE, text=text))
    return [note for note in notes if note is not None]


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

"""What the tools of UN Comtrade do alike: bounds of a question, and answers made of trade data."""

from collections.abc import Sequence
from math import ceil

from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.model.answers import Answer, Note
from tradestat_tools.model.errors import TooLarge
from tradestat_tools.sources.comtrade.answers import TradeData, what
from tradestat_tools.sources.comtrade.api import PERIODS_A_CALL, chunks, count, has_key, periods_a_call
from tradestat_tools.sources.comtrade.arguments import KEYED_ROWS, TradeQuery
from tradestat_tools.sources.comtrade.codes import FreqCode, Places
from tradestat_tools.sources.comtrade.notes import more
from tradestat_tools.sources.comtrade.service import KEY_VARIABLE, SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.wire.rows import Page
from tradestat_tools.upstream import Fetched

MAX_CALLS = 24
"""Calls one question may take: within a minute at the service's pace."""


def calls_for(context: Context, span: Sequence[Period], freqCode: FreqCode) -> list[tuple[Period, ...]]:
    """The periods of each call, where there are not too many calls.

    Raises:
        TooLarge: more than MAX_CALLS.
    """
    per_call = periods_a_call(context)
    runs = chunks(span, per_call)
    if len(runs) <= MAX_CALLS:
        return runs
    periods = len(span)
    hints = [f"Ask for at most {MAX_CALLS * per_call} periods at once"]
    if freqCode == "M":
        hints.append("ask by year (freqCode=A)")
    if per_call == 1:
        hints.append(f"set {KEY_VARIABLE}, which brings {PERIODS_A_CALL} periods a call ({ceil(periods / 12)} calls)")
    raise TooLarge(
        f"{periods} periods would take {len(runs)} calls, {per_call} period{'s' * (per_call > 1)} each; "
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


def most_rows(query: TradeQuery, periods: int) -> int:
    """How many rows a call could bring by its codes alone; there are seldom so many."""
    breakdowns = 1 if query.call(query.span).totals_only else 10
    codes = sum(map(_codes_of, query.arguments.cmdCode))
    who = (len(query.reporters.codes) or REPORTERS) * (len(query.partners.codes) or PARTNERS)
    return who * codes * len(query.arguments.flowCode) * periods * breakdowns


def _codes_of(code: str) -> int:
    """About how many codes one code of a question stands for."""
    if "?" not in code:
        return _OF_LEVEL.get(code, 1)
    above = _OF_LEVEL.get(f"AG{code.index('?')}", 1)
    return ceil(_OF_LEVEL[f"AG{len(code)}"] / above)


async def check_rows(context: Context, query: TradeQuery, run: tuple[Period, ...]) -> None:
    """Count the rows of a large keyed question before it is asked: one call in place of many rows that are cut off.

    Counted are those of `run`, the periods of the last call, which is the fullest as a rule.

    Raises:
        TooLarge: there are more than may be brought.
    """
    if not has_key(context) or most_rows(query, len(run)) < max(COUNTED_FROM, query.limit):
        return
    rows = (await count(context, query.call(run))).value
    if rows <= query.limit:
        return
    calls = ceil(len(query.span) / PERIODS_A_CALL)
    when = str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}"
    narrower = "sk for fewer reporters, partners, codes or periods at once."
    allowed = rows <= KEYED_ROWS
    raise TooLarge(
        f"{SERVICE} has {rows:,} rows for this in {when} alone"
        + (f" (one of {calls} calls)" if calls > 1 else "")
        + f"; maxRecords={query.limit:,} are to be brought, and at most {KEYED_ROWS:,} can.",
        remedy=f"Allow them with maxRecords={rows}, or a{narrower}" if allowed else f"A{narrower}",
        source=SOURCE_ID,
    )


MOST_REPORTERS = 24
"""Reporters asked for one by one, a call each: within a minute at the service's pace."""


def check_reporters(places: Places, remedy: str) -> None:
    """Refuse too many reporters where each takes a call.

    Raises:
        TooLarge: more than MOST_REPORTERS.
    """
    if len(places.codes) > MOST_REPORTERS:
        raise TooLarge(
            f"{len(places.codes)} reporters would take a call each; at most {MOST_REPORTERS} are made.",
            remedy=remedy,
            source=SOURCE_ID,
        )


def trade_answer(
    context: Context,
    tool: str,
    data: TradeData,
    fetched: Sequence[Fetched[Page]],
    *,
    limit: int,
    notes: list[Note],
    valuation: str | None,
    kind: str = "",
) -> Answer[TradeData]:
    """An answer of trade data in US dollars, with how to get what was cut off; `kind` goes before what it holds."""
    return Answer[TradeData](
        what=kind + what(data),
        data=data,
        source=provenance(SERVICE, tool, fetched, unit="US dollars", currency="USD", valuation=valuation),
        notes=notes,
        more=more(context, fetched, limit),
    )

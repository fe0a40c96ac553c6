"""Asking the service: what a question selects, the calls it takes, and a check that each reply is to what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from math import ceil
from typing import TypeVar

from tradestat_tools.codes.hs import hs_status, nearest_hs
from tradestat_tools.codes.periods import Period, periods_between
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import InvalidQuery, TooLarge, TradestatError, UpstreamChanged, UpstreamDown
from tradestat_tools.sources.eurostat.absence import KNOWN_EDITIONS_FROM, no_rows, out_of_reach
from tradestat_tools.sources.eurostat.arguments import ALL, FLOWS, TOTAL, Selection, TradeArguments
from tradestat_tools.sources.eurostat.calendar import freshness, newest
from tradestat_tools.sources.eurostat.codes import OLDER, united, with_parts
from tradestat_tools.sources.eurostat.service import (
    MOST_ADDRESS,
    MOST_AT_ONCE,
    MOST_ROWS,
    POLICY,
    SERVICE,
    SOURCE_ID,
    Dataset,
    EurostatSettings,
)
from tradestat_tools.sources.eurostat.wire import (
    FAILURES,
    Figures,
    Key,
    NotAllowed,
    Page,
    period_of,
    read_data,
    read_state,
    read_structure,
)
from tradestat_tools.upstream import Fetched, Request, Response
from tradestat_tools.upstream.failures import not_asked_for
from tradestat_tools.upstream.report import current_report
from tradestat_tools.upstream.request import REFERENCE, Freshness

T = TypeVar("T")

PARTNERS = 300
"""Partners that stand for every one in an estimate; the list of 2024 has 294."""

MOST_CALLS = 24
"""Calls that one question may take; they are made one after the other."""

WAIT_FIRST, WAIT_LONGEST, WAIT_IN_ALL = 1.0, 15.0, 300.0
"""Seconds between two looks at an answer that is being prepared, doubled each time; and until it is given up."""

READY = "AVAILABLE"
GONE = frozenset({"EXPIRED", "UNKNOWN_REQUEST"})
"""SUBMITTED was seen and AVAILABLE is known from clients; these two are assumed, all others taken for on the way."""

NOW = Freshness(fresh=0.0, usable=0.0)


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of all replies.

    Args:
        updated: the newest day on which the data set was brought up to date, of the replies.
        unsettled: cells and indicators that came twice with different figures.
    """

    cells: dict[Key, Figures]
    fetched: tuple[Fetched[Page], ...]
    updated: date | None
    unsettled: tuple[tuple[Key, str], ...]


async def select(context: Context, asked: TradeArguments) -> Selection:
    """The figures that arguments select; nothing is sent, unless the codes below one are wanted.

    Raises:
        InvalidQuery: the periods do not go together, or a code was in no edition of their time.
        NoData: none of the periods is out, or all lie before the first.
        TradestatError: why the codes below one can not be had.
    """
    dataset, yearly = asked.data, asked.frequency == "year"
    known = newest(context.now(), "A" if yearly else "M")
    try:
        first, last = asked.period.between(lambda _: known, frequency=asked.frequency)
    except CodeError as error:
        raise InvalidQuery(error.message, argument="period", allowed=error.allowed, source=SOURCE_ID) from None
    for code in asked.product if first.year >= KNOWN_EDITIONS_FROM else ():
        if code.isdecimal() and (status := hs_status(code)).kind == "unknown":
            raise InvalidQuery(status.text, argument="product", nearest=nearest_hs(code[:6]), source=SOURCE_ID)
    begins = max(first, Period(dataset.first_year, first.frequency))
    if last < begins or begins > known:
        raise out_of_reach(dataset, min(last, begins), known)
    periods = tuple(periods_between(begins, min(last, known)))
    reporters, partners = united(asked.reporter), united(asked.partner)
    told = [text for text in (reporters.note, partners.note) if text]
    if begins > first:
        told.append(f"{dataset.id} begins with {dataset.first_year}; earlier periods are left out.")
    selection = Selection(
        dataset,
        "A" if yearly else "M",
        reporters.codes,
        with_parts(partners, periods[-1].year).codes,
        tuple(dict.fromkeys(asked.product)),
        tuple(FLOWS[flow] for flow in dict.fromkeys(asked.flow)),
        periods,
        last,
        tuple(told),
        partners.codes,
    )
    if not (level := asked.level or (2 if ALL in asked.product else 0)):
        return selection
    return replace(selection, products=await _below(context, selection, level), below=True)


async def ask(context: Context, selection: Selection) -> Table:
    """Ask in as many calls as it takes, one after the other.

    Raises:
        TooLarge: it takes too many, or one period alone is too large; nothing was sent then.
        NoData: no call brings a row.
        TradestatError: why a call failed.
    """
    pieces = _pieces(selection)
    fetched: list[Fetched[Page]] = []
    for number, piece in enumerate(pieces, 1):
        if len(pieces) > 1:
            current_report().stage = f"part {number} of {len(pieces)}"
        fetched += await _ask_piece(context, piece)
    table = _joined(fetched)
    if not table.cells:
        raise no_rows(selection, context.now())
    return table


def calls_for(selection: Selection, context: Context) -> list[Request]:
    """What would be sent, but for answers that have to be waited for."""
    return [_request(context, piece) for piece in _pieces(selection)]


async def structure(context: Context, dataset: Dataset) -> Fetched[dict[str, tuple[str, ...]]]:
    """The codes of a data set.

    Raises:
        TradestatError: why they can not be had.
    """
    url = f"{_base(context)}/sdmx/2.1/contentconstraint/{AGENCY}/{dataset.id}"
    request = Request(source=SOURCE_ID, endpoint=f"contentconstraint/{dataset.id}", url=url, freshness=REFERENCE)
    read = partial(read_structure, now=context.now())
    return await context.upstream.fetch(request, POLICY, read, within=context.settings.timeout)


async def codes_below(context: Context, dataset: Dataset, starts: Sequence[str], level: int) -> tuple[str, ...]:
    """Every product code of a length, 0 for any, that begins so, of whatever year.

    Raises:
        TradestatError: why they can not be had.
    """
    known = (await structure(context, dataset)).value.get("product", ())
    begins = tuple(starts)
    return tuple(
        code for code in sorted(known) if code.isdecimal() and level in (0, len(code)) and code.startswith(begins)
    )


AGENCY = "ESTAT"


async def _below(context: Context, selection: Selection, level: int) -> tuple[str, ...]:
    """The codes of a length below those asked for, of any year: those without trade bring no rows."""
    starts = ["" if code in (ALL, TOTAL) else code for code in selection.products]
    codes = await codes_below(context, selection.dataset, starts, level)
    if not codes:
        raise no_rows(selection, context.now())
    return codes


# How a question is cut


def _cells(selection: Selection) -> int:
    """How many cells it has at most."""
    partners = PARTNERS if selection.every_partner else len(selection.partners)
    counts = (len(selection.reporters), len(selection.products), len(selection.flows), len(selection.periods))
    whole = partners * len(selection.dataset.indicators)
    for count in counts:
        whole *= count
    return whole


def _pieces(selection: Selection) -> list[Selection]:
    """The question in pieces: addresses short enough, and as few cells each as are given at once.

    Years are kept whole as far as that goes. A single period that is larger is asked all the same: its answer is
    prepared and waited for.

    Raises:
        TooLarge: these are too many, or one period is beyond what the service takes.
    """
    bare = replace(selection, products=())
    room = (MOST_ADDRESS - len(_path(bare)) - 200) // 9
    pieces: list[Selection] = []
    for products in _runs(selection.products, max(1, room)):
        part = replace(selection, products=products)
        a_period = _cells(replace(part, periods=part.periods[:1]))
        if a_period > MOST_ROWS:
            raise _too_large(f"One period has up to {a_period:,} cells; {SERVICE} refuses more than {MOST_ROWS:,}.")
        many = max(1, MOST_AT_ONCE // a_period)
        many = many - many % 12 if selection.freq == "M" and many > 12 else many
        pieces += [replace(part, periods=run) for run in _runs(part.periods, many)]
    if len(pieces) > MOST_CALLS:
        raise _too_large(f"It takes {len(pieces)} calls; one question may take {MOST_CALLS}.")
    return pieces


def _runs(whole: Sequence[T], size: int) -> list[tuple[T, ...]]:
    return [tuple(whole[at : at + size]) for at in range(0, len(whole), size)]


def _too_large(text: str) -> TooLarge:
    return TooLarge(
        f"{text} Nothing was sent.",
        remedy="Ask fewer periods, products or reporters, or named partners instead of all.",
        source=SOURCE_ID,
    )


def _path(selection: Selection) -> str:
    parts = (
        (selection.freq,),
        selection.reporters,
        () if selection.every_partner else selection.partners,
        selection.products,
        selection.flows,
        selection.dataset.indicators,
    )
    return f"/sdmx/2.1/data/{selection.dataset.id}/{'.'.join('+'.join(part) for part in parts)}"


def _base(context: Context) -> str:
    return context.settings.of(EurostatSettings).eurostat_url.rstrip("/")


def _request(context: Context, selection: Selection) -> Request:
    return Request(
        source=SOURCE_ID,
        endpoint=f"data/{selection.dataset.id}",
        url=_base(context) + _path(selection),
        params={
            "format": "SDMX-CSV",
            "compressed": "false",
            "startPeriod": str(selection.first),
            "endPeriod": str(selection.last),
        },
        freshness=freshness(selection.last, context.now()),
    )


# Sending


async def _ask_piece(context: Context, piece: Selection) -> list[Fetched[Page]]:
    """One call; two, where the service finds it too large, of half the periods each; and where it does not know a sum
    by its name of today, one by the name that it had before."""
    try:
        fetched = await _send(context, piece)
    except TooLarge:
        if len(piece.periods) == 1:
            raise
        middle = ceil(len(piece.periods) / 2)
        halves = (replace(piece, periods=run) for run in (piece.periods[:middle], piece.periods[middle:]))
        return [one for half in halves for one in await _ask_piece(context, half)]
    except NotAllowed as error:
        refused = {word for text in error.values.values() for word in text.replace("+", " ").replace(",", " ").split()}
        older = replace(piece, reporters=_older(piece.reporters, refused), partners=_older(piece.partners, refused))
        if older == piece:
            raise
        fetched = await _send(context, older)
    _check_answered(fetched.value, piece)
    return [fetched]


def _older(codes: Sequence[str], refused: set[str]) -> tuple[str, ...]:
    return tuple(OLDER.get(code, code) if code in refused else code for code in codes)


async def _send(context: Context, piece: Selection, *, again: bool = False) -> Fetched[Page]:
    request = _request(context, piece)
    now, within = context.now(), context.settings.timeout
    fetched = await context.upstream.fetch(request, POLICY, partial(read_data, now=now), within=within)
    found = fetched.value
    if isinstance(found, Page):
        return replace(fetched, value=found)  # pyright: ignore[reportReturnType] - narrowed by hand
    number = found.id
    prepared = Request(
        source=SOURCE_ID,
        endpoint=request.endpoint,
        url=f"{_base(context)}/1.0/async/data/{number}",
        freshness=request.freshness,
    )
    read = partial(_rows_only, now=now)
    if (kept := await context.upstream.stored(prepared, POLICY, read)) is not None:
        return kept
    calls = fetched.calls
    try:
        calls += await _until_ready(context, number)
        rows = await context.upstream.fetch(prepared, POLICY, read, within=within)
    except _Gone:
        if again:
            raise _given_up(0.0) from None
        await context.upstream.limit_freshness({request.key: 0.0})
        return await _send(context, piece, again=True)
    return replace(rows, calls=rows.calls + calls)


def _rows_only(response: Response, now: datetime) -> Page:
    found = read_data(response, now)
    if isinstance(found, Page):
        return found
    raise FAILURES.error(UpstreamDown, f"{SERVICE} has not finished what it said was ready.", wait=WAIT_LONGEST)


class _Gone(Exception):
    """An answer that was prepared is kept no longer."""


async def _until_ready(context: Context, number: str) -> int:
    """Look until an answer is prepared; how many calls that took.

    Raises:
        _Gone: the service does not keep it, or not any more.
        UpstreamDown: it takes too long.
    """
    url, waited, wait, calls = f"{_base(context)}/1.0/async/status/{number}", 0.0, WAIT_FIRST, 0
    request = Request(source=SOURCE_ID, endpoint="async/status", url=url, freshness=NOW)
    read = partial(read_state, now=context.now())
    report = current_report()
    while True:
        try:
            state = await context.upstream.fetch(request, POLICY, read, within=context.settings.timeout)
        except UpstreamChanged:
            raise _Gone from None
        calls += state.calls
        if state.value.state == READY:
            return calls
        if state.value.state in GONE:
            raise _Gone
        if waited + wait > WAIT_IN_ALL:
            raise _given_up(waited)
        if report.progress is not None:
            await report.progress(waited, WAIT_IN_ALL, f"{SERVICE} prepares the answer ({state.value.state.lower()})")
        await context.upstream.pause(wait)
        waited, wait = waited + wait, min(2 * wait, WAIT_LONGEST)


def _given_up(waited: float) -> TradestatError:
    return FAILURES.error(
        UpstreamDown,
        f"{SERVICE} prepares the answer, and had not finished after {waited:.0f} s.",
        remedy="Ask the same again in a few minutes: it goes on meanwhile. Or ask for less.",
        wait=60.0,
        transient=False,
    )


def _check_answered(page: Page, asked: Selection) -> None:
    """Refuse rows that were not asked for: what the service ignores would otherwise turn into wrong sums.

    Raises:
        UpstreamChanged: naming the dimension.
    """
    periods = {str(period) for period in asked.periods}
    strangers: list[tuple[str, str, str]] = []
    if others := sorted(page.freqs - {asked.freq}):
        strangers.append(("freq", asked.freq, others[0]))
    wanted: tuple[tuple[str, Sequence[str], set[str]], ...] = (
        ("reporter", asked.reporters, {key.reporter for key in page.cells}),
        ("partner", () if asked.every_partner else asked.partners, {key.partner for key in page.cells}),
        ("product", asked.products, {key.product for key in page.cells}),
        ("flow", asked.flows, {key.flow for key in page.cells}),
        ("TIME_PERIOD", sorted(periods), {key.when for key in page.cells}),
        ("indicators", asked.dataset.indicators, {name for one in page.cells.values() for name in one}),
    )
    for name, codes, came in wanted:
        if codes and (others := sorted(came - set(codes))):
            strangers.append((name, "+".join(codes[:5]), others[0]))
    if strangers:
        raise not_asked_for(SERVICE, SOURCE_ID, strangers)
    for key in page.cells:
        period_of(key.when)


def _joined(fetched: Sequence[Fetched[Page]]) -> Table:
    cells: dict[Key, Figures] = {}
    for one in fetched:
        cells.update(one.value.cells)
    updated = max((one.value.updated for one in fetched if one.value.updated), default=None)
    return Table(cells, tuple(fetched), updated, tuple(each for one in fetched for each in one.value.unsettled))

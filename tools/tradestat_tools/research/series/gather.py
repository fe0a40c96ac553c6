"""Asking one source for several series at once: in one question where it takes such, else one by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from tradestat_tools.codes.periods import Period, count_between, last_whole, month_of, periods_between
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import is_handle
from tradestat_tools.contract.view import Breadth, Cost, View, runs
from tradestat_tools.model.answers import Note, Provenance
from tradestat_tools.model.errors import NoData, TooLarge, TradestatError
from tradestat_tools.model.flow import FlowQuestion
from tradestat_tools.model.observation import Observation, Valuation
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.research.arguments import check_length
from tradestat_tools.research.currency import Rate, converted
from tradestat_tools.research.periods import by_period, summed_to
from tradestat_tools.research.repeats import Repeated, once
from tradestat_tools.research.series.ask import LOOKED_BACK, MOST_CALLS
from tradestat_tools.research.series.many import ROLES, Asked, Key, Many, Wire
from tradestat_tools.research.series.sums import Cell, cell_of
from tradestat_tools.research.views import ask, code_of, codes_of, cost, flows_of, is_paid, stored_figures, views_of
from tradestat_tools.upstream.runtime import in_thread

PERIODS_A_QUESTION = 24


@dataclass(slots=True)
class Gathered:
    """What one source has of the series.

    Args:
        periods: those asked for, in order.
        cells: by series, the figures in the currency and frequency wanted.
        why: by series, why there is nothing, or not all.
    """

    source: str
    periods: tuple[Period, ...] = ()
    cells: dict[Key, dict[Period, Cell]] = field(default_factory=dict[Key, dict[Period, Cell]])
    rows: dict[Key, dict[Period, Observation]] = field(default_factory=dict[Key, dict[Period, Observation]])
    why: dict[Key, list[str]] = field(default_factory=dict[Key, list[str]])
    reasons: list[Why] = field(default_factory=list[Why])
    sources: list[Provenance] = field(default_factory=list[Provenance])
    results: list[str] = field(default_factory=list[str])
    notes: list[Note] = field(default_factory=list[Note])
    repeated: list[Repeated] = field(default_factory=list[Repeated])
    rates: dict[Period, Rate] = field(default_factory=dict[Period, Rate])
    faults: dict[str, None] = field(default_factory=dict[str, None])
    shares: bool = True
    errors: list[str] = field(default_factory=list[str])

    def has(self, at: Period) -> bool:
        """Whether any series has a figure of a period."""
        return any((one := cells.get(at)) is not None and one.value is not None for cells in self.cells.values())

    def valuations(self, flow: Wire) -> list[Valuation]:
        """At what the figures of a flow are valued."""
        cells = [of.get(at) for key, of in self.cells.items() if key[0] == flow for at in self.periods]
        return sorted({one.valuation for one in cells if one and one.value is not None and one.valuation})


async def find_all(context: Context, many: Many, source: str, *, named: bool) -> Gathered | TradestatError | None:
    """What a source has of several series; None where the reporter is none of its business.

    Raises:
        TooLarge: of a source that was named: it takes more calls or credits than are allowed. Nothing was sent.
    """
    try:
        newest = await _newest(context, many, source)
        first, last = many.span.between(lambda _: newest, frequency=many.frequency)
        check_length(first, last)
    except CodeError as error:
        return NoData(error.message, remedy="Ask earlier periods.", why=[Why(Reason.NOT_YET_PUBLISHED, error.message)])
    try:
        found = await _span(context, many, source, first, last)
        size, moved = count_between(first, last), 0
        while (
            many.span.first is None
            and many.span.last is None
            and found is not None
            and not is_paid(context, source)
            and (gap := next((back for back, at in enumerate(reversed(found.periods)) if found.has(at)), size))
            and moved < LOOKED_BACK[many.frequency]
        ):
            moved = min(moved + gap, LOOKED_BACK[many.frequency])
            end = last.shifted(-moved)
            found = await _span(context, many, source, end.shifted(1 - size), end)
    except TooLarge as error:
        if named:
            raise
        return error
    except TradestatError as error:
        return error
    if found is not None and not any(found.has(at) for at in found.periods):
        texts = list(dict.fromkeys(why.text for why in found.reasons))[:3]
        return NoData(
            " ".join(texts) or "It has no figure.", remedy="Ask other periods or another source.", why=found.reasons
        )
    return found


async def _newest(context: Context, many: Many, source: str) -> Period:
    """The newest period that a source can have; of a file the last that it has of the reporter."""
    if not many.span.leans_on_newest or not is_handle(source):
        known = flows_of(context.sources).get(source)
        return last_whole(known.newest(context.now()) if known else month_of(context.today), many.frequency)
    _, rows = await stored_figures(context, source, argument="source")
    who = {code_of(area) for area in many.reporters.areas}
    mine = [one.period.last_month for one in rows if one.reporter in who and one.value is not None]
    return last_whole(max(mine, default=month_of(context.today)), many.frequency)


async def _span(context: Context, many: Many, source: str, first: Period, last: Period) -> Gathered | None:
    """The series over a span; None where the source has nothing to do with the reporter.

    Raises:
        TradestatError: it can not be asked, or nothing came.
    """
    shares = not is_paid(context, source) or many.share_named
    found = Gathered(source, tuple(periods_between(first, last)), shares=shares)
    span = (many.earliest(first, last), last)
    cells = many.cells(shares=shares)
    if is_handle(source):
        stored, rows = await stored_figures(context, source, argument="source")
        found.sources.append(stored.source)
        found.results.append(source)
        found.notes += stored.notes
        await in_thread(partial(_keep_rows, found, many, rows, cells, span))
        return found
    flows = flows_of(context.sources)[source]
    views = await _views(context, source, cells, span)
    if not views:
        return None
    if flows.evidence is not None and many.products[0].kind == "goods":
        if why := next(iter(views.values())).why:
            areas = [view.why for view in views.values()]
            if None not in areas:
                raise NoData(why.text, remedy="Ask another source.", why=[why])
        await _together(context, many, found, views, span)
    else:
        await _one_by_one(context, many, found, views, cells)
    return found


async def _views(context: Context, source: str, cells: Iterable[Asked], span: tuple[Period, Period]) -> dict[Key, View]:
    views: dict[Key, View] = {}
    for cell in cells:
        role = ROLES[cell.flow]
        ends = (cell.reporter, cell.partner) if role == "exporter" else (cell.partner, cell.reporter)
        for view in await views_of(FlowQuestion(*ends, cell.product, *span), context, sources=(source,)):
            if view.role == role:
                views[cell.key] = view
    return views


async def _together(
    context: Context, many: Many, found: Gathered, views: Mapping[Key, View], span: tuple[Period, Period]
) -> None:
    """One question over all partners, products and flows, for each run of periods.

    Raises:
        TradestatError: nothing came.
    """
    evidence = flows_of(context.sources)[found.source].evidence
    assert evidence is not None  # noqa: S101 - the caller looked
    cells = many.cells(shares=found.shares)
    if many.frequency == "quarter":
        span = (span[0].first_month, span[1].last_month)
    calls = -(-count_between(*span) // evidence.periods_a_call(context))
    if calls > MOST_CALLS:
        raise _too_many(context, found.source, calls)
    can = [cell for cell in cells if (view := views.get(cell.key)) is not None and view.why is None]
    rows: list[Observation] = []
    for start, end in runs(*span, PERIODS_A_QUESTION):
        breadth = Breadth(
            reporters=list(dict.fromkeys(code_of(one.reporter) for one in can)),
            partners=list(dict.fromkeys(code_of(one.partner) for one in can)),
            products=list(dict.fromkeys(one.product.code for one in can)),
            flows=list(dict.fromkeys(one.flow for one in can)),
            first=start,
            last=end,
        )
        try:
            broad = await evidence.ask(context, breadth)
        except NoData as nothing:
            found.reasons += nothing.why or [Why(Reason.NOT_REPORTED, nothing.message)]
            continue
        except TradestatError as error:
            if not rows:
                raise
            found.errors.append(f"{start} to {end}: {error.message}")
            break
        rows += broad.observed
        _heard(found, broad.answer.source, broad.answer.result, broad.answer.notes)
    if not rows and not found.sources:
        raise NoData(
            " ".join(dict.fromkeys(why.text for why in found.reasons)) or "It has no figure.",
            remedy="Ask other periods or another source.",
            why=found.reasons,
        )
    for cell in cells:
        if (view := views.get(cell.key)) is not None and view.why is not None:
            found.why[cell.key] = [view.why.text]
    await in_thread(partial(_keep_rows, found, many, rows, cells, span))


async def _one_by_one(
    context: Context,
    many: Many,
    found: Gathered,
    views: Mapping[Key, View],
    cells: Sequence[Asked],
) -> None:
    """A question for each series.

    Raises:
        TradestatError: it takes too many calls or credits, the key is missing, or every question failed.
    """
    can = {key: view for key, view in views.items() if key[0] != "RX" and view.why is None}
    if not can:
        whys = [view.why for view in views.values() if view.why]
        raise NoData(whys[0].text if whys else "It has no re-exports.", remedy="Ask another source.", why=whys)
    price: Cost = await cost(can.values(), context)
    name = context.sources[found.source].name
    if price.credits > many.max_credits:
        raise TooLarge(
            f"{name} would take {price.credits:g} credits for what is not stored of {len(can)} series; "
            f"{many.max_credits:g} are allowed. It was not asked.",
            remedy=f"Allow them with max_credits={price.credits:g}, ask for fewer series, or ask a free source.",
        )
    if price.calls > MOST_CALLS:
        raise _too_many(context, found.source, price.calls)
    errors: list[TradestatError] = []
    for cell in cells:
        key = cell.key
        view = can.get(key)
        if view is None:
            gone = views[key].why if key in views else None
            found.why[key] = [gone.text if gone else f"{name} has no such series."]
            continue
        seen = await ask(view, context)
        if seen.error is not None:
            errors.append(seen.error)
            found.errors.append(f"{view.what}: {seen.error.message}")
        found.why[key] = [why.text for why in seen.why]
        found.reasons += seen.why
        for source in seen.sources:
            _heard(found, source, None, ())
        found.results += seen.results
        found.notes += seen.notes
        found.repeated += seen.repeated
        await in_thread(partial(_keep, found, many, key, seen.given))
        if seen.error is not None and not seen.given:
            break  # a source that fails is not asked again and again
    if errors and not found.sources:
        raise errors[0]


def _too_many(context: Context, source: str, calls: int) -> TooLarge:
    return TooLarge(
        f"{context.sources[source].name} would be asked {calls} times, and at most {MOST_CALLS} times for one call of "
        "trade_series; nothing was sent.",
        remedy="Ask fewer periods or partners at a time, or years; what was asked before is stored and costs no call.",
    )


def _heard(found: Gathered, source: Provenance, result: str | None, notes: Iterable[Note]) -> None:
    found.sources.append(source)
    found.results += [result] if result else []
    found.notes += notes


def _keep_rows(
    found: Gathered,
    many: Many,
    rows: Iterable[Observation],
    cells: Iterable[Asked],
    span: tuple[Period, Period],
) -> None:
    """The rows of every series, out of those of an answer."""
    first, last = span[0].first_month, span[1].last_month
    by: dict[tuple[str, Key], list[Observation]] = {}
    for one in rows:
        if first <= one.period.first_month <= one.period.last_month <= last:
            key = (one.flow, one.reporter, one.partner, one.product)
            by.setdefault((one.classification, key), []).append(one)
    for cell in cells:
        system = "EBOPS" if cell.product.kind == "services" else "HS"
        flow, reporter, partner, _ = cell.key
        mine = [one for code in codes_of(cell.product) for one in by.get((system, (flow, reporter, partner, code)), ())]
        given, repeated = once(mine)
        found.repeated += repeated
        _keep(found, many, cell.key, given)


def _keep(found: Gathered, many: Many, key: Key, given: Iterable[Observation]) -> None:
    """The figures of a series in the currency and frequency wanted."""
    ours = [converted(one, many.currency, found.rates, found.faults) for one in given]
    found.rows[key] = by_period(summed_to(ours, many.frequency))
    found.cells[key] = {at: cell_of(one) for at, one in found.rows[key].items()}
    said = [text for text in found.why.get(key, ()) if text]
    for at in found.periods:
        cell = found.cells[key].get(at)
        if (cell is None or cell.value is None) and len(said) == 1:
            found.cells[key][at] = replace(cell or Cell(None), why=said[0])

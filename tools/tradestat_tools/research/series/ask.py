"""Asking one source for a series: which periods it can have, what that costs, and the figures in one currency."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from tradestat_tools.codes.chains import Part
from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.names import Lang, area_name
from tradestat_tools.codes.periods import FIRST_YEAR, PER_YEAR, Frequency, Period, last_whole, month_of, periods_between
from tradestat_tools.codes.spans import Span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import is_handle
from tradestat_tools.contract.view import Cost, View
from tradestat_tools.model.errors import NoData, TooLarge, TradestatError
from tradestat_tools.model.flow import TOTAL_GOODS, TOTAL_SERVICES, FlowQuestion, Product, Role
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.research.arguments import check_length
from tradestat_tools.research.currency import Rate, converted
from tradestat_tools.research.periods import by_period, summed_to
from tradestat_tools.research.views import Seen, ask, cost, flows_of, is_paid, views_of
from tradestat_tools.upstream.runtime import in_thread

AUTO = "auto"

Measure = Literal["growth", "share", "index", "weight", "unit_value", "cagr", "change", "ytd", "months"]

MOST_CALLS = 60
"""Free calls that one series may take: at UN Comtrade's pace without a key two minutes."""

LOOKED_BACK: dict[Frequency, int] = {"year": 3, "quarter": 4, "month": 12}
"""Periods by which a reporter's newest may lie before the newest that the first reporters have."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a series is asked for, whichever source is asked.

    Args:
        reporter: whose figures these are.
        role: which end of the flow the reporter is.
        lead: periods before the span that growth needs.
        whole: partner and product of which the share is taken, where one is wanted.
        currency: which the figures are brought to.
        max_credits: what the question may cost.
        source: the one asked for, or "auto".
        base: the period that is 100 in the index; None for the first with a figure.
        notes: how reporter and partner were read, where that is worth saying.
        lang: in which names are shown.
    """

    reporter: Area
    partner: Area
    product: Product
    role: Role
    span: Span
    frequency: Frequency
    lead: int
    whole: tuple[Area, Product] | None
    currency: str
    max_credits: float
    source: str = AUTO
    also: frozenset[Measure] = frozenset()
    base: Period | None = None
    notes: tuple[str, ...] = ()
    lang: Lang = "en"

    def named(self, area: Area) -> str:
        """What an area is called in the answer."""
        return area_name(self.lang, area)

    @property
    def way(self) -> str:
        """Which way the goods go, before the partner's name."""
        return "exports to" if self.role == "exporter" else "imports from"

    def question(self, first: Period, last: Period) -> FlowQuestion:
        """The flow over a span and what comes before it for growth."""
        return self._of(self.partner, self.product, _earlier(first, self.lead), last)

    def whole_question(self, first: Period, last: Period) -> FlowQuestion | None:
        """The flow of which the share is taken."""
        return None if self.whole is None else self._of(*self.whole, first, last)

    def _of(self, partner: Area, product: Product, first: Period, last: Period) -> FlowQuestion:
        exporter, importer = (self.reporter, partner) if self.role == "exporter" else (partner, self.reporter)
        return FlowQuestion(exporter, importer, product, first, last)


@dataclass(frozen=True, slots=True)
class Found:
    """What one source has of a series.

    Args:
        periods: those asked for, in order.
        native: the figures as the source gave them, summed into the periods; those before the span too.
        observations: the same in the currency wanted.
        whole: the figures of which the share is taken, as the source gave them.
        rates: at which figures were converted, in order.
        without_rate: why some could not be.
        tried: calls for newer periods, which turned out not to be there yet.
        chain: the codes of the HS that hold the goods in which years, where the series is of several.
    """

    seen: Seen
    periods: tuple[Period, ...]
    native: dict[Period, Observation]
    observations: dict[Period, Observation]
    whole: Seen | None = None
    rates: tuple[Rate, ...] = ()
    without_rate: str | None = None
    tried: int = 0
    chain: tuple[Part, ...] = ()

    @property
    def calls(self) -> int:
        """How many calls it took, those for newer periods too."""
        return self.tried + sum(source.calls for seen in self.answered for source in seen.sources)

    @property
    def source(self) -> str:
        """Id of the source; of a file that of whoever published its figures."""
        return next((one.source for one in self.native.values()), self.seen.view.source)

    @property
    def answered(self) -> tuple[Seen, ...]:
        """Both questions, or the only one."""
        return (self.seen, self.whole) if self.whole else (self.seen,)

    def value(self, period: Period) -> float | None:
        """The figure of a period, None where there is none."""
        one = self.observations.get(period)
        return one.value if one else None

    @property
    def unconverted(self) -> bool:
        """Whether a figure of the periods asked for is lost for want of a rate."""
        lost = (self.native.get(period) for period in self.periods if self.value(period) is None)
        return self.without_rate is not None and any(one is not None and one.value is not None for one in lost)

    @property
    def has_figures(self) -> bool:
        """Whether any of the periods asked for has a figure, be it without a rate."""
        return any(one.value is not None for period in self.periods if (one := self.native.get(period)))


def whole_of(product: Product, partner: Area, world: Area) -> tuple[Area, Product]:
    """What a flow is a share of: the same product with the World; of a flow with the World, all products."""
    if partner.kind != "world":
        return world, product
    if product.kind == "services":
        return world, Product("services", TOTAL_SERVICES, "All services")
    return world, Product("goods", TOTAL_GOODS, "All goods")


@dataclass(frozen=True, slots=True)
class Parts:
    """The questions that make up a series, and how what is seen of them is put together.

    Args:
        joined: one of what was seen of each, in their order.
        chain: the codes of the HS in which years, where there are several.
    """

    questions: tuple[FlowQuestion, ...]
    joined: Callable[[Sequence[Seen]], Seen]
    chain: tuple[Part, ...] = ()


def as_it_is(question: FlowQuestion) -> Parts:
    """A question that is asked as it stands."""
    return Parts((question,), lambda every: every[0])


async def find(
    context: Context,
    wanted: Wanted,
    source: str,
    *,
    named: bool,
    parts_of: Callable[[FlowQuestion], Parts] = as_it_is,
) -> Found | TradestatError | None:
    """What a source has; None where the reporter is none of its business, an error where it has nothing.

    Args:
        source: its id, or the handle of a stored result.
        named: whether the caller named it: it may then only fail for want of data.
        parts_of: takes the question apart.

    Raises:
        TooLarge: it takes more calls than any question may, or, of a source that was named, more credits than allowed.
        InvalidQuery: nothing is kept under the handle, or it holds no figures.
    """
    try:
        first, last = await _span_of(context, wanted, source)
        check_length(first, last)
    except CodeError as error:
        return NoData(error.message, remedy="Ask earlier periods.", why=[Why(Reason.NOT_YET_PUBLISHED, error.message)])
    once = partial(_once, context, wanted, source, named=named, parts_of=parts_of)
    found = await once(first, last)
    if (
        isinstance(found, Found)
        and wanted.span.first is None
        and wanted.span.last is None
        and not is_paid(context, source)
    ):
        found = await _back(wanted, found, once)
    if isinstance(found, Found) and not found.has_figures:
        return found.seen.error or _nothing_in(found.seen)
    return found


async def _back(
    wanted: Wanted, found: Found, once: Callable[[Period, Period], Awaitable[Found | TradestatError | None]]
) -> Found:
    """The same number of periods, ending with the newest that the source really has."""
    newest, size = found.periods[-1], len(found.periods)
    moved = 0
    while found.seen.error is None and (gap := _gap(found)) and moved < LOOKED_BACK[wanted.frequency]:
        moved = min(moved + gap, LOOKED_BACK[wanted.frequency])
        last = newest.shifted(-moved)
        earlier = await once(last.shifted(1 - size), last)
        if not isinstance(earlier, Found):
            break
        found = replace(earlier, tried=found.calls)
    return found


def _gap(found: Found) -> int:
    """How many periods at the end have no figure."""
    for back, period in enumerate(reversed(found.periods)):
        one = found.native.get(period)
        if one is not None and (one.value is not None or one.status in (Status.SUPPRESSED, Status.CONFLICTING)):
            return back
    return len(found.periods)


async def _once(
    context: Context,
    wanted: Wanted,
    source: str,
    first: Period,
    last: Period,
    *,
    named: bool,
    parts_of: Callable[[FlowQuestion], Parts],
) -> Found | TradestatError | None:
    parts = parts_of(wanted.question(first, last))
    views: list[View] = []
    for question in parts.questions:
        view = await view_of(context, question, wanted.role, source)
        if view is None:
            return None
        if view.why is not None:
            return NoData(view.why.text, remedy="Ask another source.", why=[view.why])
        views.append(view)
    whole = wanted.whole_question(first, last)
    of_whole = await view_of(context, whole, wanted.role, source) if whole else None
    try:
        price = await cost([*views, *([of_whole] if of_whole else [])], context)
    except TradestatError as error:  # such as a key that is not set: asking would fail as well
        return error
    if refused := _too_large(views[0], price, wanted):
        if named or not price.credits:
            raise refused
        return refused
    seen = parts.joined([await ask(view, context) for view in views])
    total = await ask(of_whole, context) if of_whole and seen.observations else None
    return replace(await in_thread(partial(_found, wanted, seen, total, first)), chain=parts.chain)


async def view_of(context: Context, question: FlowQuestion, role: Role, source: str) -> View | None:
    """What a source, or the stored result under a handle, can be asked of a flow; None where it is not its business."""
    file = is_handle(source)
    views = await views_of(question, context, sources=() if file else (source,), files=(source,) if file else ())
    return next((view for view in views if view.role == role), views[0] if file else None)


def _too_large(view: View, price: Cost, wanted: Wanted) -> TooLarge | None:
    """The refusal of a question that takes more credits or calls than are allowed; None where it does not."""
    name = view.what.rpartition(", ")[2]
    if price.credits > wanted.max_credits:
        return TooLarge(
            f"{name} would take {price.credits:g} credits for what is not stored; {wanted.max_credits:g} are allowed. "
            "It was not asked.",
            remedy=f"Allow them with max_credits={price.credits:g}, or ask a free source.",
        )
    if price.calls > MOST_CALLS:
        return TooLarge(
            f"{name} would be asked {price.calls} times for what is not stored, and at most {MOST_CALLS} times for one "
            "series; nothing was sent.",
            remedy="Ask fewer periods at a time, or years; what was asked before is stored and costs no call.",
        )
    return None


def _nothing_in(seen: Seen) -> NoData:
    """That there is no figure, and why."""
    texts = " ".join(why.text for why in seen.why)
    return NoData(texts or "It has no figure.", remedy="Ask other periods or another source.", why=seen.why)


async def _span_of(context: Context, wanted: Wanted, source: str) -> tuple[Period, Period]:
    """The first and last period asked for, by the newest that the source can have.

    Raises:
        CodeError: the first lies after the newest.
    """
    if wanted.span.leans_on_newest and is_handle(source):
        newest = await _newest_of_file(context, wanted, source)
        return wanted.span.between(lambda _: newest, frequency=wanted.frequency)
    return wanted.span.between(lambda wished: _newest(context, source, wished), frequency=wanted.frequency)


def _newest(context: Context, source: str, frequency: Frequency) -> Period:
    known = flows_of(context.sources).get(source)
    month = known.newest(context.now()) if known else month_of(context.today).shifted(-1)
    return last_whole(month, frequency)


async def _newest_of_file(context: Context, wanted: Wanted, handle: str) -> Period:
    """The newest period of which a stored result has a figure of the flow; today's where it has none."""
    last = last_whole(month_of(context.today), wanted.frequency)
    every = replace(wanted, lead=0).question(Period(FIRST_YEAR, wanted.frequency), last)
    view = await view_of(context, every, wanted.role, handle)
    seen = await ask(view, context) if view else None
    stated = (
        (one for one in seen.observations if one.value is not None or one.status is Status.CONFLICTING) if seen else ()
    )
    return max((one.period for one in stated), default=last)


def _earlier(first: Period, steps: int) -> Period:
    """So many periods before, or the first of all statistics."""
    return first.shifted(-min(steps, (first.year - FIRST_YEAR) * PER_YEAR[first.frequency]))


def _found(wanted: Wanted, seen: Seen, whole: Seen | None, first: Period) -> Found:
    """What was seen, in the currency wanted."""
    native = {one.period: one for one in seen.observations}
    periods = tuple(periods_between(first, seen.view.question.last))
    if all(one.currency == wanted.currency for one in native.values()):
        return Found(seen, periods, native, native, whole)
    rates: dict[Period, Rate] = {}
    faults: dict[str, None] = {}
    ours = [converted(one, wanted.currency, rates, faults) for one in seen.given]
    summed = by_period(summed_to(ours, wanted.frequency))
    observations = {period: summed[period] for period in native if period in summed}
    return Found(
        seen,
        periods,
        native,
        observations,
        whole,
        tuple(rates[period] for period in sorted(rates)),
        next(iter(faults), None),
    )

"""What else is asked to tell why two ends differ: a few free questions to UN Comtrade, counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from statistics import median
from typing import TypeVar

from tradestat_tools.codes.countries import area
from tradestat_tools.codes.editions import hs_break
from tradestat_tools.codes.periods import Period, count_between, periods_between
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import Breadth, Evidence
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.model.flow import HS_DIGITS, TOTAL_GOODS, WORLD, FlowQuestion, Role, flow_of
from tradestat_tools.model.observation import FlowCode, Observation, Status
from tradestat_tools.research.mirror.facts import MOST_FREIGHT, Freight, Hidden, Route, Weighed
from tradestat_tools.research.periods import summed_to
from tradestat_tools.research.repeats import Repeated, once

HUBS = ("344", "702", "784", "528", "56")
"""Places through which much trade of others passes: Hong Kong, Singapore, the United Arab Emirates, the Netherlands,
Belgium. Others are not looked at."""

MOST_QUESTIONS = 11
"""Questions to UN Comtrade beside the two reports themselves."""

HISTORY = 3
"""Years before in which the margin between the same two reporters is looked for."""

MONTHS_AFTER = 3
"""Months after a month or quarter that show, too, whether its end comes late."""

LEAST_PARTNERS = 5
"""Other partners from which a margin of the product is taken, at least."""

NOT_SPECIFIED = "999999"

K = TypeVar("K")


@dataclass(slots=True)
class Gathered:
    """What was found, and how many questions it took.

    Args:
        calls: that the questions take, unless their answers are stored.
        focus_only: whether the other periods asked for were left out.
        sources: of the answers; `results` are their handles.
        repeated: cells that are stated more than once, differently.
        exported: the exporter's months; 0 where it reports its trade with the importer and none of this product.
        imported: the same of the importer.
    """

    own_reexports: dict[Period, Weighed] = field(default_factory=dict[Period, Weighed])
    passing: dict[Period, Weighed] = field(default_factory=dict[Period, Weighed])
    routes: dict[Period, list[Route]] = field(default_factory=dict[Period, list[Route]])
    exported: dict[Period, Weighed] = field(default_factory=dict[Period, Weighed])
    imported: dict[Period, Weighed] = field(default_factory=dict[Period, Weighed])
    hidden: dict[Role, Hidden] = field(default_factory=dict[Role, Hidden])
    freight: Freight | None = None
    questions: int = 0
    calls: int = 0
    focus_only: bool = False
    failures: list[str] = field(default_factory=list[str])
    sources: list[Provenance] = field(default_factory=list[Provenance])
    results: list[str] = field(default_factory=list[str])
    repeated: list[Repeated] = field(default_factory=list[Repeated])

    def none(self, role: Role, period: Period) -> bool:
        """Whether an end reports trade with the other one in every month of a period, and none of this product."""
        months = self.exported if role == "exporter" else self.imported
        every = [months.get(month) for month in periods_between(period.first_month, period.last_month)]
        return all(one is not None and one.value == 0 for one in every)


@dataclass(frozen=True, slots=True)
class Needed:
    """What is not known yet.

    Args:
        focus: the period that the reasons are looked for in.
        missing: ends without one.
        margin_known: whether other periods asked for show what freight and insurance are.
        refused: of the missing ends those that have rows which contradict each other: they hide nothing.
    """

    focus: Period
    missing: Sequence[Role]
    margin_known: bool = False
    refused: frozenset[Role] = frozenset()

    def has(self, role: Role) -> bool:
        """Whether an end has a figure."""
        return role not in self.missing


async def gather(context: Context, question: FlowQuestion, needed: Needed) -> Gathered:
    """Ask what may explain a difference. A question that fails is noted and leaves its part unknown.

    Services, national codes and flows with the World have nothing to ask for.
    """
    found = Gathered()
    product = question.product
    source = _source(context)
    if source is None:
        return found
    if source.periods_a_call(context) == 1:  # a call a period, without a key: of the period in focus alone
        found.focus_only = question.first != question.last
        question = replace(question, first=needed.focus, last=needed.focus)
    if product.kind == "services" or not (product.is_total or len(product.code) in HS_DIGITS):
        return found
    asking = _Asking(context, source, question, found)
    await asking.reexports(needed)
    if source.has_key(context) and (not needed.missing or needed.focus.frequency != "year"):
        await asking.months(needed.focus)
    for role in needed.missing:
        if role not in needed.refused and not found.none(role, needed.focus):
            await asking.kept_back(role, needed.focus)
    if needed.has("importer") and not needed.has("exporter") and not needed.margin_known:
        await asking.margin(needed.focus)
    return found


class _Asking:
    """The questions, each of which adds to what was found."""

    def __init__(self, context: Context, source: Evidence, question: FlowQuestion, found: Gathered) -> None:
        self._context = context
        self._source = source
        self._question = question
        self._found = found
        self._code = TOTAL_GOODS if question.product.is_total else question.product.code
        self._exporter, self._importer = question.exporter.comtrade, question.importer.comtrade
        self._span = (question.first, question.last)

    async def reexports(self, needed: Needed) -> None:
        """What the exporter and places of transit re-export to the importer, and whether the latter's is its goods."""
        exporter, importer, found = self._exporter, self._importer, self._found
        hubs = [code for code in HUBS if code not in (exporter, importer)]
        again = await self._ask("RX", [exporter, *hubs], [importer], self._span)
        by_hub: dict[str, dict[Period, Weighed]] = {}
        for one in again.observed:
            if one.value:
                held = found.own_reexports if one.reporter == exporter else by_hub.setdefault(one.reporter, {})
                held[one.period] = Weighed(one.value, one.net_kg)
        if importer in HUBS:
            passing = await self._ask("RX", [importer], [WORLD], self._span)
            found.passing = {one.period: Weighed(one.value, one.net_kg) for one in passing.observed if one.value}
        if by_hub and needed.has("importer"):
            await self._routes(by_hub)
        else:
            for hub, periods in by_hub.items():
                name = area(hub).name_en
                for when, weighed in periods.items():
                    found.routes.setdefault(when, []).append(Route(name, weighed))

    async def _routes(self, by_hub: Mapping[str, Mapping[Period, Weighed]]) -> None:
        exporter = [self._exporter]
        broken_down = await self._ask("M", [self._importer], exporter, self._span, by_second_partner=True)
        seconds = broken_down.seconds
        hubs = [hub for hub in by_hub if any(code == hub for code, _ in seconds)]
        if not hubs:
            return
        shipped = await self._ask("X", exporter, hubs, self._span)
        arrived = await self._ask("M", hubs, exporter, self._span)
        to_hub = {(one.partner, one.period): one.value for one in shipped.observed}
        at_hub = {(one.reporter, one.period): one.value for one in arrived.observed}
        for hub in hubs:
            name = area(hub).name_en
            for when, again in by_hub[hub].items():
                at = (hub, when)
                route = Route(name, again, seconds.get(at), to_hub.get(at), at_hub.get(at))
                self._found.routes.setdefault(when, []).append(route)

    async def months(self, focus: Period) -> None:
        """Twelve months on both ends, and the exporter's one before: the year's, or those around a month or quarter."""
        last = focus.last_month if focus.frequency == "year" else focus.last_month.shifted(MONTHS_AFTER)
        twelve, before = (last.shifted(-11), last), last.shifted(-12)
        self._found.exported = await self._monthly("exporter", twelve, (before, before))
        if self._found.exported:
            self._found.imported = await self._monthly("importer", twelve)

    async def _monthly(self, role: Role, *spans: tuple[Period, Period]) -> dict[Period, Weighed]:
        """An end's months; nothing where it has the product in none of them.

        What both ends are asked alike is one question, which one call may answer.
        """
        reporter, partner = self._ends(role)
        products = list(dict.fromkeys([self._code, TOTAL_GOODS]))
        came = [await self._ask(flow_of(role), [reporter], [partner], span, products) for span in spans]
        rows = [one for each in came for one in each.observed]
        first, last = min(first for first, _ in spans), max(last for _, last in spans)
        mine = {one.period: Weighed(one.value, one.net_kg) for one in rows if one.product == self._code and one.value}
        unknown = {one.period for one in rows if one.product == self._code and one.status is Status.CONFLICTING}
        reported = {
            one.period: Weighed(0.0, 0.0)
            for one in rows
            if one.product == TOTAL_GOODS and one.value and one.period not in unknown
        }
        changed = hs_break(self._code, first.year, last.year) if self._code.isdigit() else None
        if not mine or (changed is not None and any(first.year <= year <= last.year for year in changed.years)):
            return mine  # a month before an edition that has the code is not a month without trade
        return reported | mine

    async def kept_back(self, role: Role, focus: Period) -> None:
        """What an end without a figure reports of goods not specified, and in all."""
        reporter, partner = self._ends(role)
        flow, products = flow_of(role), [NOT_SPECIFIED, TOTAL_GOODS]
        rows = (await self._ask(flow, [reporter], [partner, WORLD], (focus, focus), products)).observed
        held = {(one.partner, one.product): one.value for one in rows}
        kg = next((one.net_kg for one in rows if (one.partner, one.product) == (partner, NOT_SPECIFIED)), None)
        total, unspecified = held.get((WORLD, TOTAL_GOODS)), held.get((partner, NOT_SPECIFIED))
        yearly = before = None
        if total is None and focus.frequency != "year":
            year = Period(focus.year)
            yearly = _first_value(await self._ask(flow, [reporter], [WORLD], (year, year), [TOTAL_GOODS]))
        if unspecified and role == "exporter" and focus.frequency != "year":
            earlier = focus.shifted(-1)
            before = _first_value(await self._ask("M", [partner], [reporter], (earlier, earlier)))
        unknown = any(one.status is Status.CONFLICTING for one in rows)  # which is not that it reports none
        if not (self._found.failures or unknown):
            self._found.hidden[role] = Hidden(unspecified, total, yearly, before, kg)

    async def margin(self, focus: Period) -> None:
        """How much more the importer records than exporters: the same one in years before, or others of the product."""
        year = Period(focus.year)
        exporter, importer = [self._exporter], [self._importer]
        before = (year.shifted(-HISTORY), year.shifted(-1))
        mine = {one.period: one for one in (await self._ask("X", exporter, importer, before)).observed}
        if any(one.value for one in mine.values()):
            theirs = await self._ask("M", importer, exporter, before)
            if shares := _margins(mine, {one.period: one for one in theirs.observed}):
                how = f"the median of {len(shares)} years before between the same two"
                self._found.freight = Freight(median(shares), how)
                return
        when = year if focus.frequency == "year" else year.shifted(-1)
        imports = await self._ask("M", importer, ["all"], (when, when))
        exports = await self._ask("X", ["all"], importer, (when, when))
        shares = _margins(
            {one.reporter: one for one in exports.observed}, {one.partner: one for one in imports.observed}
        )
        if len(shares) >= LEAST_PARTNERS:
            how = f"the median of {len(shares)} other exporters of it to the same importer in {when}"
            self._found.freight = Freight(median(shares), how)

    def _ends(self, role: Role) -> tuple[str, str]:
        """An end and its partner."""
        exporter, importer = self._exporter, self._importer
        return (exporter, importer) if role == "exporter" else (importer, exporter)

    async def _ask(
        self,
        flow: FlowCode,
        reporters: Sequence[str],
        partners: Sequence[str],
        span: tuple[Period, Period],
        products: Sequence[str] = (),
        *,
        by_second_partner: bool = False,
    ) -> "_Came":
        """What comes of a question; nothing where it fails, or where there were too many already."""
        found, (first, last) = self._found, span
        frequency = first.frequency
        if found.questions >= MOST_QUESTIONS:
            return _Came()
        found.questions += 1
        if frequency != "year":
            first, last = first.first_month, last.last_month
        found.calls += ceil(count_between(first, last) / self._source.periods_a_call(self._context))
        wanted = Breadth(reporters, partners, products or (self._code,), (flow,), first, last, by_second_partner)
        try:
            came = await self._source.ask(self._context, wanted)
        except TradestatError as error:
            if error.kind != "NoData":
                found.failures.append(error.message)
            return _Came()
        found.sources.append(came.answer.source)
        found.results += [came.answer.result] if came.answer.result else []
        seconds: dict[tuple[str, Period], float] = {}
        for (second, reported), value in came.by_second_partner.items():
            at = (second, reported.around(frequency))
            seconds[at] = seconds.get(at, 0.0) + value
        rows, repeated = once(came.observed)
        found.repeated += repeated
        return _Came(summed_to(rows, frequency), seconds)


@dataclass(frozen=True, slots=True)
class _Came:
    """The figures of an answer; values by second partner and period where they were asked for."""

    observed: Sequence[Observation] = ()
    seconds: Mapping[tuple[str, Period], float] = field(default_factory=dict[tuple[str, Period], float])


def _first_value(came: _Came) -> float | None:
    return next((one.value for one in came.observed), None)


def _source(context: Context) -> Evidence | None:
    """The source that answers such questions."""
    flows = (source.flows for source in context.sources.values() if source.flows)
    return next((one.evidence for one in flows if one.evidence), None)


def _margins(exports: Mapping[K, Observation], imports: Mapping[K, Observation]) -> list[float]:
    """The margins of the pairs that have one."""
    pairs = ((exports[at], imports[at]) for at in exports if at in imports)
    return [share for export, imported in pairs if (share := _margin(export, imported)) is not None]


def _margin(export: Observation, imported: Observation) -> float | None:
    """How much more the importer gives for a kilogram; without weights, in all. None where freight can not be it."""
    if not export.value or not imported.value:
        return None
    ratio = imported.value / export.value
    if export.net_kg and imported.net_kg:
        ratio *= export.net_kg / imported.net_kg
    return ratio - 1 if 0 < ratio - 1 <= MOST_FREIGHT else None

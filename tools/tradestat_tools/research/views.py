"""Views of one flow: every source's from both of its ends, what asking costs, and what came of it as common rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import anyio

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.periods import PER_YEAR, Period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.kept import KeptFigures
from tradestat_tools.contract.results import StoredResult, figures_of, found_in
from tradestat_tools.contract.source import Source
from tradestat_tools.contract.view import Cost, Flows, Standing, View
from tradestat_tools.model.answers import Answer, Note, NoteCode, Provenance
from tradestat_tools.model.errors import InvalidQuery, NoData, TradestatError
from tradestat_tools.model.flow import ROLES, FlowQuestion, Product, Role, flow_of
from tradestat_tools.model.observation import Observation
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.research.members import absent_members, by_members, members_in_sum, sum_of_members
from tradestat_tools.research.periods import by_period, summed_to
from tradestat_tools.research.repeats import Repeated, once
from tradestat_tools.upstream.report import current_report
from tradestat_tools.upstream.runtime import in_thread

_ORDER = tuple(Standing)

FILE = "file"
"""The source of a view that is a stored result."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a view.

    Args:
        observations: of the flow asked and in its frequency, in the order of periods; also those without a value.
        given: the same as the source gave them, before months were summed; each cell once.
        results: handles of the answers.
        sources: where they come from.
        notes: of the answers, each once.
        why: why there is nothing, or not all of it.
        error: what the source failed with, where that is not merely that it has nothing.
        repeated: cells that the source states more than once, differently.
        absent: of a sum over members, those without a figure, by period.
    """

    view: View
    observations: tuple[Observation, ...] = ()
    given: tuple[Observation, ...] = ()
    results: tuple[str, ...] = ()
    sources: tuple[Provenance, ...] = ()
    notes: tuple[Note, ...] = ()
    why: tuple[Why, ...] = ()
    error: TradestatError | None = None
    repeated: tuple[Repeated, ...] = ()
    absent: Mapping[Period, tuple[str, ...]] = field(default_factory=dict[Period, tuple[str, ...]])


async def views_of(
    question: FlowQuestion,
    context: Context,
    *,
    sources: Collection[str] | None = None,
    files: Sequence[str] = (),
) -> tuple[View, ...]:
    """Every view that there is of a flow: the exporter's first; of each end stored results, then national sources.

    Args:
        sources: ids of the sources wanted; all of them if left out.
        files: handles of stored results.

    Raises:
        NoData: nothing is kept under a handle.
        InvalidQuery: what is kept there has no figures of flows.
    """
    wanted = [context.sources[one] for one in flows_of(context.sources) if sources is None or one in sources]
    found = [view for role in ROLES for source in wanted if (view := _view(source, question, role)) is not None]
    for handle in files:
        found += await _of_file(question, context, handle)
    return tuple(sorted(found, key=lambda view: (ROLES.index(view.role), view.source != FILE)))


def flows_of(sources: Mapping[str, Source]) -> dict[str, Flows]:
    """What those sources can answer of flows that have any, in the order in which their reports are listed."""
    found = {one.id: one.flows for one in sources.values() if one.flows is not None}
    return dict(sorted(found.items(), key=lambda one: _ORDER.index(one[1].standing)))


def as_named(sources: Mapping[str, Source]) -> list[str]:
    """The ids of those with flows as arguments name them: what both ends are looked up in comes first."""
    order = flows_of(sources).items()
    return [name for name, _ in sorted(order, key=lambda one: one[1].standing is not Standing.INTERNATIONAL)]


def is_paid(context: Context, source: str) -> bool:
    """Whether asking can cost credits; a stored result's source is none that is asked."""
    return source in context.sources and context.sources[source].policy.paid


async def cost(views: Iterable[View], context: Context) -> Cost:
    """What asking for these would cost now; what is stored costs nothing. At most a free list of prices is asked."""
    whole = Cost()
    for view in views:
        source = context.sources.get(view.source)
        if view.why is None and source is not None and source.flows is not None:
            whole += await source.flows.cost(view, context)
    return whole


def _view(source: Source, question: FlowQuestion, role: Role) -> View | None:
    asking = source.flows.view(question, role) if source.flows else None
    if source.flows is None or asking is None:
        return None
    members: tuple[str, ...] = ()
    if asking.why is not None and question.partner(role).kind == "group":
        asking, members = by_members(source.flows, question, role) or (asking, ())
    return View(
        id=f"{source.id}:{role}",
        source=source.id,
        tool=asking.tool,
        arguments=asking.arguments,
        role=role,
        what=f"{_flow_name(question, role)}, {source.name}",
        question=question,
        why=asking.why,
        standing=source.flows.standing,
        valued=source.flows.valued.get(flow_of(role), ""),
        members=members,
    )


def _flow_name(question: FlowQuestion, role: Role) -> str:
    who, whom = question.reporter(role).name_en, question.partner(role).name_en
    return f"{who}'s exports to {whom}" if role == "exporter" else f"{who}'s imports from {whom}"


async def _of_file(question: FlowQuestion, context: Context, handle: str) -> list[View]:
    """A view from each end of the flow that a stored result has figures of; where it has none, one that says so."""
    stored, rows = await stored_figures(context, handle, argument="files")
    ends, imports = await in_thread(partial(_roles, rows, question))
    roles: Sequence[Role] = ends
    why = None
    if not roles:
        roles = ["importer" if imports else "exporter"]
        text = f"{handle} has {len(rows)} figures, none of {_flow_name(question, roles[0])} in {question.product.code}."
        why = Why(Reason.FILTERED_OUT, text, sure=True)
    return [
        View(
            id=f"{FILE}:{role}:{handle}",
            source=FILE,
            tool=stored.tool,
            arguments=(),
            role=role,
            what=f"{_flow_name(question, role)}, {stored.source.service} ({handle})",
            question=question,
            why=why,
            handle=handle,
        )
        for role in roles
    ]


def _roles(rows: Sequence[Observation], question: FlowQuestion) -> tuple[Sequence[Role], bool]:
    """From which ends there are figures of a flow; where from none, whether there are any of the importer. Blocks."""
    roles: Sequence[Role] = [role for role in ROLES if _of_flow(rows, question, role)]
    importer = question.importer.comtrade
    if roles:
        return roles, False
    if isinstance(rows, KeptFigures):
        return roles, any(True for _ in rows.where(flow=("M",), reporter_code=(importer,)))
    return roles, any(one.flow == "M" and one.reporter == importer for one in rows)


async def stored_figures(context: Context, handle: str, *, argument: str) -> tuple[StoredResult, Sequence[Observation]]:
    """A stored result and its figures as common rows. Those of a file, maybe millions, are not read yet.

    Args:
        argument: that the handle stands in.

    Raises:
        NoData: nothing is kept under the handle.
        InvalidQuery: what is kept there has no figures of flows.
    """
    stored = await found_in(context.results, handle)
    tool = context.tools.get(stored.tool)
    if tool is None or tool.observe is None:
        raise InvalidQuery(
            f"{handle} is an answer of {stored.tool}, which has no figures of flows.",
            argument=argument,
            allowed="answers of comtrade_data, trade_series, goods_time_series, import_file and the like",
        )
    return stored, await in_thread(partial(figures_of, stored, tool))


async def ask_all(views: Sequence[View], context: Context) -> tuple[Seen, ...]:
    """What comes of every view, asked at the same time, in their order; none fails the others."""
    seen: dict[int, Seen] = {}

    async def one(at: int) -> None:
        seen[at] = await ask(views[at], context)

    async with anyio.create_task_group() as tasks:
        for at in range(len(views)):
            tasks.start_soon(one, at)
    return tuple(seen[at] for at in range(len(views)))


async def ask(view: View, context: Context) -> Seen:
    """What a source has of a view. A failure of the source is part of what is seen, never raised."""
    if view.why is not None:
        return Seen(view, why=(view.why,), results=(view.handle,) if view.handle else ())
    if view.handle:
        stored, rows = await stored_figures(context, view.handle, argument="files")
        given, repeated = await in_thread(partial(_given, rows, view))
        found = _filtered(given, view)
        whys = (*_refused(repeated), *_why_partial(view, found))
        return Seen(view, found, given, (view.handle,), (stored.source,), stored.notes, whys, repeated=tuple(repeated))
    return await _asked(view, context)


async def _asked(view: View, context: Context) -> Seen:
    tool, progress = context.tools[view.tool], current_report().progress
    rows: list[Observation] = []
    answers: list[Answer[Any]] = []
    whys: list[Why] = []
    error: TradestatError | None = None
    for arguments in view.arguments:
        try:
            answer = await context.call(tool, arguments, progress=progress)
        except NoData as nothing:
            whys += nothing.why or [Why(Reason.NOT_REPORTED, nothing.message)]
        except TradestatError as failure:
            error = failure
            break
        else:
            answers.append(answer)
            rows += tool.observe(answer.data, answer.source) if tool.observe else ()
    given, repeated = _given(rows, view)
    found = _filtered(given, view)
    whys += _refused(repeated)
    notes = {(note.code, note.text): note for answer in answers for note in answer.notes}
    absent: Mapping[Period, tuple[str, ...]] = {}
    if view.members and found:
        absent = absent_members(rows, view)
        text = members_in_sum(absent, view)
        notes[NoteCode.SUBSET, text] = Note(code=NoteCode.SUBSET, text=text)
    if answers and not error:
        whys += _why_partial(view, found, rows, list(notes.values()), flows=context.sources[view.source].flows)
    return Seen(
        view,
        found,
        given,
        tuple(answer.result for answer in answers if answer.result),
        tuple(answer.source for answer in answers),
        tuple(notes.values()),
        tuple(dict.fromkeys(whys)),
        error,
        tuple(repeated),
        absent,
    )


def _filtered(given: Iterable[Observation], view: View) -> tuple[Observation, ...]:
    """The figures of a flow in the frequency asked for, one a period."""
    question = view.question
    found = by_period(summed_to(given, question.frequency))
    return tuple(found[period] for period in question.periods if period in found)


def _given(rows: Iterable[Observation], view: View) -> tuple[tuple[Observation, ...], list[Repeated]]:
    """The figures of the flow and span asked for, as the source gave them, each cell once; and what it contradicts."""
    first, last = view.question.months
    given, repeated = once(
        one
        for one in _of_flow(rows, view.question, view.role, view.members)
        if first <= one.period.first_month and one.period.last_month <= last
    )
    if view.members:
        given = sum_of_members(given, view.question.partner(view.role))
    parts = PER_YEAR[view.question.frequency]  # of longer periods nothing is taken
    return tuple(given), [one for one in repeated if PER_YEAR[one.period.frequency] >= parts]


def _refused(repeated: Iterable[Repeated]) -> list[Why]:
    return [one.why for one in repeated if one.refused]


def _of_flow(
    rows: Iterable[Observation], question: FlowQuestion, role: Role, members: Sequence[str] = ()
) -> list[Observation]:
    wanted = (
        flow_of(role),
        code_of(question.reporter(role)),
        code_of(question.partner(role)),
        "EBOPS" if question.product.kind == "services" else "HS",
    )
    products = codes_of(question.product)
    if members:
        flow, reporter, _, system = wanted
        return [
            one
            for one in rows
            if one.product in products
            and one.partner in members
            and (one.flow, one.reporter, one.classification) == (flow, reporter, system)
        ]
    if isinstance(rows, KeptFigures):  # of millions of rows only these are read
        names = ("flow", "reporter_code", "partner_code", "classification")
        return list(rows.where(product=products, **{name: (one,) for name, one in zip(names, wanted, strict=True)}))
    return [
        one
        for one in rows
        if one.product in products and (one.flow, one.reporter, one.partner, one.classification) == wanted
    ]


def code_of(area: Area) -> str:
    """UN Comtrade's code of an area, as common rows have it."""
    return area.comtrade or area.m49.lstrip("0")


def codes_of(product: Product) -> tuple[str, ...]:
    """The code itself, and the only national code below a subheading, which in both tariffs ends in 00."""
    code = product.code
    return (code, f"{code}00", f"{code}0000") if len(code) == 6 and code.isdigit() else (code,)


def _why_partial(
    view: View,
    found: Sequence[Observation],
    rows: Sequence[Observation] = (),
    notes: Sequence[Note] = (),
    *,
    flows: Flows | None = None,
) -> tuple[Why, ...]:
    """Why an answer that came has no figure of some periods: by the source's own notes, or what else came."""
    if set(view.question.periods) <= {one.period for one in found if one.value is not None}:
        return ()
    if not found and (why := _why_nothing(view, rows, flows)) is not None:
        return (why,)
    reasons = tuple(
        Why(note.reason, note.text, sure=True)
        for note in notes
        if note.reason is not None and note.code is not NoteCode.ZERO  # which is of figures that are there
    )
    if found or reasons:
        return reasons
    return (Why(Reason.FILTERED_OUT, f"The answer of {view.tool} holds no figure of this flow and span."),)


def _why_nothing(view: View, rows: Sequence[Observation], flows: Flows | None) -> Why | None:
    """Why none of the rows that came are of the flow, where the rows themselves tell."""
    codes = codes_of(view.question.product)
    mine = sorted(one.period for one in rows if one.product in codes)
    others = {one.product for one in rows} if not mine else set[str]()
    if len(others) == 1:
        return Why(
            Reason.NOT_COVERED, f"It answered for {others.pop()} only, which is a part of {codes[0]}.", sure=True
        )
    return flows.nothing(view, mine) if flows and flows.nothing else None

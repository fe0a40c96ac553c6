"""Both sides of one flow: every source that can see it, what each is asked, and its figures as common rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from tradestat_tools.codes.countries import Area
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import StoredResult
from tradestat_tools.contract.source import Source
from tradestat_tools.contract.view import Flows, Standing, View
from tradestat_tools.model.answers import Answer, Note, Provenance
from tradestat_tools.model.errors import InvalidQuery, NoData, TradestatError
from tradestat_tools.model.flow import ROLES, FlowQuestion, Product, Role, flow_of
from tradestat_tools.model.observation import Observation
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.research.periods import summed_to
from tradestat_tools.upstream.report import current_report
from tradestat_tools.upstream.runtime import in_thread

if TYPE_CHECKING:
    from tradestat_tools.contract.tool import Tool

_ORDER = tuple(Standing)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a side.

    Args:
        observations: of the flow asked and in its frequency, in the order of periods; also those without a value.
        given: the same as the source gave them, before months were summed.
        results: handles of the answers.
        sources: where they come from.
        notes: of the answers, each once.
        why: why there is nothing, or not all of it.
        error: what the source failed with, where that is not merely that it has nothing.
    """

    side: View
    observations: tuple[Observation, ...] = ()
    given: tuple[Observation, ...] = ()
    results: tuple[str, ...] = ()
    sources: tuple[Provenance, ...] = ()
    notes: tuple[Note, ...] = ()
    why: tuple[Why, ...] = ()
    error: TradestatError | None = None


async def views_of(
    question: FlowQuestion,
    context: Context,
    *,
    sources: Collection[str] | None = None,
    files: Sequence[str] = (),
) -> tuple[View, ...]:
    """Every side that there is of a flow: exporter's first, the national sources first among each.

    Args:
        sources: ids of the sources wanted; all of them if left out.
        files: handles of imported results.

    Raises:
        InvalidQuery: nothing is kept under a handle, or it holds no figures.
    """
    wanted = [one for one in flows_of(context.sources) if sources is None or one in sources]
    found = [
        side
        for role in ROLES
        for source in wanted
        if (side := _side(context.sources[source], question, role)) is not None
    ]
    for handle in files:
        found += await _of_file(question, context, handle)
    return tuple(sorted(found, key=lambda side: (ROLES.index(side.role), side.source != "file")))


def flows_of(sources: Mapping[str, Source]) -> dict[str, Flows]:
    """What those sources can answer of flows that have any, in the order in which their reports are listed."""
    found = {one.id: one.flows for one in sources.values() if one.flows is not None}
    return dict(sorted(found.items(), key=lambda one: _ORDER.index(one[1].standing)))


def as_named(sources: Mapping[str, Source]) -> list[str]:
    """The ids of those with flows as arguments name them: what both ends are looked up in comes first."""
    order = flows_of(sources).items()
    return [name for name, _ in sorted(order, key=lambda one: one[1].standing is not Standing.INTERNATIONAL)]


def is_paid(context: Context, view: View) -> bool:
    """Whether asking for it can cost credits."""
    return view.source in context.sources and context.sources[view.source].policy.paid


def _side(source: Source, question: FlowQuestion, role: Role) -> View | None:
    asking = source.flows.view(question, role) if source.flows else None
    if asking is None:
        return None
    what = f"{_flow_name(question, role)}, {source.name}"
    return View(
        f"{source.id}:{role}",
        source.id,
        asking.tool,
        asking.arguments,
        role,
        what,
        question,
        asking.why,
        standing=source.flows.standing if source.flows else None,
    )


def _flow_name(question: FlowQuestion, role: Role) -> str:
    who, whom = question.reporter(role).name_en, question.partner(role).name_en
    return f"{who}'s exports to {whom}" if role == "exporter" else f"{who}'s imports from {whom}"


async def _of_file(question: FlowQuestion, context: Context, handle: str) -> list[View]:
    """A side for each end of the flow that a stored result has figures of; where it has none, one that says so."""
    stored, endpoint = await _stored(context, handle)
    rows, held = await in_thread(partial(_of_stored, stored, endpoint, question))
    roles: Sequence[Role] = held
    why = None
    if not held:
        roles = [_nearest_role(rows, question)]
        text = f"{handle} has {len(rows)} figures, none of {_flow_name(question, roles[0])} in {question.product.code}."
        why = Why(Reason.FILTERED_OUT, text, sure=True)
    return [
        View(
            id=f"file:{role}:{handle}",
            source="file",
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


def _nearest_role(rows: Iterable[Observation], question: FlowQuestion) -> Role:
    flows = {one.flow for one in rows if one.reporter == question.importer.comtrade}
    return "importer" if "M" in flows else "exporter"


async def _stored(context: Context, handle: str) -> "tuple[StoredResult, Tool[Any, Any]]":
    stored = await context.results.find(handle)
    if stored is None:
        raise InvalidQuery(
            f"No answer is kept under {handle}.",
            argument="files",
            allowed="the handle in the first line of an answer, such as that of import_file",
        )
    endpoint = context.tools.get(stored.tool)
    if endpoint is None or endpoint.observe is None:
        raise InvalidQuery(
            f"{handle} is an answer of {stored.tool}, which has no trade figures to compare.",
            argument="files",
            allowed="answers with figures of flows, such as those of import_file, comtrade_data or goods_time_series",
        )
    return stored, endpoint


def _observed(stored: StoredResult, endpoint: "Tool[Any, Any]") -> Sequence[Observation]:
    if endpoint.observe is None:
        return ()
    return endpoint.observe(endpoint.data.model_validate(stored.structured["data"]), stored.source)


def _of_stored(
    stored: StoredResult, endpoint: "Tool[Any, Any]", question: FlowQuestion
) -> tuple[Sequence[Observation], Sequence[Role]]:
    """All figures of a stored result, and the ends of the flow that they are of. A file may have 300,000 rows."""
    rows = _observed(stored, endpoint)
    return rows, tuple(role for role in ROLES if _of_flow(rows, question, role))


def _read_stored(
    stored: StoredResult, endpoint: "Tool[Any, Any]", side: View
) -> tuple[tuple[Observation, ...], tuple[Observation, ...]]:
    """The figures of a side in its frequency, and as they were given."""
    given = _given(_observed(stored, endpoint), side)
    return _filtered(given, side), given


async def ask_all(sides: Iterable[View], context: Context) -> tuple[Seen, ...]:
    """What comes of every side, asked at the same time, in the order of the sides; none fails the others."""
    wanted = tuple(sides)
    seen: dict[int, Seen] = {}

    async def one(at: int) -> None:
        seen[at] = await ask(wanted[at], context)

    async with anyio.create_task_group() as tasks:
        for at in range(len(wanted)):
            tasks.start_soon(one, at)
    return tuple(seen[at] for at in range(len(wanted)))


async def ask(side: View, context: Context) -> Seen:
    """What a source has of a side. A failure of the source is part of what is seen, never raised."""
    if side.why is not None:
        return Seen(side, why=(side.why,), results=(side.handle,) if side.handle else ())
    if side.handle:
        stored, endpoint = await _stored(context, side.handle)
        found, given = await in_thread(partial(_read_stored, stored, endpoint, side))
        why = _why_partial(side, found)
        return Seen(side, found, given, (side.handle,), (stored.source,), stored.notes, why)
    return await _asked(side, context)


async def _asked(side: View, context: Context) -> Seen:
    endpoint, progress = context.tools[side.tool], current_report().progress
    rows: list[Observation] = []
    answers: list[Answer[Any]] = []
    whys: list[Why] = []
    error: TradestatError | None = None
    for arguments in side.arguments:
        try:
            answer = await context.call(endpoint, arguments, progress=progress)
        except NoData as nothing:
            whys += nothing.why or [Why(Reason.NOT_REPORTED, nothing.message)]
        except TradestatError as failure:
            error = failure
            break
        else:
            answers.append(answer)
            rows += endpoint.observe(answer.data, answer.source) if endpoint.observe else ()
    found = _filtered(rows, side)
    if answers and not error:
        notes = [note for answer in answers for note in answer.notes]
        whys += _why_partial(side, found, rows, notes, flows=context.sources[side.source].flows)
    return Seen(
        side,
        found,
        _given(rows, side),
        tuple(answer.result for answer in answers if answer.result),
        tuple(answer.source for answer in answers),
        tuple({(note.code, note.text): note for answer in answers for note in answer.notes}.values()),
        tuple(dict.fromkeys(whys)),
        error,
    )


def _filtered(rows: Iterable[Observation], side: View) -> tuple[Observation, ...]:
    """The figures of the flow asked for, brought to its frequency, within its span, one a period."""
    question = side.question
    found = {one.period: one for one in reversed(summed_to(_given(rows, side), question.frequency))}
    return tuple(found[period] for period in question.periods if period in found)


def _given(rows: Iterable[Observation], side: View) -> tuple[Observation, ...]:
    return tuple(one for one in _of_flow(rows, side.question, side.role) if _within(one, side.question))


def _of_flow(rows: Iterable[Observation], question: FlowQuestion, role: Role) -> list[Observation]:
    reporter, partner = question.reporter(role), question.partner(role)
    classification = "EBOPS" if question.product.kind == "services" else "HS"
    return [
        one
        for one in rows
        if one.flow == flow_of(role)
        and (one.reporter, one.partner) == (_code(reporter), _code(partner))
        and one.classification == classification
        and _is_product(one.product, question.product)
    ]


def _code(area: Area) -> str:
    return area.comtrade or area.m49.lstrip("0")


def _is_product(code: str, wanted: Product) -> bool:
    """The code itself, or the only national code below a subheading, which in both tariffs ends in 00."""
    if code == wanted.code:
        return True
    return len(wanted.code) == 6 and wanted.code.isdigit() and code in (f"{wanted.code}00", f"{wanted.code}0000")


def _within(one: Observation, question: FlowQuestion) -> bool:
    first, last = question.months
    return first <= one.period.first_month and one.period.last_month <= last


def _why_partial(
    side: View,
    found: Sequence[Observation],
    rows: Sequence[Observation] = (),
    notes: Sequence[Note] = (),
    *,
    flows: Flows | None = None,
) -> tuple[Why, ...]:
    """Why an answer that came has no figure of some periods: by the source's own notes, or what else came."""
    lacking = [
        period
        for period in side.question.periods
        if not any(one.period == period and one.value is not None for one in found)
    ]
    if not lacking:
        return ()
    if not found and (why := _why_nothing(side, rows, flows)) is not None:
        return (why,)
    reasons = tuple(Why(note.reason, note.text, sure=True) for note in notes if note.reason is not None)
    if found or reasons:
        return reasons
    return (Why(Reason.FILTERED_OUT, f"The answer of {side.tool} holds no figure of this flow and span."),)


def _why_nothing(side: View, rows: Sequence[Observation], flows: Flows | None) -> Why | None:
    """Why none of the rows that came are of the flow, where the rows themselves tell."""
    code = side.question.product.code
    mine = sorted(one.period for one in rows if _is_product(one.product, side.question.product))
    others = {one.product for one in rows} if not mine else set[str]()
    if len(others) == 1:
        return Why(Reason.NOT_COVERED, f"It answered for {others.pop()} only, which is a part of {code}.", sure=True)
    return flows.nothing(side, mine) if flows and flows.nothing else None

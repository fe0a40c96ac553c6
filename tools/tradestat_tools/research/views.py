"""Both sides of one flow: every source that can see it, what each is asked, and its figures as common rows."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from tradestat_tools.codes.countries import Area, label
from tradestat_tools.contract.context import Services
from tradestat_tools.contract.results import StoredResult
from tradestat_tools.contract.view import SOURCES, Role, flow_of, partner_of, reporter_of, seeing
from tradestat_tools.model.answers import Answer, Note, Provenance
from tradestat_tools.model.errors import InvalidQuery, NoData, TradestatError
from tradestat_tools.model.flow import FlowQuestion, Product
from tradestat_tools.model.observation import Observation
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.research.periods import summed_to
from tradestat_tools.upstream.report import current_report
from tradestat_tools.upstream.runtime import in_thread

if TYPE_CHECKING:
    from tradestat_tools.contract.tool import Endpoint

ROLES: tuple[Role, ...] = ("exporter", "importer")
PAID = frozenset({"trademap"})
"""Sources whose calls cost credits."""


@dataclass(frozen=True, slots=True)
class Side:
    """One source's view of a flow from one of its ends.

    Args:
        id: `comtrade:exporter`; of a file `file:exporter:` and its handle.
        source: the source's id; "file" for stored results.
        tool: the tool that is asked, or that gave the stored result.
        arguments: sets of the tool's arguments; more than one where one question can not hold all periods.
        role: whose report it is.
        what: for people: `China's exports to South Korea, UN Comtrade`.
        question: the flow asked for.
        why: why this source can not see it; nothing is asked then.
        handle: of a stored result that is read instead of asking.
    """

    id: str
    source: str
    tool: str
    arguments: tuple[dict[str, Any], ...]
    role: Role
    what: str
    question: FlowQuestion
    why: Why | None = None
    handle: str = ""


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

    side: Side
    observations: tuple[Observation, ...] = ()
    given: tuple[Observation, ...] = ()
    results: tuple[str, ...] = ()
    sources: tuple[Provenance, ...] = ()
    notes: tuple[Note, ...] = ()
    why: tuple[Why, ...] = ()
    error: TradestatError | None = None


async def sides_of(
    question: FlowQuestion,
    services: Services,
    *,
    sources: Collection[str] | None = None,
    files: Sequence[str] = (),
) -> tuple[Side, ...]:
    """Every side that there is of a flow: exporter's first, the national sources first among each.

    Args:
        sources: ids of the sources wanted; all of them if left out.
        files: handles of imported results.

    Raises:
        InvalidQuery: nothing is kept under a handle, or it holds no figures.
    """
    wanted = SOURCES if sources is None else [one for one in SOURCES if one in sources]
    found = [side for role in ROLES for source in wanted if (side := _side(source, question, role)) is not None]
    for handle in files:
        found += await _of_file(question, services, handle)
    return tuple(sorted(found, key=lambda side: (ROLES.index(side.role), side.source != "file")))


def _side(source: str, question: FlowQuestion, role: Role) -> Side | None:
    how = seeing(source, question, role)
    if how is None:
        return None
    from tradestat_tools.sources import all_sources  # noqa: PLC0415 - all models; costs start-up time

    name = next(one.name for one in all_sources() if one.id == source)
    what = f"{_flow_name(question, role)}, {name}"
    return Side(f"{source}:{role}", source, how.tool, how.arguments, role, what, question, how.why)


def _flow_name(question: FlowQuestion, role: Role) -> str:
    who, whom = reporter_of(question, role).name_en, partner_of(question, role).name_en
    return f"{who}'s exports to {whom}" if role == "exporter" else f"{who}'s imports from {whom}"


async def _of_file(question: FlowQuestion, services: Services, handle: str) -> list[Side]:
    """A side for each end of the flow that a stored result has figures of; where it has none, one that says so."""
    stored, endpoint = await _stored(services, handle)
    rows, held = await in_thread(partial(_of_stored, stored, endpoint, question))
    roles: Sequence[Role] = held
    why = None
    if not held:
        roles = [_nearest_role(rows, question)]
        text = f"{handle} has {len(rows)} figures, none of {_flow_name(question, roles[0])} in {question.product.code}."
        why = Why(Reason.FILTERED_OUT, text, sure=True)
    return [
        Side(
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


async def _stored(services: Services, handle: str) -> "tuple[StoredResult, Endpoint[Any, Any]]":
    from tradestat_tools.catalogue import all_tools  # noqa: PLC0415 - the desk lists the tools that use this

    stored = await services.results.find(handle)
    if stored is None:
        raise InvalidQuery(
            f"No answer is kept under {handle}.",
            argument="files",
            allowed="the handle in the first line of an answer, such as that of import_file",
        )
    endpoint = all_tools().get(stored.tool)
    if endpoint is None or endpoint.observe is None:
        raise InvalidQuery(
            f"{handle} is an answer of {stored.tool}, which has no trade figures to compare.",
            argument="files",
            allowed="answers with figures of flows, such as those of import_file, comtrade_data or goods_time_series",
        )
    return stored, endpoint


def _observed(stored: StoredResult, endpoint: "Endpoint[Any, Any]") -> Sequence[Observation]:
    if endpoint.observe is None:
        return ()
    return endpoint.observe(endpoint.data.model_validate(stored.structured["data"]), stored.source)


def _of_stored(
    stored: StoredResult, endpoint: "Endpoint[Any, Any]", question: FlowQuestion
) -> tuple[Sequence[Observation], Sequence[Role]]:
    """All figures of a stored result, and the ends of the flow that they are of. A file may have 300,000 rows."""
    rows = _observed(stored, endpoint)
    return rows, tuple(role for role in ROLES if _of_flow(rows, question, role))


def _read_stored(
    stored: StoredResult, endpoint: "Endpoint[Any, Any]", side: Side
) -> tuple[tuple[Observation, ...], tuple[Observation, ...]]:
    """The figures of a side in its frequency, and as they were given."""
    given = _given(_observed(stored, endpoint), side)
    return _filtered(given, side), given


async def ask_all(sides: Iterable[Side], services: Services) -> tuple[Seen, ...]:
    """What comes of every side, asked at the same time, in the order of the sides; none fails the others."""
    wanted = tuple(sides)
    seen: dict[int, Seen] = {}

    async def one(at: int) -> None:
        seen[at] = await ask(wanted[at], services)

    async with anyio.create_task_group() as tasks:
        for at in range(len(wanted)):
            tasks.start_soon(one, at)
    return tuple(seen[at] for at in range(len(wanted)))


async def ask(side: Side, services: Services) -> Seen:
    """What a source has of a side. A failure of the source is part of what is seen, never raised."""
    if side.why is not None:
        return Seen(side, why=(side.why,), results=(side.handle,) if side.handle else ())
    if side.handle:
        stored, endpoint = await _stored(services, side.handle)
        found, given = await in_thread(partial(_read_stored, stored, endpoint, side))
        why = _why_partial(side, found)
        return Seen(side, found, given, (side.handle,), (stored.source,), stored.notes, why)
    return await _asked(side, services)


async def _asked(side: Side, services: Services) -> Seen:
    from tradestat_tools.catalogue import all_tools  # noqa: PLC0415 - the desk lists the tools that use this

    endpoint, progress = all_tools()[side.tool], current_report().progress
    rows: list[Observation] = []
    answers: list[Answer[Any]] = []
    whys: list[Why] = []
    error: TradestatError | None = None
    for arguments in side.arguments:
        try:
            answer = await endpoint.call(services, arguments, progress=progress)
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
        whys += _why_partial(side, found, rows, [note for answer in answers for note in answer.notes])
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


def _filtered(rows: Iterable[Observation], side: Side) -> tuple[Observation, ...]:
    """The figures of the flow asked for, brought to its frequency, within its span, one a period."""
    question = side.question
    found = {one.period: one for one in reversed(summed_to(_given(rows, side), question.frequency))}
    return tuple(found[period] for period in question.periods if period in found)


def _given(rows: Iterable[Observation], side: Side) -> tuple[Observation, ...]:
    return tuple(one for one in _of_flow(rows, side.question, side.role) if _within(one, side.question))


def _of_flow(rows: Iterable[Observation], question: FlowQuestion, role: Role) -> list[Observation]:
    reporter, partner = reporter_of(question, role), partner_of(question, role)
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
    side: Side, found: Sequence[Observation], rows: Sequence[Observation] = (), notes: Sequence[Note] = ()
) -> tuple[Why, ...]:
    """Why an answer that came has no figure of some periods: by the source's own notes, or what else came."""
    lacking = [
        period
        for period in side.question.periods
        if not any(one.period == period and one.value is not None for one in found)
    ]
    if not lacking:
        return ()
    if not found and (why := _why_nothing(side, rows)) is not None:
        return (why,)
    reasons = tuple(Why(note.reason, note.text, sure=True) for note in notes if note.reason is not None)
    if found or reasons:
        return reasons
    return (Why(Reason.FILTERED_OUT, f"The answer of {side.tool} holds no figure of this flow and span."),)


def _why_nothing(side: Side, rows: Sequence[Observation]) -> Why | None:
    """Why none of the rows that came are of the flow, where the rows themselves tell."""
    code = side.question.product.code
    mine = sorted(one.period for one in rows if _is_product(one.product, side.question.product))
    others = {one.product for one in rows} if not mine else set[str]()
    if len(others) == 1:
        return Why(Reason.NOT_COVERED, f"It answered for {others.pop()} only, which is a part of {code}.", sure=True)
    if side.source != "doumaotong":
        return None
    if mine:
        return Why(Reason.NOT_COVERED, f"It has {code} from {mine[0]} to {mine[-1]} only.", sure=True)
    whom = label(partner_of(side.question, side.role))
    return Why(Reason.NOT_COVERED, f"In its present form it has no months of {whom} alone.", sure=True)

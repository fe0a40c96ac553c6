"""A group of countries as the reporter or the partner: its members' rows, and their sum where that is known.

Members are asked one by one, never the service's own groups: whether a table takes a group's id as a country is not
documented, and its lists of members differ from the official ones (its EU 27 has 28). A group of partners needs no more
than the table of all partners.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tradestat_tools.codes.groups import Expansion
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import NoData, TooLarge, TradestatError, error_from_dict
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.trademap.absence import blames, reasons, refused, retired, uncovered
from tradestat_tools.sources.trademap.answers.data import GroupOfRows
from tradestat_tools.sources.trademap.answers.rows import has_figures, main_total, require_echo, within_years
from tradestat_tools.sources.trademap.answers.tables import took, what_joins
from tradestat_tools.sources.trademap.api import ask_page, to_pay
from tradestat_tools.sources.trademap.arguments import MOST_CALLS, TableQuery
from tradestat_tools.sources.trademap.calendar import Known
from tradestat_tools.sources.trademap.codes import WORLD, area_name
from tradestat_tools.sources.trademap.notes import is_complete, some
from tradestat_tools.sources.trademap.service import SOURCE_ID, is_stale
from tradestat_tools.sources.trademap.wire.payloads import Page, Record
from tradestat_tools.sources.trademap.wire.values import Number
from tradestat_tools.upstream.report import current_report
from tradestat_tools.upstream.request import Fetched


@dataclass(frozen=True, slots=True)
class Members:
    """A group that was asked for, with the members that have a code in Trade Map."""

    expansion: Expansion
    argument: Literal["country", "partner"]

    @property
    def codes(self) -> tuple[str, ...]:
        """Trade Map's codes of the members."""
        return tuple(area.trademap for area in self.expansion.areas if area.trademap)

    @property
    def without_code(self) -> dict[str, str]:
        """Members that Trade Map does not know."""
        return {area.name_en: "Trade Map has no code for it" for area in self.expansion.areas if not area.trademap}

    @property
    def name(self) -> str:
        """The group as a line of text names it."""
        group = self.expansion.group
        ident = "" if group.id == group.name else f"{group.id}, "
        return f"{group.name} ({ident}{len(self.expansion.areas)} members)"

    def rows(self, missing: Mapping[str, str], summed: Sequence[Number | None] | None) -> GroupOfRows:
        """What the answer says of the group."""
        return GroupOfRows(
            id=self.expansion.group.id,
            name=self.expansion.group.name,
            argument=self.argument,
            members=len(self.expansion.areas),
            missing=dict(missing),
            sum=list(summed) if summed is not None else None,
        )

    def note(self) -> Note:
        """Who the members are, as of when and by whose list."""
        text = f"{self.argument} was read as the members of a group, not Trade Map's own group. {self.expansion.note}"
        return Note(code=NoteCode.RESOLVED_CODE, text=text)


# A group of partners


def only_members(page: Page, members: Members) -> tuple[Page, dict[str, str]]:
    """The rows of the members in a table of all partners, and the members without a row."""
    wanted = set(members.codes)
    kept = tuple(record for record in page.records if record.partnerCd in wanted)
    there = {record.partnerCd for record in kept}
    missing = members.without_code | {
        area_name(code): "no row in the table of all partners" for code in members.codes if code not in there
    }
    return replace(page, records=kept, nbRecords=len(kept), page=1, nbPages=1), missing


def sum_of_partners(
    page: Page, whole: Page, total: Record | None, periods: Sequence[str]
) -> list[Number | None] | None:
    """The sum over the members' rows by period, null where the reporter has no figure at all.

    A member without a row, or without a figure in a year for which the reporter has a total, had none recorded. None
    where rows of the table are missing.
    """
    short = [record.partnerCd for record in whole.records if len(record.partnerCd) < len(WORLD)]
    if not is_complete(whole) or total is None or short:  # such a code may be a member's that lost its zeros
        return None
    return [None if _value(total, name) is None else _sum(page.records, name) for name in periods]


def _sum(records: Sequence[Record], period: str) -> Number:
    return sum(value for record in records if (value := _value(record, period)) is not None)


def partner_notes(
    members: Members, page: Page, missing: Mapping[str, str], summed: Sequence[Number | None] | None
) -> list[Note]:
    """Who the members are, and what the sum over them leaves out."""
    had = [{name for name, cell in record.cells.items() if cell.value is not None} for record in page.records]
    gaps = any(one != had[0] for one in had)
    notes = [members.note()]
    if missing:
        text = (
            f"Members without a row: {some(list(missing), limit=len(missing))}. Nothing was recorded with them under "
        )
        text += "this code, or it is under areas not elsewhere specified."
        notes.append(Note(code=NoteCode.ABSENT, text=text))
    if summed is not None:
        text = "The sum over the members is added up here, of rows that are rounded one by one"
        text += "; those without a row or figure count as none." if missing or gaps else "."
        notes.append(Note(code=NoteCode.ROUNDING, text=text))
    return notes


# A group of reporters


@dataclass(frozen=True, slots=True)
class Reported:
    """The members' own totals, a record each; `missing` says of the others why."""

    page: Page
    fetched: list[Fetched[Page]]
    missing: dict[str, str]
    whys: list[Why]
    notes: list[Note]


async def ask_members(
    context: Context, query: TableQuery, members: Members, *, listed: Known | None, max_calls: int
) -> Reported:
    """The total of every member that may have one, one call each, counted first.

    Raises:
        TooLarge: it would take more calls than allowed; nothing was sent.
        TradestatError: why a member could not be asked; the answers before it are stored. A member that the service
            refuses is only missing, unless all are refused, or what all share is.
    """
    this_year = context.today.year
    reaches = {code: listed.reach(code, query.coverage) if listed else None for code in members.codes}
    doubts = {code: uncovered(replace(query, country=code), reach, this_year) for code, reach in reaches.items()}
    sure = {code: why for code, why in doubts.items() if why is not None}
    missing = members.without_code | {area_name(code): f"{why.reason}: {why.text}" for code, why in sure.items()}
    whys = list(sure.values())
    queries = [replace(query, country=code) for code in members.codes if code not in sure]
    calls, credits = await to_pay(context, queries)
    if calls > max_calls:
        raise _too_many(members, len(queries), (calls, credits), max_calls)
    fetched: list[Fetched[Page]] = []
    records: list[Record] = []
    notes: list[Note] = []
    refusals: list[TradestatError] = []

    def without(who: str, text: str, found: Sequence[Why]) -> None:
        maybe = " or ".join(dict.fromkeys(why.reason.value for why in found))
        missing[who] = f"{text}, perhaps {maybe}" if maybe else text
        whys.extend(why for why in found if why not in whys)

    for number, one in enumerate(queries, start=1):
        who = area_name(one.country)
        current_report().stage = f"{who}, {number} of {len(queries)}"
        try:
            answer, total, other_years = await _ask_member(context, one)
        except TradestatError as error:
            if not is_stale(error):
                raise _resumable(error, who, members) from error
            refusal = refused(one, error)
            if not fetched and _is_about_all(one, error):
                raise refusal from error
            refusals.append(refusal)
            without(who, "the service refused the question for it", refusal.why if isinstance(refusal, NoData) else ())
            continue
        fetched.append(answer)
        notes += [other_years] if other_years is not None and other_years not in notes else []
        if total is not None:
            records.append(total)
        elif has_figures(answer.value.everything):
            without(who, "the service gave rows and no total", ())
        else:
            without(who, "no figure", reasons(one, reaches[one.country], this_year))
    if refusals and not fetched:
        raise _all_refused(refusals, members)
    sources = tuple(dict.fromkeys(source for one in fetched for source in one.value.sources))
    pages = [one.value for one in fetched]
    table = Page(len(records), 1, None, 1, None, tuple(records), (), sources, **what_joins(pages))
    if fetched:
        text = f"{len(fetched)} tables, one a member: {took(fetched, credits / calls if calls else 0.0)}."
        if refusals:
            text += _refused_cost(len(refusals), max(0, calls - sum(one.calls > 0 for one in fetched)))
        notes.insert(0, Note(code=NoteCode.COST, text=text))
    return Reported(table, fetched, missing, whys, notes)


def _refused_cost(refused: int, sent: int) -> str:
    """What refusals took, of which so many were sent and the others stored."""
    if not sent:
        return f" Refused: {refused}, stored as well."
    more = "1 more call" if sent == 1 else f"{sent} more calls"
    stored = f"; stored: {refused - sent}" if refused > sent else ""
    return f" Refused: {more}, which may be charged too{stored}."


async def _ask_member(context: Context, query: TableQuery) -> tuple[Fetched[Page], Record | None, Note | None]:
    """The answer, its total where that has a figure, and a note on years that were not asked for."""
    answer = (await ask_page(context, query)).fetched
    page, other_years = within_years(answer.value, query)
    if has_figures(page.everything):
        require_echo(page, query)
    total = main_total(page, query)
    return answer, total if total is not None and has_figures([total]) else None, other_years


def sorted_by_newest(page: Page, sort_dir: str) -> Page:
    """The members by the figure of the newest period that any of them has; those without it last."""
    periods = [name for record in page.records for name, cell in record.cells.items() if cell.value is not None]
    if not periods:
        return page
    newest, sign = max(periods), 1 if sort_dir == "asc" else -1

    def key(record: Record) -> tuple[bool, Number]:
        value = record.cells[newest].value if newest in record.cells else None
        return (value is None, sign * (value or 0))

    return replace(page, records=tuple(sorted(page.records, key=key)))


def sum_of_reporters(
    page: Page, missing: Collection[str], query: TableQuery, periods: Sequence[str]
) -> tuple[list[Number | None] | None, list[Note]]:
    """The sum over all members, for the periods of which every one has a figure; and what to know about it."""
    if query.trade_flow == "TB":
        text = "Balances are not added up over reporters: each sets exports, mostly FOB, against imports, mostly CIF."
        return None, [Note(code=NoteCode.VALUATION, text=text)]
    without = {
        period: [*(area_name(one.reporterCd) for one in page.records if _value(one, period) is None), *missing]
        for period in periods
    }
    summed = [None if without[period] else _sum(page.records, period) for period in periods]
    notes: list[Note] = []
    if lacked := [f"{period} ({some(names)})" for period, names in without.items() if names]:
        text = f"No sum for {some(lacked, '; ')}: not every member has a figure."
        notes.append(Note(code=NoteCode.ABSENT, text=text))
    if all(value is None for value in summed):
        return None, notes
    text = "The sum over the members is added up here, of their own figures, each rounded"
    if query.partner == WORLD:
        text += "; trade among the members is in it. It is not the group's trade with the rest of the world"
    notes.append(Note(code=NoteCode.DOUBLE_COUNTING, text=f"{text}."))
    return summed, notes


def late_note(page: Page, periods: Sequence[str], query: TableQuery, listed: Known | None) -> list[Note]:
    """Members whose rows end before the others', with the year they have come to."""
    if listed is None:
        return []
    reaches = {one.reporterCd: listed.reach(one.reporterCd, query.coverage) for one in page.records}
    lasts = {code: reach.last for code, reach in reaches.items() if reach}
    late = [f"{area_name(code)} has come to {last}" for code, last in lasts.items() if last and str(last) < periods[-1]]
    text = f"{some(late)}, by Trade Map's list of {listed.listed}: later years are missing, not zero."
    return [Note(code=NoteCode.LAG, text=text, reason=Reason.NOT_YET_PUBLISHED)] if late else []


def missing_note(missing: Mapping[str, str]) -> list[Note]:
    """The members without a figure, with what is known of each."""
    if not missing:
        return []
    each = [f"{who} ({why})" for who, why in missing.items()]
    return [Note(code=NoteCode.ABSENT, text=f"Members without a figure: {some(each, '; ', limit=6)}.")]


def _too_many(members: Members, tables: int, cost: tuple[int, float], max_calls: int) -> TooLarge:
    calls, credits = cost
    allow = f"Set max_calls={calls} to allow it, or ask" if calls <= MOST_CALLS else "Ask"
    few = some(members.codes, limit=12)
    return TooLarge(
        f"{members.name} takes a table for each of {tables}; {calls} of them are not stored and take a call each "
        f"({credits:g} credits), and max_calls allows {max_calls}. Nothing was sent.",
        remedy=f"{allow} for a smaller group or for single members: {few}.",
        source=SOURCE_ID,
    )


def _resumable(error: TradestatError, who: str, members: Members) -> TradestatError:
    """The same failure, with where it happened and that nothing is lost."""
    known = error.as_dict()
    known["message"] = f"{members.expansion.group.name}, at {who}: {error.message}"
    known["remedy"] = f"{error.remedy} The members before it are stored: asking again takes only the rest."
    return error_from_dict(known)


def _all_refused(refusals: Sequence[TradestatError], members: Members) -> TradestatError:
    """The first refusal, which stands for all of them."""
    known = refusals[0].as_dict()
    group = members.expansion.group.name
    known["message"] = f"{group}: each of the {len(refusals)} members asked was refused. The first: {known['message']}"
    return error_from_dict(known)


def _is_about_all(query: TableQuery, error: TradestatError) -> bool:
    """Whether a refusal is of something that the question for every other member has as well, and would cost again."""
    if blames(error, query.country):
        return False
    shared = (query.product, query.partner if query.partner != WORLD else "")
    return retired(query) is not None or any(blames(error, code) for code in shared)


def _value(record: Record, period: str) -> Number | None:
    return record.cells[period].value if period in record.cells else None

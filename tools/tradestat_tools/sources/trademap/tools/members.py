"""A group of countries as the reporter or the partner: its members' rows, and their sum where that can be told.

Members are asked one by one, never the service's own groups: whether a table takes a group's id as a country is not
documented, and its lists of members differ from the official ones (its EU 27 has 28). A group of partners needs no more
than the table of all partners.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from tradestat_tools.codes.groups import Expansion, expand
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import NoData, TooLarge, TradestatError, error_from_dict
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.trademap.absence import Known, blames, reasons, refused, retired, uncovered
from tradestat_tools.sources.trademap.answers.data import GroupOfRows, Number
from tradestat_tools.sources.trademap.answers.rows import has_figures, main_total, require_echo, within_years
from tradestat_tools.sources.trademap.api import ask, to_pay
from tradestat_tools.sources.trademap.arguments import MOST_CALLS, Question, Spell
from tradestat_tools.sources.trademap.codes import WORLD, area_label, named
from tradestat_tools.sources.trademap.notes import is_complete, some
from tradestat_tools.sources.trademap.service import SOURCE_ID
from tradestat_tools.sources.trademap.wire.envelope import is_stale
from tradestat_tools.sources.trademap.wire.payloads import Page, Record
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


def members_of(argument: Literal["country", "partner"], text: str, *, first: int, last: int) -> Members | None:
    """The members of a group in the years asked for; None where `text` names no group."""
    found = expand(text, first_year=first or None, last_year=last or None)
    return Members(found, argument) if found else None


# A group of partners


def only_members(page: Page, members: Members) -> tuple[Page, dict[str, str]]:
    """The rows of the members in a table of all partners, and the members without a row."""
    wanted = set(members.codes)
    kept = tuple(record for record in page.records if record.partnerCd in wanted)
    there = {record.partnerCd for record in kept}
    missing = members.without_code | {
        named(code, area_label(code)): "no row in the table of all partners"
        for code in members.codes
        if code not in there
    }
    return replace(page, records=kept, nbRecords=len(kept), page=1, nbPages=1), missing


def sum_of_partners(
    page: Page, whole: Page, total: Record | None, periods: Sequence[str]
) -> list[Number | None] | None:
    """The sum over the members' rows by period, null where the reporter has no figure at all.

    A member without a row, or without a figure in a year for which the reporter has a total, had none recorded. None
    where rows of the table are missing.
    """
    if not is_complete(whole) or total is None:
        return None
    return [None if _value(total, name) is None else _sum(page.records, name) for name in periods]


def _sum(records: Sequence[Record], period: str) -> Number:
    return sum(value for record in records if (value := _value(record, period)) is not None)


def partner_notes(members: Members, missing: Mapping[str, str], summed: Sequence[Number | None] | None) -> list[Note]:
    """Who the members are, and what the sum over them leaves out."""
    notes = [members.note()]
    if missing:
        text = (
            f"Members without a row: {some(list(missing), limit=len(missing))}. Nothing was recorded with them under "
        )
        text += "this code, or it is under areas not elsewhere specified."
        notes.append(Note(code=NoteCode.ABSENT, text=text))
    if summed is not None:
        text = "The sum over the members is added up here, of rows that are rounded one by one"
        text += "; those without a row or figure count as none." if missing else "."
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
    context: Context,
    endpoint: str,
    question: Question,
    members: Members,
    *,
    spell: Spell,
    listed: Known | None,
    max_calls: int,
    parse: Callable[[Any], Page],
) -> Reported:
    """The total of every member that may have one, one call each, counted first.

    Raises:
        TooLarge: it would take more calls than allowed; nothing was sent.
        TradestatError: why a member could not be asked; the answers before it are stored. A member that the service
            refuses is only missing, unless all are refused, or what all share is.
    """
    missing = members.without_code
    whys: list[Why] = []
    questions: list[Question] = []
    reaches = {code: listed.reach(code, question.coverage) if listed else None for code in members.codes}
    for code, reach in reaches.items():
        one = replace(question, country=code)
        why = uncovered(one, reach, context.today.year)
        if why is None:
            questions.append(one)
        else:
            missing[_name(code)] = f"{why.reason}: {why.text}"
            whys.append(why)
    calls, credits = await to_pay(context, endpoint, [spell(one) for one in questions])
    if calls > max_calls:
        raise _too_many(members, len(questions), (calls, credits), max_calls)
    fetched: list[Fetched[Page]] = []
    records: list[Record] = []
    notes: list[Note] = []
    refusals: list[TradestatError] = []
    for number, one in enumerate(questions, start=1):
        who = _name(one.country)
        current_report().stage = f"{who}, {number} of {len(questions)}"
        try:
            answer = (await ask(context, endpoint, spell(one), parse)).fetched
            page, other_years = within_years(answer.value, one)
            if has_figures(page):
                require_echo(page, one)
        except TradestatError as error:
            if not is_stale(error):
                raise _resumable(error, who, members) from error
            refusal = refused(one, error)
            if not fetched and _is_about_all(one, error):
                raise refusal from error
            refusals.append(refusal)
            found = refusal.why if isinstance(refusal, NoData) else ()
            missing[who] = f"the service refused the question for it{_perhaps(found)}"
            whys += [why for why in found if why not in whys]
            continue
        fetched.append(answer)
        notes += [other_years] if other_years is not None and other_years not in notes else []
        total = main_total(page, one)
        if total is not None and any(cell.value is not None for cell in total.cells.values()):
            records.append(total)
            continue
        found = reasons(one, reaches[one.country], context.today.year)
        missing[who] = f"no figure{_perhaps(found)}"
        whys += [why for why in found if why not in whys]
    if refusals and not fetched:
        raise _all_refused(refusals, members)
    sources = tuple(dict.fromkeys(source for one in fetched for source in one.value.sources))
    table = Page(len(records), 1, None, 1, None, tuple(records), (), sources)
    return Reported(
        table, fetched, missing, whys, [*([_cost(fetched, credits, len(refusals))] if fetched else []), *notes]
    )


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
    page: Page, missing: Collection[str], question: Question, periods: Sequence[str]
) -> tuple[list[Number | None] | None, list[Note]]:
    """The sum over all members, for the periods of which every one has a figure; and what to know about it."""
    if question.trade_flow == "TB":
        text = "Balances are not added up over reporters: each sets exports, mostly FOB, against imports, mostly CIF."
        return None, [Note(code=NoteCode.VALUATION, text=text)]
    without = {
        period: [*(_name(one.reporterCd) for one in page.records if _value(one, period) is None), *missing]
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
    if question.partner == WORLD:
        text += "; trade among the members is in it. It is not the group's trade with the rest of the world"
    notes.append(Note(code=NoteCode.DOUBLE_COUNTING, text=f"{text}."))
    return summed, notes


def late_note(page: Page, periods: Sequence[str], question: Question, listed: Known | None) -> list[Note]:
    """Members whose rows end before the others', with the year they have come to."""
    if listed is None:
        return []
    lasts = {one.reporterCd: listed.reach(one.reporterCd, question.coverage).last for one in page.records}
    late = [f"{_name(code)} has come to {last}" for code, last in lasts.items() if last and str(last) < periods[-1]]
    text = f"{some(late)}, by Trade Map's list of {listed.retrieved_at.date()}: later years are missing, not zero."
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


def _perhaps(whys: Sequence[Why]) -> str:
    return f", perhaps {' or '.join(dict.fromkeys(why.reason.value for why in whys))}" if whys else ""


def _all_refused(refusals: Sequence[TradestatError], members: Members) -> TradestatError:
    """The first refusal, which stands for all of them."""
    known = refusals[0].as_dict()
    group = members.expansion.group.name
    known["message"] = f"{group}: each of the {len(refusals)} members asked was refused. The first: {known['message']}"
    return error_from_dict(known)


def _is_about_all(question: Question, error: TradestatError) -> bool:
    """Whether a refusal is of something that the question for every other member has as well, and would cost again."""
    if blames(error, question.country):
        return False
    shared = (question.product, question.partner if question.partner != WORLD else "")
    return retired(question.product) is not None or any(blames(error, code) for code in shared)


def _cost(fetched: Sequence[Fetched[Page]], credits: float, refusals: int) -> Note:
    made = sum(one.calls for one in fetched)
    charged = [one.credits_charged for one in fetched if one.credits_charged is not None]
    stored = sum(1 for one in fetched if not one.calls)
    took = f"{made} calls, {sum(charged) if charged else credits:g} credits" if made else "no call"
    text = f"{len(fetched)} tables, one a member: {took}{f'; stored: {stored}' if stored else ''}."
    if refusals:
        text += f" Refused: {refusals} more {'call' if refusals == 1 else 'calls'}, which may be charged too."
    return Note(code=NoteCode.COST, text=text)


def _name(code: str) -> str:
    return named(code, area_label(code))


def _value(record: Record, period: str) -> Number | None:
    return record.cells[period].value if period in record.cells else None

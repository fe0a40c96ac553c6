"""What is said where UN Comtrade has nothing at all for a question: the reasons, and the call that helps on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from tradestat_tools.codes.countries import Area, earlier_areas, history_note
from tradestat_tools.codes.editions import EARLIER
from tradestat_tools.codes.hs import OLDER_EDITIONS, HsStatus, explain_from_lists, hs_status
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.absence.evidence import Evidence
from tradestat_tools.sources.comtrade.absence.missing import missing_cells
from tradestat_tools.sources.comtrade.answers import area_text
from tradestat_tools.sources.comtrade.arguments import PREVIEW_ROWS, Dated, Question
from tradestat_tools.sources.comtrade.calendar import due, has_ended, is_recent, newest_due, periods_of, wire_period
from tradestat_tools.sources.comtrade.codes import EDITION_NAMES, FLOWS, WORLD, Asked, Places, is_services
from tradestat_tools.sources.comtrade.notes import listed
from tradestat_tools.sources.comtrade.service import SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.tools.lists import Category, stored_list


def earlier(asked: Asked, span: Sequence[Period]) -> tuple[Area, ...]:
    """The former areas with a code that have figures of a span for what is this area today, the newest first."""
    return tuple(one for one in earlier_areas(asked.area, span[0].year) if one.comtrade)


def earlier_whys(asked: Sequence[Asked], span: Sequence[Period]) -> list[Why]:
    """That figures stand under an earlier area; sure where all of the span lies in that area's time."""
    found: list[Why] = []
    for one in asked:
        before = earlier(one, span)
        if not before:
            continue
        under = " and ".join(area_text(area.comtrade) for area in before)
        text = f"Earlier figures of {area_text(one.code)} are under {under}."
        last = max(area.until or 0 for area in before)
        found.append(Why(Reason.NOT_COVERED, text, sure=span[-1].year <= last))
    return found


def earlier_notes(asked: Sequence[Asked], span: Sequence[Period]) -> list[Note]:
    """What to know of an answer that begins before an area as it is now."""
    texts = [(one, history_note(one.area, span[0].year)) for one in asked if earlier(one, span)]
    return [
        Note(code=NoteCode.ABSENT, text=f"{area_text(one.code)}: {text}", reason=Reason.NOT_COVERED)
        for one, text in texts
        if text
    ]


MOST_REASONS = 4

MONTHLY_SINCE = 2010
"""First year of monthly data as the service's users cite it (autumn 2026); older months mostly do not exist."""


def not_out(arguments: Dated, later: Sequence[Period], newest: Period) -> NoData:
    """Nothing of what was asked for is out; nothing was sent."""
    name = str(later[0]) if len(later) == 1 else f"{later[0]} to {later[-1]}"
    text = due(later[0])
    return NoData(
        f"{SERVICE} can not have {name} yet, so it was not asked. {text}",
        remedy=f"The newest that reporters can have published is {newest}: ask for period={wire_period(newest)}, or "
        f"for period=latest, the newest that this reporter has published (freqCode={arguments.freqCode}).",
        why=[Why(Reason.NOT_YET_PUBLISHED, text, sure=True)],
        source=SOURCE_ID,
    )


def asked_periods(context: Context, arguments: Dated) -> tuple[tuple[Period, ...], tuple[Period, ...]]:
    """The periods asked for that are over, and those that are not; "latest" is the newest that can be out.

    Raises:
        NoData: none of them is over.
    """
    newest = newest_due(arguments.frequency, context.today)
    begun = [one.first for one in arguments.spans if one.leans_on_newest and one.first is not None]
    ahead = sorted(first for first in begun if first.first_month > newest.last_month)
    if ahead:
        raise not_out(arguments, ahead, newest)
    found = periods_of(arguments.spans, arguments.frequency, newest)
    out = tuple(period for period in found if has_ended(period, context.today))
    later = tuple(period for period in found if not has_ended(period, context.today))
    if not out:
        raise not_out(arguments, later, newest)
    return out, later


def uncovered(question: Question, found: Mapping[str, Why]) -> NoData:
    """No reporter that was asked for is one of the service's in these periods; nothing was sent."""
    return NoData(
        f"{SERVICE} has nothing for {asked(question)}, so it was not asked.",
        remedy=" ".join(
            filter(
                None,
                [
                    *_areas_instead(question),
                    _mirror(question),
                    "Who reports, and since when: comtrade_reference(category=reporters).",
                ],
            )
        ),
        why=list(found.values())[:MOST_REASONS],
        source=SOURCE_ID,
    )


def no_rows(question: Question, evidence: Evidence, today: date) -> NoData:
    """The service has no rows; with the reasons that the evidence leaves, the likeliest first."""
    whys = _whys(question, evidence)
    is_zero = whys[0].sure and whys[0].reason is Reason.ZERO
    means = "That is zero trade." if is_zero else "It does not say why; no rows is not zero trade."
    return NoData(
        f"{SERVICE} has no rows for {asked(question)}. {means}",
        remedy=" ".join(filter(None, _next_calls(question, whys, today))),
        why=whys,
        source=SOURCE_ID,
    )


def _whys(question: Question, evidence: Evidence) -> list[Why]:
    """The reasons of all cells, each once; one is sure only if all cells have it."""
    cells = missing_cells(question, [])
    broken_down = not question.wanted(question.span).totals_only and question.arguments.typeCode == "C"
    each: list[tuple[Why, ...]] = []
    for cell in cells:
        filtered = evidence.filtered(cell) if broken_down else None
        each.append((filtered,) if filtered is not None else evidence.whys(cell))
    kinds = {whys[0].reason for whys in each}
    sure = len(kinds) == 1 and all(whys[0].sure for whys in each)
    found = {
        why.reason: why for why in earlier_whys([*question.reporters.asked, *question.partners.asked], question.span)
    }
    sure = sure and not found
    for why in (why for whys in each for why in whys):
        found.setdefault(why.reason, why if sure or not why.sure else Why(why.reason, why.text))
    if not sure:
        found |= {why.reason: why for why in _of_the_kind(question) if why.reason not in found}
        if broken_down and Reason.FILTERED_OUT not in found:
            text = "Few reporters break rows down by second partner, customs procedure or mode of transport."
            found[Reason.FILTERED_OUT] = Why(Reason.FILTERED_OUT, text)
    return list(found.values())[: MOST_REASONS + 1]


def _of_the_kind(question: Question) -> list[Why]:
    """What the service mostly does not have."""
    found: list[Why] = []
    monthly = question.arguments.freqCode == "M"
    if is_services(question.arguments.classification):
        held = "by year" if monthly else "in EB10 or EB02, by year"
        found.append(Why(Reason.NOT_COVERED, f"Services are mostly held {held}, and few reporters split by partner."))
    elif monthly and question.span[-1].year < MONTHLY_SINCE:
        found.append(Why(Reason.NOT_COVERED, f"Months before {MONTHLY_SINCE} mostly do not exist."))
    elif question.arguments.classification != "HS":
        text = f"Not every reporter is available in {question.arguments.classification}."
        found.append(Why(Reason.NOT_COVERED, text))
    return found


def asked(question: Question) -> str:
    """The question in words: `exports of China (156), partner Japan (392), HS 850760, 2023`."""
    span = question.span
    when = str(span[0]) if len(span) == 1 else f"{span[0]} to {span[-1]}"
    flows = " and ".join(FLOWS[code].label for code in question.arguments.flowCode)
    return (
        f"{flows} of {_names(question.reporters)}, partner {_names(question.partners)}, "
        f"{question.arguments.classification} {listed(question.commodities)}, {when}"
    )


def _names(places: Places) -> str:
    return listed(area_text(one.code) for one in places.asked) or "all"


def _next_calls(question: Question, whys: Sequence[Why], today: date) -> list[str]:
    """The next useful calls, the likeliest to help first."""
    if whys[0].sure and whys[0].reason is Reason.ZERO:
        return ["Nothing is missing; ask for another partner, product or period."]
    arguments, classification = question.arguments, question.arguments.classification
    reasons = {why.reason for why in whys}
    found = _areas_instead(question)
    if Reason.CODE_RETIRED in reasons:
        found += _codes_instead(question)
    if Reason.FILTERED_OUT in reasons:
        found.append("Leave out partner2Code, customsCode and motCode for the totals.")
    for one in (*question.reporters.asked, *question.partners.asked):
        if one.note and one.area.until is not None and question.span[-1].year > one.area.until:
            found.append(one.note)
    if is_recent(question.span[-1], today):
        found.append("The newest periods come late: ask for an earlier one, or for period=latest.")
    if is_services(classification):
        others = [code for code in ("EB10", "EB02", "EB") if code != classification]
        found.append(f"Services may be held under clCode {' or '.join(others)}, and mostly by year (freqCode=A).")
        if arguments.partnerCode != [WORLD]:
            found.append("Few reporters split services by partner: try partnerCode=0.")
    elif classification != "HS":
        found.append("The country may not be available in this classification: try clCode=HS.")
    if len(question.commodities) * max(1, len(question.partners.codes)) * len(question.reporters.codes) > PREVIEW_ROWS:
        found.append("A very large question has been seen to come back empty (September 2026): ask for less.")
    of_all = question.commodities == (question.total,) and question.partners.codes == (WORLD,)
    if not (of_all or whys[0].sure):
        found.append(f"See whether the country reported at all: {_call(question, _of_world(question))}.")
    if of_all:
        found.append("Try another year, or its partners as reporters (mirror data).")
    if reasons & {Reason.SUPPRESSED} and question.arguments.typeCode == "C":
        found.append(f"See what is kept back: {_call(question, {'cmdCode': '999999'})}.")
    for one in question.reporters.asked:
        if one.area.kind == "group":
            found.append(f"The members of {one.area.name_en} one by one: reporterCode='{one.area.name_en} members'.")
    mirror = "" if Reason.CODE_RETIRED in reasons else _mirror(question)
    return [*found, mirror, f"Check codes with comtrade_reference(category={classification})."]


def _areas_instead(question: Question) -> list[str]:
    """The call for the area that a reporter or a partner was part of then."""
    for name, places in (("reporterCode", question.reporters), ("partnerCode", question.partners)):
        for one in places.asked:
            if before := earlier(one, question.span):
                codes = ",".join(area.comtrade for area in before)
                return [f"Ask for the area of that time: {_call(question, {name: codes})}."]
    return []


def _codes_instead(question: Question) -> list[str]:
    """Codes that stand for the goods in other editions."""
    found: list[str] = []
    for code in question.commodities:
        status = hs_status(code) if code.isdigit() else None
        others = (*status.successors, *status.predecessors) if status else ()
        if others:
            found.append(f"In place of {code} ask for cmdCode={','.join(others)}.")
    return found


def _of_world(question: Question) -> dict[str, str]:
    return {"cmdCode": question.total, "partnerCode": WORLD}


def _mirror(question: Question) -> str:
    """The other side's report, where one reporter and one partner were asked for."""
    reporters, partners = question.reporters.asked, question.partners.asked
    flows = {FLOWS[code].side for code in question.arguments.flowCode}
    if len(reporters) != 1 or len(partners) != 1 or partners[0].code == WORLD or len(flows) != 1:
        return ""
    flow = "M" if flows == {"X"} else "X"
    sides = {"reporterCode": partners[0].code, "partnerCode": reporters[0].code, "flowCode": flow}
    return f"The other side's report (mirror): {_call(question, sides)}."


def _call(question: Question, changes: Mapping[str, str]) -> str:
    """A call of this tool: this question, changed."""
    given = question.arguments
    asked_for: dict[str, str] = {
        "reporterCode": ",".join(question.reporters.codes[:3]) or "all",
        "cmdCode": ",".join(question.commodities[:3]),
        "partnerCode": ",".join(question.partners.codes[:3]) or "all",
        "flowCode": ",".join(given.flowCode),
        "period": ",".join(dict.fromkeys(wire_period(one) for one in (question.span[0], question.span[-1]))),
        **changes,
    }
    usual = {"typeCode": "C", "freqCode": "A", "clCode": "EB10" if given.typeCode == "S" else "HS"}
    kind = {"typeCode": given.typeCode, "freqCode": given.freqCode, "clCode": given.classification}
    more = {name: code for name, code in kind.items() if code != usual[name]}
    return f"comtrade_data({', '.join(f'{name}={code}' for name, code in (more | asked_for).items())})"


async def stored_status(context: Context, code: str) -> HsStatus:
    """What is known of a code: of editions before HS 2012 what their lists say, as far as they are stored.

    Nothing is sent: a list is there once it was asked for (`comtrade_reference`, category H0 to H3).

    Args:
        context: what the tools work with.
        code: digits only.
    """
    lists: dict[str, frozenset[str]] = {}
    for category, name in EDITION_NAMES.items():
        if name in OLDER_EDITIONS:
            entries = await stored_list(context, cast("Category", category))
            if entries is not None:
                lists[name] = frozenset(entry.id for entry in entries)
    return explain_from_lists(code, lists)


async def dated(context: Context, error: NoData, codes: Iterable[str]) -> NoData:
    """The error, with what the stored lists say of those codes that ended before HS 2012."""
    ended = [code for code in codes if hs_status(code).editions == (EARLIER,)]
    statuses = [await stored_status(context, code) for code in ended]
    error.why = tuple(_dated(why, statuses) for why in error.why)
    return error


def _dated(why: Why, statuses: Sequence[HsStatus]) -> Why:
    found = [status.text for status in statuses if why.text.startswith(f"{status.code} ")]
    return replace(why, text=found[0]) if found and why.reason is Reason.CODE_RETIRED else why

"""What is said where UN Comtrade has nothing at all for a question: the reasons, and the call that helps on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from tradestat_tools.codes.countries import Area, counted_elsewhere, earlier_areas, history_note, kept_apart
from tradestat_tools.codes.editions import EARLIER
from tradestat_tools.codes.hs import OLDER_EDITIONS, HsStatus, explain_from_lists, hs_status
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.absence.evidence import Evidence
from tradestat_tools.sources.comtrade.absence.missing import missing_cells
from tradestat_tools.sources.comtrade.answers import area_text, listed
from tradestat_tools.sources.comtrade.api import stored_list
from tradestat_tools.sources.comtrade.arguments import PREVIEW_ROWS, TradeQuery
from tradestat_tools.sources.comtrade.calendar import is_recent, wire_period
from tradestat_tools.sources.comtrade.codes import (
    ALL,
    DEFAULT_CLASSIFICATION,
    EDITION_NAMES,
    FLOWS,
    IMPORTS,
    WORLD,
    AskedArea,
    Places,
    is_services,
    members_instead,
)
from tradestat_tools.sources.comtrade.service import SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.wire.lists import Category


def earlier(asked: AskedArea, span: Sequence[Period]) -> tuple[Area, ...]:
    """The former areas with a code that have figures of a span for what is this area today, the newest first."""
    return tuple(one for one in earlier_areas(asked.area, span[0].year) if one.comtrade)


def earlier_whys(asked: Sequence[AskedArea], span: Sequence[Period]) -> list[Why]:
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


def earlier_notes(asked: Sequence[AskedArea], span: Sequence[Period]) -> list[Note]:
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


def uncovered(query: TradeQuery, found: Mapping[str, Why]) -> NoData:
    """No reporter that was asked for is one of the service's in these periods; nothing was sent."""
    members = members_instead(query.reporters.codes).strip()
    calls = [*_areas_instead(query), *([members] if members else []), *_mirror(query), "Who reports, and since when:"]
    return NoData(
        f"{SERVICE} has nothing for {asked(query)}, so it was not asked.",
        remedy=" ".join([*calls, f"{call_text('comtrade_reference', category='reporters')}."]),
        why=list(found.values())[:MOST_REASONS],
        source=SOURCE_ID,
    )


def no_rows(query: TradeQuery, evidence: Evidence, today: date) -> NoData:
    """The service has no rows; with the reasons that the evidence leaves, the likeliest first."""
    whys = _whys(query, evidence)
    is_zero = whys[0].sure and whys[0].reason is Reason.ZERO
    means = "That is zero trade." if is_zero else "It does not say why; no rows is not zero trade."
    return NoData(
        f"{SERVICE} has no rows for {asked(query)}. {means}",
        remedy=" ".join(_next_calls(query, whys, today)),
        why=whys,
        source=SOURCE_ID,
    )


def _whys(query: TradeQuery, evidence: Evidence) -> list[Why]:
    """The reasons of all cells, each once; one is sure only if all cells have it."""
    broken_down = not query.call(query.span).totals_only and query.arguments.typeCode == "C"
    each: list[tuple[Why, ...]] = []
    for cell in missing_cells(query, []):
        filtered = evidence.filtered(cell) if broken_down else None
        each.append((filtered,) if filtered is not None else evidence.whys(cell))
    if (apart := _apart(query)) is not None:
        return [apart]
    found = {why.reason: why for why in earlier_whys(query.places, query.span)}
    for one in query.reporters.asked:
        if (elsewhere := counted_elsewhere(one.area)) is not None:
            found.setdefault(Reason.NOT_COVERED, Why(Reason.NOT_COVERED, elsewhere))
    sure = not found and len({whys[0].reason for whys in each}) == 1 and all(whys[0].sure for whys in each)
    for why in (why for whys in each for why in whys):
        found.setdefault(why.reason, why if sure or not why.sure else Why(why.reason, why.text))
    if not sure:
        for why in _of_the_kind(query, broken_down=broken_down):
            found.setdefault(why.reason, why)
    return list(found.values())[: MOST_REASONS + 1]


def _apart(query: TradeQuery) -> Why | None:
    """That no country counts this trade as foreign trade, where that is so of all that was asked."""
    reporters, partners = query.reporters.asked, query.partners.asked
    pairs = [kept_apart(one.area, other.area) for one in reporters for other in partners]
    return Why(Reason.NOT_COVERED, pairs[0], sure=True) if pairs and pairs[0] and all(pairs) else None


def _of_the_kind(query: TradeQuery, *, broken_down: bool) -> list[Why]:
    """What the service mostly does not have."""
    monthly, classification = query.arguments.freqCode == "M", query.arguments.clCode
    text = ""
    if is_services(classification):
        held = "by year" if monthly else "in EB10 or EB02, by year"
        text = f"Services are mostly held {held}, and few reporters split by partner."
    elif monthly and query.span[-1].year < MONTHLY_SINCE:
        text = f"Months before {MONTHLY_SINCE} mostly do not exist."
    elif classification != "HS":
        text = f"Not every reporter is available in {classification}."
    parts = "Few reporters break rows down by second partner, customs procedure or mode of transport."
    found = [(Reason.NOT_COVERED, text), (Reason.FILTERED_OUT, parts if broken_down else "")]
    return [Why(reason, text) for reason, text in found if text]


def asked(query: TradeQuery) -> str:
    """The question in words: `exports of China (156), partner Japan (392), HS 850760, 2023`."""
    span = query.span
    when = str(span[0]) if len(span) == 1 else f"{span[0]} to {span[-1]}"
    flows = " and ".join(FLOWS[code].label for code in query.arguments.flowCode)
    return (
        f"{flows} of {_names(query.reporters)}, partner {_names(query.partners)}, "
        f"{query.arguments.clCode} {listed(query.arguments.cmdCode)}, {when}"
    )


def _names(places: Places) -> str:
    return listed(area_text(one.code) for one in places.asked) or "all"


def _next_calls(query: TradeQuery, whys: Sequence[Why], today: date) -> list[str]:
    """The next useful calls, the likeliest to help first."""
    if whys[0].sure and whys[0].reason is Reason.ZERO:
        return ["Nothing is missing; ask for another partner, product or period."]
    goods, classification = query.arguments.typeCode == "C", query.arguments.clCode
    last, partners, reasons = query.span[-1], query.partners.codes, {why.reason for why in whys}
    retired = Reason.CODE_RETIRED in reasons
    others = " or ".join(code for code in ("EB10", "EB02", "EB") if code != classification)
    of_all = query.arguments.cmdCode == (query.total,) and partners == (WORLD,)
    large = len(query.arguments.cmdCode) * max(1, len(partners)) * len(query.reporters.codes) > PREVIEW_ROWS
    steps = (
        (Reason.FILTERED_OUT in reasons, "Leave out partner2Code, customsCode and motCode for the totals."),
        *((one.area.until is not None and last.year > one.area.until, one.note) for one in query.places),
        (is_recent(last, today), "The newest periods come late: ask for an earlier one, or for period=latest."),
        (not goods, f"Services may be held under clCode {others}, and mostly by year (freqCode=A)."),
        (not goods and partners != (WORLD,), "Few reporters split services by partner: try partnerCode=0."),
        (goods and classification != "HS", "The country may not be available in this classification: try clCode=HS."),
        (
            large,
            "A very large question has been seen to come back empty (September 2026): ask for less.",
        ),
        (
            not (of_all or whys[0].sure),
            f"See whether the country reported at all: {_call(query, cmdCode=query.total, partnerCode=WORLD)}.",
        ),
        (of_all, "Try another year, or its partners as reporters (mirror data)."),
        (goods and Reason.SUPPRESSED in reasons, f"See what is kept back: {_call(query, cmdCode='9999,999999')}."),
        (True, members_instead(query.reporters.codes).strip()),
    )
    return [
        *_areas_instead(query),
        *(_codes_instead(query) if retired else []),
        *(text for holds, text in steps if holds and text),
        *([] if retired else _mirror(query)),
        f"Check codes with {call_text('comtrade_reference', category=classification)}.",
    ]


def _areas_instead(query: TradeQuery) -> list[str]:
    """The call for the area that a reporter or a partner was part of then."""
    for name, places in (("reporterCode", query.reporters), ("partnerCode", query.partners)):
        for one in places.asked:
            if before := earlier(one, query.span):
                codes = ",".join(area.comtrade for area in before)
                return [f"Ask for the area of that time: {_call(query, **{name: codes})}."]
    return []


def _codes_instead(query: TradeQuery) -> list[str]:
    """Codes that stand for the goods in other editions."""
    found: list[str] = []
    for code in query.arguments.cmdCode:
        status = hs_status(code) if code.isdigit() else None
        others = (*status.successors, *status.predecessors) if status else ()
        if others:
            found.append(f"In place of {code} ask for cmdCode={','.join(others)}.")
    return found


def _mirror(query: TradeQuery) -> list[str]:
    """The call for the partner's report, or that of all partners, where one reporter and one partner were asked for."""
    reporters, partners = query.reporters.asked, query.partners.asked
    if len(reporters) != 1 or len(partners) > 1:
        return []
    flows = dict.fromkeys("X" if flow in IMPORTS else "M" for flow in query.arguments.flowCode)
    others = ALL if not partners or partners[0].code == WORLD else partners[0].code
    mirrored = _call(query, reporterCode=others, partnerCode=reporters[0].code, flowCode=",".join(flows))
    return [f"The other side's report (mirror): {mirrored}."]


def _call(query: TradeQuery, **changes: str) -> str:
    """A call of this tool: this question, changed."""
    given = query.arguments
    usual = {"typeCode": "C", "freqCode": "A", "clCode": DEFAULT_CLASSIFICATION[given.typeCode]}
    kind = {name: code for name in usual if (code := getattr(given, name)) != usual[name]}
    asked_for: dict[str, str] = {
        "reporterCode": ",".join(query.reporters.codes[:3]) or "all",
        "cmdCode": ",".join(query.arguments.cmdCode[:3]),
        "partnerCode": ",".join(query.partners.codes[:3]) or "all",
        "flowCode": ",".join(given.flowCode),
        "period": ",".join(dict.fromkeys(wire_period(one) for one in (query.span[0], query.span[-1]))),
        **changes,
    }
    return call_text("comtrade_data", **kind, **asked_for)


async def stored_status(context: Context, code: str) -> HsStatus:
    """What is known of a code: of editions before HS 2012 what their lists say, as far as they are stored.

    Nothing is sent: a list is there once it was asked for (`comtrade_reference`, category H0 to H3).
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

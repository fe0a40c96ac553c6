"""Why a question can have no figure, why a table that came has none, why one was refused; and what to ask instead."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tradestat_tools.codes.countries import earlier_areas
from tradestat_tools.codes.hs import HsStatus, hs_status
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import NoData, TradestatError, UpstreamRefused
from tradestat_tools.model.reasons import Reason, Why, each_once, offered
from tradestat_tools.sources.trademap.arguments import MOSTLY_FROM, TableQuery
from tradestat_tools.sources.trademap.calendar import Reach, due
from tradestat_tools.sources.trademap.codes import ALL, WORLD, area_name, area_of
from tradestat_tools.sources.trademap.service import SOURCE_ID, is_stale
from tradestat_tools.sources.trademap.wire.envelope import SAYS

KINDS: Mapping[str, str] = {"yearly246": "goods", "yearlyReexport": "re-exports", "yearlyServices": "services"}
"""A country's period objects, and what they are about."""

RECENT = 2
"""Years before this one within which a missing figure may only be late."""

CONFIDENTIAL = "999999"
"""HS-like code for goods not specified by kind, where reporters put confidential trade."""

OPPOSITE = {"I": "E", "E": "I"}

_DEFAULTS: dict[str, str | int] = {"partner": WORLD, "product": ALL, "service": ALL, "by": "byCountry"}


# What to ask instead


def again(query: TableQuery, **changes: Any) -> str:
    """The call that asks the same, but for the changes."""
    asked = replace(query, **changes)
    arguments: dict[str, str | int] = {
        "country": asked.country,
        "partner": asked.partner,
        "service" if asked.services else "product": asked.product,
        "by": asked.by,
        "trade_flow": asked.trade_flow,
        "period_from": asked.period_from,
        "period_to": asked.period_to,
    }
    shown = ((name, value) for name, value in arguments.items() if value and value != _DEFAULTS.get(name))
    tool = "services_time_series" if asked.services else "goods_time_series"
    return f"{tool}({', '.join(_written(name, value) for name, value in shown)})"


def _written(name: str, value: str | int) -> str:
    return f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"


def _ask_mirror(query: TableQuery) -> str:
    """How to ask for the partner's report of the same trade, which values it differently: mirror data."""
    flow = OPPOSITE.get(query.trade_flow)
    if flow is None:
        return f"Ask one flow: {again(query, trade_flow='E')}."
    if query.partner == WORLD:
        mirrored = again(query, country="<partner>", partner=query.country, trade_flow=flow, by="byCountry")
        return f"Ask for a partner's report, one at a time: {mirrored}."
    mirrored = again(query, country=query.partner, partner=query.country, trade_flow=flow)
    return f"Ask for the partner's report (mirror data, valued differently): {mirrored}."


def _ask_countries(query: TableQuery) -> str:
    return call_text("get_countries", search=str(query.country))


# Areas that were part of another one


def _earlier_codes(code: str, first_year: int) -> dict[str, int]:
    """Trade Map's codes of the areas that this one was part of in `first_year` or later, with the last year of each."""
    found = area_of(code)
    before = earlier_areas(found, first_year) if found is not None and first_year else ()
    return {one.trademap: one.until for one in before if one.trademap and one.until is not None}


def _earlier_texts(query: TableQuery, first_year: int, ends: Sequence[str] = ("country", "partner")) -> list[str]:
    """Under what figures since `first_year` stand, of the reporter and the partner that were not the same all along."""
    found = {code: _earlier_codes(code, first_year) for code in (getattr(query, end) for end in ends)}
    texts = (
        " ".join(
            f"Until {until} {area_name(code)} was part of {area_name(one)}, and figures of that time are under {one}."
            for one, until in before.items()
        )
        for code, before in found.items()
    )
    return [text for text in texts if text]


def _since(query: TableQuery) -> int:
    """The first year asked for; 0 where the service chooses, or where Trade Map mostly has nothing of those years."""
    if 0 < query.period_to < MOSTLY_FROM[query.coverage]:
        return 0
    return query.period_from or query.period_to


def _earlier_whys(query: TableQuery) -> list[Why]:
    return [Why(Reason.NOT_COVERED, text) for text in _earlier_texts(query, _since(query))]


def earlier_notes(query: TableQuery, first_year: int) -> list[Note]:
    """What to know of an answer whose years begin before the reporter or the partner as it is now."""
    texts = _earlier_texts(query, first_year)
    return [Note(code=NoteCode.ABSENT, text=text, reason=Reason.NOT_COVERED) for text in texts]


def _ask_earlier(query: TableQuery, ends: Sequence[str] = ("country", "partner")) -> str | None:
    """To ask the earlier area instead of the reporter or the partner, up to its end; None where there is none."""
    first = _since(query)
    for end in ends:
        for one, until in _earlier_codes(getattr(query, end), first).items():
            last = min(query.period_to or until, until)
            call = again(query, **{end: one}, period_from=min(first, last), period_to=last)
            return f"Ask the area of that time: {call}."
    return None


# Before asking


def uncovered(query: TableQuery, reach: Reach | None, this_year: int) -> Why | None:
    """Why a question can have no figure, where that is known before it is asked. Of a group only years are."""
    who, what = area_name(query.country), KINDS[query.coverage]
    first, last = query.period_from, query.period_to
    if national := _national(query):
        return Why(Reason.NOT_COVERED, national, sure=True)
    ended = _ended(query.country)
    if ended is not None and first > ended:
        return Why(Reason.NOT_COVERED, f"{who} is a former area; its figures end with {ended}.", sure=True)
    if reach is not None and (reach.first is None or reach.last is None):
        text = f"{who} has no yearly {what} in Trade Map, by its list of {reach.listed}."
        return Why(Reason.NOT_COVERED, text, sure=True)
    if reach is not None and reach.first is not None and 0 < last < reach.first:
        text = f"{who} has {what} from {reach.first}, by Trade Map's list of {reach.listed}."
        before = _earlier_texts(query, _since(query), ["country"])
        return Why(Reason.NOT_COVERED, " ".join([text, *before]), sure=True)
    if first >= this_year:
        return Why(Reason.NOT_YET_PUBLISHED, f"{first} is not over: {due(first)}", sure=True)
    if reach is not None and reach.last is not None and reach.is_new and first > reach.last:
        text = f"{who} has {what} up to {reach.last}, by Trade Map's list of {reach.listed}. It announces no dates."
        return Why(Reason.NOT_YET_PUBLISHED, text, sure=True)
    return None


def refuse_uncovered(query: TableQuery, reach: Reach | None, this_year: int) -> None:
    """Refuse a question that can have no figure, before a credit is spent.

    Raises:
        NoData: saying why, and what to ask instead.
    """
    why = uncovered(query, reach, this_year)
    if why is None:
        return
    newest = min((reach.last if reach and reach.last else this_year - 1), this_year - 1)
    if _national(query):
        remedy = "comtrade_tariffline takes national codes; here 99 holds goods that are not specified by kind."
    elif why.reason is Reason.NOT_YET_PUBLISHED:
        remedy = f"The newest year is {newest}: {again(query, period_from=newest, period_to=newest)}."
        if reach is None:
            remedy = (
                f"Years up to {newest} can be out: {again(query, period_from=newest - 2, period_to=newest)}. "
                "get_countries tells how far each country has come."
            )
    elif (ended := _ended(query.country)) is not None:
        remedy = f"Ask up to {ended}: {again(query, period_from=ended - 2, period_to=ended)}."
    elif earlier := _ask_earlier(query, ["country"]):
        remedy = earlier
    elif reach is not None and reach.first is not None:
        remedy = f"Ask from {reach.first}: {again(query, period_from=reach.first, period_to=newest)}."
    elif query.trade_flow == "RE":
        remedy = f"Exports include re-exports: {again(query, trade_flow='E')}."
    else:
        remedy = _ask_mirror(query)
    raise NoData(
        f"Trade Map has nothing for {query.what()}. Nothing was sent.", remedy=remedy, why=[why], source=SOURCE_ID
    )


def _ended(code: str) -> int | None:
    """The last year of an area that no longer exists."""
    found = area_of(code)
    return found.until if found is not None and found.former else None


def _status(query: TableQuery) -> HsStatus | None:
    """What is known of an HS code; None of all goods and of services."""
    return hs_status(query.product) if query.product.isdigit() and not query.services else None


def _national(query: TableQuery) -> str | None:
    """That a product is no code of the Harmonized System but a country's own; None of any other."""
    status = _status(query)
    return f"{status.text} Trade Map has codes of the HS." if status and status.kind == "national" else None


def retired(query: TableQuery) -> HsStatus | None:
    """What is known of an HS code that is not of the present edition."""
    status = _status(query)
    return status if status and status.kind == "older_edition" else None


# After a table without a figure


def no_figure(query: TableQuery, reach: Reach | None, this_year: int) -> NoData:
    """The error of an answer without a single figure."""
    return NoData(
        f"Trade Map holds no figure for {query.what()}. That is not a reported zero.",
        remedy=_next_call(query, reach, this_year),
        why=reasons(query, reach, this_year),
        source=SOURCE_ID,
    )


def reasons(query: TableQuery, reach: Reach | None, this_year: int) -> list[Why]:
    """The reasons that may apply to an empty answer, the likeliest first. None is certain unless it says so."""
    found = [_retired(query), _late(query, reach, this_year), _early(query, reach), *_earlier_whys(query)]
    if not any(one is not None and one.reason is Reason.NOT_YET_PUBLISHED for one in found):
        found += [_unreported(query, reach), _none(query), _confidential(query)]
    return list(offered(one for one in found if one is not None))


def _next_call(query: TableQuery, reach: Reach | None, this_year: int) -> str:
    left = retired(query)
    if left and left.successors:
        return f"Ask the code that took its goods: {again(query, product=left.successors[0])}."
    asked = query.period_from or query.period_to
    if reach is not None and reach.last is not None and asked > reach.last:
        return f"Ask the newest year: {again(query, period_from=reach.last, period_to=reach.last)}."
    if earlier := _ask_earlier(query):
        return earlier
    if reach is None and asked >= this_year - RECENT:
        years = again(query, period_from=asked - 3, period_to=asked)
        return f"Ask earlier years too: {years}. Or see how far the reporter has come: {_ask_countries(query)}."
    return f"{_ask_mirror(query)} {_ask_countries(query)} tells which years the reporter covers."


def _retired(query: TableQuery) -> Why | None:
    status = _status(query)
    if status and status.kind == "older_edition":
        return Why(Reason.CODE_RETIRED, status.text)
    if status and status.predecessors:
        text = f"{status.text} Before, its goods were under {', '.join(status.predecessors)}."
        return Why(Reason.CODE_RETIRED, text)
    return None


def _late(query: TableQuery, reach: Reach | None, this_year: int) -> Why | None:
    newest = query.period_from or query.period_to
    who = area_name(query.country)
    if not newest:
        return None
    if reach is not None and reach.last is not None:
        if newest <= reach.last:
            return None
        return Why(Reason.NOT_YET_PUBLISHED, f"{who} had come to {reach.last} by Trade Map's list of {reach.listed}.")
    if newest < this_year - RECENT:
        return None
    text = f"{query.years} is recent; some countries report more than a year late. get_countries tells how far {who}"
    return Why(Reason.NOT_YET_PUBLISHED, f"{text} has come.")


def _early(query: TableQuery, reach: Reach | None) -> Why | None:
    last, mostly = query.period_to, MOSTLY_FROM[query.coverage]
    if reach is not None or not last or last >= mostly:
        return None
    return Why(Reason.NOT_COVERED, f"Trade Map's yearly {KINDS[query.coverage]} mostly begin with {mostly}.")


def _unreported(query: TableQuery, reach: Reach | None) -> Why:
    text = f"{area_name(query.country)} may not report this to Trade Map; get_countries tells what it reports."
    if reach is not None and reach.first is not None:
        text = f"Trade Map's list of {reach.listed} has {area_name(query.country)} from {reach.first} to {reach.last}"
        text += ", and the table is empty."
    return Why(Reason.NOT_REPORTED, text)


def _none(query: TableQuery) -> Why | None:
    """27 partners of 254 areas were seen for one code (September 2026): what did not take place has no row."""
    if query.product == ALL and query.partner == WORLD:
        return None
    return Why(Reason.ZERO, "Trade that did not take place has no row in most tables; nobody reported a zero here.")


def _confidential(query: TableQuery) -> Why | None:
    if _status(query) is None or len(query.product) < len("8507"):
        return None
    text = (
        f"Reporters put confidential trade under 9999 and {CONFIDENTIAL}; what is there is not broken down by product."
    )
    return Why(Reason.SUPPRESSED, text)


# After a refusal


def refused(query: TableQuery, error: UpstreamRefused) -> TradestatError:
    """What a refused question means: that there is nothing under a code, where one of them may be why.

    The same refusal where nothing speaks against any code, for then the fault may be in how the question was put.
    """
    if not is_stale(error):
        return error
    left = retired(query)
    if left is None:
        return _perhaps(query, error)
    after = f"Ask {' and '.join(again(query, product=code) for code in left.successors[:2])}."
    return NoData(
        f"Trade Map has nothing under {query.product} for {query.years or 'these years'}. {error.message}",
        remedy=after if left.successors else "Ask the heading above it, and see its parts: by=byProduct.",
        why=[Why(Reason.CODE_RETIRED, left.text, sure=True)],
        source=SOURCE_ID,
    )


def blames(error: TradestatError, code: str) -> bool:
    """Whether the service's own words in a refusal name a code. What they look like is not documented."""
    words = error.message.partition(SAYS)[2]
    return bool(code) and re.search(rf"(?<![A-Za-z0-9]){re.escape(code)}(?![A-Za-z0-9])", words) is not None


def _perhaps(query: TableQuery, error: UpstreamRefused) -> TradestatError:
    """A refusal with the reasons that its codes give to suspect, those that the service names first."""
    reporter, partner = _doubtful_reporter(query, error), _doubtful_partner(query, error)
    product = _doubtful_product(query, error)
    found = [*(why for why in (partner, reporter, product) if why is not None), *_earlier_whys(query)]
    if not found:
        return error
    if earlier := _ask_earlier(query):
        remedy = earlier
    elif partner is not None:
        everyone = again(query, partner=WORLD, by="byCountry")
        remedy = f"See which partners there are in the table of all of them: {everyone}."
    elif reporter is not None:
        remedy = f"{_ask_mirror(query)} {_ask_countries(query)} tells what the reporter covers."
    else:
        heading = again(query, product=query.product[:-2] or ALL)
        remedy = f"Ask what the code is part of: {heading}. get_products_hs lists the codes."
    return NoData(
        f"Trade Map refuses {query.what()}. {error.message}", remedy=remedy, why=each_once(found), source=SOURCE_ID
    )


def _doubtful_reporter(query: TableQuery, error: UpstreamRefused) -> Why | None:
    who = area_name(query.country)
    if _ended(query.country) is not None:
        return Why(Reason.NOT_COVERED, f"{who} is a former area, which Trade Map may not have any more.")
    if blames(error, query.country):
        return Why(Reason.NOT_REPORTED, f"{who} is named in the refusal; it may not report to Trade Map.")
    return None


def _doubtful_partner(query: TableQuery, error: UpstreamRefused) -> Why | None:
    area, whom = area_of(query.partner), area_name(query.partner)
    if query.partner == WORLD or area is None:
        return None
    if area.former:
        text = f"{whom} is a former area; Trade Map may not have it as a partner of its own."
    elif area.kind in ("nes", "special"):
        text = f"{whom} is no country but what is left over; Trade Map may have it only among the rows of all partners."
    elif blames(error, query.partner):
        text = f"{whom} is named in the refusal; Trade Map may not have it as a partner of its own."
    else:
        return None
    return Why(Reason.NOT_COVERED, text)


def _doubtful_product(query: TableQuery, error: UpstreamRefused) -> Why | None:
    if query.product == ALL or not blames(error, query.product):
        return None
    text = f"{query.product} is named in the refusal; Trade Map may not carry it, or not for these years."
    return _retired(query) or Why(Reason.NOT_COVERED, text)

"""Why a table that came has no figure, and why a question may have been refused."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tradestat_tools.codes.countries import earlier_areas
from tradestat_tools.codes.hs import HsStatus, hs_status
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import NoData, TradestatError, UpstreamRefused
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.trademap.api import DAY, country_list
from tradestat_tools.sources.trademap.arguments import MOSTLY_FROM, Question
from tradestat_tools.sources.trademap.codes import ALL, WORLD, area_label, area_of, named
from tradestat_tools.sources.trademap.service import SOURCE_ID
from tradestat_tools.sources.trademap.wire.envelope import SAYS, is_stale
from tradestat_tools.sources.trademap.wire.payloads import Country

OPPOSITE = {"I": "E", "E": "I"}

_DEFAULTS: dict[str, str | int] = {"partner": WORLD, "product": ALL, "service": ALL, "by": "byCountry"}


def again(question: Question, **changes: Any) -> str:
    """The call that asks the same, but for the changes."""
    asked = replace(question, **changes)
    said: dict[str, str | int] = {
        "country": asked.country,
        "partner": asked.partner,
        "service" if asked.services else "product": asked.product,
        "by": asked.by,
        "trade_flow": asked.trade_flow,
        "period_from": asked.period_from,
        "period_to": asked.period_to,
    }
    shown = ((name, value) for name, value in said.items() if value and value != _DEFAULTS.get(name))
    tool = "services_time_series" if asked.services else "goods_time_series"
    return f"{tool}({', '.join(_written(name, value) for name, value in shown)})"


def partners_side(question: Question) -> str:
    """How to ask the other side of the same trade, which values it differently: mirror data."""
    flow = OPPOSITE.get(question.trade_flow)
    if flow is None:
        return f"Ask one flow: {again(question, trade_flow='E')}."
    if question.partner == WORLD:
        mirrored = again(question, country="<partner>", partner=question.country, trade_flow=flow, by="byCountry")
        return f"Ask a partner's side, one at a time: {mirrored}."
    mirrored = again(question, country=question.partner, partner=question.country, trade_flow=flow)
    return f"Ask the partner's side (mirror data, valued differently): {mirrored}."


def _written(name: str, value: str | int) -> str:
    return f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"


def earlier_codes(code: str, first_year: int) -> dict[str, int]:
    """Trade Map's codes of the areas that this one was part of in `first_year` or later, with the last year of each."""
    found = area_of(code)
    before = earlier_areas(found, first_year) if found is not None and first_year else ()
    return {one.trademap: one.until for one in before if one.trademap and one.until is not None}


def earlier_text(code: str, first_year: int) -> str | None:
    """Under what an area's figures since `first_year` stand; None where it was the same all along."""
    who = named(code, area_label(code))
    before = [
        f"Until {until} {who} was part of {named(one, area_label(one))}, and figures of that time are under {one}."
        for one, until in earlier_codes(code, first_year).items()
    ]
    return " ".join(before) or None


def since(question: Question) -> int:
    """The first year asked for; 0 where the service chooses, or where Trade Map mostly has nothing of those years."""
    if 0 < question.period_to < MOSTLY_FROM[question.coverage]:
        return 0
    return question.period_from or question.period_to


def earlier_whys(question: Question) -> list[Why]:
    """That figures of the reporter or the partner may be under an earlier area, of a question about its time."""
    texts = (earlier_text(code, since(question)) for code in (question.country, question.partner))
    return [Why(Reason.NOT_COVERED, text) for text in texts if text]


def earlier_notes(question: Question, first_year: int) -> list[Note]:
    """What to know of an answer whose years begin before the reporter or the partner as it is now."""
    texts = (earlier_text(code, first_year) for code in (question.country, question.partner))
    return [Note(code=NoteCode.ABSENT, text=text, reason=Reason.NOT_COVERED) for text in texts if text]


def earlier_call(question: Question, sides: Sequence[str] = ("country", "partner")) -> str | None:
    """The call that asks the earlier area instead of the reporter or the partner, up to its end; None without one."""
    first = since(question)
    for name in sides:
        for one, until in earlier_codes(getattr(question, name), first).items():
            last = min(question.period_to or until, until)
            return again(question, **{name: one}, period_from=min(first, last), period_to=last)
    return None


LAST_YEAR_BELIEVED = DAY

KINDS: Mapping[str, str] = {"yearly246": "goods", "yearlyReexport": "re-exports", "yearlyServices": "services"}
"""A country's period objects, and what they are about."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one reporter's yearly figures of one kind go.

    Args:
        first: first year; None where the list shows no figures of this kind.
        last: newest year.
        listed: the day of the list.
        is_new: whether the list is new enough to say that a later year is not out.
    """

    first: int | None
    last: int | None
    listed: date
    is_new: bool


@dataclass(frozen=True, slots=True)
class Known:
    """The list of countries, as it was retrieved."""

    countries: Mapping[str, Country]
    retrieved_at: datetime
    age: float

    def reach(self, country: str, kind: str) -> Reach:
        """How far a reporter goes; a country that is not in the list has no figures."""
        found = self.countries.get(country)
        span = found.coverage.get(kind) if found else None
        return Reach(
            first=int(span[0]) if span else None,
            last=int(span[1]) if span else None,
            listed=self.retrieved_at.date(),
            is_new=self.age < LAST_YEAR_BELIEVED,
        )


async def known(context: Context) -> Known | None:
    """The list of countries where it is remembered or stored; nothing is sent."""
    found = await country_list(context)
    if found is None:
        return None
    age = context.upstream.time() - found.retrieved_at.timestamp()
    return Known(found.countries, found.retrieved_at, age)


async def reach_of(context: Context, question: Question) -> Reach | None:
    """How far the reporter's figures go; None where that is not known."""
    found = await known(context)
    return found.reach(question.country, question.coverage) if found else None


def coverage_text(question: Question, reach: Reach | None) -> str | None:
    """The reporter's own coverage, where it is known."""
    if reach is None or reach.first is None:
        return None
    return f"{area_label(question.country) or question.country} reports {reach.first} to {reach.last}"


def uncovered(question: Question, reach: Reach | None, this_year: int) -> Why | None:
    """Why a question can have no figure, where that is known before it is asked. Of a group only years are."""
    who = named(question.country, area_label(question.country))
    what = KINDS[question.coverage]
    first, last = question.period_from, question.period_to
    if national := _national(question):
        return Why(Reason.NOT_COVERED, national, sure=True)
    ended = _ended(question.country)
    if ended is not None and first > ended:
        return Why(Reason.NOT_COVERED, f"{who} is a former area; its figures end with {ended}.", sure=True)
    if reach is not None and (reach.first is None or reach.last is None):
        text = f"{who} has no yearly {what} in Trade Map, by its list of {reach.listed}."
        return Why(Reason.NOT_COVERED, text, sure=True)
    if reach is not None and reach.first is not None and 0 < last < reach.first:
        text = f"{who} has {what} from {reach.first}, by Trade Map's list of {reach.listed}."
        before = earlier_text(question.country, since(question))
        return Why(Reason.NOT_COVERED, f"{text} {before}" if before else text, sure=True)
    if first >= this_year:
        return Why(Reason.NOT_YET_PUBLISHED, f"{first} is not over: {_due(first)}", sure=True)
    if reach is not None and reach.last is not None and reach.is_new and first > reach.last:
        text = f"{who} has {what} up to {reach.last}, by Trade Map's list of {reach.listed}. It announces no dates."
        return Why(Reason.NOT_YET_PUBLISHED, text, sure=True)
    return None


def _due(year: int) -> str:
    return f"no figure of {year} can be out before January {year + 1}. Trade Map announces no dates."


def not_over(years: range) -> str:
    """What is said of years that an answer leaves out because they are not over."""
    which = str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
    return f"{which} {'is' if len(years) == 1 else 'are'} not over: {_due(years[0])}"


def refuse_uncovered(question: Question, reach: Reach | None, this_year: int) -> None:
    """Refuse a question that can have no figure, before a credit is spent.

    Raises:
        NoData: saying why, and what to ask instead.
    """
    why = uncovered(question, reach, this_year)
    if why is None:
        return
    earlier = earlier_call(question, ["country"])
    newest = min((reach.last if reach and reach.last else this_year - 1), this_year - 1)
    if _national(question):
        remedy = "comtrade_tariffline takes national codes; here 99 holds goods that are not specified by kind."
    elif why.reason is Reason.NOT_YET_PUBLISHED:
        remedy = f"The newest year is {newest}: {again(question, period_from=newest, period_to=newest)}."
        if reach is None:
            remedy = (
                f"Years up to {newest} can be out: {again(question, period_from=newest - 2, period_to=newest)}. "
                "get_countries tells how far each country has come."
            )
    elif (ended := _ended(question.country)) is not None:
        remedy = f"Ask up to {ended}: {again(question, period_from=ended - 2, period_to=ended)}."
    elif earlier is not None:
        remedy = f"Ask the area of that time: {earlier}."
    elif reach is not None and reach.first is not None:
        remedy = f"Ask from {reach.first}: {again(question, period_from=reach.first, period_to=newest)}."
    elif question.trade_flow == "RE":
        remedy = f"Exports include re-exports: {again(question, trade_flow='E')}."
    else:
        remedy = partners_side(question)
    raise NoData(
        f"Trade Map has nothing for {question.what(question.years or 'any year')}. Nothing was sent.",
        remedy=remedy,
        why=[why],
        source=SOURCE_ID,
    )


def _ended(code: str) -> int | None:
    """The last year of an area that no longer exists."""
    found = area_of(code)
    return found.until if found is not None and found.former else None


def _national(question: Question) -> str | None:
    """That a product is no code of the Harmonized System but a country's own; None of any other."""
    if question.services or not question.product.isdigit():
        return None
    status = hs_status(question.product)
    return f"{status.text} Trade Map has codes of the HS." if status.kind == "national" else None


RECENT = 2
"""Years before this one within which a missing figure may only be late."""

UNTOLD = "999999"
"""HS-like code for goods not specified by kind, where reporters put confidential trade."""


def reasons(question: Question, reach: Reach | None, this_year: int) -> list[Why]:
    """The reasons that may apply to an empty answer, the likeliest first. None is certain unless it says so."""
    found = [_retired(question), _late(question, reach, this_year), _early(question, reach), *earlier_whys(question)]
    if not any(one is not None and one.reason is Reason.NOT_YET_PUBLISHED for one in found):
        found += [_unreported(question, reach), _none(question), _secret(question)]
    return [one for one in found if one is not None]


def next_call(question: Question, reach: Reach | None, this_year: int) -> str:
    """What to ask instead of a question that has no figure."""
    left = retired(question.product)
    if left and left.successors:
        return f"Ask the code that took its goods: {again(question, product=left.successors[0])}."
    asked = question.period_from or question.period_to
    if reach is not None and reach.last is not None and asked > reach.last:
        return f"Ask the newest year: {again(question, period_from=reach.last, period_to=reach.last)}."
    if earlier := earlier_call(question):
        return f"Ask the area of that time: {earlier}."
    if reach is None and asked >= this_year - RECENT:
        earlier = again(question, period_from=asked - 3, period_to=asked)
        return f"Ask earlier years too: {earlier}. Or see how far the reporter has come: {_countries(question)}."
    return f"{partners_side(question)} {_countries(question)} tells which years the reporter covers."


def _countries(question: Question) -> str:
    return f'get_countries(search="{question.country}")'


def refused(question: Question, error: UpstreamRefused) -> TradestatError:
    """What a refused question means: that there is nothing under a code, where one of them may be why.

    The same refusal where nothing speaks against any code, for then the fault may be in how the question was put.
    """
    if not is_stale(error):
        return error
    left = retired(question.product)
    if left is None:
        return _perhaps(question, error)
    after = f"Ask {' and '.join(again(question, product=code) for code in left.successors[:2])}."
    return NoData(
        f"Trade Map has nothing under {question.product} for {question.years or 'these years'}. {error.message}",
        remedy=after if left.successors else "Ask the heading above it, and see its parts: by=byProduct.",
        why=[Why(Reason.CODE_RETIRED, left.text, sure=True)],
        source=SOURCE_ID,
    )


def blames(error: TradestatError, code: str) -> bool:
    """Whether the service's own words in a refusal name a code. What they look like is not documented."""
    said = error.message.partition(SAYS)[2]
    return bool(code) and re.search(rf"(?<![A-Za-z0-9]){re.escape(code)}(?![A-Za-z0-9])", said) is not None


def _perhaps(question: Question, error: UpstreamRefused) -> TradestatError:
    """A refusal with the reasons that its codes give to suspect, those that the service names first."""
    reporter, partner = _doubtful_reporter(question, error), _doubtful_partner(question, error)
    product = _doubtful_product(question, error)
    earlier = earlier_whys(question)
    found = [*(why for why in (partner, reporter, product) if why is not None), *earlier]
    if not found:
        return error
    if earlier and (call := earlier_call(question)):
        remedy = f"Ask the area of that time: {call}."
    elif partner is not None:
        everyone = again(question, partner=WORLD, by="byCountry")
        remedy = f"See which partners there are in the table of all of them: {everyone}."
    elif reporter is not None:
        remedy = f"{partners_side(question)} {_countries(question)} tells what the reporter covers."
    else:
        heading = again(question, product=question.product[:-2] or ALL)
        remedy = f"Ask what the code is part of: {heading}. get_products_hs lists the codes."
    return NoData(
        f"Trade Map refuses {question.what(question.years or 'any year')}. {error.message}",
        remedy=remedy,
        why=found,
        source=SOURCE_ID,
    )


def _doubtful_reporter(question: Question, error: UpstreamRefused) -> Why | None:
    area, who = area_of(question.country), named(question.country, area_label(question.country))
    if area is not None and area.former:
        return Why(Reason.NOT_COVERED, f"{who} is a former area, which Trade Map may not have any more.")
    if blames(error, question.country):
        return Why(Reason.NOT_REPORTED, f"{who} is named in the refusal; it may not report to Trade Map.")
    return None


def _doubtful_partner(question: Question, error: UpstreamRefused) -> Why | None:
    area, whom = area_of(question.partner), named(question.partner, area_label(question.partner))
    if question.partner == WORLD or area is None:
        return None
    if area.former:
        text = f"{whom} is a former area; Trade Map may not have it as a partner of its own."
    elif area.kind in ("nes", "special"):
        text = f"{whom} is no country but what is left over; Trade Map may have it only among the rows of all partners."
    elif blames(error, question.partner):
        text = f"{whom} is named in the refusal; Trade Map may not have it as a partner of its own."
    else:
        return None
    return Why(Reason.NOT_COVERED, text)


def _doubtful_product(question: Question, error: UpstreamRefused) -> Why | None:
    if question.product == ALL or not blames(error, question.product):
        return None
    text = f"{question.product} is named in the refusal; Trade Map may not carry it"
    return _retired(question) or Why(Reason.NOT_COVERED, f"{text}, or not for these years.")


def retired(product: str) -> HsStatus | None:
    """What is known of an HS code that is not of the present edition."""
    status = hs_status(product) if product.isdigit() else None
    return status if status is not None and status.kind == "older_edition" else None


def _retired(question: Question) -> Why | None:
    if question.services or not question.product.isdigit():
        return None
    if left := retired(question.product):
        return Why(Reason.CODE_RETIRED, left.text)
    status = hs_status(question.product)
    if status.predecessors:
        text = f"{status.text} Before, its goods were under {', '.join(status.predecessors)}."
        return Why(Reason.CODE_RETIRED, text)
    return None


def _late(question: Question, reach: Reach | None, this_year: int) -> Why | None:
    newest = question.period_from or question.period_to
    if not newest:
        return None
    who = named(question.country, area_label(question.country))
    if reach is not None and reach.last is not None:
        if newest <= reach.last:
            return None
        return Why(Reason.NOT_YET_PUBLISHED, f"{who} had come to {reach.last} by Trade Map's list of {reach.listed}.")
    if newest < this_year - RECENT:
        return None
    text = f"{question.years} is recent; some countries report more than a year late. get_countries tells how far {who}"
    return Why(Reason.NOT_YET_PUBLISHED, f"{text} has come.")


def _early(question: Question, reach: Reach | None) -> Why | None:
    last, mostly = question.period_to, MOSTLY_FROM[question.coverage]
    if reach is not None or not last or last >= mostly:
        return None
    return Why(Reason.NOT_COVERED, f"Trade Map's yearly {KINDS[question.coverage]} mostly begin with {mostly}.")


def _unreported(question: Question, reach: Reach | None) -> Why:
    who = named(question.country, area_label(question.country))
    if reach is not None and reach.first is not None:
        text = (
            f"Trade Map's list of {reach.listed} has {who} from {reach.first} to {reach.last}, and the table is empty."
        )
        return Why(Reason.NOT_REPORTED, text)
    return Why(Reason.NOT_REPORTED, f"{who} may not report this to Trade Map; get_countries tells what it reports.")


def _none(question: Question) -> Why | None:
    """27 partners of 254 areas were seen for one code (September 2026): what did not take place has no row."""
    if question.product == ALL and question.partner == WORLD:
        return None
    return Why(Reason.ZERO, "Trade that did not take place has no row in most tables; nobody reported a zero here.")


def _secret(question: Question) -> Why | None:
    if question.services or len(question.product) < len("8507") or not question.product.isdigit():
        return None
    text = f"Reporters put confidential trade under {UNTOLD}; what is there is not told by product."
    return Why(Reason.SUPPRESSED, text)

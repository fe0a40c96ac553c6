"""How far each reporter's figures go, by the service's own list where that is at hand; nothing is spent to learn it.

The list is the answer of `get_countries`, which is kept for two weeks. First years, and kinds of trade that a country
does not report, are believed as long as it is kept. The last year is only believed for a day: a country may publish
its next one any time, and what is refused by an old list could not be asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tradestat_tools.codes.hs import hs_status
from tradestat_tools.contract.context import Services
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.trademap.api import DAY, country_list
from tradestat_tools.sources.trademap.history import earlier_call, earlier_text, since
from tradestat_tools.sources.trademap.labels import area_label, area_of, named
from tradestat_tools.sources.trademap.question import Question
from tradestat_tools.sources.trademap.remedies import again, partners_side
from tradestat_tools.sources.trademap.wire.envelope import SOURCE_ID
from tradestat_tools.sources.trademap.wire.payloads import Country

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


async def known(services: Services) -> Known | None:
    """The list of countries where it is remembered or stored; nothing is sent."""
    found = await country_list(services)
    if found is None:
        return None
    age = services.upstream.time() - found.retrieved_at.timestamp()
    return Known(found.countries, found.retrieved_at, age)


async def reach_of(services: Services, question: Question) -> Reach | None:
    """How far the reporter's figures go; None where that is not known."""
    found = await known(services)
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

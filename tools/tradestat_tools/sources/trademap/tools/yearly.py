"""The tools for values by year: goods_time_series, services_time_series."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tradestat_tools.codes.groups import expansion
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import NoData, UpstreamRefused
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.trademap.absence import earlier_notes, refuse_uncovered, refused
from tradestat_tools.sources.trademap.answers.data import GroupOfRows, SeriesData
from tradestat_tools.sources.trademap.answers.rows import (
    lean_rows,
    main_total,
    require_echo,
    require_figures,
    within_years,
)
from tradestat_tools.sources.trademap.answers.tables import ask_table
from tradestat_tools.sources.trademap.arguments import (
    MAX_PAGE_SIZE,
    VALUATION,
    GoodsTimeSeriesArguments,
    ServicesTimeSeriesArguments,
    TableQuery,
    Yearly,
)
from tradestat_tools.sources.trademap.calendar import Known, Newest, Reach, known, not_over, years_asked
from tradestat_tools.sources.trademap.codes import group_word
from tradestat_tools.sources.trademap.flows import observe
from tradestat_tools.sources.trademap.notes import (
    coverage_text,
    edition_notes,
    gap_notes,
    more_rows,
    sum_notes,
    table_notes,
    unit_notes,
    unread_note,
)
from tradestat_tools.sources.trademap.service import SERVICE, SOURCE_ID
from tradestat_tools.sources.trademap.tools.members import (
    Members,
    ask_members,
    late_note,
    missing_note,
    only_members,
    partner_notes,
    sorted_by_newest,
    sum_of_partners,
    sum_of_reporters,
)
from tradestat_tools.sources.trademap.wire.payloads import THOUSAND_USD, Page, stated_units
from tradestat_tools.upstream.request import Fetched


@dataclass(frozen=True, slots=True)
class Settled:
    """A question with its years in numbers, none of them still to come.

    Args:
        listed: how far each country has come, where that is known.
        reach: how far the one reporter has come; None for a group, and where it is not known.
        notes: how the question was read.
    """

    query: TableQuery
    listed: Known | None
    reach: Reach | None
    notes: list[Note]


async def time_series(context: Context, asked: Yearly) -> Answer[SeriesData]:
    """Values by year.

    Raises:
        NoData: there is no figure, or it is known before asking that there can be none.
        TooLarge: it would take more calls than allowed.
        TradestatError: what the service answered, or that it did not.
    """
    settled = await _settled(context, asked)
    first, last = settled.query.period_from or None, settled.query.period_to or None
    for argument, group in asked.groups.items():  # one at most
        members = Members(expansion(group, first_year=first, last_year=last), argument)
        if argument == "country":
            return await _of_reporters(context, asked, settled, members)
        return await _of_one(context, asked, settled, members)
    return await _of_one(context, asked, settled, None)


async def _settled(context: Context, asked: Yearly) -> Settled:
    """The years in numbers, as far as they are over.

    Raises:
        NoData: it is known that there can be no figure; nothing was sent.
    """
    this_year = context.today.year
    listed = await known(context)
    query = asked.query()
    years = years_asked(asked.period_from, asked.period_to, lambda: _newest(this_year, asked, query, listed))
    query = replace(query, period_from=years.first, period_to=years.last)
    reach = listed.reach(query.country, query.coverage) if listed and query.country else None
    groups = {argument: group_word(group) for argument, group in asked.groups.items()}
    refuse_uncovered(replace(query, **groups), reach, this_year)
    notes = [*asked.readings(), *([years.note] if years.note else [])]
    if years.last >= this_year:
        text = not_over(range(this_year, years.last + 1))
        notes.append(Note(code=NoteCode.LAG, text=text, reason=Reason.NOT_YET_PUBLISHED))
        query = replace(query, period_to=this_year - 1)
    return Settled(query, listed, reach, notes)


def _newest(this_year: int, asked: Yearly, query: TableQuery, listed: Known | None) -> Newest:
    """What "latest" stands for: the reporter's own newest year, that of all members, or the last year that is over."""
    over = this_year - 1
    group = asked.country.group
    codes = Members(expansion(group), "country").codes if group else (query.country,)
    found = [listed.reach(code, query.coverage) for code in codes] if listed else []
    reaches = [reach for reach in found if reach is not None]
    lasts = [reach.last for reach in reaches if reach.last is not None]
    if lasts and len(reaches) == len(codes):
        whose = "every member that reports has come to it" if group else "it is the reporter's newest"
        return Newest(min(*lasts, over), f"By Trade Map's list of {reaches[0].listed} {whose}.")
    text = f"{over} is the last year that is over; only get_countries, once asked, tells how far a reporter has come."
    return Newest(over, text)


async def _of_one(context: Context, asked: Yearly, settled: Settled, partners: Members | None) -> Answer[SeriesData]:
    """One reporter's table; of a group of partners, the members' rows in the table of all partners."""
    query, reach, this_year = settled.query, settled.reach, context.today.year
    if partners:
        query = replace(query, page_size=MAX_PAGE_SIZE)
    try:
        table = await ask_table(context, query, asked.max_calls if asked.all_pages or partners else None)
    except UpstreamRefused as error:
        raise refused(query, error) from None
    whole, other_years = within_years(table.page, query)
    require_figures(whole, query, reach, this_year)
    require_echo(whole, query)
    page, missing = only_members(whole, partners) if partners else (whole, {})
    periods = _periods(whole)
    total = main_total(whole, query)
    summed = sum_of_partners(page, whole, total, periods) if partners else None
    first, last = _first_and_last(query, periods)
    notes = [
        *settled.notes,
        *(partner_notes(partners, page, missing, summed) if partners else ()),
        *edition_notes(query, page, first, last),
        *table.notes,
        *table_notes(whole, query, table.wire, total),
        *([] if partners else sum_notes(page, query, total, periods)),
        *([] if other_years else earlier_notes(query, first)),
        # Where the period was ignored, a year that did not come is not known to be missing.
        *([other_years] if other_years else gap_notes(whole, query, total, reach=reach, this_year=this_year)),
    ]
    return _answer(
        query,
        page,
        periods,
        fetched=table.fetched,
        notes=notes,
        what=query.what(_in_words(periods), partner=partners.name if partners else ""),
        coverage=coverage_text(query, reach),
        group=partners.rows(missing, summed) if partners else None,
        more=more_rows(page, query),
    )


async def _of_reporters(context: Context, asked: Yearly, settled: Settled, group: Members) -> Answer[SeriesData]:
    """A row for each member of a group, which is its own total."""
    query = settled.query
    reported = await ask_members(context, query, group, listed=settled.listed, max_calls=asked.max_calls)
    page = sorted_by_newest(reported.page, asked.sort_dir)
    if not page.records:
        raise NoData(
            f"Trade Map holds no figure for {query.what(reporter=group.name)}.",
            remedy="See how far the members have come with get_countries, or ask earlier years.",
            why=list({why.reason: why for why in reversed(reported.whys)}.values())[::-1],
            source=SOURCE_ID,
        )
    periods = _periods(page)
    summed, about = sum_of_reporters(page, reported.missing, query, periods)
    notes = [
        *settled.notes,
        group.note(),
        *missing_note(reported.missing),
        *late_note(page, periods, query, settled.listed),
        *about,
        *edition_notes(query, page, *_first_and_last(query, periods)),
        *([unread_note(page.unread)] if page.unread else []),
        *unit_notes(page),
        *reported.notes,
    ]
    return _answer(
        query,
        page,
        periods,
        fetched=reported.fetched,
        notes=notes,
        what=query.what(_in_words(periods), reporter=group.name),
        coverage=None,
        group=group.rows(reported.missing, summed),
        more="country=<a member>, all else the same, gives its partners; its first page is stored.",
    )


def _answer(
    query: TableQuery,
    page: Page,
    periods: list[str],
    *,
    fetched: Sequence[Fetched[Page]],
    notes: list[Note],
    what: str,
    coverage: str | None,
    group: GroupOfRows | None,
    more: str | None,
) -> Answer[SeriesData]:
    """The rows with what is known of them."""
    units = sorted(stated_units(page.everything, set(periods)), key=lambda text: text == THOUSAND_USD)
    stated = ", ".join(units[:4]) or THOUSAND_USD
    if stated != THOUSAND_USD:
        notes.append(Note(code=NoteCode.UNIT, text=f"The service states {stated}, not the usual {THOUSAND_USD}."))
        group = group.model_copy(update={"sum": None}) if group else None
    rounded_to = round(page.step * 1000) if page.step > 1 else None
    return Answer(
        what=what,
        data=SeriesData(unit=stated, rounded_to=rounded_to, periods=periods, **lean_rows(page, query, periods, group)),
        source=provenance(
            SERVICE,
            query.tool,
            fetched,
            unit=stated,
            currency="USD" if stated == THOUSAND_USD else None,
            valuation=None if query.services else VALUATION[query.trade_flow],
            coverage=coverage,
        ),
        notes=notes,
        more=more,
    )


def _in_words(periods: Sequence[str]) -> str:
    return periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"


def _periods(page: Page) -> list[str]:
    return sorted({period for record in page.everything for period in record.cells})


def _first_and_last(query: TableQuery, periods: Sequence[str]) -> tuple[int, int]:
    """The years asked for, or those answered where the service chose."""
    return query.period_from or int(periods[0]), query.period_to or int(periods[-1])


COST = "1 credit"

GOODS_TIME_SERIES = Tool(
    name="goods_time_series",
    title="Trade Map: goods by year",
    description=(
        "Yearly goods trade of one reporting country in thousand USD: by partner (by=byCountry) or by HS code "
        "(by=byProduct), with the total apart in aggregateRecords. Covers 200+ countries, HS 2, 4 and 6 digits. "
        "Use it for levels and trends; goods_trade_indicators gives growth and balance of the newest year, "
        "comtrade_data quantities and an independent check, the Korean and Chinese tools months. World (000) is a "
        "partner, not a reporter; a group (EU, ASEAN) may be either."
    ),
    arguments=GoodsTimeSeriesArguments,
    data=SeriesData,
    run=time_series,
    observe=observe,
    example={
        "country": "410",
        "partner": "000",
        "product": "850760",
        "by": "byCountry",
        "trade_flow": "I",
        "period_from": 2022,
        "period_to": 2024,
        "page_size": 10,
    },
    cost=COST,
)

SERVICES_TIME_SERIES = Tool(
    name="services_time_series",
    title="Trade Map: services by year",
    description=(
        "Yearly services trade of one reporting country in thousand USD: by partner (by=byCountry) or by EBOPS 2010 "
        "item (by=byService), with the total apart in aggregateRecords. Use it for transport, travel, business "
        "services and so on; goods are in goods_time_series. Large tables are slow: name one service where you can, "
        "and keep sort_dir=desc. get_services_ebops lists the items."
    ),
    arguments=ServicesTimeSeriesArguments,
    data=SeriesData,
    run=time_series,
    observe=observe,
    example={
        "country": "156",
        "service": "ALL",
        "by": "byService",
        "trade_flow": "E",
        "period_from": 2022,
        "period_to": 2024,
        "page_size": 20,
    },
    cost=COST,
)

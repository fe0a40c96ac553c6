"""The tools for values by year: goods_time_series and services_time_series."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tradestat_tools.codes.units import unit
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import NoData, UpstreamRefused
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.trademap.absence import (
    Known,
    Reach,
    coverage_text,
    earlier_notes,
    known,
    not_over,
    refuse_uncovered,
    refused,
)
from tradestat_tools.sources.trademap.answers.data import THOUSAND_USD, GroupOfRows, SeriesData
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
    Question,
    ServicesTimeSeriesArguments,
    Spell,
    common_arguments,
    goods_question,
    product_arguments,
    resolved_notes,
    services_question,
)
from tradestat_tools.sources.trademap.calendar import Newest, years_asked
from tradestat_tools.sources.trademap.codes import is_group
from tradestat_tools.sources.trademap.flows import observe_goods, observe_services
from tradestat_tools.sources.trademap.notes import edition_notes, gap_notes, more_rows, sum_notes, table_notes
from tradestat_tools.sources.trademap.service import SERVICE, SOURCE_ID
from tradestat_tools.sources.trademap.tools.members import (
    Members,
    ask_members,
    late_note,
    members_of,
    missing_note,
    only_members,
    partner_notes,
    sorted_by_newest,
    sum_of_partners,
    sum_of_reporters,
)
from tradestat_tools.sources.trademap.wire.payloads import Page, parse_series
from tradestat_tools.upstream.request import Fetched


@dataclass(frozen=True, slots=True)
class Asking:
    """What was asked, of which endpoint, and how a question is sent to it."""

    endpoint: str
    arguments: GoodsTimeSeriesArguments | ServicesTimeSeriesArguments
    spell: Spell


@dataclass(frozen=True, slots=True)
class Settled:
    """A question with its years in numbers, none of them still to come.

    Args:
        listed: how far each country has come, where that is known.
        reach: how far the one reporter has come; None for a group, and where it is not known.
        notes: how the question was read.
    """

    question: Question
    listed: Known | None
    reach: Reach | None
    notes: list[Note]


async def yearly(context: Context, asking: Asking, question: Question, notes: list[Note]) -> Answer[SeriesData]:
    """Values by year.

    Raises:
        NoData: there is no figure, or it is known before asking that there can be none.
        TooLarge: it would take more calls than allowed.
        TradestatError: what the service answered, or that it did not.
    """
    settled = await _settled(context, asking, question, notes)
    years = {"first": settled.question.period_from, "last": settled.question.period_to}
    if reporters := members_of("country", asking.arguments.country, **years):
        return await _of_reporters(context, asking, settled, reporters)
    return await _of_one(context, asking, settled, members_of("partner", asking.arguments.partner, **years))


async def _settled(context: Context, asking: Asking, question: Question, notes: list[Note]) -> Settled:
    """The years in numbers, as far as they are over.

    Raises:
        NoData: it is known that there can be no figure; nothing was sent.
    """
    this_year = context.today.year
    listed = await known(context)
    asked = asking.arguments
    years = years_asked(asked.period_from, asked.period_to, lambda: _newest(this_year, question, asked.country, listed))
    question = replace(question, period_from=years.first, period_to=years.last)
    reach = listed.reach(question.country, question.coverage) if listed and question.country else None
    groups = {name: word for name in ("country", "partner") if is_group(word := getattr(asked, name))}
    refuse_uncovered(replace(question, **groups), reach, this_year)
    found = [*notes, *([years.note] if years.note else [])]
    if years.last >= this_year:
        text = not_over(range(this_year, years.last + 1))
        found.append(Note(code=NoteCode.LAG, text=text, reason=Reason.NOT_YET_PUBLISHED))
        question = replace(question, period_to=this_year - 1)
    return Settled(question, listed, reach, found)


def _newest(this_year: int, question: Question, country: str, listed: Known | None) -> Newest:
    """What "latest" stands for: the reporter's own newest year, that of all members, or the last year that is over."""
    over = this_year - 1
    group = None if question.country else members_of("country", country, first=0, last=0)
    codes = group.codes if group else (question.country,)
    reaches = [listed.reach(code, question.coverage) for code in codes] if listed else []
    lasts = [reach.last for reach in reaches if reach.last is not None]
    if lasts:
        whose = "every member that reports has come to it" if group else "it is the reporter's newest"
        return Newest(min(*lasts, over), f"By Trade Map's list of {reaches[0].listed} {whose}.")
    text = f"{over} is the last year that is over; only get_countries, once asked, tells how far a reporter has come."
    return Newest(over, text)


async def _of_one(context: Context, asking: Asking, settled: Settled, partners: Members | None) -> Answer[SeriesData]:
    """One reporter's table; of a group of partners, the members' rows in the table of all partners."""
    question, reach, this_year = settled.question, settled.reach, context.today.year
    asked = asking.arguments
    if partners:
        asked = asked.model_copy(update={"all_pages": True, "page_size": MAX_PAGE_SIZE})
        question = replace(question, page_size=MAX_PAGE_SIZE)
    try:
        sent = asking.spell(question)
        table = await ask_table(context, asking.endpoint, question, asked, sent, parse=parse_series)
    except UpstreamRefused as error:
        raise refused(question, error) from None
    whole, other_years = within_years(table.page, question)
    require_figures(whole, question, reach, this_year)
    require_echo(whole, question)
    page, missing = only_members(whole, partners) if partners else (whole, {})
    periods = _periods(whole)
    total = main_total(whole, question)
    summed = sum_of_partners(page, whole, total, periods) if partners else None
    notes = [
        *settled.notes,
        *(partner_notes(partners, missing, summed) if partners else ()),
        *edition_notes(question, page, *_span(question, periods)),
        *table.notes,
        *table_notes(whole, question, table.wire, total),
        *([] if partners else sum_notes(page, question, total, periods)),
        *([] if other_years else earlier_notes(question, _span(question, periods)[0])),
        # Where the period was ignored, a year that did not come is not known to be missing.
        *([other_years] if other_years else gap_notes(whole, question, total, reach=reach, this_year=this_year)),
    ]
    return _answer(
        asking,
        question,
        page,
        periods,
        fetched=table.fetched,
        notes=notes,
        what=question.what(_said(periods), partner=partners.name if partners else ""),
        coverage=coverage_text(question, reach),
        group=partners.rows(missing, summed) if partners else None,
        more=more_rows(page, question),
    )


async def _of_reporters(context: Context, asking: Asking, settled: Settled, group: Members) -> Answer[SeriesData]:
    """A row for each member of a group, which is its own total."""
    question, asked = settled.question, asking.arguments
    reported = await ask_members(
        context,
        asking.endpoint,
        question,
        group,
        spell=asking.spell,
        listed=settled.listed,
        max_calls=asked.max_calls,
        parse=parse_series,
    )
    page = sorted_by_newest(reported.page, asked.sort_dir)
    if not page.records:
        raise NoData(
            f"Trade Map holds no figure for {question.what(question.years or 'any year', reporter=group.name)}.",
            remedy="See how far the members have come with get_countries, or ask earlier years.",
            why=list({why.reason: why for why in reversed(reported.whys)}.values())[::-1],
            source=SOURCE_ID,
        )
    periods = _periods(page)
    summed, about = sum_of_reporters(page, reported.missing, question, periods)
    notes = [
        *settled.notes,
        group.note(),
        *missing_note(reported.missing),
        *late_note(page, periods, question, settled.listed),
        *about,
        *edition_notes(question, page, *_span(question, periods)),
        *reported.notes,
    ]
    return _answer(
        asking,
        question,
        page,
        periods,
        fetched=reported.fetched,
        notes=notes,
        what=question.what(_said(periods), reporter=group.name),
        coverage=None,
        group=group.rows(reported.missing, summed),
        more="country=<a member>, all else the same, gives its partners; its first page is stored.",
        own="reporter",
    )


def _answer(
    asking: Asking,
    question: Question,
    page: Page,
    periods: list[str],
    *,
    fetched: Sequence[Fetched[Page]],
    notes: list[Note],
    what: str,
    coverage: str | None,
    group: GroupOfRows | None,
    more: str | None,
    own: str = "",
) -> Answer[SeriesData]:
    """The rows with what is known of them."""
    stated = stated_unit(page)
    if stated != THOUSAND_USD:
        notes.append(Note(code=NoteCode.UNIT, text=f"The service states {stated}, not the usual {THOUSAND_USD}."))
    rows = lean_rows(page, question, periods, own=own)
    if group is not None:
        rows["group"] = group if stated == THOUSAND_USD else group.model_copy(update={"sum": None})
        if group.argument == "partner":
            rows["partner"] = group.id
    return Answer(
        what=what,
        data=SeriesData(
            trade_flow=question.trade_flow,
            by=question.by,
            unit=stated,
            nbRecords=page.nbRecords,
            page=page.page,
            nbRecordPerPage=page.nbRecordPerPage,
            nbPages=page.nbPages,
            periods=periods,
            **rows,
        ),
        source=provenance(
            SERVICE,
            asking.endpoint,
            fetched,
            unit=stated,
            currency="USD" if stated == THOUSAND_USD else None,
            valuation=None if question.services else VALUATION[question.trade_flow],
            coverage=coverage,
        ),
        notes=notes,
        more=more,
    )


def _said(periods: Sequence[str]) -> str:
    return periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"


def _periods(page: Page) -> list[str]:
    return sorted({period for record in (*page.records, *page.aggregateRecords) for period in record.cells})


def _span(question: Question, periods: Sequence[str]) -> tuple[int, int]:
    """The years asked for, or those answered where the service chose."""
    return question.period_from or int(periods[0]), question.period_to or int(periods[-1])


def stated_unit(page: Page) -> str:
    """Thousand US dollars, which goes without saying at Trade Map, or whatever else the figures say of themselves."""
    said = {cell.unit for r in (*page.records, *page.aggregateRecords) for cell in r.cells.values() if cell.unit}
    others = sorted(text for text in said if not _is_thousand_usd(text))[:3]
    if not others:
        return THOUSAND_USD
    return ", ".join([*others, THOUSAND_USD] if any(map(_is_thousand_usd, said)) else others)


def _is_thousand_usd(text: str) -> bool:
    try:
        return unit(text) == "thousand_usd"
    except CodeError:
        return False


COST = "1 credit"


async def goods_time_series(context: Context, asked: GoodsTimeSeriesArguments) -> Answer[SeriesData]:
    """Yearly values of goods."""

    def spell(question: Question) -> dict[str, str | int]:
        return {**common_arguments(question, asked.sort_by, asked.sort_dir), **product_arguments(question)}

    notes = resolved_notes(country=asked.country, partner=asked.partner, product=asked.product)
    return await yearly(context, Asking("goods_time_series", asked, spell), goods_question(asked), notes)


async def services_time_series(context: Context, asked: ServicesTimeSeriesArguments) -> Answer[SeriesData]:
    """Yearly values of services."""

    def spell(question: Question) -> dict[str, str | int]:
        return {**common_arguments(question, asked.sort_by, asked.sort_dir), "service": question.product}

    notes = resolved_notes(country=asked.country, partner=asked.partner, service=asked.service)
    return await yearly(context, Asking("services_time_series", asked, spell), services_question(asked), notes)


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
    run=goods_time_series,
    observe=observe_goods,
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
    run=services_time_series,
    observe=observe_services,
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

"""The tools for values by year: goods_time_series and services_time_series."""

from tradestat_tools.answers import Answer, Note, NoteCode
from tradestat_tools.codes.breaks import breaks_text
from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.units import unit
from tradestat_tools.endpoint import Endpoint
from tradestat_tools.services import Services, provenance
from tradestat_tools.sources.trademap.arguments import GoodsTimeSeriesArguments, Paged, ServicesTimeSeriesArguments
from tradestat_tools.sources.trademap.client import known_country
from tradestat_tools.sources.trademap.data import THOUSAND_USD, SeriesData
from tradestat_tools.sources.trademap.notes import gap_notes, more_rows, sum_notes, table_notes
from tradestat_tools.sources.trademap.payloads import Page, parse_series
from tradestat_tools.sources.trademap.question import (
    VALUATION,
    Question,
    goods_question,
    refuse_unpublished,
    resolved_notes,
    services_question,
)
from tradestat_tools.sources.trademap.rows import lean_rows, main_total, require_echo, require_figures, within_years
from tradestat_tools.sources.trademap.tables import ask_table
from tradestat_tools.sources.trademap.wire import SERVICE

COST = "1 credit"


async def goods_time_series(services: Services, asked: GoodsTimeSeriesArguments) -> Answer[SeriesData]:
    """Yearly values of goods."""
    question = goods_question(asked, period_from=asked.period_from, period_to=asked.period_to)
    return await _series(
        services,
        "goods_time_series",
        question,
        asked,
        {**common_arguments(question, asked.sort_by, asked.sort_dir), **product_arguments(question)},
        notes=resolved_notes(country=(asked.country, question.country), partner=(asked.partner, question.partner)),
    )


async def services_time_series(services: Services, asked: ServicesTimeSeriesArguments) -> Answer[SeriesData]:
    """Yearly values of services."""
    question = services_question(asked)
    return await _series(
        services,
        "services_time_series",
        question,
        asked,
        {**common_arguments(question, asked.sort_by, asked.sort_dir), "service": question.product},
        notes=resolved_notes(
            country=(asked.country, question.country),
            partner=(asked.partner, question.partner),
            service=(asked.service, question.product),
        ),
    )


def common_arguments(question: Question, sort_by: str, sort_dir: str) -> dict[str, str | int]:
    """What every table is asked with, by our names; what is unset is left to the service."""
    sent: dict[str, str | int] = {
        "country": question.country,
        "partner": question.partner,
        "by": question.by,
        "trade_flow": question.trade_flow,
        "page": question.page,
        "page_size": question.page_size,
        "sort_dir": sort_dir,
    }
    optional = {"sort_by": sort_by, "period_from": question.period_from, "period_to": question.period_to}
    return sent | {name: value for name, value in optional.items() if value}


def product_arguments(question: Question) -> dict[str, str | int]:
    """What tables of goods are asked with besides."""
    return {"product": question.product} | ({"hs_level": question.hs_level} if question.hs_level else {})


def edition_notes(question: Question, page: Page, first_year: int, last_year: int) -> list[Note]:
    """What new editions of the Harmonized System did to the codes asked for and answered, in these years."""
    if question.services:
        return []
    codes = sorted({question.product, *(record.productCd for record in page.records)})
    text = breaks_text((code for code in codes if code.isdigit()), first_year, last_year)
    return [Note(code=NoteCode.EDITION_BREAK, text=text)] if text else []


def coverage_of(services: Services, question: Question) -> str | None:
    """The reporter's own coverage, where it is known."""
    known = known_country(services, question.country)
    span = known.coverage.get(question.coverage) if known else None
    return f"{known.label} reports {span[0]} to {span[1]}" if known and span else None


async def _series(
    services: Services,
    endpoint: str,
    question: Question,
    asked: Paged,
    sent: dict[str, str | int],
    *,
    notes: list[Note],
) -> Answer[SeriesData]:
    refuse_unpublished(services, question)
    table = await ask_table(services, endpoint, question, asked, sent, parse=parse_series)
    page, other_years = within_years(table.page, question)
    require_figures(page, question)
    require_echo(page, question)
    periods = sorted({period for r in (*page.records, *page.aggregateRecords) for period in r.cells})
    total = main_total(page, question)
    stated = stated_unit(page)
    first, last = question.period_from or int(periods[0][:4]), question.period_to or int(periods[-1][:4])
    notes = [
        *notes,
        *edition_notes(question, page, first, last),
        *table.notes,
        *table_notes(page, question, table.wire, total),
        *sum_notes(page, question, total, periods),
        # Where the period was ignored, a year that did not come is not known to be missing.
        *([other_years] if other_years else gap_notes(page, question, total, periods, services.today.year)),
    ]
    if stated != THOUSAND_USD:
        notes.append(Note(code=NoteCode.UNIT, text=f"The service states {stated}, not the usual {THOUSAND_USD}."))
    return Answer(
        what=question.what(periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"),
        data=SeriesData(
            trade_flow=question.trade_flow,
            by=question.by,
            unit=stated,
            nbRecords=page.nbRecords,
            page=page.page,
            nbRecordPerPage=page.nbRecordPerPage,
            nbPages=page.nbPages,
            periods=periods,
            **lean_rows(page, question, periods),
        ),
        source=provenance(
            SERVICE,
            endpoint,
            table.fetched,
            unit=stated,
            currency="USD" if stated == THOUSAND_USD else None,
            valuation=None if question.services else VALUATION[question.trade_flow],
            coverage=coverage_of(services, question),
        ),
        notes=notes,
        more=more_rows(page, question),
    )


def stated_unit(page: Page) -> str:
    """Thousand US dollars, which goes without saying at Trade Map, or whatever else the figures say of themselves."""
    said = {cell.unit for r in (*page.records, *page.aggregateRecords) for cell in r.cells.values() if cell.unit}
    others = {text for text in said if not _is_thousand_usd(text)}
    return ", ".join(sorted(others)[:3]) if others else THOUSAND_USD


def _is_thousand_usd(text: str) -> bool:
    try:
        return unit(text) == "thousand_usd"
    except CodeError:
        return False


GOODS_TIME_SERIES = Endpoint(
    name="goods_time_series",
    title="Trade Map: goods by year",
    description=(
        "Yearly goods trade of one reporting country in thousand USD: by partner (by=byCountry) or by HS code "
        "(by=byProduct), with the total apart in aggregateRecords. Covers 200+ countries, HS 2, 4 and 6 digits. "
        "Use it for levels and trends; goods_trade_indicators gives growth and balance of the newest year, "
        "comtrade_data quantities and an independent check, the Korean and Chinese tools months. World (000) is a "
        "partner, not a reporter."
    ),
    arguments=GoodsTimeSeriesArguments,
    data=SeriesData,
    run=goods_time_series,
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

SERVICES_TIME_SERIES = Endpoint(
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

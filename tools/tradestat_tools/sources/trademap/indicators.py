"""The tool for indicators of the newest year: goods_trade_indicators."""

from collections.abc import Mapping

from tradestat_tools.answers import Answer, Note, NoteCode
from tradestat_tools.endpoint import Endpoint
from tradestat_tools.services import Services, provenance
from tradestat_tools.sources.trademap.arguments import GoodsTradeIndicatorsArguments
from tradestat_tools.sources.trademap.data import THOUSAND_USD, Indicator, IndicatorsData
from tradestat_tools.sources.trademap.notes import more_rows, sum_notes, table_notes
from tradestat_tools.sources.trademap.payloads import parse_indicators
from tradestat_tools.sources.trademap.question import VALUATION, goods_question, resolved_notes
from tradestat_tools.sources.trademap.rows import lean_rows, main_total, require_echo, require_figures
from tradestat_tools.sources.trademap.series import (
    COST,
    common_arguments,
    coverage_of,
    edition_notes,
    product_arguments,
)
from tradestat_tools.sources.trademap.tables import ask_table
from tradestat_tools.sources.trademap.wire import SERVICE

PERCENT = "%"

KNOWN: Mapping[str, tuple[str, str]] = {
    "VAL": (THOUSAND_USD, "trade value"),
    "BAL": (THOUSAND_USD, "trade balance, exports less imports"),
    "GV5": (PERCENT, "growth of value over 5 years"),
    "GV2": (PERCENT, "growth of value over 2 years"),
    "GV5W": (PERCENT, "growth of world trade over 5 years"),
}
"""Documented indicators. The service has others; they are passed on without a unit, because none is documented."""

COMPARED_YEARS = {"GV5": 5, "GV5W": 5, "GV2": 2}
"""Years before the reference year that an indicator compares it with; the others are of that year alone."""


async def goods_trade_indicators(services: Services, asked: GoodsTradeIndicatorsArguments) -> Answer[IndicatorsData]:
    """Indicators of goods trade in the newest reference year."""
    question = goods_question(asked)
    wanted = list(dict.fromkeys(asked.indicators))
    table = await ask_table(
        services,
        "goods_trade_indicators",
        question,
        asked,
        {
            **common_arguments(question, asked.sort_by, asked.sort_dir),
            **product_arguments(question),
            "indicators": ",".join(wanted),
        },
        parse=parse_indicators,
    )
    page = table.page
    require_figures(page, question)
    require_echo(page, question)
    given = dict.fromkeys(name for r in (*page.aggregateRecords, *page.records) for name in r.cells)
    order = [name for name in wanted if name in given] + [name for name in given if name not in wanted]
    total = main_total(page, question)
    year = page.refYear or services.today.year
    notes = [
        *resolved_notes(country=(asked.country, question.country), partner=(asked.partner, question.partner)),
        *edition_notes(question, page, year - max(COMPARED_YEARS.get(name, 0) for name in order), year),
        *table.notes,
        *table_notes(page, question, table.wire, total),
        *sum_notes(page, question, total, ["VAL"]),
    ]
    if absent := [name for name in wanted if name not in given]:
        notes.append(Note(code=NoteCode.ABSENT, text=f"The service gave no {', '.join(absent)}: missing, not zero."))
    if "BAL" in given and question.trade_flow != "TB":
        text = "BAL sets exports, mostly FOB, against imports, mostly CIF."
        notes.append(Note(code=NoteCode.VALUATION, text=text))
    return Answer(
        what=question.what(f"indicators of {page.refYear}" if page.refYear else "indicators, year not stated"),
        data=IndicatorsData(
            trade_flow=question.trade_flow,
            by=question.by,
            refYear=page.refYear,
            indicators=[_indicator(name) for name in order],
            nbRecords=page.nbRecords,
            page=page.page,
            nbRecordPerPage=page.nbRecordPerPage,
            nbPages=page.nbPages,
            **lean_rows(page, question, order),
        ),
        source=provenance(
            SERVICE,
            "goods_trade_indicators",
            table.fetched,
            unit=f"{THOUSAND_USD} (VAL, BAL), % (growth)",
            currency="USD",
            valuation=VALUATION[question.trade_flow],
            coverage=coverage_of(services, question),
        ),
        notes=notes,
        more=more_rows(page, question),
    )


def _indicator(code: str) -> Indicator:
    unit, meaning = KNOWN.get(code, (None, None))
    return Indicator(indicatorCd=code, unit=unit, meaning=meaning)


GOODS_TRADE_INDICATORS = Endpoint(
    name="goods_trade_indicators",
    title="Trade Map: goods indicators",
    description=(
        "Indicators of one reporting country's goods trade in the newest reference year (refYear): value VAL and "
        "balance BAL in thousand USD, growth GV5 and GV2 and that of the world GV5W in percent; by partner or by HS "
        "code. Use it to rank markets or products by size and growth in one call; goods_time_series gives the years "
        "themselves. Growth figures must not be added up."
    ),
    arguments=GoodsTradeIndicatorsArguments,
    data=IndicatorsData,
    run=goods_trade_indicators,
    example={
        "country": "156",
        "partner": "000",
        "product": "85",
        "by": "byProduct",
        "hs_level": 4,
        "trade_flow": "E",
        "page_size": 10,
    },
    cost=COST,
)

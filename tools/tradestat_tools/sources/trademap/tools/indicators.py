"""The tool for indicators of the newest year: goods_trade_indicators."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import UpstreamRefused
from tradestat_tools.sources.trademap.absence import coverage_text, reach_of, refuse_uncovered, refused
from tradestat_tools.sources.trademap.answers.data import THOUSAND_USD, Indicator, IndicatorsData
from tradestat_tools.sources.trademap.answers.rows import lean_rows, main_total, require_echo, require_figures
from tradestat_tools.sources.trademap.answers.tables import ask_table
from tradestat_tools.sources.trademap.arguments import (
    MAX_PAGE_SIZE,
    VALUATION,
    GoodsTradeIndicatorsArguments,
    common_arguments,
    goods_question,
    product_arguments,
    resolved_notes,
)
from tradestat_tools.sources.trademap.notes import edition_notes, more_rows, sum_notes, table_notes
from tradestat_tools.sources.trademap.service import SERVICE
from tradestat_tools.sources.trademap.tools.members import members_of, only_members, partner_notes
from tradestat_tools.sources.trademap.tools.yearly import COST
from tradestat_tools.sources.trademap.wire.envelope import is_stale
from tradestat_tools.sources.trademap.wire.payloads import parse_indicators

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


async def goods_trade_indicators(context: Context, asked: GoodsTradeIndicatorsArguments) -> Answer[IndicatorsData]:
    """Indicators of goods trade in the newest reference year."""
    question = goods_question(asked)
    reach = await reach_of(context, question)
    refuse_uncovered(question, reach, context.today.year)
    partners = members_of("partner", asked.partner, first=0, last=0)
    if partners:
        asked = asked.model_copy(update={"all_pages": True, "page_size": MAX_PAGE_SIZE})
        question = replace(question, page_size=MAX_PAGE_SIZE)
    wanted = list(dict.fromkeys(asked.indicators))
    sent = {
        **common_arguments(question, asked.sort_by, asked.sort_dir),
        **product_arguments(question),
        "indicators": ",".join(wanted),
    }
    try:
        table = await ask_table(context, "goods_trade_indicators", question, asked, sent, parse=parse_indicators)
    except UpstreamRefused as error:
        raise _refused(wanted, error) or refused(question, error) from None
    whole = table.page
    require_figures(whole, question, reach, context.today.year)
    require_echo(whole, question)
    page, missing = only_members(whole, partners) if partners else (whole, {})
    given = dict.fromkeys(name for r in (*page.aggregateRecords, *page.records) for name in r.cells)
    order = [name for name in wanted if name in given] + [name for name in given if name not in wanted]
    total = main_total(page, question)
    year = page.refYear or context.today.year
    notes = [
        *resolved_notes(country=asked.country, partner=asked.partner, product=asked.product),
        *(partner_notes(partners, missing, None) if partners else ()),
        *edition_notes(question, page, year - max(COMPARED_YEARS.get(name, 0) for name in order), year),
        *table.notes,
        *table_notes(whole, question, table.wire, total),
        *([] if partners else sum_notes(page, question, total, ["VAL"])),
    ]
    if absent := [name for name in wanted if name not in given]:
        notes.append(
            Note(
                code=NoteCode.ABSENT,
                text=f"The service gave no {', '.join(absent)}: missing, not zero; it does not say why.",
            )
        )
    if "BAL" in given and question.trade_flow != "TB":
        text = "BAL sets exports, mostly FOB, against imports, mostly CIF."
        notes.append(Note(code=NoteCode.VALUATION, text=text))
    rows = lean_rows(page, question, order)
    if partners:
        rows |= {"group": partners.rows(missing, None), "partner": partners.expansion.group.id}
    return Answer(
        what=question.what(
            f"indicators of {page.refYear}" if page.refYear else "indicators, year not stated",
            partner=partners.name if partners else "",
        ),
        data=IndicatorsData(
            trade_flow=question.trade_flow,
            by=question.by,
            refYear=page.refYear,
            indicators=[_indicator(name) for name in order],
            nbRecords=page.nbRecords,
            page=page.page,
            nbRecordPerPage=page.nbRecordPerPage,
            nbPages=page.nbPages,
            **rows,
        ),
        source=provenance(
            SERVICE,
            "goods_trade_indicators",
            table.fetched,
            unit=f"{THOUSAND_USD} (VAL, BAL), % (growth)",
            currency="USD",
            valuation=VALUATION[question.trade_flow],
            coverage=coverage_text(question, reach),
        ),
        notes=notes,
        more=more_rows(page, question),
    )


def _refused(wanted: Sequence[str], error: UpstreamRefused) -> UpstreamRefused | None:
    """The same refusal where an indicator that is not documented was asked for, which is then the likeliest cause."""
    others = [code for code in wanted if code not in KNOWN]
    if not others or not is_stale(error):
        return None
    text = f"{', '.join(others)} {'is' if len(others) == 1 else 'are'} not among the documented indicators"
    remedy = f"Leave out what the service may not have: {text} ({', '.join(KNOWN)})."
    return UpstreamRefused(error.message, remedy=remedy, source=error.source)


def _indicator(code: str) -> Indicator:
    unit, meaning = KNOWN.get(code, (None, None))
    return Indicator(indicatorCd=code, unit=unit, meaning=meaning)


GOODS_TRADE_INDICATORS = Tool(
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

"""The tool for indicators of the newest year: goods_trade_indicators."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tradestat_tools.codes.groups import expansion
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import UpstreamRefused
from tradestat_tools.sources.trademap.absence import refuse_uncovered, refused
from tradestat_tools.sources.trademap.answers.data import Indicator, IndicatorsData
from tradestat_tools.sources.trademap.answers.rows import lean_rows, main_total, require_echo, require_figures
from tradestat_tools.sources.trademap.answers.tables import ask_table
from tradestat_tools.sources.trademap.arguments import MAX_PAGE_SIZE, VALUATION, GoodsTradeIndicatorsArguments
from tradestat_tools.sources.trademap.calendar import known
from tradestat_tools.sources.trademap.notes import coverage_text, edition_notes, more_rows, sum_notes, table_notes
from tradestat_tools.sources.trademap.service import SERVICE, is_stale
from tradestat_tools.sources.trademap.tools.members import Members, only_members, partner_notes
from tradestat_tools.sources.trademap.tools.yearly import COST
from tradestat_tools.sources.trademap.wire.payloads import PERCENT, THOUSAND_USD, Page, stated_units

KNOWN: Mapping[str, tuple[str, str]] = {
    "VAL": (THOUSAND_USD, "trade value"),
    "BAL": (THOUSAND_USD, "trade balance, exports less imports"),
    "GV5": (PERCENT, "growth of value over 5 years"),
    "GV2": (PERCENT, "growth of value over 2 years"),
    "GV5W": (PERCENT, "growth of world trade over 5 years"),
}
"""Documented indicators. The service has others; they are passed on without a unit, because none is documented."""

USUAL_UNITS = f"{THOUSAND_USD} (VAL, BAL), % (growth)"

COMPARED_YEARS = {"GV5": 5, "GV5W": 5, "GV2": 2}
"""Years before the reference year that an indicator compares it with; the others are of that year alone."""


async def goods_trade_indicators(context: Context, asked: GoodsTradeIndicatorsArguments) -> Answer[IndicatorsData]:
    """Indicators of goods trade in the newest reference year."""
    query, this_year = asked.query(), context.today.year
    listed = await known(context)
    reach = listed.reach(query.country, query.coverage) if listed else None
    refuse_uncovered(query, reach, this_year)
    partners = Members(expansion(asked.partner.group), "partner") if asked.partner.group else None
    if partners:
        query = replace(query, page_size=MAX_PAGE_SIZE)
    wanted = query.indicators
    try:
        table = await ask_table(context, query, asked.max_calls if asked.all_pages or partners else None)
    except UpstreamRefused as error:
        raise _refused(wanted, error) or refused(query, error) from None
    whole = table.page
    require_figures(whole, query, reach, this_year)
    require_echo(whole, query)
    page, missing = only_members(whole, partners) if partners else (whole, {})
    given = dict.fromkeys(name for record in page.everything for name in record.cells)
    order = [name for name in wanted if name in given] + [name for name in given if name not in wanted]
    total = main_total(page, query)
    year = page.refYear or this_year
    notes = [
        *asked.readings(),
        *(partner_notes(partners, page, missing, None) if partners else ()),
        *edition_notes(query, page, year - max(COMPARED_YEARS.get(name, 0) for name in order), year),
        *table.notes,
        *table_notes(whole, query, table.wire, total),
        *([] if partners else sum_notes(page, query, total, ["VAL"])),
    ]
    if absent := [name for name in wanted if name not in given]:
        text = f"The service gave no {', '.join(absent)}: missing, not zero; it does not say why."
        notes.append(Note(code=NoteCode.ABSENT, text=text))
    if "BAL" in given and query.trade_flow != "TB":
        text = "BAL sets exports, mostly FOB, against imports, mostly CIF."
        notes.append(Note(code=NoteCode.VALUATION, text=text))
    indicators = [_indicator(name, page) for name in order]
    others = [one for one in indicators if one.indicatorCd in KNOWN and one.unit != KNOWN[one.indicatorCd][0]]
    by_unit: dict[str, list[str]] = {}
    for one in indicators:
        by_unit.setdefault(one.unit or "not stated", []).append(one.indicatorCd)
    if others:
        text = ", ".join(f"{one.unit} for {one.indicatorCd}" for one in others)
        notes.append(Note(code=NoteCode.UNIT, text=f"The service states {text}, not the usual units."))
    when = f"indicators of {page.refYear}" if page.refYear else "indicators, year not stated"
    return Answer(
        what=query.what(when, partner=partners.name if partners else ""),
        data=IndicatorsData(
            refYear=page.refYear,
            indicators=indicators,
            **lean_rows(page, query, order, partners.rows(missing, None) if partners else None),
        ),
        source=provenance(
            SERVICE,
            query.tool,
            table.fetched,
            unit=", ".join(f"{unit} ({', '.join(names)})" for unit, names in by_unit.items())
            if others
            else USUAL_UNITS,
            currency=None if others else "USD",
            valuation=VALUATION[query.trade_flow],
            coverage=coverage_text(query, reach),
        ),
        notes=notes,
        more=more_rows(page, query),
    )


def _refused(wanted: Sequence[str], error: UpstreamRefused) -> UpstreamRefused | None:
    """The same refusal where an indicator that is not documented was asked for, which is then the likeliest cause."""
    others = [code for code in wanted if code not in KNOWN]
    if not others or not is_stale(error):
        return None
    text = f"{', '.join(others)} {'is' if len(others) == 1 else 'are'} not among the documented indicators"
    remedy = f"Leave out what the service may not have: {text} ({', '.join(KNOWN)})."
    return UpstreamRefused(error.message, remedy=remedy, source=error.source)


def _indicator(code: str, page: Page) -> Indicator:
    """An indicator with its unit: as the figures state it, else as it is documented."""
    usual, meaning = KNOWN.get(code, (None, None))
    stated = stated_units(page.everything, {code}, usual)
    return Indicator(indicatorCd=code, unit=", ".join(sorted(stated)[:3]) or usual, meaning=meaning)


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

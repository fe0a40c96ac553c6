"""The two tools: tables of trade, and what there is."""

from collections.abc import Sequence

from tradestat_tools.codes.hs import describe
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.words import fold
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import InvalidQuery, NoData, TooLarge
from tradestat_tools.sources.eurostat.answers import ReferenceData, TradeData, laid_out, plain, rows_of
from tradestat_tools.sources.eurostat.api import Table, ask, codes_below, select, structure
from tradestat_tools.sources.eurostat.arguments import (
    EXPORT,
    IMPORT,
    TOTAL,
    ReferenceArguments,
    Selection,
    TradeArguments,
)
from tradestat_tools.sources.eurostat.calendar import newest
from tradestat_tools.sources.eurostat.codes import EU, WORLD, current, kind, name
from tradestat_tools.sources.eurostat.flows import observe
from tradestat_tools.sources.eurostat.notes import notes_on
from tradestat_tools.sources.eurostat.service import COMEXT, DATASETS, SERVICE, SOURCE_ID, Dataset
from tradestat_tools.sources.eurostat.wire import Page
from tradestat_tools.upstream import Fetched

UNIT = "euros; weight in kg net"
VALUATION = "imports CIF, exports FOB"
COVERAGE = "special trade, within the EU and with others"

MOST_CODES = 1500
"""Codes that a list of products may ask for."""


async def eu_trade(context: Context, asked: TradeArguments) -> Answer[TradeData]:
    """A table of trade.

    Raises:
        TradestatError: as `select` and `ask`.
    """
    selection = await select(context, asked)
    table = await ask(context, selection)
    rows = rows_of(selection, table)
    return Answer[TradeData](
        what=_what(selection),
        data=laid_out(selection, rows),
        source=provenance(
            SERVICE,
            "eu_trade",
            table.fetched,
            unit=UNIT,
            currency="EUR",
            valuation=VALUATION,
            coverage=COVERAGE,
            published_at=table.updated,
        ),
        notes=list(notes_on(selection, table, rows, context.now())),
        more=None if selection.every_partner else 'partner="all" gives each partner; level the codes below.',
    )


def _some(codes: Sequence[str], word: str) -> str:
    return f"{len(codes)} {word}" if len(codes) > 3 else ", ".join(codes)


def _what(selection: Selection) -> str:
    """The answer's first line."""
    who = _some([f"{name(code)} ({code})" for code in selection.reporters], "reporters")
    whom = (
        "each partner"
        if selection.every_partner
        else _some([f"{name(code)} ({code})" for code in selection.named], "partners")
    )
    goods = _some([_good(code) for code in selection.products], "products")
    ways = " and ".join(way for code, way in ((IMPORT, "imports"), (EXPORT, "exports")) if code in selection.flows)
    first, last = selection.first, selection.last
    span = str(first) if first == last else f"{first} to {last}"
    return f"{who}: {ways} with {whom}, {goods}, {span}, {'yearly' if selection.freq == 'A' else 'monthly'}"


def _good(code: str) -> str:
    if code == TOTAL:
        return "all goods"
    label = describe(code) if len(code) <= 6 else None
    return f"{'CN' if len(code) == 8 else 'HS'} {code}{f' ({label})' if label else ''}"


async def eu_reference(context: Context, asked: ReferenceArguments) -> Answer[ReferenceData]:
    """A list: data sets, reporters, partners, or the products of a year.

    Raises:
        InvalidQuery: a year that the data set does not have.
        NoData: nothing in the list is as searched for.
        TradestatError: why the list can not be had.
    """
    dataset = DATASETS.get(asked.dataset, COMEXT)
    if asked.list == "datasets":
        return await _datasets(context)
    return await (_products if asked.list == "products" else _parties)(context, asked, dataset)


async def _datasets(context: Context) -> Answer[ReferenceData]:
    """The data sets, with the day of their last update as a small answer of each says it."""
    rows: list[list[str | int | float | None]] = []
    fetched: list[Fetched[Page]] = []
    year = newest(context.now(), "A")
    for one in DATASETS.values():
        asked = Selection(one, "A", ("DE",), (WORLD,), ("87",), (IMPORT,), (year,), year, named=(WORLD,))
        table = await ask(context, asked)
        fetched += table.fetched
        levels = ", ".join("CN 8" if level == 8 else f"HS {level}" for level in one.levels)
        rows.append([one.id, one.title, one.first_year, levels, table.updated.isoformat() if table.updated else None])
    data = ReferenceData(list="datasets", columns=["dataset", "title", "since", "products", "last update"], rows=rows)
    published = max((one.value.updated for one in fetched if one.value.updated), default=None)
    source = provenance(SERVICE, "eu_reference", fetched, published_at=published)
    return Answer(what="Data sets of Eurostat Comext", data=data, source=source)


async def _parties(context: Context, asked: ReferenceArguments, dataset: Dataset) -> Answer[ReferenceData]:
    found = await structure(context, dataset)
    of = "reporter" if asked.list == "reporters" else "partner"
    words = fold(asked.search)
    rows: list[list[str | int | float | None]] = [
        [code, name(current(code)), "country" if kind(current(code)) == "area" else kind(current(code))]
        for code in found.value[of]
        if not words or fold(code).startswith(words) or words in fold(name(current(code)))
    ]
    if not rows:
        raise _nothing(asked)
    source = provenance(SERVICE, "eu_reference", [found], coverage=f"codes of {dataset.id}; names are ours")
    data = ReferenceData(list=asked.list, columns=["code", "name", "kind"], rows=rows)
    return Answer(what=f"{asked.list.capitalize()} of {dataset.id}", data=data, source=source)


async def _products(context: Context, asked: ReferenceArguments, dataset: Dataset) -> Answer[ReferenceData]:
    last = newest(context.now(), "A").year
    year = asked.year or last
    if not dataset.first_year <= year <= last:
        raise InvalidQuery(
            f"{dataset.id} has the years {dataset.first_year} to {last}.",
            argument="year",
            allowed=f"{dataset.first_year} to {last}",
            nearest=(str(min(max(year, dataset.first_year), last)),),
        )
    codes = await _codes_searched(context, asked, dataset)
    when = Period(year)
    flows = (IMPORT, EXPORT)
    every = Selection(dataset, "A", (EU,), (WORLD,), codes, flows, (when,), when, named=(WORLD,))
    table = await ask(context, every)
    rows = _product_rows(table, dataset)
    source = provenance(
        SERVICE, "eu_reference", table.fetched, unit="euros", currency="EUR", valuation=VALUATION,
        coverage=f"{name(EU)} with the World, trade among members included", published_at=table.updated,
    )  # fmt: skip
    columns = ["code", "level", "label", "imports EUR", "exports EUR"]
    text = "Codes of several lengths contain each other; a CN code has no name here but that of its subheading."
    return Answer(
        what=f"Products with trade of the EU in {year}, {dataset.id}",
        data=ReferenceData(list="products", columns=columns, rows=rows),
        source=source,
        notes=[Note(code=NoteCode.DOUBLE_COUNTING, text=text)],
        more=f"Their trade: {call_text('eu_trade', product=str(rows[0][0]), partner='all', period=str(year))}.",
    )


async def _codes_searched(context: Context, asked: ReferenceArguments, dataset: Dataset) -> tuple[str, ...]:
    """The codes of any year that are searched for.

    Raises:
        NoData: none is.
        TooLarge: too many are.
    """
    digits = "".join(char for char in asked.search if char.isdecimal())
    level = asked.level or (0 if asked.search else 2)
    codes = await codes_below(context, dataset, [digits], level)
    if words := fold(asked.search) if not digits else "":
        codes = tuple(code for code in codes if words in fold(describe(code[:6]) or ""))
    if not codes:
        raise _nothing(asked)
    if len(codes) > MOST_CODES:
        raise TooLarge(
            f"{len(codes):,} codes are meant, and one answer may hold {MOST_CODES}.",
            remedy="Search with more digits, or a level of fewer.",
            source=SOURCE_ID,
        )
    return codes


def _product_rows(table: Table, dataset: Dataset) -> list[list[str | int | float | None]]:
    values: dict[str, dict[str, int | float | None]] = {}
    for key, figures in table.cells.items():
        values.setdefault(key.product, {})[key.flow] = plain(figures.get(dataset.value))
    return [
        [code, len(code), describe(code[:6]) or "", flows.get(IMPORT), flows.get(EXPORT)]
        for code, flows in sorted(values.items())
    ]


def _nothing(asked: ReferenceArguments) -> NoData:
    return NoData(f"The list has nothing for {asked.search!r}.", remedy="Search with a shorter code or word, or none.")


EU_TRADE: Tool[TradeArguments, TradeData] = Tool(
    name="eu_trade",
    title="Eurostat Comext: trade of the EU and its members",
    description=(
        "Trade of the EU, the euro area and each member by partner, product (HS 2 to 6, CN 8) and year or month: euros "
        "(imports CIF, exports FOB), kg net, supplementary quantity; intra- and extra-EU apart; since 1988, newest "
        "month after some 45 days. partner=all gives shares. For a flow over time in dollars trade_series, for both "
        "its ends compare_mirror."
    ),
    arguments=TradeArguments,
    data=TradeData,
    run=eu_trade,
    observe=observe,
    example={"reporter": "Germany", "partner": "China", "product": "850760", "flow": "M", "period": "2023-2024"},
)

EU_REFERENCE: Tool[ReferenceArguments, ReferenceData] = Tool(
    name="eu_reference",
    title="Eurostat Comext: data sets and codes",
    description=(
        "What eu_trade can be asked: data sets with the day of their last update; reporters and partners (GEONOM "
        "codes, with sums, secret and unspecified partners); the HS and CN codes that had trade in a year, which is "
        "how a CN code of that year is found."
    ),
    arguments=ReferenceArguments,
    data=ReferenceData,
    run=eu_reference,
    example={"list": "products", "year": 2024, "search": "850760"},
)

TOOLS = (EU_TRADE, EU_REFERENCE)

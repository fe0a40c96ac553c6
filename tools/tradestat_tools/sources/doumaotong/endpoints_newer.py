"""The tools that only the service's current form has: growth, priceband, chapter."""

from functools import partial

from tradestat_tools.contract.context import Services
from tradestat_tools.contract.tool import Endpoint
from tradestat_tools.model.answers import Answer, Note
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.doumaotong import notes
from tradestat_tools.sources.doumaotong.absence import empty
from tradestat_tools.sources.doumaotong.api import ask, product, source_of
from tradestat_tools.sources.doumaotong.arguments import ProductArguments
from tradestat_tools.sources.doumaotong.data_newer import Chapter, ChapterData, GrowthData, PricebandData
from tradestat_tools.sources.doumaotong.wire import read
from tradestat_tools.sources.doumaotong.wire.current import GROWTH_GIVEN, HEADINGS_GIVEN, PRICES_GIVEN
from tradestat_tools.sources.doumaotong.wire.envelope import POLICY

NO_UNIT_PRICE = "no unit price: no stable unit of quantity or too few quantity records. That is not a price of zero."


async def run_growth(services: Services, args: ProductArguments) -> Answer[GrowthData]:
    """Ask for the fastest-growing destinations of one product."""
    fetched = await ask(services, "growth", {"hsCode": args.hsCode}, partial(read.growth, asked=args.hsCode))
    data = fetched.value
    if data is None:
        data, known = GrowthData(hsCode=args.hsCode), _not_offered("growth")
    elif not data.growth:
        text = f"The service lists no growing destination for {data.hsCode}: none has a base large enough to compare."
        raise NoData(
            text,
            remedy=f'See the established destinations: markets(hsCode="{args.hsCode}").',
            why=[Why(Reason.BELOW_RANKING, "It ranks only destinations whose earlier twelve months pass its minimum.")],
            source=POLICY.source,
        )
    else:
        text = (
            f"A ranking of {len(data.growth)} destinations (documented: at most {GROWTH_GIVEN}), not of all. Growth "
            "on a small base is large easily: look at the amount."
        )
        known = [
            *notes.of_product(args.hsCode, data.hsCode, written=args.written),
            notes.ranked(text),
            notes.CURRENT_UNITS,
        ]
    return Answer(
        what=f"Fastest-growing destinations of China's exports of {product(data.hsCode, data.productName)}, "
        f"{'recent 12 months year on year' if data.growth else 'not given'}",
        data=data,
        source=source_of("growth", [fetched]),
        notes=[*known, notes.SOURCE_LINE],
        more="Largest destinations: `markets`. Prices paid: `priceband`.",
    )


async def run_priceband(services: Services, args: ProductArguments) -> Answer[PricebandData]:
    """Ask for the unit prices of one product."""
    fetched = await ask(services, "priceband", {"hsCode": args.hsCode}, partial(read.priceband, asked=args.hsCode))
    data = fetched.value
    if data is None:
        data, known = PricebandData(hsCode=args.hsCode), _not_offered("priceband")
    else:
        trends = [trend for trend in (data.priceTrend1, data.priceTrend2) if trend is not None]
        months = [month for trend in trends for month in trend.periods]
        known = [*notes.of_product(args.hsCode, data.hsCode, months, written=args.written), *_price_notes(data)]
    return Answer(
        what=f"Unit prices of China's exports of {product(data.hsCode, data.productName)} by destination and month"
        f"{'' if data.tables() else ': not given'}",
        data=data,
        source=source_of("priceband", [fetched]),
        notes=[*known, notes.SOURCE_LINE],
        more="Values by destination: `markets`. Quantities: comtrade_data (net weight and supplementary units).",
    )


def _price_notes(data: PricebandData) -> list[Note]:
    found: list[Note] = []
    missing = [name for name in ("priceBand", "priceTrend1", "priceTrend2") if getattr(data, name) is None]
    if missing:
        found.append(notes.absent(f"{', '.join(missing)}: {NO_UNIT_PRICE}", Reason.NOT_COVERED))
    if data.priceBand is not None:
        count = len(data.priceBand.markets)
        text = (
            f"{count} destinations (documented: at most {PRICES_GIVEN}, with usable quantities), not all. Bands: "
            "premium is more than 20 % above the median, value more than 20 % below."
        )
        found += [notes.ranked(text), notes.CURRENT_UNITS]
    for name, trend in (("priceTrend1", data.priceTrend1), ("priceTrend2", data.priceTrend2)):
        if trend is not None:
            found += notes.gaps(trend.periods, trend.values, name)
    return found


async def run_chapter(services: Services, args: ProductArguments) -> Answer[ChapterData]:
    """Ask for the headings beside one product's."""
    fetched = await ask(services, "chapter", {"hsCode": args.hsCode}, partial(read.chapter, asked=args.hsCode))
    data = fetched.value
    if data is None:
        data, known = ChapterData(hsCode=args.hsCode), _not_offered("chapter")
    elif data.chapter is None or not data.tables():
        raise empty(f"The service gives no breakdown of the chapter of {data.hsCode}.", args.hsCode)
    else:
        known = [
            *notes.of_product(args.hsCode, data.hsCode, written=args.written),
            *_chapter_notes(data.chapter),
            notes.CURRENT_UNITS,
        ]
    return Answer(
        what=f"Headings of chapter {data.hsCode[:2]} in China's exports, beside "
        f"{product(data.hsCode, data.productName)}, {'recent 12 months' if data.chapter else 'not given'}",
        data=data,
        source=source_of("chapter", [fetched]),
        notes=[*known, notes.SOURCE_LINE],
        more="One product: `dashboard`. All headings: comtrade_data (reporter China, flow X).",
    )


def _chapter_notes(chapter: Chapter) -> list[Note]:
    given = len(chapter.largest)
    if not given:
        return [notes.absent("The list of headings was not given.", Reason.NOT_REPORTED)]
    if chapter.headings == given:
        return []
    of = "" if chapter.headings is None else f" of {chapter.headings}"
    return [notes.ranked(f"The {given} largest{of} headings (documented: at most {HEADINGS_GIVEN}), not all.")]


def _not_offered(name: str) -> list[Note]:
    return [
        notes.shape("older", f"it has no {name}."),
        notes.absent(f"The service did not answer for /skill/{name}, so nothing is given.", Reason.NOT_COVERED),
    ]


GROWTH = Endpoint(
    name="growth",
    title="China's exports: fastest-growing destinations",
    description=(
        "The up to 10 destinations in which exports of one product from China grew fastest, recent 12 months "
        "against the 12 before, with the 12-month value in RMB yuan (FOB). Use it after dashboard to find emerging "
        "markets; check the value, since small ones grow easily. For the largest destinations use markets."
    ),
    arguments=ProductArguments,
    data=GrowthData,
    run=run_growth,
    example={"hsCode": "850760"},
)

PRICEBAND = Endpoint(
    name="priceband",
    title="China's exports: unit prices by destination",
    description=(
        "Average unit prices of one product exported from China: by destination (up to 15, with a premium, mid or "
        "value band) and by month, in RMB yuan per customs unit of quantity (FOB). An absent part means no unit "
        "price is known, never zero. Use it to compare price levels of markets; values alone are in markets and "
        "trend."
    ),
    arguments=ProductArguments,
    data=PricebandData,
    run=run_priceband,
    example={"hsCode": "850760"},
)

CHAPTER = Endpoint(
    name="chapter",
    title="China's exports: headings of a product's chapter",
    description=(
        "The up to 10 largest 4-digit headings of the HS chapter that a product belongs to, in China's exports, "
        "with the chapter's total and the rank of the product's own heading. RMB yuan (FOB). Use it to see adjacent "
        "products; they are neighbours in the nomenclature, not necessarily suppliers or buyers. For exact headings "
        "use comtrade_data."
    ),
    arguments=ProductArguments,
    data=ChapterData,
    run=run_chapter,
    example={"hsCode": "850760"},
)

"""The tools that rank for one product: markets, growth, priceband, and chapter for what stands beside it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.doumaotong import notes
from tradestat_tools.sources.doumaotong.absence import empty, no_data, reasons
from tradestat_tools.sources.doumaotong.answers.rankings import (
    ChapterData,
    GrowthData,
    Market,
    MarketsData,
    PricebandData,
)
from tradestat_tools.sources.doumaotong.api import answered, ask
from tradestat_tools.sources.doumaotong.arguments import DESTINATIONS, Goods, MarketsArguments, ProductArguments
from tradestat_tools.sources.doumaotong.wire import current, read
from tradestat_tools.sources.doumaotong.wire.envelope import Shaped
from tradestat_tools.sources.doumaotong.wire.fields import Fields

P = TypeVar("P", GrowthData, PricebandData, ChapterData)


async def run_markets(context: Context, args: MarketsArguments) -> Answer[MarketsData]:
    """Ask for one product's destinations."""
    code = args.hsCode.code
    # All that may be asked for, whatever the limit, so that more of the list is not another question.
    params = {"hsCode": code, "sortBy": args.sortBy, "order": args.order, "limit": str(DESTINATIONS)}
    if args.minAmount:
        params["minAmount"] = f"{args.minAmount:.15g}"
    fetched = await ask(context, "markets", params, partial(read.markets, asked=code))
    data, form = fetched.value.data, fetched.value.shape
    given = data.markets
    passing = [m for m in given if not args.minAmount or (m.recent12mTotal or 0) >= args.minAmount]
    if form == "current":
        passing = _sorted(passing, args)
    data = data.model_copy(update={"markets": passing[: args.limit]})  # the reading is held for the next question
    if not data.markets:
        raise _no_destinations(args, len(given))
    form_notes = _current_markets(args, given, fetched.value) if form == "current" else _older_markets(args, given)
    return answered(
        "markets",
        f"China's exports of {data.product} by destination, recent 12 months",
        data,
        [fetched],
        [*notes.of_product(args.hsCode, data.hsCode), *form_notes],
        more="Every destination by year or month: comtrade_data (reporter China, all partners, flow X). "
        "Momentum: `growth`. Totals: `dashboard`.",
    )


def _sorted(markets: list[Market], args: MarketsArguments) -> list[Market]:
    """What the older form sorts itself; destinations without an amount come last."""
    down = args.order == "desc"
    if args.sortBy == "name":
        return sorted(markets, key=lambda m: m.countryName, reverse=down)
    given = [m for m in markets if m.recent12mTotal is not None]
    rest = [m for m in markets if m.recent12mTotal is None]
    return [*sorted(given, key=lambda m: m.recent12mTotal or 0, reverse=down), *rest]


def _current_markets(args: MarketsArguments, given: list[Market], found: Shaped[MarketsData]) -> list[Note]:
    shares = [m.share for m in given if m.share is not None]
    percent = f"{round(sum(shares), 1):g} %"
    too_much = sum(shares) > current.WHOLE
    together = f", together {percent} of the total" if len(shares) == len(given) and not too_much else ""
    count = len(given)
    if found.light:
        text = f"The {count} largest destinations: `{current.LIGHT}`, {current.at_most(count, current.TOP)}, not all."
    elif count <= current.MARKETS_GIVEN:
        text = f"A ranking of the {count} largest destinations (at most {current.MARKETS_GIVEN}{together}), not of all."
    else:
        documented = current.at_most(count, current.MARKETS_GIVEN)
        text = f"A ranking of {count} destinations ({documented}{together}); whether these are all is not said."
    if args.sortBy != "amount" or args.order != "desc":
        text += " The order was made among these: the smallest destinations are not here."
    known = [
        notes.ranked(text),
        *notes.off_shares([(m.country or m.countryName, m.recent12mTotal, m.share) for m in given]),
    ]
    if too_much:
        more_than_all = f"The shares add up to {percent}, more than the whole: do not rely on them."
        known.append(Note(code=NoteCode.TOTAL_MISMATCH, text=more_than_all))
    if found.lacking:
        known.append(notes.absent(found.lacking, Reason.NOT_REPORTED))
    if args.minAmount or args.limit < len(given):
        known.append(notes.subset("minAmount and limit were applied to these.", Reason.FILTERED_OUT))
    instead = "no shares and no growth either." if found.light else "`share` and `yoy` instead."
    form = notes.shape("current", f"no continents, trade tags or 3-year growth; {instead}")
    return [*known, form, notes.CURRENT_UNITS]


def _older_markets(args: MarketsArguments, given: list[Market]) -> list[Note]:
    found: list[Note] = []
    if len(given) > args.limit:
        text = f"Cut at limit={args.limit}: {len(given)} destinations came. Raise limit to see them."
        found.append(notes.subset(text, Reason.FILTERED_OUT))
    if len(given) >= DESTINATIONS:
        text = f"Only the first {DESTINATIONS} destinations were asked for; there may be more."
        found.append(notes.subset(text, Reason.FILTERED_OUT))
    if args.minAmount:
        text = f"Destinations below {args.minAmount:,.0f} yuan were left out, as asked."
        found.append(notes.subset(text, Reason.FILTERED_OUT))
    return found


def _no_destinations(args: MarketsArguments, given: int) -> NoData:
    code, least = args.hsCode.code, f"{args.minAmount:,.0f} yuan"
    again = call_text("markets", hsCode=code)
    if given:
        text = f"{given} destinations came, all below minAmount={least} or without an amount."
        return no_data(
            f"None of the {given} destinations given reaches minAmount={least}.",
            f"Lower minAmount, or leave it out: {again}.",
            Why(Reason.FILTERED_OUT, text, sure=True),
        )
    if not args.minAmount:
        return empty(f"The service lists no destination for {code}.", code)
    return no_data(
        f"The service lists no destination of at least {least} for {code}.",
        f"See those below minAmount: {again}.",
        Why(Reason.FILTERED_OUT, f"Only destinations of at least {least} were asked for."),
        *reasons(code),
    )


NO_UNIT_PRICE = "no unit price: no stable unit of quantity or too few quantity records. That is not a price of zero."


def _newer(
    *,
    name: str,
    title: str,
    description: str,
    data: type[P],
    read_body: Callable[[Fields, str], P],
    what: Callable[[P], str],
    known: Callable[[P, Goods], Sequence[Note]],
    more: str,
) -> Tool[ProductArguments, P]:
    """A tool that only the current form has, and that takes a product alone.

    Args:
        read_body: how its answer is read.
        what: what an answer's figures are; of data without figures, what is not given.
        known: what to know of an answer; raises NoData where it holds nothing.
        more: where to go on.
    """

    async def run(context: Context, args: ProductArguments) -> Answer[P]:
        code = args.hsCode.code
        fetched = await ask(context, name, {"hsCode": code}, partial(read.newer, name=name, asked=code, read=read_body))
        found = fetched.value
        if found is None:
            found = data(hsCode=code)
            text = f"The service did not answer for /skill/{name}, so nothing is given."
            known_of = [notes.shape("older", f"it has no {name}."), notes.absent(text, Reason.NOT_COVERED)]
        else:
            known_of = known(found, args.hsCode)
        return answered(name, what(found), found, [fetched], known_of, more=more)

    return Tool(
        name=name,
        title=title,
        description=description,
        arguments=ProductArguments,
        data=data,
        run=run,
        example={"hsCode": "850760"},
    )


def _of_growth(data: GrowthData, asked: Goods) -> list[Note]:
    if not data.growth:
        raise no_data(
            f"The service lists no growing destination for {data.hsCode}: none has a base large enough to compare.",
            f"See the established destinations: {call_text('markets', hsCode=asked.code)}.",
            Why(Reason.BELOW_RANKING, "It ranks only destinations whose earlier twelve months pass its minimum."),
        )
    most = current.at_most(len(data.growth), current.GROWTH_GIVEN)
    text = (
        f"A ranking of {len(data.growth)} destinations ({most}), not of all. "
        "Growth on a small base is large easily: look at the amount."
    )
    return [*notes.of_product(asked, data.hsCode), notes.ranked(text), notes.CURRENT_UNITS]


def _of_prices(data: PricebandData, asked: Goods) -> list[Note]:
    trends = {"priceTrend1": data.priceTrend1, "priceTrend2": data.priceTrend2}
    figures = {name: trend.figures for name, trend in trends.items() if trend}
    found = notes.of_product(asked, data.hsCode, [month for months in figures.values() for month in months])
    if missing := [name for name, part in {"priceBand": data.priceBand, **trends}.items() if part is None]:
        found.append(notes.absent(f"{', '.join(missing)}: {NO_UNIT_PRICE}", Reason.NOT_COVERED))
    if data.priceBand is not None:
        given = len(data.priceBand.markets)
        text = (
            f"{given} destinations ({current.at_most(given, current.PRICES_GIVEN)}, with usable quantities), "
            "not all. Bands: premium is more than 20 % above the median, value more than 20 % below."
        )
        found += [notes.ranked(text), notes.CURRENT_UNITS]
    return [*found, *(note for name, months in figures.items() for note in notes.gaps(months, name))]


def _of_chapter(data: ChapterData, asked: Goods) -> list[Note]:
    chapter = data.chapter
    if chapter is None or not data.tables():
        raise empty(f"The service gives no breakdown of the chapter of {data.hsCode}.", asked.code)
    found, given = notes.of_product(asked, data.hsCode), len(chapter.largest)
    if not given:
        found.append(notes.absent("The list of headings was not given.", Reason.NOT_REPORTED))
    elif chapter.headings != given:
        of = "" if chapter.headings is None else f" of {chapter.headings}"
        most = f"({current.at_most(given, current.HEADINGS_GIVEN)})"
        found.append(notes.ranked(f"The {given} largest{of} headings {most}, not all."))
    found += notes.off_shares([(h.h4, h.total, h.share) for h in chapter.largest], chapter.chapterTotal)
    return [*found, notes.CURRENT_UNITS]


MARKETS = Tool(
    name="markets",
    title="China's exports: destinations of a product",
    description=(
        "Destinations of one product exported from China, ranked by recent 12-month value in RMB yuan (FOB), with "
        "share and growth or continent and trade tags, whichever the service gives. Today it gives the 15 largest "
        "only and the answer says so. Use it to see where a product sells; growth ranks by momentum; comtrade_data "
        "has every partner."
    ),
    arguments=MarketsArguments,
    data=MarketsData,
    run=run_markets,
    example={"hsCode": "850760", "limit": 10},
)

GROWTH = _newer(
    name="growth",
    title="China's exports: fastest-growing destinations",
    description="The up to 10 destinations in which exports of one product from China grew fastest, recent 12 months "
    "against the 12 before, with the 12-month value in RMB yuan (FOB). Use it after dashboard to find emerging "
    "markets; check the value, since small ones grow easily. For the largest destinations use markets.",
    data=GrowthData,
    read_body=current.growth,
    what=lambda data: (
        f"Fastest-growing destinations of China's exports of {data.product}, "
        f"{'recent 12 months year on year' if data.growth else 'not given'}"
    ),
    known=_of_growth,
    more="Largest destinations: `markets`. Prices paid: `priceband`.",
)

PRICEBAND = _newer(
    name="priceband",
    title="China's exports: unit prices by destination",
    description="Average unit prices of one product exported from China: by destination (up to 15, with a premium, "
    "mid or value band) and by month, in RMB yuan per customs unit of quantity (FOB). An absent part means no unit "
    "price is known, never zero. Use it to compare price levels of markets; values alone are in markets and "
    "trend.",
    data=PricebandData,
    read_body=current.priceband,
    what=lambda data: (
        f"Unit prices of China's exports of {data.product} by destination and month"
        f"{'' if data.tables() else ': not given'}"
    ),
    known=_of_prices,
    more="Values by destination: `markets`. Quantities: comtrade_data (net weight and supplementary units).",
)

CHAPTER = _newer(
    name="chapter",
    title="China's exports: headings of a product's chapter",
    description="The up to 10 largest 4-digit headings of the HS chapter that a product belongs to, in China's "
    "exports, with the chapter's total and the rank of the product's own heading. RMB yuan (FOB). Use it to see "
    "adjacent products; they are neighbours in the nomenclature, not necessarily suppliers or buyers. For exact "
    "headings use comtrade_data.",
    data=ChapterData,
    read_body=current.chapter,
    what=lambda data: (
        f"Headings of chapter {data.hsCode[:2]} in China's exports, beside {data.product}, "
        f"{'recent 12 months' if data.chapter else 'not given'}"
    ),
    known=_of_chapter,
    more="One product: `dashboard`. All headings: comtrade_data (reporter China, flow X).",
)

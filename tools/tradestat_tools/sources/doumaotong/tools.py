"""The documented tools about one product: dashboard, markets, trend, history."""

from functools import partial

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.periods import period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import NoData, UpstreamDown
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.doumaotong import notes
from tradestat_tools.sources.doumaotong.absence import empty, korea, reasons
from tradestat_tools.sources.doumaotong.answers import (
    CORE,
    Chapter,
    ChapterData,
    DashboardData,
    DashboardFigures,
    GrowthData,
    HistoryData,
    Market,
    MarketsData,
    PricebandData,
    Product,
    TopProductsData,
    TrendData,
)
from tradestat_tools.sources.doumaotong.api import ask, dashed, product, source_of
from tradestat_tools.sources.doumaotong.arguments import (
    SORT_NAMES,
    DashboardArguments,
    HistoryArguments,
    MarketsArguments,
    ProductArguments,
    TopProductsArguments,
    TrendArguments,
)
from tradestat_tools.sources.doumaotong.calendar import check_month, when_out
from tradestat_tools.sources.doumaotong.codes import label_of
from tradestat_tools.sources.doumaotong.flows import observe_history, observe_trend
from tradestat_tools.sources.doumaotong.service import POLICY
from tradestat_tools.sources.doumaotong.wire import read
from tradestat_tools.sources.doumaotong.wire.current import (
    GROWTH_GIVEN,
    HEADINGS_GIVEN,
    MARKETS_GIVEN,
    PRICES_GIVEN,
    PRODUCTS_GIVEN,
)
from tradestat_tools.sources.doumaotong.wire.envelope import BadQuestion, Shape, Shaped
from tradestat_tools.upstream import Fetched

NO_HISTORY = Note(
    code=NoteCode.SHAPE,
    text="The service has no /skill/history, which its current documentation no longer lists; or, in its older "
    "form, it holds nothing for this code (check with dashboard).",
)


async def run_dashboard(context: Context, args: DashboardArguments) -> Answer[DashboardData]:
    """Ask for one product's core figures."""
    check_month(args.currentMonth, args.hsCode, context.now())
    params = {"hsCode": args.hsCode}
    if args.currentMonth:
        params["currentMonth"] = args.currentMonth
    fetched = await ask(context, "dashboard", params, partial(read.dashboard, asked=args.hsCode))
    data, form = fetched.value.data, fetched.value.shape
    if not data.tables():
        raise empty(f"The service gave no figures for {data.hsCode}: all are null, which is not zero.", args.hsCode)
    known = [
        *notes.of_product(args.hsCode, data.hsCode, written=args.written),
        *_nulls(data, form),
        *_form_of_dashboard(form, data),
    ]
    month = data.currentMonth
    given = f"12 months to {dashed(month)}" if month else "the newest 12 months"
    what = f"China's exports of {product(data.hsCode, data.productName)} to all destinations, {given}"
    if args.currentMonth and str(month) != args.currentMonth:
        data = _set_apart(data)
        what += f" (not to {dashed(args.currentMonth)}, which was asked for)"
        known.insert(0, _not_given(args.currentMonth, month, given))
    return Answer(
        what=what,
        data=data,
        source=source_of("dashboard", [fetched], given if month else None),
        notes=[*known, notes.SOURCE_LINE],
        more="Destinations: `markets`, `growth`. Months: `trend`. Unit prices: `priceband`. Neighbours: `chapter`.",
    )


def _not_given(asked: str, newest: int | None, given: str) -> Note:
    """Why the twelve months are not those asked for: later than the newest, or any but the newest."""
    text = f"The service gave no figures for the 12 months to {dashed(asked)}; `newestInstead` holds {given}."
    if newest is None:
        return notes.absent(text, None)
    if int(asked) > newest:
        return notes.absent(f"{text} {when_out(period(asked))}", Reason.NOT_YET_PUBLISHED)
    return notes.absent(f"{text} It seems to give the newest only.", Reason.NOT_COVERED)


def _set_apart(data: DashboardData) -> DashboardData:
    """The same figures under `newestInstead`, so that nothing takes them for the month asked for."""
    figures = {name: getattr(data, name) for name in DashboardFigures.model_fields}
    return DashboardData(
        hsCode=data.hsCode, productName=data.productName, newestInstead=DashboardFigures.model_validate(figures)
    )


def _nulls(data: DashboardData, form: Shape) -> list[Note]:
    """Which of the figures that the form has came without a value, if any."""
    names = CORE if form == "current" else (*CORE, "prev12mGlobalTotal", "avgCountryActiveMonths")
    found = [name for name in names if getattr(data, name) is None]
    return [notes.absent(f"Not given, which is not zero: {', '.join(found)}.", Reason.NOT_REPORTED)] if found else []


def _form_of_dashboard(form: Shape, data: DashboardData) -> list[Note]:
    found: list[Note] = []
    if form == "current":
        text = (
            "no total of the previous 12 months, no quantities, no average of active months. `region` cuts "
            "continents its own way; those that mean the same are in `regionBreakdown` too."
        )
        found += [notes.shape(form, text), notes.CURRENT_UNITS]
    if data.blocs or data.tradeBlocBreakdown:
        found.append(notes.OVERLAP)
    return found


async def run_markets(context: Context, args: MarketsArguments) -> Answer[MarketsData]:
    """Ask for one product's destinations."""
    params = {"hsCode": args.hsCode, "sortBy": args.sortBy, "order": args.order, "limit": str(args.limit)}
    if args.minAmount:
        params["minAmount"] = f"{args.minAmount:.15g}"
    fetched = await ask(context, "markets", params, partial(read.markets, asked=args.hsCode))
    data, form = fetched.value.data, fetched.value.shape
    given = data.markets
    kept = [m for m in given if not args.minAmount or (m.recent12mTotal or 0) >= args.minAmount]
    if form == "current":
        kept = _sorted(kept, args)
    data.markets = kept[: args.limit]
    if not data.markets:
        raise _no_destinations(args, len(given))
    form_notes = _current_markets(args, given) if form == "current" else _older_markets(args, given)
    return Answer(
        what=f"China's exports of {product(data.hsCode, data.productName)} by destination, recent 12 months",
        data=data,
        source=source_of("markets", [fetched]),
        notes=[*notes.of_product(args.hsCode, data.hsCode, written=args.written), *form_notes, notes.SOURCE_LINE],
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


def _current_markets(args: MarketsArguments, given: list[Market]) -> list[Note]:
    shares = [m.share for m in given if m.share is not None]
    together = f", together {round(sum(shares), 1):g} % of the total" if len(shares) == len(given) else ""
    text = f"A ranking of the {len(given)} largest destinations (at most {MARKETS_GIVEN}{together}), not of all."
    if args.sortBy != "amount" or args.order != "desc":
        text += " The order was made among these: the smallest destinations are not here."
    found = [notes.ranked(text)]
    if args.minAmount or args.limit < len(given):
        found.append(notes.subset("minAmount and limit were applied to these.", Reason.FILTERED_OUT))
    form = notes.shape("current", "no continents, trade tags or 3-year growth; `share` and `yoy` instead.")
    return [*found, form, notes.CURRENT_UNITS]


def _older_markets(args: MarketsArguments, given: list[Market]) -> list[Note]:
    found: list[Note] = []
    if len(given) >= args.limit:
        text = f"Cut at limit={args.limit}; there may be more destinations. Raise limit to see them."
        found.append(notes.subset(text, Reason.FILTERED_OUT))
    if args.minAmount:
        text = f"Destinations below {args.minAmount:,.0f} yuan were left out, as asked."
        found.append(notes.subset(text, Reason.FILTERED_OUT))
    return found


def _no_destinations(args: MarketsArguments, given: int) -> NoData:
    again = f'markets(hsCode="{args.hsCode}")'
    if given:
        text = f"{given} destinations came, all below minAmount={args.minAmount:,.0f} yuan or without an amount."
        return NoData(
            f"None of the {given} destinations given reaches minAmount={args.minAmount:,.0f} yuan.",
            remedy=f"Lower minAmount, or leave it out: {again}.",
            why=[Why(Reason.FILTERED_OUT, text, sure=True)],
            source=POLICY.source,
        )
    if not args.minAmount:
        return empty(f"The service lists no destination for {args.hsCode}.", args.hsCode)
    least = f"of at least {args.minAmount:,.0f} yuan"
    return NoData(
        f"The service lists no destination {least} for {args.hsCode}.",
        remedy=f"See those below minAmount: {again}.",
        why=[Why(Reason.FILTERED_OUT, f"Only destinations {least} were asked for."), *reasons(args.hsCode)],
        source=POLICY.source,
    )


async def run_trend(context: Context, args: TrendArguments) -> Answer[TrendData]:
    """Ask for one product's months: of one country where the service gives that, else of all destinations."""
    to = args.destination
    code = to.china_customs if to else ""
    params = {"hsCode": args.hsCode} | ({"countryCode": code} if code else {})
    fetched = await ask(context, "trend", params, partial(read.trend, asked=args.hsCode, country=code))
    found = fetched.value
    known = [Note(code=NoteCode.RESOLVED_CODE, text=args.resolution)] if args.resolution else []
    if found is None:
        data = TrendData(hsCode=args.hsCode)
        text = "it gives one country at a time and nothing for all together. Call again with countryCode."
        known += [
            notes.shape("older", text),
            notes.absent("No monthly series: no country was named.", Reason.NOT_COVERED),
        ]
    else:
        data = found.data
        if to:
            data = data.model_copy(update={"countryCode": code, "country": to.name_en})
        known += [
            *notes.of_product(args.hsCode, data.hsCode, _months(data), written=args.written),
            *_trend_notes(data, found.shape, to),
        ]
    return Answer(
        what=_what_of_trend(data),
        data=data,
        source=source_of("trend", [fetched]),
        notes=[*known, notes.SOURCE_LINE],
        more=_elsewhere(to, args.hsCode)
        if to and data.monthlyData is None
        else "Destinations: `markets`. Totals: `dashboard`.",
    )


def _months(data: TrendData) -> list[str]:
    series = data.allDestinationsMonthly
    return [m.month for m in data.monthlyData or ()] or (series.periods if series else [])


def _what_of_trend(data: TrendData) -> str:
    name = product(data.hsCode, data.productName)
    if data.monthlyData is not None:
        return f"China's monthly exports of {name} to {_named(data.country or data.countryName, data.countryCode)}"
    if data.allDestinationsMonthly is not None:
        return f"China's monthly exports of {name} to ALL destinations together"
    return f"China's monthly exports of {name}: not given"


def _named(name: str | None, code: str | None) -> str:
    return f"{name or 'country'} (China Customs code {code})"


def _trend_notes(data: TrendData, form: Shape, to: Area | None) -> list[Note]:
    if data.monthlyData is not None:
        months, values = [m.month for m in data.monthlyData], [m.amount for m in data.monthlyData]
    elif (series := data.allDestinationsMonthly) is not None:
        months, values = series.periods, series.values
    else:
        months, values = [], []
    if not months:
        country = to.china_customs if to else ""
        raise empty(f"The service gave an empty monthly series for {data.hsCode}.", data.hsCode, country)
    found: list[Note] = []
    if form == "current":
        if to:
            text = f"No series for {to.name_en} alone. `allDestinationsMonthly` is the total of all destinations."
            found.append(notes.absent(text, Reason.NOT_COVERED))
        found += [notes.shape(form, "it gives the total of all destinations only, since 2021."), notes.CURRENT_UNITS]
    return [*found, *notes.zeros(months, values), *notes.gaps(months, values)]


def _elsewhere(to: Area, code: str) -> str:
    """Where the months of one country can be had instead."""
    asked = f'reporterCode="CN", partnerCode="{to.comtrade}", flowCode="X", freqCode="M", cmdCode="{code[:6]}"'
    mirror = f" As Korea's imports (CIF, US dollars): {korea(code)}." if to.iso2 == "KR" else ""
    return f'For {to.name_en} alone: comtrade_data({asked}, period="last 12 months").{mirror}'


async def run_history(context: Context, args: HistoryArguments) -> Answer[HistoryData]:
    """Ask for 24 months of one product to one country."""
    to = args.destination
    assert to is not None  # noqa: S101 - the arguments refuse "world" and require a country
    code = to.china_customs
    params = {"hsCode": args.hsCode, "countryCode": code}
    fetched = await ask(context, "history", params, partial(read.history, asked=args.hsCode, country=code))
    data = fetched.value
    known = [Note(code=NoteCode.RESOLVED_CODE, text=args.resolution)] if args.resolution else []
    where = _named(to.name_en, code)
    if data is None:
        data = HistoryData(hsCode=args.hsCode, countryCode=code, country=to.name_en)
        what = f"China's exports of {product(args.hsCode, None)} to {where}, 24 months: not given"
        text = "No figures are given: that is neither zero nor a sign of no exports."
        known += [NO_HISTORY, notes.absent(text, Reason.NOT_COVERED)]
        more = f"All destinations: `trend`. {_elsewhere(to, args.hsCode)}"
    else:
        what = f"China's exports of {product(data.hsCode, None)} to {where}, 24 months"
        months = [m.month for m in data.monthlyDetail or ()]
        known += [*notes.of_product(args.hsCode, data.hsCode, months, written=args.written), *_history_notes(data)]
        more = "Twelve months with growth: `trend`, `dashboard`. Longer: comtrade_data."
    last = data.currentDataMonth
    return Answer(
        what=what,
        data=data,
        source=source_of("history", [fetched], f"24 months to {dashed(last)}" if last else None),
        notes=[*known, notes.SOURCE_LINE],
        more=more,
    )


def _history_notes(data: HistoryData) -> list[Note]:
    detail = data.monthlyDetail or []
    if not detail and not data.yearlySummary and data.summaryStats is None:
        text = f"The service gave no months for {data.hsCode} to {data.country or data.countryCode}."
        raise empty(text, data.hsCode, data.countryCode)
    if not detail:
        return [notes.absent("No months were given, only the sums.", Reason.NOT_REPORTED)]
    values = [m.amount for m in detail]
    months = [m.month for m in detail]
    found = [*notes.zeros(months, values), *notes.gaps(months, values)]
    total = data.summaryStats.total24MonthAmount if data.summaryStats else None
    amounts = [value for value in values if value is not None]
    if total is not None and len(amounts) == len(values) and abs(sum(amounts) - total) > len(values):
        text = f"The months add up to {sum(amounts):,.0f} yuan, the service's own total is {total:,.0f}."
        found.append(Note(code=NoteCode.TOTAL_MISMATCH, text=text))
    return found


DASHBOARD = Tool(
    name="dashboard",
    title="China's exports: product dashboard",
    description=(
        "Core figures of one product exported from China, recent 12 months, all destinations: total, growth year on "
        "year and month on month, number of destinations, top-3 concentration, continents, trade blocs, peak "
        "months. RMB yuan, FOB. Use it first for an HS code of 4, 6 or 8 digits. By destination: markets; by month: "
        "trend; prices: priceband. For imports, US dollars, other countries or whole headings use comtrade_data or "
        "goods_time_series."
    ),
    arguments=DashboardArguments,
    data=DashboardData,
    run=run_dashboard,
    example={"hsCode": "850760"},
)

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

TREND = Tool(
    name="trend",
    title="China's exports: monthly trend of a product",
    description=(
        "Monthly exports of one product from China in RMB yuan (FOB). Without countryCode: all destinations "
        "together. With it: 12 months to that country where the service still gives them; else that part is absent, "
        "with a note, and only the clearly named total of all destinations is given. For one country by month use "
        "comtrade_data, or for Korea getNitemtradeList."
    ),
    arguments=TrendArguments,
    data=TrendData,
    run=run_trend,
    observe=observe_trend,
    example={"hsCode": "850760"},
)

HISTORY = Tool(
    name="history",
    title="China's exports: 24 months to one country",
    description=(
        "24 months of exports of one product from China to one country in RMB yuan (FOB), with yearly sums and a "
        "summary. The service's current documentation no longer lists this: where it is gone, the answer says so "
        "and names what to use instead (trend for the total, comtrade_data or getNitemtradeList for one country)."
    ),
    arguments=HistoryArguments,
    data=HistoryData,
    run=run_history,
    observe=observe_history,
    example={"hsCode": "850760", "countryCode": "133"},
)


NO_UNIT_PRICE = "no unit price: no stable unit of quantity or too few quantity records. That is not a price of zero."


async def run_growth(context: Context, args: ProductArguments) -> Answer[GrowthData]:
    """Ask for the fastest-growing destinations of one product."""
    fetched = await ask(context, "growth", {"hsCode": args.hsCode}, partial(read.growth, asked=args.hsCode))
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


async def run_priceband(context: Context, args: ProductArguments) -> Answer[PricebandData]:
    """Ask for the unit prices of one product."""
    fetched = await ask(context, "priceband", {"hsCode": args.hsCode}, partial(read.priceband, asked=args.hsCode))
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


async def run_chapter(context: Context, args: ProductArguments) -> Answer[ChapterData]:
    """Ask for the headings beside one product's."""
    fetched = await ask(context, "chapter", {"hsCode": args.hsCode}, partial(read.chapter, asked=args.hsCode))
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


GROWTH = Tool(
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

PRICEBAND = Tool(
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

CHAPTER = Tool(
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


OTHER: dict[Shape, Shape] = {"current": "older", "older": "current"}

MOST_QUESTIONS = 3
"""Asked in the words of one form, answered in the other: asked again. Twice if the service changes in between."""


async def run_top_products(context: Context, args: TopProductsArguments) -> Answer[TopProductsData]:
    """Ask for a ranking in the words of the form that answers, the current one first."""
    asking: Shape = "current" if args.question("current") else "older"
    question = args.question(asking)
    fetched: list[Fetched[Shaped[list[Product]] | BadQuestion]] = []
    for _ in range(MOST_QUESTIONS):
        if question is None:
            return _not_given_ranking(args, fetched, asking)
        fetched.append(await ask(context, "topProducts", question, read.top_products))
        found = fetched[-1].value
        fitting = OTHER[asking] if isinstance(found, BadQuestion) else found.shape
        asked, question = question, args.question(fitting)
        if question == asked:
            if isinstance(found, BadQuestion):
                raise found
            return _answer(args, fetched, found)
        asking = fitting
    if isinstance(refused := fetched[-1].value, BadQuestion):
        raise refused
    raise UpstreamDown(
        "doumaotong.com changed the form of its answers from call to call.",
        remedy="Try again in a few minutes.",
        source=POLICY.source,
    )


def _not_given_ranking(
    args: TopProductsArguments, fetched: list[Fetched[Shaped[list[Product]] | BadQuestion]], form: Shape
) -> Answer[TopProductsData]:
    known, reason = ", ".join(SORT_NAMES[form]), Reason.NOT_COVERED
    if form == "current" and args.regionFilter:
        text = "it has no regionFilter. Leave it out, or see continents by product in `dashboard`."
    elif form == "current" and args.offset >= PRODUCTS_GIVEN:
        text = f"it gives the first {PRODUCTS_GIVEN} rows only. Ask with a smaller offset."
        reason = Reason.BELOW_RANKING
    else:
        text = f"it has no ranking by {args.sortBy}, only by {known}."
    return Answer(
        what=f"Ranking of China's export products by {args.sortBy}: not given",
        data=TopProductsData(sortBy=args.sortBy),
        source=source_of("topProducts", fetched),
        notes=[notes.shape(form, text), notes.absent("No ranking of this kind is given.", reason), notes.SOURCE_LINE],
        more="Call again with another sortBy, without regionFilter, or with a smaller offset.",
    )


def _answer(
    args: TopProductsArguments,
    fetched: list[Fetched[Shaped[list[Product]] | BadQuestion]],
    found: Shaped[list[Product]],
) -> Answer[TopProductsData]:
    passing = found.data if found.shape == "older" else _filtered(args, found.data)
    paged = found.shape == "older" and args.pages_on
    page = passing[: args.limit] if paged else passing[args.offset : args.offset + args.limit]
    if not page:
        raise _nothing(args, len(found.data), found.shape)
    more_here = len(page) == args.limit and (found.shape == "older" or len(passing) > args.offset + args.limit)
    sold = f", of those that sell in {label_of(args.regionFilter)}" if args.regionFilter else ""
    follow = f"Next rows: offset={args.offset + args.limit}. " if more_here else ""
    return Answer(
        what=f"China's export products ranked by {args.sortBy}{sold}, recent 12 months, all destinations",
        data=TopProductsData(sortBy=args.sortBy, products=page),
        source=source_of("topProducts", fetched),
        notes=[*_notes(args, found, len(passing)), notes.SOURCE_LINE],
        more=f"{follow}One product: `dashboard`, `markets`, `growth`.",
    )


def _filtered(args: TopProductsArguments, products: list[Product]) -> list[Product]:
    """What the older form leaves out itself. A product without the figure can not be shown to pass."""
    return [
        p
        for p in products
        if (p.recent12mGlobalTotal or 0) >= args.minAmount
        and (args.maxConcentration >= 100 or (p.top3ConcentrationPercent or 101) <= args.maxConcentration)
    ]


def _notes(args: TopProductsArguments, found: Shaped[list[Product]], passing: int) -> list[Note]:
    if found.shape == "older":
        return [notes.ranked("A ranking, not a complete list; more rows by offset.")]
    text = f"A ranking of at most {PRODUCTS_GIVEN} of several thousand products, not a complete list."
    left_out = len(found.data) - passing
    if args.pages_on:
        text += f" Nothing beyond the first {PRODUCTS_GIVEN} is given."
    renamed = SORT_NAMES["current"][args.sortBy]
    named = f" Its name for {args.sortBy} is {renamed}." if renamed != args.sortBy else ""
    form = notes.shape(
        "current", f"no bestRegion or momentumScore; `growth` is the fastest-growing destination.{named}"
    )
    filtered = f"{left_out} of the {len(found.data)} given were left out here by minAmount or maxConcentration."
    by_filters = [notes.subset(filtered, Reason.FILTERED_OUT)] if left_out else []
    return [notes.ranked(text), *by_filters, form, notes.CURRENT_UNITS]


def _nothing(args: TopProductsArguments, given: int, form: Shape) -> NoData:
    subject = f"None of the {given} products given passes" if form == "current" and given else "No product passes"
    filters = f"minAmount={args.minAmount:,.0f} yuan, maxConcentration={args.maxConcentration:g} %"
    if args.regionFilter:
        filters += f", regionFilter={args.regionFilter}"
    if form == "current" and given:
        why = Why(
            Reason.FILTERED_OUT, f"{given} products came, and none is left after the filters and offset.", sure=True
        )
    else:
        why = Why(Reason.FILTERED_OUT, "Without the filters and offset there may be products.")
    return NoData(
        f"{subject} {filters} after the first {args.offset} rows.",
        remedy=f'Ask without the filters: topProducts(sortBy="{args.sortBy}", minAmount=0).',
        why=[why],
        source=POLICY.source,
    )


TOP_PRODUCTS = Tool(
    name="topProducts",
    title="China's exports: ranking of products",
    description=(
        "Products exported from China ranked by growth (default), amount, chance (low concentration), season or "
        "number of destinations, with recent 12-month value in RMB yuan (FOB), growth and concentration. Use it to "
        "find products; then look at one with dashboard and markets. It is a ranked part of about 8,800 products, "
        "at most 50 today. For one known product use dashboard; for other countries' products "
        "goods_trade_indicators."
    ),
    arguments=TopProductsArguments,
    data=TopProductsData,
    run=run_top_products,
    example={"sortBy": "scale", "limit": 10},
)

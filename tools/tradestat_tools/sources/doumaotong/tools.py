"""The documented tools about one product: dashboard, markets, trend, history."""

from functools import partial

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.periods import period
from tradestat_tools.contract.context import Services
from tradestat_tools.contract.tool import Endpoint
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.doumaotong import notes
from tradestat_tools.sources.doumaotong.absence import empty, korea, reasons
from tradestat_tools.sources.doumaotong.answers import (
    CORE,
    DashboardData,
    DashboardFigures,
    HistoryData,
    Market,
    MarketsData,
    TrendData,
)
from tradestat_tools.sources.doumaotong.api import ask, dashed, product, source_of
from tradestat_tools.sources.doumaotong.arguments import (
    DashboardArguments,
    HistoryArguments,
    MarketsArguments,
    TrendArguments,
)
from tradestat_tools.sources.doumaotong.calendar import check_month, when_out
from tradestat_tools.sources.doumaotong.flows import observe_history, observe_trend
from tradestat_tools.sources.doumaotong.wire import read
from tradestat_tools.sources.doumaotong.wire.current import MARKETS_GIVEN
from tradestat_tools.sources.doumaotong.wire.envelope import POLICY, Shape

NO_HISTORY = Note(
    code=NoteCode.SHAPE,
    text="The service has no /skill/history, which its current documentation no longer lists; or, in its older "
    "form, it holds nothing for this code (check with dashboard).",
)


async def run_dashboard(services: Services, args: DashboardArguments) -> Answer[DashboardData]:
    """Ask for one product's core figures."""
    check_month(args.currentMonth, args.hsCode, services.now())
    params = {"hsCode": args.hsCode}
    if args.currentMonth:
        params["currentMonth"] = args.currentMonth
    fetched = await ask(services, "dashboard", params, partial(read.dashboard, asked=args.hsCode))
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


async def run_markets(services: Services, args: MarketsArguments) -> Answer[MarketsData]:
    """Ask for one product's destinations."""
    params = {"hsCode": args.hsCode, "sortBy": args.sortBy, "order": args.order, "limit": str(args.limit)}
    if args.minAmount:
        params["minAmount"] = f"{args.minAmount:.15g}"
    fetched = await ask(services, "markets", params, partial(read.markets, asked=args.hsCode))
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


async def run_trend(services: Services, args: TrendArguments) -> Answer[TrendData]:
    """Ask for one product's months: of one country where the service gives that, else of all destinations."""
    to = args.destination
    code = to.china_customs if to else ""
    params = {"hsCode": args.hsCode} | ({"countryCode": code} if code else {})
    fetched = await ask(services, "trend", params, partial(read.trend, asked=args.hsCode, country=code))
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


async def run_history(services: Services, args: HistoryArguments) -> Answer[HistoryData]:
    """Ask for 24 months of one product to one country."""
    to = args.destination
    assert to is not None  # noqa: S101 - the arguments refuse "world" and require a country
    code = to.china_customs
    params = {"hsCode": args.hsCode, "countryCode": code}
    fetched = await ask(services, "history", params, partial(read.history, asked=args.hsCode, country=code))
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


DASHBOARD = Endpoint(
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

MARKETS = Endpoint(
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

TREND = Endpoint(
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

HISTORY = Endpoint(
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

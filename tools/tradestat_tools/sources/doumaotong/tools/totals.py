"""The tools for one product in all and by month: dashboard, trend, history."""

from functools import partial

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.periods import Period, format_yyyymm
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.doumaotong import notes
from tradestat_tools.sources.doumaotong.absence import empty, korea
from tradestat_tools.sources.doumaotong.answers.parts import product_named
from tradestat_tools.sources.doumaotong.answers.totals import (
    CORE,
    DashboardData,
    DashboardFigures,
    HistoryData,
    TrendData,
)
from tradestat_tools.sources.doumaotong.api import answered, ask
from tradestat_tools.sources.doumaotong.arguments import DashboardArguments, HistoryArguments, TrendArguments
from tradestat_tools.sources.doumaotong.calendar import check_month, when_out
from tradestat_tools.sources.doumaotong.codes import Destination
from tradestat_tools.sources.doumaotong.flows import observe_history, observe_trend
from tradestat_tools.sources.doumaotong.wire import read
from tradestat_tools.sources.doumaotong.wire.envelope import Shape
from tradestat_tools.sources.doumaotong.wire.fields import Num


async def run_dashboard(context: Context, args: DashboardArguments) -> Answer[DashboardData]:
    """Ask for one product's core figures."""
    asked, code = args.currentMonth, args.hsCode.code
    params = {"hsCode": code}
    if asked:
        check_month(asked, code, context.now())
        params["currentMonth"] = format_yyyymm(asked)
    fetched = await ask(context, "dashboard", params, partial(read.dashboard, asked=code))
    data, form = fetched.value.data, fetched.value.shape
    if not data.tables():
        text = f"The service gave no figures for {data.hsCode}: all are null, which is not zero."
        raise empty(text, code)
    known = [*notes.of_product(args.hsCode, data.hsCode), *_nulls(data, form), *_form_of_dashboard(data, form)]
    known += notes.off_shares(_parts(data), data.recent12mGlobalTotal)
    month = data.currentMonth
    given = f"12 months to {month}" if month else "the newest 12 months"
    what = f"China's exports of {data.product} to all destinations, {given}"
    if asked and month != asked:
        what += f" (not to {asked}, which was asked for)"
        known.insert(0, _not_given(asked, month, given))
        # set apart, so that nothing takes these figures for those of the month asked for
        figures = DashboardFigures.model_validate({name: getattr(data, name) for name in DashboardFigures.model_fields})
        data = DashboardData(hsCode=data.hsCode, productName=data.productName, newestInstead=figures)
    return answered(
        "dashboard",
        what,
        data,
        [fetched],
        known,
        more="Destinations: `markets`, `growth`. Months: `trend`. Unit prices: `priceband`. Neighbours: `chapter`.",
        coverage=given if month else None,
    )


def _not_given(asked: Period, newest: Period | None, given: str) -> Note:
    """Why the twelve months are not those asked for: later than the newest, or any but the newest."""
    text = f"The service gave no figures for the 12 months to {asked}; `newestInstead` holds {given}."
    if newest is None:
        return notes.absent(text, None)
    if asked > newest:
        return notes.absent(f"{text} {when_out(asked)}", Reason.NOT_YET_PUBLISHED)
    return notes.absent(f"{text} It seems to give the newest only.", Reason.NOT_COVERED)


def _parts(data: DashboardData) -> list[tuple[str, Num | None, Num | None]]:
    """Every part of the total with its amount and share, under the name that the answer has for it."""
    slices = [(part.name or "", part.total, part.percent) for part in (*(data.region or ()), *(data.blocs or ()))]
    if slices:
        return slices
    breakdowns = [one for one in (data.regionBreakdown, data.tradeBlocBreakdown) if one]
    return [(stem, *figures) for one in breakdowns for stem, figures in one.parts.items()]


def _nulls(data: DashboardData, form: Shape) -> list[Note]:
    """Which of the figures that the form has came without a value, if any."""
    names = CORE if form == "current" else (*CORE, "prev12mGlobalTotal", "avgCountryActiveMonths")
    found = [name for name in names if getattr(data, name) is None]
    return [notes.absent(f"Not given, which is not zero: {', '.join(found)}.", Reason.NOT_REPORTED)] if found else []


def _form_of_dashboard(data: DashboardData, form: Shape) -> list[Note]:
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


async def run_trend(context: Context, args: TrendArguments) -> Answer[TrendData]:
    """Ask for one product's months: of one country where the service gives that, else of all destinations."""
    to, code = args.countryCode, args.hsCode.code
    country = to.area.china_customs if to else ""
    params = {"hsCode": code} | ({"countryCode": country} if country else {})
    fetched = await ask(context, "trend", params, partial(read.trend, asked=code, country=country))
    known = _resolved(to)
    if (found := fetched.value) is None:
        data = TrendData(hsCode=code)
        text = "it gives one country at a time and nothing for all together. Call again with countryCode."
        known += [
            notes.shape("older", text),
            notes.absent("No monthly series: no country was named.", Reason.NOT_COVERED),
        ]
    else:
        data = found.data
        if to:
            data = data.model_copy(update={"countryCode": country, "country": to.area.name_en})
        months = data.figures
        if not months:
            text = f"The service gave an empty monthly series for {data.hsCode}."
            raise empty(text, data.hsCode, country)
        known += notes.of_product(args.hsCode, data.hsCode, months)
        if found.shape == "current":
            if to:
                name = to.area.name_en
                text = f"No series for {name} alone. `allDestinationsMonthly` is the total of all destinations."
                known.append(notes.absent(text, Reason.NOT_COVERED))
            text = "it gives the total of all destinations only, since 2021."
            known += [notes.shape("current", text), notes.CURRENT_UNITS]
        known += [*notes.zeros(months), *notes.gaps(months)]
    more = "Destinations: `markets`. Totals: `dashboard`."
    if to and data.monthlyData is None:
        more = _elsewhere(to.area, code)
    return answered("trend", _what_of_trend(data), data, [fetched], known, more=more)


def _resolved(to: Destination | None) -> list[Note]:
    return [Note(code=NoteCode.RESOLVED_CODE, text=to.note)] if to and to.note else []


def _what_of_trend(data: TrendData) -> str:
    what = f"China's monthly exports of {data.product}"
    if data.monthlyData is not None:
        return f"{what} to {_named(data.country or data.countryName, data.countryCode)}"
    return f"{what} to ALL destinations together" if data.allDestinationsMonthly is not None else f"{what}: not given"


def _named(name: str | None, code: str | None) -> str:
    return f"{name or 'country'} (China Customs code {code})"


def _elsewhere(to: Area, code: str) -> str:
    """Where the months of one country can be had instead."""
    what = {"flowCode": "X", "freqCode": "M", "cmdCode": code[:6], "period": "last 12 months"}
    alone = call_text("comtrade_data", reporterCode="CN", partnerCode=to.comtrade, **what)
    mirror = f" As Korea's imports (CIF, US dollars): {korea(code)}." if to.iso2 == "KR" else ""
    return f"For {to.name_en} alone: {alone}.{mirror}"


async def run_history(context: Context, args: HistoryArguments) -> Answer[HistoryData]:
    """Ask for 24 months of one product to one country."""
    to, code = args.countryCode.area, args.hsCode.code
    country = to.china_customs
    params = {"hsCode": code, "countryCode": country}
    fetched = await ask(context, "history", params, partial(read.history, asked=code, country=country))
    known, where = _resolved(args.countryCode), _named(to.name_en, country)
    if (data := fetched.value) is None:
        data = HistoryData(hsCode=code, countryCode=country, country=to.name_en)
        given = "24 months: not given"
        text = "No figures are given: that is neither zero nor a sign of no exports."
        known += [NO_HISTORY, notes.absent(text, Reason.NOT_COVERED)]
        more = f"All destinations: `trend`. {_elsewhere(to, code)}"
    else:
        given = "24 months"
        known += [*notes.of_product(args.hsCode, data.hsCode, data.figures), *_history_notes(data)]
        more = "Twelve months with growth: `trend`, `dashboard`. Longer: comtrade_data."
    return answered(
        "history",
        f"China's exports of {product_named(data.hsCode)} to {where}, {given}",
        data,
        [fetched],
        known,
        more=more,
        coverage=f"24 months to {data.currentDataMonth}" if data.currentDataMonth else None,
    )


NO_HISTORY = Note(
    code=NoteCode.SHAPE,
    text="The service has no /skill/history, which its current documentation no longer lists; or, in its older "
    "form, it holds nothing for this code (check with dashboard).",
)


def _history_notes(data: HistoryData) -> list[Note]:
    months = data.figures
    if not months and not data.yearlySummary and data.summaryStats is None:
        text = f"The service gave no months for {data.hsCode} to {data.country or data.countryCode}."
        raise empty(text, data.hsCode, data.countryCode)
    if not months:
        return [notes.absent("No months were given, only the sums.", Reason.NOT_REPORTED)]
    found = [*notes.zeros(months), *notes.gaps(months)]
    total = data.summaryStats.total24MonthAmount if data.summaryStats else None
    amounts = [value for value in months.values() if value is not None]
    if total is not None and len(amounts) == len(months) and abs(sum(amounts) - total) > len(months):
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

"""What `trade_series` says of several series: sums, differences, shares and ranks of what one source has of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from itertools import product as every_pair

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.hs import cut
from tradestat_tools.codes.names import area_name
from tradestat_tools.codes.periods import PER_YEAR, Period, periods_between
from tradestat_tools.contract.context import Context, merged, remaining
from tradestat_tools.contract.view import Standing
from tradestat_tools.model.answers import Answer, Note, NoteCode, Provenance
from tradestat_tools.model.flow import Product
from tradestat_tools.research.indicators.formulas import Figure, Indicator, growth, index_on
from tradestat_tools.research.series import sums
from tradestat_tools.research.series.answer import TOOL, PassedOver, TradeSeriesData
from tradestat_tools.research.series.gather import Gathered
from tradestat_tools.research.series.many import Many, Wire, overlapping
from tradestat_tools.research.series.places import Place
from tradestat_tools.research.series.report import CODES, UNIT_NAMES, Passed, source_name
from tradestat_tools.research.series.several import FLOW_NAMES, Lacks, ManyData, OneSeries
from tradestat_tools.research.series.sums import NOTHING, Cell, Cells
from tradestat_tools.research.series.told import MOST_NAMED, Line, notes_of
from tradestat_tools.research.views import code_of, flows_of
from tradestat_tools.research.words import first_of


def answer_of_many(context: Context, many: Many, found: Gathered, passed: Sequence[Passed]) -> Answer[TradeSeriesData]:
    """The whole answer."""
    every = tuple(periods_between(many.earliest(found.periods[0], found.periods[-1]), found.periods[-1]))
    lines = _lines(many, found, every)
    notes: list[Note] = [Note(code=NoteCode.RESOLVED_CODE, text=text) for text in many.notes]
    share_of = _shares(many, found, lines, every, notes)
    lines = _each_once(lines)
    series, to_date = _worked_out(many, found, lines)
    name = found.sources[0].service
    first = next((one for rows in found.rows.values() for one in rows.values()), None)
    data = ManyData(
        reporter=many.reporters.name if many.reporters.is_group else code_of(many.reporters.areas[0]),
        reporter_name=many.reporters.named(many.lang),
        classification="EBOPS" if many.products[0].kind == "services" else "HS",
        frequency=CODES[many.frequency],
        currency=many.currency,
        source=first.source if first else found.source,
        choice=f"{name}, {_choice(context, many, found, passed)}",
        resolution=max((one.resolution for rows in found.rows.values() for one in rows.values()), default=1.0),
        periods=[str(at) for at in found.periods],
        first_to_last=f"{found.periods[0]} to {found.periods[-1]}" if many.also & {"cagr", "change"} else None,
        share_of=share_of,
        to_date=to_date,
        base=str(many.base or found.periods[0]) if "index" in many.also else None,
        series=series,
        passed_over=[PassedOver(source=one.source, text=one.error.message) for one in passed] or None,
    )
    notes += notes_of(context, many, found, lines, data)
    return Answer(what=_what(many, data), data=data, source=_provenance(many, found), notes=notes)


def _what(many: Many, data: ManyData) -> str:
    flows = ", ".join(FLOW_NAMES[flow] for flow in many.flows)
    partners = ", ".join(place.named(many.lang) for place in many.places[:4]) + (
        " and others" if len(many.places) > 4 else ""
    )
    goods = ", ".join(_goods(many, product) for product in many.products[:6]) + (
        " ..." if len(many.products) > 6 else ""
    )
    when = data.periods[0] if len(data.periods) == 1 else f"{data.periods[0]} to {data.periods[-1]}"
    return f"{data.reporter_name}'s {flows}, with {partners}: {goods}, {when}"


def _goods(many: Many, product: Product) -> str:
    """A product's code; in another language than English, where the name is what was asked for, with it."""
    return product.code if many.lang == "en" else f"{product.code} {cut(product.named(many.lang), 40)}"


def _choice(context: Context, many: Many, found: Gathered, passed: Sequence[Passed]) -> str:
    if many.source == found.source:
        return "as asked for"
    flows = flows_of(context.sources).get(found.source)
    if flows is not None and flows.standing is Standing.NATIONAL:
        return f"the official national source of {many.reporters.named(many.lang)}"
    over = [source_name(context, one.source) for one in passed]
    return f"since {' and '.join(over)} could not answer it" if over else "the first source that has it"


def _provenance(many: Many, found: Gathered) -> Provenance:
    unit = UNIT_NAMES.get(many.currency, many.currency)
    valued = [f"{FLOW_NAMES[flow]} {' and '.join(one)}" for flow in many.wire if (one := found.valuations(flow))]
    one = merged(
        found.sources, TOOL, found.results, unit=unit, currency=many.currency, valuation=", ".join(valued) or None
    )
    return one.model_copy(update={"remaining_quota": remaining(found.sources)})


# --- series and their sums -----------------------------------------------------------------------------------------


def _lines(many: Many, found: Gathered, periods: Sequence[Period]) -> list[Line]:
    """Every series: sums first, then the largest; what is worked out of flows behind the flows."""
    lines: list[Line] = []
    for product in many.products:
        for place in many.places:
            lines += _of_place(many, found, place, product, periods)
    single = [place for place in many.places if not place.is_group and place.areas[0].kind != "world"]
    sums_of: list[Line] = []
    for flow in many.flows:
        mine = [line for line in lines if line.flow == flow]
        if len(single) > 1 and not any(place.is_group for place in many.places):
            names = {place.named(many.lang) for place in single}
            for product in many.products:
                of = [one for one in mine if one.product == product.code and one.partner_name in names]
                label = f"these {len(of)} partners"
                sums_of.append(_sum(of, periods, partner_name=label, product=product))
        elif len(many.products) > 1 and not any(overlapping(many.products)):
            for place in many.places:
                grouped = place.is_group or many.reporters.is_group
                name = place.named(many.lang)
                of = [one for one in mine if one.partner_name == name and bool(one.members) == grouped]
                sums_of.append(_sum(of, periods, partner_name=name, product=None, partner=of[0].partner))
    return [*sums_of, *sorted(lines, key=lambda one: _place(one, found.periods))]


def _place(line: Line, periods: Sequence[Period]) -> tuple[bool, bool, float]:
    """Sums before what they are of, the largest first, what has no figure last."""
    total = sums.together(line.cells, periods).value
    return not line.members, total is None, -(total or 0.0)


def _of_place(many: Many, found: Gathered, place: Place, product: Product, periods: Sequence[Period]) -> Iterator[Line]:
    """The series of a partner, or of each reporter with it; of a group, their sum and each of them."""
    who = many.reporters
    group = place.name if place.is_group else who.name if who.is_group else ""
    place_name, product_name = place.named(many.lang), product.named(many.lang)
    for flow in many.flows:
        members: list[Line] = []
        for reporter, area in every_pair(who.areas, place.areas):
            cells = _flow_cells(found, flow, (code_of(reporter), code_of(area)), product.code, periods)
            line = Line(flow, code_of(area), area_name(many.lang, area), product.code, product_name, cells)
            line.ranked = "" if _contains_others(many, area, product) else f"{flow} {group}"
            if who.is_group:
                line.reporter, line.reporter_name = code_of(reporter), area_name(many.lang, reporter)
            members.append(line)
        if place.is_group:
            yield _sum(members, periods, partner_name=place_name, product=product)
        elif who.is_group:
            yield _sum(members, periods, partner_name=place_name, product=product, partner=members[0].partner)
        yield from members


def _contains_others(many: Many, area: Area, product: Product) -> bool:
    """Whether a series contains others that are asked for, so that it is no part beside them."""
    if many.reporters.is_group:
        return False  # what stands beside a member are the other members, with the same partner and product
    if len(many.areas) > 1:
        return area.kind == "world"
    return any(wide is product for wide, _ in overlapping(many.products))


def _sum(
    of: Sequence[Line],
    periods: Sequence[Period],
    *,
    partner_name: str,
    product: Product | None,
    partner: str | None = None,
) -> Line:
    def name(one: Line) -> str:
        return one.reporter_name or one.partner_name if product else one.product or ""

    cells = sums.summed({name(one): one.cells for one in of}, periods)
    return Line(
        of[0].flow,
        partner,
        partner_name,
        product.code if product else None,
        of[0].product_name if product else f"these {len(of)} products",
        cells,
        tuple(name(one) for one in of),
    )


def _flow_cells(found: Gathered, flow: str, ends: tuple[str, str], product: str, periods: Sequence[Period]) -> Cells:
    """The figures of a flow between reporter and partner as reported, or as the difference of two."""

    def reported(one: Wire) -> Cells:
        return found.cells.get((one, *ends, product), {})

    if flow == "TB":
        return sums.less(reported("X"), reported("M"), periods, ("exports", "imports"))
    if flow == "DX":
        return sums.less(reported("X"), reported("RX"), periods, ("exports", "re-exports"))
    return reported("M" if flow == "M" else "RX" if flow == "RX" else "X")


# --- shares and ranks ----------------------------------------------------------------------------------------------


def _wholes(many: Many, found: Gathered, line: Line, periods: Sequence[Period]) -> Cells:
    """What is reported of the whole that a series is a part of; of a sum of products, of all of them."""
    if line.flow == "TB" or not found.shares or many.reporters.is_group:
        return {}
    who = code_of(many.reporters.areas[0])
    if many.whole_partner:
        ends = (who, code_of(many.whole_partner))
        if line.product:
            return _flow_cells(found, line.flow, ends, line.product, periods)
        of = {code: _flow_cells(found, line.flow, ends, code, periods) for code in line.members}
        return {at: cell for at, cell in sums.summed(of, periods).items() if not cell.lacking}
    if many.whole_product and line.partner:
        return _flow_cells(found, line.flow, (who, line.partner), many.whole_product.code, periods)
    return {}


def _shares(
    many: Many, found: Gathered, lines: Sequence[Line], periods: Sequence[Period], notes: list[Note]
) -> str | None:
    """The share of each series and its rank; what the shares are of is said."""
    _rank(lines, found.periods)
    group = many.reporters.named(many.lang) if many.reporters.is_group else ""
    if not (many.whole_partner or many.whole_product or group):
        return None
    fallen: dict[str, None] = {}
    for line in lines:
        if line.flow == "TB" or (group and line.members):
            continue
        wholes = _wholes(many, found, line, periods)
        parts = _siblings(lines, line) if line.product or not many.whole_partner else []
        cells: dict[Period, Cell] = {}
        for at in found.periods:
            whole = wholes.get(at, NOTHING)
            if whole.value is None and parts:
                whole = sums.summed({str(n): one.cells for n, one in enumerate(parts)}, [at])[at]
                if whole.value is not None:
                    fallen[str(at)] = None
            cells[at] = whole
        line.found["share"] = [sums.part(line.at(at), cells[at]) for at in found.periods]
        both = [at for at in found.periods if line.at(at).value is not None and cells[at].value is not None]
        one, all_of = sums.together(line.cells, both), sums.together(cells, both)
        whole_cell = Cell(all_of.value, valuation=cells[both[0]].valuation if both else None)
        line.found["total_share"] = [
            sums.part(Cell(one.value, valuation=line.at(both[0]).valuation), whole_cell)
            if len(both) == len(found.periods)
            else Indicator.undefined("not every period has both figures")
        ]
    if group:
        return f"the sum of those members of {group} that have a figure, same flow, partner, product and period"
    what = area_name(many.lang, many.whole_partner) if many.whole_partner else "all products"
    if fallen:
        when = first_of(list(fallen), MOST_NAMED)
        text = f"No reported figure of {what} in {when} for some series: shares there are of the members' sum."
        notes.append(Note(code=NoteCode.SUBSET, text=text))
    return f"the reported figure of {what}, same flow, source and period; the members' sum where there is none"


def _siblings(lines: Sequence[Line], line: Line) -> list[Line]:
    """The series whose sum stands for a whole that is not reported."""
    if line.members:
        mine = [one for one in lines if not one.members and one.flow == line.flow and one.ranked]
        mine = [one for one in mine if line.product in (None, one.product) and line.partner in (None, one.partner)]
        return list({(one.partner, one.product): one for one in mine}.values())
    family = [one for one in lines if one.ranked and one.ranked == line.ranked]
    return [one for of in _beside_each_other(family) if any(each is line for each in of) for one in of]


def _beside_each_other(lines: Sequence[Line]) -> list[list[Line]]:
    """Series as parts of one whole each: the partners of a product, or of one partner its products."""
    by_product = len({(one.reporter, one.partner) for one in lines}) > 1
    found: dict[str | None, list[Line]] = {}
    for one in lines:
        found.setdefault(one.product if by_product else one.partner, []).append(one)
    return list(found.values())


def _rank(lines: Sequence[Line], periods: Sequence[Period]) -> None:
    """The place of each partner or product among all that stand beside it, in each period and over all."""
    for flow in {line.flow for line in lines}:
        ranked = _each_once(one for one in lines if one.ranked and one.flow == flow and not one.members)
        for beside in _beside_each_other(ranked):
            if len(beside) < 2:
                continue
            places = [sums.ranks([one.at(at).value for one in beside]) for at in periods]
            totals = sums.ranks([sums.together(one.cells, periods).value for one in beside])
            for mine, line in enumerate(beside):
                line.found["rank"] = [Indicator(of[mine]) for of in places]
                line.found["total_rank"] = [Indicator(totals[mine])]


# --- measures ------------------------------------------------------------------------------------------------------


def _worked_out(many: Many, found: Gathered, lines: Sequence[Line]) -> tuple[list[OneSeries], str | None]:
    """Every series with its measures, and the months of the year to date."""
    last = next((at for at in reversed(found.periods) if found.has(at)), found.periods[-1])
    to_date = None
    if "ytd" in many.also:
        to_date = f"{last.year}-01 to {last}" if last.number > 1 else str(last)
    return [_one(many, found, line, last) for line in lines], to_date


def _each_once(lines: Iterable[Line]) -> list[Line]:
    """Without what stands there again: a partner that was named and is a group's member too."""
    found: dict[tuple[object, ...], Line] = {}
    for line in lines:
        found.setdefault(line.key, line)
    return list(found.values())


def _one(many: Many, found: Gathered, line: Line, last: Period) -> OneSeries:
    periods, cells = found.periods, [line.at(at) for at in found.periods]
    whole = sums.together(line.cells, periods)
    more: dict[str, object] = {}
    if "unit_value" in many.also and line.flow not in ("TB", "DX"):
        line.found["unit_value"] = [sums.price(cell) for cell in cells]
    if "growth" in many.also:
        step = PER_YEAR[many.frequency]
        line.found["growth_year"] = [_set_against(line.at(at.shifted(-step)), line.at(at), growth) for at in periods]
        if step > 1:
            line.found["growth_period"] = [_set_against(line.at(at.shifted(-1)), line.at(at), growth) for at in periods]
    if "index" in many.also:
        base = line.at(many.base or periods[0])
        line.found["index"] = [_set_against(base, cell, index_on) for cell in cells]
    if many.also & {"cagr", "change"}:
        change = sums.changed(line.cells, periods[0], periods[-1])
        line.found |= {"change": [change.absolute], "change_rate": [change.rate]}
        if "cagr" in many.also:
            line.found["cagr"] = [change.yearly]
    if "ytd" in many.also:
        year = sums.to_date(line.cells, last)
        more |= {"ytd": year.now, "ytd_before": year.before}
        line.found["ytd_growth"] = [year.growth]
    if "months" in many.also:
        average = sums.by_calendar_month(line.cells, periods)
        more |= {"month_average": [one for one, _ in average], "month_years": [years for _, years in average]}
    listed = ("unit_value", "share", "rank", "growth_year", "growth_period", "index")
    more |= {name: [one.value for one in of] for name, of in line.found.items() if name in listed}
    more |= {name: of[0].value for name, of in line.found.items() if name not in listed}
    undefined = {name: text for name, of in line.found.items() if (text := _why(name, of, periods))}
    kilograms = [cell.net_kg for cell in cells] if many.also & {"weight", "unit_value"} else []
    return OneSeries(
        flow=line.flow,
        reporter=line.reporter,
        reporter_name=line.reporter_name,
        partner=line.partner,
        partner_name=line.partner_name,
        product=line.product,
        product_name=line.product_name,
        members=list(line.members) or None,
        values=[cell.value for cell in cells],
        status=[cell.status for cell in cells],
        valuations=[cell.valuation for cell in cells] if any(cell.valuation for cell in cells) else None,
        net_kg=kilograms if any(one is not None for one in kilograms) else None,
        total=whole.value,
        total_lacks=[str(at) for at in whole.lacking] or None,
        lacks=list(_lacks(line, periods)) or None,
        undefined=undefined or None,
        **more,  # type: ignore[arg-type]
    )


def _set_against(base: Cell, cell: Cell, ratio: Callable[[Figure, Figure], Indicator]) -> Indicator:
    why = cell.why if cell.value is None else f"before: {base.why}" if base.value is None else ""
    if not why and base.valuation != cell.valuation:
        why = sums.MIXED_SHARE
    if not why and base.lacking != cell.lacking:
        why = "the sums lack different members"
    return Indicator.undefined(why) if why else ratio(base.value, cell.value)


def _why(name: str, found: Sequence[Indicator], periods: Sequence[Period]) -> str:
    if name in ("rank", "total_rank"):
        return ""
    if len(found) == 1 and len(periods) > 1:
        return found[0].why or ""
    gone = [(one.why, str(at)) for at, one in zip(periods, found, strict=False) if one.value is None]
    by: dict[str, list[str]] = {}
    for why, at in gone:
        by.setdefault(why or "", []).append(at)
    return "; ".join(f"{first_of(which, MOST_NAMED)}: {why}" for why, which in by.items())


def _lacks(line: Line, periods: Sequence[Period]) -> Iterator[Lacks]:
    """What is not there, periods that lack the same together."""
    for (lacking, why), group in groupby(periods, key=lambda at: (line.at(at).lacking, line.at(at).why)):
        which = [str(at) for at in group]
        if lacking or why:
            yield Lacks(periods=which, members=list(map(str, lacking)) or None, text=why or None)

"""Indicators worked out on rows: of the members of a whole, over time, of several flows, and beside the world."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from tradestat_tools.codes.periods import PER_YEAR
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.flow import TOTAL_GOODS, WORLD
from tradestat_tools.model.observation import Observation
from tradestat_tools.research.indicators import formulas as pure
from tradestat_tools.research.indicators.formulas import Figure, Indicator
from tradestat_tools.research.indicators.rows import (
    ALL,
    Lacking,
    Line,
    Options,
    Outcome,
    by_size,
    completed,
    dimension,
    grouped,
    is_member,
    is_total,
    mixed,
    names_of,
    of_row,
    parted,
    with_figures,
)
from tradestat_tools.research.indicators.together import of_group
from tradestat_tools.research.repeats import NAMED, area_name, lack
from tradestat_tools.research.words import first_of

COMPLETE = 0.005
"""By what part members may fall short of the reported total, or exceed it, before they are no longer all of it."""


def shares(rows: Sequence[Observation], options: Options) -> Outcome:
    """Each member's part of the reported total, or of the sum of those that have a figure where no total is there."""
    out, by = Outcome(), dimension(rows, options.by)
    lacking = Lacking(by)
    unknown: dict[str, None] = {}
    for group in grouped(completed(rows, by), [by]).values():
        members, whole = parted(group, by)
        if not members:
            continue
        mine: list[Line] = []
        more: dict[str, str | float | None] = {}
        if whole is not None and whole.value is not None:
            out.say(f"Shares are of the reported total ({area_name(WORLD) if by == 'partner' else whole.product}).")
            total: Figure = whole.value
            why = mixed([*members, whole])
        else:
            if whole is None:
                out.say("Shares are of the sum of the members: no total is among the rows.")
            else:
                unknown[f"{whole.period} ({lack(whole)})"] = None
            known = lacking.known(members)
            total, why = pure.sum_of(one.value for one in known), mixed(known)
            more = {"lacking": len(members) - len(known)} if len(known) < len(members) else {}
        for one in members:
            if one.value is None and options.skip:
                continue
            found = pure.share(one.value, total) if one.value is not None else Indicator.undefined(lack(one))
            mine.append(Line(of_row(one), _unless(why, found), {"figure": one.value, "of": total, **more}))
        mine = by_size(mine)
        out.lines += of_group(mine, options.group, by, total, out) if options.group else mine
    if unknown:
        out.say(f"Of the sum of the members where the total has no figure: {first_of(list(unknown), NAMED)}.")
    lacking.say(
        out, "The sum lacks members, so that shares are of those with a figure, and at most what they are of all."
    )
    return out


def concentration(
    rows: Sequence[Observation], options: Options, measure: Callable[[Sequence[Figure]], Indicator]
) -> Outcome:
    """One figure over all members of each whole that have a figure."""
    out, by = Outcome(), dimension(rows, options.by)
    lacking = Lacking(by)
    for group in grouped(completed(rows, by), [by]).values():
        members, whole = parted(group, by)
        if not members:
            continue
        known = lacking.known(members)
        why = mixed(known) or _incomplete(known, whole, options, out) or (None if known else "there are no figures")
        largest_first = sorted(known, key=lambda one: -(one.value or 0.0))
        more: dict[str, str | float | None] = {
            "members": len(known),
            "sum": pure.sum_of(one.value for one in known),
            "largest": names_of([str(getattr(one, by)) for one in largest_first[: options.n]], by, options.lang),
        }
        if len(known) < len(members):
            more["lacking"] = len(members) - len(known)
        found = _unless(why, measure([one.value for one in known]))
        out.lines.append(Line(of_row(members[0], **{by: ALL}), found, more))
    lacking.say(out, "Not all members have a figure: concentration is among those that do.")
    return out


def contributions(rows: Sequence[Observation], options: Options) -> Outcome:
    """What each member adds to the growth of all, from the first to the last period among the rows."""
    out, by = Outcome(), dimension(rows, options.by)
    if by == "period":
        raise InvalidQuery("Contributions are of partners, products or reporters.", argument="by", allowed="the same")
    for group in grouped(rows, [by, "period"]).values():
        members, _ = parted(group, by)
        out.say("V is the sum of the members, and all of it their growth.")
        first, last = min(one.period for one in group), max(one.period for one in group)
        if not members or first == last:
            continue
        before = {getattr(one, by): one.value for one in members if one.period == first}
        after = {getattr(one, by): one.value for one in members if one.period == last}
        lacking = sorted({one for one in {**before, **after} if before.get(one) is None or after.get(one) is None})
        gone = dict.fromkeys(lacking, pure.MISSING)
        gone |= {getattr(one, by): lack(one) for one in members if one.period in (first, last) and one.value is None}
        if gone:
            names = "; ".join(
                f"{names_of([part for part in gone if gone[part] == reason], by)} ({reason})"
                for reason in dict.fromkeys(gone.values())
            )
            out.say(f"No figure in both {first} and {last}, so not in V: {names}.")
        why = mixed(one for one in members if one.period in (first, last))
        at = {"period": f"{first} to {last}"}
        mine: list[Line] = []
        for part, points in pure.contributions(before, after).items():
            if part in lacking and options.skip:
                continue
            figures = {"before": before.get(part), "after": after.get(part)}
            found = _unless(gone.get(part, why), points)
            mine.append(Line(of_row(members[0], **{by: part}, **at), found, figures))
        out.lines += by_size(mine)
        both = [part for part in before if part not in lacking]
        sums = [pure.sum_of(each[part] for part in both) if both else None for each in (before, after)]
        whole = pure.growth(*sums)
        out.lines.append(Line(of_row(members[0], **{by: ALL}, **at), _unless(why, whole)))
    return out


def largest(rows: Sequence[Observation], options: Options) -> Outcome:
    """What the n largest members have of all."""

    def measure(values: Sequence[Figure]) -> Indicator:
        return pure.top_share(values, options.n)

    out = concentration(rows, options, measure)
    out.say(f"n = {options.n}.")
    return out


def _incomplete(
    members: Sequence[Observation], whole: Observation | None, options: Options, out: Outcome
) -> str | None:
    """Why members are not all of the whole, by the total that is reported."""
    if whole is None or not whole.value:
        return None
    part = math.fsum(one.value or 0.0 for one in members) / whole.value
    why = f"the members are {part:.1%} of the reported total"
    if part > 1 + COMPLETE:
        out.say("Members that are more than the total contain each other; leave out those that contain others.")
        return why
    if part < 1 - COMPLETE:
        if options.skip:
            out.say(f"The members are {part:.1%} of the reported total; concentration is among them only.")
            return None
        out.say("Members that are not all of the total leave it undefined; missing=skip measures them alone.")
        return why
    return None


def _unless(why: str | None, found: Indicator) -> Indicator:
    """What was found, unless there is a reason why it is not defined."""
    return Indicator.undefined(why) if why else found


def growth(rows: Sequence[Observation], _: Options) -> Outcome:
    """Growth on the same period a year before and, of months and quarters, on the period before."""
    out = Outcome()
    for series in _series(rows):
        at = {one.period: one for one in series}
        for one in series:
            steps = PER_YEAR[one.period.frequency]
            on_year = _two(at.get(one.period.shifted(-steps)), one, pure.growth)
            more: dict[str, str | float | None] = {"figure": one.value}
            if steps > 1:
                more["on_period_before"] = _two(at.get(one.period.shifted(-1)), one, pure.growth).value
            out.lines.append(Line(of_row(one), on_year, more))
    return out


def compound_growth(rows: Sequence[Observation], _: Options) -> Outcome:
    """Compound annual growth from the first to the last year among the rows."""
    out = Outcome()
    for series in _series(rows):
        first, last = series[0], series[-1]
        if first.period.frequency != "year":
            raise InvalidQuery("Compound annual growth is of years.", argument="result", allowed="yearly figures")
        years = last.period.year - first.period.year
        found = _two(first, last, partial(pure.compound_growth, periods=years))
        figures = {"years": years, "first": first.value, "last": last.value}
        out.lines.append(Line(of_row(first, period=f"{first.period} to {last.period}"), found, figures))
    return out


def index(rows: Sequence[Observation], options: Options) -> Outcome:
    """Figures against that of the base period, the first with a figure unless said otherwise."""
    out = Outcome()
    for series in _series(rows):
        usual = next((one.period for one in series if one.value is not None), series[0].period)
        base = options.base or usual
        start = next((one for one in series if one.period == base), None)
        out.say(f"{base} is 100.")
        out.lines += [Line(of_row(one), _two(start, one, pure.index_on), {"figure": one.value}) for one in series]
    return out


def quantity_and_unit_value(rows: Sequence[Observation], _: Options) -> Outcome:
    """What quantity and unit value did to the change in value, from the first to the last period among the rows."""
    out = Outcome()
    for series in _series(rows):
        first, last = series[0], series[-1]
        if first is last:
            continue
        unit, before, after = _quantities(first, last)
        parts = pure.quantity_and_unit_value(first.value, before, last.value, after)
        if why := mixed([first, last]):
            parts = pure.Decomposition(Indicator.undefined(why), Indicator.undefined(why))
        more = {
            "by_unit_value": parts.by_unit_value.value,
            "change": pure.balance(last.value, first.value).value,
            "unit": unit,
        }
        out.lines.append(Line(of_row(first, period=f"{first.period} to {last.period}"), parts.by_quantity, more))
    return out


def unit_value(rows: Sequence[Observation], _: Options) -> Outcome:
    """Value for each unit of quantity, or for each kilogram where there is no other quantity."""
    out = Outcome()
    for one in (row for series in _series(rows) for row in series):
        by_weight = one.quantity is None
        quantity, unit = (one.net_kg, "kg net") if by_weight else (one.quantity, one.quantity_unit)
        out.lines.append(
            Line(of_row(one), pure.unit_value(one.value, quantity), {"unit": unit if quantity is not None else None})
        )
    return out


def _series(rows: Sequence[Observation]) -> list[list[Observation]]:
    return list(grouped(rows, ["period"]).values())


def _two(first: Observation | None, second: Observation, ratio: Callable[[Figure, Figure], Indicator]) -> Indicator:
    if first is None:
        return Indicator.undefined("its base period is not among the rows")
    if gone := next((one for one in (first, second) if one.value is None), None):
        return Indicator.undefined(lack(gone))
    return _unless(mixed([first, second]), ratio(first.value, second.value))


def _quantities(first: Observation, last: Observation) -> tuple[str | None, Figure, Figure]:
    """The unit that both rows have a quantity in, and the quantities."""
    if first.quantity is not None and last.quantity is not None and first.quantity_unit == last.quantity_unit:
        return first.quantity_unit, first.quantity, last.quantity
    return "kg net", first.net_kg, last.net_kg


def two_flows(rows: Sequence[Observation], measure: Callable[[Figure, Figure], Indicator]) -> Outcome:
    """A measure of exports beside imports of the same reporter, partner, product and period.

    Raises:
        InvalidQuery: all rows are of one flow.
    """
    if not {"X", "M"} <= {one.flow for one in rows}:
        raise InvalidQuery(
            "It needs exports and imports of the same reporter; the rows hold one of them.",
            argument="result",
            allowed='an answer with both, such as comtrade_data(flowCode="X,M"), or the handles of two answers',
        )
    out = Outcome()
    for exports, imports, one in _pairs(rows):
        figures = {"exports": exports, "imports": imports}
        out.lines.append(Line(of_row(one, flow="X, M"), measure(exports, imports), figures))
    return out


def grubel_lloyd(rows: Sequence[Observation], options: Options) -> Outcome:
    """Intra-industry trade of each product; with by=product also over all of them, weighted by trade."""
    out = two_flows(rows, pure.grubel_lloyd)
    if options.by != "product":
        return out
    for group in grouped(rows, ["flow", "product"]).values():
        members, _ = parted(group, "product")
        pairs = [(exports, imports) for exports, imports, _ in _pairs(members)]
        if lacking := [one.product for *pair, one in _pairs(members) if None in pair]:
            names = names_of(lacking, "product")
            out.say(f"Without one of the flows in {group[0].period}, so not in the figure over all: {names}.")
            pairs = [pair for pair in pairs if None not in pair]
        found = pure.grubel_lloyd_overall(pairs)
        if members:
            out.lines.append(Line(of_row(members[0], flow="X, M", product=ALL), found, {"products": len(pairs)}))
    return out


def _pairs(rows: Sequence[Observation]) -> Iterator[tuple[Figure, Figure, Observation]]:
    """Exports and imports of the same; None for a flow that has no row."""
    for group in grouped((one for one in rows if one.flow in ("X", "M")), ["flow"]).values():
        flows = {one.flow: one.value for one in group}
        yield flows.get("X"), flows.get("M"), group[0]


def advantage(rows: Sequence[Observation], options: Options, *, symmetric: bool) -> Outcome:
    """Balassa's index of every reporter and product; the world is all reporters among the rows."""
    out = Outcome()
    exports = [one for one in rows if one.flow == "X" and is_member(one, "reporter")]
    reporters = {one.reporter for one in exports if is_total(one)}
    products = list(dict.fromkeys(one.product for one in exports if not is_total(one)))
    if len(reporters) < 2 or not products:
        raise _lacking(exports, products)
    for group in grouped(exports, ["reporter", "product"]).values():
        totals = {one.reporter: one for one in group if is_total(one)}
        for product in products:
            cells = {one.reporter: one for one in group if one.product == product}
            _add_advantage(out, product, cells, totals, options, symmetric=symmetric)
    return out


def _add_advantage(
    out: Outcome,
    product: str,
    cells: Mapping[str, Observation],
    totals: Mapping[str, Observation],
    options: Options,
    *,
    symmetric: bool,
) -> None:
    if not cells or not totals:
        return
    period = next(iter(cells.values())).period
    if rest := sorted(set(cells) - set(totals)):
        out.say(f"No total in {period}, so left out: {names_of(rest, 'reporter')}.")
    both = {code: (one, totals[code]) for code, one in cells.items() if code in totals}
    gone = {code: one for code, pair in both.items() for one in pair if one.value is None}
    gone |= {code: one for code, one in totals.items() if one.value is None}
    with_figures(list(gone.values()), out)
    world = {code: one for code, one in totals.items() if code not in gone}
    known = {code: one for code, (one, _) in both.items() if code in world}
    out.say(f"The world is the {len(world)} reporters among the rows that have a total for {period}.")
    if none := sorted(set(world) - set(cells)):
        out.say(f"No row of {product} in {period}, counted as no recorded exports: {names_of(none, 'reporter')}.")
    why = mixed([*known.values(), *world.values()])
    if len(world) < 2:
        why = "fewer than two reporters have figures"
    world_product = pure.sum_of(one.value for one in known.values())
    world_all = pure.sum_of(one.value for one in world.values())
    mine: list[Line] = []
    for code, (one, total) in both.items():
        if code in gone and options.skip:
            continue
        found = pure.revealed_comparative_advantage(one.value, total.value, world_product, world_all)
        found = pure.symmetric_advantage(found) if symmetric else found
        not_known = lack(gone[code]) if code in gone else why
        mine.append(Line(of_row(one), _unless(not_known, found), {"figure": one.value}))
    out.lines += by_size(mine)


def _lacking(exports: Sequence[Observation], products: Sequence[str]) -> InvalidQuery:
    codes = [*(products or ["850760"]), TOTAL_GOODS]
    years = ",".join(sorted({str(one.period) for one in exports})) or "2023"
    what = {"cmdCode": ",".join(codes), "flowCode": "X", "period": years}
    return InvalidQuery(
        "It needs exports to the World of the product and of TOTAL, by the reporter and by all others.",
        argument="result",
        allowed="an answer that holds them all",
        nearest=(call_text("comtrade_data", reporterCode="all", partnerCode="0", **what),),
    )


def intensity(rows: Sequence[Observation], options: Options) -> Outcome:
    """Trade intensity of every bilateral export; world imports are those of all reporters among the rows."""
    out = Outcome()
    for group in grouped(rows, ["flow", "reporter", "partner"]).values():
        exported = {one.reporter: one for one in group if one.flow == "X" and one.partner == WORLD}
        importers = [one for one in group if one.flow == "M" and one.partner == WORLD and is_member(one, "reporter")]
        imported = {one.reporter: one for one in with_figures(importers, out)}
        flows = [one for one in group if one.flow == "X" and one.partner != WORLD and is_member(one, "partner")]
        if not flows or not exported or len(imported) < 2:
            continue
        out.say(f"World imports are those of {len(imported)} reporters among the rows in {group[0].period}.")
        world, why = pure.sum_of(one.value for one in imported.values()), mixed(imported.values())
        for one in flows:
            if one.value is None and options.skip:
                continue
            own, theirs = exported.get(one.reporter), imported.get(one.partner)
            found = pure.trade_intensity(one.value, own.value if own else None, theirs.value if theirs else None, world)
            not_known = lack(one) if one.value is None else why
            out.lines.append(Line(of_row(one), _unless(not_known, found), {"figure": one.value}))
    if not out.lines:
        raise InvalidQuery(
            "It needs exports to the partner and to the World, and the imports from the World of every reporter.",
            argument="result",
            allowed="the handles of two answers of the same product and period",
            nearest=(
                'comtrade_data(reporterCode=A, partnerCode="B,0", flowCode="X") and '
                'comtrade_data(reporterCode="all", partnerCode="0", flowCode="M")',
            ),
        )
    return out

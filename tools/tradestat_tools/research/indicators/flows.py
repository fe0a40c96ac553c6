"""Indicators of several flows: exports beside imports, and a country beside the world."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.flow import WORLD
from tradestat_tools.model.observation import Observation
from tradestat_tools.research.indicators import formulas as pure
from tradestat_tools.research.indicators.formulas import Figure, Indicator
from tradestat_tools.research.indicators.rows import (
    ALL,
    Line,
    Options,
    Outcome,
    grouped,
    is_member,
    is_total,
    mixed,
    names_of,
    of_row,
    parted,
    with_figures,
)


def two_flows(rows: Sequence[Observation], measure: Callable[[Figure, Figure], Indicator]) -> Outcome:
    """A measure of exports beside imports of the same reporter, partner, product and period.

    Raises:
        InvalidQuery: all rows are of one flow.
    """
    if not {"X", "M"} <= {one.flow for one in rows}:
        raise InvalidQuery(
            "It needs exports and imports of the same reporter; the rows hold one of them.",
            argument="result",
            allowed="an answer with both, such as comtrade_data(flowCode=X,M), or the handles of two answers",
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
        if options.skip and any(None in pair for pair in pairs):
            out.say("Products without one of the flows are left out of the figure over all.")
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
    exports = with_figures([one for one in rows if one.flow == "X" and is_member(one, "reporter")], options, out)
    reporters = {one.reporter for one in exports if is_total(one)}
    products = list(dict.fromkeys(one.product for one in exports if not is_total(one)))
    if len(reporters) < 2 or not products:
        raise _lacking(exports, products)
    for group in grouped(exports, ["reporter", "product"]).values():
        totals = {one.reporter: one for one in group if is_total(one)}
        for product in products:
            cells = {one.reporter: one for one in group if one.product == product}
            _add_advantage(out, product, cells, totals, symmetric=symmetric)
    return out


def _add_advantage(
    out: Outcome,
    product: str,
    cells: Mapping[str, Observation],
    totals: Mapping[str, Observation],
    *,
    symmetric: bool,
) -> None:
    if not cells or not totals:
        return
    known = {code: one for code, one in cells.items() if code in totals}
    period = next(iter(cells.values())).period
    out.say(f"The world is the {len(totals)} reporters among the rows that have a total for {period}.")
    if none := sorted(set(totals) - set(cells)):
        out.say(f"No row of {product} in {period}, counted as no recorded exports: {names_of(none, 'reporter')}.")
    if rest := sorted(set(cells) - set(totals)):
        out.say(f"No total in {period}, so left out: {names_of(rest, 'reporter')}.")
    why = mixed([*known.values(), *totals.values()])
    world_product, world_all = _sum(known.values()), _sum(totals.values())
    for code, one in known.items():
        found = pure.revealed_comparative_advantage(one.value, totals[code].value, world_product, world_all)
        found = pure.symmetric_advantage(found) if symmetric else found
        out.lines.append(Line(of_row(one), Indicator.undefined(why) if why else found, {"figure": one.value}))


def _lacking(exports: Sequence[Observation], products: Sequence[str]) -> InvalidQuery:
    codes = [*products, "TOTAL"] if products else ["850760", "TOTAL"]
    years = ",".join(sorted({str(one.period) for one in exports})) or "2023"
    return InvalidQuery(
        "It needs exports to the World of the product and of TOTAL, by the reporter and by all others.",
        argument="result",
        allowed="an answer that holds them all",
        nearest=(
            f'comtrade_data(reporterCode="all", partnerCode="0", cmdCode="{",".join(codes)}", flowCode="X", '
            f'period="{years}")',
        ),
    )


def intensity(rows: Sequence[Observation], options: Options) -> Outcome:
    """Trade intensity of every bilateral export; world imports are those of all reporters among the rows."""
    out = Outcome()
    for group in grouped(with_figures(rows, options, out), ["flow", "reporter", "partner"]).values():
        exported = {one.reporter: one for one in group if one.flow == "X" and one.partner == WORLD}
        imported = {
            one.reporter: one
            for one in group
            if one.flow == "M" and one.partner == WORLD and is_member(one, "reporter")
        }
        flows = [one for one in group if one.flow == "X" and one.partner != WORLD and is_member(one, "partner")]
        if not flows or not exported or len(imported) < 2:
            continue
        out.say(f"World imports are those of {len(imported)} reporters among the rows in {group[0].period}.")
        world, why = _sum(list(imported.values())), mixed(imported.values())
        for one in flows:
            own, theirs = exported.get(one.reporter), imported.get(one.partner)
            found = pure.trade_intensity(one.value, own.value if own else None, theirs.value if theirs else None, world)
            out.lines.append(Line(of_row(one), Indicator.undefined(why) if why else found, {"figure": one.value}))
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


def _sum(rows: Iterable[Observation]) -> Figure:
    values = [one.value for one in rows]
    known = [value for value in values if value is not None]
    return math.fsum(known) if len(known) == len(values) else None

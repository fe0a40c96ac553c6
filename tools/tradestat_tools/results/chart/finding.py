"""What a figure shows, in three lines of figures: the largest, the change, what stands out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tradestat_tools.codes.words import counted
from tradestat_tools.results.chart.figure import Kind, Series
from tradestat_tools.results.chart.kinds.plan import Plan
from tradestat_tools.results.chart.numbers import amount, percent

LINE_CHARS = 190
"""Of one line, so that no host and no table cuts it."""

NAME_CHARS, PRODUCT_CHARS = 40, 24
CAUSES = {"cif_fob": "freight and insurance", "reexport": "re-exports", "not_reported": "not reported"}
NOTHING_ELSE = "No gaps, and no figure marked as provisional or estimated."


def finding_of(plan: Plan, mirror: Mapping[str, Any] | None = None) -> list[str]:
    """Three lines.

    Args:
        mirror: the comparison's data, of a chart of both reports.
    """
    lines = _mirror(plan, mirror) if mirror is not None else _FINDINGS[plan.kind](plan)
    return [_cut(line, LINE_CHARS) for line in lines]


def _over_time(plan: Plan) -> list[str]:
    """The largest at the end; how each of the first few changed; gaps, marks or the largest step."""
    drawn = [one for one in plan.series if one.role in ("value", "exports", "imports")]
    ends = [(one, _last(one)) for one in drawn]
    newest = max((at for _, at in ends if at is not None), default=0)
    here = sorted(
        ((one, one.values[newest] or 0) for one, at in ends if at == newest), key=lambda pair: (-pair[1], pair[0].name)
    )
    labels = plan.axis.labels
    most = _amounts([(one.name, value) for one, value in here[:3]], plan.unit)
    beyond = f" and {len(here) - 3} more" if len(here) > 3 else ""
    largest = f"{'Largest in' if len(here) > 1 else 'In'} {labels[newest]}: {', '.join(most)}{beyond}."
    return [largest, f"{_changes(drawn[:3], labels)}.", _standing_out(plan, drawn)]


def _shares(plan: Plan) -> list[str]:
    totals = next(one for one in plan.series if one.role == "total")
    parts = [one for one in plan.series if one.role == "value"]
    known = [at for at, total in enumerate(totals.values) if total]
    first, last = known[0], known[-1]

    def share(one: Series, at: int) -> float | None:
        value, total = one.values[at], totals.values[at]
        return None if value is None or not total else value / total

    labels = plan.axis.labels
    ranked = sorted(((one, share(one, last)) for one in parts), key=lambda pair: (-(pair[1] or 0), pair[0].name))
    most = [f"{_name(one)} {percent(held)}" for one, held in ranked[:3] if held is not None]
    lines = [f"Largest shares of {amount(totals.values[last], plan.unit)} in {labels[last]}: {', '.join(most)}."]
    moved = [
        (one, after - before)
        for one in parts
        if (after := share(one, last)) is not None and (before := share(one, first)) is not None
    ]
    moved.sort(key=lambda pair: -abs(pair[1]))
    said = [f"{_name(one)} {100 * step:+.1f}" for one, step in moved[:3]]
    lines.append(
        f"Change of share, {labels[first]} to {labels[last]}, in percentage points: {', '.join(said)}."
        if said and first != last
        else "Change: no two periods to compare."
    )
    return [*lines, _standing_out(plan, parts)]


def _balance(plan: Plan) -> list[str]:
    exports, imports, balance = plan.series
    labels = plan.axis.labels
    known = [at for at, value in enumerate(balance.values) if value is not None]
    if not known:
        return [f"Balance: no period has both exports and imports, {labels[0]} to {labels[-1]}.", *_over_time(plan)[1:]]
    last, first = known[-1], known[0]
    now = balance.values[last] or 0
    side = "surplus" if now >= 0 else "deficit"
    lines = [
        f"In {labels[last]}: exports {amount(exports.values[last], plan.unit)}, imports "
        f"{amount(imports.values[last])}, {side} {amount(abs(now))}.",
        f"{_changes([exports, imports], labels)}; balance in {labels[first]} {amount(balance.values[first])}.",
    ]
    turned = [labels[b] for a, b in pairwise(known) if ((balance.values[a] or 0) < 0) != ((balance.values[b] or 0) < 0)]
    out = f"The balance changed its sign in {', '.join(turned[:6])}. " if turned else "The balance kept its sign. "
    return [*lines, out + _standing_out(plan, [exports, imports])]


def _seasonality(plan: Plan) -> list[str]:
    years = [one for one in plan.series if one.role == "value"]
    labels = plan.axis.labels
    average = next((one for one in plan.series if one.role == "average"), years[-1])
    known = [(value, labels[at]) for at, value in enumerate(average.values) if value is not None]
    if known:
        high, low = max(known), min(known)
        first = (
            f"{'On average' if average.role == 'average' else f'In {average.name}'} the highest is {high[1]}, "
            f"{amount(high[0], plan.unit)}, the lowest {low[1]}, {amount(low[0], plan.unit)}"
            + (f" ({percent(high[0] / low[0] - 1, signed=True)} between them)." if low[0] > 0 else ".")
        )
    else:
        first = "No place in the year has figures of two years."
    both = [
        (at, one.values[at] or 0, years[-2].values[at] or 0)
        for one in years[-1:]
        if len(years) > 1
        for at in range(len(labels))
        if one.values[at] is not None and years[-2].values[at] is not None
    ]
    second = "Change: one year only."
    if both and (before := sum(old for _, _, old in both)):
        now = sum(new for _, new, _ in both)
        second = (
            f"Change: {counted(len(both), 'place')} of {years[-1].name} together {amount(now, plan.unit)}, the same of "
            f"{years[-2].name} {amount(before, plan.unit)} ({percent(now / before - 1, signed=True)})."
        )
    return [first, second.replace("place", "month" if len(labels) == 12 else "quarter"), _standing_out(plan, years)]


def _ranked(plan: Plan) -> list[str]:
    column = plan.series[-1]
    labels, when = plan.axis.labels, f" in {plan.at}" if plan.at else ""
    values = [value or 0 for value in column.values]
    of = plan.total

    def part(value: float) -> str:
        return f" ({percent(value / of)})" if of else ""

    first = list(zip(labels, values, strict=True))[:3]
    most = [f"{said}{part(value)}" for said, (_, value) in zip(_amounts(first, plan.unit), first, strict=True)]
    lines = [f"Largest{when}: {'; '.join(most)}."]
    shown = sum(values)
    if of:
        rest = f", all others {percent(plan.rest / of)}" if plan.rest and plan.rest / of >= 0.0005 else ""
        lines.append(f"The {len(values)} shown have {percent(shown / of)} of {amount(of, plan.unit)}{rest}.")
    else:
        lines.append(f"{len(values)} shown, from {amount(values[0], plan.unit)} to {amount(values[-1], plan.unit)}.")
    lines.append(_change_of_lines(plan) or _marked(plan.series) or NOTHING_ELSE)
    return lines


def _change_of_lines(plan: Plan) -> str:
    """How much those that are ranked had a period earlier, where the answers hold it."""
    if plan.at is None:
        return ""
    before = plan.at.shifted(-1)
    found = [
        (value / old - 1, line.name)
        for line in plan.shown
        if (value := line.value(plan.at)) is not None and (old := line.value(before)) and old > 0
    ]
    if not found:
        return ""
    found.sort(key=lambda pair: (-pair[0], pair[1]))
    said = [f"{_short(name)} {percent(change, signed=True)}" for change, name in (found[0], found[-1])]
    return f"Change on {before}: {f'most {said[0]}, least {said[1]}' if len(found) > 1 else said[0]}."


def _bubble(plan: Plan) -> list[str]:
    shares, growth, sizes = plan.series
    names = plan.axis.labels
    by_growth = sorted(range(len(names)), key=lambda at: (-(growth.values[at] or 0), names[at]))
    sized = [(names[at], sizes.values[at] or 0) for at in range(min(2, len(names)))]
    most = [
        f"{said}, {amount(shares.values[at], 'percent')} of all" for at, said in enumerate(_amounts(sized, plan.unit))
    ]
    largest = f"Largest: {'; '.join(most)}."
    fast, slow = by_growth[0], by_growth[-1]
    change = f"{growth.name[:1].upper()}{growth.name[1:]}: {_short(names[fast])} {(growth.values[fast] or 0):+,.1f} %"
    change += f", {_short(names[slow])} {(growth.values[slow] or 0):+,.1f} %." if slow != fast else "."
    middle = sorted(value or 0 for value in growth.values)[len(names) // 2]
    both = [
        names[at] for at in range(len(names)) if (growth.values[at] or 0) > middle and (shares.values[at] or 0) >= 5
    ]
    named = ", ".join(map(_short, both[:4])) or "none"
    out = f"Of 5 % and more, and growing faster than the middle one ({middle:+,.1f} %): {named}."
    return [largest, change, out]


def _mirror(plan: Plan, data: Mapping[str, Any]) -> list[str]:
    labels = plan.axis.labels
    by_role = {one.role: one for one in plan.series}
    gap = next(one for one in data["gaps"] if one["period"] == labels[-1])
    exporter, importer = (by_role.get(role) for role in ("exporter", "importer"))

    def at_end(one: Series | None) -> str:
        return amount(one.values[-1] if one else None, plan.unit)

    first = (
        f"In {labels[-1]}: {data['exporter']} reports {at_end(exporter)}, {data['importer']} {at_end(importer)}"
        + (f": {gap['gap_percent']:+,.1f} %" if gap.get("gap_percent") is not None else "")
        + (f", {gap['gap_fob_percent']:+,.1f} % with both FOB" if gap.get("gap_fob_percent") is not None else "")
        + f"; best estimate {amount(gap.get('best_fob'), plan.unit)} FOB."
    )
    gaps = [
        one["gap_percent"] for one in data["gaps"] if one["period"] in labels and one.get("gap_percent") is not None
    ]
    second = (
        f"Change: the gap was {min(gaps):+,.1f} % to {max(gaps):+,.1f} % in {counted(len(gaps), 'period')} with both."
        if len(gaps) > 1
        else "Change: one period with both reports."
        if gaps
        else "Change: no period has both reports."
    )
    causes = [one for one in data["causes"] if one.get("amount") is not None]
    said = [f"{CAUSES.get(one['kind'], one['kind'])} {amount(one['amount'])}" for one in causes[:4]]
    third = (
        f"Known reasons for the difference in {data['causes_of']}: {', '.join(said)}."
        if said
        else _marked(plan.series) or NOTHING_ELSE
    )
    return [first, second, third]


_FINDINGS: Mapping[Kind, Callable[[Plan], list[str]]] = {
    "lines": _over_time,
    "shares": _shares,
    "balance": _balance,
    "seasonality": _seasonality,
    "bars": _ranked,
    "treemap": _ranked,
    "map": _ranked,
    "bubble": _bubble,
}


def _changes(drawn: Sequence[Series], labels: Sequence[str]) -> str:
    """From the first to the last figure of each; the span once where all have the same."""
    found = [(span, said) for one in drawn if (span := _held(one, labels)) and (said := _change(one, labels))]
    if not found:
        return "Change: no two figures to compare"
    spans = {span for span, _ in found}
    if len(spans) == 1:
        return f"Change, {spans.pop()}: {', '.join(said for _, said in found)}"
    return f"Change: {', '.join(f'{said}, {span}' for span, said in found)}"


def _held(one: Series, labels: Sequence[str]) -> str:
    """Between which periods it has figures; "" where it has fewer than two."""
    held = [labels[at] for at, value in enumerate(one.values) if value is not None]
    return f"{held[0]} to {held[-1]}" if len(held) > 1 else ""


def _change(one: Series, labels: Sequence[str]) -> str:
    """From its first to its last figure, and a year where it is of years."""
    held = [at for at, value in enumerate(one.values) if value is not None]
    first, last = one.values[held[0]] or 0, one.values[held[-1]] or 0
    if first <= 0:
        return f"{_name(one)} from {amount(first)} to {amount(last)}"
    text = f"{_name(one)} {percent(last / first - 1, signed=True)}"
    years = held[-1] - held[0]
    if labels[0].isdecimal() and years > 1 and last > 0:
        text += f" ({percent((last / first) ** (1 / years) - 1, signed=True)} a year)"
    return text


def _standing_out(plan: Plan, drawn: Sequence[Series]) -> str:
    """The largest step from one period to the next; then gaps and marks."""
    labels = plan.axis.labels
    steps = [
        (abs(after / before - 1), after / before - 1, one.name, at)
        for one in drawn
        for at, (before, after) in enumerate(pairwise(one.values), 1)
        if before is not None and after is not None and before > 0
    ]
    said: list[str] = []
    if steps:
        _, step, name, at = max(steps, key=lambda one: (one[0], -one[3]))
        who = f"{_short(name)}, " if len(drawn) > 1 else ""
        said.append(f"Largest step: {who}{labels[at - 1]} to {labels[at]}, {percent(step, signed=True)}.")
    said += [text for text in (_gaps(drawn, labels), _marked(drawn)) if text]
    said += [f"Other goods from {one.at} on (HS edition)." for one in plan.breaks[:2]]
    return " ".join(said) or NOTHING_ELSE


def _gaps(drawn: Iterable[Series], labels: Sequence[str]) -> str:
    found = [(one.name, labels[at]) for one in drawn for at, value in enumerate(one.values) if value is None]
    if not found:
        return ""
    if len(found) == 1:
        return f"No figure: {_short(found[0][0])}, {found[0][1]}."
    return f"{len(found)} gaps without a figure, which is not zero."


def _marked(drawn: Iterable[Series]) -> str:
    count: dict[str, int] = {}
    for one in drawn:
        for mark, places in (one.marks or {}).items():
            count[mark] = count.get(mark, 0) + len(places)
    if not count:
        return ""
    return f"Marked: {', '.join(f'{number} {mark}' for mark, number in sorted(count.items()))}."


def _amounts(named: Iterable[tuple[str, float]], unit: str) -> list[str]:
    """Names with their figures, the first with its unit, which is that of all."""
    return [f"{_short(name)} {amount(value, '' if at else unit)}" for at, (name, value) in enumerate(named)]


def _last(one: Series) -> int | None:
    return max((at for at, value in enumerate(one.values) if value is not None), default=None)


def _name(one: Series) -> str:
    return _short(one.name)


def _short(name: str) -> str:
    return _cut(name, PRODUCT_CHARS if name[:2].isdecimal() else NAME_CHARS)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip(' ,;')}…"

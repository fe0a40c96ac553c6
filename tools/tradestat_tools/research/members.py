"""A group of countries as a partner: what its members are asked for at once, and the sum of what comes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import fsum
from typing import Any, cast

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.groups import expansion, group_named
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.view import Asking, Flows, View
from tradestat_tools.model.flow import FlowQuestion, Role
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.research.repeats import area_name

_WITHOUT_A_SUM = (Status.CONFLICTING, Status.SUPPRESSED, Status.MISSING)


def by_members(flows: Flows, question: FlowQuestion, role: Role) -> tuple[Asking, tuple[str, ...]] | None:
    """What to ask a source for a group's members, all in one question; None of one that takes a partner at a time.

    The members are those of the span's last year, without the reporter.
    """
    group = group_named(question.partner(role).name_en)
    if group is None:
        return None
    year = question.last.year
    reporter = question.reporter(role)
    members = [one for one in expansion(group, first_year=year, last_year=year).areas if one != reporter]
    asked = [flows.view(_with(question, role, one), role) for one in members]
    each = [one for one in asked if one is not None and one.why is None]
    merged = _merged([one.arguments for one in each]) if len(each) == len(members) else None
    return (Asking(each[0].tool, merged), tuple(one.comtrade for one in members)) if merged else None


def _with(question: FlowQuestion, role: Role, partner: Area) -> FlowQuestion:
    return replace(question, importer=partner) if role == "exporter" else replace(question, exporter=partner)


def _merged(sets: Sequence[tuple[dict[str, Any], ...]]) -> tuple[dict[str, Any], ...] | None:
    """Arguments that differ in lists alone as one set, each list with all entries; None where others differ."""
    if len({len(one) for one in sets}) != 1:
        return None
    merged: list[dict[str, Any]] = []
    for alike in zip(*sets, strict=True):
        whole = dict(alike[0])
        for name, value in whole.items():
            others = [one.get(name) for one in alike]
            if isinstance(value, list):
                whole[name] = list(dict.fromkeys(each for one in others for each in cast("list[Any]", one)))
            elif any(one != value for one in others):
                return None
        merged.append(whole)
    return tuple(merged)


def sum_of_members(rows: Iterable[Observation], group: Area) -> list[Observation]:
    """The figures of each period and product as one; None where a member's is kept back or contradicted."""
    by_cell: dict[tuple[object, str], list[Observation]] = {}
    for one in rows:
        by_cell.setdefault((one.period, one.product), []).append(one)
    return [_sum(found, group) for found in by_cell.values()]


def _sum(found: Sequence[Observation], group: Area) -> Observation:
    first = found[0]
    lost = next((one.status for one in found if one.value is None and one.status in _WITHOUT_A_SUM), None)
    kilograms = [one.net_kg for one in found]
    return replace(
        first,
        partner=group.comtrade,
        value=None if lost else _added([one.value for one in found]),
        net_kg=_added(kilograms) if all(kilograms) else None,
        fob=None,
        quantity=None,
        quantity_unit=None,
        status=lost
        or (Status.PROVISIONAL if any(one.status is Status.PROVISIONAL for one in found) else Status.SUMMED),
        valuation=first.valuation if len({one.valuation for one in found}) == 1 else None,
    )


def _added(figures: Sequence[float | None]) -> float:
    known = [one for one in figures if one is not None]
    return sum(known) if all(isinstance(one, int) for one in known) else fsum(known)


def absent_members(rows: Sequence[Observation], view: View) -> dict[Period, tuple[str, ...]]:
    """The names of members without a figure, by each period asked for."""
    found: dict[Period, tuple[str, ...]] = {}
    for period in view.question.periods:
        first, last = period.first_month, period.last_month
        of_it = [one for one in rows if first <= one.period.first_month and one.period.last_month <= last]
        there = {one.partner for one in of_it if one.value is not None}
        found[period] = tuple(area_name(code) for code in view.members if code not in there)
    return found


def members_in_sum(absent: Mapping[Period, Sequence[str]], view: View) -> str:
    """Whose figures a sum rests on, and of whom there is none, ever or in some periods."""
    never = [name for name in next(iter(absent.values()), ()) if all(name in names for names in absent.values())]
    partner = view.question.partner(view.role).name_en
    lacks = [", ".join(never)] if never else []
    for period, names in absent.items():
        if some := [name for name in names if name not in never]:
            lacks.append(f"in {period} of {', '.join(some)}")
    without = f" It has no row of {', nor '.join(lacks)}: nothing was reported, which is not surely zero."
    return f"{view.what}: the sum over {len(view.members) - len(never)} members of {partner}.{without if lacks else ''}"

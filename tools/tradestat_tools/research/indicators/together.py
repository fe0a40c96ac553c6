"""Members put together before an indicator is worked out: a group of countries, and exports without re-exports."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tradestat_tools.codes.countries import area
from tradestat_tools.codes.groups import Group
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.research.indicators import formulas as pure
from tradestat_tools.research.indicators.formulas import Figure, Indicator
from tradestat_tools.research.indicators.rows import Line, Outcome, values_of
from tradestat_tools.research.repeats import NAMED
from tradestat_tools.research.words import first_of

_CELL = ("reporter", "partner", "product", "period")


def domestic_exports(rows: Iterable[Observation], out: Outcome) -> list[Observation]:
    """Exports less re-exports, cell by cell; without a figure where one of the two is not there.

    Raises:
        InvalidQuery: there are no re-exports among the rows.
    """
    every = list(rows)
    again = {(one.classification, *values_of(one, _CELL)): one for one in every if one.flow == "RX"}
    if not again:
        raise InvalidQuery(
            "Domestic exports are exports less re-exports, and the rows hold no re-exports.",
            argument="result",
            allowed="answers with the flows X and RX",
            nearest=(call_text("comtrade_data", flowCode="X,RX"), call_text("trade_series", flow="DX")),
        )
    out.say("Figures are domestic exports: exports less re-exports (X - RX), where both are reported.")
    found: list[Observation] = []
    for one in every:
        if one.flow != "X":
            continue
        other = again.get((one.classification, *values_of(one, _CELL)))
        if one.value is None or other is None or other.value is None or one.valuation != other.valuation:
            value, status = None, Status.MISSING
        else:
            value, status = one.value - other.value, Status.SUMMED
        bare = dict.fromkeys(("net_kg", "quantity", "quantity_unit", "fob", "cif"))
        found.append(replace(one, value=value, status=status, **bare))
    return found


def of_group(lines: Sequence[Line], group: Group, by: str, total: Figure, out: Outcome) -> list[Line]:
    """The share of the members of a group together, then of each of them, in one whole.

    Members are those of the year; which of them have no figure is said.

    Raises:
        InvalidQuery: the members are no countries.
    """
    if by not in ("partner", "reporter"):
        raise InvalidQuery("A group is of countries.", argument="by", allowed="partner or reporter")
    if not lines:
        return []
    when = lines[0].of["period"]
    names = {area(code, system="iso3").comtrade: area(code, system="iso3").name_en for code in _members(group, when)}
    mine = [line for line in lines if line.of[by] in names]
    figures = {line.of[by]: figure for line in mine if isinstance(figure := line.more["figure"], int | float)}
    lacking = [name for code, name in names.items() if code not in figures]
    if lacking:
        out.say(f"{group.id} in {when} is the sum of the members with a figure; it lacks {first_of(lacking, NAMED)}.")
    whole = math.fsum(figures.values()) if figures else None
    whys = {line.found.why for line in mine if line.more["figure"] is not None and line.found.value is None}
    share = pure.share(whole, total) if not whys else Indicator.undefined(str(whys.pop()))
    more: dict[str, str | float | None] = {"figure": whole, "of": total}
    if lacking:
        more["lacking"] = len(lacking)
    return [Line({**lines[0].of, by: group.id}, share, more), *mine]


def _members(group: Group, when: str) -> Sequence[str]:
    return group.members_in(int(when[:4])) or group.members

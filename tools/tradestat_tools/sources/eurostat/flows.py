"""Figures of Eurostat as common rows, and what research may ask: the reports of the members and of the Union."""

from datetime import datetime
from functools import partial

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import Asking, Cost, Flows, Standing, View, never
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.flow import FlowQuestion, Role, flow_of
from tradestat_tools.model.observation import FlowCode, Observation, Status
from tradestat_tools.sources.eurostat.answers import TradeData
from tradestat_tools.sources.eurostat.api import calls_for, select
from tradestat_tools.sources.eurostat.arguments import TOTAL, TradeArguments
from tradestat_tools.sources.eurostat.calendar import is_revised, last_published
from tradestat_tools.sources.eurostat.codes import EU, EXTRA, MEMBERS, UNIONS, WORLD, area_of, kind
from tradestat_tools.sources.eurostat.service import COMEXT, SOURCE_ID
from tradestat_tools.sources.eurostat.wire import Key, period_of
from tradestat_tools.upstream.runtime import in_thread

TOOL = "eu_trade"
UNION = "97"
"""UN Comtrade's code of the European Union, whose trade with the World is that with all outside it."""

EVERYBODY = "0"


def observe(data: TradeData, source: Provenance) -> list[Observation]:
    """The figures between areas that other sources have too: no euro area, and none of secret or unspecified partners.

    Of the Union's partners the World is all outside it (EXT_EU27_2020): its WORLD counts its members' trade with each
    other, which is no trade of the Union with anybody.
    """
    rows, periods = data.rows, {text: period_of(text) for text in data.periods}
    cells = zip(rows.reporter, rows.partner, rows.product, rows.flow, rows.period, strict=True)
    figures = zip(rows.value_eur, rows.weight_kg, rows.made_here, strict=True)
    found = (
        figure(
            Key(reporter, partner, product, flow, when),
            periods[when],
            value,
            kg,
            status=_status(value, periods[when], source.retrieved_at, summed=made_here),
            tool=TOOL,
        )
        for (reporter, partner, product, flow, when), (value, kg, made_here) in zip(cells, figures, strict=True)
    )
    return [one for one in found if one is not None]


def figure(
    key: Key, when: Period, value: float | None, kg: float | None, *, status: Status, tool: str
) -> Observation | None:
    """A cell as a common row; None of what no other source tells apart.

    Args:
        key: its flow is M or X.
    """
    reporter, partner = _reporter(key.reporter), _partner(key.reporter, key.partner)
    if reporter is None or partner is None:
        return None
    flow: FlowCode = "X" if key.flow == "X" else "M"
    return Observation(
        flow=flow,
        reporter=reporter,
        partner=partner,
        product=key.product,
        classification="HS",
        period=when,
        value=value,
        currency="EUR",
        valuation="FOB" if flow == "X" else "CIF",
        status=status,
        source=SOURCE_ID,
        tool=tool,
        net_kg=kg,
        basis="destination" if flow == "X" else "consignment" if partner in _MEMBER_AREAS else "origin",
    )


def _status(value: float | None, when: Period, at: datetime, *, summed: bool) -> Status:
    if value is None:
        return Status.MISSING
    if is_revised(when, at):
        return Status.PROVISIONAL
    return Status.SUMMED if summed else Status.REPORTED


_MEMBER_AREAS = frozenset(area.comtrade for code in MEMBERS if (area := area_of(code)))
"""From these goods come by the country that sent them; from others by that of origin."""


def _reporter(code: str) -> str | None:
    if code in UNIONS:
        return UNION if code == EU else None
    area = area_of(code)
    return area.comtrade or None if area else None


def _partner(reporter: str, code: str) -> str | None:
    if kind(code) == "sum":
        return EVERYBODY if code == (EXTRA if reporter in UNIONS else WORLD) else None
    area = area_of(code) if kind(code) == "area" else None
    return area.comtrade or None if area else None


def _own(area: Area) -> str | None:
    """The reporter that an area is; None of those who do not report, or only to the data set of neighbours."""
    if area.comtrade == UNION:
        return EU
    return area.geonom if area.geonom in MEMBERS else None


def view(question: FlowQuestion, role: Role) -> Asking | None:
    """What to ask for a report of a member or of the Union; None where another reports."""
    reporter, partner, product = _own(question.reporter(role)), question.partner(role), question.product
    if reporter is None:
        return None
    if product.kind == "services":
        return Asking(TOOL, why=never("Eurostat Comext has goods only."))
    if partner.kind == "group" or not (partner.geonom or partner.kind == "world"):
        return Asking(TOOL, why=never(f"Eurostat Comext has no code for {partner.name_en}."))
    if reporter == EU and partner.geonom in MEMBERS:
        return Asking(TOOL, why=never(f"{partner.name_en} is a member: the Union's trade is that with all outside it."))
    if not product.is_total and len(product.code) > 8:
        return Asking(TOOL, why=never(f"{product.code} has 10 digits: no code of the CN, which have 8."))
    first, last = (question.first, question.last) if question.frequency == "year" else question.months
    if last.year < COMEXT.first_year:
        return Asking(TOOL, why=never(f"Eurostat Comext begins with {COMEXT.first_year}."))
    return Asking(
        TOOL,
        (
            {
                "reporter": [reporter],
                "partner": [_asked_partner(reporter, partner)],
                "product": [TOTAL if product.is_total else product.code],
                "flow": [flow_of(role)],
                "period": str(first) if first == last else f"{first}..{last}",
                "freq": "A" if question.frequency == "year" else "M",
            },
        ),
    )


def _asked_partner(reporter: str, partner: Area) -> str:
    return EXTRA if partner.kind == "world" and reporter == EU else partner.geonom or WORLD


async def cost(view: View, context: Context) -> Cost:
    """Calls for what is not stored and can be out."""
    if not view.arguments:
        return Cost()
    try:
        selection = await select(context, parse_arguments(TradeArguments, view.arguments[0]))
    except NoData:  # none of it is out
        return Cost()
    return Cost(len(await in_thread(partial(context.upstream.to_send, calls_for(selection, context)))))


FLOWS = Flows(
    standing=Standing.NATIONAL,
    view=view,
    cost=cost,
    newest=last_published,
    reports="exports and imports of the EU and its members",
)

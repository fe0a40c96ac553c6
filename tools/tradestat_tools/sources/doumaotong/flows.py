"""China's monthly exports as common rows, in RMB yuan."""

from collections.abc import Mapping, Sequence

from tradestat_tools.codes.countries import label
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import Asking, Cost, Flows, Standing, View, never
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.flow import CHINA, WORLD, FlowQuestion, Role
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.model.reasons import Why
from tradestat_tools.sources.doumaotong.answers.totals import HistoryData, TrendData
from tradestat_tools.sources.doumaotong.calendar import newest_published
from tradestat_tools.sources.doumaotong.codes import coded
from tradestat_tools.sources.doumaotong.service import POLICY

RESOLUTION = 10_000.0
"""Yuan: the current shape gives 百万元 to two decimals (documented, autumn 2026). The older one gave whole yuan."""


def observe_trend(data: TrendData, _: Provenance) -> list[Observation]:
    """Months to one country, or to all destinations together."""
    partner = WORLD if data.monthlyData is None else _partner(data.countryCode)
    return _observe(data.figures, partner, data.hsCode, "trend")


def observe_history(data: HistoryData, _: Provenance) -> list[Observation]:
    """Months to one country; the years beside them are sums of the same."""
    return _observe(data.figures, _partner(data.countryCode), data.hsCode, "history")


def _partner(customs_code: str | None) -> str:
    found = coded(customs_code) if customs_code else None
    return found.comtrade if found else ""


def _observe(figures: Mapping[Period, float | None], partner: str, product: str, tool: str) -> list[Observation]:
    """A row for each month; none to a partner that is not known."""
    if not partner:
        return []
    return [
        Observation(
            flow="X",
            reporter=CHINA,
            partner=partner,
            product=product,
            classification="HS",
            period=month,
            value=amount,
            currency="CNY",
            valuation="FOB",
            status=Status.MISSING if amount is None else Status.REPORTED,
            source=POLICY.source,
            tool=tool,
            resolution=RESOLUTION,
            basis="destination",
        )
        for month, amount in figures.items()
    ]


def view(question: FlowQuestion, role: Role) -> Asking | None:
    """What to ask for China's exports; None for anything else."""
    product, partner = question.product, question.importer
    if role != "exporter" or question.exporter.comtrade != CHINA:
        return None
    world = partner.kind == "world"
    tool = "trend" if world else "history"
    if product.kind == "services":
        return Asking(tool, why=never("doumaotong.com has goods only."))
    if product.is_total or len(product.code) not in (4, 6, 8):
        return Asking(tool, why=never("doumaotong.com has codes of 4, 6 and 8 digits, no chapters and no total."))
    if not (world or partner.china_customs):
        return Asking(tool, why=never(f"{partner.name_en} has no known China Customs code."))
    return Asking(tool, ({"hsCode": product.code} | ({} if world else {"countryCode": partner.china_customs}),))


async def cost(view: View, _: Context) -> Cost:
    """A call for each question; what is stored is not looked up."""
    return Cost(len(view.arguments))


def nothing(view: View, periods: Sequence[Period]) -> Why:
    """Why an answer, which the service cuts as it likes, holds nothing of a flow."""
    if periods:
        return never(f"It has {view.question.product.code} from {periods[0]} to {periods[-1]} only.")
    return never(f"In its present form it has no months of {label(view.question.partner(view.role))} alone.")


FLOWS = Flows(
    standing=Standing.INDEPENDENT,
    view=view,
    cost=cost,
    newest=newest_published,
    reports="China's exports",
    nothing=nothing,
)

"""What the service can answer of flows between two areas, for research across sources."""

from datetime import datetime

from toy.tools import NORWAY
from tradestat_tools.codes.periods import Period, month
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import Asking, Cost, Flows, Standing, View, never, too_deep
from tradestat_tools.model.flow import FlowQuestion, Role, flow_of


def view(question: FlowQuestion, role: Role) -> Asking | None:
    """What to ask for Norway's own report; None where another country reports."""
    if question.reporter(role).comtrade != NORWAY:
        return None
    if question.product.kind == "services" or question.product.is_total:
        return Asking("norway_months", why=never("Norwegian Customs has single products only."))
    if (why := too_deep("Norwegian Customs", question)) is not None:
        return Asking("norway_months", why=why)
    asked = {"product": question.product.code, "partner": question.partner(role).comtrade, "flow": flow_of(role)}
    first, last = question.months
    return Asking("norway_months", tuple({**asked, "year": year} for year in range(first.year, last.year + 1)))


async def cost(view: View, _: Context) -> Cost:
    """A call a year."""
    return Cost(len(view.arguments))


def newest(now: datetime) -> Period:
    """The month before last."""
    return month(f"{now:%Y%m}").shifted(-2)


FLOWS = Flows(
    standing=Standing.NATIONAL, view=view, cost=cost, newest=newest, reports="Norway's own exports and imports"
)

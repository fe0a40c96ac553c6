"""The four operations of the service, and every assumption about how they are called, in one place.

Paths, parameter names and field names are those of the portal's own specification, compared with recorded answers (seen
October 2026); `checks.py` asks the live service whether they still hold.
"""

from dataclasses import dataclass

from tradestat_tools.model.settings import Settings
from tradestat_tools.upstream import Policy
from tradestat_tools.upstream.plan import Budget, Plan, Window

POLICY = Policy(source="korea", service="Korea Customs Service (data.go.kr)")

WINDOW = Window(5, 1.0)
"""No pace is documented, but who asks fast is dropped (seen August 2026)."""


def plan(settings: Settings) -> Plan:
    """So many calls a day, counted anew at midnight in Seoul."""
    return Plan((WINDOW,), Budget(settings.korea_calls_per_day, "day", "Asia/Seoul"))


PATH = "/1220000/"
"""1220000 is the portal's number for the Korea Customs Service."""

START, END, HS, COUNTRY, KEY = "strtYymm", "endYymm", "hsSgn", "cntyCd", "serviceKey"
"""The names of the parameters; an operation takes those it has a use for."""

MONTHS_A_CALL = 12
"""First and last month included: 202507 to 202606 passes, one month more is resultCode 99 (seen October 2026)."""

WEIGHED = ("expWgt", "expDlr", "impWgt", "impDlr", "balPayments")
COUNTED = ("expCnt", "expDlr", "impCnt", "impDlr", "balPayments")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the service.

    Args:
        name: as the service calls it.
        service: the path's first part; its upper and lower case are the service's own.
        dataset: its number at the portal, where a key has to be applied for.
        measures: the figures of a row, in the order of the documentation.
        by_item: whether rows have an HS code and the question takes `hsSgn`.
        by_country: whether rows have a country and the question takes `cntyCd`.
        published_on: the day of the next month on which a month's figures come out, about.
    """

    name: str
    service: str
    dataset: str
    measures: tuple[str, ...]
    by_item: bool
    by_country: bool
    published_on: int = 15

    @property
    def path(self) -> str:
        """The address below the service's host."""
        return f"{PATH}{self.service}/{self.name}"

    @property
    def portal_page(self) -> str:
        """Where a key is applied for, for this operation alone."""
        return f"https://www.data.go.kr/data/{self.dataset}/openapi.do"


NITEMTRADE = Operation("getNitemtradeList", "nitemtrade", "15100475", WEIGHED, by_item=True, by_country=True)
ITEMTRADE = Operation("getItemtradeList", "Itemtrade", "15101609", WEIGHED, by_item=True, by_country=False)
NATIONTRADE = Operation("getNationtradeList", "nationtrade", "15101612", COUNTED, by_item=False, by_country=True)
NEWTRADE = Operation(
    "getNewtradeList",
    "Newtrade",
    "15102108",
    COUNTED,
    by_item=False,
    by_country=False,
    published_on=1,  # July's total stood here on 9 August while the item statistics were still empty (seen 2026)
)

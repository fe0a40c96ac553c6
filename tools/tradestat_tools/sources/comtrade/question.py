"""One question of `comtrade_data` with its words resolved: areas, groups, codes and periods."""

from dataclasses import dataclass, replace

from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Services
from tradestat_tools.sources.comtrade.api import Wanted
from tradestat_tools.sources.comtrade.areas import Places, asks_for_all, read_places
from tradestat_tools.sources.comtrade.arguments import PREVIEW_ROWS, TradeArguments

TOTALS = {"C": "TOTAL", "S": "200"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, resolved.

    Args:
        arguments: as they were given.
        reporters: who reports; none for all.
        partners: trade with whom; none for all.
        second_partners: the second partners; none for all.
        commodities: product codes as the service writes them, each once.
        span: the periods that are over, in order.
        open: periods that were asked for too and are not over.
        limit: rows that a call may bring.
    """

    arguments: TradeArguments
    reporters: Places
    partners: Places
    second_partners: Places
    commodities: tuple[str, ...]
    span: tuple[Period, ...]
    open: tuple[Period, ...]
    limit: int

    @property
    def total(self) -> str:
        """The code of everything: goods or services."""
        return TOTALS[self.arguments.typeCode]

    def over(self, span: tuple[Period, ...]) -> "Question":
        """The same question for other periods."""
        return replace(self, span=span)

    def wanted(self, periods: tuple[Period, ...]) -> Wanted:
        """The call for some of its periods."""
        asked = self.arguments
        return Wanted(
            typeCode=asked.typeCode,
            freqCode=asked.freqCode,
            clCode=asked.classification,
            reporters=self.reporters.codes,
            partners=self.partners.codes,
            commodities=self.commodities,
            flows=tuple(asked.flowCode),
            periods=periods,
            maxRecords=self.limit,
            second_partners=self.second_partners.codes,
            customs=() if asks_for_all(asked.customsCode) else tuple(asked.customsCode),
            modes=() if asks_for_all(asked.motCode) else tuple(asked.motCode),
            describe=asked.includeDesc,
        )


def row_limit(services: Services, arguments: TradeArguments) -> int:
    """Rows that a call may bring: what was asked, within what the service gives without a key."""
    keyed = services.settings.comtrade_api_key is not None
    return arguments.maxRecords if keyed else min(arguments.maxRecords, PREVIEW_ROWS)


def resolved(
    services: Services, arguments: TradeArguments, span: tuple[Period, ...], later: tuple[Period, ...]
) -> Question:
    """The question with every word resolved; groups are taken as of the years of `span`."""
    years = {"first_year": span[0].year, "last_year": span[-1].year}
    return Question(
        arguments=arguments,
        reporters=read_places(arguments.reporterCode, "reporter", **years),
        partners=read_places(arguments.partnerCode, "partner", **years),
        second_partners=read_places(arguments.partner2Code, "partner", **years),
        commodities=tuple(arguments.commodities),
        span=span,
        open=later,
        limit=row_limit(services, arguments),
    )

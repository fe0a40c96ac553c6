"""The service's one endpoint, from the question to the common rows of its answer."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from pydantic import Field

from toy.service import KEY, KEY_HEADER, POLICY, ToySettings
from tradestat_tools.codes.periods import period
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.source import Check
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Cell, Data, Provenance, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import MissingKey, NoData, TradestatError, Unauthorized, UpstreamDown
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.upstream import Request, Response

NORWAY = "579"
"""UN Comtrade's code, in which this service writes partners too."""


class NorwayArguments(Arguments):
    """What the endpoint takes."""

    product: Annotated[str, Field(pattern=r"^\d{2,6}$", description="HS code of 2 to 6 digits.")]
    partner: Annotated[str, Field(pattern=r"^\d{1,3}$", description="UN Comtrade's code; 0 is the World.")] = "0"
    flow: Annotated[Literal["X", "M"], Field(description="Exports or imports.")] = "X"
    year: Annotated[int, Field(ge=2020, le=2026, description="A year.")] = 2024


class NorwayData(Data):
    """Dollars by month, in step; nothing where the service has no figure."""

    asked: NorwayArguments
    months: list[str]
    dollars: list[int | None]

    def tables(self) -> list[Table]:
        rows: list[tuple[Cell, ...]] = list(zip(self.months, self.dollars, strict=True))
        return [Table(("month", "USD"), rows, "By month", measures=frozenset({"USD"}))]


async def norway_months(context: Context, asked: NorwayArguments) -> Answer[NorwayData]:
    """A year by month.

    Raises:
        MissingKey: no key is set.
        NoData: the service has no month of it.
    """
    settings = context.settings.of(ToySettings)
    request = Request(
        source=POLICY.source,
        endpoint="months",
        url=f"{settings.norway_url}/months",
        params={"product": asked.product, "partner": asked.partner, "flow": asked.flow, "year": str(asked.year)},
        secret_headers={KEY_HEADER: settings.norway_key} if settings.norway_key else {},
        unless_stored=None if settings.norway_key else _no_key(),
    )
    fetched = await context.upstream.fetch(request, POLICY, _read, within=settings.timeout)
    if not fetched.value:
        raise NoData(
            f"Norway has no month of {asked.product} in {asked.year}.",
            remedy="Ask for another year.",
            source=POLICY.source,
        )
    return Answer(
        what=f"Norway's {'exports' if asked.flow == 'X' else 'imports'} of HS {asked.product}, {asked.year}",
        data=NorwayData(asked=asked, months=list(fetched.value), dollars=list(fetched.value.values())),
        source=provenance(
            POLICY.service,
            "months",
            [fetched],
            unit="USD",
            currency="USD",
            valuation="FOB" if asked.flow == "X" else "CIF",
        ),
    )


def _read(response: Response) -> dict[str, int | None]:
    """Dollars by month."""
    if response.status == 401:
        raise Unauthorized("The key was refused.", remedy=KEY.get_it, source=POLICY.source)
    if response.status != 200:
        raise UpstreamDown(f"The service answered {response.status}.", remedy="Ask later.", source=POLICY.source)
    return json.loads(response.body)["months"]


def _no_key() -> MissingKey:
    return MissingKey(
        f"{POLICY.service} needs a key.", remedy=f"{KEY.get_it} Set {KEY.variable}.", source=POLICY.source
    )


def observe(data: NorwayData, source: Provenance) -> list[Observation]:
    """The figures as the rows that all sources share."""
    return [
        Observation(
            flow=data.asked.flow,
            reporter=NORWAY,
            partner=data.asked.partner,
            product=data.asked.product,
            classification="HS",
            period=period(month),
            value=dollars,
            currency="USD",
            valuation="FOB" if data.asked.flow == "X" else "CIF",
            status=Status.MISSING if dollars is None else Status.REPORTED,
            source=POLICY.source,
            tool="norway_months",
        )
        for month, dollars in zip(data.months, data.dollars, strict=True)
    ]


NORWAY_MONTHS = Tool(
    name="norway_months",
    title="Norwegian Customs: a year by month",
    description="Norway's exports or imports of a product with a partner, by month of one year, in dollars. Invented.",
    arguments=NorwayArguments,
    data=NorwayData,
    run=norway_months,
    example={"product": "030214", "partner": "156", "year": 2024},
    observe=observe,
)


async def checks(context: Context) -> AsyncIterator[Check]:
    """Whether the endpoint still answers."""
    try:
        answer = await context.call("norway_months", NORWAY_MONTHS.example)
    except TradestatError as error:
        yield Check("norway: months", ok=False, detail=f"{error.kind}: {error.message}")
    else:
        yield Check("norway: months", ok=True, detail=f"{len(answer.data.months)} months")

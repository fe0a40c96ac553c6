"""The service's address, its two data sets of goods by country, and its limits.

What is said here was seen in recorded answers of 2026, where nothing else is said; `checks.py` asks the live service
about the rest.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from tradestat_tools.model.settings import Address, Settings, default_if_unset
from tradestat_tools.upstream import Policy
from tradestat_tools.upstream.plan import Plan, Window

SOURCE_ID = "eurostat"
SERVICE = "Eurostat Comext"

ADDRESS = "https://ec.europa.eu/eurostat/api/comext/dissemination"
"""Eurostat's main host answers 404 for these data sets."""

PLAN = Plan((Window(2, 1.0),))
"""No pace is documented; its clients ask one after the other."""

POLICY = Policy(source=SOURCE_ID, service=SERVICE, plan=PLAN, setting="TRADESTAT_EUROSTAT_URL")


class EurostatSettings(Settings):
    """The address; there is no key."""

    eurostat_url: Annotated[Address, default_if_unset(ADDRESS)] = Field(default=ADDRESS, alias="TRADESTAT_EUROSTAT_URL")


def plan(_: Settings) -> Plan:
    """The same for everybody."""
    return PLAN


@dataclass(frozen=True, slots=True)
class Dataset:
    """One data set. Both have the dimensions freq, reporter, partner, product, flow, indicators, in this order.

    Args:
        levels: digits of its product codes.
        value: the indicator that is euros.
        weight: the indicator of weights, in units of `kilograms`.
        supplementary: the indicator of the quantity in the unit of the code; "" where there is none.
    """

    id: str
    title: str
    first_year: int
    levels: tuple[int, ...]
    value: str
    weight: str
    kilograms: int
    supplementary: str = ""

    @property
    def indicators(self) -> tuple[str, ...]:
        """What is asked for. Values in national currency (VALUE_NAC) are not: the answer does not name it."""
        return tuple(filter(None, (self.value, self.weight, self.supplementary)))


COMEXT = Dataset(
    "DS-045409",
    "EU trade since 1988 by HS2-4-6 and CN8",
    1988,
    (2, 4, 6, 8),
    value="VALUE_IN_EUROS",
    weight="QUANTITY_IN_100KG",
    kilograms=100,
    supplementary="SUPPLEMENTARY_QUANTITY",
)
NEIGHBOURS = Dataset(
    "DS-059341",
    "International trade of EU and non-EU countries since 2002 by HS2-4-6",
    2002,
    (2, 4, 6),
    value="VALUE_EUR",
    weight="QUANTITY_KG",
    kilograms=1,
)
DATASETS = {one.id: one for one in (COMEXT, NEIGHBOURS)}

MOST_AT_ONCE = 500_000
"""Cells above which an answer is not given but prepared: the service queues it."""

MOST_ROWS = 5_000_000
"""Estimated rows above which the service refuses (413, EXTRACTION_TOO_BIG)."""

MOST_ADDRESS = 4_000
"""Characters of an address; the service takes 4,096."""

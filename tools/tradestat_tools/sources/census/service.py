"""The service's address, key, plan, and every name that is sent to it or read from it, in one place.

The names of `imports/hs` and `exports/hs` are those of the service's own lists of variables (2026). Those of the sister
data sets (ports, states, industries, end uses) stand in no recorded answer: `checks.py` asks whether they hold.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from tradestat_tools.contract.source import KeyInfo
from tradestat_tools.model.observation import FlowCode
from tradestat_tools.model.settings import Address, Key, Settings, default_if_unset
from tradestat_tools.upstream import Policy
from tradestat_tools.upstream.plan import Budget, Plan, Window
from tradestat_tools.upstream.policy import Retry

SOURCE_ID = "census"

SERVICE = "US Census Bureau"

KEY_ERROR = "x-datawebapi-keyerror"
"""On the redirect that stands for a missing or invalid key (seen June 2026)."""
LOCATION = "location"

POLICY = Policy(
    source=SOURCE_ID,
    service=SERVICE,
    retry=Retry(attempts=2),  # it stalls rather than refuse, and a stalled read costs all of a call's time
    headers=frozenset({KEY_ERROR, LOCATION}),
    setting="TRADESTAT_CENSUS_URL",
)

ADDRESS = "https://api.census.gov"
PATH = "/data/timeseries/intltrade"

WINDOW = Window(2, 1.0)
"""No pace is documented. Reads stall after 600 to 800 calls, without a refusal (seen 2026)."""

CALLS_PER_DAY = 500
"""Fewer than those after which reads stalled."""


class CensusSettings(Settings):
    """Key, address and plan of the user's key."""

    census_api_key: Key = Field(default=None, alias="CENSUS_API_KEY")
    census_url: Annotated[Address, default_if_unset(ADDRESS)] = Field(default=ADDRESS, alias="TRADESTAT_CENSUS_URL")
    census_calls_per_day: float = Field(
        default=CALLS_PER_DAY, gt=0, allow_inf_nan=False, alias="TRADESTAT_CENSUS_CALLS_PER_DAY"
    )


def plan(settings: Settings) -> Plan:
    """So many calls a day, which is our own caution: the service names no limit."""
    return Plan((WINDOW,), Budget(settings.of(CensusSettings).census_calls_per_day, "day"))


VARIABLE = "CENSUS_API_KEY"

GET_A_KEY = (
    "Ask for one at https://api.census.gov/data/key_signup.html (free), click the link in the e-mail that comes, "
    f"and set {VARIABLE}."
)

SERVICE_KEY = KeyInfo(VARIABLE, GET_A_KEY, place="query", name="key")

MUST_BE_SHOWN = "This product uses the Census Bureau Data API but is not endorsed or certified by the Census Bureau."
"""As the service's terms word it."""

VALUED: dict[FlowCode, str] = {
    "M": f"{SERVICE}: imports are at the customs value, without freight, insurance and duty, which is next to FOB.",
    "X": f"{SERVICE}: exports are FAS, free alongside ship at the US port, which is FOB without loading.",
}

TERRITORY = "the US customs territory: the states, Puerto Rico, the US Virgin Islands and foreign-trade zones"

# Names that are sent and read

GET, TIME, COUNTRY, COUNTRY_NAME, LEVEL, DOMESTIC = "get", "time", "CTY_CODE", "CTY_NAME", "COMM_LVL", "DF"
UNIT = {"GEN_QY1": "UNIT_QY1", "GEN_QY2": "UNIT_QY2", "QTY_1": "UNIT_QY1", "QTY_2": "UNIT_QY2"}
"""The unit of each quantity; its flag is its own name with _FLAG."""

TRUE_ZERO = "-"
"""The flag of a quantity that is as it stands; with another one, 0 is no figure."""
NO_UNIT = frozenset({"", "-", "X"})
"""Units of goods whose quantity is not collected, or can not be added up."""

Direction = Literal["imports", "exports"]
Breakdown = Literal["none", "district", "port", "state", "naics", "enduse"]

_MEANS = ("AIR", "VES", "CNT")


@dataclass(frozen=True, slots=True)
class Flow:
    """One of the two flows.

    Args:
        value: what its value begins with; `_MO` is of the month, `_YR` of the year up to it.
        measures: what is asked of it: values in dollars, then quantities.
        transport: the same by means of transport: values, weights in kg, of imports charges.
        letter: what the names of its classifications begin with.
        list: the list of codes of ten digits that it goes by.
    """

    direction: Direction
    code: FlowCode
    value: str
    measures: tuple[str, ...]
    transport: tuple[str, ...]
    letter: str
    list: str

    @property
    def commodity(self) -> str:
        """The variable of the code of the HS."""
        return f"{self.letter}_COMMODITY"


IMPORTS = Flow(
    "imports",
    "M",
    "GEN_VAL",
    ("GEN_VAL", "GEN_CIF", "GEN_CHA", "CON_VAL", "DUT_VAL", "CAL_DUT", "GEN_QY1", "GEN_QY2"),
    ("GEN_VAL", *(f"{means}_{what}" for what in ("VAL", "WGT", "CHA") for means in _MEANS)),
    "I",
    "HTS",
)
EXPORTS = Flow(
    "exports",
    "X",
    "ALL_VAL",
    ("ALL_VAL", "QTY_1", "QTY_2"),
    ("ALL_VAL", *(f"{means}_{what}" for what in ("VAL", "WGT") for means in _MEANS)),
    "E",
    "Schedule B",
)
FLOWS_OF: dict[Direction, Flow] = {"imports": IMPORTS, "exports": EXPORTS}


@dataclass(frozen=True, slots=True)
class Part:
    """By what figures can be broken down.

    Args:
        dataset: which has it.
        code: the variable of its code, `{}` for the flow's letter; `name` that of its name, "" where there is none.
        level: COMM_LVL, where its codes have levels.
        size: how many codes there are, about.
        digits: of the longest code of the HS that the data set has; 0 where it has none.
    """

    dataset: str
    code: str
    name: str
    size: int
    digits: int
    level: str = ""


PARTS: dict[Breakdown, Part] = {
    "none": Part("hs", "", "", 1, 10),
    "district": Part("hs", "DISTRICT", "DIST_NAME", 50, 10),
    "port": Part("porths", "PORT", "PORT_NAME", 400, 6),
    "state": Part("statehs", "STATE", "", 55, 6),
    "naics": Part("naics", "NAICS", "NAICS_LDESC", 110, 0, "NA4"),
    "enduse": Part("enduse", "{}_ENDUSE", "{}_ENDUSE_LDESC", 150, 0, "EU5"),
}

FIRST_YEAR = 2010
"""The first month is its January (documented)."""

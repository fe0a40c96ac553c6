"""The service's address, key and plan, and how it bills."""

from typing import Annotated, Any, Literal, TypeGuard

from pydantic import AfterValidator, Field

from tradestat_tools.contract.source import KeyInfo
from tradestat_tools.model.errors import TradestatError, UpstreamRefused
from tradestat_tools.model.settings import Address, Key, Settings, default_if_unset, known_zone
from tradestat_tools.upstream.plan import Budget, Plan, Window
from tradestat_tools.upstream.policy import Policy, Retry
from tradestat_tools.upstream.reading import number
from tradestat_tools.upstream.request import Response

PLANS = {
    # Documented as 5 a minute; a burst of 30 passed before that held (seen October 2026). Thirty in six minutes is five
    # a minute in the long run, and lets a short session pass without waiting.
    "free": (100, Window(30, 360.0)),
    "hobby": (1_000, Window(20, 60.0)),
    "developer": (5_000, Window(250, 60.0)),
}
"""Credits a month and calls in a window, by the published price list. 200 free credits were seen in October 2026; the
list's 100 are kept until the user says otherwise."""


ADDRESS = "https://api.parse.bot"
SCRAPER_ID = "9f9021d2-26de-464e-a412-80acf4d30519"
CATALOGUE_ID = "4d7aa15d-7d20-47b2-8fd7-cc3ecb06fb97"


class TrademapSettings(Settings):
    """Key, addresses and plan of the user's account at parse.bot."""

    parse_api_key: Key = Field(default=None, alias="PARSE_API_KEY")
    trademap_url: Annotated[Address, default_if_unset(ADDRESS)] = Field(default=ADDRESS, alias="TRADESTAT_TRADEMAP_URL")
    trademap_scraper_id: Annotated[str, default_if_unset(SCRAPER_ID)] = Field(
        default=SCRAPER_ID, alias="TRADESTAT_TRADEMAP_SCRAPER_ID"
    )
    trademap_catalogue_id: Annotated[str, default_if_unset(CATALOGUE_ID)] = Field(
        default=CATALOGUE_ID, alias="TRADESTAT_TRADEMAP_CATALOGUE_ID"
    )
    trademap_timeout: float = Field(default=180.0, gt=0, allow_inf_nan=False, alias="TRADESTAT_TRADEMAP_TIMEOUT")
    trademap_plan: Annotated[Literal["free", "hobby", "developer"], default_if_unset("free")] = Field(
        default="free", alias="TRADESTAT_TRADEMAP_PLAN"
    )
    trademap_credits: float | None = Field(default=None, gt=0, allow_inf_nan=False, alias="TRADESTAT_TRADEMAP_CREDITS")
    trademap_per_minute: int | None = Field(default=None, gt=0, alias="TRADESTAT_TRADEMAP_PER_MINUTE")
    trademap_period: Literal["month", "rolling"] = Field(default="month", alias="TRADESTAT_TRADEMAP_PERIOD")
    trademap_zone: Annotated[str, AfterValidator(known_zone)] = Field(default="UTC", alias="TRADESTAT_TRADEMAP_ZONE")


def plan(settings: Settings) -> Plan:
    """The plan named in the settings, with the user's own figures where given."""
    own = settings.of(TrademapSettings)
    allowed, window = PLANS[own.trademap_plan]
    if own.trademap_credits is not None:
        allowed = own.trademap_credits
    if own.trademap_per_minute is not None:
        window = Window(own.trademap_per_minute, 60.0)
    # Whether the month is the calendar's or any 30 days is not documented.
    return Plan((window,), Budget(allowed, own.trademap_period, own.trademap_zone))


SOURCE_ID = "trademap"

SERVICE = "ITC Trade Map (through parse.bot)"

KEY_HEADER = "X-API-Key"

CREDITS_HEADER = "x-credits-charged"
"""On every answer, failed ones too, and equal to the bill (seen October 2026). Its sister `X-Credits-Remaining` does
not agree with the bill and is not read."""

MOST_CHARGED = 5000.0
"""Credits for one call. The largest plan has as many for a month (stated), and calls cost 1 or a few."""


def credits_charged(response: Response) -> float | None:
    """What the service says this call cost, in credits; None where it does not say, or nothing that can be so."""
    said = number_or_none(response.headers.get(CREDITS_HEADER))
    return None if said is None or said > MOST_CHARGED else said


def number_or_none(value: Any) -> float | None:
    """A plain non-negative number, as header text or JSON; None for anything else."""
    try:
        found = number(value)
    except ValueError:
        return None
    return float(found) if found is not None and found >= 0 else None


STALE_REMEDY = "Check codes and years with get_countries, get_products_hs or get_services_ebops."
"""By which a refusal of a question's codes or years is known, also by another process that reads it."""


def is_stale(error: TradestatError) -> TypeGuard[UpstreamRefused]:
    """Whether the service refused the codes or years of a question, and not the caller; also of an error that another
    process met."""
    return isinstance(error, UpstreamRefused) and error.remedy == STALE_REMEDY


POLICY = Policy(
    source=SOURCE_ID,
    service=SERVICE,
    headers=frozenset({CREDITS_HEADER}),
    setting="TRADESTAT_TRADEMAP_URL",
    retry=Retry(attempts=2),  # a crash of the scraper is asked again once at most (documented), and each call costs
    charged=credits_charged,
    paid=True,
    charges=is_stale,  # the target site was asked to learn it, and one call is one credit (stated)
)

KEY = KeyInfo(
    variable="PARSE_API_KEY",
    get_it="Sign up at https://parse.bot (there is a free plan), open API keys, and copy the key.",
    place="header",
    name=KEY_HEADER,
)

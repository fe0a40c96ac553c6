"""The service's address, key and plan."""

import re
from typing import Annotated

from pydantic import Field

from tradestat_tools.contract.source import KeyForm, KeyInfo
from tradestat_tools.model.settings import Address, Key, Settings, default_if_unset
from tradestat_tools.upstream import Policy
from tradestat_tools.upstream.plan import Budget, Plan, Window

SOURCE_ID = "comtrade"

SERVICE = "UN Comtrade"

POLICY = Policy(source=SOURCE_ID, service=SERVICE, setting="TRADESTAT_COMTRADE_URL")

PACE, KEYED_PACE = Window(1, 1.0), Window(1, 2.0)
"""About one call a second (documented, autumn 2026). With a key, of 18 calls 1.0 s apart 9 drew HTTP 429, of 39 calls
1.5 s apart 2, of those 2.0 s apart none (seen October 2026)."""


ADDRESS = "https://comtradeapi.un.org"


class ComtradeSettings(Settings):
    """Key, address and plan of the user's account at UN Comtrade."""

    comtrade_api_key: Key = Field(default=None, alias="COMTRADE_API_KEY")
    comtrade_url: Annotated[Address, default_if_unset(ADDRESS)] = Field(default=ADDRESS, alias="TRADESTAT_COMTRADE_URL")
    comtrade_calls_per_day: float = Field(
        default=500, gt=0, allow_inf_nan=False, alias="TRADESTAT_COMTRADE_CALLS_PER_DAY"
    )


def plan(settings: Settings) -> Plan:
    """With a key so many calls a day; without one nothing but the pace is documented."""
    own = settings.of(ComtradeSettings)
    if own.comtrade_api_key is None:
        return Plan((PACE,))
    return Plan((KEYED_PACE,), Budget(own.comtrade_calls_per_day, "day"))


KEY_VARIABLE = "COMTRADE_API_KEY"

KEY_HEADER = "Ocp-Apim-Subscription-Key"

GET_A_KEY = (
    'Register at https://comtradedeveloper.un.org, subscribe to the free product "comtrade - v1" and set '
    f"{KEY_VARIABLE} to the primary key of your profile."
)

_SUBSCRIPTION_KEY = re.compile(r"[0-9a-fA-F]{32}")


def examine_key(value: str) -> KeyForm:
    """A subscription key of Azure API Management, which the service runs on: 32 hexadecimal digits."""
    if not _SUBSCRIPTION_KEY.fullmatch(value):
        return KeyForm(False, f"has {len(value)} characters; a subscription key is 32 hexadecimal digits")
    return KeyForm(True, "32 hexadecimal digits")


KEY = KeyInfo(KEY_VARIABLE, GET_A_KEY, place="header", name=KEY_HEADER, required=False, examine=examine_key)

"""The service's address and pace. It takes no key."""

from typing import Annotated

from pydantic import Field

from tradestat_tools.model.settings import Address, Settings, default_if_unset
from tradestat_tools.upstream import Policy
from tradestat_tools.upstream.plan import Plan, Window

POLICY = Policy("doumaotong", "doumaotong.com", setting="TRADESTAT_DOUMAOTONG_URL")

PLAN = Plan((Window(5, 1.0),))
"""No limit is documented; this is good manners towards a free service."""

ADDRESS = "https://doumaotong.com"


class DoumaotongSettings(Settings):
    """The service's address."""

    doumaotong_url: Annotated[Address, default_if_unset(ADDRESS)] = Field(
        default=ADDRESS, alias="TRADESTAT_DOUMAOTONG_URL"
    )

"""Address, key and pace of the service."""

from typing import Annotated

from pydantic import Field

from tradestat_tools.contract.source import KeyInfo
from tradestat_tools.model.settings import Address, Key, Settings, default_if_unset
from tradestat_tools.upstream import Policy

POLICY = Policy(source="norway", service="Norwegian Customs (invented)")
ADDRESS = "https://customs.example"
KEY_HEADER = "X-Norway-Key"

KEY = KeyInfo("NORWAY_KEY", "Ask the customs of Norway for one.", place="header", name=KEY_HEADER)


class ToySettings(Settings):
    """Key and address."""

    norway_key: Key = Field(default=None, alias="NORWAY_KEY")
    norway_url: Annotated[Address, default_if_unset(ADDRESS)] = Field(default=ADDRESS, alias="TRADESTAT_NORWAY_URL")

"""The four operations of the service, and every assumption about how they are called, in one place.

Paths, parameter names and field names are those of the portal's own specification, compared with recorded answers (seen
October 2026); `checks.py` asks the live service whether they still hold.
"""

import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote

from pydantic import Field

from tradestat_tools.contract.source import KeyForm, KeyInfo
from tradestat_tools.model.settings import Address, Key, Settings, default_if_unset
from tradestat_tools.upstream import Policy
from tradestat_tools.upstream.plan import Budget, Plan, Window

REMAINING = "x-ratelimit-remaining"
"""On every answer of the service: how many calls of the day are left (seen October 2026)."""

POLICY = Policy(
    source="korea",
    service="Korea Customs Service (data.go.kr)",
    headers=frozenset({REMAINING}),
    setting="TRADESTAT_KOREA_URL",
)

WINDOW = Window(5, 1.0)
"""No pace is documented, but who asks fast is dropped (seen August 2026)."""


ADDRESS = "https://apis.data.go.kr"


class KoreaSettings(Settings):
    """Key, address and plan of the user's account at data.go.kr."""

    data_go_kr_service_key: Key = Field(default=None, alias="DATA_GO_KR_SERVICE_KEY")
    korea_url: Annotated[Address, default_if_unset(ADDRESS)] = Field(default=ADDRESS, alias="TRADESTAT_KOREA_URL")
    korea_calls_per_day: float = Field(default=10_000, gt=0, allow_inf_nan=False, alias="TRADESTAT_KOREA_CALLS_PER_DAY")


def plan(settings: Settings) -> Plan:
    """So many calls a day, counted anew at midnight in Seoul."""
    return Plan((WINDOW,), Budget(settings.of(KoreaSettings).korea_calls_per_day, "day", "Asia/Seoul"))


VARIABLE = "DATA_GO_KR_SERVICE_KEY"

_PERCENT_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def examine_key(value: str) -> KeyForm:
    """The portal shows each key twice, "Encoding" (percent-escaped) and "Decoding" (base64); either is taken."""
    if "%" in value:
        if unquote(unquote(value)) != unquote(value):
            return KeyForm(False, "is percent-encoded twice; copy it from the portal again")
        if len(_PERCENT_ESCAPE.findall(value)) != value.count("%") or not _BASE64.fullmatch(unquote(value)):
            return KeyForm(False, "has escapes that no Encoding key has; it may be cut off")
        return KeyForm(True, f"Encoding form, {len(value)} characters")
    if not _BASE64.fullmatch(value):
        return KeyForm(False, "has characters that neither form of the portal's keys has")
    if any(char in value for char in "+/="):
        return KeyForm(True, f"Decoding form, {len(value)} characters")
    return KeyForm(True, f"the same in both forms, {len(value)} characters")


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


SERVICE_KEY = KeyInfo(
    variable=VARIABLE,
    get_it="Sign up at data.go.kr (free) and apply for each of the four data sets (15100475, 15101609, 15101612, "
    "15102108); development use is approved at once. One key serves all; paste its Encoding or Decoding form.",
    place="query",
    name=KEY,
    examine=examine_key,
    two_forms=True,
)

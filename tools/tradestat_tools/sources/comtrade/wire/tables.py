"""UN Comtrade's endpoints beside its trade data: what is held, its notes, its releases, and tables it works out.

None of them could be asked from where this was written. Addresses and parameters are those of the service's own Python
client and its developer portal; the fields of rows are those that working clients read (autumn 2026). `doctor` asks
those that need no key, and the others where one is set.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from tradestat_tools.sources.comtrade.wire.envelope import (
    OptionalAmount,
    OptionalFlag,
    OptionalText,
    Text,
    check_answered,
    read_rows,
)
from tradestat_tools.upstream import Response

AVAILABILITY = "getDA"
"""With a key under data/v1, without one under public/v1; reporterCode and period may be left out, several periods are
separated by commas. `getDATariffline` is the same for tariff lines, with `lengthCmdCode`."""
METADATA = "getMetadata"
"""With a key under data/v1, without one under public/v1. Every dataset has `notes`, one for each publication."""
TRADE_MATRIX = "data/v1/getTradeMatrix/C/A/TM"
"""Only with a key; years and goods only, in SITC (an answer was recorded in July 2026)."""
TRADE_BALANCE = "tools/v1/getTradeBalance"
BILATERAL = "tools/v1/getBilateralData"
"""Only with a key: without one both answer 401 (seen 2026)."""
LIVE_UPDATE = "data/v1/getLiveUpdate"
"""Only with a key; no parameters. `count` is not the number of rows: 174 stood beside 50 (seen October 2026)."""


_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z?))?")
_WRITTEN_OUT = {"%m/%d/%Y %I:%M:%S %p": "%Y-%m-%dT%H:%M:%S", "%A, %B %d, %Y": "%Y-%m-%d"}


def _stamp(value: object) -> object:
    """A day or time as `2026-10-22` or `2026-10-22T21:27:39`, with Z only where that was said; blank is none.

    Seen in October 2026: `2026-10-22 21:27:39Z`, `10/22/2026 11:18:33 PM`, `Thursday, October 22, 2026`, and seven
    digits of a second without a zone. What is written otherwise stays as it came.
    """
    if not isinstance(value, str) or not (text := value.strip()):
        return value or None
    if found := _ISO.fullmatch(text):
        return found[1] + (f"T{found[2]}{found[3]}" if found[2] else "")
    for form, written in _WRITTEN_OUT.items():
        with suppress(ValueError):
            return datetime.strptime(text, form).strftime(written)  # noqa: DTZ007 - no zone is said
    return text


OptionalStamp = Annotated[str | None, BeforeValidator(_stamp)]


class Dataset(BaseModel):
    """One dataset that the service holds: one reporter's figures of one period in one classification."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    period: Text
    reporterCode: Text
    reporterDesc: OptionalText = None
    classificationCode: OptionalText = None
    isOriginalClassification: OptionalFlag = None
    totalRecords: OptionalAmount = None
    lengthCmdCode: OptionalAmount = None
    firstReleased: OptionalText = None
    lastReleased: OptionalText = None


class Publication(BaseModel):
    """What a reporter's statistical office says of one dataset, as of one publication."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    period: Text
    reporterCode: Text
    reporterDescription: OptionalText = None
    classificationCode: OptionalText = None
    currency: OptionalText = None
    importConvFactor: OptionalText = None
    exportConvFactor: OptionalText = None
    tradeSystem: OptionalText = None
    importValuation: OptionalText = None
    exportValuation: OptionalText = None
    importPartnerCountry: OptionalText = None
    exportPartnerCountry: OptionalText = None
    importPartner2Country: OptionalText = None
    exportPartner2Country: OptionalText = None
    publicationNote: OptionalText = None
    publicationDate: OptionalStamp = None


class Described(BaseModel):
    """One dataset with the notes of all its publications."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    period: Text
    reporterCode: Text
    notes: list[Publication] | None = None


class Balance(BaseModel):
    """Exports (X) and imports (M) of one flow side by side, in US dollars, and what is between them."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    period: Text
    reporterCode: Text
    reporterDesc: OptionalText = None
    partnerCode: Text
    partnerDesc: OptionalText = None
    cmdCode: Text
    cmdDesc: OptionalText = None
    primaryValueX: OptionalAmount
    primaryValueM: OptionalAmount
    primaryValueBal: OptionalAmount


class Mirrored(BaseModel):
    """What one reporter says of a flow beside what its partner reports of it, in US dollars and kg.

    `primaryValueDisc` and `mirror2PrimaryValue` come too; what they are is said nowhere, so they are left out. A weight
    of zero is a figure only beside a value of zero, as in trade data.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    period: Text
    reporterCode: Text
    reporterDesc: OptionalText = None
    flowCode: Text
    partnerCode: Text
    partnerDesc: OptionalText = None
    cmdCode: Text
    primaryValue: OptionalAmount
    netWgt: OptionalAmount = None
    mirrorPrimaryValue: OptionalAmount
    mirrorNetWgt: OptionalAmount = None


class Release(BaseModel):
    """One dataset that was or is being loaded."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    typeCode: OptionalText = None
    freqCode: OptionalText = None
    period: Text
    reporterCode: Text
    classificationCode: OptionalText = None
    status: OptionalText = None
    lastUpdated: OptionalStamp = None
    startedAt: OptionalStamp = None
    queuedAt: OptionalStamp = None

    @property
    def newest(self) -> str:
        """The last that is known of it, to put datasets in order."""
        known = [stamp for stamp in (self.lastUpdated, self.startedAt, self.queuedAt) if stamp]
        day = max((stamp[:10] for stamp in known), default="")
        return max((stamp for stamp in known if stamp.startswith(day)), default="")


R = TypeVar("R", bound=BaseModel)


class Listed(BaseModel, Generic[R]):
    """An answer of one of these endpoints."""

    count: int | None = None
    data: list[R]

    @property
    def withheld(self) -> int:
        """Rows that the service counts and did not send."""
        return max(0, (self.count or 0) - len(self.data))


COMPARED = ("reporterCode", "period", "partnerCode", "flowCode")


def read_table(row: type[R], asked: Mapping[str, str], response: Response) -> Listed[R]:
    """The rows of one answer.

    Raises:
        TradestatError: what the service answers; UpstreamChanged for rows in another form or of another question.
    """
    required = [name for name, field in row.model_fields.items() if field.is_required()]
    found = read_rows(response, Listed[row], f"rows with {', '.join(required)}")
    check_answered(found.data, asked, COMPARED)
    return found

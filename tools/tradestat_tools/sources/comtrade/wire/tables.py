"""UN Comtrade's endpoints beside its trade data: what is held, its notes, its releases, and tables it works out.

None of them could be asked from where this was written. Addresses and parameters are those of the service's own Python
client and its developer portal; the fields of rows are those that working clients read (autumn 2026). `doctor` asks
those that need no key, and the others where one is set.
"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import MissingKey
from tradestat_tools.sources.comtrade.service import (
    GET_A_KEY,
    KEY_HEADER,
    KEY_VARIABLE,
    POLICY,
    SERVICE,
    SOURCE_ID,
    ComtradeSettings,
)
from tradestat_tools.sources.comtrade.wire.envelope import (
    OptionalAmount,
    OptionalFlag,
    OptionalText,
    Row,
    Text,
    changed,
    read_rows,
)
from tradestat_tools.upstream import Fetched, Request, Response
from tradestat_tools.upstream.request import RECENT, Freshness

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
"""Only with a key; no parameters."""


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
    publicationDate: OptionalText = None


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


class Mirrored(Row):
    """A row of trade data beside what the partner reports of it, in US dollars and kg.

    `primaryValueDisc` and `mirror2PrimaryValue` come too; what they are is said nowhere, so they are left out.
    """

    mirrorPrimaryValue: OptionalAmount
    mirrorNetWgt: OptionalAmount = None


def _stamp(value: object) -> object:
    """A time of day with what stands before it; blank is none."""
    return (value.strip() or None) if isinstance(value, str) else value


class Release(BaseModel):
    """One dataset that was or is being loaded."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    typeCode: OptionalText = None
    freqCode: OptionalText = None
    period: Text
    reporterCode: Text
    classificationCode: OptionalText = None
    status: OptionalText = None
    lastUpdated: Annotated[str | None, BeforeValidator(_stamp)] = None


R = TypeVar("R", bound=BaseModel)


class Listed(BaseModel, Generic[R]):
    """An answer of one of these endpoints."""

    count: int | None = None
    data: list[R]

    @property
    def withheld(self) -> int:
        """Rows that the service counts and did not send."""
        return max(0, (self.count or 0) - len(self.data))


def table_request(
    context: Context, endpoint: str, params: Mapping[str, str] | None = None, *, freshness: Freshness = RECENT
) -> Request:
    """The call to one of these endpoints.

    Args:
        context: what the tools work with.
        endpoint: where, below the service's address. One that begins with `get` is under data/v1 or public/v1,
            depending on whether a key is set.
        params: the question.
        freshness: for how long the answer is as good as new, and usable after that.

    Raises:
        MissingKey: the endpoint takes a key and none is set.
    """
    key = context.settings.of(ComtradeSettings).comtrade_api_key
    if not endpoint.startswith("get"):
        if key is None:
            raise MissingKey(
                f"{SERVICE} answers this only with a key, and {KEY_VARIABLE} is not set.",
                remedy=f"{GET_A_KEY} Without one use comtrade_data, comtrade_tariffline, comtrade_availability and "
                "comtrade_metadata.",
                source=SOURCE_ID,
            )
        path, named = endpoint, endpoint.partition("/v1/")[2]
    else:
        path, named = f"{'data' if key else 'public'}/v1/{endpoint}", endpoint
    return Request(
        source=SOURCE_ID,
        endpoint=named,
        url=f"{context.settings.of(ComtradeSettings).comtrade_url.rstrip('/')}/{path}",
        params={name: value for name, value in (params or {}).items() if value},
        secret_headers={KEY_HEADER: key} if key else {},
        freshness=freshness,
    )


async def fetch_table(context: Context, request: Request, row: type[R]) -> Fetched[Listed[R]]:
    """The rows of one call.

    Raises:
        TradestatError: what the service answers; UpstreamChanged for rows in another form or of another reporter.
    """
    return await context.upstream.fetch(request, POLICY, reader(request, row), within=context.settings.timeout)


def reader(request: Request, row: type[R]) -> "partial[Listed[R]]":
    """What reads the answer to a call."""
    return partial(_read, row, dict(request.params))


def _read(row: type[R], asked: Mapping[str, str], response: Response) -> Listed[R]:
    required = [name for name, field in row.model_fields.items() if field.is_required()]
    found = read_rows(response, Listed[row], f"rows with {', '.join(required)}")
    for name in ("reporterCode", "period", "partnerCode", "flowCode"):
        codes = {code.lstrip("0") for code in asked[name].split(",")} if asked.get(name) else None
        strange = next((value for one in found.data if _differs(value := _value(one, name), codes)), None)
        if strange is not None:
            raise changed(f"rows with the {name} that was asked for", f"one has {name} {strange}")
    return found


def _value(row: BaseModel, name: str) -> Any:
    return getattr(row, name, None)


def _differs(value: Any, codes: set[str] | None) -> bool:
    return codes is not None and value is not None and str(value).lstrip("0") not in codes

"""Whether the live service still behaves as this package assumes."""

from collections.abc import AsyncIterator

from tradestat_tools.errors import TradestatError
from tradestat_tools.services import Services
from tradestat_tools.source import Check
from tradestat_tools.sources.comtrade.reference import COMTRADE_REFERENCE
from tradestat_tools.sources.comtrade.trade import COMTRADE_DATA
from tradestat_tools.sources.comtrade.wire import GET_A_KEY, KEY_VARIABLE

LISTS = ("reporters", "partners", "HS", "EB10", "flows", "customs", "modesOfTransport", "quantityUnits", "dataItems")
"""One of each kind, and every list whose file name is assumed."""

_QUESTION = {"reporterCode": "842", "period": "2022", "partnerCode": "0", "cmdCode": "TOTAL", "flowCode": "M"}
_SERVICES_QUESTION = _QUESTION | {"typeCode": "S", "clCode": "EB10", "period": "2018"}


async def checks(services: Services) -> AsyncIterator[Check]:
    """Cheap questions, one line each; without a key they go to the preview."""
    key = services.settings.comtrade_api_key
    keyless = Services(services.settings.model_copy(update={"comtrade_api_key": None}), services.upstream, services.now)
    yield await _data(keyless, "preview: one row for one flow", _QUESTION)
    yield await _data(keyless, "preview: services in EB10", _SERVICES_QUESTION)
    if key is None:
        yield Check(f"{KEY_VARIABLE} accepted", ok=False, detail=f"not set: the preview is used. {GET_A_KEY}")
    else:
        yield await _data(services, f"{KEY_VARIABLE} accepted", _QUESTION)
    for category in LISTS:
        yield await _list(services, category)


async def _data(services: Services, name: str, question: dict[str, str]) -> Check:
    try:
        answer = await COMTRADE_DATA.call(services, question)
    except TradestatError as error:
        return Check(name, ok=False, detail=f"{error.kind}: {error.message}")
    rows = sum(value is not None for record in answer.data.records for value in record.primaryValue)
    return Check(name, ok=rows == 1, detail=f"{rows} row{'s' * (rows != 1)} came, 1 expected")


async def _list(services: Services, category: str) -> Check:
    name = f"reference list {category}"
    try:
        answer = await COMTRADE_REFERENCE.call(services, {"category": category, "limit": 1})
    except TradestatError as error:
        return Check(name, ok=False, detail=f"{error.kind}: {error.message}")
    return Check(name, ok=True, detail=f"{answer.data.count} entries")

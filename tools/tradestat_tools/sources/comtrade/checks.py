"""Whether the live service still behaves as this package assumes."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Check
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.sources.comtrade.api import DataCall, count, has_key
from tradestat_tools.sources.comtrade.service import GET_A_KEY, KEY_VARIABLE
from tradestat_tools.sources.comtrade.tools.availability import COMTRADE_AVAILABILITY
from tradestat_tools.sources.comtrade.tools.bilateral import COMTRADE_BILATERAL, COMTRADE_TRADE_BALANCE
from tradestat_tools.sources.comtrade.tools.data import COMTRADE_DATA
from tradestat_tools.sources.comtrade.tools.lists import COMTRADE_REFERENCE
from tradestat_tools.sources.comtrade.tools.matrix import COMTRADE_TRADE_MATRIX
from tradestat_tools.sources.comtrade.tools.metadata import COMTRADE_LIVE_UPDATE, COMTRADE_METADATA
from tradestat_tools.sources.comtrade.tools.tariffline import COMTRADE_TARIFFLINE

LISTS = (
    "reporters",
    "partners",
    "HS",
    "EB10",
    "flows",
    "customs",
    "modesOfTransport",
    "quantityUnits",
    "dataItems",
    "frequencies",
)
"""One of each kind, and every list whose file name is assumed."""

_QUESTION = {"reporterCode": "842", "period": "2022", "partnerCode": "0", "cmdCode": "TOTAL", "flowCode": "M"}
_SERVICES_QUESTION = _QUESTION | {"typeCode": "S", "clCode": "EB10", "period": "2018"}

_REPORTER = {"reporterCode": "410"}
_YEAR = _REPORTER | {"period": "2022"}
_PARTNER = _YEAR | {"partnerCode": "156"}
_LINES = _PARTNER | {"cmdCode": "850760", "flowCode": "M"}

_UNKEYED: tuple[tuple[str, Tool[Any, Any], Mapping[str, str]], ...] = (
    ("availability: the datasets of one reporter", COMTRADE_AVAILABILITY, _REPORTER),
    ("metadata: the notes of one dataset", COMTRADE_METADATA, _YEAR),
    ("tariff lines: one subheading", COMTRADE_TARIFFLINE, _LINES),
)
_KEYED: tuple[tuple[str, Tool[Any, Any], Mapping[str, str]], ...] = (
    ("trade matrix: one cell a flow", COMTRADE_TRADE_MATRIX, _PARTNER),
    ("trade balance: one row", COMTRADE_TRADE_BALANCE, _PARTNER),
    ("bilateral: both reports of a flow", COMTRADE_BILATERAL, _PARTNER),
    ("live update: what was loaded lately", COMTRADE_LIVE_UPDATE, {}),
)
"""Endpoints whose form is known from other clients only, with a cheap question each."""


async def checks(context: Context) -> AsyncIterator[Check]:
    """Cheap questions, one line each; without a key they go to the preview."""
    keyless = replace(context, settings=context.settings.model_copy(update={"comtrade_api_key": None}))
    yield await _data(keyless, "preview: one row for one flow", _QUESTION)
    yield await _data(keyless, "preview: services in EB10", _SERVICES_QUESTION)
    if not has_key(context):
        yield Check(f"{KEY_VARIABLE} accepted", ok=False, detail=f"not set: the preview is used. {GET_A_KEY}")
    else:
        yield await _data(context, f"{KEY_VARIABLE} accepted", _QUESTION)
    for name, endpoint, question in _UNKEYED:
        yield await _answered(keyless, name, endpoint, question)
    if has_key(context):
        yield await _counted(context)
        for name, endpoint, question in _KEYED:
            yield await _answered(context, name, endpoint, question)
    for category in LISTS:
        yield await _list(context, category)


async def _data(context: Context, name: str, question: dict[str, str]) -> Check:
    try:
        answer = await context.call(COMTRADE_DATA, question)
    except TradestatError as error:
        return Check(name, ok=False, detail=f"{error.kind}: {error.message}")
    rows = sum(value is not None for record in answer.data.records for value in record.primaryValue)
    return Check(name, ok=rows == 1, detail=f"{rows} row{'s' * (rows != 1)} came, 1 expected")


async def _answered(context: Context, name: str, endpoint: Tool[Any, Any], question: Mapping[str, str]) -> Check:
    try:
        answer = await context.call(endpoint, question)
    except TradestatError as error:
        return Check(name, ok=False, detail=f"{error.kind}: {error.message}")
    return Check(name, ok=True, detail=f"{len(answer.data.records)} came")


async def _counted(context: Context) -> Check:
    name = "countOnly: rows counted and not sent"
    call = DataCall("C", "A", "HS", ("842",), ("0",), ("TOTAL",), ("M",), (Period(2022),), maxRecords=10)
    try:
        rows = (await count(context, call)).value
    except TradestatError as error:
        return Check(name, ok=False, detail=f"{error.kind}: {error.message}")
    return Check(name, ok=rows == 1, detail=f"{rows} counted, 1 expected")


async def _list(context: Context, category: str) -> Check:
    name = f"reference list {category}"
    try:
        answer = await context.call(COMTRADE_REFERENCE, {"category": category, "limit": 1})
    except TradestatError as error:
        return Check(name, ok=False, detail=f"{error.kind}: {error.message}")
    return Check(name, ok=True, detail=f"{answer.data.count} entries")

"""Whether the live service still behaves as this package assumes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Check
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.sources.comtrade.api import DataCall, count, has_key
from tradestat_tools.sources.comtrade.service import GET_A_KEY, KEY_VARIABLE
from tradestat_tools.upstream import Fetched

T = TypeVar("T")

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

_UNKEYED = (
    ("availability: the datasets of one reporter", "comtrade_availability", _REPORTER),
    ("metadata: the notes of one dataset", "comtrade_metadata", _YEAR),
    ("tariff lines: one subheading", "comtrade_tariffline", _LINES),
)
_KEYED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("trade matrix: one cell a flow", "comtrade_trade_matrix", _PARTNER),
    ("trade balance: one row", "comtrade_trade_balance", _PARTNER),
    ("bilateral: both reports of a flow", "comtrade_bilateral", _PARTNER),
    ("live update: what was loaded lately", "comtrade_live_update", {}),
)
"""Endpoints whose form is known from other clients only, with a cheap question each."""


async def checks(context: Context) -> AsyncIterator[Check]:
    """Cheap questions, one line each; without a key they go to the preview."""
    keyless = replace(context, settings=context.settings.model_copy(update={"comtrade_api_key": None}))
    one_row = ("comtrade_data", _QUESTION)
    yield await _check("preview: one row for one flow", keyless.call(*one_row), _is_one_row)
    services = keyless.call("comtrade_data", _SERVICES_QUESTION)
    yield await _check("preview: services in EB10", services, _is_one_row)
    if not has_key(context):
        yield Check(f"{KEY_VARIABLE} accepted", ok=False, detail=f"not set: the preview is used. {GET_A_KEY}")
    else:
        yield await _check(f"{KEY_VARIABLE} accepted", context.call(*one_row), _is_one_row)
    for name, tool, question in _UNKEYED:
        yield await _check(name, keyless.call(tool, question), _came)
    if has_key(context):
        call = DataCall("C", "A", "HS", ("842",), ("0",), ("TOTAL",), ("M",), (Period(2022),), maxRecords=10)
        yield await _check("countOnly: rows counted and not sent", count(context, call), _is_counted)
        for name, tool, question in _KEYED:
            yield await _check(name, context.call(tool, question), _came)
    for category in LISTS:
        entries = context.call("comtrade_reference", {"category": category, "limit": 1})
        yield await _check(f"reference list {category}", entries, lambda answer: (True, f"{answer.data.count} entries"))


async def _check(name: str, asked: Awaitable[T], judge: Callable[[T], tuple[bool, str]]) -> Check:
    """Wait for an answer and judge it: whether it is well, and what to say of it."""
    try:
        ok, detail = judge(await asked)
    except TradestatError as error:
        return Check(name, ok=False, detail=f"{error.kind}: {error.message}")
    return Check(name, ok=ok, detail=detail)


def _is_one_row(answer: Answer[Any]) -> tuple[bool, str]:
    rows = sum(value is not None for record in answer.data.records for value in record.primaryValue)
    return rows == 1, f"{rows} row{'s' * (rows != 1)} came, 1 expected"


def _came(answer: Answer[Any]) -> tuple[bool, str]:
    return True, f"{len(answer.data.records)} came"


def _is_counted(fetched: Fetched[int]) -> tuple[bool, str]:
    return fetched.value == 1, f"{fetched.value} counted, 1 expected"

"""Does the live service still behave as assumed? One small call for each of its operations."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from tradestat_tools.answers import NoteCode
from tradestat_tools.codes.periods import format_yyyymm
from tradestat_tools.endpoint import Endpoint
from tradestat_tools.errors import TradestatError
from tradestat_tools.services import Services
from tradestat_tools.source import Check
from tradestat_tools.sources.korea.clock import last_published
from tradestat_tools.sources.korea.endpoints import GET_ITEMTRADE, GET_NATIONTRADE, GET_NEWTRADE, GET_NITEMTRADE
from tradestat_tools.sources.korea.failures import VARIABLE
from tradestat_tools.sources.korea.question import decoded_key

# A small question each, whose answer shows that every parameter was heeded: rows that were not asked for are an error.
_QUESTIONS: tuple[tuple[Endpoint[Any, Any], Mapping[str, str]], ...] = (
    (GET_NITEMTRADE, {"hsSgn": "850760", "cntyCd": "CN"}),
    (GET_ITEMTRADE, {"hsSgn": "850760"}),
    (GET_NATIONTRADE, {"cntyCd": "CN"}),
    (GET_NEWTRADE, {}),
)

_OLD_FORM = re.compile(r"[A-Za-z0-9+/]{80,100}={0,2}")
_NEW_FORM = re.compile(r"[0-9a-f]{64}")


async def checks(services: Services) -> AsyncIterator[Check]:
    """The key's form, then each operation: its address, parameters, fields, success code and total row."""
    key = services.settings.data_go_kr_service_key
    if key is None:
        yield Check("korea: key", ok=False, detail=f"not set: {VARIABLE}")
        return
    decoded = decoded_key(key.get_secret_value())
    known = _OLD_FORM.fullmatch(decoded) or _NEW_FORM.fullmatch(decoded)
    form = (
        "has a known form" if known else "has neither known form (about 88 characters ending in ==, or 64 hex digits)"
    )
    yield Check("korea: key", ok=bool(known), detail=f"{VARIABLE} {form}")
    month = format_yyyymm(last_published(services.now()).shifted(-3))  # old enough to be out and settled
    for endpoint, arguments in _QUESTIONS:
        yield await _check(services, endpoint, {"strtYymm": month, "endYymm": month, **arguments})


async def _check(services: Services, endpoint: Endpoint[Any, Any], arguments: Mapping[str, str]) -> Check:
    name = f"korea: {endpoint.name}"
    try:
        answer = await endpoint.call(services, arguments)
    except TradestatError as error:
        return Check(name, ok=False, detail=f"{error.kind}: {error.message} {error.remedy}")
    wrong = [note.text for note in answer.notes if note.code is NoteCode.TOTAL_MISMATCH]
    if wrong:
        return Check(name, ok=False, detail=" ".join(wrong))
    rows = len(answer.data.rows.year)
    return Check(name, ok=True, detail=f"{rows} rows for {arguments['strtYymm']}, fields and sums as assumed")

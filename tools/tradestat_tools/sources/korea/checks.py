"""Does the live service still behave as assumed? One small call for each of its operations."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from tradestat_tools.codes.periods import format_yyyymm
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Check
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.sources.korea.calendar import last_published
from tradestat_tools.sources.korea.service import VARIABLE, KoreaSettings
from tradestat_tools.sources.korea.tools import TOOLS


async def checks(context: Context) -> AsyncIterator[Check]:
    """Each operation: its address, parameters, fields, success code and total row."""
    if context.settings.of(KoreaSettings).data_go_kr_service_key is None:
        yield Check("korea: key", ok=False, detail=f"not set: {VARIABLE}")
        return
    month = format_yyyymm(last_published(context.now()).shifted(-3))  # old enough to be out and settled
    for tool in TOOLS:
        # Its example, of one month: an answer shows that each parameter is heeded, since other rows are an error.
        yield await _check(context, tool, {**tool.example, "strtYymm": month, "endYymm": month})


async def _check(context: Context, tool: Tool[Any, Any], arguments: Mapping[str, str]) -> Check:
    name = f"korea: {tool.name}"
    try:
        answer = await context.call(tool, arguments)
    except TradestatError as error:
        return Check(name, ok=False, detail=f"{error.kind}: {error.message} {error.remedy}")
    wrong = [note.text for note in answer.notes if note.code is NoteCode.TOTAL_MISMATCH]
    if wrong:
        return Check(name, ok=False, detail=" ".join(wrong))
    rows = len(answer.data.rows.year)
    return Check(name, ok=True, detail=f"{rows} rows for {arguments['strtYymm']}, fields and sums as assumed")

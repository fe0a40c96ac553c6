"""The four tools."""

from collections.abc import Sequence
from typing import Any, TypeVar

from tradestat_tools.codes.hs import describe
from tradestat_tools.codes.periods import format_yyyymm
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Data, Note
from tradestat_tools.sources.korea import service as operations
from tradestat_tools.sources.korea.answers import (
    ItemtradeData,
    NationtradeData,
    NewtradeData,
    NitemtradeData,
    added,
)
from tradestat_tools.sources.korea.api import ask
from tradestat_tools.sources.korea.arguments import (
    ItemtradeArguments,
    NationtradeArguments,
    NewtradeArguments,
    NitemtradeArguments,
    Part,
    Question,
    Span,
    read_question,
    rows_of,
)
from tradestat_tools.sources.korea.flows import observe_item, observe_nation, observe_new, observe_nitem
from tradestat_tools.sources.korea.notes import notes_on
from tradestat_tools.sources.korea.service import POLICY, Operation
from tradestat_tools.sources.korea.wire import TOTAL, Row

D = TypeVar("D", bound=Data)

_DEEPER = {2: "A 4-digit hsSgn gives its subheadings.", 4: "A 6-digit hsSgn gives Korea's 10-digit codes."}


async def _nitemtrade(context: Context, arguments: NitemtradeArguments) -> Answer[NitemtradeData]:
    question = _question(context, operations.NITEMTRADE, arguments, hs=arguments.hsSgn, country=arguments.cntyCd)
    parts = await ask(context, question)
    rows = rows_of(question, parts)
    data = NitemtradeData.model_validate(
        {
            **_span(question),
            "hsSgn": question.hs,
            "cntyCd": question.partner.code or question.partner.group,
            "months": _by_month(question, rows),
            "grandTotal": _grand_total(question, parts),
            "statCdCntnKor1": _names([part.page.statCdCntnKor1 for part in parts], {row.statCd for row in rows}),
            "statKor": _names([part.page.statKor for part in parts], {row.hsCd for row in rows}),
            "rows": {**_columns(question.operation, rows), "statCd": [r.statCd for r in rows], "hsCd": _codes(rows)},
        }
    )
    hints = [_DEEPER[len(question.hs)]] if len(question.hs) in _DEEPER else []
    if not question.partner.code:
        hints.append("With cntyCd the rows are of one country.")
    return _answer(question, data, parts, " ".join(hints) or None)


async def _itemtrade(context: Context, arguments: ItemtradeArguments) -> Answer[ItemtradeData]:
    question = _question(context, operations.ITEMTRADE, arguments, hs=arguments.hsSgn)
    parts = await ask(context, question)
    rows = rows_of(question, parts)
    data = ItemtradeData.model_validate(
        {
            **_span(question),
            "hsSgn": question.hs,
            "months": _by_month(question, rows),
            "grandTotal": _grand_total(question, parts),
            "statKor": _names([part.page.statKor for part in parts], {row.hsCd for row in rows}),
            "rows": {**_columns(question.operation, rows), "hsCd": _codes(rows)},
        }
    )
    return _answer(question, data, parts, "By country: getNitemtradeList with the same hsSgn.")


async def _nationtrade(context: Context, arguments: NationtradeArguments) -> Answer[NationtradeData]:
    question = _question(context, operations.NATIONTRADE, arguments, country=arguments.cntyCd)
    parts = await ask(context, question)
    rows = rows_of(question, parts)
    data = NationtradeData.model_validate(
        {
            **_span(question),
            "cntyCd": question.partner.code or question.partner.group,
            "months": _by_month(question, rows),
            "grandTotal": _grand_total(question, parts),
            "statCdCntnKor1": _names([part.page.statCdCntnKor1 for part in parts], {row.statCd for row in rows}),
            "rows": {**_columns(question.operation, rows), "statCd": [r.statCd for r in rows]},
        }
    )
    return _answer(question, data, parts, "By product: getNitemtradeList with cntyCd and an hsSgn.")


async def _newtrade(context: Context, arguments: NewtradeArguments) -> Answer[NewtradeData]:
    question = _question(context, operations.NEWTRADE, arguments)
    parts = await ask(context, question)
    data = NewtradeData.model_validate(
        {
            **_span(question),
            "grandTotal": _grand_total(question, parts),
            "rows": _columns(question.operation, rows_of(question, parts)),
        }
    )
    return _answer(question, data, parts, "By country: getNationtradeList; by product: getItemtradeList.")


def _question(context: Context, operation: Operation, months: Span, *, hs: str = "", country: str = "") -> Question:
    return read_question(context, operation, months.strtYymm, months.endYymm, hs=hs, country=country)


def _span(question: Question) -> dict[str, str]:
    """The months answered for."""
    return {"strtYymm": format_yyyymm(question.start), "endYymm": format_yyyymm(question.end)}


def _answer(question: Question, data: D, parts: Sequence[Part], more: str | None) -> Answer[D]:
    notes: list[Note] = notes_on(question, parts)
    goods = "total trade"
    if question.operation.by_item:
        label = describe(question.hs) if question.hs else None
        goods = f"trade in HS {question.hs}{f' ({label})' if label else ''}" if question.hs else "trade in all goods"
    code = question.partner.code or question.partner.group
    whom = f"with {question.partner.name} ({code})" if code else "with all countries"
    span = str(question.start) if question.start == question.end else f"{question.start} to {question.end}"
    return Answer[D](
        what=f"Korea's {goods} {whom}, {span}, monthly: exports and imports",
        data=data,
        source=provenance(
            POLICY.service,
            question.operation.name,
            [part.fetched for part in parts],
            unit="US dollars; weight in kg net" if question.operation.by_item else "US dollars",
            currency="USD",
            valuation="exports FOB, imports CIF",
            coverage="goods cleared by Korea's customs",
        ),
        notes=notes,
        more=more,
    )


def _codes(rows: Sequence[Row]) -> list[str]:
    return [row.hsCd for row in rows]


def _columns(operation: Operation, rows: Sequence[Row]) -> dict[str, Any]:
    columns: dict[str, Any] = {"year": [row.year for row in rows]}
    for i, name in enumerate(operation.measures):
        columns[name] = [row.figures[i] for row in rows]
    return columns


def _by_month(question: Question, rows: Sequence[Row]) -> dict[str, Any]:
    """The sums of the rows, for every month asked for."""
    by_month: dict[str, list[Row]] = {month: [] for month in question.months}
    for row in rows:
        by_month[row.year].append(row)
    columns: dict[str, Any] = {"year": list(by_month)}
    for i, name in enumerate(question.operation.measures):
        columns[name] = [added([row.figures[i] for row in of_month]) for of_month in by_month.values()]
    return columns


def _grand_total(question: Question, parts: Sequence[Part]) -> dict[str, int | None] | None:
    """The service's total rows added up over the calls; nothing if a call with rows came without one.

    Of a group nothing either: the service's total is that of all countries.
    """
    if question.partner.group:
        return None
    found = [[t for t in part.page.totals if t.year == TOTAL] for part in parts if part.page.rows]
    if not all(found):
        return None
    return {
        name: added([totals[0].figures[i] for totals in found]) for i, name in enumerate(question.operation.measures)
    }


def _names(parts: Sequence[dict[str, str]], used: set[str]) -> dict[str, str]:
    """The newest name of each code that rows use."""
    return {code: name for names in parts for code, name in names.items() if code in used}


GET_NITEMTRADE = Tool(
    name="getNitemtradeList",
    title="Korea Customs: trade by product and country",
    description=(
        "Korea's monthly exports (FOB) and imports (CIF) by HS code and partner, in US dollars and kg net, straight "
        "from customs: newest month about the 15th of the next. Give hsSgn, cntyCd (a country; a group with hsSgn) or "
        "both. Rows lie one level below hsSgn (85 gives headings, 8507 subheadings, 850760 Korea's 10-digit codes); "
        "`months` adds them up. For all countries together getItemtradeList is lighter; for all goods with a country "
        "or group, getNationtradeList."
    ),
    arguments=NitemtradeArguments,
    data=NitemtradeData,
    run=_nitemtrade,
    observe=observe_nitem,
    example={"strtYymm": "202401", "endYymm": "202403", "hsSgn": "850760", "cntyCd": "CN"},
)

GET_ITEMTRADE = Tool(
    name="getItemtradeList",
    title="Korea Customs: trade by product",
    description=(
        "Korea's monthly exports (FOB) and imports (CIF) of an HS code with the whole world, in US dollars and kg net. "
        "Rows are Korea's 10-digit codes below hsSgn; `months` adds them up. For partners use getNitemtradeList; for "
        "the total of all goods getNewtradeList is smaller and faster."
    ),
    arguments=ItemtradeArguments,
    data=ItemtradeData,
    run=_itemtrade,
    observe=observe_item,
    example={"strtYymm": "202401", "endYymm": "202412", "hsSgn": "850760"},
)

GET_NATIONTRADE = Tool(
    name="getNationtradeList",
    title="Korea Customs: trade by country",
    description=(
        "Korea's monthly exports (FOB) and imports (CIF) of all goods by partner, in US dollars, with the number of "
        "customs declarations (expCnt, impCnt; no weight). Without cntyCd every country, which ranks partners. "
        "For products use getNitemtradeList; for Korea's total alone, getNewtradeList."
    ),
    arguments=NationtradeArguments,
    data=NationtradeData,
    run=_nationtrade,
    observe=observe_nation,
    example={"strtYymm": "202401", "endYymm": "202412", "cntyCd": "CN"},
)

GET_NEWTRADE = Tool(
    name="getNewtradeList",
    title="Korea Customs: total trade by month",
    description=(
        "Korea's total exports (FOB) and imports (CIF) by month, in US dollars, with the number of customs "
        "declarations. The earliest official total: a month stands here from the first days of the next, preliminary. "
        "For partners use getNationtradeList, for products getItemtradeList or getNitemtradeList."
    ),
    arguments=NewtradeArguments,
    data=NewtradeData,
    run=_newtrade,
    observe=observe_new,
    example={"strtYymm": "202401", "endYymm": "202412"},
)

TOOLS = (GET_NITEMTRADE, GET_ITEMTRADE, GET_NATIONTRADE, GET_NEWTRADE)

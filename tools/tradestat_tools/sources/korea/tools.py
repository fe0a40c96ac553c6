"""The four tools: one way of asking, and what each of them is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from tradestat_tools.codes.hs import describe
from tradestat_tools.codes.periods import format_yyyymm
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer
from tradestat_tools.sources.korea.answers import (
    ItemtradeData,
    NationtradeData,
    NewtradeData,
    NitemtradeData,
    TradeData,
    added,
)
from tradestat_tools.sources.korea.api import ask, select
from tradestat_tools.sources.korea.arguments import (
    ItemtradeArguments,
    NationtradeArguments,
    NitemtradeArguments,
    Reply,
    Selection,
    TradeArguments,
)
from tradestat_tools.sources.korea.flows import observe
from tradestat_tools.sources.korea.notes import notes_on
from tradestat_tools.sources.korea.service import ITEMTRADE, NATIONTRADE, NEWTRADE, NITEMTRADE, POLICY, Operation
from tradestat_tools.sources.korea.wire import TOTAL, Row

A = TypeVar("A", bound=TradeArguments)
D = TypeVar("D", bound=TradeData)


async def _run(
    context: Context,
    asked: TradeArguments,
    operation: Operation,
    data: type[D],
    more: Callable[[Selection], str | None],
) -> Answer[D]:
    """Ask, and lay out the rows in those fields that this tool's data have."""
    selection = select(context, operation, asked)
    replies = await ask(context, selection)
    rows = selection.rows(replies)
    fields = {
        "strtYymm": format_yyyymm(selection.start),
        "endYymm": format_yyyymm(selection.end),
        "hsSgn": selection.hs,
        "cntyCd": selection.partner.id,
        "months": _by_month(selection, rows),
        "grandTotal": _grand_total(selection, replies),
        "statCdCntnKor1": _names((reply.page.statCdCntnKor1 for reply in replies), {row.statCd for row in rows}),
        "statKor": _names((reply.page.statKor for reply in replies), {row.hsCd for row in rows}),
        "rows": _columns(operation, rows),
    }
    return Answer[D](
        what=_what(selection),
        data=data.model_validate({name: value for name, value in fields.items() if name in data.model_fields}),
        source=provenance(
            POLICY.service,
            operation.name,
            [reply.fetched for reply in replies],
            unit="US dollars; weight in kg net" if operation.by_item else "US dollars",
            currency="USD",
            valuation="exports FOB, imports CIF",
            coverage="goods cleared by Korea's customs",
        ),
        notes=list(notes_on(selection, replies, rows)),
        more=more(selection),
    )


def _what(selection: Selection) -> str:
    """The answer's first line."""
    goods = "total trade"
    if selection.operation.by_item:
        label = describe(selection.hs) if selection.hs else None
        goods = f"trade in HS {selection.hs}{f' ({label})' if label else ''}" if selection.hs else "trade in all goods"
    partner = selection.partner
    whom = f"with {partner.name} ({partner.id})" if partner.id else "with all countries"
    start, end = selection.start, selection.end
    span = str(start) if start == end else f"{start} to {end}"
    return f"Korea's {goods} {whom}, {span}, monthly: exports and imports"


def _columns(operation: Operation, rows: Sequence[Row]) -> dict[str, Any]:
    columns: dict[str, Any] = {"year": [row.year for row in rows]}
    if operation.by_country:
        columns["statCd"] = [row.statCd for row in rows]
    if operation.by_item:
        columns["hsCd"] = [row.hsCd for row in rows]
    for i, name in enumerate(operation.measures):
        columns[name] = [row.figures[i] for row in rows]
    return columns


def _by_month(selection: Selection, rows: Sequence[Row]) -> dict[str, Any]:
    """The sums of the rows, for every month asked for."""
    by_month: dict[str, list[Row]] = {month: [] for month in selection.months}
    for row in rows:
        by_month[row.year].append(row)
    columns: dict[str, Any] = {"year": list(by_month)}
    for i, name in enumerate(selection.operation.measures):
        columns[name] = [added([row.figures[i] for row in of_month]) for of_month in by_month.values()]
    return columns


def _grand_total(selection: Selection, replies: Sequence[Reply]) -> dict[str, int | None] | None:
    """The service's total rows added up over the calls; nothing if a call with rows came without one.

    Of a group nothing either: the service's total is that of all countries.
    """
    if selection.partner.group:
        return None
    found = [[t for t in reply.page.totals if t.year == TOTAL] for reply in replies if reply.page.rows]
    if not all(found):
        return None
    measures = enumerate(selection.operation.measures)
    return {name: added([totals[0].figures[i] for totals in found]) for i, name in measures}


def _names(replies: Iterable[Mapping[str, str]], used: set[str]) -> dict[str, str]:
    """The newest name of each code that rows use."""
    return {code: name for names in replies for code, name in names.items() if code in used}


_DEEPER = {2: "A 4-digit hsSgn gives its subheadings.", 4: "A 6-digit hsSgn gives Korea's 10-digit codes."}


def _how_to_narrow(selection: Selection) -> str | None:
    hints = [_DEEPER[len(selection.hs)]] if len(selection.hs) in _DEEPER else []
    if not selection.partner.code:
        hints.append("With cntyCd the rows are of one country.")
    return " ".join(hints) or None


def _tool(
    operation: Operation,
    *,
    title: str,
    description: str,
    arguments: type[A],
    data: type[D],
    more: Callable[[Selection], str | None],
    example: Mapping[str, str],
) -> Tool[A, D]:
    """A tool that asks this operation.

    Args:
        more: how to get other rows than those of an answer.
    """
    return Tool(
        name=operation.name,
        title=title,
        description=description,
        arguments=arguments,
        data=data,
        run=partial(_run, operation=operation, data=data, more=more),
        observe=observe,
        example=example,
    )


TOOLS = (
    _tool(
        NITEMTRADE,
        title="Korea Customs: trade by product and country",
        description=(
            "Korea's monthly exports (FOB) and imports (CIF) by HS code and partner, in US dollars and kg net, "
            "straight from customs: newest month about the 15th of the next. Give hsSgn, cntyCd (a country; a group "
            "with hsSgn) or both. Rows lie one level below hsSgn (85 gives headings, 8507 subheadings, 850760 "
            "Korea's 10-digit codes); `months` adds them up. For all countries together getItemtradeList is lighter; "
            "for all goods with a country or group, getNationtradeList."
        ),
        arguments=NitemtradeArguments,
        data=NitemtradeData,
        more=_how_to_narrow,
        example={"strtYymm": "202401", "endYymm": "202403", "hsSgn": "850760", "cntyCd": "CN"},
    ),
    _tool(
        ITEMTRADE,
        title="Korea Customs: trade by product",
        description=(
            "Korea's monthly exports (FOB) and imports (CIF) of an HS code with the whole world, in US dollars and "
            "kg net. Rows are Korea's 10-digit codes below hsSgn; `months` adds them up. For partners use "
            "getNitemtradeList; for the total of all goods getNewtradeList is smaller and faster."
        ),
        arguments=ItemtradeArguments,
        data=ItemtradeData,
        more=lambda _: "By country: getNitemtradeList with the same hsSgn.",
        example={"strtYymm": "202401", "endYymm": "202412", "hsSgn": "850760"},
    ),
    _tool(
        NATIONTRADE,
        title="Korea Customs: trade by country",
        description=(
            "Korea's monthly exports (FOB) and imports (CIF) of all goods by partner, in US dollars, with the number "
            "of customs declarations (expCnt, impCnt; no weight). Without cntyCd every country, which ranks "
            "partners. For products use getNitemtradeList; for Korea's total alone, getNewtradeList."
        ),
        arguments=NationtradeArguments,
        data=NationtradeData,
        more=lambda _: "By product: getNitemtradeList with cntyCd and an hsSgn.",
        example={"strtYymm": "202401", "endYymm": "202412", "cntyCd": "CN"},
    ),
    _tool(
        NEWTRADE,
        title="Korea Customs: total trade by month",
        description=(
            "Korea's total exports (FOB) and imports (CIF) by month, in US dollars, with the number of customs "
            "declarations. The earliest official total: a month stands here from the first days of the next, "
            "preliminary. For partners use getNationtradeList, for products getItemtradeList or getNitemtradeList."
        ),
        arguments=TradeArguments,
        data=NewtradeData,
        more=lambda _: "By country: getNationtradeList; by product: getItemtradeList.",
        example={"strtYymm": "202401", "endYymm": "202412"},
    ),
)

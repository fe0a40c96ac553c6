"""The four tools: one way of asking, and what each of them is."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from tradestat_tools.codes.hs import describe
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer
from tradestat_tools.sources.korea.answers import (
    ItemtradeData,
    NationtradeData,
    NewtradeData,
    NitemtradeData,
    TradeData,
    laid_out,
)
from tradestat_tools.sources.korea.api import ask, select
from tradestat_tools.sources.korea.arguments import (
    ItemtradeArguments,
    NationtradeArguments,
    NitemtradeArguments,
    Selection,
    TradeArguments,
)
from tradestat_tools.sources.korea.flows import observe
from tradestat_tools.sources.korea.notes import notes_on
from tradestat_tools.sources.korea.service import ITEMTRADE, NATIONTRADE, NEWTRADE, NITEMTRADE, POLICY, Operation

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
    replies, rows = await ask(context, selection)
    return Answer[D](
        what=_what(selection),
        data=laid_out(data, selection, replies, rows),
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

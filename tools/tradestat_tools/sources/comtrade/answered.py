"""Whether the rows that came are the rows that were asked for: a parameter ignored would turn into wrong figures."""

import re
from collections.abc import Mapping, Sequence

from tradestat_tools.model.errors import UpstreamChanged
from tradestat_tools.sources.comtrade.wire.envelope import SERVICE, SOURCE_ID, Page, Row, read_trade, said
from tradestat_tools.upstream import Response

COMPARED = (
    "typeCode",
    "freqCode",
    "reporterCode",
    "period",
    "partnerCode",
    "cmdCode",
    "flowCode",
    "partner2Code",
    "customsCode",
    "motCode",
)
"""Parameters that a row repeats under the same name."""

_LEVEL = re.compile(r"AG([1-6])")
_NUMBER = re.compile(r"0*(\d+)")
_SHOWN = 3


def read_answered(response: Response, *, asked: Mapping[str, str], begins: bool = False) -> Page:
    """The rows of a data answer, refused where one of them was not asked for.

    Args:
        response: what came.
        asked: codes by parameter as they were sent, comma separated, with `typeCode`, `freqCode` and `clCode`. A
            parameter that is left out was left open.
        begins: whether a product code stands for all national codes that begin with it, as with tariff lines.

    Raises:
        TradestatError: as `read_trade`; UpstreamChanged naming the parameters that seem to be ignored.
    """
    page = read_trade(response)
    ignored = [
        f"{name} (asked {_shown(asked[name])}; got {said(stranger)[:20]})"
        for name in (*COMPARED, "clCode")
        if name in asked and (stranger := _stranger(page.rows, name, asked[name].split(","), begins=begins)) is not None
    ]
    if ignored:
        raise UpstreamChanged(
            f"{SERVICE} gave rows that were not asked for: it seems to ignore {', '.join(ignored)}.",
            remedy="Run `tradestat-mcp doctor`; the service may have changed, and a newer version may know it.",
            source=SOURCE_ID,
        )
    return page


def _shown(codes: str) -> str:
    first = codes.split(",")
    return ",".join(first[:_SHOWN]) + (",..." if len(first) > _SHOWN else "")


def _stranger(rows: Sequence[Row], name: str, codes: Sequence[str], *, begins: bool) -> str | None:
    """The first value of a field that was not asked for. A row that leaves the field out is not held against it."""
    if name == "cmdCode" and begins:
        return next((row.cmdCode for row in rows if not row.cmdCode.startswith(tuple(codes))), None)
    if name == "cmdCode":
        return _strange_product(rows, codes)
    if name == "clCode":
        return _strange_family(rows, codes[0])
    wanted = {_bare(code) for code in codes}
    values = (getattr(row, name) for row in rows)
    return next((value for value in values if value is not None and _bare(value) not in wanted), None)


def _bare(code: str) -> str:
    """A code without the zeros before a number: area 32 is also written 032."""
    number = _NUMBER.fullmatch(code)
    return number[1] if number else code.upper()


def _strange_product(rows: Sequence[Row], codes: Sequence[str]) -> str | None:
    """AG2, AG4 and so on stand for every code of a level: of so many digits in HS and SITC, by `aggrLevel` in BEC."""
    levels = {int(found[1]) for code in codes if (found := _LEVEL.fullmatch(code))}
    wanted = {code.upper() for code in codes}
    return next(
        (
            row.cmdCode
            for row in rows
            if row.cmdCode.upper() not in wanted and len(row.cmdCode) not in levels and row.aggrLevel not in levels
        ),
        None,
    )


def _strange_family(rows: Sequence[Row], classification: str) -> str | None:
    """HS, SITC, BEC or EBOPS. The edition is not compared: clCode=HS brings each row in the one it was reported in."""
    editions = (row.classificationCode for row in rows)
    return next((edition for edition in editions if edition and edition[0] != classification[0]), None)

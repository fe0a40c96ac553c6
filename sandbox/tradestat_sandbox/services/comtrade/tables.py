"""Tables that UN Comtrade's stand-in works out: the trade matrix, exports beside imports, a flow beside its mirror.

The matrix of this world is what really flowed, FOB at both ends, for all goods together: the world knows no SITC. A
end that has no report is null in the tables of two ends.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tradestat_sandbox.economies import ECONOMIES, Economy
from tradestat_sandbox.flows import FIRST_YEAR
from tradestat_sandbox.products import NES_INDEX
from tradestat_sandbox.services.comtrade.fields import record
from tradestat_sandbox.services.comtrade.question import BY_COMTRADE, AskedRows, WrongParameter, question
from tradestat_sandbox.services.comtrade.rows import rows
from tradestat_sandbox.world import World

_OTHER_WAY = {"M": "X", "X": "M"}


def balance(world: World, kind: tuple[str, str, str], query: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Exports and imports of each reporter, partner, product and period in one row."""
    asked = question(kind, query | {"flowcode": "X,M"}, tariff_line=False)
    pairs: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows(world, asked):
        key = (row["period"], row["reporterCode"], row["partnerCode"], row["cmdCode"])
        head = {name: value for name, value in row.items() if name in _SHARED}
        pair = pairs.setdefault(key, head | {"primaryValueX": None, "primaryValueM": None})
        pair[f"primaryValue{row['flowCode']}"] = row["primaryValue"]
    for pair in pairs.values():
        yield pair | {"primaryValueBal": (pair["primaryValueX"] or 0.0) - (pair["primaryValueM"] or 0.0)}


_SHARED = frozenset(
    {
        "typeCode",
        "freqCode",
        "refPeriodId",
        "refYear",
        "refMonth",
        "period",
        "reporterCode",
        "reporterISO",
        "reporterDesc",
        "partnerCode",
        "partnerISO",
        "partnerDesc",
        "classificationCode",
        "isOriginalClassification",
        "cmdCode",
        "cmdDesc",
        "aggrLevel",
        "isLeaf",
    }
)


def bilateral(world: World, kind: tuple[str, str, str], query: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Every row beside the partner's row of the same flow."""
    asked = question(kind, query, tariff_line=False)
    for row in rows(world, asked):
        mirror = _mirror(world, asked, row)
        yield row | {
            "mirrorPrimaryValue": mirror["primaryValue"] if mirror else None,
            "mirrorNetWgt": mirror["netWgt"] if mirror else None,
            "mirrorQty": mirror["qty"] if mirror else None,
        }


def _mirror(world: World, asked: AskedRows, row: dict[str, Any]) -> dict[str, Any] | None:
    if row["partnerCode"] not in BY_COMTRADE or row["flowCode"] not in _OTHER_WAY:
        return None
    other = replace(
        asked,
        reporters=(row["partnerCode"],),
        partners=(row["reporterCode"],),
        periods=(row["period"],),
        codes=(row["cmdCode"],),
        flows=(_OTHER_WAY[row["flowCode"]],),
    )
    return next(rows(world, other), None)


def matrix(world: World, query: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Cells of the matrix, by year; World stands at either end."""
    if "TOTAL" not in query.get("cmdcode", "TOTAL").upper().split(","):
        return
    reporters, partners = (_ends(query.get(name)) for name in ("reportercode", "partnercode"))
    for period in query.get("period", "").split(","):
        year = int(period) if period.isdecimal() else 0
        if not FIRST_YEAR <= year < world.today.year:
            continue
        for flow in query.get("flowcode", "M,X").split(","):
            for reporter in reporters:
                for partner in partners:
                    usd = _flowed(world, year, flow, reporter, partner)
                    if usd:
                        yield _cell(period, flow, reporter, partner, usd)


_End = Economy | None
"""None is World."""


def _ends(text: str | None) -> list[_End]:
    if not text:
        return [None, *ECONOMIES]
    codes = [int(part) if part.isdecimal() else -1 for part in text.split(",")]
    if any(code and code not in BY_COMTRADE for code in codes):
        raise WrongParameter("code")
    return [BY_COMTRADE[code] if code else None for code in codes]


def _flowed(world: World, year: int, flow: str, reporter: _End, partner: _End) -> int:
    """What really flowed, in USD."""
    exporter, importer = (reporter, partner) if flow == "X" else (partner, reporter)
    sellers, buyers = ([one] if one else list(ECONOMIES) for one in (exporter, importer))
    total = 0
    for seller in sellers:
        for buyer in buyers:
            if seller is not buyer:
                flows = (world.flows.year(seller.index, buyer.index, item, year) for item in range(NES_INDEX))
                total += sum(one.usd for one in flows if one)
    return total


def _cell(period: str, flow: str, reporter: _End, partner: _End, usd: int) -> dict[str, Any]:
    return record(
        describe=True,
        refPeriodId=int(period + "0101"),
        refYear=int(period),
        period=period,
        reporterCode=reporter.comtrade if reporter else 0,
        reporterISO=reporter.comtrade_iso if reporter else "W00",
        reporterDesc=reporter.name if reporter else "World",
        flowCode=flow,
        flowDesc="Export" if flow == "X" else "Import",
        partnerCode=partner.comtrade if partner else 0,
        partnerISO=partner.comtrade_iso if partner else "W00",
        partnerDesc=partner.name if partner else "World",
        classificationCode="SS",
        classificationSearchCode="SS",
        isOriginalClassification=False,
        primaryValue=float(usd),
    )

"""The 47 fields that every row of UN Comtrade has, goods and services alike, in the order in which they come."""

from typing import Any

NOTHING: dict[str, Any] = {
    "typeCode": "C",
    "freqCode": "A",
    "refPeriodId": 0,
    "refYear": 0,
    "refMonth": 52,
    "period": "",
    "reporterCode": 0,
    "reporterISO": "W00",
    "reporterDesc": "World",
    "flowCode": "",
    "flowDesc": "",
    "partnerCode": 0,
    "partnerISO": "W00",
    "partnerDesc": "World",
    "partner2Code": 0,
    "partner2ISO": "W00",
    "partner2Desc": "World",
    "classificationCode": "",
    "classificationSearchCode": "HS",
    "isOriginalClassification": True,
    "cmdCode": "TOTAL",
    "cmdDesc": "All Commodities",
    "aggrLevel": 0,
    "isLeaf": False,
    "customsCode": "C00",
    "customsDesc": "TOTAL CPC",
    "mosCode": "0",
    "motCode": 0,
    "motDesc": "TOTAL MOT",
    "qtyUnitCode": -1,
    "qtyUnitAbbr": "N/A",
    "qty": None,
    "isQtyEstimated": False,
    "altQtyUnitCode": -1,
    "altQtyUnitAbbr": "N/A",
    "altQty": None,
    "isAltQtyEstimated": False,
    "netWgt": None,
    "isNetWgtEstimated": False,
    "grossWgt": None,
    "isGrossWgtEstimated": False,
    "cifvalue": None,
    "fobvalue": None,
    "primaryValue": 0.0,
    "legacyEstimationFlag": 0,
    "isReported": False,
    "isAggregate": False,
}
"""A row of World's total without quantities; what a row says of its own is put over it."""


def record(*, describe: bool, **fields: Any) -> dict[str, Any]:
    """A row; without descriptions, what describes is null."""
    row = NOTHING | fields
    if describe:
        return row
    return {name: None if name.endswith(("Desc", "Abbr")) else value for name, value in row.items()}

"""`aggregateBy`: rows summed over some of their codes, which then read -2, of the classification `GG`.

Assumed: rows are summed as they would have come, World and totals among them, where the question does not leave those
out; a sum over several units has no quantity; a sum over periods has -2 as each part of its period.
"""

from collections.abc import Iterable, Iterator
from typing import Any

SUMMED_OVER = {
    name.lower(): name
    for name in ("cmdCode", "period", "partnerCode", "partner2Code", "reporterCode", "customsCode", "motCode")
}
"""What `aggregateBy` takes, by its name in small letters."""

_SUMS = ("qty", "altQty", "netWgt", "grossWgt", "cifvalue", "fobvalue", "primaryValue")
_TOGETHER = {"period": ("refPeriodId", "refYear", "refMonth"), "cmdCode": ("aggrLevel",)}


def summed(rows: Iterable[dict[str, Any]], over: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """One row for all that differ only in the codes that are summed over."""
    kept = [name for name in (*SUMMED_OVER.values(), "flowCode", "mosCode") if name not in over]
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in kept)
        whole = sums.get(key)
        if whole is None:
            sums[key] = _of_several(row, over)
            continue
        if row["qtyUnitCode"] != whole["qtyUnitCode"]:
            whole |= {"qtyUnitCode": -1, "qtyUnitAbbr": whole["qtyUnitAbbr"] and "N/A", "qty": 0.0}
        for name in _SUMS:
            whole[name] = None if whole[name] is row[name] is None else (whole[name] or 0.0) + (row[name] or 0.0)
        if whole["qtyUnitCode"] == -1:
            whole["qty"] = 0.0
    yield from sums.values()


def _of_several(row: dict[str, Any], over: tuple[str, ...]) -> dict[str, Any]:
    changes: dict[str, Any] = {"classificationCode": "GG", "isReported": False, "isAggregate": True}
    for name in over:
        changes[name] = "-2" if isinstance(row[name], str) else -2
        stem = name.removesuffix("Code")
        changes |= {f"{stem}{end}": None for end in ("ISO", "Desc") if f"{stem}{end}" in row}
        changes |= dict.fromkeys(_TOGETHER.get(name, ()), -2)
    return row | changes

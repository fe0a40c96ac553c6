"""The areas of UN Comtrade's lists of reporters and partners, as recorded: most have no figures in this world."""

import csv
from functools import lru_cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("areas.csv")
_GROUPS = frozenset({"97", "490", "975"})  # groups among the reporters; 490 is none among the partners


@lru_cache(maxsize=1)
def _areas() -> list[dict[str, str]]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def reporters() -> dict[str, Any]:
    """The areas that report or once did; what has no ISO 2 code has no such field, what still reports no end."""
    results: list[dict[str, Any]] = []
    for area in _areas():
        if "r" not in area["listed"]:
            continue
        code = int(area["code"])
        entry: dict[str, Any] = {"id": code, "text": area["text"], "reporterCode": code, "reporterDesc": area["text"]}
        entry["reporterNote"] = area["note"] or area["text"]
        if area["iso2"]:
            entry["reporterCodeIsoAlpha2"] = area["iso2"]
        entry |= {"reporterCodeIsoAlpha3": area["iso3"], "entryEffectiveDate": f"{area['reports_from']}T00:00:00"}
        if area["reports_until"]:
            entry["entryExpiredDate"] = f"{area['reports_until']}T00:00:00"
        results.append(entry | {"isGroup": area["code"] in _GROUPS})
    return {"results": results}


def partners() -> dict[str, Any]:
    """World and all areas that are traded with."""
    return {
        "more": False,
        "results": [
            {
                "id": int(area["code"]),
                "text": area["text"],
                "PartnerCode": int(area["code"]),
                "PartnerDesc": area["text"],
                "partnerNote": area["note"] or None,
                "PartnerCodeIsoAlpha2": area["iso2"] or None,
                "PartnerCodeIsoAlpha3": area["iso3"],
                "isGroup": area["code"] == "0",
            }
            for area in _areas()
            if "p" in area["listed"]
        ],
    }

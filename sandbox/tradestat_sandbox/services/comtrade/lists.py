"""UN Comtrade's reference lists: areas as recorded, the rest cut to what the sandbox world has."""

from collections.abc import Callable
from typing import Any

from tradestat_sandbox import ebops
from tradestat_sandbox.products import EDITIONS, HS2012_OF, HS2017_OF, all_hs, withdrawn
from tradestat_sandbox.services.comtrade.areas import partners, reporters
from tradestat_sandbox.services.comtrade.items import data_items

SERVICES_TOTAL = "200"


def _hs(class_code: str) -> dict[str, Any]:
    results: list[dict[str, Any]] = [_entry("TOTAL", f"Total - All {class_code} commodities", "#", 0)]
    later: dict[str, str] = {"H4": HS2017_OF | HS2012_OF, "H5": HS2017_OF}.get(class_code, {})
    for code, (text, parent) in all_hs().items():
        if code not in later:
            results.append(_entry(code, f"{code} - {text}", parent, len(code)))
    for code, text in withdrawn(*(EDITIONS if class_code == "HS" else (class_code,))).items():
        results.append(_entry(code, f"{code} - {text}", code[:-2], len(code)))
    return {"more": False, "classCode": class_code, "results": results}


def _entry(code: str, text: str, parent: str, level: int) -> dict[str, Any]:
    return {
        "id": code,
        "text": text,
        "parent": parent,
        "isLeaf": "1" if level == 6 else "0",
        "aggrLevel": level,
        "standardUnitAbbr": "kg" if level == 6 else "n/a",
    }


def _ebops() -> dict[str, Any]:
    results = [{"id": SERVICES_TOTAL, "text": "Total EBOPS 2010 Services", "parent": "#"}]
    for item in ebops.EVERY_CODE.values():
        above = ebops.EVERY_CODE.get(item.parent)
        parent = above.display if above else SERVICES_TOTAL
        results.append({"id": item.display, "text": f"{item.display} {item.label}", "parent": parent})
    return {"more": False, "classCode": "EB10", "results": results}


def _plain(*pairs: tuple[str, str]) -> Callable[[], dict[str, Any]]:
    return lambda: {"results": [{"id": code, "text": text} for code, text in pairs]}


_LISTS: dict[str, Callable[[], dict[str, Any]]] = {
    "Reporters": reporters,
    "partnerAreas": partners,
    "HS": lambda: _hs("HS"),
    "H6": lambda: _hs("H6"),
    "H5": lambda: _hs("H5"),
    "H4": lambda: _hs("H4"),
    "EB10": _ebops,
    "tradeRegimes": _plain(("M", "Import"), ("X", "Export"), ("RX", "Re-export")),
    "CustomsCodes": _plain(("C00", "TOTAL CPC"), ("C01", "Clearance for home use"), ("C04", "Inward processing")),
    "ModeOfTransportCodes": _plain(
        ("0", "TOTAL modes of transport"), ("1000", "Air"), ("2100", "Sea"), ("3200", "Road")
    ),
    "ModeOfSupply": _plain(
        ("0", "TOTAL modes of supply"),
        ("1", "Cross-border supply"),
        ("2", "Consumption abroad"),
        ("3", "Commercial presence"),
        ("4", "Presence of natural persons"),
    ),
    "QuantityUnits": _plain(("-1", "N/A"), ("5", "u"), ("8", "kg")),
    "Frequency": _plain(("A", "Annual"), ("M", "Monthly")),
    "TradeDataItems": data_items,
}


def reference(name: str) -> dict[str, Any] | None:
    """One list by the file's name, None for lists the sandbox does not have."""
    make = _LISTS.get(name)
    return make() if make else None

"""What the service's lists of codes hold."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

from tradestat_tools.sources.comtrade.wire.envelope import changed, read_list
from tradestat_tools.upstream import Response

Category = Literal[
    "reporters",
    "partners",
    "HS",
    "H0",
    "H1",
    "H2",
    "H3",
    "H4",
    "H5",
    "H6",
    "S1",
    "S2",
    "S3",
    "S4",
    "SS",
    "B4",
    "B5",
    "EB",
    "EB02",
    "EB10",
    "EB10S",
    "flows",
    "customs",
    "modesOfTransport",
    "modesOfSupply",
    "quantityUnits",
    "dataItems",
    "frequencies",
]
"""All 28 files that the service's own index of them names (ListofReferences.json, as other users cite it, 2026)."""

FILES = {
    "reporters": "Reporters",
    "partners": "partnerAreas",
    "modesOfTransport": "ModeOfTransportCodes",
    "dataItems": "TradeDataItems",
    # Names as other users of the service cite them (autumn 2026); `doctor` checks that they are there.
    "flows": "tradeRegimes",
    "customs": "CustomsCodes",
    "modesOfSupply": "ModeOfSupply",
    "quantityUnits": "QuantityUnits",
    "frequencies": "Frequency",
}
"""Files whose name is not the category's own."""


class Entry(BaseModel):
    """One entry of a list. What the list does not say is absent."""

    id: str
    text: str
    parent: str | None = None
    aggrLevel: int | None = None
    isLeaf: bool | None = None
    standardUnitAbbr: str | None = None
    isoAlpha2: str | None = None
    isoAlpha3: str | None = None
    note: str | None = None
    isGroup: bool | None = None
    entryEffectiveDate: str | None = None
    entryExpiredDate: str | None = None


# Under which names the lists keep what.
_CODE = ("id", "qtyCode", "dataItem", "code")
_TEXT = ("text", "qtyDescription", "description", "qtyAbbr")
_ALPHA2 = ("reporterCodeIsoAlpha2", "PartnerCodeIsoAlpha2")
_ALPHA3 = ("reporterCodeIsoAlpha3", "PartnerCodeIsoAlpha3")
_NOTE = ("reporterNote", "partnerNote")


def _first(raw: Mapping[str, Any], names: Sequence[str]) -> str | None:
    for name in names:
        value = raw.get(name)
        if value is not None and (text := str(value).strip()):
            return text
    return None


def read_entry(raw: Mapping[str, Any]) -> Entry:
    """One entry as the lists write it, with the code taken off the front of the text.

    Raises:
        UpstreamChanged: an entry without a code or a text.
    """
    code, text = _first(raw, _CODE), _first(raw, _TEXT)
    if code is None or text is None:
        raise changed("entries with `id` and `text`", f"an entry has {', '.join(sorted(raw)[:8]) or 'nothing'}")
    parent = _first(raw, ("parent",))
    note = _first(raw, _NOTE)
    level = _first(raw, ("aggrLevel",))
    unit = _first(raw, ("standardUnitAbbr", "qtyAbbr"))
    return Entry(
        id=code,
        text=_bare(text, code),
        parent=parent if parent != "#" else None,
        aggrLevel=int(level) if level is not None and level.isdigit() else _depth(code, parent),
        isLeaf={"1": True, "0": False, "True": True, "False": False}.get(str(raw.get("isLeaf"))),
        standardUnitAbbr=unit if unit is not None and unit.lower() != "n/a" else None,
        isoAlpha2=_first(raw, _ALPHA2),
        isoAlpha3=_first(raw, _ALPHA3),
        note=note if note != text else None,
        isGroup=True if raw.get("isGroup") is True else None,
        entryEffectiveDate=_day(raw.get("entryEffectiveDate")),
        entryExpiredDate=_day(raw.get("entryExpiredDate")),
    )


def _bare(text: str, code: str) -> str:
    """`010121 - -- Pure-bred` is `Pure-bred`: code and dashes only repeat the code and its place in the list."""
    return text.removeprefix(code).lstrip(" -") or text if text.startswith(f"{code} ") else text


def _depth(code: str, parent: str | None) -> int | None:
    """EBOPS lists carry no level: the total is 0, the items 1 to 12 are 1, then one more for each dot."""
    if parent is None:
        return None
    return 0 if parent == "#" else code.count(".") + 1


def _day(value: object) -> str | None:
    """`1974-12-31T00:00:00` as a day; 1900-01-01 stands for "always"."""
    day = str(value)[:10] if value else ""
    return day if day and day != "1900-01-01" else None


def read_entries(response: Response) -> list[Entry]:
    """All entries of a list; raises as `read_entry`."""
    return [read_entry(raw) for raw in read_list(response)]

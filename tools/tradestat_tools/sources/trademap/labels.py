"""Names of the codes in answers. The service mostly sends none, so they are joined from the code tables."""

from functools import cache

from tradestat_tools.codes.countries import Area, areas
from tradestat_tools.codes.ebops import EbopsItem, ebops_items
from tradestat_tools.codes.hs import describe

TOTAL_CODES = frozenset({"TOTAL", "ALL", "S00"})
"""All goods (`TOTAL` in answers, `ALL` in questions) and all services (`S00`), seen September 2026."""

LABEL_LENGTH = 60

PUBLISHED_AS = {"490": "Other Asia, nes (used for Taiwan)"}
"""Areas that Trade Map and UN Comtrade publish under another name than their own."""


@cache
def _areas() -> dict[str, Area]:
    return {area.trademap: area for area in areas() if area.trademap}


@cache
def _services() -> dict[str, EbopsItem]:
    return {item.trademap: item for item in ebops_items() if item.trademap}


def area_of(code: str) -> Area | None:
    """The area of Trade Map's code for it; None if it is not known here."""
    return _areas().get(code)


def area_label(code: str) -> str | None:
    """The English name of an area code, as the figures are published; None if it is not known here."""
    found = _areas().get(code)
    return PUBLISHED_AS.get(code, found.name_en) if found else None


def area_names(code: str) -> tuple[str, ...]:
    """Every name and international code by which an area is known, for searching."""
    found = _areas().get(code)
    return (*found.names, found.iso2, found.iso3, found.m49) if found else ()


def is_nes(code: str) -> bool:
    """Whether an area is a remainder, "not elsewhere specified"."""
    found = _areas().get(code)
    return found is not None and found.nes


def service_item(code: str) -> EbopsItem | None:
    """The EBOPS item of Trade Map's code for it."""
    return _services().get(code)


def product_label(code: str) -> str | None:
    """The name of an HS code or an EBOPS item as Trade Map writes it; None if it is not known here."""
    if code in {"TOTAL", "ALL"}:
        return "All goods"
    item = service_item(code)
    if item is not None:
        return "All services" if code in TOTAL_CODES else item.label
    return describe(code, LABEL_LENGTH) if code.isdigit() else None


def named(code: str, label: str | None) -> str:
    """A code with its name, for one line of text."""
    return f"{label} ({code})" if label else code

"""What a caller calls an area, a product or a service, in the service's own codes."""

from functools import cache

from tradestat_tools.codes.countries import Area, Resolved, areas, resolve_area, why_no_code
from tradestat_tools.codes.ebops import ALLOWED as EBOPS_ALLOWED
from tradestat_tools.codes.ebops import EbopsItem, ebops_entry, ebops_items
from tradestat_tools.codes.groups import expand
from tradestat_tools.codes.hs import describe, hs_status, nearest_hs, normalise_hs
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.arguments import ArgumentError

WORLD = "000"
ALL = "ALL"
TOTAL_WORDS = frozenset({"ALL", "TOTAL"})
HS_LEVELS = (2, 4, 6)
MOST_CODES = 160
"""Characters of a list of members in an error."""


def resolve(text: str) -> Resolved:
    """The area meant by a code or name, in Trade Map's system.

    Raises:
        ArgumentError: unknown, ambiguous, a group, or without a code in Trade Map.
    """
    try:
        found = resolve_area(text, system="trademap")
    except CodeError as error:
        _refuse_group(text)
        raise ArgumentError(error.message, allowed=error.allowed, nearest=error.nearest) from None
    if not found.area.trademap:
        _refuse_group(text)
        raise ArgumentError(
            f"Trade Map has no code for {found.area.name_en}. {why_no_code(found.area)}".rstrip(),
            allowed="a country or area listed by get_countries",
        )
    return found


def _refuse_group(text: str) -> None:
    if found := expand(text):
        some = ", ".join(area.trademap for area in found.areas if area.trademap)
        shown = some if len(some) <= MOST_CODES else f"{some[:MOST_CODES].rpartition(',')[0]}, ..."
        raise ArgumentError(
            f"{found.group.name} is a group of countries; here one country or area is asked for at a time.",
            allowed=f"one of its members: {shown}; goods_time_series takes a group",
        )


def reporter_code(text: str) -> str:
    """The three-digit code of a reporter.

    Raises:
        ArgumentError: not an area, or one that does not report: World, areas not elsewhere specified, groups.
    """
    found = resolve(text).area
    if found.trademap == WORLD:
        raise ArgumentError(
            "World (000) is not available as the reporter; it is a partner code, all partners together.",
            allowed="one reporting country, such as 156 (China), 410 (Korea) or 842 (United States)",
        )
    if found.kind in ("nes", "special", "group"):
        raise ArgumentError(f"{found.name_en} does not report trade; it is a partner only.", allowed="one country")
    return found.trademap


def partner_code(text: str) -> str:
    """The three-digit code of a partner; `000` is all partners together.

    Raises:
        ArgumentError: not an area of Trade Map.
    """
    return resolve(text).area.trademap


def product_code(text: str) -> str:
    """An HS code in digits, or `ALL`.

    Raises:
        CodeError: not a code of 2, 4 or 6 digits.
        ArgumentError: a code of no HS edition.
    """
    if text.strip().upper() in TOTAL_WORDS:
        return ALL
    code = normalise_hs(text, levels=HS_LEVELS)
    status = hs_status(code)
    if status.kind == "unknown":
        allowed = "an HS code of 2, 4 or 6 digits, or ALL; get_products_hs searches them"
        raise ArgumentError(status.text, allowed=allowed, nearest=nearest_hs(code))
    return code


def service_code(text: str) -> str:
    """Trade Map's code of an EBOPS item (`3.1.1` is S03001001), or `ALL`.

    Raises:
        CodeError: not an item of EBOPS 2010.
        ArgumentError: an item that Trade Map does not carry.
    """
    item = ebops_entry(text)
    if item.level == 0:
        return ALL
    if not item.trademap:
        raise ArgumentError(f"Trade Map does not carry {item.code} {item.label}.", allowed=EBOPS_ALLOWED)
    return item.trademap


def is_group(text: str) -> bool:
    """Whether a country-like word is a group, which is asked by its members. No group shares its name with an area
    that has a code in Trade Map."""
    return expand(text) is not None


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

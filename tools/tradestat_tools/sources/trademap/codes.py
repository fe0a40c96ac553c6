"""What a caller calls an area, a product or a service, in the service's own codes, and the names of those codes."""

from dataclasses import dataclass
from functools import cache

from tradestat_tools.codes.countries import Area, Resolved, by_code, resolve_area, why_no_code
from tradestat_tools.codes.ebops import ALLOWED as EBOPS_ALLOWED
from tradestat_tools.codes.ebops import EbopsItem, ebops_entry, ebops_items
from tradestat_tools.codes.groups import Group, expansion, group_named
from tradestat_tools.codes.hs import describe, hs_status, nearest_hs, normalise_hs
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.arguments import ArgumentError

WORLD = "000"
ALL = "ALL"
TOTAL_CODES = frozenset({"TOTAL", ALL, "S00"})
"""All goods (`TOTAL` in answers, `ALL` in questions) and all services (`S00`), seen September 2026."""
HS_LEVELS = (2, 4, 6)
LABEL_LENGTH = 60
MOST_CODES = 160
"""Characters of a list of members in an error."""

PUBLISHED_AS = {"490": "Other Asia, nes (used for Taiwan)"}
"""Areas that Trade Map and UN Comtrade publish under another name than their own."""


@dataclass(frozen=True, slots=True)
class Coded:
    """What an argument means, in Trade Map's code.

    Args:
        code: of an area, an HS product or an EBOPS item; "" for a group.
        group: the group of countries, which is asked by its members.
        reading: what was read as what, where the caller may not expect it; "" elsewhere.
    """

    code: str
    group: Group | None = None
    reading: str = ""


def read_reporter(text: str) -> Coded:
    """The reporter meant by a code or name.

    Raises:
        CodeError, ArgumentError: not an area, or one that does not report: World, areas not elsewhere specified,
            groups.
    """
    found = _resolve(text)
    if found.area.trademap == WORLD:
        raise ArgumentError(
            "World (000) is not available as the reporter; it is a partner code, all partners together.",
            allowed="one reporting country, such as 156 (China), 410 (Korea) or 842 (United States)",
        )
    if found.area.kind in ("nes", "special", "group"):
        raise ArgumentError(f"{found.area.name_en} does not report trade; it is a partner only.", allowed="one country")
    return _coded_area(text, found)


def read_reporter_or_group(text: str) -> Coded:
    """As `read_reporter`; a group of countries too. No group shares its name with an area that has a code."""
    group = group_named(text)
    return Coded("", group) if group else read_reporter(text)


def read_partner(text: str) -> Coded:
    """The partner meant by a code or name, or a group of countries; `000` is all partners together.

    Raises:
        CodeError, ArgumentError: neither a group nor an area of Trade Map.
    """
    group = group_named(text)
    return Coded("", group) if group else _coded_area(text, _resolve(text))


def read_product(text: str) -> Coded:
    """An HS code in digits, or `ALL`. Only national digits that were cut need a word.

    Raises:
        CodeError: not a code of 2, 4 or 6 digits.
        ArgumentError: a code of no HS edition.
    """
    if text.strip().upper() in TOTAL_CODES - {"S00"}:
        return Coded(ALL)
    code = normalise_hs(text, levels=HS_LEVELS)
    status = hs_status(code)
    if status.kind == "unknown":
        allowed = "an HS code of 2, 4 or 6 digits, or ALL; get_products_hs searches them"
        raise ArgumentError(status.text, allowed=allowed, nearest=nearest_hs(code))
    if sum(char.isdecimal() for char in text) == len(code):
        return Coded(code)
    note = "The digits after the sixth are a country's own, and zeros stand for all of the subheading."
    return Coded(code, reading=_reading(text, product_name(code), note))


def read_service(text: str) -> Coded:
    """Trade Map's code of an EBOPS item (`3.1.1` is S03001001), or `ALL`.

    Raises:
        CodeError: not an item of EBOPS 2010.
        ArgumentError: an item that Trade Map does not carry.
    """
    item = ebops_entry(text)
    if item.level == 0:
        return Coded(ALL)
    if not item.trademap:
        raise ArgumentError(f"Trade Map does not carry {item.code} {item.label}.", allowed=EBOPS_ALLOWED)
    expected = text.strip().upper() in (item.code.upper(), item.trademap.upper())
    return Coded(item.trademap, reading="" if expected else _reading(text, product_name(item.trademap)))


def _resolve(text: str) -> Resolved:
    """The area meant by a code or name, in Trade Map's system.

    Raises:
        CodeError: unknown or ambiguous.
        ArgumentError: a group, or without a code in Trade Map.
    """
    try:
        found = resolve_area(text, system="trademap")
    except CodeError:
        _refuse_group(text)
        raise
    if not found.area.trademap:
        _refuse_group(text)
        raise ArgumentError(
            f"Trade Map has no code for {found.area.name_en}. {why_no_code(found.area)}".rstrip(),
            allowed="a country or area listed by get_countries",
        )
    return found


def _refuse_group(text: str) -> None:
    if group := group_named(text):
        some = ", ".join(area.trademap for area in expansion(group).areas if area.trademap)
        shown = some if len(some) <= MOST_CODES else f"{some[:MOST_CODES].rpartition(',')[0]}, ..."
        raise ArgumentError(
            f"{group.name} is a group of countries; here one country or area is asked for at a time.",
            allowed=f"one of its members: {shown}",
            remedy="goods_time_series takes a group by its name, as country or as partner; the sum of what its "
            f"members report: {call_text('trade_series', reporter=group.id)}; else ask for one member.",
        )


def _coded_area(text: str, found: Resolved) -> Coded:
    """The area's code; other names and codes of the same area need no telling, for every answer names it."""
    code = found.area.trademap
    expected = text.strip() == code or (found.note is None and area_label(code) == found.area.name_en)
    return Coded(code, reading="" if expected else _reading(text, area_name(code), found.note))


def _reading(text: str, name: str, note: str | None = None) -> str:
    return f"{text.strip()!r} was read as {name}.{f' {note}' if note else ''}"


@cache
def _services() -> dict[str, EbopsItem]:
    return {item.trademap: item for item in ebops_items() if item.trademap}


def area_of(code: str) -> Area | None:
    """The area of Trade Map's code for it; None if it is not known here."""
    return by_code("trademap").get(code)


def area_label(code: str) -> str | None:
    """The English name of an area code, as the figures are published; None if it is not known here."""
    found = area_of(code)
    return PUBLISHED_AS.get(code, found.name_en) if found else None


def area_name(code: str) -> str:
    """An area with its code, for one line of text."""
    return named(code, area_label(code))


def group_word(group: Group) -> str:
    """What names a group in a call: a region's code says nothing to a reader."""
    return group.name if group.kind == "geographic region" else group.id


def service_item(code: str) -> EbopsItem | None:
    """The EBOPS item of Trade Map's code for it."""
    return _services().get(code)


def product_label(code: str) -> str | None:
    """The name of an HS code or an EBOPS item as Trade Map writes it; None if it is not known here."""
    if code in ("TOTAL", ALL):
        return "All goods"
    item = service_item(code)
    if item is not None:
        return "All services" if code in TOTAL_CODES else item.label
    return describe(code, LABEL_LENGTH) if code.isdigit() else None


def product_name(code: str) -> str:
    """A product or service with its code, for one line of text."""
    return named(code, product_label(code))


def named(code: str, label: str | None) -> str:
    """A code with its name, for one line of text."""
    return f"{label} ({code})" if label else code

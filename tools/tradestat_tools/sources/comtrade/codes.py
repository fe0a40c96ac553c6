"""The words UN Comtrade's questions are made of: classifications, flows, and which codes overlap."""

import re
from collections.abc import Collection
from typing import Literal

from tradestat_tools.codes import flows
from tradestat_tools.codes.ebops import TOTAL as EBOPS_TOTAL
from tradestat_tools.codes.ebops import ebops_entry, ebops_items
from tradestat_tools.codes.editions import EDITION_YEARS
from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.hs import hs_status, nearest_hs, normalise_hs
from tradestat_tools.model.arguments import ArgumentError

TypeCode = Literal["C", "S"]
FreqCode = Literal["A", "M"]
ClCode = Literal[
    "HS", "H0", "H1", "H2", "H3", "H4", "H5", "H6", "S1", "S2", "S3", "S4", "B4", "B5", "EB", "EB02", "EB10"
]

DEFAULT_CLASSIFICATION: dict[TypeCode, ClCode] = {"C": "HS", "S": "EB10"}
TOTAL_OF_SERVICES = "200"
"""All services in the EBOPS lists (EB10 list as recorded autumn 2026); goods have TOTAL."""

TYPE_WORDS = {"goods": "C", "commodities": "C", "services": "S"}
FREQ_WORDS = {"annual": "A", "yearly": "A", "year": "A", "monthly": "M", "month": "M"}

EDITION_NAMES = {
    "H0": "HS 1988/1992",
    "H1": "HS 1996",
    "H2": "HS 2002",
    "H3": "HS 2007",
    "H4": "HS 2012",
    "H5": "HS 2017",
    "H6": "HS 2022",
}

_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "S": (re.compile(r"\d{1,5}"), "TOTAL, AG1 to AG5, or SITC codes of 1 to 5 digits"),
    "B": (re.compile(r"\d{1,6}"), "TOTAL, AG1 to AG5, or BEC codes of digits"),
    "E": (re.compile(r"[0-9A-Z][0-9A-Za-z.]{0,11}"), "200 for all services, or EBOPS codes such as 205"),
}
HS_ALLOWED = "TOTAL, AG2, AG4 or AG6 for every chapter, heading or subheading, or HS codes of 2, 4 or 6 digits"


def is_services(classification: str) -> bool:
    """Whether a classification is one of services (EBOPS) and not of goods."""
    return classification.startswith("EB")


def is_hs(classification: str) -> bool:
    """Whether a classification is the Harmonized System, in whatever edition."""
    return classification.startswith("H")


def read_cmd_code(text: str, classification: ClCode) -> str:
    """A product code as the classification writes it.

    Raises:
        ArgumentError: not a code of that classification; names the nearest ones.
    """
    word = text.strip().upper()
    if word in {"TOTAL", "ALL"}:
        return TOTAL_OF_SERVICES if is_services(classification) else "TOTAL"
    if is_hs(classification):
        return word if word in {"AG2", "AG4", "AG6"} else _read_hs(text, classification)
    if classification == "EB10":
        return _read_ebops(text)
    pattern, allowed = _FORMS[classification[0]]
    code = text.strip()
    if pattern.fullmatch(code) or (not is_services(classification) and re.fullmatch(r"AG[1-5]", word)):
        return code.upper() if word.startswith("AG") else code
    raise ArgumentError(f"{code[:40]!r} is not a code of {classification}.", allowed=allowed)


def _read_ebops(text: str) -> str:
    try:
        code = ebops_entry(text).code
    except CodeError as error:
        raise ArgumentError(error.message, allowed=error.allowed, nearest=error.nearest) from None
    return TOTAL_OF_SERVICES if code == EBOPS_TOTAL else code


def _read_hs(text: str, classification: ClCode) -> str:
    try:
        code = normalise_hs(text)
    except CodeError as error:
        raise ArgumentError(error.message, allowed=HS_ALLOWED, nearest=error.nearest) from None
    status = hs_status(code)
    if status.kind == "unknown":
        raise ArgumentError(status.text, allowed=HS_ALLOWED, nearest=nearest_hs(code))
    edition = EDITION_NAMES.get(classification)
    if edition in EDITION_YEARS and status.editions and edition not in status.editions:
        others = (*status.successors, *status.predecessors)
        raise ArgumentError(
            f"{status.text} clCode={classification} is {edition}.",
            allowed=f"a code of {edition}, or clCode=HS, which takes the codes of every edition",
            nearest=tuple(other for other in others if edition in hs_status(other).editions),
        )
    return code


FLOWS = {known.comtrade: known for known in flows.FLOWS.values() if known.comtrade}
"""The service's flows by their codes."""


def read_flow_code(text: str) -> str:
    """A flow code, or a word for one (`imports`, `re-exports`; Trade Map's I, E, RE).

    Raises:
        ArgumentError: neither, or the trade balance, which this service does not have.
    """
    try:
        return flows.flow_code(text, "comtrade")
    except CodeError as error:
        raise ArgumentError(error.message, allowed=error.allowed, nearest=error.nearest) from None


def overlapping_flows(codes: Collection[str]) -> list[str]:
    """Sentences for flows of which one contains the other."""
    found = [(FLOWS[code], FLOWS[FLOWS[code].whole]) for code in codes if code in FLOWS and FLOWS[code].whole in codes]
    return [f"{whole.label} ({whole.code}) contain {part.label} ({part.code})" for part, whole in found]


def overlapping_codes(codes: Collection[str], classification: str) -> str | None:
    """A sentence, if one of the codes contains another, so that adding them counts goods or services twice."""
    known = sorted(set(codes))
    total = TOTAL_OF_SERVICES if is_services(classification) else "TOTAL"
    if total in known and len(known) > 1:
        return f"{total} contains every other code"
    if classification in {"EB", "EB02"} and len(known) > 1:
        return "EBOPS 2002 codes contain one another without their numbers showing it"
    if classification == "EB10":
        return _overlapping_ebops(known)
    pairs = ((part[:length], part) for part in known for length in range(1, len(part)) if part[:length] in known)
    whole, part = next(pairs, ("", ""))
    return f"{whole} contains {part}" if whole else None


def _overlapping_ebops(codes: list[str]) -> str | None:
    """EBOPS nests (3 contains 3.1), and some entries are second views that never add up with the items (3a, 4a, C)."""
    items = {item.code: item for item in ebops_items()}
    for code in codes:
        item = items.get(code)
        if item is None:
            continue
        above = item
        while above.parent is not None:
            above = items[above.parent]
            if above.code in codes:
                return f"{above.code} contains {code}"
        if item.role != "item" and len(codes) > 1:
            return f"{code} is an entry beside the items ({item.role.replace('_', ' ')}) and adds up with none of them"
    return None

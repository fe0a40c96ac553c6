"""Services: the Extended Balance of Payments Services classification, EBOPS 2010.

The items numbered 1 to 12 add up to the total. Four other kinds of entry must never be added to them: alternative
breakdowns of the same total (3a, 4a, 3.5 to 3.11), "of which" parts, supplementary gross values (the goods behind 1,
the premiums and claims behind 6.1), and complementary groupings that cut across the items (C, 4.0).
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from tradestat_tools.codes.words import CodeError, bounded, nearest, shown, table_rows

EDITION = "EBOPS 2010"
TOTAL = "S"
ALLOWED = "an EBOPS 2010 item such as 3.1.1, S03001001 or SC11, or S for all services"

Role = Literal["total", "item", "alternative", "of_which", "supplementary", "complementary"]

# All services together, as Comtrade (200, S), Trade Map (S00, ALL) and people say it.
_TOTAL_WORDS = frozenset({"s", "200", "s00", "all", "total"})


@dataclass(frozen=True, slots=True)
class EbopsItem:
    """One item of EBOPS 2010.

    `code` is the number as published ("3.1.1"; "S" for the total), which UN Comtrade's EB10 list and Trade Map's
    `displayCd` use; `sdmx` UN Comtrade's EB10S code ("SC11"), `trademap` Trade Map's `productCd` ("S03001001"), each ""
    where there is none or none is known. `level` is 0 for the total and 1 for the twelve main items. `role` says
    whether the item adds up with its siblings (item) or not. `words` are what people call it in English, Chinese and
    Korean; a word may stand with several items.
    """

    code: str
    label: str
    level: int
    parent: str | None
    role: Role
    sdmx: str
    trademap: str
    name_zh: str
    name_ko: str
    words: tuple[str, ...]


@cache
def _items() -> dict[str, EbopsItem]:
    items: dict[str, EbopsItem] = {}
    words = {row["code"]: row for row in table_rows("ebops_words.csv")}
    for row in table_rows("ebops.csv"):  # a parent stands before its children
        parent = items.get(row["parent"])
        items[row["code"]] = EbopsItem(
            **{column: row[column] for column in ("code", "label", "sdmx", "trademap")},
            level=parent.level + 1 if parent else 0,
            parent=row["parent"] or None,
            role=cast("Role", row["role"]),
            **{column: words[row["code"]][column] for column in ("name_zh", "name_ko")},
            words=tuple(word for word in words[row["code"]]["words"].split(";") if word),
        )
    return items


@cache
def _index() -> dict[str, EbopsItem]:
    index = {word: _items()[TOTAL] for word in _TOTAL_WORDS}
    for item in _items().values():
        for code in (item.code, item.sdmx, item.trademap):
            if code:
                index[code.lower()] = item
    return index


def ebops_items() -> tuple[EbopsItem, ...]:
    """Every item, in the order of the classification, the total first."""
    return tuple(_items().values())


def ebops_entry(text: str) -> EbopsItem:
    """The item of a code in any of its forms: `3.1.1`, `S03001001`, `SC11`, `3`; `S`, `S00`, `200` or `ALL` the total.

    A services code is never read as a goods code or the other way round: `85` is refused here.

    Raises:
        CodeError: not an item of EBOPS 2010.
    """
    word = bounded(text).strip()
    if found := _index().get(re.sub(r"\s+", "", word).lower()):
        return found
    hint = " Goods codes (HS) are not services." if re.fullmatch(r"\d{2}|\d{4}|\d{6}", word) else ""
    raise CodeError(
        f"{shown(word)} is not an item of {EDITION}.{hint}",
        allowed=ALLOWED,
        nearest=() if hint else lambda: nearest(word, _items()),
    )


def ebops_path(code: str) -> tuple[EbopsItem, ...]:
    """The items from the main item down to `code`; of the total, itself.

    Raises:
        CodeError: not an item of EBOPS 2010.
    """
    item = ebops_entry(code)
    path = [item]
    while item.parent is not None and item.parent != TOTAL:
        item = _items()[item.parent]
        path.insert(0, item)
    return tuple(path)


def ebops_children(code: str, *, additive: bool = False) -> tuple[EbopsItem, ...]:
    """The items directly below `code`; with `additive`, only those that together make it up.

    Raises:
        CodeError: not an item of EBOPS 2010.
    """
    parent = ebops_entry(code)
    below = tuple(item for item in _items().values() if item.parent == parent.code)
    if not additive:
        return below
    adds_up: Role = "alternative" if parent.role == "alternative" else "item"
    return tuple(item for item in below if item.role == adds_up)

"""Rows with their figures as numbers, and those that add up others set apart.

Rows of countries, groups of them, continents and the total come together, and so do those of domestic and of foreign
exports and of both: all added up would be several times the trade (seen June 2026).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tradestat_tools.codes.periods import Period
from tradestat_tools.sources.census.codes import TOTAL, is_country
from tradestat_tools.sources.census.service import COUNTRY, COUNTRY_NAME, DOMESTIC, NO_UNIT, TRUE_ZERO, UNIT
from tradestat_tools.sources.census.wire.page import Page, amount, changed, months_of
from tradestat_tools.upstream.reading import one_line

Figures = tuple[int | None, ...]
"""In the order of `Shape.measures`; None is "no figure given", which is not zero."""

NAME = 150

SECOND = ("GEN_QY2", "QTY_2")
"""Quantities that most goods do not have, so that nothing is missing where they have no unit."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns that an answer must have.

    Args:
        measures: variables of figures, with `_MO` or `_YR`.
        commodity: the variable of the code, where rows differ by it; `commodity_name` of its text, where wanted.
        countries: whether rows differ by country.
        place: the variable of what the figures are broken down by, and `place_name` of its text.
        domestic: whether domestic and foreign exports are told apart.
    """

    measures: tuple[str, ...]
    commodity: str = ""
    commodity_name: str = ""
    countries: bool = False
    place: str = ""
    place_name: str = ""
    domestic: bool = False

    @property
    def asked(self) -> tuple[str, ...]:
        """What is asked for, each variable once."""
        names = [
            self.commodity,
            self.commodity_name,
            self.place,
            self.place_name,
            *((DOMESTIC,) if self.domestic else ()),
        ]
        names += [COUNTRY, COUNTRY_NAME] if self.countries else []
        quantities = [name for name in self.measures if unit_of(name)]
        names += [f"{name}_FLAG" for name in quantities] + [unit_of(name) for name in quantities]
        return tuple(dict.fromkeys(name for name in (*self.measures, *names) if name))


def unit_of(measure: str) -> str:
    """The variable of a quantity's unit; "" for values and weights."""
    return UNIT.get(measure[:-3], "")


class Row(NamedTuple):
    """One row. Codes are "" where rows do not differ by them; `units` are those of the quantities, in their order."""

    month: Period
    code: str
    country: str
    place: str
    kind: str
    figures: Figures
    units: tuple[str, ...]


@dataclass(slots=True)
class Read:
    """What an answer holds.

    Args:
        rows: without those that add up others.
        totals: those that add up all of them.
        names: of countries, codes and places, as the service says them.
        without: how many quantities are 0 and no figure, by measure.
        repeated: how many rows came twice and were left out.
    """

    rows: list[Row] = field(default_factory=list[Row])
    totals: list[Row] = field(default_factory=list[Row])
    names: dict[str, str] = field(default_factory=dict[str, str])
    without: Counter[str] = field(default_factory=Counter[str])
    repeated: int = 0


def read_rows(page: Page, shape: Shape) -> Read:
    """The rows of an answer by what they are.

    Raises:
        UpstreamChanged: a column is missing, a figure is none, or two rows of the same thing differ.
    """
    found = Read()
    if not page.rows:
        return found
    blank = [""] * len(page.rows)
    codes = list(page.column(shape.commodity)) if shape.commodity else blank
    countries = list(page.column(COUNTRY)) if shape.countries else blank
    places = list(page.column(shape.place)) if shape.place else blank
    kinds = list(page.column(DOMESTIC)) if shape.domestic else blank
    _names(page, shape, found)
    measured = [_measured(page, name, found.without) for name in shape.measures]
    figures = zip(*measured, strict=True) if measured else iter(())
    quantities = [unit_of(name) for name in shape.measures if unit_of(name)]
    units = list(zip(*(list(page.column(name)) for name in quantities), strict=True)) if quantities else []
    seen: dict[tuple[object, ...], Figures] = {}
    for at, (month, values) in enumerate(zip(months_of(page), figures, strict=True)):
        unit = tuple(map(str, units[at])) if units else ()
        row = Row(month, codes[at], countries[at], places[at], kinds[at], values, unit)
        key = row[:5]
        if key in seen:
            if seen[key] != values:
                raise changed(f"two rows of {one_line(' '.join(map(str, key)), 60)} that differ")
            found.repeated += 1
            continue
        seen[key] = values
        _sort_in(row, shape, found)
    return found


def _sort_in(row: Row, shape: Shape, found: Read) -> None:
    dimensions = [
        *((row.country,) if shape.countries else ()),
        *((row.place,) if shape.place else ()),
        *((row.kind,) if shape.domestic else ()),
    ]
    if shape.countries and row.country != TOTAL and not is_country(row.country):
        return  # a group or a continent
    if TOTAL not in dimensions:
        found.rows.append(row)
    elif set(dimensions) == {TOTAL}:
        found.totals.append(row)


def _names(page: Page, shape: Shape, found: Read) -> None:
    pairs = ((COUNTRY, COUNTRY_NAME if shape.countries else ""), (shape.commodity, shape.commodity_name))
    for code, name in (*pairs, (shape.place, shape.place_name)):
        if code and name:
            both = dict(zip(page.column(code), page.column(name), strict=True))
            found.names |= {one: one_line(text, NAME) for one, text in both.items()}


def _measured(page: Page, name: str, without: Counter[str]) -> Sequence[int | None]:
    """A measure's figures; a quantity of 0 that is no true zero, or has no unit, is none."""
    values = [amount(cell) for cell in page.column(name)]
    if not (unit := unit_of(name)):
        return values
    found: list[int | None] = []
    for value, flag, of in zip(values, page.column(f"{name}_FLAG"), page.column(unit), strict=True):
        given = value != 0 or (flag == TRUE_ZERO and of not in NO_UNIT)
        if not given and (of not in NO_UNIT or not name.startswith(SECOND)):
            without[name] += 1
        found.append(value if given else None)
    return found

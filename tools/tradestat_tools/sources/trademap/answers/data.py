"""What the tools give back. Field names are Trade Map's own; repeated codes and names stand once, above the rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tradestat_tools.model.answers import Cell, Data, Table
from tradestat_tools.sources.trademap.codes import TOTAL_CODES, named
from tradestat_tools.sources.trademap.wire.payloads import THOUSAND_USD
from tradestat_tools.sources.trademap.wire.values import Number

FEW = 20
"""Rows up to which a list shows all its columns as text."""

DIMENSIONS = ("reporter", "partner", "product")


class Row(BaseModel):
    """One reporter, partner and product; codes that all rows share stand above them. A value of None is missing."""

    model_config = ConfigDict(extra="forbid")

    reporterCd: str | None = None
    reporterLabel: str | None = None
    partnerCd: str | None = None
    partnerLabel: str | None = None
    productCd: str | None = None
    productLabel: str | None = None
    values: list[Number | None]
    flags: dict[str, str] | None = Field(default=None, description="Period or indicator -> the service's mark.")


class SourceOfData(BaseModel):
    """Who compiled the figures of a country."""

    model_config = ConfigDict(extra="forbid")

    countryCd: str | None = None
    label: str
    url: str | None = None
    startingDate: str | None = None


class GroupOfRows(BaseModel):
    """A group of countries that was asked for by its members, of which each that has figures has a row.

    `sum` is added up here, by period; the service gives none. Null where it is not known of every member.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    argument: Literal["country", "partner"]
    members: int
    missing: dict[str, str] = Field(default_factory=dict[str, str], description="Member without a row -> why.")
    sum: list[Number | None] | None = None


class TableData(Data):
    """Rows and, apart from them, the totals.

    `aggregateRecords` holds the figure of the code that was asked for, and at times of others; the `records` are the
    partners of it, or codes below or beside it, and are not to be added up. Codes shared by all `records` stand here
    and not in the rows.
    """

    trade_flow: str
    by: str
    product: str = Field(description="HS code or EBOPS item asked for; ALL is TOTAL or S00 in productCd.")
    partner: str = Field(description="Partner asked for; an aggregate of another partner or product is not the total.")
    reporterCd: str | None = None
    reporterLabel: str | None = None
    partnerCd: str | None = None
    partnerLabel: str | None = None
    productCd: str | None = None
    productLabel: str | None = None
    nbRecords: int | None = None
    page: int
    nbRecordPerPage: int | None = None
    nbPages: int
    aggregateRecords: list[Row]
    records: list[Row]
    sources: list[SourceOfData] = Field(default_factory=list[SourceOfData])
    group: GroupOfRows | None = None

    def _tables(self, heads: Sequence[str], measures: Sequence[str]) -> list[Table]:
        """The total, aggregates of something else, and the rows, each with the codes and names that vary.

        `measures` are those of `heads` that are in the unit of the answer.
        """
        varying = [d for d in DIMENSIONS if any(getattr(row, f"{d}Cd") is not None for row in self.records)]
        rows = "Rows" if self.nbPages <= 1 else f"Rows, page {self.page} of {self.nbPages}"
        codes = TOTAL_CODES if self.product in TOTAL_CODES else {self.product}
        total = [row for row in self.aggregateRecords if row.productCd in codes and row.partnerCd == self.partner]
        others = [row for row in self.aggregateRecords if row not in total]
        of_other_partners = all(row.productCd in codes for row in others)
        asked = f"{self.product} with {self.partner}" if of_other_partners else self.product
        tables = [
            _sum_of(self.group, heads),
            _aggregates("Total (aggregateRecords)", total, heads),
            _aggregates(f"Aggregates, not of {asked}", others, heads),
            _table(rows, self.records, heads, varying),
        ]
        return [replace(table, measures=frozenset(measures)) for table in tables if table.rows]


def _sum_of(group: GroupOfRows | None, heads: Sequence[str]) -> Table:
    """Our own sum over a group's members, which must not pass for a figure of the service."""
    if group is None or group.sum is None:
        return Table((), [])
    named_group = group.id if group.name == group.id else f"{group.name} ({group.id})"
    title = f"Sum of the members of {named_group}, added up here"
    return Table(("group", *heads), [(group.id, *group.sum)], title=title)


def _aggregates(title: str, rows: Sequence[Row], heads: Sequence[str]) -> Table:
    """Aggregates; the product, often a long name, stands in the title where they share one."""
    products = {named(row.productCd, row.productLabel) for row in rows if row.productCd}
    if len(products) == 1:
        return _table(f"{title}: {products.pop()}", rows, heads, ("partner",))
    return _table(title, rows, heads, ("partner", "product"))


def _table(title: str, rows: Sequence[Row], heads: Sequence[str], dimensions: Sequence[str]) -> Table:
    columns = [column for dimension in dimensions for column in (f"{dimension}Cd", dimension)]
    cells: list[tuple[Cell, ...]] = [
        (*(getattr(row, f"{dimension}{end}") for dimension in dimensions for end in ("Cd", "Label")), *row.values)
        for row in rows
    ]
    return Table((*columns, *heads), cells, title=title)


class SeriesData(TableData):
    """Values by year. `values` of a row follow `periods`; thousand US dollars unless the service says otherwise."""

    unit: str = THOUSAND_USD
    rounded_to: int | None = Field(
        default=None, description="Dollars, where the service rounds to more than thousands."
    )
    periods: list[str]

    def tables(self) -> list[Table]:
        return self._tables(self.periods, self.periods)


class Indicator(BaseModel):
    """One indicator, in the order of `values`; unit and meaning are absent where they are not documented."""

    model_config = ConfigDict(extra="forbid")

    indicatorCd: str
    unit: str | None = None
    meaning: str | None = None


class IndicatorsData(TableData):
    """Indicators of a reference year. `values` of a row follow `indicators`, each in its own unit."""

    refYear: int | None = None
    indicators: list[Indicator]

    def tables(self) -> list[Table]:
        units = {i.indicatorCd: "" if i.unit in (None, THOUSAND_USD) else f" {i.unit}" for i in self.indicators}
        money = [i.indicatorCd for i in self.indicators if i.unit == THOUSAND_USD]
        return self._tables([f"{code}{unit}" for code, unit in units.items()], money)


Spans = list[tuple[str, str] | None]


class CountriesData(Data):
    """Countries and areas as columns of equal length. Coverage is [first, last] period, or null for none.

    Quarters are `2026Q2`, months `2026-07`. `nes` and `ti` list the codes of the areas not elsewhere specified and of
    those with trade indicators. A coverage column that no listed country has is absent.
    """

    total: int = Field(description="How many the service lists, before any filter.")
    countryCd: list[str]
    label: list[str]
    nes: list[str]
    ti: list[str]
    yearly246: Spans | None = Field(default=None, description="Yearly goods by HS 2, 4 and 6 digits.")
    yearly10D: Spans | None = Field(default=None, description="Yearly goods by national tariff line.")
    yearlyReexport: Spans | None = Field(default=None, description="Yearly re-exports.")
    yearlyServices: Spans | None = Field(default=None, description="Yearly services.")
    quarterly: Spans | None = Field(default=None, description="Quarterly goods.")
    quarterlyServices: Spans | None = Field(default=None, description="Quarterly services.")
    monthly: Spans | None = Field(default=None, description="Monthly goods.")

    def tables(self) -> list[Table]:
        names = {"yearly246": "goods", "yearlyServices": "services"}
        if len(self.countryCd) <= FEW:
            names |= {"yearlyReexport": "re-exports", "quarterly": "goods quarterly", "monthly": "goods monthly"}
        spans: dict[str, Spans] = {head: found for name, head in names.items() if (found := getattr(self, name))}
        nes = set(self.nes)
        rows: list[tuple[Cell, ...]] = [
            (
                code,
                f"{name} (nes)" if code in nes and "nes" not in name.lower() else name,
                *(f"{span[0]} to {span[1]}" if (span := column[i]) else None for column in spans.values()),
            )
            for i, (code, name) in enumerate(zip(self.countryCd, self.label, strict=True))
        ]
        return [Table(("countryCd", "label", *spans), rows)]


class CountryGroup(BaseModel):
    """A group of countries. `id` is not a country code and is not accepted as a country or partner."""

    model_config = ConfigDict(extra="forbid")

    id: str
    label: str
    type: str
    note: str | None = None
    memberCount: int | None = None
    members: dict[str, str] | None = Field(default=None, description="Code -> name.")


class GroupsData(Data):
    """Country groups; members only where they were asked for."""

    total: int = Field(description="How many the service lists, before any filter.")
    groups: list[CountryGroup]

    def tables(self) -> list[Table]:
        tables = [
            Table(
                ("id", "label", "type", "members", "note"),
                sorted(
                    ((g.id, g.label, g.type, g.memberCount, g.note or "") for g in self.groups), key=lambda row: row[1]
                ),
                units={"members": "count"},
            )
        ]
        tables += [
            Table(("countryCd", "label"), list(g.members.items()), title=f"Members of {g.label} ({g.id})")
            for g in self.groups
            if g.members
        ]
        return tables


class ProductsData(Data):
    """HS codes as columns of equal length. `revisions` is the service's own marker of availability, not explained."""

    total: int = Field(description="How many the service lists, before any filter.")
    productCd: list[str]
    label: list[str]
    revisions: list[str | None]

    def tables(self) -> list[Table]:
        return [Table(("productCd", "label"), list(zip(self.productCd, self.label, strict=True)))]


class ServicesData(Data):
    """EBOPS items as columns of equal length. `displayCd` is the item's number in EBOPS 2010."""

    total: int = Field(description="How many the service lists, before any filter.")
    productCd: list[str]
    label: list[str]
    displayCd: list[str | None]
    maxLevel: list[str | None]

    def tables(self) -> list[Table]:
        rows = list(zip(self.productCd, (code or "" for code in self.displayCd), self.label, strict=True))
        return [Table(("productCd", "displayCd", "label"), rows)]


class CoverageRow(BaseModel):
    """One frequency: Y yearly, Q quarterly, M monthly."""

    model_config = ConfigDict(extra="forbid")

    dataType: str
    nbCountries: int | None = None
    latestPeriod: str | None = None


class CoverageData(Data):
    """How many countries have reported, and the newest period, by frequency."""

    data_type: Literal["goods", "services"]
    coverage: list[CoverageRow]

    def tables(self) -> list[Table]:
        rows = [(row.dataType, row.nbCountries, row.latestPeriod or "") for row in self.coverage]
        return [Table(("dataType", "nbCountries", "latestPeriod"), rows, units={"nbCountries": "count"})]

"""China's export record as doumaotong aggregates it: yuan by 8-digit code, country and month."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from tradestat_sandbox.chance import SHARE_BITS
from tradestat_sandbox.economies import BY_CUSTOMS, ECONOMIES, Economy
from tradestat_sandbox.flows import FIRST_YEAR
from tradestat_sandbox.observers import Month, Span
from tradestat_sandbox.products import NES_INDEX, all_national_codes, indexes_under, national_codes, national_shares
from tradestat_sandbox.records import ALL_PARTNERS
from tradestat_sandbox.world import CHINA, World, month_before

NO_RECORD = "该商品对此国家暂无出口记录"


class BadParameter(Exception):
    """A parameter of the wrong form: a bare HTTP 400."""


class NoRecord(Exception):
    """Nothing there: code 404 in the envelope."""


class Exports:
    """China's exports in yuan, as of the newest month the service has."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.newest = world.doumaotong_last
        self.product = lru_cache(maxsize=1024)(self._product)
        self.rows = lru_cache(maxsize=2048)(self._rows)

    def months(self, count: int, end: Month | None = None) -> list[Month]:
        """The `count` months up to `end`, oldest first."""
        return [month_before(end or self.newest, back) for back in reversed(range(count))]

    def resolve(self, query: dict[str, str]) -> str:
        """The 8-digit code asked for; 4 and 6 digits stand for the best-selling code under them.

        Raises:
            KeyError: no hsCode. BadParameter: not digits. NoRecord: a code that is not exported.
        """
        text = query["hsCode"]
        if not (text.isascii() and text.isdecimal() and len(text) in (4, 6, 8)):
            raise BadParameter("hsCode")
        known = all_national_codes(8)
        if len(text) == 8:
            if text not in known:
                raise NoRecord("暂无数据")
            return text
        year = self.months(12)
        codes = [code for index in indexes_under(text) for code in national_codes(index, 8)]
        sold = {code: self.total(code, year) for code in codes}
        best = max(sold, key=lambda code: (sold[code], code), default="")
        if not best or not sold[best]:
            raise NoRecord("暂无数据")
        return best

    def country(self, query: dict[str, str]) -> Economy:
        """The country asked for by its China Customs code."""
        code = query["countryCode"]
        if not (code.isascii() and code.isdecimal() and len(code) == 3):
            raise BadParameter("countryCode")
        if code not in BY_CUSTOMS or code == "142":
            raise NoRecord(NO_RECORD)
        return BY_CUSTOMS[code]

    def _rows(self, code: str, year: int) -> dict[int, tuple[list[int], list[int]]]:
        """(yuan, kg) of the twelve months of a year by partner, for one 8-digit code."""
        product, place = all_national_codes(8)[code]
        shares = national_shares(product, 8)
        low, high = shares[place - 1], shares[place]
        rates = [self.world.cny_per_10000_usd(month_before((year, month))) for month in range(1, 13)]
        rows: dict[int, tuple[list[int], list[int]]] = {}
        for partner, months in self.product(product, year).items():
            yuan = [
                ((usd * high >> SHARE_BITS) - (usd * low >> SHARE_BITS)) * rate // 10_000
                for (usd, _), rate in zip(months, rates, strict=True)
            ]
            rows[partner] = (yuan, [(kg * high >> SHARE_BITS) - (kg * low >> SHARE_BITS) for _, kg in months])
        return rows

    def _product(self, product: int, year: int) -> dict[int, list[tuple[int, int]]]:
        rows: dict[int, list[tuple[int, int]]] = {}
        for partner in ALL_PARTNERS:
            if partner == CHINA:
                continue
            if product == NES_INDEX:
                spans = (Span(year, month, month) for month in range(1, 13))
                cells = [self.world.cells(CHINA, "X", span, (partner,), (product,)) for span in spans]
                months = [(found[0].usd, found[0].kg) if found else (0, 0) for found in cells]
            elif self.world.observers.confidential(CHINA, "X", partner, product):
                continue
            else:
                months = self.world.observers.months(CHINA, "X", partner, product, year)
            if any(usd for usd, _ in months):
                rows[partner] = months
        return rows

    def by_country(self, code: str, months: Iterable[Month]) -> dict[int, int]:
        """Yuan by partner over consecutive months, largest first; partners without any are left out."""
        sums: dict[int, int] = {}
        for year, first, last in _slices(months):
            for partner, (yuan, _) in self.rows(code, year).items():
                sums[partner] = sums.get(partner, 0) + sum(yuan[first:last])
        return dict(sorted(((partner, yuan) for partner, yuan in sums.items() if yuan), key=lambda item: -item[1]))

    def by_month(self, code: str, months: Iterable[Month], partner: int | None = None) -> dict[Month, int]:
        """Yuan by month, to all partners or one; 0 for months without exports."""
        wanted = list(months)
        sums = dict.fromkeys(wanted, 0)
        for year, first, last in _slices(wanted):
            rows = self.rows(code, year)
            chosen = [yuan for found, (yuan, _) in rows.items() if partner in (None, found)]
            for month in range(first, last):
                sums[year, month + 1] = sum(yuan[month] for yuan in chosen)
        return sums

    def kilograms(self, code: str, months: Iterable[Month], partner: int | None = None) -> int:
        """Net weight over consecutive months."""
        return sum(
            sum(kg[first:last])
            for year, first, last in _slices(months)
            for found, (_, kg) in self.rows(code, year).items()
            if partner in (None, found)
        )

    def active_months(self, code: str, months: Iterable[Month]) -> dict[int, int]:
        """Number of months with exports by partner."""
        counts: dict[int, int] = {}
        for year, first, last in _slices(months):
            for partner, (yuan, _) in self.rows(code, year).items():
                counts[partner] = counts.get(partner, 0) + sum(1 for amount in yuan[first:last] if amount)
        return counts

    def total(self, code: str, months: Iterable[Month]) -> int:
        """Yuan over some months to all partners."""
        return sum(self.by_country(code, months).values())


@lru_cache(maxsize=2)
def exports_of(world: World) -> Exports:
    """The exports of a world, shared by all who ask for it."""
    return Exports(world)


def _slices(months: Iterable[Month]) -> Iterator[tuple[int, int, int]]:
    """Consecutive months as (year, first, last) slices of a year's list; years before the world are left out."""
    by_year: dict[int, list[int]] = {}
    for year, month in months:
        by_year.setdefault(year, []).append(month)
    for year, numbers in by_year.items():
        if year >= FIRST_YEAR:
            yield year, min(numbers) - 1, max(numbers)


def percent(part: float, whole: float) -> float | None:
    """A share in percent with two digits; None of nothing."""
    return round(part / whole * 100, 2) if whole else None


def growth(now: float, then: float) -> float | None:
    """Growth in percent with two digits; None from nothing."""
    return round((now / then - 1) * 100, 2) if then else None


def economy(index: int) -> Economy:
    """An economy by its index."""
    return ECONOMIES[index]

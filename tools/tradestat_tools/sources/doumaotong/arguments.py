"""The questions of this source's tools, checked before anything is sent."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from tradestat_tools.codes.countries import area_named
from tradestat_tools.codes.hs import hs_children, hs_status, nearest_hs, normalise_hs
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning, reads
from tradestat_tools.sources.doumaotong.absence import comtrade
from tradestat_tools.sources.doumaotong.calendar import last_of_twelve
from tradestat_tools.sources.doumaotong.codes import Destination, destination, one_destination, region_of, regions_of
from tradestat_tools.sources.doumaotong.wire.current import PRODUCTS_GIVEN
from tradestat_tools.sources.doumaotong.wire.envelope import Shape

HS_ALLOWED = "an HS code of 4, 6 or 8 digits, such as 8507, 850760 or 85076000"

MOST_YUAN = 1e15
DESTINATIONS = 300
"""More than there are (about 229)."""


@dataclass(frozen=True, slots=True)
class Goods:
    """A product as it was asked for.

    Args:
        code: 4, 6 or 8 digits.
        cut_from: the code as the caller wrote it, where its last digits were cut off; else "".
    """

    code: str
    cut_from: str = ""


def goods(text: str) -> Goods:
    """The product of 4, 6 or 8 digits that is meant; of a declaration code of 10 the first 8, where it ends in 00.

    Raises:
        ArgumentError: it is none, a whole chapter, or in no edition of the Harmonized System.
    """
    try:
        code = normalise_hs(text, levels=(4, 6, 8, 10))
    except CodeError as error:
        raise _no_goods(text, error) from None
    digits = code[:8]
    if code not in (digits, f"{digits}00"):
        raise ArgumentError(
            f"China publishes exports by 8 digits; {code} has 10.", allowed=HS_ALLOWED, nearest=(digits,)
        )
    if hs_status(digits[:6]).kind == "unknown":
        raise ArgumentError(
            f"{digits[:6]} is in no edition of the Harmonized System known here.",
            allowed=HS_ALLOWED,
            nearest=nearest_hs(digits[:6]),
        )
    return Goods(digits, "" if code == digits else text)


def _no_goods(text: str, error: CodeError) -> ArgumentError:
    """What is wrong with a text; a whole chapter gets the calls that can be asked for it."""
    try:
        chapter = normalise_hs(text, levels=(2,))
    except CodeError:
        chapter = ""
    if headings := hs_children(chapter):
        return ArgumentError(
            f"{chapter} has 2 digits; the service takes no whole chapter.",
            allowed=HS_ALLOWED,
            remedy=f'Name a heading: chapter(hsCode="{headings[0].code}") ranks all of chapter {chapter}. Exports of '
            f"all of it: {comtrade(chapter)}.",
        )
    return ArgumentError(error.message, allowed=HS_ALLOWED, nearest=error.nearest)


def _amount(value: Any) -> Any:
    """`10,000,000` as text."""
    return value.replace(",", "") if isinstance(value, str) else value


COUNTRY_WORDS = (
    "One country: its China Customs code (116 Japan, 133 Korea, 502 United States), not M49; or its name or ISO code"
)

Yuan = Annotated[float, BeforeValidator(_amount), Field(ge=0, le=MOST_YUAN, allow_inf_nan=False)]


class ProductArguments(Arguments):
    """One product."""

    hsCode: Annotated[Goods, reads(goods, max_length=30), Meaning.HS] = Field(
        description="HS code: 8 digits, or 4 or 6, which the service reads as the best-selling 8-digit code below.",
    )


class DashboardArguments(ProductArguments):
    """One product, and the month that the twelve months end with; None for the newest."""

    currentMonth: Annotated[Period | None, reads(last_of_twelve, max_length=40), Meaning.PERIOD] = Field(
        default="",
        validate_default=True,
        description="Last of the twelve months, YYYYMM or YYYY-MM; a year; latest (the default).",
    )


class MarketsArguments(ProductArguments):
    """One product's destinations."""

    sortBy: Literal["amount", "name"] = Field(default="amount", description="By 12-month total, or by country name.")
    order: Literal["desc", "asc"] = Field(default="desc", description="Descending or ascending.")
    minAmount: Yuan = Field(default=0, description="Leave out destinations below this 12-month total, RMB yuan.")
    limit: Annotated[int, Field(ge=1, le=DESTINATIONS)] = Field(
        default=50, description="Rows at most. The service's present form has 15."
    )


class TrendArguments(ProductArguments):
    """One product, to one country or, where it is None, to all together."""

    countryCode: Annotated[Destination | None, reads(destination, max_length=80), Meaning.AREA] = Field(
        default="", validate_default=True, description=f"{COUNTRY_WORDS}. Left out: all destinations together."
    )


class HistoryArguments(ProductArguments):
    """One product and one country."""

    countryCode: Annotated[Destination, reads(one_destination, max_length=80), Meaning.AREA] = Field(
        description=f"{COUNTRY_WORDS}."
    )


SortBy = Literal["growth", "amount", "marketBreadth", "scale", "chance", "season"]

SORT_NAMES: dict[Shape, dict[str, str]] = {
    "current": {"growth": "growth", "amount": "scale", "scale": "scale", "chance": "chance", "season": "season"},
    "older": {"growth": "growth", "amount": "amount", "scale": "amount", "marketBreadth": "marketBreadth"},
}
"""How each form calls a ranking. What a form would do with a name it does not know is not documented: it is never asked
for one, and where the other form turns out to answer, the question is asked again in its words."""


Region = Literal[
    "", "asia", "europe", "africa", "northAmerica", "southAmerica", "oceania", "middleEast", "beltRoad", "asean", "eu"
]  # fmt: skip


def _region(value: Any) -> Any:
    """`EU`, `东盟`, `Belt and Road` as the service writes them; anything else as it is.

    Raises:
        ArgumentError: one country, which is no region: with those that it lies in.
    """
    if not isinstance(value, str) or not value.strip():
        return value
    if region := region_of(value):
        return region
    if (one := area_named(value)) is None:
        return value
    raise ArgumentError(
        f"{one.name_en} is one country; this filter takes continents and trade blocs.",
        allowed=f"one of {', '.join(region for region in get_args(Region) if region)}",
        nearest=regions_of(one),
        remedy=f"Leave it out, or name a region. China's exports to {one.name_en} by product: "
        f"{comtrade('AG4', one.iso2 or one.name_en)}.",
    )


class TopProductsArguments(Arguments):
    """A ranking of products."""

    sortBy: SortBy = Field(
        default="growth",
        description="growth: year on year; amount or scale: 12-month total; chance: low concentration; season: peak "
        "months now or next; marketBreadth: number of destinations.",
    )
    regionFilter: Annotated[Region, BeforeValidator(_region)] = Field(
        default="", description="Only products that sell there. The service's present form does not know this."
    )
    minAmount: Yuan = Field(default=10_000_000, description="Leave out products below this 12-month total, RMB yuan.")
    maxConcentration: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = Field(
        default=100, description="Leave out products whose top 3 destinations take more than this share, percent."
    )
    limit: Annotated[int, Field(ge=1, le=100)] = Field(default=30, description="Rows at most.")
    offset: Annotated[int, Field(ge=0, le=30_000)] = Field(default=0, description="Rows to skip, for paging.")

    def question(self, shape: Shape) -> dict[str, str] | None:
        """The parameters that ask this of one of the two forms; None where it can not be asked that.

        The present form filters by neither amount nor concentration and does not page: it is asked for all it has, and
        filtered here. The older one ignores nothing, so that the two questions are mostly the same.
        """
        sort = SORT_NAMES[shape].get(self.sortBy)
        if sort is None or (shape == "current" and (self.regionFilter or self.offset >= PRODUCTS_GIVEN)):
            return None
        asked = {"sortBy": sort, "limit": str(PRODUCTS_GIVEN), "minAmount": f"{self.minAmount:.15g}"}
        if self.regionFilter:
            asked["regionFilter"] = self.regionFilter
        if self.maxConcentration < 100:
            asked["maxConcentration"] = f"{self.maxConcentration:.15g}"
        if shape == "older" and self.pages_on:
            asked |= {"limit": str(self.limit), "offset": str(self.offset)}
        return asked

    @property
    def pages_on(self) -> bool:
        """Whether rows beyond the first page are wanted, which only the older form has."""
        return self.offset + self.limit > PRODUCTS_GIVEN

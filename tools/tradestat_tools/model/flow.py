"""What is asked across sources: a flow of one product between two areas over a span of periods."""

from dataclasses import dataclass
from typing import Literal

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.ebops import ebops_entry
from tradestat_tools.codes.editions import listed
from tradestat_tools.codes.hs import HsStatus, describe, hs_status, nearest_hs, normalise_hs
from tradestat_tools.codes.names import Lang, goods_name, service_name
from tradestat_tools.codes.periods import Frequency, Period, periods_between
from tradestat_tools.codes.words import CodeError, bounded, shown

Kind = Literal["goods", "services"]

TOTAL_GOODS = "TOTAL"
TOTAL_SERVICES = "S"
HS_LEVELS = (2, 4, 6, 8, 10)
HS_DIGITS = (2, 4, 6)
"""Digits of the codes that all countries share; longer ones are a country's own."""

Role = Literal["exporter", "importer"]
"""Whose report of a flow: the one from where it goes, or the one where it arrives."""

ROLES: tuple[Role, ...] = ("exporter", "importer")

WORLD, CHINA = "0", "156"
"""UN Comtrade's codes, which observations have."""

ALLOWED = "an HS code of 2, 4 or 6 digits (8 or 10 for China's or Korea's own), TOTAL; EBOPS items with kind=services"

_TOTAL_WORDS = frozenset({"total", "all", "all goods", "all products"})


@dataclass(frozen=True, slots=True)
class Product:
    """What is traded.

    Args:
        code: an HS code in digits, "TOTAL", an EBOPS 2010 item ("3.1.1"), or "S" for all services.
        status: what is known of an HS code; None for totals and services.
    """

    kind: Kind
    code: str
    label: str
    status: HsStatus | None = None

    @property
    def is_total(self) -> bool:
        """Whether this is all goods or all services."""
        return self.code in (TOTAL_GOODS, TOTAL_SERVICES)

    def named(self, lang: Lang) -> str:
        """What it is called in a language, in English where the lists have no name."""
        if self.kind == "goods":
            return goods_name(lang, self.code, self.label)
        return service_name(lang, ebops_entry(self.code))


@dataclass(frozen=True, slots=True)
class FlowQuestion:
    """A flow between two areas.

    Args:
        exporter: from where.
        importer: to where; an area of kind "world" for all of the exporter's trade, and the other way round.
        first: the first period; `last` is of the same frequency.
    """

    exporter: Area
    importer: Area
    product: Product
    first: Period
    last: Period

    def reporter(self, role: Role) -> Area:
        """Who reports the flow at that end."""
        return self.exporter if role == "exporter" else self.importer

    def partner(self, role: Role) -> Area:
        """With whom, as that end reports it."""
        return self.importer if role == "exporter" else self.exporter

    @property
    def frequency(self) -> Frequency:
        """Years, quarters or months."""
        return self.first.frequency

    @property
    def periods(self) -> list[Period]:
        """Every period of the span, in order."""
        return periods_between(self.first, self.last)

    @property
    def months(self) -> tuple[Period, Period]:
        """The first and the last month of the span."""
        return self.first.first_month, self.last.last_month

    @property
    def when(self) -> str:
        """The span for people: `2022`, `2022 to 2024`."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def flow_of(role: Role) -> Literal["X", "M"]:
    """Which way the trade goes, as that end reports it."""
    return "X" if role == "exporter" else "M"


def read_product(text: str, kind: Kind = "goods") -> Product:
    """The product meant by a code as it is written; goods and services are never guessed from each other.

    Raises:
        CodeError: no code, or in no edition of the HS known here; names the nearest.
    """
    word = bounded(text).strip()
    if kind == "services":
        item = ebops_entry(word or TOTAL_SERVICES)
        return Product("services", TOTAL_SERVICES if item.level == 0 else item.code, item.label)
    if not word or word.lower() in _TOTAL_WORDS:
        return Product("goods", TOTAL_GOODS, "All goods")
    try:
        code = normalise_hs(word, levels=HS_LEVELS)
    except CodeError as error:
        if _is_service(word):
            said = f"{shown(word)} is an item of services (EBOPS), not of goods."
            raise CodeError(said, allowed=ALLOWED, nearest=("kind=services",)) from None
        raise CodeError(error.message, allowed=ALLOWED, nearest=error.nearest) from None
    status = hs_status(code)
    if status.kind == "unknown":
        raise CodeError(status.text, allowed=ALLOWED, nearest=nearest_hs(code))
    return Product("goods", code, describe(code) or _of_older(status) or code, status)


def _of_older(status: HsStatus) -> str:
    """What became of a code that HS 2022 does not have, in place of its name; "" where that is not known."""
    headings = {code[:4] for code in status.successors}
    name = describe(headings.pop(), 60) if len(headings) == 1 else None
    return f"now {listed(status.successors)}{f': {name}' if name else ''}" if status.successors else ""


def _is_service(word: str) -> bool:
    try:
        ebops_entry(word)
    except CodeError:
        return False
    return True

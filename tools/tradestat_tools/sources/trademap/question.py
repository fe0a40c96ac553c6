"""A question in the service's codes, for building the request and for comparing the answer with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.sources.trademap.arguments import (
    GoodsTimeSeriesArguments,
    GoodsTradeIndicatorsArguments,
    ServicesTimeSeriesArguments,
)
from tradestat_tools.sources.trademap.codes import (
    ALL,
    WORLD,
    is_group,
    partner_code,
    product_code,
    reporter_code,
    resolve,
    service_code,
)
from tradestat_tools.sources.trademap.labels import area_label, named, product_label, service_item

FLOW_NAMES = {"I": "Imports", "E": "Exports", "RE": "Re-exports", "TB": "Trade balance"}

VALUATION = {
    "I": "imports as reported, mostly CIF",
    "E": "exports as reported, mostly FOB",
    "RE": "re-exports as reported, mostly FOB",
    "TB": "exports (mostly FOB) less imports (mostly CIF)",
}
"""Of goods. Services have no such difference."""

MOSTLY_FROM = {"yearly246": 2001, "yearlyReexport": 2001, "yearlyServices": 2000}
"""Where most countries' series begin (documented), by the period object that tells of them."""


@dataclass(frozen=True, slots=True)
class Question:
    """Codes as sent; `services` tells an EBOPS `product` from an HS one."""

    country: str
    partner: str
    product: str
    trade_flow: str
    by: str
    page: int
    page_size: int
    services: bool
    hs_level: int = 0
    period_from: int = 0
    period_to: int = 0

    @property
    def answer_codes(self) -> frozenset[str]:
        """The spellings of the product in answers: `ALL` comes back as `TOTAL` or `S00` (seen September 2026)."""
        return frozenset({"TOTAL", "S00", "ALL"}) if self.product == ALL else frozenset({self.product})

    @property
    def coverage(self) -> str:
        """Which of a country's period objects tells how far this goes."""
        return "yearlyServices" if self.services else "yearlyReexport" if self.trade_flow == "RE" else "yearly246"

    @property
    def years(self) -> str:
        """The years asked for, for people; nothing where the service chooses."""
        first, last = self.period_from, self.period_to
        if first and last:
            return str(first) if first == last else f"{first} to {last}"
        return f"from {first}" if first else f"until {last}" if last else ""

    def what(self, years: str, *, reporter: str = "", partner: str = "") -> str:
        """Who, whom, product, flow and period in one line; `reporter` or `partner` where it is a group."""
        everything = "all services" if self.services else "all goods"
        product = everything if self.product == ALL else named(self.product, product_label(self.product))
        preposition = {"I": "from", "TB": "with"}.get(self.trade_flow, "to")
        everyone = "all partners" if self.partner == WORLD else named(self.partner, area_label(self.partner))
        partner, reporter = partner or everyone, reporter or named(self.country, area_label(self.country))
        return f"{FLOW_NAMES[self.trade_flow]} of {product}, {reporter} {preposition} {partner}, {self.by}, {years}"


Spell = Callable[[Question], Mapping[str, str | int]]
"""The arguments, by our names, that a question is sent with."""


def goods_question(asked: GoodsTimeSeriesArguments | GoodsTradeIndicatorsArguments) -> Question:
    """A question about goods. With byProduct and no `hs_level`, the rows are the codes of the next level.

    Of a group as the partner the members are taken from the table of all partners. Years are put in later, and so is
    the reporter, where that is a group.
    """
    product = product_code(asked.product)
    below = 2 if product == ALL else min(len(product) + 2, 6)
    return Question(
        country="" if is_group(asked.country) else reporter_code(asked.country),
        partner=WORLD if is_group(asked.partner) else partner_code(asked.partner),
        product=product,
        trade_flow=asked.trade_flow,
        by=asked.by,
        page=asked.page,
        page_size=asked.page_size,
        services=False,
        hs_level=(asked.hs_level or below) if asked.by == "byProduct" else 0,
    )


def services_question(asked: ServicesTimeSeriesArguments) -> Question:
    """A question about services; groups and years as with goods."""
    return Question(
        country="" if is_group(asked.country) else reporter_code(asked.country),
        partner=WORLD if is_group(asked.partner) else partner_code(asked.partner),
        product=service_code(asked.service),
        trade_flow=asked.trade_flow,
        by=asked.by,
        page=asked.page,
        page_size=asked.page_size,
        services=True,
    )


def common_arguments(question: Question, sort_by: str, sort_dir: str) -> dict[str, str | int]:
    """What every table is asked with, by our names; what is unset is left to the service."""
    sent: dict[str, str | int] = {
        "country": question.country,
        "partner": question.partner,
        "by": question.by,
        "trade_flow": question.trade_flow,
        "page": question.page,
        "page_size": question.page_size,
        "sort_dir": sort_dir,
    }
    optional = {"sort_by": sort_by, "period_from": question.period_from, "period_to": question.period_to}
    return sent | {name: value for name, value in optional.items() if value}


def product_arguments(question: Question) -> dict[str, str | int]:
    """What tables of goods are asked with besides."""
    return {"product": question.product} | ({"hs_level": question.hs_level} if question.hs_level else {})


def resolved_notes(**given: str) -> list[Note]:
    """What was read as something that the reader may not expect: `country`, `partner`, `product`, `service` as written.

    Names, ISO codes and other spellings of the same code are not among them: the first line names what was read, with
    its code. Of HS codes only those are that lost national digits. Groups have notes of their own.
    """
    notes: list[Note] = []
    for argument, written in given.items():
        word = written.strip()
        if argument == "service":
            code, said = service_code(word), None
            item = service_item(code)
            label = product_label(code)
            expected = item is None or word.upper() in (item.code.upper(), item.trademap.upper())
        elif argument == "product":
            code = product_code(word)
            label = product_label(code)
            expected = code == ALL or sum(char.isdecimal() for char in word) == len(code)
            said = "The digits after the sixth are a country's own, and zeros stand for all of the subheading."
        elif is_group(word):
            continue
        else:
            resolved = resolve(word)
            code, said = resolved.area.trademap, resolved.note
            label = area_label(code)
            expected = word == code or (said is None and label == resolved.area.name_en)
        if not expected:
            text = f"{argument} {word!r} was read as {named(code, label)}.{f' {said}' if said else ''}"
            notes.append(Note(code=NoteCode.RESOLVED_CODE, text=text))
    return notes

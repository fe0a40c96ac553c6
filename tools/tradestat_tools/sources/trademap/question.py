"""A question in the service's codes, for building the request and for comparing the answer with it."""

from dataclasses import dataclass

from tradestat_tools.answers import Note, NoteCode
from tradestat_tools.errors import InvalidQuery
from tradestat_tools.services import Services
from tradestat_tools.sources.trademap import arguments as args
from tradestat_tools.sources.trademap.client import known_country
from tradestat_tools.sources.trademap.labels import area_label, named, product_label, service_item
from tradestat_tools.sources.trademap.wire import SOURCE_ID

FLOW_NAMES = {"I": "Imports", "E": "Exports", "RE": "Re-exports", "TB": "Trade balance"}

VALUATION = {
    "I": "imports as reported, mostly CIF",
    "E": "exports as reported, mostly FOB",
    "RE": "re-exports as reported, mostly FOB",
    "TB": "exports (mostly FOB) less imports (mostly CIF)",
}
"""Of goods. Services have no such difference."""


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
        return frozenset({"TOTAL", "S00", "ALL"}) if self.product == args.ALL else frozenset({self.product})

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

    def what(self, years: str) -> str:
        """Who, whom, product, flow and period in one line."""
        everything = "all services" if self.services else "all goods"
        product = everything if self.product == args.ALL else named(self.product, product_label(self.product))
        preposition = {"I": "from", "TB": "with"}.get(self.trade_flow, "to")
        partner = "all partners" if self.partner == args.WORLD else named(self.partner, area_label(self.partner))
        reporter = named(self.country, area_label(self.country))
        return f"{FLOW_NAMES[self.trade_flow]} of {product}, {reporter} {preposition} {partner}, {self.by}, {years}"


def goods_question(
    asked: args.GoodsTimeSeriesArguments | args.GoodsTradeIndicatorsArguments,
    *,
    period_from: int = 0,
    period_to: int = 0,
) -> Question:
    """A question about goods. With byProduct and no `hs_level`, the rows are the codes of the next level."""
    product = args.product_code(asked.product)
    below = 2 if product == args.ALL else min(len(product) + 2, 6)
    return Question(
        country=args.reporter_code(asked.country),
        partner=args.partner_code(asked.partner),
        product=product,
        trade_flow=asked.trade_flow,
        by=asked.by,
        page=asked.page,
        page_size=asked.page_size,
        services=False,
        hs_level=(asked.hs_level or below) if asked.by == "byProduct" else 0,
        period_from=period_from,
        period_to=period_to,
    )


def services_question(asked: args.ServicesTimeSeriesArguments) -> Question:
    """A question about services."""
    return Question(
        country=args.reporter_code(asked.country),
        partner=args.partner_code(asked.partner),
        product=args.service_code(asked.service),
        trade_flow=asked.trade_flow,
        by=asked.by,
        page=asked.page,
        page_size=asked.page_size,
        services=True,
        period_from=asked.period_from,
        period_to=asked.period_to,
    )


def resolved_notes(**given: tuple[str, str]) -> list[Note]:
    """What was read as something that the reader may not expect; country, partner, service as (as written, code sent).

    Names, ISO codes and other spellings of the same code are not among them: the first line names what was read. HS
    codes never are, since only their spelling is changed.
    """
    notes: list[Note] = []
    for argument, (written, code) in given.items():
        word = written.strip()
        if argument == "service":
            item = service_item(code)
            said, label = None, product_label(code)
            expected = item is None or word.upper() in (item.code.upper(), item.trademap.upper())
        else:
            resolved = args.resolve(word)
            said, label = resolved.note, area_label(code)
            expected = word == code or (said is None and label == resolved.area.name_en)
        if not expected:
            text = f"{argument} {word!r} was read as {named(code, label)}.{f' {said}' if said else ''}"
            notes.append(Note(code=NoteCode.RESOLVED_CODE, text=text))
    return notes


def refuse_unpublished(services: Services, question: Question) -> None:
    """Refuse years that cannot have been published, before a credit is spent.

    The last year is the reporter's own, where `get_countries` has told it in this process; else this year, which no
    yearly series is ahead of.

    Raises:
        InvalidQuery: naming the argument and the last year.
    """
    known = known_country(services, question.country)
    span = known.coverage.get(question.coverage) if known else None
    last = int(span[1]) if span else services.today.year
    whose = f"{named(question.country, area_label(question.country))} has published" if span else "Any series goes"
    for argument, year in (("period_from", question.period_from), ("period_to", question.period_to)):
        if year > last:
            raise InvalidQuery(
                f"`{argument}` {year} lies after the last year: {whose} up to {last}.",
                argument=argument,
                allowed=f"{last} or earlier",
                nearest=(str(last),),
                source=SOURCE_ID,
            )

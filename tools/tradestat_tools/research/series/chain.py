"""A series of the same goods through the editions of the HS: the codes that hold them, summed year by year."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from tradestat_tools.codes.chains import FIRST_YEAR, Part, chain
from tradestat_tools.codes.editions import LATE, listed
from tradestat_tools.codes.periods import PER_YEAR, Period
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.flow import FlowQuestion, read_product
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.research.periods import added
from tradestat_tools.research.series.ask import Found, Parts
from tradestat_tools.research.views import Seen


def chained(lead: int, asked: FlowQuestion) -> Parts:
    """A question of all codes that hold the goods; a period has a figure only where each of its codes has one.

    Args:
        lead: how many of its first periods are wanted for growth alone; of them none before the first edition.
        asked: the question.

    Raises:
        InvalidQuery: the goods were or came to be mixed with others.
    """
    code, first = asked.product.code, asked.first.shifted(lead)
    room = max(first.year - FIRST_YEAR, 0) * PER_YEAR[first.frequency]
    asked = replace(asked, first=first.shifted(-min(lead, room)))
    try:
        parts = chain(code, asked.first.year, asked.last.year)
    except CodeError as error:
        raise InvalidQuery(
            error.message,
            argument="product",
            allowed=error.allowed or None,
            nearest=error.nearest,
            remedy=None if error.nearest else "Leave out `chain`, or ask for the years of one edition.",
        ) from None
    return Parts(tuple(_questions(asked, parts)), partial(_joined, code, asked, parts), parts)


def _questions(asked: FlowQuestion, parts: Sequence[Part]) -> Iterator[FlowQuestion]:
    """Each code in its own years."""
    for part in parts:
        within = [one for one in asked.periods if _holds(part, one)]
        for code in part.codes if within else ():
            yield replace(asked, product=read_product(code), first=within[0], last=within[-1])


def _holds(part: Part, period: Period) -> bool:
    return part.first_year <= period.year <= (part.last_year or period.year)


def codes_in(parts: Sequence[Part], period: Period) -> tuple[str, ...]:
    """The codes that stand for the goods in a period."""
    return next((part.codes for part in parts if _holds(part, period)), ())


def _joined(code: str, asked: FlowQuestion, parts: Sequence[Part], every: Sequence[Seen]) -> Seen:
    """What was seen of every code as if it were of one."""
    lacking: list[Why] = []
    observations = tuple(_summed(code, parts, (one for seen in every for one in seen.observations), lacking))
    return Seen(
        replace(every[0].view, question=asked),
        observations,
        tuple(_summed(code, parts, (one for seen in every for one in seen.given), [])),
        tuple(dict.fromkeys(handle for seen in every for handle in seen.results)),
        tuple(source for seen in every for source in seen.sources),
        tuple({(note.code, note.text): note for seen in every for note in seen.notes if not _of_break(note)}.values()),
        (*lacking, *{why.text: why for seen in every for why in seen.why}.values()),
        next((seen.error for seen in every if seen.error), None),
        tuple(one for seen in every for one in seen.repeated),
    )


def _of_break(note: Note) -> bool:
    return note.code is NoteCode.EDITION_BREAK  # the chain says it of all codes together


def _summed(code: str, parts: Sequence[Part], rows: Iterable[Observation], lacking: list[Why]) -> Iterator[Observation]:
    """The sum of each period; without a value where one of its codes has none."""
    held: dict[Period, dict[str, Observation]] = {}
    for one in rows:
        held.setdefault(one.period, {})[one.product[:6]] = one
    for period in sorted(held):
        wanted, by_code = codes_in(parts, period), held[period]
        without = [each for each in wanted if each not in by_code or by_code[each].value is None]
        if without and len(wanted) > 1:
            text = f"No sum in {period}, for want of {listed(without)} of {listed(wanted)}."
            lacking.append(Why(Reason.NOT_REPORTED, text))
        yield _sum(code, [by_code[each] for each in wanted if each in by_code], whole=not without)


def _sum(code: str, rows: Sequence[Observation], *, whole: bool) -> Observation:
    first = rows[0]
    if len(rows) == 1 and whole:
        return replace(first, product=code)
    alike = len({(one.currency, one.valuation) for one in rows}) == 1
    one_unit = len({one.quantity_unit for one in rows}) == 1
    if not whole or not alike:
        kept_back = len(rows) == 1 and first.value is None
        status = first.status if kept_back else Status.MISSING
        return replace(first, product=code, value=None, quantity=None, net_kg=None, fob=None, cif=None, status=status)
    return replace(
        first,
        product=code,
        value=added([one.value for one in rows]),
        quantity=added([one.quantity for one in rows]) if one_unit else None,
        quantity_unit=first.quantity_unit if one_unit else None,
        net_kg=added([one.net_kg for one in rows]),
        fob=added([one.fob for one in rows]),
        cif=added([one.cif for one in rows]),
        status=next((one.status for one in rows if one.status in _WEAKER), Status.SUMMED),
        resolution=sum(one.resolution**2 for one in rows) ** 0.5,
    )


_WEAKER = (Status.ESTIMATED, Status.PROVISIONAL)


def codes_of(found: Found) -> list[str] | None:
    """What stands for the goods in each period asked for; nothing where the series is of one code throughout."""
    return [" + ".join(codes_in(found.chain, at)) for at in found.periods] if found.chain else None


def note_on(found: Found) -> Note:
    """Which codes the series is made of in which years."""
    runs: list[tuple[tuple[str, ...], int, int]] = []
    for at in found.periods:
        codes = codes_in(found.chain, at)
        start = runs.pop()[1] if runs and runs[-1][0] == codes else at.year
        runs.append((codes, start, at.year))
    spans = [f"{first}{f' to {last}' if last > first else ''} {' + '.join(codes)}" for codes, first, last in runs]
    text = (
        f"One series of several codes: {'; '.join(spans)}. By the correlation of the editions, as our table has it, "
        "they hold the same goods, slivers aside."
    )
    return Note(code=NoteCode.EDITION_BREAK, text=f"{text} {LATE}" if len(runs) > 1 else text)

"""What `trade_series` answers with: the figures of the chosen source, why it was chosen, and what to know of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeVar

from tradestat_tools.codes.editions import hs_break
from tradestat_tools.codes.periods import PER_YEAR, Frequency, Period
from tradestat_tools.codes.units import significant
from tradestat_tools.contract.context import Context, merged, remaining
from tradestat_tools.contract.results import is_handle
from tradestat_tools.contract.view import Standing
from tradestat_tools.model.answers import Answer, Note, NoteCode, Provenance
from tradestat_tools.model.errors import NoData, TradestatError
from tradestat_tools.model.flow import TOTAL_GOODS
from tradestat_tools.model.observation import Observation, Status, Valuation
from tradestat_tools.model.reasons import Reason
from tradestat_tools.research.indicators.formulas import MISSING, Figure, Indicator, growth, index_on, share
from tradestat_tools.research.repeats import lack, notes_on
from tradestat_tools.research.series.absent import why_absent
from tradestat_tools.research.series.answer import TOOL, Absent, PassedOver, SeriesData, TradeSeriesData, Undefined
from tradestat_tools.research.series.ask import AUTO, Found, Wanted
from tradestat_tools.research.series.chain import codes_of, note_on
from tradestat_tools.research.views import flows_of
from tradestat_tools.research.words import in_runs

T = TypeVar("T")

Ratio = Callable[[Figure, Figure], Indicator]

OTHER_SOURCE = "the two figures are of different sources"
OTHER_VALUATION = "one figure is FOB, the other CIF"

CODES: dict[Frequency, Literal["A", "Q", "M"]] = {"year": "A", "quarter": "Q", "month": "M"}

PASSED_ON = frozenset(
    {
        NoteCode.REVISED,
        NoteCode.SUBSET,
        NoteCode.RESOLVED_CODE,
        NoteCode.EDITION_BREAK,
        NoteCode.FLAG,
        NoteCode.ZERO,
        NoteCode.TOTAL_MISMATCH,
        NoteCode.STALE,
        NoteCode.DISCLAIMER,
    }
)
"""Notes of the sources' answers that hold for a single series too; what is missing is said here period by period."""

UNIT_NAMES = {"USD": "US dollars", "CNY": "RMB yuan"}


@dataclass(frozen=True, slots=True)
class Passed:
    """A source that was not used, and why."""

    source: str
    error: TradestatError


@dataclass(frozen=True, slots=True)
class Chosen:
    """The source of the series, those whose periods fill its gaps, and those passed over.

    Args:
        independent: ids of those that are not official and might have newer months.
    """

    found: tuple[Found, ...]
    passed: tuple[Passed, ...]
    independent: tuple[str, ...]

    @property
    def main(self) -> Found:
        """The source of the series."""
        return self.found[0]


def source_name(context: Context, source: str) -> str:
    """A source's name for people."""
    return context.sources[source].name if source in context.sources else source


def answer_of(context: Context, wanted: Wanted, chosen: Chosen) -> Answer[TradeSeriesData]:
    """The whole answer."""
    main = chosen.main
    rows, by = _rows(chosen)
    used = [one for one in chosen.found if one in by.values() or one is main]
    data = _data(wanted, chosen, rows, by, choice=_choice(context, wanted, chosen))
    data.absent = _absent(context, main, rows) or None
    goods = data.product if data.product_name == data.product else f"{data.product_name} ({data.product})"
    when = data.periods[0] if len(data.periods) == 1 else f"{data.periods[0]} to {data.periods[-1]}"
    return Answer(
        what=f"{data.reporter_name}'s {wanted.way} {data.partner_name}: {goods}, {when}",
        data=data,
        source=_provenance(data, used),
        notes=list(_notes(context, wanted, chosen, data, used)),
        more=_more(context, wanted, chosen),
    )


def _rows(chosen: Chosen) -> tuple[dict[Period, Observation], dict[Period, Found]]:
    """The figure of each period, and which source it is of: the first that has one, FOB and CIF never mixed."""
    main = chosen.main
    rows, by = dict(main.observations), dict.fromkeys(main.observations, main)
    held = {one.valuation for one in rows.values() if one.value is not None}
    for other in chosen.found[1:]:
        for at, one in other.observations.items():
            lacking = at not in rows or rows[at].value is None
            if lacking and one.value is not None and at in main.periods and one.valuation in held:
                rows[at], by[at] = one, other
    return rows, by


def _data(
    wanted: Wanted, chosen: Chosen, rows: dict[Period, Observation], by: dict[Period, Found], *, choice: str
) -> SeriesData:
    main = chosen.main
    periods = main.periods
    shown = [rows.get(at) for at in periods]
    figures = [one for one in shown if one is not None and one.value is not None] or list(rows.values())
    any_one = figures[0]
    valuations: list[Valuation | None] = [one.valuation if one else None for one in shown]
    sources = [one.source if one and one.value is not None else None for one in shown]
    units = {one.quantity_unit for one in figures}
    kilograms = _column(shown, lambda one: one.net_kg)
    base = wanted.base or next((at for at in periods if (one := rows.get(at)) and one.value is not None), periods[0])
    measures = _measures(wanted, main, rows, base)
    by_name = {name: [_six_digits(one.value) for one in found] for name, found in measures.items()}
    undefined = [each for name, found in measures.items() for each in _undefined(name, periods, found)]
    return SeriesData(
        flow=any_one.flow,
        reporter=any_one.reporter,
        reporter_name=wanted.named(wanted.reporter),
        partner=any_one.partner,
        partner_name=wanted.named(wanted.partner),
        product=any_one.product,
        product_name=wanted.product.named(wanted.lang),
        classification=any_one.classification,
        frequency=CODES[wanted.frequency],
        currency=wanted.currency,
        valuation=any_one.valuation,
        basis=any_one.basis,
        source=main.source,
        choice=choice,
        resolution=max(one.resolution for one in figures),
        periods=[str(at) for at in periods],
        values=[one.value if one else None for one in shown],
        status=[one.status if one else Status.MISSING for one in shown],
        sources=sources if len(set(sources) - {None}) > 1 else None,
        valuations=valuations if len({one.valuation for one in figures}) > 1 else None,
        codes=codes_of(main),
        editions=_column(shown, lambda one: one.edition),
        net_kg=kilograms,
        quantity=_column(shown, lambda one: one.quantity) if len(units) == 1 else None,
        quantity_unit=any_one.quantity_unit if len(units) == 1 else None,
        rates=_rates(periods, rows, by),
        growth_year=by_name.get("growth_year"),
        growth_period=by_name.get("growth_period"),
        share=by_name.get("share"),
        share_of=_share_of(wanted),
        index=by_name.get("index"),
        base=str(base) if "index" in by_name else None,
        undefined=undefined or None,
        passed_over=[PassedOver(source=one.source, text=one.error.message) for one in chosen.passed] or None,
    )


def _six_digits(value: float | None) -> float | None:
    return None if value is None else significant(value)


def _column(rows: Sequence[Observation | None], field: Callable[[Observation], T | None]) -> list[T | None] | None:
    """A field of each row; nothing where no row has it."""
    values = [field(one) if one else None for one in rows]
    return values if any(value is not None for value in values) else None


def _rates(
    periods: Sequence[Period], rows: dict[Period, Observation], by: dict[Period, Found]
) -> list[float | None] | None:
    """What one unit of the source's currency was worth in each period, by the figures; nothing without conversion."""
    if not any(found.rates for found in by.values()):
        return None
    rates: list[float | None] = []
    for at in periods:
        one, native = rows.get(at), by[at].native.get(at) if at in by else None
        rate = one.value / native.value if one and one.value is not None and native and native.value else None
        rates.append(None if rate is None else significant(rate))
    return rates


def _measures(wanted: Wanted, main: Found, rows: dict[Period, Observation], base: Period) -> dict[str, list[Indicator]]:
    """Growth, share and index, each in the order of the periods."""
    found: dict[str, list[Indicator]] = {}

    def add(name: str, ratio: Ratio, pairs: Iterable[tuple[Observation | None, Observation | None]]) -> None:
        found[name] = [_compared(first, second, ratio) for first, second in pairs]

    if "growth" in wanted.also:
        steps = {"growth_year": PER_YEAR[wanted.frequency], "growth_period": 1}
        for name, back in steps.items():
            if name == "growth_year" or wanted.frequency != "year":
                add(name, growth, ((rows.get(at.shifted(-back)), rows.get(at)) for at in main.periods))
    if "share" in wanted.also:
        wholes = {one.period: one for one in main.whole.observations} if main.whole else {}
        add("share", share, ((main.native.get(at), wholes.get(at)) for at in main.periods))
    if "index" in wanted.also:
        add("index", index_on, ((rows.get(base), rows.get(at)) for at in main.periods))
    return found


def _compared(first: Observation | None, second: Observation | None, ratio: Ratio) -> Indicator:
    """A ratio of two figures, if they are of one source and valuation."""
    if first is None or second is None:
        return Indicator.undefined(MISSING)
    if first.value is None or second.value is None:
        return Indicator.undefined(lack(first if first.value is None else second))
    if first.source != second.source:
        return Indicator.undefined(OTHER_SOURCE)
    if first.valuation != second.valuation:
        return Indicator.undefined(OTHER_VALUATION)
    return ratio(first.value, second.value)


def _undefined(name: str, periods: Sequence[Period], found: Sequence[Indicator]) -> Iterator[Undefined]:
    """Where a measure is not defined, periods with the same reason together."""
    by_why: dict[str, list[str]] = {}
    for at, one in zip(periods, found, strict=True):
        if one.value is None:
            by_why.setdefault(one.why or "", []).append(str(at))
    for why, which in sorted(by_why.items()):
        yield Undefined(measure=name, periods=which, text=why)


def _share_of(wanted: Wanted) -> str | None:
    if wanted.whole is None:
        return None
    partner, product = wanted.whole
    who, whom = wanted.named(wanted.reporter), wanted.named(partner)
    return f"{who}'s {wanted.way} {whom}, {product.code}, same source and period"


def _absent(context: Context, main: Found, rows: dict[Period, Observation]) -> list[Absent]:
    """Why periods have no figure, those with the same reason together."""
    lacking = [at for at in main.periods if at not in rows or rows[at].value is None]
    by_why: dict[tuple[Reason | None, str], list[str]] = {}
    for at in lacking:
        by_why.setdefault(why_absent(main, at, context.today), []).append(str(at))
    return [Absent(periods=which, reason=reason, text=text) for (reason, text), which in by_why.items()]


def _choice(context: Context, wanted: Wanted, chosen: Chosen) -> str:
    """Which source was chosen, and why."""
    view, who = chosen.main.seen.view, wanted.named(wanted.reporter)
    sources = chosen.main.seen.sources
    name = sources[0].service if sources else source_name(context, chosen.main.source)
    if wanted.source == (view.handle or view.source):
        return f"{name}, as asked for"
    if view.standing is Standing.NATIONAL:
        return f"{name}, the official national source of {who}"
    if wanted.source != AUTO:
        passed = "the file" if is_handle(wanted.source) else source_name(context, wanted.source)
        return f"{name}, since {passed} {_lacks(wanted.source, chosen)}"
    every = flows_of(context.sources)
    if view.standing is Standing.INTERNATIONAL:
        national = [one.source for one in chosen.passed if every[one.source].standing is Standing.NATIONAL]
        own = [f"{source_name(context, one)} {_lacks(one, chosen)}" for one in national]
        return f"{name}, since {' and '.join(own) or f'no national source of {who} is connected'}"
    if view.standing is Standing.COMPILED:
        failed = any(not isinstance(one.error, NoData) for one in chosen.passed)
        upper = [source_name(context, one) for one, flows in every.items() if flows.standing is Standing.INTERNATIONAL]
        lacking = "gave figures" if failed else "has figures"
        return f"{name}, since neither a national source nor {' nor '.join(upper)} {lacking}"
    return f"{name}, since no official source has these months; an independent compilation"


def _lacks(source: str, chosen: Chosen) -> str:
    """Whether a source that was passed over has no figures, none that holds, or could not be asked for them."""
    for error in (one.error for one in chosen.passed if one.source == source):
        if not isinstance(error, NoData):
            return "could not be asked"
        if any(why.reason is Reason.CONFLICTING for why in error.why):
            return "contradicts itself"
    return "has nothing"


def _provenance(data: SeriesData, used: Sequence[Found]) -> Provenance:
    """One provenance of the sources used."""
    seen = [one for found in used for one in found.answered]
    every = [source for one in seen for source in one.sources]
    found = merged(
        every,
        TOOL,
        [handle for one in seen for handle in one.results],
        unit=UNIT_NAMES.get(data.currency, data.currency),
        currency=data.currency,
        valuation=None
        if data.valuation is None or data.valuations
        else f"{'exports' if data.flow == 'X' else 'imports'} {data.valuation}",
    )
    more = {
        "published_at": every[0].published_at if len(every) == 1 else None,
        "calls": sum(one.calls for one in used),
        "remaining_quota": remaining(every),
    }
    return found.model_copy(update=more)


def _notes(context: Context, wanted: Wanted, chosen: Chosen, data: SeriesData, used: Sequence[Found]) -> Iterator[Note]:
    named = {str(at): at for at in chosen.main.periods}

    def spans(periods: Iterable[str]) -> str:
        return in_runs(named[text] for text in periods)

    for text in wanted.notes:
        yield Note(code=NoteCode.RESOLVED_CODE, text=text)
    for one in data.absent or ():
        yield Note(code=NoteCode.ABSENT, text=f"{spans(one.periods)}: {one.text}", reason=one.reason)
    yield from _on_repeats(chosen.main, used)
    if data.undefined:
        parts = [f"{one.measure} {spans(one.periods)} ({one.text})" for one in data.undefined]
        yield Note(code=NoteCode.ABSENT, text=f"Not defined: {'; '.join(parts)}.")
    for passed in chosen.passed:
        yield Note(
            code=NoteCode.ABSENT, text=f"Not used: {source_name(context, passed.source)}. {passed.error.message}"
        )
    if data.sources:
        of = groupby(zip(data.sources, data.periods, strict=True), key=lambda one: one[0])
        parts = [f"{spans(at for _, at in group)} {source_name(context, source)}" for source, group in of if source]
        yield Note(code=NoteCode.FLAG, text=f"Filled from several sources: {'; '.join(parts)}.")
    if data.valuations:
        yield Note(code=NoteCode.VALUATION, text="FOB and CIF figures are mixed by the reporter; see valuations.")
    for text in dict.fromkeys(found.seen.view.valued for found in used if found.seen.view.valued):
        yield Note(code=NoteCode.VALUATION, text=text)
    if data.share_of:
        yield Note(code=NoteCode.UNIT, text=f"share: part of {data.share_of}; took one more question.")
    rates = [rate for found in used for rate in found.rates]
    if rates:
        text = (
            f"Converted from {rates[0].base} at the average of each {rates[0].period.frequency}, {rates[0].first_day} "
            f"to {rates[-1].last_day}: {rates[0].source}."
        )
        yield Note(code=NoteCode.UNIT, text=text)
    notes = list(
        dict.fromkeys(
            (note.code, note.text)
            for found in used
            for note in found.seen.notes
            if note.code is not NoteCode.SUBSET or found.seen.view.handle  # a file holds what was chosen for it
        )
    )
    if chosen.main.chain:
        yield note_on(chosen.main)
    elif data.classification == "HS" and not any(code is NoteCode.EDITION_BREAK for code, _ in notes):
        yield from _break(data, chosen.main.periods)
    yield from (Note(code=code, text=text) for code, text in notes if code in PASSED_ON)


def _on_repeats(main: Found, used: Sequence[Found]) -> Iterator[Note]:
    """What the sources state more than once, differently; what leaves a period of the series empty is said there."""
    said = {one.why.text for one in main.seen.repeated if one.refused and _among(one.period, main.periods)}
    every = {one.told(): one for found in used for seen in found.answered for one in seen.repeated}
    yield from notes_on([one for one in every.values() if not (one.refused and one.why.text in said)])


def _among(part: Period, periods: Sequence[Period]) -> bool:
    return part.around(periods[0].frequency) in periods


def _break(data: SeriesData, periods: Sequence[Period]) -> Iterator[Note]:
    if data.product == TOTAL_GOODS:
        return
    found = hs_break(data.product, periods[0].year, periods[-1].year)
    if found is not None:
        yield Note(code=NoteCode.EDITION_BREAK, text=found.text)


def _more(context: Context, wanted: Wanted, chosen: Chosen) -> str | None:
    texts: list[str] = []
    if wanted.source != AUTO:
        return None
    last, used = chosen.main.periods[-1], {one.seen.view.source for one in chosen.found}
    for name, flows in flows_of(context.sources).items():
        out = flows.newest(context.now())
        if (
            name in chosen.independent
            and name not in used
            and (chosen.main.value(last) is None or last.last_month < out)
        ):
            service = context.sources[name].policy.service
            texts.append(f"{service}, which is not official, may have months to {out}: source={name}.")
    if wanted.product.kind == "goods":
        texts += [one.by_hand for one in context.files.values() if one.by_hand and one.of == wanted.reporter.comtrade]
    return " ".join(texts) or None

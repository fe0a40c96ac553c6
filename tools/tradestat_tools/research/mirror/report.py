"""A comparison as the answer of `compare_mirror`: figures, gaps, notes, the line that says it all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tradestat_tools.codes.countries import Resolved
from tradestat_tools.codes.hs import cut
from tradestat_tools.codes.names import Lang, area_name
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import merged
from tradestat_tools.contract.view import Standing
from tradestat_tools.model.answers import Note, NoteCode, Provenance
from tradestat_tools.model.flow import ROLES, Role
from tradestat_tools.model.observation import Status
from tradestat_tools.model.reasons import Reason
from tradestat_tools.research.currency import Rate
from tradestat_tools.research.mirror.answer import Detail, MirrorCause, MirrorData, MirrorFigure, MirrorGap, MissingSide
from tradestat_tools.research.mirror.compare import Compared
from tradestat_tools.research.mirror.facts import CUSTOMS_RATE, OWN, YUAN, Cell, amount_text
from tradestat_tools.research.periods import added
from tradestat_tools.research.repeats import notes_on
from tradestat_tools.research.views import Seen

NATIONAL = (None, Standing.NATIONAL, Standing.INDEPENDENT)
"""Where national statistics are read, the most exact first: files, then these."""


def data_of(
    compared: Compared,
    seen: Sequence[Seen],
    currency: str,
    margin: float,
    factors: Mapping[Period, float],
    *,
    detail: Detail,
    lang: Lang,
) -> MirrorData:
    """The comparison in the currency asked for.

    Args:
        margin: percent of the FOB value by which CIF imports were brought to FOB.
        factors: what a dollar is worth in the currency, by period; none where that is the dollar.
        detail: how much of it the tables show.
        lang: in which names are shown.
    """

    def money(value: float | None, period: Period) -> float | None:
        return None if value is None else round(value * factors.get(period, 1.0))

    figures = [
        MirrorFigure(
            period=str(period),
            side=view,
            value=money(cell.value, period),
            valuation=cell.valuation,
            fob=money(cell.fob, period),
            fob_how=cell.fob_how,
            native=cell.native,
            native_currency=cell.native_currency,
            quantity=cell.quantity,
            quantity_unit=cell.quantity_unit,
            net_kg=cell.kg,
            status=cell.status.value,
        )
        for period in compared.periods
        for view, cells in compared.unit.cells.items()
        if (cell := cells.get(period)) is not None
    ]
    question = compared.question
    return MirrorData(
        exporter=area_name(lang, question.exporter),
        importer=area_name(lang, question.importer),
        product=f"{question.product.code} {question.product.named(lang)}",
        kind=question.product.kind,
        currency=currency,
        cif_margin=margin,
        exporter_side=compared.lead.get("exporter"),
        importer_side=compared.lead.get("importer"),
        gaps=_gaps(compared, money),
        figures=figures,
        causes_of=str(compared.focus),
        causes=[
            MirrorCause(
                kind=one.kind.value,
                amount=money(one.amount, compared.focus),
                direction=one.direction,
                text=one.text,
                evidence=dict(one.evidence),
            )
            for one in compared.causes
        ],
        missing=_missing(compared, seen),
        prefer=_preferences(compared),
        detail=detail,
    )


def _gaps(compared: Compared, money: Callable[[float | None, Period], float | None]) -> list[MirrorGap]:
    found: list[MirrorGap] = []
    both: list[tuple[_End, _End, float | None]] = []
    for period in compared.periods:
        exporter, importer = (_End.of(compared.cell(role, period), period, money) for role in ROLES)
        best = compared.estimates[period]
        found.append(_gap(str(period), exporter, importer, money(best.value, period), best.rule.value))
        if exporter.value is not None and importer.value is not None:
            both.append((exporter, importer, money(best.value, period)))
    if len(both) > 1:
        best = added([one for _, _, one in both])
        if compared.evidence.focus_only and compared.evidence.routes:
            best = None  # transit is known of one period alone, so that the best values of the others lack it
        exporter, importer = (_End.summed(ends) for ends in ([one for one, _, _ in both], [one for _, one, _ in both]))
        found.append(_gap("all", exporter, importer, best, f"{len(both)} periods"))
    return found


@dataclass(frozen=True, slots=True)
class _End:
    """What an end says, in the comparison's currency."""

    value: float | None
    fob: float | None
    kg: float | None

    @classmethod
    def of(cls, cell: Cell | None, period: Period, money: Callable[[float | None, Period], float | None]) -> "_End":
        return cls(money(cell.value, period), money(cell.fob, period), cell.kg) if cell else cls(None, None, None)

    @classmethod
    def summed(cls, ends: Sequence["_End"]) -> "_End":
        return cls(
            added([one.value for one in ends]), added([one.fob for one in ends]), added([one.kg for one in ends])
        )


def _gap(period: str, exporter: _End, importer: _End, best: float | None, rule: str) -> MirrorGap:
    gap, percent = _difference(exporter.value, importer.value)
    gap_fob, percent_fob = _difference(exporter.fob, importer.fob)
    return MirrorGap(
        period=period,
        exporter=exporter.value,
        importer=importer.value,
        gap=gap,
        gap_percent=percent,
        importer_fob=importer.fob,
        gap_fob=gap_fob,
        gap_fob_percent=percent_fob,
        exporter_kg=exporter.kg,
        importer_kg=importer.kg,
        best_fob=best,
        best_rule=rule,
    )


def _difference(exporter: float | None, importer: float | None) -> tuple[float | None, float | None]:
    """Importer less exporter, and in percent of the exporter's figure; a percentage of nothing is none."""
    if exporter is None or importer is None:
        return None, None
    gap = importer - exporter
    return gap, round(gap / exporter * 100, 2) if exporter else None


def _preferences(compared: Compared) -> list[str]:
    """Which of the views to take for what, by rules that hold for all goods."""
    views = {view: cell.view for view, cells in compared.unit.cells.items() for cell in cells.values()}
    exporter, importer = (views.get(compared.lead.get(role, "")) for role in ROLES)
    found: list[str] = []
    if compared.question.product.kind == "goods":
        if importer is not None:
            found.append(f"Where goods were made: {importer.what}; importers record by origin.")
        if exporter is not None:
            found.append(f"The FOB value: {exporter.what}; an importer's CIF needs a margin to come to it.")
    national = [view for standing in NATIONAL for view in views.values() if view.standing is standing]
    if national:
        found.append(f"Newest months and finest codes: {national[0].what}, the national source itself.")
    international = [view for view in views.values() if view.standing is Standing.INTERNATIONAL]
    if len({view.role for view in international}) == len(ROLES):
        name = international[0].what.rpartition(", ")[2]
        found.append(f"Many years or pairs at once: {name}, which has both ends in one form.")
    return found


def _missing(compared: Compared, seen: Sequence[Seen]) -> list[MissingSide]:
    """Views without a figure in any period compared, with the likeliest reason."""
    found: list[MissingSide] = []
    for one in seen:
        cells = compared.unit.cells.get(one.view.id, {})
        if any((cell := cells.get(period)) and cell.native is not None for period in compared.periods):
            continue
        if one.error is not None:
            reason, text = one.error.kind, f"{one.error.message} {one.error.remedy}"
        elif one.why:
            reason, text = one.why[0].reason.value, one.why[0].text
        else:
            reason, text = Reason.NOT_REPORTED.value, "It gave no figure."
        found.append(MissingSide(side=one.view.id, what=one.view.what, reason=reason, text=text))
    return found


def verdict(data: MirrorData, compared: Compared) -> str:
    """Who says what, in a line."""
    last = next(gap for gap in reversed(data.gaps) if gap.period in ("all", str(compared.focus)))
    when = last.period if last.period != "all" else _when(compared)
    code, _, name = data.product.partition(" ")
    goods = f"{code} {cut(name, 44)}" if name != code else code
    head = f"{data.exporter} to {data.importer}, {goods}, {when}, {data.currency}"
    if last.gap is None:
        for role, name, value in (
            ("exporter", data.exporter, last.exporter),
            ("importer", data.importer, last.importer),
        ):
            if value is not None:
                return f"{head}: only {name}'s figure ({role}), {amount_text(value)}"
        return f"{head}: no figure from either end"
    said = f"{data.exporter} reports {amount_text(last.exporter or 0)}{_valued(compared, 'exporter')}, "
    said += f"{data.importer} {amount_text(last.importer or 0)}{_valued(compared, 'importer')}"
    if last.gap_percent is None:
        return f"{head}: {said}"
    after = f", {last.gap_fob_percent:+.1f} % after FOB adjustment" if last.gap_fob_percent is not None else ""
    return f"{head}: {said}: {last.gap_percent:+.1f} %{after}"


def _when(compared: Compared) -> str:
    """The periods that the sums over all are of, and how many of those compared they are where some lack an end."""
    both = [period for period in compared.periods if all(compared.cell(role, period) for role in ROLES)]
    part = "" if len(both) == len(compared.periods) else f" ({len(both)} of {len(compared.periods)} periods)"
    return f"{both[0]} to {both[-1]}{part}"


def _valued(compared: Compared, role: Role) -> str:
    """FOB or CIF, as all of an end's figures are, with a blank before it; else nothing."""
    cells = (compared.cell(role, period) for period in compared.periods)
    found = {cell.valuation for cell in cells if cell is not None}
    only = found.pop() if len(found) == 1 else None
    return f" {only}" if only else ""


def source_of(seen: Sequence[Seen], compared: Compared, data: MirrorData) -> Provenance:
    """One provenance of the figures and of what was asked for the reasons; its addresses are those of the figures."""
    giving = [one for one in seen if any(figure.value is not None for figure in one.observations)]
    figures = [source for one in giving for source in one.sources]
    found = merged(
        [*figures, *compared.evidence.sources],
        "compare_mirror",
        [*(handle for one in giving for handle in one.results), *compared.evidence.results],
        unit=data.currency,
        currency=data.currency,
        valuation="exporter FOB, importer CIF unless said otherwise" if data.kind == "goods" else None,
    )
    return found.model_copy(update={"address": "; ".join(dict.fromkeys(one.address for one in figures))})


def notes_of(
    compared: Compared,
    seen: Sequence[Seen],
    margin: float,
    places: Sequence[Resolved],
    factors: Sequence[Rate],
) -> list[Note]:
    notes = [Note(code=NoteCode.RESOLVED_CODE, text=place.note) for place in places if place.note]
    cells = [cell for held in compared.unit.cells.values() for cell in held.values()]
    if any(cell.fob_how.startswith("CIF") for cell in cells):
        text = (
            f"CIF imports were brought to FOB by an assumed margin of {margin:g} % "
            "(6 % is that of the IMF's Direction of Trade Statistics; cif_margin changes it)"
        )
        one = compared.cell("importer", compared.focus)
        if one is not None and one.value and one.fob and one.fob_how.startswith("CIF"):
            text += (
                f": {amount_text(one.value)} / {1 + margin / 100:g} = {amount_text(one.fob)} USD in {compared.focus}"
            )
        notes.append(Note(code=NoteCode.VALUATION, text=f"{text}."))
    if any(cell.fob_how.startswith(OWN) for cell in cells):
        text = "CIF imports were brought to FOB by what the importer itself gives both ways, not by an assumed margin."
        notes.append(Note(code=NoteCode.VALUATION, text=text))
    both_fob = compared.cell("exporter", compared.focus), compared.cell("importer", compared.focus)
    own = compared.unit.margins.get(compared.focus)
    if own is not None and all(one is not None and one.valuation == "FOB" for one in both_fob):
        text = f"Both figures are FOB, so freight is no part of the difference; the importer's CIF is {own:+.2%} on it."
        notes.append(Note(code=NoteCode.VALUATION, text=text))
    valued = dict.fromkeys(one.view.valued for one in seen if one.view.valued and one.observations)
    notes += [Note(code=NoteCode.VALUATION, text=text) for text in valued]
    rates = [*compared.unit.rates, *factors]
    if rates:
        text = f"Converted at average rates from {rates[0].first_day} to {rates[-1].last_day}: {rates[0].source}."
        if any(rate.base == YUAN for rate in rates):
            text += f" {CUSTOMS_RATE}"
        notes.append(Note(code=NoteCode.UNIT, text=text))
    if compared.unit.without_rate:
        text = f"Not converted, so not compared: {compared.unit.without_rate[0]}"
        notes.append(Note(code=NoteCode.UNIT, text=text))
    young = sorted({f"{cell.view.what} {cell.period}" for cell in cells if cell.status is Status.PROVISIONAL})
    if young:
        text = f"Provisional, still to be revised: {', '.join(young[:3])}{' and more' if len(young) > 3 else ''}."
        notes.append(Note(code=NoteCode.REVISED, text=text))
    sides = {id(row): one.view.id for one in seen for cell in one.repeated for row in cell.rows}
    repeated = [*(cell for one in seen for cell in one.repeated), *compared.evidence.repeated]
    notes += notes_on(repeated, lambda row: sides.get(id(row), "what was asked for the reasons"))
    best = compared.estimates[compared.focus]
    name = "Best FOB value" if compared.question.product.kind == "goods" else "Best value"
    notes.append(Note(code=NoteCode.FLAG, text=f"{name} of {compared.focus}: {best.text}."))
    evidence = compared.evidence
    if evidence.questions:
        text = f"{evidence.calls} further free calls to UN Comtrade, less what was stored, looked for the reasons."
        if evidence.focus_only:
            text += f" They are of {compared.focus} alone: best values of other periods know nothing of transit."
        if evidence.failures:
            text += f" {len(evidence.failures)} failed ({evidence.failures[0]}); a reason may be missing here."
        notes.append(Note(code=NoteCode.COST, text=text))
    kept = (NoteCode.EDITION_BREAK, NoteCode.TOTAL_MISMATCH, NoteCode.STALE, NoteCode.STORE, NoteCode.DISCLAIMER)
    found = {
        (n.code, n.text): n
        for one in seen
        for n in one.notes
        if n.code in kept
        or (n.code is NoteCode.SUBSET and (one.view.handle or one.view.members))  # a file's choice, a sum's members
    }
    return [*notes, *found.values()]

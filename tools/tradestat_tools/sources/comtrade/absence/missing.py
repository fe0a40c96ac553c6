"""Which figures that were asked for did not come, and how a reader learns of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

from tradestat_tools.codes.periods import Period
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.absence.evidence import Cell, Evidence
from tradestat_tools.sources.comtrade.answers import SHOWN, area_text, listed
from tradestat_tools.sources.comtrade.arguments import TradeQuery
from tradestat_tools.sources.comtrade.calendar import wire_period
from tradestat_tools.sources.comtrade.codes import stands_for_many
from tradestat_tools.sources.comtrade.wire.rows import Row, fields

MOST_CELLS = 20_000
"""Cells looked at one by one; of a larger question only what has no row at all is named."""

MEMBERS_SHOWN = 30
"""Members of a group that a note names: the largest of the usual groups has fewer than forty."""

MOST_KINDS = 4
"""Notes on missing figures; the rest is counted in the last."""

MOST_TEXTS = 3
"""Codes for which a note gives the evidence."""

WORDS = {
    Reason.ZERO: "no trade",
    Reason.NOT_REPORTED: "not reported",
    Reason.SUPPRESSED: "kept confidential",
    Reason.NOT_COVERED: "not covered",
    Reason.NOT_YET_PUBLISHED: "not published yet",
    Reason.CODE_RETIRED: "not a code of the edition used then",
    Reason.FILTERED_OUT: "left out by the question",
    Reason.BELOW_RANKING: "too small to be listed",
}


def count_cells(query: TradeQuery) -> int:
    """How many figures were asked for by name."""
    return prod(map(len, _dimensions(query))) * len(query.span)


def asked_cells(query: TradeQuery) -> list[Cell]:
    """The figures that were asked for by name. A member's trade with itself is not meant by a group."""
    dimensions = _dimensions(query)
    if count_cells(query) > MOST_CELLS:
        return list(_edges(dimensions, query.span))
    own = {one.code for one in query.partners.asked if one.group}
    cells = (_cell(codes, period) for period in query.span for codes in product(*dimensions))
    return [cell for cell in cells if cell.partnerCode not in own or cell.partnerCode != cell.reporterCode]


_CODES = Cell._fields[:4]


def missing_cells(query: TradeQuery, rows: Sequence[Row]) -> list[Cell]:
    """Those of the figures asked for that have no row."""
    seen: dict[tuple[bool, ...], set[Any]] = {}
    missing: list[Cell] = []
    for cell in asked_cells(query):
        named = tuple(code is not None for code in cell[:4])
        if named not in seen:
            seen[named] = set(
                map(fields(*(name for name, given in zip(_CODES, named, strict=True) if given), "period"), rows)
            )
        codes = [code for code in cell[:4] if code is not None]
        if ((*codes, wire_period(cell.period)) if codes else wire_period(cell.period)) not in seen[named]:
            missing.append(cell)
    return missing


def _dimensions(query: TradeQuery) -> tuple[list[str | None], ...]:
    codes: list[str | None] = [code for code in query.arguments.cmdCode if not stands_for_many(code)]
    if len(codes) < len(query.arguments.cmdCode):
        codes.append(None)
    return (
        list(query.reporters.codes) or [None],
        list(query.partners.codes) or [None],
        list(query.arguments.flowCode),
        codes,
    )


def _edges(dimensions: Sequence[Sequence[str | None]], span: Sequence[Period]) -> Iterator[Cell]:
    """Of a large query, each period and each code by itself."""
    for period in span:
        yield Cell(None, None, None, None, period)
        for at, values in enumerate(dimensions):
            for value in values:
                codes: list[str | None] = [None, None, None, None]
                codes[at] = value
                if value is not None:
                    yield _cell(codes, period)


def _cell(codes: Sequence[str | None], period: Period) -> Cell:
    reporter, partner, flow, commodity = codes
    return Cell(reporter, partner, flow, commodity, period)


def absent_notes(query: TradeQuery, missing: Sequence[Cell], evidence: Evidence) -> list[Note]:
    """Notes on missing figures, those of one reason together."""
    kinds: dict[tuple[tuple[Reason, bool], ...], list[tuple[Cell, tuple[Why, ...]]]] = {}
    for cell in missing:
        whys = evidence.whys(cell)
        kinds.setdefault(tuple((why.reason, why.sure) for why in whys), []).append((cell, whys))
    ordered = sorted(kinds.values(), key=len, reverse=True)
    left = asked_cells(query)
    notes: list[Note] = []
    for kind in ordered[:MOST_KINDS]:
        cells = [cell for cell, _ in kind]
        notes.append(_note(query, described(left, cells, query), [whys for _, whys in kind], cells))
        named = set(cells)
        left = [cell for cell in left if cell not in named]
    if rest := sum(map(len, ordered[MOST_KINDS:])):
        notes.append(Note(code=NoteCode.ABSENT, text=f"{rest} more figures are missing for other reasons."))
    return notes


def _note(query: TradeQuery, items: Sequence[str], whys: Sequence[tuple[Why, ...]], cells: Sequence[Cell]) -> Note:
    first = whys[0]
    grouped = any(one.group for one in (*query.reporters.asked, *query.partners.asked))
    names = listed(items, MEMBERS_SHOWN if grouped else SHOWN)
    texts = {cell.cmdCode: one.text for cell, (one, *_) in zip(cells, whys, strict=True)}
    evidence = " ".join(list(dict.fromkeys(texts.values()))[: MOST_TEXTS if first[0].sure else 1])
    reason = first[0].reason
    if reason is Reason.NOT_YET_PUBLISHED:
        text = f"No rows yet for {names}: {'' if first[0].sure else 'probably '}not published yet. {evidence}"
        return Note(code=NoteCode.LAG, text=text, reason=reason)
    if first[0].sure:
        code = NoteCode.ZERO if reason is Reason.ZERO else NoteCode.ABSENT
        return Note(code=code, text=f"No rows for {names}: {WORDS[reason]}. {evidence}", reason=reason)
    choices = ", or ".join(dict.fromkeys(WORDS[why.reason] for why in first))
    return Note(
        code=NoteCode.ABSENT,
        text=f"No rows for {names}: {choices}; the service does not say which. {evidence}",
        reason=reason if reason in (Reason.SUPPRESSED, Reason.CODE_RETIRED) else None,
    )


def described(among: Sequence[Cell], cells: Sequence[Cell], query: TradeQuery) -> list[str]:
    """Cells in words: a whole period, reporter, partner, code or flow where all of it is missing; else the rest.

    Args:
        among: what was asked for and is not described yet, these cells with it.
        cells: the cells.
        query: what was asked; its areas and codes are named where there are several.
    """
    asked: list[Cell] = list(among)
    left: list[Cell] = list(cells)
    several = [len(values) > 1 for values in (*_dimensions(query), query.span)]
    varying = [at for at in _ORDER if several[at]]
    items: list[str] = []
    for at in sorted(varying, key=lambda one: one != _PERIOD):
        all_of, missing = Counter(cell[at] for cell in asked), Counter(cell[at] for cell in left)
        whole = [value for value, count in missing.items() if value is not None and count == all_of[value]]
        items += [_named(at, value, again=place > 0) for place, value in enumerate(whole)]
        asked = [cell for cell in asked if cell[at] not in whole]
        left = [cell for cell in left if cell[at] not in whole]
    boxes = _boxes(left)
    shown = MEMBERS_SHOWN if len(boxes) == 1 else SHOWN // 2
    items += [" ".join(_values(at, box[at], shown) for at in varying if box[at][0] is not None) for box in boxes]
    return [item for item in items if item] or [str(cell.period) for cell in cells[:1]]


_Values = tuple[str | Period | None, ...]


def _boxes(cells: Sequence[Cell]) -> list[tuple[_Values, ...]]:
    """Cells as few products of sets: two codes of one partner in three years are one box and not six cells."""
    boxes: list[tuple[_Values, ...]] = [tuple((value,) for value in cell) for cell in cells]
    for at in (_PERIOD, 1, 0, 3, 2):
        together: dict[tuple[_Values, ...], list[str | Period | None]] = {}
        for box in boxes:
            together.setdefault((*box[:at], *box[at + 1 :]), []).extend(box[at])
        boxes = [(*others[:at], tuple(values), *others[at:]) for others, values in together.items()]
    return boxes


def _values(at: int, values: _Values, shown: int) -> str:
    if at == _PERIOD:
        return f"in {listed(map(str, values), shown)}"
    return listed((_named(at, value, again=place > 0) for place, value in enumerate(values)), shown)


_HEADS = ("reporter", "partner", "flowCode", "cmdCode", "")
_PERIOD = 4
_ORDER = (0, 1, 3, 2, _PERIOD)
"""In which order a note names what is missing."""


def _named(at: int, value: str | Period | None, *, again: bool = False) -> str:
    """`partner Japan (392)`, and the next one without the head."""
    text = area_text(value) if at < 2 and isinstance(value, str) else str(value)
    return text if again else f"{_HEADS[at]} {text}".strip()

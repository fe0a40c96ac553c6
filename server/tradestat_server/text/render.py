"""Answers and errors as text for models and people. Knows no protocol.

One header line, compact tables, notes, how to get more. Foreign text can neither break a line nor reach the terminal.
"""

import math
from collections.abc import Collection, Sequence
from typing import Any

from tradestat_server.text.cells import cut_text
from tradestat_server.text.tables import Manner, tables_text
from tradestat_tools.codes.words import clean
from tradestat_tools.contract.source import Source
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.answers import Answer, Note, Provenance
from tradestat_tools.model.errors import InvalidQuery, NoData, TradestatError
from tradestat_tools.results.citation import short_line

MAX_CHARS = 25_000
"""Characters of one text block, where nothing else is set."""

MIN_CHARS = 4_000
"""A smaller bound could not hold a header and its notes."""

SANDBOX_LABEL = "SANDBOX DATA (synthetic, not statistics)"

HEADER_CHARS = 400
WHAT_CHARS = 160
"""Characters of the header that what the figures are may have in any case."""

NOTE_CHARS = 600
MORE_CHARS = 400
CITE_CHARS = 200
SHOWN_NOTES = 24
"""More than there are note codes; what is beyond is counted."""


def render_answer(answer: Answer[Any], *, sources: Collection[Source] = (), max_chars: int = MAX_CHARS) -> str:
    """The answer as text of at most `max_chars` characters; whole rows are left out and counted where it would be more.

    The header, the notes and the way to get more are always there.

    Args:
        sources: among which the answer's is looked up, to name its author.

    Raises:
        ValueError: `max_chars` is below `MIN_CHARS`.
    """
    if max_chars < MIN_CHARS:
        raise ValueError(f"max_chars is at least {MIN_CHARS}")
    tables = answer.tables()
    # Without a handle the exact figures could not be had from here, so they are shown as they are.
    manner = Manner.of(tables, answer.source.unit, answer.result) if answer.result else Manner()
    header = _header(answer, rounded=manner.rounds)
    tail = _tail(answer, sources, room=max_chars // 2)
    room = max_chars - len(header) - len(tail) - 3
    verbatim = _cut_lines(answer.data.verbatim(), room)
    body = tables_text(tables, room - len(verbatim), manner)
    return "\n".join(part for part in (header, verbatim, body, tail) if part)


def render_error(error: TradestatError) -> str:
    """The failure as a few lines that a caller can act on."""
    lines = [f"{error.kind}: {cut_text(error.message, NOTE_CHARS)}"]
    if isinstance(error, InvalidQuery):
        if error.allowed:
            lines.append(f"Allowed: {cut_text(error.allowed, NOTE_CHARS)}")
        unsaid = [near for near in error.nearest if near not in error.remedy]
        if unsaid:
            lines.append(f"Nearest: {cut_text(', '.join(unsaid), NOTE_CHARS)}")
    if isinstance(error, NoData):
        lines.extend(
            cut_text(f"{'Why' if one.sure else 'Perhaps'}: {one.reason.value}: {one.text}", NOTE_CHARS)
            for one in error.why
        )
    lines.append(f"Do: {cut_text(error.remedy, NOTE_CHARS)}")
    if error.retry_after is not None:
        lines.append(f"Retry after: {math.ceil(error.retry_after):,} s")
    return "\n".join(lines)


def _header(answer: Answer[Any], *, rounded: bool) -> str:
    """One line; where it is too long, what the figures are is cut, and then what is said about their source."""
    source = answer.source
    label = f"{SANDBOX_LABEL} · " if source.state == "sandbox" else ""
    result = f" · result {answer.result}{' (exact figures: query)' * rounded}" if answer.result else ""
    about = _said_of(source)
    room = HEADER_CHARS - len(label) - len(result)
    what = cut_text(answer.what, max(WHAT_CHARS, room - len(about)))
    return label + cut_text(f"{what} · {about}", room) + result


def _said_of(source: Provenance) -> str:
    measure = ", ".join(part for part in (source.unit, source.valuation) if part)
    published = f"published {source.published_at:%Y-%m-%d}" if source.published_at else ""
    state = "" if source.state == "sandbox" else source.state
    parts = (measure, source.service, published, f"retrieved {source.retrieved_at:%Y-%m-%d}", state)
    return " · ".join(cleaned for part in parts if (cleaned := clean(part)))


def _tail(answer: Answer[Any], sources: Collection[Source], *, room: int) -> str:
    lines: list[str] = []
    if answer.source.coverage:
        lines.append(f"Coverage: {cut_text(answer.source.coverage, MORE_CHARS)}")
    if answer.more:
        lines.append(f"More: {cut_text(answer.more, MORE_CHARS)}")
    cited = short_citation(answer, sources)
    cite = f"{'Made of' if answer.source.results else 'Cite'}: {cited}" if cited else ""
    room -= sum(len(line) + 1 for line in (*lines, cite))
    notes = _notes(answer.notes, room)
    said = [*lines[:-1], *notes, lines[-1]] if answer.more else [*lines, *notes]
    return "\n".join([*said, cite] if cite else said)


def short_citation(answer: Answer[Any], sources: Collection[Source]) -> str:
    """Whom to cite, or of what the answer is made; `cite` gives the whole, of every part."""
    if not answer.citation or answer.data.verbatim():
        return ""
    parts = answer.source.results
    if not parts:
        return cut_text(short_line(sources, answer.source), CITE_CHARS)
    how = call_text("cite", result=answer.result) if answer.result else "the tool cite"
    return f"{cut_text(', '.join(parts), CITE_CHARS)}; {how} cites each"


def _cut_lines(text: str, room: int) -> str:
    """As many whole lines as there is room for."""
    if len(text) <= room:
        return text
    end = "… cut here: ask for fewer answers at once"
    kept = text[: room - len(end) - 1].rpartition("\n")[0]
    return f"{kept}\n{end}"


def _notes(notes: Sequence[Note], room: int) -> list[str]:
    if not notes:
        return []
    shown = notes[:SHOWN_NOTES]
    share = min(NOTE_CHARS, (room - 80) // len(shown) - 4)
    lines = ["Notes:", *(f"- {cut_text(f'{note.code.value}: {note.text}', share)}" for note in shown)]
    if len(notes) > len(shown):
        lines.append(f"- {len(notes) - len(shown)} more notes")
    return lines

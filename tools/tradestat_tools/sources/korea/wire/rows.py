"""Rows and the totals beside them: whether these agree, and which of the rows that repeat each other count."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tradestat_tools.codes.units import format_number
from tradestat_tools.sources.korea.wire.cells import Amount, Figures, added, present

TOTAL = "총계"
"""What stands for the month in the row that adds up all others. It comes first or last, and with some operations not at
all (getNationtradeList); its codes are "-" (seen October 2026)."""

At = tuple[str, str, str, str]
"""Month, country, HS code and measure of a cell."""


class Row(NamedTuple):
    """One month of one country and one HS code, as far as the operation knows them ("" where it does not)."""

    year: str
    statCd: str
    hsCd: str
    figures: Figures


class Total(NamedTuple):
    """A row that adds up others: all of them (`year` is TOTAL) or those of one month."""

    year: str
    figures: Figures


class Difference(NamedTuple):
    """A figure of a total that is not the sum of its rows."""

    measure: str
    said: Amount
    found: Amount


def differences(total: Total, rows: Sequence[Row], measures: Sequence[str]) -> list[Difference]:
    """The figures of a total that are not the sums of its rows."""
    sums = present([row.figures for row in rows if total.year in (TOTAL, row.year)], len(measures))
    return [
        Difference(name, said, found)
        for name, said, found in zip(measures, total.figures, sums, strict=True)
        if said is not None and said != found
    ]


def agree(totals: Sequence[Total], rows: Sequence[Row], measures: Sequence[str]) -> bool | None:
    """Whether every total is the sum of its rows; None where none of all rows says anything of the dollars."""
    money = [measures.index(name) for name in ("expDlr", "impDlr")]
    if any(differences(total, rows, measures) for total in totals):
        return False
    telling = any(one.year == TOTAL and None not in [one.figures[at] for at in money] for one in totals)
    return True if telling else None


@dataclass(frozen=True, slots=True)
class Repeats:
    """What became of rows that repeat the month, country and code of another one.

    Args:
        dropped: those that were the same in everything and were left out.
        kept: those that were added to the other, since the total counts both.
        unsettled: figures in which they differ and of which nothing says which counts, with what came; left out.
        with_them: the sums with those that were dropped.
    """

    dropped: int = 0
    kept: int = 0
    unsettled: Mapping[At, str] = field(default_factory=dict[At, str])
    with_them: Figures = ()


def settled(rows: list[Row], totals: Sequence[Total], measures: Sequence[str]) -> tuple[list[Row], Repeats]:
    """The rows that count, each month, country and code once.

    A row is all of a month, country and code, so one that repeats another is the same once more, unless the total
    counts it. Rows that differ are added up only where the total does so.
    """
    if len({row[:3] for row in rows}) == len(rows):
        return rows, Repeats()
    times: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        times[row[:3]].append(row)
    once = list(dict.fromkeys(rows))
    if not agree(totals, once, measures) and agree(totals, rows, measures):
        return _added_up(times, len(measures)), Repeats(kept=len(rows) - len(times))
    dropped, with_them = len(rows) - len(once), present([row.figures for row in rows], len(measures))
    if len(once) == len(times):
        return once, Repeats(dropped, with_them=with_them)
    if agree(totals, once, measures):
        different = {key: list(dict.fromkeys(held)) for key, held in times.items()}
        return _added_up(different, len(measures)), Repeats(dropped, len(once) - len(times), with_them=with_them)
    unsettled = dict(_unsettled(times, measures))
    merged = {
        key: Row(
            *key, tuple(None if (*key, name) in unsettled else held[0].figures[i] for i, name in enumerate(measures))
        )
        for key, held in times.items()
    }
    return list(merged.values()), Repeats(dropped, unsettled=unsettled, with_them=with_them)


def _added_up(times: Mapping[tuple[str, str, str], list[Row]], width: int) -> list[Row]:
    return [Row(*key, added([row.figures for row in held], width)) for key, held in times.items()]


def _unsettled(times: Mapping[tuple[str, str, str], list[Row]], measures: Sequence[str]) -> Iterator[tuple[At, str]]:
    for key, held in times.items():
        for i, name in enumerate(measures):
            found = list(dict.fromkeys(row.figures[i] for row in held))
            if len(found) > 1:
                yield (*key, name), " and ".join(format_number(one) for one in found)

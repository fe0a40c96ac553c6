"""Timing side by side: machines are noisy, so everything compared is measured in turns, and medians are shown."""

import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of one call in each round."""

    rounds: Sequence[float]

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(self.rounds)

    def times(self, other: "Timed") -> float:
        """How many times as long as the other it took: the median over the rounds, whose halves were neighbours."""
        return statistics.median(ours / theirs for ours, theirs in zip(self.rounds, other.rounds, strict=True))


async def in_turns(works: Mapping[str, Work], *, rounds: int, calls: int) -> dict[str, Timed]:
    """So many calls of each piece of work, one piece after another, in each round."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        await work()  # what happens once only is not measured
    for _ in range(rounds):
        for name, work in works.items():
            began = time.perf_counter()
            for _ in range(calls):
                await work()
            took[name].append((time.perf_counter() - began) / calls)
    return {name: Timed(rounds) for name, rounds in took.items()}


def micros(seconds: float) -> str:
    """Microseconds, of which three digits mean anything."""
    value = seconds * 1e6
    return f"{value:,.0f} µs" if value >= 100 else f"{value:.1f} µs"


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table: the first column to the left, the others to the right."""
    widths = [max(len(line[i]) for line in (heads, *rows)) for i in range(len(heads))]
    say(f"\n{title}")
    for line in (heads, ["-" * width for width in widths], *rows):
        cells = [cell.rjust(width) for cell, width in zip(line, widths, strict=True)]
        say("  ".join([line[0].ljust(widths[0]), *cells[1:]]))


def say(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

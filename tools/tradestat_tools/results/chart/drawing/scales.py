"""From values to pixels: axes with round numbers, which labels fit beside each other, where names at line ends go."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tradestat_tools.results.chart.numbers import in_power

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
NOT_FROM_ZERO = 0.6
"""Where the least value is more than this part of the greatest, lines need no zero."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight or logarithmic axis.

    Args:
        low: the value at its beginning.
        begins: pixel of `low`.
        ends: pixel of `high`.
        ticks: values that are named.
    """

    low: float
    high: float
    begins: float
    ends: float
    ticks: tuple[float, ...]
    log: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value."""
        if self.log:
            part = (math.log10(value) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.begins + (self.ends - self.begins) * part


def straight(values: Iterable[float], begins: float, ends: float, *, zero: bool = True, ticks: int = 5) -> Scale:
    """An axis with round numbers at its ends, over all values.

    Args:
        zero: whether it has to hold zero; else it does unless all values are far from it.
    """
    held = list(values) or [0.0, 1.0]
    low, high = min(held), max(held)
    if zero or low < NOT_FROM_ZERO * high or low <= 0:
        low, high = min(low, 0), max(high, 0)
    if low == high:
        high = low + (abs(low) or 1)
    step = _step((high - low) / ticks)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    marks = tuple(at * step for at in range(first, last + 1))
    return Scale(marks[0], marks[-1], begins, ends, marks)


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next((step * power for step in STEPS if step * power >= rough * (1 - 1e-9)), 10 * power)


def logarithmic(values: Iterable[float], begins: float, ends: float) -> Scale:
    """An axis of powers of ten, with 2 and 5 between them where there are few; values above zero only."""
    held = [value for value in values if value > 0] or [1.0, 10.0]
    first, last = math.floor(math.log10(min(held)) + 1e-9), math.ceil(math.log10(max(held)) - 1e-9)
    last = max(last, first + 1)
    between = (1, 2, 5) if last - first <= 3 else (1,)
    marks = [part * 10.0**power for power in range(first, last + 1) for part in between]
    low = max((one for one in marks if one <= min(held)), default=marks[0])
    high = min((one for one in marks if one >= max(held) and one > low), default=marks[-1])
    return Scale(low, high, begins, ends, tuple(one for one in marks if low <= one <= high), log=True)


def tick_text(value: float, power: int) -> str:
    """A value on an axis, without needless zeros."""
    text = in_power(round(value, 10), power)
    return text.rstrip("0").rstrip(".") if "." in text else text


def thinned(labels: Sequence[str], step: float, width: Callable[[str], float]) -> list[int]:
    """The places of labels that can stand beside each other `step` pixels apart; the last one always among them."""
    if not labels:
        return []
    widest = max(width(label) for label in labels) + 10
    every = max(1, math.ceil(widest / step)) if step > 0 else len(labels)
    return sorted(range(len(labels) - 1, -1, -every))


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Heights near the wanted ones, at least `gap` from each other where there is room, in the same order."""
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at], at))
    gap = min(gap, (high - low) / max(1, len(wanted) - 1))
    placed: list[float] = []
    for at in order:
        placed.append(max(min(max(wanted[at], low), high), placed[-1] + gap if placed else low))
    for back in range(len(placed) - 1, -1, -1):
        most = high if back == len(placed) - 1 else placed[back + 1] - gap
        placed[back] = min(placed[back], most)
    found = [0.0] * len(wanted)
    for at, height in zip(order, placed, strict=True):
        found[at] = height
    return found

"""Deterministic chance: integer hashing and the tables drawn from it, the same in every process and on every run."""

from functools import lru_cache

_MASK = 0xFFFFFFFF
SHARE_BITS = 20
SHARE_ONE = 1 << SHARE_BITS

Shares = tuple[int, ...]  # cumulated shares, first 0, last SHARE_ONE


def mix(*numbers: int) -> int:
    """A well-spread 32-bit number that depends on every argument and on nothing else."""
    h = 0x9E3779B9
    for number in numbers:
        h = ((h ^ number) * 0x85EBCA6B) & _MASK
        h ^= h >> 13
        h = (h * 0xC2B2AE35) & _MASK
        h ^= h >> 16
    return h


def between(low: float, high: float, *numbers: int) -> float:
    """A number in [low, high) that depends on `numbers` alone."""
    return low + (high - low) * mix(*numbers) / (_MASK + 1)


def whole_between(low: int, high: int, *numbers: int) -> int:
    """A whole number in [low, high] that depends on `numbers` alone."""
    return low + mix(*numbers) % (high - low + 1)


def cumulate(weights: list[float]) -> Shares:
    """Cumulated fixed-point shares of some weights: whole amounts cut by them add up to the whole again."""
    whole = sum(weights)
    running = 0.0
    shares = [0]
    for weight in weights:
        running += weight
        shares.append(round(running / whole * SHARE_ONE))
    shares[-1] = SHARE_ONE
    return tuple(shares)


def cut(amount: int, shares: Shares, first: int, last: int) -> int:
    """The part of `amount` in slots `first` to `last` (counted from 1): slots always add up to the amount."""
    return (amount * shares[last] >> SHARE_BITS) - (amount * shares[first - 1] >> SHARE_BITS)


PATTERNS = 32  # month patterns a season
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@lru_cache(maxsize=1)
def month_patterns() -> list[list[Shares]]:
    """`[peak month 0-12][pattern]` to cumulated month shares; peak 13 holds sporadic flows with empty months."""
    table: list[list[Shares]] = []
    for peak in range(13):
        row: list[Shares] = []
        for pattern in range(PATTERNS):
            weights: list[float] = []
            for month in range(1, 13):
                weight = _DAYS[month - 1] / 30 * between(0.9, 1.1, 1, peak, pattern, month)
                if peak:
                    distance = min((month - peak) % 12, (peak - month) % 12)
                    weight *= 1.35 - 0.13 * distance
                weights.append(weight)
            row.append(cumulate(weights))
        table.append(row)
    sporadic: list[Shares] = []
    for pattern in range(PATTERNS):
        weights = [
            0.0 if mix(2, pattern, month) % 5 < 3 else between(0.4, 1.6, 3, pattern, month) for month in range(12)
        ]
        weights[pattern % 12] = 1.0  # never all empty
        sporadic.append(cumulate(weights))
    table.append(sporadic)
    return table

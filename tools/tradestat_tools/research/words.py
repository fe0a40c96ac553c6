"""How research says figures and lists: periods in runs, the first of many, fractions in percent."""

from collections.abc import Iterable, Sequence

from tradestat_tools.codes.periods import Period


def in_runs(periods: Iterable[Period]) -> str:
    """Periods for people, runs of them as `2020 to 2022`."""
    runs: list[list[Period]] = []
    for at in periods:
        if runs and runs[-1][-1].shifted(1) == at:
            runs[-1].append(at)
        else:
            runs.append([at])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def first_of(texts: Sequence[str], most: int, between: str = ", ") -> str:
    """The first of them, and how many more there are."""
    return between.join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def percent(fraction: float | None, digits: int = 2) -> float | None:
    """A fraction in percent."""
    return None if fraction is None else round(100 * fraction, digits)

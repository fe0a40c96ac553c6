"""The right answers, worked out from the sandbox's world by code that shares nothing with the tools.

`TRUTHS` has a function for each kind of figure. A question names one, with its arguments; see `evals.question`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from evals.truth import absences, facts, figures, files, indicators, mirror
from tradestat_sandbox.world import World

Truth = float | str | list[str]
"""A number in the question's unit, a word of its choices, or names in order."""

TRUTHS: Mapping[str, Callable[..., Truth]] = {
    **figures.TRUTHS,
    **indicators.TRUTHS,
    **mirror.TRUTHS,
    **absences.TRUTHS,
    **files.TRUTHS,
    **facts.TRUTHS,
}


def truth_of(world: World, spec: Mapping[str, Any]) -> Truth:
    """What a question's `truth` table stands for in a world.

    Raises:
        KeyError: no truth of that name.
        TypeError: arguments that it does not take.
    """
    arguments = dict(spec)
    return TRUTHS[arguments.pop("of")](world, **arguments)

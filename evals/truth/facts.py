"""What is true of the statistics and not of the synthetic world: a question's `truth` says it itself.

Codes are the exception: which subheadings took the goods of an older one is read off the world's editions.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tradestat_sandbox.economies import find_economy
from tradestat_sandbox.products import HS2017_OF
from tradestat_sandbox.world import World


def fact(_: World, *, answer: str | float | list[str]) -> str | float | list[str]:
    """As it is written."""
    return answer


def successors(_: World, *, code: str) -> list[str]:
    """The subheadings of HS 2022 that took the goods of one of HS 2017."""
    return sorted(new for new, old in HS2017_OF.items() if old == code)


def predecessor(_: World, *, code: str) -> str:
    """The subheading of HS 2017 under which the goods of one of HS 2022 stood."""
    return HS2017_OF[code]


def area_code(_: World, *, area: str, in_codes_of: str) -> str:
    """A country's code at China Customs (`customs`) or Trade Map (`code`)."""
    found = find_economy(area)
    assert found is not None  # noqa: S101 - the World has no code of its own in either
    return {"customs": found.customs, "code": found.code}[in_codes_of]


TRUTHS: Mapping[str, Callable[..., Any]] = {
    "fact": fact,
    "successors": successors,
    "predecessor": predecessor,
    "area_code": area_code,
}

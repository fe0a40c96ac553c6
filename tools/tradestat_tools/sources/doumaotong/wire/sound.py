"""Amounts held against what stands beside them: a unit that changed would make every figure wrong and look right."""

from collections.abc import Iterable

from tradestat_tools.sources.doumaotong.wire.envelope import changed
from tradestat_tools.sources.doumaotong.wire.fields import Num

FACTOR = 5
"""How many times too large or small most amounts have to be for it to be the unit: the units are 100 times apart."""

LEAST = 1
"""Percent; smaller shares are too coarsely rounded to tell."""


def in_one_unit(where: str, pairs: Iterable[tuple[Num | None, Num | None]]) -> None:
    """Refuse amounts of which most are many times what they are by the figures beside them.

    Args:
        where: their place in the answer.
        pairs: each amount, and the same by other figures.

    Raises:
        UpstreamChanged: one of the two is in another unit than is documented.
    """
    ratios = sorted(one / other for one, other in pairs if one and other)
    if not ratios:
        return
    middle = ratios[len(ratios) // 2]
    if not 1 / FACTOR <= middle <= FACTOR:
        raise changed(where, "amounts in the documented units", f"amounts {middle:.3g} times what others make them")


def by_share(parts: Iterable[tuple[Num | None, Num | None]], whole: Num | None) -> list[tuple[Num | None, Num | None]]:
    """Each amount, and what its share of the whole makes it.

    Args:
        parts: amounts and percentages.
    """
    return [(amount, share * whole / 100) for amount, share in parts if whole and share and share >= LEAST]

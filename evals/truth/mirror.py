"""Both ends of a flow: how far apart they are, and what really moved them apart."""

from collections.abc import Callable, Mapping
from typing import Any

from evals.truth.records import recorded
from tradestat_sandbox.world import World


def _ends(world: World, exporter: str, importer: str, product: str, period: str) -> tuple[int, int]:
    return (
        recorded(world, exporter, "X", product, partner=importer, period=period).usd,
        recorded(world, importer, "M", product, partner=exporter, period=period).usd,
    )


def gap(world: World, *, exporter: str, importer: str, product: str, period: str) -> float:
    """What the importer recorded less what the exporter did, US dollars."""
    sent, arrived = _ends(world, exporter, importer, product, period)
    return arrived - sent


def gap_percent(world: World, *, exporter: str, importer: str, product: str, period: str) -> float:
    """The same in percent of the exporter's figure."""
    sent, arrived = _ends(world, exporter, importer, product, period)
    return (arrived / sent - 1) * 100


def larger_end(world: World, *, exporter: str, importer: str, product: str, period: str) -> str:
    """Which end recorded more."""
    sent, arrived = _ends(world, exporter, importer, product, period)
    return "importer" if arrived > sent else "exporter"


def main_reason(world: World, *, exporter: str, importer: str, product: str, period: str) -> str:
    """What moved the two ends farthest apart: the largest of the effects that the world applied."""
    moved: dict[str, int] = {}
    for effect in world.truth(exporter, importer, product, period).effects:
        sign = 1 if effect.side == "importer" else -1
        moved[effect.kind] = moved.get(effect.kind, 0) + sign * effect.amount_usd
    return max(moved, key=lambda kind: abs(moved[kind]))


TRUTHS: Mapping[str, Callable[..., Any]] = {
    "gap": gap,
    "gap_percent": gap_percent,
    "larger_end": larger_end,
    "main_reason": main_reason,
}

"""How near `compare_mirror` comes to the truth of the sandbox world, and whether it names the reasons that apply there.

    python scripts/mirror_quality.py [--cells 200] [--months 0.3] [--level 6] [--seed 1] [--misses]

Draws cells (exporter, importer, product, period) from all pairs of the world, asks the tool's own comparison through
the stand-in services, and compares with `World.truth`. Without --cells every pair is taken once.
"""

import argparse
import hashlib
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

import anyio

from tradestat_sandbox import DEFAULT_TODAY
from tradestat_sandbox.economies import BY_ISO2, ECONOMIES
from tradestat_sandbox.products import HASHED, HS2017_OF, PRODUCTS
from tradestat_sandbox.world import Truth, World, world_on
from tradestat_server.mcp.context import open_context
from tradestat_tools.catalogue import catalogue
from tradestat_tools.codes.countries import area
from tradestat_tools.codes.periods import period
from tradestat_tools.contract.context import Context
from tradestat_tools.model.flow import FlowQuestion, read_product
from tradestat_tools.research.mirror.compare import Compared, compare
from tradestat_tools.research.mirror.tool import CIF_MARGIN
from tradestat_tools.research.views import ask_all, views_of

NOISE = 0.012
"""The world's: how far an importer's valuation is off at most."""
EDITION_SINCE = 2022
"""The year from which the stand-in of UN Comtrade has the codes of HS 2022."""
DOMINATES = 0.6
"""Share of all effects on the gap from which one dominates."""

NAMES = {
    "cif_fob": "cif_fob",
    "lag": "lag",
    "consignment": "consignment",
    "reexport": "reexport",
    "confidential": "confidentiality",
    "not_reported": "not_reported",
    "revision": "revision",
    "exchange_rate": "currency",
}
"""The world's effects and the tool's reasons. Noise is nobody's reason."""

YEARS = range(2019, 2027)
"""Of the last, which is not over, months to NEWEST: later ones no service has from both ends."""
NEWEST = 8
FREE = ("comtrade", "korea", "census", "doumaotong")


@dataclass(frozen=True, slots=True)
class Cell:
    """One flow in one period."""

    exporter: str
    importer: str
    product: str
    period: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tool made of a cell, and what it should have.

    Args:
        error: of the best estimate, as a share of the true FOB value; None where there is no estimate.
        rule: of the estimate.
        dominant: the world's dominant effect on the gap, as the tool calls it; "" where none dominates.
        named: the reason that the tool puts first.
        blamed: reasons that the tool gives and the world did not apply.
        shown: whether the services show both ends, or that one has not reported; an economy that reports years only
            has months in the world's own record and in no service.
    """

    cell: Cell
    truth: Truth
    error: float | None
    rule: str
    dominant: str
    named: str
    blamed: tuple[str, ...]
    shown: bool


def pairs() -> list[tuple[str, str]]:
    """All ordered pairs of economies."""
    return [(one.iso2, other.iso2) for one in ECONOMIES for other in ECONOMIES if one is not other]


def drawn(world: World, *, seed: int, count: int | None, monthly: float, level: int) -> Iterator[Cell]:
    """Cells with a true flow or a report of one, one a pair, in an order that the seed gives.

    Of the goods by which chance counts: so a seed's cells stay the same when the world takes up more goods.
    """
    ordered = sorted(pairs(), key=lambda pair: _number(seed, *pair))
    for exporter, importer in ordered[:count]:
        for attempt in range(20):
            number = _number(seed, exporter, importer, str(attempt))
            product = PRODUCTS[number % HASHED].code[:level] or "TOTAL"
            year = YEARS[number // 1000 % len(YEARS)]
            young = year == YEARS[-1]
            month = f"-{number // 10_000 % (NEWEST if young else 12) + 1:02d}"
            if not young and number // 200_000 % 1000 >= monthly * 1000:
                month = ""
            cell = Cell(exporter, importer, product, f"{year}{month}")
            truth = truth_of(world, cell)
            if truth.fob_usd or truth.exporter_reported or truth.importer_reported:
                yield cell
                break


def _number(seed: int, *words: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{'/'.join(words)}".encode()).digest()[:6])


def truth_of(world: World, cell: Cell) -> Truth:
    """What really flowed."""
    return world.truth(cell.exporter, cell.importer, cell.product, cell.period)


async def compared(context: Context, cell: Cell) -> Compared | None:
    """What the tool makes of a cell from the free sources; None where no end has a figure."""
    when = period(cell.period)
    question = FlowQuestion(area(cell.exporter), area(cell.importer), read_product(cell.product), when, when)
    seen = await ask_all(await views_of(question, context, sources=FREE), context)
    if not any(one.value is not None for each in seen for one in each.observations):
        return None
    return await compare(context, question, seen, margin=CIF_MARGIN)


def judged(cell: Cell, truth: Truth, found: Compared | None) -> Outcome:
    """The outcome of a cell."""
    best = None if found is None else found.estimates[found.focus]
    error = None
    if best is not None and best.value is not None:
        error = (
            (best.value - truth.fob_usd) / truth.fob_usd
            if truth.fob_usd
            else (0.0 if best.value == 0 else float("inf"))
        )
    causes = [] if found is None else [one for one in found.causes if one.kind != "unexplained"]
    applied = {NAMES[effect.kind] for effect in truth.effects if effect.kind in NAMES}
    if None in (truth.exporter_reported, truth.importer_reported):  # without a flow it has no amount, so no effect
        applied.add("not_reported")
    if cell.product in HS2017_OF and int(cell.period[:4]) < EDITION_SINCE:  # the stand-ins file it under another code
        applied.add("edition")
    named = next((one.kind.value for one in causes if one.amount is not None), "")
    importer = None if found is None else found.cell("importer", found.focus)
    without = {"cif_fob"} if importer is not None and importer.valuation == "FOB" else set[str]()
    return Outcome(
        cell,
        truth,
        error,
        "" if best is None else best.rule.value,
        dominant(truth, without),
        named,
        tuple(one.kind.value for one in causes if one.kind.value not in applied),
        shown=all(_shown(cell.period, iso2, value) for iso2, value in _ends(cell, truth)),
    )


def _ends(cell: Cell, truth: Truth) -> tuple[tuple[str, int | None], ...]:
    return (cell.exporter, truth.exporter_reported), (cell.importer, truth.importer_reported)


def _shown(when: str, iso2: str, reported: int | None) -> bool:
    """Whether a service has what an economy recorded; nothing recorded is nothing to show."""
    if reported is None or "-" not in when:
        return True
    last = world_on(DEFAULT_TODAY).monthly_last(BY_ISO2[iso2])
    return last is not None and (int(when[:4]), int(when[5:])) <= last


def dominant(truth: Truth, without: Collection[str] = ()) -> str:
    """The effect that makes most of the importer's figure less the exporter's, if it makes DOMINATES of all of them.

    Args:
        without: effects that the figures compared do not have: no freight where the importer's is FOB itself.
    """
    net: Counter[str] = Counter()
    for effect in truth.effects:
        if effect.kind in without:
            continue
        net[effect.kind] += effect.amount_usd if effect.side == "importer" else -effect.amount_usd
    sizes = {kind: abs(amount) for kind, amount in net.items() if amount}
    if not sizes:
        return ""
    largest = max(sizes, key=lambda kind: sizes[kind])
    return NAMES.get(largest, "") if sizes[largest] >= DOMINATES * sum(sizes.values()) else ""


def table(outcomes: Sequence[Outcome]) -> str:
    """The results in lines."""
    lines = [f"cells {len(outcomes)}"]
    by_rule: dict[str, list[Outcome]] = {}
    for one in outcomes:
        by_rule.setdefault(one.rule or "no figure", []).append(one)
    lines.append(f"{'rule':32}{'cells':>7}{'within 1.2 %':>14}{'median':>9}{'90 %':>9}{'worst':>9}")
    estimated = [one for one in outcomes if one.error is not None]
    months = {frequency: [o for o in estimated if ("-" in o.cell.period) == frequency] for frequency in (False, True)}
    parts = [*sorted(by_rule.items()), ("years", months[False]), ("months", months[True]), ("all", estimated)]
    for rule, of_rule in parts:
        errors = sorted(abs(one.error) for one in of_rule if one.error is not None)
        if errors:
            within = sum(error <= NOISE for error in errors) / len(errors)
            lines.append(
                f"{rule:32}{len(of_rule):>7}{within:>14.1%}{median(errors):>9.2%}"
                f"{errors[int(len(errors) * 0.9)]:>9.2%}{errors[-1]:>9.2%}"
            )
        else:
            lines.append(f"{rule:32}{len(of_rule):>7}")
    decided = [one for one in outcomes if one.dominant and one.rule and one.shown]
    right = Counter(one.dominant for one in decided if one.dominant == one.named)
    lines.append(f"cells of which an end has no month in any service: {sum(not one.shown for one in outcomes)}")
    lines.append(f"{'dominant effect':32}{'cells':>7}{'named':>14}")
    for kind, cells in sorted(Counter(one.dominant for one in decided).items()):
        lines.append(f"{kind:32}{cells:>7}{right[kind] / cells:>14.1%}")
    if decided:
        lines.append(f"{'all':32}{len(decided):>7}{right.total() / len(decided):>14.1%}")
    lines.append(f"reasons blamed that the world did not apply: {sum(len(one.blamed) for one in outcomes)}")
    return "\n".join(lines)


def misses(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """What went wrong, cell by cell."""
    for one in outcomes:
        wrong = one.shown and one.dominant and one.rule and one.dominant != one.named
        if wrong or one.blamed or (one.error is not None and abs(one.error) > NOISE):
            error = "" if one.error is None else f"{one.error:+.2%}"
            effects = ", ".join(f"{e.side[:3]} {e.kind} {e.amount_usd:,}" for e in one.truth.effects)
            cell = one.cell
            yield (
                f"{cell.exporter}-{cell.importer} {cell.product} {cell.period} {one.rule} {error} "
                f"dominant={one.dominant} named={one.named} blamed={','.join(one.blamed)} fob={one.truth.fob_usd:,} "
                f"exp={one.truth.exporter_reported} imp={one.truth.importer_reported} | {effects}"
            )


async def outcomes_of(cells: Sequence[Cell]) -> list[Outcome]:
    """The outcomes of cells, through the stand-in services."""
    world = world_on(DEFAULT_TODAY)
    async with open_context(catalogue().settings(TRADESTAT_SANDBOX=True)) as context:
        return [judged(cell, truth_of(world, cell), await compared(context, cell)) for cell in cells]


def main() -> None:
    """Print the table, and with --misses every cell that is off."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=None)
    parser.add_argument("--months", type=float, default=0.3)
    parser.add_argument("--level", type=int, choices=(0, 2, 4, 6), default=6, help="digits of the codes; 0 is TOTAL")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", action="store_true")
    asked = parser.parse_args()
    world = world_on(DEFAULT_TODAY)
    cells = list(drawn(world, seed=asked.seed, count=asked.cells, monthly=asked.months, level=asked.level))
    outcomes = anyio.run(partial(outcomes_of, cells))
    if asked.misses:
        sys.stdout.write("\n".join(misses(outcomes)) + "\n")
    sys.stdout.write(table(outcomes) + "\n")


if __name__ == "__main__":
    main()

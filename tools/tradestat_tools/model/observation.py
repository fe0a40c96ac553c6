"""The common row: one figure as one source gives it, in terms that the figures of all sources share."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from tradestat_tools.codes.periods import Period

FlowCode = Literal["X", "M", "RX", "RM"]
"""Exports, imports, re-exports, re-imports. Exports contain re-exports where a reporter does not part them."""

Valuation = Literal["FOB", "CIF"]

PartnerBasis = Literal["origin", "consignment", "destination"]
"""What a partner is: where goods were made, where they were sent from, or the last known destination."""


class Status(StrEnum):
    """What kind of figure it is."""

    REPORTED = "reported"
    """As the reporter gave it."""
    ESTIMATED = "estimated"
    """Worked out by the source, at least in part."""
    PROVISIONAL = "provisional"
    """Still being revised."""
    SUMMED = "summed"
    """Summed from narrower figures, by the source or here: subheadings into a heading, months into a year."""
    MISSING = "missing"
    """The source has no figure; the value is None."""
    SUPPRESSED = "suppressed"
    """Kept back by the reporter; the value is None."""
    CONFLICTING = "conflicting"
    """The source states it more than once, differently, and nothing tells which is right; the value is None."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One flow of one product between two areas in one period, as one source has it.

    Args:
        flow: seen from the reporter.
        reporter: UN Comtrade's code of the area, without leading zeros ("156").
        partner: the same; "0" is the World.
        product: the code in its classification; "TOTAL" for all goods, "S" for all services.
        classification: "HS", "SITC", "BEC" or "EBOPS"; national codes of 8 or 10 digits are "HS" too.
        edition: such as "HS 2022", where the source says which one the reporter used.
        period: a year, quarter or month.
        value: in whole units of `currency` (dollars, not thousands of them); None is no figure, never zero.
        currency: ISO 4217.
        valuation: None where the source does not say.
        resolution: the smallest step of the source's figures in units of `currency`: 1000 for thousands of dollars.
        quantity: in `quantity_unit`; None where there is none.
        net_kg: net weight in kilograms.
        fob: the same flow FOB, where a reporter gives its imports both ways and `value` is CIF.
        cif: the same flow CIF, where it does and `value` is FOB.
        status: what kind of figure it is.
        source: id of the source ("comtrade").
        tool: the tool that gave it.
        basis: what the partner is, where that is known.
        flag: the source's own mark on the figure.
    """

    flow: FlowCode
    reporter: str
    partner: str
    product: str
    classification: str
    period: Period
    value: float | None
    currency: str
    valuation: Valuation | None
    status: Status
    source: str
    tool: str
    edition: str | None = None
    resolution: float = 1.0
    quantity: float | None = None
    quantity_unit: str | None = None
    net_kg: float | None = None
    fob: float | None = None
    cif: float | None = None
    basis: PartnerBasis | None = None
    flag: str | None = None

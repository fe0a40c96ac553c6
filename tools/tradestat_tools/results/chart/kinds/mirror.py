"""Both reports of a flow side by side, as `compare_mirror` has them."""

from collections.abc import Mapping
from typing import Any

from tradestat_tools.model.observation import Status
from tradestat_tools.results.chart.figure import Axis, Mark, Role, Series
from tradestat_tools.results.chart.kinds.plan import Plan, marks_of
from tradestat_tools.results.chart.points import currency_name

TOOL = "compare_mirror"
ALL = "all"
"""How the comparison calls its periods together."""


def mirror(data: Mapping[str, Any]) -> Plan:
    """The chart of a comparison.

    Args:
        data: of the answer of `compare_mirror`, in plain form, without what is absent.
    """
    gaps = [one for one in data["gaps"] if one["period"] != ALL]
    cells = {(one["period"], one["side"]): one for one in data["figures"]}

    def of_side(which: str) -> list[Mapping[str, Any]]:
        return [cells.get((one["period"], data.get(which) or ""), {}) for one in gaps]

    def reported(which: Role, name: str) -> Series:
        side = of_side(f"{which}_side")
        valuations = sorted({one["valuation"] for one in side if one.get("valuation")})
        return Series(
            name=f"{name} reports",
            role=which,
            values=[one.get(which) for one in gaps],
            marks=_marks(side),
            valuation=" and ".join(valuations) or None,
        )

    exporter, importer = reported("exporter", data["exporter"]), reported("importer", data["importer"])
    margin: list[int | float | None] = [
        None if value is None or cell.get("fob") is None else value - cell["fob"]
        for value, cell in zip(importer.values, of_side("importer_side"), strict=True)
    ]
    series = [
        exporter,
        importer,
        Series(name="of it freight and insurance", role="margin", values=margin if any(margin) else []),
        Series(name="best estimate", role="best", values=[one.get("best_fob") for one in gaps], valuation="FOB"),
        Series(name="importer more, both FOB", role="unexplained", values=[one.get("gap_fob") for one in gaps]),
    ]
    return Plan(
        kind="mirror",
        axis=Axis(kind="periods", name="period", labels=[one["period"] for one in gaps]),
        series=[one for one in series if any(value is not None for value in one.values)],
        unit=currency_name(data["currency"]),
        shown=[],
    )


def _marks(side: list[Mapping[str, Any]]) -> dict[Mark, list[int]] | None:
    return marks_of([Status(one["status"]) if "status" in one else None for one in side])

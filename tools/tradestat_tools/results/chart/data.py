"""The answer of `chart`: a figure, in words, as a table, and as a picture where one is asked for."""

from collections.abc import Sequence
from typing import Any, Self

from pydantic import PrivateAttr

from tradestat_tools.model.answers import Cell, Data, Picture, Table
from tradestat_tools.results.chart.figure import Figure
from tradestat_tools.results.chart.numbers import is_pure


class ChartData(Data):
    """One figure."""

    figure: Figure
    _pictures: Sequence[Picture] = PrivateAttr(default=())

    def with_pictures(self, *pictures: Picture) -> Self:
        """The same with pictures beside the text; they are not kept."""
        self._pictures = pictures
        return self

    def pictures(self) -> list[Picture]:
        return list(self._pictures)

    def beside(self) -> dict[str, Any]:
        return {"figure": self.figure.lean()}

    def tables(self) -> list[Table]:
        said: list[tuple[Cell, ...]] = [(line,) for line in self.figure.finding]
        return [Table(("what it shows",), said), self._values()]

    def _values(self) -> Table:
        figure = self.figure
        heads: list[str] = [figure.axis.name]
        for one in figure.series:
            heads.append(one.name if one.name not in heads else f"{one.name} ({one.role})")
        rows: list[tuple[Cell, ...]] = [
            (label, *(one.values[at] for one in figure.series)) for at, label in enumerate(figure.axis.labels)
        ]
        named = list(zip(heads[1:], (one.unit or figure.unit for one in figure.series), strict=True))
        measures = frozenset(head for head, unit in named if unit == figure.unit and not is_pure(unit))
        units = {head: unit for head, unit in named if head not in measures}
        return Table(tuple(heads), rows, "Values drawn", measures, units=units, listing=True)

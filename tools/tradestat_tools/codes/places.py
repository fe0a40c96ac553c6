"""Where areas lie, roughly: one tile for each on a map of equal tiles, which has no borders.

Every area has a place of its own, so that Singapore is as easy to see as Canada. Where many small areas lie close
together, some are moved aside; the tile says whereabouts an area is, and nothing about its size or shape.
"""

from bisect import bisect_right
from functools import cache

from tradestat_tools.codes.words import table_rows

COLUMNS, ROWS = 32, 22

_ACROSS = ((-180, 0), (-140, 1), (-125, 2), (-90, 5.5), (-58, 10), (-30, 11.5), (-10, 13), (22, 19), (45, 22.5),
           (60, 24), (100, 27), (125, 29), (150, 30), (180, 31.4))  # fmt: skip
_DOWN = ((80, 0), (66, 1.4), (58, 3), (47, 6.6), (35, 10), (22, 12), (10, 14.2), (0, 16), (-20, 18.6), (-40, 20.4),
         (-56, 21.4))  # fmt: skip
"""Degrees and tiles at some places, between which tiles are as wide as the other: oceans are narrow, Europe is wide."""


@cache
def tiles() -> dict[str, tuple[int, int]]:
    """Column from the west and row from the north of every area that has a place, by ISO alpha-3."""
    found: dict[str, tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    for row in table_rows("area_places.csv"):
        across, down = _along(_ACROSS, float(row["longitude"])), _along(_DOWN, float(row["latitude"]))
        free = (
            ((column - across) ** 2 + (line - down) ** 2, column, line)
            for column in range(COLUMNS)
            for line in range(ROWS)
            if (column, line) not in taken
        )
        _, column, line = min(free)
        found[row["iso3"]] = (column, line)
        taken.add((column, line))
    return found


def _along(points: tuple[tuple[float, float], ...], degrees: float) -> float:
    """The tile of a degree, in a straight line between the points beside it."""
    rising = points if points[0][0] < points[-1][0] else points[::-1]
    at = min(max(bisect_right([one for one, _ in rising], degrees), 1), len(rising) - 1)
    (before, first), (after, last) = rising[at - 1], rising[at]
    return first + (last - first) * (degrees - before) / (after - before)

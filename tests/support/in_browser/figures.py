"""Figures of every kind as the tool `chart` could answer them, at random, with gaps, zeros, marks and long names."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tradestat_tools.results.chart.figure import Axis, Figure, Kind, Mark, Role, Series

KINDS: tuple[Kind, ...] = (
    *("lines", "bars", "shares", "treemap", "mirror"),
    *("balance", "seasonality", "bubble", "map"),
)
NAMES = (
    *("China", "United States", "대한민국", "中国台湾省", "Viet Nam", "Germany", "Hong Kong SAR", "Areas, nes", "日本"),
    *("Bosnia and Herzegovina", "Côte d'Ivoire", "=SUM(A1)", "<b>Mexico</b>", 'India "Bharat"'),
)
CODES = ("CHN", "USA", "KOR", "TWN", "VNM", "DEU", "HKG", "", "JPN", "BIH", "CIV", "AUS", "MEX", "IND")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def answered(figure: Figure) -> dict[str, Any]:
    """A result of the tool that holds a figure."""
    return {
        "content": [{"type": "text", "text": f"{figure.title} · result raaaaaaaaaa"}],
        "structuredContent": {"what": figure.title, "result": "raaaaaaaaaa", "source": {}, "figure": figure.lean()},
    }


def many(seed: int, count: int) -> list[Figure]:
    """So many figures, of every kind in turn."""
    random = Random(seed)
    return [figure_of(KINDS[at % len(KINDS)], random) for at in range(count)]


def figure_of(kind: Kind, random: Random) -> Figure:
    """A figure of a kind."""
    axis, series, more = _PARTS[kind](random)
    percent = kind == "shares" and random.random() < 0.2
    return Figure(
        kind=kind,
        title=f"South Korea's exports of lithium-ion batteries (850760) · {kind}",
        finding=["Largest in 2024: China 30.11 billion US dollars.", "Largest step: 2020 to 2021, +92.7 %."],
        unit="percent" if percent else "US dollars",
        power=0 if percent else random.choice((0, 1, 2, 3)),
        valuation="exports FOB",
        axis=axis,
        series=series,
        source="Korea Customs Service (data.go.kr), retrieved 2026-11-29",
        sandbox=random.random() < 0.5,
        notes=["12 partners of 143 are drawn."],
        results=["rmwjqykdfol"],
        arguments={"result": ["rmwjqykdfol"], "kind": kind},
        **more,
    )


def _value(random: Random, *, negative: bool = False) -> int | float | None:
    drawn = random.random()
    if drawn < 0.12:
        return None
    if drawn < 0.2:
        return 0
    value = random.choice((1, 1e3, 1e6, 1e9, 3e10)) * random.random() ** 2
    whole = round(value, 2) if random.random() < 0.3 else round(value)
    return -whole if negative and random.random() < 0.3 else whole


def _values(random: Random, count: int, **how: bool) -> list[int | float | None]:
    return [_value(random, **how) for _ in range(count)]


def _marked(random: Random, values: list[int | float | None]) -> dict[Mark, list[int]] | None:
    there = [at for at, value in enumerate(values) if value is not None]
    gone = [at for at, value in enumerate(values) if value is None]
    marks: dict[Mark, list[int]] = {}
    if there and random.random() < 0.4:
        marks["provisional"] = there[-1:]
    if gone and random.random() < 0.4:
        marks["suppressed"] = gone[:1]
    return marks or None


def _periods(random: Random) -> Axis:
    count = random.choice((1, 2, 5, 12, 40))
    if random.random() < 0.5:
        years = [str(2024 - count + 1 + at) for at in range(count)]
        return Axis(kind="periods", name="year", labels=years, frequency="year")
    months = [f"{2019 + at // 12}-{at % 12 + 1:02d}" for at in range(count)]
    return Axis(kind="periods", name="month", labels=months, frequency="month")


def _named(random: Random, count: int, places: int, role: Role = "value", **how: bool) -> Iterator[Series]:
    for at in range(count):
        values = _values(random, places, **how)
        yield Series(name=NAMES[at], role=role, values=values, marks=_marked(random, values), code=CODES[at] or None)


Parts = tuple[Axis, list[Series], dict[str, Any]]


def _lines(random: Random) -> Parts:
    axis = _periods(random)
    series = list(_named(random, random.randint(1, 12), len(axis.labels), negative=random.random() < 0.3))
    return axis, series, {"scale": random.choice(("linear", "log"))}


def _shares(random: Random) -> Parts:
    axis = _periods(random)
    series = list(_named(random, random.randint(2, 8), len(axis.labels)))
    rest: list[int | float | None] = [random.choice((None, 0, random.randint(0, 10**9))) for _ in axis.labels]
    totals: list[int | float] = [
        sum(one.values[at] or 0 for one in series) + (rest[at] or 0) for at in range(len(rest))
    ]
    series.append(Series(name="All others", role="rest", values=rest))
    series.append(Series(name="World", role="total", values=[total or None for total in totals]))
    return axis, series, {}


def _categories(random: Random, **more: Any) -> Axis:
    count = random.randint(1, len(NAMES))
    return Axis(
        kind="categories", name="partner", labels=list(NAMES[:count]), codes=list(CODES[:count]), **more
    )  # fmt: skip


def _bars(random: Random) -> Parts:
    axis = _categories(random)
    return axis, list(_named(random, random.randint(1, 2), len(axis.labels), negative=random.random() < 0.4)), {}


def _treemap(random: Random) -> Parts:
    axis = _categories(random)
    (series,) = _named(random, 1, len(axis.labels))
    shown = sum(value or 0 for value in series.values)
    return axis, [series], {"total": shown * 2, "rest": shown} if random.random() < 0.5 and shown else {}


def _mirror(random: Random) -> Parts:
    axis = _periods(random)
    count = len(axis.labels)
    roles: tuple[tuple[str, Role], ...] = (
        ("China's exports", "exporter"),
        ("South Korea's imports", "importer"),
        ("Best estimate", "best"),
        ("Left unexplained", "unexplained"),
    )
    series = [Series(name=name, role=role, values=_values(random, count)) for name, role in roles]
    margins: list[int | float | None] = [None if value is None else round(value * 0.06) for value in series[1].values]
    return axis, [*series, Series(name="Freight and insurance", role="margin", values=margins)], {}


def _balance(random: Random) -> Parts:
    axis = _periods(random)
    out, into = (_values(random, len(axis.labels)) for _ in range(2))
    left = [None if a is None or b is None else a - b for a, b in zip(out, into, strict=True)]
    return (
        axis,
        [
            Series(name="Exports", role="exports", values=out),
            Series(name="Imports", role="imports", values=into),
            Series(name="Balance", role="balance", values=left),
        ],
        {},
    )


def _seasonality(random: Random) -> Parts:
    axis = Axis(kind="months", name="month", labels=MONTHS)
    years = [Series(name=str(2020 + at), values=_values(random, 12)) for at in range(random.randint(1, 5))]
    return axis, [*years, Series(name="Average", role="average", values=_values(random, 12))], {}


def _bubble(random: Random) -> Parts:
    axis = _categories(random)
    count = len(axis.labels)
    share: list[int | float | None] = [random.choice((None, round(random.uniform(0, 40), 2))) for _ in range(count)]
    growth: list[int | float | None] = [round(random.uniform(-60, 200), 2) for _ in range(count)]
    return (
        axis,
        [
            Series(name="Share of exports", role="share", values=share, unit="percent"),
            Series(name="Growth a year", role="growth", values=growth, unit="percent"),
            Series(name="Exports in 2024", role="value", values=_values(random, count)),
        ],
        {},
    )


def _map(random: Random) -> Parts:
    cells = random.sample([[column, row] for column in range(26) for row in range(14)], len(NAMES))
    axis = _categories(random, ground=cells)
    tiles = [None if not code else cell for code, cell in zip(axis.codes or (), cells, strict=False)]
    axis = axis.model_copy(update={"tiles": tiles})
    (series,) = _named(random, 1, len(axis.labels))
    return axis, [series], {}


_PARTS = {
    "lines": _lines,
    "bars": _bars,
    "shares": _shares,
    "treemap": _treemap,
    "mirror": _mirror,
    "balance": _balance,
    "seasonality": _seasonality,
    "bubble": _bubble,
    "map": _map,
}

"""A source in small, as an example of adding one: the customs of Norway, which one service answers for by the month.

It has the rooms that every source has, those of them that it needs; `tests/server/test_add_a_source.py` adds it to the
catalogue in one line. The service is invented, and so are its figures.
"""

from functools import cache

from toy.service import KEY, POLICY, ToySettings
from tradestat_tools.contract.source import Question, Rooms, Source, Terms
from tradestat_tools.upstream.plan import Plan, Window


@cache
def rooms() -> Rooms:
    """The tools, and what they are made of."""
    from toy.flows import FLOWS  # noqa: PLC0415 - loaded when they are needed
    from toy.tools import NORWAY_MONTHS, checks  # noqa: PLC0415

    return Rooms((NORWAY_MONTHS,), checks, FLOWS)


SOURCE = Source(
    id="norway",
    name="Norwegian Customs (invented)",
    key=KEY,
    terms=Terms(
        author="Norwegian Customs (Tolletaten)",
        publisher="Norwegian Customs, by a service invented for a test",
        homepage="https://customs.example",
        coverage="Norway's exports and imports of goods by month, since 2020",
        lag="a month",
        units="US dollars",
        valuation="exports FOB, imports CIF",
        licence="None: the figures are invented.",
        privacy="Questions go nowhere.",
        disclaimer="Invented figures.",
    ),
    policy=POLICY,
    settings=ToySettings,
    plan=lambda _: Plan((Window(10, 1.0),)),
    instructions="- Norway's own trade by month: norway_months (Norwegian Customs; USD; free with a key).",
    example=Question(
        "What does Norway sell to China?", "norway_months", {"product": "030214", "partner": "156", "year": 2024}
    ),
    offers=("norway_months",),
    rooms=rooms,
)

"""What UN Comtrade's stand-in holds: datasets, what is said of them, and which came lately.

Invented where the service's words are not known: the texts of the notes, the `status` of what was loaded, and the
number of records, which is of the right order and no count.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from tradestat_sandbox.chance import mix
from tradestat_sandbox.economies import ECONOMIES, Economy
from tradestat_sandbox.flows import FIRST_YEAR
from tradestat_sandbox.products import edition_of
from tradestat_sandbox.services.comtrade.question import GOODS, SERVICES
from tradestat_sandbox.world import CHINA, KOREA, World

_LATELY = timedelta(days=62)
_NEWEST = 50
# Not by strftime, whose names follow the locale of the process.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = tuple(
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


class Holding(NamedTuple):
    """One reporter's figures of one period in one edition."""

    kind: str
    frequency: str
    period: str
    reporter: Economy
    edition: str
    original: bool
    released: date


@lru_cache(maxsize=16)
def holdings(world: World, kind: tuple[str, str, str]) -> tuple[Holding, ...]:
    """Every dataset of a kind (typeCode, freqCode, clCode); none of classifications that the world has no data in."""
    return tuple(_holdings(world, kind))


def _holdings(world: World, kind: tuple[str, str, str]) -> Iterator[Holding]:
    goods, frequency, classification = kind
    if classification not in (GOODS if goods == "C" else SERVICES) or frequency not in ("A", "M"):
        return
    for reporter in ECONOMIES:
        if goods == "S":
            yield from _services(world, reporter, frequency)
            continue
        for period, released in _months(world, reporter) if frequency == "M" else _years(world, reporter):
            usual = edition_of(int(period[:4]))
            edition = usual if classification == "HS" else classification
            if edition <= usual:
                yield Holding("C", frequency, period, reporter, edition, edition == usual, released)


def _years(world: World, reporter: Economy) -> Iterator[tuple[str, date]]:
    """A year comes out on the 1st of April after it, later for those that report late."""
    last = world.annual_last(reporter)
    for year in range(FIRST_YEAR, (last or 0) + 1):
        yield str(year), date(year + 1 + reporter.lag_years, 4, 1)


def _months(world: World, reporter: Economy) -> Iterator[tuple[str, date]]:
    """A month comes out on the 1st of the third month after it."""
    last = world.monthly_last(reporter)
    for year in range(FIRST_YEAR, last[0] + 1 if last else 0):
        for month in range(1, 13):
            if last and (year, month) <= last:
                after = year * 12 + month + 2
                yield f"{year}{month:02d}", date(after // 12, after % 12 + 1, 1)


def _services(world: World, reporter: Economy, frequency: str) -> Iterator[Holding]:
    last = world.services_last(reporter)
    for year in range(FIRST_YEAR, (last or 0) + 1) if frequency == "A" else ():
        yield Holding("S", "A", str(year), reporter, "EB10", True, date(year + 2 + reporter.lag_years, 4, 1))


def _code(one: Holding) -> int:
    return int(f"2{one.reporter.comtrade:03d}{one.period:0<6}{mix(71, *one.edition.encode()) % 100:02d}")


def dataset(one: Holding, *, tariff_line: bool) -> dict[str, Any]:
    """One dataset as the service lists it."""
    reporter = one.reporter
    row: dict[str, Any] = {
        "datasetCode": _code(one),
        "typeCode": one.kind,
        "freqCode": one.frequency,
        "period": int(one.period),
        "reporterCode": reporter.comtrade,
        "reporterISO": reporter.comtrade_iso,
        "reporterDesc": reporter.name,
        "classificationCode": one.edition,
        "classificationSearchCode": "HS" if one.kind == "C" else "EB",
        "isOriginalClassification": one.original,
        "isExtendedFlowCode": False,
        "isExtendedPartnerCode": False,
        "isExtendedPartner2Code": one.kind == "C",
        "isExtendedCmdCode": False,
        "isExtendedCustomsCode": one.kind == "C",
        "isExtendedMotCode": one.kind == "C",
        "totalRecords": 5_000 + mix(72, reporter.index, int(one.period)) % 200_000,
        "datasetChecksum": mix(73, reporter.index, int(one.period)) % 2**31,
        "firstReleased": f"{one.released}T01:47:07.7333333",
        "lastReleased": f"{one.released}T01:47:07.7333333",
    }
    if tariff_line:
        row["lengthCmdCode"] = {CHINA: 8, KOREA: 10}.get(reporter.index, 6)
        del row["reporterDesc"], row["classificationSearchCode"]
    return row


def described(world: World, one: Holding) -> dict[str, Any]:
    """One dataset with its notes: what this world does to every reporter's figures."""
    head = {
        "reporterCode": one.reporter.comtrade,
        "period": int(one.period),
        "typeCode": one.kind,
        "freqCode": one.frequency,
        "datasetCode": _code(one),
    }
    factor = f"{_dollars_a_yuan(world, int(one.period[:4])):.6f}" if one.reporter.index == CHINA else "1.000000"
    note = head | {
        "reporterDescription": one.reporter.name,
        "currency": "CNY" if one.reporter.index == CHINA else "USD",
        "importConvFactor": factor,
        "exportConvFactor": factor,
        "tradeSystem": "General Trade",
        "classificationCode": one.edition,
        "importValuation": "CIF",
        "exportValuation": "FOB",
        "importPartnerCountry": "Origin",
        "exportPartnerCountry": "Consignment",
        "importPartner2Country": "Consignment",
        "exportPartner2Country": "",
        "publicationNote": "Synthetic figures of the sandbox.",
        "publicationDate": f"{one.released}T00:00:00.0000000",
        "publicationDateShort": str(one.released),
    }
    revised = one.released + timedelta(days=180)
    notes = [note]
    if revised <= world.today:
        stamp = {"publicationDate": f"{revised}T00:00:00.0000000", "publicationDateShort": str(revised)}
        notes.append(note | stamp | {"publicationNote": "Synthetic figures of the sandbox, published again."})
    return head | {"notes": notes}


def _dollars_a_yuan(world: World, year: int) -> float:
    return 12 * 10_000 / sum(world.cny_per_10000_usd((year, month)) for month in range(1, 13))


def loaded_lately(world: World) -> tuple[list[dict[str, Any]], int]:
    """The newest datasets of the last two months, and how many there are of those.

    The service's `count` is not the number of its rows (50 of 174, seen on 2026-10-23); what it counts is not known.
    """
    kinds = (("C", "A", "HS"), ("C", "M", "HS"), ("S", "A", "EB10"))
    lately = [
        one for kind in kinds for one in holdings(world, kind) if world.today - _LATELY <= one.released <= world.today
    ]
    lately.sort(key=lambda one: one.released, reverse=True)
    return [_loaded(one, place) for place, one in enumerate(lately[:_NEWEST])], len(lately)


def _loaded(one: Holding, place: int) -> dict[str, Any]:
    """A dataset as it was loaded, a quarter of an hour before the one above; its four times have three forms."""
    started = datetime.combine(one.released, time(23, 30)) - timedelta(minutes=15 * place)
    queued = started + timedelta(hours=2)
    return {
        "size": 100_000 + mix(74, one.reporter.index, int(one.period)) % 9_000_000,
        "startedAt": f"{started:%Y-%m-%d %H:%M:%S}Z",
        "completedAt": f"{started + timedelta(minutes=6):%Y-%m-%d %H:%M:%S}Z",
        "status": "Success",
        "lastUpdated": f"{_DAYS[started.weekday()]}, {_MONTHS[started.month - 1]} {started.day}, {started.year}",
        "queuedAt": f"{queued.month}/{queued.day}/{queued.year} {queued.hour % 12 or 12}:{queued:%M:%S} "
        + ("AM" if queued.hour < 12 else "PM"),
        "releaseStatus": "Released",
        "reporterCode": str(one.reporter.comtrade),
        "freqCode": one.frequency,
        "typeCode": one.kind,
        "classificationCode": one.edition,
        "period": int(one.period),
    }

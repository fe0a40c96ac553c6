"""The tool `comtrade_metadata`: how a reporter's figures were made, as its statistical office tells UN Comtrade."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field

from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Cell, Data, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.answers import area_label, area_text, listed
from tradestat_tools.sources.comtrade.api import fetch_table, table_request
from tradestat_tools.sources.comtrade.arguments import (
    AnySpans,
    Dated,
    GoodsOrServices,
    Reporters,
    YearsOrMonths,
    named_reporters,
    usual,
)
from tradestat_tools.sources.comtrade.calendar import newest_ended, wire_period
from tradestat_tools.sources.comtrade.codes import ALL, DEFAULT_CLASSIFICATION, Named, Places, members_instead
from tradestat_tools.sources.comtrade.notes import absent_note, reading_notes
from tradestat_tools.sources.comtrade.service import SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.tools.shared import check_reporters
from tradestat_tools.sources.comtrade.wire.tables import LIVE_UPDATE, METADATA, Described, Publication, Release
from tradestat_tools.upstream.request import HOUR, Freshness

MOST_SHOWN = 100
"""Publications in an answer; the newest periods come first."""


class MetadataArguments(Dated):
    """What `comtrade_metadata` can be asked."""

    typeCode: GoodsOrServices = "C"
    freqCode: YearsOrMonths = "A"
    reporterCode: Annotated[tuple[Named, ...], named_reporters("Notes are asked for reporter by reporter.")] = Field(
        description="Who reports: codes or names."
    )
    period: AnySpans = Field(
        default=usual(),
        description="Years, or months with freqCode=M; ranges. Left out: the newest one of each reporter.",
    )
    showHistory: bool = Field(default=False, description="true for every publication of a dataset, not only the last.")


class MetadataData(Data):
    """What statistical offices say of their figures, the newest period of each reporter first."""

    typeCode: str
    freqCode: str
    count: int = Field(description="Publications that fit the question.")
    records: list[Publication]

    def tables(self) -> list[Table]:
        """What differs between the publications, and what is the same in all of them."""
        values: dict[str, list[Cell]] = {
            name: [getattr(one, name) for one in self.records]
            for name in Publication.model_fields
            if any(getattr(one, name) for one in self.records)
        }
        same = {name: cells[0] for name, cells in values.items() if len(set(cells)) == 1}
        if len(self.records) == 1 or len(same) == len(values):
            return [Table(("what", "value"), list(same.items()))]
        varying = {name: cells for name, cells in values.items() if name not in same}
        rows: list[tuple[Cell, ...]] = list(zip(*varying.values(), strict=True))
        tables = [Table(tuple(varying), rows, "What differs" if same else "")]
        if same:
            tables.append(Table(("what", "value"), list(same.items()), "The same in all"))
        return tables


async def comtrade_metadata(context: Context, arguments: MetadataArguments) -> Answer[MetadataData]:
    """Ask for the notes of publications.

    Raises:
        TooLarge: too many reporters.
        NoData: there are none.
        TradestatError: what the service answers.
    """
    places = Places.of(arguments.reporterCode)
    check_reporters(places, "Ask for fewer reporters at once.")
    wanted = frozenset(map(wire_period, arguments.periods(newest_ended(arguments.frequency, context.today))))
    path = f"{METADATA}/{arguments.typeCode}/{arguments.freqCode}/{DEFAULT_CLASSIFICATION[arguments.typeCode]}"
    # Without a period, so that one call answers for all periods of a reporter.
    requests = [table_request(context, path, {"reporterCode": code}) for code in places.codes]
    fetched = [await fetch_table(context, request, Described) for request in requests]
    found = [note for answer in fetched for note in _of_reporter(answer.value.data, wanted, arguments.showHistory)]
    if not found:
        raise _nothing(places.codes, any(answer.value.data for answer in fetched))
    first = found[:MOST_SHOWN]
    return Answer[MetadataData](
        what=f"Publication notes of {listed(_names(found), 3)}: {listed(sorted({one.period for one in found}))}",
        data=MetadataData(typeCode=arguments.typeCode, freqCode=arguments.freqCode, count=len(found), records=first),
        source=provenance(SERVICE, "comtrade_metadata", fetched),
        notes=[
            *reading_notes(places.asked),
            *absent_note(places.codes, {one.reporterCode for one in found}, "No notes of {} for this."),
        ],
        more=f"{len(found) - MOST_SHOWN} more: ask for fewer periods at once." if len(found) > MOST_SHOWN else None,
    )


def _of_reporter(datasets: Sequence[Described], wanted: frozenset[str], history: bool) -> list[Publication]:
    """The last publication of every dataset, or all of them, the newest first."""
    periods = wanted or {max((one.period for one in datasets), default="")}
    found: list[Publication] = []
    for one in sorted(datasets, key=lambda dataset: dataset.period, reverse=True):
        if one.period not in periods:
            continue
        notes = sorted(one.notes or (), key=lambda note: note.publicationDate or "", reverse=True)
        found += notes if history else notes[:1]
    return found


def _names(found: Sequence[Publication]) -> list[str]:
    return list(dict.fromkeys(area_text(one.reporterCode) for one in found))


def _nothing(codes: Sequence[str], others: bool) -> NoData:
    text = f"{SERVICE} has no publication notes of {listed(map(area_text, codes))} for this."
    return NoData(
        text,
        remedy=members_instead(codes)
        + ("Leave out period for the newest notes." if others else "See what is held: comtrade_availability."),
        why=[Why(Reason.NOT_REPORTED if others else Reason.NOT_COVERED, text, sure=not others)],
        source=SOURCE_ID,
    )


COMTRADE_METADATA = Tool(
    name="comtrade_metadata",
    title="UN Comtrade: publication notes",
    description=(
        "How a reporter made its figures, as its statistical office tells UN Comtrade: trade system (general or "
        "special), valuation of imports and exports (CIF, FOB), how partners are named (origin, consignment, last "
        "known destination), currency and conversion factor, edition, publication date and remarks. Use it to explain "
        "why the two sides of a flow differ. One call a reporter; no key needed."
    ),
    arguments=MetadataArguments,
    data=MetadataData,
    run=comtrade_metadata,
    example={"reporterCode": ["China", "Korea"], "period": ["2023"]},
)


LIVE = Freshness(fresh=HOUR, usable=0.0)


class LiveUpdateArguments(Arguments):
    """What `comtrade_live_update` can be asked."""

    model_config = ConfigDict(validate_default=True)

    reporterCode: Reporters = Field(default=usual(ALL), description="Whose datasets: codes or names, or all (default).")
    limit: int = Field(default=50, ge=1, le=500, description="Datasets in the answer, the newest first.")


class LiveUpdateData(Data):
    """Datasets that were loaded lately, the newest first."""

    count: int = Field(description="Datasets that fit the question.")
    records: list[Release]

    def tables(self) -> list[Table]:
        """One row a dataset."""
        rows: list[tuple[Cell, ...]] = [
            (
                one.newest or None,
                area_label(one.reporterCode),
                one.period,
                one.typeCode,
                one.freqCode,
                one.classificationCode,
                one.status,
            )
            for one in self.records
        ]
        return [Table(("last updated", "reporter", "period", "type", "freq", "edition", "status"), rows)]


async def comtrade_live_update(context: Context, arguments: LiveUpdateArguments) -> Answer[LiveUpdateData]:
    """Ask what was loaded lately.

    Raises:
        MissingKey: it takes a key.
        NoData: nothing of the reporters asked for.
        TradestatError: what the service answers.
    """
    codes = Places.of(arguments.reporterCode).codes
    fetched = await fetch_table(context, table_request(context, LIVE_UPDATE, freshness=LIVE), Release)
    listed_ones = sorted(fetched.value.data, key=lambda one: one.newest, reverse=True)
    found = [one for one in listed_ones if not codes or one.reporterCode in codes]
    if not found:
        text = f"None of the {len(listed_ones)} datasets that were loaded lately is of {listed(map(area_text, codes))}."
        raise NoData(
            text if codes else f"{SERVICE} lists no dataset that was loaded lately.",
            remedy="All that is held, and since when: comtrade_availability.",
            why=[Why(Reason.FILTERED_OUT, text, sure=True)] if codes and listed_ones else (),
            source=SOURCE_ID,
        )
    rest = len(found) - arguments.limit
    return Answer[LiveUpdateData](
        what=f"Loaded lately into {SERVICE}: {len(found)} datasets",
        data=LiveUpdateData(count=len(found), records=found[: arguments.limit]),
        source=provenance(SERVICE, "comtrade_live_update", [fetched]),
        more=f"{rest} more: raise limit, or name reporters." if rest > 0 else None,
    )


COMTRADE_LIVE_UPDATE = Tool(
    name="comtrade_live_update",
    title="UN Comtrade: what was loaded lately",
    description=(
        "Which reporters' datasets UN Comtrade has loaded or is loading these days, with their status. Use it to see "
        "whether a figure has just changed or come. Needs a key; without one comtrade_availability gives the dates "
        "of release of everything that is held."
    ),
    arguments=LiveUpdateArguments,
    data=LiveUpdateData,
    run=comtrade_live_update,
    example={"limit": 20},
)

"""The tool `comtrade_availability`: which reporters' figures UN Comtrade holds, for which periods, released when."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from tradestat_tools.codes.periods import Period, period
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Cell, Data, Note, NoteCode, Table
from tradestat_tools.model.arguments import ArgumentError
from tradestat_tools.model.errors import NoData, TradestatError
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.absence.evidence import Listing
from tradestat_tools.sources.comtrade.answers import area_label, area_text, listed
from tradestat_tools.sources.comtrade.api import fetch_table, table_request, whole_list
from tradestat_tools.sources.comtrade.arguments import (
    AnySpans,
    Classification,
    Dated,
    GoodsOrServices,
    Reporters,
    YearsOrMonths,
    usual,
)
from tradestat_tools.sources.comtrade.calendar import newest_ended, wire_period
from tradestat_tools.sources.comtrade.codes import ALL, ClCode, FreqCode, Places, TypeCode, members_instead
from tradestat_tools.sources.comtrade.notes import absent_note, reading_notes, withheld_notes
from tradestat_tools.sources.comtrade.service import POLICY, SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.tools.shared import check_reporters
from tradestat_tools.sources.comtrade.wire.envelope import Amount
from tradestat_tools.sources.comtrade.wire.lists import Entry
from tradestat_tools.sources.comtrade.wire.tables import AVAILABILITY, Dataset, read_table
from tradestat_tools.upstream import Reader, Request

MOST_ROWS = 60
"""Datasets of one reporter that are shown one by one; of more only from when to when."""
MOST_STORED = 40
"""Reporters whose stored list is looked up beside another question."""
MOST_ASKED = 3
"""Reporters whose list is asked for beside another question, a call each: a few seconds at the service's pace."""


class AvailabilityArguments(Dated):
    """What `comtrade_availability` can be asked."""

    typeCode: GoodsOrServices = "C"
    freqCode: YearsOrMonths = "A"
    clCode: Annotated[
        Classification,
        Field(
            description="Classification as in comtrade_data: HS (as reported; default), H0 to H6, S1 to S4, B4, B5; "
            "EB10, EB02, EB for services."
        ),
    ]
    reporterCode: Reporters = Field(default=usual(ALL), description="Who reports: codes or names, or all (default).")
    period: AnySpans = Field(
        default=usual(),
        description="Years, or months with freqCode=M; ranges; latest. Left out: all of them (months of all reporters "
        "need a period).",
    )
    tariffline: bool = Field(default=False, description="true for tariff lines instead of standard data.")

    @model_validator(mode="after")
    def _months_of_all_are_too_many(self) -> "AvailabilityArguments":
        if self.freqCode == "M" and not self.period and not self.reporterCode:
            raise ArgumentError(
                "The months of all reporters are tens of thousands of datasets.",
                argument="period",
                allowed="one or more months, or named reporters",
                nearest=("latest", "last 12 months"),
            )
        return self


class Held(BaseModel):
    """What is held of one reporter. Every list stands beside `periods`."""

    reporterCode: str
    reporterDesc: str
    periods: list[str]
    classificationCode: list[str | None]
    isOriginalClassification: list[bool | None]
    totalRecords: list[Amount | None]
    firstReleased: list[str | None]
    lastReleased: list[str | None]
    lengthCmdCode: list[Amount | None] | None = Field(
        default=None, description="Digits of the longest product codes; tariff lines only."
    )


class AvailabilityData(Data):
    """Datasets by reporter."""

    typeCode: str
    freqCode: str
    clCode: str
    count: int = Field(description="Datasets.")
    records: list[Held]

    def tables(self) -> list[Table]:
        """The datasets of one reporter one by one; of more reporters, or many datasets, from when to when."""
        if len(self.records) == 1 and self.count <= MOST_ROWS:
            return [self._one_by_one(self.records[0])]
        columns = ("reporter", "code", "datasets", "periods", "newest", "newest edition", "last released")
        rows: list[tuple[Cell, ...]] = [
            (
                one.reporterDesc,
                one.reporterCode,
                len(one.periods),
                ranges(one.periods),
                one.periods[-1],
                one.classificationCode[-1],
                max(filter(None, one.lastReleased), default=None),
            )
            for one in self.records
        ]
        return [Table(columns, rows, units={"datasets": "count"})]

    def _one_by_one(self, one: Held) -> Table:
        columns = {
            "period": one.periods,
            "edition": one.classificationCode,
            "original": [None if flag is None else "yes" if flag else "no" for flag in one.isOriginalClassification],
            "records": one.totalRecords,
            "code digits": one.lengthCmdCode,
            "first released": one.firstReleased,
            "last released": one.lastReleased,
        }
        shown = {name: values for name, values in columns.items() if values and any(v is not None for v in values)}
        rows: list[tuple[Cell, ...]] = list(zip(*shown.values(), strict=True))
        return Table(tuple(shown), rows, units={"records": "count", "code digits": "digits"})


def ranges(periods: Sequence[str]) -> str:
    """Sorted periods as runs: `1992-2019, 2021-2024`."""
    runs: list[tuple[Period, Period]] = []
    for one in map(period, periods):
        if runs and runs[-1][1].shifted(1) == one:
            runs[-1] = (runs[-1][0], one)
        else:
            runs.append((one, one))
    return ", ".join(wire_period(a) if a == b else f"{wire_period(a)}-{wire_period(b)}" for a, b in runs)


async def comtrade_availability(context: Context, arguments: AvailabilityArguments) -> Answer[AvailabilityData]:
    """Ask which datasets there are.

    Raises:
        TooLarge: too many reporters by name.
        NoData: the service lists none.
        TradestatError: what the service answers.
    """
    places = Places.of(arguments.reporterCode)
    check_reporters(places, "Ask for fewer, or for all with reporterCode=all, which is one call.")
    newest = newest_ended(arguments.frequency, context.today)
    wanted = frozenset(map(wire_period, arguments.periods(newest))) if arguments.period else None
    # One call brings all periods of a reporter, so the periods asked for are taken out of it here.
    asked = [(code, None) for code in places.codes] or [(None, wanted if arguments.freqCode == "M" else None)]
    path = _path(arguments.typeCode, arguments.freqCode, arguments.clCode, tariffline=arguments.tariffline)
    params = [{"reporterCode": code or "", "period": ",".join(sorted(periods or ()))} for code, periods in asked]
    fetched = [await fetch_table(context, table_request(context, path, one), Dataset) for one in params]
    found = [one for answer in fetched for one in answer.value.data if wanted is None or one.period in wanted]
    if not found:
        raise _nothing(arguments, places.codes, wanted, any(answer.value.data for answer in fetched))
    records = _by_reporter(found)
    data = AvailabilityData(
        typeCode=arguments.typeCode,
        freqCode=arguments.freqCode,
        clCode=arguments.clCode,
        count=len(found),
        records=records,
    )
    return Answer[AvailabilityData](
        what=_what(arguments, data),
        data=data,
        source=provenance(SERVICE, "comtrade_availability", fetched),
        notes=[
            *reading_notes(places.asked),
            *withheld_notes(fetched, "datasets"),
            *_notes(places.codes, records),
        ],
    )


def _by_reporter(found: Iterable[Dataset]) -> list[Held]:
    groups: dict[str, list[Dataset]] = {}
    for one in found:
        groups.setdefault(one.reporterCode, []).append(one)
    return [
        _held(code, sorted(datasets, key=lambda one: (one.period, one.classificationCode or "")))
        for code, datasets in sorted(groups.items(), key=lambda item: item[0].zfill(4))
    ]


def _held(code: str, datasets: Sequence[Dataset]) -> Held:
    lengths = [one.lengthCmdCode for one in datasets]
    return Held(
        reporterCode=code,
        reporterDesc=datasets[-1].reporterDesc or area_label(code),
        periods=[one.period for one in datasets],
        classificationCode=[one.classificationCode for one in datasets],
        isOriginalClassification=[one.isOriginalClassification for one in datasets],
        totalRecords=[one.totalRecords for one in datasets],
        firstReleased=[_day(one.firstReleased) for one in datasets],
        lastReleased=[_day(one.lastReleased) for one in datasets],
        lengthCmdCode=lengths if any(length is not None for length in lengths) else None,
    )


def _day(stamp: str | None) -> str | None:
    return stamp[:10] if stamp else None


def _what(arguments: AvailabilityArguments, data: AvailabilityData) -> str:
    who = listed((area_text(one.reporterCode, one.reporterDesc) for one in data.records), 3)
    lines = " tariff lines" if arguments.tariffline else ""
    often = "years" if arguments.freqCode == "A" else "months"
    return f"Held by {SERVICE}, {data.clCode}{lines}, {often}: {who}; {data.count} datasets"


def _notes(asked: Sequence[str], records: Sequence[Held]) -> list[Note]:
    found = {one.reporterCode for one in records}
    notes = absent_note(asked, found, "No dataset of {} is listed for this.", Reason.NOT_COVERED)
    if any(flag is False for one in records for flag in one.isOriginalClassification):
        text = "Datasets that are not original were converted by UN Comtrade from the edition that was reported."
        notes.append(Note(code=NoteCode.FLAG, text=text))
    return notes


def _nothing(
    arguments: AvailabilityArguments, codes: Sequence[str], wanted: frozenset[str] | None, others: bool
) -> NoData:
    who = listed(map(area_text, codes)) or "any reporter"
    when = f" in {listed(sorted(wanted))}" if wanted else ""
    lines = " of tariff lines" if arguments.tariffline else ""
    text = f"{SERVICE} lists no dataset{lines} of {who} in clCode={arguments.clCode}{when}"
    text += " (months)." if arguments.freqCode == "M" else "."
    remedy = "Leave out period to see all that are held." if others else "Try clCode=HS (goods) or EB10 (services)."
    return NoData(
        text,
        remedy=f"{members_instead(codes)}{remedy} Years and months are held apart (freqCode=A, M).",
        why=[Why(Reason.NOT_REPORTED if others else Reason.NOT_COVERED, text, sure=True)],
        source=SOURCE_ID,
    )


def _listing(datasets: Iterable[Dataset], reporter: str) -> Listing:
    """A reporter's periods with their editions; none is told where a period is listed in several."""
    editions: dict[str, set[str | None]] = {}
    for one in datasets:
        if one.reporterCode == reporter:
            editions.setdefault(one.period, set()).add(one.classificationCode)
    return {period: next(iter(found)) if len(found) == 1 else None for period, found in editions.items()}


def _path(typeCode: TypeCode, freqCode: FreqCode, clCode: ClCode, *, tariffline: bool = False) -> str:
    return f"{AVAILABILITY}{'Tariffline' if tariffline else ''}/{typeCode}/{freqCode}/{clCode}"


async def stored_lists(
    context: Context, typeCode: TypeCode, freqCode: FreqCode, clCode: ClCode, reporters: Sequence[str]
) -> tuple[Mapping[str, Entry] | None, Mapping[str, Listing]]:
    """What is stored of UN Comtrade's lists; nothing is sent.

    Returns:
        Its reporters by code, None where that list is not stored; and the datasets by reporter, of those whose list is
        stored. Of more reporters than MOST_STORED none of the latter is looked up.
    """
    if not reporters:
        return None, {}
    path = _path(typeCode, freqCode, clCode)
    alone = reporters if len(reporters) <= MOST_STORED else ()
    everyone = [""] if alone and freqCode == "A" else []
    requests = [table_request(context, path, {"reporterCode": code}) for code in (*alone, *everyone)]
    tables = [(request, partial(read_table, Dataset, request.params)) for request in requests]
    asked: list[tuple[Request, Reader[Any]]] = [whole_list(context, "reporters"), *tables]
    entries, *found = await context.upstream.stored_each(asked, POLICY)
    whole = [None if one is None or one.withheld else one.data for one in found]
    of_all = whole[-1] if everyone else None
    held = {code: of_all if own is None else own for code, own in zip(alone, whole, strict=False)}
    listed = None if entries is None else {entry.id: entry for entry in entries}
    return listed, {code: _listing(datasets, code) for code, datasets in held.items() if datasets is not None}


async def listed_periods(
    context: Context,
    typeCode: TypeCode,
    freqCode: FreqCode,
    clCode: ClCode,
    reporters: Sequence[str],
    *,
    tariffline: bool = False,
) -> Mapping[str, Listing]:
    """What UN Comtrade lists of a few reporters, asked for where they are not stored: a free call each.

    Of more reporters than MOST_ASKED nothing is asked. A list that can not be had is left out: it only explains.
    """
    path = _path(typeCode, freqCode, clCode, tariffline=tariffline)
    found: dict[str, Listing] = {}
    for code in reporters if len(reporters) <= MOST_ASKED else ():
        try:
            answer = await fetch_table(context, table_request(context, path, {"reporterCode": code}), Dataset)
        except TradestatError:
            break
        if not answer.value.withheld:
            found[code] = _listing(answer.value.data, code)
    return found


COMTRADE_AVAILABILITY = Tool(
    name="comtrade_availability",
    title="UN Comtrade: data availability",
    description=(
        "Which reporters' figures UN Comtrade holds: for which years or months, in which classification and edition, "
        "how many records, when first and last released; also for tariff lines. Use it before a large question, to "
        "find a reporter's newest period, or to learn whether a missing figure was ever reported; comtrade_data then "
        "knows, too. One call brings all periods of a reporter. No key needed."
    ),
    arguments=AvailabilityArguments,
    data=AvailabilityData,
    run=comtrade_availability,
    example={"reporterCode": ["China", "Korea"], "period": ["since 2020"]},
)

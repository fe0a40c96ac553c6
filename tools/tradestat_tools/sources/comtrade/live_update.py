"""The tool `comtrade_live_update`: what UN Comtrade has loaded lately."""

from typing import Annotated

from pydantic import Field

from tradestat_tools.contract.context import Services, provenance
from tradestat_tools.contract.tool import Endpoint
from tradestat_tools.model.answers import Answer, Cell, Data, Note, NoteCode, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.answers import area_label, area_text
from tradestat_tools.sources.comtrade.areas import ALL, read_places
from tradestat_tools.sources.comtrade.arguments import LISTS, Codes, check_reporters, code_errors
from tradestat_tools.sources.comtrade.notes import listed
from tradestat_tools.sources.comtrade.wire.envelope import SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.wire.tables import LIVE_UPDATE, Release, fetch_table, table_request
from tradestat_tools.upstream.keep import HOUR, Keep

KEEP = Keep(fresh=HOUR, spare=0.0)


class LiveUpdateArguments(Arguments):
    """What `comtrade_live_update` can be asked."""

    reporterCode: Annotated[Codes, code_errors(check_reporters)] = Field(
        default=[ALL], description=f"Whose datasets: codes or names, or all (default). {LISTS}"
    )
    limit: int = Field(default=50, ge=1, le=500, description="Datasets in the answer, the newest first.")


class LiveUpdateData(Data):
    """Datasets that were loaded lately, the newest first."""

    count: int = Field(description="Datasets that fit the question.")
    records: list[Release]

    def tables(self) -> list[Table]:
        """One row a dataset."""
        rows: list[tuple[Cell, ...]] = [
            (
                one.lastUpdated,
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


async def comtrade_live_update(services: Services, arguments: LiveUpdateArguments) -> Answer[LiveUpdateData]:
    """Ask what was loaded lately.

    Raises:
        MissingKey: it takes a key.
        NoData: nothing of the reporters asked for.
        TradestatError: what the service answers.
    """
    codes = read_places(arguments.reporterCode, "reporter").codes
    fetched = await fetch_table(services, table_request(services, LIVE_UPDATE, keep=KEEP), Release)
    listed_ones = sorted(fetched.value.data, key=lambda one: one.lastUpdated or "", reverse=True)
    found = [one for one in listed_ones if not codes or one.reporterCode in codes]
    if not found:
        text = f"None of the {len(listed_ones)} datasets that were loaded lately is of {listed(map(area_text, codes))}."
        raise NoData(
            text if codes else f"{SERVICE} lists no dataset that was loaded lately.",
            remedy="All that is held, and since when: comtrade_availability.",
            why=[Why(Reason.FILTERED_OUT, text, sure=True)] if codes and listed_ones else (),
            source=SOURCE_ID,
        )
    notes: list[Note] = []
    if fetched.value.withheld:
        text = f"{SERVICE} counts {fetched.value.withheld} datasets more than it sent."
        notes.append(Note(code=NoteCode.SUBSET, text=text))
    rest = len(found) - arguments.limit
    return Answer[LiveUpdateData](
        what=f"Loaded lately into {SERVICE}: {len(found)} datasets",
        data=LiveUpdateData(count=len(found), records=found[: arguments.limit]),
        source=provenance(SERVICE, "comtrade_live_update", [fetched]),
        notes=notes,
        more=f"{rest} more: raise limit, or name reporters." if rest > 0 else None,
    )


COMTRADE_LIVE_UPDATE = Endpoint(
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

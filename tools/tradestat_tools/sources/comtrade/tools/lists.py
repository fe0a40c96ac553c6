"""The tool `comtrade_reference`: the service's own lists of codes."""

import re
from functools import partial
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field

from tradestat_tools.codes.words import fold
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.model.answers import Answer, Cell, Data, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.api import ask, whole_list
from tradestat_tools.sources.comtrade.service import SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.wire.lists import Category, Entry, read_entries
from tradestat_tools.upstream import Response

CATEGORY_WORDS = {
    "reporter": "reporters",
    "countries": "reporters",
    "partner": "partners",
    "partnerareas": "partners",
    "flow": "flows",
    "traderegimes": "flows",
    "customscodes": "customs",
    "transport": "modesOfTransport",
    "mot": "modesOfTransport",
    "modeoftransportcodes": "modesOfTransport",
    "mos": "modesOfSupply",
    "units": "quantityUnits",
    "items": "dataItems",
    "tradedataitems": "dataItems",
    "ebops": "EB10",
    "sitc": "SS",
    "frequency": "frequencies",
}


def _category(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    word = re.sub(r"[\s_-]", "", value.lower())
    by_lower = {name.lower(): name for name in cast("tuple[str, ...]", Category.__args__)}
    return by_lower.get(word) or CATEGORY_WORDS.get(word, value)


class ReferenceArguments(Arguments):
    """What `comtrade_reference` can be asked."""

    category: Annotated[Category, BeforeValidator(_category)] = Field(
        description="Which list. HS: all editions together, H0 to H6 one each; S1 to S4 SITC, SS all of them; B4, B5 "
        "BEC; EB02, EB10 EBOPS. Texts are English."
    )
    search: str = Field(
        default="", max_length=100, description="Words that must all occur in the text, or the beginning of a code."
    )
    parent: str = Field(
        default="", max_length=20, description="Only what stands directly under this code (8517; TOTAL for chapters)."
    )
    level: int = Field(
        default=-1, ge=-1, le=10, description="Only this level: HS 2, 4 or 6 digits; EBOPS 1 for main items. -1 is all."
    )
    limit: int = Field(default=50, ge=1, le=500, description="Entries in the answer.")
    offset: int = Field(default=0, ge=0, le=100_000, description="Entries to leave out before the first.")


SHORT_HEADS = {"isoAlpha2": "ISO2", "isoAlpha3": "ISO3"}
"""Heads no wider than they must be: the lists of areas are long, and these codes short."""


WRITTEN_OUT = {
    "br": "british", "dem": "democratic", "fed": "federal", "fr": "french", "isd": "island", "isds": "islands",
    "n": "northern", "nes": "not elsewhere specified", "rep": "republic", "sar": "special administrative region",
}  # fmt: skip
"""Abbreviations in the names of areas."""

_FORMERLY = re.compile(r"\(\.\.\.\d{4}\)|\bformer\b", re.IGNORECASE)


def _said_already(note: str, text: str) -> bool:
    """Whether a note only writes out the name of an area that stands beside it."""
    return _words(note) == _words(text)


def _words(text: str) -> list[str]:
    words = fold(re.sub(r"\W+", " ", _FORMERLY.sub(" ", text))).split()
    return " ".join(WRITTEN_OUT.get(word, word) for word in words).split()


def _told(entry: Entry) -> Entry:
    """As a table shows it: that it is a group stands in its text, and no note says it again."""
    note = "" if entry.note is None or _said_already(entry.note, entry.text) else entry.note
    return entry.model_copy(update={"text": f"{entry.text} (group)" if entry.isGroup else entry.text, "note": note})


class ReferenceData(Data):
    """Entries of one list."""

    category: str
    count: int = Field(description="Entries that fit the question, in the whole list.")
    offset: int
    results: list[Entry]

    def tables(self) -> list[Table]:
        """The entries, with those columns that any of them fills; a group of areas is marked in its text."""
        shown = [_told(entry) for entry in self.results]
        names = [
            name
            for name in Entry.model_fields
            if name != "isGroup" and any(getattr(e, name) not in (None, False, "") for e in shown)
        ]
        rows: list[tuple[Cell, ...]] = [tuple(getattr(entry, name) for name in names) for entry in shown]
        return [Table(tuple(SHORT_HEADS.get(name, name) for name in names), rows)]


async def comtrade_reference(context: Context, arguments: ReferenceArguments) -> Answer[ReferenceData]:
    """Read one list of codes and filter it here.

    Raises:
        NoData: nothing in the list fits.
        TradestatError: what the service answers.
    """
    request, _ = whole_list(context, arguments.category)
    fetched = await ask(context, request, partial(_select, arguments))
    fitting, total = fetched.value
    shown = fitting[arguments.offset : arguments.offset + arguments.limit]
    if not shown:
        raise _nothing(arguments, len(fitting), total)
    end = arguments.offset + len(shown)
    return Answer[ReferenceData](
        what=f"{arguments.category}: entries {arguments.offset + 1} to {end} of {len(fitting)}"
        + (f" that fit, of {total}" if len(fitting) < total else ""),
        data=ReferenceData(category=arguments.category, count=len(fitting), offset=arguments.offset, results=shown),
        source=provenance(SERVICE, "comtrade_reference", [fetched]),
        more=f"offset={end} for the next entries, or narrow with search, parent, level."
        if end < len(fitting)
        else None,
    )


def _select(arguments: ReferenceArguments, response: Response) -> tuple[list[Entry], int]:
    """The entries that fit, and how many the list has; here, because long lists are read in a worker thread."""
    entries = read_entries(response)
    return [entry for entry in entries if _fits(entry, arguments)], len(entries)


def _fits(entry: Entry, arguments: ReferenceArguments) -> bool:
    if arguments.parent and (entry.parent or "").upper() != arguments.parent.upper():
        return False
    if arguments.level >= 0 and entry.aggrLevel != arguments.level:
        return False
    words = fold(arguments.search).split()
    if not words:
        return True
    if entry.id.lower().startswith(arguments.search.lower()):
        return True
    text = fold(f"{entry.id} {entry.text} {entry.isoAlpha2 or ''} {entry.isoAlpha3 or ''} {entry.note or ''}")
    return all(word in text for word in words)


def _nothing(arguments: ReferenceArguments, fitting: int, total: int) -> NoData:
    category = arguments.category
    if fitting:
        last = max(0, fitting - arguments.limit)
        text = f"{fitting} entries of {category} fit; offset {arguments.offset} is past the last."
        return NoData(
            text,
            remedy=f"Call again with a smaller offset: offset={last} gives the last ones.",
            why=[Why(Reason.FILTERED_OUT, text, sure=True)],
            source=SOURCE_ID,
        )
    filters = {"search": arguments.search, "parent": arguments.parent}
    asked = [f"{name}={value!r}" for name, value in filters.items() if value]
    if arguments.level >= 0:
        asked.append(f"level={arguments.level}")
    text = f"Nothing of the {total} entries of {category} fits {' and '.join(asked) or 'the question'}."
    return NoData(
        text,
        remedy="Use fewer or shorter words, or browse: parent=TOTAL (HS), level=1 (EBOPS), or no filter: "
        f"{call_text('comtrade_reference', category=category)}.",
        why=[Why(Reason.FILTERED_OUT, text, sure=True)] if total else (),
        source=SOURCE_ID,
    )


COMTRADE_REFERENCE = Tool(
    name="comtrade_reference",
    title="UN Comtrade: lists of codes",
    description=(
        "UN Comtrade's own lists: reporters and partners (codes differ from ISO: 842 USA), "
        "HS in every edition, SITC, BEC, EBOPS, flows, customs procedures, modes of transport, units. Use it to find "
        "the code for comtrade_data, or what a code meant in an older edition. Filter with search, parent or level. "
        "For HS 2022 alone the server's own HS resources answer without a call."
    ),
    arguments=ReferenceArguments,
    data=ReferenceData,
    run=comtrade_reference,
    example={"category": "H6", "search": "lithium-ion", "limit": 10},
)

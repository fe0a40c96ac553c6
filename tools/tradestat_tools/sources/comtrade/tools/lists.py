"""The tool `comtrade_reference`: the service's own lists of codes."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, Field

from tradestat_tools.codes.words import fold
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.model.answers import Answer, Cell, Data, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.api import ask, list_request
from tradestat_tools.sources.comtrade.service import POLICY, SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.wire.envelope import changed, read_list
from tradestat_tools.upstream import Reader, Request, Response

Category = Literal[
    "reporters",
    "partners",
    "HS",
    "H0",
    "H1",
    "H2",
    "H3",
    "H4",
    "H5",
    "H6",
    "S1",
    "S2",
    "S3",
    "S4",
    "SS",
    "B4",
    "B5",
    "EB",
    "EB02",
    "EB10",
    "EB10S",
    "flows",
    "customs",
    "modesOfTransport",
    "modesOfSupply",
    "quantityUnits",
    "dataItems",
    "frequencies",
]
"""All 28 files that the service's own index of them names (ListofReferences.json, as other users cite it, 2026)."""

FILES = {
    "reporters": "Reporters",
    "partners": "partnerAreas",
    "modesOfTransport": "ModeOfTransportCodes",
    "dataItems": "TradeDataItems",
    # Names as other users of the service cite them (autumn 2026); `doctor` checks that they are there.
    "flows": "tradeRegimes",
    "customs": "CustomsCodes",
    "modesOfSupply": "ModeOfSupply",
    "quantityUnits": "QuantityUnits",
    "frequencies": "Frequency",
}
"""Files whose name is not the category's own."""

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


class Entry(BaseModel):
    """One entry of a list. What the list does not say is absent."""

    id: str
    text: str
    parent: str | None = None
    aggrLevel: int | None = None
    isLeaf: bool | None = None
    standardUnitAbbr: str | None = None
    isoAlpha2: str | None = None
    isoAlpha3: str | None = None
    note: str | None = None
    isGroup: bool | None = None
    entryEffectiveDate: str | None = None
    entryExpiredDate: str | None = None

    def told(self) -> "Entry":
        """As a table shows it: that it is a group stands in its text, and no note says it again."""
        note = "" if self.note is None or _said_already(self.note, self.text) else self.note
        return self.model_copy(update={"text": f"{self.text} (group)" if self.isGroup else self.text, "note": note})


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


class ReferenceData(Data):
    """Entries of one list."""

    category: str
    count: int = Field(description="Entries that fit the question, in the whole list.")
    offset: int
    results: list[Entry]

    def tables(self) -> list[Table]:
        """The entries, with those columns that any of them fills; a group of areas is marked in its text."""
        shown = [entry.told() for entry in self.results]
        names = [
            name
            for name in Entry.model_fields
            if name != "isGroup" and any(getattr(e, name) not in (None, False, "") for e in shown)
        ]
        rows: list[tuple[Cell, ...]] = [tuple(getattr(entry, name) for name in names) for entry in shown]
        return [Table(tuple(SHORT_HEADS.get(name, name) for name in names), rows)]


# Under which names the lists keep what.
_CODE = ("id", "qtyCode", "dataItem", "code")
_TEXT = ("text", "qtyDescription", "description", "qtyAbbr")
_ALPHA2 = ("reporterCodeIsoAlpha2", "PartnerCodeIsoAlpha2")
_ALPHA3 = ("reporterCodeIsoAlpha3", "PartnerCodeIsoAlpha3")
_NOTE = ("reporterNote", "partnerNote")


def _first(raw: Mapping[str, Any], names: Sequence[str]) -> str | None:
    for name in names:
        value = raw.get(name)
        if value is not None and (text := str(value).strip()):
            return text
    return None


def read_entry(raw: Mapping[str, Any]) -> Entry:
    """One entry as the lists write it, with the code taken off the front of the text.

    Raises:
        UpstreamChanged: an entry without a code or a text.
    """
    code, text = _first(raw, _CODE), _first(raw, _TEXT)
    if code is None or text is None:
        raise changed("entries with `id` and `text`", f"an entry has {', '.join(sorted(raw)[:8]) or 'nothing'}")
    parent = _first(raw, ("parent",))
    note = _first(raw, _NOTE)
    level = _first(raw, ("aggrLevel",))
    unit = _first(raw, ("standardUnitAbbr", "qtyAbbr"))
    return Entry(
        id=code,
        text=_bare(text, code),
        parent=parent if parent != "#" else None,
        aggrLevel=int(level) if level is not None and level.isdigit() else _depth(code, parent),
        isLeaf={"1": True, "0": False, "True": True, "False": False}.get(str(raw.get("isLeaf"))),
        standardUnitAbbr=unit if unit is not None and unit.lower() != "n/a" else None,
        isoAlpha2=_first(raw, _ALPHA2),
        isoAlpha3=_first(raw, _ALPHA3),
        note=note if note != text else None,
        isGroup=True if raw.get("isGroup") is True else None,
        entryEffectiveDate=_day(raw.get("entryEffectiveDate")),
        entryExpiredDate=_day(raw.get("entryExpiredDate")),
    )


def _bare(text: str, code: str) -> str:
    """`010121 - -- Pure-bred` is `Pure-bred`: code and dashes only repeat the code and its place in the list."""
    return text.removeprefix(code).lstrip(" -") or text if text.startswith(f"{code} ") else text


def _depth(code: str, parent: str | None) -> int | None:
    """EBOPS lists carry no level: the total is 0, the items 1 to 12 are 1, then one more for each dot."""
    if parent is None:
        return None
    return 0 if parent == "#" else code.count(".") + 1


def _day(value: object) -> str | None:
    """`1974-12-31T00:00:00` as a day; 1900-01-01 stands for "always"."""
    day = str(value)[:10] if value else ""
    return day if day and day != "1900-01-01" else None


async def comtrade_reference(context: Context, arguments: ReferenceArguments) -> Answer[ReferenceData]:
    """Read one list of codes and filter it here.

    Raises:
        NoData: nothing in the list fits.
        TradestatError: what the service answers.
    """
    fetched = await ask(
        context,
        list_request(context, FILES.get(arguments.category, arguments.category)),
        partial(_select, arguments),
    )
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


async def stored_list(context: Context, category: Category) -> list[Entry] | None:
    """One of the service's lists, if it is stored; nothing is sent."""
    (entries,) = await context.upstream.stored_each([whole_list(context, category)], POLICY)
    return entries


def whole_list(context: Context, category: Category) -> tuple[Request, Reader[list[Entry]]]:
    """The call for one of the service's lists, and how it is read."""
    return list_request(context, FILES.get(category, category)), _entries


def _entries(response: Response) -> list[Entry]:
    return [read_entry(raw) for raw in read_list(response)]


def _select(arguments: ReferenceArguments, response: Response) -> tuple[list[Entry], int]:
    """The entries that fit, and how many the list has; here, because long lists are read in a worker thread."""
    entries = _entries(response)
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

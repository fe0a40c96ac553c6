"""The tool that finds codes by words: goods, services, countries, groups, flows, units. Asks no service."""

from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from tradestat_tools.codes.words import fold, shown
from tradestat_tools.contract.context import Context, own_provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Data, Note, NoteCode, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import NoData
from tradestat_tools.search.lists import LISTS, AnyKind, Kind, Language, look, look_in_all
from tradestat_tools.upstream.runtime import in_thread

MOST = 50
DEFAULT_LIMIT = 10
MAX_QUERY = 100

_KIND_WORDS: dict[str, Kind] = {
    **dict.fromkeys(("goods", "product", "products", "commodity", "commodities", "hscode", "harmonizedsystem"), "hs"),
    **dict.fromkeys(("service", "services"), "ebops"),
    **dict.fromkeys(("countries", "area", "areas", "reporter", "partner"), "country"),
    **dict.fromkeys(("groups", "bloc", "region"), "group"),
    **dict.fromkeys(("flows", "tradeflow"), "flow"),
    **dict.fromkeys(("units", "quantityunit"), "unit"),
}


def _kind(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    word = fold(value).replace(" ", "")
    return _KIND_WORDS.get(word, word)


class SearchArguments(Arguments):
    """What to look for, and in which list."""

    kind: Annotated[AnyKind, BeforeValidator(_kind)] = Field(
        default="all", description="hs (goods), ebops (services), country, group, flow or unit."
    )
    query: str = Field(
        min_length=1,
        max_length=MAX_QUERY,
        description="Words in English, Chinese or Korean, or a code in any form. Typing errors are forgiven.",
    )
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MOST, description="Hits at most.")
    language: Language = Field(
        default="any", description="Language of the words, and of the names shown beside English ones."
    )


class Listing(BaseModel):
    """A table of codes."""

    model_config = ConfigDict(extra="forbid")

    title: str
    columns: list[str]
    rows: list[list[str | int | float | None]]


class SearchData(Data):
    """Hits, best first; columns that are empty in every row are left out."""

    kind: AnyKind
    query: str
    columns: list[str]
    rows: list[list[str | int | float | None]]
    within: Listing | None = Field(
        default=None, description="What the best hit holds: the codes below a code, the members of a group."
    )

    def tables(self) -> list[Table]:
        units = {"below": "count", "members": "count"}
        tables = [Table(tuple(self.columns), [tuple(row) for row in self.rows], units=units)]
        if self.within is not None:
            rows = [tuple(row) for row in self.within.rows]
            tables.append(Table(tuple(self.within.columns), rows, title=self.within.title))
        return tables


async def search_codes(context: Context, asked: SearchArguments) -> Answer[SearchData]:
    """Codes that the words may mean, best first. Nothing is sent."""
    if asked.kind == "all":
        found, elsewhere = await in_thread(partial(look_in_all, asked.query, asked.limit, asked.language)), ""
        name, address, origin = "Codes", "tradestat://", "the lists of this package; ask one kind for where it is from"
    else:
        found, elsewhere = await in_thread(partial(look, asked.kind, asked.query, asked.limit, asked.language))
        name, address, origin = (getattr(LISTS[asked.kind], one) for one in ("name", "address", "origin"))
    if not found.rows:
        raise await in_thread(partial(_nothing, asked, elsewhere))
    notes = [*found.notes, *([Note(code=NoteCode.RESOLVED_CODE, text=elsewhere)] if elsewhere else [])]
    within = None
    if found.below:
        rows = [list(row) for row in found.below]
        within = Listing(title=found.below_title, columns=list(found.below_columns), rows=rows)
    return Answer(
        what=f"{name} for {shown(asked.query)}",
        data=SearchData(
            kind=asked.kind,
            query=asked.query,
            columns=list(found.columns),
            rows=[list(row) for row in found.rows],
            within=within,
        ),
        source=own_provenance(context, "search_codes", address, coverage=origin),
        notes=notes,
    )


def _nothing(asked: SearchArguments, elsewhere: str) -> NoData:
    if asked.kind == "all":
        return NoData(
            f"Nothing is near {shown(asked.query)} in any list of codes.",
            remedy="Try more general words, such as what it is made of: a heading holds more than its name says.",
        )
    near = LISTS[asked.kind].nearest(asked.query)
    alike = f"Nearest here: {', '.join(near)}." if near else ""
    general = "Try fewer or more general words, or another kind: hs, ebops, country, group, flow, unit."
    return NoData(
        f"Nothing in {LISTS[asked.kind].name} is like {shown(asked.query)}.",
        remedy=" ".join(part for part in (elsewhere, alike, general) if part),
    )


SEARCH_CODES = Tool(
    name="search_codes",
    title="Tradestat: search codes",
    description=(
        "Finds codes by words: goods (kind=hs), services (ebops), countries with their codes in every service "
        "(country), groups with members (group), flows, units; without kind in all lists. Words in English, Chinese or "
        "Korean, or a code in any form: a code shows what is below it and whether it is still in HS 2022. Use it "
        "first whenever a code is not certain: it is free and asks no service, where a wrong code costs a call. "
        "Goods and services have separate codes: freight is ebops, ships are hs."
    ),
    arguments=SearchArguments,
    data=SearchData,
    run=search_codes,
    example={"kind": "hs", "query": "lithium-ion batteries"},
    local=True,
)

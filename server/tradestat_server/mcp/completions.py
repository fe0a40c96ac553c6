"""Completions for every coded argument of the prompts and resource templates."""

from collections.abc import Callable
from datetime import date
from functools import cache, partial

import anyio.to_thread
from mcp_types import Completion, CompletionArgument, PromptReference, ResourceTemplateReference

from tradestat_tools.codes import countries, ebops, groups, hs
from tradestat_tools.codes.search.hs import search_hs
from tradestat_tools.codes.search.lists import search_countries, search_ebops, search_flows, search_groups
from tradestat_tools.codes.words import MAX_INPUT, fold
from tradestat_tools.contract.context import Context

MAX_VALUES = 100
"""What the protocol allows in one answer."""

FIRST_YEAR = 1988
"""The Harmonized System's first."""

FLOWS = {"X": "export", "M": "import"}
"""Which way goods go, as the prompts write it."""

Completer = Callable[[str], list[str]]


async def completed(
    context: Context, ref: PromptReference | ResourceTemplateReference, argument: CompletionArgument
) -> Completion | None:
    """What an argument may be, by what was typed of it; None where nothing is known of it.

    Args:
        context: has the sources, and the newest year.
    """
    completer: Completer | None
    if isinstance(ref, ResourceTemplateReference):
        completer = partial(source_ids, context) if ref.uri == SOURCE_TEMPLATE else TEMPLATE_COMPLETERS.get(ref.uri)
    elif argument.name == "period":
        completer = partial(years, today=context.today)
    elif argument.name in YEAR_ARGUMENTS:
        completer = partial(years, today=context.today, ended=True)
    else:
        completer = PROMPT_COMPLETERS.get(argument.name)
    if completer is None:
        return None
    # In a worker thread: lists are read and indexes built on first use.
    values = await anyio.to_thread.run_sync(completer, argument.value[:MAX_INPUT].strip())
    return Completion(values=values[:MAX_VALUES], total=len(values), has_more=len(values) > MAX_VALUES)


def source_ids(context: Context, typed: str) -> list[str]:
    """Ids of the sources that begin with what was typed."""
    return [source for source in context.sources if source.startswith(typed.lower())]


def hs_codes(typed: str) -> list[str]:
    """HS codes that begin with the digits typed, or are found by the words typed, best first; else the chapters."""
    if not typed:
        return [entry.code for entry in hs.chapters()]
    digits = "".join(char for char in typed if char not in ". -")
    if digits.isdecimal():
        return [entry.code for entry in hs.hs_entries() if entry.code.startswith(digits)]
    return [hit.entry for hit in search_hs(typed, limit=MAX_VALUES)]


def goods(typed: str) -> list[str]:
    """As `hs_codes`, with TOTAL for all goods."""
    total = ["TOTAL"] if "TOTAL".startswith(typed.upper()) else []
    return total + hs_codes(typed)


def ebops_codes(typed: str) -> list[str]:
    """EBOPS items that begin with what was typed, in any of their codes, then those found by the words typed."""
    start = typed.upper()
    items = ebops.ebops_items()
    by_code = [i.code for i in items if any(code.upper().startswith(start) for code in (i.code, i.sdmx, i.trademap))]
    return list(dict.fromkeys([*by_code, *(hit.entry.code for hit in search_ebops(typed, limit=MAX_VALUES))]))


def country_names(typed: str) -> list[str]:
    """English names of areas of which a code or name in any language begins with what was typed, then those alike."""
    return [area.name_en for area in _areas(typed)]


def country_codes(typed: str) -> list[str]:
    """ISO alpha-3 codes, or names where there is none, of the areas found as by `country_names`."""
    return [area.iso3 or area.name_en for area in _areas(typed)]


def group_ids(typed: str) -> list[str]:
    """Groups whose id or a name begins with what was typed, then those found by the words typed."""
    start = fold(typed)
    known = groups.groups()
    begin = [g.id for g in known if any(fold(name).startswith(start) for name in (g.id, g.name, *g.aliases))]
    return list(dict.fromkeys([*begin, *(hit.entry.id for hit in search_groups(typed))]))


def flows(typed: str) -> list[str]:
    """Export or import, which may be typed in any language."""
    begin = [word for word in FLOWS.values() if word.startswith(typed.lower())]
    return begin or list(dict.fromkeys(FLOWS[hit.entry.side] for hit in search_flows(typed) if hit.entry.side in FLOWS))


def years(typed: str, today: date, *, ended: bool = False) -> list[str]:
    """Years from this one back that begin with the digits typed; with `ended`, without this one."""
    return [text for year in range(today.year - ended, FIRST_YEAR - 1, -1) if (text := str(year)).startswith(typed)]


def _areas(typed: str) -> list[countries.Area]:
    """Those whose code or name begins with what was typed, then those found by it, by typing errors as well."""
    start = fold(typed)
    first = [area for area, words in _area_words() if any(word.startswith(start) for word in words)]
    return list(dict.fromkeys([*first, *(hit.entry for hit in search_countries(typed, limit=MAX_VALUES))]))


@cache
def _area_words() -> tuple[tuple[countries.Area, tuple[str, ...]], ...]:
    known = ((area, (area.iso2, area.iso3, *area.names)) for area in countries.areas())
    return tuple((area, tuple(fold(word) for word in words if word)) for area, words in known)


SOURCE_TEMPLATE = "tradestat://sources/{source}"

TEMPLATE_COMPLETERS: dict[str, Completer] = {
    "tradestat://hs/{code}": hs_codes,
    "tradestat://ebops/{code}": ebops_codes,
    "tradestat://countries/{code}": country_codes,
    "tradestat://groups/{code}": group_ids,
}

PROMPT_COMPLETERS: dict[str, Completer] = {
    **dict.fromkeys(("country", "reporter", "partner", "exporter", "importer", "market"), country_names),
    "product": goods,
    "hs_code": hs_codes,
    "flow": flows,
}

YEAR_ARGUMENTS = ("year", "first_year", "last_year")
"""Whole years; the running one has no yearly figure yet."""

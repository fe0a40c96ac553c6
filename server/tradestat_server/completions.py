"""Completions for every coded argument of the prompts and resource templates."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any

import anyio.to_thread
from mcp.server.mcpserver import MCPServer
from mcp_types import Completion, CompletionArgument, CompletionContext, PromptReference, ResourceTemplateReference

from tradestat_tools.codes import countries, ebops, groups, hs
from tradestat_tools.codes.words import MAX_INPUT, fold
from tradestat_tools.sources import all_sources

MAX_VALUES = 100
"""What the protocol allows in one answer."""

FIRST_YEAR = 1988
"""The Harmonized System's first."""

Completer = Callable[[str], list[str]]


def add_completions(server: MCPServer[Any], today: Callable[[], date]) -> None:
    """Register the completions.

    Args:
        server: where to.
        today: the date that the newest year is taken from.
    """

    def with_this_year(typed: str) -> list[str]:
        return years(typed, today())

    def ended(typed: str) -> list[str]:
        return [year for year in years(typed, today()) if year != str(today().year)]

    by_argument = {**PROMPT_COMPLETERS, **dict.fromkeys(YEAR_ARGUMENTS, ended), "period": with_this_year}

    @server.completion()
    async def complete(
        ref: PromptReference | ResourceTemplateReference, argument: CompletionArgument, _: CompletionContext | None
    ) -> Completion | None:
        if isinstance(ref, ResourceTemplateReference):
            completer = TEMPLATE_COMPLETERS.get(ref.uri)
        else:
            completer = by_argument.get(argument.name)
        if completer is None:
            return None
        # In a worker thread: the HS list is read on first use.
        values = await anyio.to_thread.run_sync(completer, argument.value[:MAX_INPUT].strip())
        return Completion(values=values[:MAX_VALUES], total=len(values), has_more=len(values) > MAX_VALUES)


def hs_codes(typed: str) -> list[str]:
    """HS codes that begin with the digits typed, or whose description has every word typed; else the chapters."""
    if not typed:
        return [entry.code for entry in hs.chapters()]
    digits = "".join(char for char in typed if char not in ". -")
    if digits.isdecimal():
        return [entry.code for entry in hs.hs_entries() if entry.code.startswith(digits)]
    return sorted(_with_words(typed, _hs_labels()), key=lambda code: (len(code), code))


def goods(typed: str) -> list[str]:
    """As `hs_codes`, with TOTAL for all goods."""
    total = ["TOTAL"] if "TOTAL".startswith(typed.upper()) else []
    return total + hs_codes(typed)


def ebops_codes(typed: str) -> list[str]:
    """EBOPS items that begin with what was typed, in any of their codes, or whose label has every word typed."""
    start = typed.upper()
    items = ebops.ebops_items()
    by_code = [i.code for i in items if any(code.upper().startswith(start) for code in (i.code, i.sdmx, i.trademap))]
    return list(dict.fromkeys([*by_code, *_with_words(typed, _ebops_labels())]))


def country_names(typed: str) -> list[str]:
    """English names of the areas whose code or name, in English, Chinese or Korean, begins with what was typed."""
    return [area.name_en for area in _areas(typed)]


def country_codes(typed: str) -> list[str]:
    """ISO alpha-3 codes, or names where there is none, of the areas found as by `country_names`."""
    return [area.iso3 or area.name_en for area in _areas(typed)]


def group_ids(typed: str) -> list[str]:
    """Groups whose id or a name begins with what was typed."""
    start = fold(typed)
    return [g.id for g in groups.groups() if any(fold(name).startswith(start) for name in (g.id, g.name, *g.aliases))]


def source_ids(typed: str) -> list[str]:
    """Sources that begin with what was typed."""
    return [source.id for source in all_sources() if source.id.startswith(typed.lower())]


def flows(typed: str) -> list[str]:
    """Export or import."""
    return [flow for flow in ("export", "import") if flow.startswith(typed.lower())]


def years(typed: str, today: date) -> list[str]:
    """Years from this one back that begin with the digits typed."""
    return [text for year in range(today.year, FIRST_YEAR - 1, -1) if (text := str(year)).startswith(typed)]


def _areas(typed: str) -> list[countries.Area]:
    """Those whose code or name begins with what was typed, then those with a word that does."""
    start = fold(typed)
    first = [area for area, words in _area_words() if any(word.startswith(start) for word in words)]
    then = [area for area, words in _area_words() if any(f" {start}" in word for word in words)]
    return list(dict.fromkeys([*first, *then]))


def _with_words(typed: str, labelled: Iterable[tuple[str, str]]) -> list[str]:
    """Codes whose folded label has, for every word typed, a word that begins with it."""
    words = [f" {word}" for word in fold(typed).split()]
    return [code for code, label in labelled if all(word in label for word in words)] if words else []


@cache
def _hs_labels() -> tuple[tuple[str, str], ...]:
    return tuple((entry.code, f" {fold(entry.description)}") for entry in hs.hs_entries())


@cache
def _ebops_labels() -> tuple[tuple[str, str], ...]:
    return tuple((item.code, f" {fold(item.label)}") for item in ebops.ebops_items())


@cache
def _area_words() -> tuple[tuple[countries.Area, tuple[str, ...]], ...]:
    known = ((area, (area.iso2, area.iso3, *area.names)) for area in countries.areas())
    return tuple((area, tuple(fold(word) for word in words if word)) for area, words in known)


TEMPLATE_COMPLETERS: dict[str, Completer] = {
    "tradestat://hs/{code}": hs_codes,
    "tradestat://ebops/{code}": ebops_codes,
    "tradestat://countries/{code}": country_codes,
    "tradestat://groups/{code}": group_ids,
    "tradestat://sources/{source}": source_ids,
}

PROMPT_COMPLETERS: dict[str, Completer] = {
    **dict.fromkeys(("country", "reporter", "partner", "exporter", "importer", "market"), country_names),
    "product": goods,
    "hs_code": hs_codes,
    "flow": flows,
}

YEAR_ARGUMENTS = ("year", "first_year", "last_year")
"""Whole years; the running one has no yearly figure yet."""

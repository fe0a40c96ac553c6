"""THE list: every source and every tool, in the order in which they are shown. What is new is named here, once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tradestat_tools.contract.source import Source
    from tradestat_tools.contract.tool import Tool
    from tradestat_tools.contract.tools import Tools
    from tradestat_tools.model.file_layout import Layout
    from tradestat_tools.model.settings import Settings

# All imports here are in functions. The models of all tools take longer to make than all else at the start of a server,
# and `--help` needs nothing of this: each tool is loaded when it is first asked for.


@dataclass(frozen=True)
class Catalogue:
    """What is offered.

    Args:
        sources: by id.
        own: our own tools, which belong to no source.
        files: layouts of files that people export by hand, by name.
    """

    sources: "Mapping[str, Source]"
    own: "Tools"
    files: "Mapping[str, type[Layout]]"

    @cached_property
    def tools(self) -> "Tools":
        """Every tool by its name: the sources' first, in their order, then our own."""
        from tradestat_tools.contract.tools import Tools

        of_sources = {
            name: partial(_of_source, source, name) for source in self.sources.values() for name in source.offers
        }
        return Tools({**of_sources, **{name: partial(self.own.__getitem__, name) for name in self.own}})

    def settings(self, **given: Any) -> "Settings":
        """The settings of this server and of every source, from the environment, a `.env` file and what is given.

        Raises:
            ValidationError: one has a value that it can not have.
        """
        from tradestat_tools.model.settings import Settings

        kinds = tuple(dict.fromkeys(source.settings for source in self.sources.values()))
        return _settings_of(kinds or (Settings,))(**given)


@cache
def _settings_of(kinds: "tuple[type[Settings], ...]") -> "type[Settings]":
    """One class of these; to make one takes longer than all that a test's context does else."""
    return type("AllSettings", kinds, {})


@cache
def catalogue() -> Catalogue:
    """Every source and tool of this server."""
    from tradestat_tools.sources import census, comtrade, doumaotong, eurostat, korea, trademap

    return of_sources(
        (trademap.SOURCE, doumaotong.SOURCE, korea.SOURCE, census.SOURCE, eurostat.SOURCE, comtrade.SOURCE),
        files=_files_without_tools,
    )


def _files_without_tools() -> "Iterable[type[Layout]]":
    """Layouts of files from services that have no tools."""
    from tradestat_tools.sources import chinacustoms

    return chinacustoms.FILES


def of_sources(sources: "Iterable[Source]", *, files: "Callable[[], Iterable[type[Layout]]]" = tuple) -> Catalogue:
    """These sources, and our own tools over them.

    Args:
        files: loads the layouts of files from services that have no tools.
    """
    from tradestat_tools.contract.tools import Tools

    by_id = {source.id: source for source in sources}
    layouts = Layouts(lambda: (*files(), *(one for source in by_id.values() for one in source.files)))
    return Catalogue(by_id, Tools(_own(by_id, layouts)), layouts)


def _of_source(source: "Source", name: str) -> "Tool[Any, Any]":
    """One of its tools.

    Raises:
        LookupError: it has no such tool, though its `offers` says so.
    """
    return {tool.name: tool for tool in source.tools}[name]


def _own(
    sources: "Mapping[str, Source]", layouts: "Mapping[str, type[Layout]]"
) -> "dict[str, Callable[[], Tool[Any, Any]]]":
    """How each of our own tools is loaded, by its name. What looks into the sources' rooms has them loaded with it."""

    def search_codes() -> "Tool[Any, Any]":
        from tradestat_tools.search.tool import SEARCH_CODES

        return SEARCH_CODES

    def trade_series() -> "Tool[Any, Any]":
        from tradestat_tools.research.series.tool import TRADE_SERIES

        return _after(sources, TRADE_SERIES)

    def compare_mirror() -> "Tool[Any, Any]":
        from tradestat_tools.research.mirror.tool import compare_mirror_tool

        return compare_mirror_tool(sources)

    def trade_indicators() -> "Tool[Any, Any]":
        from tradestat_tools.research.indicators.tool import TRADE_INDICATORS

        return _after(sources, TRADE_INDICATORS)

    def exchange_rate() -> "Tool[Any, Any]":
        from tradestat_tools.research.exchange_rate import EXCHANGE_RATE

        return EXCHANGE_RATE

    def usage() -> "Tool[Any, Any]":
        from tradestat_tools.usage import USAGE

        return USAGE

    def query() -> "Tool[Any, Any]":
        from tradestat_tools.results.query.tool import QUERY

        return _after(sources, QUERY)

    def chart() -> "Tool[Any, Any]":
        from tradestat_tools.results.chart.tool import CHART

        return _after(sources, CHART)

    def import_file() -> "Tool[Any, Any]":
        from tradestat_tools.results.imports.tool import import_file_tool

        return import_file_tool(layouts)

    def export_data() -> "Tool[Any, Any]":
        from tradestat_tools.results.export.tool import EXPORT_DATA

        return _after(sources, EXPORT_DATA)

    def cite() -> "Tool[Any, Any]":
        from tradestat_tools.results.cite import CITE

        return _after(sources, CITE)

    own = (
        *(search_codes, trade_series, compare_mirror, trade_indicators, exchange_rate, usage, query, chart),
        *(import_file, export_data, cite),
    )
    return {load.__name__: load for load in own}


def _after(sources: "Mapping[str, Source]", tool: "Tool[Any, Any]") -> "Tool[Any, Any]":
    """The tool, once all rooms of the sources are loaded."""
    for source in sources.values():
        source.rooms()
    return tool


class Layouts(Mapping[str, "type[Layout]"]):
    """Layouts of files by name, all loaded when one is first looked at."""

    def __init__(self, load: "Callable[[], Iterable[type[Layout]]]") -> None:
        self._load = load

    @cached_property
    def _loaded(self) -> "dict[str, type[Layout]]":
        return {one.id: one for one in sorted(self._load(), key=lambda one: one.id)}

    def __getitem__(self, name: str) -> "type[Layout]":
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)

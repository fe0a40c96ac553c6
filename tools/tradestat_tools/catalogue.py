"""THE list: every source and every tool, in the order in which they are shown. What is new is named here, once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from tradestat_tools.model.settings import Settings

if TYPE_CHECKING:
    from tradestat_tools.contract.source import Source
    from tradestat_tools.contract.tool import Tool
    from tradestat_tools.model.file_layout import Layout


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is offered.

    Args:
        sources: by id.
        own: our own tools, which belong to no source.
        files: layouts of files that people export by hand, by name.
    """

    sources: "Mapping[str, Source]"
    own: "tuple[Tool[Any, Any], ...]"
    files: "Mapping[str, type[Layout]]"

    @property
    def tools(self) -> "dict[str, Tool[Any, Any]]":
        """Every tool by its name: the sources' first, in their order, then our own."""
        of_sources = (tool for source in self.sources.values() for tool in source.tools)
        return {tool.name: tool for tool in (*of_sources, *self.own)}

    def settings(self, **given: Any) -> Settings:
        """The settings of this server and of every source, from the environment, a `.env` file and what is given.

        Raises:
            ValidationError: one has a value that it can not have.
        """
        kinds = tuple(dict.fromkeys(source.settings for source in self.sources.values()))
        return _settings_of(kinds or (Settings,))(**given)


@cache
def _settings_of(kinds: tuple[type[Settings], ...]) -> type[Settings]:
    """One class of these; to make one takes longer than all that a test's context does else."""
    return type("AllSettings", kinds, {})


@cache
def catalogue() -> Catalogue:
    """Every source and tool of this server."""
    # In the function: the models of all tools cost start-up time, which `--help` need not pay.
    from tradestat_tools.sources import chinacustoms, comtrade, doumaotong, korea, trademap  # noqa: PLC0415

    return of_sources((trademap.SOURCE, doumaotong.SOURCE, korea.SOURCE, comtrade.SOURCE), files=chinacustoms.FILES)


def of_sources(sources: "Iterable[Source]", *, files: "Iterable[type[Layout]]" = ()) -> Catalogue:
    """These sources, and our own tools over them.

    Args:
        files: layouts of files from services that have no tools.
    """
    from tradestat_tools.research.exchange_rate import EXCHANGE_RATE  # noqa: PLC0415 - as above
    from tradestat_tools.research.indicators.tool import TRADE_INDICATORS  # noqa: PLC0415
    from tradestat_tools.research.mirror.tool import compare_mirror_tool  # noqa: PLC0415
    from tradestat_tools.research.series.tool import TRADE_SERIES  # noqa: PLC0415
    from tradestat_tools.results.chart.tool import CHART  # noqa: PLC0415
    from tradestat_tools.results.cite import CITE  # noqa: PLC0415
    from tradestat_tools.results.export.tool import EXPORT_DATA  # noqa: PLC0415
    from tradestat_tools.results.imports.tool import import_file_tool  # noqa: PLC0415
    from tradestat_tools.results.query.tool import QUERY  # noqa: PLC0415
    from tradestat_tools.search.tool import SEARCH_CODES  # noqa: PLC0415
    from tradestat_tools.usage import USAGE  # noqa: PLC0415

    by_id = {source.id: source for source in sources}
    layouts = {one.id: one for one in sorted((*files, *(one for s in by_id.values() for one in s.files)), key=_name)}
    own = (
        *(SEARCH_CODES, TRADE_SERIES, compare_mirror_tool(by_id), TRADE_INDICATORS, EXCHANGE_RATE, USAGE, QUERY),
        *(CHART, import_file_tool(layouts), EXPORT_DATA, CITE),
    )
    return Catalogue(by_id, own, layouts)


def _name(layout: "type[Layout]") -> str:
    return layout.id

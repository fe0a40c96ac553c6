"""How a source offers its endpoints as tools."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tradestat_tools.contract.results import made_of
from tradestat_tools.model.answers import Answer, Data, Provenance
from tradestat_tools.model.arguments import Arguments, parse_arguments
from tradestat_tools.model.errors import InvalidQuery, NoData, UpstreamChanged
from tradestat_tools.model.observation import Observation
from tradestat_tools.upstream.report import Progress, reporting
from tradestat_tools.upstream.request import NO_DATA

if TYPE_CHECKING:
    from tradestat_tools.contract.context import Services

A = TypeVar("A", bound=Arguments)
D = TypeVar("D", bound=Data)


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[A, D]):
    """One tool: a typed question to one source.

    Args:
        name: the tool's name; the upstream endpoint's own where it mirrors one.
        title: for people; says the source.
        description: for models, under 600 characters: what it answers, when to use it, when another is better.
        arguments: the schema of the question.
        data: the type of the answer's data.
        run: asks the question; raises only `TradestatError`.
        example: arguments that make a sensible call, for docs, demo and checks.
        cost: what one call costs the user ("1 credit", "free").
        local: answered by this server alone; no service is asked.
        kept: whether its answers get a handle; left out, those of every tool that is not local do.
        writes: whether a call leaves something behind that was not there, such as a file.
        observe: the figures of an answer as common rows; left out where it has none.
    """

    name: str
    title: str
    description: str
    arguments: type[A]
    data: type[D]
    run: "Callable[[Services, A], Awaitable[Answer[D]]]"
    example: Mapping[str, Any]
    cost: str = "free"
    local: bool = False
    kept: bool | None = None
    writes: bool = False
    observe: Callable[[D, Provenance], Sequence[Observation]] | None = None

    async def call(
        self, services: "Services", arguments: Mapping[str, Any], *, progress: Progress | None = None
    ) -> Answer[D]:
        """Check the raw arguments, then ask; `progress` is told now and then while the answer is waited for.

        Raises:
            TradestatError: one of the closed set; InvalidQuery means nothing was sent.
        """
        asked = await self._parsed(arguments)
        with reporting(progress) as report:
            try:
                answer = await self.run(services, asked)
            except (UpstreamChanged, NoData) as error:
                if error is not report.failure:
                    await self._doubt(services, report.fetched, error)
                raise
        answer.notes.extend(note for note in report.notes if note not in answer.notes)
        answer.citation = answer.citation or await self._citation(services, answer)
        if not self.local if self.kept is None else self.kept:
            answer.result = await services.results.keep(self.name, arguments, answer, report.asked)
        return answer

    async def _parsed(self, arguments: Mapping[str, Any]) -> A:
        """The question; where words stand in the place of a product code, the error offers the codes they may mean."""
        try:
            return parse_arguments(self.arguments, arguments)
        except InvalidQuery as error:
            from tradestat_tools.search.did_you_mean import offer_codes  # noqa: PLC0415 - the searches are for those who need them

            raise await offer_codes(error, arguments) from None

    async def _citation(self, services: "Services", answer: Answer[D]) -> str | None:
        """How to cite the answer; of one made from others, how to cite each. What holds no statistics has none."""
        from tradestat_tools.results.citation import cited, one_line  # noqa: PLC0415 - it knows the sources

        whole = [cited(self.name, answer.what, answer.source)]
        if answer.source.results:
            parts, _ = await made_of(services.results, answer.source.results)
            whole = [cited(part.tool, part.what, part.source) for part in parts]
        return "; ".join(one_line(one) for one in whole if one) or None

    @staticmethod
    async def _doubt(services: "Services", fetched: Sequence[str], error: UpstreamChanged | NoData) -> None:
        """Take back what was stored before the source looked closer: the last answer, or that there is none."""
        if isinstance(error, NoData):
            await services.upstream.keep_only(fetched, NO_DATA.fresh)
        else:
            await services.upstream.keep_only(fetched[-1:], 0.0)

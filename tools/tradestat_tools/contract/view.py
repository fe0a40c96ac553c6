"""How research sees a source: whose flows it has, what to ask it for one, at what cost, and how far it reaches."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tradestat_tools.codes.countries import Area, label
from tradestat_tools.codes.periods import Period
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.flow import HS_DIGITS, FlowQuestion, Role
from tradestat_tools.model.observation import FlowCode, Observation
from tradestat_tools.model.reasons import Reason, Why

if TYPE_CHECKING:
    from tradestat_tools.contract.context import Context


class Standing(StrEnum):
    """What kind of statistics a source has, the one to be asked first on top."""

    NATIONAL = "national"
    """A country's official statistics, by the country itself."""
    INTERNATIONAL = "international"
    """What every country reports to the United Nations."""
    INDEPENDENT = "independent"
    """One country's, compiled by somebody who is not official: only by name, or where no other has them."""
    COMPILED = "compiled"
    """Compiled from the two upper ones for every country."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a source is asked for one end's report of a flow.

    Args:
        tool: the tool to ask; the one that would be asked where it has no such report.
        arguments: the tool's arguments, more than one set where one question can not hold all periods.
        why: why nothing can be asked.
    """

    tool: str
    arguments: tuple[dict[str, Any], ...] = ()
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One source's view of a flow from one of its ends.

    Args:
        id: `comtrade:exporter`; of a file `file:exporter:` and its handle.
        source: the source's id; "file" for stored results.
        tool: the tool that is asked, or that gave the stored result.
        arguments: sets of the tool's arguments; more than one where one question can not hold all periods.
        role: whose report it is.
        what: for people: `China's exports to South Korea, UN Comtrade`.
        question: the flow asked for.
        why: why this source has no such report; nothing is asked then.
        handle: of a stored result that is read instead of asking.
        standing: the source's; None of a stored result.
        valued: at what the figures are valued, where FOB or CIF does not say it all.
        members: UN Comtrade's codes of the partner's members, whose figures are asked for and summed, where the source
            has none of the partner itself.
    """

    id: str
    source: str
    tool: str
    arguments: tuple[dict[str, Any], ...]
    role: Role
    what: str
    question: FlowQuestion
    why: Why | None = None
    handle: str = ""
    standing: Standing | None = None
    valued: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """What would be sent.

    Args:
        calls: upstream calls, retries not counted; of some sources at most so many.
        credits: what the paid ones of them cost.
    """

    calls: int = 0
    credits: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.calls + other.calls, self.credits + other.credits)


@dataclass(frozen=True, slots=True)
class Breadth:
    """A question over several reporters, partners, products and flows at once.

    Args:
        reporters: UN Comtrade's codes, or "all"; `partners` likewise.
        flows: X, M, RX, RM.
        first: the first period, a year or a month; `last` is of the same frequency.
        by_second_partner: whether each flow is wanted by the second partner too, through whom it went.
    """

    reporters: Sequence[str]
    partners: Sequence[str]
    products: Sequence[str]
    flows: Sequence[str]
    first: Period
    last: Period
    by_second_partner: bool = False


@dataclass(frozen=True, slots=True)
class Broad:
    """An answer to a question over several reporters, partners, products and flows.

    Args:
        observed: the figures, of years or months.
        by_second_partner: values by second partner and period, where it is neither all of them nor the origin itself.
    """

    answer: Answer[Any]
    observed: Sequence[Observation]
    by_second_partner: Mapping[tuple[str, Period], float]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A source that answers questions over many reporters at once, which tell why two reports differ.

    Args:
        ask: asks such a question; raises TradestatError.
        periods_a_call: how many periods one call takes.
        has_key: whether the user's key is set, with which more is asked.
    """

    ask: "Callable[[Context, Breadth], Awaitable[Broad]]"
    periods_a_call: "Callable[[Context], int]"
    has_key: "Callable[[Context], bool]"


@dataclass(frozen=True, slots=True)
class Flows:
    """What a source can answer of flows between two areas.

    Args:
        standing: what kind of statistics it has.
        reports: whose, for people, where it is one country's only: "Korea's own exports and imports".
        view: what to ask it for one end's report; None where that is none of its business: another country's own.
        cost: what asking would cost now, stored answers taken into account.
        newest: the newest month that it can have out, by the time; of a source of years, December of the newest.
        nothing: why an answer of its holds nothing of a flow, told by the periods that it has of the product; where
            the source can say more than that it does not.
        evidence: where it answers questions over many reporters at once.
        valued: at what figures of a flow are valued, as a sentence, where FOB or CIF does not say it all.
    """

    standing: Standing
    view: Callable[[FlowQuestion, Role], Asking | None]
    cost: "Callable[[View, Context], Awaitable[Cost]]"
    newest: Callable[[datetime], Period]
    reports: str | None = None
    nothing: Callable[[View, Sequence[Period]], Why | None] | None = None
    evidence: Evidence | None = None
    valued: Mapping[FlowCode, str] = field(default_factory=dict[FlowCode, str])


def never(text: str) -> Why:
    """That the source never has this."""
    return Why(Reason.NOT_COVERED, text, sure=True)


def no_reporter(source: str, area: Area) -> Why | None:
    """Why nobody reports for an area; None where somebody may."""
    if area.kind == "world":
        return never(f"{source} has no report of the World: ask the other side, or one country.")
    if area.kind in ("nes", "special"):
        return never(f"{label(area)} is a partner only: nobody reports for it.")
    return None


def too_deep(source: str, question: FlowQuestion) -> Why | None:
    """Why a source that has subheadings at most can not have the product; None where it can."""
    product = question.product
    if product.kind == "services" or product.is_total or len(product.code) in HS_DIGITS:
        return None
    return never(f"{product.code} is a national code; {source} has 2, 4 and 6 digits ({product.code[:6]}).")


def runs(first: Period, last: Period, size: int) -> Iterator[tuple[Period, Period]]:
    """A span in pieces of so many periods at most."""
    while first <= last:
        end = min(last, first.shifted(size - 1))
        yield first, end
        first = end.shifted(1)

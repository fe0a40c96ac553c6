"""What a source is: a name, its terms, its endpoints, and how to check that it still behaves as assumed."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tradestat_tools.contract.tool import Endpoint
from tradestat_tools.model.settings import Settings
from tradestat_tools.upstream.plan import Plan
from tradestat_tools.upstream.policy import Policy

if TYPE_CHECKING:
    from tradestat_tools.contract.context import Services


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """The key a source needs.

    Args:
        variable: the environment variable to set.
        get_it: where and how to get one, in a sentence.
        place: where a call carries it, and `name` under which name there.
        required: whether nothing works without it.
    """

    variable: str
    get_it: str
    place: Literal["header", "query"]
    name: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """What a reader should know before trusting or passing on a figure from this source.

    Args:
        author: who is named first where a figure is cited.
        publisher: who compiles the figures and who hands them on.
    """

    author: str
    publisher: str
    homepage: str
    coverage: str
    lag: str
    units: str
    valuation: str
    licence: str
    privacy: str
    disclaimer: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `doctor`: an assumption about the live service and whether it holds."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Source:
    """A statistics service and the tools it offers.

    Args:
        id: short name, also the folder's ("korea").
        name: the service's name for people.
        plan: pace and budget of the user's account, by the settings.
        checks: asks the live service cheap questions and compares the answers with what is assumed.
    """

    id: str
    name: str
    key: KeyInfo | None
    terms: Terms
    policy: Policy
    plan: Callable[[Settings], Plan]
    endpoints: tuple[Endpoint[Any, Any], ...]
    checks: "Callable[[Services], AsyncIterator[Check]]"

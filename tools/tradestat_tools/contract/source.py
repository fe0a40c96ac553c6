"""What a source is: all that others may know of it, declared in one place."""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tradestat_tools.contract.context import Context
    from tradestat_tools.contract.tool import Tool
    from tradestat_tools.contract.view import Flows
    from tradestat_tools.model.file_layout import Layout
    from tradestat_tools.model.settings import Settings
    from tradestat_tools.upstream.plan import Plan
    from tradestat_tools.upstream.policy import Policy


@dataclass(frozen=True, slots=True)
class KeyForm:
    """What can be told of a key by looking at it.

    Args:
        well_formed: whether it may be a key of its service; only a call shows whether it is.
        detail: its form and length, or what is wrong with it.
    """

    well_formed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """The key a source needs.

    Args:
        variable: the environment variable to set; the field of the settings has its name in small letters.
        get_it: where and how to get one, in a sentence.
        place: where a call carries it, and `name` under which name there.
        required: whether nothing works without it.
        examine: looks at what is told apart by the service's own form of keys; the rest is the same for all.
        two_forms: whether the service shows each key twice, as it is and percent-encoded.
    """

    variable: str
    get_it: str
    place: Literal["header", "query"]
    name: str
    required: bool = True
    examine: Callable[[str], KeyForm] | None = None
    two_forms: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What a reader should know before trusting or passing on a figure from this source.

    Args:
        author: who is named first where a figure is cited.
        publisher: who compiles the figures and who hands them on.
        shown: what the service asks to be shown with its figures, in its own words; part of every citation.
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
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `doctor`: an assumption about the live service and whether it holds."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a person would ask, and the call that answers it.

    Args:
        tables: how many of the answer's tables are worth showing at a first look.
    """

    text: str
    tool: str
    arguments: Mapping[str, Any]
    tables: int = 1


@dataclass(frozen=True, slots=True)
class Rooms:
    """What of a source is loaded only when it is needed: its tools, and what they are made of.

    Args:
        checks: asks the live service cheap questions and compares the answers with what is assumed.
        flows: what it can answer of flows between two areas; None where it has none to compare.
        files: layouts of files that people export from it by hand.
    """

    tools: "tuple[Tool[Any, Any], ...]"
    checks: "Callable[[Context], AsyncIterator[Check]]"
    flows: "Flows | None" = None
    files: "tuple[type[Layout], ...]" = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A statistics service and the tools it offers.

    It is declared without loading its tools, whose models take longer to make than all else at the start of a server.

    Args:
        id: short name, also the folder's ("korea").
        name: the service's name for people.
        settings: the settings with the source's own: its key, its address, its plan.
        plan: pace and budget of the user's account, by the settings.
        instructions: when to choose its tools, for the server's instructions: a line or a few.
        example: a question for the demo.
        offers: the names of its tools, in the order of `tools`.
        rooms: loads the rest; called often, so that it has to remember (`functools.cache`).
    """

    id: str
    name: str
    key: KeyInfo | None
    terms: Terms
    policy: "Policy"
    settings: "type[Settings]"
    plan: "Callable[[Settings], Plan]"
    instructions: str
    example: Question
    offers: tuple[str, ...]
    rooms: Callable[[], Rooms]

    @property
    def tools(self) -> "tuple[Tool[Any, Any], ...]":
        """Its tools, loaded."""
        return self.rooms().tools

    @property
    def checks(self) -> "Callable[[Context], AsyncIterator[Check]]":
        """What `doctor` asks."""
        return self.rooms().checks

    @property
    def flows(self) -> "Flows | None":
        """What it can answer of flows between two areas."""
        return self.rooms().flows

    @property
    def files(self) -> "tuple[type[Layout], ...]":
        """Layouts of files that people export from it by hand."""
        return self.rooms().files


def source_of(sources: Iterable[Source], tool: str) -> Source | None:
    """The source that a tool belongs to; None of our own tools."""
    return next((source for source in sources if tool in source.offers), None)


SHORTEST = 16
"""No service here gives out shorter keys; a shorter one was cut off or is a placeholder."""

PLACEHOLDER = re.compile(r"your|key|token|secret|example|xxxx|<|>", re.IGNORECASE)


def examine_key(key: KeyInfo, value: str) -> KeyForm:
    """Whether a value looks like a key of the service. Says so without ever showing it."""
    if value[:1] in "\"'" or value[-1:] in "\"'":
        return KeyForm(False, "stands in quotes; set it without them")
    if any(char.isspace() or not char.isprintable() for char in value):
        return KeyForm(False, "holds blanks or control characters; copy it again")
    if len(value) < SHORTEST:
        return KeyForm(False, f"has only {len(value)} characters; it was cut off or is a placeholder")
    if not value.isascii():
        return KeyForm(False, "holds characters that no key has; copy it again")
    if key.examine is not None:
        return key.examine(value)
    if PLACEHOLDER.search(value) and not any(char.isdigit() for char in value):
        return KeyForm(False, "looks like a placeholder, not a key")
    return KeyForm(True, f"{len(value)} characters")

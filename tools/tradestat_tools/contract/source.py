"""What a source is: a name, its terms, its endpoints, and how to check that it still behaves as assumed."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

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


SHORTEST = 16
"""No service here gives out shorter keys; a shorter one was cut off or is a placeholder."""

PLACEHOLDER = re.compile(r"your|key|token|secret|example|xxxx|<|>", re.IGNORECASE)
COMTRADE_KEY = re.compile(r"[0-9a-fA-F]{32}")
PERCENT_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


@dataclass(frozen=True, slots=True)
class KeyForm:
    """What can be told of a key by looking at it.

    Args:
        well_formed: whether it may be a key of its service; only a call shows whether it is.
        detail: its form and length, or what is wrong with it.
    """

    well_formed: bool
    detail: str


def examine_key(variable: str, value: str) -> KeyForm:
    """Look at the key that `variable` holds."""
    if value[:1] in "\"'" or value[-1:] in "\"'":
        return KeyForm(False, "stands in quotes; set it without them")
    if any(char.isspace() or not char.isprintable() for char in value):
        return KeyForm(False, "holds blanks or control characters; copy it again")
    if len(value) < SHORTEST:
        return KeyForm(False, f"has only {len(value)} characters; it was cut off or is a placeholder")
    if not value.isascii():
        return KeyForm(False, "holds characters that no key has; copy it again")
    return _FORMS.get(variable, _any_form)(value)


def _any_form(value: str) -> KeyForm:
    if PLACEHOLDER.search(value) and not any(char.isdigit() for char in value):
        return KeyForm(False, "looks like a placeholder, not a key")
    return KeyForm(True, f"{len(value)} characters")


def _data_go_kr(value: str) -> KeyForm:
    """The portal shows each key twice, "Encoding" (percent-escaped) and "Decoding" (base64); either is taken."""
    if "%" in value:
        if unquote(unquote(value)) != unquote(value):
            return KeyForm(False, "is percent-encoded twice; copy it from the portal again")
        if len(PERCENT_ESCAPE.findall(value)) != value.count("%") or not BASE64.fullmatch(unquote(value)):
            return KeyForm(False, "has escapes that no Encoding key has; it may be cut off")
        return KeyForm(True, f"Encoding form, {len(value)} characters")
    if not BASE64.fullmatch(value):
        return KeyForm(False, "has characters that neither form of the portal's keys has")
    if any(char in value for char in "+/="):
        return KeyForm(True, f"Decoding form, {len(value)} characters")
    return KeyForm(True, f"the same in both forms, {len(value)} characters")


def _comtrade(value: str) -> KeyForm:
    """A subscription key of Azure API Management, which the service runs on: 32 hexadecimal digits."""
    if not COMTRADE_KEY.fullmatch(value):
        return KeyForm(False, f"has {len(value)} characters; a subscription key is 32 hexadecimal digits")
    return KeyForm(True, "32 hexadecimal digits")


_FORMS: dict[str, Callable[[str], KeyForm]] = {
    "DATA_GO_KR_SERVICE_KEY": _data_go_kr,
    "COMTRADE_API_KEY": _comtrade,
}

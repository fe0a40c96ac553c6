"""Single values as Trade Map writes them, and an account of those that can not be read.

An answer is paid for: what can be read of it is kept, and of the rest it is said what it was. Only an answer of which
nothing can be read is UpstreamChanged.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

from tradestat_tools.sources.trademap.wire.envelope import changed, excerpt, kind_of
from tradestat_tools.upstream.reading import number

Number = int | float

MAX_FIGURE = 1e15
"""Thousand dollars: far above the trade of the whole world, and exact as a number."""


class Odd(ValueError):
    """A value in a form that is not known here; the message says what stands there."""


class Oddities:
    """What could not be read of an answer, each kind with its number."""

    def __init__(self) -> None:
        self._found: Counter[str] = Counter()

    def add(self, what: str) -> None:
        """One more of a kind."""
        self._found[what] += 1

    @property
    def told(self) -> tuple[str, ...]:
        """Each kind as an answer's note may put it, the most frequent first."""
        return tuple(what if number == 1 else f"{what} ({number} times)" for what, number in self._found.most_common())


def entries_of(value: Any, name: str, need: tuple[str, ...], odd: Oddities) -> list[Mapping[str, Any]]:
    """The objects of a list that have all that is needed; nothing is an empty list.

    Raises:
        Odd: not a list.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise Odd(f"`{name}` is {kind_of(value)}, not a list")
    found: list[Mapping[str, Any]] = []
    for entry in cast("list[Any]", value):
        missing = [n for n in need if not isinstance(entry, dict) or n not in entry]
        if missing:
            odd.add(f"an entry of {name} without `{missing[0]}`")
        else:
            found.append(cast("Mapping[str, Any]", entry))
    return found


def require_some(found: object, odd: Oddities) -> None:
    """Refuse an answer of which nothing could be read.

    Raises:
        UpstreamChanged: it has entries, and none of them is of use.
    """
    if not found and odd.told:
        raise changed(f"nothing of it can be read: {'; '.join(odd.told[:2])}")


def text_of(value: Any) -> str | None:
    """Text or a number as text, without blanks around it; None for null, blanks and anything nested."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < MAX_FIGURE:
        return None
    return str(int(value)) if value == int(value) else str(value)


def code_of(value: Any) -> str:
    """A three-digit area code; a number lost its leading zeros. Text stays: a group's id is unpadded.

    Raises:
        Odd: no digits.
    """
    text = text_of(value)
    if text is None or not (text.isascii() and text.isdigit()):
        raise Odd(f"an area code that is {kind_of(value) if text is None else excerpt(text)}")
    return text.zfill(3) if isinstance(value, int) else text


def product_of(value: Any) -> str | None:
    """An HS or EBOPS code; HS codes have an even number of digits, and a number lost its leading zero."""
    text = text_of(value)
    return f"0{text}" if text is not None and not isinstance(value, str) and len(text) % 2 else text


def count_of(value: Any) -> int | None:
    """A whole number that is not negative; None for anything else."""
    text = text_of(value)
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def figure_of(value: Any) -> Number | None:
    """A figure; text may carry thousands commas. None for null, blanks and words for nothing; `...` is no member.

    Raises:
        Odd: something that is not a number, or larger than any trade flow.
    """
    if value is ...:
        raise Odd("nothing")
    try:
        found = number(value)
    except ValueError:
        raise Odd(excerpt(value) if isinstance(value, str) else kind_of(value)) from None
    if found is not None and abs(found) >= MAX_FIGURE:
        raise Odd("a number larger than any trade flow")
    return found

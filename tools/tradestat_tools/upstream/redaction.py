"""Keys out of foreign text, however a service writes them when it repeats a question.

A key comes back as it is, percent-encoded in either case, with JSON's or a script's escapes, as HTML's entities, with
blanks for `+`, in the other alphabet of base64, in parts only one of these, or one inside another (all seen of gateways
and error pages, 2025 and 2026). So nothing is listed: a key is found wherever its characters follow each other, each in
any of its forms.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html.entities import html5
from typing import NamedTuple

BLANK = "*" * 8
"""What stands for a key; no escape in any of the notations."""

DEPTH = 3
"""How often one encoding is looked for inside another: twice is seen, once more costs nothing."""

SHORTEST = 6
"""Characters. Shorter words are parts of others everywhere, so they are blanked only beside their name."""
SHORTEST_NUMBER = 16
"""Digits. A shorter number may be a figure, so it is treated likewise."""
TELLING = 12
"""Characters of a key's beginning that are blanked without the rest, as where a service cut its words off."""

_STARTS = "%\\&"
"""Every form of a character but itself begins with one of these, at whatever depth."""
_TWINS = {"+": " -", "/": "_"}
"""A blank is how `+` reads in a query; minus and underscore are the same two of base64 in addresses."""


class _Atom(NamedTuple):
    """A place in a form: one of some characters, so often."""

    chars: str
    least: int = 1
    most: int = 1


_Form = tuple[_Atom, ...]

_ZEROS = _Atom("0", 0, 6)
_END = _Atom(";", 0, 1)


def blanked(text: str, keys: Iterable[str]) -> str:
    """Text without the keys."""
    for key in keys:
        if key:
            text = _without(text, key)
    return text


def blanked_body(body: bytes, keys: Sequence[str]) -> bytes:
    """A body without the keys, in any encoding: keys are ASCII, and stand as such in all but the wide ones."""
    body = _recoded(body, keys, "latin-1")
    if b"\0" in body:
        for wide in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            body = _recoded(body, keys, wide)
    return body


def _recoded(body: bytes, keys: Sequence[str], encoding: str) -> bytes:
    """The body, if it can be in this encoding, without keys that are."""
    whole = len(body) // 4 * 4 if encoding.startswith("utf-32") else len(body) // 2 * 2
    whole = len(body) if encoding == "latin-1" else whole
    try:
        text = body[:whole].decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        return body
    left = blanked(text, keys)
    return body if left == text else left.encode(encoding, "surrogatepass") + body[whole:]


def is_short(key: str) -> bool:
    """Whether a key may stand by chance in an answer, so that it can only be blanked with what stands before it."""
    return len(key) < (SHORTEST_NUMBER if key.isdecimal() else SHORTEST)


def _without(text: str, key: str) -> str:
    text = text.replace(key, BLANK)
    if key[:TELLING] not in text and not any(char in text for char in _STARTS) and not any(map(key.count, _TWINS)):
        return text  # at the speed of memory, so that large tables of figures pay nothing
    screen, at = _screen(key), 0
    while found := screen.search(text, at):
        at = found.start()
        end, whole = _end(text, at, key)
        if whole:
            # What is repeated is mostly repeated in the same form, and to look for that costs next to nothing.
            text = f"{text[:at]}{text[at:].replace(text[at:end], BLANK)}"
        elif end:
            text = f"{text[:at]}{BLANK}{text[end:]}"
        at += len(BLANK) if end else 1
    return text


def _end(text: str, start: int, key: str) -> tuple[int, bool]:
    """Where a key that begins here ends, or as much of its beginning as tells, and whether it is whole; 0 for none."""
    known: dict[tuple[str, int, int], frozenset[int]] = {}
    ends = frozenset((start,))
    for count, char in enumerate(key):
        further = frozenset(end for at in ends for end in _ends(text, char, at, DEPTH, known))
        if not further:
            return (max(ends) if count >= TELLING else 0), False
        ends = further
    return max(ends), True


def _ends(
    text: str, char: str, at: int, depth: int, known: dict[tuple[str, int, int], frozenset[int]]
) -> frozenset[int]:
    """Where a character that begins here may end, in any form of so many encodings."""
    here = text[at : at + 1]
    if not here:
        return frozenset()
    alike = here == char or here in _TWINS.get(char, "")
    if not depth or here not in _STARTS:
        return frozenset((at + 1,)) if alike else frozenset()
    asked = (char, at, depth)
    if asked not in known:
        known[asked] = frozenset()  # for what leads back here
        ends = {at + 1} if alike else set[int]()
        for one in (char, *_TWINS.get(char, "")):
            for form in _forms(one):
                ends |= _through(text, form, at, depth - 1, known)
        known[asked] = frozenset(ends)
    return known[asked]


def _through(
    text: str, form: _Form, at: int, depth: int, known: dict[tuple[str, int, int], frozenset[int]]
) -> set[int]:
    """Where a form that begins here may end."""
    ends = {at}
    for chars, least, most in form:
        reached = set(ends) if not least else set[int]()
        for _ in range(most):
            ends = {end for place in ends for char in chars for end in _ends(text, char, place, depth, known)}
            reached |= ends
            if not ends:
                break
        ends = reached
        if not ends:
            break
    return ends


@lru_cache(maxsize=1024)
def _forms(char: str) -> tuple[_Form, ...]:
    """How a character is written where it does not stand for itself."""
    code = ord(char)
    forms = [
        tuple(_of("".join(f"%{byte:02x}" for byte in char.encode("utf-8", "surrogatepass")))),
        (*_of("%u"), *_of(f"{code:04x}")),
        (*_of("\\u"), *_of(f"{code:04x}")),
        (*_of("&#"), _ZEROS, *_of(str(code)), _END),
        (*_of("&#"), _Atom("xX"), _ZEROS, *_of(f"{code:x}"), _END),
        *((*(_Atom(one) for one in name), _END) for name in _named(char)),
    ]
    if code < 256:
        forms.append((*_of("\\x"), *_of(f"{code:02x}")))
    if not char.isalnum():
        forms.append((_Atom("\\"), _Atom(char)))
    if code > 127:
        forms.append(tuple(_Atom(chr(byte)) for byte in char.encode("utf-8", "surrogatepass")))
    return tuple(forms)


def _of(text: str) -> Iterator[_Atom]:
    """The characters of a form; its hexadecimal digits in either case."""
    return (_Atom(one + one.upper() if one in "abcdef" else one) for one in text)


@lru_cache(maxsize=1)
def _names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for name, char in html5.items():
        if len(char) == 1 and char.isascii() and name.endswith(";"):
            names.setdefault(char, []).append(f"&{name[:-1]}")
    return names


def _named(char: str) -> list[str]:
    return _names().get(char, [])


@lru_cache(maxsize=64)
def _screen(key: str) -> re.Pattern[str]:
    """Finds where a key may begin, and little else: large bodies are searched by this alone.

    Where a form has another inside, it looks no further.
    """
    first = [key[0], *_TWINS.get(key[0], "")]
    paths: list[_Form] = [(_Atom(one), *(_Atom(char + _TWINS.get(char, "")) for char in key[1:4])) for one in first]
    paths += [form for one in (*first, *_STARTS) for form in _forms(one)]
    return re.compile(_any_of(paths, inside=False))


def _any_of(paths: Sequence[_Form], *, inside: bool = True) -> str:
    """A pattern of what goes any of these ways; inside a form, an encoded character ends it."""
    if not all(paths):
        return ""
    ways: dict[_Atom, list[_Form]] = {}
    for atom, *rest in paths:
        ways.setdefault(atom, []).append(tuple(rest))
    patterns = [f"{_one_of(atom)}{_any_of(rest)}" for atom, rest in ways.items()]
    return f"(?:{'|'.join([*patterns, *([_one_of(_Atom(_STARTS))] if inside else [])])})"


def _one_of(atom: _Atom) -> str:
    chars = re.escape(atom.chars) if len(atom.chars) == 1 else f"[{re.escape(atom.chars)}]"
    return chars if (atom.least, atom.most) == (1, 1) else f"{chars}{{{atom.least},{atom.most}}}"

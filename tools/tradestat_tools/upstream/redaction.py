"""Keys out of foreign text, however a service writes them when it repeats a question.

A key may come back as it is, percent-encoded in either case, with JSON's or a script's escapes, as HTML's entities,
with blanks for `+`, in the other alphabet of base64, in parts only one of these, or one inside another. So forms are
not listed: a key is found wherever its characters follow each other, each in any of its forms.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html.entities import html5

BLANK = "*" * 8
"""What stands for a key; no escape in any of the notations."""

DEPTH = 3
"""How often one encoding is looked for inside another: twice is seen, once more costs nothing."""

SHORTEST = 6
"""Characters. Shorter words are parts of others everywhere, so they are blanked only beside their name."""
SHORTEST_NUMBER = 16
"""Digits. A shorter number may be a figure, so it is treated likewise."""
FORMS = 20
"""Forms of one key in one text that are looked for as they stand, once each was found."""
TELLING = 12
"""Characters of a key's beginning that are blanked without the rest, as where a service cut its words off."""

VAIN = 16
"""Places that look like a key's beginning and are none, after which a text's escapes are read rather than tried."""

_STARTS = "%\\&"
"""Every form of a character but itself begins with one of these, at whatever depth."""
_TWINS = {"+": " -", "/": "_"}
"""A blank is how `+` reads in a query; minus and underscore are the same two of base64 in addresses."""


_LONGEST = 18
"""Characters of the longest escape that is read, such as `&DiacriticalGrave;`."""
_HEX = "[0-9a-fA-F]"
_WHOLE = re.compile(
    rf"%(?P<percent>{_HEX}{{2}})|[%\\]u(?P<unicode>{_HEX}{{4}})|\\x(?P<byte>{_HEX}{{2}})|\\(?P<itself>[^a-zA-Z0-9])"
    rf"|&#(?P<decimal>[0-9]+);?|&#[xX](?P<hex>{_HEX}+);?|&(?P<name>[A-Za-z]+);?"
)
_PART = re.compile(rf"%(?:{_HEX}?|u{_HEX}{{0,3}})|\\(?:x{_HEX}?|u{_HEX}{{0,3}})?|&(?:#(?:[0-9]*|[xX]{_HEX}*))?")
_NAMES = {name.rstrip(";"): char for name, char in html5.items() if len(char) == 1 and char.isascii()}
_PARTS_OF_NAMES = {f"&{name[:length]}" for name in _NAMES for length in range(len(name) + 1)}

_ASCII = f"[2-7]{_HEX}"
_ESCAPES = re.compile(
    rf"[{re.escape(_STARTS)}](?:(?<=%)(?P<run>{_ASCII}(?:%{_ASCII})*)"
    rf"|(?P<one>(?<=&)(?:\#(?:[xX]0*(?P<hex>{_ASCII})|0*(?P<decimal>1[0-2][0-9]|[3-9][0-9]))"
    rf"|(?P<name>{'|'.join(sorted(_NAMES, key=len, reverse=True))}));?"
    rf"|(?<!&)u00(?P<unicode>{_ASCII})|(?<=\\)x(?P<byte>{_ASCII}))"
    rf"(?P<more>(?:[{re.escape(_STARTS)}](?P=one))*))"
)
"""Escapes of the characters that keys have."""
_MARKS = (("&amp;", "&"), ("%25", "%"))
"""Escaped escapes: what walls of them are made of, and read fastest so."""
_REACH = 2000
"""Characters after its first that a key's beginning takes at most, each of them encoded three times in percents."""
_NARROW = 512
"""Characters in which a key may begin, few enough to try them one by one."""

_BEFORE_MARK = re.compile(r"\\(?=[^0-9A-Za-z\\])")
"""A backslash that stands before a mark, within an escape too: `\\&\\#48\\;`."""

_Readings = frozenset[tuple[str, int]]


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
    kept, forms, done = list[str](), 0, 0
    again = True
    while again:
        again, done = False, 0
        for start, end, whole in _found(text, key):
            kept += (text[done:start], BLANK)
            done = end
            if whole and forms < FORMS:
                # What is repeated is mostly repeated in the same form, and to look for that costs next to nothing.
                text, done, forms, again = text[end:].replace(text[start:end], BLANK), 0, forms + 1, True
                break
    return "".join((*kept, text[done:]))


def _found(text: str, key: str) -> Iterator[tuple[int, int, bool]]:
    """Where a key begins and ends, and whether it is whole."""
    at = vain = 0
    for start, end, whole in _tried(text, 0, len(text), key):
        at = end or start + 1
        if end:
            yield start, end, whole
        elif (vain := vain + 1) == VAIN:
            break
    else:
        return
    for first, stop in _places(text, at, len(text), key):
        for start, end, whole in _tried(text, max(first, at), stop, key):
            if end:
                at = end
                yield start, end, whole


def _tried(text: str, at: int, stop: int, key: str) -> Iterator[tuple[int, int, bool]]:
    """What looks like the beginning of a key, with its end, 0 where it is none, and whether it is whole."""
    screen = _screen(key)
    while at < stop and (found := screen.search(text, at)) and found.start() < stop:
        end, whole = _end(text, found.start(), key)
        yield found.start(), end, whole
        at = end or found.start() + 1


def _places(text: str, start: int, stop: int, key: str) -> Iterator[tuple[int, int]]:
    """Where a key may begin: by halves, since to read all escapes of a text costs far less than to try each of them."""
    if not set(_STARTS).isdisjoint(key):
        yield start, stop  # what reads a text's escapes would read such a key's own marks as well
    elif start < stop and _holds(text[start : stop + _REACH], key[:TELLING]):
        if stop - start <= _NARROW:
            yield start, stop
            return
        middle = (start + stop) // 2
        yield from _places(text, start, middle, key)
        yield from _places(text, middle, stop, key)


def _holds(text: str, said: str) -> bool:
    """Whether something is said in a text, in as many encodings inside each other as are looked for."""
    # A backslash before a mark stands for that mark, and what ends an escape may be encoded where the rest is not.
    alike = [("\\", ""), (";", "")]
    alike += [(twin, char) for char, others in _TWINS.items() for twin in others if not _TWINS.keys().isdisjoint(said)]
    said = _replaced(said, alike)
    # A backslash before a mark stands for the mark, or begins an escape of which the mark hides the next letter.
    return any(_reads(text, said, alike, stray) for stray in (_BEFORE_MARK, None))


def _reads(text: str, said: str, alike: Sequence[tuple[str, str]], stray: re.Pattern[str] | None) -> bool:
    for _ in range(DEPTH + 2):  # as it stands, in each encoding, and once more where a stray mark took one's place
        if said in _replaced(text, alike):
            return True
        marked = _replaced(text, _MARKS)
        before, text = text, _ESCAPES.sub(_unescaped, stray.sub("", marked) if stray else marked)
        if text == before:
            break
    return False


def _replaced(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _unescaped(run: re.Match[str]) -> str:
    """What escapes that follow each other say: percent's, or one of another notation and those that repeat it."""
    if run["run"]:
        return bytes.fromhex(run[0].replace("%", " ")).decode("ascii")
    code, decimal = run["hex"] or run["unicode"] or run["byte"], run["decimal"]
    char = chr(int(code, 16)) if code else chr(int(decimal)) if decimal else _NAMES[run["name"]]
    return char * (len(run[0]) // (len(run["one"]) + 1))


def _end(text: str, start: int, key: str) -> tuple[int, bool]:
    """Where a key that begins here ends, or as much of its beginning as tells, and whether it is whole; 0 for none."""
    known: dict[tuple[int, int], _Readings] = {}
    ends = {start}
    for count, char in enumerate(key):
        wanted = char + _TWINS.get(char, "")
        further = {end for at in ends for read, end in _read(text, at, DEPTH, known) if read in wanted}
        if not further:
            return (max(ends) if count >= TELLING else 0), False
        ends = further
    return max(ends), True


def _read(text: str, at: int, depth: int, known: dict[tuple[int, int], _Readings]) -> _Readings:
    """What may be read here, each with its end: the character itself, or what an escape stands for.

    Args:
        depth: encodings inside each other.
        known: what was read before, by place and depth.
    """
    if at >= len(text):
        return frozenset()
    if not depth or text[at] not in _STARTS:
        return frozenset(((text[at], at + 1),))
    if (at, depth) not in known:
        inner = _read(text, at, depth - 1, known)
        found = set(inner)
        said = [reading for reading in inner if reading[0] in _STARTS]
        while said:
            escape, end = said.pop()
            if whole := _WHOLE.fullmatch(escape):
                char = _meant(whole)
                found |= {(char, end)} if char else set()
            if len(escape) < _LONGEST and (_PART.fullmatch(escape) or escape in _PARTS_OF_NAMES or whole):
                said += [(escape + char, after) for char, after in _read(text, end, depth - 1, known)]
        known[at, depth] = frozenset(found)
    return known[at, depth]


def _meant(escape: re.Match[str]) -> str | None:
    kind, said = escape.lastgroup, escape[escape.lastgroup or 0]
    if kind == "itself":
        return said
    if kind == "name":
        return _NAMES.get(said)
    code = int(said, 10 if kind == "decimal" else 16)
    return chr(code) if code < sys.maxunicode else None


_Places = tuple[str, ...]
"""A way to write something: for each place, the characters that may stand there."""


def _ways(char: str) -> list[_Places]:
    """How a character is written where it does not stand for itself, as far as to tell it from others."""
    code = f"{ord(char) % 256:02x}"
    ways = [
        f"%{code}",
        f"%u00{code}",
        f"\\u00{code}",
        f"\\x{code}",
        f"&#{ord(char)}",
        "&#0",
        f"&#x{code.lstrip('0')}",
        "&#x0",
    ]
    ways += [] if char.isalnum() else [f"\\{char}"]
    places = [tuple(one + one.upper() if one in "abcdefx" else one for one in way) for way in ways]
    return places + [("&", *name) for name, meant in _NAMES.items() if meant == char]


@lru_cache(maxsize=64)
def _screen(key: str) -> re.Pattern[str]:
    """Finds where a key may begin, and little else: large bodies are searched by this alone.

    It knows the first character of the key, in one encoding and in two; of what follows, as much as keeps hits rare.
    """
    first = [key[0], *_TWINS.get(key[0], "")]
    paths: list[_Places] = [(one, *(char + _TWINS.get(char, "") for char in key[1:4])) for one in first]
    once = [way for one in (*first, *_STARTS) for way in _ways(one)]
    paths += [way for one in first for way in _ways(one)]
    paths += [(*outer, *(";" if outer[0] == "&" else ""), *inner[1:3]) for inner in once for outer in _ways(inner[0])]
    return re.compile(_any_of(paths, inside=False))


def _any_of(paths: Sequence[_Places], *, inside: bool = True) -> str:
    """A pattern of what goes any of these ways; inside a way, a character that is encoded ends it."""
    if not all(paths):
        return ""
    ways: dict[str, list[_Places]] = {}
    for place, *rest in paths:
        ways.setdefault(place, []).append(tuple(rest))
    patterns = [f"[{re.escape(place)}]{_any_of(rest)}" for place, rest in ways.items()]
    return f"(?:{'|'.join([*patterns, *([f'[{re.escape(_STARTS)}]'] if inside else [])])})"

"""Short labels of HS codes that are shown together, told apart by the words in which they differ.

The texts of the subheadings of a heading begin alike: "Electrical apparatus; photosensitive semiconductor devices, …".
Cut at the end, four of them say the same. So what a code shares with those beside it goes first.
"""

import re
from collections.abc import Iterable, Mapping

from tradestat_tools.codes.hs import cut, describe, hs_path

_CLAUSE = re.compile(r"(?<=[;,])\s+(?![^()]*\))")
_LEFT_OUT = "…"
_MANY = 3  # one of so many beside it has a clause that is left out
_LEAST = 14  # characters of a clause that is kept


def labels(codes: Iterable[str], limit: int = 80) -> dict[str, str]:
    """A label of at most `limit` characters for each code that is known, by the code as it was given.

    Args:
        codes: digits only, all those that are shown together.
        limit: characters of a label.
    """
    return apart({code: text for code in dict.fromkeys(codes) if (text := _text(code))}, limit)


def apart(known: Mapping[str, str], limit: int = 80) -> dict[str, str]:
    """Texts of HS codes that are shown together, by code, each cut to `limit`; a text that is short enough stays."""
    groups: dict[tuple[str, int], list[str]] = {}
    for code in known:
        groups.setdefault((code[:4], len(code)), []).append(code)
    found: dict[str, str] = {}
    for group in groups.values():
        texts = {code: known[code] for code in group}
        clauses = {code: _CLAUSE.split(text) for code, text in texts.items()}
        for code, text in texts.items():
            beside = [[_plain(one) for one in clauses[other]] for other in group if texts[other] != text]
            found[code] = _short(clauses[code], beside, limit) if beside and len(text) > limit else cut(text, limit)
        _tell_apart(texts, found, limit)
    return found


def _text(code: str) -> str | None:
    """The whole text of a code; of a national one, its subheading's."""
    return hs_path(code)[-1].description if describe(code) is not None else None


def _short(clauses: list[str], beside: list[list[str]], limit: int) -> str:
    """The clauses without those that many others have as well, as long as what is left is no other's."""
    plain = [_plain(clause) for clause in clauses]
    shared = [sum(clause in other for other in beside) for clause in plain]
    kept = list(range(len(clauses)))
    for at in sorted(kept, key=lambda at: (-shared[at], at)):
        if len(_joined(clauses, kept)) <= limit:
            break
        rest = [one for one in kept if one != at]
        many = _MANY * shared[at] >= len(beside) or (shared[at] and clauses[at].startswith("("))
        if many and rest and not any(all(plain[one] in other for one in rest) for other in beside):
            kept = rest
    text = _joined(clauses, kept)
    return text if len(text) <= limit else _squeezed(clauses, kept, shared, limit)


def _joined(clauses: list[str], kept: list[int]) -> str:
    return (_LEFT_OUT if kept[0] else "") + _plain(" ".join(clauses[at] for at in kept))


def _plain(clause: str) -> str:
    """A clause without the mark that ends it."""
    return clause.rstrip(" ,;")


def _squeezed(clauses: list[str], kept: list[int], shared: list[int], limit: int) -> str:
    """The clauses, each cut so that all have a part, its own ones the larger; short ones leave their room to others."""
    room = limit - len(_LEFT_OUT) - 2 * (len(kept) - 1)
    least = {at: min(len(clauses[at]), _LEAST) for at in kept}
    sizes: dict[int, int] = {}
    order = sorted(kept, key=lambda at: (shared[at] > 0, len(clauses[at])))
    for done, at in enumerate(order):
        own = sum(1 for one in order[done:] if (shared[one] > 0) == (shared[at] > 0))
        later = sum(least[one] for one in order[done:] if shared[one] > 0 and shared[at] == 0)
        sizes[at] = min(len(clauses[at]), max((room - sum(sizes.values()) - later) // own, _LEAST))
    parts = [_part(_plain(clauses[at]), sizes[at]) + clauses[at][len(_plain(clauses[at])) :] for at in kept]
    return cut((_LEFT_OUT if kept[0] else "") + _plain(" ".join(parts)), limit).replace(_LEFT_OUT * 2, _LEFT_OUT)


def _part(clause: str, size: int) -> str:
    """A clause cut at a word, or within one that is too long to leave out: it may be the one that tells."""
    whole = cut(clause, size)
    return whole if len(whole) > 0.6 * size or len(clause) <= size else clause[: size - 1].rstrip(" ,;(") + _LEFT_OUT


def _tell_apart(texts: dict[str, str], found: dict[str, str], limit: int) -> None:
    """Begin labels that are still the same with the first word in which their texts differ."""
    same: dict[str, list[str]] = {}
    for code, label in found.items():
        if code in texts:
            same.setdefault(label, []).append(code)
    for codes in same.values():
        if len({texts[code] for code in codes}) < 2:
            continue
        words = {code: texts[code].split() for code in codes}
        shared = 0
        while len({tuple(each[: shared + 1]) for each in words.values()}) == 1:
            shared += 1
        for code in codes:
            rest = " ".join(words[code][shared:]) or words[code][-1]
            found[code] = cut(_LEFT_OUT + rest, limit)

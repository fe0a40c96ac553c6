"""What is known of a code of any edition of the Harmonized System, from a service's own lists of the editions."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from tradestat_tools.codes.editions import EARLIER, listed
from tradestat_tools.codes.hs import FIRST, HsStatus, hs_status

OLDER_EDITIONS = ("HS 1988/1992", "HS 1996", "HS 2002", "HS 2007")
"""The editions before those known here without a list. UN Comtrade keeps those of 1988 and 1992 as one."""


def explain_from_lists(code: str, editions: Mapping[str, Collection[str]]) -> HsStatus:
    """`hs_status`, with the editions before HS 2012 told apart as far as their lists are given.

    Args:
        code: digits only; of a national code the first six count.
        editions: the codes of each edition by its name, of which those of OLDER_EDITIONS are looked at.
    """
    status = hs_status(code)
    if status.kind == "national" and len(code) > 6:
        base, whole = hs_status(code[:6]), explain_from_lists(code[:6], editions)
        return replace(whole, code=code, kind="national", text=status.text.replace(base.text, whole.text))
    had = [name for name in OLDER_EDITIONS if code in editions.get(name, ())]
    if not had:
        return status
    if status.editions == (EARLIER,):
        return _ended_before_2012(status, editions, had)
    if status.since != FIRST:  # a number that was given to other goods before
        return status
    return replace(status, since=_since(had, editions), editions=(*had, *status.editions))


def _since(had: list[str], editions: Mapping[str, Collection[str]]) -> str:
    """The first edition with a code, marked where the one before is not at hand to tell."""
    at = OLDER_EDITIONS.index(had[0])
    return had[0] if at == 0 or OLDER_EDITIONS[at - 1] in editions else f"{had[0]} or before"


def _ended_before_2012(status: HsStatus, editions: Mapping[str, Collection[str]], had: list[str]) -> HsStatus:
    """Which editions had a code, and what came up under its heading in the first list without it."""
    after = [name for name in OLDER_EDITIONS[OLDER_EDITIONS.index(had[-1]) + 1 :] if name in editions]
    text = f"{status.code} is not in HS 2022; it belongs to an older edition ({listed(had)})"
    text += f" and is not in {after[0]} any more." if after else "."
    new = _new_beside(status.code, editions[had[-1]], editions[after[0]]) if after else []
    if new:
        text += f" New under its heading in {after[0]}: {listed(new)}."
    return replace(status, text=text, editions=tuple(had), since=_since(had, editions))


def _new_beside(code: str, before: Collection[str], after: Collection[str]) -> list[str]:
    """The subheadings of the same heading that only the later edition has."""
    if len(code) != 6:
        return []
    known = frozenset(before)
    return sorted(new for new in after if len(new) == 6 and new[:4] == code[:4] and new not in known)

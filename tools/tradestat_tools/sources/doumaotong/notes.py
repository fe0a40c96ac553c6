"""What to know about this source's answers, in its closed set of notes."""

from collections.abc import Collection, Mapping, Sequence

from tradestat_tools.codes.editions import EDITION_YEARS, NEWEST, hs_break
from tradestat_tools.codes.periods import Period, format_yyyymm, periods_between
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.doumaotong.arguments import Goods
from tradestat_tools.sources.doumaotong.wire.envelope import Shape
from tradestat_tools.sources.doumaotong.wire.fields import Num
from tradestat_tools.sources.doumaotong.wire.sound import LEAST

SOURCE_LINE = Note(
    code=NoteCode.DISCLAIMER,
    text="An independent compilation of China Customs figures, for reference, 1 to 2 months behind. Verify critical "
    "ones at stats.customs.gov.cn or with comtrade_data.",
)
CURRENT_UNITS = Note(
    code=NoteCode.UNIT,
    text="Yuan worked out from rounded 亿元 (100 million) or 百万元 (million): no more exact than those.",
)
OVERLAP = Note(
    code=NoteCode.DOUBLE_COUNTING, text="Trade blocs overlap with continents and each other: do not add them."
)


def shape(form: Shape, text: str) -> Note:
    """A note on what the form that answered does differently."""
    return Note(code=NoteCode.SHAPE, text=f"In the {form} documented form: {text}")


def absent(text: str, reason: Reason | None) -> Note:
    """A note on what was asked for and is not given, and why, where that is known."""
    return Note(code=NoteCode.ABSENT, text=text, reason=reason)


def subset(text: str, reason: Reason | None = None) -> Note:
    """A note on what part of the whole is given, and why the rest is not."""
    return Note(code=NoteCode.SUBSET, text=text, reason=reason)


def ranked(text: str) -> Note:
    """A note on a ranking: what is not in it is below it, and not zero."""
    return subset(f"{text} What the service does not list is below the ranking, not zero.", Reason.BELOW_RANKING)


def of_product(asked: Goods, answered: str, months: Collection[Period] = ()) -> list[Note]:
    """What to know of the code that was answered.

    Args:
        months: the months of a series; figures that carry none are of the newest ones, all in the newest edition.
    """
    found: list[Note] = []
    if asked.cut_from:
        text = (
            f"{asked.cut_from} was asked as {asked.code}: China publishes exports by 8 digits, and the 00 after them "
            "says no more."
        )
        found.append(Note(code=NoteCode.RESOLVED_CODE, text=text))
    if text := resolved(asked.code, answered):
        found.append(Note(code=NoteCode.RESOLVED_CODE, text=text))
    years = [month.year for month in months] or [EDITION_YEARS[NEWEST]]
    if broken := hs_break(answered, min(years), max(years)):
        found.append(Note(code=NoteCode.EDITION_BREAK, text=broken.text))
    return found


def resolved(asked: str, answered: str) -> str:
    """Which product the figures are of, where it is not the code asked for."""
    if asked == answered:
        if len(asked) == 8:
            return ""
        return f"The service did not say which 8-digit code it took for {asked}; figures may be of one code below it."
    if len(asked) == 6 and answered == f"{asked}00":
        return f"{asked} was resolved to {answered}, all of it: China's tariff does not divide what ends in 00."
    return f"{asked} was resolved to {answered}, the best-selling 8-digit code below it: not all of {asked}."


APART = 0.25
"""How far an amount may be from its share of the whole: the two may be of different days."""


def off_shares(parts: Sequence[tuple[str, Num | None, Num | None]], whole: Num | None = None) -> list[Note]:
    """Which amounts are not the shares given beside them, if any.

    Args:
        parts: name, amount and percentage.
        whole: left out, what most of the parts make it.
    """
    known = [(name, amount, share) for name, amount, share in parts if amount and share and share >= LEAST]
    if not whole:
        wholes = sorted(amount * 100 / share for _, amount, share in known)
        whole = wholes[len(wholes) // 2] if wholes else 0
    found = [
        f"{name} ({amount:,.0f} yuan, {share:g} %)"
        for name, amount, share in known
        if abs(amount - whole * share / 100) > APART * whole * share / 100
    ]
    if not found:
        return []
    text = f"Amount and share do not go together, with a whole of about {whole:,.0f} yuan: {', '.join(found)}."
    return [Note(code=NoteCode.TOTAL_MISMATCH, text=text)]


def zeros(figures: Mapping[Period, Num | None]) -> list[Note]:
    """What a 0 means here, if there is one."""
    found = [month for month, value in figures.items() if value == 0]
    if not found:
        return []
    text = f"0 in {_named(found)}: the service writes 0 both for no export record and for nothing exported."
    return [Note(code=NoteCode.ZERO, text=text, reason=Reason.ZERO)]


def gaps(figures: Mapping[Period, Num | None], series: str = "") -> list[Note]:
    """Which months from the first to the last came without a figure or did not come, if any."""
    months = periods_between(min(figures), max(figures)) if figures else ()
    found = [month for month in months if figures.get(month) is None]
    of = f" of {series}" if series else ""
    return [absent(f"No figure{of} was given for {_named(found)}.", Reason.NOT_REPORTED)] if found else []


def _named(months: Sequence[Period]) -> str:
    more = f" and {len(months) - 6} more" if len(months) > 6 else ""
    return ", ".join(format_yyyymm(month) for month in months[:6]) + more

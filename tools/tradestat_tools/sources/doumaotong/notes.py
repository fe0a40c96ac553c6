"""What to know about this source's answers, in its closed set of notes."""

from collections.abc import Sequence

from tradestat_tools.codes.breaks import hs_break
from tradestat_tools.codes.editions import EDITION_YEARS, NEWEST
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.doumaotong.calendar import whole_range
from tradestat_tools.sources.doumaotong.wire.envelope import Num, Shape

SERVICE = "doumaotong.com (from China Customs statistics)"
UNIT = "RMB yuan"
CURRENCY = "RMB"
VALUATION = "exports FOB"

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


def resolved_code(asked: str, answered: str) -> list[Note]:
    """Which product the figures are of, where it is not the code asked for."""
    if asked == answered:
        if len(asked) == 8:
            return []
        text = f"The service did not say which 8-digit code it took for {asked}; figures may be of one code below it."
    elif len(asked) == 6 and answered == f"{asked}00":
        text = f"{asked} was resolved to {answered}, all of it: China's tariff does not divide what ends in 00."
    elif answered.startswith(asked):
        text = f"{asked} was resolved to {answered}, the best-selling 8-digit code below it: not all of {asked}."
    else:
        text = f"The service answered for {answered}, which is not below the code asked for, {asked}."
    return [Note(code=NoteCode.RESOLVED_CODE, text=text)]


def edition(code: str, months: Sequence[str] = ()) -> list[Note]:
    """What new editions of the Harmonized System did to a code in these months (YYYYMM).

    Figures that carry no months are of the newest ones, all in the newest edition.
    """
    years = [int(month[:4]) for month in months] or [EDITION_YEARS[NEWEST]]
    found = hs_break(code, min(years), max(years))
    return [Note(code=NoteCode.EDITION_BREAK, text=found.text)] if found else []


def of_product(asked: str, answered: str, months: Sequence[str] = (), *, written: str = "") -> list[Note]:
    """What to know of the code that was answered, and of its months where it is a series.

    Args:
        written: the caller's longer code that `asked` was cut from; "" where nothing was cut.
    """
    text = f"{written} was asked as {asked}: China publishes exports by 8 digits, and the 00 after them says no more."
    cut = [Note(code=NoteCode.RESOLVED_CODE, text=text)] if written else []
    return [*cut, *resolved_code(asked, answered), *edition(answered, months)]


def zeros(months: Sequence[str], values: Sequence[Num | None]) -> list[Note]:
    """What a 0 means here, if there is one."""
    found = [month for month, value in zip(months, values, strict=True) if value == 0]
    if not found:
        return []
    text = f"0 in {_named(found)}: the service writes 0 both for no export record and for nothing exported."
    return [Note(code=NoteCode.ZERO, text=text, reason=Reason.ZERO)]


def gaps(months: Sequence[str], values: Sequence[Num | None], series: str = "") -> list[Note]:
    """Which months from the first to the last came without a figure or did not come, if any."""
    given = {month for month, value in zip(months, values, strict=True) if value is not None}
    found = [month for month in whole_range(months) if month not in given]
    of = f" of {series}" if series else ""
    return [absent(f"No figure{of} was given for {_named(found)}.", Reason.NOT_REPORTED)] if found else []


def _named(months: Sequence[str]) -> str:
    return ", ".join(months[:6]) + (f" and {len(months) - 6} more" if len(months) > 6 else "")

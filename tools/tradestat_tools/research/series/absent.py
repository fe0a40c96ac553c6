"""Why a period of a series has no figure."""

import re
from datetime import date

from tradestat_tools.codes.periods import Period, month_of, periods_between
from tradestat_tools.model.observation import Status
from tradestat_tools.model.reasons import Reason
from tradestat_tools.research.series.ask import Found


def why_absent(found: Found, period: Period, today: date) -> tuple[Reason | None, str]:
    """Why a period has no figure: a reason where it is known, and a sentence."""
    native, seen = found.native.get(period), found.seen
    if native is not None and native.value is not None:
        return Reason.NOT_COVERED, f"No rate: {found.without_rate}"
    if native is not None and native.status is Status.CONFLICTING:
        within = (
            one.why.text for one in seen.repeated if one.refused and one.period.around(period.frequency) == period
        )
        return Reason.CONFLICTING, " ".join(within) or "The rows that it was taken from contradict each other."
    if native is not None and native.status is Status.SUPPRESSED:
        return Reason.SUPPRESSED, "The reporter keeps it back."
    if period.last_month >= month_of(today):
        return Reason.NOT_YET_PUBLISHED, f"{period} is not over."
    if seen.error is not None:
        return None, f"It could not be asked for: {seen.error.message}"
    lacking = _months_lacking(found, period)
    months = f"No sum, for want of {', '.join(map(str, lacking))}." if lacking else ""
    said = [why for why in seen.why if any(_names(why.text, part) for part in (period, *lacking))] or [
        why for why in seen.why if not any(_names(why.text, other) for other in found.periods)
    ]
    if not said:
        return None, months or "The source has no row for it and does not say why: neither zero nor known."
    return said[0].reason, f"{months} {said[0].text}".strip()


def _names(text: str, period: Period) -> bool:
    """Whether a text names a period: a month as 2024-03, or as services write it, 2024.03 and 202403."""
    if period.frequency != "month":
        return str(period) in text
    return re.search(rf"(?<![0-9]){period.year}[-.]?{period.number:02d}(?![0-9])", text) is not None


def _months_lacking(found: Found, period: Period) -> list[Period]:
    """The months without a figure, where the period is summed from months of which some are there."""
    if period.frequency == "month":
        return []
    months = {one.period for one in found.seen.given if one.period.frequency == "month" and one.value is not None}
    inside = list(periods_between(period.first_month, period.last_month))
    lacking = [month for month in inside if month not in months]
    return lacking if len(lacking) < len(inside) else []

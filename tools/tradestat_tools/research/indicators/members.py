"""Indicators of the members of a whole: shares, concentration, contributions to growth."""

import math
from collections.abc import Callable, Sequence

from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.flow import WORLD
from tradestat_tools.model.observation import Observation
from tradestat_tools.research.indicators import formulas as pure
from tradestat_tools.research.indicators.formulas import MISSING, Figure, Indicator
from tradestat_tools.research.indicators.rows import (
    ALL,
    Line,
    Options,
    Outcome,
    area_name,
    dimension,
    grouped,
    mixed,
    names_of,
    of_row,
    parted,
    with_figures,
)

COMPLETE = 0.005
"""By what part members may fall short of the reported total, or exceed it, before they are no longer all of it."""


def shares(rows: Sequence[Observation], options: Options) -> Outcome:
    """Each member's part of the reported total, or of the sum of all members where no total is among the rows."""
    out, by = Outcome(), dimension(rows, options.by)
    for group in grouped(rows, [by]).values():
        members, whole = parted(group, by)
        if not members:
            continue
        why = mixed([*members, *([whole] if whole else [])])
        if whole is not None:
            out.say(f"Shares are of the reported total ({area_name(WORLD) if by == 'partner' else whole.product}).")
            found = [pure.share(one.value, whole.value) for one in members]
        else:
            out.say("Shares are of the sum of the members: no total is among the rows.")
            members = with_figures(members, options, out)
            found = pure.shares([one.value for one in members])
        found = [Indicator.undefined(why)] * len(members) if why else found
        out.lines += [Line(of_row(one), each, {"figure": one.value}) for one, each in zip(members, found, strict=True)]
    return out


def concentration(
    rows: Sequence[Observation], options: Options, measure: Callable[[Sequence[Figure]], Indicator]
) -> Outcome:
    """One figure over all members of each whole."""
    out, by = Outcome(), dimension(rows, options.by)
    for group in grouped(rows, [by]).values():
        members, whole = parted(group, by)
        if not members:
            continue
        why = mixed(members) or _incomplete(members, whole, options, out)
        members = with_figures(members, options, out)
        found = Indicator.undefined(why) if why else measure([one.value for one in members])
        out.lines.append(
            Line(of_row(members[0] if members else group[0], **{by: ALL}), found, {"members": len(members)})
        )
    return out


def contributions(rows: Sequence[Observation], options: Options) -> Outcome:
    """What each member adds to the growth of all, from the first to the last period among the rows."""
    out, by = Outcome(), dimension(rows, options.by)
    if by == "period":
        raise InvalidQuery("Contributions are of partners, products or reporters.", argument="by", allowed="the same")
    for group in grouped(rows, [by, "period"]).values():
        members, _ = parted(group, by)
        out.say("V is the sum of the members, and all of it their growth.")
        first, last = min(one.period for one in group), max(one.period for one in group)
        if not members or first == last:
            continue
        before = {getattr(one, by): one.value for one in members if one.period == first}
        after = {getattr(one, by): one.value for one in members if one.period == last}
        lacking = sorted({one for one in {**before, **after} if before.get(one) is None or after.get(one) is None})
        if lacking:
            names = names_of(lacking, by)
            out.say(f"No figure in both {first} and {last}: {names}." + " Left out of both." * options.skip)
        if lacking and options.skip:
            before = {one: value for one, value in before.items() if one not in lacking}
            after = {one: value for one, value in after.items() if one not in lacking}
        why = mixed(one for one in members if one.period in (first, last))
        at = {"period": f"{first} to {last}"}
        for one in pure.contributions(before, after):
            found = Indicator.undefined(why) if why else one.points
            figures = {"before": before.get(one.part), "after": after.get(one.part)}
            out.lines.append(Line(of_row(members[0], **{by: one.part}, **at), found, figures))
        sums = [
            None if None in each.values() else math.fsum(v or 0.0 for v in each.values()) for each in (before, after)
        ]
        whole = Indicator.undefined(MISSING) if lacking and not options.skip else pure.growth(*sums)
        out.lines.append(Line(of_row(members[0], **{by: ALL}, **at), Indicator.undefined(why) if why else whole))
    return out


def _incomplete(
    members: Sequence[Observation], whole: Observation | None, options: Options, out: Outcome
) -> str | None:
    """Why members are not all of the whole, by the total that is reported."""
    if whole is None or not whole.value:
        return None
    part = math.fsum(one.value or 0.0 for one in members) / whole.value
    why = f"the members are {part:.1%} of the reported total"
    if part > 1 + COMPLETE:
        out.say("Members that are more than the total contain each other; leave out those that contain others.")
        return why
    if part < 1 - COMPLETE:
        if options.skip:
            out.say(f"The members are {part:.1%} of the reported total; concentration is among them only.")
            return None
        out.say("Members that are not all of the total leave it undefined; missing=skip measures them alone.")
        return why
    return None


def largest(rows: Sequence[Observation], options: Options) -> Outcome:
    """What the n largest members have of all."""

    def measure(values: Sequence[Figure]) -> Indicator:
        return pure.top_share(values, options.n)

    out = concentration(rows, options, measure)
    out.say(f"n = {options.n}.")
    return out

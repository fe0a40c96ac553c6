"""Who reports and with whom: areas, and groups as their members at the time."""

from collections.abc import Sequence
from dataclasses import dataclass

from tradestat_tools.codes.countries import Area, Resolved, resolve_area
from tradestat_tools.codes.groups import Group, expansion, group_named
from tradestat_tools.codes.names import Lang, area_name, group_name
from tradestat_tools.codes.spans import Span
from tradestat_tools.model.arguments import ArgumentError


@dataclass(frozen=True, slots=True)
class Place:
    """A partner or a reporter, or a group of them: the areas whose figures make it up."""

    areas: tuple[Area, ...]
    group: Group | None = None
    note: str | None = None

    @property
    def is_group(self) -> bool:
        """Whether several areas are taken together."""
        return self.group is not None

    @property
    def name(self) -> str:
        """An area's English name, or a group's id."""
        return self.named("en")

    def named(self, lang: Lang) -> str:
        """What it is called in a language."""
        return group_name(lang, self.group) if self.group else area_name(lang, self.areas[0])


def read_partner(text: str) -> Resolved | Group:
    """A partner, or a group whose members are partners.

    Raises:
        CodeError: unknown or ambiguous.
    """
    return group_named(text) or resolve_area(text)


def read_reporter(text: str) -> Resolved | Group:
    """A country, or a group whose members report.

    Raises:
        CodeError: unknown or ambiguous.
        ArgumentError: the World.
    """
    found = read_partner(text)
    if isinstance(found, Resolved) and found.area.kind == "world":
        raise ArgumentError("The World reports nothing.", allowed="one country or group; World can be the partner")
    return found


def places_of(partners: Sequence[Resolved | Group], reporter: Sequence[Area], span: Span) -> tuple[Place, ...]:
    """Partners with the members of groups as they were at the end of the span; the reporter is no partner of its own.

    Args:
        reporter: the only one; nothing where several report.

    Raises:
        ArgumentError: a partner is the reporter.
    """
    found: list[Place] = []
    for one in partners:
        if isinstance(one, Resolved):
            if one.area in reporter:
                raise ArgumentError("Reporter and partner are the same.", argument="partner", allowed="another area")
            found.append(Place((one.area,), note=one.note))
            continue
        found.append(_members(one, span, reporter, "which reports"))
        if not found[-1].areas:
            raise ArgumentError(f"{one.id} has no other member than the reporter.", argument="partner")
    return tuple({(place.name, place.is_group): place for place in found}.values())


def reporters_of(reporter: Resolved | Group, partners: Sequence[Resolved | Group], span: Span) -> Place:
    """Who reports: one, or the members of a group with one partner, which is none of them.

    Raises:
        ArgumentError: a group with several partners.
    """
    if isinstance(reporter, Resolved):
        return Place((reporter.area,), note=reporter.note)
    if len(partners) > 1 or isinstance(partners[0], Group):
        raise ArgumentError(
            f"{reporter.id} reports by its {len(reporter.members)} members, each with one partner.",
            argument="partner",
            allowed="one country, or World",
            remedy=f"Ask {reporter.id} with one partner at a time, or turn it round: a partner as reporter and "
            f"partner={reporter.id}.",
        )
    return _members(reporter, span, (partners[0].area,), "the partner")


def _members(group: Group, span: Span, without: Sequence[Area], who: str) -> Place:
    """A group's members at the end of a span but for one, which is named with what it is."""
    ends = [end.year for end in (span.first, span.last) if end]
    of = expansion(group, first_year=min(ends, default=None), last_year=max(ends, default=None))
    left = [area.name_en for area in of.areas if area in without]
    note = f"{of.note} Without {left[0]}, {who}." if left else of.note
    return Place(tuple(area for area in of.areas if area not in without), group, note)

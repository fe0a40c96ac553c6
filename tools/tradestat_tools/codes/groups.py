"""Groups of countries, with their members, the date and the source of the list."""

import datetime
from dataclasses import dataclass
from functools import cache

from tradestat_tools.codes.countries import Area, area
from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.tables import table_rows
from tradestat_tools.codes.words import fold, nearest, shown


@dataclass(frozen=True, slots=True)
class Group:
    """A group of countries.

    `members` are ISO alpha-3 codes. `as_of` is the day the newest member joined or the last one left; for the regions
    of M49 the day the list was made. Membership before that day differs and is not kept here.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    as_of: datetime.date
    source: str
    members: tuple[str, ...]

    def member_areas(self) -> tuple[Area, ...]:
        """The members with all their codes."""
        return tuple(area(code, system="iso3") for code in self.members)


@cache
def groups() -> tuple[Group, ...]:
    """Every group: economic groupings and agreements, least developed countries, regions of M49."""
    return tuple(
        Group(
            id=row["id"],
            name=row["name"],
            aliases=tuple(alias for alias in row["aliases"].split(";") if alias),
            kind=row["kind"],
            as_of=datetime.date.fromisoformat(row["as_of"]),
            source=row["source"],
            members=tuple(row["members"].split()),
        )
        for row in table_rows("groups.csv")
    )


@cache
def _index() -> dict[str, Group]:
    return {fold(name): found for found in groups() for name in (found.id, found.name, *found.aliases)}


def group(text: str) -> Group:
    """The group meant by its id, name or alias in English, Chinese or Korean: `EU`, `东盟`, `M49-142`, `Asia`.

    Raises:
        CodeError: not a known group.
    """
    if found := _index().get(fold(text)):
        return found
    raise CodeError(
        f"{shown(text)} is not a known group of countries.",
        allowed=", ".join(known.id for known in groups()),
        nearest=nearest(text, (name for known in groups() for name in (known.id, known.name, *known.aliases))),
    )

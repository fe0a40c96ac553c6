"""Trade Map's groups of countries: 54, as the service has.

Known of the service's own are the ids 42, 24, 6757, 6578 and 7 and what groups they are, that the European Union's list
holds 28 members, one of them an area not elsewhere specified, and the types. Which the other groups are is not known:
here they are real ones with their members of 2026, so that the list is as long. All other ids are invented.
"""

import csv
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_TABLE = Path(__file__).with_name("groups.csv")


class Group(NamedTuple):
    """One group; its id is opaque and is no country code."""

    id: str
    label: str
    type: str
    members: tuple[str, ...]


@lru_cache(maxsize=1)
def groups() -> tuple[Group, ...]:
    """Every group, the members by their codes in Trade Map."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return tuple(Group(row["id"], row["label"], row["type"], tuple(row["members"].split())) for row in rows)

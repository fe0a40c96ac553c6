"""Continents and trade blocs: the stems of their documented fields, and the names the service may write for them.

No document says how the current form names the parts of `region` and `blocs`: English and Chinese are read (assumed).
"""

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.groups import expand
from tradestat_tools.codes.words import fold

LABELS = {
    "asia": "Asia",
    "europe": "Europe",
    "africa": "Africa",
    "northAmerica": "North America",
    "southAmerica": "South America",
    "oceania": "Oceania",
    "middleEast": "Middle East",
    "beltRoad": "Belt and Road",
    "asean": "ASEAN",
    "eu": "EU",
    "usmca": "USMCA",
    "americas": "Americas",
    "latinAmerica": "Latin America",
}
"""English names by stem; the last two have no documented field and keep to `region`."""

_WRITTEN = {
    "asia": ("亚洲",),
    "europe": ("欧洲",),
    "africa": ("非洲",),
    "northAmerica": ("北美洲", "北美"),
    "southAmerica": ("南美洲", "南美"),
    "oceania": ("大洋洲",),
    "middleEast": ("中东",),
    "beltRoad": ("一带一路", "belt road"),
    "asean": ("东盟",),
    "eu": ("欧盟", "european union"),
    "usmca": ("美墨加", "美墨加协定"),
    "americas": ("美洲", "america"),
    "latinAmerica": ("拉丁美洲", "拉美"),
}
_STEMS = {fold(written): stem for stem, label in LABELS.items() for written in (stem, label, *_WRITTEN[stem])}


def stem_of(name: str | None) -> str | None:
    """`asia` for "亚洲", "Asia" and "asia"; None for what is not known."""
    return _STEMS.get(fold(name)) if name else None


def label_of(name: str | None) -> str | None:
    """The English name where it is known, else the name as written."""
    stem = stem_of(name)
    return LABELS[stem] if stem else name


_BY_GROUP = {
    "EU": "eu",
    "ASEAN": "asean",
    "BRI": "beltRoad",
    "M49-002": "africa",
    "M49-142": "asia",
    "M49-150": "europe",
}
"""Our groups that mean what the service's parts do, by their ids; members may differ in detail."""


def regions_of(country: Area) -> tuple[str, ...]:
    """The parts that a country lies in, of those that a group of countries stands for."""
    groups = {stem: expand(name) for name, stem in _BY_GROUP.items()}
    return tuple(stem for stem, found in groups.items() if found and country in found.areas)


def region_of(text: str) -> str | None:
    """The part meant by its name in any language, or by the name of a group of countries; None for anything else."""
    if stem := stem_of(text):
        return stem
    found = expand(text)
    return _BY_GROUP.get(found.group.id) if found else None

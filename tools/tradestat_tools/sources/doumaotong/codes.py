"""The service's codes and words: China Customs' country codes, which are no M49; continents and blocs; units."""

from dataclasses import dataclass
from functools import lru_cache

from tradestat_tools.codes.countries import Area, Resolved, area, resolve_area, why_no_code
from tradestat_tools.codes.groups import Expansion, expand
from tradestat_tools.codes.words import CodeError, fold
from tradestat_tools.model.arguments import ArgumentError
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.doumaotong.service import POLICY

COUNTRY_ALLOWED = "a China Customs code (116 Japan, 133 Korea, 502 United States), a country's name, or its ISO code"

SHOWN = 3
"""Members of a group that an error names."""


@dataclass(frozen=True, slots=True)
class Destination:
    """One country that has a China Customs code.

    Args:
        note: what a reader should know of how the caller's word for it was read; None where it says the same in all
            systems of codes.
    """

    area: Area
    note: str | None


def destination(text: str) -> Destination | None:
    """The country meant, by a code of China Customs, any other code, or a name; None for all together.

    Raises:
        ArgumentError: unknown, ambiguous, or without a China Customs code.
        InvalidQuery: a group of countries.
    """
    if not text:
        return None
    if group := expand(text):
        raise _one_at_a_time(group)
    found = _resolve(text)
    if found.area.kind == "world":
        return None
    if not found.area.china_customs:
        message = f"{found.area.name_en} has no known China Customs code. {why_no_code(found.area)}".rstrip()
        raise ArgumentError(message, allowed=COUNTRY_ALLOWED)
    return Destination(found.area, _how_read(text.strip(), found))


def one_destination(text: str) -> Destination:
    """As `destination`, but not all together.

    Raises:
        ArgumentError: as there; all countries together.
        InvalidQuery: as there.
    """
    if found := destination(text):
        return found
    raise ArgumentError(
        "This tool answers for one country at a time.",
        allowed=COUNTRY_ALLOWED,
        remedy="All destinations together, by month: trend without countryCode; each of them: markets.",
    )


def _resolve(text: str) -> Resolved:
    """A number is a China Customs code; one that is none is read as M49, and the note says so."""
    try:
        return resolve_area(text, system="china_customs")
    except CodeError as error:
        if text.strip().isdecimal() and (found := _by_other_number(text)):
            return found
        nearest = tuple(_customs_label(label) for label in error.nearest)
        raise ArgumentError(error.message, allowed=COUNTRY_ALLOWED, nearest=nearest) from None


def _how_read(word: str, found: Resolved) -> str | None:
    name, code = found.area.name_en, found.area.china_customs
    if word != code:
        read = f"countryCode {word!r} was read as {name}, China Customs code {code}."
        return f"{read} {found.note}" if found.note else read
    other = _by_other_number(word)
    if other is None or other.area == found.area:
        return None
    return (
        f"countryCode {code} is {name} in China Customs' codes; in M49 or UN Comtrade {code} is "
        f"{_labelled(other.area)}: ask for that by its China Customs code or name."
    )


def _by_other_number(text: str) -> Resolved | None:
    """A number that no China Customs code is, as M49 or UN Comtrade has it."""
    try:
        found = resolve_area(text)
    except CodeError:
        return None
    if not found.area.china_customs:
        return None
    note = f"{text.strip()} is no China Customs code; it is {found.area.name_en} in M49 or UN Comtrade."
    return Resolved(found.area, found.how, f"{note} {found.note}" if found.note else note)


def _customs_label(label: str) -> str:
    """`Japan (JP, 392)` as this source needs it: `Japan (116)`."""
    name = label.rpartition(" (")[0] or label
    found = named(name)
    return _labelled(found) if found else name


def _labelled(found: Area) -> str:
    return f"{found.name_en} ({found.china_customs})" if found.china_customs else found.name_en


def _one_at_a_time(group: Expansion) -> InvalidQuery:
    """Sums over members would need a call each, and in its present form the service gives no country's months."""
    members = [_labelled(one) for one in group.areas]
    return InvalidQuery(
        f"{group.group.name} is a group of {len(members)} countries; this tool answers for one country at a time.",
        argument="countryCode",
        allowed=COUNTRY_ALLOWED,
        nearest=members[:SHOWN],
        remedy="Shares of continents, the EU, ASEAN, Belt and Road: `dashboard`. Every member: "
        f'comtrade_data(reporterCode="CN", partnerCode="{group.group.id}", flowCode="X", cmdCode=..., period=...); '
        f'their sum: trade_series(reporter="CN", partner="{group.group.id}", product=..., period=...).',
        source=POLICY.source,
    )


@lru_cache(maxsize=1024)
def named(name: str) -> Area | None:
    """The destination that an answer names in Chinese; None where it is not known for certain."""
    try:
        return area(name)
    except CodeError:
        return None


@lru_cache(maxsize=1024)
def coded(customs_code: str) -> Area | None:
    """The destination of a China Customs code; None if unknown."""
    try:
        return area(customs_code, system="china_customs")
    except CodeError:
        return None


def english(customs_code: str | None) -> str | None:
    """The English name of a China Customs code; None if unknown."""
    found = coded(customs_code) if customs_code else None
    return found.name_en if found else None


_PARTS = {
    "asia": ("Asia", "亚洲"),
    "europe": ("Europe", "欧洲"),
    "africa": ("Africa", "非洲"),
    "northAmerica": ("North America", "北美洲", "北美"),
    "southAmerica": ("South America", "南美洲", "南美"),
    "oceania": ("Oceania", "大洋洲"),
    "middleEast": ("Middle East", "中东"),
    "beltRoad": ("Belt and Road", "一带一路", "belt road"),
    "asean": ("ASEAN", "东盟"),
    "eu": ("EU", "欧盟", "european union"),
    "usmca": ("USMCA", "美墨加", "美墨加协定"),
    "americas": ("Americas", "美洲", "america"),
    "latinAmerica": ("Latin America", "拉丁美洲", "拉美"),
}
"""Continents and trade blocs by stem: the English name, then what else is written for it.

The last two have no documented field and keep to `region`.
"""

LABELS = {stem: names[0] for stem, names in _PARTS.items()}
"""English names by stem."""

_STEMS = {fold(written): stem for stem, names in _PARTS.items() for written in (stem, *names)}


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


_UNITS = {
    "piece": "个 只 件 支 条 块 片 根 把",
    "set": "套 组",
    "1,000 pieces": "千个 千支 千块",
    "kg": "千克",
    "g": "克",
    "tonne": "吨",
    "carat": "克拉",
    "unit": "台",
    "pair or set": "副",
    "pair": "双",
    "sheet": "张",
    "roll": "卷",
    "vehicle": "辆",
    "aircraft": "架",
    "vessel": "艘",
    "head": "头",
    "plant": "株",
    "m": "米",
    "km": "千米",
    "m²": "平方米",
    "m³": "立方米",
    "litre": "升",
    "1,000 litres": "千升",
    "kW": "千瓦",
    "kWh": "千瓦时",
}
"""English names of China Customs' units of quantity, with the words for each."""

UNITS = {word: name for name, words in _UNITS.items() for word in words.split()}


def in_english(unit: str) -> str:
    """`台 (unit)`; a unit that is not known stands as it is."""
    return f"{unit} ({UNITS[unit]})" if unit in UNITS else unit

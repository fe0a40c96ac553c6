"""Which destination is meant: China Customs codes, which are no M49, or any other code or name."""

from tradestat_tools.codes.countries import Area, Resolved, area, resolve_area, why_no_code
from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.groups import Expansion, expand
from tradestat_tools.model.arguments import ArgumentError
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.doumaotong.wire.envelope import POLICY

COUNTRY_ALLOWED = "a China Customs code (116 Japan, 133 Korea, 502 United States), a country's name, or its ISO code"

SHOWN = 3
"""Members of a group that an error names."""


def resolve(text: str) -> Resolved:
    """The destination meant. A number is a China Customs code; one that is none is read as M49, and the note says so.

    Raises:
        ArgumentError: unknown or ambiguous.
    """
    try:
        return resolve_area(text, system="china_customs")
    except CodeError as error:
        if text.strip().isdecimal() and (found := _by_other_number(text)):
            return found
        nearest = tuple(_customs_label(label) for label in error.nearest)
        raise ArgumentError(error.message, allowed=COUNTRY_ALLOWED, nearest=nearest) from None


def reading(text: str) -> str | None:
    """What a reader should know of how a destination was read; None for a number that means nothing else."""
    found, word = resolve(text), text.strip()
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
    try:
        found = area(name)
    except CodeError:
        return name
    return _labelled(found)


def _labelled(found: Area) -> str:
    return f"{found.name_en} ({found.china_customs})" if found.china_customs else found.name_en


def destination(text: str) -> str:
    """The text, if it names a destination that has a China Customs code, or the world.

    Raises:
        ArgumentError: it does not.
        InvalidQuery: it names a group of countries.
    """
    if group := expand(text):
        raise _one_at_a_time(group)
    found = resolve(text).area
    if found.kind != "world" and not found.china_customs:
        message = f"{found.name_en} has no known China Customs code. {why_no_code(found)}".rstrip()
        raise ArgumentError(message, allowed=COUNTRY_ALLOWED)
    return text


def one_destination(text: str) -> str:
    """As `destination`, but not the world.

    Raises:
        ArgumentError: as there.
        InvalidQuery: as there.
    """
    if resolve(destination(text)).area.kind == "world":
        raise ArgumentError(
            "This tool answers for one country at a time.",
            allowed=COUNTRY_ALLOWED,
            remedy="All destinations together, by month: trend without countryCode; each of them: markets.",
        )
    return text


def _one_at_a_time(group: Expansion) -> InvalidQuery:
    """Sums over members would need a call each, and in its present form the service gives no country's months."""
    members = [_labelled(one) for one in group.areas]
    return InvalidQuery(
        f"{group.group.name} is a group of {len(members)} countries; this tool answers for one country at a time.",
        argument="countryCode",
        allowed=COUNTRY_ALLOWED,
        nearest=members[:SHOWN],
        remedy="Shares of continents, the EU, ASEAN, Belt and Road: `dashboard`. Every member: "
        f'comtrade_data(reporterCode="CN", partnerCode="{group.group.id}", flowCode="X", cmdCode=..., period=...).',
        source=POLICY.source,
    )

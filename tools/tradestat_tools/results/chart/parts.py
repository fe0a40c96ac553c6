"""Totals and their parts: which of the points hold others, so that they are never drawn beside them."""

from collections import Counter

from tradestat_tools.codes.ebops import ebops_path
from tradestat_tools.codes.groups import expand
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.results.chart.points import Point, Points, area_of, is_total


def parts_of(points: Points, kept: list[Point], notes: list[Note]) -> tuple[list[Point], dict[int, list[Point]]]:
    """The points without totals that hold others of them; and those totals, by the place of their dimension."""
    wholes: dict[int, list[Point]] = {}
    for place, name in enumerate(points.dimensions):
        codes = {one.of[place] for one in kept}
        totals = {code for code in codes if is_total(name, code, common=points.common)}
        if totals and totals != codes:
            wholes[place] = [one for one in kept if one.of[place] in totals]
            kept = [one for one in kept if one.of[place] not in totals]
            said = " and ".join(sorted(points.names[name].get(code, code) for code in totals))
            notes.append(
                Note(
                    code=NoteCode.DOUBLE_COUNTING,
                    text=f"{said[:1].upper()}{said[1:]} holds the others and is not drawn beside them.",
                )
            )
            codes -= totals
        if not points.common:
            kept = _without_members(place, codes, kept, notes)
        if not points.common or len(codes) < 2:
            continue
        wider = _wider_areas(codes) if name in ("reporter", "partner") else _wider_products(codes, name)
        if wider and wider != codes:
            kept = [one for one in kept if one.of[place] not in wider]
            said = ", ".join(sorted(points.names[name].get(code, code) for code in wider)[:4])
            more = f" and {len(wider) - 4} more" if len(wider) > 4 else ""
            notes.append(
                Note(
                    code=NoteCode.DOUBLE_COUNTING,
                    text=f"Not drawn, as they overlap with others here: {said}{more}. `only` chooses them.",
                )
            )
    return kept, wholes


def _without_members(place: int, labels: set[str], kept: list[Point], notes: list[Note]) -> list[Point]:
    """Of groups named in a table beside their members: the groups, where others stand there too; else the members."""
    groups = {label: {area.name_en for area in found.areas} for label in labels if (found := expand(label))}
    for group, members in groups.items():
        inside = members & labels
        if not inside:
            continue
        left_out = inside if labels - inside - {group} else {group}
        kept = [one for one in kept if one.of[place] not in left_out]
        what = "the members of " * (group not in left_out) + group
        text = f"Not drawn, as they overlap with others here: {what}. `only` chooses them."
        notes.append(Note(code=NoteCode.DOUBLE_COUNTING, text=text))
    return kept


def _wider_areas(codes: set[str]) -> set[str]:
    """Groups of areas some of whose members are there too."""
    found: set[str] = set()
    for code in codes:
        area = area_of(code)
        if area is None or area.kind != "group":
            continue
        group = expand(area.name_en) or next((one for word in area.aliases if (one := expand(word))), None)
        members = {one.comtrade for one in group.areas} if group else codes
        if members & (codes - {code}):
            found.add(code)
    return found


def _wider_products(codes: set[str], name: str) -> set[str]:
    """Of codes one of which is a part of another, all but those of the level that most of them have."""
    if name != "product":
        return set()
    goods = {code for code in codes if code.isdecimal()}
    nested = any(code[:length] in goods for code in goods for length in (2, 4, 6, 8) if length < len(code))
    if nested:
        count = Counter(len(code) for code in goods)
        usual = max(count, key=lambda length: (count[length], -length))
        return {code for code in goods if len(code) != usual}
    return _wider_services(codes - goods)


def _wider_services(codes: set[str]) -> set[str]:
    paths: dict[str, tuple[str, ...]] = {}
    for code in codes:
        try:
            paths[code] = tuple(item.code for item in ebops_path(code))
        except CodeError:
            continue
    own = {path[-1]: code for code, path in paths.items()}
    return {own[step] for path in paths.values() for step in path[:-1] if step in own}

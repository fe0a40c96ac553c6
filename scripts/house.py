"""Measure the house: its size, its circles, and the imports that climb a floor or pass a wall, as tables.

An import counts wherever it is made, inside a function too: one that is put off is still a dependency. Those made only
under `if TYPE_CHECKING` are marked as such and make no circle: nothing is loaded by them. Circles are the strongly
connected components of more than one module; that a package runs first when a module of it is imported is not counted.

Exits with 1 where there is a circle. Climbing imports are shown and left to the contracts in pyproject.toml.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import grimp

import house_walk
from house_walk import Table

FLOORS: Sequence[tuple[str, Sequence[str]]] = (
    ("server", ("tradestat_server",)),
    ("open", ("tradestat_tools.open",)),
    ("catalogue, call", ("tradestat_tools.catalogue", "tradestat_tools.call")),
    (
        "sources, research, results, search, usage",
        tuple(f"tradestat_tools.{room}" for room in ("sources", "research", "results", "search", "usage")),
    ),
    ("contract", ("tradestat_tools.contract",)),
    ("upstream", ("tradestat_tools.upstream",)),
    ("model", ("tradestat_tools.model",)),
    ("codes", ("tradestat_tools.codes",)),
)
"""From the top; a module stands on the floor of the longest name that it begins with, and imports only from below."""

PACKAGES = (("server", "tradestat_server"), ("tools", "tradestat_tools"), ("sandbox", "tradestat_sandbox"))
"""Folder and package; what a tree does not have is skipped."""

BESIDE = ("scripts", "bench")
TESTS = "tests"
ALL = "all outside tests"
SOURCES = "tradestat_tools.sources"
CATALOGUE = "tradestat_tools.catalogue"

ROOMS = (
    *("__init__", "service", "wire", "arguments", "codes", "calendar", "api"),
    *("answers", "notes", "absence", "flows", "tools", "checks", "file"),
)
"""What a source may consist of, each a module or a package of that name."""

Import: TypeAlias = tuple[str, str]
Imports: TypeAlias = Mapping[str, Set[str]]


@dataclass(frozen=True, slots=True)
class Circle:
    """Modules that all reach each other, and imports without which they do not."""

    members: Sequence[str]
    imports: int
    breakers: Sequence[Import]


class House:
    """The modules below a folder and what each imports."""

    def __init__(self, root: Path) -> None:
        self.root = root
        found = [(folder, package) for folder, package in PACKAGES if (root / folder / package).is_dir()]
        if not found:
            raise SystemExit(f"None of the packages is there: {', '.join(package for _, package in PACKAGES)}.")
        sys.path[:0] = [str(root / folder) for folder, _ in found]  # before those of an installation
        names = [package for _, package in found]
        self.loaded = _imports_of(grimp.build_graph(*names, cache_dir=None, exclude_type_checking_imports=True))
        whole = _imports_of(grimp.build_graph(*names, cache_dir=None))
        self.for_types = {name: imported - self.loaded[name] for name, imported in whole.items()}

    def imports(self) -> Iterator[tuple[str, str, str]]:
        """Importer, imported, and whether it is loaded or known for types only; in order."""
        for kind, graph in (("loaded", self.loaded), ("types", self.for_types)):
            yield from (
                (importer, imported, kind) for importer in sorted(graph) for imported in sorted(graph[importer])
            )

    def circles(self) -> list[Circle]:
        """The circles of what is loaded, the largest first."""
        return [_circle(members, self.loaded) for members in components(self.loaded)]


def _imports_of(graph: grimp.ImportGraph) -> dict[str, set[str]]:
    return {name: graph.find_modules_directly_imported_by(name) for name in sorted(graph.modules)}


def components(graph: Imports) -> list[list[str]]:
    """The strongly connected components of more than one module, the largest first (Tarjan)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    waiting: list[str] = []
    found: list[list[str]] = []
    for start in graph:
        if start in number:
            continue
        number[start] = lowest[start] = len(number)
        waiting.append(start)
        # A path of its own in place of recursion: a chain of imports may be longer than Python's stack.
        path = [(start, iter(sorted(graph[start])))]
        while path:
            name, ahead = path[-1]
            for following in ahead:
                if following not in number:
                    number[following] = lowest[following] = len(number)
                    waiting.append(following)
                    path.append((following, iter(sorted(graph[following]))))
                    break
                if following in lowest:  # still waiting for its component
                    lowest[name] = min(lowest[name], number[following])
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[name])
                if lowest[name] == number[name]:
                    members = waiting[waiting.index(name) :]
                    del waiting[-len(members) :]
                    for member in members:
                        del lowest[member]
                    found.append(sorted(members))
    return sorted((members for members in found if len(members) > 1), key=lambda members: (-len(members), members))


def _circle(members: Sequence[str], graph: Imports) -> Circle:
    inside = {name: graph[name] & set(members) for name in members}
    return Circle(members, sum(map(len, inside.values())), breakers(inside))


def breakers(graph: Imports) -> list[Import]:
    """Few imports without which there is no circle; the first of them matters most. Not proved to be the fewest.

    Each is the one that leaves the smallest circles, the sum of their squares, of those left by the ones before it.
    """
    left = {name: set(imported) for name, imported in graph.items()}
    removed: list[Import] = []
    while components(left):
        _, one = min((_weight(left, one), one) for one in _inside(left))
        left[one[0]].discard(one[1])
        removed.append(one)
    return removed


def _weight(graph: Imports, without: Import) -> int:
    importer, imported = without
    less = {**graph, importer: graph[importer] - {imported}}
    return sum(len(members) ** 2 for members in components(less))


def _inside(graph: Imports) -> Iterator[Import]:
    """The imports that lie on a circle."""
    for members in components(graph):
        yield from ((name, imported) for name in members for imported in graph[name] & set(members))


def floor_of(module: str) -> int | None:
    """The number of a module's floor, counted from the top; None where it stands on none."""
    fitting = [
        (len(name), number) for number, (_, names) in enumerate(FLOORS) for name in names if _within(module, name)
    ]
    return max(fitting)[1] if fitting else None


def source_of(module: str) -> str | None:
    """The source to whose folder a module belongs."""
    return module.removeprefix(f"{SOURCES}.").partition(".")[0] if module.startswith(f"{SOURCES}.") else None


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def sizes(root: Path) -> Table:
    """Files and lines in all and by folder; of a package, by its own first folders."""
    packages = [f"{folder}/{package}" for folder, package in PACKAGES]
    files: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for top in (*(folder for folder, _ in PACKAGES), *BESIDE, TESTS):
        for file in _python_files(root / top):
            *folders, _ = file.relative_to(root).parts
            own = next((package for package in packages if folders[:2] == package.split("/")), None)
            # A set, as a file that stands in no folder of its own would count twice.
            names = {"/".join(folders[: 3 if own else 2]), own or top}
            if top != TESTS:
                names.add(ALL)
            files.update(names)
            lines.update(dict.fromkeys(names, _lines(file)))
    rows = [
        (name, files[name], lines[name]) for name in sorted(files, key=lambda name: (name not in (ALL, TESTS), name))
    ]
    said = "Python files, and their lines, blank ones and comments included."
    return Table("Size", said, ("folder", "files", "lines"), rows)


def _python_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def circles(house: House) -> Table:
    """Each circle with its modules."""
    rows = [
        (len(one.members), one.imports, len(one.breakers), _joined(one.members), _joined(map(_arrow, one.breakers)))
        for one in house.circles()
    ]
    columns = ("modules", "imports", "to remove", "members", "without these imports, the heaviest first, there is none")
    return Table("Circles", f"{len(rows)}, of what is loaded.", columns, rows)


def for_types(house: House) -> Table:
    """What is imported for types only, and the further circles that it would make."""
    graph = {name: imported | house.for_types[name] for name, imported in house.loaded.items()}
    loaded = [list(one.members) for one in house.circles()]
    rows = [(len(members), _joined(members)) for members in components(graph) if members not in loaded]
    said = f"{sum(map(len, house.for_types.values()))} imports. The circles that they close or widen, if counted:"
    return Table("Imports for types only", said, ("modules", "members"), rows)


def floors(house: House) -> Table:
    """Every import that climbs from a lower floor to a higher one."""
    place = {name: floor_of(name) for name in house.loaded}
    rows: list[tuple[str, ...]] = []
    for importer, imported, kind in house.imports():
        below, above = place[importer], place[imported]
        if below is not None and above is not None and above < below:
            rows.append((FLOORS[below][0], FLOORS[above][0], importer, imported, kind))
    nowhere = [name for name, floor in place.items() if floor is None and "." in name and _within(name, PACKAGES[1][1])]
    said = f"{len(rows)} climb. On no floor: {len(nowhere)} modules of {PACKAGES[1][1]}."
    return Table("Floors", said, ("from", "up to", "importer", "imported", "kind"), rows)


def between_sources(house: House) -> Table:
    """Every import from one source's folder into another's."""
    return _walls(house, "Imports between sources", lambda here, there: here not in (None, there))


def into_sources(house: House) -> Table:
    """Every import from elsewhere into a source's folder; the catalogue's are as they should be."""
    return _walls(house, "Imports from elsewhere into a source", lambda here, _: here is None)


def _walls(house: House, title: str, passes: Callable[[str | None, str], bool]) -> Table:
    rows: list[tuple[str, ...]] = []
    for importer, imported, kind in house.imports():
        there = source_of(imported)
        if there is not None and importer not in (SOURCES, CATALOGUE) and passes(source_of(importer), there):
            rows.append((importer, imported, kind))
    said = f"{len(rows)}, made by {len({importer for importer, *_ in rows})} modules."
    return Table(title, said, ("importer", "imported", "kind"), rows)


def sources(root: Path) -> Table:
    """Each source's size and what of it has no agreed name."""
    rows: list[tuple[str | int, ...]] = []
    for init in sorted((root / "tools").joinpath(*SOURCES.split(".")).glob("*/__init__.py")):
        files = _python_files(init.parent)
        rooms = {file.relative_to(init.parent).parts[0].removesuffix(".py") for file in files}
        strange = sorted(rooms - set(ROOMS))
        rows.append((init.parent.name, len(files), sum(map(_lines, files)), len(strange), _joined(strange)))
    said = f"Agreed rooms: {', '.join(ROOMS)}."
    return Table("Sources", said, ("source", "files", "lines", "other rooms", "their names"), rows)


def _arrow(one: Import) -> str:
    return " → ".join(one)


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words)


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent, help="the tree to measure")
    parser.add_argument("--walk", action="store_true", help="also ask the sandbox, and count what a question passes")
    parser.add_argument("--json", action="store_true", help="JSON instead of Markdown")
    wants = parser.parse_args()

    root: Path = wants.root.resolve()
    house = House(root)
    round_circles = circles(house)
    tables = [
        sizes(root),
        round_circles,
        for_types(house),
        floors(house),
        between_sources(house),
        into_sources(house),
        sources(root),
    ]
    if wants.walk:
        tables += house_walk.walk([(root / folder / package) for folder, package in PACKAGES])
    if wants.json:
        printed = json.dumps([table.as_dict() for table in tables], ensure_ascii=False, indent=1) + "\n"
    else:
        printed = "\n".join(table.as_markdown() for table in tables)
    sys.stdout.buffer.write(printed.encode("utf-8"))  # for the arrows, on Windows too
    return 1 if round_circles.rows else 0


if __name__ == "__main__":
    sys.exit(main())

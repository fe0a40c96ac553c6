"""Measure the house: its size, its circles, and the rooms of its sources, as tables.

Circles are the strongly connected components of more than one module. An import counts wherever it is made, inside a
function too: one that is put off is still a dependency. Those made only under `if TYPE_CHECKING` do not count, as
nothing is loaded by them; nor does it that a package runs first when a module of it is imported.

Exits with 1 where there is a circle. What may import what is held by the contracts in pyproject.toml.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from pathlib import Path

import grimp

import house_walk
from house_walk import Table

PACKAGES = (("server", "tradestat_server"), ("tools", "tradestat_tools"), ("sandbox", "tradestat_sandbox"))
"""Folder and package; what a tree does not have is skipped."""

BESIDE = ("scripts", "bench", "evals")
TESTS = "tests"
ALL = "all outside tests"
SOURCES = Path("tools", "tradestat_tools", "sources")

ROOMS = (
    *("__init__", "service", "wire", "arguments", "codes", "calendar", "api"),
    *("answers", "notes", "absence", "flows", "tools", "checks", "file"),
)
"""What a source may consist of, each a module or a package of that name."""


def imports(root: Path) -> dict[str, set[str]]:
    """What each module of the packages below a folder imports of them."""
    found = [(folder, package) for folder, package in PACKAGES if (root / folder / package).is_dir()]
    sys.path[:0] = [str(root / folder) for folder, _ in found]  # before those of an installation
    graph = grimp.build_graph(*(package for _, package in found), cache_dir=None, exclude_type_checking_imports=True)
    return {name: graph.find_modules_directly_imported_by(name) for name in sorted(graph.modules)}


def components(graph: Mapping[str, Set[str]]) -> list[list[str]]:
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


def circles(root: Path) -> Table:
    """Each circle, with the imports that it is made of."""
    graph = imports(root)
    rows: list[tuple[int, str, str]] = []
    for members in components(graph):
        inside = (f"{name} → {imported}" for name in members for imported in sorted(graph[name] & set(members)))
        rows.append((len(members), ", ".join(members), ", ".join(inside)))
    return Table("Circles", f"{len(rows)}, of what is loaded.", ("modules", "members", "imports"), rows)


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
            lines.update(dict.fromkeys(names, _lines([file])))
    ordered = sorted(files, key=lambda name: (name not in (ALL, TESTS), name))
    said = "Python files, and their lines, blank ones and comments included."
    return Table("Size", said, ("folder", "files", "lines"), [(name, files[name], lines[name]) for name in ordered])


def sources(root: Path) -> Table:
    """Each source's size and what of it has no agreed name."""
    rows: list[tuple[str | int, ...]] = []
    for folder in sorted(init.parent for init in (root / SOURCES).glob("*/__init__.py")):
        files = _python_files(folder)
        rooms = {file.relative_to(folder).parts[0].removesuffix(".py") for file in files}
        strange = sorted(rooms - set(ROOMS))
        rows.append((folder.name, len(files), _lines(files), len(strange), ", ".join(strange)))
    columns = ("source", "files", "lines", "other rooms", "their names")
    return Table("Sources", f"Agreed rooms: {', '.join(ROOMS)}.", columns, rows)


def _python_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _lines(files: Iterable[Path]) -> int:
    return sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent, help="the tree to measure")
    parser.add_argument("--walk", action="store_true", help="also ask the sandbox, and count what a question passes")
    parser.add_argument("--json", action="store_true", help="JSON instead of Markdown")
    wants = parser.parse_args()

    root: Path = wants.root.resolve()
    found = circles(root)
    tables = [sizes(root), found, sources(root)]
    if wants.walk:
        tables += house_walk.walk([root / folder / package for folder, package in PACKAGES])
    if wants.json:
        printed = json.dumps([table.as_dict() for table in tables], ensure_ascii=False, indent=1) + "\n"
    else:
        printed = "\n".join(table.as_markdown() for table in tables)
    sys.stdout.buffer.write(printed.encode("utf-8"))  # for the arrows, on Windows too
    return 1 if found.rows else 0


if __name__ == "__main__":
    sys.exit(main())

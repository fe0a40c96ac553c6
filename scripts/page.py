"""Build the page that shows charts inside hosts: server/page into one file of the package. Needs npm (Node 20).

One file without a network, as hosts show a page under a policy that allows none: its modules and style stand inside it.
It is committed, so that no user needs Node; `--check` builds it anew and compares.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "server" / "page"
BUILT = ROOT / "server" / "tradestat_server" / "mcp" / "page.html"

BUNDLED = ("--bundle", "--minify", "--format=iife", "--target=es2022", "--charset=utf8", "--legal-comments=none")


def main() -> int:
    """Build; with `--check`, compare with what is committed. The exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the committed file differs")
    wants = parser.parse_args()

    _run("npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    _run(_tool("tsc"), "--project", ".")
    page = build()
    kept = BUILT.read_text(encoding="utf-8") if BUILT.exists() else ""
    if wants.check:
        sys.stdout.write(f"{BUILT.name}: {len(page.encode()):,} bytes\n")
        if page != kept:
            sys.stdout.write("It is not what server/page builds: python scripts/page.py\n")
        return int(page != kept)
    BUILT.write_text(page, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{BUILT.relative_to(ROOT)}: {len(page.encode()):,} bytes\n")
    return 0


def build() -> str:
    """The page, from sources whose modules are installed."""
    with tempfile.TemporaryDirectory() as folder:
        script, style, about = (Path(folder, name) for name in ("page.js", "page.css", "about.json"))
        _run(_tool("esbuild"), "src/main.ts", *BUNDLED, f"--outfile={script}", f"--metafile={about}")
        _run(_tool("esbuild"), "src/style.css", "--minify", "--charset=utf8", f"--outfile={style}")
        metafile: dict[str, Any] = json.loads(about.read_text(encoding="utf-8"))
        parts = {
            "<!--licences-->": _licences(metafile),
            "/*style*/": style.read_text(encoding="utf-8").strip(),
            "/*script*/": script.read_text(encoding="utf-8").strip().replace("</script", "<\\/script"),
        }
    page = (SOURCES / "src" / "page.html").read_text(encoding="utf-8")
    for place, part in parts.items():
        before, found, after = page.partition(place)
        if not found:
            raise ValueError(f"page.html has no {place}")
        page = before + part + after
    return page


def _licences(metafile: dict[str, Any]) -> str:
    """The notices of the modules whose code is in it, in a comment: who, then what is granted, each text once."""
    inputs = [Path(name).parts for output in metafile["outputs"].values() for name in output["inputs"]]
    names = sorted({parts[parts.index("node_modules") + 1] for parts in inputs if "node_modules" in parts})
    holders: dict[str, list[str]] = {}
    for name in names:
        folder = SOURCES / "node_modules" / name
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        who, _, granted = (folder / "LICENSE").read_text(encoding="utf-8").strip().partition("\n\n")
        holders.setdefault(granted, []).append(f"{name} {about['version']} ({about['license']}): {who}")
    texts = ["\n".join([*lines, "", granted]) for granted, lines in holders.items()]
    return "<!-- This page holds code of others.\n" + "\n\n".join(texts) + "\n-->"


def _tool(name: str) -> str:
    return str(SOURCES / "node_modules" / ".bin" / name)


def _run(command: str, *arguments: str) -> None:
    found = shutil.which(command)
    if found is None:
        raise SystemExit(f"{command} is not there. The page is built with npm, which comes with Node 20.")
    ran = subprocess.run([found, *arguments], cwd=SOURCES, check=False, stdout=sys.stderr)  # noqa: S603 - our own words
    if ran.returncode:
        raise SystemExit(f"{Path(command).name} failed: what it said stands above.")


if __name__ == "__main__":
    sys.exit(main())

"""Keep manifest.json in step with the code: its version, tools and prompts.

`--check` says what differs and fails; `--write` mends it.
"""

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import anyio

from tradestat_server.listing import manifest_lists

ROOT = Path(__file__).parent.parent
MANIFEST = ROOT / "manifest.json"


def main() -> int:
    """Check or write, by the command line's choice; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--check", action="store_true")
    choice.add_argument("--write", action="store_true")
    wants_write = parser.parse_args().write

    manifest: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    generated = from_code()
    stale = [name for name, value in generated.items() if manifest.get(name) != value]
    if wants_write and stale:
        text = json.dumps({**manifest, **generated}, ensure_ascii=False, indent=2) + "\n"
        MANIFEST.write_text(text, encoding="utf-8", newline="\n")
    for name in stale:
        sys.stdout.write(f"manifest.json: {name} {'written' if wants_write else 'is not in step with the code'}\n")
    if stale and not wants_write:
        sys.stdout.write("Mend it with: python scripts/manifest.py --write\n")
        return 1
    return 0


def from_code() -> dict[str, Any]:
    """The parts of the manifest that the code says better."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"version": project["version"], "description": project["description"], **anyio.run(manifest_lists)}


if __name__ == "__main__":
    sys.exit(main())

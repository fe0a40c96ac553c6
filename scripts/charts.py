"""Keep the pictures of docs/charts, and the figures they are of, in step with the code.

`--check` says what differs and fails; `--write` draws them anew: look at them before you keep them.
"""

import argparse
import sys
from pathlib import Path

import anyio

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Check or write, by the command line's choice; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--check", action="store_true")
    choice.add_argument("--write", action="store_true")
    given = parser.parse_args()

    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from gallery import FIGURES, FOLDER, gallery  # noqa: PLC0415 - not installed, so found only from here on

    files = anyio.run(gallery)
    kept = {one: one.read_text(encoding="utf-8") for one in (*FOLDER.glob("*.svg"), *FIGURES.glob("*.json"))}
    stale = sorted(file for file in {*files, *kept} if files.get(file) != kept.get(file))
    for file in stale:
        if given.write and file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(files[file], encoding="utf-8", newline="\n")
        elif given.write:
            file.unlink()
        sys.stdout.write(f"{file.name} {'written' if given.write else 'is not in step with the code'}\n")
    if stale and not given.write:
        sys.stdout.write("If the charts are meant to differ: python scripts/charts.py --write\n")
    return int(bool(stale) and not given.write)


if __name__ == "__main__":
    sys.exit(main())

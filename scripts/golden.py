"""Keep the golden answers in step with the code: what every tool gave to the calls of tests/golden/scenes.

`--check` says what differs and fails; `--write` writes them anew, for the difference to be read before it is kept.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import anyio

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Check or write, by the command line's choice; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--check", action="store_true")
    choice.add_argument("--write", action="store_true")
    parser.add_argument("scenes", nargs="*", help="names of scenes; all if left out")
    given = parser.parse_args()

    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from golden_answers.play import ANSWERS, play  # noqa: PLC0415
    from golden_answers.scenes import SCENES  # noqa: PLC0415 - not installed, so found only from here on

    stale = False
    for scene in SCENES:
        if given.scenes and scene.name not in given.scenes:
            continue
        with tempfile.TemporaryDirectory() as folder:
            new = anyio.run(play, scene, Path(folder))
        if scene.file.exists() and scene.file.read_text(encoding="utf-8") == new:
            continue
        stale = True
        if given.write:
            ANSWERS.mkdir(exist_ok=True)
            scene.file.write_text(new, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{scene.file.name} {'written' if given.write else 'is not in step with the code'}\n")
    for file in sorted({*ANSWERS.glob("*.txt")} - {scene.file for scene in SCENES}):
        stale = True
        if given.write:
            file.unlink()
        sys.stdout.write(f"{file.name} {'removed' if given.write else 'belongs to no scene'}\n")
    if stale and not given.write:
        sys.stdout.write("If the answers are meant to differ: python scripts/golden.py --write\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Write requirements/*.txt: exact versions with hashes, and no address of an index. Needs `uv` beside this Python."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
UV = Path(sys.executable).with_name("uv")

FILES = {
    "runtime.txt": ["pyproject.toml", "--group", "build"],
    "dev.txt": ["pyproject.toml", "--group", "dev", "--constraints", "requirements/runtime.txt"],
    "bundle.txt": ["--group", "bundle"],
    "browser.txt": ["--group", "browser", "--constraints", "requirements/dev.txt"],
    "bench.txt": ["--group", "bench"],
}
"""What each file pins. `runtime` holds what the server needs, and what installs the project from a checkout."""


def main() -> None:
    """Resolve anew, for every system and Python from 3.11 on; `dev` agrees with `runtime`."""
    for name, what in FILES.items():
        target = f"requirements/{name}"
        command = [UV, "pip", "compile", *what, "--upgrade", "--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate"]
        command += ["--custom-compile-command", "make requirements", "--output-file", target, "--quiet"]
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - our own words only


if __name__ == "__main__":
    main()

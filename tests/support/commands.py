"""The command line, run in this process as a person or a script runs it."""

import os
import re
from typing import Any

from click.testing import CliRunner, Result

from tradestat_server.cli.main import cli

OF_WHOEVER_RUNS_THIS = re.compile(r"TRADESTAT_|\w+_KEY$")


def run(*words: str, offered: Any = None, color: Any = False, **env: str) -> Result:
    """A command with nothing set but the folders of the tests and what is given.

    Args:
        offered: a catalogue in place of the whole one.
        color: whether the output is one that shows colours.
        env: what is set.
    """
    unset = [name for name in os.environ if OF_WHOEVER_RUNS_THIS.match(name) and not name.endswith("_DIR")]
    given: dict[str, str | None] = {**dict.fromkeys(unset), **env}
    return CliRunner(env=given).invoke(cli, list(words), obj=offered, color=color)

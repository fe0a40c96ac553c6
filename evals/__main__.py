"""python -m evals --agent "COMMAND": ask an agent the questions, print a table, write it as JSON and Markdown."""

import argparse
import shlex
import sys
from pathlib import Path

from evals.question import load
from evals.reference.plan import plans
from evals.report import HEAD, Outcome, as_json, as_markdown, closing, line
from evals.run import run

REFERENCE = f"{shlex.quote(sys.executable)} -m evals.reference"


def main() -> int:
    """Status 0 where every answer was right, but for those that the server is known not to have."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("--agent", help="the command of the agent; left out, the scripted one that comes with this")
    parser.add_argument("--keep", action="store_true", help="one process for all questions, a line in, a line out")
    parser.add_argument("--jobs", type=int, default=1, help="agents at once, where each has its own process")
    parser.add_argument("--seconds", type=float, default=300.0, help="how long an answer may take")
    parser.add_argument("--only", default="", help="only questions whose id, point or language has this word")
    parser.add_argument("--json", type=Path, help="file for the outcome as JSON")
    parser.add_argument("--markdown", type=Path, help="file for the outcome as Markdown")
    asked = parser.parse_args()
    command = asked.agent or REFERENCE
    questions = [one for one in load() if asked.only in (one.id, one.language, one.subject) or asked.only in one.point]
    _say(HEAD)

    def told(one: Outcome) -> None:
        _say(line(one))

    keep = asked.keep or not asked.agent
    found = run(command, questions, keep=keep, jobs=asked.jobs, seconds=asked.seconds, told=told)
    _say(closing(found))
    for path, text in ((asked.json, as_json), (asked.markdown, as_markdown)):
        if path:
            path.write_text(text(asked.agent or "the scripted reference agent", found), encoding="utf-8")
    wrong = {one.id for one in found if not one.right}
    lacking = {
        name: plan.lacking for name, plan in plans().items() if plan.lacking and name in wrong and not asked.agent
    }
    for name, why in lacking.items():
        _say(f"The server can not answer {name} yet: {why}.")
    return 1 if wrong - lacking.keys() else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

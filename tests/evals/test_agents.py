"""The runner and the proxy, with real processes: agents are small programs, the proxy's server too."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evals import proxy
from evals.agents import Kept, ask_once, calls_in, prepare
from evals.question import Question, load
from evals.reference.plan import plans
from evals.report import Outcome, as_json, as_markdown, summary
from evals.run import run
from tradestat_sandbox.settings import DEFAULT_TODAY
from tradestat_sandbox.world import World

pytestmark = pytest.mark.slow  # each starts processes that hang or die

ROOT = Path(__file__).parents[2]
WORLD = World(DEFAULT_TODAY)
REFERENCE = f"{shlex.quote(sys.executable)} -m evals.reference"
USAGE = next(one for one in load() if one.id == "usage-left-alone")
ABSENT = next(one for one in load() if one.id == "absent-firms")

SERVER = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    if asked.get("method") != "tools/call":
        continue
    bad = asked["params"]["name"] == "bad"
    result = {"content": [{"type": "text", "text": "가나다"}, {"type": "text", "text": "ab"}], "isError": bad}
    if not bad:
        result["structuredContent"] = {"a": "一"}
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", "method": "notifications/progress"}) + "\\n")
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}) + "\\n")
    sys.stdout.flush()
    if asked["params"]["name"] == "leave":
        sys.exit(3)
"""


def agent(*lines: str) -> str:
    """The command of an agent of these lines of Python; `question` is the first it was asked."""
    code = "\n".join(("import json, sys, time", "question = json.loads(sys.stdin.readline())", *lines))
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def call(number: int, name: str) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": name}})


def through_the_proxy(folder: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    server = {"command": [sys.executable, "-c", SERVER], "environment": {"PYTHONIOENCODING": "utf-8"}}
    (folder / "server.json").write_text(json.dumps(server), encoding="utf-8")
    asked = "".join(f"{line}\n" for line in lines)
    command = [sys.executable, proxy.__file__, str(folder)]
    return subprocess.run(command, input=asked, capture_output=True, encoding="utf-8", timeout=60, check=False)


def test_the_proxy_counts_calls_characters_and_errors_and_passes_all_on(tmp_path: Path) -> None:
    ran = through_the_proxy(tmp_path, '{"method": "tools/list", "id": 7}', call(1, "good"), call(2, "bad"))
    assert ran.returncode == 0, ran.stderr
    passed = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [one.get("id") for one in passed] == [None, 1, None, 2]
    assert [tuple(one) for one in calls_in(tmp_path)] == [("good", 5, len('{"a": "一"}'), False), ("bad", 5, 0, True)]
    assert [one.name for one in calls_in(tmp_path, after=1)] == ["bad"]


def test_the_proxy_leaves_when_the_server_leaves(tmp_path: Path) -> None:
    ran = through_the_proxy(tmp_path, call(1, "leave"))
    assert ran.returncode == 3
    assert [one.name for one in calls_in(tmp_path)] == ["leave"]


def test_the_server_gets_the_day_the_files_and_none_of_the_users_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PARSE_API_KEY", "DATA_GO_KR_SERVICE_KEY", "COMTRADE_API_KEY", "TRADESTAT_COMTRADE_URL"):
        monkeypatch.setenv(name, "a key of the user")
    given = prepare(tmp_path, WORLD)
    server = json.loads((tmp_path / "server.json").read_text(encoding="utf-8"))
    assert "a key of the user" not in json.dumps(server)
    assert server["environment"]["TRADESTAT_SANDBOX_TODAY"] == DEFAULT_TODAY.isoformat()
    assert list(Path(server["environment"]["TRADESTAT_IMPORT_DIR"]).glob("*.csv"))
    config = json.loads(Path(given["TRADESTAT_EVALS_MCP_CONFIG"]).read_text(encoding="utf-8"))["mcpServers"][
        "tradestat"
    ]
    assert [config["command"], *config["args"]] == json.loads(given["TRADESTAT_EVALS_SERVER"])


def test_the_last_line_with_an_answer_counts_and_an_agents_own_count_does_not(tmp_path: Path) -> None:
    talking = agent(
        "print('I think so.')",
        """print(json.dumps({"answer": "yes"}))""",
        """print(json.dumps({"answer": "no", "calls": 99, "of": question["id"]}))""",
        "print('[1, 2]')",
    )
    reply = ask_once(talking, USAGE, tmp_path, WORLD, seconds=30)
    assert reply.answer == {"answer": "no", "calls": 99, "of": USAGE.id}
    assert reply.calls == ()


@pytest.mark.parametrize(
    ("lines", "trouble"),
    [
        (("print('no idea')", "sys.exit(4)"), "status 4"),
        (("time.sleep(600)",), "no answer in 1 s"),
    ],
)
def test_an_agent_that_gives_no_answer_is_said_to_have_given_none(
    lines: tuple[str, ...], trouble: str, tmp_path: Path
) -> None:
    reply = ask_once(agent(*lines), USAGE, tmp_path, WORLD, seconds=1)
    assert reply.answer is None
    assert trouble in reply.trouble


def kept(command: str, folder: Path, *questions: Question, seconds: float = 30) -> list[tuple[Any, str]]:
    with Kept(command, folder, WORLD, seconds) as one:
        return [(reply.answer, reply.trouble) for reply in map(one.ask, questions)]


def test_an_agent_that_stays_is_asked_line_by_line(tmp_path: Path) -> None:
    staying = agent(
        "while True:",
        "    print(json.dumps({'answer': question['id']}), flush=True)",
        "    line = sys.stdin.readline()",
        "    if not line: break",
        "    question = json.loads(line)",
    )
    found = kept(staying, tmp_path, USAGE, ABSENT)
    assert found == [({"answer": USAGE.id}, ""), ({"answer": ABSENT.id}, "")]


@pytest.mark.parametrize("after", ["sys.exit(0)", "time.sleep(600)"])
def test_an_agent_that_leaves_or_hangs_has_answered_no_more_questions(after: str, tmp_path: Path) -> None:
    leaving = agent("print(json.dumps({'answer': 'no'}), flush=True)", after)
    first, *later = kept(leaving, tmp_path, USAGE, ABSENT, USAGE, seconds=2)
    assert first == ({"answer": "no"}, "")
    assert [answer for answer, _ in later] == [None, None]
    assert all(trouble for _, trouble in later)


def test_an_agent_that_knows_nothing_is_wrong_and_the_status_says_so(tmp_path: Path) -> None:
    ignorant = agent("print(json.dumps({'answer': 0}))")
    files = (tmp_path / "run.json", tmp_path / "run.md")
    command = [sys.executable, "-m", "evals", "--agent", ignorant, "--only", "usage"]
    ran = subprocess.run(
        [*command, "--json", str(files[0]), "--markdown", str(files[1])],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert "0 of 1 right" in ran.stdout
    whole = json.loads(files[0].read_text(encoding="utf-8"))
    assert whole["summary"]["right"] == 0
    assert [(one["id"], one["answer"], one["truth"]) for one in whole["questions"]] == [(USAGE.id, {"answer": 0}, "no")]
    assert f"| {USAGE.id} | en | usage | wrong: 0 for 'no' |" in files[1].read_text(encoding="utf-8")


def outcome(**changed: Any) -> Outcome:
    made: dict[str, Any] = {
        **{"id": "q", "language": "en", "point": "p", "right": True, "why": "", "answer": {"answer": 1}, "truth": 1},
        **{"calls": 1, "characters": 10, "structured": 20, "errors": 0, "tools": ("usage",)},
    }
    return Outcome(**(made | changed))


def test_a_summary_counts_by_language_and_point_and_gives_medians() -> None:
    of_three = [outcome(), outcome(calls=3, language="ko", right=False, why="0 | 1"), outcome(calls=2, errors=1)]
    found = summary(of_three)
    assert (found["right"], found["calls_median"], found["calls_most"], found["errors"]) == (2, 2, 3, 1)
    assert found["by_language"] == {"en": "2 of 2", "ko": "0 of 1"}
    assert json.loads(as_json("an agent", of_three))["agent"] == "an agent"
    rows = [line for line in as_markdown("an agent", of_three).splitlines() if line.startswith("| q |")]
    assert [row.count(" | ") for row in rows] == [7, 7, 7]
    assert summary([])["right"] == 0


def test_the_scripted_agent_answers_every_question_in_one_call_by_the_median_and_at_most_three() -> None:
    found = run(REFERENCE, load(), keep=True)
    lacking = {name for name, plan in plans().items() if plan.lacking}
    assert {one.id: one.why for one in found if not one.right and one.id not in lacking} == {}
    assert summary(found)["calls_median"] <= 1
    assert summary(found)["calls_most"] <= 3
    made = {one.id: one.calls for one in found}
    assert made == {name: len(plan.calls) for name, plan in plans().items()}, "what the proxy saw is what was planned"


def test_agents_of_one_question_each_work_side_by_side() -> None:
    some = [one for one in load() if one.id in {"battery-cn-kr-cagr", "zh-file-phones-rmb", "absent-tariff"}]
    found = run(REFERENCE, some, jobs=2)
    assert [(one.id, one.right) for one in found] == [(one.id, True) for one in some]
    assert sorted(one.calls for one in found) == [0, 1, 2]

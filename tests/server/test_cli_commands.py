"""The commands, as a person or a script uses them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tradestat_server.cli.main import cli
from tradestat_tools.catalogue import catalogue

TRADESTAT = [sys.executable, "-m", "tradestat_server"]
KOREA = ["strtYymm=202501", "endYymm=202503", "hsSgn=850760", "cntyCd=CN"]
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


def run(*words: str) -> Result:
    """A command in this process."""
    return CliRunner().invoke(cli, list(words))


@pytest.fixture
def _no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key in the environment, and none in a `.env` file either."""
    for source in catalogue().sources.values():
        if source.key is not None:
            monkeypatch.delenv(source.key.variable, raising=False)
    monkeypatch.chdir(tmp_path)


def written(value: object) -> str:
    """An argument as a person types it."""
    return value if isinstance(value, str) else json.dumps(value)


ELSEWHERE = {"exchange_rate", "import_file"}
"""The one gives official rates in the sandbox too, the other needs a file; below."""


# Those that take a handle need an answer before them.
@pytest.mark.parametrize(
    "name", [name for name, tool in catalogue().tools.items() if "result" not in tool.example and name not in ELSEWHERE]
)
def test_every_tools_example_is_answered_in_text_and_as_json(name: str) -> None:
    words = [name, *(f"{key}={written(value)}" for key, value in catalogue().tools[name].example.items()), "--sandbox"]
    text, structured = run("call", *words), run("call", *words, "--json")
    assert (text.exit_code, structured.exit_code) == (0, 0), text.output + structured.output
    assert text.stdout.startswith("SANDBOX DATA (synthetic, not statistics)")
    answer = json.loads(structured.stdout)
    assert answer["source"]["state"] == "sandbox"
    assert answer["data"]
    assert text.stderr == structured.stderr == ""


def test_exchange_rates_are_official_in_the_sandbox_too_and_are_not_called_synthetic() -> None:
    text = run("call", "exchange_rate", "base=CNY", "period=2024", "--sandbox")
    assert text.exit_code == 0, text.output
    assert "SANDBOX" not in text.stdout
    assert "European Central Bank" in text.stdout


def test_an_imported_file_is_shown_as_what_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    header = "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,第一数量,第一计量单位,第二数量,第二计量单位,美元"
    row = '202401,85076000,锂离子蓄电池,133,韩国,"1,200",千克,10,个,"34,567"'
    (tmp_path / "china.csv").write_text(f"{header}\n{row}\n", encoding="gb18030")
    monkeypatch.setenv("TRADESTAT_IMPORT_DIR", str(tmp_path))
    text = run("call", "import_file", "file=china.csv", "flow=exports")
    assert text.exit_code == 0, text.output
    assert "China Customs" in text.stdout
    assert "34,567" in text.stdout
    missing = run("call", "import_file", "file=chima.csv", "flow=exports")
    assert missing.exit_code == 1
    assert "china.csv" in missing.stderr


def test_an_error_is_text_on_stderr_and_an_object_on_stdout() -> None:
    words = ["call", "getNitemtradeList", "--sandbox", "strtYymm=202503", "endYymm=202501", "hsSgn=850760"]
    text, structured = run(*words), run(*words, "--json")
    assert (text.exit_code, structured.exit_code) == (1, 1)
    assert text.stdout == structured.stderr == ""
    assert text.stderr.startswith("InvalidQuery: ")
    error = json.loads(structured.stdout)
    assert (error["kind"], error["argument"]) == ("InvalidQuery", "endYymm")
    assert error["remedy"]


def test_a_misspelt_tool_or_argument_is_answered_with_the_nearest() -> None:
    tool = json.loads(run("call", "getNitemTradelist", "--json").stdout)
    assert tool["nearest"][0] == "getNitemtradeList"
    argument = json.loads(run("call", "getNitemtradeList", "hsSgm=850760", "--sandbox", "--json").stdout)
    assert (argument["argument"], argument["nearest"]) == ("hsSgm", ["hsSgn"])


@pytest.mark.parametrize("value", ["85\x1b[31m", "8" * 10_000, "'; DROP TABLE hs; --", "../../etc/passwd"])
def test_hostile_text_is_refused_on_one_readable_line_each(value: str) -> None:
    result = run("call", "getNitemtradeList", "strtYymm=202501", "endYymm=202501", f"hsSgn={value}", "--sandbox")
    assert result.exit_code == 1
    assert result.stderr.startswith("InvalidQuery: ")
    assert "\x1b" not in result.stderr
    assert len(result.stderr) < 2_000


@pytest.mark.usefixtures("_no_keys")
@pytest.mark.parametrize(
    "source", [s for s in catalogue().sources.values() if s.key is not None and s.key.required], ids=lambda s: s.id
)
def test_without_its_key_a_source_says_which_variable_to_set(source: Any) -> None:
    endpoint = source.tools[0]
    words = [f"{key}={written(value)}" for key, value in endpoint.example.items()]
    error = json.loads(run("call", endpoint.name, *words, "--json").stdout)
    assert error["kind"] == "MissingKey"
    assert source.key.variable in error["remedy"]


def test_tools_lists_every_tool_with_its_key_and_cost() -> None:
    listed = run("tools").stdout
    for source in catalogue().sources.values():
        assert source.name in listed
        assert source.key is None or source.key.variable in listed
        for endpoint in (*source.tools, *catalogue().own):
            (line,) = (line for line in listed.splitlines() if line.split()[:1] == [endpoint.name])
            assert endpoint.cost.split()[0] in line


def test_tools_as_json_are_the_entries_of_tools_list() -> None:
    listed = json.loads(run("tools", "--json").stdout)
    assert [tool["name"] for tool in listed] == list(catalogue().tools)
    for tool in listed:
        assert tool.keys() >= {"name", "title", "description", "inputSchema", "outputSchema", "annotations"}
        assert tool["inputSchema"]["type"] == "object"


def test_the_truth_is_the_same_on_every_run() -> None:
    first = run("truth", "CN", "KR", "850760", "202412", "--json")
    assert first.exit_code == 0
    assert run("truth", "CHN", "KOR", "8507.60", "202412", "--json").exit_code == 0
    assert json.loads(first.stdout) == json.loads(run("truth", "CN", "KR", "850760", "202412", "--json").stdout)


@pytest.mark.parametrize(
    "flow", [["CN", "KR", "850760", "209912"], ["CN", "Atlantis", "850760", "202412"], ["CN", "KR", "010101", "2024"]]
)
def test_a_flow_that_the_world_does_not_have_is_said(flow: list[str]) -> None:
    result = run("truth", *flow, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["kind"] == "InvalidQuery"
    assert run("truth", *flow).stderr.startswith("InvalidQuery: ")


def test_chinese_and_korean_come_through_a_pipe_whatever_the_locale() -> None:
    env = dict(os.environ) | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    command = [*TRADESTAT, "call", "getNitemtradeList", *KOREA, "--sandbox", "--json"]
    ran = subprocess.run(command, env=env, capture_output=True, timeout=60, check=True)
    assert "중국" in ran.stdout.decode("utf-8")


def test_without_a_command_it_serves_a_program_over_stdio() -> None:
    ran = subprocess.run(
        TRADESTAT, input=json.dumps(HELLO) + "\n", capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    assert json.loads(ran.stdout)["result"]["serverInfo"]["name"] == "tradestat"


def test_without_a_command_it_helps_a_person_in_a_terminal() -> None:
    pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
    ours, theirs = pty.openpty()
    try:
        ran = subprocess.run(TRADESTAT, stdin=theirs, capture_output=True, encoding="utf-8", timeout=60, check=True)
    finally:
        os.close(ours)
        os.close(theirs)
    assert ran.stdout.startswith("Usage: tradestat-mcp")
    assert "serve" in ran.stdout


@pytest.mark.skipif(os.name != "posix", reason="sends the signal of Ctrl-C")
def test_ctrl_c_stops_a_server_that_waits_for_its_client() -> None:
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*TRADESTAT, "serve", "--sandbox"], encoding="utf-8", **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(HELLO) + "\n")
        process.stdin.flush()
        assert "serverInfo" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == -signal.SIGINT
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_listening_beyond_this_machine_needs_names() -> None:
    result = run("serve", "--transport", "streamable-http", "--host", "0.0.0.0")
    assert result.exit_code == 2
    assert "--allowed-host" in result.stderr

"""The commands, as a person or a script uses them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import toy
from commands import run
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_server.cli.common import read_pairs
from tradestat_server.cli.main import cli
from tradestat_tools.catalogue import catalogue, of_sources
from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery

TRADESTAT = [sys.executable, "-m", "tradestat_server"]
COSTLY = {"mcp", "pydantic", "httpx", "rich", "uvicorn", "starlette", "anyio", "tradestat_tools.sources.trademap"}
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
NAMES = st.text(st.characters(exclude_characters="=", exclude_categories=["Z", "C"]), min_size=1, max_size=20)


def written(arguments: Any) -> list[str]:
    """Arguments as a person types them."""
    return [
        f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in dict(arguments).items()
    ]


def imported_by(*runs: list[str]) -> set[str]:
    """The modules that some runs of the command line import."""
    code = (
        "import sys, json\n"
        "from tradestat_server.cli.main import cli\n"
        "for words in json.loads(sys.argv[1]):\n"
        "    cli(words, standalone_mode=False)\n"
        "print(*sys.modules)"
    )
    command = [sys.executable, "-c", code, json.dumps(runs)]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, timeout=60)
    return set(ran.stdout.splitlines()[-1].split())


def test_help_imports_nothing_costly() -> None:
    assert imported_by(["--help"], ["serve", "--help"], ["call", "--help"], ["cache", "--help"]).isdisjoint(COSTLY)


def test_a_call_does_not_import_mcp_and_its_answer_is_readable_whatever_the_locale() -> None:
    code = (
        "import sys\n"
        "from tradestat_server.cli.main import main\n"
        "try: main()\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "call", "getNitemtradeList", *KOREA, "--sandbox", "--json"]
    env = dict(os.environ) | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    ran = subprocess.run(command, env=env, capture_output=True, timeout=60, check=True)
    assert "중국" in ran.stdout.decode("utf-8")
    assert {"mcp", "mcp_types"}.isdisjoint(ran.stderr.decode().split())


def test_every_command_has_help() -> None:
    assert sorted(cli.commands) == [
        *("cache", "call", "demo", "doctor", "export", "ledger", "sandbox", "serve", "tools", "truth", "usage")
    ]
    for name, command in cli.commands.items():
        result = run(name, "--help")
        assert result.exit_code == 0
        assert command.help
        assert command.help.split("\n", maxsplit=1)[0] in " ".join(result.output.split())


def test_a_value_may_hold_equals_signs_blanks_and_json_and_a_name_given_twice_makes_a_list() -> None:
    words = ["a=1=2", "b= x y ", 'c=["1", "2"]', "d="]
    assert read_pairs(words) == {"a": "1=2", "b": " x y ", "c": '["1", "2"]', "d": ""}
    assert read_pairs(["a=1", "b=2", "a=3", "a=4"]) == {"a": ["1", "3", "4"], "b": "2"}


def test_a_word_that_is_no_argument_is_refused_with_the_form_to_use() -> None:
    for word in ("hsSgn", "=850760", " =850760", ""):
        with pytest.raises(InvalidQuery) as caught:
            read_pairs(["strtYymm=202501", word])
        assert "name=value" in caught.value.remedy


@settings(max_examples=30)
@given(st.dictionaries(NAMES, st.text(max_size=40)))
def test_every_name_and_value_comes_through_as_written(arguments: dict[str, str]) -> None:
    assert read_pairs(f"{name}={value}" for name, value in arguments.items()) == arguments


def test_every_tools_example_means_the_same_when_it_is_typed() -> None:
    for tool in catalogue().tools.values():
        typed = parse_arguments(tool.arguments, read_pairs(written(tool.example)))
        assert typed == parse_arguments(tool.arguments, tool.example), tool.name


ASKED = [source.tools[-1] for source in catalogue().sources.values()] + [catalogue().tools["compare_mirror"]]


@pytest.mark.parametrize("tool", ASKED, ids=lambda tool: tool.name)
def test_a_call_is_answered_in_text_and_as_json(tool: Any) -> None:
    words = [tool.name, *written(tool.example), "--sandbox"]
    text, structured = run("call", *words), run("call", *words, "--json")
    assert (text.exit_code, structured.exit_code) == (0, 0), text.output + structured.output
    assert text.stdout.startswith("SANDBOX DATA (synthetic, not statistics)")
    answer = json.loads(structured.stdout)
    assert answer["source"]["state"] == "sandbox"
    assert answer["data"]
    assert text.stderr == structured.stderr == ""


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
    assert json.loads(run("call", "dashbord", "--json").stdout)["nearest"][0] == "dashboard"
    unlike = json.loads(run("call", "zzzzzzzzzz", "--json").stdout)
    assert "nearest" not in unlike
    assert "tradestat-mcp tools" in unlike["remedy"]
    argument = json.loads(run("call", "getNitemtradeList", "hsSgm=850760", "--sandbox", "--json").stdout)
    assert (argument["argument"], argument["nearest"]) == ("hsSgm", ["hsSgn"])


def test_hostile_text_is_refused_on_one_readable_line_each() -> None:
    for value in ("85\x1b[31m", "8" * 10_000, "'; DROP TABLE hs; --", "../../etc/passwd"):
        result = run("call", "getNitemtradeList", "strtYymm=202501", "endYymm=202501", f"hsSgn={value}", "--sandbox")
        assert result.exit_code == 1
        assert result.stderr.startswith("InvalidQuery: ")
        assert "\x1b" not in result.stderr
        assert len(result.stderr) < 2_000


def test_without_its_key_a_source_says_which_variable_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # where no .env is
    for source in catalogue().sources.values():
        if source.key is not None and source.key.required:
            tool = source.tools[0]
            error = json.loads(run("call", tool.name, *written(tool.example), "--json").stdout)
            assert error["kind"] == "MissingKey"
            assert source.key.variable in error["remedy"]


def test_tools_lists_every_tool_with_its_key_and_cost() -> None:
    listed = run("tools").stdout
    for source in catalogue().sources.values():
        assert source.name in listed
        assert source.key is None or source.key.variable in listed
        for tool in (*source.tools, *catalogue().own.values()):
            (line,) = (line for line in listed.splitlines() if line.split()[:1] == [tool.name])
            assert tool.cost.split()[0] in line


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


def test_a_flow_that_the_world_does_not_have_is_said() -> None:
    for flow in (
        ("CN", "KR", "850760", "209912"),
        ("CN", "Atlantis", "850760", "202412"),
        ("CN", "KR", "0101", "2024"),
    ):
        result = run("truth", *flow, "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["kind"] == "InvalidQuery"
        assert run("truth", *flow).stderr.startswith("InvalidQuery: ")


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


def test_without_a_command_it_serves_a_program_over_stdio_until_ctrl_c() -> None:
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(TRADESTAT, encoding="utf-8", **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(HELLO) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "tradestat"
        if os.name == "posix":
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=10) == -signal.SIGINT
        else:
            process.stdin.close()
            process.wait(timeout=10)
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_listening_beyond_this_machine_needs_names() -> None:
    result = run("serve", "--transport", "streamable-http", "--host", "0.0.0.0")
    assert result.exit_code == 2
    assert "--allowed-host" in result.stderr


def test_a_wrong_option_is_answered_with_what_is_allowed() -> None:
    for words, complaint in [
        (["serve", "--port", "70000"], "0<=x<=65535"),
        (["serve", "--transport", "carrier-pigeon"], "'stdio', 'streamable-http', 'sse'"),
        (["serve", "--port", "8000"], "--port needs --transport streamable-http or sse"),
        (["serve", "--allowed-host", "stats.example.org"], "--allowed-host needs --transport"),
        (["sandbox"], "Missing option '--port'"), (["sandbox", "--port", "0", "--today", "soon"], "%Y-%m-%d"),
        (["call"], "Missing argument 'TOOL'"), (["call", "dashboard", "--sandbox", "--offline"], "Choose one."),
        (["cache", "clear", "--source", "trademob"], "trademap, doumaotong, korea, census, eurostat, comtrade"),
        (["cache", "import", "no-such-file"], "does not exist"), (["truth", "CN", "KR"], "Missing argument 'PRODUCT'"),
        (["serv"], "serve"),
    ]:  # fmt: skip
        result = run(*words)
        assert result.exit_code == click.UsageError.exit_code
        assert complaint in result.stderr
        assert result.stdout == ""


WRONG_SETTINGS = {
    "TRADESTAT_TIMEOUT": ("soon", "valid number"),
    "TRADESTAT_TRADEMAP_CREDITS": ("inf", "finite"),
    "TRADESTAT_TRADEMAP_PLAN": ("gold", "'free', 'hobby' or 'developer'"),
    "TRADESTAT_TRADEMAP_ZONE": ("Europe/Atlantis", "is no time zone"),
    "TRADESTAT_REDIS_URL": ("redis://:pa/ss#word@127.0.0.1:6379", "%2F"),
}


@pytest.mark.parametrize("words", [["call", "dashboard", "hsCode=85076000"], ["usage"], ["doctor"], ["serve"]])
def test_a_wrong_setting_is_named_on_one_line(words: list[str]) -> None:
    others = {"TRADESTAT_TRADEMAP_CREDITS": ("-5", "greater than 0"), "TRADESTAT_REDIS_URL": ("http://h:1", "redis://")}
    for name, (value, said) in (*WRONG_SETTINGS.items(), *others.items()):
        result = run(*words, **{name: value})
        assert result.exit_code == 1
        (line,) = result.stderr.splitlines()
        assert line.startswith(f"Error: A setting is wrong. {name}: ")
        assert said in line
        assert "word" not in line.replace("password", ""), "no part of a secret"
        assert result.stdout == ""


def test_a_source_that_is_added_to_the_catalogue_is_known_to_every_command() -> None:
    offered = of_sources((*catalogue().sources.values(), toy.SOURCE))
    assert "Norwegian Customs (invented) - key in NORWAY_KEY" in run("tools", offered=offered).stdout
    listed = json.loads(run("tools", "--json", offered=offered).stdout)
    assert "norway_months" in [tool["name"] for tool in listed]
    assert run("cache", "clear", "--source", "norway", offered=offered).exit_code == 0
    assert "comtrade, norway" in run("cache", "clear", "--source", "norge", offered=offered).stderr
    assert run("call", "norway_months", "product=030214", offered=offered).stderr.startswith("MissingKey: ")


def test_a_ledger_that_can_not_be_read_is_kept_under_another_name_and_a_new_one_counts_what_was_spent(
    tmp_path: Path,
) -> None:
    folder = {"TRADESTAT_CACHE_DIR": str(tmp_path), "PARSE_API_KEY": "k"}
    for name in ("ledger.sqlite3", "ledger-3.sqlite3"):  # this version's, and one that an older version left
        for file in tmp_path.iterdir():
            file.unlink()
        (tmp_path / name).write_bytes(b"no database" * 100)
        assert "can not be " in run("usage", **folder).stdout
        refused = run("ledger", "reset", **folder)
        assert refused.exit_code == 1, "without --yes, and nobody to ask"
        said = run("ledger", "reset", "--yes", "--spent", "trademap=42", **folder).stdout
        assert "assumes that in the periods under way nothing was spent but" in said
        assert "trademap 42" in said
        kept = [path.read_bytes() for path in tmp_path.iterdir() if ".aside-" in path.name]
        assert b"no database" * 100 in kept
        usage = json.loads(run("usage", "--json", **folder).stdout)
        assert [one["used"] for one in usage["data"]["sources"] if one["source"] == "trademap"] == [42]
        assert "could not be read" not in json.dumps(usage)
    for wrong in ("nobody=1", "trademap", "trademap=-1", "trademap=nan"):
        assert run("ledger", "reset", "--yes", "--spent", wrong, **folder).exit_code == 2

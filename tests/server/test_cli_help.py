"""The command line before any command has run."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from tradestat_server.cli.main import cli

COSTLY = ("mcp", "pydantic", "httpx", "rich", "uvicorn", "starlette", "anyio", "tradestat_tools.sources.trademap")


def imported_by(*words: str) -> set[str]:
    """The modules that a run of the command line imports."""
    code = (
        "import sys\n"
        "from tradestat_server.cli.main import cli\n"
        "cli(sys.argv[1:], standalone_mode=False)\n"
        "print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, encoding="utf-8", check=True, timeout=60
    )
    return set(run.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("words", [["--help"], ["serve", "--help"], ["call", "--help"], ["cache", "--help"]])
def test_help_imports_nothing_costly(words: list[str]) -> None:
    assert imported_by(*words).isdisjoint(COSTLY)


def test_a_call_does_not_import_mcp() -> None:
    modules = imported_by("call", "dashboard", "--sandbox", "hsCode=850760", "--json")
    assert modules.isdisjoint({"mcp", "mcp_types"})


def test_every_command_has_help() -> None:
    assert sorted(cli.commands) == [
        *("cache", "call", "demo", "doctor", "export", "sandbox", "serve", "tools", "truth", "usage")
    ]
    for name, command in cli.commands.items():
        result = CliRunner().invoke(cli, [name, "--help"])
        assert result.exit_code == 0
        assert command.help
        assert command.help.split("\n", maxsplit=1)[0] in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["serve", "--port", "70000"], "0<=x<=65535"),
        (["serve", "--transport", "carrier-pigeon"], "'stdio', 'streamable-http', 'sse'"),
        (["serve", "--port", "8000"], "--port needs --transport streamable-http or sse"),
        (["serve", "--allowed-host", "stats.example.org"], "--allowed-host needs --transport"),
        (["sandbox"], "Missing option '--port'"),
        (["sandbox", "--port", "0", "--today", "soon"], "%Y-%m-%d"),
        (["call"], "Missing argument 'TOOL'"),
        (["call", "dashboard", "--sandbox", "--offline"], "Choose one."),
        (["cache", "clear", "--source", "trademob"], "trademap, doumaotong, korea, comtrade"),
        (["cache", "import", "no-such-file"], "does not exist"),
        (["truth", "CN", "KR"], "Missing argument 'PRODUCT'"),
        (["serv"], "serve"),
    ],
)
def test_a_wrong_option_is_answered_with_what_is_allowed(words: list[str], complaint: str) -> None:
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == click.UsageError.exit_code
    assert complaint in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TRADESTAT_TIMEOUT", "soon", "valid number"),
        ("TRADESTAT_TRADEMAP_CREDITS", "-5", "greater than 0"),
        ("TRADESTAT_TRADEMAP_CREDITS", "inf", "finite"),
        ("TRADESTAT_TRADEMAP_PLAN", "gold", "'free', 'hobby' or 'developer'"),
        ("TRADESTAT_TRADEMAP_ZONE", "Europe/Atlantis", "is no time zone"),
        ("TRADESTAT_REDIS_URL", "redis://:pa/ss#word@127.0.0.1:6379", "%2F"),
        ("TRADESTAT_REDIS_URL", "http://127.0.0.1:6379", "redis://"),
    ],
)
@pytest.mark.parametrize("words", [["call", "dashboard", "hsCode=85076000"], ["usage"], ["doctor"], ["serve"]])
def test_a_wrong_setting_is_named_on_one_line(
    words: list[str], name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"Error: A setting is wrong. {name}: ")
    assert said in line
    assert "word" not in line.replace("password", ""), "no part of a secret"
    assert result.stdout == ""

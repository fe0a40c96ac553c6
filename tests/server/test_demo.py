"""The first look."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tradestat_server.cli.demo import questions
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.source import source_of


def test_every_source_is_asked_one_question_and_then_all_of_them() -> None:
    *single, together = questions(catalogue())
    sources = catalogue().sources.values()
    assert [source_of(sources, question.tool) for question in single] == list(sources)
    assert together.tool == "compare_mirror"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the demo prints into a pipe, in an empty folder, with no key set and every proxy a dead end."""
    env = {name: value for name, value in os.environ.items() if not name.endswith("_KEY")}
    env |= dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    ran = subprocess.run(
        [sys.executable, "-m", "tradestat_server", "demo"],
        cwd=tmp_path_factory.mktemp("empty"),
        env=env,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stderr == ""
    return ran.stdout


@pytest.mark.slow
def test_every_answer_says_that_it_is_synthetic_and_has_a_table_with_figures(output: str) -> None:
    answers = output.split("Q: ")[1:]
    assert len(answers) == len(questions(catalogue()))
    for question, answer in zip(questions(catalogue()), answers, strict=True):
        assert question.text in answer
        assert "SANDBOX DATA (synthetic, not statistics)" in answer
        table = answer.split("─")[1:]
        assert re.search(r"\d{1,3}(,\d{3})+", "".join(table)), answer


@pytest.mark.slow
def test_it_says_what_to_set_for_live_figures(output: str) -> None:
    for source in catalogue().sources.values():
        assert source.name in output
        if source.key is not None:
            assert source.key.variable in output


@pytest.mark.slow
def test_a_file_gets_no_terminal_codes_and_no_overlong_lines(output: str) -> None:
    assert "\x1b" not in output
    assert max(len(line) for line in output.splitlines()) <= 110


@pytest.mark.slow
def test_a_server_that_does_not_start_fails_the_demo_and_says_so(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TRADESTAT_TIMEOUT=soon\n", encoding="utf-8")  # read by the server, where it starts
    ran = subprocess.run(
        [sys.executable, "-m", "tradestat_server", "demo"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert "TRADESTAT_TIMEOUT" in ran.stderr
    assert "The demo failed" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr

"""Checking keys and services."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from tradestat_server.cli.doctor import examine, examine_source_key
from tradestat_server.cli.main import cli
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.source import KeyForm, KeyInfo
from tradestat_tools.model.settings import Settings

UNREACHABLE = "http://127.0.0.1:9"
"""The discard port, on which nothing listens."""

KEY = KeyInfo(
    "COMTRADE_API_KEY",
    "Ask for one.",
    place="header",
    name="key",
    examine=lambda value: KeyForm(len(value) == 32, f"{len(value)} characters"),
)
OPTIONAL = replace(KEY, required=False)


def settings(**given: str) -> Settings:
    """Settings without this machine's environment file, whose services are out of reach."""
    urls = {f"TRADESTAT_{name}_URL": UNREACHABLE for name in ("TRADEMAP", "DOUMAOTONG", "KOREA", "COMTRADE")}
    return catalogue().settings(_env_file=None, **urls, **given)  # pyright: ignore[reportCallIssue, reportArgumentType]


def test_a_needed_key_that_is_not_set_fails_with_where_to_get_it() -> None:
    check = examine_source_key(KEY, settings())
    assert (check.ok, check.detail) == (False, "not set: Ask for one.")


def test_an_optional_key_may_be_missing() -> None:
    check = examine_source_key(OPTIONAL, settings())
    assert (check.ok, check.detail) == (True, "not set (optional): Ask for one.")


@pytest.mark.parametrize("value", ["", "   ", "${user_config.comtrade_api_key}"])
def test_what_a_client_hands_over_for_an_empty_field_counts_as_not_set(value: str) -> None:
    assert examine_source_key(KEY, settings(COMTRADE_API_KEY=value)).detail.startswith("not set")


@pytest.mark.parametrize(("key", "ok"), [("0123456789abcdef" * 2, True), ("0123456789abcdef" * 3, False)])
def test_a_key_is_judged_by_its_form_and_not_shown(key: str, ok: bool) -> None:
    check = examine_source_key(KEY, settings(COMTRADE_API_KEY=key))
    assert check.ok is ok
    assert "0123" not in check.detail


@pytest.mark.anyio
async def test_services_out_of_reach_fail_line_by_line_without_showing_a_key() -> None:
    keys = {
        "PARSE_API_KEY": "s3cr3t-parse-0123456789",
        "DATA_GO_KR_SERVICE_KEY": "s3cr3t0korea0123456789",
        "COMTRADE_API_KEY": "c0ffee00" * 4,
    }
    findings = await examine(settings(**keys))
    by_source = {
        source.id: [f.check for f in findings if f.source == source.id] for source in catalogue().sources.values()
    }
    for source_id, checks in by_source.items():
        assert any(not check.ok and not check.name.startswith("key ") for check in checks), source_id
    text = json.dumps([finding.as_dict() for finding in findings])
    assert "s3cr3t" not in text
    assert "c0ffee00" not in text


@pytest.mark.anyio
async def test_a_missing_key_is_said_once_a_source() -> None:
    findings = await examine(settings())
    for source in catalogue().sources.values():
        lines = [f for f in findings if f.source == source.id and f.check.detail.startswith("not set")]
        assert len(lines) == (source.key is not None)


@pytest.mark.anyio
async def test_all_is_well_in_the_sandbox() -> None:
    findings = await examine(settings().model_copy(update={"sandbox": True}))
    assert [finding for finding in findings if not finding.check.ok] == []
    assert {finding.source for finding in findings} == {source.id for source in catalogue().sources.values()}


def test_the_exit_status_is_0_when_all_is_well() -> None:
    result = CliRunner().invoke(cli, ["doctor", "--sandbox"])
    assert result.exit_code == 0
    assert all(line.startswith("ok  ") for line in result.stdout.splitlines())


def test_the_exit_status_is_1_when_services_are_out_of_reach() -> None:
    env = {f"TRADESTAT_{name}_URL": UNREACHABLE for name in ("TRADEMAP", "DOUMAOTONG", "KOREA", "COMTRADE")}
    text, structured = (CliRunner(env=env).invoke(cli, ["doctor", *words]) for words in ([], ["--json"]))
    assert (text.exit_code, structured.exit_code) == (1, 1)
    lines = json.loads(structured.stdout)
    assert all(line.keys() == {"source", "check", "ok", "detail"} for line in lines)
    assert [line["ok"] for line in lines] == [line.startswith("ok  ") for line in text.stdout.splitlines()]


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colour_is_left_out_where_no_color_is_set(no_color: str, coloured: bool) -> None:
    env = {f"TRADESTAT_{name}_URL": UNREACHABLE for name in ("TRADEMAP", "DOUMAOTONG", "KOREA", "COMTRADE")}
    result = CliRunner(env=env | {"NO_COLOR": no_color}).invoke(cli, ["doctor"], color=True)
    assert ("\x1b[" in result.stdout) is coloured

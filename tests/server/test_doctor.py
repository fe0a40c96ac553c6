"""Checking keys and services."""

import json
from dataclasses import replace

import pytest
from commands import run

from tradestat_server.cli.doctor import examine, examine_source_key
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import KeyForm, KeyInfo
from tradestat_tools.model.settings import Settings

KEY = KeyInfo(
    "COMTRADE_API_KEY",
    "Ask for one.",
    place="header",
    name="key",
    examine=lambda value: KeyForm(len(value) == 32, f"{len(value)} characters"),
)
OPTIONAL = replace(KEY, required=False)


def settings(**given: str) -> Settings:
    """Settings without this machine's environment file."""
    return catalogue().settings(_env_file=None, **given)  # pyright: ignore[reportCallIssue, reportArgumentType]


def test_a_needed_key_that_is_not_set_fails_with_where_to_get_it() -> None:
    check = examine_source_key(KEY, settings())
    assert (check.ok, check.detail) == (False, "not set: Ask for one.")


def test_an_optional_key_may_be_missing() -> None:
    check = examine_source_key(OPTIONAL, settings())
    assert (check.ok, check.detail) == (True, "not set (optional): Ask for one.")


def test_what_a_client_hands_over_for_an_empty_field_counts_as_not_set() -> None:
    for value in ("", "   ", "${user_config.comtrade_api_key}"):
        assert examine_source_key(KEY, settings(COMTRADE_API_KEY=value)).detail.startswith("not set")


def test_a_key_is_judged_by_its_form_and_not_shown() -> None:
    for times, ok in ((2, True), (3, False)):
        check = examine_source_key(KEY, settings(COMTRADE_API_KEY="0123456789abcdef" * times))
        assert check.ok is ok
        assert "0123" not in check.detail


@pytest.mark.anyio
async def test_failing_services_fail_line_by_line_without_showing_a_key(watched: Context) -> None:
    findings = await examine(watched)
    for source in watched.sources:
        checks = [finding.check for finding in findings if finding.source == source]
        assert any(not check.ok and not check.name.startswith("key ") for check in checks), source
    text = json.dumps([finding.as_dict() for finding in findings])
    assert not [key for key in ("key-one", "key-two", "key-three") if key in text]


@pytest.mark.anyio
async def test_a_missing_key_is_said_once_a_source(watched: Context) -> None:
    findings = await examine(replace(watched, settings=settings()))
    for source in watched.sources.values():
        lines = [f for f in findings if f.source == source.id and f.check.detail.startswith("not set")]
        assert len(lines) == (source.key is not None)


def test_all_is_well_in_the_sandbox_and_colour_is_left_out_where_no_color_is_set() -> None:
    coloured = run("doctor", color=True, NO_COLOR="", TRADESTAT_OFFLINE="true")
    assert "\x1b[" in coloured.stdout
    plain = run("doctor", "--sandbox", color=True, NO_COLOR="1")
    assert plain.exit_code == 0
    lines = plain.stdout.splitlines()
    assert all(line.startswith("ok  ") for line in lines)
    assert {line.split()[1] for line in lines} == catalogue().sources.keys()


def test_the_exit_status_is_1_when_services_are_out_of_reach() -> None:
    result = run("doctor", "--json", TRADESTAT_OFFLINE="true")
    assert result.exit_code == 1
    lines = json.loads(result.stdout)
    assert all(line.keys() == {"source", "check", "ok", "detail"} for line in lines)
    assert not all(line["ok"] for line in lines)

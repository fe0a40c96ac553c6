"""What the project says of itself: requirements, README, manifest, make targets."""

import json
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tradestat_server.cli.main import cli
from tradestat_tools.catalogue import catalogue

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
COMMANDS = [line for language, block in BLOCKS if language in ("sh", "powershell") for line in block.splitlines()]


def manifest() -> dict[str, Any]:
    return json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))


def pins(name: str) -> dict[str, str]:
    """Distribution and version of each requirement in a file."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE))


def names(requirements: list[str | dict[str, str]]) -> set[str]:
    """Distributions that requirements name; an included group is left out."""
    return {re.split(r"[<>=!\[ ;]", entry)[0].lower() for entry in requirements if isinstance(entry, str)}


def test_the_written_parts_are_in_step_with_the_code() -> None:
    generated = runpy.run_path(str(ROOT / "scripts" / "generated.py"))
    for name, write in (("README.md", generated["readme"]), ("manifest.json", generated["manifest"])):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert write(text) == text, f"{name}: python scripts/generated.py --write"


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt", "bundle.txt", "browser.txt", "bench.txt"])
def test_every_requirement_has_an_exact_version_and_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    entries = [entry for entry in text.replace("\\\n", " ").splitlines() if not entry.startswith("#")]
    assert entries
    assert [entry for entry in entries if not re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)] == []
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash", ""), re.MULTILINE), "only pins, no options"


def test_the_tests_run_with_the_versions_that_the_server_runs_with() -> None:
    runtime, dev = pins("runtime.txt"), pins("dev.txt")
    assert {name: dev.get(name) for name in runtime} == runtime


def test_every_direct_dependency_is_pinned() -> None:
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert names(whole["project"]["dependencies"]) <= pins("runtime.txt").keys()
    assert names(whole["dependency-groups"]["build"]) <= pins("runtime.txt").keys()
    assert names(whole["dependency-groups"]["dev"]) <= pins("dev.txt").keys()
    for name in ("bundle", "browser", "bench"):
        assert names(whole["dependency-groups"][name]) <= pins(f"{name}.txt").keys()


def test_the_readme_names_every_setting() -> None:
    fields = type(catalogue().settings(_env_file=None)).model_fields
    variables = {field.alias for field in fields.values() if field.alias}
    assert len(variables) == len(fields)
    assert {name for name in variables if f"`{name}`" not in README} == set()


def test_the_readme_names_every_tool_and_key() -> None:
    for source in catalogue().sources.values():
        assert source.name in README
        assert source.key is None or source.key.variable in README
        for tool in source.tools:
            assert f"| `{tool.name}` |" in README


def test_every_link_between_the_documents_leads_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / document).read_text(encoding="utf-8")):
            assert (ROOT / target).exists(), f"{document}: {target}"


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    for document in DOCUMENTS:
        words = re.findall(r"`make ([a-z ]+)`", (ROOT / document).read_text(encoding="utf-8"))
        assert {target for word in words for target in word.split()} <= targets, document


def test_the_readme_shows_both_commands_and_they_are_targets() -> None:
    shown = {target for line in COMMANDS if line.startswith("make ") for target in line.split()[1:]}
    assert {"demo", "test"} <= shown
    assert shown <= set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("line", sorted({line for line in COMMANDS if "tradestat-mcp " in line}))
def test_every_command_in_the_readme_is_one_that_the_command_line_takes(line: str) -> None:
    _, command, *words = shlex.split(line.replace("\\", "/"))
    cli.commands[command].make_context(command, words)


@pytest.mark.parametrize("line", [line for line in COMMANDS if re.match(r"tradestat-mcp (call|truth|tools)", line)])
def test_the_questions_in_the_readme_are_answered(line: str) -> None:
    result = CliRunner().invoke(cli, shlex.split(line)[1:])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout


def test_the_readme_gives_windows_the_same_commands() -> None:
    unix, windows = (
        {line.replace("\\", "/").replace("Scripts", "bin") for line in block.splitlines() if ".venv" in line}
        for language, block in BLOCKS
        if ".venv" in block and language in ("sh", "powershell")
    )
    assert {line for line in unix if "-m venv" not in line} == {line for line in windows if "-m venv" not in line}
    assert len(unix) == len(windows)


def test_the_readmes_client_configuration_is_json_with_every_key_variable() -> None:
    (block,) = (block for language, block in BLOCKS if language == "json")
    server = json.loads(block)["mcpServers"]["tradestat"]
    assert server["env"].keys() == manifest()["server"]["mcp_config"]["env"].keys()
    assert server["args"] == ["serve"]


def test_the_manifest_asks_for_every_key_as_an_optional_secret() -> None:
    whole = manifest()
    variables = {source.key.variable for source in catalogue().sources.values() if source.key is not None}
    assert whole["server"]["mcp_config"]["env"] == {
        **{variable: f"${{user_config.{variable.lower()}}}" for variable in variables},
        "TRADESTAT_TRADEMAP_PLAN": "${user_config.trademap_plan}",
    }
    plan = whole["user_config"]["trademap_plan"]
    assert (plan["sensitive"], plan["required"], plan["default"]) == (False, False, "")
    for variable in variables:
        option = whole["user_config"][variable.lower()]
        assert (option["sensitive"], option["required"], option["default"]) == (True, False, "")


def test_the_manifest_starts_the_command_that_the_project_installs() -> None:
    whole = manifest()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert whole["server"]["mcp_config"]["args"][-2:] == [next(iter(project["scripts"])), "serve"]
    assert (ROOT / whole["server"]["entry_point"]).is_file()
    assert whole["version"] == project["version"]


def test_the_bundle_holds_what_the_manifest_and_the_build_need() -> None:
    ignore = (ROOT / ".mcpbignore").read_text(encoding="utf-8").splitlines()
    kept = {line.removeprefix("!/") for line in ignore if line.startswith("!/")}
    assert kept == {"manifest.json", "pyproject.toml", "README.md", "LICENSE", "server", "tools", "sandbox"}
    assert ignore.index("/*") < min(ignore.index(f"!/{name}") for name in kept)
    assert ignore.index("/server/page") > ignore.index("!/server"), (
        "the page's sources stay out; the built one is inside"
    )


@pytest.mark.parametrize("folder", ["server/page", "tests/browser/host"])
def test_what_npm_installs_has_exact_versions_and_no_lock_file_with_addresses(folder: str) -> None:
    package = json.loads((ROOT / folder / "package.json").read_text(encoding="utf-8"))
    wanted = {
        name: version
        for group in ("dependencies", "devDependencies", "overrides")
        for name, version in package.get(group, {}).items()
    }
    assert wanted
    assert {name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)} == set()
    assert package["private"]
    tracked = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert not re.search(r"package-lock|node_modules", tracked.stdout)


def test_the_manifest_fits_in_the_strict_reading_of_its_lists() -> None:
    whole = manifest()
    assert whole["manifest_version"] == "0.4"
    assert whole["server"]["type"] == "uv"
    assert all(tool.keys() == {"name", "description"} for tool in whole["tools"])
    assert all(prompt.keys() == {"name", "description", "arguments", "text"} for prompt in whole["prompts"])
    for prompt in whole["prompts"]:
        assert set(re.findall(r"\$\{arguments\.(\w+)\}", prompt["text"])) == set(prompt["arguments"])


def test_the_entry_point_starts_by_its_path_though_the_server_has_a_folder_of_the_sdks_name() -> None:
    file = ROOT / manifest()["server"]["entry_point"]
    ran = subprocess.run(
        [sys.executable, str(file), "serve", "--sandbox"], input="", capture_output=True, encoding="utf-8", check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")

"""The tool `cite`, and the scripts it gives run against the stand-in services as a server."""

import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
from mcp import Client
from mcp_types import TextContent

from tradestat_sandbox import environment
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import open_context
from tradestat_server.text.render import render_answer
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import OWN_NAME, Tool
from tradestat_tools.model.answers import Answer, Data, Provenance, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.settings import Settings
from tradestat_tools.open import open_results
from tradestat_tools.upstream.request import Request

pytestmark = pytest.mark.anyio

QUESTIONS: dict[str, tuple[str, dict[str, Any], int]] = {
    "korea in two runs of months": (
        "getNitemtradeList",
        {"strtYymm": "202301", "endYymm": "202402", "hsSgn": "850760", "cntyCd": "CN"},
        2,
    ),
    "trademap page by page": (
        "goods_time_series",
        {"country": "410", "product": "850760", "trade_flow": "I", "all_pages": True, "page_size": 20},
        3,
    ),
    "comtrade": (
        "comtrade_data",
        {"reporterCode": "CHN", "partnerCode": ["KOR", "USA"], "cmdCode": "850760", "flowCode": "X", "period": "2023"},
        1,
    ),
    "doumaotong": ("trend", {"hsCode": "850760"}, 1),
}


@pytest.fixture(scope="module")
def standin() -> Generator[dict[str, str]]:
    """The stand-in services as a process; the settings that it prints."""
    command = [sys.executable, "-m", "tradestat_server", "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            lines = [process.stdout.readline().strip() for _ in environment("")]
            yield dict(line.split("=", 1) for line in lines if not line.startswith("#"))
        finally:
            process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
            process.wait(timeout=10)


def at_standin(standin: dict[str, str], folder: Path, **given: str) -> Settings:
    return catalogue().settings(_env_file=None, **{**standin, "TRADESTAT_CACHE_DIR": str(folder), **given})  # pyright: ignore


def got_by_engine(context: Context, stored_calls: Any) -> bytes:
    """The bodies that the engine got for the calls, which it stored as they came."""
    bodies: list[bytes] = []
    for call in stored_calls:
        request = Request(call.source, "", call.url, call.params, call.method, call.body)
        entry = context.upstream.cache.get(request.key, context.upstream.time())
        assert entry is not None
        bodies.append(entry.response.body)
    return b"".join(bodies)


def without_time(body: bytes) -> bytes:
    """A body of Comtrade without how long the service took, in which two answers to one question differ."""
    return re.sub(rb'"elapsedTime":"[^"]*"', b"", body)


def content(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


async def run(language: str, script: str, keys: dict[str, str], folder: Path) -> bytes:
    command = ["sh"] if language == "curl" else [sys.executable, "-"]
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT")}
    ran = await anyio.to_thread.run_sync(
        lambda: subprocess.run(
            command, input=script.encode(), env=kept | keys, cwd=folder, capture_output=True, timeout=60, check=False
        )
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("language", ["curl", "python"])
async def test_a_script_gets_the_bytes_that_the_engine_got(
    question: str, language: str, standin: dict[str, str], tmp_path: Path
) -> None:
    if language == "curl" and (shutil.which("curl") is None or os.name == "nt"):
        pytest.skip("curl and a POSIX shell are not installed")
    tool, arguments, calls = QUESTIONS[question]
    async with open_context(at_standin(standin, tmp_path / "cache")) as context:
        answer = await context.call(catalogue().tools[tool], arguments)
        again = await context.call(catalogue().tools[tool], arguments)
        assert (again.source.calls, again.result) == (0, answer.result)
        data = (await context.call(catalogue().tools["cite"], {"result": answer.result, "replay": language})).data
        stored = await context.results.find(answer.result or "")
        assert stored is not None
        expected = got_by_engine(context, stored.asked)
    assert data.calls == len(stored.asked) == calls
    assert "synthetic, no statistics" in data.script
    keys = {name: value for name, value in standin.items() if name.endswith("_KEY")}
    assert not any(value in data.script for value in keys.values())
    assert without_time(await run(language, data.script, keys, tmp_path)) == without_time(expected)


async def test_without_a_key_the_previews_of_comtrade_are_repeated_one_by_one(
    standin: dict[str, str], tmp_path: Path
) -> None:
    asked = {"reporterCode": "CHN", "partnerCode": "KOR", "cmdCode": "850760", "flowCode": "X", "period": "2022,2023"}
    without = {name: value for name, value in standin.items() if name != "COMTRADE_API_KEY"}
    async with open_context(at_standin(without, tmp_path / "cache", COMTRADE_API_KEY="")) as context:
        answer = await context.call(catalogue().tools["comtrade_data"], asked)
        data = (await context.call(catalogue().tools["cite"], {"result": answer.result, "replay": "python"})).data
        stored = await context.results.find(answer.result or "")
        assert stored is not None
        expected = got_by_engine(context, stored.asked)
    assert data.calls == 2
    assert "COMTRADE_API_KEY" not in data.script
    assert without_time(await run("python", data.script, {}, tmp_path)) == without_time(expected)


async def test_what_was_asked_is_known_of_an_answer_from_the_cache_too(standin: dict[str, str], tmp_path: Path) -> None:
    tool, arguments, calls = QUESTIONS["korea in two runs of months"]
    settings = at_standin(standin, tmp_path / "cache")
    async with open_context(settings) as context:
        first = await context.call(catalogue().tools[tool], arguments)
    results = open_results(settings)
    assert results.clear() == 1
    results.close()
    without_keys = {name: value for name, value in standin.items() if not name.endswith("_KEY")}
    async with open_context(at_standin(without_keys, tmp_path / "cache", DATA_GO_KR_SERVICE_KEY="")) as context:
        again = await context.call(catalogue().tools[tool], arguments)
        assert (again.source.calls, again.result) == (0, first.result)
        data = (await context.call(catalogue().tools["cite"], {"result": again.result, "replay": "curl"})).data
    assert data.calls == calls
    assert data.script.count("serviceKey=$DATA_GO_KR_SERVICE_KEY") == calls, "whoever repeats it needs a key"


async def test_no_key_is_in_anything_that_is_kept_or_said(standin: dict[str, str], tmp_path: Path) -> None:
    """The keys of the stand-ins are the only ones that they take, so these very values were sent."""
    keys = [value for name, value in standin.items() if name.endswith("_KEY")]
    said: list[str] = []
    async with open_context(at_standin(standin, tmp_path / "cache")) as context:
        for tool, arguments, _ in QUESTIONS.values():
            answer = await context.call(catalogue().tools[tool], arguments)
            for language in ("curl", "python"):
                for style in ("line", "apa", "bibtex", "csl-json"):
                    asked = {"result": answer.result, "style": style, "replay": language}
                    said.append(str((await context.call(catalogue().tools["cite"], asked)).structured()))
            for kind in ("csv", "json", "markdown", "html"):
                asked = {"result": answer.result, "format": kind}
                files = (await context.call(catalogue().tools["export_data"], asked)).data.files
                said.extend(content(file.path) for file in files)
    held = [path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    held += [gzip.decompress(path.read_bytes()) for path in (tmp_path / "cache").rglob("*.gz")]
    for key in keys:
        assert not any(key in text for text in said)
        assert not any(key.encode() in content for content in held)


@pytest.fixture
def sandbox_settings() -> Settings:
    return catalogue().settings(_env_file=None, TRADESTAT_SANDBOX=True)


class Script(Data):
    """A text of many lines."""

    lines: int

    def verbatim(self) -> str:
        return "\n".join(f"echo {number:04d}" for number in range(self.lines))

    def tables(self) -> list[Table]:
        return []


def test_a_script_too_long_for_the_text_is_cut_between_lines_and_that_is_said() -> None:
    for lines in [1, 380, 410, 5000]:
        source = Provenance(
            service="S",
            endpoint="e",
            address="https://s.invalid",
            retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
            state="fresh",
        )
        answer = Answer(what="A script", data=Script(lines=lines), source=source, notes=[], more="Ask.")
        text = render_answer(answer, max_chars=4000)
        assert len(text) <= 4000
        shown = text.splitlines()[1:-1]
        whole = answer.data.verbatim().splitlines()
        if shown != whole:
            assert shown[-1] == "… cut here: ask for fewer answers at once"
            assert shown[:-1] == whole[: len(shown) - 1]
            assert len(text) > 3900
        assert (shown == whole) == (lines < 400)


class Together(Data):
    """Made of other answers."""

    def tables(self) -> list[Table]:
        return [Table(("a",), [(1,)])]


class Handles(Arguments):
    """Of which."""

    of: list[str]


async def _together(context: Context, asked: Handles) -> Answer[Together]:
    now = context.now()
    source = Provenance(
        service=OWN_NAME, endpoint="together", address="", retrieved_at=now, state="sandbox", results=asked.of
    )
    return Answer(what="Two sides", data=Together(), source=source)


TOGETHER = Tool("together", "T", "Test.", Handles, Together, _together, {"of": []}, local=True, kept=True)


async def test_a_result_made_of_several_answers_cites_and_repeats_each(sandbox_settings: Settings) -> None:
    async with open_context(sandbox_settings) as context:
        first = await context.call(catalogue().tools["trend"], {"hsCode": "850760"})
        second = await context.call(catalogue().tools["getNewtradeList"], {"strtYymm": "202401", "endYymm": "202402"})
        inner = await context.call(TOGETHER, {"of": [second.result, "raaaaaaaaaa"]})
        outer = await context.call(TOGETHER, {"of": [first.result, inner.result, first.result]})
        assert inner.citation == second.citation
        cited = await context.call(catalogue().tools["cite"], {"result": outer.result, "replay": "curl"})
        assert cited.data.text.splitlines() == [first.citation, second.citation]
        assert cited.data.calls == 2
        assert re.findall(r"# (\w+), result", cited.data.script) == ["trend", "getNewtradeList"]
        (note,) = cited.notes
        assert "raaaaaaaaaa" in note.text
        bibliography = await context.call(catalogue().tools["cite"], {"result": outer.result, "style": "bibtex"})
        assert bibliography.data.text.count("@misc{") == 2
        exported = await context.call(
            catalogue().tools["export_data"], {"result": [outer.result], "format": "markdown"}
        )
        assert content(exported.data.files[0].path).count("- Cite: ") == 2


async def test_an_answer_that_stands_on_no_service_can_not_be_cited(sandbox_settings: Settings) -> None:
    async with open_context(sandbox_settings) as context, Client(create_server(context)) as client:
        alone = await context.call(TOGETHER, {"of": []})
        result = await client.call_tool("cite", {"result": alone.result})
        assert result.is_error
        (block,) = result.content
        assert isinstance(block, TextContent)
        assert block.text.startswith("NoData: ")


async def test_an_answer_of_several_calls_is_cited_with_the_address_of_each(sandbox_settings: Settings) -> None:
    asked = {"strtYymm": "202301", "endYymm": "202412", "hsSgn": "850760", "cntyCd": "CN"}
    async with open_context(sandbox_settings) as context, Client(create_server(context)) as client:
        answer = await client.call_tool("getNitemtradeList", asked)
        structured = answer.structured_content
        cited = await client.call_tool("cite", {"result": structured["result"]})
    (text,) = [block.text for block in cited.content if isinstance(block, TextContent)]
    assert "strtYymm=202301&endYymm=202312" in text
    assert "strtYymm=202401&endYymm=202412" in text
    assert structured["citation"].endswith("getNitemtradeList?… and 1 more (tool cite)")
    assert "addresses" not in structured["source"]


async def test_what_an_answer_is_made_of_is_named_as_that_and_one_handle_is_to_be_used(
    sandbox_settings: Settings,
) -> None:
    asked = {"exporter": "CHN", "importer": "KOR", "product": "850760", "period": "2023"}
    async with open_context(sandbox_settings) as context, Client(create_server(context)) as client:
        answer = await client.call_tool("compare_mirror", asked)
        structured = answer.structured_content
        (block, *_) = answer.content
        assert isinstance(block, TextContent)
        cited = await context.call("cite", {"result": structured["result"]})
    source = structured["source"]
    assert len(source["made_of"]) > 1
    assert "results" not in source
    assert "address" not in source, "eight addresses were half of one answer"
    last = block.text.splitlines()[-1]
    assert last == f'Made of: {", ".join(source["made_of"])}; cite(result="{structured["result"]}") cites each'
    assert structured["citation"] == last.removeprefix("Made of: ")
    assert len(cited.data.text.splitlines()) == len(source["made_of"])
    assert max(map(len, cited.data.text.splitlines())) > 150, "whole"

"""The scripts that repeat the calls behind an answer: what they send is what was sent, and no key is in them."""

import ast
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tradestat_tools.catalogue import catalogue
from tradestat_tools.model.settings import SANDBOX_URL
from tradestat_tools.results import replay
from tradestat_tools.results.replay import Replay
from tradestat_tools.sources.korea.service import POLICY
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.request import AskedCall, Request

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
CURL = shutil.which("curl")
needs_curl = pytest.mark.skipif(CURL is None or os.name == "nt", reason="curl and a POSIX shell are not installed")

KEYS = {"PARSE_API_KEY": "pb-0123456789abcdef", "COMTRADE_API_KEY": "0f" * 16, "DATA_GO_KR_SERVICE_KEY": "aB+c/dE=="}

HOSTILE = (
    "; touch INJECTED; '", '"$(touch INJECTED)"`touch INJECTED`', "$PARSE_API_KEY %24{PATH} 100% a+b=c&d",
    "@/etc/hostname", "锂离子 관세청 é", "line\nbreak\ttab\\", "[1-3]{a,b}#?", "\u202eexe.\u200b",
)  # fmt: skip

SOURCE_KEYS = {source.id: source.key for source in catalogue().sources.values() if source.key}


@dataclass
class Echo:
    """A service that takes down what it is sent and answers with it."""

    address: str = ""
    seen: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@contextmanager
def echo() -> Generator[Echo]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            kept = {name: self.headers.get(name) for name in ("X-API-Key", "Ocp-Apim-Subscription-Key", "X-Extra")}
            told: dict[str, Any] = {
                "method": self.command,
                "path": parts.path,
                "query": sorted(parse_qsl(parts.query, keep_blank_values=True)),
                "headers": {name: value for name, value in kept.items() if value is not None},
                "body": json.loads(body) if body else None,
                "type": self.headers.get("content-type"),
            }
            service.seen.append(told)
            answer = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has in the base class
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service = Echo(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join(10)


def requests(address: str) -> list[Request]:
    """Questions to each service that has a key, and to one that has none, with hostile words in them."""
    secrets = {name: SecretStr(value) for name, value in KEYS.items()}
    words = dict(zip((f"p{number}" for number in range(len(HOSTILE))), HOSTILE, strict=True))
    return [
        Request("korea", "x", f"{address}/k", words, secret_params={"serviceKey": secrets["DATA_GO_KR_SERVICE_KEY"]}),
        Request("comtrade", "x", f"{address}/c%20d", words | {"q'\"": "x"}, headers={"X-Extra": "a'b"}),
        Request("trademap", "x", f"{address}/t", secret_headers={"X-API-Key": secrets["PARSE_API_KEY"]}),
        Request(
            "trademap",
            "x",
            f"{address}/post",
            method="POST",
            body={**words, "n": 5, "none": None, "yes": True},
            secret_headers={"X-API-Key": secrets["PARSE_API_KEY"]},
        ),
        Request("doumaotong", "x", f"{address}/d", {"empty": ""}),
    ]


def made_of(calls: list[AskedCall], *, tool: str = "trend", sandbox: bool = False) -> Replay:
    return Replay(tool, "raaaaaaaaaa", NOON, sandbox, tuple(calls), catalogue().tools[tool].cost, SOURCE_KEYS)


async def send_all(sent: list[Request]) -> None:
    http = Http()
    for request in sent:
        await http.send(request, POLICY, within=10)
    await http.aclose()


def run(command: list[str], script: str, folder: Any, **keys: str) -> bytes:
    """Run a script with nothing in its environment but a path and the keys; its output."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), **keys}
    if "SYSTEMROOT" in os.environ:
        env["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    ran = subprocess.run(
        command, input=script.encode(), env=env, cwd=folder, capture_output=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout


WAYS = [
    pytest.param(replay.curl, ["sh"], id="curl", marks=needs_curl),
    pytest.param(replay.python, [sys.executable, "-"], id="python"),
]


@pytest.mark.parametrize("korea_key", ["aB+c/dE==", "aB%2Bc%2FdE%3D%3D"], ids=["decoding", "encoding"])
@pytest.mark.parametrize(("write", "command"), WAYS)
def test_a_script_sends_the_very_calls_in_order_whatever_is_in_them(
    write: Any, command: list[str], korea_key: str, tmp_path: Any
) -> None:
    with echo() as service:
        asked = requests(service.address)
        anyio.run(partial(send_all, asked))
        by_engine, service.seen = service.seen, []
        script = write([made_of([AskedCall.of(one) for one in asked])])
        output = run(command, script, tmp_path, **(KEYS | {"DATA_GO_KR_SERVICE_KEY": korea_key}))
        by_script = service.seen
    assert len(by_engine) == len(asked)
    assert by_script == by_engine
    assert ("serviceKey", "aB+c/dE==") in by_script[0]["query"]
    assert output == b"".join(json.dumps(told).encode() for told in by_engine), "the bodies, one after another"
    assert list(tmp_path.iterdir()) == [], "nothing in a call became a command"


@pytest.mark.parametrize(("write", "command"), WAYS)
def test_a_script_without_its_key_says_which_and_sends_nothing(write: Any, command: list[str], tmp_path: Any) -> None:
    with echo() as service:
        call = AskedCall.of(requests(service.address)[0])
        with pytest.raises(AssertionError, match="DATA_GO_KR_SERVICE_KEY"):
            run(command, write([made_of([call])]), tmp_path)
        assert service.seen == []


def test_no_key_is_in_a_script() -> None:
    for write in [replay.curl, replay.python]:
        script = write([made_of([AskedCall.of(one) for one in requests("https://service.invalid")])])
        for value in (*KEYS.values(), "aB%2Bc", "aB+c"):
            assert value not in script
        assert "PARSE_API_KEY" in script
        assert "DATA_GO_KR_SERVICE_KEY" in script


def test_what_is_taken_down_of_a_call_has_no_place_for_a_key() -> None:
    for request in requests("https://service.invalid"):
        taken = repr(AskedCall.of(request))
        assert not any(value in taken for value in KEYS.values())
        assert "serviceKey" not in taken


def test_a_stored_answer_that_needed_no_key_is_repeated_with_one() -> None:
    from tradestat_tools.sources.trademap.api import no_key  # noqa: PLC0415 - beside its one use

    request = Request("trademap", "x", "https://service.invalid/t", unless_stored=no_key())
    assert "X-API-Key: $PARSE_API_KEY" in replay.curl([made_of([AskedCall.of(request)])])
    preview = Request("comtrade", "x", "https://service.invalid/public")
    assert "COMTRADE_API_KEY" not in replay.curl([made_of([AskedCall.of(preview)])])


def test_a_script_of_synthetic_figures_says_so_and_asks_for_the_stand_ins_address() -> None:
    for write in [replay.curl, replay.python]:
        call = AskedCall.of(Request("doumaotong", "trend", f"{SANDBOX_URL}/skill/trend", {"hsCode": "850760"}))
        script = write([made_of([call], sandbox=True)])
        assert "synthetic, no statistics" in script
        assert "TRADESTAT_SANDBOX_URL" in script
        assert "sandbox.invalid" not in script
        live = write([made_of([replace(call, url="https://doumaotong.com/skill/trend")])])
        assert "synthetic" not in live
        assert "TRADESTAT_SANDBOX_URL" not in live


def test_what_the_calls_cost_is_said() -> None:
    call = AskedCall.of(requests("https://service.invalid")[2])
    assert "# A call costs: 1 credit." in replay.curl([made_of([call], tool="goods_time_series")])


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=40), max_size=3), st.text(max_size=40))
def test_any_python_script_is_ascii_and_holds_its_calls_as_literals(params: dict[str, str], text: str) -> None:
    call = AskedCall("doumaotong", "POST", "https://service.invalid/x", params, {"a": text}, {}, keyed=False)
    script = replay.python([made_of([call])])
    assert script.isascii()
    (calls,) = (
        node.value
        for node in ast.parse(script).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List)
    )
    (known,) = ast.literal_eval(calls)
    assert (known.get("params", {}), known["json"]) == (params, {"a": text})
    assert replay.curl([made_of([call])]).isascii()

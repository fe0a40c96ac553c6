"""Scripted faults, delivered over a real socket, and control of a running sandbox over HTTP."""

import gc
import gzip
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn

from tradestat_sandbox import SANDBOX_KEYS, SCRAPER_ID, SOURCES, Call, Sandbox
from tradestat_sandbox.faults import KINDS

PATHS = {
    "trademap": f"/scraper/{SCRAPER_ID}/get_coverage",
    "doumaotong": "/skill/dashboard?hsCode=8507",
    "korea": "/1220000/Itemtrade/getItemtradeList?strtYymm=202405&endYymm=202405&hsSgn=850760"
    "&serviceKey=sandbox%2Bkorea%2Fkey%3D%3D",
    "comtrade": "/public/v1/preview/C/A/HS?reporterCode=156&partnerCode=410&cmdCode=8507&period=2024&flowCode=X",
    "eurostat": "/sdmx/2.1/data/DS-045409/A.DE.CN.850760.1.VALUE_IN_EUROS?startPeriod=2024&endPeriod=2024",
    "census": "/data/timeseries/intltrade/imports/hs?get=GEN_VAL_MO&I_COMMODITY=850760&CTY_CODE=5700&time=2024"
    f"&key={SANDBOX_KEYS.census}",
}
SOURCE = pytest.mark.parametrize("source", SOURCES)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Sandbox, httpx.Client]]:
    sandbox = Sandbox()
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(sandbox.app, log_level="critical", lifespan="off", ws="none")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    key = {"X-API-Key": sandbox.keys.trademap}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=key, timeout=20, trust_env=False) as http:
        yield sandbox, http
    running.should_exit = True
    thread.join(10)
    listener.close()


Served = tuple[Sandbox, httpx.Client]


@pytest.fixture
def served(server: Served) -> Served:
    server[0].reset()
    return server


@SOURCE
def test_without_faults_every_source_answers_and_is_labelled(served: Served, source: str) -> None:
    _, http = served
    response = http.get(PATHS[source])
    assert response.status_code == 200
    assert response.headers["X-Tradestat-Sandbox"] == "1"
    assert response.content


@SOURCE
def test_a_status_with_headers_and_body_is_delivered_once(served: Served, source: str) -> None:
    sandbox, http = served
    for status in (400, 401, 403, 404, 422, 429, 500, 502, 503):
        sandbox.fail(source=source, status=status, headers={"Retry-After": "7"}, body={"error": "scripted"})
        response = http.get(PATHS[source])
        assert response.status_code == status
        assert response.headers["Retry-After"] == "7"
        assert response.headers["X-Tradestat-Sandbox"] == "1"
        assert response.json() == {"error": "scripted"}
        if source == "trademap":
            assert response.headers["X-Credits-Charged"] == ("0" if status in (400, 401, 404, 429) else "1")
    assert http.get(PATHS[source]).status_code == 200


@SOURCE
def test_a_cut_connection_breaks_in_the_middle_of_the_body(served: Served, source: str) -> None:
    sandbox, http = served
    sandbox.fail(source=source, kind="cut")
    with pytest.raises(httpx.RemoteProtocolError):
        http.get(PATHS[source])
    sandbox.fail(source=source, cut_after=10)
    with http.stream("GET", PATHS[source]) as response:
        assert response.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            response.read()
    assert http.get(PATHS[source]).status_code == 200


@SOURCE
def test_a_truncated_body_ends_as_if_that_were_all(served: Served, source: str) -> None:
    sandbox, http = served
    sandbox.configure(korea_total_row="last")
    whole = http.get(PATHS[source]).content
    sandbox.fail(source=source, kind="truncated")
    half = http.get(PATHS[source])
    assert half.status_code == 200
    assert 0 < len(half.content) < len(whole)
    assert int(half.headers["Content-Length"]) == len(half.content)


@SOURCE
def test_wrong_bodies_come_with_http_200(served: Served, source: str) -> None:
    sandbox, http = served
    for kind in ("html", "empty", "wrong_schema", "wrong_type", "error_in_200"):
        sandbox.fail(source=source, kind=kind)
        response = http.get(PATHS[source])
        assert response.status_code == 200
        if kind == "html":
            assert response.headers["Content-Type"].startswith("text/html")
            assert "<html>" in response.text
        elif kind == "empty":
            assert response.content == b""
        elif source == "eurostat" and kind == "wrong_type":
            assert response.text.startswith("DATAFLOW")
        elif source in ("korea", "eurostat"):
            assert response.text.startswith("<")
        elif (source, kind) == ("census", "error_in_200"):  # in plain text, as all that it refuses with
            assert response.text.startswith("There was an error")
        else:
            assert response.json()


def test_a_slow_first_byte_runs_into_the_clients_timeout(served: Served) -> None:
    sandbox, http = served
    sandbox.fail(source="comtrade", delay=1)
    with pytest.raises(httpx.ReadTimeout):
        http.get(PATHS["comtrade"], timeout=0.2)


def test_a_dribbling_body_arrives_whole_in_pieces(served: Served) -> None:
    sandbox, http = served
    whole = http.get(PATHS["trademap"]).content
    sandbox.fail(source="trademap", dribble=0.001)
    with http.stream("GET", PATHS["trademap"]) as response:
        pieces = [piece for piece in response.iter_raw() if piece]
    assert b"".join(pieces) == whole


def test_an_oversized_body_is_as_large_as_asked(served: Served) -> None:
    sandbox, http = served
    sandbox.fail(source="comtrade", kind="oversized", size=3_000_000)
    assert len(http.get(PATHS["comtrade"]).content) == 3_000_000


def test_a_gzip_bomb_is_small_on_the_wire(served: Served) -> None:
    sandbox, http = served
    sandbox.fail(source="trademap", kind="gzip_bomb", size=20_000_000)
    with http.stream("GET", PATHS["trademap"], headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        packed = b"".join(response.iter_raw())
    assert len(packed) < 100_000
    assert len(gzip.decompress(packed)) == 20_000_000


def test_an_xml_bomb_multiplies_its_entities(served: Served) -> None:
    sandbox, http = served
    sandbox.fail(source="korea", kind="xml_bomb")
    text = http.get(PATHS["korea"]).text
    assert text.count("<!ENTITY") == 10
    assert "&j;" in text
    assert len(text) < 2000


@pytest.mark.anyio
async def test_a_connection_broken_in_process_leaves_nothing_open() -> None:
    faults: list[dict[str, Any]] = [
        {"kind": "reset"},
        {"kind": "cut"},
        {"cut_after": 10},
        {"kind": "oversized", "cut_after": 10},
        {"kind": "cut", "cut_after": 1},
    ]
    sandbox = Sandbox()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://sandbox") as http:
        http.headers["X-API-Key"] = sandbox.keys.trademap
        for source, fault in zip(SOURCES, faults, strict=False):  # whoever answers, one place breaks the connection
            sandbox.fail(source=source, **fault)
            with pytest.raises(ConnectionResetError):
                await http.get(PATHS[source])
            # What was left open would warn when it is collected, and warnings are errors here.
            gc.collect()
            assert (await http.get(PATHS[source])).status_code == 200


def test_faults_wait_for_their_source_and_endpoint(served: Served) -> None:
    sandbox, http = served
    sandbox.fail(source="doumaotong", endpoint="markets", times=2, status=500)
    assert http.get(PATHS["doumaotong"]).status_code == 200
    statuses = [http.get("/skill/markets?hsCode=8507").status_code for _ in range(3)]
    assert statuses == [500, 500, 200]


def test_every_kind_of_fault_is_tested_here() -> None:
    tested = {"cut", "reset", "truncated", "empty", "html", "wrong_schema", "wrong_type", "error_in_200"}
    assert tested | {"oversized", "gzip_bomb", "xml_bomb"} == set(KINDS)


@pytest.mark.parametrize("wrong", [{"source": "moon"}, {"kind": "fire"}])
def test_an_unknown_fault_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="unknown"):
        Sandbox().fail(**wrong)  # type: ignore[arg-type]


def test_calls_are_logged_without_keys(served: Served) -> None:
    sandbox, http = served
    for path in PATHS.values():
        http.get(path)
    http.post(PATHS["trademap"], json={"data_type": "services"})
    assert [call.source for call in sandbox.calls] == [*PATHS, "trademap"]
    assert sandbox.calls[-1] == Call("trademap", "get_coverage", "POST", {"data_type": "services"})
    assert sandbox.calls[3].endpoint == "preview"
    for text in (json.dumps(http.get("/_sandbox/calls").json()), repr(sandbox.calls)):
        assert "sandbox+korea" not in text
        assert "parse-key" not in text


def test_a_running_sandbox_is_steered_over_http(served: Served) -> None:
    sandbox, http = served
    assert http.post("/_sandbox/faults", json={"source": "korea", "status": 503}).json() == {"faults": 1}
    assert http.get(PATHS["korea"]).status_code == 503
    changed = http.post("/_sandbox/settings", json={"doumaotong_shape": "older", "today": "2027-02-01"}).json()
    assert changed["settings"]["doumaotong_shape"] == "older"
    assert changed["today"] == "2027-02-01"
    assert http.get(PATHS["doumaotong"]).json()["code"] == 200
    limited = http.post("/_sandbox/settings", json={"limits": {"comtrade": {"per_day": 0}}})
    assert limited.is_success
    assert http.get(PATHS["comtrade"]).status_code == 403
    truth = http.get("/_sandbox/truth", params={"exporter": "CN", "importer": "KR", "product": "85", "period": "2024"})
    assert truth.json()["fob_usd"] == sandbox.world.truth("CN", "KR", "85", "2024").fob_usd
    assert http.get("/_sandbox/").json()["calls"]["korea/getItemtradeList"] == 1
    after: dict[str, Any] = http.post("/_sandbox/reset").json()
    assert after["calls"] == {}
    assert after["today"] == "2026-11-01"
    assert after["settings"]["doumaotong_shape"] == "current"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/_sandbox/settings", {"doumaotong_shape": "newest"}),
        ("/_sandbox/settings", {"moon": 1}),
        ("/_sandbox/settings", {"limits": {"moon": {}}}),
        ("/_sandbox/settings", {"limits": {"korea": {"per_hour": 1}}}),
        ("/_sandbox/faults", {"kind": "fire"}),
        ("/_sandbox/faults", {"moon": 1}),
    ],
)
def test_wrong_control_is_refused_with_a_reason(served: Served, path: str, content: dict[str, Any]) -> None:
    _, http = served
    answer = http.post(path, json=content)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_truth_nobody_has_is_refused_with_a_reason(served: Served) -> None:
    _, http = served
    query = {"exporter": "XX", "importer": "KR", "product": "85", "period": "2024"}
    assert "no economy 'XX'" in http.get("/_sandbox/truth", params=query).json()["error"]
    assert http.get("/_sandbox/truth").status_code == 400

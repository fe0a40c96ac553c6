"""Do other people's clients of UN Comtrade accept the stand-in? Beside the tests, for it installs from a registry.

    python scripts/other_clients.py

Installs the clients, of exact versions, into a folder that is thrown away, starts the stand-in on loopback, and has
each client ask it with its address turned there; prints a table and fails where a client did not accept an answer.
xippios-comtrade needs Python 3.12: without one it is left out, and the table says so. Nothing of ours is imported by
the part that asks.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

PINNED = ("comtradeapicall==1.3.2", "pandas==2.3.3", "requests==2.32.5", "urllib3==2.5.0")
NEEDS_312 = ("xippios-comtrade==0.1.0", "xippios-core==0.2.1", "httpx==0.28.1", "pydantic==2.14.4")
NEWER = ("python3.14", "python3.13", "python3.12")
SERVICE = "https://comtradeapi.un.org"
PATIENCE = 20.0
GOODS = {"reporter_code": "156", "partner_code": "410", "period": "2023", "cmd_code": "850760", "flow_code": "X"}
SERVICES = {"reporter_code": "842", "partner_code": "276", "period": "2022", "cmd_code": "200", "flow_code": "X"}


def main() -> int:
    """Install, serve and ask; the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        python = _installed(Path(folder))
        if python is None:
            return 1
        address, stop = _served()
        try:
            done = subprocess.run([python, "-I", __file__, "--ask", address], timeout=600, check=False)  # noqa: S603
        finally:
            stop()
        return done.returncode


def _installed(folder: Path) -> str | None:
    newer = _newer()
    _say(f"Python: {newer or f'{sys.executable}; none of 3.12 or later is here, so xippios-comtrade is left out'}")
    subprocess.run([newer or sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603
    python = next(str(path) for path in (folder / "bin/python", folder / "Scripts/python.exe") if path.exists())
    install = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *PINNED]
    if newer is not None:
        install += NEEDS_312
    if subprocess.run(install, check=False).returncode:  # noqa: S603
        _say("The clients could not be installed.")
        return None
    return python


def _newer() -> str | None:
    """A Python of 3.12 or later that starts: one on the path, or one that pyenv keeps."""
    kept = sorted(Path.home().glob(".pyenv/versions/3.1[2-9]*/bin/python"), reverse=True)
    for python in (sys.executable, *filter(None, map(shutil.which, NEWER)), *map(str, kept)):
        says = "import sys; sys.exit(sys.version_info < (3, 12))"
        tried = subprocess.run([python, "-c", says], check=False, stderr=subprocess.DEVNULL)  # noqa: S603
        if tried.returncode == 0:
            return python
    return None


def _served() -> tuple[str, Callable[[], None]]:
    """The stand-in on a free port of loopback, and what ends it."""
    import uvicorn  # noqa: PLC0415  (not there for the part that asks)

    from tradestat_sandbox import Sandbox  # noqa: PLC0415

    server = uvicorn.Server(uvicorn.Config(Sandbox().app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()[:2]

    def stop() -> None:
        server.should_exit = True
        thread.join(PATIENCE)

    return f"http://{host}:{port}", stop


# --- what runs in the folder that is thrown away ---------------------------------------------------------------------


def ask(address: str) -> int:
    """Every call of both clients; how many were not accepted, at most 1."""
    rows: list[tuple[str, str, str]] = []
    for name, calls in (("xippios-comtrade", _xippios), ("comtradeapicall", _comtradeapicall)):
        try:
            asked = calls(address)
        except Exception as error:  # noqa: BLE001  (a client that can not be had is a row of the table)
            too_old = name.startswith("xippios") and sys.version_info < (3, 12)
            rows.append((name, "import", "left out: needs Python 3.12" if too_old else f"FAILED: {_short(error)}"))
            continue
        for what, call in asked.items():
            try:
                found = call()
                result = "FAILED: nothing" if not found else f"ok, {found}"
            except Exception as error:  # noqa: BLE001  (what a client makes of an answer is what is asked here)
                result = f"FAILED: {_short(error)}"
            rows.append((name, what, result))
    width = max(len(what) for _, what, _ in rows)
    for name, what, result in rows:
        _say(f"{name:<17} {what:<{width}} {result}")
    failed = sum("FAILED" in result for *_, result in rows)
    _say(f"{sum(result.startswith('ok') for *_, result in rows)} passed, {failed} failed")
    return min(1, failed)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def _xippios(address: str) -> dict[str, Callable[[], int]]:
    httpx: Any = import_module("httpx")
    send: Any = httpx.AsyncHTTPTransport.handle_async_request
    there = httpx.URL(address)

    async def turned(transport: Any, request: Any) -> Any:
        if request.url.host != "comtradeapi.un.org":
            raise RuntimeError(f"{request.url.host} is not the service")
        request.url = request.url.copy_with(scheme="http", host=there.host, port=there.port)
        return await send(transport, request)

    httpx.AsyncHTTPTransport.handle_async_request = turned
    os.environ["COMTRADE_API_KEY"] = "sandbox-comtrade-key"
    client: Any = import_module("xippios.comtrade")

    def many(result: Any) -> int:
        return result.data if isinstance(result.data, int) else len(result.data)

    return {
        "get_data, goods": lambda: many(client.get_data("C", "A", "HS", **GOODS)),
        "get_data, months": lambda: many(client.get_data("C", "M", "HS", **(GOODS | {"period": "202301,202302"}))),
        "get_data, classic": lambda: many(client.get_data("C", "A", "HS", **GOODS, breakdown_mode="classic")),
        "get_data, wildcard": lambda: many(
            client.get_data("C", "A", "HS", **(GOODS | {"cmd_code": "85??"}), breakdown_mode="classic")
        ),
        "get_data, aggregateBy": lambda: many(client.get_data("C", "A", "HS", **GOODS, aggregate_by="cmdCode")),
        "get_data, services": lambda: many(client.get_data("S", "A", "EB10", **SERVICES)),
        "get_counts": lambda: many(client.get_counts("C", "A", "HS", **GOODS)),
        "get_data_availability": lambda: many(client.get_data_availability("C", "A", "HS", reporter_code="156")),
        "get_metadata": lambda: many(client.get_metadata("C", "A", "HS", reporter_code="156", period="2023")),
        "get_live_update": lambda: many(client.get_live_update()),
        "get_bilateral_flows": lambda: many(client.get_bilateral_flows("156", "410", "850760", "2022,2023", "X")),
        "get_commodity_series": lambda: many(client.get_commodity_series("156", "850760", "X", "2021,2022,2023")),
        "get_world_trade": lambda: many(client.get_world_trade("850760", "2023", "X")),
        "get_top_partners": lambda: many(client.get_top_partners("156", "850760", "2023", "X", 5)),
        "list_commodities": lambda: many(client.list_commodities("HS", "smartphone")),
    }


def _comtradeapicall(address: str) -> dict[str, Callable[[], int]]:
    urllib3: Any = import_module("urllib3")
    send: Any = urllib3.PoolManager.request

    def turned(manager: Any, method: str, url: str, **more: Any) -> Any:
        if not url.startswith(SERVICE):
            raise RuntimeError(f"{url} is not the service")
        return send(manager, method, address + url.removeprefix(SERVICE), **more)

    urllib3.PoolManager.request = turned
    client: Any = import_module("comtradeapicall")
    key = "sandbox-comtrade-key"
    goods = {
        **{"typeCode": "C", "freqCode": "A", "clCode": "HS", "period": "2023", "reporterCode": "156"},
        **{"cmdCode": "850760", "flowCode": "X", "partnerCode": "410", "partner2Code": None, "customsCode": None},
        "motCode": None,
    }
    services = goods | {"typeCode": "S", "clCode": "EB10", "period": "2022", "cmdCode": "200", "reporterCode": "842"}
    held = {"typeCode": "C", "freqCode": "A", "clCode": "HS", "period": "2023", "reporterCode": "156"}
    two = {name: value for name, value in goods.items() if name != "flowCode"}
    sides = {name: value for name, value in goods.items() if value is not None}
    return {
        "previewFinalData": lambda: len(client.previewFinalData(**goods, includeDesc=True)),
        "previewTarifflineData": lambda: len(client.previewTarifflineData(**goods)),
        "getFinalData": lambda: len(client.getFinalData(key, **goods, maxRecords=100)),
        "getFinalData, services": lambda: len(client.getFinalData(key, **services)),
        "getCountFinalData": lambda: int(client.getCountFinalData(key, **goods)["count"][0]),
        "getFinalDataAvailability": lambda: len(client.getFinalDataAvailability(key, **held)),
        "_getFinalDataAvailability": lambda: len(client._getFinalDataAvailability(**held)),
        "getTarifflineDataAvailability": lambda: len(client.getTarifflineDataAvailability(key, **held)),
        "getMetadata": lambda: len(client.getMetadata(key, **held, showHistory=True)),
        "getLiveUpdate": lambda: len(client.getLiveUpdate(key)),
        "getTradeBalance": lambda: len(client.getTradeBalance(key, **two)),
        "getBilateralData": lambda: len(client.getBilateralData(key, **sides)),
    }


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(ask(sys.argv[2]) if sys.argv[1:2] == ["--ask"] else main())

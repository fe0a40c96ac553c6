"""The page in a real browser: a server process in the sandbox, a host on one origin, the page's frame on another."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from in_browser.shown import Ask, Show, Shown
from mcp import Client
from mcp_types import CallToolResult
from playwright.sync_api import Browser, Page, expect, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

HOST = Path(__file__).parent / "host"
BUILT = HOST / "built"
SCRIPTS = ("host.js", "vega.js")
PATIENCE_MS = 15_000

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "media-src 'self' data:",
        "connect-src 'none'",
    )
)
"""What hosts allow a page that asks for nothing, by the extension's text of 2026-01-26."""


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the host's script, made of the official client and bridge, and of Vega-Lite's beside which the page
    is measured; built anew only where they changed."""
    sources = [HOST / "package.json", *(HOST / name for name in SCRIPTS)]
    scripts = [BUILT / name for name in SCRIPTS]
    newest = max(one.stat().st_mtime for one in sources)
    if not all(one.exists() and one.stat().st_mtime >= newest for one in scripts):
        npm = shutil.which("npm")
        assert npm is not None, "npm is needed: it comes with Node"
        quiet = ("--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        subprocess.run([npm, "install", *quiet], cwd=HOST, check=True)
        esbuild = HOST / "node_modules" / ".bin" / "esbuild"
        bundled = ("--bundle", "--minify", "--format=iife", "--log-level=error", f"--outdir={BUILT}")
        subprocess.run([esbuild, *SCRIPTS, *bundled], cwd=HOST, check=True)
    return BUILT


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The real server, as a process of its own, over HTTP, in the sandbox."""
    words = ("-m", "tradestat_server", "serve", "--sandbox", "--transport", "streamable-http", "--port", "0")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TRADESTAT_") and not k.endswith("_KEY")}
    process = subprocess.Popen(
        [sys.executable, *words],
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=tmp_path_factory.mktemp("server"),  # where no .env is
        env={
            **clean,
            "TRADESTAT_CACHE_DIR": str(tmp_path_factory.mktemp("cache")),
            "TRADESTAT_EXPORT_DIR": str(tmp_path_factory.mktemp("exports")),
        },
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        found = re.search(r"listens on (http://\S+)", line)
        assert found, line
        yield found[1]
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="session")
def ask(server: str) -> Ask:
    """Ask the server a tool, as a client beside the page."""

    async def asked(tool: str, arguments: dict[str, Any]) -> CallToolResult:
        async with Client(server) as client:
            return await client.call_tool(tool, arguments)

    def in_thread(tool: str, **arguments: Any) -> dict[str, Any]:
        with ThreadPoolExecutor(1) as threads:  # the browser's own loop runs in this one
            result = threads.submit(anyio.run, asked, tool, arguments).result()
        assert not result.is_error, result.content
        assert result.structured_content is not None
        return result.structured_content

    return in_thread


@contextmanager
def web(app: Starlette) -> Generator[int]:
    """An application on a free port of this machine."""
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off")
    running = uvicorn.Server(config)
    listener = config.bind_socket()
    thread = threading.Thread(target=running.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        running.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def origins(built: Path, server: str) -> Generator[tuple[str, str]]:
    """Addresses of the host's page, beside which it finds the server, and of the page that holds the frame."""

    async def forward(request: Request) -> Response:
        if request.method == "GET":
            return Response(status_code=405)  # nothing is said unasked
        kept = {k: v for k, v in request.headers.items() if k not in ("host", "origin", "content-length", "connection")}
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.request(request.method, server, headers=kept, content=await request.body())
        passed = {k: v for k, v in answer.headers.items() if k in ("content-type", "mcp-session-id")}
        return Response(answer.content, answer.status_code, passed)

    async def page(_: Request) -> Response:
        return FileResponse(HOST / "host.html")

    async def script(_: Request) -> Response:
        return FileResponse(built / "host.js")

    async def axe(_: Request) -> Response:
        return FileResponse(HOST / "node_modules" / "axe-core" / "axe.min.js")

    async def sandbox(_: Request) -> Response:
        return FileResponse(HOST / "sandbox.html", headers={"content-security-policy": POLICY})

    host = Starlette(
        routes=[
            Route("/", page),
            Route("/host.js", script),
            Route("/axe.js", axe),
            Route("/mcp", forward, methods=["GET", "POST", "DELETE"]),
        ]
    )
    with web(host) as own, web(Starlette(routes=[Route("/", sandbox)])) as other:
        yield f"http://127.0.0.1:{own}/", f"http://localhost:{other}/"


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """Debian's Chromium, or the one that TRADESTAT_CHROMIUM names."""
    path = os.environ.get("TRADESTAT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path is not None, "chromium is needed; TRADESTAT_CHROMIUM names one that is not on the path"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-lcd-text"])
        yield launched
        launched.close()


class Tabs:
    """Tabs that show the host, kept for the next test that wants such a one: to connect anew takes long.

    Args:
        browser: where they are opened.
        origins: of the host and of the frame.
    """

    def __init__(self, browser: Browser, origins: tuple[str, str]) -> None:
        self._browser = browser
        self._host, self.frame = origins
        self._kept: dict[str, Page] = {}
        self.faults: list[str] = []

    def get(self, wanted: Mapping[str, Any], *, announces: bool) -> Page:
        """One with these options of the browser."""
        key = repr((sorted(wanted.items()), announces))
        if key not in self._kept:
            tab = self._browser.new_context(**wanted).new_page()
            tab.set_default_timeout(PATIENCE_MS)
            tab.on("pageerror", lambda error: self.faults.append(str(error)))
            tab.goto(self._host)
            self._kept[key] = tab
        return self._kept[key]


@pytest.fixture(scope="session")
def tabs(browser: Browser, origins: tuple[str, str]) -> Tabs:
    """The tabs of all tests."""
    return Tabs(browser, origins)


@pytest.fixture
def show(tabs: Tabs) -> Generator[Show]:
    """Let a host show the page; the arguments are those of `start` in the host's script."""

    def opened(
        *,
        width: int = 700,
        page: Mapping[str, Any] | None = None,
        results: Sequence[Mapping[str, Any]] = (),
        announces: bool = True,
        **options: Any,
    ) -> Shown:
        tab = tabs.get(page or {}, announces=announces)
        tab.set_viewport_size({"width": width, "height": 900})
        given = {"sandbox": tabs.frame, "tool": "chart", "results": results, "announces": announces, **options}
        tab.evaluate("(options) => start(options)", given)
        return Shown(tab)

    yield opened
    faults, tabs.faults[:] = list(tabs.faults), []
    assert faults == [], "an error in the page"

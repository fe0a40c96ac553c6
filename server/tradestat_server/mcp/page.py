"""The page that shows charts inside hosts (extension io.modelcontextprotocol/ui): what is served, and who hears of it.

The answers of the tool say all that the page shows; nothing here depends on whether a client shows pages, as clients
that do are known not to say so (claude.ai, 2026).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

from mcp.server.apps import EXTENSION_ID, Apps, ResourcePermissions
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext

CHARTED = "chart"
"""The tool whose answers the page shows, and no other: whoever looks figures up does not always want a picture."""

ANNOUNCED_SINCE = "2025-11-25"
"""The first version of the protocol whose clients were seen to read extensions in the answer to `initialize`. The SDK
writes them for its newest version only (mcp 2.3, November 2026)."""


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML document, which needs nothing from a network.

    Args:
        address: where it is read; another one for every content, as hosts keep pages.
        html: the document.
    """

    address: str
    html: str


@cache
def page() -> Page:
    """The page as it was built from `server/page`."""
    html = (files("tradestat_server.mcp") / "page.html").read_text(encoding="utf-8")
    version = hashlib.sha256(html.encode()).hexdigest()[:12]
    return Page(f"ui://tradestat/chart-{version}.html", html)


def apps() -> Apps:
    """The extension, with the page as its resource."""
    extension = Apps()
    extension.add_html_resource(
        page().address,
        page().html,
        name="chart_page",
        title="Charts",
        description="The page in which hosts show what the tool chart answers.",
        permissions=ResourcePermissions(clipboard_write={}),
        prefers_border=True,
    )
    return extension


def tool_meta(name: str) -> dict[str, Any] | None:
    """What a tool's entry in the list says of the page, in the current and in the older form."""
    if name != CHARTED:
        return None
    return {"ui": {"resourceUri": page().address}, "ui/resourceUri": page().address}


async def announced(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """Names the extension in the answer to `initialize`, where the SDK leaves it out."""
    result = await call_next(ctx)
    if ctx.method != "initialize" or not isinstance(result, Mapping):
        return result
    said = dict(cast("Mapping[str, Any]", result))
    if str(said.get("protocolVersion", "")) < ANNOUNCED_SINCE:
        return said
    capabilities: dict[str, Any] = dict(said.get("capabilities") or {})
    extensions: dict[str, Any] = dict(capabilities.get("extensions") or {})
    capabilities["extensions"] = {**extensions, EXTENSION_ID: extensions.get(EXTENSION_ID, {})}
    return {**said, "capabilities": capabilities}

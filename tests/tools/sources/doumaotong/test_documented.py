"""The payloads and the stand-in, held against the members that the service's documentation names."""

from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest

from tradestat_sandbox import Sandbox

pytestmark = pytest.mark.anyio

ENDPOINTS = [
    *(("current", name) for name in ("dashboard", "markets", "trend", "topProducts", "growth", "priceband", "chapter")),
    *(("older", name) for name in ("dashboard", "markets", "trend", "topProducts", "history")),
]
ASKED = {"hsCode": "851713", "countryCode": "133"}
HOLDERS = {"markets": "markets", "topProducts": "products"}
"""Where the stand-in's older form puts a list: the documentation does not say whether it stands alone."""


def members(value: object, path: str = "") -> Iterator[str]:
    """Every member of an answer, as `documented/members.json` writes them."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            yield from members(item, f"{path}[]")
    elif isinstance(value, dict):
        for name, inner in cast("dict[str, object]", value).items():
            yield from members(inner, f"{path}.{name}" if path else name)
    if path:
        yield path


@pytest.mark.parametrize(("form", "name"), ENDPOINTS)
async def test_what_is_documented_is_in_the_payloads_and_in_the_stand_in(
    forms: dict[str, dict[str, Any]], documented: dict[str, Any], sandbox: Sandbox, form: Any, name: str
) -> None:
    wanted: set[str] = set(documented[form][name])
    assert wanted <= set(members(forms[form][name]))
    sandbox.settings.doumaotong_shape = form
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://sandbox") as http:
        data = (await http.get(f"/skill/{name}", params=ASKED)).json()["data"]
    if form == "older" and name in HOLDERS:
        data = data[HOLDERS[name]]
    assert wanted <= set(members(data))

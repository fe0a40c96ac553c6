"""The service's stand-in: an ASGI application that knows the key and invents figures."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from toy.service import KEY_HEADER

THE_KEY = "norway-0123456789abcdef"
Message = MutableMapping[str, Any]


async def app(scope: Message, _: object, send: Callable[[Message], Awaitable[None]]) -> None:
    """A million dollars in January and a thousand more in each further month; nothing before 2022."""
    asked = dict(parse_qsl(scope["query_string"].decode()))
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    known = headers.get(KEY_HEADER.lower()) == THE_KEY
    year = int(asked["year"])
    months = {f"{year}{month:02d}": 1_000_000 + 1000 * (month - 1) for month in range(1, 13)} if year >= 2022 else {}
    body = json.dumps({"months": months} if known else {}).encode()
    content_type = (b"content-type", b"application/json")
    await send({"type": "http.response.start", "status": 200 if known else 401, "headers": [content_type]})
    await send({"type": "http.response.body", "body": body})

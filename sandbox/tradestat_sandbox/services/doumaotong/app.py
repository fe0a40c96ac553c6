"""doumaotong.com: China's exports, in its current and its older shape.

The current shape is in 亿元 (100 million yuan) or 百万元 (million yuan) by field; the older one is plain yuan.
Assumed where the service's form is not known: the older shape's success code is 200 and its text is under `message`;
`region` of the current dashboard lists {name, percent} and `blocs` add `name`; `ym` is YYYY-MM; every answer of
the current shape carries `hsCode`, the code it was resolved to; `headings` also counts those beyond the ten listed;
`products[].growth` is the fastest-growing destination; `scale`, `chance` and `season` sort by value, by growth times
market breadth, and by how uneven the months are.
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tradestat_sandbox.services.doumaotong.current import CURRENT
from tradestat_sandbox.services.doumaotong.data import BadParameter, Exports, NoRecord, exports_of
from tradestat_sandbox.services.doumaotong.older import OLDER
from tradestat_sandbox.serving import admit, in_thread
from tradestat_sandbox.state import State


def routes(sandbox: State) -> list[Route]:
    """The service's paths."""

    async def answer(request: Request) -> Response:
        if admit(sandbox, "doumaotong"):
            return _envelope(sandbox.settings.doumaotong_shape == "older", 503, "服务未就绪", None)
        return await in_thread(lambda: _answer(sandbox, request.path_params["endpoint"], dict(request.query_params)))

    return [Route("/skill/{endpoint}", answer)]


def _answer(sandbox: State, endpoint: str, query: dict[str, str]) -> Response:
    older = sandbox.settings.doumaotong_shape == "older"
    table: dict[str, Callable[[Exports, dict[str, str]], dict[str, Any]]] = OLDER if older else CURRENT
    if endpoint not in table:
        if endpoint == "history" and sandbox.settings.doumaotong_history == "code404":
            return _envelope(older, 404, "暂无数据", None)
        return JSONResponse({"status": 404, "error": "Not Found", "path": f"/skill/{endpoint}"}, 404)
    try:
        data = table[endpoint](exports_of(sandbox.world), query)
    except KeyError as missing:
        return _envelope(older, 400, f"缺少必填参数 {missing.args[0]}", None)
    except BadParameter as problem:
        return PlainTextResponse(f"Bad Request: {problem}", 400)
    except NoRecord as nothing:
        return _envelope(older, 404, str(nothing), None)
    return _envelope(older, 200 if older else 0, "success" if older else "ok", data)


def _envelope(older: bool, code: int, text: str, data: dict[str, Any] | None) -> JSONResponse:
    return JSONResponse({"code": code, "message" if older else "msg": text, "data": data})

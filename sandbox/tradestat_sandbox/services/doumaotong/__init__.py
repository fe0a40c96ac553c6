"""doumaotong.com as the facts describe it, in both of its forms."""

from tradestat_sandbox.stand_in import LAST, StandIn

STAND_IN = StandIn(
    "doumaotong",
    paths={"/skill/": LAST},
    error_in_200='{"code": 503, "msg": "服务未就绪", "data": null}',
    wrong_type='{"code": 0, "msg": "ok", "data": "not ready"}',
)

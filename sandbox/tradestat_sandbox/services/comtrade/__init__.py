"""UN Comtrade as the facts describe it."""

from tradestat_sandbox.stand_in import LAST, StandIn

STAND_IN = StandIn(
    "comtrade",
    paths={**dict.fromkeys(("/public/v1/", "/data/v1/", "/tools/v1/"), slice(2, 3)), "/files/v1/": LAST},
    error_in_200='{"statusCode": 500, "message": "Internal server error"}',
    wrong_type='{"elapsedTime": "0.1 secs", "count": "several", "data": {"rows": 3}, "error": ""}',
    key="COMTRADE_API_KEY",
)

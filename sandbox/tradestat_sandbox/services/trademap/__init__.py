"""Trade Map through parse.bot as the facts describe it."""

import json

from tradestat_sandbox.stand_in import LAST, StandIn

_BLOCKED = {
    "error": {
        "status": "blocked",
        "message": "The target site refused the request.",
        "upstream_status_code": 403,
        "snippet": None,
        "url": None,
        "retry_after": None,
    },
    "status_code": 503,
}

STAND_IN = StandIn(
    "trademap",
    paths={"/scraper/": LAST, "/marketplace/": "catalogue"},
    error_in_200=json.dumps(_BLOCKED),
    wrong_type='{"status": "success", "data": {"nbPages": "many", "records": {"value": []}, "countries": 7}}',
    key="PARSE_API_KEY",
)

"""Korea Customs at data.go.kr as the facts describe it."""

from tradestat_sandbox.stand_in import LAST, StandIn

STAND_IN = StandIn(
    "korea",
    paths={"/1220000/": LAST},
    error_in_200=(
        '<?xml version="1.0" encoding="UTF-8"?><OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>'
        "<returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode>"
        "</cmmMsgHeader></OpenAPI_ServiceResponse>"
    ),
    wrong_type=(
        "<response><header><resultCode>00</resultCode><resultMsg>OK</resultMsg></header><body><items><item>"
        "<expDlr>many</expDlr><year>sometime</year></item></items></body></response>"
    ),
    key="DATA_GO_KR_SERVICE_KEY",
    markup="xml",
)

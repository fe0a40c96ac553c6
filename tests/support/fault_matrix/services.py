"""The services as they answer: one cheap question each, its answer, and how each of them says that it fails.

Every failure repeats the key, as services and gateways do at times, so that a leak would be seen.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fault_matrix.wire import Reply
from tradestat_tools.contract.source import Source
from tradestat_tools.contract.tool import Tool
from tradestat_tools.sources import census, comtrade, doumaotong, eurostat, korea, trademap

JSON = {"content-type": "application/json; charset=utf-8"}
XML = {"content-type": "application/xml;charset=UTF-8"}
HTML = {"content-type": "text/html"}


@dataclass(frozen=True, slots=True)
class Service:
    """One service with one question to it.

    Args:
        source, tool_name, arguments: what is called.
        key_field: the environment variable of the key, and `key` the key; nothing where there is none.
        path: of the question; other paths (a catalogue) are not counted.
        good: the answer to the question.
        other_form: well-formed, but not in the form that is known.
        error_in_200: an error that arrives with HTTP 200.
        failure: the answer with a failing status, and with seconds to wait if given.
        quota: how it says that the plan is used up, if it has words for it.
        others: answers on other paths, by the beginning of the path.
    """

    name: str
    source: Source
    tool_name: str
    arguments: Mapping[str, Any]
    key_field: str
    key: str
    path: str
    good: Reply
    other_form: Reply
    error_in_200: Reply
    failure: Callable[[int, float | None], Reply]
    quota: Reply | None
    others: Mapping[str, Reply] = field(default_factory=dict[str, Reply])

    @property
    def tool(self) -> Tool[Any, Any]:
        """The tool that is called."""
        return next(tool for tool in self.source.tools if tool.name == self.tool_name)


def _json(value: object, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(value, ensure_ascii=False).encode(), JSON | named)


def page(title: str, status: int = 200, **headers: str) -> Reply:
    """A web page, as proxies send it."""
    text = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Reply(status, text.encode(), HTML | {name.replace("_", "-"): value for name, value in headers.items()})


def _after(wait: float | None) -> dict[str, str]:
    return {} if wait is None else {"retry_after": f"{wait:g}"}


# Trade Map through parse.bot: one credit a call, charged for what reached the scraper, failed or not.

_PARSE_KEY = "pb-9f27c41d8e6a4b0f"


def _row(partner: str, value: int) -> dict[str, Any]:
    cells = [{"period": 2024, "value": value, "unit": None, "flag": None}]
    return {"reporterCd": "784", "partnerCd": partner, "productCd": "020230", "data": cells}


def _parse_failure(status: int, wait: float | None = None, *, sent_with: int | None = None) -> Reply:
    states = {422: "stale_input", 500: "error", 502: "upstream_error", 503: "blocked"}
    error: dict[str, Any] = {"message": f"request with key {_PARSE_KEY} failed"}
    if status in states:
        error |= {"status": states[status], "snippet": "", "url": f"https://target.invalid/?key={_PARSE_KEY}"}
    if status == 502:
        error["upstream_status_code"] = 504
    if wait is not None:
        error["retry_after"] = wait
    charged = "1" if status in states else "0"
    return _json(
        {"error": error, "status_code": status}, sent_with or status, x_credits_charged=charged, **_after(wait)
    )


TRADEMAP = Service(
    name="Trade Map",
    source=trademap.SOURCE,
    tool_name="goods_time_series",
    arguments={
        "country": "784",
        "partner": "000",
        "product": "020230",
        "by": "byCountry",
        "trade_flow": "I",
        "period_from": 2024,
        "period_to": 2024,
        "page_size": 3,
    },
    key_field="PARSE_API_KEY",
    key=_PARSE_KEY,
    path="/scraper/",
    good=_json(
        {
            "status": "success",
            "data": {
                "nbRecords": 27,
                "page": 1,
                "nbRecordPerPage": 3,
                "nbPages": 9,
                "records": [_row("076", 463753), _row("699", 161224), _row("842", 47252)],
                "aggregateRecords": [_row("000", 713748)],
                "sources": [],
            },
        },
        x_credits_charged="1",
    ),
    other_form=_json({"status": "success", "data": {"rows": [[2024, 713748]]}}, x_credits_charged="1"),
    error_in_200=_parse_failure(502, sent_with=200),
    failure=_parse_failure,
    quota=_json(
        {"error": {"message": f"Monthly credits of {_PARSE_KEY} are used up"}, "status_code": 429},
        429,
        x_credits_charged="0",
    ),
    others={
        "/marketplace/": _json({"endpoints": [{"endpoint_name": "goods_time_series", "method": "GET", "price": 1}]})
    },
)


# doumaotong.com: no key; envelope codes in HTTP 200, bare pages from the web server before it.

_DASHBOARD = {
    "hsCode": "85076000",
    "productName": "锂离子蓄电池",
    "metrics": {
        "amtYi": 471.26,
        "yoy": 21.37,
        "mom": -2.84,
        "top3": 39.29,
        "cty": 198,
        "activeMonths": 12,
        "peakMonths": [8, 9, 10, 11],
        "range": "2021-01 ~ 2026-08",
    },
    "region": [{"name": "亚洲", "percent": 36.42}],
    "blocs": [{"name": "东盟", "total": 58.23, "percent": 12.35}],
}


def _doumaotong_failure(status: int, wait: float | None = None) -> Reply:
    return page(f"{status} nginx", status, **_after(wait))


DOUMAOTONG = Service(
    name="doumaotong",
    source=doumaotong.SOURCE,
    tool_name="dashboard",
    arguments={"hsCode": "850760"},
    key_field="",
    key="",
    path="/skill/",
    good=_json({"code": 0, "msg": "ok", "data": _DASHBOARD}),
    other_form=_json({"code": 0, "msg": "ok", "data": {"hsCode": "85076000", "total": 47126000000}}),
    error_in_200=_json({"code": 503, "msg": "服务未就绪", "data": None}),
    failure=_doumaotong_failure,
    quota=None,
)


# Korea Customs: XML, the key in the address, errors in three dresses.

_KOREA_KEY = "aB+cD/eF0123456789ghIJklMNopQRstUVwxYZaBcDeFgHiQ=="
_NAMES = ("year", "expCnt", "expDlr", "impCnt", "impDlr", "balPayments")


def _korean(code: str, message: str, body: str = "") -> Reply:
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f"<response><header><resultCode>{code}</resultCode><resultMsg>{message}</resultMsg></header>{body}</response>"
    )
    return Reply(200, text.encode(), XML)


def _gateway(code: str, message: str, status: int = 200) -> Reply:
    text = (
        f"<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{message}</returnAuthMsg>"
        f"<returnReasonCode>{code}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
    )
    return Reply(status, text.encode(), XML)


def _items(*rows: tuple[str, int, int, int, int, int]) -> str:
    cells = ("".join(f"<{name}>{cell}</{name}>" for name, cell in zip(_NAMES, row, strict=True)) for row in rows)
    return f"<body><items>{''.join(f'<item>{row}</item>' for row in cells)}</items></body>"


def _korea_failure(status: int, wait: float | None = None) -> Reply:
    if status == 500:
        return _gateway("04", f"HTTP_ERROR {_KOREA_KEY}", 500)
    if status in (502, 503):
        return page("Service Unavailable", status, **_after(wait))
    words = {401: "Unauthorized", 403: "Forbidden", 404: "API not found", 429: "API rate limit exceeded"}
    headers = {"content-type": "text/plain"} | {name.replace("_", "-"): value for name, value in _after(wait).items()}
    return Reply(status, f"{words.get(status, 'Bad Request')} {_KOREA_KEY}".encode(), headers)


KOREA = Service(
    name="Korea Customs",
    source=korea.SOURCE,
    tool_name="getNewtradeList",
    arguments={"strtYymm": "202607", "endYymm": "202608"},
    key_field="DATA_GO_KR_SERVICE_KEY",
    key=_KOREA_KEY,
    path="/1220000/",
    good=_korean(
        "00",
        "정상서비스.",
        _items(
            ("총계", 2_500_000, 119_000_000_000, 6_100_000, 107_500_000_000, 11_500_000_000),
            ("2026.07", 1_300_000, 60_500_000_000, 3_100_000, 54_200_000_000, 6_300_000_000),
            ("2026.08", 1_200_000, 58_500_000_000, 3_000_000, 53_300_000_000, 5_200_000_000),
        ),
    ),
    other_form=_korean("00", "정상서비스.", "<body><items><item><month>2026.07</month></item></items></body>"),
    error_in_200=_korean("99", f"일시적인 오류입니다 {_KOREA_KEY}"),
    failure=_korea_failure,
    quota=_gateway("22", f"LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR {_KOREA_KEY}"),
)


# UN Comtrade with a key: the gateway's texts for failures, an `error` member for questions turned down.

_COMTRADE_KEY = "5d0c1e9a7b3f42688c6e2a914bd07f35"
_TRADE_ROW = {
    "period": "2024",
    "reporterCode": 156,
    "flowCode": "X",
    "partnerCode": 0,
    "partner2Code": 0,
    "classificationCode": "H6",
    "cmdCode": "850760",
    "customsCode": "C00",
    "motCode": 0,
    "netWgt": 1_000_000.0,
    "primaryValue": 61_000_000.5,
    "isReported": True,
}


def _comtrade_failure(status: int, wait: float | None = None) -> Reply:
    words = {
        401: f"Access denied due to invalid subscription key {_COMTRADE_KEY}.",
        403: f"Forbidden for {_COMTRADE_KEY}.",
        404: "Resource not found",
        429: "Rate limit is exceeded." + ("" if wait is None else f" Try again in {wait:g} seconds."),
    }
    said = words.get(status, f"Failed for {_COMTRADE_KEY}.")
    return _json({"statusCode": status, "message": said}, status, **_after(wait))


COMTRADE = Service(
    name="UN Comtrade",
    source=comtrade.SOURCE,
    tool_name="comtrade_data",
    arguments={
        "reporterCode": ["156"],
        "partnerCode": ["0"],
        "cmdCode": ["850760"],
        "flowCode": ["X"],
        "period": ["2024"],
    },
    key_field="COMTRADE_API_KEY",
    key=_COMTRADE_KEY,
    path="/data/v1/get/",
    good=_json({"elapsedTime": "0.05 secs", "count": 1, "data": [_TRADE_ROW], "error": ""}),
    other_form=_json({"elapsedTime": "0.05 secs", "count": 1, "data": [{"year": 2024, "value": 61_000_000}]}),
    error_in_200=_json({"elapsedTime": "0.01 secs", "count": 0, "data": [], "error": f"Bad query of {_COMTRADE_KEY}"}),
    failure=_comtrade_failure,
    quota=_json(
        {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 05:12:33."}, 403
    ),
)


# US Census Bureau: lists of lists of strings; refusals are plain text, and a redirect is what it says of a key.

_CENSUS_KEY = "3f9a1c7be2d0465880c6e2a914bd07f35d0c1e9a"
_COLUMNS = (
    *("GEN_VAL_MO", "GEN_CIF_MO", "GEN_CHA_MO", "CON_VAL_MO", "DUT_VAL_MO", "CAL_DUT_MO", "GEN_QY1_MO", "GEN_QY2_MO"),
    *("GEN_QY1_MO_FLAG", "GEN_QY2_MO_FLAG", "UNIT_QY1", "UNIT_QY2", "I_COMMODITY", "CTY_CODE", "time"),
)
_CENSUS_ROW = (
    *("299225", "312044", "12819", "299225", "0", "0", "8872", "0", "-", "N", "NO", "-"),
    *("848340", "5700", "2026-06"),
)


def _census_failure(status: int, wait: float | None = None) -> Reply:
    headers = {"content-type": "text/plain"} | {name.replace("_", "-"): value for name, value in _after(wait).items()}
    return Reply(status, f"error: {status} for the request of {_CENSUS_KEY}".encode(), headers)


CENSUS = Service(
    name="US Census",
    source=census.SOURCE,
    tool_name="us_imports",
    arguments={"product": "848340", "partner": "CN", "period": "2026-06"},
    key_field="CENSUS_API_KEY",
    key=_CENSUS_KEY,
    path="/data/timeseries/",
    good=_json([_COLUMNS, _CENSUS_ROW]),
    other_form=_json([["GENERAL", "time"], ["299225", "2026-06"]]),
    error_in_200=Reply(200, b"There was an error while running your query.", JSON),
    failure=_census_failure,
    quota=None,
)


# Eurostat Comext: no key; rows as CSV, failures as XML faults.

CSV = {"content-type": "application/vnd.sdmx.data+csv;version=1.0.0"}
_COMEXT_HEADER = "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE"
_COMEXT_ROW = "ESTAT:DS-045409(1.0),15/09/26 11:00:00,A,DE,CN,850760,1,{},2025,{}"


def _comext(*lines: str) -> Reply:
    return Reply(200, "".join(f"{line}\r\n" for line in lines).encode(), CSV)


def _comext_fault(status: int, wait: float | None = None, *, sent_with: int | None = None) -> Reply:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<faultcode>{status}</faultcode><faultstring>FAILED: the request failed</faultstring></S:Fault>"
    )
    headers = XML | {name.replace("_", "-"): value for name, value in _after(wait).items()}
    return Reply(sent_with or status, text.encode(), headers)


EUROSTAT = Service(
    name="Eurostat Comext",
    source=eurostat.SOURCE,
    tool_name="eu_trade",
    arguments={"reporter": ["DE"], "partner": ["CN"], "product": ["850760"], "flow": ["M"], "period": "2025"},
    key_field="",
    key="",
    path="/sdmx/2.1/data/",
    good=_comext(
        _COMEXT_HEADER,
        _COMEXT_ROW.format("QUANTITY_IN_100KG", "3281.25"),
        _COMEXT_ROW.format("VALUE_IN_EUROS", "6972809"),
    ),
    other_form=_comext("freq,geo,time,value", "A,DE,2023,5"),
    error_in_200=_comext_fault(503, sent_with=200),
    failure=_comext_fault,
    quota=None,
)

SERVICES = (TRADEMAP, DOUMAOTONG, KOREA, COMTRADE, CENSUS, EUROSTAT)

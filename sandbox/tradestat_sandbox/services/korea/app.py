"""Korea Customs Service through data.go.kr: four XML services, and errors in three forms.

Assumed where the service's form is not known: a question without `hsSgn` answers with 2-digit rows of the country; a
10-digit code answers with its own rows; `getItemtradeList` takes its code as `hsSgn` or `hsCode` and answers with the
field `hsCode`; an answer without rows has empty `items` and no grand total; the gateway sends HTTP 403 for a spent day
as it does for a refused key.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tradestat_sandbox.chance import cut, mix
from tradestat_sandbox.economies import BY_ISO2, ECONOMIES
from tradestat_sandbox.flows import FIRST_YEAR
from tradestat_sandbox.observers import Flow, Month, Span
from tradestat_sandbox.products import CODES6, indexes_under, name_ko, national_codes, national_shares
from tradestat_sandbox.records import ALL_PARTNERS, ALL_PRODUCTS
from tradestat_sandbox.serving import admit, in_thread
from tradestat_sandbox.state import State
from tradestat_sandbox.world import KOREA

_OK = "정상서비스."
# As the service said them in October 2026.
_SPAN = "시작과 종료의 조회기간은 1년이내 기간만 가능합니다."
_DIGITS = "품목코드는 2,4,6,10 자리로 입력해야 합니다."
_NEITHER = "품목코드 혹은 국가코드 중 1개 이상은 입력하셔야 합니다."
# Of the gateway's codes the HTTP status, errMsg and returnAuthMsg that it sends since October 2026. Before, it sent
# HTTP 200, "SERVICE ERROR" and the English words.
_GATEWAY = {
    "20": (401, "SERVICE_KEY_IS_NULL", "서비스 접근거부"),
    "22": (403, "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR", "서비스 요청제한횟수 초과에러"),
    "30": (403, "SERVICE_KEY_IS_NOT_REGISTERED_ERROR", "등록되지 않은 서비스키"),
}
_OLDER_WORDS = {"20": "SERVICE_ACCESS_DENIED_ERROR"}
_TOTAL = "총계"
_AMOUNTS = ("expCnt", "expDlr", "expWgt", "impCnt", "impDlr", "impWgt")
_DECLARATION_USD = 62_000  # invented average value of a declaration

_BOTH: tuple[Flow, Flow] = ("X", "M")

Row = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class _Operation:
    """One of the four services.

    Args:
        code: the field of the HS code; "" where rows have none.
        by_country: whether each row is of one country.
    """

    code: str
    by_country: bool

    @property
    def total(self) -> bool:
        """Whether it gives the total of all goods and countries alone, which comes out before the rest."""
        return not self.code and not self.by_country

    @property
    def fields(self) -> tuple[str, ...]:
        """What a row has besides its month and figures."""
        return (
            *((self.code, "statKor") if self.code else ()),
            *(("statCd", "statCdCntnKor1") if self.by_country else ()),
        )


_OPERATIONS = {
    "nitemtrade/getNitemtradeList": _Operation("hsCd", by_country=True),
    "Itemtrade/getItemtradeList": _Operation("hsCode", by_country=False),
    "nationtrade/getNationtradeList": _Operation("", by_country=True),
    "Newtrade/getNewtradeList": _Operation("", by_country=False),
}


class _Refused(Exception):
    """An error in the first form: (resultCode, resultMsg)."""


def routes(sandbox: State) -> list[Route]:
    """The four services."""

    async def answer(request: Request) -> Response:
        return _refused(sandbox, request) or await in_thread(lambda: _answer(sandbox, request))

    return [Route(f"/1220000/{path}", answer) for path in _OPERATIONS]


def _refused(sandbox: State, request: Request) -> Response | None:
    key = request.query_params.get("serviceKey")
    if not key:
        return _gateway(sandbox, "20")
    if key != sandbox.keys.korea:
        # A key encoded twice arrives here still encoded; a raw Decoding form has blanks for "+".
        return _gateway(sandbox, "30")
    if refused := admit(sandbox, "korea"):
        if refused[0] == "rate":
            headers = {"retry-after": str(math.ceil(refused[1]))}
            return HTMLResponse("<html><body><h1>429 Too Many Requests</h1></body></html>", 429, headers)
        return _gateway(sandbox, "22")
    return None


def _answer(sandbox: State, request: Request) -> Response:
    query = dict(request.query_params)
    operation = _OPERATIONS[request.url.path.removeprefix("/1220000/")]
    try:
        rows = [row for row in _rows(sandbox, query, operation) if any(row[name] for name in _AMOUNTS if name in row)]
    except _Refused as problem:
        code, text = problem.args
        return _xml(_response(code, text, None))
    return _xml(_response("00", _OK, _items(sandbox, operation.fields, rows, request.url.query)))


# --- rows ------------------------------------------------------------------------------------------


def _months(query: dict[str, str], newest: Month) -> list[Month]:
    ends: list[Month] = []
    for name in ("strtYymm", "endYymm"):
        text = query.get(name, "")
        if not text:
            raise _Refused("11", "NO_MANDATORY_REQUEST_PARAMETERS_ERROR")
        if not (text.isascii() and text.isdecimal() and len(text) == 6 and 1 <= int(text[4:]) <= 12):
            raise _Refused("10", "INVALID_REQUEST_PARAMETER_ERROR")
        ends.append((int(text[:4]), int(text[4:])))
    first, last = (year * 12 + month - 1 for year, month in ends)
    if not 0 <= last - first < 12:
        raise _Refused("99", _SPAN)
    spanned = [(ordinal // 12, ordinal % 12 + 1) for ordinal in range(first, last + 1)]
    return [month for month in spanned if (FIRST_YEAR, 1) <= month <= newest]


def _partners(query: dict[str, str]) -> tuple[int, ...]:
    code = query.get("cntyCd", "").strip()
    if not code:
        return ALL_PARTNERS
    economy = BY_ISO2.get(code.upper())
    return (economy.index,) if economy and economy.index != KOREA else ()


def _level(code: str) -> int:
    """How long the codes of the rows are: one level below the code asked for."""
    if not code:
        return 2
    if not (code.isascii() and code.isdecimal() and len(code) in (2, 4, 6, 10)):
        raise _Refused("99", _DIGITS)
    return {2: 4, 4: 6, 6: 10, 10: 10}[len(code)]


def _cells(
    sandbox: State, month: Month, code: str, level: int, partners: tuple[int, ...]
) -> Iterator[tuple[str, int, bool, int, int]]:
    """(code of the row, partner, whether an import, USD, kg) of Korea's own record; level 0 has the code ""."""
    products = indexes_under(code[:6]) if code else ALL_PRODUCTS
    span = Span(month[0], month[1], month[1])
    for flow in _BOTH:
        for cell in sandbox.world.cells(KOREA, flow, span, partners, products):
            if level < 10:
                yield CODES6[cell.product][:level], cell.partner, flow == "M", cell.usd, cell.kg
                continue
            shares = national_shares(cell.product, 10)
            for place, ten in enumerate(national_codes(cell.product, 10), start=1):
                if ten.startswith(code):
                    usd, kg = cut(cell.usd, shares, place, place), cut(cell.kg, shares, place, place)
                    yield ten, cell.partner, flow == "M", usd, kg


def _rows(sandbox: State, query: dict[str, str], operation: _Operation) -> Iterator[Row]:
    """The rows of an answer, by month, code and country as far as the operation has them."""
    code = (query.get("hsSgn") or (query.get("hsCode") if not operation.by_country else "") or "").strip()
    if operation.code and operation.by_country and not code and not query.get("cntyCd", "").strip():
        raise _Refused("99", _NEITHER)
    code, level = (code, _level(code)) if operation.code else ("", 0)
    partners = _partners(query) if operation.by_country else ALL_PARTNERS
    sums: dict[tuple[Month, str, int], list[int]] = {}
    newest = sandbox.world.korea_total_last if operation.total else sandbox.world.korea_last
    for month in _months(query, newest):
        for found, partner, imported, usd, kg in _cells(sandbox, month, code, level, partners):
            row = sums.setdefault((month, found, partner if operation.by_country else 0), [0, 0, 0, 0])
            row[2 * imported] += usd
            row[2 * imported + 1] += kg
    for (month, found, partner), amounts in sorted(sums.items()):
        row = _amounts(*amounts, weighed=bool(operation.code)) | {"year": f"{month[0]}.{month[1]:02d}"}
        if operation.code:
            row |= {operation.code: found, "statKor": name_ko(found)}
        if operation.by_country:
            row |= {"statCd": ECONOMIES[partner].iso2, "statCdCntnKor1": ECONOMIES[partner].name_ko}
        yield row


def _amounts(exported: int, export_kg: int, imported: int, import_kg: int, *, weighed: bool) -> Row:
    money: Row = {"balPayments": exported - imported, "expDlr": exported, "impDlr": imported}
    if weighed:
        return money | {"expWgt": export_kg, "impWgt": import_kg}
    return money | {"expCnt": -(-exported // _DECLARATION_USD), "impCnt": -(-imported // _DECLARATION_USD)}


# --- XML -------------------------------------------------------------------------------------------


def _items(sandbox: State, fields: tuple[str, ...], rows: list[Row], seed: str) -> str:
    """The rows with the grand total first or last, elements in alphabetical order."""
    if not rows:
        return ""
    amounts = [name for name in rows[0] if name in _AMOUNTS]
    total: Row = {name: sum(int(row[name]) for row in rows) for name in amounts}
    total |= {"balPayments": int(total["expDlr"]) - int(total["impDlr"]), "year": _TOTAL}
    total |= dict.fromkeys(fields, "-")
    # The same question always gets the same form, whatever key it came with.
    h = mix(*sorted(part for part in unquote(seed).encode() if part != 37))
    place = sandbox.settings.korea_total_row
    if place == "first" or (place == "mixed" and h % 2):
        rows = [total, *rows]
    elif place != "absent":
        rows = [*rows, total]
    style = sandbox.settings.korea_numbers
    return "".join(_item(row, style, index) for index, row in enumerate(rows))


def _item(row: Row, style: str, index: int) -> str:
    parts: list[str] = []
    for name in sorted(row):
        value = row[name]
        if isinstance(value, int):
            number = f"{value:,}" if style == "commas" or (style == "mixed" and index % 4 == 1) else str(value)
            text = f" {number} " if style == "mixed" and index % 5 == 2 else number
        else:
            text = escape(value)
        parts.append(f"<{name}>{text}</{name}>")
    return f"<item>{''.join(parts)}</item>"


def _response(code: str, text: str, items: str | None) -> str:
    body = "" if items is None else f"<body><items>{items}</items></body>" if items else "<body><items/></body>"
    header = f"<header><resultCode>{code}</resultCode><resultMsg>{escape(text)}</resultMsg></header>"
    return f"<response>{header}{body}</response>"


def _gateway(sandbox: State, code: str) -> Response:
    status, error, words = _GATEWAY[code]
    if sandbox.settings.korea_gateway == "older":
        status, error, words = 200, "SERVICE ERROR", _OLDER_WORDS.get(code, error)
    return _xml(
        f"<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>{error}</errMsg>"
        f"<returnAuthMsg>{words}</returnAuthMsg><returnReasonCode>{code}</returnReasonCode>"
        "</cmmMsgHeader></OpenAPI_ServiceResponse>",
        status,
    )


def _xml(content: str, status: int = 200) -> Response:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return Response(head + content, status, media_type="application/xml")

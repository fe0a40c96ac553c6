"""Korea Customs Service through data.go.kr: four XML services, three dresses of error.

Assumed where the service's form is not known: a question without `hsSgn` answers with 2-digit rows of the country; a
10-digit code answers with its own rows; `getItemtradeList` takes its code as `hsSgn` or `hsCode` and answers with the
field `hsCode`; an answer without rows has empty `items` and no grand total.
"""

import math
from collections.abc import Iterable, Iterator
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
from tradestat_sandbox.serving import admit, in_thread
from tradestat_sandbox.state import State
from tradestat_sandbox.world import ALL_PARTNERS, ALL_PRODUCTS, KOREA

_OK = "정상서비스."
# As the service said them in October 2026.
_SPAN = "시작과 종료의 조회기간은 1년이내 기간만 가능합니다."
_DIGITS = "품목코드는 2,4,6,10 자리로 입력해야 합니다."
_NEITHER = "품목코드 혹은 국가코드 중 1개 이상은 입력하셔야 합니다."
_TOTAL = "총계"
_AMOUNTS = ("expCnt", "expDlr", "expWgt", "impCnt", "impDlr", "impWgt")
_DECLARATION_USD = 62_000  # invented average value of a declaration

_BOTH: tuple[Flow, Flow] = ("X", "M")

Row = dict[str, str | int]


class _Refused(Exception):
    """An error in the first dress: (resultCode, resultMsg)."""


def routes(sandbox: State) -> list[Route]:
    """The four services."""

    async def answer(request: Request) -> Response:
        return _refused(sandbox, request) or await in_thread(lambda: _answer(sandbox, request))

    return [Route(f"/1220000/{path}", answer) for path in _PATHS]


def _refused(sandbox: State, request: Request) -> Response | None:
    key = request.query_params.get("serviceKey")
    if not key:
        return _gateway("20", "SERVICE_ACCESS_DENIED_ERROR")
    if key != sandbox.keys.korea:
        # A key encoded twice arrives here still encoded; a raw Decoding form has blanks for "+".
        return _gateway("30", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR")
    if refused := admit(sandbox, "korea"):
        if refused[0] == "rate":
            headers = {"retry-after": str(math.ceil(refused[1]))}
            return HTMLResponse("<html><body><h1>429 Too Many Requests</h1></body></html>", 429, headers)
        return _gateway("22", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR")
    return None


def _answer(sandbox: State, request: Request) -> Response:
    query = dict(request.query_params)
    fields, make = _PATHS[request.url.path.removeprefix("/1220000/")]
    try:
        rows = [row for row in make(sandbox, query) if any(row[name] for name in _AMOUNTS if name in row)]
    except _Refused as problem:
        code, text = problem.args
        return _xml(_response(code, text, None))
    return _xml(_response("00", _OK, _items(sandbox, fields, rows, request.url.query)))


# --- rows ------------------------------------------------------------------------------------------


def _months(sandbox: State, query: dict[str, str]) -> list[Month]:
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
    return [month for month in spanned if (FIRST_YEAR, 1) <= month <= sandbox.world.korea_last]


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
    """(code of the row, partner, whether an import, USD, kg) of Korea's own record."""
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


def _summed(
    sandbox: State, months: Iterable[Month], code: str, level: int, partners: tuple[int, ...]
) -> dict[tuple[Month, str, int], list[int]]:
    """(month, code, partner) to [export USD, export kg, import USD, import kg]."""
    sums: dict[tuple[Month, str, int], list[int]] = {}
    for month in months:
        for found, partner, imported, usd, kg in _cells(sandbox, month, code, level, partners):
            row = sums.setdefault((month, found, partner), [0, 0, 0, 0])
            row[2 * imported] += usd
            row[2 * imported + 1] += kg
    return dict(sorted(sums.items()))


def _money(sums: list[int]) -> Row:
    return {
        "balPayments": sums[0] - sums[2],
        "expDlr": sums[0],
        "expWgt": sums[1],
        "impDlr": sums[2],
        "impWgt": sums[3],
    }


def _counts(sums: list[int]) -> Row:
    return {
        "balPayments": sums[0] - sums[2],
        "expCnt": -(-sums[0] // _DECLARATION_USD),
        "expDlr": sums[0],
        "impCnt": -(-sums[2] // _DECLARATION_USD),
        "impDlr": sums[2],
    }


def _period(month: Month) -> str:
    return f"{month[0]}.{month[1]:02d}"


def _by_item_and_country(sandbox: State, query: dict[str, str]) -> Iterator[Row]:
    code = query.get("hsSgn", "").strip()
    if not code and not query.get("cntyCd", "").strip():
        raise _Refused("99", _NEITHER)
    level = _level(code)
    months = _months(sandbox, query)
    for (month, found, partner), sums in _summed(sandbox, months, code, level, _partners(query)).items():
        economy = ECONOMIES[partner]
        yield _money(sums) | {
            "hsCd": found,
            "statCd": economy.iso2,
            "statCdCntnKor1": economy.name_ko,
            "statKor": name_ko(found),
            "year": _period(month),
        }


def _by_item(sandbox: State, query: dict[str, str]) -> Iterator[Row]:
    code = (query.get("hsSgn") or query.get("hsCode") or "").strip()
    level = _level(code)
    sums: dict[tuple[Month, str], list[int]] = {}
    for (month, found, _), row in _summed(sandbox, _months(sandbox, query), code, level, ALL_PARTNERS).items():
        whole = sums.setdefault((month, found), [0, 0, 0, 0])
        whole[:] = [one + other for one, other in zip(whole, row, strict=True)]
    for (month, found), row in sums.items():
        yield _money(row) | {"hsCode": found, "statKor": name_ko(found), "year": _period(month)}


def _by_country(sandbox: State, query: dict[str, str]) -> Iterator[Row]:
    for (month, partner), sums in _countries(sandbox, query).items():
        economy = ECONOMIES[partner]
        yield _counts(sums) | {
            "statCd": economy.iso2,
            "statCdCntnKor1": economy.name_ko,
            "year": _period(month),
        }


def _by_month(sandbox: State, query: dict[str, str]) -> Iterator[Row]:
    months: dict[Month, list[int]] = {}
    for (month, _), sums in _countries(sandbox, {**query, "cntyCd": ""}).items():
        whole = months.setdefault(month, [0, 0, 0, 0])
        whole[:] = [one + other for one, other in zip(whole, sums, strict=True)]
    for month, sums in months.items():
        yield _counts(sums) | {"year": _period(month)}


def _countries(sandbox: State, query: dict[str, str]) -> dict[tuple[Month, int], list[int]]:
    sums: dict[tuple[Month, int], list[int]] = {}
    partners = _partners(query)
    for month in _months(sandbox, query):
        span = Span(month[0], month[1], month[1])
        for flow in _BOTH:
            column = 2 * (flow == "M")
            for cell in sandbox.world.cells(KOREA, flow, span, partners, ALL_PRODUCTS):
                row = sums.setdefault((month, cell.partner), [0, 0, 0, 0])
                row[column] += cell.usd
                row[column + 1] += cell.kg
    return dict(sorted(sums.items()))


_DETAILED = ("hsCd", "statCd", "statCdCntnKor1", "statKor")
_PATHS = {
    "nitemtrade/getNitemtradeList": (_DETAILED, _by_item_and_country),
    "Itemtrade/getItemtradeList": (("hsCode", "statKor"), _by_item),
    "nationtrade/getNationtradeList": (("statCd", "statCdCntnKor1"), _by_country),
    "Newtrade/getNewtradeList": ((), _by_month),
}


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


def _gateway(code: str, text: str) -> Response:
    return _xml(
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
        f"<returnAuthMsg>{text}</returnAuthMsg><returnReasonCode>{code}</returnReasonCode>"
        "</cmmMsgHeader></OpenAPI_ServiceResponse>"
    )


def _xml(content: str) -> Response:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return Response(head + content, media_type="application/xml")

"""Korea Customs' stand-in: total rows, levels, the twelve-month rule, keys and the forms of errors."""

import re
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tradestat_sandbox import SANDBOX_KEYS, Limits, Sandbox

pytestmark = pytest.mark.anyio
DETAIL = "/1220000/nitemtrade/getNitemtradeList"
RECORDED = Path(__file__).parents[1] / "sources/korea/recorded"
TOO_LONG = "시작과 종료의 조회기간은 1년이내 기간만 가능합니다."
WRONG_DIGITS = "품목코드는 2,4,6,10 자리로 입력해야 합니다."
FIELDS = {
    "balPayments", "expDlr", "expWgt", "hsCd", "impDlr", "impWgt", "statCd", "statCdCntnKor1", "statKor", "year",
}  # fmt: skip


async def ask(http: httpx.AsyncClient, path: str, **query: str) -> httpx.Response:
    return await http.get(path, params={"serviceKey": SANDBOX_KEYS.korea, **query})


def items(response: httpx.Response) -> list[dict[str, str]]:
    root = ET.fromstring(response.text)  # noqa: S314  (our own stand-in)
    assert root.findtext("header/resultCode") == "00", response.text
    return [{field.tag: field.text or "" for field in item} for item in root.iter("item")]


def rows_and_total(response: httpx.Response) -> tuple[list[dict[str, str]], dict[str, str]]:
    found = items(response)
    totals = [row for row in found if row["year"] == "총계"]
    assert len(totals) == 1
    assert found.index(totals[0]) in (0, len(found) - 1)
    return [row for row in found if row["year"] != "총계"], totals[0]


def number(text: str) -> int:
    return int(text.replace(",", "").strip())


def code_and_text(response: httpx.Response) -> tuple[str, str]:
    root = ET.fromstring(response.text)  # noqa: S314
    code = root.findtext("header/resultCode") or root.findtext("cmmMsgHeader/returnReasonCode") or ""
    return code, root.findtext("header/resultMsg") or root.findtext("cmmMsgHeader/returnAuthMsg") or ""


@pytest.mark.parametrize(
    ("recorded", "path", "query"),
    [
        ("getNitemtradeList.xml", DETAIL, {"hsSgn": "850760", "cntyCd": "CN"}),
        ("getNationtradeList.xml", "/1220000/nationtrade/getNationtradeList", {"cntyCd": "US"}),
        ("getNewtradeList_excerpt.xml", "/1220000/Newtrade/getNewtradeList", {}),
        ("getItemtradeList_total.xml", "/1220000/Itemtrade/getItemtradeList", {"hsSgn": "850760"}),
        ("nothing.xml", DETAIL, {"hsSgn": "010101", "cntyCd": "US"}),
    ],
)
async def test_an_answer_has_the_form_of_the_recorded_one(
    http: httpx.AsyncClient, recorded: str, path: str, query: dict[str, str]
) -> None:
    real = (RECORDED / recorded).read_text(encoding="utf-8")
    ours = (await ask(http, path, strtYymm="202401", endYymm="202401", **query)).text
    assert ours.partition("<items")[0] == real.partition("<items")[0]
    for is_total in (True, False):  # the fields in their order, with what stands for a code in the total
        forms = [
            {
                tuple((field.tag, field.text == "-") for field in item)
                for item in ET.fromstring(body).iter("item")  # noqa: S314
                if (item.findtext("year") == "총계") is is_total
            }
            for body in (real, ours)
        ]
        assert forms[0] <= forms[1]
        assert len(forms[1]) <= 1


async def test_rows_are_one_level_down_and_agree_with_the_truth(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = {"strtYymm": "202401", "endYymm": "202412", "cntyCd": "CN"}
    for code, digits in (("85", 4), ("8507", 6), ("850760", 10)):
        rows, total = rows_and_total(await ask(http, DETAIL, hsSgn=code, **query))
        assert {len(row["hsCd"]) for row in rows} == {digits}
        assert all(set(row) == FIELDS for row in rows)
        assert {row["year"] for row in rows} == {f"2024.{month:02d}" for month in range(1, 13)}
        truth = sandbox.world.truth("CN", "KR", code, "2024")
        sold = sandbox.world.truth("KR", "CN", code, "2024")
        assert sum(number(row["impDlr"]) for row in rows) == truth.importer_reported == number(total["impDlr"])
        assert sum(number(row["expDlr"]) for row in rows) == sold.exporter_reported == number(total["expDlr"])
        assert number(total["balPayments"]) == number(total["expDlr"]) - number(total["impDlr"])


async def test_a_month_has_rows_for_every_country(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    rows, total = rows_and_total(await ask(http, DETAIL, hsSgn="87", strtYymm="202405", endYymm="202405"))
    assert len({row["statCd"] for row in rows}) > 40
    world = sandbox.world.truth("KR", "World", "87", "202405")
    assert number(total["expDlr"]) == world.exporter_reported


async def test_numbers_sometimes_carry_commas_and_blanks(http: httpx.AsyncClient) -> None:
    rows, _ = rows_and_total(await ask(http, DETAIL, hsSgn="87", strtYymm="202405", endYymm="202405"))
    texts = [row["expDlr"] for row in rows]
    assert any("," in text for text in texts)
    assert any(text != text.strip() for text in texts)
    assert any(re.fullmatch(r"\d{4,}", text) for text in texts)


async def test_the_total_row_stands_where_the_settings_say(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = {"hsSgn": "8507", "strtYymm": "202401", "endYymm": "202402"}
    for place, index in (("first", 0), ("last", -1)):
        sandbox.configure(korea_total_row=place)
        assert items(await ask(http, DETAIL, **query))[index]["year"] == "총계"


@pytest.mark.parametrize(
    ("query", "code", "text"),
    [
        ({"strtYymm": "202401", "endYymm": "202501", "hsSgn": "85"}, "99", TOO_LONG),
        ({"strtYymm": "202402", "endYymm": "202401", "hsSgn": "85"}, "99", TOO_LONG),
        (
            {"strtYymm": "202401", "endYymm": "202401"},
            "99",
            "품목코드 혹은 국가코드 중 1개 이상은 입력하셔야 합니다.",
        ),
        ({"strtYymm": "202401", "endYymm": "202401", "hsSgn": "85076"}, "99", WRONG_DIGITS),
        ({"strtYymm": "202401", "endYymm": "202401", "hsSgn": "85076000"}, "99", WRONG_DIGITS),
        ({"strtYymm": "2024", "endYymm": "202401", "hsSgn": "85"}, "10", "INVALID_REQUEST_PARAMETER_ERROR"),
        ({"endYymm": "202401", "hsSgn": "85"}, "11", "NO_MANDATORY_REQUEST_PARAMETERS_ERROR"),
    ],
)
async def test_bad_questions_get_a_result_code_and_the_services_words(
    http: httpx.AsyncClient, query: dict[str, str], code: str, text: str
) -> None:
    response = await ask(http, DETAIL, **query)
    assert response.status_code == 200
    assert code_and_text(response) == (code, text)


async def test_twelve_months_are_allowed(http: httpx.AsyncClient) -> None:
    found = items(await ask(http, DETAIL, strtYymm="202306", endYymm="202405", hsSgn="8507", cntyCd="US"))
    assert len({row["year"] for row in found}) == 13


async def test_both_forms_of_the_key_work_and_one_encoded_twice_does_not(http: httpx.AsyncClient) -> None:
    tail = "&strtYymm=202401&endYymm=202401&hsSgn=8507&cntyCd=US"
    once = await http.get(f"{DETAIL}?serviceKey={SANDBOX_KEYS.korea_encoded}{tail}")
    assert items(once)
    assert all(sign in SANDBOX_KEYS.korea for sign in ("+", "/", "=="))
    for wrong in (quote(SANDBOX_KEYS.korea_encoded, safe=""), SANDBOX_KEYS.korea, "nonsense"):
        answer = await http.get(f"{DETAIL}?serviceKey={wrong}{tail}")
        assert answer.status_code == 403
        assert code_and_text(answer) == ("30", "등록되지 않은 서비스키")
        assert "<errMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</errMsg>" in answer.text


async def test_a_missing_key_and_a_spent_day_are_refused_in_korean_by_status(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    missing = await http.get(DETAIL, params={"strtYymm": "202401", "endYymm": "202401", "hsSgn": "8507"})
    assert (missing.status_code, code_and_text(missing)) == (401, ("20", "서비스 접근거부"))
    sandbox.configure(limits={"korea": {"per_day": 0}})
    spent = await ask(http, DETAIL, strtYymm="202401", endYymm="202401", hsSgn="8507")
    assert (spent.status_code, code_and_text(spent)[0]) == (403, "22")


async def test_the_gateway_can_refuse_as_it_did_before(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.configure(korea_gateway="older")
    for key, code, words in (
        ("nonsense", "30", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"),
        ("", "20", "SERVICE_ACCESS_DENIED_ERROR"),
    ):
        answer = await http.get(DETAIL, params={"serviceKey": key, "strtYymm": "202401", "endYymm": "202401"})
        assert (answer.status_code, code_and_text(answer)) == (200, (code, words))


async def test_paging_parameters_are_ignored(http: httpx.AsyncClient) -> None:
    query = {"hsSgn": "87", "strtYymm": "202405", "endYymm": "202405"}
    whole = await ask(http, DETAIL, **query)
    paged = await ask(http, DETAIL, numOfRows="1", pageNo="2", **query)
    assert len(items(whole)) == len(items(paged)) > 10


async def test_a_chapter_of_one_month_is_thousands_of_rows(http: httpx.AsyncClient) -> None:
    rows, _ = rows_and_total(await ask(http, DETAIL, hsSgn="85", strtYymm="202405", endYymm="202405"))
    assert len(rows) > 2_700  # about 3,700 at the service, which has more partners than this world
    assert len({row["hsCd"] for row in rows}) == 46


async def test_a_month_is_published_on_the_fifteenth_of_the_next(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = {"hsSgn": "87", "cntyCd": "US", "strtYymm": "202610", "endYymm": "202610"}
    sandbox.today = date(2026, 11, 14)
    assert items(await ask(http, DETAIL, **query)) == []
    sandbox.today = date(2026, 11, 15)
    assert len(items(await ask(http, DETAIL, **query))) > 1


async def test_the_total_is_out_in_the_first_days_of_the_next_month(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    path, query = "/1220000/Newtrade/getNewtradeList", {"strtYymm": "202610", "endYymm": "202610"}
    sandbox.today = date(2026, 11, 2)
    assert items(await ask(http, path, **query)) == []
    sandbox.today = date(2026, 11, 5)
    assert len(items(await ask(http, path, **query))) == 2
    assert items(await ask(http, DETAIL, hsSgn="87", cntyCd="US", **query)) == []


async def test_one_item_and_none_look_as_they_do_on_the_wire(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.configure(korea_total_row="absent")
    query = {"strtYymm": "202405", "endYymm": "202405"}
    code = items(await ask(http, DETAIL, hsSgn="850760", **query))[0]["hsCd"]
    one = await ask(http, DETAIL, hsSgn=code, cntyCd="US", **query)
    assert one.text.count("<item>") == 1
    none = await ask(http, DETAIL, hsSgn="010101", cntyCd="US", **query)
    assert "<items/>" in none.text


async def test_the_sisters_agree_with_each_other(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = {"strtYymm": "202401", "endYymm": "202402"}
    months, whole = rows_and_total(await ask(http, "/1220000/Newtrade/getNewtradeList", **query))
    countries, by_country = rows_and_total(await ask(http, "/1220000/nationtrade/getNationtradeList", **query))
    goods, by_item = rows_and_total(await ask(http, "/1220000/Itemtrade/getItemtradeList", **query))
    assert len(months) == 2
    assert number(whole["expDlr"]) == number(by_country["expDlr"]) == number(by_item["expDlr"])
    truth = [sandbox.world.truth("KR", "World", "TOTAL", month) for month in ("202401", "202402")]
    assert number(whole["expDlr"]) == sum(month.exporter_reported or 0 for month in truth)
    assert "hsCode" in goods[0]
    assert "hsCd" not in goods[0]
    assert "expWgt" not in countries[0]
    assert number(countries[0]["expCnt"]) >= 0


async def test_the_daily_limit_and_the_rate_limit_have_their_own_form(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    query = {"hsSgn": "8507", "cntyCd": "US", "strtYymm": "202405", "endYymm": "202405"}
    sandbox.configure(limits={"korea": {"per_day": 1}})
    assert items(await ask(http, DETAIL, **query))
    assert code_and_text(await ask(http, DETAIL, **query))[0] == "22"
    sandbox.settings.limits["korea"] = Limits(per_minute=1)
    sandbox.counters.clear()
    await ask(http, DETAIL, **query)
    refused = await ask(http, DETAIL, **query)
    assert refused.status_code == 429
    assert "<html>" in refused.text

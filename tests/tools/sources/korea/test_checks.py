"""What `doctor` finds."""

from typing import TYPE_CHECKING

import pytest

from tradestat_tools.contract.source import Check
from tradestat_tools.sources.korea import SOURCE
from tradestat_tools.upstream.http import Http

if TYPE_CHECKING:
    from conftest import Customs

pytestmark = pytest.mark.anyio


async def found(customs: "Customs") -> list[Check]:
    http = Http(app=customs.app)
    try:
        async with customs.context(http) as context:
            return [check async for check in SOURCE.checks(context)]
    finally:
        await http.aclose()


def good_answers(customs: "Customs") -> None:
    counts = {"expCnt": 1, "expDlr": 10, "impCnt": 1, "impDlr": 5}
    customs.gives(customs.traded("2026.06", "8507600000", "CN", 9, 4), customs.total(9, 4))
    customs.gives(customs.traded("2026.06", "8507600000", "", 9, 4).replace("hsCd>", "hsCode>"))
    customs.gives(customs.item(year="2026.06", statCd="CN", statCdCntnKor1="중국", **counts))


async def test_without_a_key_nothing_is_asked(customs: "Customs") -> None:
    customs.key = None
    (check,) = await found(customs)
    assert not check.ok
    assert check.detail == "not set: DATA_GO_KR_SERVICE_KEY"
    assert customs.sent == []


async def test_every_operation_is_asked_once_for_a_month_that_is_surely_out(customs: "Customs") -> None:
    good_answers(customs)
    customs.gives(customs.item(year="2026.06", expCnt=1, expDlr=10, impCnt=1, impDlr=5))
    checks = await found(customs)
    assert [check.name for check in checks] == [
        "korea: getNitemtradeList",
        "korea: getItemtradeList",
        "korea: getNationtradeList",
        "korea: getNewtradeList",
    ]
    assert all(check.ok for check in checks)
    assert {sent.params["strtYymm"] for sent in customs.sent} == {"202606"}


async def test_a_service_that_changed_is_reported_operation_by_operation(customs: "Customs") -> None:
    good_answers(customs)
    renamed = customs.item(year="2026.06", expCnt=1, expDlr=10, impCnt=1, impDlr=5).replace("expDlr>", "expUsdAmt>")
    customs.gives(renamed)
    checks = await found(customs)
    assert [check.ok for check in checks] == [True, True, True, False]
    assert "expDlr" in checks[-1].detail


async def test_a_key_that_is_refused_is_reported_for_each_operation_without_showing_it(customs: "Customs") -> None:
    customs.key = "not-the-key"
    customs.says("Unauthorized", 401)
    checks = await found(customs)
    assert [check.ok for check in checks] == [False] * 4
    assert "not-the-key" not in str(checks)
    assert "data.go.kr/data/15101612" in checks[2].detail

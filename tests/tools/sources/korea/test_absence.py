"""Why there is nothing, and the call that is useful instead."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.errors import NoData

if TYPE_CHECKING:
    from conftest import Customs

pytestmark = pytest.mark.anyio

MONTH = {"strtYymm": "202401", "endYymm": "202401"}


async def empty(customs: "Customs", tool: str = "getNitemtradeList", **asked: Any) -> NoData:
    with pytest.raises(NoData) as caught:
        await customs.call(tool, **asked)
    return caught.value


def reasons(error: NoData) -> list[tuple[str, bool]]:
    return [(why.reason.value, why.sure) for why in error.why]


# --- not out


@pytest.mark.parametrize(
    ("tool", "asked", "first", "when"),
    [
        ("getNitemtradeList", {"hsSgn": "8507"}, "202610", "2026-11-15"),
        ("getItemtradeList", {"hsSgn": "8507"}, "202611", "2026-12-15"),
        ("getNationtradeList", {}, "202610", "2026-11-15"),
        ("getNewtradeList", {}, "202610", "2026-11-01"),
    ],
)
async def test_a_month_that_is_not_out_is_named_with_its_day_and_the_newest_and_nothing_is_sent(
    customs: "Customs", tool: str, asked: dict[str, str], first: str, when: str
) -> None:
    with pytest.raises(NoData) as caught:
        await customs.call(tool, strtYymm=first, endYymm="202612", **asked)
    (why,) = caught.value.why
    assert (why.reason, why.sure) == ("not_yet_published", True)
    assert f"about {when}, Seoul time" in why.text
    assert f'{tool}(strtYymm="202609", endYymm="202609"' in caught.value.remedy
    assert customs.sent == []


async def test_the_total_of_a_month_can_be_had_before_the_fifteenth(customs: "Customs") -> None:
    customs.now = datetime(2026, 10, 2, 3, 0, tzinfo=UTC)
    customs.gives(customs.item(year="2026.09", expCnt=1, expDlr=10, impCnt=1, impDlr=5))
    answer = await customs.call("getNewtradeList", strtYymm="202609", endYymm="202609")
    assert answer.data.rows.expDlr == [10]
    assert [note.code for note in answer.notes if note.code == "lag"] == ["lag"]
    error = await empty(customs, "getNationtradeList", strtYymm="202609", endYymm="202609")
    assert 'strtYymm="202608", endYymm="202608"' in error.remedy
    assert 'getNewtradeList(strtYymm="202609", endYymm="202609")' in error.remedy
    assert len(customs.sent) == 1


# --- out, and without a row


@pytest.mark.parametrize(
    ("asked", "expected", "remedy"),
    [
        (
            {"strtYymm": "202401", "endYymm": "202412", "hsSgn": "850760", "cntyCd": "AQ"},
            [("zero", False)],
            'getNitemtradeList(strtYymm="202401", endYymm="202412", hsSgn="850760")',
        ),
        (
            {"strtYymm": "202301", "endYymm": "202412", "hsSgn": "85", "cntyCd": "AQ"},  # too much with all countries
            [("zero", False)],
            'hsSgn="85")',
        ),
        (
            {"strtYymm": "202301", "endYymm": "202312", "hsSgn": "851712"},
            [("code_retired", True)],
            'hsSgn="851713"',
        ),
        (
            {"strtYymm": "202001", "endYymm": "202012", "hsSgn": "851713", "cntyCd": "CN"},
            [("code_retired", True)],
            'hsSgn="851712", cntyCd="CN"',
        ),
        (
            {"strtYymm": "202101", "endYymm": "202212", "hsSgn": "851712", "cntyCd": "CN"},
            [("code_retired", False), ("zero", False)],
            'hsSgn="851713", cntyCd="CN"',
        ),
        (
            {"strtYymm": "202401", "endYymm": "202412", "hsSgn": "8507601000"},
            [("code_retired", False), ("zero", False)],
            'hsSgn="850760"',
        ),
        (
            {"strtYymm": "202609", "endYymm": "202609", "hsSgn": "850760"},
            [("zero", False)],  # 20 October in Seoul: five days after the day of publication
            'hsSgn="8507"',
        ),
        (
            {"strtYymm": "200501", "endYymm": "200512", "cntyCd": "CN"},
            [("zero", False), ("not_covered", False)],
            'strtYymm="last 12 months", endYymm="latest", cntyCd="CN"',
        ),
        (
            {"strtYymm": "202401", "endYymm": "202412", "hsSgn": "8507", "cntyCd": "KR"},
            [("not_covered", False), ("zero", False)],
            'hsSgn="8507")',
        ),
    ],
)
async def test_an_empty_answer_names_its_reasons_and_the_next_call(
    customs: "Customs", asked: dict[str, str], expected: list[tuple[str, bool]], remedy: str
) -> None:
    customs.gives()
    error = await empty(customs, **asked)
    assert reasons(error) == expected
    assert remedy in error.remedy


async def test_a_newest_month_that_may_be_late_comes_first(customs: "Customs") -> None:
    customs.now = customs.now.replace(day=16)
    customs.gives()
    error = await empty(customs, strtYymm="202609", endYymm="202609", hsSgn="850760")
    assert reasons(error) == [("not_yet_published", False), ("zero", False)]
    assert "about 2026-10-15" in error.why[0].text


async def test_no_trade_is_certain_where_a_stored_answer_shows_the_code_with_other_countries(
    customs: "Customs", stored: Callable[..., Any]
) -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 5), customs.total(10, 5))
    customs.gives()
    error = await stored({**MONTH, "hsSgn": "8507"}, {**MONTH, "hsSgn": "8507", "cntyCd": "AQ"})
    assert reasons(error) == [("zero", True)]
    assert len(customs.sent) == 2


async def test_a_stored_answer_for_other_months_proves_nothing(customs: "Customs", stored: Callable[..., Any]) -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 5), customs.total(10, 5))
    customs.gives()
    later = {"strtYymm": "202402", "endYymm": "202402", "hsSgn": "8507", "cntyCd": "AQ"}
    assert reasons(await stored({**MONTH, "hsSgn": "8507"}, later)) == [("zero", False)]


async def test_a_group_without_rows_beside_other_countries_has_no_trade_for_certain(customs: "Customs") -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 5), customs.total(10, 5))
    error = await empty(customs, **MONTH, hsSgn="8507", cntyCd="ASEAN")
    assert reasons(error) == [("zero", True)]
    assert "(ASEAN)" in error.message


async def test_a_group_without_rows_is_not_certain_where_no_country_has_any_in_some_months(customs: "Customs") -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 5), customs.total(10, 5))
    error = await empty(customs, strtYymm="202401", endYymm="202402", hsSgn="8507", cntyCd="ASEAN")
    assert reasons(error) == [("zero", False)]


async def test_a_group_without_rows_in_an_answer_with_rows_missing_is_not_certain(customs: "Customs") -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 5), customs.total(999, 5))
    error = await empty(customs, **MONTH, hsSgn="8507", cntyCd="ASEAN")
    assert reasons(error) == [("zero", False)]


async def test_trade_with_north_korea_is_in_no_statistics_of_foreign_trade(customs: "Customs") -> None:
    customs.gives()
    error = await empty(customs, **MONTH, hsSgn="8507", cntyCd="KP")
    assert reasons(error) == [("not_covered", True)]
    assert "intra-Korean" in error.why[0].text


async def test_no_reason_is_given_twice(customs: "Customs") -> None:
    customs.gives()
    error = await empty(customs, strtYymm="201201", endYymm="201212", hsSgn="8507600000", cntyCd="KR")
    given = [reason for reason, _ in reasons(error)]
    assert len(set(given)) == len(given)
    assert "not_covered" in given

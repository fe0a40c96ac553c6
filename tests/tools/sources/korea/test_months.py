"""Which months are meant, which of them are out, and what is said of those that are not."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.periods import Period, month
from tradestat_tools.codes.spans import span
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.sources.korea.calendar import due, last_published, months_asked

if TYPE_CHECKING:
    from conftest import Customs

NEWEST = month("202609")
"""On 20 October 2026, the clock of these tests."""


def notes(answer: Any, code: str) -> list[Any]:
    return [note for note in answer.notes if note.code == code]


@pytest.mark.parametrize(
    ("first", "last", "read"),
    [
        ("latest", "latest", ("2026-09", "2026-09")),
        ("last 12 months", "latest", ("2025-10", "2026-09")),
        ("last 12 months", "last 12 months", ("2025-10", "2026-09")),
        ("last 2 years", "latest", ("2024-10", "2026-09")),
        ("최근 3개월", "최신", ("2026-07", "2026-09")),
        ("近6个月", "最新", ("2026-04", "2026-09")),
        ("2025", "latest", ("2025-01", "2026-09")),
        ("since 2025-03", "latest", ("2025-03", "2026-09")),
        ("since 2025-03", "2025-06", ("2025-03", "2025-06")),
        ("2024-01 to 2024-06", "2024-06", ("2024-01", "2024-06")),
        ("2024-01..2024-06", "2024-01..2024-06", ("2024-01", "2024-06")),
        ("H1 2024", "H1 2024", ("2024-01", "2024-06")),
        ("2024Q1-Q3", "202409", ("2024-01", "2024-09")),
        ("2024", "2024", ("2024-01", "2024-12")),
        ("202610", "202612", ("2026-10", "2026-12")),  # not out: told elsewhere
    ],
)
def test_ranges_and_words_for_the_newest_month_are_read(first: str, last: str, read: tuple[str, str]) -> None:
    asked = months_asked(span(first), span(last), NEWEST)
    assert (str(asked.start), str(asked.end)) == read


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("last 12 months", "202406"),
        ("2024-01 to 2024-06", "2024-12"),
        ("202401", "last 12 months"),
        ("latest", "202401"),
        ("202402", "202401"),
    ],
)
def test_two_arguments_that_contradict_each_other_are_refused(first: str, last: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        months_asked(span(first), span(last), NEWEST)
    assert caught.value.argument == "endYymm"


WORDS = (
    st.dates(date(1990, 1, 1), date(2035, 1, 1)).map(lambda day: day.isoformat()[:7])
    | st.integers(1, 600).map(lambda count: f"last {count} months")
    | st.integers(1990, 2035).map(str)
    | st.integers(1990, 2035).map(lambda year: f"since {year}")
    | st.integers(1990, 2035).map(lambda year: f"H1 {year}")
    | st.just("latest")
)


@given(WORDS, WORDS)
def test_any_two_words_for_months_are_months_in_order_or_refused(first: str, last: str) -> None:
    try:
        asked = months_asked(span(first), span(last), NEWEST)
    except InvalidQuery as error:
        assert error.argument in {"strtYymm", "endYymm"}
    else:
        assert asked.start <= asked.end
        assert {asked.start.frequency, asked.end.frequency} == {"month"}


def test_counting_back_beyond_all_statistics_is_refused() -> None:
    with pytest.raises(InvalidQuery) as caught:
        months_asked(span("last 600 months"), span("latest"), month("198001"))
    assert caught.value.argument == "strtYymm"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)), st.sampled_from([1, 15]))
def test_the_newest_month_is_the_last_one_whose_day_has_come(naive: datetime, day: int) -> None:
    now = naive.replace(tzinfo=UTC)
    newest = last_published(now, day)
    in_seoul = datetime.fromtimestamp(now.timestamp() + 9 * 3600, UTC).date()
    assert due(newest, day) <= in_seoul < due(newest.shifted(1), day)


def test_a_december_is_due_in_the_next_year_and_the_last_known_month_has_a_day_too() -> None:
    assert due(Period(2026, "month", 12)) == date(2027, 1, 15)
    assert due(Period(2100, "month", 12)) == date(2101, 1, 15)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("tool", "asked", "first", "when"),
    [
        ("getNitemtradeList", {"hsSgn": "8507"}, "202610", "2026-11-15"),
        ("getItemtradeList", {"hsSgn": "8507"}, "202611", "2026-12-15"),
        ("getNationtradeList", {}, "202610", "2026-11-15"),
        ("getNewtradeList", {}, "202610", "2026-11-01"),
    ],
)
async def test_a_month_that_is_not_out_is_told_with_its_day_and_the_newest_and_nothing_is_sent(
    customs: "Customs", tool: str, asked: dict[str, str], first: str, when: str
) -> None:
    with pytest.raises(NoData) as caught:
        await customs.call(tool, strtYymm=first, endYymm="202612", **asked)
    (why,) = caught.value.why
    assert (why.reason, why.sure) == ("not_yet_published", True)
    assert f"about {when}, Seoul time" in why.text
    assert f'{tool}(strtYymm="202609", endYymm="202609"' in caught.value.remedy
    assert customs.sent == []


@pytest.mark.anyio
async def test_of_a_span_that_is_partly_out_that_part_is_answered_and_the_rest_told(customs: "Customs") -> None:
    customs.gives(*(customs.traded(f"2026.{month:02d}", "850760", "CN", 10, 5) for month in range(1, 10)))
    answer = await customs.call("getNitemtradeList", strtYymm="202601", endYymm="2026", hsSgn="8507")
    assert (customs.sent[0].params["strtYymm"], customs.sent[0].params["endYymm"]) == ("202601", "202609")
    assert (answer.data.strtYymm, answer.data.endYymm) == ("202601", "202609")
    assert "2026-01 to 2026-09" in answer.what
    (note,) = notes(answer, "lag")
    assert note.reason == "not_yet_published"
    assert "2026-10 to 2026-12 are not out yet" in note.text
    assert "2026-10 comes out about 2026-11-15" in note.text


@pytest.mark.anyio
async def test_one_month_too_many_is_told_in_the_singular(customs: "Customs") -> None:
    customs.gives(customs.traded("2026.09", "850760", "CN", 10, 5))
    answer = await customs.call("getNitemtradeList", strtYymm="202609", endYymm="202610", hsSgn="8507")
    assert notes(answer, "lag")[0].text.startswith("2026-10 is not out yet")


@pytest.mark.anyio
@pytest.mark.parametrize(("tool", "asked"), [("getNationtradeList", {"cntyCd": "US"}), ("getNewtradeList", {})])
async def test_latest_is_the_newest_month_of_each_operation_and_is_echoed(
    customs: "Customs", tool: str, asked: dict[str, str]
) -> None:
    customs.now = datetime(2026, 10, 2, 3, 0, tzinfo=UTC)  # the total of September is out, the detail is not
    newest = "2026-09" if tool == "getNewtradeList" else "2026-08"
    counts = {"expCnt": 1, "expDlr": 10, "impCnt": 1, "impDlr": 5}
    where = {"statCd": "US", "statCdCntnKor1": "미국"} if asked else {}
    customs.gives(customs.item(year=newest.replace("-", "."), **where, **counts))
    answer = await customs.call(tool, strtYymm="latest", endYymm="latest", **asked)
    assert customs.sent[0].params["endYymm"] == newest.replace("-", "")
    texts = [note.text for note in notes(answer, "resolved_code")]
    assert texts == [f"The months were read as {newest}; the newest that is out is {newest}."]

"""Areas that UN Comtrade keeps under another code in earlier years."""

import pytest

from tradestat_tools.codes.periods import Period, periods_between
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.comtrade.absence.empty import earlier_notes, earlier_whys
from tradestat_tools.sources.comtrade.codes import AskedArea, read_areas


def asked(text: str) -> AskedArea:
    (one,) = read_areas([text], "partner")
    assert isinstance(one, AskedArea)
    return one


def years(first: int, last: int) -> list[Period]:
    return list(periods_between(Period(first), Period(last)))


def test_a_span_within_an_earlier_areas_time_is_surely_under_its_code() -> None:
    (why,) = earlier_whys([asked("Serbia")], years(2004, 2004))
    assert (why.reason, why.sure) == (Reason.NOT_COVERED, True)
    assert why.text == "Earlier figures of Serbia (688) are under Serbia and Montenegro (until 2005) (891)."


def test_a_span_that_goes_on_after_it_only_perhaps() -> None:
    (why,) = earlier_whys([asked("Sudan")], years(2010, 2020))
    assert (why.reason, why.sure) == (Reason.NOT_COVERED, False)
    assert "(736)" in why.text


@pytest.mark.parametrize("text", ["Serbia", "Germany", "Sudan", "Korea", "World", "Russian Federation"])
def test_nothing_is_said_of_today(text: str) -> None:
    assert earlier_whys([asked(text)], years(2015, 2024)) == []
    assert earlier_notes([asked(text)], years(2015, 2024)) == []


def test_an_answer_that_begins_earlier_says_under_which_codes_the_rest_is() -> None:
    (note,) = earlier_notes([asked("Germany"), asked("Japan")], years(1988, 1995))
    assert note.reason is Reason.NOT_COVERED
    assert "280" in note.text
    assert "278" in note.text

"""What the engine takes down of the calls behind one answer."""

import pytest

from tradestat_tools.model.errors import NoData, UpstreamDown, UpstreamRefused
from tradestat_tools.upstream.report import Report
from tradestat_tools.upstream.request import AskedCall

ONE = AskedCall("korea", "GET", "https://a.invalid/x", {"a": "1"}, None, {}, keyed=True)
TWO = AskedCall("korea", "GET", "https://a.invalid/x", {"a": "2"}, None, {}, keyed=True)


def test_calls_are_taken_down_in_the_order_in_which_they_began_and_each_once() -> None:
    report = Report()
    with report.asking(ONE), report.asking(TWO):
        pass
    with report.asking(ONE):
        pass
    assert report.asked == [ONE, TWO]


def test_a_call_that_failed_is_no_part_of_the_answer() -> None:
    report = Report()
    with report.asking(ONE):
        pass
    for call in (ONE, TWO):
        with pytest.raises(UpstreamDown), report.asking(call):
            raise UpstreamDown("No.", remedy="Wait.")
    with pytest.raises(UpstreamRefused), report.asking(TWO):
        raise UpstreamRefused("No.", remedy="Ask otherwise.")
    assert report.asked == [ONE]


def test_that_there_is_nothing_is_an_answer_too() -> None:
    report = Report()
    with pytest.raises(NoData), report.asking(ONE):
        raise NoData("Nothing.", remedy="Ask otherwise.")
    assert report.asked == [ONE]

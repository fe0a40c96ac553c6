"""Which reasons are offered together."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.model.reasons import Reason, Why, each_once, offered

WHYS = st.lists(st.builds(Why, st.sampled_from(Reason), st.sampled_from(["One.", "Two.", "Three."]), st.booleans()))

LATE = Why(Reason.NOT_YET_PUBLISHED, "It is recent.")
NONE = Why(Reason.NOT_REPORTED, "It may have reported nothing.")
ZERO = Why(Reason.ZERO, "There may have been none.")


def test_what_is_not_out_is_not_offered_beside_what_was_never_reported() -> None:
    assert offered([NONE, LATE, ZERO]) == (LATE, ZERO)
    assert offered([NONE, ZERO]) == (NONE, ZERO)


def test_a_reason_given_twice_is_one_with_both_texts() -> None:
    assert each_once([NONE, Why(Reason.NOT_REPORTED, "It has none.", sure=True), NONE]) == (
        Why(Reason.NOT_REPORTED, "It may have reported nothing. It has none.", sure=True),
    )


def test_what_is_sure_stands_alone() -> None:
    known = Why(Reason.CODE_RETIRED, "The code ended.", sure=True)
    assert offered([ZERO, known, LATE]) == (known,)


@given(WHYS)
@settings(deadline=None)
def test_no_reason_is_offered_twice_and_none_is_invented(whys: list[Why]) -> None:
    once, found = each_once(whys), offered(whys)
    assert len({why.reason for why in once}) == len(once)
    assert {why.reason for why in once} == {why.reason for why in whys}
    assert {why.reason for why in found} <= {why.reason for why in whys}
    assert bool(found) == bool(whys)

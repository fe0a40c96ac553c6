import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.flows import FLOWS, FlowSystem, flow, flow_code
from tradestat_tools.codes.words import CodeError

OF_COMTRADE = {"M", "X", "FM", "RM", "MIP", "MOP", "DX", "RX", "XIP", "XOP"}


def test_a_flow_is_read_by_any_code_or_word() -> None:
    for written, code in [
        ("exports", "X"), ("Export", "X"), ("E", "X"), ("出口", "X"), ("수출", "X"), ("imports", "M"), ("I", "M"),
        ("进口", "M"), ("수입", "M"), ("re-exports", "RX"), ("reexport", "RX"), ("Re Export", "RX"), ("RE", "RX"),
        ("转口", "RX"), ("재수출", "RX"), ("re-import", "RM"), ("trade balance", "TB"), ("netexports", "TB"),
        ("贸易顺差", "TB"), ("무역수지", "TB"), ("domestic exports", "DX"),
        ("Import of goods for inward processing", "MIP"), ("xop", "XOP"),
    ]:  # fmt: skip
        assert flow(written).code == code


def test_every_flow_is_found_by_every_code_and_name_it_has() -> None:
    for known in FLOWS.values():
        for word in (
            known.code,
            known.comtrade,
            known.trademap,
            known.label,
            known.name_zh,
            known.name_ko,
            *known.words,
        ):
            assert not word or flow(word) is known, word


def test_each_service_has_its_own_code_of_a_flow() -> None:
    assert {known.comtrade for known in FLOWS.values() if known.comtrade} == OF_COMTRADE
    assert {known.code: known.trademap for known in FLOWS.values() if known.trademap} == {
        "M": "I",
        "X": "E",
        "RX": "RE",
        "TB": "TB",
    }
    assert (flow_code("exports", "comtrade"), flow_code("exports", "trademap")) == ("X", "E")


def test_what_a_service_does_not_have_is_refused_with_the_nearest_that_it_has() -> None:
    refused: list[tuple[str, FlowSystem, str]] = [
        ("exprot", "comtrade", "X (exports)"), ("exprot", "trademap", "E (exports)"),
        ("re-exprots", "trademap", "RE (re-exports)"), ("balance", "comtrade", "X (exports)"),
        ("domestic exports", "trademap", "E (exports)"), ("re-imports", "trademap", "I (imports)"),
    ]  # fmt: skip
    for written, system, nearest in refused:
        with pytest.raises(CodeError) as caught:
            flow_code(written, system)
        assert caught.value.nearest[0] == nearest


def test_a_part_of_another_flow_says_which() -> None:
    assert {known.code: known.whole for known in FLOWS.values() if known.whole} == {
        **dict.fromkeys(("RX", "DX", "XIP", "XOP"), "X"),
        **dict.fromkeys(("RM", "FM", "MIP", "MOP"), "M"),
    }
    assert all(FLOWS[known.whole].side == known.side for known in FLOWS.values() if known.whole)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_a_flow(text: str) -> None:
    try:
        found = flow(text)
    except CodeError as error:
        assert "not a trade flow" in error.message
    else:
        assert found in FLOWS.values()

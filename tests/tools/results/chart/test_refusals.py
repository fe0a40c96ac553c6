"""Whatever is asked of whatever figures: a chart that can be drawn, or one of the errors that say what to do."""

from typing import Any, get_args

from charted import charted, kept, row
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.errors import TradestatError
from tradestat_tools.results.chart.drawing.draw import draw
from tradestat_tools.results.chart.figure import MOST_CHARS, Kind

rows = st.lists(
    st.builds(
        row,
        st.one_of(st.none(), st.integers(-(10**6), 10**13), st.floats(-1e6, 1e13)),
        flow=st.sampled_from(["X", "M", "RX"]),
        reporter=st.sampled_from(["156", "410", "0"]),
        partner=st.sampled_from(["0", "410", "392", "97", "276", "899", "490"]),
        product=st.sampled_from(["TOTAL", "85", "8507", "850760", "851712", "8507600090"]),
        period=st.sampled_from(["2019", "2020", "2021", "2023", "2023-01", "2023-02", "2022Q4"]),
        currency=st.sampled_from(["USD", "USD", "USD", "CNY"]),
        valuation=st.sampled_from(["FOB", "CIF", None]),
        source=st.sampled_from(["one", "one", "other"]),
        status=st.sampled_from(["reported", "provisional", "estimated", "summed"]),
    ),
    min_size=1,
    max_size=25,
)
questions = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["auto", *get_args(Kind)]),
        "measure": st.sampled_from(["value", "index", "weight"]),
        "flow": st.sampled_from(["X", "M"]),
        "period": st.sampled_from(["2019-2021", "2023", "last 2 years", "2023-01"]),
        "only": st.sampled_from([["Japan"], ["850760"], ["World"]]),
        "top": st.integers(1, 5),
        "log": st.booleans(),
    },
)


@given(rows, questions)
def test_a_chart_is_drawn_or_refused_with_what_to_do(some: list[dict[str, Any]], asked: dict[str, Any]) -> None:
    try:
        figure, _ = charted(kept(some), **asked)
    except TradestatError as error:
        assert error.remedy
        return
    assert figure.chars <= MOST_CHARS
    assert len(figure.finding) == 3
    assert len({one.unit for one in figure.series if one.unit is not None} | {figure.unit}) <= 2
    for theme in ("light", "dark"):
        assert draw(figure, theme).endswith("</svg>\n")

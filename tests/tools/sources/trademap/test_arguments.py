"""What is refused before a credit is spent, and how it is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.trademap.arguments import GoodsTimeSeriesArguments, ServicesTimeSeriesArguments
from tradestat_tools.sources.trademap.codes import read_partner, read_product, read_reporter, read_service

GOODS, SERVICES, INDICATORS = "goods_time_series", "services_time_series", "goods_trade_indicators"


def test_a_mistyped_code_or_name_is_answered_with_the_nearest():
    for raw, near in (({"country": "Germny"}, "Germany"), ({"country": "156", "product": "8507601"}, "850760")):
        with pytest.raises(InvalidQuery) as refused:
            parse_arguments(GoodsTimeSeriesArguments, raw)
        assert any(near in candidate for candidate in refused.value.nearest)


def test_flows_may_be_written_as_words():
    for spelled, flow in [
        ("import", "I"), ("Imports", "I"), ("M", "I"), ("EXPORT", "E"), ("x", "E"), ("re-exports", "RE"), ("TB", "TB"),
    ]:  # fmt: skip
        assert parse_arguments(GoodsTimeSeriesArguments, {"country": "156", "trade_flow": spelled}).trade_flow == flow


KOREA = ("KR", "kor", "410", "South Korea", "Korea, Rep. of", "韩国", "한국")


def test_codes_are_read_in_their_usual_spellings():
    for read, codes in [
        (read_reporter, {"CN": "156", "chn": "156", "中国": "156", "4": "004", "356": "699", "757": "757"}),
        (read_reporter, dict.fromkeys((*KOREA, "Korea"), "410")),
        (read_partner, dict.fromkeys(("000", "0", "World", "all", "全球"), "000")),
        (read_product, {"all": "ALL", "Total": "ALL", "8517.12": "851712", "8507 60": "850760", "HS 85": "85"}),
        (read_product, {"01": "01", **dict.fromkeys(("0202300000", "0202.30.00", "０２０２３０００"), "020230")}),
        (read_service, {"ALL": "ALL", "S00": "ALL", "3": "S03", "3.1.1": "S03001001", "s03001": "S03001"}),
    ]:  # fmt: skip
        assert {word: read(word).code for word in codes} == codes


def test_what_the_caller_may_not_expect_is_said():
    for read, word, reading in [
        (read_partner, "China", "'China' was read as China (156). China here is mainland China"),
        (read_partner, "356", "'356' was read as India (699). "),
        (read_partner, "Taiwan", "'Taiwan' was read as Other Asia, nes (used for Taiwan) (490)"),
        (read_reporter, "Korea", "'Korea' was read as South Korea (410). "),
        (read_service, "SC11", "'SC11' was read as Sea transport: passenger (S03001001)."),
        (read_product, "0202.30.00", "(020230). The digits after the sixth are a country's own"),
    ]:  # fmt: skip
        assert reading in read(word).reading


def test_what_means_one_thing_needs_no_word():
    usual = [
        *(read_reporter(word) for word in KOREA),
        read_partner("all"),
        read_product("0202.30"),
        read_service("3.1"),
    ]
    assert not any(one.reading for one in usual)


def test_ascending_order_is_allowed_where_the_table_is_small():
    asked = {"country": "156", "service": "S03", "by": "byService", "sort_dir": "asc", "page_size": 100}
    assert parse_arguments(ServicesTimeSeriesArguments, asked).sort_dir == "asc"
    one_partner = {"country": "156", "service": "S03", "partner": "842", "sort_dir": "asc"}
    assert parse_arguments(ServicesTimeSeriesArguments, one_partner).sort_dir == "asc"
    assert parse_arguments(GoodsTimeSeriesArguments, {"country": "156", "sort_dir": "asc"}).sort_dir == "asc"


@given(
    st.text(max_size=40), st.sampled_from(["country", "partner", "product", "trade_flow", "by", "sort_by", "period_to"])
)
def test_free_text_is_read_or_refused_and_never_breaks(text: str, argument: str):
    try:
        read = parse_arguments(GoodsTimeSeriesArguments, {"country": "156"} | {argument: text})
    except InvalidQuery as refused:
        assert refused.argument == argument
        return
    assert read.country.code.isdigit() or read.country.group
    assert read.product.code == "ALL" or read.product.code.isdigit()

"""Reading raw arguments: forgiving where it is safe, clear where it is not."""

from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BeforeValidator, Field, model_validator

from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.arguments import ArgumentError, Arguments, parse_arguments
from tradestat_tools.model.errors import InvalidQuery


def _code(value: Any) -> Any:
    if value == "none such":
        raise CodeError("There is no such code.", allowed="codes", nearest=("456",))
    if value == "nope":
        raise ArgumentError("`nope` is no code.", allowed="digits", nearest=("123",))
    return value


class Question(Arguments):
    country: str = Field(description="Reporter, three digits.")
    product: Annotated[str, BeforeValidator(_code)] = Field(default="ALL", description="HS code.")
    sort_dir: Literal["asc", "desc"] = "desc"
    page_size: int = Field(default=100, ge=1, le=500)
    partners: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _not_the_world(self) -> "Question":
        if self.country == "000":
            raise ArgumentError("The world can not report.", argument="country", allowed="one country")
        return self


def refused(**raw: Any) -> InvalidQuery:
    with pytest.raises(InvalidQuery) as caught:
        parse_arguments(Question, raw)
    return caught.value


def test_plain_arguments_are_read() -> None:
    question = parse_arguments(Question, {"country": "156", "page_size": 5})
    assert (question.country, question.page_size, question.product) == ("156", 5, "ALL")


def test_an_argument_sent_as_null_is_left_out() -> None:
    for word in ["null", "None", "undefined", "", " ", None]:
        assert parse_arguments(Question, {"country": "156", "product": word}).product == "ALL"


def test_numbers_and_text_are_taken_for_each_other() -> None:
    question = parse_arguments(Question, {"country": 156, "page_size": "20"})
    assert (question.country, question.page_size) == ("156", 20)


def test_a_list_may_arrive_as_text() -> None:
    for value in [["156", "410"], '["156", "410"]', "156,410", "156, 410"]:
        assert parse_arguments(Question, {"country": "1", "partners": value}).partners == ["156", "410"]


def test_an_unknown_argument_is_named_with_the_nearest_known_one() -> None:
    error = refused(country="156", prodct="85")
    assert error.argument == "prodct"
    assert error.nearest == ("product",)
    assert "country, product, sort_dir, page_size, partners" in (error.allowed or "")


def test_a_comma_within_a_name_parts_no_list() -> None:
    for text, read in [
        ("Japan (JP, 392), KOR", ["Japan (JP, 392)", "KOR"]), ("Korea, Rep., Japan", ["Korea, Rep.", "Japan"]),
        ("Guinea, Equatorial", ["Guinea, Equatorial"]), ("Hong Kong, Japan", ["Hong Kong", "Japan"]),
        ("HKG,CHN", ["HKG", "CHN"]), ("M,X", ["M", "X"]), ('["Hong Kong, China"]', ["Hong Kong, China"]),
    ]:  # fmt: skip
        assert parse_arguments(Question, {"country": "1", "partners": text}).partners == read


def test_what_may_be_one_area_or_two_is_answered_with_both() -> None:
    for text in ["Hong Kong, China", "Japan, China, Taiwan", "Macao, China"]:
        error = refused(country="156", partners=text)
        assert error.argument == "partners"
        assert len(error.nearest) > 1
        assert [parse_arguments(Question, {"country": "1", "partners": one}).partners for one in error.nearest] == [
            [one] for one in error.nearest
        ]


def test_another_word_for_an_argument_leads_to_it() -> None:
    """And not to the one spelt most like it: `partners` in place of `reporter` would turn the flow round."""
    for name, meant in [("reporter", "country"), ("hs_code", "product"), ("PageSize", "page_size")]:
        assert refused(**{"country": "156", name: "410"}).nearest == (meant,)


def test_a_missing_argument_is_named() -> None:
    error = refused(product="85")
    assert error.argument == "country"
    assert "missing" in error.message


def test_a_required_argument_sent_as_null_is_missing() -> None:
    assert "missing" in refused(country="null").message


def test_a_word_outside_an_enum_is_answered_with_the_choices_and_the_nearest() -> None:
    error = refused(country="156", sort_dir="descending")
    assert error.allowed == "one of asc, desc"
    assert error.nearest == ("desc",)


def test_a_number_out_of_range_is_refused_with_its_argument() -> None:
    error = refused(country="156", page_size=9000)
    assert (error.argument, error.allowed, error.nearest) == ("page_size", "1 to 500", ("500",))
    assert "9000" in error.message
    assert refused(country="156", page_size=0).nearest == ("1",)


def test_a_validators_own_words_reach_the_caller() -> None:
    error = refused(country="156", product="nope")
    assert (error.message, error.allowed, error.nearest) == ("`nope` is no code.", "digits", ("123",))


def test_what_the_code_tables_say_reaches_the_caller() -> None:
    error = refused(country="156", product="none such")
    assert (error.argument, error.message) == ("product", "There is no such code.")
    assert (error.allowed, error.nearest) == ("codes", ("456",))


def test_a_rule_over_several_arguments_names_the_one_at_fault() -> None:
    assert refused(country="000").argument == "country"


def test_control_characters_are_refused() -> None:
    for text in ["a\x00b", "a\nb", "\x1b[31m", "\x7f"]:
        assert "control characters" in refused(country=text).message
        assert "control characters" in refused(country="1", partners=[text]).message


def test_a_huge_text_is_refused_without_being_repeated() -> None:
    error = refused(country="x" * 10_000)
    assert "10000 characters" in error.message
    assert len(str(error.as_dict())) < 600


def test_a_huge_or_hostile_argument_name_is_not_repeated_whole() -> None:
    error = refused(country="1", **{"x\n" * 5000: "y"})
    assert len(str(error.as_dict())) < 600
    assert "\n" not in error.message


@given(
    st.dictionaries(
        st.one_of(st.sampled_from(["country", "product", "sort_dir", "page_size", "partners"]), st.text(max_size=20)),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(),
            st.text(max_size=400),
            st.lists(st.text(max_size=10)),
            st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
        ),
        max_size=6,
    )
)
def test_whatever_is_sent_is_read_or_refused_in_our_own_words(raw: dict[str, Any]) -> None:
    try:
        parse_arguments(Question, raw)
    except InvalidQuery as error:
        assert error.message
        assert error.remedy
        assert len(str(error.as_dict())) < 1500


def test_a_whole_number_written_with_a_point_is_read_as_that_number() -> None:
    for sent, read in [(2023.0, "2023"), (851713.0, "851713"), (410, "410"), (8507.6, "8507.6")]:
        assert parse_arguments(Question, {"country": sent}).country == read
        assert parse_arguments(Question, {"country": "1", "partners": [sent]}).partners == [read]


def test_a_float_that_is_whole_counts_where_an_integer_is_meant_and_any_other_does_not() -> None:
    assert parse_arguments(Question, {"country": "1", "page_size": 20.0}).page_size == 20
    assert refused(country="1", page_size=20.5).argument == "page_size"


def test_a_float_too_large_to_be_exact_is_not_given_digits_nobody_wrote() -> None:
    assert parse_arguments(Question, {"country": 1e22}).country == "1e+22"


def test_an_argument_error_may_say_what_to_do_next() -> None:
    class Asked(Arguments):
        code: Annotated[str, BeforeValidator(_with_remedy)]

    with pytest.raises(InvalidQuery) as caught:
        parse_arguments(Asked, {"code": "85"})
    assert caught.value.remedy == "Ask the heading."


def _with_remedy(value: Any) -> Any:
    raise ArgumentError(f"{value} is no code.", remedy="Ask the heading.")

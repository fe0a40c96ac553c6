"""The closed set of failures as plain data."""

import pytest

from tradestat_tools.errors import ERRORS, InvalidQuery, QuotaExhausted, TradestatError, error_from_dict


def test_the_set_is_closed_and_every_kind_is_its_class_name() -> None:
    assert set(TradestatError.__subclasses__()) == set(ERRORS)
    assert [error.kind for error in ERRORS] == [error.__name__ for error in ERRORS]


def test_an_error_says_only_what_is_known() -> None:
    assert QuotaExhausted("Used up.", remedy="Wait.").as_dict() == {
        "kind": "QuotaExhausted",
        "message": "Used up.",
        "remedy": "Wait.",
    }
    assert QuotaExhausted("Used up.", remedy="Wait.", source="korea", retry_after=12.34).as_dict() == {
        "kind": "QuotaExhausted",
        "message": "Used up.",
        "remedy": "Wait.",
        "source": "korea",
        "retry_after": 12.3,
    }


def test_a_wrong_argument_comes_with_what_is_allowed_and_the_nearest() -> None:
    error = InvalidQuery("No.", argument="country", allowed="three digits", nearest=["156"])
    assert error.as_dict() == {
        "kind": "InvalidQuery",
        "message": "No.",
        "remedy": "Try 156.",
        "argument": "country",
        "allowed": "three digits",
        "nearest": ["156"],
    }


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_survives_being_written_down(kind: type[TradestatError]) -> None:
    if kind is InvalidQuery:
        error: TradestatError = InvalidQuery("No.", argument="a", allowed="b", nearest=["c"], source="korea")
    else:
        error = kind("No.", remedy="Do.", source="korea", retry_after=3.0)
    again = error_from_dict(error.as_dict())
    assert type(again) is kind
    assert again.as_dict() == error.as_dict()

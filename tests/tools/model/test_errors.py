"""The closed set of failures as plain data."""

from tradestat_tools.model.errors import ERRORS, InvalidQuery, NoData, QuotaExhausted, TradestatError, error_from_dict
from tradestat_tools.model.reasons import Reason, Why


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
        "kind": "InvalidQuery", "message": "No.", "remedy": "Try 156.", "argument": "country",
        "allowed": "three digits", "nearest": ["156"],
    }  # fmt: skip


def test_an_error_survives_being_written_down() -> None:
    for kind in ERRORS:
        if kind is InvalidQuery:
            error: TradestatError = InvalidQuery("No.", argument="a", allowed="b", nearest=["c"], source="korea")
        elif kind is NoData:
            why = [Why(Reason.ZERO, "None was traded.", sure=True), Why(Reason.SUPPRESSED, "It may be kept back.")]
            error = NoData("No.", remedy="Do.", why=why, source="korea", retry_after=3.0)
        else:
            error = kind("No.", remedy="Do.", source="korea", retry_after=3.0)
        again = error_from_dict(error.as_dict())
        assert type(again) is kind
        assert again.as_dict() == error.as_dict()


def test_an_empty_answer_says_its_reasons_and_how_sure_they_are() -> None:
    why = [Why(Reason.NOT_COVERED, "The country does not report months.", sure=True)]
    known = NoData("Nothing.", remedy="Ask for years.", why=why).as_dict()
    assert known["why"] == [{"reason": "not_covered", "sure": True, "text": "The country does not report months."}]

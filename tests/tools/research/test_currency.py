"""Average exchange rates: official ones, whole periods only, never beyond what is covered."""

import csv
import io
import zipfile
from collections.abc import Iterator
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.periods import Period, period
from tradestat_tools.research.currency import NoRate, average_rate, currencies, source_of_rates


def published(code: str, months: set[str]) -> Iterator[tuple[float, float]]:
    """(dollars, units of the currency) for a euro on each day of some months, read from the bank's own file."""
    archive = resources.files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        text = file.read(file.namelist()[0]).decode("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        if row["Date"][:7] in months and row[code] != "N/A":
            yield float(row["USD"]), float(row[code])


def test_the_rate_of_a_month_is_the_mean_of_the_days_in_the_banks_own_file() -> None:
    days = [dollars / yuan for dollars, yuan in published("CNY", {"2024-03"})]
    rate = average_rate("CNY", "USD", period("2024-03"))
    assert rate.value == pytest.approx(sum(days) / len(days), rel=1e-12)
    assert (rate.days, str(rate.first_day), str(rate.last_day)) == (len(days), "2024-03-01", "2024-03-28")


def test_the_rate_of_a_year_is_the_mean_of_all_of_its_days() -> None:
    days = [won / dollars for dollars, won in published("KRW", {f"2023-{month:02d}" for month in range(1, 13)})]
    rate = average_rate("USD", "KRW", Period(2023))
    assert rate.value == pytest.approx(sum(days) / len(days), rel=1e-12)
    assert 1200 < rate.value < 1400


def test_the_first_month_of_the_euro_begins_after_a_holiday_and_is_whole() -> None:
    assert str(average_rate("USD", "EUR", period("1999-01")).first_day) == "1999-01-04"
    assert average_rate("EUR", "USD", Period(1999)).days > 250
    with pytest.raises(NoRate, match="covered from 1999-01-01"):
        average_rate("EUR", "USD", Period(1998))


def test_a_currency_is_worth_itself() -> None:
    assert average_rate("USD", "usd", Period(2024)).value == 1.0


def test_a_rate_says_where_it_comes_from_and_to_which_day() -> None:
    assert source_of_rates().startswith("European Central Bank, euro foreign exchange reference rates, to 20")
    assert average_rate("EUR", "USD", Period(2020)).source == source_of_rates()


@pytest.mark.parametrize(
    ("base", "when", "said"),
    [
        ("CNY", "2004", "covered from 2005-04-01"),
        ("CNY", "2005Q1", "covered from 2005-04-01"),
        ("CNY", "2005", "covered from 2005-04-01"),
        ("USD", "2090", "2090 is not, or not as a whole"),
        ("RUB", "2022", "2022 is not, or not as a whole"),
        ("ISK", "2010-05", "none for ISK against USD on 2"),
    ],
)
def test_a_period_that_is_not_wholly_covered_has_no_rate(base: str, when: str, said: str) -> None:
    with pytest.raises(NoRate, match=said):
        average_rate(base, "EUR" if base == "USD" else "USD", period(when))


def test_the_running_month_at_the_end_of_the_rates_has_none() -> None:
    newest = source_of_rates().partition("to ")[2][:10]
    after = period(newest[:7]).shifted(1)
    with pytest.raises(NoRate, match="not as a whole"):
        average_rate("EUR", "USD", after)


def test_an_unknown_currency_is_named_with_the_nearest() -> None:
    with pytest.raises(NoRate, match=r"'KRV' has no rates. Nearest: .*KRW"):
        average_rate("KRV", "USD", Period(2024))


@given(st.sampled_from(["CNY", "KRW", "JPY", "GBP", "EUR"]), st.integers(2006, 2024), st.integers(1, 12))
def test_a_rate_and_its_reverse_cancel_but_for_the_days_moving(code: str, year: int, number: int) -> None:
    month = Period(year, "month", number)
    there, back = average_rate(code, "USD", month), average_rate("USD", code, month)
    assert there.value * back.value == pytest.approx(1, abs=0.02)
    assert there.days == back.days >= 15


def test_the_currencies_of_the_services_are_covered() -> None:
    assert {"USD", "CNY", "KRW", "EUR"} <= set(currencies())

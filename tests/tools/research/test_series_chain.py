"""`trade_series` of the same goods through the editions of the HS."""

from typing import Any

import pytest

from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import InvalidQuery, TooLarge, TradestatError

pytestmark = pytest.mark.anyio

PHONES: dict[str, Any] = {"reporter": "Germany", "product": "851712", "period": "2020-2023"}


async def _series(of: Context, **asked: Any) -> dict[str, Any]:
    return (await of.call("trade_series", asked)).structured()["data"]


async def _refused(of: Context, **asked: Any) -> TradestatError:
    with pytest.raises(TradestatError) as error:
        await of.call("trade_series", asked)
    return error.value


async def test_a_chain_sums_the_successors_from_the_year_of_the_break(context: Context) -> None:
    found = await _series(context, **PHONES, chain=True, also=["growth"])
    assert found["codes"] == ["851712"] * 2 + ["851713 + 851714"] * 2
    assert found["status"] == ["reported"] * 2 + ["summed"] * 2
    old = await _series(context, **{**PHONES, "period": "2020-2021"})
    parts = [
        await _series(context, **{**PHONES, "product": code, "period": "2022-2023"}) for code in ("851713", "851714")
    ]
    sums = [first + second for first, second in zip(parts[0]["values"], parts[1]["values"], strict=True)]
    assert found["values"] == pytest.approx([*old["values"], *sums])
    assert found["growth_year"][2] == pytest.approx(sums[0] / old["values"][1] - 1)
    assert found["product"] == "851712"


async def test_a_chain_says_which_codes_stand_for_which_years_in_rows_and_in_a_note(context: Context) -> None:
    answer = await context.call("trade_series", {**PHONES, "chain": True})
    table = answer.data.tables()[0]
    at = table.columns.index("codes")
    assert [row[at] for row in table.rows] == ["851712"] * 2 + ["851713 + 851714"] * 2
    notes = [note.text for note in answer.notes if note.code == "edition_break"]
    assert len(notes) == 1
    assert "2020 to 2021 851712; 2022 to 2023 851713 + 851714" in notes[0]
    assert "851713" in answer.what
    assert "smartphones" in answer.what


async def test_months_are_chained_by_their_year(context: Context) -> None:
    found = await _series(context, **{**PHONES, "reporter": "China", "period": "2021-12..2022-01"}, chain=True)
    assert found["codes"] == ["851712", "851713 + 851714"]
    assert None not in found["values"]


async def test_a_period_in_which_one_code_has_no_figure_has_no_sum(context: Context) -> None:
    asked = {"reporter": "Korea", "product": "854140", "period": "2021-2022", "source": "comtrade"}
    answer = await context.call("trade_series", {**asked, "chain": True})
    assert answer.data.values[0] is not None
    assert answer.data.values[1] is None
    assert any("No sum in 2022, for want of 854141" in note.text for note in answer.notes)


async def test_a_chain_that_would_mix_in_other_goods_is_refused_before_anything_is_sent(context: Context) -> None:
    error = await _refused(context, **{**PHONES, "product": "851713"}, chain=True)
    assert isinstance(error, InvalidQuery)
    assert "851714" in error.message
    assert error.nearest == ("851712",)


@pytest.mark.parametrize("product", ["TOTAL", "8517", "8517120000"])
async def test_only_subheadings_have_chains(context: Context, product: str) -> None:
    assert isinstance(await _refused(context, **{**PHONES, "product": product}, chain=True), InvalidQuery)


async def test_the_credits_of_all_codes_of_a_chain_are_counted_together(context: Context) -> None:
    asked = {**PHONES, "source": "trademap", "chain": True}
    error = await _refused(context, **asked, max_credits=2)
    assert isinstance(error, TooLarge)
    assert "3 credits" in error.message
    assert None not in (await _series(context, **asked, max_credits=3))["values"]


async def test_without_asking_no_codes_are_summed(context: Context) -> None:
    found = await _series(context, **PHONES)
    assert "codes" not in found
    assert found["values"][2:] == [None, None]

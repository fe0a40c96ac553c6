"""All pages of a table as one question: its cost is known first, nothing is paid twice, and no row is doubled."""

from datetime import timedelta
from typing import Any

import pytest

from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import TooLarge, UpstreamChanged, UpstreamDown

pytestmark = pytest.mark.anyio

CREDIT = {"x_credits_charged": "1"}


class Table:
    """The Emirates' imports of beef, two partners a page, as the service gives them."""

    def __init__(self, parsebot: Any, payloads: Any) -> None:
        self.parsebot = parsebot
        self.payloads = payloads
        self.partners = payloads.beef_partners()
        self.pages = 14

    def page(self, number: int, *, rows: list[Any] | None = None, total: Any = None) -> dict[str, Any]:
        return self.payloads.table(
            self.partners[2 * number - 2 : 2 * number] if rows is None else rows,
            [self.payloads.beef_total() if total is None else total],
            total=27,
            page=number,
            pages=self.pages,
            per_page=2,
        )

    def queue(self, *pages: dict[str, Any]) -> None:
        for page in pages:
            self.parsebot.says({"status": "success", "data": page}, **CREDIT)

    async def answer(self, **arguments: Any) -> Any:
        """As `ask`, by itself."""
        async with self.parsebot.context() as context:
            return await self.ask(context, **arguments)

    async def ask(self, context: Context, **arguments: Any) -> Any:
        usual = {"country": "784", "product": "020230", "trade_flow": "I", "period_from": 2024, "period_to": 2024}
        asked = usual | {"page_size": 2, "all_pages": True, "max_calls": 20} | arguments
        return await context.call("goods_time_series", asked)

    def asked(self) -> list[int]:
        return [int(sent.params["page"]) for sent in self.parsebot.sent]


@pytest.fixture
def table(parsebot: Any, payloads: Any) -> Table:
    return Table(parsebot, payloads)


def cost(answer: Any) -> list[str]:
    return [note.text for note in answer.notes if note.code is NoteCode.COST]


async def test_every_row_is_there_once_in_order_and_the_total_stays_the_services_own(table: Table) -> None:
    table.queue(*(table.page(number) for number in range(1, 15)))
    answer = await table.answer()
    assert [row.partnerCd for row in answer.data.records] == [row["partnerCd"] for row in table.partners]
    assert len(answer.data.records) == 27
    (total,) = answer.data.aggregateRecords
    assert total.values == [713_748], "not 14 times as much, and not the sum of the rows"
    assert (answer.data.page, answer.data.nbPages, answer.data.nbRecords) == (1, 1, 27)
    assert (answer.source.calls, answer.source.credits_charged) == (14, 14)
    assert cost(answer) == ["14 pages joined into one table: 14 calls, 14 credits."]
    assert answer.more is None
    codes = [note.code for note in answer.notes]
    assert NoteCode.SUBSET not in codes
    assert NoteCode.ROUNDING in codes, "the sum of all rows is compared with the total: 713,750"
    assert table.asked() == list(range(1, 15))


@pytest.mark.parametrize(
    ("said", "sent"),
    [({}, "500"), ({"page_size": 50}, "50"), ({"sort_dir": "asc"}, "50"), ({"all_pages": False}, "50")],
)
async def test_all_pages_are_as_large_as_can_be_where_their_size_is_left_open(
    parsebot: Any, payloads: Any, said: dict[str, Any], sent: str
) -> None:
    parsebot.says({"status": "success", "data": payloads.table(payloads.beef_partners(), [payloads.beef_total()])})
    asked = {"country": "784", "product": "020230", "trade_flow": "I", "period_from": 2024, "period_to": 2024}
    async with parsebot.context() as context:
        await context.call("goods_time_series", asked | {"all_pages": True} | said)
    assert [one.params["page_size"] for one in parsebot.sent] == [sent]


async def test_more_calls_than_allowed_are_counted_and_not_made(table: Table) -> None:
    table.queue(table.page(1))
    async with table.parsebot.context() as context:
        with pytest.raises(TooLarge) as caught:
            await table.ask(context, max_calls=5)
    assert "14 pages" in caught.value.message
    assert "13 more calls (13 credits)" in caught.value.message
    assert "max_calls=13" in caught.value.remedy
    assert table.asked() == [1]


async def test_the_number_that_was_said_is_enough_and_the_first_page_is_not_asked_again(table: Table) -> None:
    table.queue(*(table.page(number) for number in range(1, 15)))
    async with table.parsebot.context() as context:
        with pytest.raises(TooLarge):
            await table.ask(context, max_calls=5)
        answer = await table.ask(context, max_calls=13)
    assert table.asked() == list(range(1, 15))
    assert cost(answer) == ["14 pages joined into one table: 13 calls, 13 credits; stored: 1."]


async def test_a_table_beyond_the_largest_allowance_is_to_be_made_smaller(table: Table) -> None:
    table.pages = 400
    table.queue(table.page(1))
    async with table.parsebot.context() as context:
        with pytest.raises(TooLarge) as caught:
            await table.ask(context, max_calls=50)
    assert "399 more calls" in caught.value.message
    assert caught.value.remedy.startswith("Ask for less: a larger page_size")


async def test_after_a_failure_only_the_pages_that_did_not_come_are_asked(table: Table) -> None:
    table.pages = 5
    table.queue(table.page(1), table.page(2))
    table.parsebot.says({"error": {"status": "upstream_error"}}, 502, **CREDIT)
    async with table.parsebot.context() as context:
        with pytest.raises(UpstreamDown) as caught:
            await table.ask(context)
        assert caught.value.message.startswith("Page 3 of 5: ")
        assert "asking again takes only the rest" in caught.value.remedy
        assert table.asked() == [1, 2, 3]
        table.queue(table.page(3), table.page(4), table.page(5))
        answer = await table.ask(context, max_calls=3)
        again = await table.ask(context, max_calls=1)
    assert table.asked() == [1, 2, 3, 3, 4, 5]
    assert len(answer.data.records) == 10
    assert cost(answer) == ["5 pages joined into one table: 3 calls, 3 credits; stored: 2."]
    assert cost(again) == ["5 pages joined into one table: no call; stored: 5."]
    assert again.data == answer.data
    assert again.source.state == "cached"


async def test_a_page_number_that_is_ignored_is_found_out_after_one_call(table: Table) -> None:
    table.queue(table.page(1), table.page(1))
    async with table.parsebot.context() as context:
        with pytest.raises(UpstreamChanged, match="rows of the pages before it"):
            await table.ask(context)
    assert table.asked() == [1, 2]


async def test_an_answer_to_another_question_is_refused_before_more_is_paid(table: Table) -> None:
    rows = [table.payloads.record("156", "076", "020230", {2024: 1})]
    table.queue(table.page(1, rows=rows))
    async with table.parsebot.context() as context:
        with pytest.raises(UpstreamChanged, match="reporterCd"):
            await table.ask(context)
    assert table.asked() == [1]


async def test_a_row_that_came_on_two_pages_is_given_once_with_its_newest_figure(table: Table) -> None:
    table.pages = 2
    first, second = table.partners[:2], table.partners[2:4]
    newer = table.payloads.record("784", first[1]["partnerCd"], "020230", {2024: 999})
    table.queue(table.page(1, rows=first))
    async with table.parsebot.context() as context:
        with pytest.raises(TooLarge):
            await table.ask(context, max_calls=1)
        table.parsebot.now += timedelta(days=2)
        table.queue(table.page(2, rows=[newer, second[0]]))
        answer = await table.ask(context)
    assert [row.partnerCd for row in answer.data.records] == [r["partnerCd"] for r in (*first, second[0])]
    assert answer.data.records[1].values == [999]
    (revised,) = (note.text for note in answer.notes if note.code is NoteCode.REVISED)
    assert "came on two pages: 1." in revised
    assert f"with the newer figures where they differ (784/{first[1]['partnerCd']}/020230)" in revised


async def test_a_row_that_two_pages_of_one_day_state_unlike_has_no_figure(table: Table) -> None:
    table.pages = 2
    first, second = table.partners[:2], table.partners[2:4]
    other = table.payloads.record("784", first[1]["partnerCd"], "020230", {2024: 999})
    table.queue(table.page(1, rows=first), table.page(2, rows=[other, second[0]]))
    answer = await table.answer()
    assert answer.data.records[1].values == [None]
    assert answer.data.records[0].values != [None]
    (said,) = (note.text for note in answer.notes if "contradict each other" in note.text)
    assert f"784/{first[1]['partnerCd']}/020230" in said


async def test_a_row_that_one_page_states_twice_and_unlike_has_no_figure_and_is_named(table: Table) -> None:
    table.pages = 1
    first = table.partners[:2]
    other = table.payloads.record("784", first[1]["partnerCd"], "020230", {2024: 999})
    table.queue(table.page(1, rows=[*first, other]))
    answer = await table.answer()
    assert answer.data.records[1].values == [None]
    assert any(f"two figures of 784/{first[1]['partnerCd']}/020230" in note.text for note in answer.notes)
    assert any(note.code is NoteCode.SUBSET for note in answer.notes), "3 of 27 rows"


async def test_a_table_that_was_revised_between_two_pages_says_so_and_gives_the_newest_total(table: Table) -> None:
    table.pages = 2
    table.queue(table.page(1))
    async with table.parsebot.context() as context:
        with pytest.raises(TooLarge):
            await table.ask(context, max_calls=1)
        table.parsebot.now += timedelta(days=2)
        table.queue(table.page(2, total=table.payloads.record("784", "000", "020230", {2024: 800_000})))
        answer = await table.ask(context)
    assert answer.data.aggregateRecords[0].values == [800_000]
    (revised,) = (note.text for note in answer.notes if note.code is NoteCode.REVISED)
    assert "2026-10-20, 2026-10-22" in revised


async def test_indicators_of_two_reference_years_are_not_joined(table: Table) -> None:

    def page(number: int, year: int) -> dict[str, Any]:
        rows = table.partners[2 * number - 2 : 2 * number]
        rows = [row | {"data": [{"indicatorCd": "VAL", "value": 1}]} for row in rows]
        return table.payloads.table(rows, [], total=4, page=number, pages=2, per_page=2, refYear=year)

    table.queue(page(1, 2024), page(2, 2025))
    asked = {"country": "784", "product": "020230", "trade_flow": "I", "page_size": 2, "all_pages": True}
    async with table.parsebot.context() as context:
        with pytest.raises(UpstreamChanged, match="another reference year"):
            await context.call("goods_trade_indicators", asked)

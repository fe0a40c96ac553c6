"""Groups of countries: the cost said first, a row for each member, and a sum only where it is one."""

from typing import Any

import pytest

from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import NoData, TooLarge, UpstreamDown, UpstreamRefused
from tradestat_tools.model.reasons import Reason

pytestmark = pytest.mark.anyio

CREDIT = {"x_credits_charged": "1"}
BEEF = {"product": "020230", "trade_flow": "I", "period_from": 2023, "period_to": 2024}


class Members:
    """USMCA's members' imports of beef, one table a member; Canada's is asked first."""

    def __init__(self, parsebot: Any, payloads: Any) -> None:
        self.parsebot = parsebot
        self.payloads = payloads

    def gives(self, country: str, values: dict[int, float | None], partner: str = "000", **more: Any) -> None:
        total = self.payloads.record(country, partner, "020230", values, **more)
        rows = [self.payloads.record(country, "036", "020230", values)]
        table = self.payloads.table(rows, [total])
        self.parsebot.says({"status": "success", "data": table}, **CREDIT)

    def all_three(self) -> None:
        self.gives("124", {2023: 10, 2024: 20})
        self.gives("484", {2023: 1, 2024: 2})
        self.gives("842", {2023: 100, 2024: 200})

    async def answer(self, **arguments: Any) -> Answer[Any]:
        """As `ask`, by itself."""
        async with self.parsebot.context() as context:
            return await self.ask(context, **arguments)

    async def ask(self, context: Context, tool: str = "goods_time_series", **arguments: Any) -> Answer[Any]:
        return await context.call(tool, {"country": "USMCA"} | BEEF | arguments)

    def asked(self) -> list[str]:
        return [sent.params["country"] for sent in self.parsebot.sent if "country" in sent.params]


@pytest.fixture
def members(parsebot: Any, payloads: Any) -> Members:
    return Members(parsebot, payloads)


def texts(answer: Answer[Any], code: NoteCode) -> str:
    return " ".join(note.text for note in answer.notes if note.code is code)


async def test_every_member_has_its_own_total_as_a_row_and_the_sum_says_that_it_is_ours(members: Members):
    members.all_three()
    answer = await members.answer()
    assert members.asked() == ["124", "484", "842"]
    assert [(row.reporterCd, row.values) for row in answer.data.records] == [
        ("842", [100, 200]),
        ("124", [10, 20]),
        ("484", [1, 2]),
    ]
    assert answer.data.aggregateRecords == [], "the service gave no total of the group"
    assert (answer.data.group.id, answer.data.group.members, answer.data.group.missing) == ("USMCA", 3, {})
    assert answer.data.group.sum == [111, 222]
    summed, rows = answer.data.tables()
    assert summed.title == "Sum of the members of United States-Mexico-Canada Agreement (USMCA), added up here"
    assert list(summed.rows) == [("USMCA", 111, 222)]
    assert rows.columns == ("reporterCd", "reporter", "2023", "2024")
    assert "United States-Mexico-Canada Agreement (USMCA, 3 members) from all partners" in answer.what
    assert "trade among the members is in it" in texts(answer, NoteCode.DOUBLE_COUNTING)
    assert "3 members as of 2020-07-01" in texts(answer, NoteCode.RESOLVED_CODE)
    assert texts(answer, NoteCode.COST) == "3 tables, one a member: 3 calls, 3 credits."
    assert (answer.source.calls, answer.source.credits_charged) == (3, 3)


async def test_the_cost_is_said_before_anything_is_sent_and_what_is_stored_costs_nothing(members: Members):
    async with members.parsebot.context() as context:
        with pytest.raises(TooLarge) as first:
            await members.ask(context, max_calls=2)
        assert members.asked() == []
        members.gives("484", {2023: 1, 2024: 2})
        await members.ask(context, country="MX")
        with pytest.raises(TooLarge) as second:
            await members.ask(context, max_calls=1)
        assert members.asked() == ["484"]
        members.gives("124", {2023: 10, 2024: 20})
        members.gives("842", {2023: 100, 2024: 200})
        answer = await members.ask(context, max_calls=2)
    assert "3 of them are not stored and take a call each (3 credits), and max_calls allows 2" in first.value.message
    assert first.value.remedy.startswith("Set max_calls=3 to allow it, or ask for a smaller group")
    assert "124, 484, 842" in first.value.remedy
    assert "2 of them are not stored" in second.value.message
    assert texts(answer, NoteCode.COST) == "3 tables, one a member: 2 calls, 2 credits; stored: 1."


async def test_an_endpoint_of_a_higher_price_costs_its_price_for_each_member(members: Members):
    members.parsebot.describes_endpoints(
        goods_time_series={"input_params": {}, "price": 3}, services_time_series={"input_params": {}}
    )
    async with members.parsebot.context() as context:
        with pytest.raises(TooLarge, match=r"3 of them .* \(9 credits\)"):
            await members.ask(context, max_calls=1)


async def test_a_year_that_a_member_lacks_has_no_sum_and_the_member_is_named(members: Members):
    members.gives("124", {2023: 10, 2024: None})
    members.gives("484", {2023: 1, 2024: 2})
    members.gives("842", {2023: 100, 2024: 200})
    answer = await members.answer()
    assert answer.data.group.sum == [111, None]
    assert answer.data.group.missing == {}
    assert "No sum for 2024 (Canada (124)): not every member has a figure." in texts(answer, NoteCode.ABSENT)
    assert [row.values for row in answer.data.records] == [[100, 200], [1, 2], [10, None]]


async def test_a_member_without_any_figure_leaves_rows_and_no_sum(members: Members):
    members.gives("124", {2023: 10, 2024: 20})
    members.parsebot.says({"status": "success", "data": members.payloads.table([], [])}, **CREDIT)
    members.gives("842", {2023: 100, 2024: 200})
    answer = await members.answer()
    assert answer.data.group.sum is None
    assert list(answer.data.group.missing) == ["Mexico (484)"]
    assert "not_reported" in answer.data.group.missing["Mexico (484)"]
    assert len(answer.data.records) == 2
    assert "Members without a figure: Mexico (484)" in texts(answer, NoteCode.ABSENT)
    assert len(answer.data.tables()) == 1, "no table of a sum"


async def test_members_that_can_have_no_figure_are_not_paid_for(members: Members):
    listed = [
        members.payloads.country("124", "Canada", yearly246=(2001, 2024)),
        members.payloads.country("842", "United States", yearly246=(2001, 2023)),
        members.payloads.country("484", "Mexico"),
    ]
    members.parsebot.gives({"total": 3, "countries": listed})
    async with members.parsebot.context() as context:
        await context.call("get_countries", {})
        members.gives("124", {2023: 10, 2024: 20})
        members.gives("842", {2023: 100})
        answer = await members.ask(context, max_calls=2)
    assert members.asked() == ["124", "842"]
    assert answer.data.group.missing["Mexico (484)"].startswith("not_covered: Mexico (484) has no yearly goods")
    (late,) = (note for note in answer.notes if note.code is NoteCode.LAG)
    assert late.reason is Reason.NOT_YET_PUBLISHED
    assert "United States (842) has come to 2023" in late.text


async def test_balances_of_several_reporters_are_not_added_up(members: Members):
    members.all_three()
    answer = await members.answer(trade_flow="TB")
    assert answer.data.group.sum is None
    assert "not added up" in texts(answer, NoteCode.VALUATION)
    assert len(answer.data.records) == 3


async def test_figures_in_different_units_are_not_added_up(members: Members):
    tons = [{"period": 2024, "value": 7, "unit": "Tons", "flag": None}]
    members.gives("124", {}, data=tons)
    members.gives("484", {2024: 2})
    members.gives("842", {2024: 200})
    answer = await members.answer()
    assert answer.data.group.sum is None
    assert "Tons" in texts(answer, NoteCode.UNIT)


async def test_after_a_failure_only_the_members_that_did_not_come_are_asked(members: Members):
    members.gives("124", {2023: 10, 2024: 20})
    members.parsebot.says({"error": {"status": "upstream_error"}}, 502, **CREDIT)
    async with members.parsebot.context() as context:
        with pytest.raises(UpstreamDown) as caught:
            await members.ask(context)
        members.gives("484", {2023: 1, 2024: 2})
        members.gives("842", {2023: 100, 2024: 200})
        answer = await members.ask(context, max_calls=2)
    assert "at Mexico (484): " in caught.value.message
    assert "asking again takes only the rest" in caught.value.remedy
    assert members.asked() == ["124", "484", "484", "842"]
    assert answer.data.group.sum == [111, 222]


async def test_a_code_that_the_service_refuses_is_paid_for_once_and_not_for_every_member(members: Members):
    members.parsebot.says({"error": {"status": "stale_input", "message": "gone"}}, 422, **CREDIT)
    async with members.parsebot.context() as context:
        with pytest.raises(NoData) as caught:
            await members.ask(context, product="851712")
    assert members.asked() == ["124"]
    assert caught.value.why[0].reason is Reason.CODE_RETIRED


def refuse(members: Members, message: str) -> None:
    members.parsebot.says({"error": {"status": "stale_input", "message": message}}, 422, **CREDIT)


@pytest.mark.parametrize("message", ["country '124' is not a reporter", "input no longer valid"])
async def test_a_member_that_is_refused_is_missing_and_the_others_are_asked(members: Members, message: str):
    refuse(members, message)
    members.gives("484", {2023: 1, 2024: 2})
    members.gives("842", {2023: 100, 2024: 200})
    answer = await members.answer(max_calls=3)
    assert members.asked() == ["124", "484", "842"], "each once, as counted"
    assert [row.reporterCd for row in answer.data.records] == ["842", "484"]
    assert answer.data.group.sum is None
    perhaps = ", perhaps not_reported" if "124" in message else ""
    assert answer.data.group.missing == {"Canada (124)": f"the service refused the question for it{perhaps}"}
    assert texts(answer, NoteCode.COST) == (
        "2 tables, one a member: 2 calls, 2 credits. Refused: 1 more call, which may be charged too."
    )


async def test_a_member_that_was_refused_is_not_paid_for_again(members: Members):
    members.gives("124", {2023: 10, 2024: 20})
    refuse(members, "input no longer valid")
    members.gives("842", {2023: 100, 2024: 200})
    async with members.parsebot.context() as context:
        first = await members.ask(context)
        again = await members.ask(context, max_calls=1)
    assert members.asked() == ["124", "484", "842"], "the second time nothing is sent"
    assert again.source.calls == 0
    assert (again.data, again.data.group.missing) == (first.data, first.data.group.missing)
    assert texts(again, NoteCode.COST) == "2 tables, one a member: no call; stored: 2. Refused: 1, stored as well."


async def test_a_group_that_was_refused_as_a_whole_is_not_paid_for_again(members: Members):
    for code in ("124", "484", "842"):
        refuse(members, f"country '{code}' is not a reporter")
    async with members.parsebot.context() as context:
        with pytest.raises(NoData, match="each of the 3 members asked was refused"):
            await members.ask(context)
        with pytest.raises(NoData, match=r"each of the 3 members asked was refused.* nothing was sent: Trade Map"):
            await members.ask(context, max_calls=1)
    assert members.asked() == ["124", "484", "842"]


async def test_a_refusal_without_a_header_counts_as_charged_and_is_kept_too(members: Members):
    members.parsebot.says({"error": {"status": "stale_input", "message": "gone"}}, 422)
    async with members.parsebot.context() as context:
        for _ in range(2):
            with pytest.raises(UpstreamRefused):
                await members.ask(context, country="CA")
    assert members.asked() == ["124"]


async def test_only_where_every_member_is_refused_the_group_is(members: Members):
    for code in ("124", "484", "842"):
        refuse(members, f"country '{code}' is not a reporter")
    async with members.parsebot.context() as context:
        with pytest.raises(NoData, match="each of the 3 members asked was refused") as caught:
            await members.ask(context)
    assert members.asked() == ["124", "484", "842"]
    assert [(why.reason, why.sure) for why in caught.value.why] == [(Reason.NOT_REPORTED, False)]


async def test_refusals_that_name_nothing_stay_refusals(members: Members):
    refuse(members, "input no longer valid")
    async with members.parsebot.context() as context:
        with pytest.raises(UpstreamRefused, match="each of the 3 members asked was refused"):
            await members.ask(context)


@pytest.mark.parametrize(
    ("message", "asked"),
    [("product '020230' has no data", {}), ("partner '156' is not offered", {"partner": "156"})],
)
async def test_a_refusal_of_what_all_members_share_is_paid_for_once(
    members: Members, message: str, asked: dict[str, Any]
):
    refuse(members, message)
    async with members.parsebot.context() as context:
        with pytest.raises(NoData) as caught:
            await members.ask(context, **asked)
    assert len(members.asked()) == 1
    assert [(why.reason, why.sure) for why in caught.value.why] == [(Reason.NOT_COVERED, False)]


async def test_a_group_without_any_figure_is_no_data_with_reasons(members: Members):
    members.parsebot.gives(members.payloads.table([], []))
    async with members.parsebot.context() as context:
        with pytest.raises(NoData) as caught:
            await members.ask(context, period_from=2015, period_to=2016)
    assert {why.reason for why in caught.value.why} >= {Reason.NOT_REPORTED, Reason.ZERO}
    assert not any(why.sure for why in caught.value.why)


async def test_members_are_those_of_the_years_asked_for(members: Members):
    async with members.parsebot.context() as context:
        with pytest.raises(TooLarge) as then:
            await members.ask(context, country="EU", period_from=2018, period_to=2019, max_calls=1)
        with pytest.raises(TooLarge) as now:
            await members.ask(context, country="欧盟", period_from=2021, period_to=2022, max_calls=1)
    assert "28 members" in then.value.message, "the United Kingdom was one until 2020"
    assert "27 members" in now.value.message


# A group of partners


def partners_table(payloads: Any, rows: dict[str, dict[int, float | None]], total: dict[int, float | None]) -> Any:
    records = [payloads.record("784", code, "020230", values) for code, values in rows.items()]
    return payloads.table(records, [payloads.record("784", "000", "020230", total)], per_page=500)


async def test_a_group_of_partners_takes_one_table_and_leaves_the_other_partners_out(members: Members):
    rows: dict[str, dict[int, float | None]] = {
        "842": {2023: 40, 2024: 47}, "076": {2023: 400, 2024: 463}, "124": {2024: 5}
    }  # fmt: skip
    members.parsebot.gives(partners_table(members.payloads, rows, {2023: 450, 2024: 520}))
    answer = await members.answer(country="784", partner="USMCA")
    (sent,) = members.parsebot.sent
    assert (sent.params["partner"], sent.params["page_size"]) == ("000", "500")
    assert [row.partnerCd for row in answer.data.records] == ["842", "124"]
    assert (answer.data.partner, answer.data.nbRecords) == ("USMCA", 2)
    assert answer.data.group.sum == [40, 52]
    assert list(answer.data.group.missing) == ["Mexico (484)"]
    assert "those without a row or figure count as none" in texts(answer, NoteCode.ROUNDING)
    assert "Members without a row: Mexico (484)." in texts(answer, NoteCode.ABSENT)
    assert [table.title for table in answer.data.tables()] == [
        "Sum of the members of United States-Mexico-Canada Agreement (USMCA), added up here",
        "Aggregates, not of 020230 with USMCA: Meat; of bovine animals, boneless cuts, frozen (020230)",
        "Rows",
    ]
    assert texts(answer, NoteCode.TOTAL_MISMATCH) == "", "the members are not compared with the total of all partners"


async def test_a_year_without_a_total_has_no_sum_over_partners(members: Members):
    rows: dict[str, dict[int, float | None]] = {"842": {2023: 40}}
    members.parsebot.gives(partners_table(members.payloads, rows, {2023: 450, 2024: None}))
    answer = await members.answer(country="784", partner="USMCA")
    assert answer.data.group.sum == [40, None]


async def test_a_table_of_partners_without_a_total_has_no_sum(members: Members):
    rows = [members.payloads.record("784", "842", "020230", {2024: 47})]
    members.parsebot.gives(members.payloads.table(rows, [], per_page=500))
    answer = await members.answer(country="784", partner="USMCA")
    assert answer.data.group.sum is None


async def test_a_table_of_partners_that_lacks_rows_has_no_sum(members: Members):
    page = partners_table(members.payloads, {"842": {2024: 47}}, {2024: 520}) | {"nbRecords": 40}
    members.parsebot.gives(page)
    answer = await members.answer(country="784", partner="USMCA")
    assert answer.data.group.sum is None
    assert "1 of 40 rows" in texts(answer, NoteCode.SUBSET)


async def test_partners_on_more_pages_than_allowed_are_counted_and_not_paid_for(members: Members):
    page = partners_table(members.payloads, {"842": {2024: 47}}, {2024: 520}) | {"nbPages": 9, "nbRecords": 225}
    members.parsebot.gives(page)
    async with members.parsebot.context() as context:
        with pytest.raises(TooLarge, match="8 more calls"):
            await members.ask(context, country="784", partner="USMCA")
    assert len(members.parsebot.sent) == 1

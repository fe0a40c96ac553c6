"""`trade_series` of a group that reports: the sum of what its members answer alone, and every word on it true."""

from pathlib import Path
from typing import Any

import pytest

from tradestat_sandbox import Sandbox
from tradestat_tools.codes.groups import group
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import NoData

pytestmark = pytest.mark.anyio

BATTERIES, CIRCUITS = "850760", "8542"
YEARS = ["2022", "2023", "2024"]
OUTSIDE: dict[str, Any] = {"partner": "Korea", "product": BATTERIES, "period": "2022-2024"}


async def answer(of: Context, **asked: Any) -> Answer[Any]:
    return await of.call("trade_series", asked)


def sums_of(found: Answer[Any]) -> list[Any]:
    return [one for one in found.data.series if one.members]


def notes(found: Answer[Any], code: NoteCode) -> str:
    return "\n".join(note.text for note in found.notes if note.code is code)


@pytest.mark.parametrize(("name", "flow"), [("ASEAN", "X"), ("ASEAN", "M"), ("EU27", "X")])
async def test_the_sum_is_that_of_the_answers_to_each_member_alone(context: Context, name: str, flow: str) -> None:
    asked = {**OUTSIDE, "flow": flow, "source": "comtrade"}
    found = await answer(context, reporter=name, **asked)
    alone: dict[str, list[Any]] = {}
    without: list[str] = []
    for area in group(name).member_areas():
        if area.iso3 not in group(name).members_in(2024):
            continue
        try:
            alone[area.name_en] = (await answer(context, reporter=area.iso3, **asked)).data.values
        except NoData:
            without.append(area.name_en)
    (whole,) = sums_of(found)
    assert whole.values == [sum(values[at] or 0 for values in alone.values()) for at in range(3)]
    assert whole.total == sum(whole.values)
    assert sorted(whole.members) == sorted([*alone, *without])
    assert without
    assert all(one in notes(found, NoteCode.ABSENT) for one in without)
    assert found.data.tables()[0].rows[0][2] == f"{len(without)} of {len(whole.members)} members"


async def test_trade_of_members_with_each_other_is_named_only_where_it_is_in_the_sum(context: Context) -> None:
    whole = await answer(context, reporter="ASEAN", product=BATTERIES, period="2023")
    assert "what they trade with each other is in it" in notes(whole, NoteCode.DOUBLE_COUNTING)
    outside = await answer(context, reporter="ASEAN", **OUTSIDE)
    assert not notes(outside, NoteCode.DOUBLE_COUNTING)
    assert "The sum is of ASEAN's members, each as it reports." in notes(outside, NoteCode.RESOLVED_CODE)
    within = await answer(context, reporter="ASEAN", partner="Singapore", product=BATTERIES, period="2023")
    assert "all of it is trade within ASEAN" in notes(within, NoteCode.RESOLVED_CODE)


async def test_the_unions_own_figure_with_the_world_says_that_members_trade_is_not_in_it(context: Context) -> None:
    own = await answer(context, reporter="EU27", product=BATTERIES, period="2023")
    assert "what members trade with each other (INT_EU27_2020) is not in it" in notes(own, NoteCode.RESOLVED_CODE)


async def test_a_member_without_a_row_is_said_to_be_neither_zero_nor_known(context: Context) -> None:
    found = await answer(context, reporter="ASEAN", **OUTSIDE)
    assert (
        "it lacks Brunei Darussalam, Cambodia, Laos, Myanmar (no row, which is neither zero nor known) in 2022 to 2024"
        in (notes(found, NoteCode.ABSENT))
    )


async def test_a_sum_of_products_says_which_members_its_parts_lack(context: Context) -> None:
    asked = {"partner": "Korea", "product": [BATTERIES, CIRCUITS], "period": "2022-2024"}
    found = await answer(context, reporter="ASEAN", **asked, also=["change"])
    whole = sums_of(found)[0]
    assert whole.members == [BATTERIES, CIRCUITS]
    assert whole.total_lacks == YEARS
    assert found.data.tables()[0].rows[0][3] == "parts of 2 of 2 members"
    assert whole.lacks[0].members == [
        f"{BATTERIES} (of Brunei Darussalam, Cambodia, Laos, Myanmar)",
        f"{CIRCUITS} (of Brunei Darussalam, Laos, Myanmar)",
    ]
    text = (
        "The sum (exports, South Korea, these 2 products) is not whole; it lacks 850760 (of Brunei Darussalam, Cambodia"
    )
    assert text in notes(found, NoteCode.ABSENT)
    assert whole.change == whole.values[-1] - whole.values[0]


async def test_a_member_has_its_share_of_each_product_though_one_contains_the_other(context: Context) -> None:
    found = await answer(context, reporter="ASEAN", partner="Korea", product=["8507", BATTERIES], period="2023")
    for code in ("8507", BATTERIES):
        mine = [one for one in found.data.series if one.product == code and not one.members and any(one.values)]
        assert sum(one.share[0] for one in mine) == pytest.approx(1)
        assert [one.rank[0] for one in mine] == list(range(1, len(mine) + 1))


async def test_how_exports_and_imports_are_valued_is_said_though_some_members_have_no_figure(context: Context) -> None:
    found = await answer(context, reporter="ASEAN", **OUTSIDE, flow="TB")
    assert found.source.valuation == "exports FOB, imports CIF"
    assert "exports FOB, imports CIF, so that freight and insurance are on one side only" in (
        notes(found, NoteCode.VALUATION)
    )
    assert (await answer(context, reporter="ASEAN", **OUTSIDE)).source.valuation == "exports FOB"


async def test_members_that_value_imports_otherwise_are_not_added_and_the_answer_says_so(
    served: Any, tmp_path: Path
) -> None:
    head = "freqCode,period,reporterCode,reporterISO,flowCode,partnerCode,partnerISO,classificationCode,cmdCode"
    rows = [
        "A,2023,704,VNM,M,410,KOR,H6,850760,110,100,110",
        "A,2023,764,THA,M,410,KOR,H6,850760,,50,50",
    ]
    (tmp_path / "members.csv").write_text("\n".join([f"{head},cifvalue,fobvalue,primaryValue", *rows]), "utf-8")
    async with served(Sandbox(), import_dir=tmp_path) as context:
        file = await context.call("import_file", {"file": "members.csv"})
        found = await answer(
            context, reporter="ASEAN", partner="Korea", product=BATTERIES, period="2023", flow="M", source=file.result
        )
    (whole,) = sums_of(found)
    assert whole.values == [None]
    assert {one.values[0] for one in found.data.series if not one.members} == {110, 50, None}
    assert "No sum (imports, South Korea, 850760) in 2023: FOB and CIF figures are not added." in (
        notes(found, NoteCode.VALUATION)
    )
    assert found.source.valuation == "imports CIF and FOB"

"""`trade_indicators`: members named and sorted, percent, the sum it rests on, groups, and domestic exports."""

from typing import Any

import pytest

from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import InvalidQuery

pytestmark = pytest.mark.anyio

BATTERIES = "850760"


async def figures(of: Context, **asked: Any) -> str:
    asked = {"reporterCode": "KR", "cmdCode": BATTERIES, "flowCode": "X", "period": "2023"} | asked
    return (await of.call("comtrade_data", asked)).result or ""


async def worked_out(of: Context, indicator: str, result: str, **asked: Any) -> Answer[Any]:
    return await of.call("trade_indicators", {"indicator": indicator, "result": result, **asked})


def column(found: Answer[Any], name: str) -> list[Any]:
    return [row[found.data.columns.index(name)] for row in found.data.rows]


def text_of(found: Answer[Any]) -> str:
    return "\n".join(note.text for note in found.notes)


async def test_shares_come_the_largest_first_in_percent_with_the_sum_they_rest_on(context: Context) -> None:
    found = await worked_out(context, "share", await figures(context, partnerCode="CN,US,JP,DE"))
    shares = column(found, "share")
    assert shares == sorted(shares, reverse=True)
    assert column(found, "partner")[0] == "China"
    assert set(column(found, "of")) == {sum(column(found, "figure"))}
    (table,) = found.data.tables()
    assert "share %" in table.columns
    assert [row[table.columns.index("share %")] for row in table.rows] == [round(100 * one, 4) for one in shares]
    assert found.source.unit == "%"


async def test_concentration_names_its_largest_members_and_their_sum(context: Context) -> None:
    found = await worked_out(context, "top_n", await figures(context, partnerCode="CN,US,JP,DE"), n=2)
    shares = await worked_out(context, "share", await figures(context, partnerCode="CN,US,JP,DE"))
    assert column(found, "largest") == [", ".join(column(shares, "partner")[:2])]
    assert column(found, "sum") == [sum(column(shares, "figure"))]


async def test_a_group_has_the_share_of_its_members_together(context: Context) -> None:
    result = await figures(context, partnerCode="0,CN,US,VN,TH,ID")
    found = await worked_out(context, "share", result, by="partner", group="ASEAN")
    first, *members = found.data.rows
    at = {name: found.data.columns.index(name) for name in ("partner", "share", "figure")}
    assert first[at["partner"]] == "ASEAN"
    assert {row[at["partner"]] for row in members} == {"Viet Nam", "Thailand", "Indonesia"}
    assert first[at["figure"]] == sum(row[at["figure"]] for row in members)
    assert first[at["share"]] == pytest.approx(sum(row[at["share"]] for row in members))
    assert "it lacks Brunei Darussalam, " in text_of(found)


async def test_domestic_exports_are_exports_less_re_exports(context: Context) -> None:
    asked = {"reporterCode": "HK", "partnerCode": "US,JP,CN", "period": "2022"}
    both = await figures(context, **asked, flowCode="X,RX")
    exports, again, own = [
        dict(zip(column(one, "partner"), column(one, "figure"), strict=True))
        for one in [await worked_out(context, "share", both, by="partner", flow=flow) for flow in ("X", "RX", "DX")]
    ]
    assert again
    for partner, value in own.items():
        assert value == (exports[partner] - again[partner] if partner in again else None)
    found = await worked_out(context, "share", both, by="partner", flow="domestic exports")
    assert found.data.common["flow"] == "DX (X less RX)"
    assert "exports less re-exports" in text_of(found)


async def test_domestic_exports_need_re_exports(context: Context) -> None:
    result = await figures(context, partnerCode="CN,US")
    with pytest.raises(InvalidQuery, match="no re-exports"):
        await worked_out(context, "share", result, flow="DX")


async def test_products_are_named(context: Context) -> None:
    found = await worked_out(context, "share", await figures(context, cmdCode="8507,8703"), by="product")
    assert {name.split()[0] for name in column(found, "product_name")} == {"Electric", "Motor"}

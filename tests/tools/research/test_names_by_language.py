"""Names of products, reporters and partners in the language asked for: codes and figures stay as they are."""

from typing import Any

import pytest

from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import InvalidQuery

pytestmark = pytest.mark.anyio

GROUP: dict[str, Any] = {"reporter": "ASEAN", "partner": "Korea", "product": "850760", "period": "2022-2023"}
SERVICE: dict[str, Any] = {"reporter": "US", "partner": "Japan", "kind": "services", "product": "3.1", "period": "2021"}


async def answer(of: Context, tool: str, **asked: Any) -> Answer[Any]:
    return await of.call(tool, asked)


async def in_both(of: Context, tool: str, lang: str, asked: dict[str, Any]) -> tuple[Answer[Any], Answer[Any]]:
    """The same question in English and in another language."""
    return await answer(of, tool, **asked), await answer(of, tool, **asked, lang=lang)


def labels_of(found: Answer[Any]) -> set[str]:
    """The texts in the rows of the tables."""
    return {cell for table in found.data.tables() for row in table.rows for cell in row if isinstance(cell, str)}


def figures_of(found: Answer[Any]) -> list[list[Any]]:
    return [[cell for cell in row if not isinstance(cell, str)] for t in found.data.tables() for row in t.rows]


# --- trade_series --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "what"),
    [
        ("zh", "韩国's exports to 中国: 锂电池 (850760), 2022 to 2023"),
        ("ko", "대한민국's exports to 중국: 리튬이온 배터리 (850760), 2022 to 2023"),
        ("zh-CN", "韩国's exports to 中国: 锂电池 (850760), 2022 to 2023"),
    ],
)
async def test_a_series_names_both_ends_and_the_product_in_the_language(context: Context, lang: str, what: str) -> None:
    asked = {"reporter": "Korea", "partner": "China", "product": "850760", "period": "2022-2023"}
    english, other = await in_both(context, "trade_series", lang, asked)
    assert other.what == what
    told = other.structured()["data"]
    assert f"{told['reporter_name']}'s exports to {told['partner_name']}: {told['product_name']} (850760)" in what
    assert (told["reporter"], told["partner"], told["product"]) == ("410", "156", "850760")
    assert told["values"] == english.data.values


@pytest.mark.parametrize(
    ("lang", "group", "members", "first"),
    [
        ("zh", "东盟", {"越南", "新加坡", "泰国"}, "东盟's exports, with 韩国: 850760 锂电池, 2022 to 2023"),
        ("ko", "아세안", {"베트남", "싱가포르", "태국"}, "아세안's exports, with 대한민국: 850760 리튬이온 배터리"),
    ],
)
async def test_a_group_and_its_members_are_rows_in_the_language_with_the_same_sums(
    context: Context, lang: str, group: str, members: set[str], first: str
) -> None:
    english, other = await in_both(context, "trade_series", lang, GROUP)
    assert other.what.startswith(first)
    assert {group, *members} <= labels_of(other)
    assert figures_of(other) == figures_of(english)
    assert other.data.reporter == english.data.reporter == "ASEAN"
    assert [one.reporter for one in other.data.series] == [one.reporter for one in english.data.series]
    assert members <= set(other.data.series[0].members)


@pytest.mark.parametrize(
    ("lang", "labels"),
    [("zh", {"日本", "德国", "3.1 海运", "4 旅行"}), ("ko", {"일본", "독일", "3.1 해상운송", "4 여행"})],
)
async def test_items_of_services_with_several_partners_are_rows_in_the_language(
    context: Context, lang: str, labels: set[str]
) -> None:
    asked = {**SERVICE, "partner": ["Japan", "Germany"], "product": ["3.1", "4"]}
    english, other = await in_both(context, "trade_series", lang, asked)
    assert labels <= labels_of(other)
    assert figures_of(other) == figures_of(english)


@pytest.mark.parametrize(("lang", "whole"), [("zh", "全部商品 (TOTAL)"), ("ko", "전체 품목 (TOTAL)")])
async def test_all_goods_have_a_name_in_the_language(context: Context, lang: str, whole: str) -> None:
    found = await answer(context, "trade_series", reporter="Germany", period="2023", lang=lang)
    assert whole in found.what


async def test_a_language_without_names_is_refused_with_those_that_have_them(context: Context) -> None:
    with pytest.raises(InvalidQuery) as refused:
        await answer(context, "trade_series", reporter="Korea", lang="fr")
    assert all(one in str(refused.value.allowed) for one in ("en", "zh", "ko"))


# --- compare_mirror ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "head", "said"),
    [
        ("zh", "中国 to 韩国, 850760 锂电池, 2023, USD", "中国 reports"),
        ("ko", "중국 to 대한민국, 850760 리튬이온 배터리, 2023, USD", "중국 reports"),
    ],
)
async def test_a_comparison_names_both_ends_and_the_product_in_the_language(
    context: Context, lang: str, head: str, said: str
) -> None:
    asked = {"exporter": "China", "importer": "Korea", "product": "850760", "period": "2023"}
    english, other = await in_both(context, "compare_mirror", lang, asked)
    assert other.what.startswith(f"{head}: {said}")
    assert other.data.gaps == english.data.gaps
    drawn = await answer(context, "chart", result=other.result)
    assert f"{said}" in str(drawn.data.tables())


@pytest.mark.parametrize(
    ("lang", "ends", "product"), [("zh", ("美国", "日本"), "3.1 海运"), ("ko", ("미국", "일본"), "3.1 해상운송")]
)
async def test_a_comparison_of_services_names_the_item_in_the_language(
    context: Context, lang: str, ends: tuple[str, str], product: str
) -> None:
    asked = {"exporter": "US", "importer": "Japan", "kind": "services", "product": "3.1", "period": "2021"}
    found = await answer(context, "compare_mirror", **asked, lang=lang)
    assert (found.data.exporter, found.data.importer, found.data.product) == (*ends, product)


@pytest.mark.parametrize(("lang", "union"), [("zh", "欧盟"), ("ko", "유럽연합")])
async def test_a_union_that_reports_as_one_is_named_in_the_language(context: Context, lang: str, union: str) -> None:
    asked = {"exporter": "EU", "importer": "Korea", "product": "8703", "period": "2023"}
    found = await answer(context, "compare_mirror", **asked, lang=lang)
    assert found.what.startswith(f"{union} to ")


# --- trade_indicators ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "names"), [("zh", {"东盟", "越南", "新加坡"}), ("ko", {"아세안", "베트남", "싱가포르"})]
)
async def test_the_share_of_a_group_names_it_and_its_members_in_the_language(
    context: Context, lang: str, names: set[str]
) -> None:
    of = await answer(context, "trade_series", reporter="Germany", partner="ASEAN", product="8703", period="2023")
    asked = {"indicator": "share", "result": [of.result], "by": "partner", "group": "ASEAN"}
    english, other = await in_both(context, "trade_indicators", lang, asked)
    assert names <= labels_of(other)
    assert figures_of(other) == figures_of(english)


@pytest.mark.parametrize(("lang", "goods"), [("zh", "8703 乘用车"), ("ko", "8703 승용자동차")])
async def test_an_indicator_names_its_product_and_the_largest_members_in_the_language(
    context: Context, lang: str, goods: str
) -> None:
    of = await answer(context, "trade_series", reporter="Germany", partner="ASEAN", product="8703", period="2023")
    found = await answer(context, "trade_indicators", indicator="top_n", result=[of.result], n=1, lang=lang)
    assert goods in found.what
    assert {"zh": "印度尼西亚", "ko": "인도네시아"}[lang] in labels_of(found)
    assert found.data.common["reporter"] == {"zh": "德国", "ko": "독일"}[lang]


@pytest.mark.parametrize(("lang", "names"), [("en", "Other business services"), ("zh", "其他商业服务"), ("ko", "기타")])
async def test_an_item_of_services_is_not_called_as_the_chapter_of_goods_with_its_number(
    context: Context, lang: str, names: str
) -> None:
    asked = {**SERVICE, "product": ["10", "4"]}
    of = await answer(context, "trade_series", **asked)
    found = await answer(context, "trade_indicators", indicator="share", result=[of.result], by="product", lang=lang)
    assert any(one.startswith(names) for one in labels_of(found))
    assert "Cereals" not in labels_of(found)


async def test_what_stands_for_the_products_of_the_rows_is_not_called_all_goods(context: Context) -> None:
    of = await answer(
        context,
        "trade_series",
        reporter="Korea",
        partner="China",
        product=["8507", "8517"],
        flow=["X", "M"],
        period="2023",
    )
    found = await answer(context, "trade_indicators", indicator="grubel_lloyd", result=[of.result], by="product")
    assert "all" in labels_of(found)
    assert "All goods" not in labels_of(found)

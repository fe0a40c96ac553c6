from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.ebops import ebops_children, ebops_entry, ebops_items, ebops_path
from tradestat_tools.codes.hs import normalise_hs
from tradestat_tools.codes.words import CodeError

ComtradeList = Callable[[str], list[dict[str, Any]]]


def test_an_item_is_found_by_every_form_of_its_code() -> None:
    for text in ["3.1.1", "S03001001", "s03001001", "SC11", " 3.1.1 "]:
        assert ebops_entry(text).label == "Sea transport: passenger"


def test_all_services_is_found_as_each_service_writes_it() -> None:
    for text in ["S", "s00", "200", "ALL", "TOTAL"]:
        total = ebops_entry(text)
        assert (total.code, total.level, total.role, total.trademap) == ("S", 0, "total", "S00")


def test_the_twelve_main_items_make_up_the_total() -> None:
    assert [item.code for item in ebops_children("S", additive=True)] == [str(n) for n in range(1, 13)]


def test_transport_is_made_up_of_four_items_and_its_other_breakdowns_are_kept_apart() -> None:
    assert [item.code for item in ebops_children("3", additive=True)] == ["3.1", "3.2", "3.3", "3.4"]
    assert {item.code for item in ebops_children("3")} == {"3.1", "3.2", "3.3", "3.4", "3a.1", "3a.2", "3a.3"}
    assert [item.code for item in ebops_children("3.3", additive=True)] == ["3.3.1", "3.3.2", "3.3.3"]
    assert [item.code for item in ebops_children("3.6", additive=True)] == ["3.6.1", "3.6.2", "3.6.3"]


def test_parts_that_do_not_add_up_are_marked() -> None:
    roles = {code: ebops_entry(code).role for code in ("3.1.1.a", "4a.1", "C.1", "6.1.1.a", "1.1", "10.2.1.1")}
    assert roles == {
        "3.1.1.a": "of_which", "4a.1": "alternative", "C.1": "complementary", "6.1.1.a": "supplementary",
        "1.1": "supplementary", "10.2.1.1": "item",
    }  # fmt: skip


def test_the_path_leads_from_the_main_item_down() -> None:
    assert [item.code for item in ebops_path("10.1.1.2.1")] == ["10", "10.1", "10.1.1", "10.1.1.2", "10.1.1.2.1"]
    assert [item.code for item in ebops_path("S")] == ["S"]


def test_trade_map_codes_follow_the_level_and_are_left_out_where_not_derivable() -> None:
    assert ebops_entry("3.10").trademap == "S03010"
    assert ebops_entry("10.1.1.2.1").trademap == "S10001001002001"
    assert ebops_entry("3a.1").trademap == ebops_entry("3.1.1.a").trademap == ebops_entry("4.0").trademap == ""
    assert {len(item.trademap) for item in ebops_items() if item.trademap} == {3, 6, 9, 12, 15}


def test_a_goods_code_is_refused_as_a_service() -> None:
    for text in ["85", "8517", "851713"]:
        with pytest.raises(CodeError, match=r"Goods codes \(HS\) are not services"):
            ebops_entry(text)


def test_a_services_code_is_refused_as_goods() -> None:
    for item in ebops_items():
        if "." in item.code or item.code == "S":
            with pytest.raises(CodeError):
                normalise_hs(item.code)


def test_codes_are_unique_and_parents_exist() -> None:
    items = ebops_items()
    for codes in (
        [i.code for i in items],
        [i.sdmx for i in items if i.sdmx],
        [i.trademap for i in items if i.trademap],
    ):
        assert len(codes) == len(set(codes))
    known = {item.code for item in items}
    assert [item.code for item in items if item.parent not in known] == ["S"]
    assert all(item.label for item in items)


def test_every_item_of_comtrades_list_is_found(comtrade_list: ComtradeList) -> None:
    rows = comtrade_list("EB10")
    assert len(rows) == len(ebops_items())
    for row in rows:
        item = ebops_entry(str(row["id"]))
        assert item.code == ("S" if row["id"] == "200" else row["id"])


def test_every_item_of_comtrades_sdmx_list_is_found(comtrade_list: ComtradeList) -> None:
    rows = comtrade_list("EB10S")
    assert {ebops_entry(str(row["id"])).sdmx for row in rows} == {row["id"] for row in rows}


def test_parents_differ_from_comtrades_only_where_the_manual_says_so(comtrade_list: ComtradeList) -> None:
    differing: dict[str, tuple[str, str | None]] = {}
    for row in comtrade_list("EB10"):
        theirs = {"#": None, "200": "S"}.get(row["parent"], row["parent"])
        item = ebops_entry(str(row["id"]))
        if item.parent != theirs:
            differing[item.code] = (str(theirs), item.parent)
    assert differing == {
        **{f"3.{n}": ("3", "3.3") for n in range(5, 12)},
        **{f"10.1.1.2.{n}": ("10.1.1", "10.1.1.2") for n in range(1, 5)},
    }


@given(st.text(max_size=40) | st.text(alphabet="0123456789.aSC ", max_size=8))
def test_no_text_breaks_the_lookup(text: str) -> None:
    try:
        found = ebops_entry(text)
    except CodeError:
        return
    assert found in ebops_items()

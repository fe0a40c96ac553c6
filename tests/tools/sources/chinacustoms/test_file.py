"""Files as China Customs' site exports them, and as they look after a spreadsheet had them."""

import codecs
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tradestat_tools.codes.periods import period
from tradestat_tools.model.observation import Status

if TYPE_CHECKING:
    from tests.tools.conftest import Reader

Lines = Callable[..., str]

CHINESE = (
    "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,第一数量,第一计量单位,第二数量,第二计量单位,美元,",
    '"202401","85076000","锂离子蓄电池","133","韩国","1,234","个","2,500","千克","12,345,678",',
    '"202402","85076000","锂离子蓄电池","116","日本","7","个","0","-","90",',
)
ENGLISH = (
    "Date of data,Commodity code,Commodity,Trading partner code,Trading partner,Quantity,Unit,"
    "Supplimentary Quantity,Supplimentary Unit,US dollar,",
    '"202401","85076000","Lithium-ion accumulators","133","Korea,Republic of","1,234","Piece","2,500","Kilogram",'
    '"12,345,678",',
    '"202402","85076000","Lithium-ion accumulators","116","Japan","7","Piece","0","-","90",',
)

ENCODED: dict[str, Callable[[str], bytes]] = {
    "GB18030": lambda text: text.encode("gb18030"),
    "UTF-8": lambda text: text.encode("utf-8"),
    "UTF-8 with mark": lambda text: text.encode("utf-8-sig"),
    "UTF-8 with two marks": lambda text: codecs.BOM_UTF8 + text.encode("utf-8-sig"),
    "UTF-16 LE with mark": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "UTF-16 BE with mark": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "UTF-16 LE bare": lambda text: text.encode("utf-16-le"),
    "tabs": lambda text: text.replace('",', '"\t').replace(",", "\t", 10).encode("utf-16"),
    "tab after quote": lambda text: text.replace('",', '"\t,').encode("gb18030"),
    "tab in quote": lambda text: text.replace('",', '\t",').encode("gb18030"),
    "line feeds": lambda text: text.replace("\r\n", "\n").encode("gb18030"),
    "carriage returns": lambda text: text.replace("\r\n", "\r").encode("gb18030"),
    "blank lines": lambda text: text.replace("\r\n", "\r\n\r\n").encode("utf-8"),
    "separator named": lambda text: ("sep=,\r\n" + text).encode("utf-8-sig"),
}


@pytest.mark.parametrize("form", ENCODED)
def test_the_same_figures_come_from_every_encoding_and_form(read: "Reader", lines: Lines, form: str) -> None:
    found = read.figures(ENCODED[form](lines(*CHINESE)), flow="X")
    assert [(str(one.period), one.partner, one.product, one.value) for one in found] == [
        ("2024-01", "410", "85076000", 12345678),
        ("2024-02", "392", "85076000", 90),
    ]


@pytest.mark.parametrize("content", [CHINESE, ENGLISH], ids=["Chinese", "English"])
def test_a_row_becomes_a_common_row_with_all_it_says(read: "Reader", lines: Lines, content: tuple[str, ...]) -> None:
    first, second = read.figures(lines(*content), flow="M")
    assert (first.flow, first.reporter, first.currency, first.valuation) == ("M", "156", "USD", "CIF")
    assert (first.quantity, first.quantity_unit, first.net_kg) == (1234, "u", 2500)
    assert (first.status, first.source, first.tool, first.basis) == (
        Status.REPORTED,
        "china_customs",
        "import_file",
        "origin",
    )
    assert (second.quantity, second.net_kg) == (7, None), "0 with the unit - is no quantity, not a quantity of zero"


def test_semicolons_part_cells_too(read: "Reader", lines: Lines) -> None:
    head = "商品编码;贸易伙伴名称;人民币"
    (one,) = read.figures(lines(head, "01012100;日本;1234.5"), flow="X", period="202401")
    assert (one.product, one.value, one.currency, one.period) == ("01012100", 1234.5, "CNY", period("2024-01"))


def test_the_flow_is_asked_for_and_never_guessed(read: "Reader", lines: Lines) -> None:
    error = read.refused(lines(*CHINESE))
    assert error.argument == "flow"
    assert "exports or imports" in error.message


def test_a_column_of_flows_is_read_and_must_agree_with_what_was_said(read: "Reader", lines: Lines) -> None:
    content = lines(
        "进出口,数据年月,商品编码,产销国,金额（美元）", "出口,202401,85076000,日本,5", "进口,202401,85076000,日本,6"
    )
    assert [(one.flow, one.value, one.valuation) for one in read.figures(content)] == [("X", 5, "FOB"), ("M", 6, "CIF")]
    error = read.refused(content, flow="X")
    assert "Row 3, column '进出口'" in error.message
    both = read.refused(content.replace("进口,2", "进出口,2"))
    assert "Row 3, column '进出口': '进出口' is not the flow" in both.message


@pytest.mark.parametrize(
    ("head", "flow"), [("最终目的国（地区）", "X"), ("原产国(地区)", "M")], ids=["destination", "origin"]
)
def test_the_name_of_the_partner_column_can_say_the_flow(read: "Reader", lines: Lines, head: str, flow: str) -> None:
    content = lines(f"数据年月,商品编码,{head},人民币", "2024,8507,日本,5")
    assert [one.flow for one in read.figures(content)] == [flow]
    assert read.refused(content, flow="M" if flow == "X" else "X").argument == "flow"


def test_an_amount_without_a_currency_needs_one(read: "Reader", lines: Lines) -> None:
    content = lines("数据年月,商品编码,产销国,金额", "2024,8507,日本,5")
    assert read.refused(content, flow="X").argument == "unit"
    assert read.figures(content, flow="X", unit="yuan")[0].currency == "CNY"
    assert read.refused(content.replace("金额", "美元"), flow="X", unit="yuan").argument == "unit"
    assert read.refused(content, flow="X", unit="thousand_usd").argument == "unit"


def test_a_file_of_one_month_has_no_column_of_periods(read: "Reader", lines: Lines) -> None:
    content = lines("商品编码,贸易伙伴编码,美元", "85076000,116,5")
    assert read.refused(content, flow="X").argument == "period"
    assert str(read.figures(content, flow="X", period="2024-03")[0].period) == "2024-03"
    assert read.refused(lines(*CHINESE), flow="X", period="2024-03").argument == "period"


SPLIT = (
    "数据年月,商品编码,贸易伙伴编码,贸易方式编码,贸易方式名称,注册地编码,注册地名称,第一数量,第一计量单位,美元",
    "202401,85076000,116,10,一般贸易,11,北京市,10,千克,100",
    "202401,85076000,116,10,一般贸易,31,上海市,20,千克,50",
    "202401,85076000,116,14,来料加工,31,上海市,30,千克,25",
)


def test_trade_modes_and_places_are_summed_and_said_to_be(read: "Reader", lines: Lines) -> None:
    (one,) = read.figures(lines(*SPLIT), flow="X")
    assert (one.value, one.net_kg, one.status) == (175, 60, Status.SUMMED)
    assert "subset: Rows are split by trade mode" in read.notes(lines(*SPLIT), flow="X")
    assert len(read.data(lines(*SPLIT), flow="X").rows) == 3


def test_two_rows_of_one_thing_are_refused_by_their_numbers(read: "Reader", lines: Lines) -> None:
    error = read.refused(lines(*SPLIT, SPLIT[2]), flow="X")
    assert error.message.startswith("Rows 3 and 5 give two figures for the same thing")


def test_one_partner_or_month_written_in_two_ways_is_still_one(read: "Reader", lines: Lines) -> None:
    head = "数据年月,商品编码,贸易伙伴名称,美元"
    names = read.refused(lines(head, "202401,8507,日本,5", "202401,8507,日本国,6"), flow="X")
    months = read.refused(lines(head, "202401,8507,日本,5", "2024-01,8507,日本,6"), flow="X")
    assert names.message.startswith("Rows 2 and 3 give two figures")
    assert months.message.startswith("Rows 2 and 3 give two figures")


def test_quantities_of_two_units_are_not_summed(read: "Reader", lines: Lines) -> None:
    (one,) = read.figures(lines(*SPLIT[:3], SPLIT[3].replace("千克", "个")), flow="X")
    assert (one.value, one.quantity, one.net_kg) == (175, None, None)


@pytest.mark.parametrize(
    ("total", "left_out", "off"),
    [
        ("合计,,,,,,,,,175", 1, 0),
        ("合计,,,,,,,,,176", 1, 1),
        ("202401,合计,116,,,31,,,,75", 1, 0),
        ("202401,合计,133,,,,,,,75", 1, 1),
    ],
    ids=["sum", "no sum", "of a part", "of nothing"],
)
def test_totals_are_held_against_the_rows_and_left_out(
    read: "Reader", lines: Lines, total: str, left_out: int, off: int
) -> None:
    imported = read.whole(lines(*SPLIT, total), flow="X")
    assert (len(imported.rows), imported.totals, len(imported.off)) == (3, left_out, off)


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("202401,2013000,牛肉,116,日本,,,,,5", "商品编码", "a leading zero was lost"),
        ("202401,8.51E+07,蓄电池,116,日本,,,,,5", "商品编码", "rounded to a power of ten"),
        ("202401,85076000,蓄电池,116,日本,,,,,8.50E+07", "美元", "rounded to a power of ten"),
        ("202401,85076000,蓄电池,116,日本,,,,,1.234.567", "美元", "not a number"),
        ('202401,85076000,蓄电池,116,日本,,,,,"1234,5"', "美元", "not a number"),
        ("202401,85076000,蓄电池,116,日本,,,,,-5", "美元", "below zero"),
        ("202413,85076000,蓄电池,116,日本,,,,,5", "数据年月", "no month 13"),
        ("2024Q1,85076000,蓄电池,116,日本,,,,,5", "数据年月", "is a quarter"),
        (",85076000,蓄电池,116,日本,,,,,5", "数据年月", "not a period"),
        ("202401,85076000,蓄电池,116,韩国,,,,,5", "贸易伙伴名称", "code 116 is Japan"),
        ("202401,85076000,蓄电池,221,几内亚比绍,,,,,5", "贸易伙伴名称", "code 221 is Guinea "),
        ("202401,85076000,蓄电池,221,巴布亚新几内亚,,,,,5", "贸易伙伴名称", "code 221 is Guinea "),
        ("202401,85076000,蓄电池,999,日本,,,,,5", "贸易伙伴编码", "not a code of a trading partner"),
        ("202401,85076000,蓄电池,JP,日本,,,,,5", "贸易伙伴编码", "not a code of a trading partner"),
        ("202401,=1+1,蓄电池,116,日本,,,,,5", "商品编码", "not a product code"),
        ("202401,85076000,蓄\x07电池,116,日本,,,,,5", "商品名称", "control character U+0007"),
        ("202401,85076000,蓄\x00电池,116,日本,,,,,5", "商品名称", "control character U+0000"),
    ],
)
def test_a_row_that_is_not_understood_is_named_with_its_column(
    read: "Reader", lines: Lines, row: str, column: str, says: str
) -> None:
    good = "202402,85076000,锂离子蓄电池,116,日本,7,个,0,-,90"
    error = read.refused(lines(CHINESE[0].rstrip(","), good, row), flow="X")
    assert error.message.startswith(f"Row 3, column '{column}': ")
    assert says in error.message
    assert "Nothing was imported" in error.message
    assert error.allowed


def test_names_alone_resolve_and_like_names_stay_apart(read: "Reader", lines: Lines) -> None:
    names = {"几内亚": "324", "几内亚比绍": "624", "巴布亚新几内亚": "598", "赤道几内亚": "226"}
    content = lines("数据年月,商品编码,贸易伙伴名称,美元", *(f"2024,8507,{name},5" for name in names))
    assert [one.partner for one in read.figures(content, flow="X")] == list(names.values())
    error = read.refused(lines("数据年月,商品编码,贸易伙伴名称,美元", "2024,8507,116,5"), flow="X")
    assert "Row 2, column '贸易伙伴名称'" in error.message, "a code among names could be of any system"


def test_a_name_that_is_not_known_is_read_by_its_code_and_noted(read: "Reader", lines: Lines) -> None:
    content = lines("数据年月,商品编码,贸易伙伴编码,贸易伙伴名称,美元", "2024,8507,116,东瀛,5")
    assert read.figures(content, flow="X")[0].partner == "392"
    assert "resolved_code: Read by their codes alone, for their names are not known here: 东瀛." in read.notes(
        content, flow="X"
    )


def test_partners_that_no_other_source_has_stay_in_the_rows_alone(read: "Reader", lines: Lines) -> None:
    data = read.data(lines("数据年月,商品编码,贸易伙伴编码,美元", "2024,8507,701,5", "2024,8507,116,6"), flow="X")
    assert len(data.rows) == 2
    assert [one.partner for one in data.figures()] == ["392"]


@pytest.mark.slow
def test_a_full_file_may_be_cut_off_and_says_so(read: "Reader", lines: Lines) -> None:
    rows = [f"2024,{10000000 + at},116,5" for at in range(10_000)]
    assert "exactly 10,000 rows" in read.notes(lines("数据年月,商品编码,贸易伙伴编码,美元", *rows), flow="X")
    assert "exactly" not in read.notes(lines("数据年月,商品编码,贸易伙伴编码,美元", *rows[1:]), flow="X")


def test_codes_of_two_lengths_are_noted_to_overlap(read: "Reader", lines: Lines) -> None:
    content = lines("数据年月,商品编码,贸易伙伴编码,美元", "2024,85,116,9", "2024,85076000,116,5")
    assert "double_counting: Codes of 2, 8 digits" in read.notes(content, flow="X")


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("数据年月,商品编码,贸易伙伴编码,关别,美元", "has a column that is not known here: '关别'"),
        ("数据年月,商品编码,美元", "lacks a column for partner"),
        ("数据年月,商品编码,贸易伙伴编码,金额（万美元）", "lacks a column for value and has '金额（万美元）'"),
        ("数据年月,商品编码,贸易伙伴编码,美元,人民币", "two columns for one thing: '人民币'"),
        ("year,code,amount", "no header known here: 'year', 'code', 'amount'"),
    ],
)
def test_a_header_that_is_not_understood_names_the_column(read: "Reader", lines: Lines, head: str, says: str) -> None:
    error = read.refused(lines(head, "1,2,3"), flow="X")
    assert says in error.message
    assert "商品编码" in (error.allowed or "")


def test_rows_of_another_length_are_refused(read: "Reader", lines: Lines) -> None:
    head = "数据年月,商品编码,贸易伙伴编码,美元"
    assert "Row 2 has 3 cells, the header 4 columns" in read.refused(lines(head, "2024,85,116"), flow="X").message
    loose = read.refused(lines(head, "2024,85,116,1,234"), flow="X").message
    assert "Row 2 has 5 cells, the header 4 columns. A number with thousands commas must stand in quotes." in loose


def test_invisible_characters_are_taken_out_of_names(read: "Reader", lines: Lines) -> None:
    content = lines("数据年月,商品编码,商品名称,贸易伙伴编码,美元", "2024,8507,\u202e池\u200b电\u2066,116,5")
    assert "池电" in read.data(content, flow="X").rows[0]


def test_formulas_stay_the_text_they_are(read: "Reader", lines: Lines) -> None:
    content = lines("数据年月,商品编码,商品名称,贸易伙伴编码,美元", "2024,8507,=HYPERLINK(1),116,5")
    assert "=HYPERLINK(1)" in read.data(content, flow="X").rows[0]

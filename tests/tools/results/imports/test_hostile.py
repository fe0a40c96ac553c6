"""Files that are damaged, made by chance or made to harm: each is refused in words, quickly and in little memory."""

import io
import re
import tracemalloc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.catalogue import catalogue
from tradestat_tools.codes.countries import Area, areas
from tradestat_tools.contract.kept import Tables
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.model.file_layout import Said
from tradestat_tools.results.imports.reading import read_file

if TYPE_CHECKING:
    from conftest import Reader

Lines = Callable[..., str]

HEAD = "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,第一数量,第一计量单位,第二数量,第二计量单位,人民币"
ROW = "202401,85076000,锂离子蓄电池,116,日本,7,个,0,-,90"
HEADERS = (
    HEAD,
    "数据年月,商品编码,贸易伙伴编码,美元",
    "period,reporterCode,flowCode,partnerCode,classificationCode,cmdCode,primaryValue,partnerISO",
    "기간,국가,HS코드,수출 중량,수출 금액(천불),수입 금액(천불),무역수지",
)

LAYOUTS = catalogue().files
KEPT: dict[str, Any] = {"layouts": LAYOUTS, "into": Tables()}


def test_what_is_no_file_of_figures_is_refused_in_words() -> None:
    for content in [
        b"", b"\xef\xbb\xbf", b"\0" * 1000, b"\xff\xfe", b"\xff\xfe\0\0" + HEAD.encode("utf-32-le"),
        b"\xff\xfe" + HEAD.encode("utf-8"), b"\xef\xbb\xbf" + HEAD.encode("gb18030"),
        b"PK\x03\x04" + bytes(range(256)) * 10, b"<html><body>412</body></html>", b'"' * 1_000_000,
        b"," * 1_000_000, f"{HEAD}\r\n".encode(),
    ]:  # fmt: skip
        with pytest.raises(TradestatError) as caught:
            read_file(
                io.BytesIO(content),
                "x.csv",
                layout=None,
                encoding=None,
                said=Said(flow="X"),
                **KEPT,
            )
        assert caught.value.remedy
        assert caught.value.message.startswith(("'x.csv'", "Row", "The first row of 'x.csv'"))


def test_an_open_quote_is_named_by_its_row(read: "Reader", lines: Lines) -> None:
    error = read.refused(lines(HEAD, ROW, ROW.replace("202401", "202402").replace("90", '"90')), flow="X")
    assert "a quote is not closed" in error.message
    assert "Row" in error.message


def test_a_header_in_one_encoding_and_rows_in_another_are_refused(read: "Reader", lines: Lines) -> None:
    mixed = f"{HEAD}\r\n{ROW}\r\n".encode() + ROW.replace("202401", "202402").encode("gb18030")
    error = read.refused(mixed, flow="X")
    assert "no text in utf-8 somewhere after row" in error.message
    other = f"{HEAD}\r\n".encode("gb18030") + f"{ROW}\r\n".encode()
    assert "no text in gb18030" in read.refused(other, flow="X").message


def test_an_encoding_that_is_named_is_the_only_one_tried(read: "Reader", lines: Lines) -> None:
    content = lines(HEAD, ROW).encode("gb18030")
    assert len(read.figures(content, flow="X", encoding="gb18030")) == 1
    assert read.refused(content, flow="X", encoding="utf-8").argument == "file"


def test_a_layout_that_is_named_is_the_only_one_tried(read: "Reader", lines: Lines) -> None:
    assert len(read.figures(lines(HEAD, ROW), flow="X", layout="china_customs")) == 1
    assert read.refused(lines(HEAD, ROW), flow="X", layout="korea").argument == "file"


def test_one_endless_line_takes_little_memory(lines: Lines) -> None:
    content = io.BytesIO(f"{HEAD}\r\n".encode() + b"9" * 50_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(TradestatError) as caught:
            read_file(content, "x.csv", layout=None, encoding=None, **KEPT, said=Said(flow="X"))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert "is longer than 64,000 characters" in str(caught.value)


def test_a_quote_that_swallows_lines_is_stopped(lines: Lines) -> None:
    content = io.BytesIO(lines(HEAD, ROW, '202402,85076000,"' + "x\r\n" * 200_000).encode())
    with pytest.raises(TradestatError) as caught:
        read_file(content, "x.csv", layout=None, encoding=None, **KEPT, said=Said(flow="X"))
    assert "field larger than field limit" in str(caught.value)


def test_more_rows_than_may_be_are_refused(lines: Lines) -> None:
    content = lines(HEAD, *(ROW.replace("202401", f"20240{month}") for month in (1, 2, 3))).encode()

    def rows(most: int) -> int:
        said = Said(flow="X")
        return len(
            read_file(
                io.BytesIO(content),
                "x.csv",
                layout=None,
                encoding=None,
                said=said,
                **KEPT,
                most=most,
            ).rows
        )

    assert rows(3) == 3
    with pytest.raises(TradestatError, match="more than 2 rows"):
        rows(2)


@given(st.binary(max_size=400))
def test_bytes_made_by_chance_never_crash(content: bytes) -> None:
    with pytest.raises(TradestatError):
        read_file(
            io.BytesIO(content),
            "x.csv",
            layout=None,
            encoding=None,
            said=Said(flow="X", unit="usd"),
            **KEPT,
        )


@pytest.mark.slow
@given(
    st.sampled_from(HEADERS),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.lists(
                st.sampled_from(
                    [
                        *(
                            "202401",
                            "2024",
                            "85076000",
                            "8507",
                            "116",
                            "156",
                            "M",
                            "X",
                            "H6",
                            "日本",
                            "총계",
                            "合计",
                            "중국",
                        ),
                        *("5", "1,234", '"1,234"', "-", "", "KOR", "0", "-3", "1e5", "=1", "\u202e", '"', "x"),
                    ]
                ),
                min_size=1,
                max_size=11,
            ).map(",".join),
            max_size=4,
        ).map("\n".join),
    ),
)
def test_rows_made_by_chance_are_read_or_refused_by_row_and_column(head: str, encoding: str, body: str) -> None:
    content = f"{head}\n{body}".encode(encoding, "replace")
    try:
        imported = read_file(io.BytesIO(content), "x.csv", layout=None, encoding=None, **KEPT, said=Said(flow="X"))
    except TradestatError as error:
        assert "Row" in error.message or "no rows" in error.message or "x.csv" in error.message
    else:
        figures = list(imported.figures)
        assert all(one.value is None or one.value >= 0 or one.source == "comtrade" for one in figures)


PARTNERS: list[Area] = [one for one in areas() if one.china_customs and one.comtrade and one.name_zh]


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(
            st.integers(1, 12),
            st.integers(1_000_000, 97_999_999),
            st.sampled_from(PARTNERS),
            st.one_of(st.integers(0, 10**13), st.decimals(0, 10**9, places=2)),
            st.integers(0, 10**12),
        ),
        min_size=1,
        max_size=20,
        unique_by=lambda row: (row[0], row[1], row[2].china_customs),
    ),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.sampled_from([",", "\t", ";"]),
    st.booleans(),
)
def test_a_file_that_was_written_is_read_back_equal(
    rows: list[tuple[int, int, Area, int, int]], encoding: str, delimiter: str, commas: bool
) -> None:
    lines = [HEAD.replace(",", delimiter)]
    for month, code, partner, value, kg in rows:
        amount, weight = (f"{value:,}", f"{kg:,}") if commas else (str(value), str(kg))
        cells = [f"2024{month:02d}", f"{code:08d}", "货,物", partner.china_customs, partner.name_zh, weight, "千克"]
        lines.append(delimiter.join(f'"{cell}"' for cell in [*cells, "0", "-", amount]))
    content = io.BytesIO("\r\n".join(lines).encode(encoding))
    imported = read_file(content, "x.csv", layout=None, encoding=None, **KEPT, said=Said(flow="M"))
    figures = imported.figures
    found = [(one.period.number, one.product, one.partner, one.value, one.net_kg) for one in figures]
    assert found == [
        (month, f"{code:08d}", partner.comtrade, float(value), kg) for month, code, partner, value, kg in rows
    ]


def test_the_header_that_an_error_tells_is_one_that_is_known() -> None:
    for kind in LAYOUTS.values():
        words = re.findall(r"[\w ]+", kind.expected.replace(" or ", ",").replace(" with ", ","))
        known = [word.strip() for word in words if kind.column(word.strip())]
        assert not kind.missing(column.field for word in known if (column := kind.column(word)))

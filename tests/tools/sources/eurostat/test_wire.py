"""Bodies as the service sends them, and as it might: gzip, both ends of line, both names of sums, cut off, wrong."""

import gzip
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from comext import HEADER, PIECES, VALUE, WEIGHT, cell, line, rows
from hypothesis import example, given
from hypothesis import strategies as st

from tradestat_tools.model.errors import (
    RateLimited,
    TooLarge,
    TradestatError,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.eurostat.service import POLICY
from tradestat_tools.sources.eurostat.wire import Key, Page, Queued, read_data, read_structure
from tradestat_tools.upstream import Response

NOW = datetime(2026, 10, 20, tzinfo=UTC)
CHINA = Key("DE", "CN", "850760", "1", "2024")


def read(body: bytes, status: int = 200, **headers: str) -> Page:
    page = read_data(Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, body), NOW)
    assert isinstance(page, Page)
    return page


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_rows_are_read_with_either_end_of_line(end: str) -> None:
    page = read(rows(cell("CN", "1234"), end=end))
    assert page.cells[CHINA] == {VALUE: Decimal(1234)}


def test_a_body_that_is_gzipped_without_saying_so_is_unpacked() -> None:
    body = rows(cell("CN", "1234"), cell("US", "5"))
    assert read(gzip.compress(body)) == read(body)


def test_a_mark_at_the_beginning_is_no_part_of_the_header() -> None:
    assert CHINA in read(b"\xef\xbb\xbf" + rows(cell("CN", "1"))).cells


def test_a_bomb_is_cut_off_at_the_bound_that_bodies_have() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = b" " * (1 << 20)
    bomb = b"".join(packer.compress(block) for _ in range((POLICY.max_body >> 20) + 8)) + packer.flush()
    assert len(bomb) < 100_000
    with pytest.raises(TooLarge, match="sent more than 64 MB"):
        read(bomb)


@pytest.mark.parametrize("cut", [3, 20, -9])
def test_gzip_that_breaks_off_is_no_answer(cut: int) -> None:
    packed = gzip.compress(rows(*(cell(f"C{at}", str(at)) for at in range(100))))
    with pytest.raises(UpstreamDown, match="gzip"):
        read(packed[:cut])


def test_rows_that_break_off_are_no_answer() -> None:
    with pytest.raises(UpstreamDown, match="break off"):
        read(rows(cell("CN", "1234"))[:-3])


def test_a_header_alone_is_an_answer_without_rows() -> None:
    assert read(rows()).cells == {}


@pytest.mark.parametrize("body", [b"", b"  \r\n"])
def test_an_empty_body_is_not_taken_for_nothing(body: bytes) -> None:
    with pytest.raises(UpstreamDown, match="empty"):
        read(body)


def test_sums_are_known_by_their_names_of_2024_and_of_2026() -> None:
    older = read(rows(cell("EU27_2020_EXTRA", "7"), cell("EU27_2020_INTRA", "5"), cell("EUROZONE_EXTRA", "3")))
    newer = read(rows(cell("EXT_EU27_2020", "7"), cell("INT_EU27_2020", "5"), cell("EXT_EA", "3")))
    assert older.cells == newer.cells
    assert {key.partner for key in older.cells} == {"EXT_EU27_2020", "INT_EU27_2020", "EXT_EA"}


def test_quantities_keep_their_two_decimals_and_values_are_whole() -> None:
    figures = read(
        rows(
            cell("CN", "32.76", indicator=WEIGHT),
            cell("CN", "222773"),
            cell("CN", "0.01", indicator=PIECES),
        )
    ).cells[CHINA]
    assert figures == {WEIGHT: Decimal("32.76"), VALUE: Decimal(222773), PIECES: Decimal("0.01")}


@pytest.mark.parametrize("text", ["", ":", "NaN"])
def test_a_figure_that_is_not_given_is_none_and_no_zero(text: str) -> None:
    assert read(rows(cell("CN", text), cell("US", "0"))).cells[CHINA] == {VALUE: None}


def test_a_row_that_comes_twice_is_one_and_one_that_contradicts_it_leaves_none() -> None:
    same = read(rows(cell("CN", "5"), cell("CN", "5")))
    assert same.cells[CHINA][VALUE] == 5
    other = read(rows(cell("CN", "5"), cell("CN", "6"), cell("CN", "5")))
    assert other.cells[CHINA][VALUE] is None
    assert other.unsettled == ((CHINA, VALUE),)


def test_columns_that_are_not_known_are_passed_over() -> None:
    body = rows(cell("CN", "5") + ",c", cell("US", "5") + ",", header=f"{HEADER},OBS_FLAG")
    assert read(body).cells[CHINA] == {VALUE: Decimal(5)}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (rows(cell("CN", "many")), "the figure 'many'"),
        (rows(cell("CN", "Infinity")), "the figure 'Infinity'"),
        (rows(cell("CN", "1e40")), "the figure '1e40'"),
        (rows(cell("CN", "1") + ",2,3"), "a row of 12 cells under a header of 10"),
        (rows(header="a,b,c"), "a header without freq, reporter"),
        (b"\xff\xfe\x00 and so on\n", "not UTF-8"),
        (b"<unexpected><row>1</row></unexpected>", "something else than rows"),
        (b'{"unexpected": 1}', "something else than rows"),
        (b"<broken", "can not be read"),
    ],
)
def test_what_is_not_as_it_was_seen_is_said_to_have_changed(body: bytes, words: str) -> None:
    with pytest.raises(UpstreamChanged) as caught:
        read(body)
    assert words in caught.value.message


def test_entities_that_multiply_are_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "ha"><!ENTITY c "&a;&a;&a;">]><response>&c;</response>'
    with pytest.raises(UpstreamChanged):
        read(bomb)


def test_a_web_page_is_no_answer() -> None:
    with pytest.raises(UpstreamDown, match="web page"):
        read(b"<!DOCTYPE html><html><body>We will be back</body></html>")


@pytest.mark.parametrize(
    ("status", "kind"), [(429, RateLimited), (400, UpstreamRefused), (503, UpstreamDown), (302, UpstreamChanged)]
)
def test_a_status_that_is_no_success_is_one_of_the_closed_set(status: int, kind: type[TradestatError]) -> None:
    with pytest.raises(kind) as caught:
        read(b"", status, retry_after="7")
    if kind is RateLimited:
        assert caught.value.retry_after == 7


@pytest.mark.parametrize("state", ["SUBMITTED", "PROCESSING", "AVAILABLE"])
def test_an_answer_that_is_prepared_is_told_from_rows(state: str) -> None:
    queued = f"<queued><id>ab-12345678</id><status>{state}</status></queued>"
    body = f"<e:Envelope xmlns:e='x'><e:Body><s:r xmlns:s='y'>{queued}</s:r></e:Body></e:Envelope>"
    assert read_data(Response(200, {}, body.encode()), NOW) == Queued("ab-12345678", state)


def test_a_constraint_without_reporters_is_not_one() -> None:
    with pytest.raises(UpstreamChanged, match="constraint"):
        read_structure(Response(200, {}, b"<m:Structure xmlns:m='x'><a/></m:Structure>"), NOW)


@given(st.binary(max_size=400), st.sampled_from([200, 400, 404, 413, 500]))
@example(b" \xef\xbb\xbf", 200)
def test_no_body_whatever_fails_in_another_way_than_the_closed_set(body: bytes, status: int) -> None:
    for start in (b"", HEADER.encode() + b"\r\n", b"\x1f\x8b", b"<a>", b'{"error":'):
        with suppress(TradestatError):
            read_data(Response(status, {}, start + body), NOW)


FIGURES = st.dictionaries(
    st.sampled_from(["CN", "US", "EXT_EU27_2020", "QZ"]), st.decimals(0, 10**12, places=2), min_size=1
)


@given(FIGURES)
def test_every_figure_that_is_written_is_read_back(figures: dict[str, Decimal]) -> None:
    body = rows(*(line("A", "DE", partner, "850760", "1", VALUE, "2024", str(one)) for partner, one in figures.items()))
    assert {key.partner: one[VALUE] for key, one in read(body).cells.items()} == figures

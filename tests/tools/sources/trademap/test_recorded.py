"""Excerpts of what Trade Map really sent (see recorded/README.md), read by the parsers."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tradestat_tools.sources.trademap.wire.envelope import read_envelope
from tradestat_tools.sources.trademap.wire.lists import (
    parse_countries,
    parse_coverage,
    parse_groups,
    parse_products,
    parse_services,
)
from tradestat_tools.sources.trademap.wire.payloads import parse_series
from tradestat_tools.upstream.request import Response

RECORDED = Path(__file__).parent / "recorded"


def body(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


def content(name: str) -> Any:
    return read_envelope(Response(200, {}, body(name)), datetime(2026, 10, 20, tzinfo=UTC))


def test_every_country_has_the_periods_that_it_reports():
    world, turkiye, union_nes = parse_countries(content("get_countries"))
    assert world.coverage == {"yearly246": ("2001", "2025"), "yearlyServices": ("2000", "2024")}
    assert (turkiye.countryCd, turkiye.label, turkiye.ti) == ("792", "Türkiye", True)
    assert turkiye.coverage["quarterly"] == ("2002Q1", "2026Q2"), "202602 is a quarter here"
    assert turkiye.coverage["monthly"] == ("2002-01", "2026-07")
    assert "yearlyReexport" not in turkiye.coverage, "0 is no coverage and no year"
    assert (union_nes.nes, union_nes.coverage) == (True, {})


def test_lists_of_codes_keep_zeros_and_opaque_numbers():
    (group,) = parse_groups(content("get_country_groups"))
    (animals,) = parse_products(content("get_products_hs"))
    everything, sea = parse_services(content("get_services_ebops"))
    (yearly,) = parse_coverage(content("get_coverage"))
    assert (group.id, group.members) == ("42", (("040", "Austria"), ("056", "Belgium")))
    assert (animals.productCd, animals.revisions) == ("01", "111111")
    assert (everything.productCd, everything.maxLevel) == ("S00", None)
    assert (sea.productCd, sea.displayCd, sea.maxLevel) == ("S03001001", "3.1.1", "4")
    assert (yearly.dataType, yearly.nbCountries, yearly.latestPeriod) == ("Y", 123, "2025")


def test_the_total_stands_apart_from_the_rows():
    page = parse_series(content("goods_time_series_by_country"))
    (total,) = page.aggregateRecords
    assert (page.nbRecords, page.nbPages, len(page.records)) == (27, 2, 3)
    assert {record.partnerCd: record.cells["2024"].value for record in page.records} == {
        "076": 463_753, "699": 161_224, "842": 47_252,
    }  # fmt: skip
    assert total.cells["2024"].value == 713_748
    assert total.partnerLabel is None


@pytest.mark.anyio
async def test_an_answer_gives_the_figures_in_thousand_dollars(parsebot: Any):
    parsebot.says(body("goods_time_series_by_product"))
    answer = await parsebot.call(
        "goods_time_series", country="TR", product="total", by="byProduct", period_from=2024, period_to=2025
    )
    assert (parsebot.sent[0].params["product"], parsebot.sent[0].params["hs_level"]) == ("ALL", "2")
    (total,) = answer.data.aggregateRecords
    assert (total.productCd, total.values) == ("TOTAL", [261_801_501, 273_254_542])
    assert [(row.productCd, row.values[1]) for row in answer.data.records] == [("87", 36_726_191), ("84", 25_913_674)]
    assert answer.data.records[0].productLabel, "labels are mostly null, and joined here"
    assert answer.data.unit == "thousand USD"

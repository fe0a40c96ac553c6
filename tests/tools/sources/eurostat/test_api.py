"""What is asked, in how many calls, and what comes of refusals, queues and rows that were not asked for."""

import gzip
from urllib.parse import unquote

import pytest
from comext import PIECES, VALUE, WEIGHT, Comext, cell, line, recorded, rows

from tradestat_tools.model.errors import (
    InvalidQuery,
    NoData,
    TooLarge,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.model.reasons import Reason

pytestmark = pytest.mark.anyio

ENVELOPE = "main-host-async-queue-envelope-http200.xml"
NUMBER = "e3d39a1b-27eb-4ce4-936d-8f95b23bf74f"
INDICATORS = "VALUE_IN_EUROS+QUANTITY_IN_100KG+SUPPLEMENTARY_QUANTITY"
CHINA = {"reporter": "Germany", "partner": "China", "product": "8507.60", "flow": "M"}


def state(word: str) -> bytes:
    """The envelope of a queue with another state."""
    return recorded(ENVELOPE).replace(b"SUBMITTED", word.encode())


def fault(number: int, words: str) -> str:
    """A fault as the service sends it."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<faultcode>{number}</faultcode><faultstring>{words}</faultstring></S:Fault>"
    )


def not_allowed(what: str) -> str:
    words = (
        "INVALID_QUERY_DIMENSION_VALUE: Query is invalid as per its structure&apos;s definition. The following values "
    )
    return fault(150, f"{words}for dimension are not allowed: {what}.")


async def test_a_question_goes_to_the_sdmx_door_with_one_frequency_and_named_codes(comext: Comext) -> None:
    comext.gives(cell("CN", "100"))
    await comext.call("eu_trade", **CHINA, period="2024")
    assert comext.sent == [
        f"/api/sdmx/2.1/data/DS-045409/A.DE.CN.850760.1.{INDICATORS}"
        "?format=SDMX-CSV&compressed=false&startPeriod=2024&endPeriod=2024"
    ]


async def test_the_same_question_is_answered_from_the_store(comext: Comext) -> None:
    comext.gives(cell("CN", "100"))
    async with comext.context() as context:
        first = await context.call("eu_trade", {**CHINA, "period": "2024"})
        again = await context.call("eu_trade", {**CHINA, "period": "2024"})
    assert (first.source.state, again.source.state) == ("fresh", "cached")
    assert len(comext.sent) == 1


async def test_greece_is_gr_and_serbia_xs_however_they_are_written(comext: Comext) -> None:
    comext.gives(cell("XS", "1", reporter="GR"))
    for reporter in ("EL", "Greece", "GRC"):
        answer = await comext.call(
            "eu_trade", reporter=reporter, partner="RS", product="850760", flow="M", period="2024"
        )
    assert {sent.split("/")[-1].split("?")[0][:8] for sent in comext.sent} == {"A.GR.XS."}
    assert answer.data.names == {"GR": "Greece", "XS": "Serbia"}


async def test_kosovo_by_the_us_census_code_and_ceuta_by_its_name_are_found(comext: Comext) -> None:
    comext.gives(cell("XK", "1"), cell("XC", "2"), cell("XL", "3"))
    answer = await comext.call(
        "eu_trade", reporter="DE", partner=["KV", "Ceuta", "XL"], product="850760", flow="M", period="2024"
    )
    assert ".DE.XK+XC+XL." in comext.sent[0]
    assert "XK in Comext" in " ".join(note.text for note in answer.notes)


async def test_neighbours_are_asked_in_their_own_data_set_and_its_kilograms_are_not_multiplied(comext: Comext) -> None:
    at = ("A", "CH", "CN", "850760", "1")
    comext.gives(line(*at, "VALUE_EUR", "2024", "9"), line(*at, "QUANTITY_KG", "2024", "7.00"))
    answer = await comext.call(
        "eu_trade", reporter="Switzerland", partner="CN", product="850760", flow="M", period="2024"
    )
    assert "/DS-059341/A.CH.CN.850760.1.VALUE_EUR+QUANTITY_KG?" in comext.sent[0]
    assert (answer.data.rows.value_eur, answer.data.rows.weight_kg) == ([9], [7])


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"reporter": "China"}, "reporter"),
        ({"reporter": "CH", "product": "85076000"}, "product"),
        ({"product": "85.076"}, "product"),
        ({"product": "850799"}, "product"),
        ({"product": "8507", "level": 4}, "level"),
        ({"product": "8507", "level": 5}, "level"),
        ({"partner": "Atlantis"}, "partner"),
        ({"flow": "RX"}, "flow"),
        ({"freq": "Q"}, "freq"),
        ({"period": "2024..2023"}, "period"),
    ],
)
async def test_what_can_not_be_meant_is_refused_before_anything_is_sent(
    comext: Comext, arguments: dict[str, object], argument: str
) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await comext.call("eu_trade", **{"period": "2024", **arguments})
    assert (caught.value.argument or "").startswith(argument)
    assert comext.sent == []


async def test_a_code_of_before_2012_that_is_not_known_here_is_passed_on(comext: Comext) -> None:
    comext.gives(cell("CN", "5", when="2009", product="850799"))
    answer = await comext.call("eu_trade", reporter="DE", partner="CN", product="850799", flow="M", period="2009")
    assert answer.data.rows.value_eur == [5]


async def test_years_before_the_first_are_left_out_and_none_at_all_is_said(comext: Comext) -> None:
    comext.gives(cell("CN", "5", when="1988"))
    answer = await comext.call("eu_trade", **CHINA, period="1980-1989")
    assert "startPeriod=1988&endPeriod=1989" in comext.sent[0]
    assert any("begins with 1988" in note.text for note in answer.notes)
    with pytest.raises(NoData) as caught:
        await comext.call("eu_trade", **CHINA, period="1985")
    assert [why.reason for why in caught.value.why] == [Reason.NOT_COVERED]


async def test_what_is_not_out_is_left_out_and_alone_it_is_not_asked(comext: Comext) -> None:
    comext.gives(cell("CN", "5", when="2026-08"))
    answer = await comext.call("eu_trade", **CHINA, period="2026-08..2026-10")
    assert "startPeriod=2026-08&endPeriod=2026-08" in comext.sent[0]
    assert any(note.reason is Reason.NOT_YET_PUBLISHED and "2026-09 to 2026-10" in note.text for note in answer.notes)
    with pytest.raises(NoData) as caught:
        await comext.call("eu_trade", **CHINA, period="2026-09")
    assert "2026-11-14" in caught.value.why[0].text
    assert len(comext.sent) == 1


async def test_no_rows_are_no_zero_and_the_next_call_is_named(comext: Comext) -> None:
    comext.gives()
    with pytest.raises(NoData, match="not a reported zero") as caught:
        await comext.call("eu_trade", **CHINA, period="2020")
    assert Reason.SUPPRESSED in [why.reason for why in caught.value.why]
    assert 'partner="all"' in caught.value.remedy


async def test_a_cn_code_without_rows_may_be_of_another_year(comext: Comext) -> None:
    comext.gives()
    with pytest.raises(NoData) as caught:
        await comext.call("eu_trade", reporter="DE", partner="CN", product="85076090", flow="M", period="2020")
    assert caught.value.why[0].reason is Reason.CODE_RETIRED
    assert 'eu_reference(list="products", year=2020, search="850760")' in caught.value.remedy


async def test_an_unknown_code_is_refused_by_name_and_never_dropped(comext: Comext) -> None:
    comext.says(not_allowed("PARTNER=NU"), 400)
    with pytest.raises(UpstreamRefused, match="PARTNER=NU"):
        await comext.call("eu_trade", reporter="DE", partner=["CN", "NU"], product="850760", flow="M", period="2024")


async def test_a_sum_that_is_not_known_by_its_name_is_asked_by_its_older_one(comext: Comext) -> None:
    comext.says(not_allowed("PARTNER=EXT_EU27_2020"), 400)
    comext.gives(cell("EU27_2020_EXTRA", "9"), cell("CN", "5"))
    answer = await comext.call(
        "eu_trade", reporter="DE", partner=["EXT_EU27_2020", "CN"], product="850760", flow="M", period="2024"
    )
    assert [sent.split(".DE.")[1].split(".")[0] for sent in comext.sent] == ["EXT_EU27_2020+CN", "EU27_2020_EXTRA+CN"]
    assert answer.data.rows.partner == ["CN", "EXT_EU27_2020"]


@pytest.mark.parametrize(
    ("stranger", "word"),
    [
        (cell("CN", "5", when="2024-01"), "freq"),
        (cell("US", "5"), "partner"),
        (cell("CN", "5", reporter="FR"), "reporter"),
        (cell("CN", "5", product="8507"), "product"),
        (cell("CN", "5", flow="2"), "flow"),
        (cell("CN", "5", when="2023"), "TIME_PERIOD"),
        (cell("CN", "5", indicator="VALUE_NAC"), "indicators"),
    ],
)
async def test_rows_that_were_not_asked_for_are_refused(comext: Comext, stranger: str, word: str) -> None:
    comext.gives(cell("CN", "100"), stranger)
    with pytest.raises(UpstreamChanged, match=f"seems to ignore .*{word}"):
        await comext.call("eu_trade", **CHINA, period="2024")


async def test_a_queued_answer_is_waited_for_with_progress_and_fetched(comext: Comext) -> None:
    said: list[tuple[float, str]] = []

    async def progress(seconds: float, most: float, what: str) -> None:
        said.append((seconds, what))

    comext.says(recorded(ENVELOPE))
    comext.says(state("SUBMITTED"))
    comext.says(state("PROCESSING"))
    comext.says(state("AVAILABLE"))
    comext.says(gzip.compress(rows(cell("CN", "100"), cell("CN", "3.50", indicator=WEIGHT))))
    comext.progress = progress
    answer = await comext.call("eu_trade", **CHINA, period="2024")
    assert (answer.data.rows.value_eur, answer.data.rows.weight_kg) == ([100], [350])
    assert [sent.removeprefix("/api/1.0/async/") for sent in comext.sent[1:]] == [
        *[f"status/{NUMBER}"] * 3,
        f"data/{NUMBER}",
    ]
    assert comext.waits == [1.0, 2.0]
    assert [what for _, what in said if "prepares" in what] == [
        "Eurostat Comext prepares the answer (submitted)",
        "Eurostat Comext prepares the answer (processing)",
    ]
    assert answer.source.calls == 5


async def test_an_answer_that_takes_too_long_is_given_up_and_gone_on_with_when_asked_again(comext: Comext) -> None:
    comext.says(recorded(ENVELOPE))
    comext.says(state("PROCESSING"))
    async with comext.context() as context:
        with pytest.raises(UpstreamDown, match="had not finished") as caught:
            await context.call("eu_trade", {**CHINA, "period": "2024"})
        assert caught.value.retry_after == 60
        assert 285 <= sum(comext.waits) <= 300
        sent = len(comext.sent)
        comext.replies.clear()
        comext.says(state("AVAILABLE"))
        comext.gives(cell("CN", "100"))
        answer = await context.call("eu_trade", {**CHINA, "period": "2024"})
    assert [one.split("/async/")[1].split("/")[0] for one in comext.sent[sent:]] == ["status", "data"]
    assert answer.data.rows.value_eur == [100]


async def test_an_answer_that_is_kept_no_longer_is_asked_for_anew(comext: Comext) -> None:
    comext.says(recorded(ENVELOPE))
    comext.says(state("EXPIRED"))
    comext.gives(cell("CN", "100"))
    answer = await comext.call("eu_trade", **CHINA, period="2024")
    assert answer.data.rows.value_eur == [100]
    assert [one.startswith("/api/sdmx") for one in comext.sent] == [True, False, True]


async def test_a_prepared_answer_is_stored_like_any_other(comext: Comext) -> None:
    comext.says(recorded(ENVELOPE))
    comext.says(state("AVAILABLE"))
    comext.gives(cell("CN", "100"))
    async with comext.context() as context:
        await context.call("eu_trade", {**CHINA, "period": "2024"})
        again = await context.call("eu_trade", {**CHINA, "period": "2024"})
    assert again.source.state == "cached"
    assert len(comext.sent) == 3


async def test_a_large_question_is_asked_in_years_one_after_the_other(comext: Comext) -> None:
    comext.says(rows())
    with pytest.raises(NoData):
        await comext.call(
            "eu_trade",
            reporter=["DE", "FR", "IT"],
            partner="all",
            product=["850760", "8507"],
            period="2015-01..2024-12",
        )
    spans = [sent.split("startPeriod=")[1].replace("&endPeriod=", " ") for sent in comext.sent]
    assert spans == ["2015-01 2017-12", "2018-01 2020-12", "2021-01 2023-12", "2024-01 2024-12"]


async def test_what_the_service_finds_too_large_is_asked_in_halves(comext: Comext) -> None:
    comext.says(recorded("ds-045409-fault-413.xml"), 413)
    comext.gives(cell("CN", "1", when="2021"))
    comext.gives(cell("CN", "2", when="2022"))
    answer = await comext.call("eu_trade", **CHINA, period="2021-2022")
    assert answer.data.rows.value_eur == [1, 2]
    assert [sent.split("startPeriod=")[1] for sent in comext.sent] == [
        *("2021&endPeriod=2022", "2021&endPeriod=2021", "2022&endPeriod=2022")
    ]


async def test_one_period_that_is_too_large_is_refused_with_what_the_service_says(comext: Comext) -> None:
    comext.says(recorded("ds-045409-extraction-too-big.json"), 413)
    with pytest.raises(TooLarge, match="estimated 10305182 rows") as caught:
        await comext.call("eu_trade", **CHINA, period="2024")
    assert "fewer partners" in caught.value.remedy


async def test_what_no_call_can_hold_is_refused_unsent(comext: Comext) -> None:
    many = [f"{chapter:02d}" for chapter in range(1, 61)]
    with pytest.raises(TooLarge, match="Nothing was sent"):
        await comext.call(
            "eu_trade", reporter=["DE", "FR", "IT", "ES"], partner="all", product=many, period="1990-01..2024-12"
        )
    assert comext.sent == []


def with_codes(first: int, last: int) -> str:
    """The list of codes of a data set, with so many CN codes under one heading."""
    codes = "".join(f"<c:Value>8507{number:04d}</c:Value>" for number in range(first, last))
    region = '<c:KeyValue id="{}"><c:Value>DE</c:Value></c:KeyValue>'
    return (
        f"<m:S xmlns:m='m' xmlns:c='c'>{region.format('reporter')}{region.format('partner')}"
        f'<c:KeyValue id="product">{codes}</c:KeyValue></m:S>'
    )


async def test_no_address_is_longer_than_the_service_takes(comext: Comext) -> None:
    comext.says(with_codes(1000, 2200))
    comext.gives()
    with pytest.raises(NoData):
        await comext.call("eu_trade", reporter="DE", partner="CN", product="8507", level=8, flow="M", period="2024")
    assert comext.sent[0] == "/api/sdmx/2.1/contentconstraint/ESTAT/DS-045409"
    assert max(len(unquote(one)) for one in comext.sent) < 4_096 - len("https://ec.europa.eu/eurostat/api/comext")
    asked = [code for one in comext.sent[1:] for code in one.split(".CN.")[1].split(".")[0].split("+")]
    assert asked == [f"8507{number:04d}" for number in range(1000, 2200)]


async def test_a_list_of_more_products_than_an_answer_may_hold_is_refused_unsent(comext: Comext) -> None:
    comext.says(with_codes(1000, 2501))
    with pytest.raises(TooLarge, match="1,501 codes are meant, and one answer may hold 1500"):
        await comext.call("eu_reference", list="products", year=2024, search="8507", level=8)
    assert comext.sent == ["/api/sdmx/2.1/contentconstraint/ESTAT/DS-045409"]


async def test_the_supplementary_quantity_is_given_and_is_no_common_figure(comext: Comext) -> None:
    comext.gives(cell("CN", "100"), cell("CN", "12.00", indicator=PIECES), cell("CN", "1.50", indicator=WEIGHT))
    async with comext.context() as context:
        answer = await context.call("eu_trade", {**CHINA, "period": "2024"})
        tool = context.tools["eu_trade"]
        assert tool.observe is not None
        (one,) = tool.observe(answer.data, answer.source)
    assert answer.data.rows.supplementary_quantity == [12]
    assert (one.value, one.net_kg, one.quantity, one.currency, one.valuation) == (100, 150, None, "EUR", "CIF")
    assert VALUE not in answer.what

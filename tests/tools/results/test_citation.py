"""Citations: one line, APA, BibTeX, CSL-JSON."""

import json
import re
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.tool import OWN_NAME
from tradestat_tools.model.answers import Provenance
from tradestat_tools.results.citation import Cited, apa, bibtex, cited, csl_json, one_line, short_line

ADDRESS = "https://comtradeapi.un.org/data/v1/get/C/A/HS?reporterCode=156&period=2023%2C2024"

SOURCES = catalogue().sources.values()


def source(**given: object) -> Provenance:
    known: dict[str, object] = {
        "service": "UN Comtrade",
        "endpoint": "comtrade_data",
        "address": ADDRESS,
        "retrieved_at": datetime(2026, 10, 5, 12, tzinfo=UTC),
        "state": "fresh",
    }
    return Provenance.model_validate(known | given)


def comtrade(what: str = "China: exports", **given: object) -> Cited:
    one = cited(SOURCES, "comtrade_data", what, source(**given))
    assert one is not None
    return one


def test_one_line_names_author_data_set_question_day_and_the_whole_address() -> None:
    assert one_line(comtrade()) == (
        "United Nations Statistics Division. UN Comtrade, comtrade_data: China: exports. Retrieved 2026-10-05. "
        + ADDRESS
    )


def test_the_line_in_a_text_leaves_out_what_its_header_says_and_the_query() -> None:
    assert short_line(SOURCES, source()) == (
        "United Nations Statistics Division, comtrade_data, 2026-10-05, https://comtradeapi.un.org/data/v1/get/C/A/HS?…"
    )


def test_every_style_names_the_address_of_each_call_and_the_line_in_a_text_counts_them() -> None:
    both = [ADDRESS, ADDRESS.replace("2022", "2023") + "&more=1"]
    one = comtrade(addresses=both)
    for text in (one_line(one), apa(one), bibtex(one), json.dumps(csl_json(one))):
        assert all(address in text for address in both), text
    assert short_line(SOURCES, source(addresses=both)).endswith("/C/A/HS?… and 1 more (tool cite)")
    assert one.key != comtrade().key


def test_apa_has_no_year_unless_the_service_says_when_it_published() -> None:
    assert apa(comtrade()) == (
        "United Nations Statistics Division. (n.d.). UN Comtrade, comtrade_data: China: exports [Data set]. "
        f"Retrieved October 5, 2026, from {ADDRESS}"
    )
    assert "(2025). " in apa(comtrade(published_at=date(2025, 3, 1)))
    assert "Published 2025-03-01. " in one_line(comtrade(published_at=date(2025, 3, 1)))


def test_the_publisher_is_named_where_it_is_not_the_author() -> None:
    one = cited(SOURCES, "trend", "Exports", source(service="doumaotong.com (from China Customs statistics)"))
    assert one is not None
    assert "[Data set]. doumaotong.com (抖贸通), an independent third party" in apa(one)


def test_every_tool_of_a_source_cites_its_institution() -> None:
    for of_source in catalogue().sources.values():
        for endpoint in of_source.tools:
            one = cited(SOURCES, endpoint.name, "x", source(service="whatever it calls itself"))
            assert one is not None
            assert (one.author, one.publisher) == (of_source.terms.author, of_source.terms.publisher)
            assert one.key.startswith(f"{of_source.id}2026-")


def test_synthetic_figures_are_called_so_in_every_style() -> None:
    one = comtrade(state="sandbox")
    for text in (
        one_line(one),
        apa(one),
        bibtex(one),
        json.dumps(csl_json(one)),
        short_line(SOURCES, source(state="sandbox")),
    ):
        assert "SANDBOX, synthetic" in text
    assert one.key != comtrade().key


def test_what_no_service_gave_is_cited_as_nobodys() -> None:
    assert cited(SOURCES, "usage", "What is left", source(service=OWN_NAME)) is None
    assert short_line(SOURCES, source(service=OWN_NAME)) == ""


def test_a_source_that_is_not_registered_is_cited_by_its_name() -> None:
    one = cited(SOURCES, "import_file", "Exports", source(service="China Customs (file)", address="exports.csv"))
    assert one is not None
    assert (
        one_line(one)
        == "China Customs (file). China Customs (file), import_file: Exports. Retrieved 2026-10-05. exports.csv"
    )
    assert one.key.startswith("importfile2026-")


def test_the_key_of_a_reference_is_the_same_whenever_it_is_made_and_another_for_another_question() -> None:
    assert comtrade().key == comtrade().key
    others = [comtrade("Chinas: exports"), comtrade(address=ADDRESS + "1"), comtrade(state="sandbox")]
    assert len({comtrade().key, *(one.key for one in others)}) == 4
    same_day = comtrade(retrieved_at=datetime(2026, 10, 5, 23, tzinfo=UTC), state="cached")
    assert same_day.key == comtrade().key


def test_bibtex_escapes_what_latex_reads_and_leaves_the_address_as_it_is() -> None:
    entry = bibtex(comtrade(r"50% of {A} & B_1 #2 \x $5 ~^ 锂离子 관세청"))
    assert (
        r"title = {{UN Comtrade, comtrade\_data: 50\% of \textbraceleft{}A\textbraceright{} \& B\_1 \#2 "
        r"\textbackslash{}x \$5 \textasciitilde{}\textasciicircum{} 锂离子 관세청}},"
    ) in entry
    assert f"url = {{{ADDRESS}}}," in entry
    assert entry.startswith("@misc{comtrade2026-")


def fields_of(entry: str) -> dict[str, str]:
    """The fields of an entry as BibTeX reads them: it counts braces, with or without a backslash before them."""
    head, _, rest = entry.partition(",")
    assert re.fullmatch(r"@misc\{[a-z0-9-]+", head)
    found: dict[str, str] = {}
    while field := re.match(r"\s*(\w+) = \{", rest):
        depth, at = 1, field.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[at], 0)
            at += 1
        found[field[1]] = rest[field.end() : at - 1]
        rest = rest[at:].removeprefix(",")
    assert rest.strip() == "}", "nothing may end an entry before its end"
    return found


UNESCAPED = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
} | {f"\\{char}": char for char in "%&_#$"}


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_in_a_title_or_an_address_ends_a_bibtex_entry(what: str, address: str) -> None:
    one = comtrade(what, address=address)
    fields = fields_of(bibtex(one))
    read = re.sub(r"\\text\w+\{\}|\\.", lambda found: UNESCAPED[found[0]], fields["title"][1:-1])
    assert read == one.title
    assert not re.search(r"[{}\\\s]", fields["url"])
    assert set(fields) == {"author", "title", "publisher", "url", "urldate", "note"}


@given(st.text(max_size=80))
def test_csl_json_is_an_item_of_type_dataset_that_survives_json(what: str) -> None:
    one = comtrade(what, published_at=date(2025, 3, 1))
    item = csl_json(one)
    assert json.loads(json.dumps(item)) == item
    assert item["type"] == "dataset"
    assert item["author"] == [{"literal": "United Nations Statistics Division"}]
    assert item["accessed"] == {"date-parts": [[2026, 10, 5]]}
    assert item["issued"] == {"date-parts": [[2025, 3, 1]]}
    assert (item["id"], item["URL"], item["title"]) == (one.key, ADDRESS, one.title)


@given(st.text(max_size=80))
def test_a_citation_is_one_line_whatever_the_service_wrote(what: str) -> None:
    for text in (one_line(comtrade(what, address=what)), apa(comtrade(what, address=what))):
        assert text.isprintable()


def test_without_a_day_of_publication_csl_json_has_none() -> None:
    assert "issued" not in csl_json(comtrade())

"""How the scripted agent reads answers out of results: what stands there, and nothing where it does not."""

from typing import Any

import pytest

from evals.reference.plan import NotThere, Result, filled, picked

PARTNERS: dict[str, Any] = {
    "title": "Rows",
    "columns": ["partner", "2024"],
    "units": {"2024": "thousand USD"},
    "rows": [["France", 7], ["Spain", 5], ["Italy", 3]],
}
TOTAL: dict[str, Any] = {"title": "Total", "columns": ["2024"], "rows": [[15]]}
TEXT = "Header · imports CIF\n850710  lead-acid\n850760  lithium-ion\nNoData: Why: not_yet_published: Korea Customs"
RESULT = Result(TEXT, {"result": "rabc", "tables": [PARTNERS, TOTAL]})


@pytest.mark.parametrize(
    ("pick", "answer"),
    [
        ({"cell": "2024", "where": {"partner": "Spain"}}, {"answer": 5, "unit": "thousand USD"}),
        ({"cell": "2024", "where": {"partner": "Sp*"}, "unit": "USD"}, {"answer": 5, "unit": "USD"}),
        ({"cell": "2024", "table": "Total"}, {"answer": 15}),
        ({"column": "partner", "rows": 2}, {"answer": ["France", "Spain"]}),
        ({"first": "partner"}, {"answer": "France"}),
        ({"words": r"^(\d{6}) "}, {"answer": "850710"}),
        ({"words": r"^(\d{6}) ", "times": "all"}, {"answer": ["850710", "850760"]}),
        ({"reasons": {"suppressed": "999999", "not_yet_published": "not_yet_published: Korea"}}, "not_yet_published"),
        ({"choices": {"FOB": "imports FOB", "CIF": "imports CIF"}}, {"answer": "CIF"}),
        ({"of": "instructions", "reasons": {"not_here": "Not here: firms"}}, "not_here"),
    ],
)
def test_an_answer_is_picked_from_where_it_stands(pick: dict[str, Any], answer: Any) -> None:
    wanted = {"answer": None, "reason": answer} if isinstance(answer, str) else answer
    assert picked(pick, [RESULT], "Not here: firms, tariff rates.") == wanted


@pytest.mark.parametrize(
    "pick",
    [
        {"cell": "2023"},
        {"cell": "2024", "table": "Rows"},
        {"cell": "2024", "where": {"partner": "Chad"}},
        {"column": "product"},
        {"words": "aluminium"},
        {"reasons": {"suppressed": "999999"}},
        {"choices": {"yes": "^yes"}},
        {"of": "instructions", "reasons": {"not_here": "imports CIF"}},
    ],
)
def test_what_does_not_stand_there_is_not_answered(pick: dict[str, Any]) -> None:
    with pytest.raises(NotThere):
        picked(pick, [RESULT], "Not here: firms.")


def test_handles_are_put_into_arguments_and_into_their_lists() -> None:
    asked = {"result": ["$1", "$2"], "sql": "select * from $2", "limit": 3}
    both = [RESULT, Result("", {"result": "rxyz"})]
    assert filled(asked, both) == {"result": ["rabc", "rxyz"], "sql": "select * from rxyz", "limit": 3}

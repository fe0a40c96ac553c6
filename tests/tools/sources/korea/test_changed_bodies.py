"""Whatever is done to one row of an answer: no other figure than the true one is given without a word."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tradestat_tools.model.errors import TradestatError

if TYPE_CHECKING:
    from conftest import Customs

pytestmark = pytest.mark.anyio

MEASURES = ("expWgt", "expDlr", "impWgt", "impDlr", "balPayments")
QUARTER = {"strtYymm": "202401", "endYymm": "202403", "hsSgn": "8507"}
WARNS = {"total_mismatch"}
"""The note of figures that may be wrong; a sum that is None needs none."""

WRITTEN = ("{}000", "{}.5", "{},5", "-{}", "{} 5", "{}e3", "1{}")
"""What may become of a figure."""

Fields = dict[str, object]


def a_row(month: str, country: str, code: str, exports: int, imports: int) -> Fields:
    names = {"year": month, "statCdCntnKor1": f"{country} 이름", "statCd": country, "statKor": "품목", "hsCd": code}
    money = {"expDlr": exports, "impDlr": imports, "balPayments": exports - imports}
    return {**names, "expWgt": exports // 10, "impWgt": imports // 10, **money}


def true_rows() -> list[Fields]:
    places = [(m, c, h) for m in ("2024.01", "2024.02", "2024.03") for c in ("CN", "US") for h in ("850710", "850760")]
    return [a_row(*place, 1000 + 130 * at, 5000 - 210 * at) for at, place in enumerate(places)]


def total_of(rows: list[Fields]) -> Fields:
    sums = {name: sum(int(str(row[name])) for row in rows) for name in MEASURES}
    return {**a_row("총계", "-", "-", 0, 0), **sums}


@st.composite
def changed(draw: st.DrawFn) -> list[Fields]:
    """The true rows after one to three changes. Drawn before the test's task begins: what ends a draw that grows too
    long leaves a task whose failure nobody asks for, and its report in the midst of another test failed that one."""
    rows = true_rows()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(rows) - 1))
        kind = draw(st.sampled_from(["drop", "repeat", "move", "cell", "swap", "month", "country", "lose"]))
        if kind == "drop" and len(rows) > 1:
            del rows[at]
        elif kind == "repeat":
            rows.insert(draw(st.integers(0, len(rows))), dict(rows[at]))
        elif kind == "move":
            rows.append(rows.pop(at))
        elif kind == "cell":
            name = draw(st.sampled_from(MEASURES))
            old = str(rows[at].get(name, ""))
            rows[at][name] = draw(st.sampled_from(["", "-", "0", "n/a", *(form.format(old) for form in WRITTEN)]))
        elif kind == "swap":
            rows[at]["expDlr"], rows[at]["impDlr"] = rows[at].get("impDlr", ""), rows[at].get("expDlr", "")
        elif kind == "month":
            rows[at]["year"] = draw(st.sampled_from(["2024.01", "2024.02", "202403", "2023.12", ""]))
        elif kind == "country":
            rows[at]["statCd"] = draw(st.sampled_from(["CN", "US", "-", ""]))
        else:
            rows[at].pop(draw(st.sampled_from([*MEASURES, "statCd", "hsCd", "year"])), None)
    return rows


async def asked(customs: "Customs", rows: list[Fields]) -> Any:
    customs.replies.clear()
    customs.gives(*(customs.item(**row) if "balPayments" in row else bare(row) for row in rows))
    return await customs.call("getNitemtradeList", **QUARTER)


def bare(row: Fields) -> str:
    return "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in row.items()) + "</item>"


async def test_the_unchanged_answer_is_given_without_a_warning(customs: "Customs") -> None:
    rows = true_rows()
    answer = await asked(customs, [total_of(rows), *rows])
    assert answer.data.months.expDlr == [sum(int(str(row["expDlr"])) for row in rows[i : i + 4]) for i in (0, 4, 8)]
    assert not WARNS & {note.code for note in answer.notes}


@how(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(sent=changed(), first=st.booleans())
async def test_no_sum_is_wrong_without_a_warning_where_the_total_came_as_it_was(
    customs: "Customs", sent: list[Fields], first: bool
) -> None:
    rows = true_rows()
    truth = {name: sum(int(str(row[name])) for row in rows) for name in MEASURES}
    total = total_of(rows)
    try:
        answer = await asked(customs, [total, *sent] if first else [*sent, total])
    except TradestatError as error:
        assert error.remedy
        return
    wrong = [
        name
        for name in MEASURES
        if None not in (column := answer.data.months.column(name)) and sum(column) != truth[name]
    ]
    assert not wrong or WARNS & {note.code for note in answer.notes}
    keys = list(zip(answer.data.rows.year, answer.data.rows.statCd, answer.data.rows.hsCd, strict=True))
    assert len(keys) == len(set(keys))
    said_zero = [note.text for note in answer.notes if note.code == "absent" and note.reason == "zero"]
    assert not said_zero  # something was traded in every month

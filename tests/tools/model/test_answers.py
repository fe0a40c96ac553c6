"""Answers: what is made of their data once."""

from datetime import UTC, datetime

from pydantic import PrivateAttr

from tradestat_tools.model.answers import Answer, Data, Provenance, Table


class Counted(Data):
    """Data that counts how often its tables are made."""

    value: int
    _made: int = PrivateAttr(default=0)

    def tables(self) -> list[Table]:
        self._made += 1
        return [Table(("value", "made"), [(self.value, self._made)])]


SOURCE = Provenance(
    service="Test Service",
    endpoint="beef",
    address="https://service.invalid/beef",
    retrieved_at=datetime(2026, 10, 5, tzinfo=UTC),
    state="fresh",
)


def test_tables_are_made_once_for_all_who_show_or_keep_them_and_anew_for_other_data() -> None:
    answer = Answer[Counted](what="beef", data=Counted(value=1), source=SOURCE)
    assert answer.tables()[0].rows == answer.tables()[0].rows == [(1, 1)]
    other = answer.model_copy(update={"data": Counted(value=2)})
    assert other.tables()[0].rows == [(2, 1)]
    assert answer.tables()[0].rows == [(1, 1)]
    assert set(answer.structured()) == {"what", "data", "source", "notes"}

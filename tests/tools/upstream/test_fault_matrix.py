"""The fault matrix: every known way to fail, against every service, with an empty cache and with a stale entry.

`make faults` prints it.
"""

import json
import traceback
from itertools import chain
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from fault_matrix import stores
from fault_matrix.expected import EXPECTED, EXPECTED_OF_STORES, HEADING
from fault_matrix.faults import FAULTS, Fault
from fault_matrix.more import ANSWER, ERROR, MORE
from fault_matrix.services import COMTRADE, EUROSTAT, SERVICES, TRADEMAP, page
from fault_matrix.trial import HEAD, STALE_AFTER, START, Trial, line, set_up, try_row

from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.policy import MAX_BODY

pytestmark = pytest.mark.slow  # every fault against every service

KINDS = {error.kind for error in TradestatError.__subclasses__()}
"""Of the closed set."""

CONNECTION = FAULTS[: FAULTS.index(next(fault for fault in FAULTS if fault.name == "400"))]
"""What goes wrong below HTTP, where the event loop plays a part."""


@pytest.mark.anyio
async def test_faults_of_the_connection_end_as_the_matrix_says_on_both_event_loops() -> None:
    await check(*CONNECTION)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_faults_of_an_answer_end_as_the_matrix_says() -> None:
    await check(*(fault for fault in FAULTS if fault not in CONNECTION and not fault.large))


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.large], ids=lambda fault: fault.name)
async def test_huge_answers_end_as_the_matrix_says(fault: Fault) -> None:
    await check(fault)


async def check(*faults: Fault) -> None:
    http = Http()
    for fault in faults:
        row = await try_row(fault, http)
        assert line(fault.name, row) == EXPECTED[fault.name]
        for trial in chain.from_iterable(row):
            where = f"{fault.name}, {trial.service.name}, {'stale entry' if trial.stale else 'empty cache'}"
            check_secrets(trial, where)
            check_store(trial, where)
            check_words(trial, where)
            check_waits(trial, where)
            assert trial.peak < 4 * MAX_BODY, where
    await http.aclose()


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("fault", MORE, ids=lambda fault: fault.name)
async def test_whatever_else_comes_ends_by_the_rules(fault: Fault) -> None:
    http = Http()
    for trial in chain.from_iterable(await try_row(fault, http)):
        where = (
            f"{fault.name}, {trial.service.name}, {'stale entry' if trial.stale else 'empty cache'}: {trial.outcome}"
        )
        check_secrets(trial, where)
        check_words(trial, where)
        check_rules(trial, where)
    await http.aclose()


def check_rules(trial: Trial, where: str) -> None:
    """An answer is the sound one; a failure is said, is not stored beyond a day, and costs what was sent."""
    if trial.fault.ends == ANSWER:
        assert (trial.outcome, trial.attempts, trial.credits) == ("fresh", 1, 1), where
    unpacked = trial.service is EUROSTAT and trial.fault.name.startswith("gzip")  # its large bodies come so, unsaid
    if trial.fault.ends == ERROR and not unpacked:
        assert trial.outcome != "fresh", where
    if trial.outcome == "fresh" and trial.before is not None:
        assert trial.answer is not None
        assert trial.answer.data == trial.before.data, where
    assert trial.error is None or trial.error.kind in KINDS, where
    assert 1 <= trial.attempts <= (2 if trial.service is TRADEMAP else 3), where
    if trial.service is TRADEMAP:
        assert trial.credits <= trial.attempts == 1 or trial.credits == 0, where
    elif trial.service is COMTRADE and trial.error is not None and trial.error.kind == "NoData":
        # Of a question that holds nothing, what is published is asked for too.
        assert trial.attempts <= trial.credits <= trial.attempts + 1, where
    else:
        assert trial.credits == trial.attempts, where
    assert trial.after is not None
    state = "cached" if trial.outcome == "fresh" else "fresh"
    assert (trial.after.source.state, trial.attempts_after) == (state, int(state == "fresh")), where


def test_each_service_meets_at_least_eighty_faults() -> None:
    assert len({fault.name for fault in (*FAULTS, *MORE)}) == len(FAULTS) + len(MORE)
    for service in SERVICES:
        assert sum(fault.act(service) is not None for fault in (*FAULTS, *MORE)) >= 80


def check_secrets(trial: Trial, where: str) -> None:
    """The key goes over the wire, and nowhere else."""
    key = trial.service.key
    if not key:
        return
    forms = {key, quote(key, safe=""), quote_plus(key)}
    assert any(form in head for head in trial.heads for form in forms), where
    shown = [str(trial.stored)]
    if trial.error is not None:
        said = json.dumps(trial.error.as_dict(), ensure_ascii=False)
        assert "Traceback" not in said, where
        assert 'File "' not in said, where
        shown += [said, repr(trial.error), *traceback.format_exception(trial.error)]
    for answer in (trial.answer, trial.after):
        shown += [] if answer is None else [str(answer.structured())]
    assert not any(form in text for form in forms for text in shown), where


def check_store(trial: Trial, where: str) -> None:
    """Only an answer is stored, and a refusal that was charged; after it the service is asked again."""
    assert trial.after is not None
    if trial.outcome == "fresh":
        assert len(trial.stored) == 1, where
        assert (trial.after.source.state, trial.attempts_after) == ("cached", 0), where
    else:
        charged = trial.service is TRADEMAP and (trial.fault.name == "422" or kept_unread(trial))
        kept = [START + (STALE_AFTER if trial.stale else 0.0)] if charged else [START] if trial.stale else []
        assert [entry.stored_at for entry in trial.stored] == kept, where
        assert (trial.after.source.state, trial.attempts_after) == ("fresh", 1), where


def kept_unread(trial: Trial) -> bool:
    """Whether an answer that can not be read is kept: it was charged, and no older one is stored."""
    return trial.outcome == "UpstreamChanged" and trial.fault.name in (
        "truncated",
        "wrong schema",
        "empty",
        "100,000 deep",
    )


def check_words(trial: Trial, where: str) -> None:
    """An error says what to do next; an old answer is the one stored, and says how old it is, why, and what is left."""
    if trial.error is not None:
        assert trial.error.message, where
        assert trial.error.remedy, where
        assert trial.error.source == trial.service.source.id, where
        return
    assert trial.answer is not None
    assert trial.answer.source.remaining_quota == trial.left, where
    notes = stale_notes(trial.answer)
    if trial.outcome == "stale":
        assert trial.before is not None
        assert trial.answer.data == trial.before.data, where
        assert trial.answer.source.retrieved_at == trial.before.source.retrieved_at, where
        assert len(notes) == 1, where
        assert notes[0].startswith("Stored 26 days ago (2026-10-20 12:00 UTC). "), where
        assert len(notes[0]) > len("Stored 26 days ago (2026-10-20 12:00 UTC). "), where
    else:
        assert notes == [], where


def stale_notes(answer: Answer[Any]) -> list[str]:
    return [note.text for note in answer.notes if note.code is NoteCode.STALE]


def check_waits(trial: Trial, where: str) -> None:
    """What the service asks to wait is waited where it is short, and said; else a few seconds at most go by."""
    asked = trial.fault.wait
    if asked is None:
        assert sum(trial.waits) < 5, where
        return
    assert trial.waits == [asked] * (trial.attempts - 1), where
    assert trial.error is None or trial.error.retry_after == asked, where


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("fault", stores.FAULTS, ids=lambda fault: fault.name)
async def test_no_state_of_the_stores_overspends_the_budget_or_buys_twice(fault: stores.StoreFault) -> None:
    row = await stores.try_row(fault)
    if row == stores.not_tried(fault):
        pytest.skip(row)
    assert row == EXPECTED_OF_STORES[fault.name]
    paid, _, again = row[stores.FIRST :].split()
    assert int(paid) <= stores.BUDGET
    assert again == "0"


# The matrix itself


def cells(name: str) -> list[str]:
    """What is expected of a fault, service by service."""
    starts = [HEADING.index(service.name) for service in SERVICES]
    row = EXPECTED[name]
    return [row[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]


def test_every_fault_has_its_row_and_every_service_its_column() -> None:
    assert list(EXPECTED) == [fault.name for fault in FAULTS]
    assert HEADING == HEAD


def test_a_call_that_costs_money_and_got_no_answer_is_not_repeated() -> None:
    unanswered = [fault.name for fault in FAULTS if fault.unanswered]
    assert {cells(name)[SERVICES.index(TRADEMAP)].split()[-1] for name in unanswered} == {"1/1"}


def test_a_failure_of_the_target_site_is_paid_once() -> None:
    assert cells("502")[SERVICES.index(TRADEMAP)].split()[-1] == "1/1"


def test_what_never_reached_a_service_costs_nothing() -> None:
    assert {cell.split()[-1] for cell in cells("connection refused")} == {"0/0"}


# Beside the matrix


@pytest.mark.anyio
async def test_an_old_catalogue_is_not_taken_for_old_figures() -> None:
    http = Http()
    async with set_up(TRADEMAP, http) as setup:
        await setup.ask()
        setup.clock.now += 5 * 86_400  # the catalogue is fresh for three days, the figures for seven
        down = page("Down", 500)
        setup.wire.behave = lambda path: TRADEMAP.good if path.startswith(TRADEMAP.path) else down
        stored = await setup.ask()
        setup.clock.now += 5 * 86_400
        fresh = await setup.ask()
    await http.aclose()
    assert setup.wire.times("/marketplace/") == 3
    assert [stored.source.state, fresh.source.state] == ["cached", "fresh"]
    assert stale_notes(stored) == stale_notes(fresh) == []

"""Asks an agent the questions and scores what it answers."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from evals.agents import Kept, Reply, ask_once
from evals.question import Question
from evals.report import Outcome
from evals.scoring import score
from evals.truth import truth_of
from tradestat_sandbox.settings import DEFAULT_TODAY
from tradestat_sandbox.world import World


def outcome(question: Question, world: World, reply: Reply) -> Outcome:
    """The verdict on a reply, with what the proxy counted."""
    truth = truth_of(world, question.truth)
    verdict = score(question, truth, reply.answer)
    return Outcome(
        id=question.id,
        language=question.language,
        point=question.point,
        right=verdict.right,
        why=reply.trouble or verdict.why,
        answer=reply.answer,
        truth=truth,
        calls=len(reply.calls),
        characters=sum(call.characters for call in reply.calls),
        structured=sum(call.structured for call in reply.calls),
        errors=sum(call.error for call in reply.calls),
        tools=tuple(call.name for call in reply.calls),
    )


def run(
    command: str,
    questions: Sequence[Question],
    *,
    keep: bool = False,
    jobs: int = 1,
    seconds: float = 300.0,
    told: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Every question's outcome, in order; `told` hears of each as it comes.

    Args:
        keep: one process of the agent for all questions; else one for each.
        jobs: how many agents work at once, without `keep`.
    """
    world = World(DEFAULT_TODAY)
    with tempfile.TemporaryDirectory(prefix="tradestat-evals-") as name:
        folder = Path(name)
        found: list[Outcome] = []
        for question, reply in _replies(command, questions, folder, world, keep=keep, jobs=jobs, seconds=seconds):
            found.append(outcome(question, world, reply))
            told(found[-1])
    return found


def _replies(
    command: str, questions: Sequence[Question], folder: Path, world: World, *, keep: bool, jobs: int, seconds: float
) -> Iterable[tuple[Question, Reply]]:
    if keep:
        with Kept(command, folder, world, seconds) as agent:
            for question in questions:
                yield question, agent.ask(question)
        return

    def ask(numbered: tuple[int, Question]) -> tuple[Question, Reply]:
        own = folder / str(numbered[0])
        own.mkdir()
        return numbered[1], ask_once(command, numbered[1], own, world, seconds)

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        yield from pool.map(ask, enumerate(questions))

"""The matrix as text, the same for what is expected and for what was found."""

from collections.abc import Sequence

from fault_matrix.services import SERVICES
from fault_matrix.trial import Trial

FIRST = 24
REST = 21
SHORTER = {"QuotaExhausted": "Quota", "RateLimited": "Limited", "fresh": "answer"}

LEGEND = """\
A cell: what a caller gets with an empty cache > what one with a stale entry gets (once, if it is the same),
requests that reached the service / credits or calls that the ledger counts. Down, Changed and Refused are UpstreamDown,
UpstreamChanged and UpstreamRefused, Limited is RateLimited, Quota QuotaExhausted. A dash: no such failure is known."""

HEAD = "".join([f"{'':{FIRST}}", *(f"{service.name:{REST}}" for service in SERVICES)]).rstrip()


def cell(trials: Sequence[Trial]) -> str:
    """A cell."""
    if not trials:
        return "-"
    outcomes = dict.fromkeys(SHORTER.get(t.outcome, t.outcome.removeprefix("Upstream")) for t in trials)
    counts = dict.fromkeys(f"{t.attempts}/{t.credits:g}" for t in trials)
    return f"{' > '.join(outcomes)} {' > '.join(counts)}"


def line(name: str, row: Sequence[Sequence[Trial]]) -> str:
    """A row."""
    return "".join([f"{name:{FIRST}}", *(f"{cell(trials):{REST}}" for trials in row)]).rstrip()

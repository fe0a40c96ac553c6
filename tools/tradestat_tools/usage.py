"""The tool that says what is left: budgets, pace, breakers, keys, and what is stored."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tradestat_tools.contract.context import Context, own_provenance
from tradestat_tools.contract.source import Source
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Cell, Data, Note, NoteCode, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.upstream.plan import ROLLING_DAYS
from tradestat_tools.upstream.runtime import as_utc, in_thread
from tradestat_tools.upstream.store import StoreUnavailable

ADDRESS = "tradestat://usage"

KeyState = Literal["set", "not set", "not needed"]


class UsageArguments(Arguments):
    """No arguments."""


class Pace(BaseModel):
    """At most `calls` in any stretch of `seconds`."""

    model_config = ConfigDict(extra="forbid")

    calls: int
    seconds: float


class SourceUsage(BaseModel):
    """One service. `budget`, `used` and `left` count credits where a call has a price, else calls; absent: no limit."""

    model_config = ConfigDict(extra="forbid")

    source: str
    service: str
    key: KeyState
    key_variable: str | None = None
    budget: float | None = None
    used: float | None = None
    left: float | None = None
    period: Literal["day", "month", "rolling"] | None = Field(
        default=None, description=f"A calendar day or month in `zone`, or any {ROLLING_DAYS} days (rolling)."
    )
    zone: str | None = None
    resets_at: datetime | None = Field(
        default=None, description="Absent for a rolling period: each credit comes back on its own."
    )
    pace: list[Pace]
    breakers: dict[str, str] = Field(
        description="Host -> closed (asked as usual), open (left alone after failures) or half-open; since the start."
    )


class Kept(BaseModel):
    """Where answers are stored, and how much of them."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    place: str
    entries: int
    bytes: int


class UsageData(Data):
    """The state of every service, of the stored answers, and of the count of calls."""

    offline: bool
    sandbox: bool = Field(default=False, description="Whether the stand-ins are asked, which cost nothing.")
    sources: list[SourceUsage]
    cache: Kept | None = Field(default=None, description="Absent where it can not be reached.")
    cache_warning: str | None = None
    ledger_warning: str | None = None

    def tables(self) -> list[Table]:
        columns = ("source", "key", "plan", "used", "left", "resets", "pace", "service")
        rows: list[tuple[Cell, ...]] = [
            (
                *(one.source, one.key, _plan(one, sandbox=self.sandbox), _used(one), _left(one), _resets(one)),
                *(_pace(one.pace) or "any", _asked(one)),
            )
            for one in self.sources
        ]
        counted = "credits where a call has a price, else calls"
        units = {"used": counted, "left": counted}
        tables = [Table(columns, rows, f"What is left of each plan, {counted}", units=units)]
        if self.cache is not None:
            held: list[tuple[Cell, ...]] = [
                (self.cache.kind, self.cache.entries, self.cache.bytes, self.cache.place),
            ]
            units = {"answers": "count", "bytes": "bytes"}
            tables.append(Table(("kind", "answers", "bytes", "place"), held, "Stored answers", units=units))
        return tables


async def usage(context: Context, _: UsageArguments) -> Answer[UsageData]:
    """What is left of every plan, and what is stored. Nothing is sent."""
    data = await in_thread(partial(_look, context))
    stores = (("Stored answers", data.cache_warning), ("Count of calls", data.ledger_warning))
    notes = [Note(code=NoteCode.STORE, text=f"{what}: {text}") for what, text in stores if text]
    if data.offline:
        notes.append(Note(code=NoteCode.STALE, text="Working offline: only stored answers are given."))
    if any(one.period == "rolling" for one in data.sources):
        text = f"A rolling budget has no reset: each credit comes back {ROLLING_DAYS} days after it was spent."
        notes.append(Note(code=NoteCode.COST, text=text))
    return Answer(
        what="What is left of each service's plan",
        data=data,
        source=own_provenance(context, "usage", ADDRESS),
        notes=notes,
    )


def _look(context: Context) -> UsageData:
    """Read every store; blocks."""
    upstream = context.upstream
    try:
        info = upstream.cache.info()
    except StoreUnavailable as error:
        cache, warning = None, str(error)
    else:
        cache, warning = Kept(kind=info.kind, place=info.place, entries=info.entries, bytes=info.bytes), info.warning
    return UsageData(
        offline=upstream.offline,
        sandbox=context.settings.sandbox,
        sources=[_of_source(context, source) for source in context.sources.values()],
        cache=cache,
        cache_warning=warning,
        ledger_warning=upstream.ledger.warning,
    )


def _of_source(context: Context, source: Source) -> SourceUsage:
    plan = context.upstream.plan(source.policy)
    left = context.upstream.left(source.policy)
    budget = plan.budget
    return SourceUsage(
        source=source.id,
        service=source.name,
        key=_key(context, source),
        key_variable=source.key.variable if source.key else None,
        budget=budget.credits if budget else None,
        used=round(budget.credits - left, 3) if budget and left is not None else None,
        left=round(left, 3) if left is not None else None,
        period=budget.period if budget else None,
        zone=budget.zone if budget else None,
        resets_at=as_utc(budget.bounds(context.upstream.time())[1]) if budget and budget.period != "rolling" else None,
        pace=[Pace(calls=window.calls, seconds=window.seconds) for window in plan.windows],
        breakers=context.upstream.breakers(source.id),
    )


def _key(context: Context, source: Source) -> KeyState:
    if source.key is None or context.settings.sandbox:
        return "not needed"
    return "set" if getattr(context.settings, source.key.variable.lower()) else "not set"


def _plan(one: SourceUsage, *, sandbox: bool) -> str:
    if one.budget is None:
        return f"no limit {'in the sandbox' if sandbox else 'but the pace'}"
    return f"{one.budget:,g} {f'in any {ROLLING_DAYS} days' if one.period == 'rolling' else f'a {one.period}'}"


def _used(one: SourceUsage) -> float | str:
    if one.budget is None:
        return "not counted"
    return "not known" if one.used is None else one.used


def _left(one: SourceUsage) -> float | str:
    if one.budget is None:
        return "no limit"
    return "not known" if one.left is None else one.left


def _resets(one: SourceUsage) -> str:
    if one.period == "rolling":
        return f"each after {ROLLING_DAYS} days"
    return f"{one.resets_at:%Y-%m-%d %H:%M} UTC" if one.resets_at else "nothing to reset"


def _pace(windows: Sequence[Pace]) -> str:
    return ", ".join(f"{window.calls} in {window.seconds:g} s" for window in windows)


_STATES = {"closed": "asked as usual", "open": "left alone after failures", "half-open": "being tried again"}


def _asked(one: SourceUsage) -> str:
    said = (f"{host}: {_STATES.get(state, state)}" for host, state in one.breakers.items())
    return ", ".join(said) or "not asked yet"


USAGE = Tool(
    name="usage",
    title="Tradestat: what is left",
    description=(
        "What is left of every service's plan: credits or calls left and used, when they reset, the pace, whether the "
        "key is set, whether a failing service is being left alone; and how many answers are stored, where, and "
        "whether the server works offline. Asks no service. Use it before a series of Trade Map "
        "calls, and after QuotaExhausted, RateLimited or UpstreamDown."
    ),
    arguments=UsageArguments,
    data=UsageData,
    run=usage,
    example={},
    local=True,
)

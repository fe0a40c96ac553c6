"""Control of a running sandbox under `/_sandbox/`, and its rate limits."""

from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING, Any, cast, get_args, get_type_hints

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tradestat_sandbox.aside import aside

if TYPE_CHECKING:
    from tradestat_sandbox import Limits, Sandbox

DAY = 86_400.0
MONTH = 30 * DAY


class Gate:
    """Counts the calls of one source against its limits, by an injected clock."""

    def __init__(self, limits: "Limits", now: float) -> None:
        self._limits = limits
        self._tokens = float(limits.burst)
        self._at = now
        self._windows: dict[float, tuple[float, int]] = {DAY: (now, 0), MONTH: (now, 0)}

    def refuse(self, now: float) -> tuple[str, float] | None:
        """("rate" | "day" | "month", seconds to wait) when a call is one too many, else None and the call counts."""
        limits = self._limits
        if limits.per_minute is not None:
            refilled = self._tokens + (now - self._at) * limits.per_minute / 60
            self._tokens = min(float(max(1, limits.burst)), refilled)
            self._at = now
            if self._tokens < 1:
                return "rate", (1 - self._tokens) * 60 / limits.per_minute
        for name, window, limit in (("day", DAY, limits.per_day), ("month", MONTH, limits.per_month)):
            start, count = self._windows[window]
            if now - start >= window:
                start, count = now, 0
            if limit is not None and count >= limit:
                return name, window - (now - start)
            self._windows[window] = (start, count)
        for window, (start, count) in self._windows.items():
            self._windows[window] = (start, count + 1)
        self._tokens -= 1
        return None


def admit(sandbox: "Sandbox", source: str) -> tuple[str, float] | None:
    """Counts a call of a source; which limit refuses it and for how many seconds, or None."""
    now = sandbox.clock()
    gate = sandbox.counters.get(source)
    if gate is None:
        gate = sandbox.counters[source] = Gate(sandbox.settings.limits[source], now)
    return cast("Gate", gate).refuse(now)


def apply_settings(sandbox: "Sandbox", changes: dict[str, Any]) -> None:
    """Changes settings by name after checking them.

    Raises:
        ValueError: an unknown setting or a value it does not take.
    """
    from tradestat_sandbox import Limits, Settings  # noqa: PLC0415  (it imports this module)

    hints = get_type_hints(Settings)
    for name, value in changes.items():
        if name == "today":
            sandbox.today = value if isinstance(value, date) else date.fromisoformat(value)
        elif name == "limits":
            known = {entry.name for entry in fields(Limits)}
            for source, numbers in cast("dict[str, Any]", value).items():
                if source not in sandbox.settings.limits:
                    raise ValueError(f"unknown source {source!r} in limits")
                given = asdict(numbers) if isinstance(numbers, Limits) else dict(cast("dict[str, Any]", numbers))
                if not given.keys() <= known:
                    raise ValueError(f"limits take {', '.join(sorted(known))}")
                sandbox.settings.limits[source] = Limits(**given)
                sandbox.counters.pop(source, None)
        elif name not in hints:
            raise ValueError(f"unknown setting {name!r}; there are today, {', '.join(hints)}")
        else:
            allowed = get_args(hints[name])
            if allowed and all(isinstance(choice, str) for choice in allowed) and value not in allowed:
                raise ValueError(f"{name} is one of {', '.join(allowed)}, not {value!r}")
            setattr(sandbox.settings, name, value)


def control_routes(sandbox: "Sandbox") -> list[Route]:
    """Routes to look at and steer a running sandbox."""

    async def state(_: Request) -> JSONResponse:
        return JSONResponse(
            {
                "today": sandbox.today.isoformat(),
                "settings": asdict(sandbox.settings),
                "faults": len(sandbox.faults),
                "credits_charged": sandbox.credits_charged,
                "calls": _counted(sandbox),
            }
        )

    async def calls(_: Request) -> JSONResponse:
        return JSONResponse([asdict(call) for call in sandbox.calls])

    async def truth(request: Request) -> JSONResponse:
        from tradestat_sandbox.report import describe_truth  # noqa: PLC0415

        query = request.query_params
        try:
            flow = [query[name] for name in ("exporter", "importer", "product", "period")]
        except KeyError as missing:
            return JSONResponse({"error": f"parameter {missing} is missing"}, 400)
        try:
            return JSONResponse(await aside(lambda: describe_truth(sandbox.world, *flow)))
        except (KeyError, ValueError) as problem:
            return JSONResponse({"error": str(problem.args[0])}, 404)

    async def faults(request: Request) -> JSONResponse:
        try:
            sandbox.fail(**await request.json())
        except (TypeError, ValueError) as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return JSONResponse({"faults": len(sandbox.faults)})

    async def settings(request: Request) -> JSONResponse:
        try:
            sandbox.configure(**await request.json())
        except (TypeError, ValueError) as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return await state(request)

    async def reset(request: Request) -> JSONResponse:
        sandbox.reset()
        return await state(request)

    return [
        Route("/_sandbox/", state),
        Route("/_sandbox/calls", calls),
        Route("/_sandbox/truth", truth),
        Route("/_sandbox/faults", faults, methods=["POST"]),
        Route("/_sandbox/settings", settings, methods=["POST"]),
        Route("/_sandbox/reset", reset, methods=["POST"]),
    ]


def _counted(sandbox: "Sandbox") -> dict[str, int]:
    counts: dict[str, int] = {}
    for call in sandbox.calls:
        key = f"{call.source}/{call.endpoint}"
        counts[key] = counts.get(key, 0) + 1
    return counts

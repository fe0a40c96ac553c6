"""The state of a sandbox, which its services share and the control paths change."""

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING, Any, cast, get_args, get_type_hints

from tradestat_sandbox.faults import Fault
from tradestat_sandbox.settings import DEFAULT_TODAY, SANDBOX_KEYS, Call, Limits, SandboxKeys, Settings

if TYPE_CHECKING:
    from tradestat_sandbox.world import World


class State:
    """The state of a sandbox: its world, settings, scripted faults and log of calls.

    Args:
        today: the day on which the world is looked at; moving it publishes and revises months.
        keys: the keys to accept.
        settings: what can also be switched later, as attributes of `settings` or through `configure`.
        clock: seconds for rate limits; injected by tests.
    """

    def __init__(
        self,
        *,
        today: date = DEFAULT_TODAY,
        keys: SandboxKeys = SANDBOX_KEYS,
        settings: Settings | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.keys = keys
        self.clock = clock
        self._first_settings = settings or Settings()
        self.settings = deepcopy(self._first_settings)
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.credits_charged = 0
        self.counters: dict[str, Any] = {}
        self._first_today = today
        self._today = today
        self._world: World | None = None

    @property
    def world(self) -> "World":
        """The world behind the services, as of `today`."""
        if self._world is None:
            from tradestat_sandbox.world import world_on  # noqa: PLC0415

            self._world = world_on(self._today)
        return self._world

    @property
    def today(self) -> date:
        """The day on which the world is looked at."""
        return self._today

    @today.setter
    def today(self, value: date) -> None:
        self._today = value
        self._world = None

    def configure(self, **changes: Any) -> None:
        """Changes settings by name; `limits` takes {source: {per_minute, burst, per_day, per_month}}.

        Raises:
            ValueError: an unknown setting or a value it does not take.
        """
        hints = get_type_hints(Settings)
        for name, value in changes.items():
            if name == "today":
                self.today = value if isinstance(value, date) else date.fromisoformat(value)
            elif name == "limits":
                known = {entry.name for entry in fields(Limits)}
                for source, numbers in cast("dict[str, Any]", value).items():
                    if source not in self.settings.limits:
                        raise ValueError(f"unknown source {source!r} in limits")
                    given = asdict(numbers) if isinstance(numbers, Limits) else dict(cast("dict[str, Any]", numbers))
                    if not given.keys() <= known:
                        raise ValueError(f"limits take {', '.join(sorted(known))}")
                    self.settings.limits[source] = Limits(**given)
                    self.counters.pop(source, None)
            elif name not in hints:
                raise ValueError(f"unknown setting {name!r}; there are today, {', '.join(hints)}")
            else:
                allowed = get_args(hints[name])
                if allowed and all(isinstance(choice, str) for choice in allowed) and value not in allowed:
                    raise ValueError(f"{name} is one of {', '.join(allowed)}, not {value!r}")
                setattr(self.settings, name, value)

    def fail(self, **script: Any) -> None:
        """Scripts what happens to the next calls of a source and endpoint, by the fields of `Fault`.

        Raises:
            ValueError: an unknown source or kind.
        """
        self.faults.append(Fault(**script))

    def reset(self) -> None:
        """Back to the first state: no faults, no calls, no spent quota, first settings and day."""
        self.settings = deepcopy(self._first_settings)
        self.calls.clear()
        self.faults.clear()
        self.counters.clear()
        self.credits_charged = 0
        if self._today != self._first_today:
            self.today = self._first_today

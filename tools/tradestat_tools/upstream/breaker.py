"""Leaving a failing service alone for a while."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

FAILURES = 5
FIRST_REST = 30.0
LONGEST_REST = 300.0

State = Literal["closed", "open", "half-open"]


@dataclass(slots=True)
class Breaker:
    """Opens after so many failures in a row; then one probe at a time may pass, and its end decides.

    Args:
        time: the clock.
        failures: in a row, until it opens.
        rest: seconds until the first probe; doubled with each probe that fails, up to `LONGEST_REST`.
    """

    time: Callable[[], float]
    failures: int = FAILURES
    rest: float = FIRST_REST
    _in_a_row: int = 0
    _opened_until: float | None = None
    _rest_now: float = 0.0
    _probing: bool = False

    @property
    def state(self) -> State:
        """Closed (calls pass), open (none does), half-open (one probe may, or is under way)."""
        if self._opened_until is None:
            return "closed"
        return "half-open" if self.time() >= self._opened_until else "open"

    def wait(self) -> float:
        """Seconds until a call may pass: 0 lets this one pass, and then it must be reported back."""
        if self._opened_until is None:
            return 0.0
        left = self._opened_until - self.time()
        if left > 0:
            return left
        if self._probing:
            return self.rest  # somebody's probe is under way; its end decides
        self._probing = True
        return 0.0

    def succeeded(self) -> None:
        """The service answered, whatever it said."""
        self._in_a_row = 0
        self._opened_until = None
        self._rest_now = 0.0
        self._probing = False

    def failed(self) -> None:
        """The service could not be reached or failed on its side."""
        self._in_a_row += 1
        if self._probing or self._in_a_row >= self.failures:
            self._rest_now = min(self._rest_now * 2 or self.rest, LONGEST_REST)
            self._opened_until = self.time() + self._rest_now
        self._probing = False

    def abandoned(self) -> None:
        """The call was given up before its end: it proves nothing."""
        self._probing = False

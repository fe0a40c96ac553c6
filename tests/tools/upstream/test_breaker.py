"""When a failing service is left alone, and when it is tried again."""

from tradestat_tools.upstream.calling import Breaker


class FakeClock:
    """A clock that stands still until it is set."""

    now = 0.0

    def time(self) -> float:
        return self.now


def opened() -> tuple[Breaker, FakeClock]:
    clock = FakeClock()
    breaker = Breaker(clock.time, failures=3, rest=30)
    for _ in range(3):
        assert breaker.wait() == 0
        breaker.failed()
    return breaker, clock


def test_it_opens_after_failures_in_a_row_only() -> None:
    breaker = Breaker(FakeClock().time, failures=3)
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()
    assert breaker.state == "closed"


def test_while_open_nothing_passes_and_the_rest_is_said() -> None:
    breaker, clock = opened()
    clock.now = 10
    assert breaker.state == "open"
    assert breaker.wait() == 20


def test_after_the_rest_one_probe_passes_and_no_second() -> None:
    breaker, clock = opened()
    clock.now = 31
    assert breaker.state == "half-open"
    assert breaker.wait() == 0
    assert breaker.wait() > 0
    assert breaker.wait() > 0


def test_a_probe_that_succeeds_closes_it() -> None:
    breaker, clock = opened()
    clock.now = 31
    breaker.wait()
    breaker.succeeded()
    assert breaker.state == "closed"
    assert breaker.wait() == 0


def test_a_probe_that_fails_opens_it_for_twice_as_long_up_to_a_bound() -> None:
    breaker, clock = opened()
    rests: list[float] = []
    for _ in range(6):
        clock.now += 10_000
        breaker.wait()
        breaker.failed()
        rests.append(breaker.wait())
    assert rests == [60, 120, 240, 300, 300, 300]


def test_a_probe_that_was_given_up_lets_another_one_pass() -> None:
    breaker, clock = opened()
    clock.now = 31
    breaker.wait()
    breaker.abandoned()
    assert breaker.wait() == 0

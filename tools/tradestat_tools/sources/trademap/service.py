"""What a parse.bot plan allows, and what was seen to hold."""

from tradestat_tools.model.settings import Settings
from tradestat_tools.upstream.plan import Budget, Plan, Window

PLANS = {
    # Documented as 5 a minute; a burst of 30 passed before that held (seen October 2026). Thirty in six minutes is five
    # a minute in the long run, and lets a short session pass without waiting.
    "free": (100, Window(30, 360.0)),
    "hobby": (1_000, Window(20, 60.0)),
    "developer": (5_000, Window(250, 60.0)),
}
"""Credits a month and calls in a window, by the published price list. 200 free credits were seen in October 2026; the
list's 100 are kept until the user says otherwise."""


def plan(settings: Settings) -> Plan:
    """The plan named in the settings, with the user's own figures where given."""
    allowed, window = PLANS[settings.trademap_plan]
    if settings.trademap_credits is not None:
        allowed = settings.trademap_credits
    if settings.trademap_per_minute is not None:
        window = Window(settings.trademap_per_minute, 60.0)
    # Whether the month is the calendar's or any 30 days is not documented.
    return Plan((window,), Budget(allowed, settings.trademap_period, settings.trademap_zone))

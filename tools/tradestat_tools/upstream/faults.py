"""Two ways in which the wire fails, told apart because one may have cost something."""

from tradestat_tools.model.errors import UpstreamDown


class NotReached(UpstreamDown):
    """The request never left: no connection came about, so it can have cost nothing."""


class Unanswered(UpstreamDown):
    """The request left, but no whole answer came: it may have been carried out and charged."""

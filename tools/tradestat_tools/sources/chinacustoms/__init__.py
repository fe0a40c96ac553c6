"""China Customs' own statistics, which have no programming interface: people export them by hand."""

from tradestat_tools.sources.chinacustoms.file import ChinaCustoms

FILES = (ChinaCustoms,)
"""Layouts of the files that its site exports."""

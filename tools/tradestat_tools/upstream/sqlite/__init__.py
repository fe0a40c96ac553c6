"""Cache and ledger in SQLite files that several processes share."""

from tradestat_tools.upstream.sqlite.cache import SqliteCache
from tradestat_tools.upstream.sqlite.ledger import SqliteLedger

__all__ = ["SqliteCache", "SqliteLedger"]

"""Cache and ledger in SQLite files."""

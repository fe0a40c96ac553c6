"""Cache and ledger on Redis, shared by several machines."""

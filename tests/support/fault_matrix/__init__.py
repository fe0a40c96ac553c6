"""Every way in which a service is known to fail, against every source, with an empty cache and with a stale entry.

Real tool calls go through the real engine and HTTP client to a server on loopback that answers byte for byte as
scripted. `make faults` (`python -m fault_matrix` with `tests/support` on the path) tries every cell and prints the
table, and after it what becomes of cache and ledger when their files or their disk are not as they should be.
"""

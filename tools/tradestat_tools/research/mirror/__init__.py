"""One flow as its exporter and its importer report it."""

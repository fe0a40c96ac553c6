"""The committed data files of this package; where each column comes from is in data/README.md."""

import csv
from collections.abc import Iterator


def table_text(name: str) -> str:
    """The text of a file in `data/`."""
    from importlib import resources  # noqa: PLC0415  10 ms that a start without look-ups need not pay

    return resources.files("tradestat_tools.codes").joinpath("data", name).read_text(encoding="utf-8")


def table_rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file in `data/`, by its header; lines beginning with # are comments."""
    return csv.DictReader(line for line in table_text(name).splitlines() if not line.startswith("#"))

"""What the engine must know about a source, without knowing the source."""

from dataclasses import dataclass

MAX_BODY = 64 * 1024 * 1024
"""Decoded bytes. The largest real answer seen is several MB (Korea, a chapter by month); a 50 MB body still fits."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How to deal with one service.

    Args:
        source: the source's id.
        service: its name for people.
        max_body: bytes, after decompression, beyond which an answer is cut off as too large.
    """

    source: str
    service: str
    max_body: int = MAX_BODY

"""Collecting a body within a bound, whatever it unpacks to."""

import zlib
from typing import Literal

ENCODINGS = "gzip, deflate"
"""What may be asked for: the encodings unpacked here, in bounded steps."""


class UnreadableBody(ValueError):
    """The body is not what its Content-Encoding says, or ends before its end."""


class Body:
    """Takes a body in pieces; once a fault is set, what follows is ignored.

    Args:
        encoding: the answer's Content-Encoding.
        bound: bytes, unpacked, that the body may have.
    """

    def __init__(self, encoding: str, bound: int) -> None:
        self.fault: Literal["too large", "unreadable", ""] = ""
        self._bound = bound
        self._data = bytearray()
        encoding = encoding.strip().lower()
        # 32 more than the largest window: zlib tells gzip from deflate by itself.
        self._unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32) if encoding in ("gzip", "deflate") else None
        if self._unpack is None and encoding not in ("", "identity"):
            self.fault = "unreadable"

    def feed(self, piece: bytes) -> None:
        """Take the next piece as it came over the wire."""
        if self.fault:
            return
        if self._unpack is None:
            self._data += piece
        else:
            try:
                self._data += self._unpack.decompress(piece, self._bound + 1 - len(self._data))
            except zlib.error:
                self.fault = "unreadable"
        if len(self._data) > self._bound:
            self.fault = "too large"

    def finish(self) -> bytes:
        """The whole body, unpacked.

        Raises:
            UnreadableBody: a packed body ended before its end.
        """
        if self._unpack is not None and self._data and not self._unpack.eof:
            raise UnreadableBody
        return bytes(self._data)

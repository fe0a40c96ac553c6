"""Pictures of pages in fewer bytes: Chromium packs them in haste, and flat colours pack best as they are."""

import zlib


def packed(png: bytes) -> bytes:
    """The same picture, eight bits a channel, without what is not needed to draw it."""
    parts: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        size, name = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        parts[name] = parts.get(name, b"") + png[at + 8 : at + 8 + size]
        at += size + 12
    width, height = (int.from_bytes(parts[b"IHDR"][place : place + 4], "big") for place in (0, 4))
    channels = {2: 3, 6: 4}[parts[b"IHDR"][9]]
    lines = _plain(zlib.decompress(parts[b"IDAT"]), width * channels, height, channels)
    kept = (
        (b"IHDR", parts[b"IHDR"]),
        (b"IDAT", zlib.compress(b"".join(b"\0" + line for line in lines), 9)),
        (b"IEND", b""),
    )
    return png[:8] + b"".join(
        len(part).to_bytes(4, "big") + name + part + zlib.crc32(name + part).to_bytes(4, "big") for name, part in kept
    )


def _plain(data: bytes, size: int, height: int, step: int) -> list[bytes]:
    """The lines of a picture, with what each was written by taken back (PNG, section 9)."""
    above = bytearray(size)
    lines: list[bytes] = []
    for number in range(height):
        start = number * (size + 1)
        how, line = data[start], bytearray(data[start + 1 : start + 1 + size])
        for at in range(size):
            left = line[at - step] if at >= step else 0
            corner = above[at - step] if at >= step else 0
            up = above[at]
            by = (0, left, up, (left + up) // 2, _nearest(left, up, corner))[how]
            line[at] = (line[at] + by) & 255
        lines.append(bytes(line))
        above = line
    return lines


def _nearest(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))

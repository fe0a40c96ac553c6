"""Which product an answer is of: figures of another one are worse than none."""

import re
from collections.abc import Iterable

from tradestat_tools.sources.doumaotong.service import POLICY
from tradestat_tools.sources.doumaotong.wire.envelope import changed
from tradestat_tools.sources.doumaotong.wire.fields import Fields
from tradestat_tools.upstream.failures import not_asked_for

CODE = ("hsCode", "hs")
"""What a product's code is called, the latter in rows of the current form."""


def product_of(body: Fields, asked: str, rows: Iterable[Fields] = ()) -> str:
    """The code that an answer is of: the one asked for where it names none, else that or the one taken below it.

    Args:
        rows: those that would carry a code of their own.

    Raises:
        UpstreamChanged: it is of another product, or of two.
    """
    found = dict.fromkeys(code for place in (body, *rows) if (code := hs_code(place, *CODE)) is not None)
    first = next(iter(found), asked)
    for code in found:
        if code != first or not code.startswith(asked):
            raise stranger(body, "hsCode", asked, code)
    return first


def stranger(body: Fields, name: str, asked: str, got: str) -> Exception:
    """The failure of an answer to another question."""
    return not_asked_for(f"doumaotong.com /skill/{body.where}", POLICY.source, [(name, asked, got)])


def hs_code(place: Fields, *names: str) -> str | None:
    """The digits of a code, also where a number or a spreadsheet lost the leading zero.

    Raises:
        UpstreamChanged: no HS code.
    """
    text = place.text(*names)
    if text is None:
        return None
    digits = re.sub(r"[.\s]", "", text)
    digits = digits.zfill(len(digits) + len(digits) % 2)
    if not re.fullmatch(r"[0-9]{4,10}", digits):
        raise changed(f"{place.where}.{names[0]}", "an HS code", text)
    return digits

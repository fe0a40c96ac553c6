"""Words where a product code belongs: the error offers the codes that they may mean, and chooses none."""

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from tradestat_tools.codes.hs import hs_status
from tradestat_tools.codes.search.scores import WHOLE_NAME
from tradestat_tools.codes.words import MAX_INPUT, shown
from tradestat_tools.model.arguments import UNSET_WORDS
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.next_steps import with_next_step
from tradestat_tools.search.lists import Kind, look
from tradestat_tools.upstream.threads import in_thread

CODED: dict[str, Kind] = {"product": "hs", "hsCode": "hs", "hsSgn": "hs", "cmdCode": "hs", "service": "ebops"}
"""The arguments of all tools that take a product code, and the list that it is from. UN Comtrade's `cmdCode` is for
services as well, as its `typeCode` and `clCode` say."""

OFFERED = 4

_CODE = re.compile(r"\W*(hs|ag|s[a-l]?)?\s*(code)?[\W_]*([0-9][0-9.\s-]*)?[a-z]?\W*|total|all", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9OoIl]{2,10}")
_WORD = re.compile(r"[a-z]{2,}|[^\W\d_\x00-\x7f]", re.IGNORECASE)
"""What is meant as a code, right or wrong; a code that may have letters for digits; what a text has that is meant
as words: letters together, or Chinese or Korean."""

_LETTERS_FOR_DIGITS = str.maketrans("OoIl", "0011")


async def offer_codes(error: InvalidQuery, raw: Mapping[str, Any]) -> InvalidQuery:
    """The error with the codes that words, or letters typed for digits, in a product argument may mean.

    Any other error is given back with the next step that is known of it, if any.

    Args:
        error: what was wrong with the raw arguments.
        raw: the arguments as the caller sent them.
    """
    argument = error.argument or ""
    if argument not in CODED:
        return with_next_step(error, raw)
    if error.nearest:
        return error
    if argument == "cmdCode" and re.search("SITC|BEC", error.allowed or ""):
        # There is no search for these here, and goods of the HS have other codes.
        listed = re.search(r"\b(S[1-4]|B[45])\b", error.message)
        where = f"comtrade_reference(category={listed[1] if listed else 'S4'}, search=...)"
        return _again(error, [], f"Look for a code with {where}.")
    texts = _texts(raw.get(argument))
    kind = "ebops" if argument == "cmdCode" and _asks_for_services(raw) else CODED[argument]
    if kind == "hs" and (typed := next((text for text in texts if _DIGITS.fullmatch(text) and not text.isdigit()), "")):
        return await in_thread(partial(_with_digits, error, typed))
    if words := next((text for text in texts if _WORD.search(text) and not _CODE.fullmatch(text)), ""):
        return await in_thread(partial(_with_codes, error, kind, words))
    return error


def _with_digits(error: InvalidQuery, typed: str) -> InvalidQuery:
    """With the code that is meant where 0 or 1 were typed as letters, if there is such a code."""
    code = typed.translate(_LETTERS_FOR_DIGITS)
    return error if hs_status(code).kind == "unknown" else _again(error, [code])


def _with_codes(error: InvalidQuery, kind: Kind, words: str) -> InvalidQuery:
    found, elsewhere = look(kind, words, OFFERED, "any")
    sure = not elsewhere or found.score >= WHOLE_NAME  # "software licence" is no glassware, whatever words they share
    near = [f"{row[0]} ({row[1]})" for row in found.rows if sure]
    tool = f"search_codes(kind={kind}, query={shown(words)})"
    remedy = f"Choose one of {', '.join(near)}; {tool} shows more, free." if near else f"Look for a code with {tool}."
    return _again(error, near, f"{remedy} {elsewhere}".strip())


def _again(error: InvalidQuery, near: list[str], remedy: str | None = None) -> InvalidQuery:
    return InvalidQuery(
        error.message,
        argument=error.argument,
        allowed=error.allowed,
        nearest=near,
        remedy=remedy,
        source=error.source,
    )


def _asks_for_services(raw: Mapping[str, Any]) -> bool:
    return str(raw.get("typeCode", "")).upper().startswith("S") or str(raw.get("clCode", "")).upper().startswith("EB")


def _texts(value: Any) -> list[str]:
    """The values of an argument, however the list of them was sent; none of one that was left out."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    values = cast("list[object]", value) if isinstance(value, list) else str(value).split(",")
    texts = (str(one).strip()[:MAX_INPUT] for one in values)
    return [text for text in texts if text.lower() not in UNSET_WORDS]

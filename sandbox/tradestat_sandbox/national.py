"""National extensions: China's 8-digit and Korea's 10-digit codes under each subheading, one to three of them.

Most of China's subheadings are one national code, which ends in 00. Splits and the endings of split codes are
invented; the codes of a subheading always add up to it, cell by cell.
"""

from functools import lru_cache

from tradestat_sandbox.chance import Shares, between, cumulate, mix
from tradestat_sandbox.products import CODES6

_ENDINGS = {8: (("00",), ("10", "90"), ("10", "20", "90")), 10: (("0000",), ("1000", "9000"), ("1000", "2000", "9000"))}
_DIVIDED = {8: (0, 0, 0, 1, 2), 10: (0, 1, 2)}  # places in _ENDINGS, each as likely as it is often there
_ONE_IN_CHINA = frozenset({"850760", "851713", "851714"})  # asked for most, whatever chance says


@lru_cache(maxsize=1024)
def codes_under(product: int, digits: int) -> tuple[str, ...]:
    """The 8-digit (China) or 10-digit (Korea) codes under a subheading, given by its index."""
    chances = _DIVIDED[digits]
    place = chances[mix(31, product, digits) % len(chances)]
    if digits == 8 and CODES6[product] in _ONE_IN_CHINA:
        place = 0
    return tuple(CODES6[product] + ending for ending in _ENDINGS[digits][place])


@lru_cache(maxsize=1024)
def shares_under(product: int, digits: int) -> Shares:
    """Cumulated shares of the national codes in the subheading."""
    count = len(codes_under(product, digits))
    return cumulate([between(0.2, 1.0, 32, product, digits, place) for place in range(count)])


@lru_cache(maxsize=4)
def all_codes(digits: int) -> dict[str, tuple[int, int]]:
    """Every national code of a length to its (subheading index, place from 1)."""
    return {
        code: (product, place)
        for product in range(len(CODES6))
        for place, code in enumerate(codes_under(product, digits), start=1)
    }

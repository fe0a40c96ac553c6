"""Countries as this source names them: in Chinese, or by China Customs code."""

from functools import lru_cache

from tradestat_tools.codes.countries import area
from tradestat_tools.codes.errors import CodeError


@lru_cache(maxsize=1024)
def place(chinese: str) -> tuple[str | None, str | None]:
    """The China Customs code and English name of a destination named in Chinese; None where not known for certain."""
    try:
        found = area(chinese)
    except CodeError:
        return None, None
    return found.china_customs or None, found.name_en


@lru_cache(maxsize=1024)
def english(customs_code: str) -> str | None:
    """The English name of a China Customs code; None if unknown."""
    try:
        return area(customs_code, system="china_customs").name_en
    except CodeError:
        return None

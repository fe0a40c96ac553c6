"""Names in Chinese and Korean, where the lists have them: areas, HS chapters and headings, EBOPS items."""

from functools import cache
from typing import Literal

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.ebops import EbopsItem
from tradestat_tools.codes.search.hs import everyday_words
from tradestat_tools.codes.words import table_rows

Lang = Literal["en", "zh", "ko"]


def name_in(lang: Lang, one: Area | EbopsItem) -> str:
    """The name of an area or an item of services in this language; the English one where there is no other."""
    if lang == "en":
        return one.name_en if isinstance(one, Area) else one.label
    return getattr(one, f"name_{lang}") or name_in("en", one)


def hs_name(lang: Lang, code: str) -> str:
    """The short name of a chapter or heading of HS 2022 in Chinese or Korean; "" in English and of any other code.

    Of a subheading, what its goods are called every day, where that is known: the lists name none in these languages.
    """
    if lang == "en":
        return ""
    if name := _hs_names(lang).get(code):
        return name
    words = everyday_words().get(code)
    return next(iter(getattr(words, lang)), "") if words else ""


@cache
def _hs_names(lang: Lang) -> dict[str, str]:
    return {row["code"]: row[f"name_{lang}"] for row in table_rows("hs_names.csv")}

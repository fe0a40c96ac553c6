"""Names of HS chapters and headings in Chinese and Korean."""

from functools import cache
from typing import Literal

from tradestat_tools.codes.search.hs import everyday_words
from tradestat_tools.codes.words import table_rows

Lang = Literal["en", "zh", "ko"]


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

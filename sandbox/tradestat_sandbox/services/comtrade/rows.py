"""UN Comtrade's rows of goods and services, with the breakdowns that double sums."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import product as crossed
from typing import Any, NamedTuple

from tradestat_sandbox import ebops
from tradestat_sandbox.chance import cumulate, cut, mix
from tradestat_sandbox.economies import ECONOMIES, Economy
from tradestat_sandbox.flows import FIRST_YEAR, ROUTES
from tradestat_sandbox.observers import Span
from tradestat_sandbox.products import (
    BY_CODE,
    NES,
    NES_INDEX,
    TOTAL,
    code_of,
    edition_of,
    label,
    national_codes,
    national_shares,
)
from tradestat_sandbox.records import ALL_PARTNERS, ALL_PRODUCTS
from tradestat_sandbox.services.comtrade.fields import record
from tradestat_sandbox.services.comtrade.lists import SERVICES_TOTAL
from tradestat_sandbox.services.comtrade.question import BY_COMTRADE, FLOWS, AskedRows
from tradestat_sandbox.services.comtrade.sums import summed
from tradestat_sandbox.world import CHINA, KOREA, World

_MODES = (("1000", "Air"), ("2100", "Sea"), ("3200", "Road"))
_REGIMES = (("C01", "Clearance for home use"), ("C04", "Inward processing"))
_KNOWS_NO_WEIGHT = 7  # one reporter in so many gives no weights


def rows(world: World, asked: AskedRows) -> Iterator[dict[str, Any]]:
    """The rows, lazily, so that a limit saves the work behind it; sums of them where those were asked for."""
    found = _rows(world, asked)
    return summed(found, asked.summed_over) if asked.summed_over else found


def _rows(world: World, asked: AskedRows) -> Iterator[dict[str, Any]]:
    if asked.supply not in (None, "0"):
        return  # no mode of supply is told apart here
    make = _goods if asked.goods else _services
    for period in asked.periods:
        for code in asked.reporters:
            for flow in asked.flows:
                yield from make(world, asked, period, BY_COMTRADE[code], flow)


# --- goods -----------------------------------------------------------------------------------------


def _span(world: World, asked: AskedRows, period: str, reporter: Economy) -> Span | None:
    """The months of a period the reporter has published, else None."""
    year = int(period[:4])
    if year < FIRST_YEAR:
        return None
    if asked.monthly:
        month = int(period[4:])
        last = world.monthly_last(reporter)
        published = 1 <= month <= 12 and last is not None and (year, month) <= last
        return Span(year, month, month) if published else None
    newest = world.annual_last(reporter)
    return Span(year, 1, 12) if newest is not None and year <= newest else None


def _edition(asked: AskedRows, year: int) -> str | None:
    """The HS edition of a year's rows; None where the asked one did not exist yet."""
    if asked.classification == "HS":
        return edition_of(year)
    return asked.classification if asked.classification <= edition_of(year) else None


@lru_cache(maxsize=64)
def _wanted(
    asked_codes: tuple[str, ...] | None, edition: str, *, tariff_line: bool
) -> list[tuple[str, tuple[int, ...]]]:
    """(commodity code, indexes of its subheadings) of what was asked, codes without data left out."""
    sixes = [code_of(index, edition) for index in ALL_PRODUCTS]
    levels = {f"AG{digits}": tuple(sorted({six[:digits] for six in sixes})) for digits in (2, 4, 6)}
    everything = ["TOTAL", *levels["AG2"], *levels["AG4"], *levels["AG6"]]
    codes: list[str] = []
    for code in asked_codes or (levels["AG6"] if tariff_line else everything):
        if "?" in code:
            codes.extend(one for one in everything if fnmatchcase(one, code))
        else:
            codes.extend(levels.get(code.upper(), (code.upper(),)))
    found: list[tuple[str, tuple[int, ...]]] = []
    for code in codes:
        under = tuple(i for i, six in enumerate(sixes) if code == TOTAL or six.startswith(code))
        if under and (code == TOTAL or len(code) in (2, 4, 6)):
            found.append((code, under))
    return found


def _goods(world: World, asked: AskedRows, period: str, reporter: Economy, flow: str) -> Iterator[dict[str, Any]]:
    span = _span(world, asked, period, reporter)
    edition = _edition(asked, int(period[:4]))
    if span is None or edition is None:
        return
    wanted = _wanted(asked.codes, edition, tariff_line=asked.tariff_line)
    needed = tuple(sorted({index for _, under in wanted for index in under}))
    own = {BY_COMTRADE[code].index for code in asked.partners if code}
    partners = ALL_PARTNERS if 0 in asked.partners else tuple(sorted(own))
    amounts: dict[tuple[int, int], tuple[int, int]] = {}
    by_product: dict[int, list[int]] = {}
    for cell in world.cells(reporter.index, FLOWS[flow][0], span, partners, needed):
        amounts[cell.partner, cell.product] = (cell.usd, cell.kg)
        whole = by_product.setdefault(cell.product, [0, 0])
        whole[0] += cell.usd
        whole[1] += cell.kg
    for code in asked.partners:
        partner = BY_COMTRADE[code] if code else None
        for commodity, under in wanted:
            found = (
                [amounts[partner.index, i] for i in under if (partner.index, i) in amounts]
                if partner
                else [(by_product[i][0], by_product[i][1]) for i in under if i in by_product]
            )
            usd, kg = sum(one for one, _ in found), sum(other for _, other in found)
            if not usd:
                continue  # no trade is no row
            row = _row(asked, _Place(period, reporter, flow, partner), commodity, edition, (usd, kg))
            if asked.tariff_line:
                yield from _tariff_lines(row, reporter, commodity, under)
            else:
                yield from _broken_down(asked, row, reporter, partner)


class _Place(NamedTuple):
    """Where a row belongs; a partner of None is World."""

    period: str
    reporter: Economy
    flow: str
    partner: Economy | None


def _row(asked: AskedRows, place: _Place, commodity: str, edition: str, amounts: tuple[int, int]) -> dict[str, Any]:
    period, reporter, flow, _ = place
    usd, kg = amounts
    year = int(period[:4])
    leaf = len(commodity) == 6
    # Totals and chapters are mostly sums of the service's own; China's totals are its own reports, as recorded.
    own = commodity == TOTAL and reporter.index == CHINA
    # Totals of several units have no weight; some reporters never give one. Which kind of nothing stands there changed.
    knows = leaf and mix(61, reporter.index) % _KNOWS_NO_WEIGHT != 0
    nothing = None if own or year < 2020 else 0.0
    weight = float(kg) if knows else nothing
    goods = BY_CODE.get(commodity)
    pieces = round(kg / goods.unit_kg) if knows and goods and goods.unit_kg else None
    unit = (5, "u") if pieces is not None else (8, "kg") if knows else (-1, "N/A")
    imports = flow == "M"
    # A few reporters give their imports FOB as well, 4 % below CIF.
    also_fob = imports and year >= 2020 and reporter.iso2 in ("US", "CA", "AU", "BR", "ZA")
    fob = float(usd) if not imports else float(usd * 96 // 100) if also_fob else (None if year % 2 else 0.0)
    return record(
        describe=asked.describe,
        **_head(place, monthly=asked.monthly),
        classificationCode=edition,
        isOriginalClassification=edition == edition_of(year),
        cmdCode=commodity,
        cmdDesc="All Commodities" if commodity == TOTAL else label(commodity),
        aggrLevel=0 if commodity == TOTAL else len(commodity),
        isLeaf=leaf,
        qtyUnitCode=unit[0],
        qtyUnitAbbr=unit[1],
        qty=float(pieces) if pieces is not None else weight if knows else nothing,
        altQty=nothing,
        netWgt=weight,
        isNetWgtEstimated=not (leaf or own),
        grossWgt=nothing,
        cifvalue=float(usd) if imports else None,
        fobvalue=fob,
        primaryValue=float(usd),
        legacyEstimationFlag=0 if leaf or own else 4,
        isReported=leaf or own,
        isAggregate=not (leaf or own),
    )


def _head(place: _Place, *, monthly: bool) -> dict[str, Any]:
    """What a row says of when, whose, which way and with whom."""
    period, reporter, flow, partner = place
    return {
        "freqCode": "M" if monthly else "A",
        "refPeriodId": int(period + ("01" if monthly else "0101")),
        "refYear": int(period[:4]),
        "refMonth": int(period[4:]) if monthly else 52,
        "period": period,
        "reporterCode": reporter.comtrade,
        "reporterISO": reporter.comtrade_iso,
        "reporterDesc": reporter.name,
        "flowCode": flow,
        "flowDesc": FLOWS[flow][1],
        "partnerCode": partner.comtrade if partner else 0,
        "partnerISO": partner.comtrade_iso if partner else "W00",
        "partnerDesc": partner.name if partner else "World",
    }


_AMOUNTS = ("qty", "netWgt", "cifvalue", "fobvalue", "primaryValue")


def _part(row: dict[str, Any], shares: tuple[int, ...], place: int, **changes: Any) -> dict[str, Any]:
    """A share of a row; the shares of each amount add up to the row's."""
    amounts: dict[str, Any] = {}
    for name in _AMOUNTS:
        value = row[name]
        amounts[name] = float(cut(int(value), shares, place, place)) if value else value
    return row | amounts | changes


def _broken_down(
    asked: AskedRows, row: dict[str, Any], reporter: Economy, partner: Economy | None
) -> Iterator[dict[str, Any]]:
    """The row, and its parts by second partner, customs procedure and mode of transport where no total was asked."""
    if asked.totals_only:
        yield row
        return
    h = mix(62, reporter.index, partner.index if partner else 99, int(row["cmdCode"]) if row["isLeaf"] else 0)
    for seconds, customs, mode in crossed(
        _second_partners(asked, reporter, partner, h), _procedures(asked, h), _transport(asked, h)
    ):
        changes: dict[str, Any] = {}
        part = row
        for share, place, change in (seconds, customs, mode):
            part = _part(part, share, place) if share else part
            changes |= change
        if not asked.describe:
            changes = {name: None if name.endswith("Desc") else value for name, value in changes.items()}
        if part["primaryValue"]:
            yield part | changes


_Break = tuple[tuple[int, ...], int, dict[str, Any]]  # shares (none for the total), place, changed fields
_WHOLE: _Break = ((), 0, {})


def _second_partners(asked: AskedRows, reporter: Economy, partner: Economy | None, h: int) -> list[_Break]:
    parts = [_WHOLE] if asked.second_partner in (None, "0") else []
    if partner is None or asked.second_partner == "0":
        return parts
    route = ROUTES.get(partner.index * len(ECONOMIES) + reporter.index)
    via = [partner, ECONOMIES[route.entrepot]] if route else [partner]
    shares = cumulate([0.85, 0.15 + h % 5 / 100]) if route else cumulate([1.0])
    for place, second in enumerate(via, start=1):
        if asked.second_partner in (None, str(second.comtrade)):
            fields = {"partner2Code": second.comtrade, "partner2ISO": second.comtrade_iso, "partner2Desc": second.name}
            parts.append((shares, place, fields))
    return parts


def _procedures(asked: AskedRows, h: int) -> list[_Break]:
    parts = [_WHOLE] if asked.customs in (None, "C00") else []
    if asked.customs != "C00":
        shares = cumulate([0.7 + h % 7 / 100, 0.25])
        parts += [
            (shares, place, {"customsCode": code, "customsDesc": text})
            for place, (code, text) in enumerate(_REGIMES, start=1)
            if asked.customs in (None, code)
        ]
    return parts


def _transport(asked: AskedRows, h: int) -> list[_Break]:
    parts = [_WHOLE] if asked.mode in (None, "0") else []
    if asked.mode != "0":
        shares = cumulate([0.2 + h % 11 / 30, 0.6, 0.1])
        parts += [
            (shares, place, {"motCode": int(code), "motDesc": text})
            for place, (code, text) in enumerate(_MODES, start=1)
            if asked.mode in (None, code)
        ]
    return parts


def _tariff_lines(
    row: dict[str, Any], reporter: Economy, commodity: str, under: tuple[int, ...]
) -> Iterator[dict[str, Any]]:
    digits = {CHINA: 8, KOREA: 10}.get(reporter.index)
    lines = row | {"isAggregate": False, "isReported": True, "legacyEstimationFlag": 0}
    if digits is None or len(under) != 1 or commodity == NES or under[0] == NES_INDEX:
        yield lines
        return
    shares = national_shares(under[0], digits)
    for place, code in enumerate(national_codes(under[0], digits), start=1):
        line = _part(lines, shares, place, cmdCode=code, isLeaf=True, aggrLevel=digits)
        if line["primaryValue"]:
            yield line


# --- services --------------------------------------------------------------------------------------


def _services(world: World, asked: AskedRows, period: str, reporter: Economy, flow: str) -> Iterator[dict[str, Any]]:
    year = int(period)
    last = world.services_last(reporter)
    if year < FIRST_YEAR or last is None or year > last:
        return
    items: list[tuple[str, str, tuple[ebops.Item, ...]]] = []
    for display in asked.codes or (SERVICES_TOTAL, *ebops.BY_DISPLAY):
        if display == SERVICES_TOTAL:
            items.append((display, "Total EBOPS 2010 Services", ebops.LEAVES))
        elif display in ebops.BY_DISPLAY:
            item = ebops.BY_DISPLAY[display]
            items.append((display, item.label, ebops.leaves_under(item.code)))
    for code in asked.partners:
        partner = BY_COMTRADE[code] if code else None
        ends = [partner] if partner else [economy for economy in ECONOMIES if economy is not reporter]
        for display, text, leaves in items:
            usd = sum(
                world.services.reported(reporter.index, flow, end.index, leaf.index, year)
                for end in ends
                if end is not reporter
                for leaf in leaves
            )
            if usd:
                place = _Place(period, reporter, flow, partner)
                yield _service_row(asked, place, (display, text, len(leaves) == 1), usd)


def _service_row(asked: AskedRows, place: _Place, item: tuple[str, str, bool], usd: int) -> dict[str, Any]:
    display, text, leaf = item
    return record(
        describe=asked.describe,
        **_head(place, monthly=False),
        typeCode="S",
        classificationCode="EB10",
        classificationSearchCode="EB",
        cmdCode=display,
        cmdDesc=text,
        aggrLevel=0 if display == SERVICES_TOTAL else display.count(".") + 1,
        isLeaf=leaf,
        primaryValue=float(usd),
        isReported=leaf,
        isAggregate=not leaf,
    )

"""CSV files of UN Comtrade: those of comtradeplus.un.org and its API, and the older ones of comtrade.un.org."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import partial

from tradestat_tools.codes.countries import areas
from tradestat_tools.codes.words import fold, shown
from tradestat_tools.model.answers import Cell, Note, NoteCode
from tradestat_tools.model.file_layout import (
    TOOL,
    CellFault,
    Column,
    Found,
    HeaderFault,
    InBulk,
    Layout,
    Record,
    Said,
    Trait,
    area_name,
    hs_code,
    month_or_year,
    number,
    period_trait,
    read_period,
)
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.sources.comtrade.answers import DOLLARS, MEASURES
from tradestat_tools.sources.comtrade.codes import (
    BREAKDOWNS,
    EDITION_NAMES,
    FLOWS,
    family,
    is_hs,
)
from tradestat_tools.sources.comtrade.flows import OBSERVED, figure, product_of

_CURRENT = (
    *("typeCode", "freqCode", "refPeriodId", "refYear", "refMonth", "period", "reporterCode", "reporterISO"),
    *("reporterDesc", "flowCode", "flowDesc", "partnerCode", "partnerISO", "partnerDesc", "partner2Code"),
    *("partner2ISO", "partner2Desc", "classificationCode", "classificationSearchCode", "isOriginalClassification"),
    *("cmdCode", "cmdDesc", "aggrLevel", "isLeaf", "customsCode", "customsDesc", "mosCode", "mosDesc", "motCode"),
    *("motDesc", "qtyUnitCode", "qtyUnitAbbr", "qty", "isQtyEstimated", "altQtyUnitCode", "altQtyUnitAbbr"),
    *("altQty", "isAltQtyEstimated", "netWgt", "isNetWgtEstimated", "grossWgt", "isGrossWgtEstimated", "cifvalue"),
    *("fobvalue", "primaryValue", "legacyEstimationFlag", "isReported", "isAggregate"),
)
"""The header of a download of 2025, in the service's spelling; some programs write each with a capital letter."""

_OLDER = {
    "Classification": "classificationCode",
    "Year": "refYear",
    "Period": "period",
    "Period Desc.": "periodDesc",
    "Aggregate Level": "aggrLevel",
    "Is Leaf Code": "isLeaf",
    "Trade Flow Code": "flowCode",
    "Trade Flow": "flowDesc",
    "Reporter Code": "reporterCode",
    "Reporter": "reporterDesc",
    "Reporter ISO": "reporterISO",
    "Partner Code": "partnerCode",
    "Partner": "partnerDesc",
    "Partner ISO": "partnerISO",
    "2nd Partner Code": "partner2Code",
    "2nd Partner": "partner2Desc",
    "2nd Partner ISO": "partner2ISO",
    "Customs Proc. Code": "customsCode",
    "Customs": "customsDesc",
    "Mode of Transport Code": "motCode",
    "Mode of Transport": "motDesc",
    "Commodity Code": "cmdCode",
    "Commodity": "cmdDesc",
    "Qty Unit Code": "qtyUnitCode",
    "Qty Unit": "qtyUnitAbbr",
    "Qty": "qty",
    "Alt Qty Unit Code": "altQtyUnitCode",
    "Alt Qty Unit": "altQtyUnitAbbr",
    "Alt Qty": "altQty",
    "Netweight (kg)": "netWgt",
    "Gross weight (kg)": "grossWgt",
    "Trade Value (US$)": "primaryValue",
    "CIF Trade Value (US$)": "cifvalue",
    "FOB Trade Value (US$)": "fobvalue",
    "Flag": "legacyEstimationFlag",
}
"""The header of the site before 2023, as users recorded it."""


def _folded(head: str) -> str:
    return fold(head).replace(" ", "")


_UNITS = {"netWgt": "kg", "grossWgt": "kg"}

_HEADS = {_folded(name): Column(name, _UNITS.get(name, "")) for name in _CURRENT} | {
    _folded(head): Column(name, _UNITS.get(name, "")) for head, name in _OLDER.items()
}

_OLDER_FLOWS = {"1": "M", "2": "X", "3": "RX", "4": "RM"}
_NO_UNIT = frozenset({"", "-1", "1", "N/A", "No Quantity"})
_REQUIRED = ("period", "reporterCode", "flowCode", "partnerCode", "classificationCode", "cmdCode", "primaryValue")
_GIVEN_BY = {"reporterCode": "reporterISO", "partnerCode": "partnerISO"}


class Comtrade(Layout):
    """One line a record; reporters, partners and flows are in the file."""

    id = "comtrade"
    name = "UN Comtrade (downloaded CSV file)"
    source = "comtrade"
    encodings = ("utf-8", "cp1252")
    """The latter seen in 2025 (country names such as Türkiye)."""
    expected = f"the header of UN Comtrade's CSV, with {', '.join(_REQUIRED)}"
    required = tuple(frozenset({one}) for one in _REQUIRED)
    measures = frozenset(MEASURES)
    money = DOLLARS

    def __init__(self, columns: Sequence[Column], said: Said) -> None:
        super().__init__(columns, said)
        if said.period is not None:
            raise HeaderFault("The file says its periods.", "no period", argument="period", remedy="Leave it out.")
        if said.unit not in (None, "usd"):
            raise HeaderFault("UN Comtrade's figures are in US dollars.", "usd", argument="unit")
        self._areas = {area.comtrade: area for area in areas() if area.comtrade}
        self._known = {area.iso3 for area in self._areas.values() if area.iso3 and not area.former}

    @classmethod
    def column(cls, head: str) -> Column | None:
        return _HEADS.get(_folded(head))

    @property
    def currency(self) -> str:
        return "USD"

    @property
    def unit(self) -> str:
        return "US dollars"

    @property
    def valuation(self) -> str:
        return "imports CIF, exports FOB, unless a reporter does otherwise"

    def cell(self, field: str, text: str) -> Cell:
        if field in self.measures:
            return number(text, signed=True) if text else None
        if field == "period":
            month_or_year(text)
        elif field in _GIVEN_BY:
            if not (text.isascii() and text.isdecimal() and len(text) <= 3):
                raise CellFault(
                    f"{shown(text)} is not a code of an area", "UN Comtrade's number of an area, such as 156"
                )
        elif field == "flowCode":
            _flow(text)
        elif field in ("cmdCode", "classificationCode") and not (text.isascii() and text.replace(".", "").isalnum()):
            raise CellFault(f"{shown(text)} is not a code", "a code such as 850760 or H6")
        return text or None

    def check(self, record: Record) -> None:
        self._check_code(record)
        for field in _GIVEN_BY:
            self._check_area(record, field)
        self._check_flow(record)

    def _check_code(self, record: Record) -> None:
        classification, code = str(record["classificationCode"]), str(record["cmdCode"])
        if is_hs(classification) and code.isdecimal():
            try:
                hs_code(code, (2, 4, 6, 8, 10))
            except CellFault as fault:
                raise CellFault(fault.message, fault.expected, remedy=fault.remedy, field="cmdCode") from None

    def _check_area(self, record: Record, field: str) -> None:
        named = _GIVEN_BY[field]
        given, area = record.get(named), self._areas.get(_area(record, field))
        if area is not None and not area.former and area.iso3 and given in self._known and given != area.iso3:
            raise CellFault(
                f"{given} is not the area {record[field]}",
                f"{area.iso3}, the ISO code of area {record[field]}",
                field=named,
            )

    def _check_flow(self, record: Record) -> None:
        direction = FLOWS[_flow(str(record["flowCode"]))].side
        if self.said.flow is not None and direction != self.said.flow:
            raise CellFault(
                f"{shown(str(record['flowCode']))} is not the flow that was said",
                "one flow, as said by the argument flow",
                field="flowCode",
                remedy="Leave flow out: the file says the flow of every row.",
            )

    def key(self, record: Record) -> Hashable:
        return (
            _area(record, "reporterCode"),
            _area(record, "partnerCode"),
            read_period(str(record["period"])),
            *(record[field] for field in ("flowCode", "classificationCode", "cmdCode")),
            *(record.get(field) or whole for field, whole in BREAKDOWNS.items()),
        )

    def observe(self, records: Iterable[Record]) -> Iterator[Observation]:
        """Every record but breakdowns, which are parts of others, and flows that no other source tells apart."""
        for record in records:
            code = _flow(str(record["flowCode"]))
            if _is_part(record) or code not in OBSERVED:
                continue
            unit = _unit(record)
            row = {
                **record,
                "flowCode": code,
                **{field: _area(record, field) for field in _GIVEN_BY},
                "qty": record.get("qty") if unit else None,
                "qtyUnitAbbr": unit,
                "netWgt": record.get("netWgt") or None,  # 0 is what the service writes for none
                "isAggregate": _is_summed(record),
                "isReported": False,
            }
            yield figure(
                row,
                family(str(record["classificationCode"])),
                read_period(str(record["period"])),
                tool=TOOL,
                flag=_flag(record),
            )

    def in_bulk(self) -> InBulk:
        """What `check`, `key`, `observe` and `figure` say of a row, by SQL."""
        inwards, by_rule = "flow IN ('M', 'RM')", "CASE WHEN flow IN ('M', 'RM') THEN {} ELSE {} END"
        at_rule, other = by_rule.format("cifvalue", "fobvalue"), by_rule.format("fobvalue", "cifvalue")
        shows_cif = f"({inwards}) = (coalesce({at_rule}, 0) <> 0 OR {other} IS DISTINCT FROM primaryValue)"
        return InBulk(
            traits=(
                Trait(("reporterCode", "reporterISO"), partial(self._place, "reporterCode", "reporter")),
                Trait(("partnerCode", "partnerISO"), partial(self._place, "partnerCode", "partner")),
                Trait(("classificationCode", "cmdCode"), self._goods),
                Trait(("period",), lambda record: period_trait(str(record["period"]))),
                Trait(("flowCode",), self._way),
                Trait(tuple(BREAKDOWNS), lambda record: {"part": "yes" if _is_part(record) else None}),
                Trait(("qtyUnitAbbr", "qtyUnitCode"), lambda record: {"counted_in": _unit(record)}),
                Trait(("legacyEstimationFlag",), lambda record: {"marked": _flag(record)}),
                Trait(
                    ("isAggregate", "isReported"), lambda record: {"is_summed": "yes" if _is_summed(record) else None}
                ),
            ),
            key=(
                *("reporter_code", "partner_code", "when_text", "flowCode", "classificationCode", "cmdCode"),
                *(f"coalesce({field}, '{whole}')" for field, whole in BREAKDOWNS.items() if field in self.fields),
            ),
            where="flow IS NOT NULL AND part IS NULL",
            figures={
                **{name: name for name in ("reporter", "reporter_code", "partner", "partner_code", "product", "flow")},
                **{name: f"when_{name}" for name in ("year", "month")},
                "period": "when_text",
                "value": "primaryValue",
                "unit": "'USD'",
                "weight": "nullif(netWgt, 0)",
                "quantity": "CASE WHEN counted_in IS NOT NULL THEN qty END",
                "quantity_unit": "CASE WHEN qty IS NOT NULL THEN counted_in END",
                "valuation": "CASE WHEN primaryValue IS NULL OR system = 'EBOPS' THEN NULL "
                f"WHEN {shows_cif} THEN 'CIF' ELSE 'FOB' END",
                "status": f"CASE WHEN primaryValue IS NULL THEN '{Status.MISSING}' WHEN is_summed IS NOT NULL THEN "
                f"'{Status.SUMMED}' ELSE '{Status.REPORTED}' END",
                "source": f"'{self.source}'",
                "classification": "system",
                "edition": "edition",
                "resolution": "1",
                "fob": f"CASE WHEN {inwards} AND coalesce(fobvalue, 0) <> 0 AND fobvalue IS DISTINCT FROM primaryValue "
                "THEN fobvalue END",
                "basis": f"CASE WHEN system = 'EBOPS' THEN NULL WHEN {inwards} THEN 'origin' ELSE 'destination' END",
                "flag": "marked",
                "tool": f"'{TOOL}'",
            },
            signed=self.measures,
        )

    def _place(self, field: str, name: str, record: Record) -> dict[str, Cell]:
        self._check_area(record, field)
        code = _area(record, field)
        return {name: area_name(code), f"{name}_code": code}

    def _goods(self, record: Record) -> dict[str, Cell]:
        self._check_code(record)
        classification = str(record["classificationCode"])
        system = family(classification)
        return {
            "system": system,
            "edition": EDITION_NAMES.get(classification, classification),
            "product": product_of(system, str(record["cmdCode"])),
        }

    def _way(self, record: Record) -> dict[str, Cell]:
        self._check_flow(record)
        code = _flow(str(record["flowCode"]))
        return {"flow": code if code in OBSERVED else None}

    def subject(self, found: Found) -> str:
        reporters = sorted({_area(record, "reporterCode") for record in found.distinct("reporterCode")})
        flows = sorted({_flow(str(record["flowCode"])) for record in found.distinct("flowCode")})
        area = self._areas.get(reporters[0])
        whose = (
            f"{len(reporters)} reporters" if len(reporters) > 1 else area.name_en if area else f"area {reporters[0]}"
        )
        return f"{' and '.join(FLOWS[flow].label for flow in flows)} of {whose}"

    def notes(self, found: Found) -> Iterator[Note]:
        if parts := sum(_count(record) for record in found.distinct(*BREAKDOWNS) if _is_part(record)):
            text = (
                f"{parts:,} of {found.rows:,} rows are breakdowns by second partner, customs procedure or mode of "
                "transport: parts of other rows, never added to them and not used as figures of a flow."
            )
            yield Note(code=NoteCode.DOUBLE_COUNTING, text=text)
        lists = [str(record["classificationCode"]) for record in found.distinct("classificationCode")]
        if len(lists) > 1:
            text = f"The same trade may stand in several classifications: {', '.join(lists)}."
            yield Note(code=NoteCode.DOUBLE_COUNTING, text=text)


def _flow(text: str) -> str:
    code = _OLDER_FLOWS.get(text, text.upper())
    if code not in FLOWS:
        raise CellFault(f"{shown(text)} is not a flow", f"one of {', '.join(FLOWS)}, or 1 to 4 in older files")
    return code


def _unit(record: Record) -> str | None:
    unit = str(record.get("qtyUnitAbbr") or record.get("qtyUnitCode") or "")
    return None if unit in _NO_UNIT else unit


def _flag(record: Record) -> str | None:
    flag = record.get("legacyEstimationFlag")
    return None if flag in (None, "0") else str(flag)


def _is_summed(record: Record) -> bool:
    aggregate, reported = (str(record.get(name)).lower() in ("true", "1") for name in ("isAggregate", "isReported"))
    return aggregate and not reported


def _area(record: Record, field: str) -> str:
    return str(int(str(record[field])))


def _count(record: Record) -> int:
    return int(record["rows"] or 0)


def _is_part(record: Record) -> bool:
    return any((record.get(field) or whole) != whole for field, whole in BREAKDOWNS.items())

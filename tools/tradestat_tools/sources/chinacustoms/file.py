"""Files that a person exported from stats.customs.gov.cn, in Chinese or English."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from tradestat_tools.codes.countries import Area, resolve_area
from tradestat_tools.codes.flows import flow as meant_flow
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.units import quantity_unit
from tradestat_tools.codes.words import CodeError, fold, shown
from tradestat_tools.model.answers import Cell, Note, NoteCode
from tradestat_tools.model.file_layout import (
    TOOL,
    CellFault,
    Column,
    FlowSide,
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
    on_lengths,
    one_area,
    period_trait,
    read_period,
)
from tradestat_tools.model.observation import Observation, Status

CHINA = "156"
MOST_EXPORTED = 10_000
"""Rows after which the site cuts a file off without a word (documented by users of the site, 2026)."""

_CURRENCIES = {"usd": "USD", "yuan": "CNY"}
_UNITS = {"usd": "US dollars", "yuan": "RMB yuan"}
_NONE = frozenset({"", "-", "--", "?"})
"""How a file writes that there is nothing; ? is known from users' readers of such files (2026)."""

_DESTINATION = Column("partner_name", flow="X")
_ORIGIN = Column("partner_name", flow="M")

_HEADS: dict[str, Column] = {
    # Chinese, as exported (2026).
    "数据年月": Column("period"),
    "商品编码": Column("product"),
    "商品名称": Column("product_name"),
    "贸易伙伴编码": Column("partner"),
    "贸易伙伴名称": Column("partner_name"),
    "贸易方式编码": Column("trade_mode"),
    "贸易方式名称": Column("trade_mode_name"),
    "注册地编码": Column("place"),
    "注册地名称": Column("place_name"),
    "第一数量": Column("quantity"),
    "第一计量单位": Column("quantity_unit"),
    "第二数量": Column("second_quantity"),
    "第二计量单位": Column("second_unit"),
    "美元": Column("value", "usd"),
    "人民币": Column("value", "yuan"),
    # Chinese, in older and edited files.
    "产销国": Column("partner_name"),
    "产销国编码": Column("partner"),
    "产销国名称": Column("partner_name"),
    "产销国地区": Column("partner_name"),
    "贸易伙伴": Column("partner_name"),
    "原产国": _ORIGIN,
    "原产国地区": _ORIGIN,
    "最终目的国": _DESTINATION,
    "最终目的国地区": _DESTINATION,
    "进出口": Column("flow"),
    "金额": Column("value"),
    "金额美元": Column("value", "usd"),
    "金额人民币": Column("value", "yuan"),
    # English, as users of the site list them (2026), "Supplimentary" included: the site has written it both ways.
    "dateofdata": Column("period"),
    "commoditycode": Column("product"),
    "commodity": Column("product_name"),
    "tradingpartnercode": Column("partner"),
    "tradingpartner": Column("partner_name"),
    "customsregimecode": Column("trade_mode"),
    "customsregime": Column("trade_mode_name"),
    "locationsofimportersandexporterscode": Column("place"),
    "locationsofimportersandexporters": Column("place_name"),
    "quantity": Column("quantity"),
    "unit": Column("quantity_unit"),
    "supplimentaryquantity": Column("second_quantity"),
    "supplementaryquantity": Column("second_quantity"),
    "supplimentaryunit": Column("second_unit"),
    "supplementaryunit": Column("second_unit"),
    "usdollar": Column("value", "usd"),
    "renminbiyuan": Column("value", "yuan"),
    # Assumed, since no file was seen: the plural, and the names the site's English query form uses.
    "usdollars": Column("value", "usd"),
    "renminbi": Column("value", "yuan"),
    "trademodecode": Column("trade_mode"),
    "trademode": Column("trade_mode_name"),
    "registrationplacecode": Column("place"),
    "registrationplace": Column("place_name"),
}


class ChinaCustoms(Layout):
    """One line a period, product, partner and, where they were ticked, trade mode and place of registration."""

    id = "china_customs"
    name = "China Customs (file exported from stats.customs.gov.cn)"
    source = "china_customs"
    of = CHINA
    by_hand = "China Customs' own figures: export a CSV at stats.customs.gov.cn, import_file, source=handle."
    encodings = ("utf-8", "gb18030")
    expected = (
        "数据年月, 商品编码, 商品名称, 贸易伙伴编码, 贸易伙伴名称, 贸易方式编码, 贸易方式名称, "
        "注册地编码, 注册地名称, 第一数量, 第一计量单位, 第二数量, 第二计量单位, 美元 or 人民币, "
        "or the site's English names for them"
    )
    required = (frozenset({"product"}), frozenset({"partner", "partner_name"}), frozenset({"value"}))
    summed = True
    measures = frozenset({"value", "quantity", "second_quantity"})
    money = frozenset({"value"})
    total_words = frozenset({"合计", "总计", "总值", "小计", "总额", "total", "grandtotal"})
    total_fields = frozenset({"period", "product", "product_name", "partner", "partner_name"})

    def __init__(self, columns: Sequence[Column], said: Said) -> None:
        super().__init__(columns, said)
        self._unit = _unit_of(self.fields["value"], said)
        self._flow: FlowSide | None = _flow_of_all(self.fields, said)
        if "period" not in self.fields and said.period is None:
            raise HeaderFault(
                "The file has no column of periods: the site leaves it out of a file of a single month.",
                "the month or year that was asked of the site: 202401, 2024",
                argument="period",
                remedy="Call again with period.",
            )
        if "period" in self.fields and said.period is not None:
            raise HeaderFault(
                "The file says the period of every row itself.", "no period", argument="period", remedy="Leave it out."
            )
        self._partner = cache(_partner)

    @classmethod
    def column(cls, head: str) -> Column | None:
        return _HEADS.get(fold(head).replace(" ", ""))

    @property
    def currency(self) -> str:
        return _CURRENCIES[self._unit]

    @property
    def unit(self) -> str:
        return _UNITS[self._unit]

    @property
    def valuation(self) -> str:
        return {"X": "FOB", "M": "CIF", None: "exports FOB, imports CIF"}[self._flow]

    @property
    def dimensions(self) -> tuple[str, ...]:
        codes = ("period", "flow", "product", "partner", "trade_mode", "place")
        return tuple(one if one in self.fields else f"{one}_name" for one in codes)

    def cell(self, field: str, text: str) -> Cell:
        if field in self.measures:
            if text in _NONE:
                return None
            return number(text)
        if field == "product":
            return hs_code(text, (2, 4, 6, 8))
        if field == "period":
            month_or_year(text)
        elif field == "flow":
            self._read_flow(text)
        elif field in ("partner", "partner_name") and not text:
            raise CellFault("it is empty", "a trading partner")
        return text or None

    def check(self, record: Record) -> None:
        self._area(record)

    def key(self, record: Record) -> Hashable:
        return (
            self._flow_of(record),
            self._when(record),
            record["product"],
            self._area(record),
            _either(record, "trade_mode"),
            _either(record, "place"),
        )

    def observe(self, records: Iterable[Record]) -> Iterator[Observation]:
        """One a period, product and partner: trade modes and places of registration are summed."""
        groups: dict[tuple[FlowSide, Period, str, str], list[Record]] = defaultdict(list)
        for record in records:
            if partner := self._area(record).comtrade:  # without it no other source has it: kept in the rows alone
                groups[self._flow_of(record), self._when(record), str(record["product"]), partner].append(record)
        for (flow, when, product, partner), held in groups.items():
            values = [one["value"] for one in held]
            quantity, unit = _quantity(held, "quantity", "quantity_unit")
            second, second_unit = _quantity(held, "second_quantity", "second_unit")
            kg = quantity if unit == "kg" else second if second_unit == "kg" else None
            value = _sum(values)
            yield Observation(
                flow=flow,
                reporter=CHINA,
                partner=partner,
                product=product,
                classification="HS",
                period=when,
                value=value,
                currency=self.currency,
                valuation="FOB" if flow == "X" else "CIF",
                status=Status.MISSING if value is None else Status.SUMMED if len(held) > 1 else Status.REPORTED,
                source=self.source,
                tool=TOOL,
                quantity=quantity,
                quantity_unit=unit,
                net_kg=kg,
                basis="destination" if flow == "X" else "origin",
            )

    def in_bulk(self) -> InBulk:
        """What `check`, `key` and `observe` say of a row, by SQL."""
        first, second = (_sql_quantity(*pair) for pair in (("quantity", "first_in"), ("second_quantity", "second_in")))
        missing = "count(value) < count(*)"
        return InBulk(
            traits=(
                Trait(("partner", "partner_name"), self._place),
                Trait(("period",), lambda record: period_trait(str(self._when(record)))),
                Trait(("flow",), lambda record: {"side": self._flow_of(record)}),
                Trait(("quantity_unit",), lambda record: {"first_in": _unit_of_quantity(record.get("quantity_unit"))}),
                Trait(("second_unit",), lambda record: {"second_in": _unit_of_quantity(record.get("second_unit"))}),
                Trait(("trade_mode", "trade_mode_name"), lambda record: {"mode": _either(record, "trade_mode")}),
                Trait(("place", "place_name"), lambda record: {"home": _either(record, "place")}),
            ),
            key=("side", "when_text", "product", "place_of_partner", "mode", "home"),
            where="partner_code IS NOT NULL",
            grouped=("side", "when_text", "when_year", "when_month", "product", "partner_code"),
            figures={
                "reporter": f"'{area_name(CHINA)}'",
                "reporter_code": f"'{CHINA}'",
                "partner": "any_value(partner_text)",
                "partner_code": "partner_code",
                "product": "product",
                "flow": "side",
                "period": "when_text",
                **{name: f"when_{name}" for name in ("year", "month")},
                "value": f"CASE WHEN {missing} THEN NULL ELSE {_sql_sum('value')} END",
                "unit": f"'{self.currency}'",
                "weight": f"CASE WHEN {_sql_unit('first_in')} = 'kg' THEN {first} "
                f"WHEN {_sql_unit('second_in')} = 'kg' THEN {second} END",
                "quantity": first,
                "quantity_unit": f"CASE WHEN {first} IS NOT NULL THEN {_sql_unit('first_in')} END",
                "valuation": "CASE WHEN side = 'X' THEN 'FOB' ELSE 'CIF' END",
                "status": f"CASE WHEN {missing} THEN '{Status.MISSING}' WHEN count(*) > 1 THEN '{Status.SUMMED}' "
                f"ELSE '{Status.REPORTED}' END",
                "source": f"'{self.source}'",
                "classification": "'HS'",
                "resolution": "1",
                "basis": "CASE WHEN side = 'X' THEN 'destination' ELSE 'origin' END",
                "tool": f"'{TOOL}'",
            },
            nothing=_NONE,
        )

    def _place(self, record: Record) -> dict[str, Cell]:
        found = self._area(record)
        code = found.comtrade or None
        return {
            "place_of_partner": f"{found.name_en} {found.iso3} {found.china_customs}",
            "partner_code": code,
            "partner_text": area_name(code) if code else None,
        }

    def subject(self, found: Found) -> str:
        flows = {self._flow_of(record) for record in found.distinct("flow")}
        return f"China's {' and '.join({'X': 'exports', 'M': 'imports'}[flow] for flow in sorted(flows, reverse=True))}"

    def notes(self, found: Found) -> Iterator[Note]:
        split = [name for name in ("trade_mode", "trade_mode_name", "place", "place_name") if name in self.fields]
        if split:
            text = (
                "Rows are split by trade mode or place of registration. As figures of a flow they are summed over what "
                "is in the file, which is the whole only if nothing was filtered out on the site."
            )
            yield Note(code=NoteCode.SUBSET, text=text)
        if found.rows == MOST_EXPORTED:
            text = f"The file has exactly {MOST_EXPORTED:,} rows, where the site cuts files off: more may be missing."
            yield Note(code=NoteCode.SUBSET, text=text)
        yield from on_lengths(found)
        pairs = {(one.get("partner"), one.get("partner_name")) for one in found.distinct("partner", "partner_name")}
        unread = sorted(str(name) for code, name in pairs if code and name and _named(str(name)) is None)
        if unread:
            text = f"Read by their codes alone, for their names are not known here: {', '.join(unread[:5])}."
            yield Note(code=NoteCode.RESOLVED_CODE, text=text)

    def _area(self, record: Record) -> Area:
        code, name = record.get("partner"), record.get("partner_name")
        return self._partner(str(code) if code else None, str(name) if name else None)

    def _when(self, record: Record) -> Period:
        return read_period(str(record["period"] if "period" in self.fields else self.said.period))

    def _flow_of(self, record: Record) -> FlowSide:
        if self._flow is None:  # then there is a column of flows, see `_flow_of_all`
            return self._read_flow(str(record["flow"]))
        return self._flow

    def _read_flow(self, text: str) -> FlowSide:
        try:
            read = meant_flow(text).code
        except CodeError:
            read = ""
        if read not in ("X", "M") or (self._flow and read != self._flow):
            expected = {"X": "出口 (exports)", "M": "进口 (imports)", None: "进口 (imports) or 出口 (exports)"}[
                self._flow
            ]
            where = f", and the file was said to hold {expected}" if self._flow and read in ("X", "M") else ""
            raise CellFault(f"{shown(text)} is not the flow{where}", expected)
        return "X" if read == "X" else "M"


def _unit_of(column: Column, said: Said) -> str:
    if not column.unit and said.unit is None:
        raise HeaderFault(
            "The header does not say the currency of 金额.",
            "usd or yuan",
            argument="unit",
            remedy="Look up what was chosen on the site and call again with unit.",
        )
    if column.unit and said.unit not in (None, column.unit):
        raise HeaderFault(
            f"The header says {_UNITS[column.unit]}, unit says {said.unit}.",
            column.unit,
            argument="unit",
            remedy="Leave unit out.",
        )
    unit = column.unit or str(said.unit)
    if unit not in _CURRENCIES:
        raise HeaderFault(f"China Customs has no figures in {unit}.", "usd or yuan", argument="unit")
    return unit


def _flow_of_all(fields: Mapping[str, Column], said: Said) -> FlowSide | None:
    """The flow of all rows; None where each row says its own."""
    by_head: FlowSide | None = next((column.flow for column in fields.values() if column.flow), None)
    if by_head and said.flow not in (None, by_head):
        kind, column = ("exports", "最终目的国") if by_head == "X" else ("imports", "原产国")
        raise HeaderFault(
            f"A column {column} is of {kind}, and flow says otherwise.", kind, argument="flow", remedy="Leave flow out."
        )
    if by_head is None and said.flow is None and "flow" not in fields:
        raise HeaderFault(
            "The file does not say whether it holds exports or imports: no file of China Customs does.",
            "exports or imports, as was chosen on the site",
            argument="flow",
            remedy="Look it up or ask whoever exported the file, and call again with flow; never guess it.",
        )
    return by_head or said.flow


def _partner(code: str | None, name: str | None) -> Area:
    """The partner by its code, held against its name; by its name where there is no code.

    Raises:
        CellFault: unknown, or code and name are of two areas.
    """
    named = _named(name) if name else None
    if code is None:
        if named is None:
            raise CellFault(
                f"{shown(name or '')} is not a trading partner known here", "a country's name", field="partner_name"
            )
        return named
    try:
        found = resolve_area(code, system="china_customs") if code.isdecimal() else None
    except CodeError:
        found = None
    if found is None:
        expected = "a China Customs code of three digits, such as 116 for Japan"
        raise CellFault(f"{shown(code)} is not a code of a trading partner", expected, field="partner")
    remedy = "Check which of the two is right and correct the file, or export it again."
    return one_area(code, found.area, name, named, remedy)


def _named(name: str) -> Area | None:
    """The area of a name; no number is one, since it would be read as a code of another system."""
    try:
        return None if name.isdecimal() else resolve_area(name).area
    except CodeError:
        return None


def _quantity(held: Sequence[Record], field: str, unit_field: str) -> tuple[float | None, str | None]:
    """The sum of quantities in one unit; none where a row has none, or another unit, or 0 without a unit."""
    units = {str(one.get(unit_field) or "-") for one in held}
    if len(units) != 1 or (unit := units.pop()) in _NONE:
        return None, None
    total = _sum([one.get(field) for one in held])
    if total is None:
        return None, None
    return total, _unit_of_quantity(unit)


def _unit_of_quantity(unit: Cell) -> str | None:
    """A unit by its abbreviation, as it is written where it has none; None where there is none."""
    if (text := str(unit or "-")) in _NONE:
        return None
    try:
        return quantity_unit(text).abbr
    except CodeError:
        return text


def _either(record: Record, name: str) -> Cell:
    return record.get(name) or record.get(f"{name}_name")


def _sql_unit(unit: str) -> str:
    """The unit that all rows have, as SQL."""
    return f"CASE WHEN min({unit}) = max({unit}) AND count({unit}) = count(*) THEN min({unit}) END"


def _sql_quantity(figure: str, unit: str) -> str:
    """`_quantity` as SQL."""
    return f"CASE WHEN {_sql_unit(unit)} IS NOT NULL AND count({figure}) = count(*) THEN {_sql_sum(figure)} END"


def _sql_sum(figure: str) -> str:
    """`_sum` as SQL: whole figures exactly."""
    return f"sum({figure})"


def _sum(values: Sequence[Cell]) -> float | None:
    """None where one is missing; whole numbers stay whole."""
    figures = [value for value in values if isinstance(value, int | float)]
    if len(figures) < len(values):
        return None
    return sum(figures) if all(isinstance(one, int) for one in figures) else math.fsum(figures)

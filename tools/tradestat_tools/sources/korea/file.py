"""Files that a person exported from Korea Customs' statistics, tradedata.go.kr, in Korean."""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from tradestat_tools.codes.countries import Area, resolve_area
from tradestat_tools.codes.words import CodeError, fold, shown
from tradestat_tools.model.answers import Cell, Note, NoteCode
from tradestat_tools.model.file_layout import (
    TOOL,
    CellFault,
    Column,
    Found,
    HeaderFault,
    Layout,
    Record,
    Said,
    hs_code,
    month_or_year,
    number,
    on_lengths,
    one_area,
    read_period,
)
from tradestat_tools.model.observation import FlowCode, Observation, Status

KOREA = "410"
WORLD = "0"
TOTAL = "TOTAL"

_POWERS = {"usd": 1, "thousand_usd": 1000}
_WEIGHTS = {"": 1, "kg": 1, "tonnes": 1000}
_WORDS = {
    **dict.fromkeys(("천불", "천달러", "천미불", "천$", "천us$", "us$천", "천usd", "usd천", "usd1000"), "thousand_usd"),
    **dict.fromkeys(("us$1000", "1000us$", "1000usd", "1000달러", "1000불", "$1000"), "thousand_usd"),
    **dict.fromkeys(("불", "달러", "미불", "us$", "usd", "$", "미달러"), "usd"),
    **dict.fromkeys(("kg", "킬로그램"), "kg"),
    **dict.fromkeys(("톤", "ton", "tons", "t"), "tonnes"),
}
"""How a header writes a unit, in brackets after the name; spellings beyond 천불, 달러, kg and 톤 are assumed."""

_FIGURE = re.compile(r"(수출|수입)(금액|중량|건수)(.*)")
_FIELDS = {
    ("수출", "금액"): "export_value",
    ("수입", "금액"): "import_value",
    ("수출", "중량"): "export_weight",
    ("수입", "중량"): "import_weight",
    ("수출", "건수"): "export_count",
    ("수입", "건수"): "import_count",
}
_HEADS = {
    "기간": "period",
    "국가": "partner_name",
    "국가명": "partner_name",
    "국가코드": "partner",
    "hs코드": "product",
    "품목코드": "product",
    "품목명": "product_name",
}
_FLOWS: tuple[tuple[FlowCode, str, str], ...] = (
    ("X", "export_value", "export_weight"),
    ("M", "import_value", "import_weight"),
)


_OFF = "abs(export_value - import_value - balance) > 1.5"
"""By more than three rounded figures can be."""


class KoreaCustoms(Layout):
    """One line a period, partner and product, exports beside imports."""

    id = "korea"
    name = "Korea Customs Service (file exported from tradedata.go.kr)"
    source = "korea"
    encodings = ("utf-8", "cp949")
    expected = "기간, 국가, HS코드, 품목명, 수출 중량, 수출 금액, 수입 중량, 수입 금액, 무역수지"
    required = (
        frozenset({"period"}),
        frozenset({"partner", "partner_name", "product"}),
        frozenset({"export_value", "import_value"}),
    )
    measures = frozenset({*_FIELDS.values(), "balance"})
    money = frozenset({"export_value", "import_value"})
    total_words = frozenset({"총계", "합계", "총합계", "소계", "계", "total"})
    total_fields = frozenset({"period", "partner", "partner_name", "product", "product_name"})

    def __init__(self, columns: Sequence[Column], said: Said) -> None:
        super().__init__(columns, said)
        if said.period is not None:
            raise HeaderFault("The file says its periods.", "no period", argument="period", remedy="Leave it out.")
        self._unit = _unit_of(columns, said)
        self._partner = cache(_partner)

    @classmethod
    def column(cls, head: str) -> Column | None:
        key = fold(head).replace(" ", "")
        if field := _HEADS.get(key):
            return Column(field)
        if key.startswith("무역수지"):
            field, rest = "balance", key.removeprefix("무역수지")
        elif found := _FIGURE.fullmatch(key):
            field, rest = _FIELDS[found[1], found[2]], found[3]
        else:
            return None
        unit = _WORDS.get(rest, "") if rest else ""
        fits = {"balance": _POWERS, "export_count": {}, "import_count": {}}.get(
            field, _POWERS if field in cls.money else _WEIGHTS
        )
        return Column(field, unit) if not rest or (unit and unit in fits) else None

    @property
    def currency(self) -> str:
        return "USD"

    @property
    def unit(self) -> str:
        return "US dollars" if self._unit == "usd" else "thousand US dollars"

    @property
    def valuation(self) -> str:
        return "exports FOB, imports CIF"

    @property
    def rounding(self) -> float:
        return 0.5 if self._unit == "thousand_usd" else 0.0

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(one for one in ("period", "partner", "partner_name", "product") if one in self.fields)

    def is_total(self, record: Mapping[str, str]) -> bool:
        """Also where there is a column of countries and none in it: seen in files of 2026."""
        places = [record[name] for name in ("partner", "partner_name") if name in record]
        return bool(places and not any(places)) or super().is_total(record)

    def cell(self, field: str, text: str) -> Cell:
        if field in self.measures:
            return number(text, signed=field == "balance") if text not in ("", "-") else None
        if field == "period":
            month_or_year(text)
        elif field == "product":
            return hs_code(text, (2, 4, 6, 10))
        return text or None

    def check(self, record: Record) -> None:
        self._code(record)

    def key(self, record: Record) -> Hashable:
        return (
            read_period(str(record["period"])),
            self._code(record) or record.get("partner") or record.get("partner_name"),
            record.get("product"),
        )

    def observe(self, records: Iterable[Record]) -> Iterator[Observation]:
        """Exports and imports of every row that has them; without a column of countries, those with the World."""
        for record in records:
            partner = self._code(record)
            if not partner:
                continue  # a code of the service's own, which no other source has
            for flow, money, weight in _FLOWS:
                if money not in self.fields:
                    continue
                given = record[money]
                value = given * _POWERS[self._unit] if isinstance(given, int | float) else None
                yield Observation(
                    flow=flow,
                    reporter=KOREA,
                    partner=partner,
                    product=str(record.get("product") or TOTAL),
                    classification="HS",
                    period=read_period(str(record["period"])),
                    value=value,
                    currency="USD",
                    valuation="FOB" if flow == "X" else "CIF",
                    status=Status.MISSING if value is None else Status.REPORTED,
                    source=self.source,
                    tool=TOOL,
                    resolution=_POWERS[self._unit],
                    net_kg=self._weight(record, weight),
                    basis="destination" if flow == "X" else "origin",
                )

    def subject(self, found: Found) -> str:  # noqa: ARG002 - the header alone says it
        words = {"export_value": "exports", "import_value": "imports"}
        return f"South Korea's {' and '.join(word for field, word in words.items() if field in self.fields)}"

    def notes(self, found: Found) -> Iterator[Note]:
        if self._unit == "thousand_usd":
            text = "The rows are in thousand US dollars, as in the file; as figures of a flow they are in dollars."
            yield Note(code=NoteCode.UNIT, text=text)
        figures = ("export_value", "import_value", "balance")
        if all(name in self.fields for name in figures) and (
            off := found.counted(_OFF, {name: name for name in figures})
        ):
            text = f"무역수지 is not 수출 금액 less 수입 금액 in {off:,} of {found.rows:,} rows; it is not used."
            yield Note(code=NoteCode.TOTAL_MISMATCH, text=text)
        yield from on_lengths(found)

    def _code(self, record: Record) -> str:
        if "partner" not in self.fields and "partner_name" not in self.fields:
            return WORLD
        code, name = record.get("partner"), record.get("partner_name")
        return self._partner(str(code) if code else None, str(name) if name else None).comtrade

    def _weight(self, record: Record, field: str) -> int | float | None:
        value = record.get(field)
        return value * _WEIGHTS[self.fields[field].unit] if isinstance(value, int | float) else None


def _unit_of(columns: Sequence[Column], said: Said) -> str:
    """The unit of money, which all columns share."""
    written = {column.unit for column in columns if column.field in ("export_value", "import_value", "balance")} - {""}
    if len(written) > 1:
        raise HeaderFault("The header names two units of money.", "usd or thousand_usd in every column")
    if not written and said.unit is None:
        raise HeaderFault(
            "The header does not say the unit of 금액, which the site chooses by what was asked.",
            "thousand_usd (천불, 천 달러) or usd (달러)",
            argument="unit",
            remedy="Look at the page the file came from and call again with unit; never guess it.",
        )
    unit = written.pop() if written else str(said.unit)
    if said.unit not in (None, unit):
        raise HeaderFault(
            f"The header says {unit}, the argument {said.unit}.", unit, argument="unit", remedy="Leave unit out."
        )
    if unit not in _POWERS:
        raise HeaderFault(f"Korea Customs has no figures in {unit}.", "usd or thousand_usd", argument="unit")
    return unit


def _partner(code: str | None, name: str | None) -> Area:
    """The partner by code or name, both held against each other.

    Raises:
        CellFault: unknown, or code and name are of two areas.
    """
    coded = _area(code, "partner") if code else None
    named = _area(name, "partner_name") if name else None
    return one_area(code, coded, name, named)


def _area(text: str, field: str) -> Area:
    try:  # a number would be read as a code of another system
        return resolve_area("" if text.isdecimal() else text, system="korea" if field == "partner" else "any").area
    except CodeError as error:
        near = f": {', '.join(error.nearest)}?" if error.nearest else ""
        text = f"{shown(text)} is not a country known here{near}"
        raise CellFault(text, "a country's name or ISO code", field=field) from None

"""Rows of trade data: read from an answer as it came, or from one that was condensed on its way."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import repeat
from operator import itemgetter
from types import GenericAlias
from typing import Any, NamedTuple, cast, get_type_hints

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from tradestat_tools.model.errors import TradestatError
from tradestat_tools.sources.comtrade.wire.envelope import (
    OptionalAmount,
    OptionalFlag,
    OptionalText,
    OptionalUnit,
    Text,
    changed,
    fault_of,
    fit,
    read_body,
)
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.condensed import ABSENT, COLUMNS, CONDENSED_FROM, FAULT, ROWS, Condenser

UNITS = {"2": "m²", "4": "m", "5": "u", "8": "kg", "12": "m³", "34": "kg 90% sdt"}
"""Abbreviations by code, for rows without descriptions (seen in rows of 2018 to 2022)."""


class Row(NamedTuple):
    """One row of an answer: what one reporter says of one flow, partner, product and period. Values are US dollars.

    The service writes 0.0 as well as null where it knows nothing: all goods weigh 0 kg, an import's FOB value is 0
    (seen in rows of 2018 to 2022). So a quantity, weight, CIF or FOB value of zero is a figure only beside a value that
    is zero itself, not beside one that is missing; else it is None here. A quantity of zero in no unit (`N/A`, in rows
    of all goods and of chapters) is none either.
    """

    period: Text
    reporterCode: Text
    flowCode: Text
    partnerCode: Text
    cmdCode: Text
    primaryValue: OptionalAmount
    typeCode: OptionalText = None
    freqCode: OptionalText = None
    reporterISO: OptionalText = None
    reporterDesc: OptionalText = None
    flowDesc: OptionalText = None
    partnerISO: OptionalText = None
    partnerDesc: OptionalText = None
    partner2Code: OptionalText = None
    partner2Desc: OptionalText = None
    classificationCode: OptionalText = None
    isOriginalClassification: OptionalFlag = None
    cmdDesc: OptionalText = None
    aggrLevel: OptionalAmount = None
    isLeaf: OptionalFlag = None
    customsCode: OptionalText = None
    customsDesc: OptionalText = None
    mosCode: OptionalText = None
    motCode: OptionalText = None
    motDesc: OptionalText = None
    qtyUnitAbbr: OptionalUnit = None
    qty: OptionalAmount = None
    isQtyEstimated: OptionalFlag = None
    altQtyUnitAbbr: OptionalUnit = None
    altQty: OptionalAmount = None
    isAltQtyEstimated: OptionalFlag = None
    netWgt: OptionalAmount = None
    isNetWgtEstimated: OptionalFlag = None
    grossWgt: OptionalAmount = None
    isGrossWgtEstimated: OptionalFlag = None
    cifvalue: OptionalAmount = None
    fobvalue: OptionalAmount = None
    legacyEstimationFlag: OptionalAmount = None
    isReported: OptionalFlag = None
    isAggregate: OptionalFlag = None


def fields(*names: str) -> Callable[[Row], Any]:
    """What reads these fields of a row: the value of one, else a tuple. There may be 100,000 rows."""
    return itemgetter(*map(Row._fields.index, names))


_BESIDE_THE_VALUE = ("cifvalue", "fobvalue", "netWgt", "grossWgt", "qty", "altQty")

_REQUIRED = frozenset(Row._fields) - frozenset(Row._field_defaults)

_UNIT_CODES = {"qtyUnitAbbr": "qtyUnitCode", "altQtyUnitAbbr": "altQtyUnitCode"}

FIELDS = (*Row._fields, *_UNIT_CODES.values())
"""What is read of a row of the service's."""

Condense = partial(Condenser, FIELDS)
"""Makes what takes an answer apart on its way."""


class _Recurring(BaseModel):
    """A column of values that recur, with the number of each row's; without numbers all rows have the one value."""

    values: list[Any]
    at: list[int] | None = None


class _Condensed(BaseModel):
    count: int | None = None
    columns: dict[str, list[Any] | _Recurring] = Field(alias=COLUMNS)
    rows: int = Field(alias=ROWS)
    fault: str = Field(alias=FAULT)


class _AsItCame(BaseModel):
    count: int | None = None
    data: list[dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one call and how many rows the service says that there are.

    Args:
        count: what stands beside the rows.
        counted: what was counted by a call for that alone, where there was one.
        left_out: rows of other editions that came as well.
    """

    rows: list[Row]
    count: int | None = None
    counted: int | None = None
    left_out: int = 0

    def is_full(self, limit: int) -> bool:
        """Whether as many rows came as were allowed."""
        return len(self.rows) + self.left_out >= limit

    def is_cut(self, limit: int) -> bool:
        """Whether rows are missing or may be.

        More than the limit is not refused: the first rows come, and `count` is their number (seen October 2026). So as
        many as were allowed may be all there are or not; only where they were counted is it known.
        """
        return self.withheld > 0 or (self.is_full(limit) and self.counted is None)

    @property
    def withheld(self) -> int:
        """Rows that the service counts and did not send.

        In every answer with rows that was seen `count` is the number of rows sent. Where it is more, the rows that came
        are still right and only not all, so they are given as a part and not refused.
        """
        return max(0, max(self.count or 0, self.counted or 0) - len(self.rows) - self.left_out)


EXPECTED = "rows of trade data (period, reporterCode, flowCode, ..., primaryValue)"


def read_trade(response: Response) -> Page:
    """The rows of a data answer; none where the service holds none.

    Raises:
        TradestatError: what the service's status, its `error` or an unknown form stand for.
    """
    body = read_body(_condensed(response))
    if isinstance(body, dict) and COLUMNS in cast("dict[str, object]", body):
        condensed = fit(_Condensed, cast("object", body), EXPECTED)
        if condensed.fault:
            raise changed("JSON that is whole and well-formed", condensed.fault)
        count, rows = condensed.count, _rows(condensed.columns, condensed.rows)
    else:
        came = fit(_AsItCame, cast("object", body), EXPECTED)
        data = came.data or []
        columns: dict[str, _Column] = {name: [row.get(name, ABSENT) for row in data] for name in FIELDS}
        count, rows = came.count, _rows(columns, len(data))
    if not rows and count:
        raise changed(f"{count} rows", "`data` has none")
    return Page(rows, count)


def _condensed(response: Response) -> Response:
    """A long answer taken apart here, where it was stored as it came."""
    if response.status != 200 or len(response.body) < CONDENSED_FROM:
        return response
    condense = Condense()
    condense.feed(response.body)
    return replace(response, body=condense.finish())


_Column = list[Any] | _Recurring


def _rows(columns: dict[str, _Column], count: int) -> list[Row]:
    try:
        for name, code in _UNIT_CODES.items():
            columns[name] = _with_units(columns[name], columns.pop(code), count)
        # Each column is let go of once it is read: there may be 100,000 rows.
        read = {name: _read_column(name, columns.pop(name), count) for name in Row._fields}
        values = read["primaryValue"] = list(read["primaryValue"])
        for name in _BESIDE_THE_VALUE:
            beside = zip(read[name], values, strict=True)
            read[name] = [None if figure == 0 and value != 0 else figure for figure, value in beside]
        for name, unit in (("qty", "qtyUnitAbbr"), ("altQty", "altQtyUnitAbbr")):
            read[unit] = list(read[unit])
            beside = zip(read[name], read[unit], strict=True)
            read[name] = [None if figure == 0 and counted_in is None else figure for figure, counted_in in beside]
        return list(map(Row._make, zip(*(read[name] for name in Row._fields), strict=True)))
    except (KeyError, IndexError):
        raise changed(EXPECTED, "columns that do not fit together") from None


def _with_units(units: _Column, codes: _Column, count: int) -> _Column:
    """The abbreviations of units; by the unit's code where a row has none."""
    distinct = units.values if isinstance(units, _Recurring) else units
    if None not in distinct and ABSENT not in distinct:
        return units
    both = zip(_spread(units, count), _spread(codes, count), strict=True)
    return [UNITS.get(str(code)) if unit in (None, ABSENT) else unit for unit, code in both]


def _spread(column: _Column, count: int) -> Iterable[Any]:
    """A value for each row."""
    if not isinstance(column, _Recurring):
        return column
    if column.at is None:
        return repeat(column.values[0], count)
    return map(column.values.__getitem__, column.at)


def _read_column(name: str, column: _Column, count: int) -> Iterable[Any]:
    """The values of a field; each that recurs is read once.

    Raises:
        UpstreamChanged: naming the field of the first row whose value is none.
    """
    came = column.values if isinstance(column, _Recurring) else column
    at = column.at if isinstance(column, _Recurring) else None
    if ABSENT in came:
        if name in _REQUIRED:
            raise _misread(name, came.index(ABSENT), at, "Field required")
        came = [None if value == ABSENT else value for value in came]
    try:
        read = _readers()[name].validate_python(came)
    except ValidationError as error:
        place, said = fault_of(error)
        raise _misread(name, int(place[0]), at, said) from None
    return _spread(_Recurring.model_construct(values=read, at=at), count) if isinstance(column, _Recurring) else read


def _misread(name: str, value: int, at: Sequence[int] | None, said: str) -> TradestatError:
    row = value if at is None else at.index(value)
    return changed(EXPECTED, f"`data.{row}.{name}`: {said}")


@cache
def _readers() -> dict[str, TypeAdapter[list[Any]]]:
    """What reads the values of each field; made once for fields of one kind."""
    kinds: dict[str, Any] = get_type_hints(Row, include_extras=True)
    lists: dict[str, Any] = {name: GenericAlias(list, (kind,)) for name, kind in kinds.items()}
    made: dict[Any, TypeAdapter[list[Any]]] = {kind: TypeAdapter(kind) for kind in set(lists.values())}
    return {name: made[kind] for name, kind in lists.items()}

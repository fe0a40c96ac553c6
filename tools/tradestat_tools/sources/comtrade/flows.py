"""Figures of `comtrade_data` as common rows."""

from collections.abc import Iterator, Sequence
from typing import TypeVar, get_args

from tradestat_tools.codes.periods import period
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.observation import FlowCode, Observation, Status, Valuation
from tradestat_tools.sources.comtrade.answers import Series, TradeData
from tradestat_tools.sources.comtrade.codes import EDITION_NAMES, is_services
from tradestat_tools.sources.comtrade.wire.envelope import SOURCE_ID, Amount

T = TypeVar("T")

_TOTALS = {"partner2Code": {None, "0"}, "customsCode": {None, "C00"}, "motCode": {None, "0"}, "mosCode": {None, "0"}}
_FLOWS: tuple[str, ...] = get_args(FlowCode)
_SERVICES_TOTAL = {"200", "S"}


def observe(data: TradeData, _: Provenance) -> list[Observation]:
    """Every figure of an answer but its breakdowns and the flows that are parts of others.

    A second partner, a customs procedure or a mode of transport is a part of the row without it, so that taking both
    would count twice.
    """
    return [one for record in data.records if _is_whole(data, record) for one in _of_record(data, record)]


def _is_whole(data: TradeData, record: Series) -> bool:
    if record.flowCode not in _FLOWS:
        return False
    return all((getattr(record, name) or getattr(data.common, name)) in totals for name, totals in _TOTALS.items())


def _of_record(data: TradeData, record: Series) -> Iterator[Observation]:
    services = is_services(data.clCode)
    for at, text in enumerate(data.periods):
        value, cif, fob = record.primaryValue[at], _at(record.cifvalue, at), _at(record.fobvalue, at)
        edition = _varying(record.classificationCode, data.common.classificationCode, at)
        unit = _varying(record.qtyUnitAbbr, data.common.qtyUnitAbbr, at)
        quantity = _at(record.qty, at)
        yield Observation(
            flow=record.flowCode,  # pyright: ignore[reportArgumentType] - one of FlowCode, see _is_whole
            reporter=record.reporterCode,
            partner=record.partnerCode,
            product="S" if services and record.cmdCode in _SERVICES_TOTAL else record.cmdCode,
            classification=_classification(data.clCode),
            edition=EDITION_NAMES.get(edition or "", edition),
            period=period(text),
            value=value,
            currency="USD",
            valuation=None if services else _valuation(record.flowCode, value, cif, fob),
            status=_status(data, record, at, value),
            source=SOURCE_ID,
            tool="comtrade_data",
            quantity=quantity,
            quantity_unit=unit if quantity is not None else None,
            net_kg=_at(record.netWgt, at),
            fob=fob if record.flowCode in ("M", "RM") and fob and fob != value else None,
            basis=None if services else "origin" if record.flowCode in ("M", "RM") else "destination",
        )


def _classification(code: str) -> str:
    if is_services(code):  # pyright: ignore[reportArgumentType] - an answer repeats what was asked, which is a ClCode
        return "EBOPS"
    return {"S": "SITC", "B": "BEC"}.get(code[0], "HS")


def _valuation(flow: str, value: Amount | None, cif: Amount | None, fob: Amount | None) -> Valuation | None:
    """As the row shows it; by the service's rule (imports CIF, exports FOB) where it shows neither."""
    if value is None:
        return None
    if flow in ("M", "RM"):
        return "FOB" if not cif and fob == value else "CIF"
    return "CIF" if not fob and cif == value else "FOB"


def _status(data: TradeData, record: Series, at: int, value: Amount | None) -> Status:
    if value is None:
        return Status.MISSING
    summed = _varying(record.isAggregate, data.common.isAggregate, at)
    reported = _varying(record.isReported, data.common.isReported, at)
    return Status.SUMMED if summed and not reported else Status.REPORTED


def _at(values: Sequence[Amount | None] | None, at: int) -> Amount | None:
    return values[at] if values else None


def _varying(own: Sequence[T | None] | None, common: T | None, at: int) -> T | None:
    """What the service says of a row: the row's own word, or that of all rows."""
    return own[at] if own else common

"""Figures of `comtrade_data` as common rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, cast, get_args

from tradestat_tools.codes.periods import Period, period, periods_between
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import (
    Asking,
    Breadth,
    Broad,
    Cost,
    Evidence,
    Flows,
    Standing,
    View,
    never,
    no_reporter,
    runs,
    too_deep,
)
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.flow import FlowQuestion, Role, flow_of
from tradestat_tools.model.observation import FlowCode, Observation, Status, Valuation
from tradestat_tools.sources.comtrade.answers import Series, TradeData
from tradestat_tools.sources.comtrade.api import DataCall, chunks, data_requests, has_key, periods_a_call
from tradestat_tools.sources.comtrade.arguments import row_limit
from tradestat_tools.sources.comtrade.calendar import ended, newest_due
from tradestat_tools.sources.comtrade.codes import (
    BREAKDOWNS,
    DEFAULT_CLASSIFICATION,
    EDITION_NAMES,
    TOTALS,
    FreqCode,
    TypeCode,
    family,
)
from tradestat_tools.sources.comtrade.service import SOURCE_ID
from tradestat_tools.upstream.report import current_report
from tradestat_tools.upstream.runtime import in_thread

OBSERVED: tuple[str, ...] = get_args(FlowCode)
"""Flows that other sources tell apart, too; the rest are parts of these."""

_SERVICES_TOTAL = {"200", "S"}


def product_of(system: str, code: str) -> str:
    """A code of a classification as common rows have it."""
    return "S" if system == "EBOPS" and code in _SERVICES_TOTAL else code


def figure(row: Mapping[str, Any], system: str, period: Period, *, tool: str, flag: str | None = None) -> Observation:
    """A row of the service, or of a file of it, as a common row.

    Args:
        row: codes, figures and flags under the service's names, as far as known; `flowCode` is one of OBSERVED.
        system: what the row's classification is an edition of.
    """
    code, flow, edition = str(row["cmdCode"]), row["flowCode"], row["classificationCode"]
    value, cif, fob, quantity = (row.get(name) for name in ("primaryValue", "cifvalue", "fobvalue", "qty"))
    services, inwards = system == "EBOPS", flow in ("M", "RM")
    valuation: Valuation | None = None
    if value is not None and not services:
        # As the row shows it; by the service's rule (imports CIF, exports FOB) where it shows neither.
        by_rule, other = (cif, fob) if inwards else (fob, cif)
        valuation = "CIF" if inwards is (bool(by_rule) or other != value) else "FOB"
    is_summed = row.get("isAggregate") and not row.get("isReported")
    return Observation(
        flow=flow,
        reporter=row["reporterCode"],
        partner=row["partnerCode"],
        product=product_of(system, code),
        classification=system,
        edition=EDITION_NAMES.get(edition, edition),
        period=period,
        value=value,
        currency="USD",
        valuation=valuation,
        status=Status.MISSING if value is None else Status.SUMMED if is_summed else Status.REPORTED,
        source=SOURCE_ID,
        tool=tool,
        quantity=quantity,
        quantity_unit=row.get("qtyUnitAbbr") if quantity is not None else None,
        net_kg=row.get("netWgt"),
        fob=fob if inwards and fob and fob != value else None,
        basis=None if services else "origin" if inwards else "destination",
        flag=flag,
    )


_NAMES = (
    *("reporterCode", "partnerCode", "flowCode", "cmdCode", "classificationCode", "primaryValue", "cifvalue"),
    *("fobvalue", "netWgt", "qty", "qtyUnitAbbr", "isAggregate", "isReported"),
)


def observe(data: TradeData, _: Provenance) -> list[Observation]:
    """Every figure of an answer but its breakdowns and the flows that are parts of others.

    A second partner, a customs procedure or a mode of transport is a part of the row without it, so that taking both
    would count twice.
    """
    periods, system = [period(text) for text in data.periods], family(data.clCode)
    whole = [record for record in data.records if _is_whole(data, record)]
    return [one for record in whole for one in _of_record(data, record, periods, system)]


def _is_whole(data: TradeData, record: Series, *, but: str = "") -> bool:
    """Whether a record is no part of another, but for one way of breaking it down."""
    if record.flowCode not in OBSERVED:
        return False
    return all(
        (getattr(record, name) or getattr(data.common, name)) in (None, whole)
        for name, whole in BREAKDOWNS.items()
        if name != but
    )


def _of_record(data: TradeData, record: Series, periods: Sequence[Period], system: str) -> Iterator[Observation]:
    # What is the same for all rows of the answer is in `common`; the lists of the rest stand beside the periods.
    found = {name: getattr(record, name) or getattr(data.common, name, None) for name in _NAMES}
    for at, when in enumerate(periods):
        row = {name: cast("list[Any]", one)[at] if isinstance(one, list) else one for name, one in found.items()}
        yield figure(row, system, when, tool=TOOL)


TOOL = "comtrade_data"

PERIODS_A_QUESTION = 24
"""As many calls as one question makes at most, without a key."""


def view(question: FlowQuestion, role: Role) -> Asking:
    """What to ask for a country's report."""
    reporter, partner, product = question.reporter(role), question.partner(role), question.product
    services = product.kind == "services"
    why = no_reporter("UN Comtrade", reporter)
    for area in (reporter, partner):
        if why is None and not area.comtrade:
            why = never(f"UN Comtrade has no code for {area.name_en}.")
    if why is None and partner.kind == "group":
        why = never(f"{partner.name_en} is no partner in UN Comtrade; its members are.")
    if why is None and services and question.frequency != "year":
        why = never("UN Comtrade has services by year only.")
    why = why or too_deep("UN Comtrade", question)
    if why is not None:
        return Asking(TOOL, why=why)
    kind = _kind(question)
    common: dict[str, Any] = {
        "typeCode": kind.type,
        "freqCode": kind.freq,
        "reporterCode": [reporter.comtrade],
        "partnerCode": [partner.comtrade],
        "cmdCode": ["TOTAL" if product.is_total else product.code],
        "flowCode": [flow_of(role)],
    }
    spans = runs(kind.first, kind.last, PERIODS_A_QUESTION)
    return Asking(TOOL, tuple(common | {"period": [f"{start}..{end}"]} for start, end in spans))


@dataclass(frozen=True, slots=True)
class _Kind:
    """Goods or services, years or months, and from when to when, as `comtrade_data` is asked for a flow."""

    type: TypeCode
    freq: FreqCode
    first: Period
    last: Period


def _kind(question: FlowQuestion) -> _Kind:
    """Quarters are asked for by month."""
    type_code: TypeCode = "S" if question.product.kind == "services" else "C"
    if question.frequency == "year":
        return _Kind(type_code, "A", question.first, question.last)
    return _Kind(type_code, "M", *question.months)


async def cost(view: View, context: Context) -> Cost:
    """Calls for what is not stored and can be out."""
    if view.why is not None:
        return Cost()
    question, kind = view.question, _kind(view.question)
    out = ended(periods_between(kind.first, kind.last), context.today)
    whole = DataCall(
        typeCode=kind.type,
        freqCode=kind.freq,
        clCode=DEFAULT_CLASSIFICATION[kind.type],
        reporters=(question.reporter(view.role).comtrade,),
        partners=(question.partner(view.role).comtrade,),
        commodities=(TOTALS[kind.type] if question.product.is_total else question.product.code,),
        flows=(flow_of(view.role),),
        periods=out,
        maxRecords=row_limit(context),
    )
    size = periods_a_call(context)
    calls = [replace(whole, periods=run) for part in chunks(out, PERIODS_A_QUESTION) for run in chunks(part, size)]
    sent = partial(context.upstream.to_send, data_requests(context, calls))
    return Cost(len(await in_thread(sent)))


def newest(now: datetime) -> Period:
    """The newest month that the first reporters can have sent."""
    return newest_due("month", now.date())


async def ask(context: Context, wanted: Breadth) -> Broad:
    """Figures of several reporters, partners, products and flows.

    Raises:
        TradestatError: as `comtrade_data`.
    """
    yearly = wanted.first.frequency == "year"
    asked: dict[str, Any] = {
        "freqCode": "A" if yearly else "M",
        "cmdCode": list(wanted.products),
        "period": [f"{wanted.first}..{wanted.last}"],
        "includeDesc": True,
        "reporterCode": list(wanted.reporters),
        "partnerCode": list(wanted.partners),
        "flowCode": list(wanted.flows),
    }
    if wanted.by_second_partner:
        asked["partner2Code"] = ["all"]
    answer = await context.call(TOOL, asked, progress=current_report().progress)
    seconds = by_second_partner(answer.data) if wanted.by_second_partner else {}
    return Broad(answer, observe(answer.data, answer.source), seconds)


def by_second_partner(data: TradeData) -> dict[tuple[str, Period], float]:
    """Sums by second partner; a cell that came twice counts once, and none is known where it came with two values."""
    stated: dict[tuple[str, Period], dict[tuple[str | None, ...], set[float]]] = {}
    periods = [period(text) for text in data.periods]
    for record in data.records:
        second = record.partner2Code or data.common.partner2Code
        if second in (None, "0", record.partnerCode) or not _is_whole(data, record, but="partner2Code"):
            continue
        names = ("reporterCode", "flowCode", "partnerCode", "cmdCode", *(set(BREAKDOWNS) - {"partner2Code"}))
        cell = tuple(getattr(record, name) for name in names)
        for when, value in zip(periods, record.primaryValue, strict=True):
            if value is not None:
                stated.setdefault((second, when), {}).setdefault(cell, set()).add(value)
    known = {at: cells.values() for at, cells in stated.items() if all(len(values) == 1 for values in cells.values())}
    sums = {at: sum(sum(values) for values in cells) for at, cells in known.items()}
    return {at: value for at, value in sums.items() if value}


FLOWS = Flows(
    standing=Standing.INTERNATIONAL,
    view=view,
    cost=cost,
    newest=newest,
    evidence=Evidence(ask, periods_a_call, has_key),
)

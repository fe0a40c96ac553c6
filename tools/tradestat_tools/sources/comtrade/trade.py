"""The tool `comtrade_data`: who traded what with whom, as countries report it to the United Nations."""

from collections.abc import Sequence
from functools import partial
from math import ceil

import anyio.to_thread

from tradestat_tools.answers import Answer, Note, NoteCode
from tradestat_tools.codes.breaks import hs_break
from tradestat_tools.codes.periods import Period, format_yyyymm, month_of
from tradestat_tools.endpoint import Endpoint
from tradestat_tools.errors import InvalidQuery, NoData, TooLarge
from tradestat_tools.services import Services, provenance
from tradestat_tools.sources.comtrade.answered import read_answered
from tradestat_tools.sources.comtrade.arguments import (
    ALL,
    KEYED_ROWS,
    PREVIEW_ROWS,
    WORLD,
    Asked,
    TradeArguments,
)
from tradestat_tools.sources.comtrade.classifications import FLOWS, is_services
from tradestat_tools.sources.comtrade.data import TradeData, area_text, as_series, shortened
from tradestat_tools.sources.comtrade.notes import absent_notes, listed, row_notes, spelling_note, valuation
from tradestat_tools.sources.comtrade.wire import (
    KEY_HEADER,
    KEY_VARIABLE,
    POLICY,
    SERVICE,
    SOURCE_ID,
    Page,
    Row,
)
from tradestat_tools.upstream import Fetched, Request
from tradestat_tools.upstream.keep import CLOSED, DAY, Keep

PERIODS_A_CALL = 12
"""Periods that one keyed call takes (the service's documentation, autumn 2026); the preview takes one."""

MAX_CALLS = 24
"""Calls one question may take: at about one a second, half a minute."""

MANY_ROWS = 2000
"""Rows above which joining them would hold up the event loop (5,004 took 0.13 s) and goes to a worker thread."""

KEEP = Keep(fresh=3 * DAY)
"""Countries report when they are ready, any day."""
CLOSED_AFTER = 3
"""Years after which a year is taken as reported and revised."""


async def comtrade_data(services: Services, arguments: TradeArguments) -> Answer[TradeData]:
    """Ask for trade rows and join them into series. Values in US dollars, weights in kg.

    Raises:
        InvalidQuery: a period that has not ended, or all reporters with all partners without a key.
        TooLarge: it would take more than MAX_CALLS calls.
        NoData: the service holds no rows for the question.
        TradestatError: what the service answers.
    """
    keyed = services.settings.comtrade_api_key is not None
    span = arguments.span
    _check_span(span, services, arguments)
    _check_breadth(arguments, keyed=keyed)
    chunks = _chunks(span, PERIODS_A_CALL if keyed else 1)
    if len(chunks) > MAX_CALLS:
        raise _too_many_calls(len(span), len(chunks), arguments, keyed=keyed)
    limit = arguments.maxRecords if keyed else min(arguments.maxRecords, PREVIEW_ROWS)
    fetched = [await _fetch(services, arguments, chunk, limit) for chunk in chunks]
    rows = [row for one in fetched for row in one.value.rows]
    if not rows:
        raise _no_rows(arguments, span, services)
    join = partial(_answer, services, arguments, fetched, rows, limit)
    return await anyio.to_thread.run_sync(join) if len(rows) > MANY_ROWS else join()


def _check_span(span: Sequence[Period], services: Services, arguments: TradeArguments) -> None:
    now = month_of(services.today)
    if span[-1].last_month < now:
        return
    last = now.shifted(-1) if arguments.freqCode == "M" else Period(services.today.year - 1)
    raise InvalidQuery(
        f"{span[-1]} has not ended, so nobody has reported it.",
        argument="period",
        allowed=f"periods up to {last}; most reporters publish months to a year later",
        nearest=(str(last),),
        source=SOURCE_ID,
    )


def _check_breadth(arguments: TradeArguments, *, keyed: bool) -> None:
    if not (keyed or arguments.reporters or arguments.partners):
        raise InvalidQuery(
            f"All reporters with all partners is far more than the {PREVIEW_ROWS} rows that come without a key.",
            argument="partnerCode",
            allowed=f"partnerCode=0 (World), or named partners; both all only with {KEY_VARIABLE} set",
            nearest=("0",),
            source=SOURCE_ID,
        )


def _chunks(span: Sequence[Period], size: int) -> list[list[Period]]:
    return [list(span[at : at + size]) for at in range(0, len(span), size)]


def _too_many_calls(periods: int, calls: int, arguments: TradeArguments, *, keyed: bool) -> TooLarge:
    per_call = PERIODS_A_CALL if keyed else 1
    hints = [f"Ask for at most {MAX_CALLS * per_call} periods at once"]
    if arguments.freqCode == "M":
        hints.append("ask by year (freqCode=A)")
    if not keyed:
        hints.append(f"set {KEY_VARIABLE}, which brings {PERIODS_A_CALL} periods a call ({ceil(periods / 12)} calls)")
    return TooLarge(
        f"{periods} periods would take {calls} calls, {per_call} period{'s' * (per_call > 1)} each; "
        f"at most {MAX_CALLS} are made.",
        remedy=", or ".join(hints) + ".",
        source=SOURCE_ID,
    )


def wire_period(period: Period) -> str:
    """A period as the service writes it: 2023, 202301."""
    return str(period.year) if period.frequency == "year" else format_yyyymm(period)


async def _fetch(services: Services, arguments: TradeArguments, chunk: Sequence[Period], limit: int) -> Fetched[Page]:
    request = _request(services, arguments, chunk, limit)
    path = {name: getattr(arguments, name) for name in ("typeCode", "freqCode")} | {"clCode": arguments.classification}
    read = partial(read_answered, asked={**path, **request.params})
    return await services.upstream.fetch(request, POLICY, read, within=services.settings.timeout)


def _request(services: Services, arguments: TradeArguments, chunk: Sequence[Period], limit: int) -> Request:
    key = services.settings.comtrade_api_key
    path = f"{arguments.typeCode}/{arguments.freqCode}/{arguments.classification}"
    params: dict[str, str] = {}
    if arguments.reporters:
        params["reporterCode"] = _codes(arguments.reporters)
    params["period"] = ",".join(wire_period(period) for period in chunk)
    if arguments.partners:
        params["partnerCode"] = _codes(arguments.partners)
    params["cmdCode"] = ",".join(arguments.commodities)
    params["flowCode"] = ",".join(arguments.flowCode)
    if arguments.typeCode == "C":
        # Left out, these three break every row down and sums double (documented, autumn 2026); services have none.
        if arguments.second_partners:
            params["partner2Code"] = _codes(arguments.second_partners)
        params |= {
            name: ",".join(codes)
            for name, codes in (("customsCode", arguments.customsCode), ("motCode", arguments.motCode))
            if codes != [ALL]
        }
    params["maxRecords"] = str(limit)
    params["includeDesc"] = "true" if arguments.includeDesc else "false"
    kind = "data/v1/get" if key else "public/v1/preview"
    return Request(
        source=SOURCE_ID,
        endpoint=f"{kind.rpartition('/')[2]}/{path}",
        url=f"{services.settings.comtrade_url.rstrip('/')}/{kind}/{path}",
        params=params,
        secret_headers={KEY_HEADER: key} if key else {},
        keep=CLOSED if chunk[-1].year <= services.today.year - CLOSED_AFTER else KEEP,
    )


def _codes(asked: Sequence[Asked]) -> str:
    return ",".join(area.code for area in asked)


def _answer(
    services: Services,
    arguments: TradeArguments,
    fetched: Sequence[Fetched[Page]],
    rows: Sequence[Row],
    limit: int,
) -> Answer[TradeData]:
    span = arguments.span
    classification = arguments.classification
    data = as_series(
        rows,
        periods=[wire_period(period) for period in span],
        typeCode=arguments.typeCode,
        freqCode=arguments.freqCode,
        clCode=classification,
    )
    reporters, partners = arguments.reporters, arguments.partners
    cut = [one for one in fetched if len(one.value.rows) >= limit or one.value.withheld]
    notes = row_notes(rows, classification, arguments.commodities, span)
    if cut:  # what did not come may have been cut off, so nothing is said to be absent
        notes.insert(0, _cut_note(cut, fetched, limit))
    else:
        notes += absent_notes(
            rows,
            periods=span,
            wire_periods=[wire_period(period) for period in span],
            reporters=reporters,
            partners=partners,
            commodities=[code for code in arguments.commodities if not code.startswith("AG")],
            flows=arguments.flowCode,
            freqCode=arguments.freqCode,
            today=services.today,
        )
    if spelling := spelling_note([*reporters, *partners, *arguments.second_partners]):
        notes.append(spelling)
    return Answer[TradeData](
        what=_what(data),
        data=data,
        source=provenance(
            SERVICE,
            "comtrade_data",
            fetched,
            unit="US dollars",
            currency="USD",
            valuation=None if is_services(classification) else valuation(rows),
        ),
        notes=notes,
        more=_more(services, limit, full=any(len(one.value.rows) >= limit for one in cut)) if cut else None,
    )


def _what(data: TradeData) -> str:
    """Who, whom, what and when, short enough that unit and source still fit on the line beside it."""
    who = listed((area_text(code, label.desc) for code, label in data.reporters.items()), 3)
    whom = listed((area_text(code, label.desc) for code, label in data.partners.items()), 3)
    room = 60 if len(data.commodities) == 1 else 20
    what = listed((f"{code} {shortened(item.cmdDesc, room)}" for code, item in data.commodities.items()), 3)
    first, last = data.periods[0], data.periods[-1]
    when = first if first == last else f"{first} to {last}"
    return f"{who}: {' and '.join(data.flows.values())}, partner {whom}; {data.clCode} {what}; {when}"


def _cut_note(cut: Sequence[Fetched[Page]], fetched: Sequence[Fetched[Page]], limit: int) -> Note:
    full = sum(len(one.value.rows) >= limit for one in cut)
    withheld = sum(one.value.withheld for one in cut)
    calls = "The call" if len(fetched) == 1 else f"{full} of {len(fetched)} calls"
    said = [f"{calls} brought {limit} rows, the most that was allowed: rows may be cut off."] if full else []
    if withheld:
        came = sum(len(one.value.rows) for one in fetched)
        said.append(f"{SERVICE} counts {came + withheld} rows and sent {came} of them.")
    return Note(code=NoteCode.SUBSET, text=" ".join([*said, "Treat this as a part, not the whole."]))


def _more(services: Services, limit: int, *, full: bool) -> str:
    """How to get the rest: more rows a call where the limit was reached, else narrower questions."""
    narrower = "ask for fewer reporters, partners, codes or periods at once"
    if not full:
        return f"{narrower.capitalize()}."
    if services.settings.comtrade_api_key is None:
        if limit < PREVIEW_ROWS:
            return f"Raise maxRecords (up to {PREVIEW_ROWS} without a key), or {narrower}."
        return f"Set {KEY_VARIABLE} for up to {KEYED_ROWS:,} rows a call, or {narrower}."
    if limit < KEYED_ROWS:
        return f"Raise maxRecords (up to {KEYED_ROWS:,}), or {narrower}."
    return f"{narrower.capitalize()}."


def _no_rows(arguments: TradeArguments, span: Sequence[Period], services: Services) -> NoData:
    when = str(span[0]) if len(span) == 1 else f"{span[0]} to {span[-1]}"
    asked = (
        f"{' and '.join(FLOWS[code].label for code in arguments.flowCode)} of {_names(arguments.reporters)}, "
        f"partner {_names(arguments.partners)}, {arguments.classification} {listed(arguments.commodities)}, {when}"
    )
    return NoData(
        f"{SERVICE} has no rows for {asked}. It does not say why; no rows is not zero trade.",
        remedy=" ".join(_reasons(arguments, span, services)),
        source=SOURCE_ID,
    )


def _names(asked: Sequence[Asked]) -> str:
    return listed(area_text(one.code) for one in asked) or "all"


def _reasons(arguments: TradeArguments, span: Sequence[Period], services: Services) -> list[str]:
    """Likely reasons with the call that would tell, the likeliest first."""
    reasons: list[str] = []
    for code in arguments.commodities if arguments.classification == "HS" else ():
        found = hs_break(code, span[0].year, span[-1].year) if code.isdigit() else None
        if found is not None:
            reasons.append(found.text)
    for asked in (*arguments.reporters, *arguments.partners):
        if asked.note and asked.area.until is not None and span[-1].year > asked.area.until:
            reasons.append(asked.note)
    if span[-1].year >= services.today.year - 1:
        reasons.append("The newest periods come late: ask for an earlier one.")
    if is_services(arguments.classification):
        others = [code for code in ("EB10", "EB02", "EB") if code != arguments.classification]
        reasons.append(f"Services may be held under clCode {' or '.join(others)}, and mostly by year (freqCode=A).")
        if arguments.partnerCode != [WORLD]:
            reasons.append("Few reporters split services by partner: try partnerCode=0.")
    elif arguments.classification != "HS":
        reasons.append("The country may not be available in this classification: try clCode=HS.")
    if len(arguments.cmdCode) * max(1, len(arguments.partnerCode)) * len(arguments.reporterCode) > PREVIEW_ROWS:
        reasons.append("A very large question has been seen to come back empty (September 2026): ask for less.")
    total = "200" if is_services(arguments.classification) else "TOTAL"
    if arguments.commodities != [total] or arguments.partnerCode != [WORLD]:
        reasons.append(f"See whether the country reported at all: cmdCode={total}, partnerCode=0.")
    else:
        reasons.append("The country may not have reported: try another year, or its partners as reporters (mirror).")
    reasons.append(f"Check codes with comtrade_reference(category={arguments.classification}).")
    return reasons


COMTRADE_DATA = Endpoint(
    name="comtrade_data",
    title="UN Comtrade: trade data",
    description=(
        "What countries report to the UN: imports and exports of goods (HS, SITC, BEC) or services (EBOPS) by partner, "
        "yearly or monthly since 1962, in US dollars (imports CIF, exports FOB), weights in kg. Use it to check any "
        "other source, for mirror data and for countries that have no source of their own here. Without a key 500 rows "
        "a call, one call a period. For Korea's newest months use the Korea Customs tools; for rankings and growth "
        "over many partners Trade Map. Codes: comtrade_reference."
    ),
    arguments=TradeArguments,
    data=TradeData,
    run=comtrade_data,
    example={
        "reporterCode": ["China"],
        "partnerCode": ["Korea", "USA"],
        "cmdCode": ["850760"],
        "flowCode": ["X"],
        "period": ["2022-2024"],
    },
)

"""Asking the service: what a question selects, the calls it takes, and a check that each reply is to what was asked."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import unquote

from pydantic import SecretStr

from tradestat_tools.codes.hs import hs_status, nearest_hs
from tradestat_tools.codes.periods import format_yyyymm, months_between, split_months
from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import InvalidQuery, MissingKey, TooLarge, UpstreamChanged
from tradestat_tools.sources.korea.absence import call, no_rows, not_out
from tradestat_tools.sources.korea.arguments import Reply, Selection, TradeArguments
from tradestat_tools.sources.korea.calendar import SEOUL, last_published, months_asked
from tradestat_tools.sources.korea.codes import EVERYONE
from tradestat_tools.sources.korea.notes import vouched
from tradestat_tools.sources.korea.service import (
    COUNTRY,
    END,
    HS,
    KEY,
    MONTHS_A_CALL,
    NATIONTRADE,
    POLICY,
    START,
    VARIABLE,
    KoreaSettings,
    Operation,
)
from tradestat_tools.sources.korea.wire.failures import FAILURES
from tradestat_tools.sources.korea.wire.page import Page, read_page
from tradestat_tools.sources.korea.wire.part import take
from tradestat_tools.sources.korea.wire.rows import TOTAL, Row
from tradestat_tools.upstream import Policy, Reader, Request, Response
from tradestat_tools.upstream.failures import not_asked_for
from tradestat_tools.upstream.request import CLOSED, Freshness, Take, until_published

MAX_CALLS = 10
"""Ten years in one answer. The service drops those who ask much in a short time (seen August 2026)."""

MAX_CALLS_WIDE = 1
"""One year, where the question leaves the code open: a year of a chapter has about 44,000 rows, of all goods of a
large partner's about 95,000 (seen October 2026)."""

CLOSED_AFTER = 24
"""Months after which figures are taken as final: the yearly revision has passed."""


KNOWN_EDITIONS_FROM = 2012
"""Older editions of the HS are not known here, so before this year an unknown code is passed on."""


def select(context: Context, operation: Operation, asked: TradeArguments) -> Selection:
    """The rows that arguments select, of the months that are out; nothing is sent.

    Raises:
        InvalidQuery: the months do not go together, or the HS code was in no edition of their time.
        NoData: none of the months is out.
    """
    now, hs, partner = context.now(), asked.hs, asked.partner
    newest = last_published(now, operation.published_on)
    months = months_asked(asked.strtYymm, asked.endYymm, newest)
    if hs and months.start.year >= KNOWN_EDITIONS_FROM and (status := hs_status(hs)).kind == "unknown":
        raise InvalidQuery(
            status.text,
            argument=HS,
            allowed="codes of the Harmonized System",
            nearest=nearest_hs(hs[:6]),
            source=POLICY.source,
        )
    first, last, is_out = min(months.start, newest), min(months.end, newest), months.start <= newest
    partner = partner.in_years(months.start.year, last.year)
    selection = Selection(operation, first, last, hs, partner, wanted=months.end, months_note=months.note)
    if not is_out:
        raise not_out(months.start, selection, now)
    return selection


async def ask(context: Context, selection: Selection) -> tuple[list[Reply], list[Row]]:
    """Ask for every run of twelve months, one after the other: the answers in order, and the rows they make up.

    Raises:
        TradestatError: TooLarge and MissingKey before anything is sent; NoData if no month has a row.
    """
    replies = [await _ask_once(context, run) for run in _runs(selection)]
    rows = selection.rows(replies)
    if not rows:
        seen = {row.year for reply in replies for row in reply.page.rows}
        beside = seen == set(selection.months) and vouched(selection.operation, replies) is True
        others = beside or await _others_have_rows(context, selection)
        raise no_rows(selection, context.now(), others_have=others)
    return replies, rows


def _freshness(selection: Selection, now: datetime.datetime) -> Freshness:
    if selection.end < last_published(now).shifted(-CLOSED_AFTER):
        return CLOSED
    return until_published(now.astimezone(SEOUL), selection.operation.published_on)


def decoded_key(pasted: str) -> str:
    """The key as it is before any URL encoding.

    The portal shows it in two forms, "Encoding" (%2B, %2F, %3D) and "Decoding" (+, /, =); newer keys are 64 hexadecimal
    digits and look the same in both. The HTTP client encodes once: a key that is encoded already would be encoded twice
    and answered with code 30. A decoded key never holds a percent sign, so whatever has one is decoded further.
    """
    key = pasted.strip()
    while "%" in key and (decoded := unquote(key)) != key:
        key = decoded
    return key


def _runs(selection: Selection) -> list[Selection]:
    """The selection in runs of as many months as a call can have.

    Raises:
        TooLarge: these are too many.
    """
    months = split_months(selection.start, selection.end, MONTHS_A_CALL)
    if selection.partner.group and selection.operation.by_item and not selection.hs:
        raise _too_many_members(selection, len(months))
    if len(months) == 1:
        return [selection]
    runs = [replace(selection, start=first, end=last) for first, last in months]
    bound = MAX_CALLS_WIDE if selection.wide else MAX_CALLS
    if len(runs) > bound:
        narrower = ", or ask for a deeper hsSgn" if selection.wide else ""
        if selection.wide and selection.operation.by_country:
            narrower += " or one cntyCd"
        count = months_between(selection.start, selection.end)
        raise TooLarge(
            f"{count} months take {len(runs)} calls of {MONTHS_A_CALL} months; this question may take {bound}.",
            remedy=f"Ask for at most {bound * MONTHS_A_CALL} months at a time{narrower}.",
            source=POLICY.source,
        )
    return runs


def _too_many_members(selection: Selection, runs: int) -> TooLarge:
    """All goods by code can only be had country by country (code 99 otherwise), each answer of up to 95,000 rows."""
    whom = selection.partner
    total = call(replace(selection, operation=NATIONTRADE))
    some = ", ".join([*whom.members][:3])
    return TooLarge(
        f"All goods by HS code with {whom.name} would take {runs * len(whom.members)} calls, {runs} for each country; "
        "nothing was sent.",
        remedy=f"Their total trade takes {runs}: {total}; one product, with {HS}, takes no more. "
        f"Or ask for one country at a time: {some}, ...",
        source=POLICY.source,
    )


async def _others_have_rows(context: Context, selection: Selection) -> bool:
    """Whether a stored answer shows rows of this code with other countries in all of these months; nothing is sent."""
    if not selection.partner.code or not selection.hs:
        return False
    for run in _runs(selection):
        everyone = replace(run, partner=EVERYONE)
        kept = await context.upstream.stored(*_request(context, everyone))
        if kept is None or {row.year for row in kept.value.rows} != set(everyone.months):
            return False
        if not vouched(run.operation, [Reply(list(run.months), kept.value, kept)]):
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads an answer of an operation; the same whenever it reads, since only its errors speak of now."""

    operation: Operation
    now: datetime.datetime = field(compare=False)

    def __call__(self, response: Response) -> Page:
        return read_page(response, self.operation, self.now)


def _request(context: Context, selection: Selection) -> tuple[Request, Policy, Reader[Page]]:
    """What is sent, and how the answer is read."""
    operation, settings, now = selection.operation, context.settings.of(KoreaSettings), context.now()
    pasted = settings.data_go_kr_service_key
    params = {START: format_yyyymm(selection.start), END: format_yyyymm(selection.end)}
    if selection.hs:
        params[HS] = selection.hs
    if selection.partner.code:
        params[COUNTRY] = selection.partner.code
    request = Request(
        source=POLICY.source,
        endpoint=operation.name,
        url=settings.korea_url.rstrip("/") + operation.path,
        params=params,
        secret_params={KEY: SecretStr(decoded_key(pasted.get_secret_value()))} if pasted else {},
        freshness=_freshness(selection, now),
        within=partial(_within, selection, now),
        unless_stored=None
        if pasted
        else MissingKey(
            f"{POLICY.service} needs a key, and none is set.",
            remedy=f"Sign up at data.go.kr (free), apply at {operation.portal_page}, and set {VARIABLE} to the key.",
            source=POLICY.source,
        ),
    )
    return request, POLICY, _Reader(operation, now)


def _within(selection: Selection, now: datetime.datetime, asked: Mapping[str, str]) -> Take | None:
    """How the rows of a question are taken out of the answer to another one; None where they are not all in it."""
    hs, country = asked.get(HS, ""), asked.get(COUNTRY, "")
    inside = asked.get(START, "9") <= format_yyyymm(selection.start) and format_yyyymm(selection.end) <= asked.get(
        END, ""
    )
    # Rows are one level below the code asked for, and those of six digits below have ten, as if asked for.
    same = hs == selection.hs or (len(hs) == 6 and len(selection.hs) == 10 and selection.hs.startswith(hs))
    if not inside or not same or country not in ("", selection.partner.code):
        return None
    return partial(
        take,
        operation=selection.operation,
        now=now,
        months=frozenset(selection.months),
        hs=selection.hs if hs != selection.hs else "",
        country=selection.partner.code if not country else "",
        is_open=hs != selection.hs or country != selection.partner.code,
    )


async def _ask_once(context: Context, selection: Selection) -> Reply:
    request, policy, read = _request(context, selection)
    fetched = await context.upstream.fetch(request, policy, read, within=context.settings.timeout)
    if fetched.calls and fetched.value.remaining is not None:  # a stored answer tells of another day
        fetched = replace(fetched, remaining_quota=float(fetched.value.remaining))
    _check_answered(fetched.value, selection)
    return Reply(list(selection.months), fetched.value, fetched)


def _check_answered(page: Page, selection: Selection) -> None:
    """Refuse rows that were not asked for: a parameter the service ignores would otherwise turn into wrong sums.

    Raises:
        UpstreamChanged: naming the parameter.
    """
    name, months, partner = selection.operation.name, {*selection.months, TOTAL}, selection.partner.code
    if not page.rows and any(any(total.figures) for total in page.totals):
        text = f"{name} gave a total without the rows that make it up."
        raise FAILURES.error(UpstreamChanged, text, remedy="Ask for fewer months or a longer hsSgn.")
    strangers: list[tuple[str, str, str]] = []
    if others := [row.year for row in (*page.rows, *page.totals) if row.year not in months]:
        strangers.append((f"{START} and {END}", f"{selection.start} to {selection.end}", others[0]))
    if others := [row.hsCd for row in page.rows if not row.hsCd.startswith(selection.hs)]:
        strangers.append((HS, selection.hs, others[0]))
    if others := [row.statCd for row in page.rows if partner and row.statCd != partner]:
        strangers.append((COUNTRY, partner, others[0]))
    if strangers:
        raise not_asked_for(name, POLICY.source, strangers)
    lengths = sorted({len(row.hsCd) for row in page.rows})
    if len(lengths) > 1:
        digits = " and ".join(map(str, lengths))
        text = f"{name} gave HS codes of {digits} digits side by side, which can not be added up."
        raise FAILURES.error(UpstreamChanged, text, remedy="Ask with a longer hsSgn.")

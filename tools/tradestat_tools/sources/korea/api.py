"""Putting a question to the service: the key, the spans it allows, and the answers joined in order."""

from dataclasses import replace
from functools import partial
from urllib.parse import unquote

from pydantic import SecretStr

from tradestat_tools.codes.periods import Period, format_yyyymm, months_between, split_months
from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import MissingKey, TooLarge, UpstreamChanged
from tradestat_tools.model.settings import Settings
from tradestat_tools.sources.korea import absence as why
from tradestat_tools.sources.korea import service as operations
from tradestat_tools.sources.korea.arguments import Part, Question, rows_of
from tradestat_tools.sources.korea.calendar import SEOUL, last_published
from tradestat_tools.sources.korea.codes import EVERYONE
from tradestat_tools.sources.korea.notes import mismatches
from tradestat_tools.sources.korea.service import MONTHS_A_CALL, POLICY, VARIABLE, KoreaSettings, Operation
from tradestat_tools.sources.korea.wire import TOTAL, Page, read_page
from tradestat_tools.upstream import Policy, Reader, Request
from tradestat_tools.upstream.request import CLOSED, Freshness, until_published

MAX_CALLS = 10
"""Ten years in one answer. The service drops those who ask much in a short time (seen August 2026)."""

MAX_CALLS_WIDE = 1
"""One year, where the question leaves the code open: a year of a chapter has about 44,000 rows, of all goods of a
large partner's about 95,000 (seen October 2026)."""


CLOSED_AFTER = 24
"""Months after which figures are taken as final: the yearly revision has passed."""


async def ask(context: Context, question: Question) -> list[Part]:
    """Ask for every run of twelve months, one after the other, and give back the answers in order.

    Raises:
        TradestatError: TooLarge and MissingKey before anything is sent; NoData if no month has a row.
    """
    runs = _runs(question)
    key = service_key(context.settings)
    parts = [await _ask_once(context, replace(question, start=first, end=last), key) for first, last in runs]
    if not rows_of(question, parts):
        seen = {row.year for part in parts for row in part.page.rows}
        beside = seen == set(question.months) and not any(mismatches(question.operation, parts))
        others = beside or await _others_have_rows(context, question)
        raise why.no_rows(question, context.now(), others_have=others)
    return parts


def service_key(settings: Settings) -> SecretStr | None:
    """The key in its decoded form, if one is set."""
    pasted = settings.of(KoreaSettings).data_go_kr_service_key
    return SecretStr(decoded_key(pasted.get_secret_value())) if pasted else None


def no_key(operation: Operation) -> MissingKey:
    """What is said where an answer is not stored and no key is set."""
    return MissingKey(
        f"{POLICY.service} needs a key, and none is set.",
        remedy=f"Sign up at data.go.kr (free), apply at {operation.portal_page}, and set {VARIABLE} to the key.",
        source=POLICY.source,
    )


def _freshness(context: Context, question: Question) -> Freshness:
    now = context.now()
    if question.end < last_published(now).shifted(-CLOSED_AFTER):
        return CLOSED
    return until_published(now.astimezone(SEOUL), question.operation.published_on)


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


def _runs(question: Question) -> list[tuple[Period, Period]]:
    runs = split_months(question.start, question.end, MONTHS_A_CALL)
    if question.partner.group and question.operation.by_item and not question.hs:
        raise _too_many_members(question, len(runs))
    bound = MAX_CALLS_WIDE if question.wide else MAX_CALLS
    if len(runs) > bound:
        narrower = ", or ask for a deeper hsSgn" if question.wide else ""
        if question.wide and question.operation.by_country:
            narrower += " or one cntyCd"
        raise TooLarge(
            f"{months_between(question.start, question.end)} months take {len(runs)} calls of {MONTHS_A_CALL} months; "
            f"this question may take {bound}.",
            remedy=f"Ask for at most {bound * MONTHS_A_CALL} months at a time{narrower}.",
            source=POLICY.source,
        )
    return runs


def _too_many_members(question: Question, runs: int) -> TooLarge:
    """All goods by code can only be had country by country (code 99 otherwise), each answer of up to 95,000 rows."""
    whom = question.partner
    total = why.call(replace(question, operation=operations.NATIONTRADE))
    some = ", ".join([*whom.members][:3])
    return TooLarge(
        f"All goods by HS code with {whom.name} would take {runs * len(whom.members)} calls, {runs} for each country; "
        "nothing was sent.",
        remedy=f"Their total trade takes {runs}: {total}; one product, with {operations.HS}, takes no more. "
        f"Or ask for one country at a time: {some}, ...",
        source=POLICY.source,
    )


async def _others_have_rows(context: Context, question: Question) -> bool:
    """Whether a stored answer shows rows of this code with other countries in all of these months; nothing is sent."""
    if not question.partner.code or not question.hs:
        return False
    for first, last in _runs(question):
        everyone = replace(question, partner=EVERYONE, start=first, end=last)
        kept = await context.upstream.stored(*_request(context, everyone, service_key(context.settings)))
        if kept is None or {row.year for row in kept.value.rows} != set(everyone.months):
            return False
    return True


def _request(context: Context, question: Question, key: SecretStr | None) -> tuple[Request, Policy, Reader[Page]]:
    """What is sent, and how the answer is read."""
    operation = question.operation
    params = {operations.START: format_yyyymm(question.start), operations.END: format_yyyymm(question.end)}
    if question.hs:
        params[operations.HS] = question.hs
    if question.partner.code:
        params[operations.COUNTRY] = question.partner.code
    request = Request(
        source=POLICY.source,
        endpoint=operation.name,
        url=context.settings.of(KoreaSettings).korea_url.rstrip("/") + operation.path,
        params=params,
        secret_params={operations.KEY: key} if key else {},
        freshness=_freshness(context, question),
        unless_stored=None if key else no_key(operation),
    )
    return request, POLICY, partial(read_page, operation=operation, now=context.now())


async def _ask_once(context: Context, question: Question, key: SecretStr | None) -> Part:
    request, policy, read = _request(context, question, key)
    fetched = await context.upstream.fetch(request, policy, read, within=context.settings.timeout)
    if fetched.calls and fetched.value.remaining is not None:  # a stored answer tells of another day
        fetched = replace(fetched, remaining_quota=float(fetched.value.remaining))
    part = Part(question.months, fetched)
    _check_answered(part, question)
    return part


def _check_answered(part: Part, question: Question) -> None:
    """Refuse rows that were not asked for: a parameter the service ignores would otherwise turn into wrong sums.

    Raises:
        UpstreamChanged: naming the parameter.
    """
    months = {*part.months, TOTAL}
    lengths = sorted({len(row.hsCd) for row in part.page.rows})
    if not part.page.rows and any(any(total.figures) for total in part.page.totals):
        raise UpstreamChanged(
            f"{question.operation.name} gave a total without the rows that make it up.",
            remedy="Ask for fewer months or a longer hsSgn.",
            source=POLICY.source,
        )
    if not all(row.year in months for row in [*part.page.rows, *part.page.totals]):
        raise _ignored(question, f"{operations.START} and {operations.END}")
    if not all(row.hsCd.startswith(question.hs) for row in part.page.rows):
        raise _ignored(question, operations.HS)
    if question.partner.code and not all(row.statCd == question.partner.code for row in part.page.rows):
        raise _ignored(question, operations.COUNTRY)
    if len(lengths) > 1:
        raise UpstreamChanged(
            f"{question.operation.name} gave HS codes of {' and '.join(map(str, lengths))} digits side by side, which "
            "can not be added up.",
            remedy="Ask with a longer hsSgn.",
            source=POLICY.source,
        )


def _ignored(question: Question, parameters: str) -> UpstreamChanged:
    return UpstreamChanged(
        f"{question.operation.name} gave rows that were not asked for: it seems to ignore {parameters}.",
        remedy="Run `tradestat-mcp doctor`; the service may have changed, and a newer version may know it.",
        source=POLICY.source,
    )

"""Putting a question to the service: the key, the spans it allows, and the answers joined in order."""

from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import unquote

from pydantic import SecretStr

from tradestat_tools.codes.periods import Period, format_yyyymm, months_between, periods_between, split_months
from tradestat_tools.errors import InvalidQuery, MissingKey, NoData, TooLarge, UpstreamChanged
from tradestat_tools.services import Services
from tradestat_tools.settings import Settings
from tradestat_tools.sources.korea import operations
from tradestat_tools.sources.korea.areas import EVERYONE, Partner
from tradestat_tools.sources.korea.clock import SEOUL, last_published
from tradestat_tools.sources.korea.failures import VARIABLE
from tradestat_tools.sources.korea.operations import MONTHS_A_CALL, POLICY, Operation
from tradestat_tools.sources.korea.wire import TOTAL, Page, read_page
from tradestat_tools.upstream import Fetched, Request
from tradestat_tools.upstream.keep import CLOSED, Keep, until_published

MAX_CALLS = 10
"""Ten years in one answer. The service drops those who ask much in a short time (seen August 2026)."""

MAX_CALLS_WIDE = 1
"""One year, where the question leaves the code open: a year of a chapter has about 44,000 rows, of all goods of a
large partner's about 95,000 (seen October 2026)."""

CLOSED_AFTER = 24
"""Months after which figures are taken as final: the yearly revision has passed."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as it has been read.

    Args:
        hs: digits, or "" for all goods.
        partner: with the code "" for all countries.
    """

    operation: Operation
    start: Period
    end: Period
    hs: str = ""
    partner: Partner = EVERYONE

    @property
    def months(self) -> list[str]:
        """Every month asked for, as the service writes it."""
        return [f"{month.year:04d}.{month.number:02d}" for month in periods_between(self.start, self.end)]

    @property
    def wide(self) -> bool:
        """Whether the code or the country is left so open that a month has thousands of rows."""
        if not self.operation.by_item:
            return False
        if not self.operation.by_country:
            return not self.hs
        return not self.hs or (len(self.hs) == 2 and not self.partner.code)


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one run of months."""

    months: list[str]
    fetched: Fetched[Page]

    @property
    def page(self) -> Page:
        """The rows."""
        return self.fetched.value


async def ask(services: Services, question: Question) -> list[Part]:
    """Ask for every run of twelve months, one after the other, and give back the answers in order.

    Raises:
        TradestatError: InvalidQuery, TooLarge and MissingKey before anything is sent; NoData if no month has a row.
    """
    _check_published(services, question)
    runs = _runs(question)
    key = service_key(services.settings)
    parts = [await _ask_once(services, replace(question, start=first, end=last), key) for first, last in runs]
    if not any(part.page.rows for part in parts):
        raise _no_data(question)
    return parts


def service_key(settings: Settings) -> SecretStr | None:
    """The key in its decoded form, if one is set."""
    pasted = settings.data_go_kr_service_key
    return SecretStr(decoded_key(pasted.get_secret_value())) if pasted else None


def no_key(operation: Operation) -> MissingKey:
    """What is said where an answer is not stored and no key is set."""
    return MissingKey(
        f"{POLICY.service} needs a key, and none is set.",
        remedy=f"Sign up at data.go.kr (free), apply at {operation.portal_page}, and set {VARIABLE} to the key.",
        source=POLICY.source,
    )


def _keep(services: Services, question: Question) -> Keep:
    now = services.now()
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


def _check_published(services: Services, question: Question) -> None:
    newest = last_published(services.now(), question.operation.published_on)
    for argument, month in ((operations.START, question.start), (operations.END, question.end)):
        if month > newest:
            raise InvalidQuery(
                f"`{argument}` is {month}, which is not out yet: a month comes out about day "
                f"{question.operation.published_on} of the next one, Seoul time.",
                argument=argument,
                allowed=f"months up to {format_yyyymm(newest)}",
                nearest=(format_yyyymm(newest),),
            )


def _runs(question: Question) -> list[tuple[Period, Period]]:
    runs = split_months(question.start, question.end, MONTHS_A_CALL)
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


async def _ask_once(services: Services, question: Question, key: SecretStr | None) -> Part:
    operation = question.operation
    params = {operations.START: format_yyyymm(question.start), operations.END: format_yyyymm(question.end)}
    if question.hs:
        params[operations.HS] = question.hs
    if question.partner.code:
        params[operations.COUNTRY] = question.partner.code
    request = Request(
        source=POLICY.source,
        endpoint=operation.name,
        url=services.settings.korea_url.rstrip("/") + operation.path,
        params=params,
        secret_params={operations.KEY: key} if key else {},
        keep=_keep(services, question),
        unless_stored=None if key else no_key(operation),
    )
    read = partial(read_page, operation=operation, now=services.now())
    fetched = await services.upstream.fetch(request, POLICY, read, within=services.settings.timeout)
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


def _no_data(question: Question) -> NoData:
    of_what = f" for HS {question.hs}" if question.hs else ""
    with_whom = f" with {question.partner.name} ({question.partner.code})" if question.partner.code else ""
    if len(question.hs) == 10:
        remedy = f"Ask with hsSgn={question.hs[:6]}: its rows show which 10-digit codes Korea uses."
    elif question.hs and question.partner.code:
        remedy = "Leave cntyCd out to see which countries have rows, or ask with a shorter hsSgn."
    else:
        remedy = "Ask for other months" + (" or a shorter hsSgn." if question.hs else ".")
    return NoData(
        f"{question.operation.name} has no rows{of_what}{with_whom}, {question.start} to {question.end}. "
        "That is no recorded trade, not a zero.",
        remedy=remedy,
        source=POLICY.source,
    )

"""Putting a question to the service: the key, the spans it allows, and the answers joined in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import unquote

from pydantic import SecretStr

from tradestat_tools.codes.hs import hs_status, nearest_hs
from tradestat_tools.codes.periods import Period, format_yyyymm, months_between, periods_between, split_months
from tradestat_tools.contract.context import Services
from tradestat_tools.model.errors import InvalidQuery, MissingKey, TooLarge, UpstreamChanged
from tradestat_tools.model.settings import Settings
from tradestat_tools.sources.korea import absence as why
from tradestat_tools.sources.korea import service as operations
from tradestat_tools.sources.korea.calendar import SEOUL, last_published, months_asked
from tradestat_tools.sources.korea.codes import EVERYONE, Partner, partner_in
from tradestat_tools.sources.korea.notes import mismatches
from tradestat_tools.sources.korea.service import MONTHS_A_CALL, POLICY, Operation
from tradestat_tools.sources.korea.wire import TOTAL, VARIABLE, Page, Row, read_page
from tradestat_tools.upstream import Fetched, Policy, Reader, Request
from tradestat_tools.upstream.request import CLOSED, Keep, until_published

MAX_CALLS = 10
"""Ten years in one answer. The service drops those who ask much in a short time (seen August 2026)."""

MAX_CALLS_WIDE = 1
"""One year, where the question leaves the code open: a year of a chapter has about 44,000 rows, of all goods of a
large partner's about 95,000 (seen October 2026)."""

KNOWN_EDITIONS_FROM = 2012
"""Older editions of the HS are not known here, so before this year an unknown code is passed on."""

CLOSED_AFTER = 24
"""Months after which figures are taken as final: the yearly revision has passed."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as it has been read.

    Args:
        hs: digits, or "" for all goods.
        partner: with the code "" for all countries, and for a group, which is picked from all.
        wanted: the last month wanted, which may not be out; `end` is then the newest that is.
        months_note: what the words for the months were read as, if they were no months.
    """

    operation: Operation
    start: Period
    end: Period
    hs: str = ""
    partner: Partner = EVERYONE
    wanted: Period | None = None
    months_note: str | None = None

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


def read_question(
    services: Services, operation: Operation, strt: str, end: str, *, hs: str = "", country: str = ""
) -> Question:
    """The question that arguments ask, of the months that are out; nothing is sent.

    Raises:
        InvalidQuery: the months do not go together, or the HS code was in no edition of their time.
        NoData: none of the months is out.
    """
    newest = last_published(services.now(), operation.published_on)
    asked = months_asked(strt, end, newest)
    _check_exists(hs, asked.start)
    last = min(asked.end, newest)
    question = Question(
        operation,
        min(asked.start, newest),
        last,
        hs,
        partner_in(country, asked.start.year, last.year),
        wanted=asked.end,
        months_note=asked.note,
    )
    if asked.start > newest:
        raise why.not_out(asked.start, question, services.now())
    return question


async def ask(services: Services, question: Question) -> list[Part]:
    """Ask for every run of twelve months, one after the other, and give back the answers in order.

    Raises:
        TradestatError: TooLarge and MissingKey before anything is sent; NoData if no month has a row.
    """
    runs = _runs(question)
    key = service_key(services.settings)
    parts = [await _ask_once(services, replace(question, start=first, end=last), key) for first, last in runs]
    if not rows_of(question, parts):
        seen = {row.year for part in parts for row in part.page.rows}
        beside = seen == set(question.months) and not any(mismatches(question.operation, parts))
        others = beside or await _others_have_rows(services, question)
        raise why.no_rows(question, services.now(), others_have=others)
    return parts


def rows_of(question: Question, parts: Sequence[Part]) -> list[Row]:
    """All rows asked for in the order of the months, of a group its members'; in a month as the service gave them."""
    members = question.partner.members
    found = (row for part in parts for row in part.page.rows if not members or row.statCd in members)
    return sorted(found, key=lambda row: row.year)


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


def _check_exists(hs: str, start: Period) -> None:
    if not hs or start.year < KNOWN_EDITIONS_FROM or (status := hs_status(hs)).kind != "unknown":
        return
    raise InvalidQuery(
        status.text,
        argument=operations.HS,
        allowed="codes of the Harmonized System",
        nearest=nearest_hs(hs[:6]),
        source=POLICY.source,
    )


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


async def _others_have_rows(services: Services, question: Question) -> bool:
    """Whether a stored answer shows rows of this code with other countries in all of these months; nothing is sent."""
    if not question.partner.code or not question.hs:
        return False
    for first, last in _runs(question):
        everyone = replace(question, partner=EVERYONE, start=first, end=last)
        kept = await services.upstream.stored(*_request(services, everyone, service_key(services.settings)))
        if kept is None or {row.year for row in kept.value.rows} != set(everyone.months):
            return False
    return True


def _request(services: Services, question: Question, key: SecretStr | None) -> tuple[Request, Policy, Reader[Page]]:
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
        url=services.settings.korea_url.rstrip("/") + operation.path,
        params=params,
        secret_params={operations.KEY: key} if key else {},
        keep=_keep(services, question),
        unless_stored=None if key else no_key(operation),
    )
    return request, POLICY, partial(read_page, operation=operation, now=services.now())


async def _ask_once(services: Services, question: Question, key: SecretStr | None) -> Part:
    request, policy, read = _request(services, question, key)
    fetched = await services.upstream.fetch(request, policy, read, within=services.settings.timeout)
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

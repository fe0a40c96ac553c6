"""Why a table that came has no figure, and why a question may have been refused."""

import re

from tradestat_tools.codes.hs import HsStatus, hs_status
from tradestat_tools.model.errors import NoData, TradestatError, UpstreamRefused
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.trademap.codes import ALL, WORLD
from tradestat_tools.sources.trademap.coverage import KINDS, Reach
from tradestat_tools.sources.trademap.history import earlier_call, earlier_whys
from tradestat_tools.sources.trademap.labels import area_label, area_of, named
from tradestat_tools.sources.trademap.question import MOSTLY_FROM, Question
from tradestat_tools.sources.trademap.remedies import again, partners_side
from tradestat_tools.sources.trademap.wire.envelope import SAYS, SOURCE_ID, is_stale

RECENT = 2
"""Years before this one within which a missing figure may only be late."""

UNTOLD = "999999"
"""HS-like code for goods not specified by kind, where reporters put confidential trade."""


def reasons(question: Question, reach: Reach | None, this_year: int) -> list[Why]:
    """The reasons that may apply to an empty answer, the likeliest first. None is certain unless it says so."""
    found = [_retired(question), _late(question, reach, this_year), _early(question, reach), *earlier_whys(question)]
    if not any(one is not None and one.reason is Reason.NOT_YET_PUBLISHED for one in found):
        found += [_unreported(question, reach), _none(question), _secret(question)]
    return [one for one in found if one is not None]


def next_call(question: Question, reach: Reach | None, this_year: int) -> str:
    """What to ask instead of a question that has no figure."""
    left = retired(question.product)
    if left and left.successors:
        return f"Ask the code that took its goods: {again(question, product=left.successors[0])}."
    asked = question.period_from or question.period_to
    if reach is not None and reach.last is not None and asked > reach.last:
        return f"Ask the newest year: {again(question, period_from=reach.last, period_to=reach.last)}."
    if earlier := earlier_call(question):
        return f"Ask the area of that time: {earlier}."
    if reach is None and asked >= this_year - RECENT:
        earlier = again(question, period_from=asked - 3, period_to=asked)
        return f"Ask earlier years too: {earlier}. Or see how far the reporter has come: {_countries(question)}."
    return f"{partners_side(question)} {_countries(question)} tells which years the reporter covers."


def _countries(question: Question) -> str:
    return f'get_countries(search="{question.country}")'


def refused(question: Question, error: UpstreamRefused) -> TradestatError:
    """What a refused question means: that there is nothing under a code, where one of them may be why.

    The same refusal where nothing speaks against any code, for then the fault may be in how the question was put.
    """
    if not is_stale(error):
        return error
    left = retired(question.product)
    if left is None:
        return _perhaps(question, error)
    after = f"Ask {' and '.join(again(question, product=code) for code in left.successors[:2])}."
    return NoData(
        f"Trade Map has nothing under {question.product} for {question.years or 'these years'}. {error.message}",
        remedy=after if left.successors else "Ask the heading above it, and see its parts: by=byProduct.",
        why=[Why(Reason.CODE_RETIRED, left.text, sure=True)],
        source=SOURCE_ID,
    )


def blames(error: TradestatError, code: str) -> bool:
    """Whether the service's own words in a refusal name a code. What they look like is not documented."""
    said = error.message.partition(SAYS)[2]
    return bool(code) and re.search(rf"(?<![A-Za-z0-9]){re.escape(code)}(?![A-Za-z0-9])", said) is not None


def _perhaps(question: Question, error: UpstreamRefused) -> TradestatError:
    """A refusal with the reasons that its codes give to suspect, those that the service names first."""
    reporter, partner = _doubtful_reporter(question, error), _doubtful_partner(question, error)
    product = _doubtful_product(question, error)
    earlier = earlier_whys(question)
    found = [*(why for why in (partner, reporter, product) if why is not None), *earlier]
    if not found:
        return error
    if earlier and (call := earlier_call(question)):
        remedy = f"Ask the area of that time: {call}."
    elif partner is not None:
        everyone = again(question, partner=WORLD, by="byCountry")
        remedy = f"See which partners there are in the table of all of them: {everyone}."
    elif reporter is not None:
        remedy = f"{partners_side(question)} {_countries(question)} tells what the reporter covers."
    else:
        heading = again(question, product=question.product[:-2] or ALL)
        remedy = f"Ask what the code is part of: {heading}. get_products_hs lists the codes."
    return NoData(
        f"Trade Map refuses {question.what(question.years or 'any year')}. {error.message}",
        remedy=remedy,
        why=found,
        source=SOURCE_ID,
    )


def _doubtful_reporter(question: Question, error: UpstreamRefused) -> Why | None:
    area, who = area_of(question.country), named(question.country, area_label(question.country))
    if area is not None and area.former:
        return Why(Reason.NOT_COVERED, f"{who} is a former area, which Trade Map may not have any more.")
    if blames(error, question.country):
        return Why(Reason.NOT_REPORTED, f"{who} is named in the refusal; it may not report to Trade Map.")
    return None


def _doubtful_partner(question: Question, error: UpstreamRefused) -> Why | None:
    area, whom = area_of(question.partner), named(question.partner, area_label(question.partner))
    if question.partner == WORLD or area is None:
        return None
    if area.former:
        text = f"{whom} is a former area; Trade Map may not have it as a partner of its own."
    elif area.kind in ("nes", "special"):
        text = f"{whom} is no country but what is left over; Trade Map may have it only among the rows of all partners."
    elif blames(error, question.partner):
        text = f"{whom} is named in the refusal; Trade Map may not have it as a partner of its own."
    else:
        return None
    return Why(Reason.NOT_COVERED, text)


def _doubtful_product(question: Question, error: UpstreamRefused) -> Why | None:
    if question.product == ALL or not blames(error, question.product):
        return None
    text = f"{question.product} is named in the refusal; Trade Map may not carry it"
    return _retired(question) or Why(Reason.NOT_COVERED, f"{text}, or not for these years.")


def retired(product: str) -> HsStatus | None:
    """What is known of an HS code that is not of the present edition."""
    status = hs_status(product) if product.isdigit() else None
    return status if status is not None and status.kind == "older_edition" else None


def _retired(question: Question) -> Why | None:
    if question.services or not question.product.isdigit():
        return None
    if left := retired(question.product):
        return Why(Reason.CODE_RETIRED, left.text)
    status = hs_status(question.product)
    if status.predecessors:
        text = f"{status.text} Before, its goods were under {', '.join(status.predecessors)}."
        return Why(Reason.CODE_RETIRED, text)
    return None


def _late(question: Question, reach: Reach | None, this_year: int) -> Why | None:
    newest = question.period_from or question.period_to
    if not newest:
        return None
    who = named(question.country, area_label(question.country))
    if reach is not None and reach.last is not None:
        if newest <= reach.last:
            return None
        return Why(Reason.NOT_YET_PUBLISHED, f"{who} had come to {reach.last} by Trade Map's list of {reach.listed}.")
    if newest < this_year - RECENT:
        return None
    text = f"{question.years} is recent; some countries report more than a year late. get_countries tells how far {who}"
    return Why(Reason.NOT_YET_PUBLISHED, f"{text} has come.")


def _early(question: Question, reach: Reach | None) -> Why | None:
    last, mostly = question.period_to, MOSTLY_FROM[question.coverage]
    if reach is not None or not last or last >= mostly:
        return None
    return Why(Reason.NOT_COVERED, f"Trade Map's yearly {KINDS[question.coverage]} mostly begin with {mostly}.")


def _unreported(question: Question, reach: Reach | None) -> Why:
    who = named(question.country, area_label(question.country))
    if reach is not None and reach.first is not None:
        text = (
            f"Trade Map's list of {reach.listed} has {who} from {reach.first} to {reach.last}, and the table is empty."
        )
        return Why(Reason.NOT_REPORTED, text)
    return Why(Reason.NOT_REPORTED, f"{who} may not report this to Trade Map; get_countries tells what it reports.")


def _none(question: Question) -> Why | None:
    """27 partners of 254 areas were seen for one code (September 2026): what did not take place has no row."""
    if question.product == ALL and question.partner == WORLD:
        return None
    return Why(Reason.ZERO, "Trade that did not take place has no row in most tables; nobody reported a zero here.")


def _secret(question: Question) -> Why | None:
    if question.services or len(question.product) < len("8507") or not question.product.isdigit():
        return None
    text = f"Reporters put confidential trade under {UNTOLD}; what is there is not told by product."
    return Why(Reason.SUPPRESSED, text)

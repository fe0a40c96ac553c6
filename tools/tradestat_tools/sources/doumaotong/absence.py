"""Why the service has nothing, and what to ask instead."""

from collections.abc import Mapping

from tradestat_tools.codes.hs import hs_status
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why, offered
from tradestat_tools.sources.doumaotong.service import POLICY
from tradestat_tools.sources.doumaotong.wire.envelope import NoExports

EIGHT = 8
KOREA = "133"


def no_data(message: str, remedy: str, *why: Why) -> NoData:
    """The failure of a question to which this source has nothing."""
    return NoData(message, remedy=remedy, why=offered(why), source=POLICY.source)


def explained(error: NoData, params: Mapping[str, str]) -> NoData:
    """What the service says it has not, with the reasons that may apply and the next call.

    Args:
        error: the service's own words.
        params: what was asked.
    """
    code, country = params.get("hsCode", ""), params.get("countryCode", "")
    if not code:
        return error
    return no_data(error.message, next_call(code, country), *reasons(code, no_record=isinstance(error, NoExports)))


def empty(message: str, code: str, country: str = "") -> NoData:
    """The failure of an answer that came without any figure."""
    nulls = Why(Reason.NOT_REPORTED, "The service knows the code and gives no figure, which is neither zero nor one.")
    return no_data(message, next_call(code, country), nulls, *reasons(code))


def reasons(code: str, *, no_record: bool = False) -> list[Why]:
    """The reasons why there is nothing for a code, the likeliest first; one that is certain stands alone.

    Args:
        no_record: the service says that it has no export record of this code and country.
    """
    status = hs_status(code[:6])
    if status.kind == "older_edition":
        return [Why(Reason.CODE_RETIRED, f"{status.text} China applies HS 2022 since January 2022.", sure=True)]
    record = "The service says that it has no export record" if no_record else "Only what was exported has a record"
    taken = f" of the one 8-digit code that it takes for {code}" if len(code) < EIGHT else ""
    found = [Why(Reason.ZERO, f"{record}{taken}; no zero was reported.")]
    if len(code) == EIGHT:
        text = f"China changes 8-digit codes every January; whether {code} is in use is not known here."
        retired = Why(Reason.CODE_RETIRED, text)
        found = [*found, retired] if no_record else [retired, *found]
    found.append(Why(Reason.SUPPRESSED, "Confidential transactions are not in the public statistics."))
    return found


def next_call(code: str, country: str = "") -> str:
    """The next useful call with its arguments."""
    status = hs_status(code[:6])
    if status.kind == "older_edition" and status.successors:
        others = ", ".join(status.successors)
        return (
            f"Ask the codes of today for its goods ({others}): {call_text('dashboard', hsCode=status.successors[0])}."
        )
    if country:
        mirror = f"; as Korea reports it: {korea(code)}" if country == KOREA else ""
        largest = call_text("markets", hsCode=code)
        return f"See the largest destinations: {largest}; smaller ones: {comtrade(code, 'all')}{mirror}."
    fewer = call_text("dashboard", hsCode=code[:6])
    shorter = f"Ask with fewer digits: {fewer}, or " if len(code) == EIGHT else "Ask "
    return f"{shorter}{comtrade(code)}."


def comtrade(code: str, partner: str = "", period: str = "latest") -> str:
    """The call of UN Comtrade for China's exports of a code, with what it can not know left open."""
    what = {"flowCode": "X", "cmdCode": code[:6], "partnerCode": partner or None, "period": period}
    return call_text("comtrade_data", reporterCode="CN", **what)


def korea(code: str) -> str:
    """The call of Korea Customs for Korea's imports of a code from China."""
    months = {"strtYymm": "last 12 months", "endYymm": "latest"}
    return call_text("getNitemtradeList", **months, hsSgn=code[:6], cntyCd="CN")

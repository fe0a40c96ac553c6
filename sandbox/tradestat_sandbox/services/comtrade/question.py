"""What a question to UN Comtrade asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

from tradestat_sandbox.economies import ECONOMIES
from tradestat_sandbox.observers import Flow
from tradestat_sandbox.services.comtrade.sums import SUMMED_OVER

BY_COMTRADE = {economy.comtrade: economy for economy in ECONOMIES}
GOODS = ("HS", "H4", "H5", "H6")
SERVICES = ("EB", "EB10")
WITHOUT_DATA = (
    *("H0", "H1", "H2", "H3", "S1", "S2", "S3", "S4", "SS", "B4", "B5", "BE", "TM"),
    *("EB02", "EB10S"),
)
"""Classifications that the service takes and that this world has no data in."""
MOST_PERIODS = 12
FLOWS: dict[str, tuple[Flow, str]] = {"M": ("M", "Import"), "X": ("X", "Export"), "RX": ("RX", "Re-export")}


class WrongParameter(Exception):
    """A parameter the service does not understand; it answers with no rows and no error."""


class Refused(Exception):
    """What the service refuses with HTTP 400: (error, what is wrong with which parameter)."""


def parameters(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A query by name in small letters: clients write `reporterCode` and `reportercode` alike."""
    return {name.lower(): value for name, value in pairs}


@dataclass(frozen=True, slots=True)
class AskedRows:
    """What was asked, resolved; None where everything was meant."""

    goods: bool
    monthly: bool
    classification: str
    tariff_line: bool
    reporters: tuple[int, ...]
    partners: tuple[int, ...]  # Comtrade codes, 0 is World
    periods: tuple[str, ...]
    codes: tuple[str, ...] | None
    flows: tuple[str, ...]
    second_partner: str | None
    customs: str | None
    mode: str | None
    supply: str | None
    summed_over: tuple[str, ...]
    totals_only: bool
    describe: bool


def _list(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def question(
    path: tuple[str, str, str], query: dict[str, str], *, tariff_line: bool, one_period: bool = False
) -> AskedRows:
    """Reads the path (typeCode, freqCode, clCode) and the query, whose names are in small letters.

    Raises:
        WrongParameter: anything the service does not know.
        Refused: what it says so of.
    """
    kind, frequency, classification = path
    goods = kind == "C"
    if kind not in ("C", "S") or frequency not in ("A", "M") or (not goods and frequency == "M"):
        raise WrongParameter("path")
    if classification not in (*GOODS, *SERVICES, *WITHOUT_DATA):
        raise Refused("Invalid parameter value", f"clCode: {classification} is not a classification.")
    supply = query.get("moscode")
    if supply is not None and not supply.isdecimal():
        raise Refused("Invalid parameter value", f"mosCode: {supply} is not a mode of supply.")
    if classification not in (GOODS if goods else SERVICES):
        raise WrongParameter("clCode")  # also the editions the sandbox has no data in
    periods = tuple(_list(query.get("period")))
    digits = 6 if frequency == "M" else 4
    if not periods or any(not (text.isdecimal() and len(text) == digits) for text in periods):
        raise WrongParameter("period")
    if one_period and len(periods) > 1:
        raise WrongParameter("period")
    if len(periods) > MOST_PERIODS:
        raise Refused(f"Maximum number of periods is {MOST_PERIODS}", f"period: {len(periods)} were given.")
    flows = tuple(_list(query.get("flowcode"))) or tuple(FLOWS if goods else ("M", "X"))
    partners = _codes(query.get("partnercode"), (0, *BY_COMTRADE))
    return AskedRows(
        goods=goods,
        monthly=frequency == "M",
        classification=classification,
        tariff_line=tariff_line,
        reporters=tuple(code for code in _codes(query.get("reportercode"), tuple(BY_COMTRADE)) if code in BY_COMTRADE),
        partners=tuple(code for code in partners if code == 0 or code in BY_COMTRADE),
        periods=periods,
        codes=tuple(_list(query.get("cmdcode"))) or None,
        flows=tuple(flow for flow in flows if flow in FLOWS),
        second_partner=query.get("partner2code"),
        customs=query.get("customscode"),
        mode=query.get("motcode"),
        supply=supply,
        summed_over=tuple(
            SUMMED_OVER[name.lower()] for name in _list(query.get("aggregateby")) if name.lower() in SUMMED_OVER
        ),
        totals_only=query.get("breakdownmode") == "classic",
        describe=query.get("includedesc", "").lower() == "true",
    )


def _codes(text: str | None, default: tuple[int, ...]) -> tuple[int, ...]:
    parts = _list(text)
    if any(not part.isdecimal() for part in parts):
        raise WrongParameter("code")
    return tuple(int(part) for part in parts) or default

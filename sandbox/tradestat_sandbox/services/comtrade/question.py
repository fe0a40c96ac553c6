"""What a question to UN Comtrade asks for."""

from dataclasses import dataclass

from tradestat_sandbox.economies import ECONOMIES
from tradestat_sandbox.observers import Flow

BY_COMTRADE = {economy.comtrade: economy for economy in ECONOMIES}
GOODS = ("HS", "H4", "H5", "H6")
SERVICES = ("EB", "EB10")
FLOWS: dict[str, tuple[Flow, str]] = {"M": ("M", "Import"), "X": ("X", "Export"), "RX": ("RX", "Re-export")}


class WrongParameter(Exception):
    """A parameter the service does not understand; it answers with no rows and no error."""


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
    totals_only: bool
    describe: bool


def _list(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def question(
    path: tuple[str, str, str], query: dict[str, str], *, tariff_line: bool, one_period: bool = False
) -> AskedRows:
    """Reads the path (typeCode, freqCode, clCode) and query.

    Raises:
        WrongParameter: anything the service does not know.
    """
    kind, frequency, classification = path
    goods = kind == "C"
    if kind not in ("C", "S") or frequency not in ("A", "M") or (not goods and frequency == "M"):
        raise WrongParameter("path")
    if classification not in (GOODS if goods else SERVICES):
        raise WrongParameter("clCode")  # also the editions the sandbox has no data in
    periods = tuple(_list(query.get("period")))
    digits = 6 if frequency == "M" else 4
    if not periods or any(not (text.isdecimal() and len(text) == digits) for text in periods):
        raise WrongParameter("period")
    if one_period and len(periods) > 1:
        raise WrongParameter("period")
    flows = tuple(_list(query.get("flowCode"))) or tuple(FLOWS if goods else ("M", "X"))
    partners = _codes(query.get("partnerCode"), (0, *BY_COMTRADE))
    return AskedRows(
        goods=goods,
        monthly=frequency == "M",
        classification=classification,
        tariff_line=tariff_line,
        reporters=tuple(code for code in _codes(query.get("reporterCode"), tuple(BY_COMTRADE)) if code in BY_COMTRADE),
        partners=tuple(code for code in partners if code == 0 or code in BY_COMTRADE),
        periods=periods,
        codes=tuple(_list(query.get("cmdCode"))) or None,
        flows=tuple(flow for flow in flows if flow in FLOWS),
        second_partner=query.get("partner2Code"),
        customs=query.get("customsCode"),
        mode=query.get("motCode"),
        totals_only=query.get("breakdownMode") == "classic",
        describe=query.get("includeDesc", "").lower() == "true",
    )


def _codes(text: str | None, default: tuple[int, ...]) -> tuple[int, ...]:
    parts = _list(text)
    if any(not part.isdecimal() for part in parts):
        raise WrongParameter("code")
    return tuple(int(part) for part in parts) or default

"""Trade flows: what each is, and how each service says it."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from tradestat_tools.codes.words import CodeError, fold, nearest, shown

FlowSystem = Literal["comtrade", "trademap"]

SYSTEM_NAMES: dict[FlowSystem, str] = {"comtrade": "UN Comtrade", "trademap": "Trade Map"}


@dataclass(frozen=True, slots=True)
class Flow:
    """A trade flow, from the reporter's side.

    `code` is UN Comtrade's, or Trade Map's where UN Comtrade has none; `comtrade` and `trademap` are "" where the
    service does not have the flow. `korea` names the field of Korea Customs' answers, which have no codes of flows.
    `side` is M, X or, of the balance, "". `whole` is the flow that already contains this one, if any.
    """

    code: str
    label: str
    name_zh: str
    name_ko: str
    side: Literal["M", "X", ""]
    whole: str = ""
    comtrade: str = ""
    trademap: str = ""
    korea: str = ""
    words: tuple[str, ...] = ()


FLOWS = {
    flow.code: flow
    for flow in (
        # The ten codes of UN Comtrade's list tradeRegimes.json, as its users cite it (autumn 2026), and Trade Map's.
        Flow("M", "imports", "进口", "수입", "M", "", "M", "I", "impDlr", ("import",)),
        Flow("X", "exports", "出口", "수출", "X", "", "X", "E", "expDlr", ("export",)),
        Flow("RX", "re-exports", "复出口", "재수출", "X", "X", "RX", "RE", words=("re-export", "再出口", "转口")),
        Flow("TB", "trade balance", "贸易差额", "무역수지", "", "", "", "TB", "balPayments",
             ("balance", "net exports", "surplus", "deficit", "顺差", "逆差", "贸易顺差", "贸易逆差",
              "무역흑자", "무역적자")),
        Flow("RM", "re-imports", "复进口", "재수입", "M", "M", "RM", words=("re-import", "再进口")),
        Flow("DX", "domestic exports", "国内出口", "국산품 수출", "X", "X", "DX", words=("domestic export",)),
        Flow("FM", "foreign imports", "外国货物进口", "외국산 수입", "M", "M", "FM", words=("foreign import",)),
        Flow("MIP", "imports for inward processing", "进料加工进口", "역내가공용 수입", "M", "M", "MIP",
             words=("inward processing imports", "import of goods for inward processing")),
        Flow("MOP", "imports after outward processing", "出料加工复进口", "역외가공 후 수입", "M", "M", "MOP",
             words=("outward processing imports", "import of goods after outward processing")),
        Flow("XIP", "exports after inward processing", "进料加工复出口", "역내가공 후 수출", "X", "X", "XIP",
             words=("inward processing exports", "export of goods after inward processing")),
        Flow("XOP", "exports for outward processing", "出料加工出口", "역외가공용 수출", "X", "X", "XOP",
             words=("outward processing exports", "export of goods for outward processing")),
    )
}  # fmt: skip
"""Every flow by its code, the usual ones first."""


def flow(text: str) -> Flow:
    """The flow meant by a code of any service or a word in English, Chinese or Korean: `X`, `E`, `exports`, `出口`.

    Raises:
        CodeError: neither; names the nearest.
    """
    if found := _by_word().get(_key(text)):
        return found
    raise CodeError(
        f"{shown(text)} is not a trade flow.",
        allowed=", ".join(f"{known.code} {known.label}" for known in FLOWS.values()),
        nearest=lambda: _near(_key(text)),
    )


def _near(key: str) -> tuple[str, ...]:
    near = dict.fromkeys(_by_word()[word] for word in nearest(key, _by_word()))
    return tuple(f"{known.code} ({known.label})" for known in near)


def flow_code(text: str, system: FlowSystem) -> str:
    """The code of a flow in a service.

    Raises:
        CodeError: not a flow, or one that the service does not have; names the nearest of those that it has.
    """
    allowed = ", ".join(f"{code} {known.label}" for known in FLOWS.values() if (code := _code_in(known, system)))
    try:
        found = flow(text)
    except CodeError as error:
        near = (flow(label.split()[0]) for label in error.nearest)
        labels = (f"{code} ({known.label})" for known in near if (code := _code_in(known, system)))
        raise CodeError(error.message, allowed=allowed, nearest=tuple(labels)) from None
    if code := _code_in(found, system):
        return code
    whole = FLOWS.get(found.whole)
    instead = (whole,) if whole else (FLOWS["X"], FLOWS["M"])
    raise CodeError(
        f"{SYSTEM_NAMES[system]} has no {found.label}.",
        allowed=allowed,
        nearest=tuple(f"{_code_in(known, system)} ({known.label})" for known in instead),
    )


def _code_in(found: Flow, system: FlowSystem) -> str:
    return found.comtrade if system == "comtrade" else found.trademap


def _key(text: str) -> str:
    return fold(text).replace(" ", "")


@cache
def _by_word() -> dict[str, Flow]:
    """Codes before words, so that no word hides a code."""
    by_word: dict[str, Flow] = {}
    for known in FLOWS.values():
        for word in (known.code, known.comtrade, known.trademap):
            if word:
                by_word.setdefault(_key(word), known)
    for known in FLOWS.values():
        for word in (known.label, known.name_zh, known.name_ko, *known.words):
            by_word.setdefault(_key(word), known)
    return by_word

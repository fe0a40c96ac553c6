"""The next useful call, written so that it can be made as it stands."""

from dataclasses import replace
from typing import Any

from tradestat_tools.sources.trademap.codes import ALL, WORLD
from tradestat_tools.sources.trademap.question import Question

OPPOSITE = {"I": "E", "E": "I"}

_DEFAULTS: dict[str, str | int] = {"partner": WORLD, "product": ALL, "service": ALL, "by": "byCountry"}


def again(question: Question, **changes: Any) -> str:
    """The call that asks the same, but for the changes."""
    asked = replace(question, **changes)
    said: dict[str, str | int] = {
        "country": asked.country,
        "partner": asked.partner,
        "service" if asked.services else "product": asked.product,
        "by": asked.by,
        "trade_flow": asked.trade_flow,
        "period_from": asked.period_from,
        "period_to": asked.period_to,
    }
    shown = ((name, value) for name, value in said.items() if value and value != _DEFAULTS.get(name))
    tool = "services_time_series" if asked.services else "goods_time_series"
    return f"{tool}({', '.join(_written(name, value) for name, value in shown)})"


def partners_side(question: Question) -> str:
    """How to ask the other side of the same trade, which values it differently: mirror data."""
    flow = OPPOSITE.get(question.trade_flow)
    if flow is None:
        return f"Ask one flow: {again(question, trade_flow='E')}."
    if question.partner == WORLD:
        mirrored = again(question, country="<partner>", partner=question.country, trade_flow=flow, by="byCountry")
        return f"Ask a partner's side, one at a time: {mirrored}."
    mirrored = again(question, country=question.partner, partner=question.country, trade_flow=flow)
    return f"Ask the partner's side (mirror data, valued differently): {mirrored}."


def _written(name: str, value: str | int) -> str:
    return f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"

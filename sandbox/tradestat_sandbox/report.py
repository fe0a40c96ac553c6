"""A flow's truth as plain data: what really flowed, and what every service of the sandbox shows of it."""

from dataclasses import asdict
from typing import Any

from tradestat_sandbox.economies import EU, find_economy
from tradestat_sandbox.observers import Month
from tradestat_sandbox.products import BY_CODE, TOTAL, code_of, edition_of
from tradestat_sandbox.world import World, parse_period


def describe_truth(world: World, exporter: str, importer: str, product: str, period: str) -> dict[str, Any]:
    """Truth, both records, effects, and each source's figure in its own unit; errors as `World.truth`."""
    truth = world.truth(exporter, importer, product, period)
    span = parse_period(period)
    annual = span.last != span.first
    end: Month = (span.year, span.last)
    sources: dict[str, Any] = {}
    for role, text, usd in (
        ("exporter", exporter, truth.exporter_reported),
        ("importer", importer, truth.importer_reported),
    ):
        economy = find_economy(text)
        if economy is None or usd is None:
            continue
        newest = world.annual_last(economy)
        monthly = world.monthly_last(economy)
        annual_out = annual and newest is not None and span.year <= newest
        month_out = not annual and monthly is not None and end <= monthly
        valuation = "FOB" if role == "exporter" else "CIF"
        if len(product) not in (8, 10):
            sources[f"trademap_{role}"] = _figure(
                round(usd / 1000) if annual_out else None, "thousand USD", valuation, economy.name
            )
            sources[f"comtrade_{role}"] = _figure(
                usd if annual_out or month_out else None, "USD", valuation, economy.name
            )
        if economy.iso2 == "KR":
            last = min(end, world.last_month) if annual else end
            out = last <= world.korea_last
            sources["korea"] = _figure(usd if out else None, "USD", valuation, economy.name)
        if economy.iso2 == "US" and len(product) not in (8, 10):
            last = min(end, world.last_month) if annual else end
            out = last <= world.census_last
            # Of imports it has the customs value too, which is this without freight and insurance.
            sources["census"] = _figure(
                usd if out else None, "USD", "FAS" if role == "exporter" else "CIF", economy.name
            )
        if economy.iso2 in EU and not annual:
            euros = world.euros(usd, end) if end <= world.eurostat_last else None
            sources[f"eurostat_{role}"] = _figure(
                euros, "EUR (a sum of small cells differs by a few euros)", valuation, economy.name
            )
        if economy.iso2 == "CN" and role == "exporter" and not annual:
            yuan = world.yuan(usd, end) if end <= world.doumaotong_last else None
            sources["doumaotong"] = _figure(
                yuan, "RMB yuan (a sum of small cells differs by a few yuan)", "FOB", "China"
            )
    notes: list[str] = []
    then = code_of(BY_CODE[product].index, edition_of(span.year)) if product in BY_CODE else product
    if then != product:
        notes.append(f"Trade Map and UN Comtrade file {product} under {then} in {span.year}, an earlier edition's code")
    if not truth.complete:
        notes.append("the year has not ended; it is summed to the last month")
    found = asdict(truth)
    found["effects"] = [asdict(effect) for effect in truth.effects]
    return found | {
        "unit": "USD",
        "valuation": "FOB",
        "sandbox": True,
        "today": world.today.isoformat(),
        "sources": sources,
        "notes": notes,
        "product_is_total": product.upper() == TOTAL,
    }


def _figure(value: int | None, unit: str, valuation: str, reporter: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "valuation": valuation, "reporter": reporter, "published": value is not None}

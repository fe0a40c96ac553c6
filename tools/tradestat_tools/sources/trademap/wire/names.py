"""What the service calls its parameters: our names and its names, corrected from its public catalogue entry.

The service documents only some of its parameters. The others are assumptions (`ASSUMED`), checked against the entry in
parse.bot's marketplace, which needs no key and costs nothing.

A name of the entry is taken for one of ours only if, without case and separators, it is our name or stands in
`ALTERNATIVES` for it, and it is the only such name of the endpoint. Otherwise the assumption stays, and `unlisted` says
so. Nothing is guessed between two.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from tradestat_tools.sources.trademap.service import number_or_none
from tradestat_tools.sources.trademap.wire.envelope import changed, content_of, kind_of
from tradestat_tools.upstream.request import Response

Method = Literal["GET", "POST"]

_SERIES = (
    "country",
    "partner",
    "by",
    "trade_flow",
    "period_from",
    "period_to",
    "page",
    "page_size",
    "sort_by",
    "sort_dir",
)

ASSUMED: Mapping[str, tuple[str, ...]] = {
    "get_countries": (),
    "get_country_groups": (),
    "get_products_hs": (),
    "get_services_ebops": (),
    "goods_time_series": (*_SERIES, "product", "hs_level"),
    "goods_trade_indicators": (
        *("country", "partner", "by", "trade_flow", "page", "page_size", "sort_by", "sort_dir"),
        *("product", "hs_level", "indicators"),
    ),
    "services_time_series": (*_SERIES, "service"),
    "get_coverage": ("data_type",),
}
"""Every endpoint with its parameters. Our names are also the assumed wire names: the documented ones (country, partner,
product, by, hs_level, page_size, sort_dir, data_type), and the site's own in snake case for the rest."""

UNCONFIRMED = ("trade_flow", "period_from", "period_to")
"""Assumed names that matter most: no answer repeats the flow, and what was left out of a period does not show."""

OPTIONAL: Mapping[str, tuple[str, ...]] = {"get_country_groups": ("load_members",)}
"""Parameters that are sent only if the catalogue lists them."""

ALTERNATIVES: Mapping[str, frozenset[str]] = {
    "country": frozenset({"reporter", "countrycode", "countrycd", "reportercode", "reportercd"}),
    "partner": frozenset({"partnercode", "partnercd", "partnercountry"}),
    "product": frozenset({"productcode", "productcd", "hscode"}),
    "service": frozenset({"servicecode", "servicecd", "ebops", "ebopscode", "product", "productcode", "productcd"}),
    "by": frozenset({"output", "outputby", "dimension", "pivot"}),
    "hs_level": frozenset({"level", "hsdigits"}),
    "trade_flow": frozenset({"flow", "tradeflowcode", "tradeflowcd", "flowcode", "flowcd"}),
    "period_from": frozenset({"fromperiod", "periodstart", "startperiod", "yearfrom", "fromyear", "startyear"}),
    "period_to": frozenset({"toperiod", "periodend", "endperiod", "yearto", "toyear", "endyear"}),
    "page": frozenset({"pagenumber", "pageno", "pagenum"}),
    "page_size": frozenset({"perpage", "recordsperpage", "nbrecordperpage"}),
    "sort_by": frozenset({"sortfield", "sortcolumn", "orderby"}),
    "sort_dir": frozenset({"sortdirection", "sortorder", "orderdir"}),
    "indicators": frozenset({"indicator", "indicatorcodes", "indicatorcds"}),
    "data_type": frozenset({"type", "tradetype"}),
    "load_members": frozenset({"includemembers", "withmembers", "members"}),
}
"""Other names that can mean only this, without case and separators. `service` may be called product, because the
answers carry service codes in `productCd`; the endpoint for services has no product of its own."""

MAX_DEPTH = 6
"""How deep the list of endpoints may lie in the catalogue entry; it is looked for, not assumed to be at one place."""


@dataclass(frozen=True, slots=True)
class Wire:
    """How to ask one endpoint.

    Args:
        price: credits a call.
        names: our name -> the service's.
        types: the service's name -> the JSON type that the catalogue gives.
        published: whether the catalogue describes this endpoint; if not, everything is assumed.
        unlisted: our names for which the catalogue shows no certain counterpart; sent as assumed.
        unused: names that the catalogue lists and nothing here sends.
    """

    endpoint: str
    names: Mapping[str, str]
    method: Method = "GET"
    price: float = 1.0
    types: Mapping[str, str] = field(default_factory=dict[str, str])
    published: bool = False
    unlisted: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


Catalogue = Mapping[str, Wire]
"""Endpoint name -> how to ask it."""


def assumed() -> dict[str, Wire]:
    """The table without any correction."""
    return {endpoint: Wire(endpoint, {name: name for name in names}) for endpoint, names in ASSUMED.items()}


def read_catalogue(response: Response) -> dict[str, Wire]:
    """The table as the catalogue entry corrects it.

    Raises:
        UpstreamChanged: not a catalogue entry that names any of the endpoints.
    """
    if response.status != 200:
        raise changed(f"the catalogue answered HTTP {response.status}")
    body = content_of(response)
    table = assumed()
    found = False
    for entry in _endpoint_entries(body, MAX_DEPTH):
        name = entry["endpoint_name"]
        if name in table and not table[name].published:
            table[name] = _corrected(name, entry)
            found = True
    if not found:
        raise changed(f"the catalogue entry ({kind_of(body)}) names none of the {len(table)} endpoints")
    return table


def _endpoint_entries(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every object with an `endpoint_name`, wherever the entry keeps its list."""
    if depth < 0:
        return
    if isinstance(value, dict):
        known = cast("dict[str, Any]", value)
        if isinstance(known.get("endpoint_name"), str):
            yield known
            return
        for inner in known.values():
            yield from _endpoint_entries(inner, depth - 1)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from _endpoint_entries(inner, depth - 1)


def _corrected(endpoint: str, entry: Mapping[str, Any]) -> Wire:
    types = _input_types(entry.get("input_params"))
    ours = (*ASSUMED[endpoint], *OPTIONAL.get(endpoint, ()))
    matches = {name: theirs for name in ours if (theirs := match(name, types)) is not None}
    names = {name: matches.get(name, name) for name in ASSUMED[endpoint]}
    names |= {name: matches[name] for name in OPTIONAL.get(endpoint, ()) if name in matches}
    price = number_or_none(entry.get("price"))
    return Wire(
        endpoint,
        names,
        method="POST" if str(entry.get("method", "")).strip().upper() == "POST" else "GET",
        price=max(1.0, price or 0.0),  # no call was ever seen to cost less; 0 in the list would switch the budget off
        types=types,
        published=True,
        unlisted=tuple(name for name in ASSUMED[endpoint] if name not in matches),
        unused=tuple(theirs for theirs in types if theirs not in names.values()),
    )


def match(ours: str, listed: Mapping[str, str]) -> str | None:
    """The listed name that is certainly ours, or None: its own name first, then the one alternative."""
    plain = {theirs: "".join(char for char in theirs.lower() if char.isalnum()) for theirs in listed}
    for wanted in (frozenset({ours.replace("_", "")}), ALTERNATIVES[ours]):
        hits = [theirs for theirs, key in plain.items() if key in wanted]
        if hits:
            return hits[0] if len(hits) == 1 else None
    return None


def _input_types(params: Any) -> dict[str, str]:
    """Name -> type of `{name: {"type", "description"}}`; anything else lists nothing."""
    if not isinstance(params, dict):
        return {}
    listed = cast("dict[str, Any]", params)
    return {
        name: str(cast("dict[str, Any]", about).get("type", "")).lower() if isinstance(about, dict) else ""
        for name, about in listed.items()
    }

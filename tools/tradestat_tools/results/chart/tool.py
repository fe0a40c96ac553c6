"""The tool `chart`: stored answers as a figure, in words and, where asked for, as a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tradestat_tools.codes.words import clean
from tradestat_tools.contract.context import Context, merged
from tradestat_tools.contract.results import StoredResult, found_in
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import InvalidQuery, TooLarge
from tradestat_tools.results.chart.arguments import ChartArguments
from tradestat_tools.results.chart.data import ChartData
from tradestat_tools.results.chart.drawing.picture import picture_of
from tradestat_tools.results.chart.figure import MOST_CHARS, Figure, Kind
from tradestat_tools.results.chart.finding import finding_of
from tradestat_tools.results.chart.kinds.choose import planned
from tradestat_tools.results.chart.kinds.mirror import TOOL as MIRROR
from tradestat_tools.results.chart.kinds.mirror import mirror
from tradestat_tools.results.chart.kinds.plan import Plan
from tradestat_tools.results.chart.lines import Lines, lines_of
from tradestat_tools.results.chart.numbers import power_of
from tradestat_tools.results.chart.points import ALL_GOODS, WORLD, area_name, area_of, points_of
from tradestat_tools.upstream.runtime import in_thread

NAMES: Mapping[Kind, str] = {
    "lines": "Lines over time",
    "bars": "Ranked bars",
    "shares": "Shares over time",
    "treemap": "Treemap",
    "mirror": "Both reports",
    "balance": "Balance",
    "seasonality": "Seasonality",
    "bubble": "Growth against share",
    "map": "Map of tiles",
}
PASSED_ON = frozenset({NoteCode.DISCLAIMER, NoteCode.REVISED, NoteCode.STALE, NoteCode.FLAG, NoteCode.ROUNDING})
WAYS = {"exports": "to", "re-exports": "to", "imports": "from", "re-imports": "from"}
TITLE_CHARS = 160
NOTE_CHARS = 240
MOST_NOTES = 8
MOST_NAME = 80
AREAS = ("reporter", "partner")


async def chart(context: Context, asked: ChartArguments) -> Answer[ChartData]:
    """A figure of stored answers. No service is asked."""
    stored = [await found_in(context.results, handle) for handle in dict.fromkeys(asked.result)]
    figure, notes = await in_thread(partial(figure_of, stored, asked, context.tools))
    data = ChartData(figure=figure)
    if asked.format != "data":
        data = data.with_pictures(await in_thread(partial(picture_of, figure, asked.format, asked.theme)))
    source = merged(
        [one.source for one in stored],
        "chart",
        [one.handle for one in stored],
        unit=figure.unit,
        valuation=figure.valuation,
    )
    return Answer(
        what=f"{NAMES[figure.kind]}: {figure.title}",
        data=data,
        source=source.model_copy(update={"calls": 0, "credits_charged": None}),
        notes=notes,
        more="A host that shows MCP Apps draws it; format=svg or png gives a picture, export_data a file of it.",
    )


def figure_of(
    stored: Sequence[StoredResult], asked: ChartArguments, tools: Mapping[str, Tool[Any, Any]]
) -> tuple[Figure, list[Note]]:
    """The figure of stored answers, and what to know of it. Blocks.

    Raises:
        InvalidQuery: it can not be drawn of these.
        TooLarge: it would be too much to send.
    """
    if any(one.tool == MIRROR for one in stored) and asked.table is None:
        return _of_mirror(stored, asked)
    if asked.kind == "mirror":
        raise InvalidQuery(
            "Both reports are drawn of an answer of compare_mirror.",
            argument="kind",
            allowed="the handle of compare_mirror",
            remedy="Call compare_mirror with both ends of the flow, and chart its result.",
        )
    points = points_of(stored, asked, tools)
    lines = lines_of(points, asked)
    plan = planned(lines, asked)
    plan = replace(plan, notes=[*lines.notes, *plan.notes])
    title = _title(lines, plan, stored)
    valuation = _valuation(lines, stored)
    if len(lines.valuations) > 1 and plan.kind != "balance":
        plan.notes.append(
            Note(code=NoteCode.VALUATION, text=f"FOB and CIF values stand beside each other: {valuation}.")
        )
    said = Said(title, finding_of(plan), valuation)
    figure = _figure(stored, asked, plan, said)
    if lines.common:
        figure = figure.model_copy(update={"fixed": _fixed(lines), "by": list(lines.by)})
    return figure, _notes(plan, stored)


def _of_mirror(stored: Sequence[StoredResult], asked: ChartArguments) -> tuple[Figure, list[Note]]:
    if len(stored) > 1 or asked.kind not in ("auto", "mirror"):
        raise InvalidQuery(
            "An answer of compare_mirror is drawn alone, as both reports (kind=mirror).",
            argument="result",
            allowed="its handle alone, or a table of it with `table`",
        )
    data = stored[0].structured["data"]
    plan = mirror(data)
    kind = " and ".join(sorted({one.valuation for one in plan.series if one.valuation}))
    title = f"{data['exporter']} to {data['importer']}: {data['product']}, {_span(plan.axis.labels)}"
    said = Said(title, finding_of(plan, data), kind or None)
    return _figure(stored, asked, plan, said), _notes(plan, stored)


@dataclass(frozen=True, slots=True)
class Said:
    """What stands around a figure."""

    title: str
    finding: list[str]
    valuation: str | None


def _figure(stored: Sequence[StoredResult], asked: ChartArguments, plan: Plan, said: Said) -> Figure:
    values = [value for one in plan.series if one.unit is None for value in one.values]
    disclaimers = [note for one in stored for note in one.notes if note.code is NoteCode.DISCLAIMER]
    figure = Figure(
        kind=plan.kind,
        title=clean(asked.title or said.title)[:TITLE_CHARS],
        finding=said.finding,
        unit=plan.unit,
        power=power_of(plan.unit, [*values, plan.total]),
        scale="log" if asked.log else "linear",
        valuation=said.valuation,
        axis=plan.axis.model_copy(update={"labels": [_named(label) for label in plan.axis.labels]}),
        series=[one.model_copy(update={"name": _named(one.name)}) for one in plan.series],
        total=plan.total,
        rest=plan.rest,
        breaks=plan.breaks,
        source=_source(stored),
        sandbox=any(one.source.state == "sandbox" for one in stored),
        notes=[note.text[:NOTE_CHARS] for note in (*plan.notes, *disclaimers)[:MOST_NOTES]],
        results=[one.handle for one in stored],
        arguments=_again(asked, stored, plan),
    )
    if figure.chars > MOST_CHARS:
        raise TooLarge(
            f"The figure would have {figure.chars:,} characters, over {MOST_CHARS:,}.",
            remedy="Draw fewer with `top` or `only`, or a shorter `period`.",
        )
    return figure


def _named(name: str) -> str:
    return name if len(name) <= MOST_NAME else f"{name[: MOST_NAME - 1]}…"


def _again(asked: ChartArguments, stored: Sequence[StoredResult], plan: Plan) -> dict[str, Any]:
    """The arguments that give the same figure; words such as "last 5 years" by what they meant."""
    said = asked.model_dump(exclude_defaults=True, exclude={"period", "format", "theme", "kind"})
    said |= {"result": [one.handle for one in stored], "kind": plan.kind}
    if asked.period is not None:
        if plan.axis.kind == "periods":
            labels = plan.axis.labels
            said["period"] = labels[0] if len(labels) == 1 else f"{labels[0]}..{labels[-1]}"
        elif plan.at is not None:
            said["period"] = str(plan.at)
    return said


def _source(stored: Sequence[StoredResult]) -> str:
    services = "; ".join(dict.fromkeys(clean(one.source.service) for one in stored))
    days = sorted({f"{one.source.retrieved_at:%Y-%m-%d}" for one in stored})
    return f"{services}, retrieved {' to '.join(dict.fromkeys((days[0], days[-1])))}"


def _notes(plan: Plan, stored: Sequence[StoredResult]) -> list[Note]:
    """What was done to draw it, where goods changed, and what the sources want to be said or known of their figures."""
    breaks = [Note(code=NoteCode.EDITION_BREAK, text=f"From {one.at}: {one.text}") for one in plan.breaks]
    passed_on = {note.text: note for one in stored for note in one.notes if note.code in PASSED_ON}
    return [*plan.notes, *breaks, *passed_on.values()]


def _valuation(lines: Lines, stored: Sequence[StoredResult]) -> str | None:
    """FOB or CIF, of each flow where both are drawn."""
    if not lines.common:
        return stored[0].source.valuation
    held = lines.valuations
    if len(held) != 2 or "flow" not in lines.by:
        return " and ".join(sorted(held)) or None
    at = lines.by.index("flow")
    flows = {"X": "exports", "M": "imports"}
    by_flow = {
        name: " and ".join(sorted({one for line in lines.lines if line.key[at] == code for one in line.valuations}))
        for code, name in flows.items()
    }
    return ", ".join(f"{name} {said}" for name, said in by_flow.items() if said) or None


def _title(lines: Lines, plan: Plan, stored: Sequence[StoredResult]) -> str:
    """Who trades what with whom, when; what differs comes after "by"."""
    when = f", {_span(plan.axis.labels)}" if plan.axis.kind == "periods" else f", {plan.at}" if plan.at else ""
    if plan.kind in ("bubble", "seasonality") and lines.periods:
        when = f", {_span([str(lines.periods[0]), str(lines.periods[-1])])}"
    if not lines.common:
        return f"{stored[0].what}{when if when.strip(', ') not in stored[0].what else ''}"
    fixed = lines.fixed
    flow = fixed["flow"][1] if "flow" in fixed else "exports and imports"
    who = f"{fixed['reporter'][1]}'s {flow}" if "reporter" in fixed else flow.capitalize()
    product = fixed.get("product")
    what = f" of {'all goods' if product[0] == ALL_GOODS else product[1]}" if product else ""
    whom = ""
    if "partner" in fixed:
        way = WAYS.get(flow, "with")
        whom = f" {way} {'the World' if fixed['partner'][0] == WORLD else fixed['partner'][1]}"
    differing = [name for name in lines.by if name != "flow"]
    by = f", by {' and '.join(differing)}" if differing else ""
    return f"{who}{what}{whom}{by}{when}"


def _fixed(lines: Lines) -> dict[str, str]:
    """What all values are of, as other tools take it."""
    return {
        name: _taken(code) if name in AREAS else code for name, (code, _) in lines.fixed.items() if name != "source"
    }


def _taken(code: str) -> str:
    found = area_of(code)
    return (found.iso3 or found.name_en) if found else area_name(code)


def _span(labels: Sequence[str]) -> str:
    return labels[0] if labels[0] == labels[-1] else f"{labels[0]} to {labels[-1]}"


CHART = Tool(
    name="chart",
    title="Tradestat: chart stored answers",
    description=(
        "Draws earlier answers by their handles (result r…). Hosts with MCP Apps show it; the text says what it shows "
        "in figures. Left alone: lines over years or months, bars of one period, balance of both flows, mirror of "
        "compare_mirror; bubble is growth against share, map one of partners. Two units never share an axis, totals "
        "never stand beside their parts, a gap is no zero. columns draws a table, such as query's SQL. format=svg or "
        "png adds a picture. Costs nothing, asks no service."
    ),
    arguments=ChartArguments,
    data=ChartData,
    run=chart,
    example={"result": ["rk3v7q2m5xa"]},
    local=True,
    kept=True,
)

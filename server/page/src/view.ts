/** What of a figure is looked at: the span, the series, and whether values are shown as they are, as an index or a share. */

import type { Figure, Mark, Series, Value } from "./figure";

export type Measure = "values" | "index" | "share";

export interface View {
  measure: Measure;
  log: boolean;
  from: number;
  to: number;
  hidden: Set<number>;
}

/** A series as it is shown: its values as asked for, beside those that were answered. */
export interface Line {
  number: number;
  series: Series;
  values: Value[];
  exact: Value[];
}

export interface Shown {
  figure: Figure;
  measure: Measure;
  log: boolean;
  /** Places of the figure's axis, in order. */
  places: number[];
  labels: string[];
  lines: Line[];
}

/** Roles that are never drawn: the whole beside its parts, and what is left of a gap; both are read off and in the table. */
const UNDRAWN = new Set(["total", "unexplained"]);
const PARTS = new Set(["value", "rest"]);

export function firstView(figure: Figure): View {
  const share = figure.kind === "shares" && measures(figure).includes("share");
  return {
    measure: share ? "share" : "values",
    log: figure.scale === "log",
    from: 0,
    to: figure.axis.labels.length - 1,
    hidden: new Set(),
  };
}

/** Which measures have a meaning: a share needs the reported whole, an index a time and figures to set to 100. */
export function measures(figure: Figure): Measure[] {
  const found: Measure[] = ["values"];
  const inTime = figure.axis.kind === "periods";
  if (inTime && figure.kind === "lines" && figure.unit !== "percent") found.push("index");
  const parts = ["lines", "shares", "bars", "treemap", "map"].includes(figure.kind);
  if (parts && (figure.total !== undefined || figure.series.some((one) => one.role === "total"))) found.push("share");
  return found;
}

/** Whether a logarithm can be taken of all that is shown. */
export function canBeLog(figure: Figure): boolean {
  const values = figure.series.flatMap((one) => one.values).filter((value) => value !== null);
  return ["lines", "seasonality"].includes(figure.kind) && values.length > 0 && values.every((value) => value > 0);
}

export function drawn(series: Series): boolean {
  return !UNDRAWN.has(series.role);
}

export function shown(figure: Figure, view: View): Shown {
  const places = figure.axis.labels.map((_, at) => at).filter((at) => at >= view.from && at <= view.to);
  const total = figure.series.find((one) => one.role === "total");
  const lines = figure.series
    .map((series, number) => ({ series, number }))
    .filter(({ series, number }) => drawn(series) && !view.hidden.has(number))
    .filter(({ series }) => view.measure !== "share" || PARTS.has(series.role))
    .map(({ series, number }) => {
      const exact = places.map((at) => series.values[at] ?? null);
      return {
        series,
        number,
        exact,
        values: measured(
          exact,
          view.measure,
          places.map((at) => total?.values[at] ?? figure.total ?? null),
        ),
      };
    });
  return {
    figure,
    measure: view.measure,
    log: view.log && canBeLog(figure),
    places,
    labels: places.map((at) => figure.axis.labels[at] ?? ""),
    lines,
  };
}

/** The values as they are, with the first that is no zero as 100, or in percent of the whole. A gap stays a gap. */
export function measured(values: Value[], measure: Measure, whole: Value[]): Value[] {
  if (measure === "index") {
    const base = values.find((value) => value !== null && value > 0);
    return values.map((value) => (value === null || !base ? null : (value / base) * 100));
  }
  if (measure === "share")
    return values.map((value, at) => (value === null || !whole[at] ? null : (value / whole[at]) * 100));
  return values;
}

/** How a value at a place is marked, if it is. */
export function markOf(series: Series, place: number): Mark | undefined {
  const marks = Object.entries(series.marks ?? {}) as [Mark, number[]][];
  return marks.find(([, places]) => places.includes(place))?.[0];
}

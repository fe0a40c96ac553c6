/** Columns beside a time axis: parts of a whole one on another, both reports of a flow, and the balance. */

import { colour, type Theme } from "../colours";
import { svg } from "../dom";
import type { Value } from "../figure";
import { type Line, markOf, type Shown } from "../view";
import { breakLines, type Draw, ground, placeAxis, type Stop, valueAxis, watermark } from "./frame";
import { drawn } from "./lines";

interface Frame {
  root: SVGSVGElement;
  x: (index: number) => number;
  y: (value: number) => number;
  step: number;
  stops: Stop[];
}

function frame(shown: Shown, theme: Theme, width: number, height: number, values: Value[]): Frame {
  const root = ground(shown, theme, width, height);
  const { box, scale } = valueAxis(root, shown, theme, values, { width, height });
  const step = (box.right - box.left) / Math.max(1, shown.places.length);
  const x = (index: number): number => box.left + (index + 0.5) * step;
  placeAxis(root, shown, theme, box, x);
  breakLines(root, shown, theme, box, x);
  const stops = shown.places.map((at, index) => ({
    at,
    x: x(index),
    y: box.top,
    reach: [step / 2, Infinity] as [number, number],
  }));
  return { root, x, y: scale, step, stops };
}

/** One column from a value to another. A value of zero is a line, so that it differs from none at all. */
function column(
  f: Frame,
  theme: Theme,
  shown: Shown,
  one: Line,
  index: number,
  from: number,
  to: number,
  left: number,
  wide: number,
): SVGRectElement {
  const [top, bottom] = [Math.min(f.y(from), f.y(to)), Math.max(f.y(from), f.y(to))];
  const mark = markOf(one.series, shown.places[index] ?? -1);
  const fill = colour(theme, one.number, one.series.role);
  return svg("rect", {
    x: left,
    y: top,
    width: Math.max(0.5, wide),
    height: Math.max(1, bottom - top),
    fill,
    "fill-opacity": mark ? 0.55 : 1,
    stroke: mark ? fill : undefined,
    "stroke-dasharray": mark ? "2 2" : undefined,
    "data-series": one.number,
    "data-at": shown.places[index],
    "data-value": one.values[index] ?? undefined,
    "data-from": from,
    "data-to": to,
    "data-mark": mark,
  });
}

export const shares: Draw = (shown, theme, width, height) => {
  const sums = shown.places.flatMap((_, index) => {
    const values = shown.lines.map((one) => one.values[index] ?? 0);
    return [
      values.filter((value) => value > 0).reduce((a, b) => a + b, 0),
      values.filter((value) => value < 0).reduce((a, b) => a + b, 0),
    ];
  });
  const f = frame(shown, theme, width, height, sums);
  const wide = f.step > 8 ? f.step * 0.8 : f.step - (f.step > 3 ? 1 : 0);
  shown.places.forEach((_, index) => {
    let [up, down] = [0, 0];
    for (const one of shown.lines) {
      const value = one.values[index];
      if (value == null) continue;
      const from = value < 0 ? down : up;
      f.root.append(column(f, theme, shown, one, index, from, from + value, f.x(index) - wide / 2, wide));
      if (value < 0) down += value;
      else up += value;
    }
  });
  watermark(f.root, shown, theme, width, height);
  return { root: f.root, stops: f.stops, across: false };
};

const of = (shown: Shown, role: string): Line | undefined => shown.lines.find((one) => one.series.role === role);

export const mirror: Draw = (shown, theme, width, height) => {
  const both = ["exporter", "importer"].map((role) => of(shown, role)).filter((one): one is Line => one !== undefined);
  const [best, margin] = [of(shown, "best"), of(shown, "margin")];
  const f = frame(
    shown,
    theme,
    width,
    height,
    [...both, ...(best ? [best] : [])].flatMap((one) => one.values),
  );
  const wide = (f.step * 0.76) / Math.max(1, both.length);
  shown.places.forEach((_, index) => {
    const left = f.x(index) - f.step * 0.38;
    both.forEach((one, at) => {
      const value = one.values[index];
      if (value == null) return;
      const thick = wide - (f.step > 12 ? 1 : 0);
      f.root.append(column(f, theme, shown, one, index, 0, value, left + at * wide, thick));
      const freight = margin?.values[index];
      if (one.series.role !== "importer" || !margin || freight == null) return;
      // What of the importer's value is taken to be freight and insurance: its pale upper end.
      f.root.append(
        svg("rect", {
          x: left + at * wide,
          y: f.y(value),
          width: thick,
          height: Math.max(0, f.y(value - freight) - f.y(value)),
          fill: theme.ground,
          "fill-opacity": 0.5,
          "data-series": margin.number,
          "data-at": shown.places[index],
          "data-value": freight,
        }),
      );
    });
    const value = best?.values[index];
    if (best && value != null) {
      f.root.append(
        svg("line", {
          x1: left - 2,
          x2: left + f.step * 0.76 + 2,
          y1: f.y(value),
          y2: f.y(value),
          stroke: theme.text,
          "stroke-width": 2.5,
          "data-series": best.number,
          "data-at": shown.places[index],
          "data-value": value,
        }),
      );
    }
  });
  watermark(f.root, shown, theme, width, height);
  return { root: f.root, stops: f.stops, across: false };
};

export const balance: Draw = (shown, theme, width, height) => {
  const [exports, imports, difference] = ["exports", "imports", "balance"].map((role) => of(shown, role));
  const down = imports?.values.map((value) => (value === null ? null : -value)) ?? [];
  const values = [...(exports?.values ?? []), ...down, ...(difference?.values ?? [])];
  const f = frame(shown, theme, width, height, values);
  const wide = f.step * 0.7;
  shown.places.forEach((_, index) => {
    for (const [one, sign] of [
      [exports, 1],
      [imports, -1],
    ] as const) {
      const value = one?.values[index];
      if (one && value != null)
        f.root.append(column(f, theme, shown, one, index, 0, sign * value, f.x(index) - wide / 2, wide));
    }
  });
  if (difference) f.root.append(drawn(difference, theme, f.x, f.y, shown.places));
  watermark(f.root, shown, theme, width, height);
  return { root: f.root, stops: f.stops, across: false };
};

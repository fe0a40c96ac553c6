/** Series over time, and the years of a seasonality over the months. */

import { line } from "d3-shape";

import { colour, dashes, type Theme } from "../colours";
import { cut, svg, textWidth } from "../dom";
import { type Line, markOf } from "../view";
import { breakLines, type Draw, type Drawing, ground, placeAxis, SIZE, valueAxis, watermark } from "./frame";

const DOTS = 40;
/** Places up to which every figure has a dot of its own. */
const WIDE = 560;
/** Pixels from which on the name of a series stands at its end. */

export const lines: Draw = (shown, theme, width, height): Drawing => {
  const root = ground(shown, theme, width, height);
  const named = width >= WIDE && shown.lines.length > 1;
  const names = named ? Math.min(170, Math.max(...shown.lines.map((one) => textWidth(one.series.name, SIZE))) + 22) : 8;
  const { box, scale } = valueAxis(
    root,
    shown,
    theme,
    shown.lines.flatMap((one) => one.values),
    { width, height, right: names },
  );
  const last = Math.max(1, shown.places.length - 1);
  const x = (index: number): number =>
    shown.places.length === 1 ? (box.left + box.right) / 2 : box.left + (index / last) * (box.right - box.left);
  placeAxis(root, shown, theme, box, x);
  breakLines(root, shown, theme, box, x);
  for (const one of shown.lines) root.append(drawn(one, theme, x, scale, shown.places));
  if (named) root.append(endNames(shown.lines, theme, scale, box.right, names, box.bottom));
  watermark(root, shown, theme, width, height);
  const stops = shown.places.map((at, index) => ({
    at,
    x: x(index),
    y: box.top,
    reach: [Infinity, Infinity] as [number, number],
  }));
  return { root, stops, across: true };
};

export function drawn(
  one: Line,
  theme: Theme,
  x: (index: number) => number,
  y: (value: number) => number,
  places: number[],
): SVGGElement {
  const stroke = colour(theme, one.number, one.series.role);
  const path = line<number | null>()
    .defined((value) => value !== null)
    .x((_, index) => x(index))
    .y((value) => y(value as number));
  const group = svg("g", {
    "data-series": one.number,
    "data-name": one.series.name,
    "data-values": JSON.stringify(one.values),
  });
  group.append(
    svg("path", {
      d: path(one.values) ?? "",
      fill: "none",
      stroke,
      "stroke-width": one.series.role === "average" ? 2.5 : 1.75,
      "stroke-linejoin": "round",
      "stroke-dasharray": one.series.role === "average" ? "5 4" : dashes(one.number),
    }),
  );
  one.values.forEach((value, index) => {
    if (value === null) return;
    const mark = markOf(one.series, places[index] ?? -1);
    const alone = one.values[index - 1] == null && one.values[index + 1] == null;
    if (!mark && !alone && places.length > DOTS) return;
    group.append(
      svg("circle", {
        cx: x(index),
        cy: y(value),
        r: mark ? 3.5 : alone ? 3 : 2.2,
        fill: mark ? theme.ground : stroke,
        stroke,
        "stroke-width": 1.5,
        "data-at": places[index],
        "data-value": value,
        "data-mark": mark,
      }),
    );
  });
  return group;
}

function endNames(
  all: Line[],
  theme: Theme,
  y: (value: number) => number,
  left: number,
  room: number,
  bottom: number,
): SVGGElement {
  const ends = all
    .map((one) => ({ one, index: one.values.findLastIndex((value) => value !== null) }))
    .filter(({ index }) => index >= 0)
    .map(({ one, index }) => ({ one, index, y: y(one.values[index] as number) }))
    .sort((a, b) => a.y - b.y);
  for (let at = 1; at < ends.length; at++) {
    const before = ends[at - 1] as { y: number };
    const own = ends[at] as { y: number };
    own.y = Math.max(own.y, before.y + SIZE + 2);
  }
  // Those that this has pushed below the axis push the others up again.
  let lowest = bottom;
  for (const end of ends.toReversed()) {
    end.y = Math.min(end.y, lowest);
    lowest = end.y - SIZE - 2;
  }
  const group = svg("g", { "aria-hidden": "true" });
  for (const { one, y: at } of ends) {
    group.append(
      svg("line", {
        x1: left + 5,
        x2: left + 13,
        y1: at,
        y2: at,
        stroke: colour(theme, one.number, one.series.role),
        "stroke-width": 3,
        "stroke-dasharray": dashes(one.number) && "3 2",
      }),
      svg("text", { x: left + 17, y: at + 4 }, cut(one.series.name, room - 19)),
    );
  }
  return group;
}

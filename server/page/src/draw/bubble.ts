/** Share across, growth up, value as the area. */

import { extent, max } from "d3-array";
import { scaleLinear, scaleSqrt } from "d3-scale";

import { colour } from "../colours";
import { cut, svg, textWidth } from "../dom";
import { number, say } from "../words";
import { type Draw, ground, SIZE, type Stop, watermark } from "./frame";

export const bubble: Draw = (shown, theme, width, height) => {
  const root = ground(shown, theme, width, height);
  const [share, growth, value] = ["share", "growth", "value"].map((role) =>
    shown.lines.find((one) => one.series.role === role),
  );
  if (!share || !growth || !value) return { root, stops: [], across: false };
  const whole = shown.places
    .map((at, index) => ({ at, index, x: share.values[index], y: growth.values[index], area: value.values[index] }))
    .filter(
      (one): one is { at: number; index: number; x: number; y: number; area: number } =>
        one.x != null && one.y != null && one.area != null && one.area >= 0,
    );
  const most = Math.max(10, Math.min(34, width / 18));
  const radius = scaleSqrt()
    .domain([0, max(whole, (one) => one.area) || 1])
    .range([0, most]);
  const box = { left: 44, right: width - 10, top: 22 + most / 2, bottom: height - 34 };
  const [low = 0, high = 1] = extent(whole, (one) => one.x);
  const [down = 0, up = 1] = extent(whole, (one) => one.y);
  const spread = (a: number, b: number): [number, number] =>
    a === b ? [a - 1, b + 1] : [a - (b - a) * 0.08, b + (b - a) * 0.08];
  const x = scaleLinear()
    .domain(spread(Math.min(0, low), high))
    .range([box.left, box.right]);
  const y = scaleLinear()
    .domain(spread(Math.min(0, down), Math.max(0, up)))
    .range([box.bottom, box.top]);
  root.append(
    svg(
      "text",
      { x: 0, y: 11, fill: theme.quiet },
      cut(`↑ ${growth.series.name} (%)   → ${share.series.name} (%)   ○ ${value.series.name}`, width),
    ),
  );
  const axis = (name: string, scale: typeof x, range: number[]): SVGGElement =>
    svg("g", {
      "data-axis": name,
      "data-domain": JSON.stringify(scale.domain()),
      "data-range": JSON.stringify(range),
      "data-scale": "linear",
    });
  const across = axis("x", x, [box.left, box.right]);
  for (const tick of x.ticks(Math.max(2, width / 90))) {
    across.append(
      svg("line", { x1: x(tick), x2: x(tick), y1: box.top - most / 2, y2: box.bottom, stroke: theme.grid }),
      svg("text", { x: x(tick), y: box.bottom + 15, "text-anchor": "middle", fill: theme.quiet }, number(tick)),
    );
  }
  const upward = axis("y", y, [box.bottom, box.top]);
  for (const tick of y.ticks(Math.max(2, height / 50))) {
    upward.append(
      svg("line", {
        x1: box.left,
        x2: box.right,
        y1: y(tick),
        y2: y(tick),
        stroke: tick === 0 ? theme.quiet : theme.grid,
      }),
      svg("text", { x: box.left - 6, y: y(tick) + 4, "text-anchor": "end", fill: theme.quiet }, number(tick)),
    );
  }
  root.append(
    across,
    upward,
    svg("g", {
      "data-axis": "area",
      "data-domain": JSON.stringify(radius.domain()),
      "data-range": JSON.stringify(radius.range()),
    }),
  );
  const stops: Stop[] = [];
  const labelled: { x: number; y: number; wide: number }[] = [];
  for (const one of [...whole].sort((a, b) => b.area - a.area)) {
    const r = Math.max(2, radius(one.area));
    root.append(
      svg("circle", {
        cx: x(one.x),
        cy: y(one.y),
        r,
        fill: colour(theme, 0),
        "fill-opacity": 0.55,
        stroke: colour(theme, 0),
        "data-series": value.number,
        "data-at": one.at,
        "data-value": one.area,
        "data-x": one.x,
        "data-y": one.y,
      }),
    );
    const label = cut(shown.labels[one.index] ?? "", 110);
    const wide = textWidth(label, SIZE);
    const at = { x: Math.max(box.left, Math.min(x(one.x) - wide / 2, box.right - wide)), y: y(one.y) - r - 4, wide };
    if (
      !labelled.some(
        (other) =>
          Math.abs(other.y - at.y) < SIZE + 1 && at.x < other.x + other.wide + 4 && other.x < at.x + at.wide + 4,
      )
    ) {
      labelled.push(at);
      root.append(svg("text", { x: at.x, y: at.y }, label));
    }
    stops.push({ at: one.at, x: x(one.x), y: y(one.y), reach: [Math.max(8, r), Math.max(8, r)] });
  }
  watermark(root, shown, theme, width, height);
  const none = shown.places.length - whole.length;
  return { root, stops: stops.reverse(), across: false, ...(none > 0 && { left: `${none}: ${say("missing")}` }) };
};

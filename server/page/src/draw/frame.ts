/** What the drawings share: the ground, the axes, the marks across, and what of a drawing can be pointed at. */

import { extent } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";

import { type Theme } from "../colours";
import { cut, svg, textWidth } from "../dom";
import type { Value } from "../figure";
import type { Shown } from "../view";
import { number, say, unitName } from "../words";

/** A place of the axis that can be pointed at, and where that is in the drawing. */
export interface Stop {
  at: number;
  x: number;
  y: number;
  /** Half the width and height of what belongs to it; infinite for a whole column. */
  reach: [number, number];
}

export interface Drawing {
  root: SVGSVGElement;
  stops: Stop[];
  /** Whether the pointed place is shown by a line from top to bottom. */
  across: boolean;
  /** What the drawing could not hold, in words. */
  left?: string;
}

export type Draw = (shown: Shown, theme: Theme, width: number, height: number) => Drawing;

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export const SIZE = 11;

export type Scale = { (value: number): number; ticks(count?: number): number[]; domain(): number[] };

export function ground(shown: Shown, theme: Theme, width: number, height: number): SVGSVGElement {
  return svg("svg", {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    "font-family": theme.font,
    "font-size": SIZE,
    fill: theme.text,
    "aria-hidden": "true", // said by the group around it, figure by figure
    "data-kind": shown.figure.kind,
    "data-measure": shown.measure,
    "data-places": JSON.stringify(shown.places),
  });
}

/** Powers of a thousand in which the axis is written: none of an index or a share. */
export function power(shown: Shown): number {
  return shown.measure === "values" ? shown.figure.power : 0;
}

/** What the values are in, as the head of the axis says it. */
export function measureName(shown: Shown): string {
  if (shown.measure === "share") return say("ofTotal");
  if (shown.measure === "index") return `${say("index")}, ${say("base100")}`;
  return unitName(shown.figure.unit, shown.figure.power);
}

/** A value in the power of the axis, short: three digits and more, zero alone as 0. */
export function short(value: number, shown: Shown): string {
  const scaled = value / 1000 ** power(shown);
  const size = Math.abs(scaled);
  if (Number.isInteger(scaled) || size >= 100) return number(scaled, 0);
  if (size >= 1) return number(scaled, size >= 10 ? 1 : 2, size >= 10 ? 1 : 2);
  return number(scaled, Math.min(12, 2 - Math.floor(Math.log10(size))));
}

/** From zero where values are amounts; around them where they are an index. */
export function valueScale(values: Value[], shown: Shown, bottom: number, top: number): Scale {
  const [low = 0, high = 1] = extent(values.filter((value): value is number => value !== null));
  if (shown.log && low > 0)
    return scaleLog()
      .domain([low, high === low ? low * 10 : high])
      .range([bottom, top])
      .nice();
  const floor = shown.measure === "index" ? low : Math.min(0, low);
  const ceiling = shown.measure === "index" ? high : Math.max(0, high);
  return scaleLinear()
    .domain(floor === ceiling ? [floor, floor + 1] : [floor, ceiling])
    .range([bottom, top])
    .nice();
}

/** Ticks that have room; of a logarithm the powers of ten, and what lies between them where they are few. */
export function ticksOf(scale: Scale, shown: Shown, room: number): number[] {
  const most = Math.max(2, Math.floor(room / 36));
  if (!shown.log) return scale.ticks(most);
  const all = scale.ticks();
  const lead = (tick: number): number => Math.round(tick / 10 ** Math.floor(Math.log10(tick) + 1e-9));
  for (const leads of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1]]) {
    const found = all.filter((tick) => leads.includes(lead(tick)));
    if (found.length <= most || leads.length === 1) return found;
  }
  return all;
}

/** The value axis at the left, with lines across; gives the box that is left. */
export function valueAxis(
  root: SVGSVGElement,
  shown: Shown,
  theme: Theme,
  values: Value[],
  size: { width: number; height: number; right?: number },
): { box: Box; scale: Scale } {
  const top = 22;
  const bottom = size.height - 20;
  const scale = valueScale(values, shown, bottom, top);
  const ticks = ticksOf(scale, shown, bottom - top);
  const labels = ticks.map((tick) => number(tick / 1000 ** power(shown), 12));
  const left = Math.ceil(Math.max(24, ...labels.map((label) => textWidth(label, SIZE)))) + 8;
  const box = { left, right: size.width - (size.right ?? 8), top, bottom };
  const axis = svg("g", {
    "data-axis": "value",
    "data-domain": JSON.stringify(scale.domain()),
    "data-range": JSON.stringify([bottom, top]),
    "data-scale": shown.log ? "log" : "linear",
  });
  axis.append(svg("text", { x: 0, y: 11, fill: theme.quiet }, cut(measureName(shown), size.width)));
  ticks.forEach((tick, at) => {
    const y = Math.round(scale(tick)) + 0.5;
    axis.append(
      svg("line", { x1: left, x2: box.right, y1: y, y2: y, stroke: tick === 0 ? theme.quiet : theme.grid }),
      svg("text", { x: left - 6, y: y + 4, "text-anchor": "end", fill: theme.quiet }, labels[at]),
    );
  });
  root.append(axis);
  return { box, scale };
}

/** Labels of places below the box, as many as have room; of months and quarters those that begin a year first. */
export function placeAxis(
  root: SVGSVGElement,
  shown: Shown,
  theme: Theme,
  box: Box,
  x: (index: number) => number,
): void {
  const short_ = shown.labels.map((label) => cut(label, 96));
  const room = Math.max(...short_.map((label) => textWidth(label, SIZE))) + 10;
  const apart = shown.labels.length > 1 ? Math.abs(x(1) - x(0)) : box.right - box.left;
  const least = Math.max(1, Math.ceil(room / apart));
  const yearly =
    { M: 12, Q: 4, month: 12, quarter: 4, monthly: 12, quarterly: 4 }[shown.figure.axis.frequency ?? ""] ?? 1;
  const every = yearly > 1 && least > 1 ? Math.ceil(least / yearly) * yearly : least;
  const first =
    every > 1 && yearly > 1
      ? Math.max(
          0,
          shown.labels.findIndex((label) => /(-01|Q1)$/.test(label)),
        )
      : 0;
  for (let at = first % every; at < short_.length; at += every) {
    const middle = x(at);
    const half = textWidth(short_[at] ?? "", SIZE) / 2;
    const kept = Math.max(half, Math.min(middle, box.right + 8 - half));
    root.append(
      svg("line", { x1: middle, x2: middle, y1: box.bottom, y2: box.bottom + 4, stroke: theme.quiet }),
      svg("text", { x: kept, y: box.bottom + 15, "text-anchor": "middle", fill: theme.quiet }, short_[at]),
    );
  }
}

/** Lines from top to bottom where what is compared is not quite the same before and after. */
export function breakLines(
  root: SVGSVGElement,
  shown: Shown,
  theme: Theme,
  box: Box,
  x: (index: number) => number,
): void {
  for (const one of shown.figure.breaks) {
    const at = shown.labels.indexOf(one.at);
    const hidden = one.series !== undefined && !shown.lines.some((line) => line.number === one.series);
    if (at < 1 || hidden) continue;
    const middle = (x(at - 1) + x(at)) / 2;
    root.append(
      svg(
        "line",
        {
          x1: middle,
          x2: middle,
          y1: box.top,
          y2: box.bottom,
          stroke: theme.quiet,
          "stroke-dasharray": "2 4",
          "data-break": one.at,
        },
        svg("title", {}, one.text),
      ),
    );
  }
}

/** Said across a drawing of synthetic figures. */
export function watermark(root: SVGSVGElement, shown: Shown, theme: Theme, width: number, height: number): void {
  if (!shown.figure.sandbox) return;
  const size = Math.min(height / 3, width / 7);
  root.append(
    svg(
      "text",
      {
        x: width / 2,
        y: height / 2 + size / 3,
        "text-anchor": "middle",
        "font-size": size,
        "font-weight": 700,
        fill: theme.text,
        "fill-opacity": 0.09,
        "pointer-events": "none",
        "data-watermark": "sandbox",
        transform: `rotate(-14 ${width / 2} ${height / 2})`,
      },
      "SANDBOX",
    ),
  );
}

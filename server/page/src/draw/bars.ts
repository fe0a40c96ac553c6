/** Ranked bars: a row for each category, with its figure behind the bar. */

import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";

import { colour } from "../colours";
import { cut, svg, textWidth } from "../dom";
import { markOf } from "../view";
import { say, unitName } from "../words";
import { type Draw, ground, measureName, short, SIZE, type Stop, watermark } from "./frame";

const ROW = 17;

export const bars: Draw = (shown, theme, width, height) => {
  const root = ground(shown, theme, width, height);
  const top = 20;
  const each = Math.max(1, shown.lines.length);
  const fits = Math.max(1, Math.floor((height - top) / (ROW + (each - 1) * 10)));
  const count = Math.min(shown.places.length, fits);
  const row = Math.min(40, (height - top) / Math.max(1, count));
  const values = shown.lines
    .flatMap((one) => one.values.slice(0, count))
    .filter((value): value is number => value !== null);
  const [low = 0, high = 0] = extent(values);
  const labels = shown.labels.slice(0, count);
  const left = Math.min(width * 0.38, Math.max(...labels.map((label) => textWidth(label, SIZE)), 20)) + 8;
  const behind = Math.max(...values.map((value) => textWidth(short(value, shown), SIZE)), 30) + 10;
  const before = low < 0 ? behind : 0;
  const domain = [Math.min(0, low), Math.max(0, high)];
  if (domain[0] === domain[1]) domain[1] = 1;
  const range = [left + before, width - behind];
  const x = scaleLinear().domain(domain).range(range);
  root.append(
    svg(
      "g",
      {
        "data-axis": "value",
        "data-domain": JSON.stringify(domain),
        "data-range": JSON.stringify(range),
        "data-scale": "linear",
      },
      svg("text", { x: 0, y: 11, fill: theme.quiet }, cut(measureName(shown), width)),
    ),
    svg("line", { x1: x(0), x2: x(0), y1: top, y2: top + count * row, stroke: theme.quiet }),
  );
  const thick = (row * 0.74) / each;
  const stops: Stop[] = [];
  labels.forEach((label, index) => {
    const y = top + index * row;
    root.append(
      svg(
        "text",
        { x: left - 6, y: y + row / 2 + 4, "text-anchor": "end" },
        cut(label, left - 8),
        svg("title", {}, label),
      ),
    );
    shown.lines.forEach((one, at) => {
      const value = one.values[index];
      const above = y + row * 0.13 + at * thick;
      const middle = above + thick / 2 + 4;
      if (value == null) {
        root.append(
          svg(
            "text",
            {
              x: x(0) + 4,
              y: middle,
              fill: theme.quiet,
              "font-style": "italic",
              "data-gap": one.number,
              "data-at": shown.places[index],
            },
            say("missing"),
          ),
        );
        return;
      }
      const mark = markOf(one.series, shown.places[index] ?? -1);
      const fill = colour(theme, value < 0 && each === 1 ? 6 : one.number, one.series.role);
      root.append(
        svg("rect", {
          x: Math.min(x(0), x(value)),
          y: above,
          width: Math.max(1, Math.abs(x(value) - x(0))),
          height: Math.max(1, thick - 1),
          fill,
          "fill-opacity": mark ? 0.55 : 1,
          stroke: mark ? fill : undefined,
          "stroke-dasharray": mark ? "2 2" : undefined,
          "data-series": one.number,
          "data-at": shown.places[index],
          "data-value": value,
          "data-mark": mark,
        }),
      );
      if (thick >= 9) {
        const end = value < 0 ? x(value) - 4 : x(value) + 4;
        root.append(
          svg(
            "text",
            { x: end, y: middle, "text-anchor": value < 0 ? "end" : "start", fill: theme.quiet },
            short(value, shown),
          ),
        );
      }
    });
    stops.push({ at: shown.places[index] as number, x: x(0), y: y + row / 2, reach: [Infinity, row / 2] });
  });
  watermark(root, shown, theme, width, height);
  const more = shown.places.length - count;
  const { rest, unit } = shown.figure;
  const beyond = [
    more > 0 ? `+ ${more}: ${say("table")}` : "",
    rest !== undefined && shown.measure === "values"
      ? `${say("rest")}: ${short(rest, shown)} ${unitName(unit, shown.figure.power)}`
      : "",
  ].filter(Boolean);
  return { root, stops, across: false, ...(beyond.length && { left: beyond.join(" · ") }) };
};

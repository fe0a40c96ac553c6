/** Partners as equal tiles, about where they lie: no borders are drawn. The stronger the colour, the more. */

import { extent, max } from "d3-array";

import { on, step } from "../colours";
import { cut, svg, textWidth } from "../dom";
import { say } from "../words";
import { type Draw, ground, measureName, short, SIZE, type Stop, watermark } from "./frame";

const LARGEST = 54;
const TOP = 34;

export const map: Draw = (shown, theme, width, height) => {
  const root = ground(shown, theme, width, height);
  const one = shown.lines[0];
  if (!one) return { root, stops: [], across: false };
  const { codes, tiles = [], ground: all = [] } = shown.figure.axis;
  const here = shown.places.map((at) => tiles[at] ?? null);
  const placed = here.filter((tile) => tile !== null);
  // The part of the world in which there are partners; those of no place have a row of their own below it.
  const [west = 0, east = 0] = extent(placed, ([column]) => column);
  const [north = 0, south = -1] = extent(placed, ([, row]) => row);
  const nowhere = here.filter((tile) => tile === null).length;
  const columns = east - west + 1;
  const rows = south - north + 1 + Math.ceil(nowhere / columns);
  const size = Math.min(LARGEST, width / columns, (height - TOP) / Math.max(1, rows));
  const left = (width - columns * size) / 2;
  const most = max(one.values, (value) => value ?? 0) || 1;

  root.append(
    svg(
      "g",
      { "data-axis": "steps", "data-most": most },
      svg("text", { x: 0, y: 11, fill: theme.quiet }, cut(measureName(shown), width)),
    ),
  );
  for (let at = 0; at < 5; at++)
    root.append(svg("rect", { x: at * 22, y: 17, width: 21, height: 9, fill: step(theme, (at + 0.5) / 5) }));
  root.append(svg("text", { x: 116, y: 26, fill: theme.quiet }, `0 … ${short(most, shown)} (√)`));

  const tile = (column: number, row: number, attributes: Record<string, string | number | undefined>): SVGRectElement =>
    svg("rect", {
      x: left + column * size + 0.5,
      y: TOP + row * size + 0.5,
      width: size - 1,
      height: size - 1,
      rx: size > 16 ? 3 : 1,
      ...attributes,
    });
  for (const [column, row] of all) {
    if (column >= west && column <= east && row >= north && row <= south)
      root.append(tile(column - west, row - north, { fill: theme.grid, "fill-opacity": 0.5 }));
  }
  const stops: Stop[] = [];
  let without = 0;
  here.forEach((where, index) => {
    const value = one.values[index] ?? null;
    const at = shown.places[index] as number;
    const [column, row] = where
      ? [where[0] - west, where[1] - north]
      : [without % columns, south - north + 1 + Math.floor(without++ / columns)];
    const fill = value === null ? theme.ground : step(theme, Math.sqrt(Math.max(0, value) / most));
    const text = value === null ? theme.text : on(fill);
    root.append(
      tile(column, row, {
        fill,
        stroke: value === null ? theme.quiet : value < 0 ? theme.text : undefined,
        "stroke-dasharray": value === null ? "3 3" : undefined,
        "data-series": one.number,
        "data-at": at,
        "data-value": value ?? undefined,
        "data-gap": value === null ? one.number : undefined,
      }),
    );
    const [x, y] = [left + (column + 0.5) * size, TOP + (row + 0.5) * size];
    const tall = size >= 36 && value !== null;
    const letters = Math.min(SIZE, size * 0.42);
    if (size >= 18) {
      const name = shown.labels[index] ?? "";
      const said = textWidth(name, letters) <= size - 4 ? name : (codes?.[at] ?? name);
      root.append(
        svg(
          "text",
          { x, y: y + (tall ? -2 : letters / 3), "text-anchor": "middle", fill: text, "font-size": letters },
          cut(said, size - 2, letters),
        ),
      );
    }
    if (tall)
      root.append(
        svg(
          "text",
          { x, y: y + 11, "text-anchor": "middle", fill: text, "font-size": 10 },
          cut(short(value, shown), size - 2, 10),
        ),
      );
    stops.push({ at, x, y, reach: [size / 2, size / 2] });
  });
  watermark(root, shown, theme, width, height);
  return { root, stops, across: false, ...(nowhere > 0 && { left: `${nowhere}: ${say("unplaced")}` }) };
};

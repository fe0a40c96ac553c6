/** Parts of a whole as areas; products of one HS chapter lie together. */

import { hierarchy, treemap as layout } from "d3-hierarchy";

import { colour, on } from "../colours";
import { cut, svg, textWidth } from "../dom";
import { say } from "../words";
import { type Draw, ground, measureName, short, SIZE, type Stop, watermark } from "./frame";

interface Leaf {
  index: number;
  value: number;
  number: number;
  role: string;
}
interface Node {
  children?: Node[];
  leaf?: Leaf;
  group?: number;
}

export const treemap: Draw = (shown, theme, width, height) => {
  const root = ground(shown, theme, width, height);
  const leaves: Leaf[] = [];
  let none = 0;
  for (const one of shown.lines) {
    one.values.forEach((value, index) => {
      if (value !== null && value > 0) leaves.push({ index, value, number: one.number, role: one.series.role });
      else none++;
    });
  }
  const { rest, total } = shown.figure;
  if (rest !== undefined && rest > 0) {
    leaves.push({
      index: -1,
      value: shown.measure === "share" && total ? (rest / total) * 100 : rest,
      number: -1,
      role: "rest",
    });
  }
  const codes = shown.places.map((at) => shown.figure.axis.codes?.[at] ?? "");
  const chapters = codes.some((code) => /^\d{4,}$/.test(code))
    ? codes.map((code) => code.slice(0, 2))
    : codes.map(() => "");
  const chapterOf = (leaf: Leaf): string => (leaf.index < 0 ? "rest" : (chapters[leaf.index] ?? ""));
  const groups = [...new Set(leaves.map(chapterOf))];
  const tree: Node = {
    children: groups.map((chapter, group) => ({
      group,
      children: leaves.filter((leaf) => chapterOf(leaf) === chapter).map((leaf) => ({ leaf, group })),
    })),
  };
  const top = 18;
  const area = layout<Node>()
    .size([width, height - top])
    .paddingInner(1)
    .round(false)(
    hierarchy(tree)
      .sum((node) => node.leaf?.value ?? 0)
      .sort((a, b) => (b.value ?? 0) - (a.value ?? 0)),
  );
  root.append(
    svg(
      "g",
      { "data-axis": "area", "data-area": width * (height - top) },
      svg("text", { x: 0, y: 11, fill: theme.quiet }, cut(measureName(shown), width)),
    ),
  );
  const stops: Stop[] = [];
  for (const node of area.leaves()) {
    const leaf = node.data.leaf;
    if (!leaf) continue;
    const [x, y, wide, high] = [node.x0, node.y0 + top, node.x1 - node.x0, node.y1 - node.y0];
    const fill = colour(theme, chapters.some(Boolean) ? (node.data.group ?? 0) : leaf.number, leaf.role);
    root.append(
      svg("rect", {
        x,
        y,
        width: Math.max(0, wide),
        height: Math.max(0, high),
        fill,
        "data-series": leaf.index < 0 ? undefined : leaf.number,
        "data-rest": leaf.index < 0,
        "data-at": shown.places[leaf.index],
        "data-value": leaf.value,
      }),
    );
    const label = leaf.index < 0 ? say("rest") : (shown.labels[leaf.index] ?? "");
    const code = codes[leaf.index] ?? "";
    if (wide > 34 && high > 18) {
      const said = textWidth(label, SIZE) > wide - 8 && code && wide < 70 ? code : label;
      root.append(svg("text", { x: x + 4, y: y + 13, fill: on(fill) }, cut(said, wide - 8)));
      if (high > 34)
        root.append(svg("text", { x: x + 4, y: y + 27, fill: on(fill) }, cut(short(leaf.value, shown), wide - 8)));
    }
    if (leaf.index >= 0)
      stops.push({
        at: shown.places[leaf.index] as number,
        x: x + wide / 2,
        y: y + high / 2,
        reach: [wide / 2, high / 2],
      });
  }
  watermark(root, shown, theme, width, height);
  return { root, stops, across: false, ...(none > 0 && { left: `${none}: ${say("missing")} / ≤ 0` }) };
};

/** Taking figures along: text for the clipboard, pictures that stand alone. */

import type { Theme } from "./colours";
import { colour } from "./colours";
import { cut, svg, textWidth } from "./dom";
import type { Drawing } from "./draw/frame";
import type { Shown } from "./view";
import { say } from "./words";

/** Put text on the clipboard; false where the page may not. Called in answer to a click. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Frames of most hosts have no leave for that; the older way needs none.
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("aria-hidden", "true");
    area.style.position = "fixed";
    area.style.opacity = "0";
    const before = document.activeElement as HTMLElement | null;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus();
    return done;
  }
}

/** The drawing with title, names of the series, and source, as a picture of its own. */
export function picture(shown: Shown, drawing: Drawing, theme: Theme, width: number, height: number): string {
  const { figure } = shown;
  const names = shown.lines.length > 1 ? shown.lines : [];
  const legend: SVGElement[] = [];
  let [x, row] = [0, 0];
  for (const one of names) {
    const name = cut(one.series.name, 180);
    const wide = textWidth(name) + 28;
    if (x + wide > width && x > 0) [x, row] = [0, row + 1];
    legend.push(
      svg("rect", { x, y: row * 16, width: 10, height: 10, fill: colour(theme, one.number, one.series.role) }),
      svg("text", { x: x + 14, y: row * 16 + 9 }, name),
    );
    x += wide;
  }
  const above = 30 + (names.length ? (row + 1) * 16 + 6 : 0);
  const below = [
    figure.sandbox ? say("sandbox") : "",
    [figure.valuation, figure.source].filter(Boolean).join(" · "),
  ].filter(Boolean);
  const whole = svg(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `-16 -16 ${width + 32} ${height + above + below.length * 15 + 40}`,
      width: width + 32,
      height: height + above + below.length * 15 + 40,
      "font-family": theme.font,
      "font-size": 11,
      fill: theme.text,
      role: "img",
      "aria-label": figure.title,
    },
    svg("rect", {
      x: -16,
      y: -16,
      width: width + 32,
      height: height + above + below.length * 15 + 40,
      fill: theme.ground,
    }),
    svg("text", { y: 14, "font-size": 15, "font-weight": 600 }, cut(figure.title, width, 15)),
    svg("g", { transform: "translate(0 26)" }, ...legend),
    svg("g", { transform: `translate(0 ${above})` }, drawing.root.cloneNode(true)),
    svg(
      "g",
      { transform: `translate(0 ${above + height + 18})`, fill: theme.quiet },
      ...below.map((line, at) => svg("text", { y: at * 15 }, cut(line, width))),
    ),
  );
  return new XMLSerializer().serializeToString(whole);
}

/** The picture in pixels, two to each of the drawing's, as base64. */
export async function pixels(source: string): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png").split(",")[1] ?? "";
}

/** Reading single figures off a drawing, by pointer, finger or arrow keys; what is read by keys is also said. */

import { colour, type Theme } from "./colours";
import { html, svg } from "./dom";
import type { Drawing, Stop } from "./draw/frame";
import type { Figure } from "./figure";
import { drawn, markOf, type Shown } from "./view";
import { exact, number, say, unitName } from "./words";

/** What is known at a place: every series that is shown, in the words of the figure. */
export function read(
  shown: Shown,
  at: number,
): { label: string; rows: { name: string; value: string; number: number; role: string }[] } {
  const { figure } = shown;
  const index = shown.places.indexOf(at);
  const rows = shown.lines.map((one) => ({
    name: one.series.name,
    number: one.number,
    role: one.series.role,
    value: valueText(figure, shown, one.number, one.exact[index] ?? null, one.values[index] ?? null, at),
  }));
  const hidden = figure.series
    .map((series, number_) => ({ series, number: number_ }))
    .filter(({ series }) => !drawn(series))
    .map(({ series, number: own }) => ({
      name: series.name,
      number: own,
      role: series.role,
      value: valueText(figure, { ...shown, measure: "values" }, own, series.values[at] ?? null, null, at),
    }));
  return { label: figure.axis.labels[at] ?? "", rows: [...rows, ...hidden] };
}

function valueText(
  figure: Figure,
  shown: Shown,
  series: number,
  value: number | null,
  measured: number | null,
  at: number,
): string {
  const one = figure.series[series];
  const mark = one && markOf(one, at);
  if (value === null) return say(mark ?? "missing");
  const unit = unitName(one?.unit ?? (one && ["share", "growth"].includes(one.role) ? "percent" : figure.unit));
  const amount = unit === "%" ? `${exact(value)}%` : `${exact(value)} ${unit}`;
  const also =
    shown.measure === "values" || measured === null
      ? ""
      : shown.measure === "share"
        ? ` (${number(measured)}%)`
        : ` (${number(measured)})`;
  return `${amount}${also}${mark ? `, ${say(mark)}` : ""}`;
}

export class Pointing {
  private readonly tip = html("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  private readonly line = svg("line", { "stroke-width": 1, "pointer-events": "none", visibility: "hidden" });
  private now = -1;

  /**
   * @param box the element around the drawing, which takes the keys
   * @param said where that which is read by keys is said
   * @param chosen called for a place that is clicked, or entered
   */
  constructor(
    box: HTMLElement,
    private readonly drawing: Drawing,
    private readonly shown: Shown,
    private readonly theme: Theme,
    private readonly said: HTMLElement,
    private readonly chosen: (at: number) => void,
  ) {
    this.line.setAttribute("stroke", theme.text);
    drawing.root.append(this.line);
    box.append(drawing.root, this.tip);
    box.addEventListener("pointermove", (event) => this.point(event));
    box.addEventListener("pointerdown", (event) => this.point(event));
    box.addEventListener("pointerleave", () => this.leave());
    box.addEventListener("blur", () => this.leave());
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("click", () => this.choose());
  }

  private point(event: PointerEvent): void {
    const frame = this.drawing.root.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    let best = -1;
    let least = Infinity;
    this.drawing.stops.forEach((stop, index) => {
      const [wide, high] = stop.reach;
      const far = [Math.abs(x - stop.x), Math.abs(y - stop.y)] as const;
      const away = (high === Infinity ? 0 : far[1]) + (wide === Infinity && high !== Infinity ? 0 : far[0]);
      const inside = far[0] <= wide && far[1] <= high;
      if (inside && away < least) [best, least] = [index, away];
    });
    if (best < 0) this.leave();
    else this.show(best);
  }

  private key(event: KeyboardEvent): void {
    const last = this.drawing.stops.length - 1;
    const to: Record<string, number> = {
      ArrowRight: Math.min(last, this.now + 1),
      ArrowDown: Math.min(last, this.now + 1),
      ArrowLeft: Math.max(0, this.now - 1),
      ArrowUp: Math.max(0, this.now - 1),
      Home: 0,
      End: last,
    };
    const index = to[event.key];
    if (event.key === "Escape") this.leave();
    else if (event.key === "Enter" || event.key === " ") this.choose();
    else if (index === undefined || last < 0) return;
    else {
      this.show(index);
      const { label, rows } = read(this.shown, this.at(index));
      this.said.textContent = [label, ...rows.map((row) => `${row.name}: ${row.value}`)].join("; ");
    }
    event.preventDefault();
  }

  private at(index: number): number {
    return (this.drawing.stops[index] as Stop).at;
  }

  private choose(): void {
    if (this.now >= 0) this.chosen(this.at(this.now));
  }

  private leave(): void {
    this.now = -1;
    this.tip.hidden = true;
    this.line.setAttribute("visibility", "hidden");
  }

  private show(index: number): void {
    const stop = this.drawing.stops[index];
    if (!stop || index === this.now) return;
    this.now = index;
    const { label, rows } = read(this.shown, stop.at);
    this.tip.replaceChildren(
      html("strong", {}, label),
      ...rows.map((row) => {
        const swatch = html("i", {});
        swatch.style.background = row.role === "total" ? "transparent" : colour(this.theme, row.number, row.role);
        return html("div", {}, swatch, html("span", {}, row.name), html("b", {}, row.value));
      }),
    );
    this.tip.dataset["at"] = String(stop.at);
    this.tip.hidden = false;
    const { width, height } = this.drawing.root.getBoundingClientRect();
    const left =
      stop.x + 14 + this.tip.offsetWidth <= width ? stop.x + 14 : Math.max(0, stop.x - 14 - this.tip.offsetWidth);
    const top = Math.max(0, Math.min(stop.y === 22 ? 24 : stop.y + 10, height - this.tip.offsetHeight));
    this.tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    const across = this.drawing.across || stop.reach[1] === Infinity;
    if (across) {
      this.line.setAttribute("x1", String(stop.x));
      this.line.setAttribute("x2", String(stop.x));
      this.line.setAttribute("y1", "22");
      this.line.setAttribute("y2", String(height - 20));
      this.line.setAttribute("visibility", "visible");
      this.line.setAttribute("stroke-opacity", "0.5");
    }
  }
}

/** What can be chosen of a chart: the measure, the scale, the span, and which series are shown. */

import { colour, dashes, themeNow } from "./colours";
import { html } from "./dom";
import type { Sight } from "./sight";
import { canBeLog, drawn, measures, type View } from "./view";
import { say } from "./words";

type Change = (change: Partial<View>) => void;

export function choices(sight: Sight, view: Change): HTMLElement[] {
  const { figure } = sight;
  const found = measures(figure);
  const parts: HTMLElement[] = [];
  const select = (
    key: string,
    name: string,
    options: [string, string][],
    value: string,
    act: (value: string) => void,
  ): HTMLElement =>
    html(
      "select",
      {
        "data-key": key,
        "aria-label": name,
        title: name,
        change: (event) => act((event.target as HTMLSelectElement).value),
      },
      ...options.map(([own, text]) => html("option", { value: own, selected: own === value }, text)),
    );
  if (found.length > 1) {
    parts.push(
      select(
        "measure",
        say("measure"),
        found.map((one) => [one, say(one)]),
        sight.view.measure,
        (value) => view({ measure: value as View["measure"] }),
      ),
    );
  }
  if (canBeLog(figure)) {
    const input = html("input", {
      type: "checkbox",
      "data-key": "log",
      checked: sight.view.log,
      change: () => view({ log: !sight.view.log }),
    });
    parts.push(html("label", {}, input, say("log")));
  }
  if (figure.axis.kind === "periods" && figure.axis.labels.length > 2) {
    const options = figure.axis.labels.map((label, at): [string, string] => [String(at), label]);
    const { from, to } = sight.view;
    const span = html(
      "span",
      { class: "span" },
      select(
        "from",
        say("from"),
        options.filter(([at]) => Number(at) < to),
        String(from),
        (value) => view({ from: Number(value) }),
      ),
      "–",
      select(
        "to",
        say("to"),
        options.filter(([at]) => Number(at) > from),
        String(to),
        (value) => view({ to: Number(value) }),
      ),
    );
    parts.push(span);
  }
  return parts;
}

export function legend(sight: Sight, view: Change): HTMLElement | undefined {
  const { figure } = sight;
  const series = figure.series.map((one, number) => ({ one, number })).filter(({ one }) => drawn(one));
  if (series.length < 2 || figure.kind === "bubble") return undefined;
  const theme = themeNow();
  return html(
    "div",
    { class: "row legend", role: "group", "aria-label": say("series") },
    ...series.map(({ one, number }) => {
      const off = sight.view.hidden.has(number);
      const act = (): void => {
        const hidden = new Set(sight.view.hidden);
        if (off) hidden.delete(number);
        else if (hidden.size < series.length - 1) hidden.add(number); // one stays
        view({ hidden });
      };
      const swatch = html("i", {});
      swatch.style.color = colour(
        theme,
        one.role === "margin" ? figure.series.findIndex((other) => other.role === "importer") : number,
        one.role,
      );
      if (dashes(number) && figure.axis.kind !== "categories") swatch.className = "dashed";
      if (one.role === "margin") swatch.style.opacity = "0.5";
      return html(
        "button",
        { type: "button", "data-key": `series-${number}`, "aria-pressed": String(!off), title: one.name, click: act },
        swatch,
        html("span", {}, one.name),
      );
    }),
  );
}

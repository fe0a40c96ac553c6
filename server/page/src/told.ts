/** What is said of a figure in words: its notes, how to cite it, and what the model is told of it. */

import type { Figure } from "./figure";
import type { Sight } from "./sight";
import type { Shown } from "./view";
import { say } from "./words";

const TOLD_CHARS = 2000;

export function notesOf(figure: Figure): string[] {
  const sources = figure.series
    .filter((one) => one.source ?? one.valuation)
    .map((one) => [one.name, one.valuation, one.source].filter(Boolean).join(" · "));
  const marked = figure.series.some((one) => one.marks?.provisional ?? one.marks?.estimated);
  return [
    figure.title,
    ...figure.finding,
    ...figure.notes,
    ...figure.breaks.map((one) => `${one.at}: ${one.text}`),
    ...sources,
    ...(marked ? [say("provisionalHint")] : []),
    figure.source,
  ];
}

export function citationOf(sight: Sight): string {
  const { figure } = sight;
  const call = `Tradestat: chart(${JSON.stringify(figure.arguments)})`;
  return [figure.title, figure.source, sight.citation, call, figure.sandbox ? say("sandbox") : ""]
    .filter(Boolean)
    .join(". ");
}

/** What is looked at, short enough for a model to be given with every turn. */
export function inWords(sight: Sight, seen: Shown): string {
  const { figure } = sight;
  const first = seen.labels[0];
  const last = seen.labels.at(-1);
  const lines = seen.lines.map((one) => {
    const ends =
      figure.axis.kind === "categories"
        ? one.exact.slice(0, 8).map((value, at) => `${seen.labels[at]} ${value ?? "no figure"}`)
        : [`${first} ${one.exact[0] ?? "no figure"}`, `${last} ${one.exact.at(-1) ?? "no figure"}`];
    return `${one.series.name}: ${ends.join(", ")}`;
  });
  const hidden = figure.series.filter((_, number) => sight.view.hidden.has(number)).map((one) => one.name);
  return [
    `${figure.sandbox ? "SANDBOX (synthetic). " : ""}The user looks at the chart "${figure.title}" (${figure.kind}, shown as ${seen.measure}${seen.log ? ", log scale" : ""}) of ${figure.axis.name} ${first} to ${last}, in ${figure.unit}.`,
    ...lines,
    hidden.length ? `Turned off: ${hidden.join(", ")}.` : "",
    sight.at >= 0 ? `Picked out: ${figure.axis.labels[sight.at]}.` : "",
    `Results: ${figure.results.join(", ")}.`,
  ]
    .filter(Boolean)
    .join("\n")
    .slice(0, TOLD_CHARS);
}

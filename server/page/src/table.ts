/** The same figures as a table: sorted, filtered, and in pages, since the page never scrolls. */

import { html } from "./dom";
import type { Figure } from "./figure";
import { markOf, type View } from "./view";
import { exact, number, say, unitName } from "./words";

export interface Sorting {
  column: number;
  down: boolean;
  filter: string;
  page: number;
  /** The first series that is shown, where not all have room. */
  first: number;
}

interface Row {
  at: number;
  label: string;
}

const ROW = 25;

/** Columns of a figure: every series, the whole too; those of another unit say it. */
function heads(figure: Figure): string[] {
  return figure.series.map((one) => {
    const about = [one.unit && unitName(one.unit), one.valuation].filter(Boolean).join(", ");
    return about ? `${one.name} (${about})` : one.name;
  });
}

function rowsOf(figure: Figure, view: View, sorting: Sorting): Row[] {
  const wanted = sorting.filter.trim().toLocaleLowerCase();
  const rows = figure.axis.labels
    .map((label, at) => ({ at, label }))
    .filter(({ at }) => at >= view.from && at <= view.to)
    .filter(
      ({ at, label }) => !wanted || `${label} ${figure.axis.codes?.[at] ?? ""}`.toLocaleLowerCase().includes(wanted),
    );
  const { column, down } = sorting;
  if (column < 0) return rows;
  const sign = down ? -1 : 1;
  return rows.sort((a, b) => {
    if (column === 0) return sign * a.label.localeCompare(b.label, undefined, { numeric: true });
    const [one, other] = [a, b].map(({ at }) => figure.series[column - 1]?.values[at] ?? null);
    if (one == null || other == null) return one === other ? 0 : one == null ? 1 : -1; // gaps last, however sorted
    return sign * (one - other);
  });
}

export function table(
  figure: Figure,
  view: View,
  sorting: Sorting,
  height: number,
  width: number,
  changed: (change: Partial<Sorting>) => void,
): HTMLElement {
  const rows = rowsOf(figure, view, sorting);
  const columns = figure.series.map((_, index) => index).filter((index) => !view.hidden.has(index));
  const most = Math.max(1, Math.floor((width - 110) / 104));
  const first = Math.min(Math.max(0, sorting.first), Math.max(0, columns.length - most));
  const kept = columns.slice(first, first + most);
  const fits = Math.max(3, Math.floor((height - 62) / ROW));
  const pages = Math.max(1, Math.ceil(rows.length / fits));
  const page = Math.min(sorting.page, pages - 1);
  const names = [figure.axis.name, ...heads(figure)];
  const head = [0, ...kept.map((index) => index + 1)].map((column) => {
    const sorted = sorting.column === column;
    return html(
      "th",
      {
        scope: "col",
        "aria-sort": sorted ? (sorting.down ? "descending" : "ascending") : "none",
        class: column ? "figure" : "",
      },
      html(
        "button",
        {
          type: "button",
          class: "sort",
          "data-key": `sort-${column}`,
          click: () => changed({ column, down: sorted ? !sorting.down : column > 0, page: 0 }),
        },
        `${names[column] ?? ""} ${sorted ? (sorting.down ? "▼" : "▲") : ""}`.trim(),
      ),
    );
  });
  const body = rows
    .slice(page * fits, (page + 1) * fits)
    .map(({ at, label }) =>
      html("tr", {}, html("th", { scope: "row" }, label), ...kept.map((index) => cell(figure, index, at))),
    );
  return html(
    "div",
    { class: "table" },
    html(
      "div",
      { class: "row" },
      html("input", {
        type: "search",
        "data-key": "filter",
        "aria-label": say("filter"),
        placeholder: say("filter"),
        value: sorting.filter,
        input: (event) => changed({ filter: (event.target as HTMLInputElement).value, page: 0 }),
      }),
      html(
        "span",
        { class: "quiet", role: "status" },
        rows.length
          ? `${number(page * fits + 1)}–${number(Math.min(rows.length, (page + 1) * fits))} / ${number(rows.length)}`
          : say("noRows"),
      ),
      step("previous", "▲", page > 0, () => changed({ page: page - 1 })),
      step("next", "▼", page < pages - 1, () => changed({ page: page + 1 })),
      kept.length < columns.length && step("left", "◀", first > 0, () => changed({ first: first - most })),
      kept.length < columns.length &&
        step("right", "▶", first + most < columns.length, () => changed({ first: first + most })),
    ),
    html(
      "table",
      {},
      html("caption", {}, `${figure.title} · ${unitName(figure.unit)}`),
      html("thead", {}, html("tr", {}, ...head)),
      html("tbody", {}, ...body),
    ),
  );
}

function step(word: "previous" | "next" | "left" | "right", sign: string, can: boolean, act: () => void): HTMLElement {
  return html(
    "button",
    { type: "button", "aria-label": say(word), title: say(word), "data-key": word, disabled: !can, click: act },
    sign,
  );
}

function cell(figure: Figure, index: number, at: number): HTMLElement {
  const series = figure.series[index];
  const value = series?.values[at] ?? null;
  const mark = series && markOf(series, at);
  const about = { "data-series": index, "data-at": at, "data-value": value ?? undefined, class: "figure" };
  if (value === null)
    return html(
      "td",
      about,
      html("span", { class: "quiet", "aria-label": say(mark ?? "missing") }, mark ? say(mark) : "–"),
    );
  return html("td", about, exact(value), mark ? html("sup", { title: say(mark) }, say(mark).slice(0, 1)) : undefined);
}

/** The figures as CSV: every digit, nothing where there is none, and where they come from in lines of their own. */
export function csv(figure: Figure, view: View, sorting: Sorting): string {
  const columns = figure.series.map((_, index) => index).filter((index) => !view.hidden.has(index));
  const names = heads(figure);
  const coded = figure.axis.codes !== undefined;
  const lines = [
    [figure.axis.name, ...(coded ? ["code"] : []), ...columns.map((index) => names[index] ?? "")],
    ...rowsOf(figure, view, sorting).map(({ at, label }) => [
      label,
      ...(coded ? [figure.axis.codes?.[at] ?? ""] : []),
      ...columns.map((index) => figure.series[index]?.values[at] ?? ""),
    ]),
  ];
  const about = [
    figure.sandbox ? say("sandbox") : "",
    figure.title,
    figure.unit,
    figure.valuation ?? "",
    figure.source,
  ].filter(Boolean);
  return [...lines, [], ...about.map((line) => [line])].map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
}

/** A cell of CSV: text that a spreadsheet would take for a formula is kept from being one. */
function field(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A figure as the tool `chart` answers it, and how it is found in what a host hands on. */

import type { Data } from "./bridge";

export type Kind = "lines" | "bars" | "shares" | "treemap" | "mirror" | "balance" | "seasonality" | "bubble" | "map";
export type Mark = "provisional" | "estimated" | "suppressed" | "conflicting";
export type Value = number | null;

export interface Axis {
  kind: "periods" | "months" | "categories";
  name: string;
  labels: string[];
  frequency?: string;
  codes?: string[];
  /** Of a map: column from the west and row from the north of each place, and of all areas there are. */
  tiles?: ([number, number] | null)[];
  ground?: [number, number][];
}

export interface Series {
  name: string;
  role: string;
  values: Value[];
  marks?: Partial<Record<Mark, number[]>>;
  unit?: string;
  valuation?: string;
  code?: string;
  source?: string;
  result?: string;
}

export interface Figure {
  version: number;
  kind: Kind;
  title: string;
  finding: string[];
  unit: string;
  power: number;
  scale: "linear" | "log";
  valuation?: string;
  axis: Axis;
  series: Series[];
  /** Of bars, treemap and map: the whole that the values are parts of, and what of it is not shown. */
  total?: number;
  rest?: number;
  /** Codes of what all values have in common (reporter, partner, product, flow), and the names of what differs. */
  fixed?: Record<string, string>;
  by?: string[];
  breaks: { at: string; text: string; series?: number }[];
  source: string;
  sandbox: boolean;
  notes: string[];
  results: string[];
  arguments: Data;
}

/** What came of a call: a figure; or its words alone, with the handles of the answer and of those that it is made of. */
export interface Came {
  figure?: Figure;
  text: string;
  handle?: string;
  madeOf: string[];
  citation?: string;
  failed: boolean;
}

const KINDS: readonly string[] = [
  "lines",
  "bars",
  "shares",
  "treemap",
  "mirror",
  "balance",
  "seasonality",
  "bubble",
  "map",
];

/** Read a result of a tool. Hosts may have taken away `structuredContent` (seen in Claude Desktop, 2026). */
export function came(result: Data): Came {
  const blocks = Array.isArray(result["content"]) ? (result["content"] as Data[]) : [];
  const text = blocks.map((block) => (block["type"] === "text" ? String(block["text"]) : "")).join("\n");
  const content = object(result["structuredContent"]);
  const figure = checked(content?.["figure"] ?? object(content?.["data"])?.["figure"]);
  const handle = text_(content?.["result"]) ?? /\bresult (r[a-z2-7]{10})\b/.exec(text)?.[1];
  const madeOf = /^Made of: ([r a-z2-7,]+)/m.exec(text)?.[1]?.match(/\br[a-z2-7]{10}\b/g) ?? [];
  const citation = text_(content?.["citation"]) ?? /^(?:Cite|Made of): (.+)$/m.exec(text)?.[1];
  return {
    text,
    madeOf,
    failed: result["isError"] === true,
    ...(figure && { figure }),
    ...(handle && { handle }),
    ...(citation && { citation }),
  };
}

/** A figure that can be drawn, with what was left out of it as empty filled in; nothing where it is none. */
export function checked(data: unknown): Figure | undefined {
  const figure = object(data) as Partial<Figure> | undefined;
  if (
    figure?.version !== 1 ||
    !KINDS.includes(figure.kind ?? "") ||
    !Array.isArray(figure.axis?.labels) ||
    !Array.isArray(figure.series)
  ) {
    return undefined;
  }
  const places = figure.axis.labels.length;
  if (figure.series.some((one) => !Array.isArray(one.values) || one.values.length !== places)) return undefined;
  return {
    power: 0,
    scale: "linear",
    sandbox: false,
    ...figure,
    finding: figure.finding ?? [],
    breaks: figure.breaks ?? [],
    notes: figure.notes ?? [],
    results: figure.results ?? [],
    arguments: figure.arguments ?? {},
    series: figure.series.map((one) => ({ ...one, role: one.role ?? "value" })),
  } as Figure;
}

function object(value: unknown): Data | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : undefined;
}

function text_(value: unknown): string | undefined {
  return typeof value === "string" && value ? value : undefined;
}

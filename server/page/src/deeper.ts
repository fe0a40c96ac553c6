/** What can be asked of a place that was chosen: which tool, with which arguments. Asking costs nothing unless it says so. */

import type { Data } from "./bridge";
import type { Figure, Series } from "./figure";
import { say } from "./words";

export interface Offer {
  label: string;
  tool: string;
  arguments: Data;
  /** An HS code whose direct parts are asked for, as `product`; they are looked up first. */
  partsOf?: string;
}

const MOST = 20;
/** Series that one call takes. */

/** What a value is of, by code: what all of the figure's have in common, and what its place and its series are. */
function questionOf(figure: Figure, at: number, series: Series | undefined): Record<string, string> {
  const found = { ...figure.fixed };
  const differing = figure.by?.filter((name) => name !== "flow" && name !== "source") ?? [];
  const dimension = differing.length === 1 ? differing[0] : undefined;
  const code = figure.axis.codes?.[at] || series?.code;
  if (dimension && code) found[dimension] = code;
  const role = series?.role;
  if (!found["flow"] && (role === "exports" || role === "imports")) found["flow"] = role === "exports" ? "X" : "M";
  return found;
}

export function offers(figure: Figure, at: number, series: Series | undefined, resources: boolean): Offer[] {
  const { reporter, partner, product, flow } = questionOf(figure, at, series);
  // Services have codes that only their own kind of question takes, and what is not told apart can not be asked for.
  if (!reporter || !flow || !/^(TOTAL|\d+)?$/.test(product ?? "")) return [];
  const asked: Data = {
    reporter,
    partner: [partner ?? "World"],
    product: [product ?? "TOTAL"],
    flow: [flow],
  };
  const found: Offer[] = [];
  const period = figure.axis.kind === "periods" ? figure.axis.labels[at] : undefined;
  if (figure.axis.kind === "categories") found.push({ label: say("overTime"), tool: "trade_series", arguments: asked });
  if (period && /^\d{4}$/.test(period)) {
    found.push({
      label: `${say("months")} ${period}`,
      tool: "trade_series",
      arguments: { ...asked, period, freq: "M" },
    });
  }
  if (resources && /^(\d{2}|\d{4})$/.test(product ?? "")) {
    found.push({
      label: `${say("parts")} ${product}`,
      tool: "trade_series",
      arguments: { ...asked, ...(period && { period }) },
      partsOf: product as string,
    });
  }
  if (partner && partner !== "World" && ["X", "M"].includes(flow)) {
    const [exporter, importer] = flow === "X" ? [reporter, partner] : [partner, reporter];
    const years =
      figure.axis.frequency === "year" ? { period: `${figure.axis.labels[0]}-${figure.axis.labels.at(-1)}` } : {};
    found.push({
      label: say("bothEnds"),
      tool: "compare_mirror",
      arguments: { exporter, importer, product: product ?? "TOTAL", ...years },
    });
  }
  return found;
}

/** The codes directly below one, as the resource of that code lists them. */
export function partsIn(text: string): string[] {
  return [...(text.split(/^Below it.*$/m)[1] ?? "").matchAll(/^- (\d{4,6}) /gm)]
    .map(([, code]) => code as string)
    .slice(0, MOST);
}

/** What a refused call would cost, and with which arguments it is allowed that. */
export function priceIn(text: string): { credits: number; arguments: Data } | undefined {
  const credits = Number(/max_credits=(\d+(?:\.\d+)?)/.exec(text)?.[1]);
  return credits > 0 ? { credits, arguments: { max_credits: credits } } : undefined;
}

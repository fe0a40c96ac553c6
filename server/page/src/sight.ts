/** What is looked at: a figure, how, which part of the page, and which place of it. */

import type { Figure } from "./figure";
import type { Sorting } from "./table";
import { firstView, type View } from "./view";

export type Pane = "chart" | "table" | "notes" | "use" | "deeper";

export interface Sight {
  figure: Figure;
  citation: string | undefined;
  view: View;
  pane: Pane;
  sorting: Sorting;
  at: number;
  /** Which series was chosen, of several that have codes of their own. */
  series: number;
}

export function firstSight(figure: Figure, citation: string | undefined): Sight {
  const sorting = { column: -1, down: true, filter: "", page: 0, first: 0 };
  return { figure, citation, view: firstView(figure), pane: "chart", sorting, at: -1, series: 0 };
}

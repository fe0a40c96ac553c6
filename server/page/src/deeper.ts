/** What can be asked of a place that was chosen: which tool, with which arguments. */

import type { Figure } from "./figure";
import type { View } from "./view";

export interface Offer {
  label: string;
  tool: string;
  arguments: Record<string, unknown>;
}

export function offers(_figure: Figure, _at: number, _view: View): Offer[] {
  return [];
}

/** What a refused call would cost, and with which arguments it is allowed that. */
export function priceIn(text: string): { credits: number; arguments: Record<string, unknown> } | undefined {
  const credits = Number(/max_credits=(\d+)/.exec(text)?.[1]);
  return credits > 0 ? { credits, arguments: { max_credits: credits } } : undefined;
}

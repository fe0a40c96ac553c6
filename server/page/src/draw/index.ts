/** The drawing of each kind of figure. */

import type { Kind } from "../figure";
import { bars } from "./bars";
import { bubble } from "./bubble";
import { balance, mirror, shares } from "./columns";
import type { Draw } from "./frame";
import { lines } from "./lines";
import { map } from "./tiles";
import { treemap } from "./treemap";

export const DRAWINGS: Record<Kind, Draw> = {
  lines,
  bars,
  shares,
  treemap,
  mirror,
  balance,
  seasonality: lines,
  bubble,
  map,
};

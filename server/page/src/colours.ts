/** Colours for the theme of the host. Those of series are the ones of the server's pictures, in the same order: told apart
 * with colour blindness too, 3 to 1 and more from the ground. Text on them is black or white, whichever is read better. */

export interface Theme {
  dark: boolean;
  ground: string;
  text: string;
  quiet: string;
  grid: string;
  font: string;
}

const LIGHT = ["#0b57b5", "#c07d0a", "#17604a", "#8f2a8a", "#5d5608", "#4f90ea", "#dd5f55", "#858c9c"];
const DARK = ["#4ba3e3", "#e0563a", "#4fd68a", "#a86ff5", "#f0a23c", "#5a7fd0", "#c07aa5", "#c3c9d1"];
const REST = ["#8b9199", "#79818c"];
/** The paler end of a scale of one colour; the other is the first of the series'. */
const LOW = ["#d5e4f2", "#27506f"];
/** Roles drawn over the others, in the colour of text. */
const IN_TEXT = new Set(["average", "balance", "best"]);

export function themeNow(): Theme {
  const probe = document.createElement("i");
  document.body.append(probe);
  // As the browser works it out: a host's variable may itself depend on the theme, which a picture on its own can not.
  const of = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const theme = {
    dark: document.documentElement.dataset["theme"] === "dark",
    ground: of("--ground"),
    text: of("--text"),
    quiet: of("--quiet"),
    grid: of("--line"),
    font: getComputedStyle(document.body).fontFamily,
  };
  probe.remove();
  return theme;
}

export function colour(theme: Theme, number: number, role = "value"): string {
  if (IN_TEXT.has(role)) return theme.text;
  if (role === "rest") return REST[Number(theme.dark)] as string;
  const colours = theme.dark ? DARK : LIGHT;
  return colours[number % colours.length] as string;
}

/** Of lines whose colour has been taken before. */
export function dashes(number: number): string | undefined {
  return number < LIGHT.length ? undefined : "5 3";
}

/** The colour so far (0 to 1) on a scale from little to much, in five steps. */
export function step(theme: Theme, part: number): string {
  const far = Math.max(0, Math.min(4, Math.floor(part * 5))) / 4;
  const [low, high] = [LOW[Number(theme.dark)] as string, colour(theme, 0)].map(parts) as [number[], number[]];
  const mixed = low.map((from, at) => Math.round(from + ((high[at] as number) - from) * far));
  return `#${mixed.map((one) => one.toString(16).padStart(2, "0")).join("")}`;
}

/** Black or white, whichever is read better on a colour. */
export function on(hex: string): string {
  const [r = 0, g = 0, b = 0] = parts(hex).map((whole) => {
    const part = whole / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
}

function parts(hex: string): number[] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

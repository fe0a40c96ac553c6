/** Colours for the theme of the host. Each has a contrast of 3 to 1 or more to the ground, and text of 4.5 on it. */

export interface Theme {
  dark: boolean;
  ground: string;
  text: string;
  quiet: string;
  grid: string;
  onFill: string;
  font: string;
}

const LIGHT = ["#1f6fb2", "#c2410c", "#15803d", "#9333ea", "#b91c1c", "#0e7490", "#a16207", "#be185d", "#4d7c0f", "#4338ca", "#57534e", "#0f766e"];
const DARK = ["#60a5fa", "#fb923c", "#4ade80", "#c084fc", "#f87171", "#22d3ee", "#facc15", "#f472b6", "#a3e635", "#a5b4fc", "#b8b2ab", "#2dd4bf"];
/** Roles drawn over the others, in the colour of text. */
const IN_TEXT = new Set(["average", "balance", "best"]);
const REST = ["#6b7280", "#9ca3af"];
/** Five steps of one hue, from the least to the most, with the text that can be read on each. */
const STEPS_LIGHT = ["#dbeafe", "#a9ccf5", "#5b9bdc", "#1f6fb2", "#0c3f70"];
const STEPS_DARK = ["#12304d", "#17497a", "#2f74b5", "#6aaaf0", "#bcdcff"];

export function themeNow(): Theme {
  const root = document.documentElement;
  const style = getComputedStyle(root);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    dark: root.dataset["theme"] === "dark",
    ground: of("--ground"),
    text: of("--text"),
    quiet: of("--quiet"),
    grid: of("--line"),
    onFill: root.dataset["theme"] === "dark" ? "#111111" : "#ffffff",
    font: getComputedStyle(document.body).fontFamily,
  };
}

export function colour(theme: Theme, number: number, role = "value"): string {
  if (IN_TEXT.has(role)) return theme.text;
  if (role === "rest") return REST[Number(theme.dark)] as string;
  const colours = theme.dark ? DARK : LIGHT;
  return colours[number % colours.length] as string;
}

/** Of the seventh series on, so that no two are told apart by hue alone. */
export function dashes(number: number): string | undefined {
  return number < 6 ? undefined : number < 9 ? "6 3" : "2 3";
}

/** The step for a part of the largest value, and the text that can be read on it. */
export function step(theme: Theme, part: number): { fill: string; text: string } {
  const fill = (theme.dark ? STEPS_DARK : STEPS_LIGHT)[Math.max(0, Math.min(4, Math.floor(part * 5)))] as string;
  return { fill, text: luminance(fill) > 0.179 ? "#111111" : "#ffffff" };
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

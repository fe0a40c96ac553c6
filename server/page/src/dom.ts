/** Elements of HTML and SVG, made in one line. */

type Value = string | number | boolean | undefined | ((event: Event) => void);
type Child = Node | string | undefined | false;

export function html<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(name), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled<E extends Element>(element: E, attributes: Record<string, Value>, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

/** A button; its key finds it again when the page is made anew, so that it keeps the focus. */
export function button(
  key: string,
  text: string,
  act: () => void,
  more: Record<string, string | boolean | undefined> = {},
): HTMLButtonElement {
  return html("button", { type: "button", "data-key": key, click: act, ...more }, text);
}

let canvas: CanvasRenderingContext2D | null = null;

/** How wide text is in pixels, in the page's font. */
export function textWidth(text: string, size = 11): number {
  canvas ??= document.createElement("canvas").getContext("2d");
  if (!canvas) return text.length * size * 0.6;
  canvas.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return canvas.measureText(text).width;
}

/** Text cut to so many pixels. */
export function cut(text: string, room: number, size = 11): string {
  if (textWidth(text, size) <= room) return text;
  let end = text.length;
  while (end > 0 && textWidth(`${text.slice(0, end)}…`, size) > room) end--;
  return end > 0 ? `${text.slice(0, end).trimEnd()}…` : "";
}

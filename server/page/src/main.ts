/** The page: takes a figure from the host in whichever way it comes, shows it, and asks for more when told to. */

import type { Data } from "./bridge";
import { themeNow } from "./colours";
import { choices, legend } from "./controls";
import { offers, type Offer, partsIn, priceIn } from "./deeper";
import { button, html } from "./dom";
import { DRAWINGS } from "./draw";
import type { Drawing } from "./draw/frame";
import { type Came, came, type Figure } from "./figure";
import { Host } from "./host";
import { Pointing, read } from "./pointing";
import { firstSight, type Pane, type Sight } from "./sight";
import { csv, type Sorting, table } from "./table";
import { copy, picture, pixels } from "./take";
import { citationOf, inWords, notesOf } from "./told";
import { shown, type Shown, type View } from "./view";
import { say, speak, unitName } from "./words";

const INLINE = 500;
/** Pixels of height that the page takes at most within a conversation. */
const LEAST = 120;
/** Pixels of height of the smallest drawing. */
const ENOUGH = 180;
/** Pixels of height for which names are cut. */
const DELIVERED_WITHIN = 6000;
/** Milliseconds after which a host that has handed nothing on is taken to hand on nothing at all (seen on iOS, 2026). */
const LOWEST = 200;
/** Pixels of height that a page can be read in. */
const OBEYED_WITHIN = 1500;
/** Milliseconds after which a host that has not made the frame higher is taken not to. */

const host = new Host();
const page = document.getElementById("page") as HTMLElement;
const said = document.getElementById("said") as HTMLElement;

let sights: Sight[] = [];
let asked: Data | undefined;
let message = say("waiting");
let retry: (() => void) | undefined;
let price: { text: string; go: () => void } | undefined;
let note: HTMLElement | undefined;
let highest = INLINE;
let settled = false;
let usual = 0;

function now(): Sight | undefined {
  return sights.at(-1);
}

/** Say something aloud, and in the page where it has a place. */
function tell(text: string): void {
  said.textContent = text;
}

function push(figure: Figure, citation: string | undefined): void {
  sights.push(firstSight(figure, citation));
  message = "";
  price = retry = note = undefined;
  render();
}

function change(change_: Partial<Sight>): void {
  const sight = now();
  if (!sight) return;
  Object.assign(sight, change_);
  note = undefined;
  price = undefined;
  render();
}

const view = (change_: Partial<View>): void => change({ view: { ...(now() as Sight).view, ...change_ } });

/* What came, and how it is asked for. */

function take(answer: Came): void {
  performance.mark("came");
  settled = true;
  if (answer.figure) push(answer.figure, answer.citation);
  else if (answer.failed) explain(answer.text);
  else if (host.callsTools && (asked || answer.madeOf.length))
    void askAgain(asked ?? { result: answer.madeOf }, answer);
  else explain(`${say("wordsOnly")}\n\n${answer.text}`);
}

function explain(text: string, again?: () => void): void {
  message = text;
  retry = again;
  render();
  tell(text);
}

/** The figure by the same call, which only reads. */
async function askAgain(args: Data, before?: Came): Promise<void> {
  explain(say("asking"));
  const again = (): void => void askAgain(args, before);
  try {
    const answer = await host.call("chart", args);
    if (answer.figure) push(answer.figure, answer.citation);
    else explain(answer.failed ? answer.text : `${say("wordsOnly")}\n\n${answer.text || before?.text}`, again);
  } catch (error) {
    explain(before?.text ? `${say("wordsOnly")}\n\n${before.text}` : String((error as Error).message), again);
  }
}

/** Ask a tool for more, then for the chart of what it answered. */
async function look(offer: Offer, paid: Data = {}): Promise<void> {
  const at = sights.length;
  note = html("p", { class: "quiet", "data-note": "asking" }, say("asking"));
  render();
  try {
    const product = offer.partsOf ? { product: partsIn(await host.readText(`tradestat://hs/${offer.partsOf}`)) } : {};
    const answer = await host.call(offer.tool, { ...offer.arguments, ...product, ...paid });
    if (sights.length !== at) return; // looked elsewhere meanwhile
    const cost = answer.failed ? priceIn(answer.text) : undefined;
    if (cost) {
      price = {
        text: `${say("costs")}: ${cost.credits} credits.\n${answer.text}`,
        go: () => void look(offer, cost.arguments),
      };
      note = undefined;
      render();
      tell(price.text);
      return;
    }
    if (answer.failed || !answer.handle) throw new Error(answer.text);
    const charted = await host.call("chart", { result: [answer.handle] });
    if (sights.length !== at) return;
    if (!charted.figure) throw new Error(charted.text);
    push(charted.figure, charted.citation);
    tell(charted.figure.title);
  } catch (error) {
    note = html("p", { class: "words clamp short", "data-note": "failed" }, (error as Error).message);
    tell((error as Error).message);
    render();
  }
}

/* What is seen. */

function render(): void {
  const focused = (document.activeElement as HTMLElement | null)?.dataset["key"];
  const sight = now();
  page.setAttribute("aria-busy", String(!sight && !settled));
  if (sight) page.replaceChildren(...whole(sight));
  else
    page.replaceChildren(
      html("p", { class: "words clamp long", "data-note": "message" }, message),
      retry ? html("div", { class: "row" }, button("again", say("again"), retry)) : "",
    );
  if (sight) fill(sight);
  if (focused) {
    // What had the focus is gone where another part is shown: its first button then.
    const again = [`[data-key="${CSS.escape(focused)}"]`, "section button", "button"]
      .map((which) => page.querySelector<HTMLElement>(which))
      .find(Boolean);
    again?.focus({ preventScroll: true });
    if (again instanceof HTMLInputElement && again.type === "search")
      again.setSelectionRange(again.value.length, again.value.length);
  }
  measure();
}

function whole(sight: Sight): HTMLElement[] {
  const { figure, pane } = sight;
  const to = (name: Pane): HTMLElement =>
    button(name, say(name as "chart"), () => change({ pane: name }), { "aria-pressed": String(pane === name) });
  const bar = html(
    "div",
    { class: "row panes" },
    sights.length > 1 &&
      button("back", `‹ ${say("back")}`, () => {
        sights.pop();
        change({});
      }),
    ...(["chart", "table", "notes", "use"] as const).map(to),
    ...(pane === "chart" ? choices(sight, view) : []),
    host.canBeFull &&
      button(
        "full",
        host.full ? "⤡" : "⤢",
        () => void host.show(host.full ? "inline" : "fullscreen").catch(() => undefined),
        { class: "push", "aria-label": say(host.full ? "inline" : "full"), title: say(host.full ? "inline" : "full") },
      ),
  );
  const about = [unitName(figure.unit), figure.valuation, figure.source].filter(Boolean).join(" · ");
  return [
    html(
      "header",
      {},
      html("h1", { class: "clamp", title: figure.title }, figure.title),
      html(
        "p",
        { class: "finding clamp" },
        figure.sandbox && html("span", { class: "badge" }, `${say("sandbox")} · `),
        figure.finding.join(" "),
      ),
    ),
    bar,
    html("section", { "data-pane": pane, "aria-label": say(pane as "chart") }),
    html("footer", { class: "quiet clamp", title: about }, about),
  ];
}

function fill(sight: Sight): void {
  const section = page.querySelector("section") as HTMLElement;
  const { paddingLeft, paddingRight } = getComputedStyle(page);
  const width = Math.max(240, page.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight));
  const seen = shown(sight.figure, sight.view);
  if (sight.pane === "chart") {
    const box = html("div", {
      class: "chart",
      "data-key": "chart-box",
      tabindex: 0,
      role: "application",
      "aria-roledescription": say("chart"),
      "aria-label": `${sight.figure.title}. ${sight.figure.finding.join(" ")} ${say("keys")}`,
    });
    const left = html("p", { class: "quiet" });
    const names = legend(sight, view);
    section.append(names ?? "", box, left);
    // Many long names are cut before the drawing becomes too low to be read.
    for (const most of ["46%", "31%"]) {
      if (names && page.offsetHeight - box.offsetHeight + ENOUGH > highest) names.style.setProperty("--most", most);
    }
    const draw = (height: number): Drawing => DRAWINGS[sight.figure.kind](seen, themeNow(), width, height);
    let made = draw(roomFor(box));
    if (made.left) {
      left.textContent = made.left;
      made = draw(roomFor(box));
    }
    new Pointing(box, made, seen, themeNow(), said, (at) => change({ pane: "deeper", at }));
    performance.mark("drawn");
  } else if (sight.pane === "table") {
    const changed = (sorting: Partial<Sorting>): void => change({ sorting: { ...sight.sorting, ...sorting } });
    section.append(table(sight.figure, sight.view, sight.sorting, roomFor(section), width, changed));
  } else if (sight.pane === "notes") section.append(list(notesOf(sight.figure)));
  else if (sight.pane === "use") section.append(...uses(sight, seen, width));
  else section.append(...deeper(sight, seen));
  // The conversation does not jump when another part is looked at.
  if (sight.pane === "chart") usual = section.offsetHeight;
  else if (sight.pane !== "table") section.style.minHeight = `${Math.min(usual, roomFor(section))}px`;
  if (note) section.append(note);
  if (price) section.append(asks(price));
  // Of a long list as much as has room: all of it stands in the table and in the answer.
  const long = section.querySelector("ul, dl");
  while (long && long.children.length > 2 && page.offsetHeight > highest) long.lastElementChild?.remove();
}

/** How high a part may be so that the page stays within its bound. */
function roomFor(part: HTMLElement): number {
  return Math.max(LEAST, highest - (page.offsetHeight - part.offsetHeight) - 8);
}

function list(lines: string[]): HTMLElement {
  return html("ul", {}, ...lines.map((line) => html("li", {}, html("span", { class: "clamp", title: line }, line))));
}

function deeper(sight: Sight, seen: Shown): HTMLElement[] {
  const { figure, at } = sight;
  const { label, rows } = read(seen, at);
  const choosable = figure.axis.kind !== "categories" && seen.lines.length > 1;
  const chosen = seen.lines.find((line) => line.number === sight.series)?.number ?? seen.lines[0]?.number ?? 0;
  const found = host.callsTools ? offers(figure, at, figure.series[chosen], host.readsResources) : [];
  const name = (row: { name: string; number: number }): HTMLElement | string =>
    choosable && seen.lines.some((line) => line.number === row.number)
      ? button(`of-${row.number}`, row.name, () => change({ series: row.number }), {
          class: "of",
          "aria-pressed": String(row.number === chosen),
        })
      : row.name;
  return [
    html("h2", { class: "clamp" }, label),
    html("dl", {}, ...rows.map((row) => html("div", {}, html("dt", {}, name(row)), html("dd", {}, row.value)))),
    html(
      "div",
      { class: "row", role: "group", "aria-label": say("deeper") },
      ...found.map((offer, place) => button(`offer-${place}`, offer.label, () => void look(offer))),
    ),
  ];
}

function asks(what: { text: string; go: () => void }): HTMLElement {
  return html(
    "div",
    { role: "alertdialog", "aria-label": say("costs"), "data-note": "price" },
    html("p", { class: "words clamp short" }, what.text),
    html(
      "div",
      { class: "row" },
      button("pay", say("ask"), () => {
        price = undefined;
        what.go();
      }),
      button("cancel", say("cancel"), () => change({})),
    ),
  );
}

/* What can be taken along. */

function uses(sight: Sight, seen: Shown, width: number): HTMLElement[] {
  const { figure } = sight;
  const drawnFor = (): string => {
    const theme = themeNow();
    const [wide, high] = [Math.max(width, 640), 380];
    return picture(seen, DRAWINGS[figure.kind](seen, theme, wide, high), theme, wide, high);
  };
  const text = async (content: string): Promise<void> => {
    const done = await copy(content);
    note = done
      ? html("p", { "data-note": "done" }, say("copied"))
      : html(
          "label",
          { "data-note": "by-hand" },
          say("byHand"),
          html("textarea", { readonly: true, "data-key": "text" }, content),
        );
    if (done) tell(say("copied"));
    render();
  };
  const file = async (
    name: string,
    type: string,
    content: { text: string } | { blob: string },
    address: string,
  ): Promise<void> => {
    const saved = await host.save(name, type, content).catch(() => false);
    note = saved
      ? html("p", { "data-note": "done" }, say("saved"))
      : html(
          "div",
          { "data-note": "by-hand" },
          html("p", {}, say("pictureByHand")),
          sized(html("img", { src: address, alt: figure.title })),
        );
    tell(say(saved ? "saved" : "pictureByHand"));
    render();
  };
  const name = figure.title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60);
  return [
    html(
      "div",
      { class: "row" },
      button("csv", say("csv"), () => void text(csv(figure, sight.view, sight.sorting))),
      button("cite", say("cite"), () => void text(citationOf(sight))),
      button("svg", say("svg"), () => {
        const source = drawnFor();
        void file(
          `${name}.svg`,
          "image/svg+xml",
          { text: source },
          `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`,
        );
      }),
      button(
        "png",
        say("png"),
        () =>
          void pixels(drawnFor()).then((blob) =>
            file(`${name}.png`, "image/png", { blob }, `data:image/png;base64,${blob}`),
          ),
      ),
      button("tell", say("tell"), () => void sayWhatIsSeen(sight, seen)),
    ),
  ];
}

function sized(image: HTMLImageElement): HTMLImageElement {
  image.style.maxHeight = "230px";
  image.addEventListener("load", measure);
  return image;
}

async function sayWhatIsSeen(sight: Sight, seen: Shown): Promise<void> {
  const done = await host.tell(inWords(sight, seen)).catch(() => false);
  note = html("p", { "data-note": done ? "done" : "failed" }, say(done ? "told" : "untold"));
  tell(say(done ? "told" : "untold"));
  render();
}

/* Size. */

let sent = "";

function measure(): void {
  const height = Math.ceil(page.getBoundingClientRect().height);
  const width = Math.ceil(document.documentElement.clientWidth);
  document.documentElement.style.height = document.body.style.height = `${height}px`;
  if (sent === `${width} ${height}`) return;
  sent = `${width} ${height}`;
  host.size(width, height);
  // Where the frame stays lower than the page, the page fits itself to it rather than be cut off.
  clearTimeout(patience);
  patience = setTimeout(() => {
    if (innerHeight >= height - 1) return;
    if (innerHeight >= LOWEST) bound(innerHeight);
    else document.documentElement.style.overflowY = "auto"; // so low that it could not be read otherwise
  }, OBEYED_WITHIN);
}

let patience: ReturnType<typeof setTimeout> | undefined;

function bound(most: number): void {
  if (most === highest) return;
  highest = most;
  render();
}

function fitted(): void {
  const room = host.room;
  if (host.full) bound(Math.max(300, room ?? innerHeight));
  else bound(Math.max(LOWEST, Math.min(INLINE, room ?? INLINE)));
}

/* The start. */

async function start(): Promise<void> {
  speak(undefined);
  message = say("waiting");
  const system = matchMedia("(prefers-color-scheme: dark)");
  document.documentElement.dataset["theme"] = system.matches ? "dark" : "light";
  host.bridge.on("ui/notifications/tool-input", (params) => {
    const args = params["arguments"] as Data | undefined;
    asked = args && Object.keys(args).length ? args : undefined; // some hosts hand on an empty one
  });
  host.bridge.on("ui/notifications/tool-result", (params) => {
    sights = [];
    take(came(params));
  });
  host.bridge.on("ui/notifications/tool-cancelled", () => explain(say("cancelled")));
  host.bridge.on("ui/resource-teardown", () => ({}));
  host.changed = () => {
    if (!settled) message = say("waiting"); // in the host's language
    fitted();
    render();
  };
  let wide = document.documentElement.clientWidth;
  addEventListener("resize", () => {
    const width = document.documentElement.clientWidth;
    if (host.full || innerHeight > highest) fitted();
    if (width !== wide) render();
    wide = width;
  });
  render();
  try {
    await host.greet();
  } catch {
    if (!now()) explain(say("noHost"), () => location.reload());
    return;
  }
  setTimeout(() => {
    if (settled) return;
    settled = true;
    if (asked && host.callsTools) void askAgain(asked);
    else explain(say("nothing"));
  }, DELIVERED_WITHIN);
}

void start();

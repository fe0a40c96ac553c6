/** What the host says of itself and of where the page stands, and what it can be asked to do. */

import { Bridge, type Data, HostError } from "./bridge";
import { came, type Came } from "./figure";
import { speak } from "./words";

const PROTOCOL = "2026-01-26";
const ANSWERS_WITHIN = 10;
/** Seconds for the handshake. */

export class Host {
  readonly bridge = new Bridge();
  private can: Data = {};
  private context: Data = {};

  /** The handshake. Throws a HostError where nobody answers. */
  async greet(): Promise<void> {
    this.bridge.on("ui/notifications/host-context-changed", (changed) => this.learn(changed));
    const answer = await this.bridge.ask(
      "ui/initialize",
      {
        protocolVersion: PROTOCOL,
        appInfo: { name: "tradestat", version: "1" },
        appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
      },
      ANSWERS_WITHIN,
    );
    this.can = (answer["hostCapabilities"] as Data | undefined) ?? {};
    this.learn((answer["hostContext"] as Data | undefined) ?? {});
    this.bridge.notify("ui/notifications/initialized");
  }

  /** Called whenever what is known of the host has changed. */
  changed: () => void = () => undefined;

  private learn(context: Data): void {
    this.context = { ...this.context, ...context };
    const root = document.documentElement;
    const styles = context["styles"] as
      { variables?: Record<string, string | undefined>; css?: { fonts?: string } } | undefined;
    for (const [name, value] of Object.entries(styles?.variables ?? {})) {
      if (name.startsWith("--") && value) root.style.setProperty(name, value);
    }
    if (styles?.css?.fonts) {
      const sheet = document.createElement("style");
      sheet.textContent = styles.css.fonts;
      document.head.append(sheet);
    }
    if (context["theme"]) root.dataset["theme"] = context["theme"] === "dark" ? "dark" : "light";
    if (typeof context["locale"] === "string") speak(context["locale"]);
    const insets = context["safeAreaInsets"] as Record<string, number> | undefined;
    for (const side of ["top", "right", "bottom", "left"]) {
      if (insets?.[side]) root.style.setProperty(`--inset-${side}`, `${insets[side]}px`);
    }
    this.changed();
  }

  get full(): boolean {
    return this.context["displayMode"] === "fullscreen";
  }

  get canBeFull(): boolean {
    return ((this.context["availableDisplayModes"] as string[] | undefined) ?? []).includes("fullscreen");
  }

  /** How high the page may be where the host says it. */
  get room(): number | undefined {
    const size = (this.context["containerDimensions"] as { height?: number; maxHeight?: number } | undefined) ?? {};
    return size.height ?? size.maxHeight;
  }

  get callsTools(): boolean {
    return "serverTools" in this.can;
  }

  get readsResources(): boolean {
    return "serverResources" in this.can;
  }

  /** The text of a resource of the server. */
  async readText(uri: string): Promise<string> {
    const { contents } = await this.bridge.ask("resources/read", { uri });
    return (contents as { text?: string }[] | undefined)?.[0]?.text ?? "";
  }

  async call(name: string, args: Data): Promise<Came> {
    return came(await this.bridge.ask("tools/call", { name, arguments: args }));
  }

  async show(mode: "inline" | "fullscreen"): Promise<void> {
    const { mode: now } = await this.bridge.ask("ui/request-display-mode", { mode }, ANSWERS_WITHIN);
    this.learn({ displayMode: now });
  }

  /** Say to the model what is looked at, with its next turn. False where the host passes nothing on. */
  async tell(text: string): Promise<boolean> {
    if (!("updateModelContext" in this.can)) return false;
    await this.bridge.ask("ui/update-model-context", { content: [{ type: "text", text }] }, ANSWERS_WITHIN);
    return true;
  }

  /** Let the host save a file. False where it can not. */
  async save(name: string, mimeType: string, content: { text: string } | { blob: string }): Promise<boolean> {
    if (!("downloadFile" in this.can)) return false;
    const resource = { uri: `file:///${name}`, mimeType, ...content };
    const answer = await this.bridge.ask("ui/download-file", { contents: [{ type: "resource", resource }] });
    return answer["isError"] !== true;
  }

  size(width: number, height: number): void {
    this.bridge.notify("ui/notifications/size-changed", { width, height });
  }
}

export { HostError };

/** JSON-RPC with the host over postMessage, as the extension io.modelcontextprotocol/ui (2026-01-26) says it. */

export type Data = Record<string, unknown>;

interface Message {
  jsonrpc: "2.0";
  id?: number | string;
  method?: string;
  params?: Data;
  result?: Data;
  error?: { code: number; message: string };
}

export class HostError extends Error {}

export class Bridge {
  private last = 0;
  private readonly waiting = new Map<number | string, (answer: Message) => void>();
  private readonly heard = new Map<string, (params: Data) => unknown>();

  constructor(private readonly host: Window = window.parent) {
    addEventListener("message", (event: MessageEvent) => {
      const message = event.data as Message | null;
      if (event.source === this.host && message?.jsonrpc === "2.0") this.take(message);
    });
    this.on("ping", () => ({})); // a host that gets no answer leaves the frame blank
  }

  /** What is done when the host says `method`; what it gives is the answer, where the host asked. */
  on(method: string, act: (params: Data) => unknown): void {
    this.heard.set(method, act);
  }

  notify(method: string, params: Data = {}): void {
    this.send({ jsonrpc: "2.0", method, params });
  }

  /** Ask the host. Throws a HostError where it refuses, or says nothing for `seconds`. */
  ask(method: string, params: Data = {}, seconds = 120): Promise<Data> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.waiting.delete(id);
        reject(new HostError(`The host did not answer ${method}.`));
      }, seconds * 1000);
      this.waiting.set(id, (answer) => {
        clearTimeout(late);
        if (answer.error) reject(new HostError(answer.error.message));
        else resolve(answer.result ?? {});
      });
      this.send({ jsonrpc: "2.0", id, method, params });
    });
  }

  private take(message: Message): void {
    const { id, method } = message;
    if (method === undefined) {
      const answer = id === undefined ? undefined : this.waiting.get(id);
      if (id !== undefined) this.waiting.delete(id);
      answer?.(message);
      return;
    }
    const act = this.heard.get(method);
    const result = act?.(message.params ?? {});
    if (id === undefined) return;
    if (act) this.send({ jsonrpc: "2.0", id, result: (result ?? {}) as Data });
    else this.send({ jsonrpc: "2.0", id, error: { code: -32601, message: `The page does not know ${method}.` } });
  }

  private send(message: Message): void {
    this.host.postMessage(message, "*"); // the host's origin is not known in advance; it holds what it shows anyway
  }
}

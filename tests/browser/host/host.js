// A host of MCP Apps in one page: the client and the bridge that hosts use, the page in a frame of another origin.
// `start` shows what a tool answers; the options say how this host differs from the best one there could be.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import {
  AppBridge,
  getToolUiResourceUri,
  PostMessageTransport,
  RESOURCE_MIME_TYPE,
} from "@modelcontextprotocol/ext-apps/app-bridge";

const heard = {};
let connected; // what the server listed and its page, once for a tab

async function connect(announces) {
  const extensions = { "io.modelcontextprotocol/ui": { mimeTypes: [RESOURCE_MIME_TYPE] } };
  const client = new Client({ name: "test-host", version: "1" }, { capabilities: announces ? { extensions } : {} });
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", location.href)));
  const { tools } = await client.listTools();
  const { contents } = await client.readResource({
    uri: getToolUiResourceUri(tools.find((tool) => tool.name === "chart")),
  });
  if (contents[0].mimeType !== RESOURCE_MIME_TYPE) throw new Error(`The page is ${contents[0].mimeType}`);
  return { client, page: contents[0] };
}

/**
 * @param options.sandbox      address of the page that holds the frame
 * @param options.tool         the tool to call, with `arguments`; its page is shown
 * @param options.results      what to answer in place of calling it, one after another; `next` gives the following
 * @param options.deliver      whole, text (structuredContent and _meta taken away), input (no result), nothing
 * @param options.capabilities of the host; by default all
 * @param options.context      hostContext
 * @param options.obeys        whether size-changed is obeyed; by default yes
 * @param options.height       of the frame where it is not
 * @param options.announces    whether the client names the extension; by default yes
 * @param options.refuse       a tool whose first call is answered by this result
 */
async function start(options) {
  document.querySelector("iframe")?.remove();
  await window.bridge?.close();
  Object.assign(heard, { sizes: [], contexts: [], calls: [], files: [], modes: [] });
  connected ??= connect(options.announces !== false);
  const { client, page } = await connected;

  const frame = document.createElement("iframe");
  frame.title = "chart";
  frame.style.cssText = `width:100%;border:0;display:block;height:${options.height ?? 150}px`;
  const ready = new Promise((resolve) => {
    addEventListener("message", function first(event) {
      if (event.source === frame.contentWindow && event.data?.method === "ui/notifications/sandbox-proxy-ready")
        resolve();
    });
  });
  frame.src = options.sandbox;
  document.body.append(frame);
  await ready;

  const all = {
    openLinks: {},
    downloadFile: {},
    serverTools: {},
    serverResources: {},
    updateModelContext: { text: {} },
    message: { text: {} },
  };
  const bridge = new AppBridge(client, { name: "test-host", version: "1" }, options.capabilities ?? all, {
    hostContext: options.context ?? {},
  });
  bridge.onsizechange = ({ height }) => {
    heard.sizes.push(height);
    if (options.obeys !== false) frame.style.height = `${height}px`;
  };
  bridge.onupdatemodelcontext = async (params) => (heard.contexts.push(params), {});
  bridge.ondownloadfile = async (params) => (heard.files.push(params), {});
  bridge.onrequestdisplaymode = async ({ mode }) => (heard.modes.push(mode), { mode });
  const initialized = new Promise((resolve) => (bridge.oninitialized = resolve));
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  // After connecting, which would put the bridge's own in its place.
  let refused = false;
  bridge.oncalltool = async (params) => {
    heard.calls.push(params);
    if (options.refuse?.tool === params.name && !refused) {
      refused = true;
      return options.refuse.result;
    }
    return client.callTool(params);
  };
  await bridge.sendSandboxResourceReady({
    html: page.text,
    csp: page._meta?.ui?.csp,
    permissions: page._meta?.ui?.permissions,
  });
  await initialized;

  const results = [...(options.results ?? [])];
  async function next() {
    if (options.deliver === "nothing") return;
    await bridge.sendToolInput({ arguments: options.arguments ?? {} });
    if (options.deliver === "input") return;
    const whole = results.length
      ? results.shift()
      : await client.callTool({ name: options.tool, arguments: options.arguments });
    const { structuredContent, _meta, ...text } = whole;
    await bridge.sendToolResult(options.deliver === "text" ? text : whole);
  }
  await next();
  window.refuseAgain = () => (refused = false);
  window.next = next;
  window.bridge = bridge;
}

Object.assign(window, { start, heard });

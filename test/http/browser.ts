/**
 * A headless Chromium for one test file, driven by the DevTools protocol over a plain WebSocket. It reaches nothing but this
 * machine, keeps its profile in a directory of its own, and is ended by its process id on dispose.
 */

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];
const START_MS_MAX = 60_000;
const WAIT_MS_MAX = 60_000;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-extensions",
  "--hide-scrollbars",
  "--mute-audio",
  "--remote-debugging-port=0",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/** The program of the browser, or undefined when this machine has none. */
export async function findChromium(): Promise<string | undefined> {
  const named = Deno.env.get("CHROMIUM");
  for (const program of named ? [named] : PROGRAMS) {
    try {
      const { success } = await new Deno.Command(program, { args: ["--version"], stderr: "null" }).output();
      if (success) return program;
    } catch {
      // It is not there.
    }
  }
  return undefined;
}

type Fields = Record<string, unknown>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
}

export class Browser implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting: Map<number, (message: Message) => void> = new Map();
  readonly #listeners: ((session: string, method: string, params: Fields) => void)[] = [];
  #lastId = 0;

  private constructor(process: Deno.ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(String(data)));
  }

  /** @param program as {@link findChromium} finds it */
  static async start(program: string): Promise<Browser> {
    const profile = await Deno.makeTempDir({ prefix: "redeno-chromium-" });
    const process = new Deno.Command(program, {
      args: [...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const address = await devToolsAddress(process);
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve, { once: true });
      socket.addEventListener("error", reject, { once: true });
    });
    return new Browser(process, profile, socket);
  }

  onEvent(listener: (session: string, method: string, params: Fields) => void): void {
    this.#listeners.push(listener);
  }

  /** Sends a command of the protocol; its result. @throws Error */
  send(method: string, params: Fields = {}, session?: string): Promise<Fields> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        if (error !== undefined) reject(new Error(`${method}: ${error.message}`));
        else resolve(result ?? {});
      });
      this.#socket.send(
        JSON.stringify({ id, method, params, ...session === undefined ? {} : { sessionId: session } }),
      );
    });
  }

  /** A page of its own, with nothing of other pages. */
  async newPage(): Promise<Page> {
    const { browserContextId } = await this.send("Target.createBrowserContext");
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank", browserContextId });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, String(sessionId), String(browserContextId));
    await page.prepare();
    return page;
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as Message & { sessionId?: string };
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    } else if (message.method !== undefined) {
      for (const listener of this.#listeners) {
        listener(message.sessionId ?? "", message.method, message.params ?? {});
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.addEventListener("close", resolve, { once: true }));
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await this.#process.stderr.cancel().catch(() => {});
    await closed;
    // Helpers of the browser may still be writing.
    for (let tries = 0; tries < 20; tries++) {
      try {
        await Deno.remove(this.#profile, { recursive: true });
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** Reads what the browser says of itself until it tells where it listens. */
async function devToolsAddress(process: Deno.ChildProcess): Promise<string> {
  const reader = process.stderr.getReader();
  const decoder = new TextDecoder();
  const timer = setTimeout(() => process.kill("SIGKILL"), START_MS_MAX);
  let said = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the browser did not start:\n${said}`);
      said += decoder.decode(value, { stream: true });
      const address = /DevTools listening on (ws:\/\/\S+)/.exec(said)?.[1];
      if (address !== undefined) return address;
    }
  } finally {
    clearTimeout(timer);
    reader.releaseLock();
  }
}

export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
  readonly isPhone?: boolean;
}

/** One page, and what went wrong on it. */
export class Page {
  readonly #browser: Browser;
  readonly #session: string;
  readonly #context: string;
  /** Errors and warnings of the page: thrown, logged, or found by the browser. */
  readonly errors: string[] = [];
  /** Addresses that were asked for. */
  readonly requests: string[] = [];

  constructor(browser: Browser, session: string, context: string) {
    this.#browser = browser;
    this.#session = session;
    this.#context = context;
    browser.onEvent((from, method, params) => {
      if (from === session) this.#note(method, params);
    });
  }

  async prepare(): Promise<void> {
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await this.send(`${domain}.enable`);
  }

  send(method: string, params: Fields = {}): Promise<Fields> {
    return this.#browser.send(method, params, this.#session);
  }

  /** Closes it, and forgets all that it kept. */
  async close(): Promise<void> {
    await this.#browser.send("Target.disposeBrowserContext", { browserContextId: this.#context });
  }

  #note(method: string, params: Fields): void {
    if (method === "Runtime.exceptionThrown") this.errors.push(JSON.stringify(params.exceptionDetails));
    if (
      method === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(String(params.type))
    ) {
      this.errors.push(JSON.stringify(params.args));
    }
    if (method === "Log.entryAdded") {
      const entry = params.entry as { level: string; text: string; url?: string };
      if (entry.level === "error" || entry.level === "warning") {
        this.errors.push(`${entry.text} ${entry.url}`);
      }
    }
    if (method === "Network.requestWillBeSent") {
      this.requests.push((params.request as { url: string }).url);
    }
  }

  async show({ width, height, scheme, isPhone = false }: Screen): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: isPhone,
    });
    await this.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
  }

  /** Opens an address, and waits until an expression is true there. */
  async open(url: string, isThere: string): Promise<void> {
    await this.send("Page.navigate", { url });
    await this.until(isThere);
  }

  /** The value of an expression in the page, which may be a promise. @throws Error with what it threw */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    }) as { result: { value: T }; exceptionDetails?: { exception?: { description?: string }; text: string } };
    if (exceptionDetails !== undefined) {
      throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    }
    return result.value;
  }

  /** Waits until an expression is true. @throws Error when that takes too long */
  async until(expression: string, ms = WAIT_MS_MAX): Promise<void> {
    const deadline = performance.now() + ms;
    while (!await this.evaluate<boolean>(`Boolean(${expression})`).catch(() => false)) {
      if (performance.now() > deadline) {
        const text = await this.evaluate<string>("document.body?.innerText ?? ''").catch(() => "");
        throw new Error(`not within ${ms} ms: ${expression}\nthe page says:\n${text.slice(0, 2000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Clicks on the first element of a selector, or on the one among them that has a text. */
  async click(selector: string, text?: string): Promise<void> {
    const found = `[...document.querySelectorAll(${JSON.stringify(selector)})].find((element) => ${
      text === undefined ? "true" : `element.textContent.includes(${JSON.stringify(text)})`
    })`;
    await this.until(found);
    await this.evaluate(`${found}.click()`);
  }

  /** Puts a text into a control, as if it was typed. */
  async type(selector: string, text: string): Promise<void> {
    await this.until(`document.querySelector(${JSON.stringify(selector)})`);
    await this.evaluate(`(() => {
      const control = document.querySelector(${JSON.stringify(selector)});
      control.focus();
      control.select?.();
    })()`);
    await this.send("Input.insertText", { text });
  }

  /** Presses a key. @param modifiers 2: Ctrl */
  async press(key: string, modifiers = 0): Promise<void> {
    const what = { key, code: key, modifiers, windowsVirtualKeyCode: key === "Enter" ? 13 : 0 };
    const text = key === "Enter" && modifiers === 0 ? { text: "\r" } : {};
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...what, ...text });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...what });
  }

  /** A picture of what is to be seen, as PNG. */
  async screenshot(path: string): Promise<void> {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    await Deno.writeFile(path, Uint8Array.fromBase64(String(data)));
  }
}

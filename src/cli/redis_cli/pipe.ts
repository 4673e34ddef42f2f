/**
 * `--pipe`: sends standard input as it is, while the replies are counted. Behind it goes an ECHO whose reply nobody else can
 * have asked for: when that has come, all have.
 */
import { encodeRequest, type NetworkSession } from "../network_session.ts";
import type { ModeContext } from "./modes.ts";
import { bytesText, Progress } from "../progress.ts";

const MARK_BYTES = 20;

/** Runs the mode; the exit code: 1 when a reply was an error or the last one did not come. */
export async function pipe({ settings, world, open }: ModeContext): Promise<number> {
  using session = await open();
  return await new Pipe(session, settings.pipeTimeoutMs, world).run();
}

class Pipe {
  readonly #session: NetworkSession;
  readonly #timeoutMs: number;
  readonly #world: ModeContext["world"];
  readonly #mark = markOf();
  #errors = 0;
  #replies = 0;
  #isSent = false;
  #isTimedOut = false;
  /** When the last reply came. */
  #repliedAt = 0;

  constructor(session: NetworkSession, timeoutMs: number, world: ModeContext["world"]) {
    this.#session = session;
    this.#timeoutMs = timeoutMs;
    this.#world = world;
  }

  async run(): Promise<number> {
    const { terminal, showsProgress } = this.#world;
    const received = this.#receive();
    // What fails while sending is told below.
    received.catch(() => {});
    {
      using progress = new Progress(terminal, showsProgress, { label: "Sent", unit: bytesText });
      await Promise.race([this.#send(progress), received]);
    }
    if (this.#isSent) {
      terminal.print("All data transferred. Waiting for the last reply...\n");
      await this.#withTimeout(received);
      if (!this.#isTimedOut) terminal.print("Last reply received from server.\n");
    }
    terminal.print(`errors: ${this.#errors}, replies: ${this.#replies}\n`);
    return this.#errors > 0 || this.#isTimedOut ? 1 : 0;
  }

  async #send(progress: Progress): Promise<void> {
    let bytes = 0;
    for await (const piece of this.#world.stdin()) {
      await this.#session.write(piece);
      bytes += piece.length;
      progress.show(bytes);
    }
    // A line end before it ends a line of the input that has none.
    await this.#session.write(new TextEncoder().encode("\r\n"));
    await this.#session.write(encodeRequest(["ECHO", this.#mark]));
    this.#isSent = true;
  }

  /** Counts replies up to the one to the mark. */
  async #receive(): Promise<void> {
    for (;;) {
      const reply = await this.#session.receive();
      if (reply.kind === "bulk" && reply.text === this.#mark) return;
      this.#replies++;
      this.#repliedAt = performance.now();
      if (reply.kind !== "error") continue;
      this.#errors++;
      this.#world.terminal.printError(`${reply.text}\n`);
    }
  }

  /** Waits as long as replies come. */
  async #withTimeout(received: Promise<void>): Promise<void> {
    if (this.#timeoutMs === 0) return await received;
    const sentAt = performance.now();
    for (;;) {
      const left = Math.max(sentAt, this.#repliedAt) + this.#timeoutMs - performance.now();
      if (left <= 0) break;
      if (await within(received, left)) return;
    }
    this.#isTimedOut = true;
    this.#errors++;
    this.#world.terminal.printError(`No replies for ${this.#timeoutMs / 1000} seconds: exiting.\n`);
  }
}

/** Whether something has come about before so many ms have passed. */
async function within(what: Promise<void>, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([what.then(() => true), promise]);
  } finally {
    clearTimeout(timer);
  }
}

function markOf(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(MARK_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

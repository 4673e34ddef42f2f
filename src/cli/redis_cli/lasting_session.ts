/** A session for what runs for hours: when the connection is lost it is made anew, again and again, until the server is back. */
import { SessionError } from "../byte_stream.ts";
import type { NetworkSession } from "../network_session.ts";
import type { ReplyValue } from "../reply_value.ts";
import type { Terminal } from "../terminal.ts";
import type { ModeContext } from "./modes.ts";
import { pause } from "./pausing.ts";

/** Ms between two attempts. */
const RETRY_MS = 1000;
const ERASE_LINE = "\r\x1b[0K";

export class LastingSession implements Disposable {
  readonly #open: () => Promise<NetworkSession>;
  readonly #terminal: Terminal;
  #session: NetworkSession;

  private constructor(open: () => Promise<NetworkSession>, terminal: Terminal, session: NetworkSession) {
    this.#open = open;
    this.#terminal = terminal;
    this.#session = session;
  }

  /** @throws SessionError when there is no server to begin with */
  static async open({ open, world }: ModeContext): Promise<LastingSession> {
    return new LastingSession(open, world.terminal, await open());
  }

  /** Sends a command and waits for its reply, for as long as it takes to have the server back. */
  async send(words: readonly string[]): Promise<ReplyValue> {
    for (let attempt = 1;; attempt++) {
      try {
        const reply = await this.#session.send(words);
        if (attempt > 1) this.#terminal.print(ERASE_LINE);
        return reply;
      } catch (error) {
        if (!(error instanceof SessionError)) throw error;
      }
      this.#terminal.print(`${ERASE_LINE}Reconnecting... ${attempt}\r`);
      await pause(RETRY_MS);
      await this.#reopen();
    }
  }

  async #reopen(): Promise<void> {
    this.#session[Symbol.dispose]();
    try {
      this.#session = await this.#open();
    } catch (error) {
      // The next attempt to send fails at once.
      if (!(error instanceof SessionError)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}

/**
 * The client's end of its conversation with a server: sends commands and prints replies, keeps what the prompt tells of,
 * connects again when the connection is lost, and goes where a cluster redirects it.
 */
import { latin1 } from "../../sys/bytes.ts";
import { byteText } from "../../server/config/tokens.ts";
import type { ConnectionOptions } from "../connection_options.ts";
import { encodeRequest, NetworkSession, SessionError } from "../network_session.ts";
import type { ReplyValue } from "../reply_value.ts";
import type { Terminal } from "../terminal.ts";
import { ConversationState } from "./conversation_state.ts";
import { answersWithText, Printer } from "./printer.ts";
import type { CliSettings } from "./settings.ts";

/** How a command went. */
export type Outcome =
  /** There was a reply; whether it was an error does not matter. */
  | "replied"
  /** It was an error, and the program is to end at errors. */
  | "error"
  /** There was none: why has been printed. */
  | "failed";

/** Commands that are answered by message after message until somebody has enough. */
const ENDLESS = ["monitor", "subscribe", "psubscribe", "ssubscribe"];
/** Commands with which replication begins. */
const REPLICATING = ["sync", "psync"];

export class Client implements Disposable {
  readonly #settings: CliSettings;
  readonly #terminal: Terminal;
  readonly #isInteractive: boolean;
  readonly #printer: Printer;
  readonly #state: ConversationState;
  #session: NetworkSession | undefined;
  /** While messages are followed. */
  #isFollowing = false;
  #isInterrupted = false;

  constructor(settings: CliSettings, terminal: Terminal, isInteractive: boolean) {
    this.#settings = settings;
    this.#terminal = terminal;
    this.#isInteractive = isInteractive;
    this.#printer = new Printer(settings, terminal);
    this.#state = new ConversationState(settings.connection.database);
  }

  get format(): Printer["format"] {
    return this.#printer.format;
  }

  get #connection(): ConnectionOptions {
    return this.#settings.connection;
  }

  /** What stands before a line that is typed; one character a byte. */
  get prompt(): string {
    if (this.#session === undefined) return "not connected> ";
    return `${byteText(placeOf(this.#connection))}${this.#state.marks}> `;
  }

  /** Goes to a server, leaving the one there was; whether it is there. What fails is printed. */
  async connect(): Promise<boolean> {
    this.#leave();
    this.#state.reset();
    try {
      const connection = { ...this.#connection, database: this.#state.wantedDatabase };
      this.#session = await NetworkSession.connect(connection, (push) => this.#printer.push(push));
      const refusal = await this.#session.logIn(connection, (warning) => this.#complain(warning));
      if (refusal === undefined) this.#state.database = this.#state.wantedDatabase;
      else this.#complain(refusal);
      if (this.#settings.verbose) this.#complain(`Connected to ${byteText(placeOf(connection))}`);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /** Goes to another server. */
  async connectTo(host: string, port: number): Promise<void> {
    this.#goTo(host, port);
    await this.connect();
  }

  #goTo(host: string, port: number): void {
    this.#connection.host = host;
    this.#connection.port = port;
    this.#connection.socket = undefined;
  }

  /** Asks something that nobody is to see; undefined when there is no answer. */
  async ask(...words: readonly string[]): Promise<ReplyValue | undefined> {
    try {
      return await this.#session?.send(words);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.#leave();
      return undefined;
    }
  }

  /**
   * Runs a command and prints its reply.
   * @param words one character a byte
   * @param repeat how often; negative: for ever
   */
  async run(words: readonly string[], repeat: number): Promise<Outcome> {
    if (this.#session === undefined && !await this.connect()) return "failed";
    try {
      const command = words[0]!.toLowerCase();
      for (let left = repeat; left !== 0; left--) {
        if (REPLICATING.includes(command)) return await this.#replicate();
        const outcome = ENDLESS.includes(command)
          ? await this.#follow(words, command === "monitor")
          : await this.#runOnce(words);
        if (outcome === "error") return outcome;
        await this.#pause();
      }
      return "replied";
    } catch (error) {
      const isOver = words[0]!.toLowerCase() === "shutdown" && error instanceof SessionError;
      this.#fail(isOver ? undefined : error);
      return isOver ? "replied" : "failed";
    }
  }

  async #runOnce(words: readonly string[]): Promise<Outcome> {
    let reply = await this.#session!.send(words.map(latin1));
    while (this.#settings.followsCluster && reply.kind === "error") {
      const redirected = await this.#redirected(reply.text, words);
      if (redirected === undefined) break;
      reply = redirected;
    }
    if (this.#isEnd(reply)) return "error";
    this.#printer.reply(reply, answersWithText(words.map((word) => word.toLowerCase())));
    this.#state.note(words, reply);
    return "replied";
  }

  /** Whether the program is to end with this reply. */
  #isEnd(reply: ReplyValue): boolean {
    if (reply.kind !== "error" || !this.#settings.endsAtError || this.#isInteractive) return false;
    this.#complain(reply.text);
    return true;
  }

  /** The reply of the server that an error names; undefined when it is no redirection. */
  async #redirected(error: string, words: readonly string[]): Promise<ReplyValue | undefined> {
    const parts = /^(MOVED|ASK) (\d+) (.*):(\d+)/.exec(error);
    if (parts === null) return undefined;
    const [, kind, slot, host, port] = parts;
    if (this.#isInteractive) {
      this.#terminal.print(`-> Redirected to slot [${slot}] located at ${host}:${port}\n`);
    }
    // Without a host it is the one that answered.
    this.#goTo(host === "" ? this.#connection.host : host!, Number(port));
    // Why it could not be reached has been printed.
    if (!await this.connect()) throw new SessionError("");
    if (kind === "ASK") {
      const asking = await this.#session!.send(["ASKING"]);
      if (asking.kind === "error") this.#complain(`ASKING failed: ${asking.text}`);
    }
    return await this.#session!.send(words.map(latin1));
  }

  /** Prints message after message. */
  async #follow(words: readonly string[], isMonitor: boolean): Promise<Outcome> {
    const session = this.#session!;
    if (!isMonitor && this.format !== "raw") {
      this.#terminal.print("Reading messages... (press Ctrl-C to quit)\n");
    }
    this.#isFollowing = true;
    this.#isInterrupted = false;
    try {
      await session.write(encodeRequest(words.map(latin1)));
      for (;;) {
        const message = isMonitor ? await session.receive() : await session.receiveAny();
        if (this.#isEnd(message)) return "error";
        this.#printer.reply(message);
        if (message.kind === "error") return "replied";
      }
    } catch (error) {
      if (!this.#isInterrupted) throw error;
      await this.connect();
      return "replied";
    } finally {
      this.#isFollowing = false;
    }
  }

  /** Prints what the server tells its replicas. */
  async #replicate(): Promise<never> {
    this.#terminal.print("Entering replica output mode...  (press Ctrl-C to quit)\n");
    const { followCommands } = await import("./replica.ts");
    return await followCommands(this.#session!, this.#terminal, false);
  }

  /** Ends what is followed; false when nothing is, and the program is what should end. */
  interrupt(): boolean {
    if (!this.#isFollowing) return false;
    this.#isInterrupted = true;
    this.#session?.[Symbol.dispose]();
    return true;
  }

  async #pause(): Promise<void> {
    const { intervalMs } = this.#settings;
    if (intervalMs > 0) await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }

  #complain(text: string): void {
    if (text !== "") this.#terminal.printError(`${text}\n`);
  }

  /** The session is over. @param error why, to be printed; what is no failure of the session goes on */
  #fail(error: unknown): void {
    this.#leave();
    if (error === undefined) return;
    if (!(error instanceof SessionError)) throw error;
    this.#complain(error.message);
  }

  #leave(): void {
    this.#session?.[Symbol.dispose]();
    this.#session = undefined;
  }

  [Symbol.dispose](): void {
    this.#leave();
  }
}

/** What a prompt calls a server. */
function placeOf({ host, port, socket }: ConnectionOptions): string {
  if (socket !== undefined) return `redis ${socket}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

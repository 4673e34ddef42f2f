/**
 * `redeno --eval --ldb`: a prompt at which a script is debugged, as redis-cli --ldb has it. The debugger itself is the
 * server's; what is typed goes there word by word, and what it says is shown in colours.
 */
import { latin1, latin1Text } from "../sys/bytes.ts";
import { ProtocolError, RequestParser } from "../resp/parser.ts";
import { formatReply } from "./format_reply.ts";
import type { LineInput } from "./line_input.ts";
import type { Session } from "./network_session.ts";
import type { ReplyValue } from "./reply_value.ts";
import type { Terminal } from "./terminal.ts";

/** Whether the script works on copies of the data, or on the data itself, and keeps everybody waiting. */
export type LdbMode = "copies" | "data";

export interface DebugProgramOptions {
  readonly mode: LdbMode;
  readonly terminal: Terminal;
  readonly input: LineInput;
  /** Opens a connection of its own for each session. @throws SessionError */
  open(): Promise<Session>;
  /** The words of EVAL; the script is read anew each time. */
  request(): readonly (string | Uint8Array)[];
  /** Shows where in the source an error was raised. */
  explain(error: string): void;
}

const GREETING = `Lua debugging session started, please use:
quit    -- End the session.
restart -- Restart the script in debug mode again.
help    -- Show Lua script debugging commands.

`;
const PROMPT = "lua debugger> ";
const END = "<endsession>";

const WHITE = "0;37";
const BRIGHT = "1;37";
const YELLOW = "0;33";
/** Marks and their colours; of several in a line the last one here counts. */
const COLOURS: readonly (readonly [mark: string, colour: string])[] = [
  ["<debug>", BRIGHT],
  ["<redis>", "0;32"],
  ["<reply>", "0;36"],
  ["<error>", "0;31"],
  ["<hint>", BRIGHT],
  ["<value>", "0;35"],
  ["<retval>", "0;35"],
];

/** A line of the debugger in its colour. */
export function coloured(line: string): string {
  let colour = COLOURS.findLast(([mark]) => line.includes(mark))?.[1] ?? WHITE;
  if (/^...[0-9]./s.test(line)) {
    if (line[1] === ">") colour = YELLOW;
    else if (line[2] === "#") colour = BRIGHT;
  }
  return `\x1b[${colour};49m${line}\x1b[0m`;
}

/**
 * Debugs until the script has ended or the user has enough.
 * @returns the exit code: 1 when the script's reply was an error, else 0
 * @throws SessionError
 */
export async function debugProgram(options: DebugProgramOptions): Promise<number> {
  for (;;) {
    using session = await options.open();
    const code = await new DebugPrompt(options, session).run();
    if (code !== "restart") return code;
    options.terminal.print("\n");
  }
}

class DebugPrompt {
  readonly #options: DebugProgramOptions;
  readonly #session: Session;

  constructor(options: DebugProgramOptions, session: Session) {
    this.#options = options;
    this.#session = session;
  }

  async run(): Promise<number | "restart"> {
    const { mode, terminal, input, request } = this.#options;
    const script = request();
    const allowed = await this.#session.send(["SCRIPT", "DEBUG", mode === "copies" ? "YES" : "SYNC"]);
    if (allowed.kind === "error") return this.#cannotStart(allowed);
    terminal.print(GREETING);
    const first = linesOf(await this.#session.send(script));
    if (first === undefined || first[0] === END) return this.#cannotStart(await this.#session.receive());
    this.#show(first);
    for (;;) {
      const line = await input.read(PROMPT);
      if (line === undefined) return 0;
      input.remember?.(line);
      const words = wordsOf(line);
      if (words === undefined) terminal.print("Invalid argument(s)\n");
      const command = words?.[0]?.toLowerCase();
      if (words === undefined || command === undefined) continue;
      if (command === "quit" || command === "exit") return 0;
      if (command === "restart") return "restart";
      const said = linesOf(await this.#session.send(words.map(latin1)));
      if (said === undefined) continue;
      this.#show(said.filter((each) => each !== END));
      if (said.at(-1) === END) return this.#ended(await this.#session.receive());
    }
  }

  #cannotStart(reply: ReplyValue): number {
    this.#options.terminal.print("\nEval debugging session can't start:\n");
    return this.#print(reply);
  }

  #ended(reply: ReplyValue): number {
    const { mode, terminal } = this.#options;
    terminal.print("\n");
    const code = this.#print(reply);
    terminal.print(
      `\n(Lua debugging session ended${mode === "copies" ? " -- dataset changes rolled back" : ""})\n\n`,
    );
    return code;
  }

  #print(reply: ReplyValue): number {
    this.#options.terminal.print(formatReply(reply, { format: "standard" }));
    if (reply.kind !== "error") return 0;
    this.#options.explain(reply.text);
    return 1;
  }

  #show(lines: readonly string[]): void {
    for (const line of lines) this.#options.terminal.print(`${coloured(line)}\n`);
  }
}

/** What the debugger said; undefined where that is another reply. */
function linesOf(reply: ReplyValue): string[] | undefined {
  if (reply.kind !== "array") return undefined;
  return reply.items.map((item) => "text" in item ? item.text : "");
}

/**
 * The words of a line, quotes as in requests; undefined where they do not match. Code is one word, with its blanks and
 * quotes as they are.
 */
export function wordsOf(line: string): string[] | undefined {
  const code = /^\s*(e|eval)\s+(\S.*?)\s*$/s.exec(line);
  if (code !== null) return [code[1]!, code[2]!];
  const words: string[] = [];
  const sink = {
    get count() {
      return words.length;
    },
    clear: () => void words.splice(0),
    push: (bytes: Uint8Array, start = 0, end = bytes.length) =>
      void words.push(latin1Text(bytes, start, end)),
  };
  const bytes = latin1(` ${line.trim()}\n`);
  try {
    new RequestParser().next(bytes, bytes.length, sink);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
  return words;
}

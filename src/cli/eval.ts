/**
 * `redeno --eval`: runs a script and prints its reply as redis-cli --eval does, on a server in this process or on a
 * running one. Unlike redis-cli it tells of an error by its exit code without `-e`, and shows the line it came from on
 * standard error.
 */
import { latin1Text, NO_BYTES } from "../sys/bytes.ts";
import { readWholeFile, systemText } from "../sys/system_files.ts";
import { completeConnection, type ConnectionOptions } from "./connection_options.ts";
import { debugProgram, type LdbMode } from "./debug_program.ts";
import { EmbeddedSession } from "./embedded_session.ts";
import { type EvalOptions, evalSpec, parseEvalOptions } from "./eval_options.ts";
import { formatReply } from "./format_reply.ts";
import { type LineInput, StandardInput } from "./line_input.ts";
import { NetworkSession, type Session, SessionError } from "./network_session.ts";
import type { ReplyValue } from "./reply_value.ts";
import { usageText, versionText } from "./options.ts";
import { sourceExcerpt } from "./source_excerpt.ts";
import { shown, standardTerminal, type Terminal, UsageError } from "./terminal.ts";
import { savesOf } from "./watch_file.ts";

/**
 * The program.
 * @param args those of the command line, `--eval` among them
 * @returns the exit code: 0, or 1 when the reply was an error or there was none
 */
export async function evalProgram(
  args: readonly string[],
  terminal: Terminal = standardTerminal,
  input?: LineInput,
): Promise<number> {
  try {
    const options = parseEvalOptions(args, Deno.env.get("REDISCLI_AUTH"));
    if (options.what === "help") terminal.print(usageText(evalSpec));
    else if (options.what === "version") terminal.print(versionText(evalSpec));
    else if (options.what === "types") terminal.print(shown(await typesForEditors()));
    else {
      completeConnection(options.connection, terminal, undefined);
      return await runEval(options, terminal, input ?? await debuggerLines(options));
    }
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (error.message !== "") terminal.printError(shown(`${error.message}\n`));
    return 1;
  }
}

/** Where the debugger's lines come from; its history lives as long as the program. */
async function debuggerLines({ ldb }: EvalOptions): Promise<LineInput> {
  if (ldb === undefined) return new StandardInput();
  const { lineInput } = await import("./redis_cli/terminal_input.ts");
  const { History } = await import("./redis_cli/history.ts");
  return lineInput(() => History.inMemory(), Deno.env.get("TERM"));
}

/** Runs or debugs a script; the exit code. */
export function runEval(options: EvalOptions, terminal: Terminal, input: LineInput): Promise<number> {
  return new EvalProgram(options, terminal, input).run();
}

/** The annotations of what scripts can call; part of the executable, since it is imported. */
async function typesForEditors(): Promise<string> {
  const file = await import("../scripting/redis.d.lua", { with: { type: "text" } });
  return file.default;
}

class EvalProgram {
  readonly #options: EvalOptions;
  readonly #terminal: Terminal;
  readonly #input: LineInput;
  #session: Session | undefined;

  constructor(options: EvalOptions, terminal: Terminal, input: LineInput) {
    this.#options = options;
    this.#terminal = terminal;
    this.#input = input;
  }

  async run(): Promise<number> {
    if (this.#options.ldb !== undefined) return await this.#debug(this.#options.ldb);
    if (!this.#options.watch) return await this.#runOnce();
    for await (const _save of savesOf(this.#options.file, () => void this.#interrupt())) {
      const began = performance.now();
      const code = await this.#runOnce();
      const took = (performance.now() - began).toFixed(1);
      const time = new Date().toTimeString().slice(0, 8);
      this.#terminal.printError(
        shown(`--- ${time}  exit ${code}  ${took} ms  watching ${this.#options.file} ---\n`),
      );
    }
    return 0;
  }

  /** The file was saved while the script runs: it is to run anew. */
  async #interrupt(): Promise<void> {
    // On a server that others use, too, a script is not ours to end.
    if (!(this.#session instanceof EmbeddedSession)) return;
    const refusal = await this.#session.interrupt();
    if (refusal?.startsWith("UNKILLABLE")) {
      this.#terminal.printError(
        "The script has written already, so it is not ended: Ctrl-C ends the program.\n",
      );
    }
  }

  /** Lets the user debug the script; the exit code. */
  async #debug(mode: LdbMode): Promise<number> {
    const { file, keys, args } = this.#options;
    let source: Uint8Array = NO_BYTES;
    try {
      return await debugProgram({
        mode,
        terminal: this.#terminal,
        input: this.#input,
        open: () => this.#open(),
        request: () => ["EVAL", source = readScript(file), String(keys.length), ...keys, ...args],
        explain: (error) => this.#terminal.printError(sourceExcerpt(latin1Text(source), error, shown(file))),
      });
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.#terminal.printError(`${error.message}\n`);
      return 1;
    }
  }

  /** Runs the script as often as it is to be run; the exit code. */
  async #runOnce(): Promise<number> {
    const { file, repeat } = this.#options;
    try {
      using session = this.#session = await this.#open();
      const source = readScript(file);
      let code = 0;
      for (let left = repeat; left !== 0; left--) {
        code = await this.#evaluate(session, source);
        if (code !== 0 && this.#options.endsAtError) break;
        await this.#pause(left);
      }
      if (session instanceof EmbeddedSession && this.#options.writes) {
        for (const line of session.writes()) this.#terminal.print(`${line}\n`);
      }
      return code;
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.#terminal.printError(`${error.message}\n`);
      return 1;
    } finally {
      this.#session = undefined;
    }
  }

  #open(): Promise<Session> {
    const { connection, rdb, writes, verbose, showsPushes } = this.#options;
    const printsPushes = showsPushes ?? this.#terminal.isTerminal;
    const onPush = (push: ReplyValue) => {
      if (printsPushes) this.#terminal.print(formatReply(push, { format: "standard" }));
    };
    const tell = (line: string) => this.#terminal.printError(line.endsWith("\n") ? line : `${line}\n`);
    if (connection.isNamed) return NetworkSession.open(connection, onPush, tell);
    return EmbeddedSession.open({
      rdb,
      database: connection.database,
      protocol: versionOf(connection),
      records: writes,
      verbose,
      canBeInterrupted: this.#options.watch,
      onPush,
      onLog: tell,
    });
  }

  async #evaluate(session: Session, source: Uint8Array): Promise<number> {
    const { keys, args, file, endsAtError, explainsErrors } = this.#options;
    const reply = await session.send(["EVAL", source, String(keys.length), ...keys, ...args]);
    if (reply.kind === "error" && endsAtError) this.#terminal.printError(`${reply.text}\n`);
    else this.#print(reply);
    if (reply.kind !== "error") return 0;
    if (!explainsErrors) return endsAtError ? 1 : 0;
    this.#terminal.printError(sourceExcerpt(latin1Text(source), reply.text, shown(file)));
    return 1;
  }

  #print(reply: ReplyValue): void {
    const { format, itemDelimiter, replyDelimiter } = this.#options;
    this.#terminal.print(formatReply(reply, {
      format: format ?? (this.#terminal.isTerminal ? "standard" : "raw"),
      itemDelimiter: shown(itemDelimiter),
      replyDelimiter: shown(replyDelimiter),
    }));
  }

  async #pause(left: number): Promise<void> {
    const { intervalMs } = this.#options;
    if (left !== 1 && intervalMs > 0) await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}

function versionOf({ protocol }: ConnectionOptions): 2 | 3 {
  return protocol === 2 ? 2 : 3;
}

/** @throws SessionError when the file cannot be read */
function readScript(path: string): Uint8Array {
  try {
    return readWholeFile(path);
  } catch (error) {
    throw new SessionError(shown(`Can't open file '${path}': ${systemText(error)}`));
  }
}

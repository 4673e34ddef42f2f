/**
 * `redeno benchmark`: loads a server as redis-benchmark does and prints what that prints, in the same forms. Figures are
 * exact where the reference's are coarse: the time of a test is not rounded to milliseconds.
 */
import { latin1, latin1Text } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";
import { REDENO_VERSION, REDIS_VERSION } from "../../sys/version.ts";
import { openStream, SessionError } from "../byte_stream.ts";
import { completeConnection, type ConnectionOptions } from "../connection_options.ts";
import { encodeRequest, NetworkSession } from "../network_session.ts";
import { parseOptions, usageText } from "../options.ts";
import type { ReplyValue } from "../reply_value.ts";
import { shown, standardTerminal, type Terminal, UsageError } from "../terminal.ts";
import { type BenchmarkSettings, benchmarkSpec } from "./benchmark_options.ts";
import { inParallel, LoadError, type LoadSpec } from "./load.ts";
import { type LoadMaker, loadMaker } from "./load_threads.ts";
import { CSV_HEAD, csvLine, ProgressLine, quietLine, report, type ReportSettings } from "./report.ts";
import { requestOf } from "./request_batch.ts";
import { STANDARD_TESTS, TEST_WORDS } from "./standard_tests.ts";

const THREADS_MAX = 500;
const PROGRESS_INTERVAL_MS = 250;
/** Of idle connections that are being opened at the same time. */
const CONNECTING_MAX = 128;
const CAPITAL_A = 65;

/** One test, ready to be run. */
interface Test {
  readonly title: string;
  readonly request: Uint8Array;
  /** What the report calls its payload: the bytes of a value, or of a command of one's own as it is sent. */
  readonly payloadBytes: number;
}

/**
 * The program.
 * @param args those of the command line, without the program's name
 * @returns the exit code: 0 when all requests were answered
 */
export async function benchmark(
  args: readonly string[],
  terminal: Terminal = standardTerminal,
): Promise<number> {
  try {
    const { settings, rest } = parseOptions(benchmarkSpec, args);
    if (settings.what === "help") terminal.print(usageText(benchmarkSpec));
    else if (settings.what === "version") terminal.print(versionLine());
    else await new Benchmark(settings, terminal).run(rest);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) terminal.printError(shown(`${error.message}\n`));
    else if (error instanceof LoadError || error instanceof SessionError) {
      terminal.printError(`${error.message}\n`);
    } else throw error;
    return 1;
  }
}

/** As the reference's, with what it is built from in parentheses. */
function versionLine(): string {
  return `redis-benchmark ${REDIS_VERSION} (redeno ${REDENO_VERSION})\n`;
}

class Benchmark {
  readonly #settings: BenchmarkSettings;
  readonly #terminal: Terminal;
  readonly #data: Uint8Array;

  constructor(settings: BenchmarkSettings, terminal: Terminal) {
    this.#settings = settings;
    this.#terminal = terminal;
    const random = new Random(settings.seed ?? 0);
    this.#data = Uint8Array.from({ length: settings.dataBytes }, () => CAPITAL_A + random.below(26));
  }

  /** @param command to be measured in place of the tests, if it is not empty */
  async run(command: readonly string[]): Promise<void> {
    const { connection, loops, output, what } = this.#settings;
    completeConnection(connection, this.#terminal, undefined);
    this.#warn();
    const config = await this.#serverConfig();
    if (what === "idle") return await this.#idle();
    const tests = command.length > 0 ? [await this.#ownTest(command)] : this.#standardTests();
    if (output === "csv") this.#terminal.print(CSV_HEAD);
    using maker = loadMaker(this.#settings.threads);
    do {
      for (const test of tests) await this.#measure(test, maker, config);
      if (command.length === 0 && output !== "csv") this.#terminal.print("\n");
    } while (loops);
  }

  #warn(): void {
    const settings = this.#settings;
    const warn = (text: string) => this.#terminal.printError(`WARNING: ${text}\n`);
    if (settings.threads > THREADS_MAX) {
      warn(`Too many threads, limiting threads to ${THREADS_MAX}.`);
      settings.threads = THREADS_MAX;
    }
    if (settings.saysErrors) {
      warn("-e option has no effect. We now immediately exit on error to avoid false results.");
    }
    if (!settings.keepsAlive) {
      warn(
        "Without keep alive each batch of requests takes a port of this machine, which may run out of them.",
      );
    }
    const unknown = (settings.tests ?? []).filter((word) => word !== "" && !TEST_WORDS.includes(word));
    if (unknown.length > 0) warn(`There is no such test: ${shown(unknown.join(", "))}`);
  }

  /** Logs in once, so that a refusal has its own message, and asks for what the report shows. */
  async #serverConfig(): Promise<ReportSettings["config"]> {
    const { connection } = this.#settings;
    using session = await NetworkSession.connect(connection, () => {});
    const ask = async (...args: readonly string[]) => {
      const reply = await session.send(args);
      if (reply.kind === "error" && /^(NOAUTH|WRONGPASS|ERR AUTH)/.test(reply.text)) {
        const { host, port, socket } = connection;
        throw new LoadError(`Node ${shown(socket ?? `${host}:${port}`)} replied with error:\n${reply.text}`);
      }
      return reply;
    };
    for (const login of loginOf(connection)) await ask(...login);
    const config: [string, string][] = [];
    for (const name of ["save", "appendonly"]) {
      const value = secondText(await ask("CONFIG", "GET", name));
      if (value === undefined) {
        this.#terminal.printError("WARNING: Could not fetch server CONFIG\n");
        return undefined;
      }
      config.push([name, value]);
    }
    return config;
  }

  async #ownTest(command: readonly string[]): Promise<Test> {
    const args: (string | Uint8Array)[] = [...command];
    if (this.#settings.readsLastArgument) {
      args.push(new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer()));
    }
    const request = requestOf(args, this.#data);
    return { title: shown(command.join(" ")), request, payloadBytes: request.length };
  }

  #standardTests(): Test[] {
    const { tests, keyspace } = this.#settings;
    return STANDARD_TESTS.filter(({ words }) =>
      tests === undefined || words.some((word) => tests.includes(word))
    )
      .map(({ title, request }) => ({
        title,
        request: request(this.#data, keyspace !== undefined),
        payloadBytes: this.#data.length,
      }));
  }

  #loadOf(request: Uint8Array): LoadSpec {
    const { connection, clients, requests, keepsAlive, keyspace, pipeline, seed, tracks } = this.#settings;
    const greeting = [
      ...loginOf(connection),
      ...tracks ? [["CLIENT", "TRACKING", "on"]] : [],
      ...connection.database !== 0 ? [["SELECT", String(connection.database)]] : [],
      ...connection.protocol === 3 ? [["HELLO", "3"]] : [],
    ];
    return {
      connection,
      batch: { request, pipeline, keyspace },
      greeting: latin1(greeting.map((args) => latin1Text(encodeRequest(args))).join("")),
      greetingReplies: greeting.length,
      clients,
      requests,
      keepsAlive,
      seed,
    };
  }

  async #measure(test: Test, maker: LoadMaker, config: ReportSettings["config"]): Promise<void> {
    const { title, request, payloadBytes } = test;
    const { output } = this.#settings;
    const settings = { ...this.#settings, payloadBytes, config };
    const print = (text: string) => this.#terminal.print(text);
    const line = new ProgressLine(title);
    let timer: ReturnType<typeof setInterval> | undefined;
    const result = await maker.run(this.#loadOf(request), {
      begins(state) {
        if (output === "csv") return;
        const began = performance.now();
        timer = setInterval(() => print(line.next(state(), performance.now() - began)), PROGRESS_INTERVAL_MS);
      },
      ends: () => clearInterval(timer),
    });
    if (output === "csv") print(csvLine(title, result, settings));
    else print(line.clear() + (output === "quiet" ? quietLine : report)(title, result, settings));
  }

  /** Opens the connections, and waits until somebody ends the program. */
  async #idle(): Promise<void> {
    const { clients, connection } = this.#settings;
    const print = (text: string) => this.#terminal.print(text);
    print(`Creating ${clients} idle connections and waiting forever (Ctrl+C when done)\n`);
    let open = 0;
    const chunk = new Uint8Array(1024);
    await inParallel(clients, CONNECTING_MAX, async () => {
      const stream = await openStream(connection);
      open++;
      void stream.read(chunk).catch(() => null).then(() => open--);
    });
    let width = 1;
    for (;;) {
      const line = `clients: ${open}\r`;
      print(`${" ".repeat(width)}\r${line}`);
      width = line.length;
      await new Promise((resolve) => setTimeout(resolve, PROGRESS_INTERVAL_MS));
    }
  }
}

/** What tells the server who asks: a request, or none. */
function loginOf({ user, password }: ConnectionOptions): string[][] {
  if (password === undefined) return [];
  return [["AUTH", ...user === undefined ? [] : [user], password]];
}

/** The value in a reply of a name and a value. */
function secondText(reply: ReplyValue): string | undefined {
  const items = reply.kind === "array" ? reply.items : [];
  const value = items[1];
  return value?.kind === "bulk" ? value.text : undefined;
}

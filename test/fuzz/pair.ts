/**
 * Runs one sequence on redis-server and redeno, each from empty, and finds the first difference: in an answer, or
 * in what the databases hold afterwards. A server that a sequence killed is started again for the next one.
 */
import type { Answer, Comparison } from "../compat/comparisons.ts";
import { sameButTimes, sameBytes, sameElements, samePairs } from "../compat/comparisons.ts";
import { ConnectionClosed, encodeCommands, type RespClient } from "../support/resp_client.ts";
import { isUnknownCommand, plain } from "../support/resp_value.ts";
import { startRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { escapeBytes, fromLatin1, joinArgs, latin1 } from "../support/split_args.ts";
import type { CommandGrammar } from "./grammar.ts";
import { QueuedComparisons } from "./queued.ts";
import type { RandomCommand } from "./sequence.ts";

export interface Difference {
  /** Index of the command; the length of the sequence when the databases differ afterwards. */
  readonly index: number;
  /** The command, or the one that reads the key that differs. */
  readonly line: string;
  readonly real: string;
  readonly ours: string;
}

/** So long one of the servers may be held up by whatever else the machine does. */
const PTTL_TOLERANCE_MS = 20_000;
// DUMP of a long string would else also compare how well each side compresses it.
// Small limits, so that values change their encodings often.
const DIRECTIVES = [
  ["--rdbcompression", "no"],
  ["--hash-max-listpack-entries", "8"],
  ["--list-max-listpack-size", "6"],
  ["--set-max-intset-entries", "8"],
  ["--zset-max-listpack-entries", "8"],
].flat();

export class FuzzPair implements AsyncDisposable {
  #real: ServerProcess;
  #redeno: ServerProcess;

  private constructor(real: ServerProcess, redeno: ServerProcess) {
    this.#real = real;
    this.#redeno = redeno;
  }

  static async start(): Promise<FuzzPair> {
    const real = await prepared(startRealServer({ args: DIRECTIVES }));
    try {
      return new FuzzPair(real, await prepared(startRedeno({ args: DIRECTIVES })));
    } catch (error) {
      await real[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The commands that redeno has, and the names of those it has not. */
  async known(commands: readonly CommandGrammar[]): Promise<{ known: CommandGrammar[]; unknown: string[] }> {
    const names = [...new Set(commands.map(({ name }) => name))];
    using client = await this.#redeno.connect();
    const answers = await client.pipeline(names.map((name) => [name]));
    const unknown = names.filter((_, i) => isUnknownCommand(answers[i]!.value));
    return { known: commands.filter(({ name }) => !unknown.includes(name)), unknown };
  }

  /** Payloads for RESTORE: what the reference dumps for values of the common kinds. */
  async payloads(): Promise<Uint8Array[]> {
    using client = await this.#real.connect();
    await client.flushAll();
    const values = [
      "",
      "a",
      "12",
      "-129",
      "70000",
      "-2147483648",
      "9223372036854775807",
      "3.14",
      "x".repeat(70),
      "ab".repeat(200),
    ];
    const result: Uint8Array[] = [];
    for (const value of values) {
      await client.send(["SET", "k", value]);
      const { value: dump } = await client.send(["DUMP", "k"]);
      if (dump.kind === "bulk") result.push(dump.bytes);
    }
    return result;
  }

  async run(commands: readonly RandomCommand[]): Promise<Difference | undefined> {
    if (!this.#redeno.alive()) await this.#restart();
    const [real, ours] = await Promise.all([answers(this.#real, commands), answers(this.#redeno, commands)]);
    const queue = new QueuedComparisons();
    for (const [index, { args, comparison }] of commands.entries()) {
      const fair = queue.next(comparison, real[index]!);
      const difference = compare(fair, real[index]!, ours[index]!);
      if (difference) return { index, line: joinArgs(args), ...difference };
    }
    const state = await this.#compareStates();
    return state && { index: commands.length, ...state };
  }

  /** The end of redeno's log, for a report. */
  log(): string {
    return this.#redeno.log().slice(-2000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#real[Symbol.asyncDispose](), this.#redeno[Symbol.asyncDispose]()]);
  }

  async #restart(): Promise<void> {
    await this.#redeno[Symbol.asyncDispose]();
    this.#redeno = await prepared(startRedeno({ args: DIRECTIVES }));
  }

  async #compareStates(): Promise<Omit<Difference, "index"> | undefined> {
    const [real, ours] = await Promise.all([readState(this.#real), readState(this.#redeno)]);
    for (const line of new Set([...real.keys(), ...ours.keys()])) {
      const [a, b] = [real.get(line) ?? "(no such key)", ours.get(line) ?? "(no such key)"];
      const [x, y] = [Number(a), Number(b)];
      const near = line.includes("PTTL") && x >= 0 && y >= 0 && Math.abs(x - y) <= PTTL_TOLERANCE_MS;
      if (a !== b && !near) {
        return { line, real: escapeBytes(fromLatin1(a)), ours: escapeBytes(fromLatin1(b)) };
      }
    }
    return undefined;
  }
}

/** Keys whose time is over go only when they are looked at: when else they go is chance, and DBSIZE counts them. */
async function prepared(starting: Promise<ServerProcess>): Promise<ServerProcess> {
  const server = await starting;
  using client = await server.connect();
  await client.send("DEBUG SET-ACTIVE-EXPIRE 0");
  return server;
}

/** What one server answers; "closed" for all that comes after the end of the connection. */
async function answers(server: ServerProcess, commands: readonly RandomCommand[]): Promise<Answer[]> {
  using client = await server.connect();
  await client.flushAll();
  const written = client.write(encodeCommands(commands.map(({ args }) => args)));
  const result: Answer[] = [];
  for (let i = 0; i < commands.length; i++) {
    try {
      const { bytes, value } = await client.receive();
      result.push({ bytes, values: [value], closed: false });
    } catch (error) {
      const text = error instanceof ConnectionClosed ? "" : (error as Error).message;
      result.push({ bytes: fromLatin1(text), values: [], closed: true });
      if (!(error instanceof ConnectionClosed)) client.close();
    }
  }
  await written;
  return result;
}

function compare(
  comparison: Comparison,
  real: Answer,
  ours: Answer,
): { real: string; ours: string } | undefined {
  if (!real.closed && !ours.closed && latin1(real.bytes) === latin1(ours.bytes)) return undefined;
  if (!real.closed && !ours.closed && comparison.agree(comparison.reduce(real), comparison.reduce(ours))) {
    return undefined;
  }
  const show = ({ bytes, closed }: Answer) =>
    escapeBytes(bytes) + (closed ? "(no reply: connection closed)" : "");
  return { real: show(real), ours: show(ours) };
}

const READERS: Readonly<Record<string, readonly [command: readonly string[], comparison: Comparison]>> = {
  string: [["GET"], sameBytes],
  list: [["LRANGE", "0", "-1"], sameBytes],
  set: [["SMEMBERS"], sameElements],
  hash: [["HGETALL"], samePairs],
  zset: [["ZRANGE", "0", "-1", "WITHSCORES"], sameBytes],
  stream: [["XINFO STREAM", "FULL", "COUNT", "0"], sameButTimes],
};

/** Everything in all databases: the lines that read it, and the answers. */
async function readState(server: ServerProcess): Promise<Map<string, string>> {
  using client = await server.connect();
  const state = new Map<string, string>();
  const databases = Array.from({ length: 16 }, (_, i) => [["SELECT", String(i)], ["KEYS", "*"]]).flat();
  const listed = await client.pipeline(databases);
  for (let database = 0; database < 16; database++) {
    const keys = listed[database * 2 + 1]!.value;
    if (keys.kind !== "array" || keys.items.length === 0) continue;
    await client.send(["SELECT", String(database)]);
    state.set(`in database ${database}: RANDOMKEY`, (await client.send("RANDOMKEY")).value.kind);
    for (const item of keys.items) {
      if (item.kind === "bulk") await readKey(client, database, item.bytes, state);
    }
  }
  return state;
}

async function readKey(
  client: RespClient,
  database: number,
  key: Uint8Array,
  state: Map<string, string>,
): Promise<void> {
  const name = `in database ${database}: `;
  const [type, ttl, encoding, dump] = await client.pipeline([
    ["TYPE", key],
    ["PTTL", key],
    ["OBJECT", "ENCODING", key],
    ["DUMP", key],
  ]);
  const typeName = String(plain(type!.value));
  const quoted = joinArgs([key]);
  state.set(`${name}TYPE ${quoted}`, typeName);
  state.set(`${name}PTTL ${quoted}`, String(plain(ttl!.value)));
  state.set(`${name}OBJECT ENCODING ${quoted}`, String(plain(encoding!.value)));
  if (typeName === "string" || typeName === "list") state.set(`${name}DUMP ${quoted}`, latin1(dump!.bytes));
  const reader = READERS[typeName];
  if (!reader) return;
  const [[command, ...rest], comparison] = reader;
  const { bytes, value } = await client.send([...command!.split(" "), key, ...rest]);
  state.set(`${name}${command} ${quoted}`, comparison.reduce({ bytes, values: [value], closed: false }));
}

/**
 * Compat tests: lists of commands that go to redeno and to a real redis-server, whose answers must be the same.
 * A test names commands only; what is right is asked, not written down.
 *
 * ```ts
 * compat("GETRANGE counts negative offsets from the end", (both) => {
 *   both.same("SET k 'This is a string'");
 *   both.same("GETRANGE k -3 -1");
 *   both.fail("not an integer", "GETRANGE k one 2");
 * });
 * ```
 *
 * `@id:name` as an argument stands for the number of the connection of that name, which must not be subscribed when it is
 * first asked for.
 *
 * One pair of servers serves a test file; each block starts with FLUSHALL and fresh connections. Lines are sent in
 * one pipeline when the block ends, or when it awaits `both.run()` or `both.ask()`.
 *
 * Without a redis-server 7.0 the recorded answers stand in for it (`recorded/`, made with COMPAT_RECORD=1); with
 * `CI=true` that is an error.
 */
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { type Line, toArgs } from "../support/split_args.ts";
import { isUnknownCommand, type Plain, type RespValue } from "../support/resp_value.ts";
import {
  type Answer,
  type Comparison,
  sameAfter,
  sameBytes,
  sameElements,
  sameError,
  samePairs,
  sameShape,
  sameWithin,
} from "./comparisons.ts";
import { differences, failureText } from "./failure.ts";
import { LiveSide, RecordedSide, type Side, type Step } from "./sides.ts";
import { Recording } from "./recording.ts";

export type { Answer } from "./comparisons.ts";

export interface LineOptions {
  /** How many replies the line is answered with; SUBSCRIBE of two channels has 2, CLIENT REPLY OFF has 0. */
  readonly replies?: number;
  /** The line blocks until a later line of another connection lets it go on. */
  readonly blocks?: boolean;
}

/** One connection to each of the two servers. */
export interface Both {
  /** The same bytes from both. */
  same(line: Line, options?: LineOptions): void;
  /** The same elements in any order, at every level. */
  sameSet(line: Line): void;
  /** A flat array of pairs, or a map: the same pairs in any order. */
  samePairs(line: Line): void;
  /** The same types and lengths of arrays: for volatile content. */
  sameShape(line: Line): void;
  /** Numbers no further apart than `tolerance`; negative ones must be equal. */
  near(tolerance: number, line: Line): void;
  /** Both answer the same error, and it contains `text`. */
  fail(text: string, line: Line): void;
  /** What `normalise` makes of the two answers is the same, as JSON. */
  sameAfter(
    normalise: (value: Plain, raw: RespValue) => unknown,
    line: Line,
    options?: LineOptions,
  ): void;
  /** HELLO 3 on this connection; the answers are not compared. */
  resp3(): void;
  /** HELLO 2 on this connection; the answers are not compared. */
  resp2(): void;
  /** FLUSHALL on both. */
  reset(): void;
  /** Another connection to both, known by its name within the block. */
  client(name: string): Both;
  /** Sends what was collected so far; needed only before something else than lines happens. */
  run(): Promise<void>;
  /** Sends what was collected, then this line, and gives both answers; undefined where they are recorded. */
  ask(line: Line): Promise<{ real: Answer | undefined; ours: Answer }>;
}

export interface CompatOptions {
  /** Directives for both servers; a block with its own directives gets servers of its own. */
  readonly args?: readonly string[];
  /** Commands without which the block makes no sense: while redeno lacks one, the block is left out and says so. */
  readonly needs?: readonly string[];
}

interface Pair {
  readonly ours: LiveSide;
  readonly real: LiveSide | undefined;
  readonly servers: readonly ServerProcess[];
}

const testFile = Deno.mainModule;
const whyRecorded = Deno.env.get("COMPAT_RECORDED") === "1" ? "COMPAT_RECORDED=1" : whyNoRealServer();
const records = Deno.env.get("COMPAT_RECORD") === "1";
const pairs = new Map<string, Promise<Pair>>();
let recording: Recording | undefined;
let toldRecorded = false;

/** Registers one block as a test. */
export function compat(
  title: string,
  block: (both: Both) => void | Promise<void>,
  options: CompatOptions = {},
): void {
  Deno.test({
    name: title,
    // The pair of servers outlives the test that happens to start it; `afterAll` ends it.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => runBlock(title, block, options),
  });
}

Deno.test.afterAll(async () => {
  for (const starting of pairs.values()) {
    const { ours, real, servers } = await starting;
    ours.close();
    real?.close();
    for (const server of servers) await server[Symbol.asyncDispose]();
  }
  if (records) await recording?.write();
});

async function runBlock(
  title: string,
  block: (both: Both) => void | Promise<void>,
  options: CompatOptions,
): Promise<void> {
  recording ??= new Recording(testFile);
  const pair = await pairFor(options.args ?? []);
  const real: Side = pair.real ?? new RecordedSide(recording.answers(title));
  const session = new Session(title, pair.ours, real);
  await Promise.all([pair.ours.reset(), real.reset()]);
  const missing = await missingCommands(pair.ours, options.needs ?? []);
  if (missing.length > 0) {
    console.log(`left out: redeno does not have ${missing.join(", ")} yet`);
    if (records) recording.keep(title);
    return;
  }
  await block(session.connection("main"));
  await session.run();
  session.finish();
}

async function missingCommands(ours: LiveSide, names: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const name of names) {
    if (isUnknownCommand(await ours.ask([name]))) missing.push(name);
  }
  return missing;
}

async function pairFor(args: readonly string[]): Promise<Pair> {
  const key = JSON.stringify(args);
  let starting = pairs.get(key);
  if (!starting) {
    starting = startPair(args);
    pairs.set(key, starting);
    // A pair that does not start is reported by each block that needs it, and never disposed of.
    starting.catch(() => pairs.delete(key));
  }
  return await starting;
}

async function startPair(args: readonly string[]): Promise<Pair> {
  const at = args.indexOf("--requirepass");
  const password = at >= 0 ? args[at + 1] : undefined;
  if (whyRecorded !== undefined) {
    if (Deno.env.get("CI") === "true" || records) throw new Error(`${whyRecorded}: nothing to compare with`);
    if (!toldRecorded) console.log(`${whyRecorded}: comparing with recorded answers of redis-server 7.0.15`);
    toldRecorded = true;
    const server = await startRedeno({ args });
    return { ours: new LiveSide(server, password), real: undefined, servers: [server] };
  }
  const real = await startRealServer({ args });
  try {
    const ours = await startRedeno({ args });
    return { ours: new LiveSide(ours, password), real: new LiveSide(real, password), servers: [real, ours] };
  } catch (error) {
    await real[Symbol.asyncDispose]();
    throw error;
  }
}

/** The lines of one block, and how far they have been compared. */
class Session {
  readonly #title: string;
  readonly #ours: Side;
  readonly #real: Side;
  readonly #done: Step[] = [];
  readonly #failures: string[] = [];
  #collected: Step[] = [];

  constructor(title: string, ours: Side, real: Side) {
    this.#title = title;
    this.#ours = ours;
    this.#real = real;
  }

  connection(name: string): Both {
    const add = (comparison: Comparison, line: Line, { replies = 1, blocks = false }: LineOptions = {}) => {
      this.#collected.push({ connection: name, args: toArgs(line), replies, blocks, comparison });
    };
    return {
      same: (line, options) => add(sameBytes, line, options),
      sameSet: (line) => add(sameElements, line),
      samePairs: (line) => add(samePairs, line),
      sameShape: (line) => add(sameShape, line),
      near: (tolerance, line) => add(sameWithin(tolerance), line),
      fail: (text, line) => add(sameError(text), line),
      sameAfter: (normalise, line, options) => add(sameAfter(normalise), line, options),
      resp3: () => add(sameAfter(() => "HELLO 3"), "HELLO 3"),
      resp2: () => add(sameAfter(() => "HELLO 2"), "HELLO 2"),
      reset: () => add(sameBytes, "FLUSHALL"),
      client: (other) => this.connection(other),
      run: async () => void await this.run(),
      ask: async (line) => {
        add(sameAfter(() => "asked"), line);
        return await this.run();
      },
    };
  }

  /** Sends the collected lines to both sides and compares; gives the last pair of answers. */
  async run(): Promise<{ real: Answer | undefined; ours: Answer }> {
    const steps = this.#collected;
    this.#collected = [];
    const [real, ours] = await Promise.all([this.#real.run(steps), this.#ours.run(steps)]);
    if (records) recording!.add(this.#title, steps, real);
    this.#failures.push(...differences(this.#done, steps, real, ours));
    this.#done.push(...steps);
    return {
      real: real.at(-1)?.answer,
      ours: ours.at(-1)?.answer ?? { bytes: new Uint8Array(), values: [], closed: false },
    };
  }

  /** Throws one error that tells all differences of the block. */
  finish(): void {
    if (this.#failures.length > 0) throw new Error(failureText(this.#failures));
  }
}

/**
 * Scripts as a server runs them: EVAL and its kin, the cache, and scripts that take so long that others are told.
 *
 * One script runs at a time. What it calls passes through the dispatcher as a script's own client, so that it is counted,
 * timed and recorded like any other command; the script itself is never recorded. A script that has run for
 * `busy-reply-threshold` ms is suspended, its client with it, and goes on in slices between the turns of the event
 * loop, while others are answered BUSY: nothing but the script changes the data until it ends.
 *
 * Time, as far as keys die of it, stands still while a script runs.
 */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import type { Client, Context, DeclaredFlags, Scripting, ScriptMemory, Server } from "../context.ts";
import { ReplyError } from "../errors.ts";
import { NO_BYTES, sameBytes, type Slice } from "../sys/bytes.ts";
import type {
  DebuggableEngine,
  EngineOptions,
  NativeLibrary,
  Script,
  ScriptEngine,
  ScriptOutcome,
} from "./engine.ts";
import { ScriptCompileError } from "./engine.ts";
import { Debugging, type DebugMode } from "./debugging.ts";
import { readHeader, ScriptFlag, type ScriptHeader } from "./header.ts";
import { InnerCalls } from "./inner_calls.ts";
import { redisLibrary } from "./redis_library.ts";
import { ScriptAnswer } from "./script_answer.ts";
import { type CachedScript, ScriptCache } from "./script_cache.ts";
import { copyOf } from "./short_bytes.ts";

/** What scripts need of the server beyond what commands do. */
export interface ScriptHost {
  readonly server: Server;
  newEngine(options: EngineOptions): DebuggableEngine;
  /** Where among the arguments of a command its keys are. */
  keysOf(command: Command, args: Args): readonly number[];
  /** Monotonic ms of what the machine does, by which scripts are told to let others have their turn. */
  workMs(): number;
  /** Calls back in a turn of its own. */
  later(callback: () => void): void;
  /** Runs something as if a client had sent it: as a batch in a turn. */
  inTurn(action: () => void): void;
  /** @param level 0 (debug) to 3 (warning) @param text one character a byte */
  log(level: number, text: string): void;
}

/** Calls and backward jumps of a script between two looks at the clock. */
const STEPS_PER_TURN = 500;
/** Ms that a suspended script runs before others get their turn. */
const SLICE_MS = 5;
/** As it appears in messages. */
const CHUNK = "@user_script";
const WARNING = 3;
const NOT_READ = -1;
/** Longer arguments are not kept for the next script. */
const KEPT_ARGUMENT_BYTES_MAX = 64;

const notBusy = new ReplyError("NOTBUSY No scripts in execution right now.");
const unkillable = new ReplyError(
  "UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the " +
    "script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.",
);
const evalOnly = new ReplyError("ERR Please use EVAL instead of EVALSHA for debugging");
const noScript = new ReplyError("NOSCRIPT No matching script. Please use EVAL.");
const tooManyKeys = new ReplyError("ERR Number of keys can't be greater than number of args");
const negativeKeys = new ReplyError("ERR Number of keys can't be negative");
const needsAllowOom = new ReplyError(
  "OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'",
);
const readOnlyCommand = new ReplyError("ERR Can not execute a script with write flag using *_ro command.");
export const KILLED = "ERR Script killed by user with SCRIPT KILL...";

/** The script that runs. */
interface Run {
  readonly context: Context;
  readonly cached: CachedScript;
  /** Unix ms: what time it is for keys while the script runs. */
  readonly now: number;
  isKilled: boolean;
  /** What the engine threw that is no error of the script. */
  defect?: unknown;
}

export class ScriptRunner implements Scripting {
  readonly #host: ScriptHost;
  readonly #cache = new ScriptCache();
  readonly #calls: InnerCalls;
  readonly #answers: ScriptAnswer;
  readonly #debugging: Debugging;
  readonly #keys: Uint8Array[] = [];
  readonly #args: Uint8Array[] = [];
  #engine: ScriptEngine | undefined;
  #library: NativeLibrary;
  /** The one that is suspended. */
  #suspended: Run | undefined;
  /** When the script that runs is to be suspended, on the monotonic clock. */
  #deadlineMs = Infinity;
  /** When it began, about, on the monotonic clock. */
  #startedMs = NOT_READ;
  #canBeSuspended = false;

  constructor(host: ScriptHost) {
    this.#host = host;
    this.#calls = new InnerCalls(host.server);
    this.#answers = new ScriptAnswer(host.server.dispatcher);
    this.#debugging = new Debugging(host);
    this.#library = redisLibrary({
      call: (stack, raises) => this.#calls.call(stack, raises),
      isAllowed: (stack) => this.#calls.isAllowed(stack),
      setProtocol: (version) => this.#calls.setProtocol(version),
      setReplication: (targets) => this.#calls.setReplication(targets),
      log: (level, text) => host.log(level, text),
    });
  }

  // ---- the cache --------------------------------------------------------------------------------------------

  get memory(): ScriptMemory {
    const { size, sourceBytes, compiledBytes } = this.#cache;
    return { scripts: size, sourceBytes, compiledBytes: this.#engine === undefined ? 0 : compiledBytes };
  }

  load(source: Slice): string {
    return (this.#cache.findBySource(source) ?? this.#compile(source)).sha;
  }

  knows(sha: Slice): boolean {
    return this.#cache.findBySha(sha) !== undefined;
  }

  flush(): void {
    this.#cache.clear();
    // With it goes whatever scripts have left behind in the engine.
    this.#engine = undefined;
  }

  declaredFlags(args: Args, bySha: boolean): DeclaredFlags | undefined {
    const header = bySha
      ? this.#cache.findBySha(args.at(1))
      : this.#cache.findBySource(args.at(1)) ?? headerOf(args.at(1));
    if (header === undefined || !header.isDeclared) return undefined;
    return {
      writes: (header.flags & ScriptFlag.noWrites) === 0,
      needsMemory: (header.flags & (ScriptFlag.noWrites | ScriptFlag.allowOom)) === 0,
    };
  }

  #compile(slice: Slice): CachedScript {
    const source = slice.copy();
    const header = readHeader(source);
    let script: Script;
    try {
      script = this.#engineNow().compile(source.subarray(header.bodyStart), CHUNK);
    } catch (error) {
      if (!(error instanceof ScriptCompileError)) throw error;
      throw new ReplyError(`ERR Error compiling script (new function): ${error.message}`);
    }
    return this.#cache.add(source, header, script);
  }

  #engineNow(): ScriptEngine {
    return this.#engine ??= this.#host.newEngine({
      libraries: { redis: this.#library },
      stepsPerTurn: STEPS_PER_TURN,
      suspends: () => this.#suspends(),
    });
  }

  /** A script that is through before this is asked for the first time has cost no look at the clock. */
  #suspends(): boolean {
    const { settings } = this.#host.server;
    const now = this.#host.workMs();
    if (this.#startedMs === NOT_READ) {
      const threshold = settings.number("busy-reply-threshold");
      this.#startedMs = now;
      this.#deadlineMs = threshold > 0 && this.#canBeSuspended ? now + threshold : Infinity;
    }
    return now >= this.#deadlineMs;
  }

  // ---- running ----------------------------------------------------------------------------------------------

  debug(client: Client, mode: DebugMode | "no"): void {
    this.#debugging.setMode(client, mode);
  }

  evaluate(context: Context, args: Args, bySha: boolean, readOnly: boolean): void {
    if (this.#debugging.wants(context.client)) {
      if (!bySha) return this.#debugging.begin(context, args, readOnly);
      if (this.knows(args.at(1))) throw evalOnly;
    }
    const keys = numberOfKeys(args);
    const cached = bySha
      ? this.#cache.findBySha(args.at(1))
      : this.#cache.findBySource(args.at(1)) ?? this.#compile(args.at(1));
    if (cached === undefined) throw noScript;
    const declaresWrites = cached.isDeclared && (cached.flags & ScriptFlag.noWrites) === 0;
    if (declaresWrites) this.#refuseWrites(readOnly);
    const needsMemory = declaresWrites && (cached.flags & ScriptFlag.allowOom) === 0;
    if (needsMemory && this.#host.server.dispatcher.isOutOfMemory) throw needsAllowOom;
    this.#calls.begin(context, cached.flags | (readOnly ? ScriptFlag.noWrites : 0));
    copyInto(this.#keys, args, 3, 3 + keys);
    copyInto(this.#args, args, 3 + keys, args.count);
    this.#startedMs = NOT_READ;
    this.#canBeSuspended = context.client.canBeSuspended;
    const engine = this.#engineNow();
    const outcome = engine.run(cached.script, this.#keys, this.#args);
    letLongOnesGo(this.#keys);
    letLongOnesGo(this.#args);
    if (outcome === "suspended") {
      return this.#suspend({ context, cached, now: context.keyspace.now, isKilled: false });
    }
    this.#answer(engine, outcome, context, cached);
    // What comes behind it in the batch should not believe that no time has passed.
    if (this.#startedMs !== NOT_READ) context.keyspace.tick(this.#host.server.clock.now());
  }

  /** A script that says that it writes does not even begin where it must not. */
  #refuseWrites(readOnly: boolean): void {
    const refusal = this.#host.server.dispatcher.persistenceRefusal();
    if (refusal !== undefined) throw new ReplyError(refusalOfScripts(refusal.text));
    if (readOnly) throw readOnlyCommand;
  }

  #answer(engine: ScriptEngine, outcome: ScriptOutcome, context: Context, cached: CachedScript): void {
    try {
      this.#answers.write(engine, outcome, context.client.reply, cached.sha, this.#calls.protocol === 3);
    } finally {
      this.#calls.end();
    }
  }

  // ---- scripts that take long -------------------------------------------------------------------------------

  #suspend(run: Run): void {
    const { server } = this.#host;
    const ms = Math.floor(this.#host.workMs() - this.#startedMs);
    this.#host.log(
      WARNING,
      `A script has been running for ${ms} ms; SCRIPT KILL ends it if it has written nothing yet. ` +
        `Its digest is ${run.cached.sha}.`,
    );
    this.#suspended = run;
    server.dispatcher.suspend(run.context.client);
    this.#host.later(() => this.#slice(run));
  }

  /** Runs the suspended script for some ms. */
  #slice(run: Run): void {
    const { server } = this.#host;
    const engine = this.#engine!;
    this.#host.inTurn(() => {
      const { keyspace } = run.context;
      const { now } = keyspace;
      keyspace.tick(run.now);
      this.#deadlineMs = this.#host.workMs() + SLICE_MS;
      const outcome = run.isKilled ? "failed" : this.#resume(engine, run);
      if (outcome === "suspended") {
        this.#host.later(() => this.#slice(run));
      } else {
        this.#suspended = undefined;
        server.dispatcher.beginResumed(run.context.client);
        try {
          if (run.isKilled) this.#answerKilled(engine, run);
          else if (outcome === "broken") throw run.defect;
          else this.#answer(engine, outcome, run.context, run.cached);
        } catch (error) {
          server.dispatcher.answerDefect(run.context, error);
        }
        server.dispatcher.resumed();
      }
      keyspace.tick(now);
    });
  }

  /** Goes on with the script; a defect of the engine ends it, so that not everybody waits for ever. */
  #resume(engine: ScriptEngine, run: Run): ScriptOutcome | "broken" {
    try {
      return engine.resume();
    } catch (error) {
      engine.abandon();
      run.defect = error;
      return "broken";
    }
  }

  #answerKilled(engine: ScriptEngine, { context, cached }: Run): void {
    const at = engine.suspendedAt;
    engine.abandon();
    this.#host.log(WARNING, "A script was ended by SCRIPT KILL.");
    this.#answers.fail(context.client.reply, KILLED, at, cached.sha);
    this.#calls.end();
  }

  kill(): void {
    if (this.#debugging.kill()) return;
    if (this.#suspended === undefined) throw notBusy;
    if (this.#calls.hasWritten) throw unkillable;
    this.#suspended.isKilled = true;
  }
}

/** The first line of a script that is not known yet; undefined where it cannot be read, which it is when it is compiled. */
function headerOf(source: Slice): ScriptHeader | undefined {
  try {
    return readHeader(source.view());
  } catch (error) {
    if (error instanceof ReplyError) return undefined;
    throw error;
  }
}

/** How many of the arguments of EVAL are keys. @throws ReplyError */
export function numberOfKeys(args: Args): number {
  const keys = args.integer(2);
  if (keys > args.count - 3) throw tooManyKeys;
  if (keys < 0) throw negativeKeys;
  return keys;
}

/**
 * Fills an array with copies of some arguments: the script keeps them. What stood there for the last script, and is the
 * same, is not copied again: limits and times to live are the same for all calls.
 */
function copyInto(array: Uint8Array[], args: Args, from: number, to: number): void {
  const kept = Math.min(array.length, to - from);
  array.length = to - from;
  for (let i = from; i < to; i++) {
    const arg = args.at(i);
    const at = i - from;
    const last = at < kept ? array[at]! : NO_BYTES;
    if (at >= kept || !sameBytes(last, 0, last.length, arg.bytes, arg.start, arg.end)) {
      array[at] = copyOf(arg.bytes, arg.start, arg.end);
    }
  }
}

function letLongOnesGo(array: Uint8Array[]): void {
  for (let i = 0; i < array.length; i++) {
    if (array[i]!.length > KEPT_ARGUMENT_BYTES_MAX) array[i] = NO_BYTES;
  }
}

/** The text with which a script that writes is refused, from that with which a command is. */
export function refusalOfScripts(text: string): string {
  const advice = "Writable scripts are blocked. Use 'no-writes' flag for read only scripts.";
  const aof = /^MISCONF Errors writing to the AOF file: (.*)$/s.exec(text);
  return aof === null
    ? "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. " +
      advice
    : "MISCONF Redis is configured to persist data to AOF, but it's currently unable to persist to disk. " +
      `${advice} AOF error: ${aof[1]}`;
}

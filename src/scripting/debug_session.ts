/**
 * One script that is being debugged: runs it up to the next stop, hands what its client sends to the debugger, and
 * answers when it has ended.
 *
 * On the data the script is suspended at each stop as one that takes long is: others are answered BUSY and nothing half
 * is recorded. On copies only its own client waits. Either way the connection is closed at the end, as redis-cli expects.
 * Between two stops the script runs in slices.
 */
import type { Args } from "../args.ts";
import type { Client, ClientDebugger, Context } from "../context.ts";
import { internalError, ReplyError } from "../errors.ts";
import { formatDouble } from "../store/numbers/double.ts";
import { latin1, latin1Text } from "../sys/bytes.ts";
import { Debugger } from "./debugger.ts";
import type { DebugMode } from "./debugging.ts";
import { type DebugWorld, debugWorld } from "./debug_world.ts";
import {
  type DebuggableEngine,
  type NativeLibrary,
  type Script,
  ScriptCompileError,
  type ScriptOutcome,
  type ScriptStack,
} from "./engine.ts";
import { readHeader, ScriptFlag } from "./header.ts";
import { InnerCalls } from "./inner_calls.ts";
import { redisLibrary } from "./redis_library.ts";
import { ScriptAnswer } from "./script_answer.ts";
import { KILLED, numberOfKeys, refusalOfScripts, type ScriptHost } from "./script_runner.ts";
import { sha1Hex } from "./sha1.ts";

const WARNING = 3;
const CHUNK = "@user_script";
const STEPS_PER_TURN = 500;
/** Ms that the script runs before others get their turn. */
const SLICE_MS = 5;
/** Ms without a stop after which the script is stopped, where the configuration names no time. */
const OVERDUE_MS = 5000;
/** Nothing ever happens to this key, in a database that is not there. */
const NO_DATABASE = -1;
const NO_KEY = "debugger";

const ABORTED = "ERR script aborted for user request";
const NONSENSE = "ERR protocol error";
const OVERDUE_ALONE = "ERR timeout during Lua debugging with client closing connection";
const notInTransaction = new ReplyError(
  "ERR A script in a transaction can be debugged with SCRIPT DEBUG SYNC only",
);

export class DebugSession implements ClientDebugger {
  readonly #host: ScriptHost;
  readonly #context: Context;
  readonly #client: Client;
  readonly #mode: DebugMode;
  readonly #world: DebugWorld;
  readonly #calls: InnerCalls;
  readonly #engine: DebuggableEngine;
  readonly #answer: ScriptAnswer;
  readonly #ended: () => void;
  #debugger!: Debugger;
  #sha = "";
  /** Unix ms: what time it is for keys while the script runs. */
  readonly #now: number;
  /** On the monotonic clock: since when it runs without a stop, and when its slice is over. */
  #runningSinceMs = 0;
  #deadlineMs = 0;
  /** Whether the engine was suspended because the debugger wants to stop. */
  #stopsHere = false;
  /** Whether the script stands still, and commands are carried out. */
  #isStanding = false;
  /** Whether the client waits for an answer that comes later than the end of its command. */
  #isLater = false;
  /** Whether the client has gone. */
  #isAlone = false;
  #isOver = false;
  /** The error with which the script is to end. */
  #death: string | undefined;
  /** Requests that came while the script runs. */
  readonly #requests: Uint8Array[][] = [];
  /** Whether what runs at the moment has called a command. */
  #hasCalled = false;

  /** @param ended is called when the session is over */
  constructor(host: ScriptHost, context: Context, mode: DebugMode, ended: () => void) {
    this.#host = host;
    this.#context = context;
    this.#client = context.client;
    this.#mode = mode;
    this.#ended = ended;
    this.#now = context.keyspace.now;
    this.#world = debugWorld(mode, context, host.keysOf, (reply) => {
      this.#hasCalled = true;
      this.#debugger.replied(reply);
    });
    const { server } = this.#world;
    this.#calls = new InnerCalls(server);
    this.#answer = new ScriptAnswer(server.dispatcher);
    this.#engine = host.newEngine({
      libraries: { redis: this.#library() },
      stepsPerTurn: STEPS_PER_TURN,
      suspends: () => this.#suspends(),
      atLine: (line) => this.#stopsHere = this.#debugger.atLine(line),
    });
  }

  /** Begins with EVAL or EVAL_RO. @throws ReplyError when there is nothing to run; then the session is over */
  begin(args: Args, readOnly: boolean): void {
    try {
      if (this.#mode === "copies" && this.#client.transaction !== undefined) throw notInTransaction;
      const keys = numberOfKeys(args);
      const source = args.at(1).copy();
      const script = this.#compile(source, readOnly);
      this.#debugger = new Debugger(latin1Text(source), {
        engine: this.#engine,
        call: (words) => this.#call(words),
      });
      const words = wordsOf(args);
      this.#startClock();
      this.#client.debugger = this;
      this.#follow(this.#engine.run(script, words.slice(3, 3 + keys), words.slice(3 + keys)));
    } catch (error) {
      this.#over();
      this.#say(["<endsession>"]);
      this.#close();
      throw error;
    }
  }

  #compile(source: Uint8Array, readOnly: boolean): Script {
    const { isDeclared, flags, bodyStart } = readHeader(source);
    const writesNothing = (flags & ScriptFlag.noWrites) !== 0;
    if (isDeclared && !writesNothing) {
      const refusal = this.#world.server.dispatcher.persistenceRefusal();
      if (refusal !== undefined) throw new ReplyError(refusalOfScripts(refusal.text));
      if (readOnly) throw new ReplyError("ERR Can not execute a script with write flag using *_ro command.");
    }
    this.#sha = sha1Hex(source);
    this.#calls.begin(this.#world.context, flags | (readOnly ? ScriptFlag.noWrites : 0));
    try {
      return this.#engine.compile(source.subarray(bodyStart), CHUNK, { tellsLines: true });
    } catch (error) {
      if (!(error instanceof ScriptCompileError)) throw error;
      throw new ReplyError(`ERR Error compiling script (new function): ${error.message}`);
    }
  }

  // ---- running ----------------------------------------------------------------------------------------------

  #startClock(): void {
    this.#runningSinceMs = this.#host.workMs();
    this.#deadlineMs = this.#runningSinceMs + SLICE_MS;
  }

  #suspends(): boolean {
    const { settings } = this.#host.server;
    const now = this.#host.workMs();
    const limit = settings.number("busy-reply-threshold") || OVERDUE_MS;
    if (now - this.#runningSinceMs >= limit) {
      if (this.#isAlone) this.#death ??= OVERDUE_ALONE;
      else this.#debugger.overdue();
    }
    return now >= this.#deadlineMs;
  }

  /** The engine has come back. */
  #follow(outcome: ScriptOutcome): void {
    if (outcome !== "suspended") return this.#end((reply) => this.#writeOutcome(outcome, reply));
    this.#letClientWait();
    if (this.#stopsHere) {
      this.#stopsHere = false;
      this.#isStanding = true;
      this.#debugger.stopped();
      this.#sayLog();
    } else {
      this.#host.later(() => this.#inTurn(() => this.#resume()));
    }
  }

  #letClientWait(): void {
    if (this.#isLater) return;
    this.#isLater = true;
    if (this.#mode === "data") return this.#host.server.dispatcher.suspend(this.#client);
    const wait = { database: NO_DATABASE, keys: [NO_KEY], serve: () => this.#writeLater() };
    this.#client.wait(wait, 0, () => {});
  }

  #resume(): void {
    if (this.#isOver) return;
    if (this.#death !== undefined) return this.#abort(this.#death);
    this.#deadlineMs = this.#host.workMs() + SLICE_MS;
    let outcome: ScriptOutcome;
    try {
      outcome = this.#engine.resume();
    } catch (error) {
      return this.#endBroken(error);
    }
    this.#follow(outcome);
  }

  /** Does something in a turn of its own, at the time at which the script began. */
  #inTurn(action: () => void): void {
    const { dispatcher } = this.#host.server;
    if (this.#mode === "copies" && dispatcher.isSuspended) {
      // Another script keeps everybody waiting.
      return dispatcher.whenResumed(() => this.#host.later(() => this.#inTurn(action)));
    }
    this.#host.inTurn(() => {
      const { keyspace } = this.#context;
      const { now } = keyspace;
      if (this.#mode === "data") keyspace.tick(this.#now);
      action();
      keyspace.tick(now);
    });
  }

  // ---- the client -------------------------------------------------------------------------------------------

  take(args: Args): void {
    this.#requests.push(wordsOf(args));
    if (this.#isStanding) this.#inTurn(() => this.#serve());
  }

  takeNonsense(): void {
    this.#die(NONSENSE);
  }

  /** SCRIPT KILL. */
  kill(): void {
    this.#die(KILLED);
  }

  left(): void {
    this.#isAlone = true;
    if (this.#mode === "copies") {
      this.#engine.abandon();
      return this.#over();
    }
    this.#debugger.letGo();
    // The data is not left half changed: the script runs to its end.
    if (this.#isStanding) this.#host.later(() => this.#inTurn(() => this.#goOn()));
  }

  #serve(): void {
    while (this.#isStanding && this.#requests.length > 0) this.#carryOut(this.#requests.shift()!);
  }

  #carryOut(words: Uint8Array[]): void {
    if (words.some(({ length }) => length === 0)) return this.#abort(NONSENSE);
    const verdict = this.#debugger.command(words);
    if (verdict === "stay") this.#sayLog();
    else if (verdict === "go") this.#goOn();
    else this.#abort(ABORTED);
  }

  #goOn(): void {
    if (this.#isOver) return;
    this.#isStanding = false;
    this.#startClock();
    this.#resume();
    this.#serve();
  }

  #die(error: string): void {
    if (this.#death !== undefined) return;
    this.#death = error;
    if (this.#isStanding) this.#host.later(() => this.#inTurn(() => this.#resume()));
  }

  // ---- the end ----------------------------------------------------------------------------------------------

  #abort(error: string): void {
    const at = this.#engine.suspendedAt;
    this.#engine.abandon();
    this.#end((reply) => this.#answer.fail(reply, error, at, this.#sha));
  }

  /** A defect ends the session, so that nobody waits for ever. */
  #endBroken(error: unknown): void {
    this.#engine.abandon();
    const what = error instanceof Error ? error.stack : error;
    this.#host.log(WARNING, `Internal error in a script that is debugged: ${what}`);
    this.#end((reply) => reply.error(internalError.text));
  }

  #writeOutcome(outcome: ScriptOutcome, reply: Client["reply"]): void {
    this.#answer.write(this.#engine, outcome, reply, this.#sha, this.#calls.protocol === 3);
  }

  #end(write: (reply: Client["reply"]) => void): void {
    this.#say([...this.#debugger.takeLog(), "<endsession>"]);
    this.#over();
    const client = this.#client;
    const { dispatcher } = this.#host.server;
    if (!this.#isLater) {
      write(client.reply);
    } else if (this.#mode === "data") {
      dispatcher.beginResumed(client);
      write(client.reply);
      dispatcher.resumed();
    } else {
      this.#write = write;
      client.waiting?.serve(NO_KEY);
    }
    // A transaction may have come to the next script that is debugged.
    if (dispatcher.isSuspended && client.isSuspended) dispatcher.whenResumed(() => this.#close());
    else this.#close();
  }

  #write: (reply: Client["reply"]) => void = () => {};

  #writeLater(): boolean {
    this.#write(this.#client.reply);
    return true;
  }

  #over(): void {
    this.#isOver = true;
    this.#isStanding = false;
    this.#client.debugger = undefined;
    this.#calls.end();
    this.#ended();
  }

  /** The answers of a transaction that is under way are still to be written. */
  #close(): void {
    const client = this.#client;
    if (client.transaction === undefined) client.closeAfterReply = true;
    else this.#host.later(() => this.#closeNow());
  }

  #closeNow(): void {
    this.#client.closeAfterReply = true;
    this.#client.aside?.();
  }

  #sayLog(): void {
    this.#say(this.#debugger.takeLog());
  }

  #say(lines: readonly string[]): void {
    if (this.#isAlone) return;
    const aside = this.#client.aside!();
    aside.array(lines.length);
    for (const line of lines) aside.raw(latin1(`+${line.replace(/[\r\n]/g, " ")}\r\n`));
  }

  // ---- what the script calls --------------------------------------------------------------------------------

  /** The library `redis`, with the debugger looking on. */
  #library(): NativeLibrary {
    const library = redisLibrary({
      call: (stack, raises) => this.#calls.call(stack, raises),
      isAllowed: (stack) => this.#calls.isAllowed(stack),
      setProtocol: (version) => this.#calls.setProtocol(version),
      setReplication: (targets) => this.#calls.setReplication(targets),
      log: (level, text) => this.#host.log(level, text),
    });
    const observed = Object.entries(library).map(([name, member]) =>
      [
        name,
        typeof member === "function" ? (stack: ScriptStack) => this.#observe(name, member, stack) : member,
      ] as const
    );
    return {
      ...Object.fromEntries(observed),
      breakpoint: (stack) => {
        this.#debugger.breakpointCalled();
        stack.pushBoolean(true);
        return 1;
      },
      debug: (stack) => {
        this.#debugger.debugCalled(stack);
        return 0;
      },
    };
  }

  /** Lets a function of the library run, and tells the debugger of a call and of an error that is made in it. */
  #observe(name: string, body: (stack: ScriptStack) => number, stack: ScriptStack): number {
    if (!this.#debugger.tellsCalls) return body(stack);
    const given = name === "error_reply" && stack.count === 1 ? stack.toBytes(1) : undefined;
    const words = name === "call" || name === "pcall" ? wordsOnStack(stack) : undefined;
    if (words !== undefined) this.#debugger.called(words);
    this.#hasCalled = false;
    let results: number;
    try {
      results = body(stack);
    } catch (error) {
      if (!this.#hasCalled) this.#tellError(stack);
      throw error;
    }
    if (given !== undefined) this.#debugger.failed(`-${latin1Text(given).replace(/^-/, "")}`);
    else if (results === 1 && !this.#hasCalled) this.#tellError(stack);
    return results;
  }

  /** Tells of the error whose table is the last value, if it is one. */
  #tellError(stack: ScriptStack): void {
    if (stack.count === 0 || stack.type(-1) !== "table") return;
    stack.pushField(-1, "err");
    const text = stack.toBytes(-1);
    stack.pop(1);
    if (text !== undefined) this.#debugger.failed(latin1Text(text).replace(/^ERR /, ""));
  }

  /** The debugger's own call. */
  #call(words: readonly Uint8Array[]): void {
    const stack = this.#engine.inspection;
    for (const word of words) stack.pushBytes(word);
    this.#observe("pcall", (stack) => this.#calls.call(stack, false), stack);
    stack.pop(stack.count);
  }
}

function wordsOf(args: Args): Uint8Array[] {
  return Array.from({ length: args.count }, (_, i) => args.at(i).copy());
}

/** The request that is on the stack, or undefined where it is none. */
function wordsOnStack(stack: ScriptStack): string[] | undefined {
  const words: string[] = [];
  for (let i = 1; i <= stack.count; i++) {
    const bytes = stack.toBytes(i);
    if (bytes !== undefined) words.push(latin1Text(bytes));
    else if (stack.type(i) === "number") words.push(formatDouble(stack.toNumber(i)!));
    else return undefined;
  }
  return words.length > 0 ? words : undefined;
}

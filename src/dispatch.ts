/**
 * From a request to its reply: the command is found, the gates are passed in the reference's order, the handler
 * runs. The only place that catches what handlers throw, and the only place that counts calls.
 */
import { Args } from "./args.ts";
import { CallTimer, type TimerHooks } from "./call_timer.ts";
import type { Client, Context, ScriptCalls } from "./context.ts";
import { type Command, type CommandTable, FlagBit } from "./command_table.ts";
import { Journal } from "./journal.ts";
import { AHEAD_MAX, forgetAhead } from "./store/memory/dict.ts";
import type { Slice } from "./sys/bytes.ts";
import { endTransaction } from "./commands/transaction/end.ts";
import { internalError, ReplyError, wrongArity } from "./errors.ts";
import { Attention, type GateHooks, gates, NOT_FOR_GATES } from "./gates.ts";

export { Attention };

/**
 * What became of a request. "wait": it must wait, and the connection keeps it and tries again. "waits": it is being
 * carried out, but the client waits for a key, and nothing else of it is to be carried out until then.
 */
export type Outcome = "done" | "wait" | "waits";

/** What dispatch asks of the server. */
export interface DispatchHooks extends GateHooks, TimerHooks {
  /** Closes a connection on which a browser seems to have been made to speak. */
  refuseHttp(client: Client): void;
  /** Counts an error by its first word. */
  countError(text: string): void;
  /** Logs what should never happen: a handler failed. */
  internalError(error: unknown, command: Command, client: Client, args: Args): void;
}

const NO_ARGS = new Args();
/** The keys of a smaller database are near to the processor anyway. */
const FETCH_AHEAD_KEYS_MIN = 16384;
/** Commands that MONITOR does not show, or that were shown before. */
const UNSHOWN = FlagBit.admin | FlagBit.skipMonitor;
/** Bytes of unknown command and of its arguments that the error repeats. */
const UNKNOWN_BYTES_MAX = 128;

export class Dispatcher implements ScriptCalls {
  /** {@link Attention} bits that hold for all clients. */
  attention = 0;
  /** How long the commands take. */
  readonly timer: CallTimer;
  /** Is shown each request after it was carried out; absent while nobody looks. */
  monitor: ((context: Context, command: Command, args: Args) => void) | undefined;
  /** What the commands did, for the append-only file and the replicas. */
  readonly journal: Journal = new Journal();
  readonly hooks: DispatchHooks;
  readonly #table: CommandTable;

  /** Whether the command that runs has answered with errors that it did not throw. */
  #hasFailed = false;
  /** How many of these errors were counted before. */
  #repeatedErrors = 0;
  #hasNewError = false;
  /** Whether a script is suspended. */
  isSuspended = false;
  /** What is to follow when the suspended script has ended, the innermost first. */
  #following: (() => void)[] = [];
  readonly #keysAhead: Slice[] = [];

  constructor(table: CommandTable, hooks: DispatchHooks) {
    this.#table = table;
    this.hooks = hooks;
    this.timer = new CallTimer(hooks);
  }

  get commandsProcessed(): number {
    return this.timer.calls;
  }

  set commandsProcessed(calls: number) {
    this.timer.calls = calls;
  }

  /** To be called before the first request of a batch. */
  beginBatch(): void {
    this.timer.begin();
  }

  /** To be called after the last request of a batch, and before the arguments of its requests become those of others. */
  endBatch(): void {
    this.timer.end();
  }

  /**
   * Brings what some requests will look up nearer to the processor, all at once: memory answers several questions in
   * the time of one. Changes nothing, and nothing depends on it.
   */
  fetchAhead(context: Context, requests: readonly Args[], count: number): void {
    if (context.db.size < FETCH_AHEAD_KEYS_MIN) return;
    let keys = 0;
    for (let i = 0; i < count; i++) {
      const args = requests[i]!;
      const command = this.#table.find(args.at(0));
      if (command === undefined || command.firstKey === 0) continue;
      const last = Math.min(args.count, command.lastKey === 0 ? command.firstKey + 1 : args.count);
      for (let at = command.firstKey; at < last && keys < AHEAD_MAX; at += command.keyStep) {
        this.#keysAhead[keys++] = args.at(at);
      }
    }
    if (keys > 1) context.db.fetchAhead(this.#keysAhead, keys);
  }

  /** To be called when the requests that were fetched ahead are carried out. */
  forgetAhead(): void {
    forgetAhead();
  }

  /**
   * Carries a request out and writes its reply; "wait" when the connection has to hold it back. Never throws.
   */
  execute(context: Context, args: Args): Outcome {
    const client = context.client;
    const reply = client.reply;
    reply.settled = reply.length;
    let command = this.#table.find(args.at(0));
    try {
      if (command === undefined) {
        client.lastCommand = undefined;
        if (args.is(0, "post") || args.is(0, "host:")) {
          this.hooks.refuseHttp(client);
          return "done";
        }
        throw unknownCommand(args);
      }
      if (command.subcommands.length > 0) {
        const container: Command = command;
        command = chooseSubcommand(container, args);
        if (command === undefined) {
          client.lastCommand = undefined;
          throw unknownSubcommand(container, args);
        }
      }
      client.lastCommand = command;
      const arity = command.arity;
      if (arity >= 0 ? args.count !== arity : args.count < -arity) throw wrongArity(command.name);
      const attention = (this.attention | client.attention | command.attention) & ~NOT_FOR_GATES;
      if (
        attention !== 0 &&
        (attention !== Attention.limitedMemory || this.hooks.eviction!.mustLook())
      ) {
        for (const gate of gates) {
          if ((attention & gate.when) === 0) continue;
          const verdict = gate.check(this.hooks, command, client, args);
          if (verdict === "wait") return "wait";
          if (verdict === "dropped") return "done";
          if (verdict === "queued") {
            reply.status("QUEUED");
            if (client.replyMode !== "on") this.#endMutedRequest(client);
            return "done";
          }
        }
      }
    } catch (error) {
      this.#refuse(error, command, context, args);
      return "done";
    }
    const { journal } = this;
    if (journal.isOpen) journal.beginUnit(context.keyspace.dirty, command.spec.effectsStandApart !== true);
    this.#carryOut(context, command, args);
    if (this.isSuspended) return this.#executeWhileSuspended(context);
    if (journal.isOpen) journal.endUnit();
    if ((this.attention & Attention.tracking) !== 0) this.#endTracked(context);
    else if (context.keyspace.waits.hasReady) this.serveWaits(context);
    if (client.waiting !== undefined) return "waits";
    if (client.replyMode !== "on") this.#endMutedRequest(client);
    return "done";
  }

  /** The reply to a request is written, while some client caches: what it is to be told itself comes behind. */
  #endTracked(context: Context): void {
    const { client } = context;
    const tracking = this.hooks.tracking!;
    if (client.replyMode !== "on") this.#settle(client);
    tracking.hasRun(client);
    if (context.keyspace.waits.hasReady && !this.isSuspended) this.serveWaits(context);
    tracking.isDone(client);
    if (tracking.clients === 0) this.attention &= ~Attention.tracking;
  }

  /** Who caches, or how much is remembered for them, has changed. */
  followTracking(): void {
    const tracking = this.hooks.tracking!;
    // The end of the request that runs is looked at in any case, so the bit goes later.
    if (tracking.clients > 0) this.attention |= Attention.tracking;
    if (tracking.isOverLimit) this.attention |= Attention.tooManyTracked;
    else this.attention &= ~Attention.tooManyTracked;
  }

  /** The end of a request that was suspended, or that was carried out while another one is. */
  #executeWhileSuspended(context: Context): Outcome {
    const { client } = context;
    if (!client.isSuspended) {
      if ((this.attention & Attention.tracking) !== 0) this.#endTracked(context);
      if (client.replyMode !== "on") this.#endMutedRequest(client);
      return "done";
    }
    if (client.replyMode !== "on") this.#settle(client);
    this.whenResumed(() => {
      const { journal } = this;
      this.attention &= ~Attention.busy;
      journal.release();
      if (journal.isOpen) journal.endUnit();
      if ((this.attention & Attention.tracking) !== 0) this.#endTracked(context);
      else if (context.keyspace.waits.hasReady) this.serveWaits(context);
      if (client.replyMode !== "on") this.#endMutedRequest(client);
      client.resumed();
    });
    return "waits";
  }

  /**
   * Does something for a client that waits, whose command is under way still; what it throws is answered. Whether the
   * client has its answer.
   */
  attempt(context: Context, action: () => boolean): boolean {
    const { client } = context;
    const before = client.reply.length;
    const { journal, timer } = this;
    const command = client.lastCommand;
    const began = timer.serve();
    if (journal.isOpen) journal.beginUnit(context.keyspace.dirty);
    let isServed = true;
    try {
      isServed = action();
    } catch (error) {
      if (command !== undefined) command.failedCalls++;
      this.#answerError(error, command, context, NO_ARGS, before);
    } finally {
      if (journal.isOpen) journal.endUnit();
    }
    if (isServed && command !== undefined) timer.served(command, began, context);
    return isServed;
  }

  /**
   * The command that runs ends the wait of a client, which counts as a failure of what that waited with.
   * @param error what it is answered, a failure of the command that runs as well; undefined when it has its answer
   */
  unblock(context: Context, error: string | undefined): void {
    const { client } = context;
    if (error !== undefined) {
      this.countFailure(error.split(" ", 1)[0]);
      client.reply.error(error);
    }
    if (client.lastCommand === undefined) return;
    client.lastCommand.failedCalls++;
    this.timer.served(client.lastCommand, this.timer.serve(), context);
  }

  /**
   * A client that waited has its answer: it is sent, or not, as the client wishes.
   * @param replyStart where in its reply the answer begins
   */
  endWaitedRequest(client: Client, replyStart: number): void {
    if (client.replyMode === "on") return;
    client.reply.settled = replyStart;
    this.#endMutedRequest(client);
  }

  /** Lets clients that wait for keys have what a command, or a whole transaction, has put there. */
  serveWaits({ keyspace }: Context): void {
    keyspace.waits.serve();
  }

  /**
   * Carries a command out inside of the one that runs: no gates, its own timing and counters. Never throws.
   * The reply is sent or not as the client wishes at this moment: a command can change that for those after it.
   */
  call(context: Context, command: Command, args: Args): void {
    const { client } = context;
    const { reply } = client;
    this.#settle(client);
    const isClosing = client.closeAfterReply;
    const before = reply.length;
    this.#carryOut(context, command, args);
    // The next request of the transaction will lie where this one lies.
    this.timer.forgetArguments();
    if (isClosing) reply.truncate(before);
    this.#settle(client);
    if (this.isSuspended) this.whenResumed(() => this.#settle(client));
  }

  // ---- scripts ----------------------------------------------------------------------------------------------

  callFromScript(context: Context, command: Command, args: Args): void {
    this.#carryOut(context, command, args);
    this.timer.forgetArguments();
  }

  countRejection(command: Command | undefined, code: string): void {
    if (command !== undefined) command.rejectedCalls++;
    this.hooks.countError(code);
  }

  countFailure(code: string | undefined): void {
    this.#hasFailed = true;
    if (code === undefined) {
      this.#repeatedErrors++;
    } else {
      this.#hasNewError = true;
      this.hooks.countError(code);
    }
  }

  /** Puts the errors to the command that wrote them, as the reference does: all new ones are one failure. */
  #countFailures(command: Command): void {
    command.failedCalls += this.#repeatedErrors + (this.#hasNewError ? 1 : 0);
    this.#hasFailed = this.#hasNewError = false;
    this.#repeatedErrors = 0;
  }

  get isOutOfMemory(): boolean {
    return (this.attention & Attention.limitedMemory) !== 0 && this.hooks.eviction!.isOutOfMemory;
  }

  persistenceRefusal(): ReplyError | undefined {
    return this.hooks.persistenceRefusal();
  }

  suspend(client: Client): void {
    this.isSuspended = true;
    this.attention |= Attention.busy;
    this.journal.hold();
    if ((this.attention & Attention.tracking) !== 0) this.hooks.tracking!.suspended();
    client.suspend();
  }

  whenResumed(follow: () => void): void {
    this.#following.push(follow);
  }

  beginResumed(client: Client): void {
    this.isSuspended = false;
    client.reply.settled = client.reply.length;
  }

  answerDefect(context: Context, error: unknown): void {
    const { client } = context;
    this.#hasFailed = this.#hasNewError = true;
    this.#answerError(error, client.lastCommand, context, NO_ARGS, client.reply.length);
  }

  resumed(): void {
    const following = this.#following;
    this.#following = [];
    for (let i = 0; i < following.length; i++) {
      following[i]!();
      // A transaction has gone on, and come to another script that takes long: what was to follow waits for that one, too.
      if (this.isSuspended) {
        this.#following.push(...following.slice(i + 1));
        return;
      }
    }
  }

  /** Runs a command that has passed all gates, and counts it. */
  #carryOut(context: Context, command: Command, args: Args): void {
    const { reply } = context.client;
    const before = reply.length;
    const began = this.timer.start(command);
    // A script is shown before what it calls.
    if (this.monitor !== undefined && (command.flagBits & FlagBit.skipMonitor) !== 0) {
      this.monitor(context, command, args);
    }
    const isTracked = (this.attention & Attention.tracking) !== 0;
    if (isTracked) this.hooks.tracking!.runs(context.client, command, args);
    try {
      command.run!(context, args, reply);
    } catch (error) {
      command.failedCalls++;
      this.#answerError(error, command, context, args, before);
    }
    if (isTracked && (command.flagBits & FlagBit.readonly) !== 0) this.hooks.tracking!.hasRead(command);
    if (this.#hasFailed) this.#countFailures(command);
    if (this.isSuspended && context.client.isSuspended) {
      const ended = this.timer.suspend(command, began, context, args);
      return this.whenResumed(() => {
        if (this.#hasFailed) this.#countFailures(command);
        ended();
      });
    }
    if (this.journal.isOpen) this.journal.ran(context.keyspace.dirty, context.db.id, args);
    this.timer.stop(command, began, context, args, reply.length - before);
    if (this.monitor !== undefined && (command.flagBits & UNSHOWN) === 0) {
      this.monitor(context, command, args);
    }
  }

  /** Answers a request that is refused before it runs; a transaction it was meant for fails. */
  #refuse(error: unknown, command: Command | undefined, context: Context, args: Args): void {
    const { client } = context;
    if (command !== undefined) command.rejectedCalls++;
    if (client.transaction !== undefined) client.transaction.failed = true;
    let answered = error;
    if (command?.name === "exec" && error instanceof ReplyError) {
      endTransaction(context);
      answered = new ReplyError(
        `EXECABORT Transaction discarded because of: ${error.text.replace(/^ERR /, "")}`,
      );
    }
    this.#answerError(answered, command, context, args, client.reply.length);
    // The MULTI was shown: that it is over has to be, too.
    if (this.monitor !== undefined && command?.name === "exec") this.monitor(context, command, args);
    if (client.replyMode !== "on") this.#endMutedRequest(client);
    if ((this.attention & Attention.tracking) !== 0) this.hooks.tracking!.isDone(client);
  }

  /** Takes back what was written since the last time this was asked, if the client wants no replies. */
  #settle(client: Client): void {
    const { reply, replyMode } = client;
    if (replyMode === "off" || replyMode === "skip") reply.truncate(reply.settled);
    else reply.settled = reply.length;
  }

  /** The end of a request of a client that wants no replies, or not this one, or not the next one. */
  #endMutedRequest(client: Client): void {
    this.#settle(client);
    if (client.replyMode === "skip-next") client.replyMode = "skip";
    else if (client.replyMode === "skip") client.replyMode = "on";
  }

  #answerError(
    error: unknown,
    command: Command | undefined,
    context: Context,
    args: Args,
    before: number,
  ): void {
    const reply = context.client.reply;
    reply.truncate(before);
    if (error instanceof ReplyError) {
      this.hooks.countError(error.text);
      reply.error(error.text);
    } else {
      this.hooks.internalError(error, command!, context.client, args);
      this.hooks.countError(internalError.text);
      reply.error(internalError.text);
    }
  }
}

/** The command that a container's first argument names, or undefined. @throws ReplyError when it is missing */
function chooseSubcommand(container: Command, args: Args): Command | undefined {
  if (args.count < 2) {
    if (container.run === undefined) throw wrongArity(container.name);
    return container;
  }
  const sub = container.subcommand(args.text(1));
  if (sub !== undefined) return sub;
  if (container.arity === -1 && container.run !== undefined && container.spec.anyFirstArgument === true) {
    return container;
  }
  return undefined;
}

function unknownSubcommand(container: Command, args: Args): ReplyError {
  const name = args.shown(1).slice(0, UNKNOWN_BYTES_MAX);
  return new ReplyError(`ERR unknown subcommand '${name}'. Try ${container.spec.name} HELP.`);
}

function unknownCommand(args: Args): ReplyError {
  let beginning = "";
  for (let i = 1; i < args.count && beginning.length < UNKNOWN_BYTES_MAX; i++) {
    beginning += `'${args.shown(i).slice(0, UNKNOWN_BYTES_MAX - beginning.length)}' `;
  }
  const name = args.shown(0).slice(0, UNKNOWN_BYTES_MAX);
  return new ReplyError(`ERR unknown command '${name}', with args beginning with: ${beginning}`);
}

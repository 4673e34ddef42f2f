/**
 * How long calls take, with fewer readings of the clock than there are calls.
 *
 * Reading the clock is a sixth of what a GET costs, so neighbouring calls of one cheap command share a reading and are
 * credited in equal parts. A call that may take long in spite of its command (many or long arguments, a long answer, a
 * large value that came, went or grew) has its end read at once, so that what took long is told from its neighbours. What
 * remains is a pause of the whole process in the middle of cheap calls: it is reported as theirs together.
 *
 * Invariants. `#pending` calls of `#timed` have run since `#stamp` and are not credited. A command inside of another one is
 * credited with its own time, and its time counts for the one that called it as well.
 */
import { Args } from "./args.ts";
import type { Command } from "./command_table.ts";
import type { Client, Context } from "./context.ts";
import type { SlowCall } from "./observation.ts";

/** Calls of one cheap command in a row that share one reading of the clock. */
const RUN_MAX = 32;
/** What a call of a cheap command may have, and answer, without a reading of its own. */
const USUAL_ARGUMENTS_MAX = 8;
const USUAL_BYTES_MAX = 4096;

/** What the timer asks for. */
export interface TimerHooks {
  /** Microseconds, fractional, from any origin. */
  micros(): number;
  /** A call took at least {@link CallTimer.reportedFrom}. */
  slowCall(call: SlowCall): void;
}

export class CallTimer {
  /** Microseconds from which on a call is reported as slow; Infinity: none is. */
  reportedFrom = Infinity;
  /** Whether each call has readings of the clock of its own, however cheap it is. */
  timesEachCall = false;
  /** Whether the times of calls are counted in histograms. */
  tracksLatency = true;
  /** Calls that were credited. */
  calls = 0;
  readonly #hooks: TimerHooks;
  #timed: Command | undefined;
  #pending = 0;
  #stamp = 0;
  /** Of the last call; no arguments when they are those of another request by now. */
  #context: Context | undefined;
  #args: Args | undefined;
  /** What is stored outside of the arena, as a number that changes with it, when the clock was read. */
  #stir = 0;
  /** What clients asked that wait for a key. */
  readonly #waiting: WeakMap<Client, Args> = new WeakMap();

  constructor(hooks: TimerHooks) {
    this.#hooks = hooks;
  }

  /** Time begins here: what was before is nobody's. To be called before the first call of a batch. */
  begin(): void {
    this.#stamp = this.#hooks.micros();
  }

  /** Credits what has run. To be called after a batch, and before arguments of its requests become those of others. */
  end(): void {
    if (this.#pending > 0) this.#read();
  }

  /** The arguments of the last call become another's. */
  forgetArguments(): void {
    this.#args = undefined;
  }

  /** A command is about to run. @returns when it began, for {@link stop} */
  start(command: Command): number {
    if (command !== this.#timed || this.#pending >= RUN_MAX) {
      if (this.#pending > 0) this.#read();
      this.#timed = command;
    }
    return this.#stamp;
  }

  /** A command has run. @param replied the length of its answer */
  stop(command: Command, began: number, context: Context, args: Args, replied: number): void {
    if (this.#timed !== command) {
      // Others ran inside. Their time counts for them, and for the one that called them as well.
      const isRead = this.#pending > 0;
      if (isRead) this.#read();
      this.#timed = command;
      if (isRead && !command.cheap) {
        this.calls++;
        return this.#credit(command, 1, this.#stamp - began, context, args);
      }
      this.#stamp = began;
    }
    this.#pending++;
    this.#context = context;
    this.#args = args;
    if (command.cheap) {
      const { stir } = context.keyspace.objects;
      if (!this.timesEachCall && stir === this.#stir && isUsual(args, replied)) return;
      this.#stir = stir;
      if (this.#pending > 1) this.#readForLast();
    } else if (context.client.waiting !== undefined) {
      return this.#stopWaiting(command, context.client, args);
    }
    this.end();
  }

  /** The command that has run waits for a key: counted now, but how long it takes is told when it is served. */
  #stopWaiting(command: Command, client: Client, args: Args): void {
    const now = this.#hooks.micros();
    command.recordWaiting(now - this.#stamp);
    this.calls++;
    this.#pending = 0;
    this.#stamp = now;
    if (this.reportedFrom !== Infinity) this.#waiting.set(client, copyOf(args));
  }

  /** A client that waits is about to be served. @returns when, for {@link served} */
  serve(): number {
    this.end();
    return this.#stamp = this.#hooks.micros();
  }

  /** A client that waited has its answer. */
  served(command: Command, began: number, context: Context): void {
    const now = this.#stamp = this.#hooks.micros();
    const took = now - began;
    command.recordTime(1, took, this.tracksLatency);
    if (took >= this.reportedFrom) {
      const args = this.#waiting.get(context.client);
      this.#hooks.slowCall({ context, command, args, calls: 1, microseconds: took, wasWaiting: true });
    }
    this.#waiting.delete(context.client);
  }

  /** The command that has run is suspended. @returns what is to be called when it has ended */
  suspend(command: Command, began: number, context: Context, args: Args): () => void {
    this.end();
    this.#timed = undefined;
    const asked = this.reportedFrom === Infinity ? undefined : copyOf(args);
    return () => {
      this.end();
      this.#timed = undefined;
      this.calls++;
      this.#credit(command, 1, this.#hooks.micros() - began, context, asked);
    };
  }

  #read(): void {
    const now = this.#hooks.micros();
    const took = now - this.#stamp;
    const calls = this.#pending;
    this.calls += calls;
    this.#pending = 0;
    this.#stamp = now;
    this.#credit(this.#timed!, calls, took, this.#context!, this.#args);
  }

  /** Credits all calls that share the reading but the last, which may have taken much longer, with their usual time. */
  #readForLast(): void {
    const now = this.#hooks.micros();
    const took = now - this.#stamp;
    const command = this.#timed!;
    const others = this.#pending - 1;
    const usual = command.calls === 0 ? 0 : command.microseconds / command.calls;
    const theirs = others * Math.min(usual, took / (others + 1));
    this.calls += others + 1;
    this.#pending = 0;
    this.#stamp = now;
    command.record(others, theirs, this.tracksLatency);
    this.#credit(command, 1, took - theirs, this.#context!, this.#args);
  }

  #credit(command: Command, calls: number, took: number, context: Context, args: Args | undefined): void {
    command.record(calls, took, this.tracksLatency);
    if (took >= this.reportedFrom) this.#report(command, calls, took, context, args);
  }

  #report(command: Command, calls: number, took: number, context: Context, args: Args | undefined): void {
    this.#hooks.slowCall({ context, command, args, calls, microseconds: took });
  }
}

/** Whether there is nothing about a call of a cheap command for which it might take long. */
function isUsual(args: Args, replied: number): boolean {
  const { count } = args;
  return count <= USUAL_ARGUMENTS_MAX && replied <= USUAL_BYTES_MAX &&
    args.at(count - 1).length <= USUAL_BYTES_MAX;
}

function copyOf(args: Args): Args {
  return Args.of(...args.from(0).map((slice) => slice.copy()));
}

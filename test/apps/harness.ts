/**
 * Runs applications and judges them: on redeno, on the reference, with virtual memory on, and killed in the middle.
 *
 * Invariants: every run begins with an empty server and the same seed; what an application leaves behind is compared by
 * DEBUG DIGEST unless it says why it cannot be the same; a failure of one application leaves the others alone.
 */
import type { Redis } from "ioredis";
import { whyNoRealServer } from "../support/real_server.ts";
import { startRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import { freePort, type ServerProcess } from "../support/server_process.ts";
import type { Application, Scale } from "./application.ts";
import { describe, differences, digest } from "./dataset.ts";
import { type Place, portArgs, TestWorld } from "./world.ts";

export type Outcome = "passed" | "failed" | "not run";

export interface Report {
  readonly application: Application;
  readonly redeno: Outcome;
  readonly reference: Outcome;
  readonly vm: Outcome;
  /** The shortest run, in ms; undefined where none passed. */
  readonly redenoMs: number | undefined;
  readonly referenceMs: number | undefined;
  /** What went wrong, with the names of server and application. */
  readonly failures: readonly string[];
}

export interface HarnessOptions {
  readonly scale: Scale;
  readonly seed: number;
  /** How often each application runs on both servers in turns, at least. Default: 1. */
  readonly rounds?: number;
  /** So long it goes on with further rounds, in ms: programs that translate as they run are slow at first. Default: 0. */
  readonly spendMs?: number;
  /** Whether the reference and virtual memory have their runs too. Default: true. */
  readonly everywhere?: boolean;
}

const RUN_MS_MAX = 120_000;
const ROUNDS_MAX = 30;
const DIFFERENCES_MAX = 20;

interface Run {
  readonly ms: number;
  readonly failure: string | undefined;
}

export class Harness implements AsyncDisposable {
  readonly #options: HarnessOptions;
  readonly #redeno: ServerProcess;
  readonly #reference: ServerProcess | undefined;
  readonly #vm: ServerProcess | undefined;
  readonly #places = new Map<ServerProcess, Place>();
  readonly #uncaught = new Uncaught();

  private constructor(
    options: HarnessOptions,
    redeno: ServerProcess,
    reference: ServerProcess | undefined,
    vm: ServerProcess | undefined,
  ) {
    this.#options = options;
    this.#redeno = redeno;
    this.#reference = reference;
    this.#vm = vm;
  }

  static async start(options: HarnessOptions): Promise<Harness> {
    const everywhere = options.everywhere ?? true;
    const ports = [freePort(), freePort(), freePort()] as const;
    const redeno = await startRedeno({ args: portArgs(ports[0]) });
    const reference = everywhere && whyNoRealServer() === undefined
      ? await startRealServer({ args: portArgs(ports[1]) })
      : undefined;
    const vm = everywhere
      ? await startRedeno({
        args: [
          ...portArgs(ports[2]),
          ...["--vm-enabled", "yes", "--vm-max-memory", "0"],
          "--vm-swap-file",
          "swap",
        ],
      })
      : undefined;
    const harness = new Harness(options, redeno, reference, vm);
    for (const [i, process] of [redeno, reference, vm].entries()) {
      if (process !== undefined) harness.#places.set(process, placeOf(process, ports[i]!));
    }
    return harness;
  }

  /** Whether there is a reference to run on. */
  get hasReference(): boolean {
    return this.#reference !== undefined;
  }

  async examine(application: Application): Promise<Report> {
    const [redeno, reference, vm] = [this.#redeno, this.#reference, this.#vm];
    const own: Run[] = [];
    const other: Run[] = [];
    const { rounds = 1, spendMs = 0 } = this.#options;
    const began = performance.now();
    const goesOn = (round: number) =>
      round < rounds || round < ROUNDS_MAX && performance.now() - began < spendMs;
    const failed = () => [...own, ...other].some(({ failure }) => failure !== undefined);
    for (let round = 0; goesOn(round) && !failed(); round++) {
      // In turns, so that neither has always the warmer client.
      const order = round % 2 === 0 ? [redeno, reference] : [reference, redeno];
      for (const process of order) {
        if (process !== undefined) {
          (process === redeno ? own : other).push(await this.#run(application, process));
        }
      }
    }
    const failures = [...own, ...other].map(({ failure }) => failure).filter((failure) =>
      failure !== undefined
    );
    const swapped = vm === undefined ? [] : [await this.#swapping(vm, () => this.#run(application, vm))];
    failures.push(...swapped.map(({ failure }) => failure).filter((failure) => failure !== undefined));
    if (failures.length === 0) {
      failures.push(...await this.#compare(application, reference), ...await this.#compare(application, vm));
    }
    const blames = (name: string) => failures.some((failure) => failure.startsWith(`${name}: `));
    return {
      application,
      redeno: outcome(own, blames("redeno")),
      reference: outcome(other, blames("redis-server")),
      vm: outcome(swapped, blames("virtual memory")),
      redenoMs: shortest(own),
      referenceMs: shortest(other),
      failures,
    };
  }

  /** How many values went to the swap file and came back from it. */
  async swapTraffic(): Promise<{ out: number; in: number }> {
    if (this.#vm === undefined) return { out: 0, in: 0 };
    await using world = this.#world(this.#vm);
    const info = await (await world.client()).info("vm");
    const count = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? NaN);
    return { out: count("vm_stats_swappout_count"), in: count("vm_stats_swappin_count") };
  }

  /** Errors in callbacks since the last run, which nobody waited for. */
  takeUncaught(): string | undefined {
    return this.#uncaught.take();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#uncaught[Symbol.dispose]();
    for (const process of this.#places.keys()) await process[Symbol.asyncDispose]();
  }

  #world(process: ServerProcess): TestWorld {
    return new TestWorld(this.#places.get(process)!, this.#options.scale, this.#options.seed);
  }

  #nameOf(process: ServerProcess): string {
    return process === this.#vm ? "virtual memory" : process.name;
  }

  async #run(application: Application, process: ServerProcess): Promise<Run> {
    const run = await this.#runOnce(application, process);
    const failure = this.#uncaught.take();
    return run.failure !== undefined || failure === undefined
      ? run
      : { ...run, failure: `${this.#nameOf(process)}: uncaught ${failure}` };
  }

  async #runOnce(application: Application, process: ServerProcess): Promise<Run> {
    await using world = this.#world(process);
    const began = performance.now();
    try {
      const redis = await world.client("harness");
      await redis.flushall();
      const begin = performance.now();
      await withinLimit(application.run(world));
      return { ms: performance.now() - begin - world.startingMs, failure: undefined };
    } catch (error) {
      return { ms: performance.now() - began, failure: `${this.#nameOf(process)}: ${explain(error)}` };
    }
  }

  /** What the last run left on redeno and on another server must be the same. */
  async #compare(application: Application, process: ServerProcess | undefined): Promise<string[]> {
    if (process === undefined || application.nondeterministic !== undefined) return [];
    await using own = this.#world(this.#redeno);
    await using other = this.#world(process);
    const [a, b] = [await own.client(), await other.client()];
    if (await digest(a) === await digest(b)) return [];
    const lines = differences(await describe(a), await describe(b));
    const shown = lines.slice(0, DIFFERENCES_MAX).join("\n");
    const name = process === this.#vm ? "virtual memory" : "redeno";
    return [
      `${name}: other data than on ${process === this.#vm ? "redeno without it" : process.name}:\n${shown}`,
    ];
  }

  /** Lets values go to the swap file all the time while something is done. */
  async #swapping(process: ServerProcess, work: () => Promise<Run>): Promise<Run> {
    await using world = this.#world(process);
    const redis = await world.client("swapper");
    let goesOn = true;
    const swapper = (async () => {
      while (goesOn) await swapOut(redis);
    })();
    const run = await work();
    goesOn = false;
    await swapper;
    return run;
  }
}

/** Errors that nobody waits for, in callbacks of an application: they would end the harness, and leave its servers behind. */
class Uncaught implements Disposable {
  readonly #errors: string[] = [];
  readonly #onError = (event: ErrorEvent): void => {
    event.preventDefault();
    this.#errors.push(explain(event.error));
  };
  readonly #onRejection = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    this.#errors.push(explain(event.reason));
  };

  constructor() {
    globalThis.addEventListener("error", this.#onError);
    globalThis.addEventListener("unhandledrejection", this.#onRejection);
  }

  /** What came since the last call. */
  take(): string | undefined {
    const errors = this.#errors.splice(0);
    return errors.length === 0 ? undefined : errors.join("\n");
  }

  [Symbol.dispose](): void {
    globalThis.removeEventListener("error", this.#onError);
    globalThis.removeEventListener("unhandledrejection", this.#onRejection);
  }
}

const SWAPPED_AT_ONCE = 20;
const SWAP_EVERY_MS = 2;
/** Values so large that they take long to write have some time in memory, too. */
const PAUSE_PER_WORK = 3;

/** Lets some values go that chance picks. Those that are too small, gone, or being written stay, which is no error. */
async function swapOut(redis: Redis): Promise<void> {
  const began = performance.now();
  const picking = redis.pipeline();
  for (let i = 0; i < SWAPPED_AT_ONCE; i++) picking.call("RANDOMKEY");
  const keys = new Set((await picking.exec())?.map(([, key]) => key).filter((key) => key !== null));
  const going = redis.pipeline();
  for (const key of keys) going.call("DEBUG", "SWAPOUT", String(key));
  await going.exec();
  const pauseMs = SWAP_EVERY_MS + PAUSE_PER_WORK * (performance.now() - began);
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
}

function placeOf(process: ServerProcess, port: number): Place {
  if (!("path" in process.address)) throw new Error("the harness wants Unix sockets");
  return { server: process.name === "redeno" ? "redeno" : "redis-server", path: process.address.path, port };
}

function outcome(runs: readonly Run[], failed: boolean): Outcome {
  if (failed) return "failed";
  return runs.length === 0 ? "not run" : "passed";
}

function shortest(runs: readonly Run[]): number | undefined {
  const passed = runs.filter(({ failure }) => failure === undefined).map(({ ms }) => ms);
  return passed.length === 0 ? undefined : Math.min(...passed);
}

/** What to print of an error. */
export function explain(error: unknown): string {
  return error instanceof Error ? error.stack ?? String(error) : String(error);
}

/** @throws Error when it takes longer than two minutes */
export async function withinLimit<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${RUN_MS_MAX} ms`)), RUN_MS_MAX);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

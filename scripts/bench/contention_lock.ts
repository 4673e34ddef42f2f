/**
 * Taking and giving back one lock that expires. Forms: SETNX with EXPIRE and a release under WATCH, and two scripts.
 * There is never more than one holder.
 */
import type { AskingConnection } from "./asking_connection.ts";
import {
  type BenchmarkClient,
  type ClientSetup,
  emptyTally,
  execute,
  LoadedScript,
  type Scenario,
} from "./contention_scenario.ts";
import { command } from "./pipelined_connection.ts";

/** Longer than any run. */
const LOCK_SECONDS = "60";
const LOCK = "lock:bench";
const UNWATCH = command("UNWATCH");

const ACQUIRE = "if redis.call('exists', KEYS[1]) == 1 then return 0 end " +
  "redis.call('setex', KEYS[1], ARGV[1], ARGV[2]) return 1";
const RELEASE =
  "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end return redis.call('del', KEYS[1])";

/** A lock that one of its users may hold. */
export interface Lock {
  /** Tries once. */
  acquire(name: string): Promise<boolean>;
  release(name: string): Promise<void>;
}

/** With commands alone. A lock that somebody took but never gave a time to live gets one. */
export class WatchedLock implements Lock {
  readonly #connection: AskingConnection;
  readonly #holder: string;

  constructor(connection: AskingConnection, holder: string) {
    this.#connection = connection;
    this.#holder = holder;
  }

  async acquire(name: string): Promise<boolean> {
    const connection = this.#connection;
    if (await connection.ask(command("SETNX", name, this.#holder)) === 1) {
      await connection.ask(command("EXPIRE", name, LOCK_SECONDS));
      return true;
    }
    if (await connection.ask(command("TTL", name)) === -1) {
      await connection.ask(command("EXPIRE", name, LOCK_SECONDS));
    }
    return false;
  }

  async release(name: string): Promise<void> {
    const connection = this.#connection;
    while (true) {
      await connection.ask(command("WATCH", name));
      if (await connection.ask(command("GET", name)) !== this.#holder) {
        await connection.ask(UNWATCH);
        throw new Error(`${name} is not held by who gives it back`);
      }
      // Another client's EXPIRE of a lock without a time to live is a change, too.
      if (await execute(connection, [command("DEL", name)]) !== null) return;
    }
  }
}

export class ScriptedLock implements Lock {
  readonly #acquire: LoadedScript;
  readonly #release: LoadedScript;
  readonly #holder: string;

  private constructor(acquire: LoadedScript, release: LoadedScript, holder: string) {
    this.#acquire = acquire;
    this.#release = release;
    this.#holder = holder;
  }

  static async load(connection: AskingConnection, holder: string): Promise<ScriptedLock> {
    const acquire = await LoadedScript.load(connection, ACQUIRE);
    return new ScriptedLock(acquire, await LoadedScript.load(connection, RELEASE), holder);
  }

  async acquire(name: string): Promise<boolean> {
    return await this.#acquire.call([name], [LOCK_SECONDS, this.#holder]) === 1;
  }

  async release(name: string): Promise<void> {
    if (await this.#release.call([name], [this.#holder]) !== 1) {
      throw new Error(`${name} is not held by who gives it back`);
    }
  }
}

class LockClient implements BenchmarkClient {
  readonly tally = emptyTally();
  readonly #lock: Lock;
  readonly #shared: Int32Array;

  constructor(lock: Lock, shared: Int32Array) {
    this.#lock = lock;
    this.#shared = shared;
  }

  async step(): Promise<void> {
    this.tally.tries++;
    if (!await this.#lock.acquire(LOCK)) return;
    if (Atomics.add(this.#shared, 0, 1) !== 0) throw new Error("two clients hold the lock");
    Atomics.sub(this.#shared, 0, 1);
    await this.#lock.release(LOCK);
    this.tally.done++;
  }
}

export const lockScenario: Scenario = {
  forms: ["WATCH", "Lua"],
  prepare: () => Promise.resolve(),
  async client({ connection, form, index, shared }: ClientSetup): Promise<BenchmarkClient> {
    const holder = `client-${index}`;
    const lock = form === "Lua"
      ? await ScriptedLock.load(connection, holder)
      : new WatchedLock(connection, holder);
    return new LockClient(lock, shared);
  },
  async check(connection) {
    if (await connection.ask(command("EXISTS", LOCK)) !== 0) throw new Error("the lock was left behind");
  },
};

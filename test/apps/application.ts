/**
 * What an application is to the harness: a small program of our own, with the keys and effects of one that a book
 * describes, that uses a server through an ordinary client library and asserts what must be seen.
 *
 * An application is a module that exports one `Application`. It takes time, chance, names and connections from its
 * `World`, so that it does the same on every server, and it asserts with `@std/assert`. Sizes that matter for the time it
 * takes are `world.sized(small, full)`.
 */
import type { ChainableCommander, Redis, RedisOptions } from "ioredis";
import type { Random } from "../fuzz/random.ts";

export interface Application {
  /** Short and without spaces, for example `A17`. */
  readonly id: string;
  readonly title: string;
  /** The book's chapter; undefined for what is in no book. */
  readonly chapter?: number;
  /** The book's listings, tables or exercises, as "4.5-4.6"; without a chapter, what it is about. */
  readonly source: string;
  /** Where the book's own code or text is wrong, and what is done instead: one sentence each. */
  readonly errata?: readonly string[];
  /** Why the dataset that `run` leaves behind cannot be the same on two servers; without it, it must be the same. */
  readonly nondeterministic?: string;
  /** Does what there is to do, beginning with an empty server, and asserts what must be seen. */
  run(world: World): Promise<void>;
  /** What its clients do until the server is killed, and what must hold however it died. */
  story(world: World): Promise<Story> | Story;
}

/** An application that wants what the server cannot do yet. */
export interface Waiting {
  readonly id: string;
  readonly title: string;
  readonly chapter: number;
  readonly source: string;
  readonly errata?: readonly string[];
  /** Such as "replication". */
  readonly waitsFor: string;
}

/**
 * An application as the server's death finds it. The server runs with `appendonly yes` and `appendfsync always`, so what
 * was acknowledged must be there after the restart, and what was under way is there wholly or not at all. A story
 * notes in its closure what was acknowledged.
 */
export interface Story {
  /** How many clients work at once. */
  readonly clients: number;
  /**
   * One turn of one client. It is repeated until the server dies, in the middle of a turn; and some times more after
   * the restart, where the application goes on. Errors of the connection are the harness's business.
   * @param turn 0, 1, 2, ... for each client
   */
  turn(redis: Redis, client: number, turn: number): Promise<void>;
  /** What must hold of the data at any time when nobody works. Called after the restart, and at the end. */
  invariants(redis: Redis): Promise<void>;
}

/** Where a client connects to, if not to the Unix socket of the world's server, and how it behaves. */
export type ClientOptions = Pick<
  RedisOptions,
  "path" | "port" | "db" | "password" | "retryStrategy" | "enableAutoPipelining" | "keyPrefix"
>;

export type Scale = "small" | "full";

/** What an application has of the world. */
export interface World {
  readonly server: "redeno" | "redis-server";
  readonly scale: Scale;
  readonly clock: Clock;
  /** The same on every server; the seed is printed when something fails. */
  readonly random: Random;
  /** The path of the server's Unix socket. */
  readonly path: string;
  /** The server's TCP port on 127.0.0.1; undefined where servers are killed. */
  readonly port: number | undefined;
  /** Picks the figure for this run. */
  sized(small: number, full: number): number;
  /** Seconds since 1970 with fractions, by the clock of the applications. */
  now(): number;
  /** A new name, such as a UUID is. */
  uuid(): string;
  /** A new connection that does not come back when it is lost; it is closed after the run. */
  client(name?: string, options?: ClientOptions): Promise<Redis>;
  /** A client dies: its socket is gone in the midst of whatever it does, and its calls are rejected. */
  kill(client: Redis): void;
  /** A client with a name of its own dies, and the server has noticed it. */
  gone(client: Redis): Promise<void>;
  /**
   * The time of a key comes: it must have a time to live, which is shortened to a millisecond and waited for.
   * @param seconds at most so much it must have had left, and more than half of it
   */
  expire(redis: Redis, key: string, seconds?: number): Promise<void>;
  /** Asks again and again until the answer is yes. @throws Error after a minute */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>;
  /** One more server of the same kind, which ends after the run. */
  anotherServer(): Promise<{ readonly path: string; readonly port: number }>;
}

/** Time as applications see it; it moves only when they let it. */
export class Clock {
  #now: number;

  /** @param now seconds since 1970 */
  constructor(now: number) {
    this.#now = now;
  }

  /** Seconds since 1970, with fractions of a millisecond at the finest. */
  now(): number {
    return this.#now;
  }

  /** Lets time go by. @param seconds from 0.001 on */
  advance(seconds: number): void {
    this.#now = Math.round((this.#now + seconds) * 1000) / 1000;
  }
}

/**
 * Sends what was queued as one transaction.
 * @returns the replies, or null when a watched key was touched
 * @throws the first error that was a reply
 */
export async function execute(queued: ChainableCommander): Promise<unknown[] | null> {
  const results = await queued.exec();
  if (results === null) return null;
  return results.map(([error, reply]) => {
    if (error !== null) throw error;
    return reply;
  });
}

/** Numbers from 0 to `count` - 1, for loops over clients and turns. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Counts the writes to the socket that some work takes: each is waited for, so each is a round trip. */
export async function roundTrips(redis: Redis, work: () => Promise<unknown>): Promise<number> {
  const { stream } = redis;
  const write = stream.write;
  let count = 0;
  stream.write = function (...args: unknown[]) {
    count++;
    return Reflect.apply(write, stream, args);
  };
  try {
    await work();
  } finally {
    stream.write = write;
  }
  return count;
}

/** How long a snapshot waits at each key, in microseconds, so that there is time for clients to write while it is taken. */
const SAVE_DELAY_US = 300;

/** Clients work while a snapshot is taken; then the server goes back to that snapshot, as after a restart from it. */
export async function restoreSnapshotDuring(
  world: World,
  redis: Redis,
  work: () => Promise<unknown>,
): Promise<void> {
  await redis.config("SET", "rdb-key-save-delay", SAVE_DELAY_US);
  await redis.bgsave();
  await work();
  await world.until("the snapshot", async () => {
    return (await redis.info("persistence")).includes("rdb_bgsave_in_progress:0\r");
  });
  await redis.config("SET", "rdb-key-save-delay", 0);
  if (!(await redis.info("persistence")).includes("rdb_last_bgsave_status:ok\r")) {
    throw new Error("no snapshot");
  }
  await redis.call("DEBUG", "RELOAD", "NOSAVE");
}

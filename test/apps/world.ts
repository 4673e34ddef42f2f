/**
 * The world of one run of one application: connections, time, chance. All that it opened is closed when it is
 * disposed of, whatever happened.
 */
import { assert } from "@std/assert";
import { Redis } from "ioredis";
import { Random } from "../fuzz/random.ts";
import { startRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import { freePort, type ServerProcess } from "../support/server_process.ts";
import { type ClientOptions, Clock, type Scale, type World } from "./application.ts";

/** When the time of all applications begins: a round number, so that what they leave behind is the same everywhere. */
const BEGIN = 1_700_000_000;
const UNTIL_MS_MAX = 60_000;
const POLL_MS = 1;

/** A server that applications can be run on. */
export interface Place {
  readonly server: World["server"];
  readonly path: string;
  readonly port: number | undefined;
  /** The database that clients select. Default: 0. */
  readonly database?: number;
}

/** Directives with which a server listens on a TCP port beside its Unix socket. */
export function portArgs(port: number): string[] {
  return ["--port", String(port), "--bind", "127.0.0.1"];
}

export class TestWorld implements World, AsyncDisposable {
  readonly clock: Clock = new Clock(BEGIN);
  readonly scale: Scale;
  readonly random: Random;
  /** How long other servers took to start, which is not what an application takes. */
  startingMs = 0;
  readonly #place: Place;
  readonly #clients: Redis[] = [];
  readonly #others: ServerProcess[] = [];

  constructor(place: Place, scale: Scale, seed: number) {
    this.#place = place;
    this.scale = scale;
    this.random = new Random(seed);
  }

  get server(): World["server"] {
    return this.#place.server;
  }

  get path(): string {
    return this.#place.path;
  }

  get port(): number | undefined {
    return this.#place.port;
  }

  sized(small: number, full: number): number {
    return this.scale === "small" ? small : full;
  }

  now(): number {
    return this.clock.now();
  }

  uuid(): string {
    const hex = [...this.random.bytes(16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  async client(name?: string, options: ClientOptions = {}): Promise<Redis> {
    const elsewhere = options.port !== undefined || options.path !== undefined;
    const where = options.port === undefined
      ? { path: options.path ?? this.path }
      : { host: "127.0.0.1", port: options.port };
    const redis = new Redis({
      // A worker whose connection is gone is dead: the applications tell what becomes of its work.
      retryStrategy: () => null,
      ...(elsewhere ? {} : { db: this.#place.database ?? 0 }),
      // The server takes no spaces in names.
      ...(name === undefined ? {} : { connectionName: name.replaceAll(" ", "-") }),
      ...options,
      ...where,
      lazyConnect: true,
    });
    redis.on("error", () => {});
    this.#clients.push(redis);
    await redis.connect();
    return redis;
  }

  kill(client: Redis): void {
    client.stream.destroy();
  }

  async gone(client: Redis): Promise<void> {
    this.kill(client);
    const admin = await this.client();
    const name = `name=${client.options.connectionName} `;
    await this.until("the server to notice the death", async () => {
      return !String(await admin.client("LIST")).includes(name);
    });
    admin.disconnect();
  }

  async expire(redis: Redis, key: string, seconds?: number): Promise<void> {
    const ms = await redis.pttl(key);
    assert(ms > 0, `${key} has no time to live: PTTL is ${ms}`);
    if (seconds !== undefined) {
      assert(ms <= seconds * 1000 && ms > seconds * 500, `${key} has ${ms} ms to live, not ${seconds} s`);
    }
    await redis.pexpire(key, 1);
    await this.until(`${key} to be gone`, async () => await redis.exists(key) === 0);
  }

  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = performance.now() + UNTIL_MS_MAX;
    while (!await condition()) {
      if (performance.now() > deadline) throw new Error(`waited ${UNTIL_MS_MAX} ms for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async anotherServer(): Promise<{ path: string; port: number }> {
    const began = performance.now();
    const port = freePort();
    const start = this.server === "redeno" ? startRedeno : startRealServer;
    const other = await start({ args: portArgs(port) });
    this.#others.push(other);
    assert("path" in other.address);
    this.startingMs += performance.now() - began;
    return { path: other.address.path, port };
  }

  /** Closes all connections; there may be new ones afterwards. */
  disconnect(): void {
    for (const redis of this.#clients.splice(0)) redis.disconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disconnect();
    for (const other of this.#others.splice(0)) await other[Symbol.asyncDispose]();
  }
}

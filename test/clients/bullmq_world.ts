/**
 * BullMQ, unchanged, on redeno and on redis-server: the same test twice, with the same assertions. What a test makes is
 * closed after it; then the server, which has kept an append-only file, must have the same data after reading it.
 *
 * Nothing in here waits for a time that is hoped to be enough: tests wait for events, and `until` asks again and again.
 */
import { assert, assertEquals } from "@std/assert";
import {
  FlowProducer,
  type Job,
  Queue,
  QueueEvents,
  type QueueEventsListener,
  type QueueEventsOptions,
  type QueueOptions,
  Worker,
  type WorkerOptions,
} from "bullmq";
import { Redis } from "ioredis";
import type { ServerProcess } from "../support/server_process.ts";
import { onBothServers } from "./servers.ts";

// deno-lint-ignore no-explicit-any -- a job of whatever data, as the library has it
export type AnyJob = Job<any, any, string>;
type Processor = (job: AnyJob, token?: string) => Promise<unknown>;

const PATIENCE_MS = 15_000;

export class BullWorld {
  readonly #server: ServerProcess;
  readonly #closing: (() => Promise<unknown>)[] = [];
  /** Errors that objects of the library have emitted; a test that expects some takes them out. */
  readonly errors: string[] = [];
  /** What the library has written to the console, where it says what is wrong with a server; a test that expects it takes it out. */
  readonly warnings: string[] = [];

  constructor(server: ServerProcess) {
    this.#server = server;
  }

  get connection(): { host: string; port: number; maxRetriesPerRequest: null; retryStrategy(): number } {
    const { address } = this.#server;
    assert("port" in address);
    return {
      host: address.hostname,
      port: address.port,
      maxRetriesPerRequest: null,
      retryStrategy: () => 10,
    };
  }

  queue(name: string, options: Omit<QueueOptions, "connection"> = {}): Queue {
    return this.#keep(new Queue(name, { ...options, connection: this.connection }));
  }

  /** A worker that looks often for what is due and for what has stalled, since tests are short. */
  worker(name: string, processor?: Processor, options: Omit<WorkerOptions, "connection"> = {}): Worker {
    return this.#keep(
      new Worker(name, processor, { drainDelay: 1, ...options, connection: this.connection }),
    );
  }

  /** Listens from the beginning of the stream of events on. */
  async events(name: string, options: Omit<QueueEventsOptions, "connection"> = {}): Promise<QueueEvents> {
    const events = this.#keep(
      new QueueEvents(name, {
        lastEventId: "0-0",
        blockingTimeout: 2000,
        ...options,
        connection: this.connection,
      }),
    );
    await events.waitUntilReady();
    return events;
  }

  flows(): FlowProducer {
    return this.#keep(new FlowProducer({ connection: this.connection }));
  }

  redis(): Redis {
    const redis = new Redis(this.connection);
    redis.on("error", () => {});
    this.onClose(() => Promise.resolve(redis.disconnect()));
    return redis;
  }

  onClose(close: () => Promise<unknown>): void {
    this.#closing.push(close);
  }

  #keep<
    T extends { close(): Promise<unknown>; on(event: "error", listener: (error: Error) => void): unknown },
  >(
    made: T,
  ): T {
    made.on("error", (error) => this.errors.push(String(error)));
    this.onClose(() => made.close());
    return made;
  }

  /** Closes everything: first what was made last. */
  async close(): Promise<void> {
    for (let close = this.#closing.pop(); close !== undefined; close = this.#closing.pop()) await close();
  }
}

/** Asks again and again until the answer is yes. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`not seen in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Notes which events there were, in order, each as what `show` makes of it. */
export function record<Event extends keyof QueueEventsListener>(
  events: QueueEvents,
  names: readonly Event[],
  // deno-lint-ignore no-explicit-any -- events have different arguments
  show: (name: Event, event: any) => string = (name, event) => `${name} ${event.jobId}`,
): string[] {
  const seen: string[] = [];
  for (const name of names) {
    // deno-lint-ignore no-explicit-any -- see above
    events.on(name, ((event: any) => void seen.push(show(name, event))) as any);
  }
  return seen;
}

const DURABLE = ["--appendonly", "yes", "--appendfsync", "no"];

/** One test on both servers. */
export function bullTest(title: string, body: (world: BullWorld) => Promise<void>): void {
  onBothServers("BullMQ", title, DURABLE, (server) => run(server, body));
}

async function run(server: ServerProcess, body: (world: BullWorld) => Promise<void>): Promise<void> {
  const world = new BullWorld(server);
  const { warn, error } = console;
  console.warn = console.error = (...data: unknown[]) => void world.warnings.push(data.map(String).join(" "));
  try {
    await body(world);
  } finally {
    await world.close();
    Object.assign(console, { warn, error });
  }
  assertEquals(world.errors, [], "errors that were emitted");
  assertEquals(world.warnings, [], "what the library warns of");
  await sameAfterReading(server);
}

/** The append-only file that the scripts have left says what there is. */
async function sameAfterReading(server: ServerProcess): Promise<void> {
  using client = await server.connect();
  const digest = async () => (await client.send(["DEBUG", "DIGEST"])).value;
  // What expires between two digests would be a difference.
  const { value: names } = await client.send(["KEYS", "*"]);
  assert(names.kind === "array");
  for (const name of names.items) {
    assert(name.kind === "bulk");
    await client.send(["PERSIST", name.bytes]);
  }
  const before = await digest();
  const { value } = await client.send(["DEBUG", "LOADAOF"]);
  assertEquals(value, { kind: "simple", text: "OK" });
  assertEquals(await digest(), before, "the data after reading the append-only file");
}

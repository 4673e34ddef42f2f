/**
 * redeno as a library: a Redis-compatible server inside of your program, made for tests.
 *
 * @example A test with data of its own
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createServer } from "@redeno/redeno";
 *
 * await using server = await createServer();
 * const client = server.client();
 * await client.call("HSET", "user:1", "name", "Ada", "visits", 1);
 * await client.call("HINCRBY", "user:1", "visits", 41);
 * const user = await client.call<Map<string, string>>("HGETALL", "user:1");
 * assertEquals(user.get("visits"), "42");
 * ```
 *
 * @example Time that passes when the test says so
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createServer } from "@redeno/redeno";
 *
 * await using server = await createServer({ clock: "manual", seed: 1 });
 * const job = server.client().call("BLPOP", "jobs", 5);
 * await server.advance(5000); // five seconds, at once
 * assertEquals(await job, null);
 * ```
 *
 * @example What your program does when Redis fails
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { createServer, ReplyError } from "@redeno/redeno";
 *
 * await using server = await createServer();
 * const client = server.client();
 * const fault = server.faults.reply("GET", "LOADING Redis is loading the dataset in memory", { times: 1 });
 * await assertRejects(() => client.call("GET", "k"), ReplyError, "LOADING");
 * assertEquals([await client.call("GET", "k"), fault.hits], [null, 1]);
 * ```
 *
 * @module
 */
export { createServer, EmbeddedServer } from "./embedded/server.ts";
export type {
  Bytes,
  CreateServerOptions,
  Directives,
  DirectiveValue,
  EmbeddedOptions,
  Flag,
} from "./embedded/options.ts";
export { type Argument, type ClientOptions, EmbeddedClient, type Message } from "./embedded/client.ts";
export { ReplyError, type ReplyValue } from "./embedded/reply.ts";
export { Fault, type FaultOptions } from "./embedded/fault.ts";
export type { DisconnectOptions, Faults, RequestFaultOptions } from "./embedded/faults.ts";
export type { DiskFaultOptions, DiskFaults } from "./embedded/faulty_disk.ts";
export { LocalClientClosed, MustWaitError } from "./server/local_client.ts";
export { ConfigError } from "./server/config/config_error.ts";
export { type DiskCall, type DiskOperation, MemoryDisk, type MemoryDiskOptions } from "./sys/memory_disk.ts";
export { type Disk, DiskError, type DiskFile, type OpenMode } from "./sys/disk.ts";
export type { ErrorCode } from "./sys/disk_failures.ts";
export { Random } from "./sys/random.ts";

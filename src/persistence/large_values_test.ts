/**
 * Large collections in snapshots: they are written in parts, clients that would change one wait until it is written, and
 * what changes it regardless has the rest written at once.
 */
import { assert, assertEquals } from "@std/assert";
import { type FakeClient, serverInProcess, settle } from "../../test/support/in_process.ts";
import { datasetDigest } from "../commands/server/debug_digest.ts";
import type { RedenoServer } from "../server/server.ts";
import { readStream } from "../store/stream/stream.ts";
import { streamIdText } from "../store/stream/stream_id.ts";
import { Slice, utf8 } from "../sys/bytes.ts";
import { ManualClock } from "../sys/clock.ts";
import type { MemoryDisk } from "../sys/memory_disk.ts";
import { Random } from "../sys/random.ts";

/** More than is written at once, when that is so many. */
const ELEMENTS = 2500;
const LARGE_ELEMENTS = 2000;
const LARGE = ["list", "set", "zset", "hash", "stream"];

/** Whenever somebody looks how long something took, it took longer: so a slice has time for few parts. */
class HastyClock extends ManualClock {
  override monotonicMs(): number {
    this.advance(0.6);
    return super.monotonicMs();
  }
}

function digest(server: RedenoServer, isReplayed = false): string {
  return `${datasetDigest(server.keyspace).join(",")}\n${groupsOf(server, isReplayed).join("\n")}`;
}

/**
 * The groups of the stream, of which a digest says nothing; what is pending without being there is not kept as commands, nor is how
 * much a group has read since the file was begun.
 */
function groupsOf({ keyspace }: RedenoServer, isReplayed: boolean): string[] {
  const stream = readStream(keyspace.databases[0]!, slice("stream"));
  return [...stream?.groups.values() ?? []].flatMap((group) => {
    const lines = [`${group.name} ${streamIdText(group.lastId)} ${isReplayed ? "" : group.entriesRead}`];
    for (const walk = group.walkAll(); walk.next();) {
      // Who replays commands has another clock here, and does not believe in times to come.
      const { id, consumer, deliveries } = group.pending;
      if (stream!.has(id)) lines.push(`${streamIdText(id)} ${consumer.name} ${deliveries}`);
    }
    return lines;
  });
}

const slice = (text: string) => new Slice(utf8(text));

async function started(configuration: string, disk?: MemoryDisk) {
  const running = serverInProcess(configuration, {
    clock: new HastyClock(),
    ...(disk === undefined ? {} : { disk }),
  });
  running.server.keyspace.largeElements = LARGE_ELEMENTS;
  await running.server.load();
  return { ...running, client: running.connect() };
}

async function fill(client: FakeClient): Promise<void> {
  const send = (words: string[]) => client.socket.command(words);
  const elements = Array.from({ length: ELEMENTS }, (_, i) => `element ${i}`);
  for (let from = 0; from < ELEMENTS; from += 1000) {
    const some = elements.slice(from, from + 1000);
    send(["RPUSH", "list", ...some]);
    send(["SADD", "set", ...some]);
    send(["ZADD", "zset", ...some.flatMap((text, i) => [`${(i * 7) % 100}`, text])]);
    send(["HSET", "hash", ...some.flatMap((text) => [text, `value of ${text}`])]);
  }
  for (const text of elements) send(["XADD", "stream", "*", "element", text]);
  send(["XGROUP", "CREATE", "stream", "g", "0"]);
  send(["XREADGROUP", "GROUP", "g", "c", "COUNT", "2000", "STREAMS", "stream", ">"]);
  send(["PEXPIRE", "hash", "100000000"]);
  send(["SELECT", "2"]);
  send(["ZADD", "zset", ...elements.flatMap((text, i) => [`${i / 8}`, text])]);
  for (let i = 0; i < 200; i++) send(["SET", `small:${i}`, `${i}`]);
  send(["SELECT", "0"]);
  for (let i = 0; i < 200; i++) send(["SET", `small:${i}`, `${i}`]);
  await settle();
  client.socket.take();
}

/** A change of anything: one that names its keys, or one that does not. */
function change(random: Random): string[] {
  const element = `element ${random.below(ELEMENTS)}`;
  switch (random.below(15)) {
    case 0:
      return ["LSET", "list", `${random.below(1000)}`, "other"];
    case 1:
      return ["SREM", "set", element];
    case 2:
      return ["ZINCRBY", "zset", "3.5", element];
    case 3:
      return ["HDEL", "hash", element];
    case 4:
      return ["EVAL", "return redis.call('hset', 'hash', ARGV[1], 'script')", "0", element];
    case 5:
      return ["EVAL", "return redis.call('zadd', 'zset', 5, ARGV[1])", "0", `new ${random.below(99)}`];
    case 6:
      return ["EVAL", "return redis.call('rpush', KEYS[1], ARGV[1])", "1", "list", element];
    case 7:
      return ["SUNIONSTORE", "set", "set", "small"];
    case 8:
      return ["XADD", "stream", "*", "element", element];
    case 11:
      return ["XREADGROUP", "GROUP", "g", `c${random.below(3)}`, "COUNT", "3", "STREAMS", "stream", ">"];
    case 9:
      return ["XTRIM", "stream", "MAXLEN", String(ELEMENTS - random.below(30))];
    case 10:
      return ["SELECT", random.below(2) === 0 ? "0" : "2"];
    default:
      return ["SET", `small:${random.below(200)}`, `${random.below(1000)}`];
  }
}

/** Changes data until no snapshot is under way. */
async function changeMeanwhile(
  server: RedenoServer,
  clients: readonly FakeClient[],
  random: Random,
): Promise<void> {
  for (let turns = 0; server.persistence.isBusy; turns++) {
    assert(turns < 10_000, "the snapshot does not end");
    for (const client of clients) {
      if (random.below(40) === 0) client.socket.command(change(random));
    }
    await settle();
  }
  for (const client of clients) client.socket.take();
}

for (
  const [what, configuration] of [["a snapshot", ""], ["a rewrite as commands", "aof-use-rdb-preamble no"]]
) {
  Deno.test(`${what} holds large collections as they were when it began, whatever changes them`, async () => {
    const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`seed ${seed}`);
    const random = new Random(seed);
    const before = await started(`save ""\nappendonly yes\n${configuration}`);
    const { server, client, disk } = before;
    await fill(client);
    const clients = [client, before.connect(), before.connect()];
    const expected = digest(server);
    await client.send("BGSAVE");
    await changeMeanwhile(server, clients, random);
    const saved = await started('save ""', disk.crash());
    assertEquals(digest(saved.server), expected, "the snapshot is of another moment");
    await client.send("BGREWRITEAOF");
    await changeMeanwhile(server, clients, random);
    await settle();
    const replayed = await started('save ""\nappendonly yes', disk.kill());
    assertEquals(digest(replayed.server, true), digest(server, true), "base and increment give other data");
  });
}

Deno.test("who changes a large collection during a snapshot waits until it is written, others do not", async () => {
  const before = await started('save ""');
  const { server, client } = before;
  await fill(client);
  const reader = before.connect();
  const writer = before.connect();
  const transaction = before.connect();
  await transaction.send("MULTI");
  await transaction.send("SET small:1 x");
  await transaction.send("DEL set");
  // So it stops after a key.
  await client.send("CONFIG SET rdb-key-save-delay 100000000");
  await client.send("BGSAVE");
  const { snapshot } = server.keyspace;
  assert(snapshot !== undefined);
  writer.socket.command(["ZADD", "zset", "1", "a new one"]);
  transaction.socket.command(["EXEC"]);
  assertEquals(await reader.send("ZCARD zset"), `:${ELEMENTS}\r\n`);
  assertEquals(await reader.send("SCARD set"), `:${ELEMENTS}\r\n`);
  assertEquals(await reader.send("SET small:2 y"), "+OK\r\n");
  assertEquals([writer.socket.received, transaction.socket.received], ["", ""]);
  await client.send("CONFIG SET rdb-key-save-delay 0");
  const turnsUntil = async (done: () => boolean) => {
    for (let turns = 0; !done(); turns++) {
      assert(turns < 1000, "it is never answered");
      await settle();
    }
  };
  await turnsUntil(() => writer.socket.received !== "" && transaction.socket.received !== "");
  assertEquals(writer.socket.take(), ":1\r\n");
  assertEquals(transaction.socket.take(), "*2\r\n+OK\r\n:1\r\n");
  await turnsUntil(() => !server.persistence.isBusy);
});

Deno.test("who waits for a large collection is served when the snapshot is given up", async () => {
  const before = await started('save ""');
  const { server, client } = before;
  await fill(client);
  // So it stops after a key.
  await client.send("CONFIG SET rdb-key-save-delay 100000000");
  await client.send("BGSAVE");
  const writers = LARGE.map((name) => {
    const writer = before.connect();
    writer.socket.command(["DEL", name]);
    return writer;
  });
  for (let i = 0; i < 5; i++) await Promise.resolve();
  assertEquals(writers.map(({ socket }) => socket.received), LARGE.map(() => ""));
  server.keyspace.snapshot!.abort();
  await settle();
  assertEquals(writers.map(({ socket }) => socket.received), LARGE.map(() => ":1\r\n"));
});

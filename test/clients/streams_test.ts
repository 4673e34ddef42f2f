/** Streams and their groups as ioredis and node-redis offer them, unchanged, on redeno and on redis-server. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Redis } from "ioredis";
import { createClient } from "redis";
import type { ServerProcess } from "../support/server_process.ts";
import { onBothServers } from "./servers.ts";

function addressOf(server: ServerProcess): { host: string; port: number } {
  assert("port" in server.address);
  return { host: server.address.hostname, port: server.address.port };
}

/** Asks with another connection until somebody waits for a stream. */
async function somebodyWaits(server: ServerProcess): Promise<void> {
  using client = await server.connect();
  while (true) {
    const { value } = await client.send(["INFO", "clients"]);
    const text = value.kind === "bulk" ? new TextDecoder().decode(value.bytes) : "";
    if (text.includes("blocked_clients:1\r")) return;
  }
}

function withIoredis(title: string, body: (redis: Redis, server: ServerProcess) => Promise<void>): void {
  onBothServers("ioredis", title, [], async (server) => {
    const redis = new Redis(addressOf(server));
    redis.on("error", () => {});
    try {
      await body(redis, server);
    } finally {
      redis.disconnect();
    }
  });
}

withIoredis("entries are added, counted, read both ways, deleted and trimmed", async (redis) => {
  assertEquals(await redis.xadd("s", "1-1", "name", "Ada", "visits", 1), "1-1");
  assertEquals(await redis.xadd("s", "1-*", "name", "Grace"), "1-2");
  assertEquals(await redis.xadd("s", "NOMKSTREAM", "2-0", "a", "b"), "2-0");
  assertEquals(await redis.xadd("none", "NOMKSTREAM", "*", "a", "b"), null);
  const newest = await redis.xadd("s", "MAXLEN", "~", 1000, "*", "last", "one");
  assertEquals(await redis.xlen("s"), 4);
  const all = await redis.xrange("s", "-", "+");
  assertEquals(all.slice(0, 2), [["1-1", ["name", "Ada", "visits", "1"]], ["1-2", ["name", "Grace"]]]);
  assertEquals(all[3], [newest!, ["last", "one"]]);
  assertEquals((await redis.xrevrange("s", "+", "(1-1", "COUNT", 2)).map(([id]) => id), [newest!, "2-0"]);
  assertEquals(await redis.xdel("s", "1-1", "7-7"), 1);
  assertEquals(await redis.xtrim("s", "MAXLEN", 1), 2);
  assertEquals((await redis.xrange("s", "-", "+")).length, 1);
  await assertRejects(
    () => redis.xadd("s", "1-1", "a", "b"),
    Error,
    "equal or smaller than the target stream top item",
  );
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  await redis.xadd(bytes, "5-0", bytes, bytes);
  const [entry] = await redis.xrangeBuffer(bytes, "-", "+");
  assertEquals([...entry![1][1]!], [...bytes]);
});

withIoredis("a reader waits for what will be added", async (redis, server) => {
  await redis.xadd("a", "1-0", "n", 1);
  assertEquals(await redis.xread("COUNT", 1, "STREAMS", "a", "b", "0", "0"), [["a", [["1-0", ["n", "1"]]]]]);
  assertEquals(await redis.xread("BLOCK", 1, "STREAMS", "a", "$"), null);
  const reader = redis.duplicate();
  try {
    const waiting = reader.xread("BLOCK", 0, "STREAMS", "a", "b", "$", "$");
    await somebodyWaits(server);
    await redis.multi().xadd("b", "2-0", "n", 2).xadd("b", "2-1", "n", 3).xadd("a", "9-0", "n", 4).exec();
    assertEquals(await waiting, [["b", [["2-0", ["n", "2"]], ["2-1", ["n", "3"]]]]]);
  } finally {
    reader.disconnect();
  }
});

withIoredis(
  "a group hands out its entries, and what is pending is looked up, claimed and acknowledged",
  async (redis, server) => {
    assertEquals(await redis.xgroup("CREATE", "s", "g", "$", "MKSTREAM"), "OK");
    await assertRejects(
      () => redis.xgroup("CREATE", "s", "g", "$"),
      Error,
      "BUSYGROUP Consumer Group name already exists",
    );
    for (let n = 1; n <= 4; n++) await redis.xadd("s", `${n}-0`, "n", n);
    const read = await redis.xreadgroup("GROUP", "g", "one", "COUNT", 2, "STREAMS", "s", ">");
    assertEquals(read, [["s", [["1-0", ["n", "1"]], ["2-0", ["n", "2"]]]]]);
    assertEquals((await redis.xreadgroup("GROUP", "g", "two", "STREAMS", "s", ">"))?.length, 1);
    assertEquals(await redis.xpending("s", "g"), [4, "1-0", "4-0", [["one", "2"], ["two", "2"]]]);
    const pending = await redis.xpending("s", "g", "-", "+", 10, "one") as [string, string, number, number][];
    assertEquals(pending.map(([id, consumer, , deliveries]) => [id, consumer, deliveries]), [[
      "1-0",
      "one",
      1,
    ], ["2-0", "one", 1]]);
    assertEquals(await redis.xack("s", "g", "1-0", "9-9"), 1);
    assertEquals(await redis.xclaim("s", "g", "two", 0, "2-0"), [["2-0", ["n", "2"]]]);
    await redis.xdel("s", "3-0");
    const [next, claimed, gone] = await redis.xautoclaim("s", "g", "three", 0, "0", "COUNT", 10) as [
      string,
      unknown[],
      string[],
    ];
    assertEquals([next, claimed.length, gone], ["0-0", 2, ["3-0"]]);
    assertEquals(await redis.xreadgroup("GROUP", "g", "three", "STREAMS", "s", "0"), [["s", claimed]]);
    const [group] = await redis.xinfo("GROUPS", "s") as unknown[][];
    assertEquals(group?.slice(0, 8), ["name", "g", "consumers", 3, "pending", 2, "last-delivered-id", "4-0"]);
    const consumers = await redis.xinfo("CONSUMERS", "s", "g") as unknown[][];
    assertEquals(consumers.map((consumer) => [consumer[1], consumer[3]]), [["one", 0], ["three", 2], [
      "two",
      0,
    ]]);
    const reader = redis.duplicate();
    try {
      const waiting = reader.xreadgroup("GROUP", "g", "four", "COUNT", 1, "BLOCK", 0, "STREAMS", "s", ">");
      await somebodyWaits(server);
      await redis.xadd("s", "7-0", "n", 7);
      assertEquals(await waiting, [["s", [["7-0", ["n", "7"]]]]]);
      const forever = reader.xreadgroup("GROUP", "g", "four", "BLOCK", 0, "STREAMS", "s", ">");
      const refused = assertRejects(() => forever, Error);
      await somebodyWaits(server);
      assertEquals(await redis.xgroup("DESTROY", "s", "g"), 1);
      await refused;
    } finally {
      reader.disconnect();
    }
  },
);

function newClient(server: ServerProcess, RESP: 2 | 3) {
  const { host, port } = addressOf(server);
  const client = createClient({ RESP, socket: { host, port } });
  client.on("error", () => {});
  return client;
}

type Client = ReturnType<typeof newClient>;

for (const RESP of [2, 3] as const) {
  const withNodeRedis = (title: string, body: (client: Client, server: ServerProcess) => Promise<void>) => {
    onBothServers(`node-redis with RESP${RESP}`, title, [], async (server) => {
      const client = newClient(server, RESP);
      await client.connect();
      try {
        await body(client, server);
      } finally {
        client.destroy();
      }
    });
  };

  withNodeRedis("streams are written, read and waited for", async (client, server) => {
    assertEquals(await client.xAdd("s", "1-0", { name: "Ada", visits: "1" }), "1-0");
    await client.xAdd("s", "2-0", { n: "2" }, {
      TRIM: { strategy: "MAXLEN", strategyModifier: "=", threshold: 10 },
    });
    const shown = (entries: readonly { id: string; message: object }[] | null) =>
      entries?.map(({ id, message }) => [id, { ...message }]);
    const all = [["1-0", { name: "Ada", visits: "1" }], ["2-0", { n: "2" }]];
    assertEquals(shown(await client.xRange("s", "-", "+")), all);
    assertEquals(shown(await client.xRevRange("s", "+", "-", { COUNT: 1 })), all.slice(1));
    // deno-lint-ignore no-explicit-any -- the library gives other types for other protocols
    const streams = (reply: any) => reply.map(({ name, messages }: any) => [name, shown(messages)]);
    const from = (id: string) => [{ key: "s", id }, { key: "t", id }];
    assertEquals(streams(await client.xRead(from("0"), { COUNT: 5 })), [["s", all]]);
    assertEquals(await client.xRead(from("$"), { BLOCK: 1 }), null);
    const reader = newClient(server, RESP);
    await reader.connect();
    try {
      const waiting = reader.xRead(from("$"), { BLOCK: 0 });
      await somebodyWaits(server);
      await client.xAdd("t", "5-0", { n: "5" });
      assertEquals(streams(await waiting), [["t", [["5-0", { n: "5" }]]]]);
    } finally {
      reader.destroy();
    }
    assertEquals([
      await client.xLen("s"),
      await client.xDel("s", ["1-0"]),
      await client.xTrim("s", "MAXLEN", 0),
    ], [2, 1, 1]);
  });

  withNodeRedis("groups are made, read, looked at and claimed from", async (client) => {
    assertEquals(await client.xGroupCreate("s", "g", "0", { MKSTREAM: true }), "OK");
    for (let n = 1; n <= 3; n++) await client.xAdd("s", `${n}-0`, { n: String(n) });
    await client.xReadGroup("g", "one", { key: "s", id: ">" }, { COUNT: 2 });
    const summary = await client.xPending("s", "g");
    assertEquals([summary.pending, summary.firstId, summary.lastId], [2, "1-0", "2-0"]);
    assertEquals(summary.consumers?.map((one) => ({ ...one })), [{ name: "one", deliveriesCounter: 2 }]);
    const range = await client.xPendingRange("s", "g", "-", "+", 10);
    assertEquals(range.map(({ id, consumer, deliveriesCounter }) => [id, consumer, deliveriesCounter]), [
      ["1-0", "one", 1],
      ["2-0", "one", 1],
    ]);
    await client.xDel("s", ["1-0"]);
    const { nextId, messages, deletedMessages } = await client.xAutoClaim("s", "g", "two", 0, "0-0");
    assertEquals([nextId, messages.map((message) => message?.id), [...deletedMessages]], ["0-0", ["2-0"], [
      "1-0",
    ]]);
    assertEquals(await client.xClaimJustId("s", "g", "one", 0, ["2-0"]), ["2-0"]);
    assertEquals(await client.xAck("s", "g", "2-0"), 1);
    const info = await client.xInfoStream("s");
    assertEquals([info.length, info["last-generated-id"], info["entries-added"], info.groups], [
      2,
      "3-0",
      3,
      1,
    ]);
    assertEquals([info["first-entry"]?.id, info["last-entry"]?.id], ["2-0", "3-0"]);
    const [group] = await client.xInfoGroups("s");
    assertEquals([group?.name, group?.consumers, group?.pending, group?.["entries-read"]], ["g", 2, 0, 2]);
    const consumers = await client.xInfoConsumers("s", "g");
    assertEquals(consumers.map(({ name, pending }) => [name, pending]), [["one", 0], ["two", 0]]);
    assertEquals(await client.xGroupDelConsumer("s", "g", "two"), 0);
    assertEquals(await client.xGroupDestroy("s", "g"), 1);
  });
}

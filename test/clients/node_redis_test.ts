/** node-redis, unchanged, against redeno; it says HELLO 3 first. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createClient, RESP_TYPES } from "redis";
import { startRedeno } from "../support/redeno_server.ts";
import type { ServerProcess } from "../support/server_process.ts";

function newClient(
  server: ServerProcess,
  RESP: 2 | 3,
  extra: { password?: string; name?: string; database?: number } = {},
) {
  assert("port" in server.address);
  const client = createClient({
    RESP,
    socket: { host: server.address.hostname, port: server.address.port, reconnectStrategy: 1 },
    ...extra,
  });
  // Errors of single commands reject their promises; a lost connection is what one test is about.
  client.on("error", () => {});
  return client;
}

type Client = ReturnType<typeof newClient>;

/** Runs `body` with a connected client, and closes it whatever happens. */
async function withServer(
  body: (client: Client, server: ServerProcess) => Promise<void>,
  RESP: 2 | 3 = 3,
): Promise<void> {
  await using server = await startRedeno({ listen: "tcp" });
  const client = newClient(server, RESP);
  await client.connect();
  try {
    await body(client, server);
  } finally {
    client.destroy();
  }
}

// The client keeps timers and sockets of node:net that outlive `destroy` by a turn of the event loop.
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

for (const RESP of [2, 3] as const) {
  Deno.test(`node-redis connects with RESP${RESP} and works`, LOOSE, async () => {
    await withServer(async (client) => {
      assertEquals(await client.ping(), "PONG");
      assertEquals(await client.set("k", "v", { expiration: { type: "EX", value: 1000 } }), "OK");
      assertEquals(await client.get("k"), "v");
      assertEquals(await client.get("nosuch"), null);
      assert(await client.ttl("k") > 990);
      assertStringIncludes(await client.info("server"), "redis_version:7.0.15");
      assertStringIncludes(String(await client.sendCommand(["CLIENT", "INFO"])), `resp=${RESP}`);
      assertEquals({ ...await client.configGet("maxmemory-samples") }, { "maxmemory-samples": "5" });
    }, RESP);
  });
}

Deno.test("node-redis gets what it sends in one turn answered in order", LOOSE, async () => {
  await withServer(async (client) => {
    const answers = await Promise.all(Array.from({ length: 1000 }, () => client.incr("counter")));
    assertEquals(answers, Array.from({ length: 1000 }, (_, i) => i + 1));
    const settled = await Promise.allSettled([
      client.set("text", "abc"),
      client.incr("text"),
      client.get("text"),
    ]);
    assertEquals(settled.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  });
});

Deno.test("node-redis sends and gets binary values", LOOSE, async () => {
  await withServer(async (client) => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    await client.set(bytes, bytes);
    const buffers = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    assertEquals([...(await buffers.get(bytes) as unknown as Buffer)], [...bytes]);
  });
});

Deno.test("node-redis uses commands of many keys", LOOSE, async () => {
  await withServer(async (client) => {
    await client.mSet({ a: "1", b: "2", c: "3" });
    assertEquals(await client.mGet(["a", "nosuch", "c"]), ["1", null, "3"]);
    const scanned: string[] = [];
    for await (const keys of client.scanIterator({ MATCH: "*", COUNT: 1 })) scanned.push(...[keys].flat());
    assertEquals(scanned.sort(), ["a", "b", "c"]);
    assertEquals(await client.del(["a", "b", "nosuch"]), 2);
    assertEquals(await client.dbSize(), 1);
  });
});

Deno.test("node-redis sees errors as Redis words them", LOOSE, async () => {
  await withServer(async (client) => {
    await assertRejects(() => client.sendCommand(["NOSUCH", "a"]), Error, "ERR unknown command 'NOSUCH'");
    await assertRejects(
      () => client.sendCommand(["GET"]),
      Error,
      "ERR wrong number of arguments for 'get' command",
    );
  });
});

Deno.test("node-redis comes back after CLIENT KILL", LOOSE, async () => {
  await withServer(async (client, server) => {
    await client.set("k", "v");
    const id = await client.clientId();
    const ready = new Promise((resolve) => client.once("ready", resolve));
    using killer = await server.connect();
    const { value } = await killer.send(["CLIENT", "KILL", "ID", String(id)]);
    assertEquals(value, { kind: "integer", value: 1n });
    await ready;
    assertEquals(await client.get("k"), "v");
    assert(await client.clientId() !== id);
  });
});

Deno.test("node-redis logs in, names itself and selects a database", LOOSE, async () => {
  await using server = await startRedeno({ listen: "tcp", args: ["--requirepass", "secret"] });
  const client = newClient(server, 3, { password: "secret", name: "worker", database: 2 });
  await client.connect();
  try {
    assertEquals(await client.clientGetName(), "worker");
    assertStringIncludes(String(await client.sendCommand(["CLIENT", "INFO"])), "db=2");
  } finally {
    client.destroy();
  }
});

for (const RESP of [2, 3] as const) {
  Deno.test(`node-redis listens with RESP${RESP}`, LOOSE, async () => {
    await withServer(async (client, server) => {
      const listener = newClient(server, RESP);
      await listener.connect();
      try {
        const heard: string[] = [];
        const note = (text: string, channel: string) => void heard.push(`${channel} ${text}`);
        await listener.subscribe(["news", "other"], note);
        await listener.pSubscribe("n*", note);
        await listener.sSubscribe("shard", note);
        assertEquals(await client.publish("news", "one"), 2);
        assertEquals(await client.sPublish("shard", "two"), 1);
        assertEquals(await client.pubSubNumSub(["news", "none"]), { news: 1, none: 0 });
        await listener.unsubscribe("other");
        assertEquals(heard, ["news one", "news one", "shard two"]);
        await listener.unsubscribe();
        await listener.pUnsubscribe();
        await listener.sUnsubscribe();
        assertEquals(await listener.get("nosuch"), null);
      } finally {
        listener.destroy();
      }
    }, RESP);
  });
}

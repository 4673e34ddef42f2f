/** Fixtures, and files that outlive a server. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createServer, type EmbeddedServer } from "../../src/mod.ts";

async function fill(server: EmbeddedServer): Promise<void> {
  const client = server.client();
  await client.call("SET", "text", "wörd", "PX", 5000);
  await client.call("RPUSH", "list", ...Array.from({ length: 500 }, (_, i) => i));
  await client.call("SELECT", 9);
  await client.call("ZADD", "zset", 1.5, "a", -2, "b");
}

async function check(server: EmbeddedServer): Promise<void> {
  const client = server.client();
  assertEquals(await client.call("GET", "text"), "wörd");
  assertEquals(await client.call("LLEN", "list"), 500);
  await client.call("SELECT", 9);
  assertEquals(await client.call("ZRANGE", "zset", 0, -1), ["b", "a"]);
}

Deno.test("what one server dumps another one begins with, with and without an append-only file", async () => {
  await using server = await createServer({ clock: "manual" });
  await fill(server);
  const rdb = server.dump();
  for (const appendonly of [false, true]) {
    await using copy = await createServer({ clock: "manual", rdb, appendonly });
    await check(copy);
    assertEquals(await copy.client().call("PTTL", "text"), 5000);
    await copy.client().call("INCR", "more");
    await using again = await createServer({ clock: "manual", rdb: copy.dump() });
    assertEquals(await again.client().call("GET", "more"), "1");
  }
});

Deno.test("data is restored in the place of other data", async () => {
  await using server = await createServer({ clock: "manual" });
  await fill(server);
  const rdb = server.dump();
  const client = server.client();
  await client.call("SET", "other", 1);
  await client.call("DEL", "list");
  server.restore(rdb);
  await check(server);
  assertEquals(await client.call("EXISTS", "other"), 0);
  await server.advance(10_000);
  server.restore(rdb); // The time of "text" has passed.
  assertEquals([await client.call("EXISTS", "text"), await client.call("EXISTS", "list")], [0, 1]);
  assertThrows(() => server.restore(rdb.slice(0, 100)));
  assertEquals(await client.call("DBSIZE"), 0);
});

Deno.test("restored data is in the append-only file as well", async () => {
  await using source = await createServer({ clock: "manual" });
  await fill(source);
  await using server = await createServer({ clock: "manual", appendonly: true, appendfsync: "always" });
  await server.client().call("SET", "old", 1);
  server.restore(source.dump());
  await server.settle();
  await server.client().call("SET", "new", 1);
  await using after = await createServer({ clock: "manual", appendonly: true, disk: server.disk.crash() });
  await check(after);
  assertEquals(await after.client().call("EXISTS", "old", "new"), 1);
});

Deno.test("an RDB file that is none is refused", async () => {
  await assertRejects(() => createServer({ rdb: new TextEncoder().encode("nonsense") }), Error);
});

Deno.test("files stay in their directory, which is the server's own", async () => {
  const folder = await Deno.makeTempDir();
  const directory = `${folder}/data`;
  try {
    {
      await using server = await createServer({ directory, appendonly: true });
      await fill(server);
      const [, dir] = await server.client({ protocol: 2 }).call<string[]>("CONFIG", "GET", "dir");
      assertEquals(dir, directory);
    }
    {
      await using server = await createServer({ directory, appendonly: true });
      await check(server);
      assertThrows(() => server.disk, Error, "in a directory");
    }
    assert((await Deno.stat(`${directory}/appendonlydir`)).isDirectory);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a directory is saved to at the end as a real server would", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await (async () => {
      await using server = await createServer({ directory, save: "3600 1" });
      await fill(server);
    })();
    await using server = await createServer({ directory });
    await check(server);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("after a power cut there is what was synced", async () => {
  await using server = await createServer({ appendonly: true, appendfsync: "everysec", clock: "manual" });
  const client = server.client();
  await client.call("SET", "synced", 1);
  await server.advance(1500);
  await client.call("SET", "written", 1);
  await using crashed = await createServer({ appendonly: true, disk: server.disk.crash() });
  assertEquals(await crashed.client().call("KEYS", "*"), ["synced"]);
  await using killed = await createServer({ appendonly: true, disk: server.disk.kill() });
  assertEquals(await killed.client().call("DBSIZE"), 2);
});

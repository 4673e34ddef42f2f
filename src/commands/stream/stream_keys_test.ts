/** What happens to streams as values of keys: they are copied, freed at once and in steps, die and give way as others do. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { serverInProcess } from "../../../test/support/in_process.ts";
import { type TestServer, testServer } from "../../../test/support/test_server.ts";

const ENTRIES = 1500;

/** A server whose key `k` is a stream with everything pending twice, and how many bytes were used before. */
function withStream(): { server: TestServer; before: number } {
  const server = testServer();
  const before = server.keyspace.usedBytes;
  for (let i = 1; i <= ENTRIES; i++) server.send(`XADD k ${i}-1 field ${i}`);
  for (const group of ["g", "h"]) {
    server.send(`XGROUP CREATE k ${group} 0`);
    server.send(`XREADGROUP GROUP ${group} a COUNT 1000 STREAMS k >`);
    server.send(`XREADGROUP GROUP ${group} b STREAMS k >`);
  }
  assertEquals(server.send("XPENDING k h"), [ENTRIES, "1-1", `${ENTRIES}-1`, [["a", "1000"], ["b", "500"]]]);
  return { server, before };
}

Deno.test("a stream that goes gives everything back, whatever makes it go", async (t) => {
  const lines = ["DEL k", "SET k v", "FLUSHALL SYNC", "RENAME small k", "PEXPIREAT k 1"];
  for (const line of lines) {
    await t.step(line, () => {
      const { server } = withStream();
      server.send("SET small v");
      const full = server.keyspace.usedBytes;
      server.send(line);
      const used = server.keyspace.usedBytes;
      assert(used < full / 10, `${used} of ${full}`);
      server[Symbol.dispose]();
    });
  }
});

Deno.test("UNLINK and FLUSHALL ASYNC free a stream in steps", () => {
  for (const line of ["UNLINK k", "FLUSHALL ASYNC"]) {
    const { server, before } = withStream();
    const { keyspace } = server;
    const full = keyspace.usedBytes;
    server.send(line);
    assertEquals(server.send("EXISTS k"), 0);
    assert(keyspace.usedBytes > (before + full) / 2, "nothing of it is freed yet");
    let steps = 0;
    while (keyspace.freeSome(() => false)) steps++;
    assert(steps > 0);
    assert(keyspace.usedBytes < before + (full - before) / 100, `${keyspace.usedBytes} of ${full}`);
    server[Symbol.dispose]();
  }
});

Deno.test("a copied stream has groups of its own", () => {
  const { server } = withStream();
  assertEquals(server.send("COPY k copy"), 1);
  assertEquals(server.send("DUMP copy"), server.send("DUMP k"));
  server.send("XACK k g 1-1");
  server.send("XGROUP DELCONSUMER copy g b");
  server.send("XDEL copy 5-1");
  const pending = (key: string) => (server.send(`XPENDING ${key} g`) as unknown[])[0];
  assertEquals([pending("k"), pending("copy")], [ENTRIES - 1, 1000]);
  assertEquals([server.send("XLEN k"), server.send("XLEN copy")], [ENTRIES, ENTRIES - 1]);
  server.send("DEL k");
  assertEquals(pending("copy"), 1000);
  server[Symbol.dispose]();
});

Deno.test("MEMORY USAGE tells of entries, and of what is pending", () => {
  const server = testServer();
  const usage = () => server.send("MEMORY USAGE k") as number;
  server.send("XGROUP CREATE k g 0 MKSTREAM");
  const empty = usage();
  for (let i = 1; i <= ENTRIES; i++) server.send(`XADD k ${i}-1 field ${"x".repeat(10)}`);
  const filled = usage();
  server.send("XREADGROUP GROUP g a STREAMS k >");
  const read = usage();
  assert(empty < 3000, `${empty}`);
  assert(filled - empty > ENTRIES * 12, `${filled} after ${empty}`);
  assert(read - filled > ENTRIES * (36 + 16), `${read} after ${filled}`);
  server[Symbol.dispose]();
});

Deno.test("a stream gives way when there is too little memory", async () => {
  const { server, connect } = serverInProcess('save ""\nmaxmemory-policy allkeys-random');
  await server.load();
  const client = connect();
  for (let i = 1; i <= 100; i++) await client.send(`XADD k ${i}-1 field ${i}`);
  await client.send("XGROUP CREATE k g 0");
  await client.send("XREADGROUP GROUP g a STREAMS k >");
  await client.send("CONFIG SET maxmemory 1");
  assertMatch(await client.send("SET other v"), /^-OOM/);
  assertEquals(await client.send("EXISTS k"), ":0\r\n");
  assertEquals(server.keyspace.size, 0);
  server.shutdown({ save: "no", force: true });
});

import { assert, assertEquals } from "@std/assert";
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";
import { latin1 } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

const NOT_INTEGER = "ERR value is not an integer or out of range";

function encoding(server: TestServer, key: string): unknown {
  return server.send(["OBJECT", "ENCODING", key]);
}

function payloadOf(server: TestServer, key: string): Uint8Array {
  const reply = server.raw(["DUMP", key]);
  return latin1(reply.slice(reply.indexOf("\r\n") + 2, -2));
}

Deno.test("HSET, HSETNX and HMSET set fields", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["HSET k a 1 b 2", 2],
    ["HSET k a 3 c 4", 1],
    ["HSETNX k a 9", 0],
    ["HSETNX k d 5", 1],
    ["HMSET k a 6 e 7", "OK"],
    ["HGETALL k", ["a", "6", "b", "2", "c", "4", "d", "5", "e", "7"]],
    ["HSET k a", "ERR wrong number of arguments for 'hset' command"],
    ["HSET k a 1 b", "ERR wrong number of arguments for 'hset' command"],
    ["HMSET k a 1 b", "ERR wrong number of arguments for 'hmset' command"],
  ]);
});

Deno.test("HGET, HMGET, HEXISTS, HSTRLEN, HLEN, HKEYS and HVALS read fields", async (t) => {
  using server = testServer();
  server.send("HSET k a 1 b two");
  await checkReplies(t, server, [
    ["HGET k b", "two"],
    ["HGET k x", null],
    ["HMGET k b x a", ["two", null, "1"]],
    ["HMGET nokey a", [null]],
    ["HEXISTS k a", 1],
    ["HEXISTS k x", 0],
    ["HSTRLEN k b", 3],
    ["HSTRLEN k x", 0],
    ["HLEN k", 2],
    ["HLEN nokey", 0],
    ["HKEYS k", ["a", "b"]],
    ["HVALS k", ["1", "two"]],
    ["HKEYS nokey", []],
  ]);
});

Deno.test("HDEL removes the key with the last field", async (t) => {
  using server = testServer();
  server.send("HSET k a 1 b 2");
  await checkReplies(t, server, [
    ["HDEL k a x a", 1],
    ["HDEL k b b", 1],
    ["EXISTS k", 0],
    ["HDEL k a", 0],
  ]);
});

Deno.test("HINCRBY and HINCRBYFLOAT count, and refuse what is no number", async (t) => {
  using server = testServer();
  server.send("HSET k text abc big 9223372036854775806");
  await checkReplies(t, server, [
    ["HINCRBY k n 5", 5],
    ["HINCRBY k n -7", -2],
    ["HINCRBY k big 2", "ERR increment or decrement would overflow"],
    ["HINCRBY k text 1", "ERR hash value is not an integer"],
    ["HINCRBY k n x", NOT_INTEGER],
    ["HINCRBYFLOAT k n 0.5", "-1.5"],
    ["HINCRBYFLOAT k text 1", "ERR hash value is not a float"],
    ["HINCRBYFLOAT k n x", "ERR value is not a valid float"],
    ["HINCRBYFLOAT nokey n inf", "ERR value is NaN or Infinity"],
    ["EXISTS nokey", 0],
  ]);
  assertEquals(server.raw("HINCRBY k big 1"), ":9223372036854775807\r\n");
});

Deno.test("commands of hashes tell their events", () => {
  using server = testServer();
  const cases: [string, string[]][] = [
    ["HSET h a 1 b 2", ["new h@0", "hset h@0"]],
    ["HSET h a 1", ["hset h@0"]],
    ["HSETNX h a 1", []],
    ["HSETNX h c 1", ["hset h@0"]],
    ["HINCRBY h a 1", ["hincrby h@0"]],
    ["HINCRBYFLOAT h a 1", ["hincrbyfloat h@0"]],
    ["HDEL h a", ["hdel h@0"]],
    ["HDEL h x", []],
    ["HDEL h b c d", ["hdel h@0", "del h@0"]],
    ["HGET h a", ["keymiss h@0"]],
  ];
  for (const [line, events] of cases) {
    server.send(line);
    assertEquals(server.takeEvents(), events, line);
  }
});

Deno.test("a hash changes its encoding once, and keeps its time to live", () => {
  using server = testServer();
  server.keyspace.limits.hashListpackEntries = 3;
  server.keyspace.limits.hashListpackValue = 5;
  server.send("HSET k a 1 b 2 c 12345");
  server.send("EXPIRE k 100");
  assertEquals(encoding(server, "k"), "listpack");
  server.send("HSET k d 4");
  assertEquals(encoding(server, "k"), "hashtable");
  server.send("HDEL k a b c");
  assertEquals(encoding(server, "k"), "hashtable");
  assertEquals(server.send("TTL k"), 100);
  server.send("HSET l a 1");
  server.send("HSETNX l a 123456");
  assertEquals(encoding(server, "l"), "listpack");
  server.send("HINCRBY l a 999999");
  assertEquals(encoding(server, "l"), "hashtable");
  assertEquals(server.send("HGETALL l"), ["a", "1000000"]);
});

Deno.test("HRANDFIELD draws what it was asked for", async (t) => {
  using server = testServer();
  server.send("HSET one f v");
  await checkReplies(t, server, [
    ["HRANDFIELD one", "f"],
    ["HRANDFIELD one -3", ["f", "f", "f"]],
    ["HRANDFIELD one 5 WITHVALUES", ["f", "v"]],
    ["HRANDFIELD nokey", null],
    ["HRANDFIELD nokey 3", []],
    ["HRANDFIELD one 1 x", "ERR syntax error"],
    ["HRANDFIELD one x", NOT_INTEGER],
    ["HRANDFIELD one 9223372036854775807 WITHVALUES", "ERR value is out of range"],
  ]);
  for (const limit of [0, 512]) {
    server.keyspace.limits.hashListpackEntries = limit;
    server.send("DEL k");
    for (let i = 0; i < 100; i++) server.send(`HSET k f${i} ${i}`);
    for (const count of [1, 10, 50, 99]) {
      const drawn = server.send(`HRANDFIELD k ${count} WITHVALUES`) as string[];
      assertEquals(drawn.length, 2 * count);
      assertEquals(new Set(drawn.filter((_, i) => i % 2 === 0)).size, count);
      for (let i = 0; i < drawn.length; i += 2) assertEquals(drawn[i], `f${drawn[i + 1]}`);
    }
  }
});

Deno.test("HRANDFIELD draws all fields equally often, in both encodings and with every count", () => {
  for (const limit of [0, 512]) {
    for (const count of ["-20", "3", "12"]) {
      using server = testServer({}, 99);
      server.keyspace.limits.hashListpackEntries = limit;
      for (let i = 0; i < 20; i++) server.send(`HSET k f${i} ${i}`);
      const counts = new Map<string, number>();
      let draws = 0;
      while (draws < 20_000) {
        for (const field of server.send(`HRANDFIELD k ${count}`) as string[]) {
          counts.set(field, (counts.get(field) ?? 0) + 1);
          draws++;
        }
      }
      const expected = draws / 20;
      const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      // 19 degrees of freedom: beyond 58 with a probability of 1 in 100,000.
      assert(counts.size === 20 && chiSquare < 58, `limit ${limit}, count ${count}: ${chiSquare}`);
    }
  }
});

Deno.test("HSCAN walks over everything", () => {
  using server = testServer();
  for (const fields of [10, 2000]) {
    server.send("DEL k");
    for (let i = 0; i < fields; i++) server.send(`HSET k f${i} ${i}`);
    const seen = new Map<string, string>();
    let cursor = "0";
    do {
      const [next, pairs] = server.send(`HSCAN k ${cursor} COUNT 50`) as [string, string[]];
      for (let i = 0; i < pairs.length; i += 2) seen.set(pairs[i]!, pairs[i + 1]!);
      cursor = next;
    } while (cursor !== "0");
    assertEquals(seen.size, fields);
    assertEquals(seen.get("f7"), "7");
  }
  assertEquals(server.send("HSCAN nokey 0"), ["0", []]);
  assertEquals(server.send("HSCAN nokey x"), "ERR invalid cursor");
  assertEquals(server.send("HSCAN k 0 NOVALUES"), "ERR syntax error");
});

Deno.test("hashes agree with Maps through random commands, across encodings", () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  using server = testServer({}, seed);
  server.keyspace.limits.hashListpackEntries = 20;
  server.keyspace.limits.hashListpackValue = 30;
  const before = server.keyspace.usedBytes;
  const models = new Map<string, Map<string, string>>();
  const lengths = [0, 1, 5, 29, 30, 31, 40_000];
  for (let step = 0; step < 10_000; step++) {
    const key = `key${random.below(4)}`;
    const field = `f${random.below(40)}`;
    const model = models.get(key) ?? new Map<string, string>();
    switch (random.below(8)) {
      case 0:
      case 1:
      case 2: {
        const longest = random.below(100) === 0 ? lengths.length : 5;
        const value = String(random.below(1000)).padEnd(lengths[random.below(longest)]!, "x");
        assertEquals(server.send(["HSET", key, field, value]), model.has(field) ? 0 : 1);
        model.set(field, value);
        break;
      }
      case 3:
      case 4:
        assertEquals(server.send(`HDEL ${key} ${field}`), model.delete(field) ? 1 : 0);
        break;
      case 5: {
        const old = model.get(field) ?? "0";
        const reply = server.send(`HINCRBY ${key} ${field} 7`);
        if (/^\d+$/.test(old)) {
          assertEquals(reply, Number(old) + 7);
          model.set(field, String(Number(old) + 7));
        } else assertEquals(reply, "ERR hash value is not an integer");
        break;
      }
      case 6:
        assertEquals(server.send(`HGET ${key} ${field}`), model.get(field) ?? null);
        assertEquals(server.send(`HLEN ${key}`), model.size);
        break;
      default:
        if (random.below(30) > 0) break;
        server.send(`DEL ${key}`);
        model.clear();
    }
    models.set(key, model);
    if (step % 50 > 0) continue;
    const all = server.send(`HGETALL ${key}`) as string[];
    const found = new Map<string, string>();
    for (let i = 0; i < all.length; i += 2) found.set(all[i]!, all[i + 1]!);
    assertEquals(found, model);
    assertEquals(server.send(`EXISTS ${key}`), model.size > 0 ? 1 : 0);
  }
  server.send("FLUSHALL");
  server.keyspace.freeSome(() => true);
  assert(server.keyspace.usedBytes <= before, "memory is given back");
});

Deno.test("DUMP and RESTORE keep a hash, its encoding as the limits have it", () => {
  using server = testServer();
  for (const fields of [3, 600]) {
    server.send("DEL k copy");
    for (let i = 0; i < fields; i++) server.send(`HSET k f${i} value${i}`);
    const payload = payloadOf(server, "k");
    assertEquals(server.send(["RESTORE", "copy", "0", payload]), "OK");
    assertEquals(server.send("DEBUG DIGEST-VALUE copy"), server.send("DEBUG DIGEST-VALUE k"));
    assertEquals(encoding(server, "copy"), encoding(server, "k"));
    server.keyspace.limits.hashListpackEntries = 2;
    assertEquals(server.send(["RESTORE", "copy", "0", payload, "REPLACE"]), "OK");
    assertEquals(encoding(server, "copy"), "hashtable");
    server.keyspace.limits.hashListpackEntries = 512;
  }
});

Deno.test("DEL and UNLINK of a large hash free it as the directives say", () => {
  for (
    const [command, lazy, pending] of [["UNLINK", false, 1], ["DEL", false, 0], ["DEL", true, 1]] as const
  ) {
    using server = testServer();
    const { keyspace } = server;
    keyspace.lazyFreeing.userDelete = lazy;
    const before = keyspace.usedBytes;
    for (let i = 0; i < 2000; i++) server.send(`HSET k f${i} value${i}`);
    server.send(`${command} k`);
    assertEquals(keyspace.lazyFreePending, pending);
    assertEquals(keyspace.usedBytes > before + 1000, pending === 1);
    keyspace.freeSome(() => true);
    assertEquals(keyspace.lazyFreePending, 0);
    assertEquals(keyspace.usedBytes, before);
    assertEquals(keyspace.lazyFreed, pending);
  }
});

Deno.test("overwriting and expiry free large hashes later where the directives say so", () => {
  using server = testServer();
  const { keyspace } = server;
  keyspace.lazyFreeing.serverDelete = keyspace.lazyFreeing.expire = true;
  const fill = (key: string) => {
    for (let i = 0; i < 1000; i++) server.send(`HSET ${key} f${i} value${i}`);
  };
  fill("a");
  server.send("SET a string");
  assertEquals(keyspace.lazyFreePending, 1);
  fill("b");
  server.send("RENAME a b");
  assertEquals(keyspace.lazyFreePending, 2);
  fill("c");
  server.send("PEXPIRE c 10");
  server.clock.advance(20);
  server.send("GET c");
  assertEquals(keyspace.lazyFreePending, 3);
  fill("d");
  server.send("FLUSHALL ASYNC");
  assertEquals(keyspace.freeSome(() => true), false);
  assertEquals(keyspace.lazyFreePending, 0);
});

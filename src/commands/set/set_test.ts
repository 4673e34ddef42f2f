import { assert, assertEquals } from "@std/assert";
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";
import { latin1 } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

const NOT_POSITIVE = "ERR value is out of range, must be positive";

function encoding(server: TestServer, key: string): unknown {
  return server.send(["OBJECT", "ENCODING", key]);
}

function members(server: TestServer, line: string): string[] {
  return (server.send(line) as string[]).sort();
}

function payloadOf(server: TestServer, key: string): Uint8Array {
  const reply = server.raw(["DUMP", key]);
  return latin1(reply.slice(reply.indexOf("\r\n") + 2, -2));
}

Deno.test("SADD, SREM, SCARD, SISMEMBER, SMISMEMBER and SMEMBERS", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["SADD k 3 1 2 1", 3],
    ["SADD k 1 4", 1],
    ["SMEMBERS k", ["1", "2", "3", "4"]],
    ["SCARD k", 4],
    ["SISMEMBER k 4", 1],
    ["SISMEMBER k x", 0],
    ["SMISMEMBER k 1 x 2", [1, 0, 1]],
    ["SMISMEMBER nokey 1", [0]],
    ["SREM k 1 x 2", 2],
    ["SREM k 3 4 5", 2],
    ["EXISTS k", 0],
    ["SREM k 1", 0],
    ["SMEMBERS k", []],
    ["SCARD k", 0],
  ]);
});

Deno.test("a set of integers becomes a table with a text, or with too many, and keeps its time to live", () => {
  using server = testServer();
  server.keyspace.limits.setIntsetEntries = 3;
  server.send("SADD k 1 2 3");
  server.send("EXPIRE k 100");
  assertEquals(encoding(server, "k"), "intset");
  server.send("SADD k 4");
  assertEquals(encoding(server, "k"), "hashtable");
  assertEquals(server.send("TTL k"), 100);
  server.send("SREM k 1 2");
  assertEquals(encoding(server, "k"), "hashtable");
  server.send("SADD l 1 text");
  assertEquals(encoding(server, "l"), "hashtable");
  assertEquals(members(server, "SMEMBERS l"), ["1", "text"]);
});

Deno.test("SMOVE moves a member, and the keys go and come with it", async (t) => {
  using server = testServer({ string: "s" });
  server.send("SADD a 1 2 x");
  await checkReplies(t, server, [
    ["SMOVE a b 1", 1],
    ["SMOVE a b nosuch", 0],
    ["SMOVE a a 2", 1],
    ["SMOVE a b x", 1],
    ["OBJECT ENCODING b", "hashtable"],
    ["SMOVE a b 2", 1],
    ["EXISTS a", 0],
    ["SMOVE a string 2", 0],
    ["SMOVE b string 2", "WRONGTYPE Operation against a key holding the wrong kind of value"],
    ["SCARD b", 3],
  ]);
});

Deno.test("commands of sets tell their events", () => {
  using server = testServer();
  const cases: [string, string[]][] = [
    ["SADD s 1 2 3", ["new s@0", "sadd s@0"]],
    ["SADD s 1", []],
    ["SADD s x", ["sadd s@0"]],
    ["SREM s 1", ["srem s@0"]],
    ["SREM s 9", []],
    ["SPOP s 0", []],
    ["SPOP s 1", ["spop s@0"]],
    ["SPOP s 9", ["spop s@0", "del s@0"]],
    ["SADD s 1 2", ["new s@0", "sadd s@0"]],
    ["SMOVE s t 1", ["srem s@0", "new t@0", "sadd t@0"]],
    ["SMOVE s s 2", []],
    ["SMOVE s t 2", ["srem s@0", "del s@0", "sadd t@0"]],
    ["SADD u 1", ["new u@0", "sadd u@0"]],
    ["SMOVE u t 1", ["srem u@0", "del u@0"]],
    ["SUNIONSTORE d t", ["new d@0", "sunionstore d@0"]],
    ["SUNIONSTORE d t", ["sunionstore d@0"]],
    ["SINTERSTORE d t", ["sinterstore d@0"]],
    ["SDIFFSTORE d t", ["sdiffstore d@0"]],
    ["SDIFFSTORE d t t", ["del d@0"]],
    ["COPY t v", ["new v@0", "copy_to v@0"]],
    ["COPY t v REPLACE", ["new v@0", "copy_to v@0"]],
    ["SPOP t", ["spop t@0"]],
    ["SPOP t", ["spop t@0", "del t@0"]],
  ];
  for (const [line, events] of cases) {
    server.send(line);
    assertEquals(server.takeEvents(), events, line);
  }
});

Deno.test("SUNION, SINTER, SDIFF and what they store", async (t) => {
  using server = testServer({ d: "a string" });
  server.send("SADD a 1 2 3 4");
  server.send("SADD b 3 4 5");
  server.send("SADD c 4 x");
  await checkReplies(t, server, [
    ["SUNION a b", ["1", "2", "3", "4", "5"]],
    ["SINTER a b c", ["4"]],
    ["SINTER a nokey", []],
    ["SDIFF a b c", ["1", "2"]],
    ["SDIFF nokey a", []],
    ["SUNIONSTORE d a b", 5],
    ["OBJECT ENCODING d", "intset"],
    ["SINTERSTORE d a b", 2],
    ["SMEMBERS d", ["3", "4"]],
    ["SDIFFSTORE d c a", 1],
    ["SMEMBERS d", ["x"]],
    ["OBJECT ENCODING d", "hashtable"],
    ["SUNIONSTORE a a b", 5],
    ["SCARD a", 5],
    ["SDIFFSTORE d b b", 0],
    ["EXISTS d", 0],
    ["SINTERCARD 2 a b", 3],
    ["SINTERCARD 2 a b LIMIT 2", 2],
    ["SINTERCARD 0 a", "ERR numkeys should be greater than 0"],
    ["SINTERCARD 2 a", "ERR Number of keys can't be greater than number of args"],
    ["SINTERCARD 1 a LIMIT -1", "ERR LIMIT can't be negative"],
    ["SINTERCARD 1 a b", "ERR syntax error"],
  ]);
});

Deno.test("SPOP and SRANDMEMBER draw what they were asked for", async (t) => {
  using server = testServer();
  server.send("SADD one m");
  await checkReplies(t, server, [
    ["SRANDMEMBER one", "m"],
    ["SRANDMEMBER one -3", ["m", "m", "m"]],
    ["SRANDMEMBER one 5", ["m"]],
    ["SRANDMEMBER nokey", null],
    ["SRANDMEMBER nokey 2", []],
    ["SPOP one 0", []],
    ["SPOP one -1", NOT_POSITIVE],
    ["SPOP one x", NOT_POSITIVE],
    ["SPOP one 1 2", "ERR syntax error"],
    ["SPOP one", "m"],
    ["SPOP one", null],
    ["SPOP one 3", []],
  ]);
  for (const prefix of ["", "m"]) {
    server.send("DEL k");
    for (let i = 0; i < 100; i++) server.send(`SADD k ${prefix}${i}`);
    for (const count of [1, 10, 50, 99]) {
      assertEquals(new Set(server.send(`SRANDMEMBER k ${count}`) as string[]).size, count);
    }
    const popped = new Set<string>();
    for (const count of [1, 10, 30]) for (const m of members(server, `SPOP k ${count}`)) popped.add(m);
    assertEquals(popped.size, 41);
    for (const m of members(server, "SMEMBERS k")) popped.add(m);
    assertEquals(popped.size, 100);
  }
});

Deno.test("SRANDMEMBER and SPOP draw all members equally often, in both encodings", () => {
  for (const prefix of ["", "m"]) {
    for (
      const command of ["SRANDMEMBER k -20", "SRANDMEMBER k 3", "SRANDMEMBER k 12", "SPOP k 3", "SPOP k"]
    ) {
      using server = testServer({}, 5);
      const counts = new Map<string, number>();
      let draws = 0;
      while (draws < 3_000) {
        server.send(["SADD", "k", ...Array.from({ length: 20 }, (_, i) => `${prefix}${i}`)]);
        for (const member of [server.send(command)].flat() as string[]) {
          counts.set(member, (counts.get(member) ?? 0) + 1);
          draws++;
        }
      }
      const expected = draws / 20;
      const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      // 19 degrees of freedom: beyond 58 with a probability of 1 in 100,000.
      assert(counts.size === 20 && chiSquare < 58, `${command} of "${prefix}": ${chiSquare}`);
    }
  }
});

Deno.test("SSCAN sees every member that stays, while others come and go", () => {
  using server = testServer();
  for (let i = 0; i < 3000; i++) server.send(`SADD k stays${i}`);
  const seen = new Set<string>();
  let cursor = "0";
  let round = 0;
  do {
    const [next, found] = server.send(`SSCAN k ${cursor} COUNT 40`) as [string, string[]];
    for (const member of found) seen.add(member);
    for (let i = 0; i < 50; i++) server.send(`SADD k comes${round}:${i}`);
    if (round % 2 === 1) { for (let i = 0; i < 50; i++) server.send(`SREM k comes${round - 1}:${i}`); }
    cursor = next;
    round++;
  } while (cursor !== "0");
  for (let i = 0; i < 3000; i++) assert(seen.has(`stays${i}`), `stays${i}`);
  server.send("SADD i 1 2 3");
  assertEquals(server.send("SSCAN i 0 MATCH [12] COUNT 1"), ["0", ["1", "2"]]);
  assertEquals(server.send("SSCAN nokey 0"), ["0", []]);
});

Deno.test("sets agree with Sets through random commands, across encodings", () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  using server = testServer({}, seed);
  server.keyspace.limits.setIntsetEntries = 20;
  const before = server.keyspace.usedBytes;
  const models = new Map<string, Set<string>>();
  const model = (key: string) => {
    const found = models.get(key) ?? new Set<string>();
    models.set(key, found);
    return found;
  };
  const anyKey = () => `key${random.below(4)}`;
  const anyMember = () => {
    const n = random.below(30);
    const kind = random.below(40);
    return kind === 0 ? `text${n}` : kind < 20 ? String(n * 10_000_000_000 - 7) : String(n - 5);
  };
  for (let step = 0; step < 10_000; step++) {
    const key = anyKey();
    const other = anyKey();
    const member = anyMember();
    const mine = model(key);
    switch (random.below(10)) {
      case 0:
      case 1:
      case 2:
        assertEquals(server.send(`SADD ${key} ${member}`), mine.has(member) ? 0 : 1);
        mine.add(member);
        break;
      case 3:
      case 4:
        assertEquals(server.send(`SREM ${key} ${member}`), mine.delete(member) ? 1 : 0);
        break;
      case 5: {
        const had = mine.has(member);
        assertEquals(server.send(`SMOVE ${key} ${other} ${member}`), had ? 1 : 0);
        if (had) {
          mine.delete(member);
          model(other).add(member);
        }
        break;
      }
      case 6: {
        const popped = server.send(`SPOP ${key}`);
        if (popped === null) assertEquals(mine.size, 0);
        else assert(mine.delete(popped as string));
        break;
      }
      case 7: {
        const third = anyKey();
        const operation = random.below(3);
        const [a, b] = [model(other), model(third)];
        const result = operation === 0 ? a.union(b) : operation === 1 ? a.intersection(b) : a.difference(b);
        const name = ["SUNION", "SINTER", "SDIFF"][operation]!;
        assertEquals(members(server, `${name} ${other} ${third}`), [...result].sort());
        if (random.below(4) === 0) {
          assertEquals(server.send(`${name}STORE ${key} ${other} ${third}`), result.size);
          models.set(key, result);
        }
        break;
      }
      case 8:
        assertEquals(server.send(`SISMEMBER ${key} ${member}`), mine.has(member) ? 1 : 0);
        assertEquals(server.send(`SCARD ${key}`), mine.size);
        break;
      default:
        if (random.below(20) > 0) break;
        server.send(`DEL ${key}`);
        mine.clear();
    }
    if (step % 20 > 0) continue;
    assertEquals(members(server, `SMEMBERS ${key}`), [...model(key)].sort());
    assertEquals(server.send(`EXISTS ${key}`), model(key).size > 0 ? 1 : 0);
  }
  server.send("FLUSHALL");
  server.keyspace.freeSome(() => true);
  assert(server.keyspace.usedBytes <= before, "memory is given back");
});

Deno.test("DUMP and RESTORE keep a set, its encoding as the limits have it", () => {
  using server = testServer();
  server.send("SADD i 1 2 70000");
  server.send("SADD t a b 3");
  for (let i = 0; i < 600; i++) server.send(`SADD l ${i}`);
  for (const key of ["i", "t", "l"]) {
    const payload = payloadOf(server, key);
    assertEquals(server.send(["RESTORE", "copy", "0", payload, "REPLACE"]), "OK");
    assertEquals(server.send("DEBUG DIGEST-VALUE copy"), server.send(`DEBUG DIGEST-VALUE ${key}`));
    assertEquals(encoding(server, "copy"), encoding(server, key));
    server.keyspace.limits.setIntsetEntries = 2;
    assertEquals(server.send(["RESTORE", "copy", "0", payload, "REPLACE"]), "OK");
    assertEquals(encoding(server, "copy"), "hashtable");
    server.keyspace.limits.setIntsetEntries = 512;
  }
});

Deno.test("MEMORY USAGE counts the elements of a set", () => {
  using server = testServer();
  for (let i = 0; i < 1000; i++) server.send(`SADD k member:${i}`);
  const bytes = server.send("MEMORY USAGE k SAMPLES 0") as number;
  assert(bytes > 1000 * 20 && bytes < 1000 * 100, `${bytes} bytes`);
  for (let i = 0; i < 990; i++) server.send(`SREM k member:${i}`);
  assert(server.send("MEMORY USAGE k") as number < 5000);
});

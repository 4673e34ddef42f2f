import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ValuePage } from "./key_browser.ts";
import type { KeyspaceSample } from "./keyspace_sample.ts";
import type { Live } from "./live.ts";
import type { ScriptRun } from "./console.ts";
import { TestPort } from "./testing.ts";

const WRITES = "http-allow-writes yes\n";

Deno.test("live numbers are INFO's, and percentiles are of what was called between two looks", async () => {
  using test = new TestPort();
  const first = await test.api<Live>("live");
  assertEquals([first.latency, first.databases], [undefined, []]);
  await test.ask("SET k v");
  await test.ask("GET k");
  await test.ask("GET nosuch");
  test.clock.advance(1000);
  const { info, databases, latency, isBusy } = await test.api<Live>("live");
  assertEquals([info.keyspace_hits, info.keyspace_misses, info.total_commands_processed], [1, 1, 3]);
  assertEquals([databases, isBusy], [[[0, 1, 0]], false]);
  assertEquals(latency?.calls, 3);
  test.clock.advance(500);
  assertEquals((await test.api<Live>("live")).latency?.calls, 3, "a second look moves no window");
  test.clock.advance(500);
  assertEquals((await test.api<Live>("live")).latency, undefined, "nothing was called since");
});

Deno.test("reading the numbers is no command, and no key gets younger", async () => {
  using test = new TestPort();
  await test.ask("SET k v");
  test.clock.advance(60_000);
  const before = test.server.dispatcher.commandsProcessed;
  for (const path of ["live", "keyspace", "clients", "commands", "slowlog"]) await test.api(path);
  assertEquals(test.server.dispatcher.commandsProcessed, before);
  await test.api("value", { key: "k" });
  assertEquals(await test.ask("OBJECT IDLETIME k"), { kind: "integer", text: "60" });
});

Deno.test("a small keyspace is looked at as a whole", async () => {
  using test = new TestPort();
  await test.ask("SET k v EX 100");
  await test.ask("RPUSH list a b");
  await test.ask("SELECT 3");
  await test.ask(["SET", "large", "x".repeat(10_000)]);
  const sample = await test.api<KeyspaceSample>("keyspace");
  assertEquals([sample.keys, sample.sampled, sample.isWhole], [3, 3, true]);
  assertEquals([sample.types.string?.keys, sample.types.string?.expiring, sample.types.list?.keys], [
    2,
    1,
    1,
  ]);
  assertEquals(sample.sizes.reduce((sum, number) => sum + number), 3);
  const [largest] = sample.largest;
  assertEquals([largest?.database, largest?.key, largest?.type], [3, "large", "string"]);
});

Deno.test("of a large keyspace a thousand keys are drawn, whatever its size", async () => {
  using test = new TestPort();
  await test.ask("DEBUG POPULATE 1");
  const fill = "for i = 1, 4000 do redis.call(i % 4 == 0 and 'SADD' or 'SET', 'k' .. i, 'v') end";
  await test.ask(["EVAL", fill, "0"]);
  const { keys, sampled, isWhole, types } = await test.api<KeyspaceSample>("keyspace");
  assertEquals([keys, sampled, isWhole], [4000, 1000, false]);
  const sets = types.set?.keys ?? 0;
  assert(sets > 150 && sets < 350, `a quarter are sets, ${sets} of 1000 were drawn`);
});

Deno.test("commands are told with their calls, their time and what failed", async () => {
  using test = new TestPort();
  await test.ask("SET k v");
  await test.ask("LPUSH k v");
  await test.ask("GET");
  const rows = await test.api<readonly (readonly [string, ...number[]])[]>("commands");
  const byName = new Map(
    rows.map(([name, calls, , , , failed, rejected]) => [name, [calls, failed, rejected]]),
  );
  assertEquals(Object.fromEntries(byName), { set: [1, 0, 0], lpush: [1, 1, 0], get: [0, 0, 1] });
});

Deno.test("clients are told as lines of CLIENT LIST, the latest first", async () => {
  using test = new TestPort();
  using other = test.server.client();
  other.name = "other";
  const { count, lines } = await test.api<{ count: number; lines: string[] }>("clients");
  assertEquals([count, lines.length], [2, 2]);
  assertMatch(lines[0] ?? "", /^id=2 addr=in-process:0 .* name=other /);
});

Deno.test("slow calls are told", async () => {
  using test = new TestPort("slowlog-log-slower-than 0\n");
  await test.ask("SET k v");
  const { slowerThan, count, entries } = await test.api<
    { slowerThan: number; count: number; entries: { args: string[] }[] }
  >("slowlog");
  assertEquals([slowerThan, count, entries[0]?.args], [0, 1, ["SET", "k", "v"]]);
});

Deno.test("nothing can be changed while http-allow-writes is off, and it can be turned on", async () => {
  using test = new TestPort();
  const edit = () => test.post("/api/edit", { key: "k", action: "set", value: "v" });
  const refused = await edit();
  assertEquals(refused.status, 403);
  assertStringIncludes((await refused.json()).error, "http-allow-writes");
  assertEquals((await test.post("/api/clients/kill", { id: 1 })).status, 403);
  assertEquals(await test.ask("EXISTS k"), { kind: "integer", text: "0" });
  await test.ask("CONFIG SET http-allow-writes yes");
  assertEquals((await edit()).status, 200);
  assertEquals(await test.ask("GET k"), { kind: "bulk", text: "v" });
});

Deno.test("a client can be closed by its number", async () => {
  using test = new TestPort(WRITES);
  using other = test.server.client();
  assertEquals(await test.api("clients/kill", { id: other.id }), { done: true });
  assert(other.closed);
  assertEquals(await test.api("clients/kill", { id: 999 }), { done: false });
});

// ---- the key browser ------------------------------------------------------------------------------------------

interface KeyList {
  readonly keys: { readonly key: string; readonly type: string; readonly ttl: number }[];
  readonly cursor: string;
}

Deno.test("keys are listed by pattern and type, with what is to be known of each", async () => {
  using test = new TestPort();
  await test.ask("SET user:1 v PX 5000");
  await test.ask("RPUSH user:2 a");
  await test.ask("SET other v");
  const { keys, cursor } = await test.api<KeyList>("keys", { match: "user:*" });
  const lines = keys.map(({ key, type, ttl }) => [key, type, ttl]).sort();
  assertEquals([lines, cursor], [[["user:1", "string", 5000], ["user:2", "list", -1]], ""]);
  const lists = await test.api<KeyList>("keys", { type: "list" });
  assertEquals(lists.keys.map(({ key }) => key), ["user:2"]);
  assertEquals((await test.api<KeyList>("keys", { db: 1 })).keys, []);
});

Deno.test("many keys come in pages, each key at least once", async () => {
  using test = new TestPort();
  await test.ask(["EVAL", "for i = 1, 1500 do redis.call('SET', 'k' .. i, i) end", "0"]);
  const seen = new Set<string>();
  let pages = 0;
  let next = "";
  do {
    const { keys, cursor } = await test.api<KeyList>("keys", { next });
    assert(keys.length < 1200, `a page has ${keys.length} keys`);
    for (const { key } of keys) seen.add(key);
    pages++;
    next = cursor;
  } while (next !== "");
  assertEquals(seen.size, 1500);
  assert(pages >= 5, `${pages} pages`);
});

Deno.test("a value of each type is shown", async () => {
  using test = new TestPort();
  for (
    const line of ["SET s text", "RPUSH l a b", "SADD set 1", "ZADD z 1.5 m 2 n", "HSET h f v"]
  ) await test.ask(line);
  const shown = async (key: string, more = {}) => {
    const { type, encoding, length, items, next } = await test.api<ValuePage>("value", { key, ...more });
    return { type, encoding, length, items, next };
  };
  assertEquals(await shown("s"), {
    type: "string",
    encoding: "embstr",
    length: 4,
    items: ["text"],
    next: "",
  });
  assertEquals(await shown("l"), {
    type: "list",
    encoding: "quicklist",
    length: 2,
    items: ["a", "b"],
    next: "",
  });
  assertEquals(await shown("set"), { type: "set", encoding: "intset", length: 1, items: ["1"], next: "" });
  const scores = { type: "zset", encoding: "listpack", length: 2, next: "" };
  assertEquals(await shown("z"), { ...scores, items: ["m", "1.5", "n", "2"] });
  assertEquals(await shown("z", { order: "descending" }), { ...scores, items: ["n", "2", "m", "1.5"] });
  assertEquals(await shown("h"), {
    type: "hash",
    encoding: "listpack",
    length: 1,
    items: ["f", "v"],
    next: "",
  });
  assertEquals(await shown("nosuch"), { type: "none", encoding: "", length: 0, items: [], next: "" });
});

Deno.test("a stream is shown by its entries, a row for each field, and by its groups", async () => {
  using test = new TestPort();
  await test.ask("XADD s 1-1 name Ada visits 1");
  await test.ask("XADD s 2-0 name Grace");
  const { type, encoding, length, items, next, groups } = await test.api<ValuePage>("value", { key: "s" });
  assertEquals({ type, encoding, length, next, groups }, {
    type: "stream",
    encoding: "stream",
    length: 2,
    next: "",
    groups: [],
  });
  assertEquals(items, ["1-1", "name", "Ada", "1-1", "visits", "1", "2-0", "name", "Grace"]);
  const newest = await test.api<ValuePage>("value", { key: "s", order: "descending" });
  assertEquals(newest.items.slice(0, 3), ["2-0", "name", "Grace"]);
  await test.ask("XGROUP CREATE s readers 0");
  await test.ask("XGROUP CREATE s unsure 1-5");
  await test.ask("XREADGROUP GROUP readers first COUNT 1 STREAMS s >");
  test.clock.advance(3000);
  await test.ask("XGROUP CREATECONSUMER s readers second");
  const page = await test.api<ValuePage>("value", { key: "s" });
  assertEquals([page.groupsInAll, page.groups], [2, [
    {
      name: "readers",
      pending: 1,
      lastId: "1-1",
      lag: 1,
      consumers: [{ name: "first", pending: 1, idle: 3000 }, { name: "second", pending: 0, idle: 0 }],
      consumersInAll: 2,
    },
    { name: "unsure", pending: 0, lastId: "1-5", lag: null, consumers: [], consumersInAll: 0 },
  ]]);
});

Deno.test("entries come in pages, and of those with very many fields the first are shown", async () => {
  using test = new TestPort();
  const fill = "for i = 1, 250 do redis.call('XADD', 's', i .. '-0', 'n', i) end";
  await test.ask(["EVAL", fill, "0"]);
  const first = await test.api<ValuePage>("value", { key: "s" });
  assertEquals([first.length, first.items.length, first.next], [250, 300, "100-0"]);
  const last = await test.api<ValuePage>("value", { key: "s", next: "200-0" });
  assertEquals([last.items.length, last.items.slice(0, 3), last.next], [150, ["201-0", "n", "201"], ""]);
  assertEquals(last.groups, undefined);
  const back = await test.api<ValuePage>("value", { key: "s", order: "descending", next: "3-0" });
  assertEquals([back.items, back.next], [["2-0", "n", "2", "1-0", "n", "1"], ""]);
  const wide = Array.from({ length: 150 }, (_, i) => [`f${i}`, "vv"]).flat();
  await test.ask(["XADD", "wide", "1-0", ...wide]);
  const { items } = await test.api<ValuePage>("value", { key: "wide" });
  // f100 to f149, with values of two bytes.
  assertEquals([items.length, items.slice(-3)], [303, ["1-0", { head: "", bytes: 50 * 6 }, ""]]);
});

Deno.test("large values come in pages, and large items are clipped", async () => {
  using test = new TestPort();
  await test.ask(["SET", "s", "x".repeat(40_000)]);
  const first = await test.api<ValuePage>("value", { key: "s" });
  assertEquals([first.length, (first.items[0] as string).length, first.next], [40_000, 16_384, "16384"]);
  const last = await test.api<ValuePage>("value", { key: "s", next: "32768" });
  assertEquals([(last.items[0] as string).length, last.next], [40_000 - 32_768, ""]);
  await test.ask(["EVAL", "for i = 1, 250 do redis.call('RPUSH', 'l', i) end", "0"]);
  const page = await test.api<ValuePage>("value", { key: "l", next: "200" });
  assertEquals([page.items.length, page.items[0], page.next], [50, "201", ""]);
  await test.ask(["HSET", "h", "f", "y".repeat(2000)]);
  const hash = await test.api<ValuePage>("value", { key: "h" });
  assertEquals(hash.items[1], { head: "y".repeat(512), bytes: 2000 });
});

Deno.test("of items that are large there are fewer on a page", async () => {
  using test = new TestPort();
  await test.ask(["EVAL", "for i = 1, 30 do redis.call('RPUSH', 'l', string.rep('x', 1000000)) end", "0"]);
  const page = await test.api<ValuePage>("value", { key: "l" });
  assertEquals([page.length, page.items.length, page.next], [30, 4, "4"]);
  assertEquals((await test.api<ValuePage>("value", { key: "l", next: "28" })).items.length, 2);
});

Deno.test("of names that are very long the beginning is told", async () => {
  using test = new TestPort();
  await test.ask(["SET", "k".repeat(100_000), "v"]);
  const [line] = (await test.api<{ keys: { key: string; isClipped?: true }[] }>("keys", {})).keys;
  assertEquals([line?.key.length, line?.isClipped], [4096, true]);
  const { largest: [largest] } = await test.api<KeyspaceSample>("keyspace");
  assertEquals([largest?.key.length, largest?.isClipped], [4096, true]);
});

Deno.test("names and values of any bytes go there and back", async () => {
  using test = new TestPort(WRITES);
  const key = "k\xff\0\xe4";
  await test.ask(["SET", Uint8Array.from(key, (char) => char.charCodeAt(0)), Uint8Array.of(0, 255)]);
  const { keys } = await test.api<KeyList>("keys", {});
  assertEquals(keys[0]?.key, key);
  assertEquals((await test.api<ValuePage>("value", { key })).items, ["\0\xff"]);
  assertEquals((await test.post("/api/value", { key: "Ā" })).status, 400);
});

Deno.test("each edit is one command", async (t) => {
  using test = new TestPort(WRITES);
  const cases: readonly (readonly [edit: object, check: string, answer: string])[] = [
    [{ key: "s", action: "create", value: "a" }, "GET s", "a"],
    [{ key: "s", action: "expire", ttl: 5000 }, "PTTL s", "5000"],
    [{ key: "s", action: "set", value: "b" }, "PTTL s", "5000"],
    [{ key: "s", action: "persist" }, "PTTL s", "-1"],
    [{ key: "s", action: "rename", to: "t" }, "GET t", "b"],
    [{ key: "t", action: "delete" }, "EXISTS t", "0"],
    [{ key: "h", action: "setField", field: "f", value: "v" }, "HGET h f", "v"],
    [{ key: "h", action: "removeField", field: "f" }, "EXISTS h", "0"],
    [{ key: "l", action: "pushLast", value: "b" }, "LLEN l", "1"],
    [{ key: "l", action: "pushFirst", value: "a" }, "LINDEX l 0", "a"],
    [{ key: "l", action: "setItem", index: 1, value: "c" }, "LINDEX l 1", "c"],
    [{ key: "l", action: "removeItem", value: "a" }, "LINDEX l 0", "c"],
    [{ key: "set", action: "addMember", member: "m" }, "SISMEMBER set m", "1"],
    [{ key: "set", action: "removeMember", member: "m" }, "EXISTS set", "0"],
    [{ key: "z", action: "setScore", member: "m", score: "1.5" }, "ZSCORE z m", "1.5"],
    [{ key: "z", action: "removeScored", member: "m" }, "EXISTS z", "0"],
    [{ key: "x", action: "addEntry", fields: ["f", "v", "g", ""] }, "XLEN x", "1"],
  ];
  for (const [edit, check, answer] of cases) {
    await t.step(JSON.stringify(edit), async () => {
      assertEquals(await test.api("edit", edit), { done: true });
      const reply = await test.ask(check);
      assertEquals("text" in reply ? reply.text : "", answer);
    });
  }
});

Deno.test("an entry of a stream is removed by its id", async () => {
  using test = new TestPort(WRITES);
  await test.ask("XADD x 5-1 f v");
  assertEquals(await test.api("edit", { key: "x", action: "removeEntry", id: "5-1" }), { done: true });
  assertEquals(await test.ask("XLEN x"), { kind: "integer", text: "0" });
});

Deno.test("an edit that does nothing, or cannot be done, says why", async () => {
  using test = new TestPort(WRITES);
  await test.ask("SET a 1");
  await test.ask("SET b 2");
  const edited = (edit: object) => test.api<{ done?: boolean; error?: string }>("edit", edit);
  assertMatch((await edited({ key: "a", action: "rename", to: "b" })).error ?? "", /exists/);
  assertMatch((await edited({ key: "nosuch", action: "delete" })).error ?? "", /gone/);
  assertMatch((await edited({ key: "a", action: "addMember", member: "m" })).error ?? "", /^WRONGTYPE /);
  assertEquals((await test.post("/api/edit", { key: "a", action: "constructor" })).status, 400);
  assertEquals((await test.post("/api/edit", { key: "a", action: "expire", ttl: -1 })).status, 400);
  assertEquals((await test.post("/api/keys", { db: 16 })).status, 400);
});

Deno.test("the client of a request is seen while it is there, and gone behind it", async () => {
  using test = new TestPort();
  const { reply } = await test.api<ScriptRun>("script", { script: "return redis.call('CLIENT', 'LIST')" });
  assertMatch(reply, /cannot|not allowed/i, "scripts do not list clients");
  test.server.clients.pause("all", test.clock.now() + 1000);
  const answer = test.api<KeyList>("keys", {});
  await new Promise((resolve) => setTimeout(resolve, 0));
  const names = () => [...test.server.clients.all()].map(({ name }) => name);
  assertEquals(names(), ["", "dashboard"]);
  test.server.clients.unpause();
  assertEquals((await answer).keys, []);
  assertEquals(names(), [""]);
});

// ---- the console ----------------------------------------------------------------------------------------------

Deno.test("a script is run, and its reply shown as redis-cli shows it", async () => {
  using test = new TestPort();
  const run = await test.api<ScriptRun>("script", {
    script: "return {KEYS[1], ARGV[1], 7}",
    keys: ["k"],
    args: ["\xc3\xa4"],
  });
  assertEquals(run.reply, '1) "k"\n2) "\\xc3\\xa4"\n3) (integer) 7\n');
  assertEquals([run.isError, run.isReadOnly, run.writesCount, run.excerpt], [false, true, 0, ""]);
});

Deno.test("without http-allow-writes the server itself keeps scripts from writing", async () => {
  using test = new TestPort();
  const run = await test.api<ScriptRun>("script", { script: "return redis.call('SET', 'k', 'v')" });
  assert(run.isError);
  assertMatch(run.reply, /Write commands are not allowed from read-only scripts/);
  assertEquals(run.excerpt.split("\n")[0], "script:1:8");
  assertEquals(await test.ask("EXISTS k"), { kind: "integer", text: "0" });
});

Deno.test("with it, what a script wrote is told as commands, whether or not there is an append-only file", async () => {
  const script = "redis.call('SET', 'k', 'a \"b\"') redis.call('INCRBYFLOAT', 'f', 0.5) " +
    "redis.call('GET', 'k') redis.call('SELECT', 2) redis.call('SADD', 's', 'm') return 1";
  for (const configuration of [WRITES, `${WRITES}appendonly yes\n`]) {
    using test = new TestPort(configuration);
    await test.server.load();
    await test.ask("SET before 1");
    const run = await test.api<ScriptRun>("script", { script });
    assertEquals(run.writes, [
      '"SET" "k" "a \\"b\\""',
      '"SET" "f" "0.5" "KEEPTTL"',
      '"SELECT" "2"',
      '"SADD" "s" "m"',
    ]);
    assertEquals([run.writesCount, run.isReadOnly, run.reply], [4, false, "(integer) 1\n"]);
    assertEquals(test.server.journal.isOpen, configuration.includes("appendonly"));
    assertEquals(await test.ask("GET k"), { kind: "bulk", text: 'a "b"' });
  }
});

Deno.test("what others write is not among the writes of a script, and a script in another database says so", async () => {
  using test = new TestPort(WRITES);
  const [run] = await Promise.all([
    test.api<ScriptRun>("script", { script: "return redis.call('SET', 'mine', '1')", db: 5 }),
    test.ask("SET theirs 1"),
    test.ask("SET theirs 2"),
  ]);
  assertEquals(run.writes, ['"SET" "mine" "1"']);
});

Deno.test("a script that takes long is ended on request, and others are served again", async () => {
  using test = new TestPort("busy-reply-threshold 1\n");
  const run = test.api<ScriptRun>("script", { script: "while true do end" });
  while (!(await test.api<Live>("live")).isBusy) await new Promise((resolve) => setTimeout(resolve, 0));
  assertMatch((await test.api<{ error: string }>("keys", {})).error, /^BUSY /);
  assertEquals(await test.api("script/kill", {}), { done: true });
  assertMatch((await run).reply, /killed by user/);
  assertEquals((await test.api<Live>("live")).isBusy, false);
});

Deno.test("what a script wrote before and behind a pause is told when it has ended", async () => {
  using test = new TestPort(`${WRITES}busy-reply-threshold 1\n`);
  await test.ask("SET before 1");
  const run = test.api<ScriptRun>("script", {
    script: "redis.call('SET', 'a', 1) for i = 1, 3000000 do end redis.call('SET', 'b', 2)",
  });
  while (!(await test.api<Live>("live")).isBusy) await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals((await run).writes, ['"SET" "a" "1"', '"SET" "b" "2"']);
  assertEquals(test.server.journal.isOpen, false);
});

Deno.test("a body that is no JSON object, or too large, is refused", async () => {
  using test = new TestPort();
  const sent = async (body: string) =>
    (await test.send("POST", "/api/keys", { "content-type": "application/json" }, body)).status;
  assertEquals([await sent("{"), await sent("[]"), await sent("null")], [400, 400, 400]);
  assertEquals(await sent(`{"match": "${"x".repeat(5 << 20)}"}`), 413);
  assertEquals(await sent('{"match": 7}'), 400);
});

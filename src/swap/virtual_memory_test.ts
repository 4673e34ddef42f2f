/** Values of every type and encoding go to the swap file and come back, and what commands do to them there. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { settle } from "../../test/support/in_process.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";
import { Slice } from "../sys/bytes.ts";
import { STREAM_DUMPS } from "../store/stream/stream_rdb_cases.ts";
import { growOld, vmInfo, vmServer } from "./testing.ts";

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

const MANY = Array.from({ length: 700 }, (_, i) => i);
/** Commands that make a key of each type and encoding, and small, large, odd ones. */
const VALUES: Readonly<Record<string, readonly (string | (string | Uint8Array)[])[]>> = {
  "string int": ["SET {} 12345"],
  "string embstr": ["SET {} hello"],
  "string empty": [["SET", "{}", ""]],
  "string raw, appended": ["SET {} 1", "APPEND {} 2"],
  "string of a page": [["SET", "{}", "x".repeat(32)]],
  "string of many pages": [["SET", "{}", "xyz".repeat(1000)]],
  "string with a buffer of its own": [["SET", "{}", "x".repeat(40_000)]],
  "string that expires": ["SET {} 12345678901234567890abcdef EX 100"],
  "list of one node": ["RPUSH {} a b c 1 2 3"],
  "list of many nodes": [["RPUSH", "{}", ...MANY.map((i) => `${i} ${"y".repeat(40)}`)]],
  "list with a plain node": [
    "DEBUG QUICKLIST-PACKED-THRESHOLD 100b",
    ["RPUSH", "{}", "a", "z".repeat(200), "b"],
    "DEBUG QUICKLIST-PACKED-THRESHOLD 0",
  ],
  "list of other limits": [
    "CONFIG SET list-max-listpack-size 3 list-compress-depth 1",
    ["RPUSH", "{}", ...MANY.slice(0, 50).map((i) => "w".repeat(100) + i)],
    "CONFIG SET list-max-listpack-size -2 list-compress-depth 0",
  ],
  "list of one node and other limits": [
    "CONFIG SET list-max-listpack-size 3",
    "RPUSH {} a b",
    "CONFIG SET list-max-listpack-size -2",
  ],
  "set intset": ["SADD {} 1 2 3 70000"],
  "set hashtable": [["SADD", "{}", ...MANY.map((i) => `m${i}`)]],
  "set hashtable that has become small": ["SADD {} a 1", "SREM {} a"],
  "hash listpack": ["HSET {} f v g 17"],
  "hash hashtable": [["HSET", "{}", ...MANY.flatMap((i) => [`f${i}`, "v".repeat(i)])]],
  "hash listpack beyond new limits": [
    "HSET {} a 1 b 2 c 3",
    "CONFIG SET hash-max-listpack-entries 1",
  ],
  "hash hashtable that is small": [
    "CONFIG SET hash-max-listpack-entries 1",
    "HSET {} a 1 b 2 c 3",
    "CONFIG SET hash-max-listpack-entries 512",
  ],
  "zset listpack": ["ZADD {} 1 a 2.5 b -inf c"],
  "zset skiplist": [["ZADD", "{}", ...MANY.flatMap((i) => [`${i * 1.7}`, `m${i}`])]],
  "stream": [["RESTORE", "{}", "0", fromBase64(STREAM_DUMPS[0]!)]],
  "stream without entries": [["RESTORE", "{}", "0", fromBase64(STREAM_DUMPS[1]!)]],
  "stream of many nodes": MANY.map((i) => `XADD {} ${i}-1 field ${i}`),
  "stream of nodes beyond new limits": [
    ...MANY.slice(0, 90).map((i) => `XADD {} ${i}-1 field ${i}`),
    "CONFIG SET stream-node-max-entries 3",
  ],
  "zset skiplist with a negative zero": [["ZADD", "{}", "-0", "y".repeat(100), "inf", "b"]],
};

Deno.test("a value of every type and encoding comes back from the swap file as it went", async (t) => {
  for (const [name, lines] of Object.entries(VALUES)) {
    await t.step(name, async () => {
      const { server, connect, exits } = vmServer();
      const client = connect();
      const make = async (key: string) => {
        for (const line of lines) {
          const words = typeof line === "string"
            ? line.replace("{}", key)
            : line.map((w) => w === "{}" ? key : w);
          const reply = await client.send(words);
          assert(!reply.startsWith("-"), reply);
        }
      };
      await make("k");
      const look = async () => [
        await client.send("DEBUG DIGEST"),
        await client.send("OBJECT ENCODING k"),
        await client.send("OBJECT REFCOUNT k"),
        // A dict has the same elements, not in the same order within a place.
        hashed ? "" : await client.send("DUMP k"),
        await client.send("PTTL k"),
      ];
      const hashed = /hashtable/.test(await client.send("OBJECT ENCODING k"));
      const before = await look();
      assertEquals(await client.send("DEBUG SWAPOUT k"), "+OK\r\n");
      assertEquals(server.virtualMemory!.swapped, 1);
      assertStringIncludes(await client.send("DEBUG OBJECT k"), " swapped:1 page:");
      assertEquals(await client.send("DEBUG DIGEST"), before[0], "a digest looks at it where it is");
      assertEquals(await client.send("OBJECT ENCODING k"), before[1]);
      assertEquals(await client.send("PTTL k"), before[4]);
      assertEquals(server.virtualMemory!.swapped, 1, "and it is still there");
      assertEquals(await client.send("DEBUG SWAPIN k"), "+OK\r\n");
      assertEquals(server.virtualMemory!.swapped, 0);
      assertEquals(server.virtualMemory!.map.used, 0);
      assertEquals(await look(), before);
      assertEquals(await client.send("DEBUG SWAPIN k"), "-ERR The value is in memory\r\n");
      // The same by a command, which waits for the value.
      assertEquals(await client.send("DEBUG SWAPOUT k"), "+OK\r\n");
      client.socket.command("DUMP k");
      while (server.preloader!.waiting > 0 || client.socket.received === "") await settle();
      const dumped = client.socket.take();
      if (!hashed) assertEquals(dumped, before[3]);
      assertEquals(await look(), before);
      assertEquals(server.virtualMemory!.statistics.swappedIn, 2);
      assertEquals(await client.send("DEBUG SWAPOUT k"), "+OK\r\n");
      await client.send("FLUSHALL");
      assertEquals(server.virtualMemory!.map.used, 0);
      assertEquals(server.keyspace.objects.bytes, 0);
      server.shutdown({ save: "no", force: true });
      assertEquals(exits, [0]);
    });
  }
});

Deno.test("the swap file goes when the server ends, and belongs to one server", async () => {
  const disk = new MemoryDisk();
  const { server } = vmServer("", disk);
  assertMatch(new TextDecoder().decode(disk.contents("/swap")), /^REDENO SWAP FILE\n\d+\n/);
  let message = "";
  try {
    vmServer("", disk);
  } catch (error) {
    message = (error as Error).message;
  }
  assertEquals(
    message,
    "The swap file /swap is in use by another server. Give each server a vm-swap-file of its own",
  );
  server.shutdown({ save: "no", force: true });
  assertEquals(disk.exists("/swap"), false);
  await settle();
});

Deno.test("what is no swap file is not overwritten; one that a crash left behind is", () => {
  const disk = new MemoryDisk();
  disk.put("/swap", new TextEncoder().encode("my diary"));
  let message = "";
  try {
    vmServer("", disk);
  } catch (error) {
    message = (error as Error).message;
  }
  assertMatch(message, /^\/swap is there already and is no swap file/);
  assertEquals(new TextDecoder().decode(disk.contents("/swap")), "my diary");
  const crashed = new MemoryDisk();
  vmServer("", crashed);
  vmServer("", crashed.kill());
});

Deno.test("commands that ask about a key leave its value in the swap file", async (t) => {
  const { server, connect } = vmServer();
  const client = connect();
  const cases: [string, string][] = [
    ["EXISTS s", ":1"],
    ["TOUCH s", ":1"],
    ["TYPE h", "+hash"],
    ["TTL s", ":-1"],
    ["EXPIRE s 100", ":1"],
    ["PERSIST s", ":1"],
    ["OBJECT ENCODING z", "$8\r\nlistpack"],
    ["OBJECT IDLETIME s", ":0"],
    ["STRLEN s", ":26"],
    ["LLEN l", ":3"],
    ["HLEN h", ":2"],
    ["SCARD t", ":2"],
    ["ZCARD z", ":2"],
    ["STRLEN l", "-WRONGTYPE Operation against a key holding the wrong kind of value"],
    ["HLEN s", "-WRONGTYPE Operation against a key holding the wrong kind of value"],
    ["RENAME s s2", "+OK"],
    ["COPY s2 s", ":1"],
    ["COPY h h2", ":1"],
    ["MOVE h2 1", ":1"],
    ["SCAN 0 COUNT 100 TYPE zset", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nz"],
    ["WATCH s", "+OK"],
    ["SWAPDB 0 1", "+OK"],
    ["SWAPDB 0 1", "+OK"],
    ["DEL s2", ":1"],
    ["SET l plain", "+OK"],
    ["UNLINK t", ":1"],
  ];
  await client.send("SET s abcdefghijklmnopqrstuvwxyz");
  await client.send("RPUSH l a b c");
  await client.send("HSET h a b c d");
  await client.send("SADD t a b");
  await client.send("ZADD z 1 a 2 b");
  for (const key of ["s", "l", "h", "t", "z"]) await client.send(`DEBUG SWAPOUT ${key}`);
  for (const [line, reply] of cases) {
    await t.step(line, async () => assertEquals(await client.send(line), `${reply}\r\n`));
  }
  const { statistics, swapped } = server.virtualMemory!;
  // COPY reads pages, and writes them to others.
  assertEquals([statistics.readsAtOnce, statistics.swappedIn, swapped], [2, 0, 4]);
  assertEquals(await client.send("MEMORY USAGE s"), ":40\r\n");
  await client.send("FLUSHALL ASYNC");
  server.keyspace.freeSome(() => true);
  assertEquals(server.virtualMemory!.map.used, 0);
  assertEquals(await vmInfo(client, "vm_stats_swapped_objects"), 0);
});

/** A megabyte and more. */
const COUNT = Deno.env.get("ACCURATE") === "1" ? 20_000 : 2500;

for (const threads of [0, 1, 4]) {
  Deno.test(`megabytes of values go out batch by batch and come back, with ${threads} threads`, async () => {
    const vm = vmServer(`vm-max-memory 0\nvm-max-threads ${threads}\nvm-page-size 64\n`);
    const client = vm.connect();
    const value = (i: number) => `${i} `.repeat(100 + (i % 7) * 50);
    for (let i = 0; i < COUNT; i++) {
      client.socket.command(i % 3 === 0 ? ["RPUSH", `k${i}`, value(i), "end"] : ["SET", `k${i}`, value(i)]);
      if (i % 500 === 0) await settle();
    }
    for (let i = 0; i < 20 && vm.server.virtualMemory!.swapped < COUNT; i++) await growOld(vm);
    client.socket.take();
    assertEquals(await vmInfo(client, "vm_stats_swapped_objects"), COUNT);
    for (let i = 0; i < COUNT; i += 97) {
      client.socket.command(i % 3 === 0 ? `LINDEX k${i} 0` : `GET k${i}`);
      const bytes = value(i);
      const reply = `$${bytes.length}\r\n${bytes}\r\n`;
      for (let turns = 0; turns < 100 && client.socket.received === ""; turns++) await settle();
      assertEquals(client.socket.take(), reply, `k${i}`);
    }
    const digest = await client.send("DEBUG DIGEST");
    await client.send("CONFIG SET vm-max-memory 1gb");
    for (let i = 0; i < COUNT; i++) {
      vm.server.virtualMemory!.load(vm.server.keyspace.databases[0]!, keyNamed(i));
    }
    assertEquals(vm.server.virtualMemory!.map.used, 0);
    assertEquals(await client.send("DEBUG DIGEST"), digest);
    vm.server.shutdown({ save: "no", force: true });
  });
}

function keyNamed(i: number): Slice {
  return new Slice(new TextEncoder().encode(`k${i}`));
}

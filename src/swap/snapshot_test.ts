/**
 * A snapshot shows the moment at which it began, whatever goes to the swap file and comes back while it walks: swapping is no
 * change, and an entry keeps its epoch.
 */
import { assert, assertEquals } from "@std/assert";
import { emptyDigest, hex, mixValue } from "../commands/server/debug_digest.ts";
import type { Database } from "../store/database.ts";
import type { Keyspace } from "../store/keyspace.ts";
import { readSwapPlace } from "../store/memory/entry.ts";
import { RdbWriter } from "../store/rdb/rdb_codec.ts";
import { writeTypedValue } from "../store/rdb/restore.ts";
import { showAll, Snapshot, type SnapshotVisitor } from "../store/snapshot.ts";
import { newSwapPlace } from "../store/swap_store.ts";
import { Slice } from "../sys/bytes.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";
import { Random } from "../sys/random.ts";
import { settle } from "../../test/support/in_process.ts";
import { growOld, settleAll, vmServer } from "./testing.ts";

/** What was shown: key, and a signature of its value, with its time to live. */
class Shown implements SnapshotVisitor {
  readonly values: Map<string, string> = new Map();
  readonly #db: Database;

  constructor({ databases }: Keyspace) {
    this.#db = databases[0]!;
  }

  database(): void {}

  entry(database: number, ref: number): void {
    const name = `${database}/${this.#db.keyOf(ref).text()}`;
    assert(!this.values.has(name), `${name} is shown twice`);
    // What a file gets must not fail; what it means must not depend on the order of elements in a dict.
    writeTypedValue(new RdbWriter(), this.#db, ref);
    const digest = emptyDigest();
    mixValue(digest, this.#db, ref);
    this.values.set(name, `${this.#db.exactExpireAt(ref)} ${hex(digest)}`);
  }

  get sorted(): [string, string][] {
    return [...this.values].sort(([a], [b]) => a < b ? -1 : 1);
  }
}

const KEYS = 300;
/** Keys of numbers so far apart are of one type. */
const TYPES = 6;
/** The byte in an RDB file before the number of a database. */
const SELECT_DATABASE = 0xfe;

function lineFor(random: Random, i: number): string[] {
  const text = `${random.below(1e6)} `.repeat(1 + random.below(30));
  switch (i % TYPES) {
    case 0:
      return ["APPEND", `k${i}`, text];
    case 1:
      return ["RPUSH", `k${i}`, text, `${random.below(99)}`];
    case 2:
      return ["SADD", `k${i}`, `${random.below(1e4)}`, ...(random.below(2) === 0 ? [text] : [])];
    case 3:
      return ["ZADD", `k${i}`, `${random.below(1e4)}`, text.slice(0, 80)];
    case 4:
      return streamLine(random, `k${i}`, text);
    default:
      return ["HSET", `k${i}`, `f${random.below(20)}`, text.slice(0, 80)];
  }
}

function streamLine(random: Random, key: string, text: string): string[] {
  switch (random.below(6)) {
    case 0:
      return ["XTRIM", key, "MAXLEN", `${random.below(3)}`];
    case 1:
      return ["XGROUP", "CREATE", key, `group${random.below(2)}`, "0", "MKSTREAM"];
    case 2:
      return ["XREADGROUP", "GROUP", `group${random.below(2)}`, `c${random.below(3)}`, "STREAMS", key, ">"];
    default:
      return ["XADD", key, "*", `f${random.below(3)}`, text];
  }
}

const ROUNDS = Deno.env.get("ACCURATE") === "1" ? 50 : 3;

Deno.test("a snapshot is the same whatever is swapped out and in, changed and removed while it walks", async () => {
  const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const vm = vmServer("list-max-listpack-size 3\nset-max-intset-entries 3\nvm-max-memory 20kb\n");
  const { keyspace, virtualMemory } = vm.server;
  const client = vm.connect();
  const send = async (line: string[]) => {
    client.socket.command(line);
    if (random.below(4) === 0) await settle();
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < 600; n++) await send(lineFor(random, random.below(KEYS)));
    await growOld(vm);
    const expected = new Shown(keyspace);
    showAll(keyspace, expected);
    const shown = new Shown(keyspace);
    const snapshot = new Snapshot(keyspace, shown);
    const before = { ...virtualMemory!.statistics };
    do {
      for (let n = random.below(30); n > 0; n--) {
        const i = random.below(KEYS);
        const key = `k${i}`;
        const db = keyspace.databases[0]!;
        const ref = db.findDeadOrAlive(new Slice(new TextEncoder().encode(key)));
        const choice = random.below(10);
        if (choice < 3 && ref !== 0) virtualMemory!.swapOut(db, ref);
        else if (choice < 5 && ref !== 0) virtualMemory!.swapIn(db, ref);
        else if (choice === 5) await send(["DEL", key]);
        else if (choice === 6) await send(["EXPIRE", key, "1000"]);
        else if (choice === 7) await send(["RENAME", key, `k${i + TYPES * random.below(3)}`]);
        else if (choice === 8) await send(["COPY", key, `k${i + TYPES}`, "REPLACE"]);
        else await send(lineFor(random, i));
      }
      if (random.below(3) === 0) await growOld(vm);
      virtualMemory!.settle();
    } while (!snapshot.step(() => false));
    await settleAll();
    assertEquals(shown.sorted, expected.sorted, `seed ${seed}, round ${round}`);
    assert(virtualMemory!.statistics.swappedIn > before.swappedIn);
    assert(snapshot.shownEarly > 0);
  }
  vm.server.shutdown({ save: "no", force: true });
});

Deno.test("files say the same with values in the swap file, and nothing is brought in for them", async () => {
  const random = new Random(5);
  const lines = Array.from({ length: 800 }, () => lineFor(random, random.below(KEYS)));
  const files: Uint8Array[][] = [];
  for (const swaps of [false, true]) {
    const disk = new MemoryDisk();
    const vm = vmServer(
      "set-max-intset-entries 3\nzset-max-listpack-entries 3\naof-use-rdb-preamble no\n",
      disk,
    );
    const client = vm.connect();
    for (const line of lines) client.socket.command(line);
    await settleAll();
    const { virtualMemory, keyspace } = vm.server;
    const db = keyspace.databases[0]!;
    if (swaps) {
      for (let i = 0; i < KEYS; i++) {
        const ref = db.findDeadOrAlive(new Slice(new TextEncoder().encode(`k${i}`)));
        if (ref !== 0) assertEquals(virtualMemory!.swapOut(db, ref), undefined);
      }
    }
    const { swapped } = virtualMemory!;
    assertEquals(swapped, swaps ? db.size : 0);
    client.socket.take();
    await client.send("SAVE");
    await client.send("CONFIG SET appendonly yes");
    for (let i = 0; i < 100; i++) await settle();
    assertEquals(virtualMemory!.swapped, swapped);
    const base = disk.list("/appendonlydir").find((name) => name.endsWith(".base.aof"))!;
    // The order of keys depends on nothing but their hashes, and those on the seed of the test.
    files.push([disk.contents("/dump.rdb"), disk.contents(`/appendonlydir/${base}`)]);
    vm.server.shutdown({ save: "no", force: true });
  }
  const [[rdb, aof], [swappedRdb, swappedAof]] = files as [Uint8Array[], Uint8Array[]];
  // What a file says of itself first (`used-mem`) is not the same.
  const [data, swappedData] = [rdb, swappedRdb].map((bytes) =>
    bytes!.subarray(bytes!.indexOf(SELECT_DATABASE))
  );
  const sorted = (bytes: Uint8Array) => bytes.toSorted().join();
  assertEquals(swappedData!.length, data!.length);
  assertEquals(sorted(swappedAof!), sorted(aof!));
});

Deno.test("values in the swap file are shown in the order of their pages, by SAVE as by a snapshot", async () => {
  const vm = vmServer("");
  const { virtualMemory, keyspace } = vm.server;
  const client = vm.connect();
  for (let i = 0; i < 1000; i++) client.socket.command(["SET", `k${i}`, "x".repeat(20 + i % 300)]);
  await settleAll();
  const db = keyspace.databases[0]!;
  const random = new Random(11);
  for (let i = 0; i < 900; i++) {
    const ref = db.findDeadOrAlive(new Slice(new TextEncoder().encode(`k${random.below(1000)}`)));
    virtualMemory!.swapOut(db, ref);
  }
  const { swapped } = virtualMemory!;
  assert(swapped > 300 && swapped < 1000);

  const keys = new Set<string>();
  const pages: number[] = [];
  const visitor: SnapshotVisitor = {
    database: () => {},
    entry(_database, ref) {
      keys.add(db.keyOf(ref).text());
      if (db.isSwapped(ref)) pages.push(readSwapPlace(keyspace.arena, ref, newSwapPlace()).page);
    },
  };
  const assertInOrder = () => {
    assertEquals([keys.size, pages.length], [1000, swapped]);
    assertEquals(pages, pages.toSorted((a, b) => a - b));
    keys.clear();
    pages.length = 0;
  };
  showAll(keyspace, visitor);
  assertInOrder();
  const snapshot = new Snapshot(keyspace, visitor);
  while (!snapshot.step(() => false));
  assertInOrder();
  vm.server.shutdown({ save: "no", force: true });
});

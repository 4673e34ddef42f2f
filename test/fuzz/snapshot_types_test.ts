/**
 * Copy-before-write, for every command and every encoding: whatever random commands do while a snapshot walks, it shows
 * each value as it was when it began. A handler that writes to a value without telling the snapshot first is found here.
 *
 * And effects, for the same commands: another server that carries out only what the journal records has the same data.
 */
import { assert, assertEquals } from "@std/assert";
import type { Database } from "../../src/store/database.ts";
import { ExpireCycle } from "../../src/store/expire_cycle.ts";
import type { Keyspace } from "../../src/store/keyspace.ts";
import { listLimits } from "../../src/store/list/quicklist_fill.ts";
import { defaultLimits } from "../../src/store/limits.ts";
import { RdbWriter } from "../../src/store/rdb/rdb_codec.ts";
import { writeTypedValue } from "../../src/store/rdb/restore.ts";
import { showAll, Snapshot, type SnapshotVisitor } from "../../src/store/snapshot.ts";
import { escapeBytes, fromLatin1, joinArgs, latin1 } from "../support/split_args.ts";
import { parseRequests } from "../support/requests.ts";
import { type TestClient, type TestServer, testServer } from "../support/test_server.ts";
import { groups } from "./grammar.ts";
import { freshSeed, Random } from "./random.ts";
import { randomSequence } from "./sequence.ts";

const ROUNDS = Deno.env.get("ACCURATE") === "1" ? 40 : 6;
/** A string of so many bytes has a buffer of its own. */
const LARGE_BYTES = 33_000;
/** How many commands of each group of the grammar there are in a round. */
const COMMANDS = {
  string: 120,
  hash: 150,
  list: 150,
  set: 150,
  "sorted-set": 150,
  stream: 150,
  bitmap: 40,
  generic: 80,
  sorting: 10,
  server: 3,
};
/** The keys of the grammar are few, so that commands meet: so many families of them, for each type, make a keyspace. */
const FAMILIES = 4;
const TYPED = ["string", "hash", "list", "set", "sorted-set", "stream"];
const DATABASES = 3;

/** What was shown: `database/key`, and the value as DUMP spells it, with its time to live. */
class Shown implements SnapshotVisitor {
  readonly values: Map<string, string> = new Map();
  readonly #db: Database;

  constructor({ databases }: Keyspace) {
    this.#db = databases[0]!;
  }

  database(): void {}

  entry(database: number, ref: number): void {
    const name = `${database}/${escapeBytes(this.#db.keyOf(ref).view())}`;
    assert(!this.values.has(name), `${name} is shown twice`);
    const writer = new RdbWriter({ compression: false });
    writeTypedValue(writer, this.#db, ref);
    this.values.set(name, `${this.#db.exactExpireAt(ref)} ${latin1(writer.written())}`);
  }

  /** In the order of the keys. */
  get sorted(): [string, string][] {
    return [...this.values].sort(([a], [b]) => a < b ? -1 : 1);
  }
}

/** A signature of all data that is alive. */
function digest({ keyspace }: TestServer, client: TestClient): string {
  const { isLoading } = keyspace;
  keyspace.isLoading = false;
  const text = String(client.send("DEBUG DIGEST"));
  keyspace.isLoading = isLoading;
  return text;
}

/** A BITFIELD that fails may make its string longer all the same, which is not recorded, nor is it by the reference. */
function isUntold([name, ...words]: readonly string[]): boolean {
  return name!.toLowerCase() === "bitfield" && words.some((word) => word.toLowerCase() === "fail");
}

/**
 * A word for one family of keys. No negative zeros: whether a sorted set keeps them depends on its encoding, which SORT
 * changes without a trace, as in the reference.
 */
function nameFor(word: string, i: number, family: string): string {
  if (i > 0 && /^(k[0-5]|lex2?)$/.test(word)) return `${word}.${family}`;
  return Object.is(Number(word), -0) ? "0" : word;
}

/** Random commands of all types; those that only look are left in, since some of them change encodings. */
function commands(random: Random, client: TestClient): string[][] {
  const names = client.send("KEYS *") as string[];
  const dumps = random.shuffled(names).slice(0, 20).map((name) =>
    String(client.send(["DUMP", fromLatin1(name)]))
  );
  const payloads = ["no payload", ...dumps].map(fromLatin1);
  const all = Object.entries(COMMANDS).flatMap(([name, count]) =>
    randomSequence(random.uint32(), count, groups[name]!, payloads).map(({ args }) => {
      const family = `${TYPED.includes(name) ? name : random.pick(TYPED)}.${random.between(1, FAMILIES)}`;
      return args.map((word, i) => nameFor(latin1(word), i, family));
    })
  );
  for (let i = 0; i < 20; i++) all.push(["SELECT", `${random.between(0, DATABASES - 1)}`]);
  for (let i = 0; i < 10; i++) {
    all.push([
      "SPOP",
      `k${random.between(0, 5)}.set.${random.between(1, FAMILIES)}`,
      `${random.between(1, 3)}`,
    ]);
  }
  for (let i = 0; i < 4; i++) all.push(["SET", `k${random.between(0, 1)}.string.1`, "x".repeat(LARGE_BYTES)]);
  for (let i = 0; i < 6; i++) {
    all.push(["APPEND", `k${random.between(0, 1)}.string.1`, "y".repeat(random.between(1, 9))]);
  }
  const told = all.filter((words) => !isUntold(words));
  const mixed = random.shuffled(told);
  for (let i = 0; i < 10; i++) {
    const at = random.between(0, mixed.length - 10);
    mixed.splice(at, 0, ["MULTI"]);
    mixed.splice(at + random.between(2, 9), 0, ["EXEC"]);
  }
  return mixed;
}

/** Lets large encodings appear early, or not. */
function setLimits(keyspaces: readonly Keyspace[], random: Random): void {
  const limits = defaultLimits();
  if (!random.oneIn(3)) {
    limits.hashListpackEntries = limits.zsetListpackEntries = limits.setIntsetEntries = random.between(0, 6);
    limits.hashListpackValue = limits.zsetListpackValue = random.between(4, 20);
    if (!random.oneIn(3)) limits.list = listLimits(random.between(1, 4), random.between(0, 2));
  }
  for (const keyspace of keyspaces) Object.assign(keyspace.limits, limits);
}

/** Lets time pass, keys die and memory be freed, on all servers alike. */
function passTime(servers: readonly TestServer[], random: Random): void {
  const ms = random.oneIn(300) ? random.between(1, 1e9) : 0;
  const [expires, frees] = [random.oneIn(50), random.oneIn(20)];
  for (const { clock, keyspace } of servers) {
    clock.advance(ms);
    keyspace.tick(clock.now());
    if (expires) new ExpireCycle(keyspace).run(1, 1, () => 0);
    if (frees) keyspace.freeSome(() => false);
  }
}

Deno.test("a snapshot shows values of all types as they were, whatever commands do to them meanwhile", () => {
  const seed = Number(Deno.env.get("SEED") ?? freshSeed());
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  using server = testServer();
  const { keyspace, journal } = server;
  journal.open(keyspace.dirty);
  keyspace.listeners.expired = (database, key) => journal.also(database, "DEL", key);
  // Carries out what is recorded, and nothing else; keys die in it only when they are told to.
  using replica = testServer();
  replica.keyspace.isLoading = true;
  const other = server.connect();
  const same = replica.connect();
  const send = (words: readonly string[]) => {
    server.send(words.map(fromLatin1));
    for (const effect of parseRequests(latin1(journal.bytes()))) replica.send(effect.map(fromLatin1));
    journal.clear();
  };
  let early = 0;
  for (let round = 0; round < ROUNDS; round++) {
    setLimits([keyspace, replica.keyspace], random);
    const all = commands(random, other);
    for (const words of all.splice(0, all.length / 2)) send(words);
    const expected = new Shown(keyspace);
    showAll(keyspace, expected);
    const shown = new Shown(keyspace);
    const snapshot = new Snapshot(keyspace, shown);
    const ran: string[] = [];
    do {
      for (const words of all.splice(0, random.between(0, all.length / 4))) {
        passTime([server, replica], random);
        send(words);
        ran.push(joinArgs(words.map(fromLatin1)).slice(0, 200));
      }
    } while (!snapshot.step(() => false));
    assertEquals(
      digest(server, other),
      digest(replica, same),
      `round ${round}: what was recorded gives other data`,
    );
    early += snapshot.shownEarly;
    assertEquals(shown.sorted, expected.sorted, `round ${round}, during the snapshot:\n${ran.join("\n")}`);
  }
  assert(early > 5 * ROUNDS, `only ${early} values were shown early`);
});

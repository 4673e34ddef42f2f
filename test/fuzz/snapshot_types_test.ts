/**
 * Copy-before-write, for every command and every encoding: whatever random commands do while a snapshot walks, it shows
 * each value as it was when it began. A handler that writes to a value without telling the snapshot first is found here.
 */
import { assert, assertEquals } from "@std/assert";
import type { Database } from "../../src/store/database.ts";
import { ExpireCycle } from "../../src/store/expire_cycle.ts";
import type { Keyspace } from "../../src/store/keyspace.ts";
import { listLimits } from "../../src/store/quicklist_fill.ts";
import { defaultLimits } from "../../src/store/limits.ts";
import { RdbWriter } from "../../src/store/rdb_codec.ts";
import { writeTypedValue } from "../../src/store/restore.ts";
import { showAll, Snapshot, type SnapshotVisitor } from "../../src/store/snapshot.ts";
import { escapeBytes, fromLatin1, joinArgs, latin1 } from "../support/split_args.ts";
import { type TestClient, type TestServer, testServer } from "../support/test_server.ts";
import { groups } from "./grammar.ts";
import { freshSeed, Random } from "./random.ts";
import { randomSequence } from "./sequence.ts";

const ROUNDS = 25;
/** How many commands of each group of the grammar there are in a round. */
const COMMANDS = {
  string: 120,
  hash: 150,
  list: 150,
  set: 150,
  "sorted-set": 150,
  bitmap: 40,
  generic: 80,
  sorting: 10,
  server: 3,
};
/** The keys of the grammar are few, so that commands meet: so many families of them, for each type, make a keyspace. */
const FAMILIES = 4;
const TYPED = ["string", "hash", "list", "set", "sorted-set"];
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
      return args.map((word, i) =>
        i > 0 && /^(k[0-5]|lex2?)$/.test(latin1(word)) ? `${latin1(word)}.${family}` : latin1(word)
      );
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
  const mixed = random.shuffled(all);
  for (let i = 0; i < 10; i++) {
    const at = random.between(0, mixed.length - 10);
    mixed.splice(at, 0, ["MULTI"]);
    mixed.splice(at + random.between(2, 9), 0, ["EXEC"]);
  }
  return mixed;
}

/** Lets large encodings appear early, or not. */
function setLimits(keyspace: Keyspace, random: Random): void {
  Object.assign(keyspace.limits, defaultLimits());
  if (random.oneIn(3)) return;
  const { limits } = keyspace;
  limits.hashListpackEntries = limits.zsetListpackEntries = limits.setIntsetEntries = random.between(0, 6);
  limits.hashListpackValue = limits.zsetListpackValue = random.between(4, 20);
  limits.list = random.oneIn(3) ? listLimits(-2, 0) : listLimits(random.between(1, 4), random.between(0, 2));
}

function passTime(server: TestServer, random: Random): void {
  if (random.oneIn(300)) server.clock.advance(random.between(1, 1e9));
  server.keyspace.tick(server.clock.now());
  if (random.oneIn(50)) new ExpireCycle(server.keyspace).run(1, 1, () => 0);
  if (random.oneIn(20)) server.keyspace.freeSome(() => random.oneIn(2));
}

Deno.test("a snapshot shows values of all types as they were, whatever commands do to them meanwhile", () => {
  const seed = Number(Deno.env.get("SEED") ?? freshSeed());
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  using server = testServer();
  const { keyspace, client } = server;
  const other = server.connect();
  let early = 0;
  for (let round = 0; round < ROUNDS; round++) {
    setLimits(keyspace, random);
    const all = commands(random, other);
    for (const words of all.splice(0, all.length / 2)) client.send(words.map(fromLatin1));
    const expected = new Shown(keyspace);
    showAll(keyspace, expected);
    const shown = new Shown(keyspace);
    const snapshot = new Snapshot(keyspace, shown);
    const ran: string[] = [];
    do {
      for (const words of all.splice(0, random.between(0, all.length / 4))) {
        passTime(server, random);
        const args = words.map(fromLatin1);
        client.send(args);
        ran.push(joinArgs(args));
      }
    } while (!snapshot.step(() => false));
    early += snapshot.shownEarly;
    assertEquals(shown.sorted, expected.sorted, `round ${round}, during the snapshot:\n${ran.join("\n")}`);
  }
  assert(early > 20 * ROUNDS, `only ${early} values were shown early`);
});

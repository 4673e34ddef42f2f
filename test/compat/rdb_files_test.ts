/**
 * RDB files in both directions: what redis-server writes is loaded here, what is written here redis-server loads, and both
 * then have the same data, told by DEBUG DIGEST. Needs the real server: files have no recorded answers.
 */
import { assert, assertEquals } from "@std/assert";
import { runCheckRdb } from "../../src/cli/check_rdb.ts";
import { RdbLoader } from "../../src/persistence/rdb/loader.ts";
import {
  bytesOf,
  digest,
  encode,
  fileBytes,
  fileOf,
  GOLDEN,
  GOLDEN_LFU,
  text,
} from "../../src/persistence/rdb/testing.ts";
import { COLLECTION_VECTORS } from "../../src/store/rdb/collection_rdb_vectors.ts";
import { encodingName } from "../../src/store/memory/entry.ts";
import { Keyspace } from "../../src/store/keyspace.ts";
import { RdbError, RdbReader } from "../../src/store/rdb/rdb_codec.ts";
import { skipValue } from "../../src/store/rdb/rdb_skip.ts";
import { readTypedValue } from "../../src/store/rdb/restore.ts";
import { latin1, latin1Text, Slice, utf8 } from "../../src/sys/bytes.ts";
import { Random } from "../../src/sys/random.ts";
import { systemDisk } from "../../src/sys/system_disk.ts";
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import type { RespClient } from "../support/resp_client.ts";
import { plain } from "../support/resp_value.ts";

const why = whyNoRealServer();
if (why && Deno.env.get("CI") === "true") throw new Error(`${why}: nothing to compare with`);
if (why) console.log(`${why}: RDB files are not compared`);
const ignore = why !== undefined;
const accurate = Deno.env.get("ACCURATE") === "1";

const POLICIES = ["noeviction", "allkeys-lru", "volatile-lfu"] as const;

function newKeyspace(policy: string): Keyspace {
  const keyspace = new Keyspace({ databases: 16, random: new Random(), now: Date.now() });
  keyspace.access.lfu = policy.endsWith("lfu");
  keyspace.access.refresh();
  return keyspace;
}

function load(bytes: Uint8Array, policy = "noeviction"): Keyspace {
  const keyspace = newKeyspace(policy);
  const loader = new RdbLoader(keyspace, fileOf(bytes), { dropsExpired: true, checksum: true });
  while (!loader.step(() => true));
  return keyspace;
}

async function ask(client: RespClient, ...args: (string | Uint8Array)[]): Promise<unknown> {
  return plain((await client.send(args)).value);
}

/** Commands that make keys of all types, encodings and sizes. */
function randomCommands(random: Random, count: number): (string | Uint8Array)[][] {
  const pick = <T>(...choices: T[]): T => choices[random.below(choices.length)]!;
  const element = (): string =>
    pick(
      () => String(random.below(1000) - 500),
      () => String(random.below(2 ** 40)),
      () => `value:${random.below(100_000)}`,
      () => "x".repeat(random.below(100)),
      () => Array.from({ length: random.below(40) }, () => String.fromCharCode(random.below(256))).join(""),
    )();
  const elements = (n: number) => Array.from({ length: n }, element);
  const size = () => pick(1, 2, 5, 20, pick(60, 140, 600));
  const commands: string[][] = [];
  for (let i = 0; i < count; i++) {
    const key = pick(`key:${random.below(count)}`, element());
    commands.push(["SELECT", String(pick(0, 0, 0, 1, 9))]);
    switch (random.below(7)) {
      case 0:
        commands.push(["SET", key, element()]);
        break;
      case 1:
        commands.push(["SET", key, element().repeat(1 + random.below(1000))]);
        break;
      case 2:
        commands.push(["DEL", key], ["RPUSH", key, ...elements(size())]);
        break;
      case 3:
        commands.push(["DEL", key], ["SADD", key, ...elements(size())]);
        break;
      case 4:
        commands.push(["DEL", key], [
          "SADD",
          key,
          ...Array.from({ length: size() }, () => String(random.below(2 ** pick(7, 15, 31, 45)))),
        ]);
        break;
      case 5: {
        const pairs = Array.from({ length: size() }, () => [element(), element()]).flat();
        commands.push(["DEL", key], ["HSET", key, ...pairs]);
        break;
      }
      default: {
        const scored = Array.from(
          { length: size() },
          () => [pick(String(random.below(100)), `${random.below(10_000) / 64}`, "-inf"), element()],
        ).flat();
        commands.push(["DEL", key], ["ZADD", key, ...scored]);
      }
    }
    if (random.below(3) === 0) commands.push(["PEXPIRE", key, String(1e9 + random.below(1e9))]);
  }
  return commands.map((command) => command.map((word) => latin1(word)));
}

/** Compares what OBJECT says of every key. @param hasLoaded whether the server has its data from a file, too */
async function compareKeys(
  client: RespClient,
  keyspace: Keyspace,
  policy: string,
  hasLoaded: boolean,
): Promise<void> {
  for (const db of keyspace.databases) {
    if (db.size === 0) continue;
    await ask(client, "SELECT", String(db.id));
    const keys: Uint8Array[] = [];
    db.forEach((ref) => keys.push(db.keyOf(ref).copy()));
    const about = policy.endsWith("lfu") ? "FREQ" : "IDLETIME";
    const replies = await client.pipeline(
      keys.flatMap((key) => [["OBJECT", "ENCODING", key], ["OBJECT", about, key], ["PEXPIRETIME", key]]),
    );
    const answers = replies.map(({ value }) => plain(value));
    for (const [i, key] of keys.entries()) {
      const ref = db.find(new Slice(key));
      const name = `${db.id}/${latin1Text(key)}`;
      // A dict that has become small again is saved as a dict, but loaded as a listpack.
      if (hasLoaded) assertEquals(encodingName(db.encodingOf(ref)), answers[3 * i], name);
      const access = db.accessOf(ref);
      const { access: clock } = keyspace;
      const used = clock.lfu ? clock.frequency(access) : clock.idleSeconds(access);
      // redis-server keeps small integers once for all keys, so their clock says nothing of a key. Between the two some
      // seconds may have passed, and a minute may have begun.
      if (answers[3 * i] !== "int") {
        assert(
          Math.abs(used - Number(answers[3 * i + 1])) <= (about === "FREQ" ? 3 : 30),
          `${name}: ${used}, not ${answers[3 * i + 1]}`,
        );
      }
      assertEquals(db.expireAt(ref), answers[3 * i + 2], name);
    }
  }
}

Deno.test({
  name: "a random dataset goes from redis-server to us and back, and stays the same",
  ignore,
  fn: async () => {
    const seed = Number(Deno.env.get("SEED") ?? new Random().uint32());
    console.log(`seed ${seed}`);
    const random = new Random(seed);
    await using server = await startRealServer({ args: ["--dbfilename", "dump.rdb"] });
    using client = await server.connect();
    const path = `${server.directory}/dump.rdb`;
    for (let round = 0; round < (accurate ? 60 : 3); round++) {
      const policy = POLICIES[round % POLICIES.length]!;
      const compression = round % 2 === 0;
      await ask(
        client,
        "CONFIG",
        "SET",
        "maxmemory-policy",
        policy,
        "rdbcompression",
        compression ? "yes" : "no",
      );
      await ask(client, "FLUSHALL");
      await client.pipeline(randomCommands(random, 300));
      assertEquals(await ask(client, "SAVE"), "OK");
      const expected = await ask(client, "DEBUG", "DIGEST");
      const theirs = await Deno.readFile(path);
      const keyspace = load(theirs, policy);
      assertEquals(digest(keyspace), expected, `SEED=${seed}`);
      await compareKeys(client, keyspace, policy, false);
      const access = policy.endsWith("lru") ? "lru" : "lfu";
      const ours = encode(keyspace, { compression, ...(policy === "noeviction" ? {} : { access }) });
      assert(Math.abs(ours.length / theirs.length - 1) < 0.01, `${ours.length}, not ${theirs.length} bytes`);
      await Deno.writeFile(path, ours);
      assertEquals(await ask(client, "DEBUG", "RELOAD", "NOSAVE"), "OK");
      assertEquals(await ask(client, "DEBUG", "DIGEST"), expected, `SEED=${seed}`);
      await compareKeys(client, keyspace, policy, true);
    }
  },
});

Deno.test({
  name: "a file with one key is the same, byte by byte",
  ignore,
  fn: async () => {
    const seed = Number(Deno.env.get("SEED") ?? new Random().uint32());
    console.log(`seed ${seed}`);
    const random = new Random(seed);
    await using server = await startRealServer({ args: ["--dbfilename", "dump.rdb"] });
    using client = await server.connect();
    for (let round = 0; round < (accurate ? 3000 : 150); round++) {
      const compression = round % 2 === 0;
      await ask(client, "CONFIG", "SET", "rdbcompression", compression ? "yes" : "no");
      await ask(client, "FLUSHALL");
      await client.pipeline(randomCommands(random, 1));
      await ask(client, "SAVE");
      const theirs = await Deno.readFile(`${server.directory}/dump.rdb`);
      const keyspace = load(theirs);
      const ours = encode(keyspace, { compression });
      let unordered = 0;
      for (const db of keyspace.databases) db.forEach((ref) => unordered += db.encodingOf(ref) === 2 ? 1 : 0);
      // Behind the fields about the file itself, and before the checksum.
      const last = "aof-base\xc0\x00";
      const start = latin1Text(theirs).indexOf(last) + last.length;
      const body = latin1Text(theirs, start, theirs.length - 8);
      if (unordered === 0) assertEquals(latin1Text(ours, 9, ours.length - 8), body, `SEED=${seed}`);
      else assertEquals(ours.length - 17, body.length, `SEED=${seed}`);
    }
  },
});

/** Values of all types, also of those that older versions wrote, which redis-server took. */
function vectors(): Uint8Array[] {
  const keyspace = newKeyspace("noeviction");
  const values: Uint8Array[] = [];
  for (const line of COLLECTION_VECTORS.trim().split("\n")) {
    const [mark, base64] = line.split(" ");
    const value = latin1(atob(base64!));
    if (mark === "-") continue;
    const reader = new RdbReader(value, 1);
    try {
      skipValue(value[0]!, reader);
      if (reader.remaining > 0) continue;
      reader.position = 1;
      if (readTypedValue(value[0]!, reader, keyspace) !== undefined) values.push(value);
    } catch (error) {
      if (!(error instanceof RdbError)) throw error;
    }
  }
  return values;
}

Deno.test({
  name: "files of versions 1 to 10 are loaded by both alike",
  ignore,
  fn: async () => {
    await using server = await startRealServer({ args: ["--dbfilename", "dump.rdb"] });
    using client = await server.connect();
    const values = vectors();
    const types = new Set(values.map((value) => value[0]!));
    assert(values.length > 300 && types.size === 14, `${values.length} values of ${types.size} types`);
    for (let version = 1; version <= 10; version++) {
      const records = values.flatMap((value, i) => {
        const expiry = i % 7 === 0 ? [253, 0xff, 0xff, 0xff, 0x7f] : i % 7 === 1 ? [253, 1, 0, 0, 0] : [];
        return [expiry, value[0]!, text(`key:${i}`), value.subarray(1)];
      });
      const more = [254, 3, 0, text("other"), text("v"), 2, text("empty"), 0];
      const bytes = fileBytes(version, 254, 0, ...records, ...more);
      await Deno.writeFile(`${server.directory}/dump.rdb`, bytes);
      assertEquals(await ask(client, "DEBUG", "RELOAD", "NOSAVE"), "OK");
      assertEquals(digest(load(bytes)), await ask(client, "DEBUG", "DIGEST"), `version ${version}`);
    }
  },
});

/** Lines that say the same, whichever program prints them. */
function normal(lines: string): string[] {
  return lines.split("\n")
    .map((line) => line.replace(/Internal error in RDB reading offset 0, function at rdb\.c:\d+ -> /, ""))
    .filter((line) => line !== "" && !/Terminating server|^\[info\] [a-z]+: /.test(line));
}

Deno.test({
  name: "check-rdb says what redis-check-rdb says, of whole files and of files cut anywhere",
  ignore,
  fn: async () => {
    const path = await Deno.makeTempFile({ suffix: ".rdb" });
    const module = [0x81, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x01];
    const files = [
      bytesOf("REDOS0010", 255),
      fileBytes(11),
      fileBytes(1, 0, text("a"), text("b")),
      bytesOf("REDIS0010", 0, text("a"), text("b"), 255, [1, 2, 3, 4, 5, 6, 7, 8]),
      bytesOf("REDIS0010", 0, text("a"), text("b"), 255, [0, 0, 0, 0, 0, 0, 0, 0]),
      fileBytes(10, 254, 0, 0, text("a"), text("b"), 30, text("q")),
      fileBytes(
        10,
        253,
        1,
        0,
        0,
        0,
        0,
        text("e"),
        text("v"),
        253,
        255,
        255,
        255,
        127,
        0,
        text("f"),
        text("v"),
      ),
      fileBytes(
        10,
        247,
        module,
        2,
        2,
        1,
        5,
        2,
        6,
        5,
        text("x"),
        0,
        7,
        text("m"),
        module,
        4,
        utf8("12345678"),
        0,
      ),
      fileBytes(10, 6, text("m"), text("mod")),
      fileBytes(10, 0, text("k"), 0xc3, 3, 30, 0xff, 1, 2),
      fileBytes(10, 16, text("k"), text("garbagegarbage")),
      fileBytes(10, 2, text("k"), 2, text("f"), text("f")),
    ];
    for (const golden of [GOLDEN, GOLDEN_LFU]) {
      files.push(golden);
      for (let length = 0; length < golden.length; length += accurate ? 1 : 11) {
        files.push(golden.subarray(0, length));
      }
    }
    try {
      for (const bytes of files) {
        await Deno.writeFile(path, bytes);
        const { code, stdout } = await new Deno.Command("redis-check-rdb", { args: [path] }).output();
        const lines: string[] = [];
        const print = (line: string) => lines.push(line);
        const ours = runCheckRdb([path], { disk: systemDisk, now: Date.now(), print, complain: print });
        assertEquals(normal(lines.join("\n")), normal(new TextDecoder().decode(stdout)));
        assertEquals(ours, code);
      }
    } finally {
      await Deno.remove(path);
    }
  },
});

/** Random datasets, made by commands: what is written is what is loaded. */
import { assertEquals } from "@std/assert";
import { testServer } from "../../../test/support/test_server.ts";
import type { Keyspace } from "../../store/keyspace.ts";
import { Random } from "../../sys/random.ts";
import { digest, encode, load } from "./testing.ts";

const ROUNDS = Deno.env.get("ACCURATE") === "1" ? 200 : 5;

function fill(random: Random, seed: number): Keyspace {
  const server = testServer({}, seed);
  // Longer than the limit of listpacks, now and then.
  const word = () => `${random.below(300)}${"ab".repeat(random.below(8) === 0 ? random.below(60) : 0)}`;
  const words = (count: number) => Array.from({ length: count }, word);
  for (let i = 0; i < 200; i++) {
    const key = `key:${random.below(150)}`;
    const size = 1 + random.below(random.below(5) === 0 ? 700 : 20);
    server.send(["SELECT", String(random.below(3))]);
    if (random.below(3) > 0) server.send(["DEL", key]);
    switch (random.below(7)) {
      case 0:
        server.send(["SET", key, word()]);
        break;
      case 1:
        server.send(["SET", key, words(size).join(" ")]);
        break;
      case 2:
        server.send(["RPUSH", key, ...words(size)]);
        break;
      case 3:
        server.send(["SADD", key, ...words(size)]);
        break;
      case 4:
        server.send(["HSET", key, ...words(2 * size)]);
        break;
      case 5:
        for (let i = 0; i < size; i++) server.send(["XADD", key, "*", ...words(2 * (1 + random.below(3)))]);
        server.send(["XGROUP", "CREATE", key, word(), "0"]);
        server.send(["XGROUP", "CREATE", key, "g", "0"]);
        server.send(["XREADGROUP", "GROUP", "g", word(), "COUNT", String(size), "STREAMS", key, ">"]);
        if (random.below(3) === 0) server.send(["XTRIM", key, "MAXLEN", String(random.below(size))]);
        break;
      default:
        server.send(["ZADD", key, ...words(size).flatMap((name, at) => [String(at / 8), name])]);
    }
    if (random.below(3) === 0) server.send(["PEXPIRE", key, "100000000000"]);
  }
  return server.keyspace;
}

/** Databases, keys and times of death, and encodings if they matter. */
function contents(keyspace: Keyspace, encodings: boolean): string[] {
  return keyspace.databases.flatMap((db) => {
    const keys: string[] = [];
    db.entrySet.dict.forEach((ref) => {
      const encoding = encodings ? ` ${db.encodingOf(ref)}` : "";
      keys.push(`${db.id} ${db.keyOf(ref).text()} ${db.expireAt(ref)}${encoding}`);
    });
    return keys.sort();
  });
}

Deno.test("a random dataset is loaded as it was written, with and without compression and checksum", () => {
  const seed = Number(Deno.env.get("SEED") ?? new Random().uint32());
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  for (let round = 0; round < ROUNDS; round++) {
    const keyspace = fill(random, seed + round);
    const expected = digest(keyspace);
    const checksum = random.below(2) === 0;
    const bytes = encode(keyspace, { compression: random.below(2) === 0, checksum });
    const loaded = load(bytes, { checksum: random.below(2) === 0 });
    assertEquals(digest(loaded.keyspace), expected, `SEED=${seed}`);
    assertEquals(loaded.loader.keysLoaded, keyspace.size);
    // A dict that has become small again is loaded as a listpack, as in the reference; from then on nothing changes.
    const again = load(encode(loaded.keyspace)).keyspace;
    assertEquals(contents(again, true), contents(loaded.keyspace, true), `SEED=${seed}`);
    assertEquals(contents(loaded.keyspace, false), contents(keyspace, false), `SEED=${seed}`);
  }
});

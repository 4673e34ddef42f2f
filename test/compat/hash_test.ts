/** The commands of group hash, every option, in both encodings and over the change from one to the other. */
import { RdbWriter } from "../../src/store/rdb/rdb_codec.ts";
import { finishDump } from "../../src/store/rdb/rdb_value.ts";
import { latin1 } from "../../src/sys/bytes.ts";
import { FLOAT_EDGES, INTEGER_EDGES } from "../support/edges.ts";
import { type Both, compat } from "./compat.ts";

const READS = [
  "HGET k f",
  "HMGET k f g",
  "HEXISTS k f",
  "HSTRLEN k f",
  "HLEN k",
  "HGETALL k",
  "HKEYS k",
  "HVALS k",
  "HRANDFIELD k",
  "HRANDFIELD k 2",
  "HRANDFIELD k -2 WITHVALUES",
  "HSCAN k 0",
];
const WRITES = [
  "HSET k f v",
  "HMSET k f v",
  "HSETNX k f v",
  "HDEL k f",
  "HINCRBY k f 1",
  "HINCRBYFLOAT k f 1.5",
];

/** A hash that is too large for a listpack. */
function large(both: Both): void {
  both.same("DEL k");
  both.same(["HSET", "k", ...Array.from({ length: 600 }, (_, i) => [`f${i}`, `v${i}`]).flat()]);
  both.same("OBJECT ENCODING k");
}

compat("HSET and HGET keep any bytes", (both) => {
  const every = Uint8Array.from({ length: 256 }, (_, i) => i);
  both.same(["HSET", "k", every, every]);
  both.same(["HGET", "k", every]);
  both.same(["HSET", "k", "", ""]);
  both.same(["HGET", "k", ""]);
  both.same(["HSTRLEN", "k", ""]);
  both.same(["HSTRLEN", "k", every]);
  both.samePairs("HGETALL k");
  for (
    const number of ["0", "-1", "12", "127", "128", "-4097", "32768", "8388608", "2147483648", "007", "+1"]
  ) {
    both.same(`HSET n ${number} ${number}`);
    both.same(`HGET n ${number}`);
    both.same(`HSTRLEN n ${number}`);
  }
  both.same("HGETALL n");
  both.same("HSET n 9223372036854775807 -9223372036854775808");
  both.same("HGETALL n");
});

compat("HSET counts the new fields, and refuses half a pair", (both) => {
  both.same("HSET k a 1");
  both.same("HSET k a 2 b 3 c 4");
  both.same("HSET k a 2 a 3 a 4");
  both.same("HSET k new 1 new 2");
  both.same("HGETALL k");
  both.same("HSET k a");
  both.same("HSET k a 1 b");
  both.same("HMSET k a 1 b");
  both.same("HMSET k a 1 d 5");
  both.same("HMSET k a");
  both.same("HSET");
  both.same("HSETNX k a 9");
  both.same("HSETNX k z 9");
  both.same("HSETNX other z 9");
  both.same("HSETNX k z");
  both.same("HGETALL k");
});

compat("HGET, HMGET, HEXISTS, HSTRLEN, HLEN", (both) => {
  both.same("HSET k a 1 b ''");
  for (const key of ["k", "nosuch"]) {
    both.same(`HGET ${key} a`);
    both.same(`HGET ${key} x`);
    both.same(`HMGET ${key} a x b a`);
    both.same(`HEXISTS ${key} a`);
    both.same(`HEXISTS ${key} x`);
    both.same(`HSTRLEN ${key} a`);
    both.same(`HSTRLEN ${key} x`);
    both.same(`HLEN ${key}`);
    both.same(`HGETALL ${key}`);
    both.same(`HKEYS ${key}`);
    both.same(`HVALS ${key}`);
  }
  both.resp3();
  for (const key of ["k", "nosuch"]) {
    both.same(`HGET ${key} x`);
    both.same(`HMGET ${key} a x`);
    both.same(`HGETALL ${key}`);
    both.same(`HKEYS ${key}`);
    both.same(`HVALS ${key}`);
  }
});

compat("HDEL removes fields, and the hash with the last", (both) => {
  both.same("HSET k a 1 b 2 c 3");
  both.same("HDEL k a x a");
  both.same("HGETALL k");
  both.same("HDEL k b c d");
  both.same("EXISTS k");
  both.same("HDEL k a");
  both.same("HDEL k");
  large(both);
  both.same("HDEL k f0 f1 nosuch");
  both.same("HLEN k");
  both.same(["HDEL", "k", ...Array.from({ length: 597 }, (_, i) => `f${i + 3}`)]);
  both.same("HGETALL k");
  both.same("OBJECT ENCODING k");
  both.same("HDEL k f2");
  both.same("EXISTS k");
});

compat("HINCRBY", (both) => {
  for (const edge of INTEGER_EDGES) {
    both.same("DEL k");
    both.same(["HINCRBY", "k", "f", edge]);
    both.same(["HINCRBY", "k", "f", edge]);
    both.same("HGET k f");
    both.same(["HSET", "k", "f", edge]);
    both.same("HINCRBY k f 1");
    both.same("HINCRBY k f -1");
    both.same("HGET k f");
  }
  both.same("HINCRBY k f");
  both.same("DEL k");
  both.same("HINCRBY k new 5");
  both.same("HGETALL k");
  large(both);
  both.same("HINCRBY k f0 5");
  both.same("HINCRBY k f1000 5");
  both.same("HINCRBY k f1000 5");
});

compat("HINCRBYFLOAT", (both) => {
  for (const edge of FLOAT_EDGES) {
    both.same("DEL k");
    both.same(["HINCRBYFLOAT", "k", "f", edge]);
    both.same("EXISTS k");
    both.same(["HSET", "k", "f", edge]);
    both.same("HINCRBYFLOAT k f 0.5");
    both.same("HGET k f");
  }
  both.same("DEL k");
  both.same("HSET k f 10.50");
  both.same("HINCRBYFLOAT k f 0.1");
  both.same("HINCRBYFLOAT k f -5.0e3");
  both.same("HINCRBYFLOAT k new 3");
  both.same("HGETALL k");
});

compat("commands of hashes refuse other types", (both) => {
  both.same("SET k string");
  for (const line of [...READS, ...WRITES]) both.fail("WRONGTYPE", line);
  both.same("DEL k");
  both.same("SADD k member");
  for (const line of [...READS, ...WRITES]) both.fail("WRONGTYPE", line);
  both.same("HINCRBY k f x");
  both.same("HINCRBYFLOAT k f x");
  both.same("HSCAN k x");
  both.same("HSCAN k 0 x");
  both.same("HRANDFIELD k x");
});

compat("a hash becomes a table when it has too many fields", (both) => {
  for (let i = 0; i < 512; i++) both.same(`HSET k field${i} ${i}`);
  both.same("OBJECT ENCODING k");
  both.same("HSET k field511 again");
  both.same("OBJECT ENCODING k");
  both.same("HSET k field512 512");
  both.same("OBJECT ENCODING k");
  both.samePairs("HGETALL k");
  both.same("HDEL k field0 field1 field2");
  both.same("OBJECT ENCODING k");
  for (const field of ["field3", "field511", "nosuch"]) {
    both.same(`HGET k ${field}`);
    both.same(`HSTRLEN k ${field}`);
    both.same(`HEXISTS k ${field}`);
    both.same(`HSETNX k ${field} x`);
  }
  both.sameSet("HKEYS k");
  both.sameSet("HVALS k");
  both.resp3();
  both.samePairs("HGETALL k");
});

compat("a hash becomes a table when something is too long", (both) => {
  for (const length of [63, 64, 65, 70_000]) {
    const long = "x".repeat(length);
    both.same("DEL a b c d e f");
    both.same(["HSET", "a", "f", long]);
    both.same(["HSET", "b", long, "v"]);
    both.same("HSET c f v");
    both.same(["HSET", "c", "f", long]);
    both.same("HSETNX d f v");
    both.same(["HSETNX", "d", "f", long]);
    both.same(["HSETNX", "e", long, "v"]);
    for (const key of ["a", "b", "c", "d", "e"]) {
      both.same(`OBJECT ENCODING ${key}`);
      both.same(`HGETALL ${key}`);
    }
    both.same(["HSET", "a", "f", "short", "g", long]);
    both.samePairs("HGETALL a");
    both.same(["HSET", "a", "f", `${long}y`]);
    both.same("HSTRLEN a f");
    both.same("HGET a f");
  }
});

compat("the limits of listpacks are directives, with two names each", (both) => {
  both.same("CONFIG SET hash-max-listpack-entries 2");
  both.same("CONFIG GET hash-max-ziplist-entries");
  both.same("HSET k a 1 b 2");
  both.same("OBJECT ENCODING k");
  both.same("HSET k c 3");
  both.same("OBJECT ENCODING k");
  both.same("CONFIG SET hash-max-ziplist-entries 512 hash-max-ziplist-value 4");
  both.samePairs("CONFIG GET hash-max-listpack-*");
  both.same("HSET l a 1234");
  both.same("OBJECT ENCODING l");
  both.same("HSETNX l a 12345");
  both.same("OBJECT ENCODING l");
  both.same("HINCRBY l a 9000000");
  both.same("OBJECT ENCODING l");
  both.same("HINCRBYFLOAT m a 0.12345");
  both.same("OBJECT ENCODING m");
  both.same("HSET n aaaaa 1");
  both.same("OBJECT ENCODING n");
  both.same("CONFIG SET hash-max-listpack-entries 0");
  both.same("HSET o a 1");
  both.same("OBJECT ENCODING o");
  both.same("CONFIG SET hash-max-listpack-entries 512 hash-max-listpack-value 100000");
  both.same(["HSET", "p", "a", "x".repeat(50_000), "b", "y".repeat(50_000)]);
  both.same("OBJECT ENCODING p");
  both.same("HGETALL p");
  both.same("HDEL p a");
  both.same("HGETALL p");
  both.same("CONFIG SET hash-max-listpack-value 64");
});

compat("HRANDFIELD", (both) => {
  const counts = ["0", "1", "2", "3", "10", "-1", "-3", "-10"];
  both.same("HSET k a 1 b 2 c 3");
  for (const protocol of ["resp2", "resp3"] as const) {
    both[protocol]();
    both.sameShape("HRANDFIELD k");
    both.same("HRANDFIELD nosuch");
    for (const count of counts) {
      both.sameShape(`HRANDFIELD k ${count}`);
      both.sameShape(`HRANDFIELD k ${count} WITHVALUES`);
      both.same(`HRANDFIELD nosuch ${count}`);
      both.same(`HRANDFIELD nosuch ${count} withvalues`);
    }
    both.sameSet("HRANDFIELD k 3");
    both.sameSet("HRANDFIELD k 100");
    both.samePairs("HRANDFIELD k 100 WITHVALUES");
  }
  both.same("HSET one f v");
  both.same("HRANDFIELD one");
  both.same("HRANDFIELD one -3 WITHVALUES");
  for (
    const tail of [
      "x",
      "1 x",
      "x x",
      "1 WITHVALUES x",
      "1.5",
      "''",
      "9223372036854775808",
      "9223372036854775807 WITHVALUES",
      "4611686018427387904 WITHVALUES",
      "-4611686018427387905 WITHVALUES",
      "-9223372036854775808",
      "-9223372036854775808 WITHVALUES",
    ]
  ) {
    both.same(`HRANDFIELD nosuch ${tail}`);
  }
  both.same("HRANDFIELD nosuch -9223372036854775807");
  both.same("HRANDFIELD k 9223372036854775807");
  large(both);
  for (const count of [...counts, "100", "300", "599"]) {
    both.sameShape(`HRANDFIELD k ${count}`);
    both.sameShape(`HRANDFIELD k ${count} WITHVALUES`);
  }
  both.sameSet("HRANDFIELD k 600 WITHVALUES");
});

compat("HSCAN", (both) => {
  both.same("HSET k a 1 ab 2 b 3");
  for (const key of ["k", "nosuch"]) {
    for (
      const tail of [
        "0",
        "17",
        "-1",
        "abc",
        "''",
        "18446744073709551616",
        "0 MATCH a*",
        "0 match *",
        "0 MATCH nosuch",
        "0 COUNT 1",
        "0 COUNT 1 MATCH b",
        "0 COUNT 0",
        "0 COUNT -1",
        "0 COUNT x",
        "0 COUNT",
        "0 MATCH",
        "0 TYPE hash",
        "0 NOVALUES",
        "0 x",
      ]
    ) {
      both.same(`HSCAN ${key} ${tail}`);
    }
  }
  both.same("HSCAN k");
  large(both);
  both.sameSet("HSCAN k 0 COUNT 10000");
  both.sameSet("HSCAN k 0 COUNT 10000 MATCH f1*");
  both.same("HSCAN k 0 COUNT 10000 MATCH nosuch");
});

compat("hashes are copied, renamed, moved, dumped and restored", async (both) => {
  both.same("HSET small a 1 b two c ''");
  large(both);
  both.same(["HSET", "long", "f", "x".repeat(40_000), "g", "short"]);
  for (const key of ["small", "k", "long"]) {
    both.same(`PEXPIREAT ${key} 4102444800000`);
    both.same(`COPY ${key} copy`);
    both.same("COPY k copy");
    both.same(`COPY ${key} copy REPLACE`);
    both.same("OBJECT ENCODING copy");
    both.same("PEXPIRETIME copy");
    both.samePairs("HGETALL copy");
    both.same("HSET copy new field");
    both.same(`HLEN ${key}`);
    both.same(`RENAME ${key} other`);
    both.samePairs("HGETALL other");
    both.same("MOVE other 3");
    both.same("SELECT 3");
    both.samePairs("HGETALL other");
    both.same("OBJECT ENCODING other");
    both.same("DEBUG DIGEST-VALUE other");
    both.same("COPY other other DB 0");
    both.same("FLUSHDB");
    both.same("SELECT 0");
    both.same(`RENAME other ${key}`);
    both.same("DEBUG DIGEST");
  }
  both.same("DUMP small");
  for (const key of ["small", "k", "long"]) {
    const { real, ours } = await both.ask(["DUMP", key]);
    if (real === undefined) return; // Payloads list elements in another order each time, so none are recorded.
    for (const answer of [real, ours]) {
      const value = answer?.values[0];
      if (value?.kind !== "bulk") continue;
      both.same(["RESTORE", "restored", "0", value.bytes, "REPLACE"]);
      both.same("OBJECT ENCODING restored");
      both.samePairs("HGETALL restored");
      both.same(`DEBUG DIGEST-VALUE restored ${key}`);
      both.same(["RESTORE", "restored", "0", value.bytes]);
    }
  }
});

/** A value in the spelling of an older version. */
function payload(type: number, bytes: Uint8Array): Uint8Array {
  const writer = new RdbWriter({ compression: false });
  writer.byte(type);
  writer.string(bytes);
  finishDump(writer);
  return writer.toBytes();
}

/** A map of short strings as versions before 2.6 kept it. */
function zipmap(...elements: string[]): Uint8Array {
  const bytes = [elements.length / 2];
  elements.forEach((element, i) => bytes.push(element.length, ...i % 2 === 0 ? [] : [0], ...latin1(element)));
  return Uint8Array.of(...bytes, 0xff);
}

compat("RESTORE reads hashes of older versions", (both) => {
  for (const length of [1, 64, 65, 200]) {
    both.same(["RESTORE", "k", "0", payload(9, zipmap("f", "x".repeat(length), "g", "12")), "REPLACE"]);
    both.samePairs("HGETALL k");
    both.same("OBJECT ENCODING k");
  }
  both.same(["RESTORE", "k", "0", payload(9, zipmap("f", "1", "f", "2")), "REPLACE"]);
  both.same(["RESTORE", "k", "0", payload(9, zipmap()), "REPLACE"]);
});

compat("a listpack of long elements stays one when it is restored", async (both) => {
  both.same("CONFIG SET hash-max-listpack-value 1000");
  both.same(["HSET", "k", "f", "x".repeat(900)]);
  const { ours } = await both.ask("DUMP k");
  both.same("CONFIG SET hash-max-listpack-value 64");
  const value = ours.values[0];
  if (value?.kind !== "bulk") throw new Error("DUMP gave no payload");
  both.same(["RESTORE", "l", "0", value.bytes]);
  both.same("OBJECT ENCODING l");
  both.same("HGETALL l");
});

compat("OBJECT, MEMORY and DEBUG look into hashes", (both) => {
  both.same("HSET small a 1 b 2");
  large(both);
  for (const key of ["small", "k", "nosuch"]) {
    both.same(`TYPE ${key}`);
    both.same(`OBJECT REFCOUNT ${key}`);
    both.sameShape(`MEMORY USAGE ${key}`);
    both.sameShape(`MEMORY USAGE ${key} SAMPLES 0`);
    both.same(`MEMORY USAGE ${key} SAMPLES -1`);
    both.same(`MEMORY USAGE ${key} SAMPLES x`);
    both.sameShape(`DEBUG OBJECT ${key}`);
    both.same(`DEBUG LISTPACK ${key}`);
  }
});

compat("large hashes are unlinked, overwritten and flushed", (both) => {
  for (const lazy of ["no", "yes"]) {
    both.same(`CONFIG SET lazyfree-lazy-user-del ${lazy} lazyfree-lazy-server-del ${lazy}`);
    for (const line of ["DEL k", "UNLINK k", "SET k string", "RENAME other k", "FLUSHALL", "FLUSHDB ASYNC"]) {
      both.same("SET other value");
      large(both);
      both.same(line);
      both.same("DBSIZE");
      both.same("HLEN k");
    }
  }
  both.same("CONFIG SET lazyfree-lazy-user-del no lazyfree-lazy-server-del no");
});

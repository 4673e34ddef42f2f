/** The commands of group set, every option, in both encodings and over the change from one to the other. */
import { INTEGER_EDGES } from "../support/edges.ts";
import { type Both, compat } from "./compat.ts";

const READS = [
  "SMEMBERS k",
  "SISMEMBER k m",
  "SMISMEMBER k m n",
  "SCARD k",
  "SRANDMEMBER k",
  "SRANDMEMBER k 2",
  "SSCAN k 0",
  "SUNION k",
  "SUNION nosuch k",
  "SDIFF k",
  "SDIFF nosuch k",
  "SINTER k",
  "SINTER nosuch k",
  "SINTERCARD 2 nosuch k",
];
const WRITES = [
  "SADD k m",
  "SREM k m",
  "SPOP k",
  "SPOP k 2",
  "SMOVE k other m",
  "SMOVE s k m",
  "SMOVE s k nosuch",
  "SUNIONSTORE d nosuch k",
  "SDIFFSTORE d nosuch k",
  "SINTERSTORE d nosuch k",
];

/** A set that is too large for an intset, of texts and integers. */
function large(both: Both, key: string, from = 0, to = 600): void {
  both.same(`DEL ${key}`);
  both.same([
    "SADD",
    key,
    ...Array.from({ length: to - from }, (_, i) => i % 3 === 0 ? `m${i + from}` : `${i + from}`),
  ]);
  both.same(`OBJECT ENCODING ${key}`);
}

compat("SADD, SREM, SCARD, SISMEMBER, SMISMEMBER", (both) => {
  const every = Uint8Array.from({ length: 256 }, (_, i) => i);
  both.same(["SADD", "k", every, "", "a", "a"]);
  both.same(["SADD", "k", every, "b"]);
  both.same(["SISMEMBER", "k", every]);
  both.same("SMISMEMBER k a '' x a");
  both.same("SMISMEMBER nosuch a b");
  both.same("SISMEMBER nosuch a");
  both.same("SCARD k");
  both.same("SCARD nosuch");
  both.sameSet("SMEMBERS k");
  both.same("SMEMBERS nosuch");
  both.same("SREM k a x a");
  both.same(["SREM", "k", every, "", "b", "c"]);
  both.same("EXISTS k");
  both.same("SREM k a");
  both.same("SADD k");
  both.same("SREM k");
  both.same("SMISMEMBER k");
  both.resp3();
  both.same("SMEMBERS nosuch");
  both.same("SADD i 3 1 2");
  both.same("SMEMBERS i");
  both.same("SMISMEMBER i 1 4");
  both.same("SISMEMBER i 1");
});

compat("sets of integers are in order, whatever their width", (both) => {
  for (
    const edge of [...INTEGER_EDGES, "32767", "32768", "-32768", "-32769", "2147483648", "007", "+1", "-0"]
  ) {
    both.same(["SADD", "k", edge]);
    both.same("OBJECT ENCODING k");
    both.sameSet("SMEMBERS k");
    both.same(["SISMEMBER", "k", edge]);
    both.same(["DEL", "one"]);
    both.same(["SADD", "one", edge]);
    both.same("OBJECT ENCODING one");
    both.same("SMEMBERS one");
  }
  both.same("SADD i 5 -1 70000 3 9223372036854775807 -9223372036854775808 -70000 32768");
  both.same("SMEMBERS i");
  both.same("OBJECT ENCODING i");
  both.same("DUMP i");
  both.same("SREM i 9223372036854775807 4 -9223372036854775808 text");
  both.same("SMEMBERS i");
  both.same("DUMP i");
  both.same("SADD i text");
  both.same("OBJECT ENCODING i");
  both.sameSet("SMEMBERS i");
  both.same("SREM i text");
  both.same("OBJECT ENCODING i");
});

compat("a set becomes a table when it has too many integers", (both) => {
  for (let i = 0; i < 512; i++) both.same(`SADD k ${i * 7 - 1000}`);
  both.same("OBJECT ENCODING k");
  both.same("SMEMBERS k");
  both.same("SADD k 0 99999");
  both.same("OBJECT ENCODING k");
  both.sameSet("SMEMBERS k");
  both.same("CONFIG SET set-max-intset-entries 2");
  both.same("SADD l 1 2");
  both.same("OBJECT ENCODING l");
  both.same("SADD l 2");
  both.same("OBJECT ENCODING l");
  both.same("SADD l 3");
  both.same("OBJECT ENCODING l");
  both.same("SADD m 1 2");
  both.same("SADD n 2 3");
  both.same("SUNIONSTORE d m n");
  both.same("OBJECT ENCODING d");
  both.same("SINTERSTORE d m n");
  both.same("OBJECT ENCODING d");
  both.same("CONFIG SET set-max-intset-entries 0");
  both.same("SADD o 1");
  both.same("OBJECT ENCODING o");
  both.same("SDIFFSTORE d m n");
  both.same("OBJECT ENCODING d");
  both.same("CONFIG SET set-max-intset-entries 512");
});

compat("SMOVE", (both) => {
  both.same("SADD a 1 2 x");
  both.same("SADD b 2 3");
  for (const line of ["SMOVE a b 1", "SMOVE a b 2", "SMOVE a b nosuch", "SMOVE a a x", "SMOVE a a nosuch"]) {
    both.same(line);
    both.sameSet("SMEMBERS a");
    both.sameSet("SMEMBERS b");
  }
  both.same("SMOVE a b x");
  both.same("EXISTS a");
  both.same("OBJECT ENCODING b");
  both.same("SMOVE nosuch b x");
  both.same("SMOVE b new 3");
  both.same("SMEMBERS new");
  both.same("OBJECT ENCODING new");
  both.same("SMOVE new new 3");
  both.same("SMEMBERS new");
  both.same("SMOVE a b");
});

compat("commands of sets refuse other types", (both) => {
  both.same("SADD s m");
  both.same("SET k string");
  for (const line of [...READS, ...WRITES]) both.fail("WRONGTYPE", line);
  both.same("DEL k");
  both.same("HSET k f v");
  for (const line of [...READS, ...WRITES]) both.fail("WRONGTYPE", line);
  both.same("SMOVE nosuch k m");
  both.same("SPOP k x");
  both.same("SPOP k 0");
  both.same("SRANDMEMBER k x");
  both.same("SSCAN k x");
  both.same("SSCAN k 0 x");
  both.same("SINTERCARD 1 k LIMIT x");
  both.same("SUNIONSTORE k s");
  both.same("TYPE k");
});

compat("SPOP", (both) => {
  for (const protocol of ["resp2", "resp3"] as const) {
    both[protocol]();
    both.same("SADD k a b c");
    both.sameShape("SPOP k");
    both.same("SPOP nosuch");
    both.same("SPOP nosuch 3");
    both.same("SPOP k 0");
    both.sameShape("SPOP k 1");
    both.sameShape("SPOP k 5");
    both.same("EXISTS k");
    both.same("SADD i 1 2 3");
    both.sameShape("SPOP i");
    both.sameShape("SPOP i");
    both.sameShape("SPOP i");
    both.same("EXISTS i");
    both.same("SADD i 1 2 3");
    both.same("SPOP i 9223372036854775807");
    both.same("EXISTS i");
  }
  for (const tail of ["-1", "abc", "1.5", "''", "1 2", "9223372036854775808", "-9223372036854775808"]) {
    both.same(`SPOP nosuch ${tail}`);
  }
  large(both, "k");
  both.sameShape("SPOP k 10");
  both.same("SCARD k");
  both.sameShape("SPOP k 500");
  both.same("SCARD k");
  both.same("OBJECT ENCODING k");
});

compat("SRANDMEMBER", (both) => {
  const counts = ["0", "1", "2", "3", "10", "-1", "-3", "-10"];
  for (const protocol of ["resp2", "resp3"] as const) {
    both[protocol]();
    for (const members of ["a b c", "1 2 3"]) {
      both.same("DEL k");
      both.same(`SADD k ${members}`);
      both.sameShape("SRANDMEMBER k");
      both.same("SRANDMEMBER nosuch");
      for (const count of counts) {
        both.sameShape(`SRANDMEMBER k ${count}`);
        both.same(`SRANDMEMBER nosuch ${count}`);
      }
      both.sameSet("SRANDMEMBER k 3");
      both.sameSet("SRANDMEMBER k 100");
    }
  }
  both.same("SADD one m");
  both.same("SRANDMEMBER one -4");
  for (
    const tail of [
      "abc",
      "1.5",
      "''",
      "1 2",
      "9223372036854775807",
      "9223372036854775808",
      "-9223372036854775807",
      "-9223372036854775808",
    ]
  ) {
    both.same(`SRANDMEMBER nosuch ${tail}`);
  }
  large(both, "k");
  for (const count of ["10", "300", "599", "-700"]) both.sameShape(`SRANDMEMBER k ${count}`);
  both.sameSet("SRANDMEMBER k 600");
});

compat("SUNION, SINTER, SDIFF and their STORE forms", (both) => {
  both.same("SADD a 1 2 3 4 5");
  both.same("SADD b 4 5 6");
  both.same("SADD c 5 x y");
  large(both, "l");
  large(both, "m", 300, 900);
  const lists = [
    "a",
    "a b",
    "a b c",
    "c a",
    "a a",
    "nosuch",
    "a nosuch",
    "nosuch a",
    "l",
    "l m",
    "m a",
    "a l m",
    "c l",
  ];
  for (const protocol of ["resp2", "resp3"] as const) {
    both[protocol]();
    for (const list of lists) {
      for (const name of ["SUNION", "SINTER", "SDIFF"]) {
        both.sameSet(`${name} ${list}`);
        both.same("SET d string EX 100");
        both.same(`${name}STORE d ${list}`);
        both.same("TYPE d");
        both.same("TTL d");
        both.same("OBJECT ENCODING d");
        both.sameSet("SMEMBERS d");
      }
      const count = list.split(" ").length;
      both.same(`SINTERCARD ${count} ${list}`);
      for (const limit of ["0", "1", "2", "1000"]) both.same(`SINTERCARD ${count} ${list} LIMIT ${limit}`);
    }
  }
  for (const name of ["SUNIONSTORE", "SINTERSTORE", "SDIFFSTORE"]) {
    both.same("SADD t 1 2 3");
    both.same(`${name} t t a`);
    both.sameSet("SMEMBERS t");
    both.same(`${name} t nosuch`);
    both.same("EXISTS t");
    both.same(`${name} t nosuch`);
    both.same(name);
    both.same(`${name} t`);
  }
  for (const name of ["SUNION", "SINTER", "SDIFF"]) both.same(name);
});

compat("SINTERCARD reads its arguments", (both) => {
  both.same("SADD a 1 2 3");
  for (
    const tail of [
      "0 a",
      "-1 a",
      "x a",
      "1",
      "2 a",
      "9223372036854775807 a",
      "1 a LIMIT",
      "1 a LIMIT -1",
      "1 a LIMIT x",
      "1 a LIMIT 1 LIMIT 2",
      "1 a limit 9223372036854775807",
      "1 a x",
      "1 a b",
      "2 a LIMIT",
    ]
  ) {
    both.same(`SINTERCARD ${tail}`);
  }
});

compat("SSCAN", (both) => {
  both.same("SADD k 1 12 3");
  for (const key of ["k", "nosuch"]) {
    for (
      const tail of [
        "0",
        "17",
        "-1",
        "abc",
        "''",
        "18446744073709551616",
        "0 MATCH 1*",
        "0 match *",
        "0 MATCH nosuch",
        "0 COUNT 1",
        "0 COUNT 0",
        "0 COUNT x",
        "0 COUNT",
        "0 MATCH",
        "0 TYPE set",
        "0 x",
      ]
    ) {
      both.same(`SSCAN ${key} ${tail}`);
    }
  }
  both.same("SSCAN k");
  large(both, "k");
  both.sameSet("SSCAN k 0 COUNT 10000");
  both.sameSet("SSCAN k 0 COUNT 10000 MATCH m1*");
  both.same("SSCAN k 0 COUNT 10000 MATCH nosuch");
});

compat("sets are copied, renamed, moved, dumped and restored", async (both) => {
  both.same("SADD i 1 2 300000");
  both.same("SADD t a b 7");
  large(both, "l");
  for (const key of ["i", "t", "l"]) {
    both.same(`PEXPIREAT ${key} 4102444800000`);
    both.same(`COPY ${key} copy REPLACE`);
    both.same("OBJECT ENCODING copy");
    both.same("PEXPIRETIME copy");
    both.sameSet("SMEMBERS copy");
    both.same("SADD copy new");
    both.same(`SCARD ${key}`);
    both.same(`RENAME ${key} other`);
    both.same("MOVE other 3");
    both.same("SELECT 3");
    both.sameSet("SMEMBERS other");
    both.same("OBJECT ENCODING other");
    both.same("DEBUG DIGEST-VALUE other");
    both.same("MOVE other 0");
    both.same("SELECT 0");
    both.same(`RENAME other ${key}`);
    both.same("DEBUG DIGEST");
  }
  both.same("DUMP i");
  for (const key of ["i", "t", "l"]) {
    const { real, ours } = await both.ask(["DUMP", key]);
    if (real === undefined) return; // Payloads list elements in another order each time, so none are recorded.
    for (const answer of [real, ours]) {
      const value = answer?.values[0];
      if (value?.kind !== "bulk") continue;
      both.same("CONFIG SET set-max-intset-entries 2");
      both.same(["RESTORE", "restored", "0", value.bytes, "REPLACE"]);
      both.same("OBJECT ENCODING restored");
      both.same("CONFIG SET set-max-intset-entries 512");
      both.same(["RESTORE", "restored", "0", value.bytes, "REPLACE"]);
      both.same("OBJECT ENCODING restored");
      both.sameSet("SMEMBERS restored");
      both.same(`DEBUG DIGEST-VALUE restored ${key}`);
    }
  }
});

compat("a table of integers becomes an intset again when it is restored", async (both) => {
  both.same("SADD k 1 2 text 3");
  both.same("SREM k text");
  both.same("OBJECT ENCODING k");
  const { real, ours } = await both.ask("DUMP k");
  if (real === undefined) return; // The order of the members is another one each time, so none is recorded.
  for (const answer of [real, ours]) {
    const value = answer?.values[0];
    if (value?.kind !== "bulk") continue;
    both.same(["RESTORE", "l", "0", value.bytes, "REPLACE"]);
    both.same("OBJECT ENCODING l");
    both.same("SMEMBERS l");
  }
});

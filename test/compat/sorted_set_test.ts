/** The sorted set commands, except those that wait. */
import { compat } from "./compat.ts";
import { Crc64 } from "../../src/store/rdb/crc64.ts";
import { latin1 } from "../../src/sys/bytes.ts";

type Both = Parameters<Parameters<typeof compat>[1]>[0];

const SCORES = [
  "0",
  "-0",
  "1",
  "-1.5",
  "3.14",
  "1e300",
  "inf",
  "-inf",
  "+inf",
  "nan",
  "abc",
  "",
  "0x10",
  " 1",
];
const MEMBER_BOUNDS = ["-", "+", "[a", "(a", "[c", "(c", "[", "(", "[zz", "a", "", "++", "-x"];
const SCORE_BOUNDS = ["-inf", "+inf", "1", "(1", "2.5", "(3", "(", "", "(inf", "abc", "nan", "5"];
const RANKS = ["0", "1", "-1", "2", "-3", "100", "-100", "x", "9223372036854775807", "-9223372036854775808"];

/** Runs the same on a small sorted set, a large one, and under both protocol versions. */
function onBoth(both: Both, run: (protocol: string) => void): void {
  for (const entries of ["128", "0"]) {
    both.same(`CONFIG SET zset-max-listpack-entries ${entries}`);
    for (const protocol of ["2", "3"]) {
      if (protocol === "3") both.resp3();
      else both.resp2();
      both.same("FLUSHALL");
      run(protocol);
    }
  }
  both.same("CONFIG SET zset-max-listpack-entries 128");
}

compat("ZADD with every option, on new members and old ones", (both) => {
  onBoth(both, () => {
    for (const score of SCORES) both.same(["ZADD", "k", score, `m${score}`]);
    for (
      const options of [
        "",
        "NX",
        "XX",
        "GT",
        "LT",
        "CH",
        "INCR",
        "NX CH",
        "XX CH",
        "GT CH",
        "LT CH",
        "XX GT CH",
        "NX INCR",
        "XX INCR",
        "GT INCR",
        "LT INCR",
        "NX XX",
        "NX GT",
        "NX LT",
        "GT LT",
        "nx nx",
        "XX GT INCR",
      ]
    ) {
      for (
        const pairs of ["1 a", "5 a", "3 a", "1 a 2 b", "4 new", "-1 a 7 b 8 c", "1 a 2", "x a", "1 a x b"]
      ) {
        both.same(`ZADD k2 ${options} ${pairs}`);
        both.same("ZRANGE k2 0 -1 WITHSCORES");
      }
      both.same("DEL k2");
      both.same(`ZADD k2 ${options} 1 a`);
      both.same("EXISTS k2");
    }
    both.same("ZRANGE k 0 -1 WITHSCORES");
    both.same("OBJECT ENCODING k");
    both.same("ZADD k INCR inf n");
    both.same("ZADD k INCR -inf n");
    both.same("ZADD k");
    both.same("ZADD k 1");
    both.same("ZADD k NX");
    both.same("ZADD k NX 1");
    both.same("ZADD k 1 a 1 a 2 a");
    both.same("SET s x");
    both.same("ZADD s 1 a");
    both.same("ZADD s x a");
    both.same("ZADD s XX INCR 1 a");
  });
});

compat("ZINCRBY adds, and refuses what is no number", (both) => {
  onBoth(both, () => {
    for (const by of [...SCORES, "0.1", "0.2", "1e-5", "-5"]) {
      both.same(["ZINCRBY", "k", by, "m"]);
      both.same("ZSCORE k m");
      both.same("ZRANK k m");
    }
    for (const line of ["k 1", "k nx 1", "k nx ch", "k incr a", "k 1 nx"]) both.same(`ZINCRBY ${line}`);
    both.same("SET s x");
    both.same("ZINCRBY s 1 a");
    both.same("ZINCRBY s x a");
  });
});

compat("scores are printed as they are stored", (both) => {
  onBoth(both, () => {
    for (
      const score of [
        "-0",
        "0.1",
        "1e20",
        "1e17",
        "123456789012345678",
        "4611686018427387904",
        "-4611686018427387904",
        "9223372036854775807",
        "1.7976931348623157e308",
        "5e-324",
        "0.30000000000000004",
        "3.0",
        "100000000000000000000000",
        "1e-7",
        "2.2250738585072014e-308",
      ]
    ) {
      both.same(`ZADD k ${score} m`);
      both.same("ZSCORE k m");
      both.same("ZMSCORE k m none m");
      both.same("ZRANGE k 0 -1 WITHSCORES");
      both.same("ZADD k 1 m");
      both.same(`ZADD k ${score} m`);
      both.same("ZSCORE k m");
      both.same("ZADD k -0 m");
      both.same("ZADD k 0 m");
      both.same("ZSCORE k m");
      both.same("DEL k");
    }
  });
});

compat("a sorted set grows out of its listpack, once", (both) => {
  for (let i = 0; i < 130; i++) {
    both.same(`ZADD k ${i % 7} member:${i}`);
    if (i > 125) both.same("OBJECT ENCODING k");
  }
  both.same("ZRANGE k 0 -1 WITHSCORES");
  for (let i = 0; i < 20; i++) both.same(`ZREM k member:${i}`);
  both.same("OBJECT ENCODING k");
  for (const length of [63, 64, 65]) {
    both.same(["ZADD", "v", "1", "x".repeat(length)]);
    both.same("OBJECT ENCODING v");
    both.same(["ZADD", `v${length}`, "1", "x".repeat(length)]);
    both.same(`OBJECT ENCODING v${length}`);
    both.same(["ZADD", `w${length}`, "1", "a", "2", "x".repeat(length)]);
    both.same(`OBJECT ENCODING w${length}`);
  }
  both.same("CONFIG SET zset-max-ziplist-entries 3");
  both.same("CONFIG SET zset-max-ziplist-value 5");
  both.samePairs("CONFIG GET zset-max-*");
  both.same("ZADD x 1 a 2 b 3 c");
  both.same("OBJECT ENCODING x");
  both.same("ZADD x 9 a");
  both.same("OBJECT ENCODING x");
  both.same("ZADD x 1 d");
  both.same("OBJECT ENCODING x");
  both.same("ZADD y 1 abcdef");
  both.same("OBJECT ENCODING y");
  both.same("ZRANGESTORE z k 0 2");
  both.same("OBJECT ENCODING z");
  both.same("ZUNIONSTORE z 1 x");
  both.same("OBJECT ENCODING z");
  both.same("ZREM x d");
  both.same("ZUNIONSTORE z 1 x");
  both.same("OBJECT ENCODING z");
  both.same("CONFIG SET zset-max-listpack-entries 128 zset-max-listpack-value 64");
});

compat("members are bytes, and ties have their order", (both) => {
  onBoth(both, () => {
    for (
      const member of [
        "b",
        "a",
        "",
        "\xff",
        "\0",
        "aa",
        "12",
        "012",
        "-5",
        "9223372036854775807",
        "1e5",
        "100",
        "99",
      ]
    ) {
      both.same(["ZADD", "k", "1", member]);
      both.same(["ZRANK", "k", member]);
      both.same(["ZREVRANK", "k", member]);
      both.same(["ZSCORE", "k", member]);
    }
    both.same("ZRANGE k 0 -1");
    both.same("ZRANGE k - + BYLEX");
    both.same("ZCARD k");
    both.same("ZCARD none");
    both.same("ZRANK k none");
    both.same("ZRANK none none");
    both.same("ZREVRANK none none");
    both.same("ZSCORE none a");
    both.same("ZMSCORE none a b");
    both.same("ZRANK k a b");
    both.same("ZMSCORE k");
    both.same("SET s x");
    for (const name of ["ZCARD s", "ZSCORE s a", "ZMSCORE s a", "ZRANK s a", "ZREVRANK s a", "ZREM s a"]) {
      both.same(name);
    }
  });
});

compat("ranges by rank", (both) => {
  onBoth(both, () => {
    both.same("ZADD k 1 a 2 b 2 c 3 d 10 e");
    for (const from of RANKS) {
      for (const to of RANKS) {
        both.same(`ZRANGE k ${from} ${to}`);
        both.same(`ZRANGE k ${from} ${to} REV WITHSCORES`);
        both.same(`ZREVRANGE k ${from} ${to} withscores`);
      }
    }
    for (
      const rest of [
        "LIMIT 0 1",
        "LIMIT 0 -1",
        "LIMIT 0",
        "LIMIT x 1",
        "WITHSCORES WITHSCORES",
        "BYSCORE BYLEX",
        "BYLEX BYSCORE",
        "BYSCORE BYSCORE",
        "REV REV",
        "NOSUCH",
        "BYLEX WITHSCORES",
        "BYSCORE LIMIT 0 1 LIMIT 1 2",
      ]
    ) {
      both.same(`ZRANGE k 0 -1 ${rest}`);
      both.same(`ZREVRANGE k 0 -1 ${rest}`);
      both.same(`ZRANGE none 0 -1 ${rest}`);
      both.same(`ZRANGEBYSCORE k 0 -1 ${rest}`);
      both.same(`ZRANGEBYLEX k - + ${rest}`);
      both.same(`ZRANGESTORE d k 0 -1 ${rest}`);
    }
    both.same("SET s x");
    both.same("ZRANGE s 0 -1");
    both.same("ZRANGE s x -1");
    both.same("ZRANGE k 0");
  });
});

compat("ranges by score", (both) => {
  onBoth(both, () => {
    both.same("ZADD k 1 a 1 a2 2.5 b 3 c 5 d inf e -inf f");
    for (const min of SCORE_BOUNDS) {
      for (const max of SCORE_BOUNDS) {
        both.same(["ZRANGEBYSCORE", "k", min, max]);
        both.same(["ZREVRANGEBYSCORE", "k", max, min, "WITHSCORES"]);
        both.same(["ZCOUNT", "k", min, max]);
        both.same(["ZRANGE", "k", min, max, "BYSCORE", "REV"]);
      }
    }
    for (const limit of ["0 1", "1 2", "0 0", "0 -1", "-1 2", "2 -5", "100 1", "0 x", "1"]) {
      both.same(`ZRANGEBYSCORE k -inf inf LIMIT ${limit}`);
      both.same(`ZREVRANGEBYSCORE k inf -inf WITHSCORES LIMIT ${limit}`);
      both.same(`ZRANGE k (1 inf BYSCORE LIMIT ${limit} WITHSCORES`);
      both.same(`ZRANGE k inf (1 REV BYSCORE LIMIT ${limit}`);
    }
    both.same("ZCOUNT none 0 1");
    both.same("ZCOUNT none x 1");
    both.same("SET s x");
    both.same("ZCOUNT s 0 1");
    both.same("ZCOUNT s 0 x");
    both.same("ZRANGEBYSCORE s 0 1");
  });
});

compat("ranges of members", (both) => {
  onBoth(both, () => {
    both.same("ZADD k 0 a 0 b 0 c 0 d 0 e 0 zz");
    for (const min of MEMBER_BOUNDS) {
      for (const max of MEMBER_BOUNDS) {
        both.same(["ZRANGEBYLEX", "k", min, max]);
        both.same(["ZREVRANGEBYLEX", "k", max, min]);
        both.same(["ZLEXCOUNT", "k", min, max]);
        both.same(["ZRANGE", "k", min, max, "BYLEX", "REV"]);
      }
    }
    for (const limit of ["0 1", "1 2", "0 0", "0 -1", "-1 2", "2 -5", "100 1"]) {
      both.same(`ZRANGEBYLEX k - + LIMIT ${limit}`);
      both.same(`ZREVRANGEBYLEX k + (a LIMIT ${limit}`);
    }
    both.same("SET s x");
    both.same("ZLEXCOUNT s - +");
    both.same("ZLEXCOUNT s x +");
    both.same("ZLEXCOUNT none - +");
    both.same("ZRANGEBYLEX s - +");
  });
  // Where scores differ, a listpack is still looked through in its order.
  both.same("FLUSHALL");
  both.same("ZADD k 1 c 2 a 3 b 4 d 5 a2");
  for (const min of MEMBER_BOUNDS) {
    for (const max of MEMBER_BOUNDS) {
      both.same(["ZRANGEBYLEX", "k", min, max]);
      both.same(["ZREVRANGEBYLEX", "k", max, min, "LIMIT", "1", "2"]);
      both.same(["ZLEXCOUNT", "k", min, max]);
    }
  }
});

compat("members are removed by name, rank, score and text", (both) => {
  onBoth(both, () => {
    const fill = () => both.same("ZADD k 0 a 0 b 0 c 0 d 0 e 1 f 2 g");
    for (const members of ["a", "none", "a b none a", "a b c d e f g a", ""]) {
      fill();
      both.same(`ZREM k ${members}`);
      both.same("ZRANGE k 0 -1 WITHSCORES");
    }
    for (const [from, to] of [["0", "0"], ["-2", "-1"], ["5", "2"], ["1", "100"], ["x", "1"], ["0", "-1"]]) {
      fill();
      both.same(`ZREMRANGEBYRANK k ${from} ${to}`);
      both.same("ZRANGE k 0 -1");
    }
    for (const [from, to] of [["0", "0"], ["(0", "1"], ["5", "2"], ["-inf", "inf"], ["x", "1"]]) {
      fill();
      both.same(`ZREMRANGEBYSCORE k ${from} ${to}`);
      both.same("ZRANGE k 0 -1");
    }
    for (const [from, to] of [["[b", "(d"], ["-", "[a"], ["+", "-"], ["-", "+"], ["x", "+"]]) {
      both.same("DEL k");
      both.same("ZADD k 0 a 0 b 0 c 0 d");
      both.same(`ZREMRANGEBYLEX k ${from} ${to}`);
      both.same("ZRANGE k 0 -1");
    }
    both.same("EXISTS k");
    both.same("SET s x");
    both.same("ZREMRANGEBYRANK s 0 1");
    both.same("ZREMRANGEBYSCORE s 0 1");
    both.same("ZREMRANGEBYLEX s - +");
    both.same("ZREMRANGEBYLEX s x +");
    both.same("ZREMRANGEBYRANK none 0 1");
  });
});

compat("ZPOPMIN, ZPOPMAX and ZMPOP take from the ends", (both) => {
  onBoth(both, () => {
    for (
      const line of [
        "ZPOPMIN k",
        "ZPOPMAX k",
        "ZPOPMIN k 2",
        "ZPOPMAX k 2",
        "ZPOPMIN k 0",
        "ZPOPMAX k 100",
        "ZPOPMIN k 1",
      ]
    ) {
      both.same("ZADD k 1 a 2 b 3.5 c 3.5 d");
      both.same(line);
      both.same("ZRANGE k 0 -1 WITHSCORES");
    }
    for (const count of ["-1", "x", "1 2", "9223372036854775807", "9223372036854775808"]) {
      both.same("ZADD k 1 a");
      both.same(`ZPOPMIN k ${count}`);
      both.same(`ZPOPMAX none ${count}`);
    }
    both.same("ZADD k 1 a 2 b 3 c");
    for (
      const rest of [
        "1 k MIN",
        "2 none k MAX",
        "1 none MIN",
        "2 k none MIN COUNT 2",
        "1 k MIN COUNT 0",
        "1 k MIN COUNT -1",
        "1 k MIN COUNT x",
        "1 k MIN COUNT",
        "1 k MIN COUNT 1 COUNT 1",
        "0 k MIN",
        "-1 k MIN",
        "x k MIN",
        "2 k MIN",
        "1 k NOSUCH",
        "3 k MIN",
        "1 k MAX COUNT 10",
        "1 k MIN NOSUCH",
      ]
    ) {
      both.same(`ZMPOP ${rest}`);
      both.same("ZRANGE k 0 -1");
      both.same("ZADD k NX 1 a 2 b");
    }
    both.same("SET s x");
    both.same("ZPOPMIN s");
    both.same("ZPOPMIN s 0");
    both.same("ZPOPMAX s x");
    both.same("ZMPOP 2 s k MIN");
    both.same("ZMPOP 2 k s MIN");
  });
});

compat("ZRANDMEMBER, where there is no choice, and its errors", (both) => {
  onBoth(both, () => {
    both.same("ZADD k 1 a");
    for (
      const rest of [
        "",
        "0",
        "1",
        "5",
        "-3",
        "-3 WITHSCORES",
        "2 withscores",
        "0 WITHSCORES",
        "x",
        "1 NOSUCH",
        "1 WITHSCORES 1",
        "9223372036854775807",
        "9223372036854775807 WITHSCORES",
        "-9223372036854775808",
        "-9223372036854775807 WITHSCORES",
      ]
    ) {
      both.same(`ZRANDMEMBER k ${rest}`);
      if (!rest.startsWith("-9")) both.same(`ZRANDMEMBER none ${rest}`);
    }
    both.same("ZADD k 1e17 a");
    both.same("ZRANDMEMBER k -3 WITHSCORES");
    both.same("ZRANDMEMBER k 3 WITHSCORES");
    both.same("ZSCAN k 0");
    both.same("ZPOPMIN k");
    both.same("ZADD k 2 b 3 c");
    both.sameSet("ZRANDMEMBER k 10");
    both.sameShape("ZRANDMEMBER k 2 WITHSCORES");
    both.sameShape("ZRANDMEMBER k -5 WITHSCORES");
    both.same("SET s x");
    both.same("ZRANDMEMBER s");
    both.same("ZRANDMEMBER s 1");
  });
});

compat("ZSCAN", (both) => {
  onBoth(both, () => {
    both.same("ZADD k 1 a 2.5 bb 3 c inf d 1e17 e -0 f");
    for (
      const rest of [
        "0",
        "0 MATCH b*",
        "0 COUNT 100 MATCH *",
        "0 COUNT 0",
        "0 COUNT x",
        "0 MATCH",
        "0 NOSUCH 1",
        "x",
        "0 TYPE zset",
        "-1x",
      ]
    ) {
      both.sameSet(`ZSCAN k ${rest}`);
      both.same(`ZSCAN none ${rest}`);
    }
    both.same("SET s x");
    both.same("ZSCAN s 0");
    both.same("ZSCAN s x");
  });
});

compat("unions, intersections and differences", (both) => {
  onBoth(both, (protocol) => {
    both.same("ZADD a 1 x 2 y 3 z inf i");
    both.same("ZADD b 10 y 20 z 0.1 w -inf i");
    both.same("ZADD c 0.2 z 0.3 y");
    both.same("SADD set y z q");
    both.same("SADD ints 1 2 3");
    both.same("ZADD n 5 1 6 2 7 9");
    const keys = [
      "1 a",
      "2 a b",
      "3 a b c",
      "2 a none",
      "2 none a",
      "2 a a",
      "2 a set",
      "2 set a",
      "2 n ints",
      "1 set",
      "1 none",
    ];
    const options = [
      "",
      "WITHSCORES",
      "WEIGHTS 2",
      "WEIGHTS 2 0.5",
      "WEIGHTS 0 0",
      "WEIGHTS inf -inf",
      "WEIGHTS 1 x",
      "WEIGHTS 1 2 3",
      "AGGREGATE SUM",
      "AGGREGATE MIN",
      "AGGREGATE max",
      "AGGREGATE NOSUCH",
      "AGGREGATE",
      "WEIGHTS 0 0 AGGREGATE MIN",
      "AGGREGATE MAX WEIGHTS 2 3",
      "LIMIT 1",
      "NOSUCH",
    ];
    for (const key of keys) {
      // Only the form of the answers depends on the protocol.
      for (const option of protocol === "2" ? options : options.slice(0, 3)) {
        for (const command of ["ZUNION", "ZINTER", "ZDIFF"]) {
          both.same(`${command} ${key} ${option}`);
          if (option !== "WITHSCORES") both.same(`${command} ${key} WITHSCORES ${option}`);
          both.same(`${command}STORE d ${key} ${option}`);
          both.same("ZRANGE d 0 -1 WITHSCORES");
          both.same("OBJECT ENCODING d");
        }
        both.same(`ZINTERCARD ${key} ${option}`);
      }
      for (const limit of ["0", "1", "2", "100", "-1", "x", ""]) {
        both.same(`ZINTERCARD ${key} LIMIT ${limit}`);
      }
    }
    both.same("SET s x");
    for (
      const command of [
        "ZUNION",
        "ZINTER",
        "ZDIFF",
        "ZINTERCARD",
        "ZUNIONSTORE d",
        "ZINTERSTORE d",
        "ZDIFFSTORE d",
      ]
    ) {
      for (
        const rest of [
          "0 a",
          "-1 a",
          "x a",
          "2 a",
          "1 s",
          "2 none s",
          "2 s NOSUCH",
          "1 a NOSUCH",
          "9223372036854775807 a",
        ]
      ) {
        both.same(`${command} ${rest}`);
      }
    }
  });
});

compat("what is stored replaces what was there, with its time to live", (both) => {
  both.same("ZADD a 1 x 2 y");
  for (const line of ["ZUNIONSTORE d 1 a", "ZINTERSTORE d 1 a", "ZDIFFSTORE d 1 a", "ZRANGESTORE d a 0 -1"]) {
    for (const old of ["SET d string", "ZADD d 1 old", "SADD d old"]) {
      both.same(old);
      both.same("EXPIRE d 1000");
      both.same(line);
      both.same("TTL d");
      both.same("TYPE d");
      both.same("ZRANGE d 0 -1 WITHSCORES");
      both.same(line.replace(/1 a$/, "1 none").replace("a 0 -1", "none 0 -1"));
      both.same("EXISTS d");
    }
  }
  both.same("ZUNIONSTORE a 1 a WEIGHTS 2");
  both.same("ZRANGE a 0 -1 WITHSCORES");
  both.same("ZRANGESTORE a a 1 1");
  both.same("ZRANGE a 0 -1 WITHSCORES");
  both.same("ZADD l 1 a 2 b 3 c");
  for (
    const rest of [
      "0 -1",
      "0 1 REV",
      "2 inf BYSCORE",
      "inf (1 BYSCORE REV LIMIT 0 1",
      "- [b BYLEX",
      "0 -1 WITHSCORES",
      "1 0",
      "(x y BYSCORE",
    ]
  ) {
    both.same(`ZRANGESTORE d l ${rest}`);
    both.same("ZRANGE d 0 -1 WITHSCORES");
  }
  both.same("ZADD zeros 0 a -0 b -0 c -0 d -0 e");
  for (const entries of ["0", "2", "128"]) {
    both.same(`CONFIG SET zset-max-listpack-entries ${entries}`);
    for (const line of ["ZADD z -0 a -0 b -0 c", "ZRANGESTORE z zeros 0 -1", "ZUNIONSTORE z 1 zeros"]) {
      both.same("DEL z");
      both.same(line);
      both.same("ZRANGE z 0 -1 WITHSCORES");
      both.same("ZRANGESTORE y z 0 -1 REV");
      both.same("ZRANGE y 0 -1 WITHSCORES");
    }
  }
  both.same("CONFIG SET zset-max-listpack-entries 128");
  both.same("SET s x");
  both.same("ZRANGESTORE d s 0 -1");
  both.same("ZRANGESTORE s l 0 -1");
  both.same("TYPE s");
});

compat("DUMP, RESTORE, COPY, RENAME and DEBUG DIGEST of both encodings", (both) => {
  both.same("CONFIG SET rdbcompression no");
  for (const entries of ["128", "0"]) {
    both.same(`CONFIG SET zset-max-listpack-entries ${entries}`);
    both.same("FLUSHALL");
    both.same("ZADD k 1 a -0 zero 2.5 b inf c -inf d 1e300 e 3 12");
    both.same("DUMP k");
    both.same("DEBUG DIGEST-VALUE k");
    both.same("DEBUG DIGEST");
    both.same("COPY k k2");
    both.same("OBJECT ENCODING k2");
    both.same("ZADD k2 5 a 6 new");
    both.same("ZRANGE k 0 -1 WITHSCORES");
    both.same("ZRANGE k2 0 -1 WITHSCORES");
    both.same("RENAME k2 k3");
    both.same("ZRANK k3 new");
    both.same("MOVE k3 1");
    both.same("EXPIRE k 1000");
    both.same("ZADD k 5 f");
    both.near(20, "TTL k");
    both.same("DUMP k");
    both.same("UNLINK k");
  }
  // What each of the two encodings gives is taken under both limits.
  const dumps = [
    "\x11\x19\x19\0\0\0\x06\0\x81a\x02\x01\x01\x81b\x02\x832.5\x04\x81c\x02\x03\x01\xff\n\0",
    "\x05\x03\x01c\0\0\0\0\0\0\x08@\x01b\0\0\0\0\0\0\x04@\x01a\0\0\0\0\0\0\xf0?\n\0",
  ];
  for (const entries of ["128", "2"]) {
    both.same(`CONFIG SET zset-max-listpack-entries ${entries}`);
    for (const dump of dumps) {
      both.same(["RESTORE", "r", "0", withChecksum(dump), "REPLACE"]);
      both.same("ZRANGE r 0 -1 WITHSCORES");
      both.same("OBJECT ENCODING r");
      both.same("ZINCRBY r 10 a");
      both.same("DUMP r");
    }
  }
  both.same("CONFIG SET zset-max-listpack-entries 128");
  both.same("CONFIG SET rdbcompression yes");
});

/** A payload with its checksum, one character a byte. */
function withChecksum(payload: string): string {
  const bytes = latin1(payload);
  const crc = new Crc64();
  crc.update(bytes);
  let text = payload;
  for (const word of [crc.lo, crc.hi]) {
    for (let i = 0; i < 4; i++) text += String.fromCharCode((word >>> (8 * i)) & 0xff);
  }
  return text;
}

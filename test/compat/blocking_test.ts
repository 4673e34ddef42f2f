/** Commands that wait for keys, with several clients: who gets what, when, and in which form. */
import { compat } from "./compat.ts";

const TIMEOUTS = [
  "0.01",
  "x",
  "-1",
  "inf",
  "-inf",
  "nan",
  "1e400",
  "9223372036854775807",
  "",
  " 1",
  "0x1p-7",
];

compat("timeouts of commands that wait", (both) => {
  for (const timeout of TIMEOUTS) {
    both.same(["BLPOP", "none", timeout]);
    both.same(["BRPOPLPUSH", "none", "to", timeout]);
    both.same(["BLMOVE", "none", "to", "LEFT", "RIGHT", timeout]);
    both.same(["BLMPOP", timeout, "1", "none", "LEFT"]);
    both.same(["BZPOPMIN", "none", timeout]);
    both.same(["BZMPOP", timeout, "1", "none", "MIN"]);
  }
  both.resp3();
  both.same("BLPOP none 0.01");
  both.same("BLMOVE none to LEFT LEFT 0.01");
  both.same("BZPOPMAX none 0.01");
});

compat("commands that could wait but need not", (both) => {
  both.same("RPUSH l a b c d e f g h i j k l m n");
  both.same("ZADD z 1 a 2 b 3 c 4 d 5 e 6 f");
  both.same("SET s text");
  for (const protocol of [2, 3]) {
    if (protocol === 3) both.resp3();
    both.same("BLPOP none l 0");
    both.same("BRPOP l none 0");
    both.same("BLMOVE l m LEFT RIGHT 0");
    both.same("BRPOPLPUSH l m 0");
    both.same("BLMPOP 0 2 none l LEFT COUNT 1");
    both.same("BZPOPMIN none z 0");
    both.same("BZPOPMAX z none 0");
    both.same("BZMPOP 0 1 z MIN COUNT 1");
  }
  both.fail("wrong kind", "BLPOP none s l 0");
  both.fail("wrong kind", "BZPOPMIN l 0");
  both.fail("wrong kind", "BRPOPLPUSH m s 0");
  both.fail("wrong kind", "BLMOVE s m LEFT LEFT 0");
  both.same("BLMOVE l m UP LEFT 0");
  both.same("BLMPOP 0 0 l LEFT");
  both.same("BLMPOP 0 1 l UP");
  both.same("BLMPOP 0 1 l LEFT COUNT 0");
  both.same("BZMPOP 0 1 z MIN COUNT 1 COUNT 2");
  both.same("BZMPOP 0 9 z MIN");
});

compat("in a transaction nobody waits", (both) => {
  both.same("MULTI");
  both.same("BLPOP k 0");
  both.same("BLMOVE k l LEFT RIGHT 0");
  both.same("BRPOPLPUSH k l 0");
  both.same("BLMPOP 0 1 k LEFT");
  both.same("BZPOPMIN k 0");
  both.same("BZMPOP 0 1 k MIN");
  both.same("EXEC");
});

compat("clients that wait are served in the order of their coming", (both) => {
  const [a, b, c] = [both.client("a"), both.client("b"), both.client("c")];
  a.same("BLPOP k other 100", { blocks: true });
  b.same("BRPOP other k 100", { blocks: true });
  c.same("BLMOVE k to RIGHT LEFT 100", { blocks: true });
  both.same("RPUSH k 1 2 3 4");
  both.same("LRANGE k 0 -1");
  both.same("LRANGE to 0 -1");
});

compat("a transaction is over before those who wait are served", (both) => {
  const [a, b] = [both.client("a"), both.client("b")];
  a.same("BLPOP k 100", { blocks: true });
  b.same("BZPOPMAX z 100", { blocks: true });
  for (const line of ["MULTI", "RPUSH k 1", "LPUSH k 2", "ZADD z 1 a", "ZADD z 5 b", "DEL other", "EXEC"]) {
    both.same(line);
  }
  both.same("LRANGE k 0 -1");
  both.same("ZRANGE z 0 -1");
});

compat("keys that come by other ways than pushing serve those who wait", (both) => {
  const ways: [string, ...string[]][] = [
    ["RPUSH from a", "RENAME from k"],
    ["RPUSH from a", "COPY from k"],
    ["SELECT 1", "RPUSH k a", "MOVE k 0", "SELECT 0"],
    ["SELECT 1", "RPUSH k a", "SWAPDB 0 1", "SELECT 0"],
    ["RPUSH from a", "LMOVE from k LEFT LEFT"],
    ["SET k text", "DEL k", "RPUSH k b"],
  ];
  for (const [i, lines] of ways.entries()) {
    const waiting = both.client(`waits ${i}`);
    waiting.same("BLPOP k 100", { blocks: true });
    for (const line of lines) both.same(line);
    waiting.same("PING");
    both.same("EXISTS k from");
    both.reset();
  }
});

compat(
  "a wait outlives a change of type, and BLMOVE finds out late that its target is none",
  (both) => {
    const [a, b] = [both.client("a"), both.client("b")];
    a.same("BLPOP k l 100", { blocks: true });
    both.same("SET k text");
    both.same("ZADD l 1 a");
    both.same("DEL l");
    both.same("RPUSH l a");
    a.same("PING");
    both.same("SET target text");
    b.same("BLMOVE m target LEFT LEFT 100", { blocks: true });
    both.same("RPUSH m a");
    both.same("LRANGE m 0 -1");
  },
);

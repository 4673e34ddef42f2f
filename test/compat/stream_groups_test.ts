/** Consumer groups of streams: XGROUP, XREADGROUP, XACK, XPENDING, XCLAIM, XAUTOCLAIM and XINFO. */
import type { Plain } from "../support/resp_value.ts";
import { compat } from "./compat.ts";

type Both = Parameters<Parameters<typeof compat>[1]>[0];

const MAX = "18446744073709551615";
const IDS = [
  "0",
  "0-0",
  "1",
  "1-1",
  "1-",
  "-",
  "+",
  "$",
  ">",
  "*",
  "1-*",
  "(1",
  "x",
  "",
  MAX,
  `${MAX}-${MAX}`,
  "01-1",
];
const INTEGERS = ["0", "1", "-1", "-2", "x", "", "1.5", "9223372036854775807", "9223372036854775808"];
/** Earlier than this nothing is a time of day, unix ms. */
const DAY_MS = 1e12;

/** Times of day are a little different. */
function withoutTimes(value: Plain): unknown {
  if (value instanceof Map) return [...value].map(([name, item]) => [name, withoutTimes(item)]);
  if (Array.isArray(value)) return value.map(withoutTimes);
  return typeof value === "number" && value > DAY_MS ? "time" : value;
}

/** The rows of XPENDING, without how long each was idle. */
function withoutPendingIdle(value: Plain): unknown {
  return Array.isArray(value) ? value.map((row) => Array.isArray(row) ? row.with(2, "idle") : row) : value;
}

/** The rows of XINFO CONSUMERS, without how long each was idle. */
function withoutConsumerIdle(value: Plain): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((row) =>
    row instanceof Map ? [...row].slice(0, 2) : Array.isArray(row) ? row.slice(0, 5) : row
  );
}

/** XINFO STREAM FULL and what else shows all that is known of the groups of a key. */
function sameState(both: Both, key = "k"): void {
  both.sameAfter(withoutTimes, `XINFO STREAM ${key} FULL COUNT 0`);
  both.same(`XINFO GROUPS ${key}`);
}

function samePending(both: Both, line: string | readonly string[]): void {
  both.sameAfter(withoutPendingIdle, typeof line === "string" ? line : [...line]);
}

function sameConsumers(both: Both, line: string): void {
  both.sameAfter(withoutConsumerIdle, line);
}

/** A stream of six entries. */
function addSix(both: Both, key = "k"): void {
  for (const id of ["1-1", "1-2", "2-1", "2-2", "3-1", "3-2"]) both.same(`XADD ${key} ${id} f ${id}`);
}

compat("arguments that are wrong, and in which order that is noticed", (both) => {
  addSix(both);
  both.same("XGROUP CREATE k g 0");
  both.same("XREADGROUP GROUP g c COUNT 3 STREAMS k >");
  both.same("SET s text");
  const lines = [
    "XGROUP",
    "XGROUP NOSUCH",
    "XGROUP NOSUCH k g",
    "XGROUP CREATE K g",
    "XGROUP CREATE K g 0",
    "XGROUP CREATE K new x",
    "XGROUP CREATE K new x BAD",
    "XGROUP CREATE K new 0 BAD",
    "XGROUP CREATE K new x MKSTREAM",
    "XGROUP CREATE K new 0 ENTRIESREAD",
    "XGROUP CREATE K new 0 ENTRIESREAD 1 ENTRIESREAD 2 MKSTREAM",
    "XGROUP CREATE K new 0 MKSTREAM MKSTREAM MKSTREAM MKSTREAM",
    "XGROUP SETID K none x",
    "XGROUP SETID K g x",
    "XGROUP SETID K g 0 MKSTREAM",
    "XGROUP SETID K g 0 ENTRIESREAD",
    "XGROUP SETID K g 0 ENTRIESREAD 1 ENTRIESREAD 2",
    "XGROUP DESTROY K",
    "XGROUP DESTROY K none",
    "XGROUP DESTROY K none none",
    "XGROUP CREATECONSUMER K g",
    "XGROUP CREATECONSUMER K none c",
    "XGROUP DELCONSUMER K none c",
    "XGROUP DELCONSUMER K g none",
    "XREADGROUP",
    "XREADGROUP GROUP g c STREAMS K",
    "XREADGROUP GROUP g c STREAMS K K >",
    "XREADGROUP GROUP none c STREAMS K >",
    "XREADGROUP GROUP g c STREAMS K none > >",
    "XREADGROUP GROUP g c STREAMS none K > >",
    "XREADGROUP GROUP g c STREAMS K s $ >",
    "XREADGROUP GROUP g c STREAMS K s x >",
    "XREADGROUP GROUP g c COUNT x STREAMS K >",
    "XREADGROUP GROUP g c BLOCK x STREAMS K >",
    "XREADGROUP GROUP g c BLOCK -1 STREAMS K >",
    "XREADGROUP GROUP g c BLOCK 1.5 STREAMS K >",
    "XREADGROUP GROUP g c BAD STREAMS K >",
    "XREADGROUP GROUP g c NOACK COUNT 1 K >",
    "XREADGROUP COUNT 1 NOACK STREAMS K >",
    "XREADGROUP COUNT 1 STREAMS K K > >",
    "XREADGROUP COUNT 1 BLOCK 1 GROUP g",
    "XACK K g",
    "XACK K none x",
    "XACK K g x",
    "XACK K g 7-7 x",
    "XPENDING K",
    "XPENDING K none",
    "XPENDING K g -",
    "XPENDING K g - +",
    "XPENDING K g x + 1",
    "XPENDING K g - x 1",
    "XPENDING K g x x x",
    "XPENDING K none - + x",
    "XPENDING K none - + 1",
    "XPENDING K g IDLE 0 - +",
    "XPENDING K g IDLE x - + 1",
    "XPENDING K g IDLE 0 - + 1 c more",
    "XPENDING K g - + 0 c more",
    "XPENDING K g - + 0 c more most",
    "XCLAIM K g d 0",
    "XCLAIM K none d x x",
    "XCLAIM K g d x x",
    "XCLAIM K g d 0 x",
    "XCLAIM K g d 0 7-7 x",
    "XCLAIM K g d 0 7-7 IDLE",
    "XCLAIM K g d 0 7-7 IDLE x",
    "XCLAIM K g d 0 7-7 TIME x",
    "XCLAIM K g d 0 7-7 RETRYCOUNT x",
    "XCLAIM K g d 0 7-7 LASTID x",
    "XCLAIM K g d 0 7-7 FORCE 7-8",
    "XCLAIM K g d 0 FORCE JUSTID",
    "XAUTOCLAIM K g d 0",
    "XAUTOCLAIM K g d x x COUNT x",
    "XAUTOCLAIM K g d 0 x COUNT x",
    "XAUTOCLAIM K g d 0 0 COUNT x",
    "XAUTOCLAIM K g d 0 0 COUNT 0",
    "XAUTOCLAIM K g d 0 0 COUNT",
    "XAUTOCLAIM K g d 0 0 BAD",
    "XAUTOCLAIM K none d 0 0",
    `XAUTOCLAIM K g d 0 (${MAX}-${MAX}`,
    "XAUTOCLAIM K g d 0 9 COUNT 576460752303423487",
    "XAUTOCLAIM K g d 0 9 COUNT 576460752303423488",
    "XINFO",
    "XINFO NOSUCH K",
    "XINFO STREAM",
    "XINFO STREAM K BAD",
    "XINFO STREAM K FULL COUNT",
    "XINFO STREAM K FULL BAD 1",
    "XINFO STREAM K FULL COUNT x",
    "XINFO STREAM K FULL COUNT 1 BAD",
    "XINFO GROUPS",
    "XINFO GROUPS K more",
    "XINFO CONSUMERS K",
    "XINFO CONSUMERS K none",
  ];
  for (const line of lines) for (const key of ["k", "none", "s"]) both.same(line.replaceAll("K", key));
  both.same(["XGROUP", "CREATE", "k\r\n\0x", "g", "0"]);
  both.same(["XPENDING", "k\r\n\0x", "g\r\n\0x"]);
  both.same(["XGROUP", "x".repeat(200), "k", "g"]);
  both.same(["XINFO", "STREAM", "k", "x".repeat(200)]);
  both.sameShape("XGROUP HELP");
  both.sameShape("XINFO HELP");
  sameState(both);
});

compat("ids and numbers in every place", (both) => {
  for (const id of IDS) {
    both.reset();
    addSix(both);
    both.same(["XGROUP", "CREATE", "k", "g", id]);
    both.same("XGROUP CREATE k h 0");
    both.same(["XGROUP", "SETID", "k", "h", id]);
    both.same("XREADGROUP GROUP h c COUNT 2 STREAMS k >");
    both.same(["XREADGROUP", "GROUP", "h", "c", "COUNT", "1", "STREAMS", "k", id]);
    samePending(both, ["XPENDING", "k", "h", id, "+", "10"]);
    samePending(both, ["XPENDING", "k", "h", "-", id, "10"]);
    both.same(["XCLAIM", "k", "h", "d", "0", id]);
    both.same(["XCLAIM", "k", "h", "d", "0", id, "FORCE", "JUSTID"]);
    both.same(["XCLAIM", "k", "h", "d", "0", "9-9", "LASTID", id]);
    both.same(["XAUTOCLAIM", "k", "h", "d", "0", id]);
    both.same(["XACK", "k", "h", id]);
    sameState(both);
  }
  both.reset();
  addSix(both);
  both.same("XGROUP CREATE k g 0");
  both.same("XREADGROUP GROUP g c COUNT 4 STREAMS k >");
  for (const number of INTEGERS) {
    both.same(["XGROUP", "CREATE", "k", `n${number}`, "0", "ENTRIESREAD", number]);
    both.same(["XGROUP", "SETID", "k", "g", "2-2", "ENTRIESREAD", number]);
    both.same(["XREADGROUP", "GROUP", "g", "c", "COUNT", number, "STREAMS", "k", "0"]);
    samePending(both, ["XPENDING", "k", "g", "-", "+", number]);
    samePending(both, ["XPENDING", "k", "g", "IDLE", number, "-", "+", "0"]);
    both.same(["XCLAIM", "k", "g", "d", number, "9-9"]);
    both.same(["XCLAIM", "k", "g", "d", "0", "1-1", "IDLE", number]);
    both.same(["XCLAIM", "k", "g", "d", "0", "1-1", "TIME", number, "JUSTID"]);
    both.same(["XCLAIM", "k", "g", "d", "0", "1-2", "RETRYCOUNT", number]);
    both.same(["XAUTOCLAIM", "k", "g", "d", number, "9"]);
    both.sameAfter(withoutTimes, ["XINFO", "STREAM", "k", "FULL", "COUNT", number]);
    sameState(both);
  }
});

for (const protocol of [2, 3]) {
  compat(`groups from their making to their end, protocol ${protocol}`, (both) => {
    if (protocol === 3) both.resp3();
    both.same("XGROUP CREATE k g $ MKSTREAM");
    both.same("XINFO STREAM k");
    sameState(both);
    both.same("XREADGROUP GROUP g c STREAMS k >");
    addSix(both);
    both.same("XGROUP CREATE k from-the-start 0 ENTRIESREAD 0");
    both.same("XGROUP CREATE k at-the-end $");
    both.same("XGROUP CREATE k Upper 2");
    both.same("XREADGROUP GROUP g zoe COUNT 2 STREAMS k >");
    both.same("XREADGROUP GROUP g adam COUNT 1 STREAMS k >");
    both.same("XREADGROUP GROUP g Eve COUNT 1 NOACK STREAMS k >");
    both.same("XREADGROUP GROUP from-the-start c STREAMS k >");
    both.same("XREADGROUP GROUP from-the-start c STREAMS k >");
    both.same("XREADGROUP GROUP from-the-start c BLOCK 1 STREAMS k >");
    both.same("XREADGROUP GROUP g zoe STREAMS k 0");
    both.same("XREADGROUP GROUP g zoe COUNT 1 STREAMS k k k 1-1 0 >");
    both.same("XREADGROUP GROUP g nobody STREAMS k 0");
    both.same("XPENDING k g");
    both.same("XPENDING k at-the-end");
    samePending(both, "XPENDING k g - + 10");
    samePending(both, "XPENDING k g - + 10 adam");
    samePending(both, "XPENDING k g IDLE 100000 - + 10");
    samePending(both, "XPENDING k g (1-1 (2-1 10");
    samePending(both, "XPENDING k g - + 1");
    samePending(both, "XPENDING k g - + 10 none");
    both.same("XDEL k 1-1 2-1");
    both.same("XREADGROUP GROUP g zoe STREAMS k 0");
    both.same("XCLAIM k g adam 0 1-1 1-2 3-1");
    both.same("XCLAIM k g adam 0 3-1 FORCE RETRYCOUNT 7");
    both.same("XCLAIM k g adam 100000 3-1");
    both.same("XCLAIM k g zoe 5000 3-1");
    both.same("XCLAIM k g zoe 0 3-1 IDLE 100000 JUSTID");
    both.same("XCLAIM k g Eve 50000 3-1 JUSTID");
    both.same("XAUTOCLAIM k g new 100000 -");
    both.same("XAUTOCLAIM k g new 0 - COUNT 1");
    both.same("XAUTOCLAIM k g new 0 (1-2 JUSTID");
    both.same("XAUTOCLAIM k from-the-start new 0 - COUNT 3");
    both.same("XAUTOCLAIM k from-the-start new 0 2-2 COUNT 2");
    both.same("XACK k from-the-start 1-1 1-2 1-2 2-2");
    sameState(both);
    for (const group of ["g", "from-the-start", "at-the-end"]) {
      sameConsumers(both, `XINFO CONSUMERS k ${group}`);
    }
    both.same("XINFO STREAM k");
    both.sameAfter(withoutTimes, "XINFO STREAM k FULL");
    both.sameAfter(withoutTimes, "XINFO STREAM k FULL COUNT 1");
    both.same("XGROUP CREATECONSUMER k at-the-end c");
    both.same("XGROUP DELCONSUMER k g new");
    both.same("XGROUP SETID k g 1 ENTRIESREAD 1");
    sameState(both);
    both.same("XREADGROUP GROUP g again STREAMS k >");
    both.same("COPY k copy");
    sameState(both, "copy");
    both.same("XGROUP DESTROY k g");
    both.same("XGROUP DESTROY k g");
    sameState(both);
  });
}

compat("names are bytes, and listed in their order", (both) => {
  both.same("XADD k 1-1 f v");
  const names = ["b", "a", "", "B", "\xff", "a\0", "aa", "\0"];
  for (const name of names) both.same(["XGROUP", "CREATE", "k", name, "0"]);
  for (const name of names) both.same(["XREADGROUP", "GROUP", "a", name, "STREAMS", "k", "0"]);
  for (const name of names) both.same(["XGROUP", "CREATECONSUMER", "k", "b", name]);
  for (const name of names) both.same(["XCLAIM", "k", "b", name, "0", "1-1", "FORCE"]);
  sameState(both);
  both.same("XPENDING k b");
  for (const name of names.slice(2)) both.same(["XGROUP", "DELCONSUMER", "k", "b", name]);
  for (const name of names.slice(2)) both.same(["XGROUP", "DESTROY", "k", name]);
  sameState(both);
});

compat("what was read, and what is still to be read", (both) => {
  const changes = [
    "XDEL k 1-1",
    "XDEL k 2-2",
    "XDEL k 3-2",
    "XDEL k 1-1 1-2 2-1 2-2 3-1 3-2",
    "XTRIM k MAXLEN 3",
    "XTRIM k MAXLEN 0",
    "XTRIM k MINID 3",
    "XSETID k 9-9",
    "XSETID k 9-9 ENTRIESADDED 100 MAXDELETEDID 2-1",
    "XSETID k 9-9 ENTRIESADDED 0 MAXDELETEDID 0-0",
    "XSETID k 9-9 ENTRIESADDED 9223372036854775807 MAXDELETEDID 9-9",
  ];
  for (const change of changes) {
    both.reset();
    addSix(both);
    const groups = ["0", "1-1", "1-2", "2-2", "3-2", "$", "0-5", "2", "50-50"];
    for (const id of groups) {
      both.same(`XGROUP CREATE k ${id} ${id}`);
      both.same(`XGROUP CREATE k ${id}-counted ${id} ENTRIESREAD 3`);
    }
    sameState(both);
    both.same(change);
    sameState(both);
    for (const id of groups) {
      both.same(`XREADGROUP GROUP ${id} c COUNT 1 STREAMS k >`);
      both.same(`XREADGROUP GROUP ${id}-counted c COUNT 2 STREAMS k >`);
    }
    sameState(both);
    both.same("XADD k 60-1 f v");
    both.same("XDEL k 3-1");
    for (const id of groups) both.same(`XREADGROUP GROUP ${id} c NOACK STREAMS k >`);
    sameState(both);
  }
});

compat("nodes of the radix tree of ids", (both) => {
  both.same("CONFIG SET stream-node-max-entries 1");
  const ids = ["0-1", "0-2", "0-256", "0-65536", "1-0", "1-1", "2-0", "255-1", "256-0", "256-255", "65536-0"];
  ids.push("65792-0", "16777216-1", "16777216-2", "16777217-1", "4294967296-0", "4294967297-4294967296");
  ids.push("1526919030474-0", "1526919030474-1", "1526919030475-0", `${MAX}-0`, `${MAX}-${MAX}`);
  both.same("XGROUP CREATE k g $ MKSTREAM");
  both.same("XINFO STREAM k");
  for (const id of ids) {
    both.same(`XADD k ${id} f v`);
    both.same("XINFO STREAM k");
  }
  for (let i = 0; i < ids.length; i++) {
    both.same(["XDEL", "k", ids[i * 7 % ids.length]!]);
    both.same("XINFO STREAM k");
  }
  both.same("CONFIG SET stream-node-max-entries 100");
});

compat("a transaction and a script read from a group, and do not wait", (both) => {
  addSix(both);
  both.same("XGROUP CREATE k g 0");
  both.same("MULTI");
  both.same("XREADGROUP GROUP g c COUNT 5 BLOCK 0 STREAMS k >");
  both.same("XREADGROUP GROUP g c BLOCK 0 STREAMS k >");
  both.same("XREADGROUP GROUP g c BLOCK 0 STREAMS k >");
  both.same("XGROUP CREATE k g 0");
  both.same("EXEC");
  both.same([
    "EVAL",
    "return redis.pcall('XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', '0', 'STREAMS', 'k', '>')",
    "0",
  ]);
  both.same(["EVAL", "return redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 'k', '>')", "0"]);
  both.same(["EVAL", "return redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 'k', '3')", "0"]);
});

compat("who watches a key is not told of its groups", (both) => {
  const other = both.client("other");
  const lines = [
    "XGROUP CREATE k h 0",
    "XGROUP CREATE new h 0 MKSTREAM",
    "XGROUP SETID k h 1",
    "XGROUP CREATECONSUMER k h c",
    "XREADGROUP GROUP h c COUNT 2 STREAMS k >",
    "XREADGROUP GROUP h c COUNT 2 STREAMS k 0",
    "XCLAIM k h d 0 2-1",
    "XAUTOCLAIM k h e 0 0",
    "XACK k h 2-1",
    "XGROUP DELCONSUMER k h e",
    "XGROUP DESTROY k h",
    "XDEL k 1-1",
  ];
  addSix(both);
  for (const line of lines) {
    both.same("WATCH k new");
    other.same(line);
    both.same("MULTI");
    both.same("PING");
    both.same("EXEC");
  }
});

compat("what is new is given to one of those who wait", (both) => {
  const [a, b, c] = [both.client("a"), both.client("b"), both.client("c")];
  both.same("XGROUP CREATE k g $ MKSTREAM");
  both.same("XGROUP CREATE l g $ MKSTREAM");
  a.same("XREADGROUP GROUP g a BLOCK 0 STREAMS k l > >", { blocks: true });
  b.same("XREADGROUP GROUP g b BLOCK 0 NOACK STREAMS k >", { blocks: true });
  c.same("XREAD BLOCK 0 STREAMS k $", { blocks: true });
  both.same("XADD k 1-1 f v");
  sameState(both);
  both.same("XADD k 1-2 f v");
  sameState(both);
  for (const served of [a, b, c]) served.same("PING");
  a.resp3();
  a.same("XREADGROUP GROUP g a COUNT 1 BLOCK 10000 STREAMS l k > >", { blocks: true });
  b.same("XREADGROUP GROUP g b BLOCK 10000 STREAMS l k > >", { blocks: true });
  both.same("MULTI");
  both.same("XADD l 2-1 f v");
  both.same("XADD k 2-1 f v");
  both.same("XADD l 2-2 f v");
  both.same("EXEC");
  sameState(both);
  sameState(both, "l");
  both.same("XREADGROUP GROUP g c STREAMS k l > >");
  for (const served of [a, b]) served.same("PING");
  a.same("XREADGROUP GROUP g a BLOCK 0 STREAMS k >", { blocks: true });
  b.same("XREADGROUP GROUP g b BLOCK 0 STREAMS k >", { blocks: true });
  // What is gone already is given as nothing.
  both.same("MULTI");
  both.same("XADD k 3-1 f v");
  both.same("XADD k 3-2 f v");
  both.same("XDEL k 3-2");
  both.same("EXEC");
  sameState(both);
});

compat("to set a group back serves nobody, until something is added", (both) => {
  const a = both.client("a");
  addSix(both);
  both.same("XGROUP CREATE k g $");
  a.same("XREADGROUP GROUP g a BLOCK 0 STREAMS k >", { blocks: true });
  both.same("XGROUP SETID k g 0");
  both.same("XDEL k 1-1");
  both.same("XTRIM k MAXLEN 4");
  both.same("EXPIRE k 1000");
  both.same("XSETID k 5-5");
  both.same("XPENDING k g");
  both.same("XADD k 6-6 f v");
  a.same("PING");
  sameState(both);
});

compat("the key or the group goes while a client waits", (both) => {
  const ways: readonly (readonly string[])[] = [
    ["DEL k"],
    ["UNLINK k"],
    ["SET k v"],
    ["RENAME k j"],
    ["RENAME string k"],
    ["RENAME grouped k"],
    ["RENAME ungrouped k"],
    ["COPY grouped k REPLACE"],
    ["COPY ungrouped k REPLACE"],
    ["MOVE k 3"],
    ["FLUSHALL"],
    ["FLUSHDB ASYNC"],
    ["SWAPDB 0 1"],
    ["PEXPIRE k -1"],
    ["SUNIONSTORE k none"],
    ["XGROUP DESTROY k g"],
    ["MULTI", "DEL k", "XADD k 1-1 f v", "EXEC"],
    ["MULTI", "DEL k", "XADD k 1-1 f v", "XGROUP CREATE k g 0", "EXEC"],
    ["MULTI", "DEL k", "RPUSH k a", "EXEC"],
    ["EVAL \"redis.call('DEL', 'k')\" 0"],
    ["SELECT 1", "XADD k 1-1 f v", "XGROUP CREATE k g 0", "SWAPDB 0 1", "SELECT 0"],
    ["SELECT 1", "XADD k 1-1 f v", "SWAPDB 0 1", "SELECT 0"],
  ];
  for (const [i, lines] of ways.entries()) {
    both.reset();
    both.same("SET string text");
    both.same("XADD grouped 7-7 f v");
    both.same("XGROUP CREATE grouped g 0");
    both.same("XADD ungrouped 7-7 f v");
    both.same("XADD k 1-1 f v");
    both.same("XGROUP CREATE k g $");
    both.same("XGROUP CREATE other g $ MKSTREAM");
    const a = both.client(`waits ${i}`);
    a.same("XREADGROUP GROUP g a BLOCK 0 STREAMS other k > >", { blocks: true });
    for (const line of lines) both.same(line);
    a.same("PING");
  }
});

compat("all who wait for a key that goes are told", (both) => {
  const waiting = ["a", "b", "c"].map((name) => both.client(name));
  both.same("XGROUP CREATE k g $ MKSTREAM");
  for (const each of waiting) each.same("XREADGROUP GROUP g a BLOCK 0 STREAMS k >", { blocks: true });
  both.same("DEL k");
  for (const each of waiting) each.same("PING");
  both.same("XGROUP CREATE k g $ MKSTREAM");
  for (const each of waiting) each.same("XREADGROUP GROUP g a BLOCK 0 STREAMS k >", { blocks: true });
  both.same("XGROUP DESTROY k g");
  for (const each of waiting) each.same("PING");
});

compat("a group that is made anew at once is waited for", (both) => {
  const a = both.client("a");
  both.same("XGROUP CREATE k g $ MKSTREAM");
  a.same("XREADGROUP GROUP g a BLOCK 0 STREAMS k >", { blocks: true });
  for (const line of ["MULTI", "XGROUP DESTROY k g", "XGROUP CREATE k g 0", "EXEC"]) both.same(line);
  for (const line of ["MULTI", "DEL k", "XGROUP CREATE k g 0 MKSTREAM", "EXEC"]) both.same(line);
  both.same("XADD k 1-1 f v");
  a.same("PING");
  sameState(both);
});

compat("a key that dies ends the wait for it", (both) => {
  const a = both.client("a");
  both.same("XGROUP CREATE k g $ MKSTREAM");
  a.same("XREADGROUP GROUP g a BLOCK 0 STREAMS k >", { blocks: true });
  both.same("PEXPIRE k 1");
  a.same("PING");
});

compat("CLIENT UNBLOCK and the time that is up end a wait in a group", (both) => {
  const a = both.client("a");
  both.same("XGROUP CREATE k g $ MKSTREAM");
  both.same("CLIENT UNBLOCK @id:a");
  for (const way of ["", "TIMEOUT", "ERROR"]) {
    a.same("XREADGROUP GROUP g a BLOCK 0 STREAMS k >", { blocks: true });
    both.same(`CLIENT UNBLOCK @id:a ${way}`.trim());
    a.same("PING");
  }
  a.same("XREADGROUP GROUP g a BLOCK 1 STREAMS k >");
  a.resp3();
  a.same("XREADGROUP GROUP g a BLOCK 1 STREAMS k >");
  sameState(both);
});

compat("groups are the same when the append-only file is read again", (both) => {
  addSix(both);
  const lines = [
    "XGROUP CREATE k g 0",
    "XGROUP CREATE k h 2-1 ENTRIESREAD 3",
    "XGROUP CREATE empty g $ MKSTREAM",
    "XREADGROUP GROUP g c COUNT 3 STREAMS k >",
    "XREADGROUP GROUP g silent STREAMS k 0",
    "XREADGROUP GROUP g c STREAMS k 0",
    "XREADGROUP GROUP h d COUNT 1 NOACK STREAMS k >",
    "XREADGROUP GROUP h d STREAMS k >",
    "XCLAIM k g e 0 1-1 RETRYCOUNT 7 TIME 1000",
    "XDEL k 1-2",
    "XAUTOCLAIM k g f 0 1-2 JUSTID",
    "XCLAIM k g e 0 3-2 FORCE",
    "XACK k g 3-2",
    "XCLAIM k h e 0 9-9 LASTID 4-4",
  ];
  for (const line of lines) both.same(line);
  sameState(both);
  both.same("DEBUG LOADAOF");
  sameState(both);
  sameState(both, "empty");
  samePending(both, "XPENDING k g - + 10");
}, { args: ["--appendonly", "yes"] });

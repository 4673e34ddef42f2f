/**
 * Scripts beside redis-server: EVAL, EVALSHA, EVAL_RO, EVALSHA_RO, SCRIPT LOAD, SCRIPT EXISTS, SCRIPT FLUSH, SCRIPT KILL,
 * SCRIPT DEBUG, SCRIPT HELP; values, errors, statistics, slow scripts, and scripts as books and blogs have them.
 */
import { type Both, compat } from "./compat.ts";
import { latin1, latin1Text } from "../../src/sys/bytes.ts";
import { librarySnippets, tableOrderSnippets } from "./lua_libraries.ts";
import { showing } from "./lua_show.ts";
import { HEADERS, SCRIPTS } from "./scripting_cases.ts";
import { BOOK_SCRIPTS, RELIABLE_QUEUE } from "./scripting_examples.ts";

const DATA = [
  "SET string text",
  "SET number 10",
  "RPUSH list a b c b",
  "SADD set m",
  "HSET hash f v",
  "ZADD zset 1 a 2.5 b inf inf",
];

/** Runs scripts, each on the same data. */
function runAll(both: Both, scripts: readonly string[], command = "EVAL"): void {
  for (const script of scripts) {
    both.same("FLUSHALL");
    for (const line of DATA) both.same(line);
    both.same([command, script, "0", "one", "2"]);
  }
}

const half = Math.ceil(SCRIPTS.length / 2);
for (const [part, scripts] of [["", SCRIPTS.slice(0, half)], [", continued", SCRIPTS.slice(half)]] as const) {
  compat(`values and errors, RESP2${part}`, (both) => runAll(both, scripts));
  compat(`values and errors, RESP3${part}`, (both) => {
    both.resp3();
    // What is no number is sent as it is, and clients do not read that.
    runAll(both, scripts.filter((script) => !/big_number = '(no|1.r)/.test(script)));
  });
}

compat("what the first line of a script declares", (both) => {
  for (const command of ["EVAL", "EVAL_RO", "EVAL", "SCRIPT LOAD"]) {
    if (command === "SCRIPT LOAD") { for (const script of HEADERS) both.same(["SCRIPT", "LOAD", script]); }
    else runAll(both, HEADERS, command);
  }
});

compat("the libraries cjson, cmsgpack, struct and bit", async (both) => {
  for (let at = 0; at < librarySnippets.length; at += 500) {
    for (const snippet of librarySnippets.slice(at, at + 500)) both.same(["EVAL", snippet, "0"]);
    await both.run();
  }
  for (const snippet of tableOrderSnippets) both.same(["EVAL", snippet, "0"]);
});

/** Scripts of the engine's own comparison; addresses of tables and functions are each server's own. */
for (
  const [file, wrap] of [["basics", showing], ["libraries_and_errors", showing], ["replies", String]] as const
) {
  compat(`the scripts of lua/${file}.txt`, (both) => {
    const text = latin1Text(Deno.readFileSync(new URL(`./lua/${file}.txt`, import.meta.url)));
    for (const script of text.replace(/\n$/, "").split("\n---\n")) {
      const bytes = latin1(wrap(script));
      both.sameAfter(
        (_, raw) => Deno.inspect(raw, { depth: 99 }).replace(/\b0x[0-9a-f]{8,}/g, "0x"),
        ["EVAL", bytes, "0", "x", "2"],
      );
    }
  });
}

compat("the number of keys, and arguments", (both) => {
  for (const n of ["x", "", "-1", "1", "2", "1.5", " 1", "01", "99999999999999999999", "2147483648"]) {
    for (const command of ["EVAL", "EVAL_RO"]) both.same([command, "return {#KEYS, #ARGV}", n, "a"]);
    for (const command of ["EVALSHA", "EVALSHA_RO"]) both.same([command, "0".repeat(40), n, "a"]);
  }
  both.same(["EVAL", "return {KEYS, ARGV}", "2", "a", "\0\xff", "", "d"]);
  both.same(["EVAL", "return {KEYS, ARGV}", "0"]);
  both.same(["EVAL", "return #ARGV", "0", ...Array.from({ length: 3000 }, (_, i) => String(i))]);
  for (const line of ["EVAL", "EVAL x", "EVALSHA", "EVALSHA x", "EVAL_RO x", "EVALSHA_RO x"]) both.same(line);
});

const SHA = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";

compat("scripts are kept until they are flushed", async (both) => {
  for (
    const line of [
      "SCRIPT FLUSH",
      `EVALSHA ${SHA} 0`,
      `SCRIPT EXISTS ${SHA}`,
      "EVAL 'return 1' 0",
      `EVALSHA ${SHA} 0`,
      `EVALSHA ${SHA.toUpperCase()} 0`,
      `EVALSHA_RO ${SHA} 0`,
      `EVALSHA ${SHA}0 0`,
      `EVALSHA ${SHA.slice(1)} 0`,
      `EVALSHA '' 0`,
      `EVALSHA ${"g".repeat(40)} 0`,
      `SCRIPT EXISTS ${SHA} ${SHA.toUpperCase()} x '' ${SHA}0`,
      "SCRIPT FLUSH ASYNC",
      `SCRIPT EXISTS ${SHA}`,
      "SCRIPT LOAD 'return 1'",
      "SCRIPT LOAD 'return 1'",
      `EVALSHA ${SHA} 0`,
      "SCRIPT FLUSH sync",
      "SCRIPT FLUSH x",
      "SCRIPT FLUSH ASYNC SYNC",
      "SCRIPT LOAD ''",
      "SCRIPT LOAD 'return +'",
      "SCRIPT LOAD 'x = 1'",
      "SCRIPT LOAD",
      "SCRIPT LOAD a b",
      "SCRIPT EXISTS",
      "SCRIPT KILL",
      "SCRIPT KILL x",
      "SCRIPT NOSUCH",
      "SCRIPT",
      "SCRIPT DEBUG",
      "SCRIPT HELP x",
    ]
  ) both.same(line);
  // Not in a pipeline.
  for (const line of ["SCRIPT DEBUG NO", "SCRIPT DEBUG no", "SCRIPT DEBUG x"]) {
    await both.run();
    both.same(line);
  }
  await both.run();
  both.sameAfter((value) => Array.isArray(value), "SCRIPT HELP");
  both.sameAfter(scriptsOf, "INFO memory");
  for (const script of ["return 1", "return 2", "return 1", "return +"]) both.same(["EVAL", script, "0"]);
  both.sameAfter(scriptsOf, "INFO memory");
});

function scriptsOf(value: unknown): unknown {
  return /number_of_cached_scripts:\d+/.exec(String(value))?.[0];
}

compat("scripts between MULTI and EXEC", (both) => {
  for (
    const line of [
      ["MULTI"],
      ["EVAL", "return redis.call('incr', KEYS[1])", "1", "k"],
      ["INCR", "k"],
      ["EVAL", "return redis.call('nosuch')", "0"],
      ["EVALSHA", SHA.replace("e", "f"), "0"],
      ["EVAL", "return 1", "x"],
      ["EVAL", "x"],
      ["SCRIPT", "KILL"],
      ["EXEC"],
      ["MULTI"],
      ["EVAL", "return redis.call('incr', KEYS[1])", "1", "k"],
      ["INCR", "k"],
      ["EVAL", "return redis.call('nosuch')", "0"],
      ["EVALSHA", SHA.replace("e", "f"), "0"],
      ["EVAL", "return 1", "x"],
      ["SCRIPT", "KILL"],
      ["SCRIPT", "LOAD", "return 5"],
      ["EXEC"],
      ["WATCH", "k"],
      ["EVAL", "redis.call('incr', 'k')", "0"],
      ["MULTI"],
      ["EXEC"],
      ["SELECT", "2"],
      ["EVAL", "redis.call('select', 0) return redis.call('get', 'k')", "0"],
      ["GET", "k"],
    ]
  ) both.same(line);
});

compat("blocked clients are served when the script has ended", (both) => {
  const waiting = both.client("waiting");
  waiting.same("BLPOP l 0", { blocks: true });
  both.same(["EVAL", "redis.call('rpush', 'l', 'a', 'b') return redis.call('llen', 'l')", "0"]);
  both.same("LRANGE l 0 -1");
});

compat("what is counted of scripts, of what they call, and of errors", (both) => {
  const scripts = [
    "return 1",
    "return redis.call('incr', 'n')",
    "for i = 1, 5 do redis.call('get', 'n') end",
    "return redis.call('incr', 'string')",
    "return redis.pcall('incr', 'string')",
    "redis.pcall('incr', 'string') return 1",
    "redis.pcall('incr') redis.pcall('nosuch') redis.pcall('multi') return 1",
    "redis.call('incr')",
    "redis.call('get', {})",
    "return redis.pcall('get', {})",
    "error('x')",
    "error({err = 'MINE x'})",
    "return redis.error_reply('MINE x')",
    "return redis.error_reply('word')",
    "return {err = 'word'}",
    "return {err = 'averylongwordthatisnocodeofanerror x'}",
    "return {redis.error_reply('A x'), redis.error_reply('B x'), redis.pcall('incr', 'string')}",
    "redis.pcall('incr', 'string') return redis.error_reply('C x')",
    "return x",
    "return +",
    "#!lua flags=nosuch\nreturn 1",
  ];
  for (const script of scripts) {
    for (const command of ["EVAL", "EVAL_RO"]) {
      both.same("CONFIG RESETSTAT");
      both.same("SET string text");
      both.same([command, script, "0"]);
      both.sameAfter(countsOf, "INFO commandstats");
      both.sameAfter((value) => errorsOf(value), "INFO errorstats");
    }
  }
  both.same("CONFIG RESETSTAT");
  for (const line of ["EVALSHA x 0", "EVAL x", "EVAL x 5", "EVAL 'return 1' -1", "SCRIPT KILL"]) {
    both.same(line);
  }
  both.sameAfter(countsOf, "INFO commandstats");
  both.sameAfter((value) => errorsOf(value), "INFO errorstats");
});

/** Calls, refusals and failures of each command. */
function countsOf(value: unknown): unknown {
  return String(value).split("\r\n").map((line) => line.replace(/usec=\d+,usec_per_call=[\d.]+,/, "")).sort();
}

function errorsOf(value: unknown): unknown {
  return String(value).split("\r\n").sort();
}

compat("expiry stands still while a script runs, TIME does not", (both) => {
  const spin =
    "local t = redis.call('time') local at = t[1] * 1e6 + t[2] repeat t = redis.call('time') until t[1] * 1e6 + t[2] > at + 30000";
  both.same([
    "EVAL",
    `redis.call('set', 'k', 'v', 'px', 10) ${spin} return redis.call('get', 'k')`,
    "0",
  ]);
  both.same("EXISTS k");
});

compat("a script that takes long", async (both) => {
  const other = both.client("other");
  both.same("SET k v");
  both.same("CONFIG SET busy-reply-threshold 30");
  for (
    const script of [
      "while true do end",
      "while 1 do pcall(error) end",
      "local i = 0\nwhile true do i = i + 1 end",
    ]
  ) {
    both.same(["EVAL", script, "0"], { blocks: true });
    for (const line of BUSY_LINES) other.same(line);
    other.same("SCRIPT KILL");
    await both.run();
    both.same("SCRIPT KILL");
  }
  both.same("CONFIG SET lua-time-limit 5000");
});

const BUSY_LINES = [
  "PING",
  "GET k",
  "GET",
  "NOSUCH",
  "INFO",
  "CLIENT LIST",
  "EVAL 'return 1' 0",
  "SCRIPT FLUSH",
  "SCRIPT LOAD x",
  "SHUTDOWN",
  "SHUTDOWN SAVE",
  "SHUTDOWN ABORT",
  "SHUTDOWN x",
  "MULTI",
  "GET k",
  "EXEC",
  "MULTI",
  "DISCARD",
  "WATCH k",
  "UNWATCH",
  "RESET",
  "AUTH x",
  "CONFIG GET maxmemory",
  "CONFIG SET busy-reply-threshold 5",
];

compat("the reliable queue, and other examples of the first days of scripts", (both) => {
  for (const line of RELIABLE_QUEUE) both.same(line);
});

compat("the scripts of a book", (both) => {
  for (const line of BOOK_SCRIPTS) {
    if (line === "KEYS k:*") both.sameSet(line);
    else both.same(line);
  }
});

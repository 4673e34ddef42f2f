/**
 * MONITOR: what is shown, how, and in which order. The lines are no replies, so a PING of the one who watches is told to wait
 * for them, for its own answer, and for the line of the PING.
 */
import type { Plain } from "../support/resp_value.ts";
import type { Line } from "../support/split_args.ts";
import { type Both, compat } from "./compat.ts";

/** A line without what is not the same: the time, and the client, but not whether it was a client. */
function withoutTime(value: Plain): unknown {
  return typeof value === "string"
    ? value.replace(
      /^\d{10}\.\d{6} \[(\d+) ([^\]]*)\]/,
      (_, db, who) => `[${db} ${who === "lua" ? who : "client"}]`,
    )
    : value;
}

/** Everything that has come to the one who watches until now: so many lines. */
function shows(watcher: Both, lines: number): void {
  watcher.sameAfter(withoutTime, "PING", { replies: lines + 2 });
}

function watch(both: Both): Both {
  const watcher = both.client("watcher");
  watcher.same("MONITOR");
  return watcher;
}

/** Sends lines that are shown, each as one line. */
function sends(both: Both, ...lines: Line[]): void {
  for (const line of lines) both.same(line);
}

compat("MONITOR shows databases and arguments", (both) => {
  const watcher = watch(both);
  sends(
    both,
    "SET a b",
    "SELECT 3",
    "GET a",
    "SELECT 99",
    "SELECT 0",
    "get A",
    "LPUSH l x",
    "GET l",
    "SET '' ''",
  );
  shows(watcher, 9);
  both.same('PING "a\\"b\\\\c\\n\\r\\t\\a\\b\\x00\\x1f\\x20~\\x7f\\x80\\xff é"');
  both.same(`SET long ${"x".repeat(100_000)}`);
  shows(watcher, 2);
});

compat("MONITOR over RESP3 and to more than one", (both) => {
  const watcher = both.client("watcher");
  watcher.resp3();
  watcher.same("MONITOR");
  const other = both.client("other");
  other.same("MONITOR");
  sends(both, "SET a b", "GET a");
  shows(watcher, 2);
  shows(other, 3);
  shows(watcher, 1);
  watcher.same("RESET");
  shows(other, 2);
});

compat("MONITOR does not show what administrators do, what is refused, and passwords", (both) => {
  const watcher = watch(both);
  for (
    const line of [
      "CONFIG GET port",
      "DEBUG SLEEP 0",
      "SLOWLOG RESET",
      "LATENCY RESET",
      "ACL USERS",
      "CLIENT KILL ID 99999",
      "GET",
      "NOSUCH a b",
      "CONFIG NOSUCH",
      "MONITOR x",
    ]
  ) both.same(line);
  shows(watcher, 0);
  sends(both, "AUTH p", "AUTH u p", "HELLO 2 AUTH u p SETNAME n", "HELLO 2 SETNAME n AUTH u p", "ACL WHOAMI");
  sends(both, "OBJECT ENCODING none", "CLIENT GETNAME", "ECHO x", "PUBLISH a b", "BLPOP none 0.01", "DBSIZE");
  shows(watcher, 11);
});

compat("MONITOR and transactions", (both) => {
  const watcher = watch(both);
  for (const line of ["MULTI", "SET a b", "GET a", "AUTH x", "CONFIG GET nosuch", "EXEC"]) both.same(line);
  shows(watcher, 5);
  for (const line of ["MULTI", "SET a b", "DISCARD"]) both.same(line);
  shows(watcher, 2);
  for (const line of ["MULTI", "NOSUCH", "EXEC"]) both.same(line);
  shows(watcher, 2);
  for (const line of ["WATCH a", "SET a c", "MULTI", "GET a", "EXEC", "EXEC", "DISCARD"]) both.same(line);
  shows(watcher, 6);
  for (const line of ["MULTI", "MONITOR", "EXEC"]) both.same(line);
});

compat("MONITOR and scripts", (both) => {
  const watcher = watch(both);
  both.same(["EVAL", "redis.call('set','a','b') redis.call('select',2) return redis.call('get','a')", "0"]);
  shows(watcher, 4);
  both.same(["EVAL", "redis.pcall('nosuch') redis.pcall('get') redis.pcall('lpush','s','x')", "0"]);
  shows(watcher, 2);
  both.same("SCRIPT LOAD 'return 1'");
  both.same("EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0");
  both.same("EVALSHA nosuch 0");
  shows(watcher, 3);
  both.same("MULTI");
  both.same(["EVAL", "return redis.call('incr','n')", "0"]);
  both.same("EXEC");
  shows(watcher, 4);
});

compat("who watches has no part in the data", (both) => {
  const watcher = watch(both);
  for (
    const line of ["GET a", "SET a b", "PUBLISH a b", "EVAL 'return 1' 0", "EVAL_RO 'return 1' 0", "DEL a"]
  ) {
    watcher.same(line);
  }
  watcher.sameAfter(withoutTime, "ECHO x", { replies: 2 });
  watcher.sameAfter(withoutTime, "MULTI", { replies: 2 });
  watcher.same("SET a b");
  watcher.same("PING");
  watcher.sameAfter(withoutTime, "EXEC", { replies: 2 });
  watcher.same("RESET");
  watcher.same("GET a");
  both.same("SET a b");
  watcher.same("PING");
});

compat("MONITOR twice is answered once", (both) => {
  const watcher = watch(both);
  watcher.same("MONITOR", { replies: 0 });
  both.same("PING");
  shows(watcher, 1);
});

compat("CLIENT LIST marks who watches", (both) => {
  watch(both);
  const flags = (value: Plain) => String(value).match(/flags=\w+/g);
  both.sameAfter(flags, "CLIENT LIST");
  both.sameAfter(flags, "CLIENT LIST TYPE normal");
  both.sameAfter(flags, "CLIENT LIST TYPE replica");
  both.sameAfter((value) => Number(value) > 0, "CLIENT KILL TYPE normal");
});

compat("MONITOR and subscribers", (both) => {
  const watcher = watch(both);
  both.same("SUBSCRIBE a");
  both.same("PING");
  both.same("GET a");
  shows(watcher, 2);
  watcher.sameAfter(withoutTime, "SUBSCRIBE b", { replies: 2 });
  watcher.sameAfter(withoutTime, "PING", { replies: 2 });
  watcher.same("GET a");
});

/** DBSIZE, FLUSH*, TIME, INFO, CONFIG's errors, DEBUG, MEMORY, COMMAND's queries: what tools and test suites ask. */
import type { Plain } from "../support/resp_value.ts";
import { compat } from "./compat.ts";

compat("DBSIZE, FLUSHDB and FLUSHALL", (both) => {
  for (const flush of ["FLUSHDB", "FLUSHALL"]) {
    for (const option of ["", "ASYNC", "SYNC", "async", "FOO", "ASYNC SYNC", "''"]) {
      both.same("MSET a 1 b 2");
      both.same("SELECT 1");
      both.same("SET c 3");
      both.same(`${flush} ${option}`);
      both.same("DBSIZE");
      both.same("SELECT 0");
      both.same("DBSIZE");
    }
  }
  both.same("DBSIZE x");
});

compat("TIME and LASTSAVE", (both) => {
  both.sameShape("TIME");
  both.same("TIME x");
  both.sameShape("LASTSAVE");
});

compat("LOLWUT ends with the version", (both) => {
  for (const line of ["LOLWUT", "LOLWUT VERSION 5", "LOLWUT VERSION 6", "LOLWUT VERSION 99"]) {
    both.sameAfter((value) => /Redis ver\. 7\.0\.15\n$/.test(String(value)), line);
  }
  both.same("LOLWUT VERSION abc");
});

compat("INFO has the sections that are asked for", (both) => {
  const sections = (value: Plain) => String(value).match(/^# .*$/gm);
  for (
    const line of [
      "INFO",
      "INFO server",
      "INFO SERVER",
      "INFO clients memory",
      "INFO memory clients",
      "INFO default",
      "INFO all",
      "INFO everything",
      "INFO nosuch",
      "INFO keyspace",
      "INFO commandstats",
      "INFO errorstats",
      "INFO latencystats",
      "INFO cluster",
      "INFO cpu",
      "INFO stats",
      "INFO replication",
      "INFO persistence",
      "INFO modules",
      "INFO server server",
      "INFO ''",
    ]
  ) both.sameAfter(sections, line);
  both.resp3();
  both.sameShape("INFO server");
});

/** The lines of INFO whose names match. */
function infoLines(pattern: RegExp): (value: Plain) => unknown {
  return (value) => String(value).split("\r\n").filter((line) => pattern.test(line.split(":")[0]!));
}

compat("INFO tells what clients look for", (both) => {
  both.same("MSET a 1 b 2");
  both.same("SET c 3 EX 1000");
  both.same("SELECT 4");
  both.same("SET d 1");
  both.sameAfter(
    infoLines(/^(redis_version|redis_mode|arch_bits|tcp_port|multiplexing_api_kind)$/),
    "INFO server",
  );
  both.sameAfter(
    (value) => String(value).split("\r\n").map((line) => line.replace(/avg_ttl=\d+/, "")),
    "INFO keyspace",
  );
  both.sameAfter(
    infoLines(/^(role|connected_slaves|master_replid2|second_repl_offset|master_repl_offset)$/),
    "INFO replication",
  );
  both.sameAfter(infoLines(/^(loading|async_loading)$/), "INFO persistence");
  both.same("INFO cluster");
  both.sameAfter(infoLines(/^(blocked_clients|cluster_connections|maxclients)$/), "INFO clients");
  both.sameAfter(infoLines(/^(maxmemory|maxmemory_human|maxmemory_policy)$/), "INFO memory");
});

compat("INFO counts commands and errors", (both) => {
  const counts = (value: Plain) =>
    String(value).replace(/usec=\d+,usec_per_call=[\d.]+/g, "").split("\r\n").sort();
  both.same("CONFIG RESETSTAT");
  for (
    const line of [
      "SET k v",
      "GET k",
      "GET",
      "GET k k",
      "FOO",
      "CLIENT ID x",
      "CLIENT NOSUCH",
      "OBJECT ENCODING k",
      "RESTORE k 0 x",
      "INCR k",
      "AUTH a",
    ]
  ) {
    both.sameAfter(() => "", line);
  }
  both.sameAfter(counts, "INFO commandstats");
  both.sameAfter(counts, "INFO errorstats");
  both.sameAfter(
    (value) => infoLines(/^(total_error_replies|keyspace_hits|keyspace_misses)$/)(value),
    "INFO stats",
  );
});

compat("CONFIG's errors", (both) => {
  for (
    const line of [
      "CONFIG",
      "CONFIG GET",
      "CONFIG SET",
      "CONFIG SET a",
      "CONFIG SET nosuch 1",
      "CONFIG SET maxmemory",
      "CONFIG SET maxmemory abc",
      "CONFIG SET maxmemory 1 maxmemory 2",
      "CONFIG SET maxmemory 1 nosuch 2",
      "CONFIG SET daemonize yes",
      "CONFIG SET databases 20",
      "CONFIG SET appendonly maybe",
      "CONFIG SET maxmemory-policy nosuch",
      "CONFIG SET hz abc",
      "CONFIG SET timeout -1",
      "CONFIG SET maxclients 0",
      "CONFIG SET loglevel loud",
      "CONFIG REWRITE",
      "CONFIG REWRITE x",
      "CONFIG RESETSTAT x",
      "CONFIG NOSUCH",
      "CONFIG GET nosuch",
      "CONFIG SET maxmemory 1 maxmemory-policy",
    ]
  ) both.same(line);
  both.sameAfter((value) => Array.isArray(value), "CONFIG HELP");
});

compat("CONFIG SET of several is all or nothing", (both) => {
  both.same("CONFIG SET maxmemory-samples 7 timeout 100");
  both.samePairs("CONFIG GET maxmemory-samples timeout");
  both.same("CONFIG SET maxmemory-samples 9 timeout abc");
  both.samePairs("CONFIG GET maxmemory-samples timeout");
  both.same("CONFIG SET maxmemory-samples 5 timeout 0");
  both.samePairs("CONFIG GET MAXMEMORY-SAMPLES");
  both.samePairs("CONFIG GET maxmemory*");
  both.samePairs("CONFIG GET hash-max-* zset-max-listpack-entries");
  both.resp3();
  both.samePairs("CONFIG GET maxmemory timeout");
});

compat("DEBUG as the tests of clients use it", (both) => {
  for (
    const line of [
      "DEBUG SLEEP 0",
      "DEBUG SLEEP 0.001",
      "DEBUG SLEEP",
      "DEBUG SET-ACTIVE-EXPIRE 1",
      "DEBUG SET-ACTIVE-EXPIRE",
      "DEBUG CHANGE-REPL-ID",
      "DEBUG STRINGMATCH-LEN",
      "DEBUG QUICKLIST-PACKED-THRESHOLD 100B",
      "DEBUG QUICKLIST-PACKED-THRESHOLD 0",
      "DEBUG OBJECT nosuch",
      "DEBUG OBJECT",
      "DEBUG NOSUCH",
      "DEBUG LISTPACK nosuch",
      "DEBUG DIGEST",
      "DEBUG DIGEST-VALUE",
      "DEBUG DIGEST-VALUE nosuch",
    ]
  ) both.same(line);
  both.sameAfter((value) => Array.isArray(value), "DEBUG HELP");
});

compat("DEBUG DIGEST is that of Redis", (both) => {
  both.same("MSET a 1 b '' c hello");
  both.same("DEBUG DIGEST");
  both.same("DEBUG DIGEST-VALUE a b c nosuch");
  both.same("EXPIRE a 1000");
  both.same("DEBUG DIGEST");
  both.same("SELECT 5");
  both.same("SET a 1");
  both.same("DEBUG DIGEST");
  both.same(["SET", "\0\xff", "x".repeat(1000)]);
  both.same("DEBUG DIGEST");
});

compat("DEBUG OBJECT has its fields", (both) => {
  const names = (value: Plain) => String(value).split(" ").map((field) => field.split(":")[0]);
  both.same("SET k v");
  both.sameAfter(names, "DEBUG OBJECT k");
  both.sameAfter((value) => /encoding:\w+ serializedlength:\d+/.exec(String(value))?.[0], "DEBUG OBJECT k");
});

compat("SHUTDOWN's errors", (both) => {
  for (
    const line of [
      "SHUTDOWN FOO",
      "SHUTDOWN SAVE NOSAVE",
      "SHUTDOWN ABORT",
      "SHUTDOWN abort now",
      "SHUTDOWN NOW ABORT",
      "SHUTDOWN SAVE ABORT",
      "SHUTDOWN NOSAVE NOW FORCE BAR",
      "SHUTDOWN SAVE SAVE ABORT",
    ]
  ) both.same(line);
});

compat("MEMORY", (both) => {
  both.same("SET k v");
  both.sameShape("MEMORY USAGE k");
  both.sameShape("MEMORY USAGE k SAMPLES 5");
  for (
    const line of [
      "MEMORY",
      "MEMORY USAGE",
      "MEMORY USAGE nosuch",
      "MEMORY USAGE k SAMPLES",
      "MEMORY USAGE k SAMPLES abc",
      "MEMORY USAGE k SAMPLES -1",
      "MEMORY USAGE k FOO 1",
      "MEMORY USAGE nosuch SAMPLES abc",
      "MEMORY NOSUCH",
      "MEMORY STATS x",
      "MEMORY DOCTOR x",
      "MEMORY PURGE",
    ]
  ) both.same(line);
  both.sameAfter((value) => Array.isArray(value) && value.length > 20, "MEMORY STATS");
  both.sameAfter((value) => typeof value === "string" && value.length > 20, "MEMORY DOCTOR");
  both.sameAfter((value) => typeof value === "string" && value.length > 20, "MEMORY MALLOC-STATS");
  both.sameAfter((value) => Array.isArray(value), "MEMORY HELP");
});

compat("COMMAND GETKEYS and GETKEYSANDFLAGS", (both) => {
  for (
    const line of [
      "GET k",
      "SET k v",
      "SET k v EX 100",
      "SET k v GET",
      "MSET a 1 b 2 c 3",
      "MSETNX a 1",
      "MGET a b c",
      "DEL a b",
      "UNLINK a",
      "EXISTS a b",
      "TOUCH a b",
      "RENAME a b",
      "COPY a b DB 1",
      "GETEX a",
      "GETDEL a",
      "APPEND a b",
      "INCR a",
      "LCS a b LEN",
      "SETRANGE a 0 x",
      "OBJECT ENCODING k",
      "DUMP k",
      "RESTORE k 0 x",
      "EXPIRE k 10",
      "TTL k",
      "MOVE k 1",
      "MEMORY USAGE k",
      "SUBSTR k 0 1",
      "PERSIST k",
      "SETEX k 10 v",
      "GETSET a b",
      "PING",
      "ECHO x",
      "DBSIZE",
      "KEYS *",
      "SELECT 1",
      "CONFIG GET x",
      "CLIENT ID",
      "GET",
      "GET a b",
      "MSET a",
      "FOO a",
      "OBJECT NOSUCH k",
      "OBJECT",
      "CLIENT NOSUCH",
      "COMMAND",
      "COMMAND COUNT",
      "SCAN 0",
      "RANDOMKEY",
      "SWAPDB 0 1",
      "DEBUG OBJECT k",
      "HELLO 3",
    ]
  ) {
    both.same(`COMMAND GETKEYS ${line}`);
    both.same(`COMMAND GETKEYSANDFLAGS ${line}`);
  }
  both.same("COMMAND GETKEYS");
  both.same("COMMAND GETKEYSANDFLAGS");
  both.resp3();
  both.same("COMMAND GETKEYSANDFLAGS SET k v");
});

compat("COMMAND's other questions", (both) => {
  for (
    const line of [
      "COMMAND NOSUCH",
      "COMMAND COUNT x",
      "COMMAND LIST FILTERBY",
      "COMMAND LIST FILTERBY PATTERN",
      "COMMAND LIST FILTERBY NOSUCH x",
      "COMMAND LIST FOO",
      "COMMAND LIST FILTERBY MODULE x",
      "COMMAND LIST FILTERBY ACLCAT nosuch",
      "COMMAND LIST FILTERBY PATTERN nosuch*",
      "COMMAND LIST FILTERBY PATTERN get a",
      "COMMAND INFO nosuch",
      "COMMAND INFO get nosuch incr",
      "COMMAND INFO object|nosuch",
      "COMMAND INFO get|x",
      "COMMAND INFO GET",
    ]
  ) both.same(line);
  both.sameSet("COMMAND LIST FILTERBY PATTERN 'getr*'");
  both.sameSet("COMMAND LIST FILTERBY PATTERN 'object|*'");
  both.sameSet("COMMAND LIST FILTERBY PATTERN 'incr*by'");
  both.sameSet("COMMAND LIST FILTERBY PATTERN 'SETR?NGE'");
  both.sameSet("COMMAND DOCS nosuch");
  both.sameAfter((value) => Array.isArray(value), "COMMAND HELP");
});

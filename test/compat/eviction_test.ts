/**
 * maxmemory and its kin: what is refused when memory is short, in which words, what is evicted, and which clients go.
 *
 * The two servers need different amounts of memory for the same data, so limits are either far too low (`NO_ROOM`), or
 * there is none. One connection, `operator`, sets them.
 */
import type { Plain } from "../support/resp_value.ts";
import { type Both, compat } from "./compat.ts";

const POLICIES = [
  "noeviction",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
];
const NO_ROOM = "CONFIG SET maxmemory 1";
const ROOM = "CONFIG SET maxmemory 0";

/** The lines of INFO that begin so. */
function infoOf(...names: string[]): (value: Plain) => unknown {
  return (value) => String(value).split("\r\n").filter((line) => names.includes(line.split(":")[0]!));
}

/** Calls, refusals and failures of commands, without times. */
function callsOf(...names: string[]): (value: Plain) => unknown {
  return (value) =>
    String(value).split("\r\n").filter((line) => names.includes(line.split(/[_:]/)[1]!))
      .map((line) => line.replace(/usec.*(?=rejected)/, "")).sort();
}

/** Whether a number in INFO is more than 0. */
function isPositive(name: string): (value: Plain) => unknown {
  return (value) => Number(new RegExp(`${name}:(\\d+)`).exec(String(value))![1]) > 0;
}

/** The names of clients that have one. */
function namesOf(value: Plain): unknown {
  return [...String(value).matchAll(/ name=(\S+) /g)].map(([, name]) => name).sort();
}

const COMMANDS = [
  "SET a b",
  "SETEX k 100 v",
  "SETRANGE k 1 x",
  "SETBIT k 1 1",
  "SETNX k v",
  "GETSET k v",
  "GETEX k EX 10",
  "GETDEL k",
  "GET k",
  "APPEND a b",
  "INCR n",
  "MSET a 1",
  "MSETNX a 1",
  "DEL a",
  "UNLINK a",
  "EXPIRE a 10",
  "PERSIST k",
  "RENAME k k2",
  "MOVE k 1",
  "COPY k k2",
  "RESTORE k 0 x",
  "DUMP k",
  "LPUSH l x",
  "LPUSHX l x",
  "LINSERT l BEFORE a b",
  "LSET l 0 x",
  "LPOP l",
  "LTRIM l 0 1",
  "RPOPLPUSH l l",
  "LMOVE l l LEFT RIGHT",
  "BLPOP none 0.01",
  "BRPOPLPUSH a b 0.01",
  "BLMOVE a b LEFT RIGHT 0.01",
  "HSET h f v",
  "HINCRBY h f 1",
  "HDEL h f",
  "SADD s m",
  "SMOVE s t m",
  "SPOP s",
  "SINTERSTORE d s t",
  "ZADD z 1 m",
  "ZRANGESTORE d z 0 1",
  "ZREM z m",
  "SORT l STORE m",
  "SORT l",
  "BITOP AND d k",
  "BITFIELD k SET u8 0 1",
  "PUBLISH c m",
  "FLUSHDB",
  "SWAPDB 0 1",
  "SCRIPT LOAD x",
  "SCRIPT FLUSH",
  "WATCH a",
  "UNWATCH",
  "CLIENT NO-EVICT on",
  "CONFIG GET maxmemory",
  "SELECT 1",
  "SET",
  "NONE",
];

for (const policy of ["noeviction", "volatile-lru", "allkeys-random"]) {
  compat(`what is refused when nothing is left to evict: ${policy}`, (both) => {
    const operator = both.client("operator");
    operator.same(`CONFIG SET maxmemory-policy ${policy}`);
    both.same("CONFIG RESETSTAT");
    operator.same(NO_ROOM);
    for (const line of COMMANDS) both.same(line);
    operator.same(ROOM);
    operator.same("CONFIG SET maxmemory-policy noeviction");
    both.sameAfter(infoOf("errorstat_OOM", "errorstat_ERR"), "INFO errorstats");
    both.sameAfter(callsOf("set", "lpush", "del", "blmove"), "INFO commandstats");
  });
}

compat("transactions when memory is short", (both) => {
  const operator = both.client("operator");
  both.same("MULTI");
  both.same("SET x 1");
  operator.same(NO_ROOM);
  both.same("EXEC");
  both.same("EXEC");
  operator.same(ROOM);
  both.same("MULTI");
  both.same("GET x");
  both.same("DEL x");
  operator.same(NO_ROOM);
  both.same("EXEC");
  for (
    const queued of ["GET x", "WATCH x", "MULTI", "PING", "CONFIG SET maxmemory 0", "NONE", "GET", "AUTH"]
  ) {
    both.same("MULTI");
    both.same(queued);
    both.same("EXEC");
  }
  for (const end of ["DISCARD", "EXEC", "RESET"]) {
    both.same("MULTI");
    both.same(end);
  }
  operator.same(ROOM);
  both.same("MULTI");
  both.same("CONFIG SET maxmemory 1");
  both.same("SET x 7");
  both.same("EXEC");
  both.same("GET x");
  both.same("SET x 8");
  operator.same(ROOM);
  both.same("MULTI");
  both.same("SET a 1");
  operator.same(NO_ROOM);
  both.same("QUIT");
  operator.same(ROOM);
});

const SCRIPTS = [
  "return redis.call('SET', 'x', 1)",
  "return redis.pcall('SET', 'x', 1)",
  "redis.call('DEL', 'x') return redis.call('SET', 'x', 1)",
  "redis.pcall('SET', 'x', 1) return redis.pcall('SET', 'x', 1)",
  "redis.pcall('SET', 'x', 1) redis.call('DEL', 'x') return redis.pcall('SET', 'x', 1)",
  "return redis.call('GET', 'x')",
  "return redis.call('LPOP', 'none')",
  "return redis.call('PUBLISH', 'x', 'y')",
  "return redis.call('NONE')",
  "#!lua\nreturn 1",
  "#!lua flags=allow-oom\nreturn redis.call('SET', 'x', 1)",
  "#!lua flags=allow-oom\nreturn redis.pcall('SET', 'x', 1)",
  "#!lua flags=no-writes\nreturn redis.call('GET', 'x')",
  "#!lua flags=no-writes\nreturn redis.call('SET', 'x', 1)",
  "#!lua flags=allow-oom,no-writes\nreturn 2",
  "#!lua flags=allow-stale\nreturn 2",
  "#!lua flags=none\nreturn 1",
  "#!lua",
  "#!lua\nthis is no script",
];

compat("scripts when memory is short", (both) => {
  const operator = both.client("operator");
  both.same("CONFIG RESETSTAT");
  operator.same(NO_ROOM);
  for (const script of SCRIPTS) {
    both.same(["EVAL", script, "0"]);
    both.same(["EVAL_RO", script, "0"]);
  }
  operator.same(ROOM);
  both.same(["SCRIPT", "LOAD", "#!lua\nreturn 1"]);
  both.same(["SCRIPT", "LOAD", "return redis.call('SET', 'x', 1)"]);
  operator.same(NO_ROOM);
  both.same("EVALSHA cb70127618f0b0be70c53cf6bfcfa54a29d9b0c0 0");
  both.same("EVALSHA_RO cb70127618f0b0be70c53cf6bfcfa54a29d9b0c0 0");
  both.same("EVALSHA 0000000000000000000000000000000000000000 0");
  operator.same(ROOM);
  both.sameAfter(infoOf("errorstat_OOM", "errorstat_ERR", "errorstat_NOSCRIPT"), "INFO errorstats");
  both.sameAfter(callsOf("set", "eval", "eval_ro", "evalsha"), "INFO commandstats");
});

compat("scripts in transactions when memory is short", (both) => {
  const operator = both.client("operator");
  for (const script of SCRIPTS.slice(0, 15)) {
    both.same("MULTI");
    both.same(["EVAL", script, "0"]);
    operator.same(NO_ROOM);
    both.same("EXEC");
    operator.same(ROOM);
  }
  // What counts is what was found when the transaction began; without a limit nothing is looked for.
  for (const limit of ["1", "1gb"]) {
    operator.same(`CONFIG SET maxmemory ${limit}`);
    operator.same("PING");
    operator.same(ROOM);
    both.same("MULTI");
    both.same("CONFIG SET maxmemory 1");
    both.same("SET x 7");
    for (const script of SCRIPTS.slice(0, 12)) both.same(["EVAL", script, "0"]);
    both.same("EXEC");
    operator.same(ROOM);
  }
});

for (const policy of POLICIES) {
  compat(`what ${policy} evicts`, (both) => {
    const operator = both.client("operator");
    operator.same(`CONFIG SET maxmemory-policy ${policy}`);
    both.same("CONFIG RESETSTAT");
    for (let i = 0; i < 40; i++) {
      both.same(`SELECT ${i % 3}`);
      both.same(`SET key:${i} v${i % 4 === 0 ? " EX 1000" : ""}`);
    }
    both.same("RPUSH list a b c");
    both.same("EXPIRE list 2000");
    operator.same(NO_ROOM);
    for (const database of [0, 1, 2]) {
      both.same(`SELECT ${database}`);
      both.same("DBSIZE");
      both.sameSet("KEYS *");
    }
    both.same("SET k v");
    both.same("GET key:3");
    both.sameAfter(infoOf("evicted_keys", "expired_keys"), "INFO stats");
    both.sameAfter(infoOf("maxmemory", "maxmemory_policy", "maxmemory_human"), "INFO memory");
    operator.same(ROOM);
    operator.same("CONFIG SET maxmemory-policy noeviction");
    both.same("CONFIG RESETSTAT");
    both.sameAfter(infoOf("evicted_keys", "total_eviction_exceeded_time"), "INFO stats");
  });

  compat(`OBJECT under ${policy}`, (both) => {
    // Without decay: a minute may begin between two lines.
    both.same(`CONFIG SET maxmemory-policy ${policy} lfu-decay-time 0`);
    both.same("SET k v");
    both.same("OBJECT FREQ k");
    both.near(20, "OBJECT IDLETIME k");
    both.same([
      "RESTORE",
      "r",
      "0",
      new Uint8Array([0, 1, 118, 10, 0, 145, 8, 206, 178, 25, 56, 138, 206]),
      "FREQ",
      "77",
    ]);
    both.same("OBJECT FREQ r");
    both.same([
      "RESTORE",
      "i",
      "0",
      new Uint8Array([0, 1, 118, 10, 0, 145, 8, 206, 178, 25, 56, 138, 206]),
      "IDLETIME",
      "1000",
    ]);
    both.near(20, "OBJECT IDLETIME i");
    both.same("GET i");
    both.near(20, "OBJECT IDLETIME i");
    both.same("CONFIG SET maxmemory-policy noeviction lfu-decay-time 1");
  });
}

compat("the counter grows with every use where the logarithm is off", (both) => {
  both.same("CONFIG SET maxmemory-policy allkeys-lfu lfu-log-factor 0 lfu-decay-time 0");
  both.same("SET k v");
  for (let i = 0; i < 300; i++) {
    both.same("GET k");
    if (i % 50 < 2) both.same("OBJECT FREQ k");
  }
  both.same("SET k other");
  both.same("OBJECT FREQ k");
  both.same("DEL k");
  both.same("SET k v");
  both.same("OBJECT FREQ k");
  both.same("EXISTS k");
  both.same("TYPE k");
  both.same("TTL k");
  both.same("OBJECT FREQ k");
  both.same("CONFIG SET maxmemory-policy noeviction lfu-log-factor 10 lfu-decay-time 1");
});

compat("what will be evicted first is what would die first", (both) => {
  const operator = both.client("operator");
  const listener = both.client("listener");
  both.same("CONFIG SET maxmemory-policy volatile-ttl notify-keyspace-events Ee");
  listener.same("SUBSCRIBE __keyevent@0__:evicted");
  // So few that all of them are looked at each time.
  const times = [300, 500, 100, 400, 200];
  for (const [i, time] of times.entries()) both.same(`SET k${i} v EX ${time}`);
  operator.same(NO_ROOM);
  both.same("DBSIZE");
  listener.same("PING", { replies: times.length + 1 });
  operator.same(ROOM);
  both.same("CONFIG SET maxmemory-policy noeviction notify-keyspace-events ''");
});

compat("an eviction touches a watched key", (both) => {
  const operator = both.client("operator");
  operator.same("CONFIG SET maxmemory-policy allkeys-lru");
  both.same("SET k v");
  both.same("WATCH k");
  operator.same(NO_ROOM);
  operator.same("DBSIZE");
  operator.same(ROOM);
  both.same("MULTI");
  both.same("PING");
  both.same("EXEC");
  operator.same("CONFIG SET maxmemory-policy noeviction");
});

compat("a client that caches is told of an eviction", async (both) => {
  const operator = both.client("operator");
  operator.same("CONFIG SET maxmemory-policy allkeys-lru");
  both.resp3();
  both.same("CLIENT TRACKING ON");
  both.same("SET k v");
  both.same("GET k");
  operator.same(NO_ROOM);
  operator.same("DBSIZE");
  await both.run();
  both.same("PING", { replies: 2 });
  operator.same(ROOM);
  operator.same("CONFIG SET maxmemory-policy noeviction");
});

compat("nothing is evicted or refused while clients are paused", (both) => {
  const operator = both.client("operator");
  operator.same("CONFIG SET maxmemory-policy allkeys-lru");
  both.same("SET k v");
  operator.same("CLIENT PAUSE 100000 WRITE");
  operator.same(NO_ROOM);
  both.same("GET k");
  operator.same("CLIENT UNPAUSE");
  both.same("GET k");
  operator.same(ROOM);
  operator.same("CONFIG SET maxmemory-policy noeviction");
});

compat("too much is counted as long as it lasts", async (both) => {
  const operator = both.client("operator");
  operator.same("CONFIG RESETSTAT");
  operator.same(NO_ROOM);
  operator.same("PING");
  operator.same("DEBUG SLEEP 0.02");
  both.sameAfter(isPositive("current_eviction_exceeded_time"), "INFO stats");
  both.sameAfter(isPositive("total_eviction_exceeded_time"), "INFO stats");
  await both.run();
  operator.same("CONFIG SET maxmemory 1gb");
  operator.same("PING");
  both.sameAfter(isPositive("current_eviction_exceeded_time"), "INFO stats");
  both.sameAfter(isPositive("total_eviction_exceeded_time"), "INFO stats");
  operator.same(ROOM);
});

compat("the directives of memory", (both) => {
  for (const name of ["maxmemory", "maxmemory-clients"]) {
    for (
      const value of ["0", "1", "1kb", "3mb", "1gb", "10%", "100%", "101%", "0%", "-1", "1.5", "x", "1k%", ""]
    ) {
      both.same(["CONFIG", "SET", name, value]);
      both.same(`CONFIG GET ${name}`);
      both.same(["CONFIG", "SET", name, "0"]);
    }
  }
  for (const value of ["0", "1", "10", "64", "-1", "x", "2147483647", "2147483648"]) {
    both.same(`CONFIG SET maxmemory-samples ${value}`);
    both.same(`CONFIG SET maxmemory-eviction-tenacity ${value}`);
    both.samePairs("CONFIG GET maxmemory-*");
  }
  for (const policy of [...POLICIES, "ALLKEYS-LRU", "lru", ""]) {
    both.same(["CONFIG", "SET", "maxmemory-policy", policy]);
    both.same("CONFIG GET maxmemory-policy");
  }
  both.same("CONFIG SET maxmemory-samples 5 maxmemory-eviction-tenacity 10 maxmemory-policy noeviction");
});

for (const tenacity of [0, 10, 100]) {
  compat(`all of many keys go, with a tenacity of ${tenacity}`, async (both) => {
    const operator = both.client("operator");
    operator.same(`CONFIG SET maxmemory-policy allkeys-lru maxmemory-eviction-tenacity ${tenacity}`);
    operator.same("DEBUG POPULATE 3000");
    operator.same(NO_ROOM);
    await both.run();
    for (let i = 0; i < 200; i++) operator.same("PING");
    both.same("DBSIZE");
    both.same("SET k v");
    operator.same(ROOM);
    operator.same("CONFIG SET maxmemory-policy noeviction maxmemory-eviction-tenacity 10");
  });
}

/** A client whose queue holds so many bytes. */
function queueing(both: Both, name: string, bytes: number): void {
  const client = both.client(name);
  client.same(`CLIENT SETNAME ${name}`);
  client.same("MULTI");
  for (let i = 0; i < 3; i++) client.same(["SET", "k", "x".repeat(bytes / 3)]);
}

compat("the largest clients go until it is enough", async (both) => {
  const operator = both.client("operator");
  operator.same("CLIENT SETNAME operator");
  operator.same("CLIENT NO-EVICT ON");
  operator.same("CONFIG RESETSTAT");
  both.same("CLIENT SETNAME main");
  queueing(both, "small", 90_000);
  queueing(both, "huge", 3_000_000);
  queueing(both, "large", 600_000);
  await both.run();
  // Each is between what is left, and what was there before, on either server.
  for (const limit of [3_000_000, 400_000, 0]) {
    operator.same(`CONFIG SET maxmemory-clients ${limit}`);
    await both.run();
    operator.sameAfter(namesOf, "CLIENT LIST");
    operator.sameAfter(infoOf("evicted_clients"), "INFO stats");
  }
});

compat("a client that must not go stays, and its memory counts", async (both) => {
  const operator = both.client("operator");
  operator.same("CLIENT NO-EVICT ON");
  operator.same("CONFIG RESETSTAT");
  both.same("CLIENT NO-EVICT ON");
  both.same("CLIENT SETNAME main");
  both.same("MULTI");
  for (let i = 0; i < 10; i++) both.same(["SET", "k", "x".repeat(100_000)]);
  both.client("other").same("CLIENT SETNAME other");
  await both.run();
  operator.same("CONFIG SET maxmemory-clients 500kb");
  // The reference looks at clients that must not go when its cron comes.
  for (let i = 0; i < 3; i++) {
    operator.same("DEBUG SLEEP 0.11");
    await both.run();
  }
  operator.sameAfter(namesOf, "CLIENT LIST");
  operator.sameAfter(infoOf("evicted_clients"), "INFO stats");
  both.same("DISCARD");
  operator.same("CONFIG SET maxmemory-clients 0");
});

compat("a percentage is one of maxmemory", async (both) => {
  const operator = both.client("operator");
  operator.same("CLIENT NO-EVICT ON");
  operator.same("CONFIG RESETSTAT");
  operator.same("CONFIG SET maxmemory-clients 1%");
  queueing(both, "large", 3_000_000);
  await both.run();
  operator.sameAfter(infoOf("evicted_clients"), "INFO stats");
  operator.same("CONFIG SET maxmemory 1gb");
  await both.run();
  operator.sameAfter(infoOf("evicted_clients"), "INFO stats");
  operator.same("CONFIG SET maxmemory 100mb");
  await both.run();
  operator.sameAfter(infoOf("evicted_clients"), "INFO stats");
  operator.sameAfter(namesOf, "CLIENT LIST");
  operator.same("CONFIG SET maxmemory-clients 0 maxmemory 0");
});

/** MULTI, EXEC, DISCARD, WATCH, UNWATCH: also with several clients, expiry, databases, and what else ends them. */
import type { Plain } from "../support/resp_value.ts";
import { compat } from "./compat.ts";

type Both = Parameters<Parameters<typeof compat>[1]>[0];

/** A client watches `key`, the other one sends the lines, then the first one tries to carry out a transaction. */
function sameOutcome(both: Both, key: string, ...lines: string[]): void {
  const watcher = both.client("watcher");
  watcher.same(`WATCH ${key}`);
  for (const line of lines) both.same(line);
  tryTransaction(watcher);
}

function tryTransaction(both: Both): void {
  both.same("MULTI");
  both.same("PING");
  both.same("EXEC");
}

/** Fields of the one line of CLIENT INFO, inside of an EXEC or not. */
function transactionFields(value: Plain): unknown {
  const lines = (Array.isArray(value) ? value : [value]).map((line) => String(line).split(" "));
  return lines.map((fields) => fields.filter((field) => /^(multi|flags|cmd|db)=/.test(field)));
}

compat("requests between MULTI and EXEC are queued, then carried out in order", (both) => {
  for (
    const line of [
      "MULTI",
      "SET a 1",
      "INCR a",
      "GET a",
      "MGET a b",
      "set c ''",
      "EXEC",
      "GET a",
      "MULTI",
      "EXEC",
      "MULTI",
      "SET a 5",
      "DISCARD",
      "GET a",
      "EXEC",
      "DISCARD",
      "multi",
      "Exec",
    ]
  ) both.same(line);
  both.same(["MULTI"]);
  both.same(["SET", "binary", "\0\r\n\xff"]);
  both.same(["APPEND", "binary", "x".repeat(100_000)]);
  both.same(["GET", "binary"]);
  both.same(["EXEC"]);
});

compat("a request that fails while it is carried out does not stop the others", (both) => {
  for (
    const line of [
      "SET s abc",
      "MULTI",
      "INCR s",
      "SET t 1",
      "GETRANGE s x y",
      "OBJECT ENCODING none",
      "OBJECT NOSUCH s",
      "CLIENT REPLY FOO",
      "SET s a XX NX",
      "INCR t",
      "EXEC",
      "MGET s t",
    ]
  ) both.same(line);
});

compat("a request that cannot be queued makes EXEC refuse all", (both) => {
  for (
    const wrong of [
      "NOSUCH a b",
      "GET",
      "GET a b",
      "CLIENT NOSUCH",
      "CLIENT ID x",
      "OBJECT ENCODING",
      "SHUTDOWN",
      "SHUTDOWN FOO",
      "MULTI x",
      "DISCARD x",
      "WATCH",
      "UNWATCH x",
      "RESET x",
    ]
  ) {
    both.same("SET k before");
    both.same("MULTI");
    both.same(wrong);
    both.same("SET k after");
    both.same("EXEC");
    both.same("GET k");
    both.same("EXEC");
    both.same("MULTI");
    both.same(wrong);
    both.same("DISCARD");
    tryTransaction(both);
  }
});

compat("MULTI, EXEC, DISCARD and WATCH where they do not belong", (both) => {
  for (
    const line of [
      "EXEC",
      "DISCARD",
      "UNWATCH",
      "WATCH",
      "EXEC x",
      "DISCARD x",
      "MULTI x",
      "UNWATCH x",
      "PING",
      "MULTI",
      "MULTI",
      "PING",
      "EXEC",
      "MULTI",
      "WATCH k",
      "PING",
      "EXEC",
      "MULTI",
      "UNWATCH",
      "EXEC",
      "MULTI",
      "EXEC x",
      "PING",
      "EXEC",
      "MULTI",
      "FOO",
      "MULTI",
      "WATCH k",
      "EXEC x",
      "EXEC",
    ]
  ) both.same(line);
});

compat("SELECT, SWAPDB and FLUSHALL inside of a transaction", (both) => {
  for (
    const line of [
      "SET k 0",
      "MULTI",
      "SELECT 1",
      "SET k 1",
      "SWAPDB 0 1",
      "GET k",
      "SELECT 99",
      "EXEC",
      "GET k",
      "DBSIZE",
      "MULTI",
      "SELECT 2",
      "DISCARD",
      "GET k",
      "MULTI",
      "FLUSHALL",
      "DBSIZE",
      "EXEC",
      "WATCH k",
      "MULTI",
      "SET k 1",
      "GET k",
      "EXEC",
    ]
  ) both.same(line);
});

compat("a key that changes while it is watched stops the transaction, by whichever command", (both) => {
  const lines = [
    "GET k",
    "SET k v",
    "SET k v",
    "SET k v NX",
    "SET k v GET",
    "SETNX k w",
    "STRLEN k",
    "GETEX k",
    "GETEX k EX 1000",
    "GETEX k PERSIST",
    "GETEX k PERSIST",
    "APPEND k x",
    "APPEND k ''",
    "SETRANGE k 0 ''",
    "SETRANGE k 0 a",
    "EXPIRE k 1000",
    "EXPIRE k 1000 NX",
    "PEXPIREAT k 4102444800000",
    "EXPIRETIME k",
    "PERSIST k",
    "PERSIST k",
    "TOUCH k",
    "TYPE k",
    "OBJECT FREQ k",
    "RENAME k other",
    "RENAME other k",
    "RENAME k k",
    "RENAMENX k k2",
    "RENAMENX k2 k",
    "COPY k k2",
    "COPY k2 k",
    "COPY k2 k REPLACE",
    "MOVE k 3",
    "MOVE k 3",
    "SET k 5",
    "INCR k",
    "INCRBY k 0",
    "DECRBY k 0",
    "INCRBYFLOAT k 0",
    "MSET a 1 k 2",
    "MSETNX a 1 k 2",
    "MSET a 1 b 2",
    "SET other v",
    "DEL other",
    "GETSET k 7",
    "EXPIRE k -1",
    "EXPIRE k -1",
    "DEL k",
    "UNLINK k",
    "SET k v",
    "UNLINK k",
    "SET k v",
    "GETDEL k",
    "GETDEL k",
    "SET k v PXAT 1",
    "SET k v",
    "SET k v PXAT 1",
    "FLUSHDB",
    "SET k v",
    "FLUSHDB",
    "SET k v",
    "FLUSHALL ASYNC",
    "FLUSHALL",
    "LCS k k",
    "BITOP NOT k k",
    "SET k 12",
    "BITOP NOT k k",
    "INCR k",
    "SUBSTR k 0 1",
    "MGET k",
    "EXISTS k",
    "DUMP k",
    "SETEX k 1000 v",
    "PSETEX k 1000000 v",
    "SETEX k 0 v",
  ];
  for (const line of lines) sameOutcome(both, "k", line);
});

compat("the same name in another database is another key", (both) => {
  sameOutcome(both, "k", "SELECT 1", "SET k v", "DEL k");
  sameOutcome(both, "k", "SELECT 0", "SET k v");
  sameOutcome(both, "k", "SELECT 1", "MOVE k 0", "SET k w", "MOVE k 0", "SELECT 0", "GET k");
  sameOutcome(both, "m", "SELECT 1", "SET m v", "MOVE m 0", "SELECT 0");
  const watcher = both.client("watcher");
  watcher.same("SELECT 1");
  watcher.same("WATCH k");
  watcher.same("SELECT 0");
  both.same("SET k v");
  tryTransaction(watcher);
  watcher.same("SELECT 1");
  watcher.same("WATCH k");
  watcher.same("SELECT 0");
  both.same("SELECT 1");
  both.same("SET k v");
  tryTransaction(watcher);
});

compat("databases that are emptied or change places", (both) => {
  const watcher = both.client("watcher");
  const reset = () => {
    both.same("FLUSHALL");
    both.same("SELECT 1");
    both.same("SET one v");
    both.same("SET both v");
    both.same("SELECT 0");
    both.same("SET zero v");
    both.same("SET both v");
  };
  for (
    const line of [
      "SWAPDB 0 1",
      "SWAPDB 1 0",
      "SWAPDB 0 0",
      "SWAPDB 2 3",
      "SWAPDB 0 2",
      "SWAPDB 1 2",
      "FLUSHDB",
      "FLUSHALL",
      "FLUSHALL ASYNC",
    ]
  ) {
    for (const key of ["zero", "one", "both", "none"]) {
      reset();
      sameOutcome(both, key, line);
      watcher.same("GET one");
    }
  }
});

compat("a watched key that comes to the end of its time", (both) => {
  const watcher = both.client("watcher");
  both.same("DEBUG SET-ACTIVE-EXPIRE 0");
  for (const line of ["PING", "GET k", "DEL k", "SET k w", "FLUSHALL", "SWAPDB 0 1"]) {
    // By one client, at once: from one connection to the next a busy machine may take longer than it lives.
    watcher.same("SET k v PX 200");
    watcher.same("WATCH k");
    both.same("DEBUG SLEEP 0.25");
    both.same(line);
    tryTransaction(watcher);
  }
});

compat("a watched key that was past its time when WATCH was called", (both) => {
  const watcher = both.client("watcher");
  both.same("DEBUG SET-ACTIVE-EXPIRE 0");
  const lines = [
    "PING",
    "GET k",
    "EXISTS k",
    "DEL k",
    "EXPIRE k 100",
    "SET k w",
    "SET k w NX",
    "APPEND k x",
    "INCR k",
    "RENAME k2 k",
    "COPY k2 k",
    "COPY k2 k REPLACE",
    "FLUSHDB",
    "FLUSHALL",
    "SWAPDB 0 1",
    "SWAPDB 0 2",
    "RANDOMKEY",
    "KEYS *",
    "MGET k",
    "TTL k",
    "BITOP NOT k none",
    "SETBIT k 0 1",
    "BITFIELD k GET u8 0",
    "MOVE k 1",
    "GETDEL k",
    "UNLINK k",
    "PERSIST k",
  ];
  for (const line of lines) {
    for (const after of ["PING", "SET k x"]) {
      both.same("FLUSHALL");
      both.same("SELECT 1");
      both.same("SET k in-database-1");
      both.same("SELECT 0");
      both.same("SET k2 v");
      both.same("SET k v PX 1");
      both.same("DEBUG SLEEP 0.004");
      watcher.same("WATCH k");
      both.same(line);
      both.same(after);
      tryTransaction(watcher);
    }
  }
});

compat("databases that change places with dead keys in them", (both) => {
  const watcher = both.client("watcher");
  both.same("DEBUG SET-ACTIVE-EXPIRE 0");
  for (
    const lines of [["SWAPDB 0 1"], ["SWAPDB 0 1", "GET k"], ["SWAPDB 0 1", "SWAPDB 0 1"], [
      "SWAPDB 0 1",
      "SET k v",
    ]]
  ) {
    for (const here of ["DEL k", "SET k v", "SET k v PX 1"]) {
      for (const there of ["DEL k", "SET k v", "SET k v PX 1"]) {
        both.same("FLUSHALL");
        both.same("SELECT 1");
        both.same(there);
        both.same("SELECT 0");
        both.same(here);
        both.same("DEBUG SLEEP 0.004");
        sameOutcome(both, "k", ...lines);
        watcher.same("GET k");
      }
    }
  }
});

compat("what ends a watch: EXEC, DISCARD, UNWATCH, RESET, and a refused EXEC", (both) => {
  const watcher = both.client("watcher");
  for (
    const end of [["MULTI", "EXEC"], ["MULTI", "DISCARD"], ["UNWATCH"], ["RESET"], ["EXEC x"], ["EXEC"], [
      "DISCARD",
    ]]
  ) {
    watcher.same("WATCH k l k");
    for (const line of end) watcher.same(line);
    both.same("SET k v");
    tryTransaction(watcher);
    watcher.same("WATCH k");
    both.same("SET k v");
    for (const line of end) watcher.same(line);
    tryTransaction(watcher);
  }
  watcher.same("WATCH k");
  both.same("SET k v");
  watcher.same("WATCH l");
  tryTransaction(watcher);
  watcher.same("WATCH k");
  watcher.same("SET k by-myself");
  tryTransaction(watcher);
  watcher.same("WATCH k");
  watcher.same("MULTI");
  watcher.same("SET k v");
  watcher.same("GET k");
  watcher.same("EXEC");
});

compat("a key that is changed back is changed; a key that was never there may stay so", (both) => {
  both.same("SET k 1");
  sameOutcome(both, "k", "INCR k", "DECR k");
  sameOutcome(both, "none", "SET none 1", "DEL none");
  sameOutcome(both, "none", "DEL none", "GET none");
});

compat("several clients watch the same key, and one of them wins", (both) => {
  const clients = ["a", "b", "c"].map((name) => both.client(name));
  both.same("SET n 1");
  for (const client of clients) {
    client.same("WATCH n");
    client.same("GET n");
    client.same("MULTI");
    client.same("INCR n");
  }
  for (const client of clients) client.same("EXEC");
  both.same("GET n");
});

compat("RESP3: the null of an EXEC that did nothing, and a protocol that changes on the way", (both) => {
  const other = both.client("other");
  both.resp3();
  both.same("WATCH k");
  other.same("SET k v");
  tryTransaction(both);
  both.same("MULTI");
  both.same("GET none");
  both.same("INCRBYFLOAT f 1.5");
  both.same("NOSUCH");
  both.same("EXEC");
  both.same("MULTI");
  both.same("GET none");
  both.same("LCS k k IDX");
  both.same("EXEC");
  both.same("MULTI");
  both.same("GET none");
  both.sameShape("HELLO 2");
  both.same("GET none");
  both.sameShape("HELLO 3");
  both.same("GET none");
  both.same("HELLO 4");
  both.sameShape("EXEC");
  both.same("GET none");
});

compat("QUIT, RESET and the end of the connection inside of MULTI", (both) => {
  const other = both.client("other");
  other.same("SET k before");
  both.same("WATCH k");
  both.same("MULTI");
  both.same("SET k after");
  both.same("RESET");
  both.same("EXEC");
  both.same("MULTI");
  both.same("SET k after");
  both.same("QUIT");
  both.same("EXEC");
  other.same("GET k");
  const third = both.client("third");
  third.same("WATCH k");
  third.same("MULTI");
  third.same("SET k after");
  other.sameAfter((value) => typeof value, "CLIENT KILL TYPE normal SKIPME yes");
  third.same("EXEC");
  other.same("SET k end");
  other.same("GET k");
});

compat("CLIENT INFO of a client in a transaction", (both) => {
  const other = both.client("other");
  both.same("MULTI");
  both.same("CLIENT INFO");
  both.same("SELECT 3");
  both.same("CLIENT INFO");
  both.sameAfter((value) => transactionFields(Array.isArray(value) ? [value[0]!, value[2]!] : value), "EXEC");
  both.sameAfter(transactionFields, "CLIENT INFO");
  both.same("WATCH k");
  both.sameAfter(transactionFields, "CLIENT INFO");
  other.same("SELECT 3");
  other.same("CLIENT SETNAME other");
  other.same("SET k v");
  both.sameAfter(transactionFields, "CLIENT INFO");
  both.same("MULTI");
  both.same("PING");
  both.same("CLIENT SETNAME x");
  other.sameAfter(
    (value) => String(value).split("\n").slice(0, 2).map((line) => line.match(/ multi=\S+/)?.[0]).sort(),
    "CLIENT LIST",
  );
  both.same("EXEC");
  both.same("MULTI");
  both.same("PING");
  both.same("ECHO x");
  other.sameAfter(
    (value) => String(value).split("\n").map((line) => line.match(/ multi=\S+/)?.[0] ?? "").sort(),
    "CLIENT LIST",
  );
  both.same("FOO");
  both.same("ECHO x");
  other.sameAfter(
    (value) => String(value).split("\n").map((line) => line.match(/ (flags|multi)=\S+/g)).sort(),
    "CLIENT LIST",
  );
  both.same("DISCARD");
});

compat("CLIENT REPLY inside of a transaction takes replies out of the middle of EXEC's", (both) => {
  both.same("MULTI");
  both.same("PING");
  both.same("CLIENT REPLY SKIP");
  both.same("PING a");
  both.same("EXEC", { replies: 0 });
  both.same("PING skipped", { replies: 0 });
  both.same("PING b");

  both.same("MULTI");
  both.same("PING");
  both.same("CLIENT REPLY OFF");
  both.same("PING");
  both.same("FOO x");
  both.same("DISCARD");

  both.same("MULTI");
  both.same("PING");
  both.same("CLIENT REPLY OFF");
  both.same("PING off");
  both.same("EXEC", { replies: 0 });
  both.same("PING off", { replies: 0 });
  both.same("FOO", { replies: 0 });
  both.same("CLIENT REPLY ON", { replies: 0 });
  both.same("PING c", { replies: 0 });
  both.same("PING d");

  both.same("CLIENT REPLY OFF", { replies: 0 });
  both.same("MULTI", { replies: 0 });
  both.same("SET k v", { replies: 0 });
  both.same("CLIENT REPLY ON", { replies: 0 });
  both.same("GET k", { replies: 0 });
  both.same("EXEC", { replies: 2 });
  both.same("PING e");

  both.same("CLIENT REPLY SKIP", { replies: 0 });
  both.same("MULTI", { replies: 0 });
  both.same("PING");
  both.same("CLIENT REPLY SKIP");
  both.same("PING");
  both.same("EXEC", { replies: 0 });
  both.same("PING skipped", { replies: 0 });
  both.same("PING f");
});

compat("CLIENT PAUSE and transactions", (both) => {
  const other = both.client("other");
  both.same("MULTI");
  both.same("GET k");
  both.same("EXEC");
  other.same("CLIENT PAUSE 100000 WRITE");
  both.same("MULTI");
  both.same("GET k");
  both.same("EXEC");
  other.same("CLIENT UNPAUSE");
  both.same("MULTI");
  both.same("SET k v");
  other.same("CLIENT PAUSE 30 WRITE");
  both.same("EXEC");
  other.same("CLIENT PAUSE 30 WRITE");
  both.same("MULTI");
  both.same("SET k w");
  both.same("GET k");
  both.same("EXEC");
  both.same("MULTI");
  both.same("CLIENT PAUSE 30 ALL");
  both.same("SET k x");
  both.same("EXEC");
  both.same("GET k");
});

compat("EXEC without authentication", (both) => {
  for (
    const line of [
      "EXEC",
      "EXEC x",
      "MULTI",
      "DISCARD",
      "WATCH k",
      "UNWATCH",
      "AUTH p",
      "MULTI",
      "AUTH x",
      "PING",
      "EXEC",
    ]
  ) {
    both.same(line);
  }
  both.same("MULTI");
  both.same("AUTH p");
  both.same("PING");
  both.same("EXEC");
}, { args: ["--requirepass", "p"] });

compat("commandstats and errorstats count what runs inside of EXEC, and EXEC", (both) => {
  both.same("SET s abc");
  both.same("CONFIG RESETSTAT");
  for (
    const line of [
      "MULTI",
      "PING",
      "INCR s",
      "PING",
      "GET s",
      "EXEC",
      "MULTI",
      "FOO",
      "PING",
      "EXEC",
      "MULTI",
      "GET",
      "EXEC x",
      "EXEC",
      "MULTI",
      "MULTI",
      "WATCH k",
      "DISCARD",
    ]
  ) both.same(line);
  both.sameAfter(
    (value) =>
      String(value).split("\r\n").map((line) => line.replace(/usec\S+?,usec_per_call=[^,]*,/, "")).sort(),
    "INFO commandstats",
  );
  both.same("INFO errorstats");
  both.sameAfter(
    (value) => /total_commands_processed:\d+/.exec(String(value))?.[0],
    "INFO stats",
  );
  both.sameAfter(
    (value) => /total_error_replies:\d+/.exec(String(value))?.[0],
    "INFO stats",
  );
});

/** SLOWLOG with a threshold of nothing, so that every call is an entry: which there are, in which order, how clipped. */
import type { Plain } from "../support/resp_value.ts";
import { type Both, compat } from "./compat.ts";

/**
 * Entries without numbers, times and addresses, but whether there is an address; and without the INFO that the harness asks
 * for, once or several times, until a client waits.
 */
function entries(value: Plain): unknown {
  if (!Array.isArray(value)) return value;
  const asked = (value as Plain[][]).filter(([, , , args]) => (args as Plain[])[0] !== "INFO");
  return asked.map((entry) => {
    const [id, at, micros, args, address, name, ...more] = entry;
    const numbers = [id, at, micros].every((number) => typeof number === "number");
    return [numbers, args, address === "?:0" ? address : "client", name, more];
  });
}

/** Numbers count up by one from entry to entry. */
function steps(value: Plain): unknown {
  const ids = (value as Plain[][]).map(([id]) => Number(id));
  return ids.map((id) => ids[0]! - id);
}

function begin(both: Both, threshold = 0): void {
  both.same(`CONFIG SET slowlog-log-slower-than ${threshold} slowlog-max-len 128`);
  both.same("SLOWLOG RESET");
}

function end(both: Both): void {
  both.same("CONFIG SET slowlog-log-slower-than 10000 slowlog-max-len 128");
  both.same("SLOWLOG RESET");
}

compat("SLOWLOG keeps commands, clipped", (both) => {
  begin(both);
  both.same("CLIENT SETNAME somebody");
  both.same("set A b");
  both.same(`SET long ${"x".repeat(128)}`);
  both.same(`SET long ${"x".repeat(129)}`);
  both.same(`SET long ${"x".repeat(5000)}`);
  for (const count of [31, 32, 33, 100]) {
    both.same(`DEL ${Array.from({ length: count - 1 }, (_, i) => i).join(" ")}`);
  }
  both.same('SET bytes "\\x00\\xff\\r\\n"');
  both.same("GET");
  both.same("NOSUCH");
  both.same("LPUSH long x");
  both.same("SELECT 99");
  both.same("PING");
  both.sameAfter(entries, "SLOWLOG GET -1");
  both.sameAfter(steps, "SLOWLOG GET -1");
  end(both);
});

compat("SLOWLOG keeps no passwords", (both) => {
  begin(both);
  both.same("AUTH p");
  both.same("AUTH u p");
  both.same("HELLO 2 AUTH u p SETNAME n");
  both.same("HELLO 2 SETNAME n AUTH u p");
  both.same("CONFIG SET masterauth x masteruser ''");
  both.same("CONFIG SET masterauth ''");
  both.same("CONFIG GET masterauth");
  both.sameAfter(entries, "SLOWLOG GET -1");
  end(both);
});

compat("SLOWLOG, transactions and scripts", (both) => {
  begin(both);
  for (const line of ["MULTI", "SET a b", "GET a", "EXEC", "MULTI", "SET a b", "DISCARD"]) both.same(line);
  both.same([
    "EVAL",
    "redis.call('set','a','b') redis.pcall('nosuch') redis.pcall('get') redis.pcall('lpush','a','x') return 1",
    "0",
  ]);
  both.same(["EVAL", "return nosuch", "0"]);
  both.sameAfter(entries, "SLOWLOG GET -1");
  end(both);
});

compat("SLOWLOG and clients that wait", (both) => {
  begin(both);
  const waiter = both.client("waiter");
  waiter.same("CLIENT SETNAME waiter");
  waiter.same("BLPOP none list 100", { blocks: true });
  both.same("RPUSH list x");
  both.same("BLPOP none 0.01");
  both.sameAfter(entries, "SLOWLOG GET -1");
  end(both);
});

compat("SLOWLOG GET and LEN", (both) => {
  begin(both);
  for (let i = 0; i < 30; i++) both.same(`SET k${i} v`);
  both.same("SLOWLOG LEN");
  for (const count of ["", "0", "1", "5", "100", "-1"]) both.sameAfter(entries, `SLOWLOG GET ${count}`);
  both.same("CONFIG SET slowlog-max-len 5");
  both.sameAfter(entries, "SLOWLOG GET -1");
  both.same("SLOWLOG LEN");
  both.same("CONFIG SET slowlog-max-len 0");
  both.same("SLOWLOG LEN");
  both.same("PING");
  both.same("SLOWLOG LEN");
  both.same("CONFIG SET slowlog-max-len 128 slowlog-log-slower-than -1");
  both.same("SLOWLOG RESET");
  both.same("PING");
  both.same("SLOWLOG GET");
  end(both);
});

compat("SLOWLOG and wrong requests", (both) => {
  for (
    const line of [
      "SLOWLOG",
      "SLOWLOG NOSUCH",
      "SLOWLOG GET x",
      "SLOWLOG GET -2",
      "SLOWLOG GET 1 2",
      "SLOWLOG LEN x",
      "SLOWLOG RESET x",
      "SLOWLOG HELP x",
      "CONFIG SET slowlog-log-slower-than x",
      "CONFIG SET slowlog-max-len -1",
    ]
  ) both.same(line);
  both.sameAfter((value) => Array.isArray(value) && value[0], "SLOWLOG HELP");
});

compat("a slow command is found among fast ones", (both) => {
  begin(both, 50_000);
  both.same("SET a b");
  both.same("GET a");
  both.same("DEBUG SLEEP 0.06");
  both.same("GET a");
  both.same("SET a b");
  // On a busy machine others may take as long.
  const ofSleep = (value: Plain) =>
    entries((value as Plain[][]).filter(([, , , args]) => String(args).startsWith("DEBUG")));
  both.sameAfter(ofSleep, "SLOWLOG GET");
  end(both);
});

/** The commands on streams, except those of consumer groups. */
import { compat } from "./compat.ts";

type Both = Parameters<Parameters<typeof compat>[1]>[0];

const MAX = "18446744073709551615";
const IDS = [
  "0",
  "0-0",
  "0-1",
  "1",
  "1-1",
  "1-01",
  "2-",
  "-",
  "+",
  "*",
  "$",
  ">",
  "",
  "x",
  "1-x",
  "1-1-1",
  "-1",
  "1--1",
  "+1",
  " 1",
  "1 ",
  "1.0",
  "0x1",
  "1-*",
  "1-**",
  "x-*",
  "-*",
  "*-*",
  "*-1",
  MAX,
  `${MAX}-${MAX}`,
  `${MAX}-*`,
  "18446744073709551616",
  "1-18446744073709551616",
  `${"0".repeat(126)}1`,
  `${"0".repeat(127)}1`,
  `${"0".repeat(124)}1-*`,
  `${"0".repeat(125)}1-*`,
  "(",
  "(1",
  "((1",
];

function onBothProtocols(both: Both, run: () => void): void {
  run();
  both.reset();
  both.resp3();
  run();
  both.resp2();
}

/** Entries with the same fields and others, over several nodes. */
function addSome(both: Both): void {
  both.same("CONFIG SET stream-node-max-entries 4");
  for (let i = 1; i <= 20; i++) {
    both.same(i % 5 === 0 ? `XADD k ${i}-${i % 3} other ${i} b text` : `XADD k ${i}-${i % 3} f ${i} g ${-i}`);
  }
  both.same("XDEL k 5-2 6-0 7-1 8-2 13-1 20-2");
  both.same("CONFIG SET stream-node-max-entries 100");
}

compat("XADD and every form of an id", (both) => {
  for (const id of IDS.filter((id) => id !== "*")) {
    both.same(["XADD", "k", id, "f", "v"]);
    both.same(["XADD", `fresh${id}`, id, "f", "v"]);
    both.same(["XRANGE", `fresh${id}`, "-", "+"]);
  }
  both.same("XRANGE k - +");
  for (const id of ["5-5", "5-5", "5-4", "5-*", "4-*", "5", "5-18446744073709551615", "5-*", "6-*", "6-*"]) {
    both.same(["XADD", "l", id, "f", "v"]);
  }
  both.same("XRANGE l - +");
});

compat("XADD with an id of the server's own", (both) => {
  both.sameShape("XADD k * f v");
  both.sameShape("XADD k * f v");
  both.same("XLEN k");
  both.same("XADD later 9999999999999-5 f v");
  both.same("XADD later * f v");
  both.same("XADD later * f v");
  both.same("XADD later 9999999999999-* f v");
  both.same(`XADD full ${MAX}-${MAX} f v`);
  both.same("XADD full * f v");
  both.same("XADD full 1-1 f v");
  both.same("XADD full 0-0 f v");
  both.same("XADD full 1-* f v");
  both.same(`XADD almost 9999999999999-${MAX} f v`);
  both.same("XADD almost * f v");
});

compat("XADD: what is checked first", (both) => {
  both.same("SET s text");
  for (
    const line of [
      "XADD",
      "XADD k",
      "XADD k *",
      "XADD k * f",
      "XADD k * f v g",
      "XADD k x f",
      "XADD s * f",
      "XADD s 0-0 f v",
      "XADD s * f v",
      "XADD s NOMKSTREAM * f v",
      "XADD none NOMKSTREAM * f v",
      "XADD none NOMKSTREAM * f",
      "XADD none NOMKSTREAM 0-0 f v",
      "XADD none nomkstream MAXLEN 1 1-1 f v",
      "XADD none MAXLEN 1 NOMKSTREAM NOMKSTREAM 1-1 f v",
      "XADD none MAXLEN -1 1-1 f v",
      "XADD none MAXLEN x 1-1 f v",
      "XADD none MAXLEN = -1 1-1 f v",
      "XADD none MAXLEN ~ x 1-1 f v",
      "XADD none MAXLEN = ~ 1 1-1 f v",
      "XADD none MAXLEN 1 LIMIT 1 1-1 f v",
      "XADD none MAXLEN = 1 LIMIT 0 1-1 f v",
      "XADD none MAXLEN ~ 1 LIMIT -1 1-1 f v",
      "XADD none MAXLEN ~ 1 LIMIT x 1-1 f v",
      "XADD none LIMIT 0 1-1 f v",
      "XADD none LIMIT 5 1-1 f v",
      "XADD none LIMIT 5 MAXLEN 1 1-1 f v",
      "XADD none LIMIT 5 LIMIT 0 1-1 f v",
      "XADD none MAXLEN 1 MINID 1 1-1 f v",
      "XADD none MAXLEN 1 MAXLEN 1 1-1 f v",
      "XADD none MINID x 1-1 f v",
      "XADD none MINID - 1-1 f v",
      "XADD none MINID ~ 1-* 1-1 f v",
      "XADD none MAXLEN",
      "XADD none MAXLEN 1",
      "XADD none MAXLEN 1 2",
      "XADD none MAXLEN ~ 1",
      "XADD none MAXLEN ~ 1 LIMIT",
      "XADD none MAXLEN ~ 1 2",
      "XADD none MAXLEN ~ = 1 2 3 4",
      "XADD none WHAT * f v",
      "XADD none = * f v",
      "EXISTS none",
      "XADD n MAXLEN ~ 1 2 3 4",
      "XADD n LIMIT 0 MAXLEN ~ 1 LIMIT 9223372036854775807 3 f v",
      "XADD n MAXLEN 9223372036854775807 4 f v",
      "XADD n MAXLEN 9223372036854775808 5 f v",
      "XADD n 6 NOMKSTREAM 7",
      "XRANGE n - +",
      "XADD s MAXLEN 1 * f v",
    ]
  ) both.same(line);
});

compat("fields and values of every kind", (both) => {
  const values = ["", "0", "-1", "127", "128", "4096", "-4097", "32768", "8388608", "2147483648"];
  values.push("9223372036854775807", "-9223372036854775808", "9223372036854775808", "007", "text", "\r\n");
  values.push("x".repeat(63), "x".repeat(64), "x".repeat(4095), "x".repeat(4096), "x".repeat(70_000));
  for (const [i, value] of values.entries()) {
    both.same(["XADD", "k", `1-${i + 1}`, value, value]);
    both.same(["XADD", "l", `1-${i + 1}`, "f", value, "g", value, "f", "f"]);
    both.same(["XADD", "l", `2-${i}`.replace("2-", `${i + 2}-`), value, "f"]);
  }
  both.same("XRANGE k - +");
  both.same("XREVRANGE k + -");
  both.same("XRANGE l - +");
  both.same(["XADD", "many", "1", ...Array.from({ length: 2000 }, (_, i) => String(i))]);
  both.same("XRANGE many - +");
});

compat("XRANGE and XREVRANGE with every kind of bound", (both) => {
  addSome(both);
  const bounds = [
    ...IDS,
    "(-",
    "(+",
    "(0-0",
    "(4-1",
    "(9-0",
    `(${MAX}`,
    `(${MAX}-${MAX}`,
    "3-0",
    "9",
    "12-0",
  ];
  for (const bound of bounds) {
    both.same(["XRANGE", "k", bound, "+"]);
    both.same(["XRANGE", "k", "-", bound]);
    both.same(["XRANGE", "k", bound, bound]);
    both.same(["XREVRANGE", "k", bound, "-"]);
    both.same(["XREVRANGE", "k", "+", bound]);
    both.same(["XREVRANGE", "k", bound, "x", "COUNT", "y"]);
  }
  for (let i = 0; i <= 21; i++) {
    both.same(`XRANGE k ${i} (${i + 6}`);
    both.same(`XREVRANGE k ${i + 6} (${i}-0`);
  }
});

compat("XRANGE with COUNT", (both) => {
  onBothProtocols(both, () => {
    addSome(both);
    both.same("SET s text");
    for (const command of ["XRANGE k - +", "XREVRANGE k + -", "XRANGE k 3 12", "XREVRANGE k 12 3"]) {
      for (const count of ["1", "2", "13", "14", "15", "100", "0", "-1", "x", "", "9223372036854775808"]) {
        both.same([...command.split(" "), "COUNT", count]);
      }
    }
    both.same("XRANGE k - + COUNT");
    both.same("XRANGE k - + COUNT 1 COUNT 2");
    both.same("XRANGE k - + COUNT 1 2");
    both.same("XRANGE k - + WHAT 2");
    both.same("XRANGE k -");
    both.same("XRANGE none - + COUNT 0");
    both.same("XREVRANGE none + - COUNT 0");
    both.same("XRANGE s - + COUNT 0");
    both.same("XRANGE s - + COUNT x");
    both.same("XRANGE s x +");
    both.same("XRANGE k + -");
    both.same("XTRIM k MAXLEN 0");
    both.same("XRANGE k - +");
    both.same("XRANGE k - + COUNT 0");
    both.same("XREVRANGE k + 5");
    both.same("XLEN k");
    both.same("XLEN s");
    both.same("XLEN none");
  });
});

compat("XDEL", (both) => {
  addSome(both);
  both.same("SET s text");
  for (
    const line of [
      "XDEL k",
      "XDEL k x",
      "XDEL k 1-1 x",
      "XDEL k - 1-1",
      "XDEL k 1-*",
      "XDEL k 1",
      "XDEL k 1-1 1-1 9-9",
      "XDEL k 2-2 3-0 4-1",
      "XRANGE k - +",
      "XLEN k",
      "XDEL none x",
      "XDEL none 1",
      "XDEL s x",
      "XDEL k 9-0 10-1 11-2 12-0 14-2 15-0 16-1 17-2 18-0 19-1",
      "XLEN k",
      "EXISTS k",
      "XADD k 20-2 f v",
      "XADD k 20-3 f v",
      "XRANGE k - +",
    ]
  ) both.same(line);
});

compat("XTRIM, and XADD that trims", (both) => {
  both.same("SET s text");
  for (const nodeEntries of ["4", "1", "0", "100"]) {
    both.reset();
    both.same("SET s text");
    addSome(both);
    both.same(`CONFIG SET stream-node-max-entries ${nodeEntries}`);
    for (
      const options of [
        "MAXLEN 100",
        "MAXLEN = 13",
        "MAXLEN ~ 12",
        "MAXLEN ~ 11 LIMIT 1",
        "MAXLEN ~ 9 LIMIT 4",
        "MINID 3",
        "MINID ~ 4",
        "MINID = 9-1",
        "MINID ~ 13 LIMIT 0",
        "MINID ~ 13 LIMIT 4",
        "MAXLEN ~ 1 LIMIT 2",
        "MAXLEN 5",
        "MAXLEN ~ 0",
        "MINID ~ 18446744073709551615",
        "MAXLEN 0",
      ]
    ) {
      both.same(`XTRIM k ${options}`);
      both.same("XRANGE k - +");
      both.same("XLEN k");
    }
    for (let i = 0; i < 12; i++) {
      const options = ["MAXLEN ~ 3", "MAXLEN 5", `MINID ~ 3${i}`, `MINID 2${i}`, "", "MAXLEN ~ 2 LIMIT 1"];
      both.same(`XADD k ${options[i % 6]} 3${i}-* f v`.replace("  ", " "));
      both.same("XRANGE k - +");
    }
    both.same("XADD k MAXLEN 0 99 f v");
    both.same("XLEN k");
    both.same("XADD k 98 f v");
  }
  both.same("CONFIG SET stream-node-max-entries 100");
});

compat("XTRIM: what is checked first", (both) => {
  both.same("SET s text");
  both.same("XADD k 1 f v");
  for (
    const options of [
      "",
      "MAXLEN",
      "MAXLEN x",
      "MAXLEN -1",
      "MAXLEN = -1",
      "MAXLEN ~ 1 LIMIT",
      "MAXLEN ~ 1 LIMIT -1",
      "MAXLEN ~ 1 LIMIT x",
      "MAXLEN 1 LIMIT 5",
      "MAXLEN 1 LIMIT 0",
      "LIMIT 5",
      "LIMIT 0",
      "LIMIT 5 MAXLEN ~ 1",
      "LIMIT 5 MAXLEN 1",
      "NOMKSTREAM 1",
      "NOMKSTREAM MAXLEN 1",
      "WHAT 1",
      "MAXLEN 1 WHAT",
      "MAXLEN 1 MINID 1",
      "MINID 1 MAXLEN 1",
      "MINID 1 MINID 1",
      "MAXLEN = ~ 1",
      "MAXLEN =",
      "MAXLEN ~",
      "MINID ~",
      "MINID *",
      "MINID 1-*",
      "MINID +",
      "MINID -",
      "MINID $",
      "MAXLEN ~ 1 LIMIT 5 LIMIT x",
      "MAXLEN ~ 1 LIMIT 5 LIMIT 6",
      "MAXLEN 9223372036854775808",
      "MAXLEN ~ 1 LIMIT 9223372036854775807",
    ]
  ) {
    for (const key of ["k", "none", "s"]) both.same(`XTRIM ${key} ${options}`.trim());
  }
});

compat("XSETID", (both) => {
  both.same("SET s text");
  both.same("XADD k 5-5 f v");
  both.same("XADD k 6-6 f v");
  const ids = ["7", "6-6", "6-5", "x", "*", "$", "-", "+", "7-*", MAX];
  for (const id of ids) for (const key of ["none", "s", "k"]) both.same(`XSETID ${key} ${id}`);
  for (
    const options of [
      "ENTRIESADDED",
      "ENTRIESADDED 1",
      "ENTRIESADDED 2",
      "ENTRIESADDED -1",
      "ENTRIESADDED x",
      "entriesadded 9223372036854775807",
      "ENTRIESADDED 9223372036854775808",
      "MAXDELETEDID 8",
      "MAXDELETEDID 7",
      "MAXDELETEDID x",
      "MAXDELETEDID 6 ENTRIESADDED 10",
      "MAXDELETEDID 0-0",
      "MAXDELETEDID 7 MAXDELETEDID 9",
      "MAXDELETEDID 9 WHAT",
      "WHAT",
      "WHAT 1",
      "ENTRIESADDED 10 ENTRIESADDED 20",
    ]
  ) {
    both.same(`XSETID k 7 ${options}`);
    both.same(`XSETID none 7 ${options}`);
  }
  for (const line of ["XDEL k 6-6", "XSETID k 6-5", "XSETID k 5-5", "XSETID k 5-4", "XDEL k 5-5"]) {
    both.same(line);
  }
  for (const line of ["XSETID k 1-1 ENTRIESADDED 0", "XADD k 1-1 f v", "XADD k 1-* f v"]) both.same(line);
});

compat("XSETID tells nobody who watches, other changes do", (both) => {
  const other = both.client("other");
  both.same("XADD k 1 f v");
  for (
    const change of [
      "XSETID k 5",
      "XADD k 6 f v",
      "XDEL k 6",
      "XDEL k 6",
      "XTRIM k MAXLEN 1",
      "XTRIM k MAXLEN 0",
    ]
  ) {
    both.same("WATCH k");
    other.same(change);
    for (const line of ["MULTI", "PING", "EXEC"]) both.same(line);
  }
});

compat("XREAD of what is there", (both) => {
  onBothProtocols(both, () => {
    addSome(both);
    both.same("XADD l 1-1 f v");
    both.same("SET s text");
    for (
      const options of [
        "STREAMS",
        "STREAMS k",
        "STREAMS k 0",
        "STREAMS k l 0",
        "STREAMS k l 0 1-1",
        "STREAMS k l 18 1-0",
        "streams k l none 19-1 1-1 0",
        "STREAMS k k 18 19",
        "COUNT 1 STREAMS k 0",
        "COUNT 2 STREAMS k l 4 0",
        "COUNT 0 STREAMS k 17",
        "COUNT -1 STREAMS k 17",
        "COUNT x STREAMS k 0",
        "COUNT 1 COUNT 2 STREAMS k 0",
        "COUNT STREAMS k 0",
        "BLOCK x STREAMS k 0",
        "BLOCK -1 STREAMS k 0",
        "BLOCK 1.5 STREAMS k 0",
        "BLOCK 0 STREAMS k 18",
        "BLOCK 9223372036854775807 STREAMS k 18",
        "BLOCK 9223372036854775808 STREAMS k 0",
        "BLOCK BLOCK 5",
        "BLOCK 1 STREAMS k $",
        "BLOCK 1 STREAMS k 20-2",
        "BLOCK 1 STREAMS k none 19-1 0",
        "STREAMS k $",
        "STREAMS k >",
        "STREAMS s $",
        "STREAMS s 0",
        "STREAMS s x",
        "STREAMS s >",
        "STREAMS k s 0 0",
        "STREAMS k s x 0",
        "STREAMS s k 0 x",
        "STREAMS k x",
        "STREAMS k -",
        "STREAMS k +",
        "STREAMS k *",
        "STREAMS k 1-*",
        "STREAMS k (1",
        "STREAMS none $",
        `STREAMS k ${MAX}`,
        `STREAMS k ${MAX}-${MAX}`,
        "GROUP g c STREAMS k 0",
        "GROUP g STREAMS k 0",
        "NOACK STREAMS k 0",
        "COUNT 1 NOACK",
        "WHAT STREAMS k 0",
        "COUNT 1 BLOCK 1",
        "k 0 STREAMS",
        "STREAMS STREAMS 0",
      ]
    ) both.same(`XREAD ${options}`);
    both.same("XTRIM k MAXLEN 0");
    both.same("XREAD STREAMS k 0");
    both.same("XREAD BLOCK 1 STREAMS k l 0 0");
  });
});

compat("XREAD in transactions and scripts does not wait", (both) => {
  both.same("XADD k 1 f v");
  for (const protocol of [2, 3]) {
    if (protocol === 3) both.resp3();
    for (
      const line of [
        "MULTI",
        "XREAD BLOCK 0 STREAMS k $",
        "XREAD BLOCK 0 STREAMS k 0",
        "XREAD STREAMS k $",
        "EXEC",
      ]
    ) both.same(line);
    for (
      const call of [
        "'xread','block','0','streams','k','$'",
        "'XreaD','block','x','streams','k','0'",
        "'xread','count','x','block','x','streams','k','0'",
        "'xread','block','0','count','x','streams','k','0'",
        "'xread','block','0','x'",
        "'xread','streams','k','0'",
        "'xread','streams','k','$'",
        "'xrange','k','-','+'",
        "'xadd','k','NOMKSTREAM','0-1','f','v'",
        "'xlen','k'",
      ]
    ) {
      both.same(["EVAL", `return redis.pcall(${call})`, "0"]);
      both.same(["EVAL", `redis.setresp(3) return redis.pcall(${call})`, "0"]);
    }
  }
});

compat("clients that wait by XREAD are all served, when the whole transaction is over", (both) => {
  const [a, b, c] = [both.client("a"), both.client("b"), both.client("c")];
  both.same("XADD l 1-1 f v");
  b.resp3();
  a.same("XREAD BLOCK 0 STREAMS k $", { blocks: true });
  b.same("XREAD BLOCK 0 COUNT 1 STREAMS l k $ 0", { blocks: true });
  c.same("XREAD BLOCK 0 STREAMS k l 1-1 1-1", { blocks: true });
  for (const line of ["MULTI", "XADD k 1-1 f v", "XADD k 2-2 f v", "XADD l 2-2 f v", "EXEC"]) both.same(line);
  for (const client of [a, b, c]) client.same("PING");
  a.same("XREAD BLOCK 0 STREAMS k k 5 0-0", {});
  a.same("XREAD BLOCK 0 STREAMS k l $ $", { blocks: true });
  both.same([
    "EVAL",
    "redis.call('xadd', 'l', '3', 'a', 'b') return redis.call('xadd', 'k', '3', 'f', 'v')",
    "0",
  ]);
  a.same("XREAD BLOCK 0 STREAMS t t 5 0", { blocks: true });
  both.same("XADD t 3-3 f v");
  both.same("XADD t 6-3 f v");
  a.same("PING");
});

compat("what ends the wait of XREAD, and what does not", (both) => {
  const a = both.client("a");
  const wait = (line: string) => a.same(line, { blocks: true });
  both.same("CLIENT UNBLOCK @id:a");
  both.same("XADD k 1-1 f v");
  wait("XREAD BLOCK 0 STREAMS k $");
  for (const line of ["MULTI", "XADD k 5-5 f v", "XDEL k 5-5", "EXEC"]) both.same(line);
  both.same("XSETID k 8");
  wait("XREAD BLOCK 0 STREAMS k 7");
  for (const line of ["XSETID k 9", "XDEL k 1-1", "SET k v", "DEL k", "XADD k 1-1 f v", "XADD k 7 f v"]) {
    both.same(line);
  }
  both.same("PING");
  both.same("XADD k 8 f v");
  wait("XREAD BLOCK 0 STREAMS none k 0 $");
  both.same("XADD k MAXLEN 0 9 f v");
  wait("XREAD BLOCK 0 STREAMS k 5");
  for (const line of ["EXPIRE k 100", "PERSIST k", "XTRIM k MAXLEN 0", "RENAME k k2", "RENAME k2 k3"]) {
    both.same(line);
  }
  both.same("XADD k 4 f v");
  both.same("XADD k 6 f v");
  wait("XREAD BLOCK 0 STREAMS moved 0");
  for (const line of ["XADD from 1-1 f v", "RENAME from moved"]) both.same(line);
  wait("XREAD BLOCK 0 STREAMS copied 0");
  both.same("COPY moved copied");
  wait("XREAD BLOCK 0 STREAMS here 0");
  for (const line of ["SELECT 1", "XADD here 1-1 f v", "MOVE here 0", "SELECT 0"]) both.same(line);
  wait("XREAD BLOCK 0 STREAMS swapped 0");
  for (const line of ["SELECT 1", "XADD swapped 1-1 f v", "SWAPDB 0 1", "SELECT 0"]) both.same(line);
  wait("XREAD BLOCK 0 STREAMS again 0");
  for (const line of ["XADD again 1-1 f v", "FLUSHALL"]) both.same(line);
  wait("XREAD BLOCK 0 STREAMS k 0");
  both.same("CLIENT UNBLOCK @id:a");
  wait("XREAD BLOCK 0 STREAMS k 0");
  both.same("CLIENT UNBLOCK @id:a ERROR");
  a.same("PING");
  a.resp3();
  wait("XREAD BLOCK 0 STREAMS k 0");
  both.same("CLIENT UNBLOCK @id:a TIMEOUT");
});

compat("streams among the other commands", (both) => {
  addSome(both);
  for (
    const line of [
      "TYPE k",
      "OBJECT ENCODING k",
      "DUMP k",
      "GET k",
      "LPUSH k a",
      "SADD k a",
      "SORT k",
      "APPEND k a",
      "SCAN 0 TYPE stream",
      "COPY k l",
      "XRANGE l - +",
      "XADD l 21 f v",
      "XLEN k",
      "GETDEL k",
      "SET k v",
      "XADD k * f v",
      "XLEN k",
      "UNLINK k l",
      "EXISTS k l",
      "COMMAND GETKEYS XREAD COUNT 5 STREAMS a b 0 0",
      "COMMAND GETKEYS XREAD BLOCK 5 COUNT 5 STREAMS a b c 0 0 $",
      "COMMAND GETKEYS XREAD COUNT 5",
      "COMMAND GETKEYS XADD a MAXLEN 5 * f v",
      "COMMAND GETKEYSANDFLAGS XREAD STREAMS a b 0 0",
      "COMMAND GETKEYSANDFLAGS XADD a * f v",
      "COMMAND GETKEYSANDFLAGS XTRIM a MAXLEN 5",
      "COMMAND GETKEYSANDFLAGS XDEL a 1",
      "COMMAND GETKEYSANDFLAGS XSETID a 1",
      "COMMAND GETKEYSANDFLAGS XLEN a",
      "COMMAND GETKEYSANDFLAGS XRANGE a - +",
    ]
  ) both.same(line);
});

compat("readers of streams count hits and misses as the reference does", (both) => {
  const stats = (line: string) => {
    both.same("CONFIG RESETSTAT");
    both.same(line);
    both.sameAfter(
      (value) => /keyspace_hits:\d+\r\nkeyspace_misses:\d+/.exec(String(value))?.[0],
      "INFO stats",
    );
  };
  both.same("XADD k 1 f v");
  for (
    const line of [
      "XREAD STREAMS k 0",
      "XREAD STREAMS k none $ 0",
      "XREAD BLOCK 1 STREAMS k none $ $",
      "XRANGE k - +",
      "XRANGE none - +",
      "XLEN k",
      "XLEN none",
      "XDEL k 5",
      "XTRIM k MAXLEN 5",
    ]
  ) stats(line);
});

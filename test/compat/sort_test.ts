/** SORT and SORT_RO: every option, on lists, sets and sorted sets. */
import { type Both, compat } from "./compat.ts";

const NUMBERS = ["0", "1", "2", "-1", "-5", "100", "abc", "9223372036854775807", "-9223372036854775808"];

function fill(both: Both): void {
  both.same("RPUSH l 3 10 1.5 -2 1e2 3 7");
  both.same("SADD members 30 4 500 -6");
  both.same("SADD texts banana Apple cherry apple");
  both.same("ZADD z 3 30 1 20 2 10 2 11");
  both.same("MSET w_3 1 w_10 -5 w_-2 100 w_30 2 w_4 1 w_20 x");
  both.same("HSET h_3 f 9 g text");
  both.same("HSET h_10 f 8 g another");
  both.same("SET s x");
}

compat("SORT of every type in every direction", (both) => {
  fill(both);
  for (const key of ["l", "members", "texts", "z", "s", "none"]) {
    for (const command of ["SORT", "SORT_RO"]) {
      both.same(`${command} ${key}`);
      both.same(`${command} ${key} DESC`);
      both.same(`${command} ${key} ALPHA`);
      both.same(`${command} ${key} alpha desc LIMIT 1 2`);
      both.same(`${command} ${key} DESC ASC`);
      both.same(`${command} ${key} NOSUCH`);
      both.same(`${command} ${key} STORE d`);
      both.same("LRANGE d 0 -1");
      both.same("OBJECT ENCODING d");
    }
    if (key !== "texts" && key !== "none") both.same(`SORT ${key} BY nosort`);
    both.same(`SORT ${key} BY nosort STORE d`);
    both.same("LRANGE d 0 -1");
    both.same(`OBJECT ENCODING ${key}`);
  }
  for (const line of ["SORT", "SORT_RO", "SORT l BY", "SORT l GET", "SORT l STORE", "SORT l LIMIT 1"]) {
    both.same(line);
  }
});

compat("SORT with LIMIT", (both) => {
  fill(both);
  for (const offset of NUMBERS) {
    for (const count of NUMBERS) {
      both.same(`SORT l LIMIT ${offset} ${count}`);
      both.same(`SORT l BY nosort LIMIT ${offset} ${count}`);
      both.same(`SORT z BY nosort DESC LIMIT ${offset} ${count}`);
      both.same(`SORT l GET # GET w_* LIMIT ${offset} ${count}`);
    }
    both.same(`SORT s LIMIT ${offset} 1`);
  }
  both.same("SORT l LIMIT 0 1 LIMIT 1 2");
});

compat("SORT with patterns", (both) => {
  fill(both);
  const patterns = [
    "w_*",
    "h_*->f",
    "h_*->g",
    "h_*->",
    "h_*",
    "none_*",
    "none",
    "#",
    "*",
    "l*->x",
    "*->f",
    "->",
    "*_*",
  ];
  for (const pattern of patterns) {
    for (const options of ["", "DESC", "ALPHA", "ALPHA DESC", "LIMIT 1 3"]) {
      both.same(`SORT l BY ${pattern} ${options}`.trim());
      // Where texts are equal, a sorted set comes in the order of a hash table.
      if (!options.includes("ALPHA")) both.same(`SORT z BY ${pattern} ${options}`.trim());
    }
    both.same(`SORT l GET ${pattern}`);
    both.same(`SORT l GET # GET ${pattern} GET w_*`);
    both.same(`SORT l GET ${pattern} STORE d`);
    both.same("LRANGE d 0 -1");
    both.same(`SORT members BY w_* GET ${pattern} DESC`);
    both.same(`SORT l BY nosort BY ${pattern}`);
    both.same(`SORT l BY ${pattern} BY nosort`);
  }
  both.same(["SORT", "l", "BY", "w\0_*"]);
  both.same(["SORT", "l", "GET", "w_*\0x"]);
});

compat("what SORT takes for a number", (both) => {
  const texts = [
    "",
    " 5",
    "5 ",
    "0x10",
    "inf",
    "-inf",
    "nan",
    "+3",
    ".5",
    "5.",
    "x",
    "1e3",
    "  ",
    "-",
    "12\0",
    "1_0",
  ];
  // Out of range comes last: the reference remembers it for the numbers that follow in the same turn.
  const outOfRange = ["1e400", "1e-320", "1e-400", "-1e400"];
  for (const text of [...texts, "1e", "infinity", "9007199254740993", "\t7", ...outOfRange]) {
    both.same("DEL l");
    both.same(["RPUSH", "l", "1", text, "20"]);
    both.same("SORT l");
    both.same("SORT l ALPHA");
  }
});

compat("SORT with STORE replaces a key of any type, its time to live, and itself", (both) => {
  fill(both);
  both.same("EXPIRE s 1000");
  both.same("SORT l STORE s");
  both.same("TTL s");
  both.same("TYPE s");
  both.same("SORT l STORE l");
  both.same("LRANGE l 0 -1");
  both.same("SORT none STORE l");
  both.same("EXISTS l");
  both.same("SORT none STORE l");
  both.same("SORT members LIMIT 9 9 STORE z");
  both.same("EXISTS z");
  for (
    const line of [
      "SORT l BY w_* STORE d GET x STORE e",
      "SORT_RO l",
      "SORT l LIMIT STORE x STORE y",
      "SORT l GET STORE STORE y",
      "SORT l STORE",
    ]
  ) {
    both.same(`COMMAND GETKEYS ${line}`);
    both.same(`COMMAND GETKEYSANDFLAGS ${line}`);
  }
});

compat("equal elements and elements of many nodes", (both) => {
  const numbers = Array.from({ length: 3000 }, (_, i) => String((i * 7919) % 1000));
  both.same(["RPUSH", "l", ...numbers]);
  both.same("SORT l");
  both.same("SORT l DESC LIMIT 100 50");
  both.same("SORT l ALPHA");
  both.same("SORT l STORE d");
  both.same("DUMP d");
  both.same("SORT l BY none_*");
  both.same("SORT l BY none_* ALPHA");
  both.same("SORT l BY none_* ALPHA DESC");
});

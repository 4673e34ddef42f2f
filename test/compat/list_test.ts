/** The commands of group list that do not block: every option, both ends, lists of one node and of many. */
import { type Both, compat } from "./compat.ts";

const NUMBERS = [
  "0",
  "1",
  "2",
  "-1",
  "-3",
  "100",
  "-100",
  "abc",
  '""',
  "1.5",
  "9223372036854775807",
  "-9223372036854775808",
  "-9223372036854775807",
  "9223372036854775808",
];

/** The list as a whole, and how it is kept. */
function look(both: Both, key = "l"): void {
  both.same(`LRANGE ${key} 0 -1`);
  both.same(`LLEN ${key}`);
  both.same(`TYPE ${key}`);
  both.same(`OBJECT ENCODING ${key}`);
}

function wrongTypes(both: Both): void {
  both.same("SET s x");
  for (
    const line of [
      "LINDEX s 0",
      "LINDEX s x",
      "LINSERT s BEFORE a b",
      "LINSERT s BESIDE a b",
      "LLEN s",
      "LMOVE s d LEFT LEFT",
      "LMOVE l s LEFT LEFT",
      "LMOVE none s LEFT LEFT",
      "LMPOP 1 s LEFT",
      "LMPOP 2 none s LEFT",
      "LPOP s",
      "LPOP s 0",
      "LPOP s -1",
      "LPOS s a",
      "LPOS s a RANK 0",
      "LPUSH s a",
      "LPUSHX s a",
      "LRANGE s 0 1",
      "LRANGE s 0 x",
      "LREM s 0 a",
      "LREM s x a",
      "LSET s 0 a",
      "LSET s x a",
      "LTRIM s 0 1",
      "LTRIM s 0 x",
      "RPOP s",
      "RPOP s 1",
      "RPOPLPUSH s d",
      "RPOPLPUSH l s",
      "RPOPLPUSH none s",
      "RPUSH s a",
      "RPUSHX s a",
    ]
  ) both.same(line);
}

compat("lists are pushed and popped at both ends", (both) => {
  both.same("RPUSH l a b 3");
  both.same("LPUSH l c -4 ''");
  look(both);
  for (const command of ["LPOP l", "RPOP l", "LPOP l 2", "RPOP l 0", "RPOP l 9", "LPOP l", "LPOP l 0"]) {
    both.same(command);
    look(both);
  }
  for (const command of ["LPUSHX", "RPUSHX"]) {
    both.same(`${command} l a`);
    both.same("LPUSH l x");
    both.same(`${command} l a b`);
    look(both);
    both.same("DEL l");
  }
  for (
    const command of ["LPUSH l", "RPUSH l", "LPUSHX l", "RPUSHX l", "LPOP", "RPOP", "LPOP l 1 2", "LLEN"]
  ) {
    both.same(command);
  }
});

compat("commands on lists refuse values of other types, and say what is wrong in the same order", (both) => {
  both.same("RPUSH l a b c");
  wrongTypes(both);
  look(both);
});

compat("counts of LPOP and RPOP", (both) => {
  for (const count of NUMBERS) {
    for (const command of ["LPOP", "RPOP"]) {
      both.same("DEL l");
      both.same(`${command} l ${count}`);
      both.same("RPUSH l a b c d");
      both.same(`${command} l ${count}`);
      look(both);
    }
  }
});

compat("nulls and arrays of popped elements in both protocol versions", (both) => {
  for (const version of [3, 2]) {
    if (version === 3) both.resp3();
    else both.resp2();
    both.same("RPUSH l a b c d");
    for (
      const line of [
        "LPOP none",
        "LPOP none 1",
        "LPOP none 0",
        "LPOP l 0",
        "LPOP l 1",
        "LMPOP 1 none LEFT",
        "LMPOP 2 none l LEFT COUNT 2",
        "LINDEX none 0",
        "LINDEX l 9",
        "LPOS none a",
        "LPOS none a COUNT 0",
        "LPOS l zz",
        "LMOVE none l LEFT LEFT",
        "RPOPLPUSH none l",
        "LRANGE none 0 -1",
      ]
    ) both.same(line);
    both.same("DEL l");
  }
});

compat("indexes of LINDEX, LSET, LRANGE and LTRIM", (both) => {
  for (const start of NUMBERS) {
    both.same("DEL l");
    both.same(`LINDEX l ${start}`);
    both.same(`LSET l ${start} x`);
    both.same("RPUSH l a b c d");
    both.same(`LINDEX l ${start}`);
    both.same(`LSET l ${start} x`);
    look(both);
    for (const stop of NUMBERS) {
      both.same(`LRANGE l ${start} ${stop}`);
      both.same(`LTRIM l ${start} ${stop}`);
      look(both);
      both.same("DEL l");
      both.same(`LTRIM l ${start} ${stop}`);
      both.same(`LRANGE l ${start} ${stop}`);
      both.same("RPUSH l a b c d");
    }
  }
});

compat("LINSERT before and after", (both) => {
  both.same("LINSERT l BEFORE a b");
  both.same("RPUSH l a b a 12 -7");
  for (
    const line of [
      "LINSERT l BEFORE a x",
      "LINSERT l AFTER a y",
      "LINSERT l after -7 end",
      "LINSERT l before 12 13",
      "LINSERT l BEFORE +12 13",
      "LINSERT l BEFORE none 13",
      "LINSERT l BESIDE a 13",
      "LINSERT l BEFORE a",
      "LINSERT l BEFORE a b c",
      "LINSERT none BESIDE a b",
    ]
  ) {
    both.same(line);
    look(both);
  }
});

compat("LREM from either side", (both) => {
  for (const count of NUMBERS) {
    both.same("DEL l");
    both.same(`LREM l ${count} a`);
    both.same("RPUSH l a b a 1 a c a");
    both.same(`LREM l ${count} a`);
    look(both);
    both.same(`LREM l ${count} 1`);
    both.same(`LREM l ${count} none`);
    look(both);
  }
});

compat("LPOS with RANK, COUNT and MAXLEN", (both) => {
  both.same("RPUSH l a b c 1 2 3 c c 1");
  for (const number of NUMBERS) {
    for (const option of ["RANK", "COUNT", "MAXLEN"]) {
      both.same(`LPOS l c ${option} ${number}`);
      both.same(`LPOS none c ${option} ${number}`);
      both.same(`LPOS l 1 COUNT 0 ${option} ${number}`);
      both.same(`LPOS l c RANK -1 COUNT 2 ${option} ${number}`);
    }
  }
  for (const rank of ["1", "2", "3", "4", "-1", "-2", "-4"]) {
    for (const count of ["0", "1", "2"]) {
      for (const maxlen of ["0", "1", "4", "7"]) {
        both.same(`LPOS l c RANK ${rank} COUNT ${count} MAXLEN ${maxlen}`);
      }
      both.same(`LPOS l c rank ${rank} maxlen ${count}`);
    }
  }
  for (const line of ["LPOS l", "LPOS l c RANK", "LPOS l c NOSUCH 1", "LPOS l c COUNT 1 MAXLEN"]) {
    both.same(line);
  }
});

compat("LMOVE and RPOPLPUSH between lists and within one", (both) => {
  for (const from of ["LEFT", "right"]) {
    for (const to of ["left", "RIGHT"]) {
      both.same("DEL a b");
      both.same("RPUSH a 1 2 3");
      both.same(`LMOVE a a ${from} ${to}`);
      both.same("LRANGE a 0 -1");
      for (let i = 0; i < 4; i++) {
        both.same(`LMOVE a b ${from} ${to}`);
        both.same("LRANGE a 0 -1");
        both.same("LRANGE b 0 -1");
        both.same("EXISTS a");
      }
    }
  }
  both.same("RPUSH a 1");
  for (const line of ["LMOVE a a LEFT LEFT", "RPOPLPUSH a a", "RPOPLPUSH a b", "RPOPLPUSH b b"]) {
    both.same(line);
    both.same("LRANGE a 0 -1");
    both.same("LRANGE b 0 -1");
  }
  for (
    const line of ["LMOVE b a", "LMOVE b a LEFT", "LMOVE b a LEFT UP", "LMOVE b a UP LEFT", "RPOPLPUSH b"]
  ) {
    both.same(line);
  }
});

compat("LMPOP with keys, sides and counts", (both) => {
  for (const number of NUMBERS) {
    both.same("DEL a b");
    both.same(`LMPOP ${number} a LEFT`);
    both.same("RPUSH a 1 2 3");
    both.same("RPUSH b 4 5");
    both.same(`LMPOP ${number} a LEFT`);
    both.same(`LMPOP ${number} a b LEFT`);
    both.same(`LMPOP 2 none b RIGHT COUNT ${number}`);
    both.same("LRANGE a 0 -1");
    both.same("LRANGE b 0 -1");
  }
  for (
    const line of [
      "LMPOP 1 a",
      "LMPOP 2 a LEFT",
      "LMPOP 1 a UP",
      "LMPOP 1 a LEFT COUNT",
      "LMPOP 1 a LEFT COUNT 1 COUNT 2",
      "LMPOP 1 a LEFT NOSUCH 1",
      "LMPOP 1 a LEFT 1",
      "LMPOP 3 a b LEFT COUNT 1",
      "COMMAND GETKEYS LMPOP 2 a b LEFT",
    ]
  ) both.same(line);
});

compat("elements of any bytes and any length", (both) => {
  const every = Uint8Array.from({ length: 256 }, (_, i) => i);
  both.same(["RPUSH", "l", every, "", "0", "-0", "+1", "127", "128", "-4096", "32767", "-8388608"]);
  both.same("RPUSH l 2147483647 2147483648 9223372036854775807 -9223372036854775808 9223372036854775808");
  look(both);
  for (const length of [63, 64, 4095, 4096, 8000, 9000, 40_000]) {
    both.same(["RPUSH", "l", "x".repeat(length)]);
    both.same(["LPUSH", "l", "y".repeat(length)]);
    look(both);
  }
  for (let i = 0; i < 32; i++) both.same(i % 2 === 0 ? "LPOP l" : "RPOP l");
});

/** Changes a list of some dozen elements of 1 KB at many places. */
function change(both: Both): void {
  for (let i = 0; i < 40; i++) both.same(["RPUSH", "l", `${i} `.padEnd(i % 3 === 0 ? 20 : 1000, "text ")]);
  for (let i = 0; i < 40; i += 3) both.same(["LINSERT", "l", i % 2 ? "AFTER" : "BEFORE", "marker", "x"]);
  for (const index of [0, 1, 5, 12, 20, -1, -2]) {
    both.same(["LSET", "l", String(index), `marker ${index}`]);
    both.same(["LINSERT", "l", "BEFORE", `marker ${index}`, "b".repeat(900)]);
    both.same(["LINSERT", "l", "AFTER", `marker ${index}`, "a".repeat(1800)]);
  }
  look(both);
  for (const index of [0, 17, 30, -1, -20]) both.same(`LINDEX l ${index}`);
  both.same(["LPOS", "l", "a".repeat(1800), "COUNT", "0"]);
  both.same(["LREM", "l", "-2", "a".repeat(1800)]);
  both.same(["LREM", "l", "3", "b".repeat(900)]);
  both.same("DUMP l");
  both.same("DEBUG DIGEST-VALUE l");
  both.same("COPY l c");
  both.same("DUMP c");
  both.same("DEL c");
  both.same("LTRIM l 3 -4");
  both.same("LPOP l 5");
  both.same("RPOP l 12");
  look(both);
  both.same("DUMP l");
  both.same("DEL l");
}

for (const size of ["-2", "-1", "-5", "1", "5", "128", "0", "-6", "100000"]) {
  for (const depth of size === "-2" || size === "5" ? ["0", "1", "3"] : ["0"]) {
    compat(`a list with nodes of ${size} and compress depth ${depth}`, (both) => {
      both.same(`CONFIG SET list-max-listpack-size ${size} list-compress-depth ${depth}`);
      both.same("CONFIG GET list-max-ziplist-size");
      change(both);
      both.same("CONFIG SET list-max-listpack-size -2 list-compress-depth 0");
    });
  }
}

compat("a list keeps the limits that it was made with", (both) => {
  const lists = ["a", "b", "c"];
  const sizes = ["-2", "3", "-1", "0", "32767"];
  for (const [i, size] of sizes.entries()) {
    both.same(`CONFIG SET list-max-listpack-size ${size} list-compress-depth ${i}`);
    for (const list of lists) {
      both.same(`RPUSH ${list} 1 2`);
      both.same(`LPUSH ${list}${size} x 12345`);
    }
    for (const list of [...lists, ...lists.map((list) => list + sizes[0])]) {
      both.same(`COPY ${list} copy REPLACE`);
      both.same(`RPUSH copy a b c d e f`);
      both.same(`DUMP copy`);
      both.same(`LINSERT ${list} BEFORE 2 x`);
      both.same(`LSET ${list} 0 ${"longer ".repeat(i)}`);
      both.same(`LSET ${list} 0 y`);
      both.same(`LREM ${list} -1 x`);
      both.same(`LMOVE ${list} ${list} LEFT RIGHT`);
      both.same(`LMOVE ${list} moved RIGHT LEFT`);
      both.same(`LTRIM ${list} 0 5`);
      both.same(`DUMP ${list}`);
    }
    both.same("DUMP moved");
    both.same("SORT a ALPHA STORE sorted");
    both.same("RPUSH sorted 1 2 3 4");
    both.same("DUMP sorted");
  }
  both.same("CONFIG SET list-max-listpack-size -2 list-compress-depth 0");
  for (const list of [...lists, "moved"]) {
    both.same(["RPUSH", list, ..."abcdefghijkl"]);
    both.same(["LINSERT", list, "BEFORE", "c", "x".repeat(5000)]);
    both.same(["LSET", list, "2", "y".repeat(5000)]);
    both.same(`DUMP ${list}`);
  }
});

compat("large elements have nodes of their own", (both) => {
  both.same("DEBUG QUICKLIST-PACKED-THRESHOLD 500b");
  change(both);
  both.same("RPUSH l a b c d");
  for (
    const line of ["LSET l 1", "LINSERT l BEFORE c", "LINSERT l AFTER d", "LPUSH l", "RPUSH l", "LSET l 0"]
  ) {
    both.same([...line.split(" "), "x".repeat(600)]);
    both.same("DUMP l");
  }
  for (
    const line of ["LSET l 0 short", "LSET l 2 short", "LINSERT l BEFORE short y", "LINSERT l AFTER a z"]
  ) {
    both.same(line);
    look(both);
    both.same("DUMP l");
  }
  both.same(["LREM", "l", "0", "x".repeat(600)]);
  look(both);
  both.same("DEBUG QUICKLIST-PACKED-THRESHOLD 0");
});

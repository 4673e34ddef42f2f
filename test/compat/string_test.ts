/** The commands of group string, every option, edges of 64-bit integers and of floating point. */
import { FLOAT_EDGES, INTEGER_EDGES } from "../support/edges.ts";
import { compat } from "./compat.ts";

const QUOTED = (text: string): string => `"${text}"`;

compat("GET and SET keep any bytes", (both) => {
  const every = Uint8Array.from({ length: 256 }, (_, i) => i);
  both.same(["SET", every, every]);
  both.same(["GET", every]);
  both.same(["SET", "", ""]);
  both.same(["GET", ""]);
  both.same(["STRLEN", every]);
  both.same("GET nosuch");
  both.same("GET");
  both.same("GET a b");
  both.same("SET k");
  both.same("set K v");
  both.same("GET k");
  for (const length of [1, 43, 44, 45, 1000, 70_000]) {
    both.same(["SET", "k", "x".repeat(length)]);
    both.same("GET k");
    both.same("OBJECT ENCODING k");
  }
});

compat("SET with NX, XX and GET", (both) => {
  for (
    const options of [
      "NX",
      "XX",
      "GET",
      "NX GET",
      "XX GET",
      "NX XX",
      "GET XX",
      "GET NX",
      "nx xx get",
      "NX NX",
      "GET GET",
    ]
  ) {
    both.same("DEL k");
    both.same(`SET k one ${options}`);
    both.same("GET k");
    both.same(`SET k two ${options}`);
    both.same("GET k");
  }
});

compat("SET with an expiry", (both) => {
  for (const unit of ["EX", "PX", "EXAT", "PXAT"]) {
    for (
      const time of [
        "100000",
        "0",
        "-1",
        "abc",
        "",
        "1.5",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
      ]
    ) {
      both.same("SET k v");
      both.same(`SET k new ${unit} ${QUOTED(time)}`);
      both.same("GET k");
    }
    both.same(`SET k v ${unit}`);
    both.same(`SET k v ${unit} 100 ${unit} 200`);
    both.same(`SET k v ${unit} 100 KEEPTTL`);
    both.same(`SET k v KEEPTTL ${unit} 100`);
    both.same(`SET k v ${unit} 9223372036854775`);
    both.same(`SET k v ${unit} 9223372036854776`);
  }
  both.same("SET k v EX 100 PX 100");
  both.same("SET k v EXAT 100 PXAT 100");
  both.same("SET k v EXAT 4102444800");
  both.same("EXPIRETIME k");
  both.same("SET k v PXAT 4102444800123");
  both.same("PEXPIRETIME k");
  both.same("SET k v EX 100 NX");
  both.same("SET k v XX EX 1000 GET");
  both.near(20, "TTL k");
  both.same("SET k v px 500000");
  both.near(20_000, "PTTL k");
});

compat("SET with KEEPTTL", (both) => {
  both.same("SET k v EX 1000");
  both.same("SET k w KEEPTTL");
  both.near(20, "TTL k");
  both.same("SET k x");
  both.same("TTL k");
  both.same("SET k x KEEPTTL");
  both.same("TTL k");
  both.same("SET new x KEEPTTL");
  both.same("TTL new");
  both.same("SET k v KEEPTTL KEEPTTL");
  both.same("SET k v PERSIST");
});

compat("SET refuses what it does not know", (both) => {
  for (
    const line of [
      "SET k v FOO",
      "SET k v EX",
      "SET k v 100",
      "SET k v EX 100 FOO",
      "SET k v ''",
      "SET k v NXX",
    ]
  ) {
    both.fail("syntax error", line);
  }
  both.same("EXISTS k");
});

compat("commands of strings refuse other types", (both) => {
  both.same("RPUSH list a");
  for (
    const line of [
      "GET list",
      "GETDEL list",
      "GETEX list",
      "GETSET list v",
      "GETRANGE list 0 -1",
      "SUBSTR list 0 -1",
      "STRLEN list",
      "APPEND list x",
      "INCR list",
      "DECR list",
      "INCRBY list 1",
      "DECRBY list 1",
      "INCRBYFLOAT list 1",
      "SETRANGE list 0 x",
      "SETRANGE list 0 ''",
      "LCS list list",
      "SET list v GET",
      "SET list v NX",
      "SETNX list v",
      "MSETNX list v",
      "MGET list",
      "GETEX list EX 100",
      "GETEX list PERSIST",
      "INCRBY list abc",
      "GETRANGE list a b",
      "SETRANGE list -1 x",
      "SETRANGE list x y",
    ]
  ) both.same(line);
  both.same("TYPE list");
  both.same("SET list v");
  both.same("TYPE list");
}, { needs: ["RPUSH"] });

compat("GETEX", (both) => {
  both.same("SET k v");
  for (const unit of ["EX", "PX", "EXAT", "PXAT"]) {
    for (const time of ["0", "-1", "abc", "9223372036854775807", "9223372036854775"]) {
      both.same(`GETEX k ${unit} ${time}`);
    }
    both.same(`GETEX k ${unit}`);
    both.same(`GETEX k ${unit} 100 PERSIST`);
    both.same(`GETEX nosuch ${unit} 0`);
    both.same(`GETEX nosuch ${unit} 100`);
  }
  both.same("SET k v");
  both.same("GETEX k EX 100");
  both.near(20, "TTL k");
  both.same("GETEX k");
  both.near(20, "TTL k");
  both.same("GETEX k PERSIST");
  both.same("TTL k");
  both.same("GETEX k PXAT 4102444800000");
  both.same("PEXPIRETIME k");
  both.same("GETEX k PXAT 1");
  both.same("EXISTS k");
  for (const option of ["NX", "GET", "KEEPTTL", "FOO", "PERSIST PERSIST", "EX 1 EX 2"]) {
    both.same(`GETEX k ${option}`);
  }
  both.same("GETEX");
});

compat("GETDEL and GETSET", (both) => {
  both.same("GETDEL k");
  both.same("SET k v EX 100");
  both.same("GETSET k w");
  both.same("TTL k");
  both.same("GETDEL k");
  both.same("GETDEL k");
  both.same("GETSET k x");
  both.same("GETSET k");
  both.same("GETDEL k x");
});

compat("SETNX, SETEX and PSETEX", (both) => {
  both.same("SETNX k v");
  both.same("SETNX k w");
  both.same("GET k");
  for (const command of ["SETEX", "PSETEX"]) {
    for (
      const time of [
        "100000",
        "0",
        "-1",
        "abc",
        "",
        "9223372036854775807",
        "9223372036854775",
        "9223372036854775808",
      ]
    ) {
      both.same(`${command} k ${QUOTED(time)} v`);
    }
    both.same(`${command} k 100`);
  }
  both.same("SETEX k 1000 v");
  both.near(20, "TTL k");
  both.same("PSETEX k 1000000 v");
  both.near(20_000, "PTTL k");
});

compat("MGET, MSET and MSETNX", (both) => {
  both.same("MSET a 1 b 2 a 3");
  both.same("MGET a b c a");
  both.same("MSETNX c 1 a 2");
  both.same("MGET a b c");
  both.same("MSETNX c 1 d 2 c 3");
  both.same("MGET c d");
  for (const line of ["MSET", "MSET a", "MSET a 1 b", "MSETNX a", "MSETNX a 1 b", "MGET"]) both.same(line);
  both.same("SET t v EX 100");
  both.same("MSET t w");
  both.same("TTL t");
});

compat("GETRANGE and SUBSTR at all offsets", (both) => {
  both.same("SET k 'This is a string'");
  for (let from = -20; from <= 20; from += 3) {
    for (let to = -20; to <= 20; to++) both.same(`${to % 2 ? "GETRANGE" : "SUBSTR"} k ${from} ${to}`);
  }
  for (const edge of INTEGER_EDGES) {
    both.same(`GETRANGE k ${QUOTED(edge)} 5`);
    both.same(`GETRANGE k 0 ${QUOTED(edge)}`);
  }
  both.same("GETRANGE nosuch 0 -1");
  both.same("SET n 12345");
  both.same("GETRANGE n 1 2");
  both.same("SET e ''");
  both.same("GETRANGE e 0 -1");
  both.same("GETRANGE k 0");
  both.same("SUBSTR k 0 1 2");
});

compat("SETRANGE", (both) => {
  for (
    const [offset, value] of [["0", "abc"], ["2", "X"], ["10", "y"], ["0", ""], ["5", ""], ["-1", "x"], [
      "abc",
      "x",
    ]]
  ) {
    both.same(`SETRANGE k ${offset} "${value}"`);
    both.same("GET k");
  }
  both.same("SETRANGE new 0 ''");
  both.same("EXISTS new");
  both.same("SETRANGE new 5 ''");
  both.same("EXISTS new");
  for (const edge of ["536870911", "536870912", "4294967296", "9223372036854775807"]) {
    both.same(`SETRANGE k ${edge} xx`);
  }
  both.same("SETRANGE k 536870912 ''");
  both.same("SET n 12345 EX 1000");
  both.same("SETRANGE n 2 x");
  both.same("OBJECT ENCODING n");
  both.near(20, "TTL n");
  both.same("SETRANGE n 2");
});

compat("APPEND and STRLEN", (both) => {
  for (const value of ["", "a", "bc", "", "x".repeat(50), "1"]) {
    both.same(["APPEND", "k", value]);
    both.same("STRLEN k");
    both.same("GET k");
    both.same("OBJECT ENCODING k");
  }
  both.same("SET n 12");
  both.same("APPEND n 3");
  both.same("OBJECT ENCODING n");
  both.same("INCR n");
  both.same("OBJECT ENCODING n");
  both.same("STRLEN n");
  both.same("SET m -9223372036854775808");
  both.same("STRLEN m");
  both.same("STRLEN nosuch");
  both.same("SET t v EX 1000");
  both.same("APPEND t w");
  both.near(20, "TTL t");
});

compat("INCR, DECR, INCRBY and DECRBY over every edge", (both) => {
  for (const stored of INTEGER_EDGES) {
    for (const line of ["INCR k", "DECR k", "INCRBY k 2", "DECRBY k 2", "INCRBY k -2", "DECRBY k -2"]) {
      both.same(`SET k ${QUOTED(stored)}`);
      both.same(line);
      both.same("GET k");
    }
  }
  for (const amount of INTEGER_EDGES) {
    for (const stored of ["0", "10", "-10", "9223372036854775807", "-9223372036854775808"]) {
      both.same(`SET k ${stored}`);
      both.same(`INCRBY k ${QUOTED(amount)}`);
      both.same(`SET k ${stored}`);
      both.same(`DECRBY k ${QUOTED(amount)}`);
    }
  }
  both.same("DEL k");
  for (
    const line of [
      "INCR a",
      "DECR b",
      "INCRBY c 5",
      "DECRBY d 5",
      "INCR",
      "INCRBY a",
      "DECR a b",
      "DECRBY a 1 2",
    ]
  ) both.same(line);
  both.same("SET t 1 EX 1000");
  both.same("INCR t");
  both.near(20, "TTL t");
});

compat("INCRBYFLOAT as Redis prints it", (both) => {
  for (const stored of FLOAT_EDGES) {
    both.same(`SET k ${QUOTED(stored)}`);
    both.same("INCRBYFLOAT k 1.5");
    both.same("GET k");
  }
  for (const amount of FLOAT_EDGES) {
    for (const stored of ["0", "0.1", "-3.0e3", "1e17"]) {
      both.same(`SET k ${stored}`);
      both.same(`INCRBYFLOAT k ${QUOTED(amount)}`);
      both.same("GET k");
    }
  }
  both.same("INCRBYFLOAT new 10.5");
  both.same("OBJECT ENCODING new");
  both.same("INCRBYFLOAT new 0.5");
  both.same("OBJECT ENCODING new");
  both.same("INCR new");
  both.same("INCRBYFLOAT new");
  both.same("SET t 1 EX 1000");
  both.same("INCRBYFLOAT t 1");
  both.near(20, "TTL t");
  both.same("SET z 'abc\\x00'");
  both.same("INCRBYFLOAT z 1");
  both.same(["SET", "z", "1\0"]);
  both.same("INCRBYFLOAT z 1");
});

compat("INCRBYFLOAT adds up small steps like an 80-bit float", (both) => {
  both.same("SET k 0");
  for (let i = 0; i < 60; i++) both.same(`INCRBYFLOAT k ${["0.1", "1e-7", "3.3", "-0.7", "1e10"][i % 5]}`);
});

compat("LCS", (both) => {
  both.same("MSET a ohmytext b mynewtext c '' d xyz e ohmytext");
  for (
    const [x, y] of [["a", "b"], ["b", "a"], ["a", "a"], ["a", "c"], ["a", "d"], ["a", "nosuch"], [
      "nosuch",
      "nosuch",
    ], ["a", "e"]]
  ) {
    for (
      const options of [
        "",
        "LEN",
        "IDX",
        "IDX LEN",
        "IDX MINMATCHLEN 4",
        "IDX MINMATCHLEN 4 WITHMATCHLEN",
        "IDX WITHMATCHLEN",
        "MINMATCHLEN 2",
        "LEN MINMATCHLEN 2",
        "WITHMATCHLEN",
        "IDX MINMATCHLEN -1",
        "IDX MINMATCHLEN 0",
        "IDX IDX",
        "LEN LEN",
        "IDX MINMATCHLEN abc",
        "IDX MINMATCHLEN",
        "FOO",
      ]
    ) both.same(`LCS ${x} ${y} ${options}`);
  }
  both.resp3();
  both.same("LCS a b IDX");
  both.same("LCS a b IDX WITHMATCHLEN");
  both.same("LCS a b LEN");
  both.same("LCS a");
});

compat("LCS of longer strings", (both) => {
  const word = (seed: number, letters: number) =>
    Array.from(
      { length: 120 },
      (_, i) => String.fromCharCode(97 + (((i + seed) * (i + 7 * seed) + i) % letters)),
    ).join("");
  for (let seed = 1; seed < 8; seed++) {
    both.same(["MSET", "x", word(seed, 3), "y", word(seed + 3, 4)]);
    for (const options of ["", "LEN", "IDX", "IDX WITHMATCHLEN MINMATCHLEN 3"]) {
      both.same(`LCS x y ${options}`);
    }
  }
});

compat("encodings of strings", (both) => {
  const values = [
    ...INTEGER_EDGES,
    "12345678901234567890",
    "9999",
    "10000",
    "1e5",
    "x".repeat(20),
    "1".repeat(19),
    "1".repeat(20),
    "1".repeat(21),
    "x".repeat(44),
    "x".repeat(45),
    "3.14",
  ];
  for (const value of values) {
    both.same(["SET", "k", value]);
    both.same("OBJECT ENCODING k");
    both.same("STRLEN k");
    both.same(["SETRANGE", "k", "0", ""]);
    both.same("OBJECT ENCODING k");
    both.same(["APPEND", "k", "x"]);
    both.same("OBJECT ENCODING k");
    both.same(["GETSET", "k", value]);
    both.same("OBJECT ENCODING k");
    both.same(["MSET", "m", value]);
    both.same("OBJECT ENCODING m");
  }
});

compat("RESP3 has its own null", (both) => {
  both.resp3();
  both.same("GET nosuch");
  both.same("MGET nosuch");
  both.same("SET k v GET");
  both.same("SET k v NX");
  both.same("GETDEL nosuch");
  both.same("INCRBYFLOAT f 1.5");
  both.resp2();
  both.same("GET nosuch");
});

/** GETBIT, SETBIT, BITCOUNT, BITPOS, BITOP, BITFIELD, BITFIELD_RO. */
import { compat } from "./compat.ts";

const INTEGERS = ["0", "1", "-1", "007", "+1", "", "a", "1.5", "9223372036854775807", "-9223372036854775808"];
const RANGE_ENDS = ["0", "1", "2", "3", "5", "-1", "-2", "-3", "-6", "9", "-9", "9223372036854775807"];

/** What watchers and counters of changes see of a line: whether the next EXEC is aborted. */
function sameChange(both: Parameters<Parameters<typeof compat>[1]>[0], line: string, key = "k"): void {
  const other = both.client("watches");
  other.same(`WATCH ${key}`);
  both.same(line);
  other.same("MULTI");
  other.same(`STRLEN ${key}`);
  other.same("EXEC");
  both.same(`OBJECT ENCODING ${key}`);
}

compat("GETBIT and SETBIT: values, growth, errors", (both) => {
  for (
    const offset of ["0", "1", "7", "8", "100", "7", "-1", "#1", "4294967295", "4294967296", ...INTEGERS]
  ) {
    both.same(["GETBIT", "k", offset]);
  }
  for (const offset of ["7", "0", "9", "1000", "3", "-1", "#1", "4294967296", "99999999999999999999", "x"]) {
    for (const bit of ["1", "0", "1", "2", "-1", "x", "01", ""]) both.same(["SETBIT", "k", offset, bit]);
    both.same("GET k");
    both.same("STRLEN k");
  }
  for (let offset = 0; offset < 20; offset++) both.same(`GETBIT k ${offset}`);
  both.same("SETBIT k");
  both.same("SETBIT k 1");
  both.same("SETBIT k 1 1 1");
  both.same("GETBIT k");
  both.same("GETBIT k 1 1");
});

compat("SETBIT at the farthest bit, and beyond what proto-max-bulk-len allows", (both) => {
  both.same("CONFIG SET proto-max-bulk-len 1048576");
  both.same("SETBIT k 8388607 1");
  both.same("STRLEN k");
  both.same("SETBIT k 8388608 1");
  both.same("GETBIT k 8388608");
  both.same("BITFIELD k GET u8 8388607");
  both.same("BITFIELD k SET u63 8388607 -1");
  both.same("STRLEN k");
  both.same("BITCOUNT k");
  both.same("CONFIG SET proto-max-bulk-len 512mb");
  both.same("GETBIT k 8388608");
});

compat("values that were numbers or short strings are bytes after their bits were changed", (both) => {
  for (
    const line of ["SETBIT k 1 0", "SETBIT k 1 1", "SETBIT k 100 0", "GETBIT k 1", "BITFIELD k GET u8 0"]
  ) {
    for (const value of ["12", "short", "x".repeat(50), "12345678901234567890"]) {
      both.same(["SET", "k", value]);
      both.same("EXPIRE k 1000");
      sameChange(both, line);
      both.same("GET k");
      both.near(20, "TTL k");
    }
    both.same("DEL k");
  }
});

compat("which lines count as a change for those who watch the key", (both) => {
  for (
    const line of [
      "SETBIT k 3 0",
      "SETBIT k 3 0",
      "SETBIT k 3 1",
      "SETBIT k 3 1",
      "BITFIELD k SET u8 0 16",
      "BITFIELD k SET u8 0 17",
      "BITFIELD k OVERFLOW FAIL INCRBY u8 0 255",
      "BITFIELD k OVERFLOW FAIL INCRBY u8 64 256",
      "BITFIELD k OVERFLOW FAIL SET u8 64 0 INCRBY u8 72 0",
      "BITFIELD k INCRBY u8 0 0",
      "BITFIELD k INCRBY u8 0 1",
      "BITFIELD k",
      "BITFIELD k GET u8 0",
      "BITFIELD k OVERFLOW SAT",
      "BITCOUNT k",
      "BITOP AND k k k",
      "BITOP XOR k k k",
      "BITOP AND k none",
      "BITOP AND k none",
      "BITFIELD k OVERFLOW FAIL SET u8 0 256",
      "DEL k",
      "BITFIELD k GET u8 0",
      "BITFIELD k SET u8 0 0",
      "BITFIELD_RO k SET u8 0 1",
    ]
  ) sameChange(both, line);
});

compat("BITCOUNT of ranges in bytes and bits", (both) => {
  both.same(["SET", "k", "\x01\xff\x80foobar\0\xf0"]);
  both.same("BITCOUNT k");
  both.same("BITCOUNT none");
  for (const unit of ["", " BYTE", " bit", " BIT"]) {
    for (const from of [...RANGE_ENDS, "17", "-17"]) {
      for (const to of [...RANGE_ENDS, "40", "-40", "88"]) both.same(`BITCOUNT k ${from} ${to}${unit}`);
    }
  }
  for (const from of INTEGERS) for (const to of INTEGERS) both.same(["BITCOUNT", "k", from, to]);
  both.same("BITCOUNT k -9223372036854775807 -9223372036854775808");
  both.same("BITCOUNT k -9223372036854775807 -9223372036854775808 BIT");
  for (
    const rest of [
      "1",
      "0 1 2",
      "0 1 BITS",
      "0 x BITS",
      "x 0 BIT",
      "0 1 BIT 3",
      "-3 -9 BITS",
      "a b",
      "a b c d",
    ]
  ) {
    both.same(`BITCOUNT k ${rest}`);
    both.same(`BITCOUNT none ${rest}`);
  }
  both.same("SETRANGE empty 0 ''");
  both.same("SET empty ''");
  for (const rest of ["", " 0 -1", " 0 0 BIT", " -1 -1"]) both.same(`BITCOUNT empty${rest}`);
  both.same("SET n 12345");
  both.same("BITCOUNT n");
});

compat("BITPOS of both bits in ranges of bytes and bits", (both) => {
  both.same(["SET", "k", "\0\xff\xf0\0\0\x01\xff"]);
  both.same(["SET", "ones", "\xff".repeat(5)]);
  both.same(["SET", "zeros", "\0".repeat(5)]);
  both.same("SET empty ''");
  for (const key of ["k", "ones", "zeros", "empty", "none"]) {
    for (const bit of ["0", "1"]) {
      both.same(`BITPOS ${key} ${bit}`);
      for (const from of [...RANGE_ENDS, "17", "-17"]) {
        both.same(`BITPOS ${key} ${bit} ${from}`);
        for (const to of ["0", "2", "5", "-1", "-3", "-9", "33", "40", "9223372036854775807"]) {
          both.same(`BITPOS ${key} ${bit} ${from} ${to}`);
          both.same(`BITPOS ${key} ${bit} ${from} ${to} BIT`);
        }
        both.same(`BITPOS ${key} ${bit} ${from} 3 byte`);
      }
    }
    for (const bit of [...INTEGERS, "2"]) both.same(["BITPOS", key, bit]);
    for (
      const rest of [
        "1 a",
        "1 0 a",
        "1 a b",
        "1 0 1 BITS",
        "1 0 a BITS",
        "1 a 1 BITS",
        "1 0 1 BIT 1",
        "2 a",
        "",
      ]
    ) both.same(`BITPOS ${key} ${rest}`);
  }
});

compat("BITOP of strings of unequal length", (both) => {
  const values = ["", "a", "abc", "\xff\0\xf0\x0f", "123", "x".repeat(70), "\xaa".repeat(131)];
  values.forEach((value, i) => both.same(["SET", `s${i}`, value]));
  for (const operation of ["AND", "or", "Xor"]) {
    for (let i = 0; i < values.length; i++) {
      both.same(`BITOP ${operation} d s${i}`);
      both.same("GET d");
      for (let j = 0; j < values.length; j++) {
        both.same(`BITOP ${operation} d s${i} s${j} s5`);
        both.same("GET d");
        both.same("OBJECT ENCODING d");
        both.same(`BITOP ${operation} d s${i} s${j}`);
        both.same("GET d");
      }
    }
    both.same(`BITOP ${operation} d s1 none s2`);
    both.same("GET d");
    both.same(`BITOP ${operation} s2 s2 s1`);
    both.same("GET s2");
    both.same(`BITOP ${operation} d none`);
    both.same("EXISTS d");
  }
  for (let i = 0; i < values.length; i++) {
    both.same(`BITOP NOT d s${i}`);
    both.same("GET d");
    both.same("OBJECT ENCODING d");
  }
  both.same("EXPIRE d 100");
  both.same("BITOP NOT d d");
  both.same("TTL d");
  for (const rest of ["NOT d", "NOT d a b", "AND d", "FOO d a", "NOT d none", "", "AND", "'' d a"]) {
    both.same(`BITOP ${rest}`);
  }
});

compat("bits of other types are refused, after the arguments were read", (both) => {
  both.same("HSET h f v");
  both.same("RPUSH l 1");
  both.same("SET s abc");
  for (
    const line of [
      "GETBIT h 0",
      "GETBIT h x",
      "SETBIT h 0 1",
      "SETBIT h 0 2",
      "SETBIT h x 1",
      "BITCOUNT h",
      "BITCOUNT h a b",
      "BITPOS h 1",
      "BITPOS h 2",
      "BITPOS h 1 a",
      "BITOP AND d s h",
      "BITOP NOT d h",
      "BITOP FOO d h",
      "BITOP AND h s s",
      "GET h",
      "BITFIELD l GET u8 0",
      "BITFIELD l",
      "BITFIELD l SET u8 0 1",
      "BITFIELD l SET u8 0 x",
      "BITFIELD_RO l GET u8 0",
      "BITFIELD_RO l SET u8 0 1",
      "EXISTS d",
    ]
  ) both.same(line);
}, { needs: ["HSET", "RPUSH"] });

const TYPES = ["u1", "u7", "u8", "u31", "u32", "u33", "u50", "u51", "u52", "u53", "u62", "u63"].concat(
  ["i1", "i2", "i8", "i31", "i32", "i33", "i50", "i51", "i52", "i53", "i63", "i64"],
);
const VALUES = [
  "0",
  "1",
  "-1",
  "127",
  "128",
  "-128",
  "-129",
  "255",
  "256",
  "4294967295",
  "-4294967296",
  "2251799813685248",
  "9007199254740993",
  "-9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
];

compat("BITFIELD: every width, every overflow, values of 64 bits", (both) => {
  for (const type of TYPES) {
    for (const mode of ["WRAP", "SAT", "FAIL"]) {
      for (const value of VALUES) {
        both.same(
          `BITFIELD k OVERFLOW ${mode} SET ${type} 3 ${value} GET ${type} 3 INCRBY ${type} 3 ${value}`,
        );
        both.same(`BITFIELD k OVERFLOW ${mode} INCRBY ${type} #1 ${value} GET ${type} #1 GET u8 0 GET i64 1`);
      }
    }
    both.same("GET k");
    both.same("DEL k");
  }
});

compat("BITFIELD: increments that carry through the limits", (both) => {
  for (const type of ["u2", "i2", "u8", "i8", "i64", "u63", "i52"]) {
    for (const mode of ["WRAP", "SAT", "FAIL"]) {
      for (
        const step of ["1", "-1", "3", "-3", "100", "-100", "9223372036854775807", "-9223372036854775807"]
      ) {
        for (let i = 0; i < 4; i++) both.same(`BITFIELD k OVERFLOW ${mode} INCRBY ${type} 5 ${step}`);
      }
    }
  }
  both.same("GET k");
});

compat("BITFIELD: offsets, options one after the other, errors", (both) => {
  for (
    const rest of [
      "",
      "GET u8 0",
      "GET u8 #0 GET u8 #1 GET u8 #1000",
      "SET u8 0 1 OVERFLOW SAT SET u8 0 300 OVERFLOW FAIL SET u8 0 300 OVERFLOW WRAP SET u8 0 300 GET u8 0",
      "overflow sat incrby i5 100 1 get u4 0",
      "OVERFLOW SAT",
      "OVERFLOW",
      "OVERFLOW FOO",
      "OVERFLOW FOO GET u8 0",
      "OVERFLOW wrap OVERFLOW fail INCRBY u2 100 3 INCRBY u2 100 3",
      "GET",
      "GET u8",
      "GET u64 0",
      "GET u0 0",
      "GET i0 0",
      "GET i65 0",
      "GET I8 0",
      "GET U8 0",
      "GET 8 0",
      "GET u 0",
      "GET u08 0",
      "GET u-1 0",
      "GET 'u8 ' 0",
      '"GET" "u8\\x00x" 0',
      "GET '' 0",
      "GET u8 -1",
      "GET u8 #-1",
      "GET u8 #",
      "GET u8 ##1",
      "GET u8 x",
      "GET u8 4294967295",
      "GET u8 4294967296",
      "GET u8 #536870911",
      "GET u8 #536870912",
      "GET u8 #4611686018427387904",
      "GET u63 #9223372036854775807",
      "GET i64 #9223372036854775807",
      "GET u8 9223372036854775808",
      "GET i64 #-9223372036854775808",
      "SET u8 0",
      "SET u8 0 x",
      "SET u8 x x",
      "SET x 0 x",
      "SET u8 0 1.5",
      "SET u8 0 9223372036854775808",
      "INCRBY u8 0",
      "INCRBY u8 0 x",
      "SET u8 0 1 FOO",
      "SET u8 7 255 GET u8 0 FOO u8 0",
      "GET u8 0 SET u8 #3 200 INCRBY u8 #3 100 GET u8 #3",
      "INCRBY u8 0 0",
      "OVERFLOW fail SET i8 0 128 SET i8 0 127 INCRBY i8 0 1 INCRBY i8 0 -255 INCRBY i8 0 -254",
    ]
  ) {
    both.same(`BITFIELD k ${rest}`);
    both.same(`BITFIELD_RO k ${rest}`);
    both.same(`BITFIELD_RO none ${rest}`);
  }
  both.same("GET k");
  both.same("EXISTS none");
  both.same("BITFIELD");
  both.same("BITFIELD_RO");
  both.resp3();
  both.same("BITFIELD k OVERFLOW FAIL INCRBY u2 0 3 INCRBY u2 0 3 GET i64 0");
});

compat("COMMAND GETKEYS and GETKEYSANDFLAGS of the commands on bits", (both) => {
  for (
    const line of [
      "BITFIELD k",
      "BITFIELD k GET u8 0",
      "BITFIELD k GET u8 0 SET u8 0 1",
      "BITFIELD k OVERFLOW WRAP GET u8 0",
      "BITFIELD k overflow wrap",
      "BITFIELD k OVERFLOW",
      "BITFIELD k get u8",
      "BITFIELD k FOO",
      "BITFIELD k GET u8 0 FOO",
      "BITFIELD_RO k GET u8 0",
      "BITOP AND d a b",
      "BITOP NOT d",
      "BITCOUNT k 0 1",
      "BITPOS k 1",
      "SETBIT k 0 1",
      "GETBIT k 0",
      "WATCH a b c",
    ]
  ) {
    both.same(`COMMAND GETKEYS ${line}`);
    both.same(`COMMAND GETKEYSANDFLAGS ${line}`);
  }
});

compat("bits of strings of a megabyte", (both) => {
  both.same("SETRANGE a 1000003 xyz");
  both.same("SETBIT a 4000001 1");
  both.same("SETRANGE b 700001 0123456789");
  both.same("BITCOUNT a");
  both.same("BITCOUNT a 1 -2");
  both.same("BITCOUNT a 3 4000003 BIT");
  both.same("BITPOS a 1");
  both.same("BITPOS a 1 500001");
  both.same("BITOP NOT c a");
  both.same("BITCOUNT c");
  both.same("BITPOS c 0");
  both.same("BITPOS c 0 500001");
  both.same("BITPOS c 0 1 400000");
  for (const operation of ["AND", "OR", "XOR"]) {
    both.same("EXPIRE d 1000");
    sameChange(both, `BITOP ${operation} d c b a`, "d");
    both.same("TTL d");
    both.same("APPEND d x");
    both.same("BITCOUNT d");
    both.same("BITCOUNT d 700000 700008");
    both.same("STRLEN d");
  }
});

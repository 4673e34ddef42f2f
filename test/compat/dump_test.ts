/** OBJECT, DUMP and RESTORE: what values look like from the inside, and how they travel. */
import { INTEGER_EDGES } from "../support/edges.ts";
import { compat } from "./compat.ts";

compat("OBJECT", (both) => {
  both.same("SET s v");
  both.same("SET i 100");
  both.same("SET big 100000");
  for (
    const line of [
      "OBJECT ENCODING s",
      "OBJECT ENCODING i",
      "OBJECT ENCODING nosuch",
      "OBJECT REFCOUNT s",
      "OBJECT REFCOUNT nosuch",
      "OBJECT REFCOUNT big",
      "OBJECT IDLETIME nosuch",
      "OBJECT FREQ s",
      "OBJECT FREQ nosuch",
      "OBJECT",
      "OBJECT NOSUCH s",
      "OBJECT ENCODING",
      "OBJECT ENCODING a b",
      "OBJECT HELP x",
      "object encoding s",
      "OBJECT REFCOUNT i",
    ]
  ) both.same(line);
  both.near(20, "OBJECT IDLETIME s");
  both.sameAfter((value) => Array.isArray(value), "OBJECT HELP");
});

compat("OBJECT FREQ under an LFU policy", (both) => {
  both.same("SET k v");
  both.same("OBJECT FREQ k");
  both.same("OBJECT IDLETIME k");
  both.same("OBJECT FREQ nosuch");
  both.same(["RESTORE", "r", "0", TEXT, "FREQ", "200"]);
  both.same("OBJECT FREQ r");
  both.same(["RESTORE", "r2", "0", TEXT, "IDLETIME", "200"]);
  both.same("OBJECT FREQ r2");
  both.same("COPY r r3");
  both.same("RENAME r r4");
  both.same("OBJECT FREQ r4");
  // Without decay: a minute may begin between two lines.
}, { args: ["--maxmemory-policy", "allkeys-lfu", "--lfu-decay-time", "0"] });

// Payloads as redis-server 7.0.15 dumps them: "v", 12, -300, 70000, "12345678901" and a compressed string.
const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const TEXT = bytes("\x00\x01v\n\x00\x91\x08\xce\xb2\x198\x8a\xce");
const PAYLOADS = [
  TEXT,
  bytes("\x00\x00\n\x00]\x9b\\@\x0f\x7f\xa2\xda"),
  bytes("\x00\xc0\x0c\n\x00<*\xf8Q\\\x04\xbc\xd5"),
  bytes("\x00\xc1\xd4\xfe\n\x00\xc6\xc4\x86#\xfe\xbe\xde."),
  bytes("\x00\xc2p\x11\x01\x00\n\x00\x01\xa4\x08\xfe\x950\x95\xa5"),
  bytes("\x00\x0b12345678901\n\x000NR\xd7'\x17e\x10"),
  bytes("\x00\xc3\n@P\x02aba\xe0B\x01\x01ab\n\x00\x94\x9d_\x0e\xb1\xde\xa4E"),
];

compat("RESTORE takes what redis-server dumped, and DUMP gives it back", (both) => {
  for (const payload of PAYLOADS) {
    both.same(["RESTORE", "k", "0", payload, "REPLACE"]);
    both.same("GET k");
    both.same("OBJECT ENCODING k");
    both.same("TTL k");
    both.same("DUMP k");
  }
  both.same("DUMP nosuch");
  both.same("DUMP");
});

compat("DUMP of every kind of string", (both) => {
  const values = [
    ...INTEGER_EDGES,
    "127",
    "128",
    "-128",
    "-129",
    "32767",
    "32768",
    "2147483647",
    "2147483648",
    "-2147483648",
    "-2147483649",
    "x".repeat(20),
    "x".repeat(21),
    "x".repeat(63),
    "x".repeat(64),
    "x".repeat(16_400),
    "0123456789".repeat(30),
    Array.from({ length: 2000 }, (_, i) => `item ${i * 7}`).join(","),
  ];
  for (const value of values) {
    both.same(["SET", "k", value]);
    both.same("DUMP k");
  }
});

compat("RESTORE with every option", (both) => {
  const restore = (...options: string[]) =>
    both.same(["RESTORE", "k", ...options.slice(0, 1), TEXT, ...options.slice(1)]);
  restore("0");
  restore("0");
  restore("0", "REPLACE");
  restore("100000", "REPLACE");
  both.near(20, "TTL k");
  restore("4102444800000", "ABSTTL", "REPLACE");
  both.same("PEXPIRETIME k");
  restore("1", "ABSTTL", "REPLACE");
  both.same("EXISTS k");
  restore("0", "ABSTTL", "REPLACE");
  both.same("TTL k");
  for (
    const options of [
      ["-1"],
      ["abc"],
      ["9223372036854775808"],
      ["0", "FOO"],
      ["0", "IDLETIME"],
      ["0", "IDLETIME", "-1"],
      ["0", "IDLETIME", "abc"],
      ["0", "FREQ"],
      ["0", "FREQ", "256"],
      ["0", "FREQ", "-1"],
      ["0", "FREQ", "abc"],
      ["0", "IDLETIME", "1", "FREQ", "1"],
      ["0", "FREQ", "1", "IDLETIME", "1"],
      ["0", "REPLACE", "REPLACE"],
      ["0", "replace", "idletime", "1000"],
      ["0", "REPLACE", "FREQ", "10"],
      ["9223372036854775807", "REPLACE"],
      ["-1", "REPLACE"],
    ]
  ) restore(...options);
  both.same("DEL k");
  restore("0", "IDLETIME", "1000");
  both.near(20, "OBJECT IDLETIME k");
  both.same("RESTORE k 0");
});

compat("RESTORE refuses damaged payloads", (both) => {
  both.same(["RESTORE", "k", "0", ""]);
  for (let length = 0; length < TEXT.length; length++) {
    both.same(["RESTORE", "k", "0", TEXT.subarray(0, length)]);
  }
  for (let at = 0; at < TEXT.length; at++) both.same(["RESTORE", "k", "0", TEXT.with(at, TEXT[at]! ^ 1)]);
  both.same(["RESTORE", "k", "0", "abc"]);
  both.same(["RESTORE", "k", "0", "x".repeat(100)]);
  both.same("EXISTS k");
  both.same("SET k v");
  both.same(["RESTORE", "k", "0", "abc"]);
  both.same(["RESTORE", "k", "abc", "abc"]);
  both.same(["RESTORE", "k", "abc", "abc", "REPLACE"]);
});

import { assertEquals } from "@std/assert";
import { RdbWriter } from "../../store/rdb/rdb_codec.ts";
import { finishDump } from "../../store/rdb/rdb_value.ts";
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";
import { fromLatin1 } from "../../../test/support/split_args.ts";

/** What redis-server 7.0.15 gives for the string "hello". */
const HELLO = fromLatin1("\0\x05hello\n\0cr\xdfve4 \n");
/** The RDB type of a value of a module. */
const MODULE = 7;

function restore(server: TestServer, key: string, ttl: string, payload: Uint8Array, options = ""): unknown {
  return server.send(["RESTORE", key, ttl, payload, ...options.split(" ").filter((word) => word !== "")]);
}

function dump(server: TestServer, key: string): Uint8Array {
  return fromLatin1(server.send(`DUMP ${key}`) as string);
}

Deno.test("DUMP gives the reference's bytes, and nothing for no key", () => {
  using server = testServer({ k: "hello" });
  assertEquals(dump(server, "k"), HELLO);
  assertEquals(server.send("DUMP nokey"), null);
});

Deno.test("RESTORE gives back what DUMP took, in the encoding of a value set anew", () => {
  const values = ["", "12", "-9223372036854775808", "007", "x".repeat(44), "ab".repeat(5000), "\0\xff\r\n"];
  for (const value of values) {
    using server = testServer();
    server.send(["SET", "k", fromLatin1(value)]);
    assertEquals(restore(server, "new", "0", dump(server, "k")), "OK");
    assertEquals(server.send("GET new"), value);
    assertEquals(server.send("OBJECT ENCODING new"), server.send("OBJECT ENCODING k"));
  }
});

Deno.test("RESTORE takes a time to live, or with ABSTTL a unix time", () => {
  using server = testServer();
  restore(server, "a", "1500", HELLO);
  assertEquals(server.send("PTTL a"), 1500);
  restore(server, "a", "4000000000000", HELLO, "REPLACE ABSTTL");
  assertEquals(server.send("PEXPIRETIME a"), 4_000_000_000_000);
  restore(server, "a", "0", HELLO, "replace");
  assertEquals(server.send("TTL a"), -1);
  restore(server, "a", "9223372036854775807", HELLO, "REPLACE ABSTTL");
  assertEquals(server.send("PEXPIRETIME a"), 9223372036854775807n);
});

Deno.test("RESTORE with a time that is past leaves no key", () => {
  using server = testServer({ a: "1" });
  assertEquals(restore(server, "a", "1", HELLO, "REPLACE ABSTTL"), "OK");
  assertEquals(restore(server, "b", "1", HELLO, "ABSTTL"), "OK");
  // The sum overflows, as it does in the reference.
  assertEquals(restore(server, "c", "9223372036854775807", HELLO), "OK");
  assertEquals(server.send("EXISTS a b c"), 0);
  assertEquals(server.takeEvents().slice(0, 1), ["del a@0"]);
});

Deno.test("RESTORE publishes restore, after new", () => {
  using server = testServer({ a: "1" });
  restore(server, "a", "0", HELLO, "REPLACE");
  restore(server, "b", "0", HELLO);
  assertEquals(server.takeEvents(), ["new a@0", "restore a@0", "new b@0", "restore b@0"]);
});

Deno.test("RESTORE sets idle time or frequency", () => {
  using server = testServer();
  restore(server, "a", "0", HELLO, "IDLETIME 1000");
  assertEquals(server.send("OBJECT IDLETIME a"), 1000);
  restore(server, "a", "0", HELLO, "REPLACE FREQ 100");
  assertEquals(server.send("OBJECT IDLETIME a"), 0);
  server.keyspace.access.lfu = true;
  server.keyspace.access.refresh();
  restore(server, "a", "0", HELLO, "REPLACE FREQ 100");
  assertEquals(server.send("OBJECT FREQ a"), 100);
  restore(server, "a", "0", HELLO, "REPLACE IDLETIME 5");
  assertEquals(server.send("OBJECT FREQ a"), 5);
});

Deno.test("RESTORE reads its options, looks for the key, then reads time and payload", async (t) => {
  using server = testServer({ a: "1" });
  const integer = "ERR value is not an integer or out of range";
  const damaged = "ERR DUMP payload version or checksum are wrong";
  const frequency = "ERR Invalid FREQ value, must be >= 0 and <= 255";
  await checkReplies(t, server, [
    ["RESTORE a x x FOO", "ERR syntax error"],
    ["RESTORE a 0 x IDLETIME", "ERR syntax error"],
    ["RESTORE a 0 x IDLETIME -1", "ERR Invalid IDLETIME value, must be >= 0"],
    ["RESTORE a 0 x IDLETIME x", integer],
    ["RESTORE a 0 x FREQ 256", frequency],
    ["RESTORE a 0 x FREQ -1", frequency],
    ["RESTORE a 0 x FREQ 1 IDLETIME 1", "ERR syntax error"],
    ["RESTORE a 0 x IDLETIME 1 FREQ 1", "ERR syntax error"],
    ["RESTORE a x x", "BUSYKEY Target key name already exists."],
    ["RESTORE b x x", integer],
    ["RESTORE b -1 x", "ERR Invalid TTL value, must be >= 0"],
    ["RESTORE b 0 x", damaged],
    ['RESTORE b 0 ""', damaged],
    ["RESTORE a 0 x REPLACE", damaged],
    ["GET a", "1"],
    ["RESTORE b 0", "ERR wrong number of arguments for 'restore' command"],
  ]);
});

Deno.test("RESTORE finds any damaged byte, and a version that is too new", () => {
  using server = testServer();
  for (let i = 0; i < HELLO.length; i++) {
    const damaged = HELLO.slice();
    damaged[i]! ^= 1;
    assertEquals(restore(server, "k", "0", damaged), "ERR DUMP payload version or checksum are wrong");
  }
  assertEquals(server.send("EXISTS k"), 0);
});

Deno.test("RESTORE says which types it cannot take", () => {
  using server = testServer();
  const writer = new RdbWriter();
  writer.byte(MODULE);
  writer.lengthPrefix(0);
  finishDump(writer);
  assertEquals(
    restore(server, "new", "0", writer.toBytes()),
    "ERR values of this type cannot be restored",
  );
});

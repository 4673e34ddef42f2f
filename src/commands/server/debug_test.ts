import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

function unknown(name: string): string {
  return `ERR unknown subcommand or wrong number of arguments for '${name}'. Try DEBUG HELP.`;
}

Deno.test("DEBUG PANIC, ASSERT and SEGFAULT end the server", () => {
  for (const kind of ["panic", "assert", "segfault"]) {
    using server = testServer();
    server.raw(`DEBUG ${kind.toUpperCase()} whatever`);
    assertEquals(server.log, [`crash ${kind}`]);
  }
});

// The digests were computed by redis-server 7.0.15.
Deno.test("DEBUG DIGEST and DIGEST-VALUE are those of the reference", async (t) => {
  using server = testServer();
  const zeros = "0".repeat(40);
  await checkReplies(t, server, [
    ["DEBUG DIGEST", zeros],
    ["DEBUG DIGEST-VALUE", []],
    ["SET s abc", "OK"],
    ["DEBUG DIGEST", "76a6b30e8cda05e9defc54e6f46fca26bbe65612"],
    ["DEBUG DIGEST-VALUE s nokey", ["21ffcd2d36aebffca02995acb412bcb827d4c1db", zeros]],
    ["SELECT 3", "OK"],
    ["SET s abc", "OK"],
    ["DEBUG DIGEST", "4b94535b1c3885354b887fde2b55c4b76b2d0587"],
    ["PEXPIRE s 100000", 1],
    ["DEBUG DIGEST", "373fb9277ab35232e0c4f30df6262a8586fbe6c5"],
    ["DEBUG DIGEST-VALUE s", ["c77a33d2ea9755a8613f7e54f17873233d7a8058"]],
    ["SET i 5", "OK"],
    ["DEBUG DIGEST-VALUE i", ["f8c2498ca74cdde7d02de23246736a661485b50e"]],
  ]);
});

Deno.test("DEBUG OBJECT tells how a value is kept", () => {
  using server = testServer({ s: "abc", i: "12", r: "a".repeat(100) });
  const told = (key: string) =>
    String(server.send(`DEBUG OBJECT ${key}`)).replace(/0x[0-9a-f]+|lru:\d+/g, "");
  assertEquals(told("s"), "Value at: refcount:1 encoding:embstr serializedlength:4  lru_seconds_idle:0");
  assertEquals(
    told("i"),
    "Value at: refcount:2147483647 encoding:int serializedlength:2  lru_seconds_idle:0",
  );
  server.clock.advance(7000);
  assertEquals(told("r"), "Value at: refcount:1 encoding:raw serializedlength:13  lru_seconds_idle:7");
  assertEquals(server.send("DEBUG OBJECT nokey"), "ERR no such key");
});

Deno.test("DEBUG SLEEP lets time pass, for the keys too", async (t) => {
  using server = testServer();
  server.send("SET k v PX 5");
  await checkReplies(t, server, [
    ["DEBUG SLEEP 0.01", "OK"],
    ["DEBUG SLEEP abc", "OK"],
    ["DEBUG SLEEP -1", "OK"],
    ["GET k", null],
  ]);
  assertEquals(server.clock.monotonicMs(), 10);
});

Deno.test("DEBUG SET-ACTIVE-EXPIRE reads a number as C does", () => {
  using server = testServer();
  for (const [text, on] of [["0", false], ["1", true], ["x", false], ["2", true]] as const) {
    assertEquals(server.send(`DEBUG SET-ACTIVE-EXPIRE ${text}`), "OK");
    assertEquals(server.activeExpire, on, text);
  }
});

Deno.test("DEBUG QUICKLIST-PACKED-THRESHOLD takes an amount of memory below 4gb", () => {
  using server = testServer();
  const wrong = "ERR argument must be a memory value bigger than 1 and smaller than 4gb";
  for (
    const [text, reply, bytes] of [
      ["100B", "OK", 100],
      ["4gb", wrong, 100],
      ["-1", wrong, 100],
      ["2kb", "OK", 2048],
      ["0", "OK", 1 << 30],
    ] as const
  ) {
    assertEquals(server.send(`DEBUG QUICKLIST-PACKED-THRESHOLD ${text}`), reply, text);
    assertEquals(server.keyspace.listPlainThreshold, bytes, text);
  }
});

Deno.test("DEBUG POPULATE makes the keys that are missing", async (t) => {
  using server = testServer({ "key:1": "mine" });
  await checkReplies(t, server, [
    ["DEBUG POPULATE 3", "OK"],
    ["MGET key:0 key:1 key:2 key:3", ["value:0", "mine", "value:2", null]],
    ["DEBUG POPULATE 1 long 10", "OK"],
    ["GET long:0", "value:0\0\0\0"],
    ["DEBUG POPULATE 1 short 3", "OK"],
    ["GET short:0", "val"],
    ["DEBUG POPULATE a", "ERR value is out of range, must be positive"],
    ["DEBUG POPULATE 1 a -3", "ERR value is out of range, must be positive"],
  ]);
});

Deno.test("DEBUG PROTOCOL has a reply of every type", () => {
  using server = testServer();
  const samples = {
    string: ["$11\r\nHello World\r\n"],
    integer: [":12345\r\n"],
    double: ["$5\r\n3.141\r\n", ",3.141\r\n"],
    bignum: [
      "$37\r\n1234567999999999999999999999999999999\r\n",
      "(1234567999999999999999999999999999999\r\n",
    ],
    null: ["$-1\r\n", "_\r\n"],
    array: ["*3\r\n:0\r\n:1\r\n:2\r\n"],
    set: ["*3\r\n:0\r\n:1\r\n:2\r\n", "~3\r\n:0\r\n:1\r\n:2\r\n"],
    map: ["*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n", "%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n"],
    attrib: [
      "$39\r\nSome real reply following the attribute\r\n",
      "|1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n:90\r\n$39\r\nSome real reply following the attribute\r\n",
    ],
    push: [
      "-ERR RESP2 is not supported by this command\r\n",
      ">2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n$40\r\nSome real reply following the push reply\r\n",
    ],
    verbatim: ["$25\r\nThis is a verbatim\nstring\r\n", "=29\r\ntxt:This is a verbatim\nstring\r\n"],
    true: [":1\r\n", "#t\r\n"],
    false: [":0\r\n", "#f\r\n"],
  };
  for (const [type, [two = "", three = two]] of Object.entries(samples)) {
    server.client.protocol = 2;
    assertEquals(server.raw(`DEBUG PROTOCOL ${type}`), two);
    server.client.protocol = 3;
    assertEquals(server.raw(`DEBUG PROTOCOL ${type}`), three);
  }
  assertEquals(
    server.send("DEBUG PROTOCOL toString"),
    "ERR Wrong protocol type name. Please use one of the following: " + Object.keys(samples).join("|"),
  );
});

Deno.test("DEBUG answers unknown subcommands and wrong counts alike", async (t) => {
  using server = testServer({ s: "v" });
  await checkReplies(t, server, [
    ["DEBUG", "ERR wrong number of arguments for 'debug' command"],
    ["DEBUG Foo", unknown("Foo")],
    ["DEBUG constructor", unknown("constructor")],
    ["DEBUG OBJECT", unknown("OBJECT")],
    ["DEBUG OBJECT s fast", unknown("OBJECT")],
    ["DEBUG DIGEST x", unknown("DIGEST")],
    ["DEBUG SLEEP 0 1", unknown("SLEEP")],
    ["DEBUG STRINGMATCH-LEN 10 a", unknown("STRINGMATCH-LEN")],
    ["DEBUG LISTPACK", unknown("LISTPACK")],
    ["DEBUG HELP x", unknown("HELP")],
    ["DEBUG ERROR 'foo bar'", "foo bar"],
    ["DEBUG LISTPACK s", "ERR Not a listpack encoded object."],
    ["DEBUG LISTPACK nokey", "ERR no such key"],
    ["DEBUG RELOAD x", "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options."],
  ]);
});

Deno.test("DEBUG CHANGE-REPL-ID asks the server for another one", () => {
  using server = testServer();
  let changes = 0;
  Object.assign(server, { changeReplicationId: () => changes++ });
  assertEquals(server.send("DEBUG CHANGE-REPL-ID"), "OK");
  assertEquals(changes, 1);
});

import { Type } from "../../store/memory/entry.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";
import { assertEquals } from "@std/assert";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

Deno.test("GET gives the string at a key, or nothing", async (t) => {
  using server = testServer({ k: "value", empty: "", n: "12" });
  await checkReplies(t, server, [
    ["GET k", "value"],
    ["GET empty", ""],
    ["GET n", "12"],
    ["GET nokey", null],
    ["GET", "ERR wrong number of arguments for 'get' command"],
    ["GET k k", "ERR wrong number of arguments for 'get' command"],
  ]);
});

Deno.test("GET refuses what is no string", () => {
  using server = testServer({ l: "x" });
  server.pretendType("l", Type.list);
  assertEquals(server.send("GET l"), WRONG_TYPE);
});

Deno.test("GET keeps every byte", () => {
  using server = testServer();
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  server.send(["SET", bytes, bytes]);
  assertEquals(server.send(["GET", bytes]), String.fromCharCode(...bytes));
});

Deno.test("nothing is the null string in protocol 2 and the null in protocol 3", () => {
  using server = testServer();
  assertEquals(server.raw("GET nokey"), "$-1\r\n");
  server.client.protocol = 3;
  assertEquals(server.raw("GET nokey"), "_\r\n");
});

Deno.test("MGET gives nothing for keys that hold no string", async (t) => {
  using server = testServer({ a: "1", b: "2", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["MGET a b a", ["1", "2", "1"]],
    ["MGET a nokey l b", ["1", null, null, "2"]],
    ["MGET", "ERR wrong number of arguments for 'mget' command"],
  ]);
});

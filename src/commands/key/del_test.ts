import { assertEquals } from "@std/assert";
import { Type } from "../../store/memory/entry.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("DEL and UNLINK delete keys and count those that were there", async (t) => {
  using server = testServer({ a: "1", b: "2", c: "3", d: "4" });
  await checkReplies(t, server, [
    ["DEL a a nokey b", 2],
    ["UNLINK c c nokey d", 2],
    ["EXISTS a b c d", 0],
    ["DEL", "ERR wrong number of arguments for 'del' command"],
  ]);
  assertEquals(server.takeEvents().filter((event) => event.startsWith("del")), [
    "del a@0",
    "del b@0",
    "del c@0",
    "del d@0",
  ]);
});

Deno.test("EXISTS and TOUCH count a key as often as it is named", async (t) => {
  using server = testServer({ a: "1" });
  await checkReplies(t, server, [
    ["EXISTS a a nokey", 2],
    ["TOUCH a a nokey", 2],
    ["EXISTS", "ERR wrong number of arguments for 'exists' command"],
  ]);
});

Deno.test("TOUCH and GET are uses of a key; EXISTS, TYPE, TTL and OBJECT are not", () => {
  using server = testServer({ a: "1" });
  for (const line of ["EXISTS a", "TYPE a", "TTL a", "OBJECT ENCODING a"]) {
    server.clock.advance(10_000);
    server.send(line);
  }
  assertEquals(server.send("OBJECT IDLETIME a"), 40);
  for (const line of ["TOUCH a", "GET a"]) {
    server.clock.advance(10_000);
    server.send(line);
    assertEquals(server.send("OBJECT IDLETIME a"), 0);
  }
});

Deno.test("TYPE names the type", () => {
  using server = testServer({ k: "v" });
  assertEquals(server.raw("TYPE k"), "+string\r\n");
  assertEquals(server.raw("TYPE nokey"), "+none\r\n");
  for (const [name, type] of Object.entries(Type)) {
    server.pretendType("k", type);
    assertEquals(server.send("TYPE k"), name);
  }
});

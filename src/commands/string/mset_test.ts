import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("MSET sets all pairs, the last one of a key counts", async (t) => {
  using server = testServer({ a: "old" });
  await checkReplies(t, server, [
    ["MSET a 1 b 2 a 3", "OK"],
    ["MGET a b", ["3", "2"]],
    ["MSET a", "ERR wrong number of arguments for 'mset' command"],
    ["MSET a 1 b", "ERR wrong number of arguments for 'mset' command"],
  ]);
  assertEquals(server.takeEvents(), ["set a@0", "new b@0", "set b@0", "set a@0"]);
});

Deno.test("MSETNX sets all pairs or none", async (t) => {
  using server = testServer({ a: "old" });
  await checkReplies(t, server, [
    ["MSETNX b 1 a 2", 0],
    ["MGET a b", ["old", null]],
    ["MSETNX b 1 c 2 b 3", 1],
    ["MGET b c", ["3", "2"]],
    ["MSETNX b 1 c", "ERR wrong number of arguments for 'msetnx' command"],
  ]);
});

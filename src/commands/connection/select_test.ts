import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("SELECT takes a client, and only that one, to another database", () => {
  using server = testServer({ k: "in 0" });
  const other = server.connect();
  assertEquals(server.send("SELECT 15"), "OK");
  assertEquals(server.send("GET k"), null);
  assertEquals(other.send("GET k"), "in 0");
});

Deno.test("SELECT refuses databases that are not there", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["SELECT 16", "ERR DB index is out of range"],
    ["SELECT -1", "ERR DB index is out of range"],
    ["SELECT a", "ERR value is not an integer or out of range"],
    ["SELECT 99999999999", "ERR value is out of range, value must between -2147483648 and 2147483647"],
    ["SELECT", "ERR wrong number of arguments for 'select' command"],
  ]);
  assertEquals(server.client.db.id, 0);
});

import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const SERVER = "$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n";
const REST =
  "$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n";

Deno.test("HELLO describes the server in the protocol that it chooses", () => {
  using server = testServer();
  assertEquals(server.raw("HELLO"), `*14\r\n${SERVER}:2\r\n${REST}`);
  assertEquals(server.raw("HELLO 3"), `%7\r\n${SERVER}:3\r\n${REST}`);
  assertEquals(server.raw("HELLO"), `%7\r\n${SERVER}:3\r\n${REST}`);
  assertEquals(server.raw("HELLO 2"), `*14\r\n${SERVER}:2\r\n${REST}`);
});

Deno.test("HELLO refuses what it does not know and keeps the protocol", async (t) => {
  using server = testServer();
  const badName = "ERR Client names cannot contain spaces, newlines or special characters.";
  await checkReplies(t, server, [
    ["HELLO 4", "NOPROTO unsupported protocol version"],
    ["HELLO 1", "NOPROTO unsupported protocol version"],
    ["HELLO a", "ERR Protocol version is not an integer or out of range"],
    ["HELLO 99999999999999999999", "ERR Protocol version is not an integer or out of range"],
    ["HELLO 3 AUTH default", "ERR Syntax error in HELLO option 'AUTH'"],
    ["HELLO 3 SETNAME", "ERR Syntax error in HELLO option 'SETNAME'"],
    ["HELLO 3 Foo", "ERR Syntax error in HELLO option 'Foo'"],
    ["HELLO 3 SETNAME 'a b'", badName],
  ]);
  assertEquals(server.client.protocol, 2);
});

Deno.test("options before a wrong one have happened", () => {
  using server = testServer();
  server.send("HELLO 3 SETNAME early FOO");
  assertEquals([server.client.name, server.client.protocol], ["early", 2]);
});

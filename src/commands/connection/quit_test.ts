import { assertEquals } from "@std/assert";
import { testServer } from "../../../test/support/test_server.ts";

Deno.test("QUIT answers and asks for the end of the connection", () => {
  using server = testServer();
  assertEquals(server.send("QUIT now"), "OK");
  assertEquals(server.client.closeAfterReply, true);
});

Deno.test("RESET leaves a connection as new, except for NO-EVICT and the library", () => {
  using server = testServer();
  const { client } = server;
  for (
    const line of [
      "SELECT 3",
      "CLIENT SETNAME worker",
      "CLIENT SETINFO LIB-NAME lib",
      "CLIENT NO-EVICT on",
      "CLIENT NO-TOUCH on",
      "HELLO 3",
    ]
  ) server.send(line);
  client.replyMode = "off";
  assertEquals(server.raw("RESET"), "+RESET\r\n");
  assertEquals([client.db.id, client.name, client.protocol, client.replyMode], [0, "", 2, "on"]);
  assertEquals([client.noTouch, client.noEvict, client.libraryName], [false, true, "lib"]);
  assertEquals(server.keyspace.access.isFrozen, false);
});

Deno.test("RESET takes the login back where a password is needed", () => {
  using server = testServer();
  assertEquals(server.client.authenticated, true);
  Object.assign(server, { passwordRequired: true });
  server.send("RESET");
  assertEquals(server.client.authenticated, false);
});

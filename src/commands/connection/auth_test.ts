import { assertEquals } from "@std/assert";
import { latin1 } from "../../../test/support/split_args.ts";
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";

const WRONG = "WRONGPASS invalid username-password pair or user is disabled.";
const NO_AUTH =
  "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time";

/** A server whose default user has the password `secret`, and a client that has not told it. */
function lockedServer(): TestServer {
  const server = testServer();
  Object.assign(server, {
    passwordRequired: true,
    checkPassword: (user: string, password: Uint8Array) =>
      user === "default" && latin1(password) === "secret",
  });
  server.client.authenticated = false;
  return server;
}

Deno.test("AUTH without a password in the configuration says so, or takes the default user", async (t) => {
  using server = testServer();
  server.checkPassword = (user?: string) => user === "default";
  await checkReplies(t, server, [
    [
      "AUTH x",
      "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
    ],
    ["AUTH default x", "OK"],
    ["AUTH foo x", WRONG],
    ["AUTH a b c", "ERR syntax error"],
    ["AUTH", "ERR wrong number of arguments for 'auth' command"],
  ]);
});

Deno.test("AUTH logs in with the right password only", () => {
  using server = lockedServer();
  for (const line of ["AUTH bad", "AUTH default bad", "AUTH foo secret"]) {
    assertEquals(server.send(line), WRONG, line);
    assertEquals(server.client.authenticated, false, line);
  }
  assertEquals(server.send("AUTH secret"), "OK");
  assertEquals(server.client.authenticated, true);
});

Deno.test("HELLO wants a login where a password is needed, and can be it", () => {
  using server = lockedServer();
  for (const line of ["HELLO", "HELLO 3", "HELLO 3 SETNAME x"]) {
    assertEquals(server.send(line), NO_AUTH, line);
  }
  assertEquals(server.client.protocol, 2);
  assertEquals(server.send("HELLO 3 AUTH default bad"), WRONG);
  server.send("HELLO 3 AUTH default secret SETNAME worker");
  assertEquals([server.client.authenticated, server.client.protocol, server.client.name], [
    true,
    3,
    "worker",
  ]);
});

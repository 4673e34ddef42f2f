import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("PING and ECHO give back what they were given", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["PING", "PONG"],
    ["PING hello", "hello"],
    ["PING a b", "ERR wrong number of arguments for 'ping' command"],
    ["ECHO hello", "hello"],
    ["ECHO ''", ""],
    ["ECHO", "ERR wrong number of arguments for 'echo' command"],
    ["ECHO a b", "ERR wrong number of arguments for 'echo' command"],
  ]);
});

import { assertEquals } from "@std/assert";
import { serverInProcess } from "../../../test/support/in_process.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("BZPOPMIN, BZPOPMAX and BZMPOP that find something answer at once", async (t) => {
  using server = testServer();
  server.send("ZADD z 1 a 2 b 3 c 4 d 5 e");
  await checkReplies(t, server, [
    ["BZPOPMIN none z 0", ["z", "a", "1"]],
    ["BZPOPMAX z none 0", ["z", "e", "5"]],
    ["BZMPOP 0 2 none z MIN COUNT 2", ["z", [["b", "2"], ["c", "3"]]]],
    ["BZMPOP 0 1 z MAX", ["z", [["d", "4"]]]],
    ["EXISTS z", 0],
    ["BZMPOP 0 1 z MIDDLE", "ERR syntax error"],
    ["BZPOPMIN z soon", "ERR timeout is not a float or out of range"],
  ]);
});

Deno.test("who waits for a sorted set is served when members come, in the form of the protocol", async () => {
  const { connect } = serverInProcess();
  const [old, modern, other] = [connect(), connect(), connect()];
  await modern.send("HELLO 3");
  await old.send("BZPOPMIN z 0");
  await modern.send("BZPOPMAX z 0");
  await other.send("ZADD z 1.5 a 2 b");
  assertEquals(old.socket.take(), "*3\r\n$1\r\nz\r\n$1\r\na\r\n$3\r\n1.5\r\n");
  assertEquals(modern.socket.take(), "*3\r\n$1\r\nz\r\n$1\r\nb\r\n,2\r\n");
});

Deno.test("a list under the name does not serve who waits for a sorted set", async () => {
  const { connect } = serverInProcess();
  const [taker, other] = [connect(), connect()];
  await taker.send("BZMPOP 0 1 z MIN");
  await other.send("RPUSH z a");
  assertEquals(taker.socket.take(), "");
  await other.send("DEL z");
  await other.send("ZADD z 1 a");
  assertEquals(taker.socket.take(), "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n");
});

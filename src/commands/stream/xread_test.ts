/** XREAD of clients that wait. What all commands that wait have in common is tested with those of lists. */
import { assertEquals } from "@std/assert";
import { serverInProcess } from "../../../test/support/in_process.ts";

const K1 = "*1\r\n*2\r\n$1\r\nk\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n";

Deno.test("all who wait for a stream are given what came, each as the protocol has it", async () => {
  const { connect, server } = serverInProcess();
  const [first, second, third, other] = [connect(), connect(), connect(), connect()];
  await second.send("HELLO 3");
  assertEquals(await first.send("XREAD BLOCK 0 STREAMS k $"), "");
  assertEquals(await second.send("XREAD BLOCK 0 STREAMS none k $ 0"), "");
  assertEquals(await third.send("XREAD BLOCK 0 STREAMS k 1-1"), "");
  await other.send("XADD k 1-1 f v");
  assertEquals(first.socket.take(), K1);
  assertEquals(second.socket.take(), K1.replace("*1\r\n*2\r\n", "%1\r\n"));
  assertEquals(third.socket.take(), "");
  assertEquals(server.keyspace.waits.size, 1);
});

Deno.test("a transaction is over before those who wait are given anything, and then all of it", async () => {
  const { connect } = serverInProcess();
  const [waiting, other] = [connect(), connect()];
  await waiting.send("XREAD BLOCK 0 STREAMS k $");
  for (const line of ["MULTI", "XADD k 1-1 f v", "XADD k 2-1 f v", "XDEL k 2-1"]) await other.send(line);
  assertEquals(waiting.socket.take(), "");
  await other.send("EXEC");
  assertEquals(waiting.socket.take(), K1);
});

Deno.test("an entry that came and went again ends the wait, one that was gone before does not", async () => {
  const { connect } = serverInProcess();
  const [waiting, other] = [connect(), connect()];
  for (const line of ["XADD k 1-1 f v", "XADD k 2-1 f v", "XDEL k 2-1"]) await other.send(line);
  await waiting.send("XREAD BLOCK 0 STREAMS k 1-1");
  for (const line of ["EXPIRE k 100", "XTRIM k MAXLEN 0", "XSETID k 5", "XDEL k 1-1"]) await other.send(line);
  assertEquals(waiting.socket.take(), "");
  await other.send("XADD k MAXLEN 0 6-1 f v");
  assertEquals(waiting.socket.take(), "*1\r\n*2\r\n$1\r\nk\r\n*0\r\n");
});

Deno.test("a key that is named twice is waited for with its first id", async () => {
  const { connect } = serverInProcess();
  const [waiting, other] = [connect(), connect()];
  await waiting.send("XREAD BLOCK 0 STREAMS k k 3 0");
  await other.send("XADD k 1-1 f v");
  assertEquals(waiting.socket.take(), "");
  await other.send("XADD k 4-1 f v");
  assertEquals(waiting.socket.take(), K1.replace("1-1", "4-1"));
});

Deno.test("neither a deleted stream nor another type ends the wait", async () => {
  const { connect } = serverInProcess();
  const [waiting, other] = [connect(), connect()];
  await other.send("XADD k 5-5 f v");
  await waiting.send("XREAD BLOCK 0 STREAMS k 5-5");
  for (const line of ["DEL k", "SET k text", "DEL k", "XADD k 1-1 f v"]) await other.send(line);
  assertEquals(waiting.socket.take(), "");
  await other.send("XADD k 6-1 f v");
  assertEquals(waiting.socket.take(), K1.replace("1-1", "6-1"));
});

Deno.test("scripts must not ask to wait; transactions do not", async () => {
  const { connect } = serverInProcess();
  const client = connect();
  assertEquals(
    await client.send(`EVAL "return redis.pcall('XreaD', 'block', '0', 'streams', 'k', '0')" 0`),
    "-ERR XreaD command is not allowed with BLOCK option from scripts\r\n",
  );
  for (const line of ["MULTI", "XREAD BLOCK 0 STREAMS k $"]) await client.send(line);
  assertEquals(await client.send("EXEC"), "*1\r\n*-1\r\n");
});

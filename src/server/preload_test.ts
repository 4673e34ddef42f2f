/** Clients wait for values that are in the swap file, each for its own, and nobody else does. */
import { assert, assertEquals } from "@std/assert";
import type { FakeClient } from "../../test/support/in_process.ts";
import { settleAll, vmInfo, vmServer } from "../swap/testing.ts";

const VALUE = "abcdefghijklmnopqrstuvwxyz0123456789".repeat(3);
const BULK = `$108\r\n${VALUE}\r\n`;

async function swappedOut(client: FakeClient, ...lines: string[]): Promise<void> {
  for (const line of lines) {
    await client.send(line);
    assertEquals(await client.send(`DEBUG SWAPOUT ${line.split(" ")[1]}`), "+OK\r\n", line);
  }
}

Deno.test("a thousand clients on cold keys: each value is read once, and who wants others is served", async () => {
  const vm = vmServer();
  const hot = vm.connect();
  const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
  await swappedOut(hot, ...keys.map((key) => `SET ${key} ${VALUE}`));
  await hot.send("SET hot x");
  const clients = Array.from({ length: 1000 }, () => vm.connect());
  vm.disk.holdReads();
  clients.forEach((client, i) => client.socket.command(`GET k${i % 100}`));
  await settleAll();
  assertEquals(await vmInfo(hot, "vm_stats_blocked_clients"), 1000);
  assertEquals(await hot.send("GET hot"), "$1\r\nx\r\n");
  assertEquals(clients.filter(({ socket }) => socket.received !== "").length, 0);
  vm.disk.releaseReads();
  for (let i = 0; i < 100 && (await vmInfo(hot, "vm_stats_blocked_clients")) > 0; i++) await settleAll();
  await settleAll();
  for (const { socket } of clients) assertEquals(socket.take(), BULK);
  assertEquals(await vmInfo(hot, "vm_stats_swappin_count"), 100);
  assertEquals(await vmInfo(hot, "vm_stats_shared_loads"), 900);
  assertEquals(await vmInfo(hot, "vm_stats_blocking_reads"), 0);
  assertEquals(await vmInfo(hot, "vm_stats_used_pages"), 0);
  assert(await vmInfo(hot, "vm_stats_load_usec_max") >= 0);
  vm.server.shutdown({ save: "no", force: true });
});

Deno.test("requests of one client keep their order, those behind the one that waits too", async () => {
  const vm = vmServer();
  const client = vm.connect();
  await swappedOut(client, `SET a ${VALUE}`, `SET b ${VALUE}`);
  client.socket.command("PING");
  for (const line of ["STRLEN a", "GET a", "SET c 1", "GET b", "GET c", "PING"]) client.socket.command(line);
  await settleAll();
  assertEquals(client.socket.take(), `+PONG\r\n:108\r\n${BULK}+OK\r\n${BULK}$1\r\n1\r\n+PONG\r\n`);
  vm.server.shutdown({ save: "no", force: true });
});

Deno.test("EXEC waits for the values of all its requests, in whatever databases", async () => {
  const vm = vmServer();
  const client = vm.connect();
  const other = vm.connect();
  await other.send("SELECT 1");
  await swappedOut(client, `SET a ${VALUE}`, `RPUSH l x y`);
  await swappedOut(other, `SET b ${VALUE}`, `SET unused ${VALUE}`);
  vm.disk.holdReads();
  for (
    const line of ["MULTI", "APPEND a !", "SELECT 1", "GET b", "SET unused x", "SELECT 0", "LPOP l", "EXEC"]
  ) {
    client.socket.command(line);
  }
  await settleAll();
  assertEquals(client.socket.take(), "+OK\r\n" + "+QUEUED\r\n".repeat(6));
  assertEquals(vm.server.virtualMemory!.loader.queued + vm.server.virtualMemory!.loader.reading, 3);
  vm.disk.releaseReads();
  await settleAll();
  assertEquals(client.socket.take(), `*6\r\n:109\r\n+OK\r\n${BULK}+OK\r\n+OK\r\n$1\r\nx\r\n`);
  assertEquals(await vmInfo(client, "vm_stats_blocking_reads"), 0);
  vm.server.shutdown({ save: "no", force: true });
});

Deno.test("what no request names is read when it is reached for", async () => {
  const vm = vmServer();
  const client = vm.connect();
  await client.send("RPUSH ids 2 1 3");
  await swappedOut(client, "SET w2 20000000000000000000000000000001", "SET w1 3", "SET w3 1");
  await swappedOut(client, "HSET o1 name one", "HSET o2 name two", "HSET o3 name three");
  client.socket.command("SORT ids BY w* GET o*->name");
  await settleAll();
  assertEquals(client.socket.take(), "*3\r\n$5\r\nthree\r\n$3\r\none\r\n$3\r\ntwo\r\n");
  assertEquals(await vmInfo(client, "vm_stats_blocking_reads"), 6);
  // What was brought in lies in its entry again.
  assertEquals(vm.server.keyspace.objects.bytes, 0);
  vm.server.shutdown({ save: "no", force: true });
});

Deno.test("a client that was blocked is served from values in the swap file", async () => {
  const vm = vmServer();
  const [client, other] = [vm.connect(), vm.connect()];
  client.socket.command("BLMOVE src dst LEFT RIGHT 0");
  await settleAll();
  await swappedOut(other, `RPUSH dst ${VALUE}`);
  await other.send("RPUSH src x");
  await settleAll();
  assertEquals(client.socket.take(), "$1\r\nx\r\n");
  assertEquals(await other.send("LRANGE dst 0 -1"), `*2\r\n${BULK}$1\r\nx\r\n`);
  // A key that is there is no reason to wait, but for its value.
  await swappedOut(other, "RPUSH src y");
  client.socket.command("BLPOP src 0");
  await settleAll();
  assertEquals(client.socket.take(), "*2\r\n$3\r\nsrc\r\n$1\r\ny\r\n");
  vm.server.shutdown({ save: "no", force: true });
});

Deno.test("keys with a time to live die in the swap file, and give their pages back", async () => {
  const vm = vmServer();
  const client = vm.connect();
  await swappedOut(client, `SET a ${VALUE} PX 100`, `SET b ${VALUE}`);
  await client.send("PEXPIRE b 100");
  vm.disk.holdReads();
  client.socket.command("GET a");
  await settleAll();
  vm.clock.advance(200);
  vm.disk.releaseReads();
  await settleAll();
  assertEquals(client.socket.take(), "$-1\r\n");
  assertEquals(await client.send("EXISTS b"), ":0\r\n");
  assertEquals(await vmInfo(client, "vm_stats_used_pages"), 0);
  vm.server.shutdown({ save: "no", force: true });
});

Deno.test("CLIENT PAUSE and a load hold the same request back", async () => {
  const vm = vmServer();
  const [client, other] = [vm.connect(), vm.connect()];
  await swappedOut(client, `SET a ${VALUE}`);
  vm.disk.holdReads();
  client.socket.command("APPEND a !");
  await settleAll();
  await other.send("CLIENT PAUSE 100000 WRITE");
  vm.disk.releaseReads();
  await settleAll();
  assertEquals(client.socket.take(), "");
  await other.send("CLIENT UNPAUSE");
  await settleAll();
  assertEquals(client.socket.take(), ":109\r\n");
  assertEquals(await vmInfo(other, "vm_stats_blocked_clients"), 0);
  vm.server.shutdown({ save: "no", force: true });
});

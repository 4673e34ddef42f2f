/** What happens to values while they are on their way: out of memory, or back. */
import { assertEquals } from "@std/assert";
import type { FakeClient, InProcess } from "../../test/support/in_process.ts";
import { growOld, settleAll, vmInfo, vmServer } from "./testing.ts";

const VALUE = "abcdefghijklmnopqrstuvwxyz0123456789".repeat(3);
const BULK = `$108\r\n${VALUE}\r\n`;

/** Pages taken are those of the values that are in the file. */
async function assertBooksAreRight({ server }: InProcess, client: FakeClient, values: number): Promise<void> {
  await settleAll();
  assertEquals(await vmInfo(client, "vm_stats_swapped_objects"), values);
  assertEquals(server.virtualMemory!.map.used, values * 4);
  assertEquals(server.virtualMemory!.swapper.jobs, 0);
}

/** Sends a line and gives the answer, for which the value may have to be loaded. */
async function ask(client: FakeClient, line: string): Promise<string> {
  client.socket.command(line);
  await settleAll();
  return client.socket.take();
}

const CHANGES: readonly [line: string, get: string, answer: string, swapped: number][] = [
  ["SET k other", "GET k", "$5\r\nother\r\n", 0],
  ["APPEND k !", "GET k", `$109\r\n${VALUE}!\r\n`, 0],
  ["SETRANGE k 0 A", "GET k", BULK.replace("a", "A"), 0],
  ["DEL k", "GET k", "$-1\r\n", 0],
  ["EXPIRE k 100", "TTL k", ":100\r\n", 0],
  ["RENAME k k2", "GET k2", BULK, 0],
  ["MOVE k 1", "EXISTS k", ":0\r\n", 0],
  ["FLUSHALL", "GET k", "$-1\r\n", 0],
  ["FLUSHALL ASYNC", "GET k", "$-1\r\n", 0],
  // What only uses a key shows that it is not cold.
  ["COPY k k2", "GET k2", BULK, 0],
  ["SWAPDB 0 1", "EXISTS k", ":0\r\n", 1],
  ["STRLEN k", "GET k", BULK, 0],
  ["DEBUG SWAPOUT k", "STRLEN k", ":108\r\n", 1],
];

Deno.test("a value that is changed while it is written stays in memory, and its pages are given back", async (t) => {
  for (const [line, get, answer, swapped] of CHANGES) {
    await t.step(line, async () => {
      const vm = vmServer("vm-max-memory 1000\n");
      const client = vm.connect();
      await client.send(`SET k ${VALUE}`);
      vm.disk.holdWrites();
      await growOld(vm);
      await client.send("CONFIG SET vm-max-memory 0");
      await growOld(vm);
      assertEquals(vm.server.virtualMemory!.swapper.jobs, 1);
      vm.clock.advance(5000);
      vm.server.keyspace.tick(vm.clock.now());
      await client.send(line);
      await client.send("CONFIG SET vm-max-memory 1gb");
      vm.disk.releaseWrites();
      vm.server.keyspace.freeSome(() => true);
      await assertBooksAreRight(vm, client, swapped);
      assertEquals(await ask(client, get), answer);
      vm.server.shutdown({ save: "no", force: true });
    });
  }
});

Deno.test("a value that is read while it is written is served from memory, and stays there", async () => {
  const vm = vmServer("vm-max-memory 0\n");
  const client = vm.connect();
  await client.send(`SET k ${VALUE}`);
  vm.disk.holdWrites();
  await growOld(vm);
  vm.clock.advance(5000);
  vm.server.keyspace.tick(vm.clock.now());
  assertEquals(await client.send("GET k"), BULK);
  await client.send("CONFIG SET vm-max-memory 1gb");
  vm.disk.releaseWrites();
  await assertBooksAreRight(vm, client, 0);
  assertEquals(await vmInfo(client, "vm_stats_cancelled_swapouts"), 1);
  vm.server.shutdown({ save: "no", force: true });
});

const MEANWHILE: readonly [line: string, answer: string, swapped: number][] = [
  ["SET k other", "$5\r\nother\r\n", 0],
  ["DEL k", "$-1\r\n", 0],
  ["RENAME k k2", "$-1\r\n", 1],
  ["EXPIRE k 100", BULK, 0],
  ["MOVE k 1", "$-1\r\n", 1],
  ["FLUSHALL", "$-1\r\n", 0],
  ["FLUSHALL ASYNC", "$-1\r\n", 0],
  ["SWAPDB 0 1", "$-1\r\n", 0],
  ["DEBUG SWAPIN k", BULK, 0],
  ["COPY k k2", BULK, 1],
];

Deno.test("a client that waits for a value is answered as things stand when it has come", async (t) => {
  for (const [line, answer, swapped] of MEANWHILE) {
    await t.step(line, async () => {
      const vm = vmServer();
      const client = vm.connect();
      const other = vm.connect();
      await client.send(`SET k ${VALUE}`);
      await client.send("DEBUG SWAPOUT k");
      vm.disk.holdReads();
      client.socket.command("GET k");
      await settleAll();
      assertEquals(client.socket.take(), "");
      assertEquals(await vmInfo(other, "vm_stats_blocked_clients"), 1);
      await other.send(line);
      vm.disk.releaseReads();
      vm.server.keyspace.freeSome(() => true);
      await settleAll();
      assertEquals(client.socket.take(), answer);
      await assertBooksAreRight(vm, other, swapped);
      assertEquals(await vmInfo(other, "vm_stats_blocked_clients"), 0);
      vm.server.shutdown({ save: "no", force: true });
    });
  }
});

Deno.test("a value that is swapped out again before all are there is read at once", async () => {
  const vm = vmServer("vm-max-threads 1\n");
  const client = vm.connect();
  const other = vm.connect();
  for (const key of ["a", "b"]) {
    await client.send(`SET ${key} ${VALUE}`);
    await client.send(`DEBUG SWAPOUT ${key}`);
  }
  vm.disk.holdReads();
  client.socket.command("MGET a b");
  await settleAll();
  vm.disk.releaseReads();
  vm.disk.holdReads();
  while (vm.server.virtualMemory!.statistics.swappedIn === 0) await settleAll();
  assertEquals(await other.send("DEBUG SWAPOUT a"), "+OK\r\n");
  vm.disk.releaseReads();
  await settleAll();
  assertEquals(client.socket.take(), `*2\r\n${BULK}${BULK}`);
  assertEquals(await vmInfo(client, "vm_stats_blocking_reads"), 1);
  vm.server.shutdown({ save: "no", force: true });
});

Deno.test("a client that goes while it waits leaves nothing behind", async () => {
  const vm = vmServer();
  const client = vm.connect();
  const other = vm.connect();
  await client.send(`SET k ${VALUE}`);
  await client.send("DEBUG SWAPOUT k");
  vm.disk.holdReads();
  client.socket.command("GET k");
  await settleAll();
  client.socket.end();
  await settleAll();
  vm.disk.releaseReads();
  await settleAll();
  assertEquals(await vmInfo(other, "vm_stats_blocked_clients"), 0);
  assertEquals(await other.send("GET k"), BULK);
  vm.server.shutdown({ save: "no", force: true });
});

/** What the disk does wrong: the server lives, other keys are served, and INFO tells. */
import { assertEquals, assertMatch } from "@std/assert";
import { HEADER_BYTES } from "./swap_file.ts";
import { growOld, settleAll, vmInfo, vmServer } from "./testing.ts";

const VALUE = "abcdefghijklmnopqrstuvwxyz0123456789".repeat(3);
const OK = "+OK\r\n";
const DAMAGED = "-ERR The value of this key cannot be read from the swap file: its checksum is wrong\r\n";

for (const threads of [0, 4]) {
  Deno.test(`a flipped byte is an error for its key alone, with ${threads} threads`, async () => {
    const { server, connect, disk, log } = vmServer(`vm-max-threads ${threads}\n`);
    const client = connect();
    for (const key of ["a", "b", "c"]) {
      await client.send(`SET ${key} ${key}${VALUE}`);
      await client.send(`DEBUG SWAPOUT ${key}`);
    }
    await client.send("RPUSH list x");
    const page = Number(/page:(\d+)/.exec(await client.send("DEBUG OBJECT b"))![1]);
    const file = disk.open("/swap", "pages");
    file.writeAt(Uint8Array.of(63), HEADER_BYTES + page * 32 + 50);
    file.close();
    client.socket.command("GET b");
    await settleAll();
    assertEquals(client.socket.take(), DAMAGED);
    assertEquals(await vmInfo(client, "vm_stats_damaged_values"), 1);
    client.socket.command("APPEND b x");
    await settleAll();
    assertEquals(client.socket.take(), DAMAGED);
    // Nothing of a transaction is done, nor of a command with several keys.
    client.socket.command("MULTI");
    client.socket.command("RPUSH list y");
    client.socket.command("GET b");
    client.socket.command("EXEC");
    await settleAll();
    assertMatch(
      client.socket.take(),
      /\+QUEUED\r\n-EXECABORT Transaction discarded because of: The value of/,
    );
    client.socket.command("MSETNX z 1 a 2");
    client.socket.command("BITOP OR z a b");
    await settleAll();
    assertMatch(client.socket.take(), /^:0\r\n-ERR The value/);
    assertEquals(await client.send("EXISTS z"), ":0\r\n");
    assertEquals(await client.send("LLEN list"), ":1\r\n");
    client.socket.command("GET a");
    await settleAll();
    assertEquals(client.socket.take(), `$109\r\na${VALUE}\r\n`);
    // What does not need the value goes on.
    assertEquals(await client.send("RENAME b bb"), OK);
    assertEquals(await client.send("STRLEN bb"), ":109\r\n");
    assertMatch(log.join("\n"), /Page 4 of \/swap: The value of this key cannot be read/);
    // A snapshot without it would not be whole.
    assertMatch(await client.send("SAVE"), /^-ERR/);
    assertMatch(
      log.join("\n"),
      /Write error while saving DB to the disk: The value of this key cannot be read/,
    );
    assertEquals(await client.send("DEL bb"), ":1\r\n");
    assertEquals(await client.send("SAVE"), OK);
    server.shutdown({ save: "no", force: true });
  });
}

Deno.test("a background save meets a damaged value: it fails, and the command that changes the value does not", async () => {
  const { server, connect, disk, log } = vmServer();
  const client = connect();
  await client.send(`SET a ${VALUE}`);
  await client.send(`DEBUG SWAPOUT a`);
  const file = disk.open("/swap", "pages");
  file.writeAt(Uint8Array.of(63), HEADER_BYTES + 50);
  file.close();
  client.socket.command("BGSAVE");
  client.socket.command("SET a new");
  await settleAll();
  assertEquals(client.socket.take(), "+Background saving started\r\n+OK\r\n");
  for (let i = 0; i < 100 && !/Background saving error/.test(log.join("\n")); i++) await settleAll();
  assertMatch(log.join("\n"), /cannot be read from the swap file[^]*Background saving error/);
  assertEquals(await client.send("GET a"), "$3\r\nnew\r\n");
  server.shutdown({ save: "no", force: true });
});

Deno.test("reads that come in pieces are put together; a file that was cut off is an error", async () => {
  const { server, connect, disk } = vmServer();
  const client = connect();
  disk.readAtMost = 7;
  await client.send(`SET a ${VALUE}`);
  await client.send(`SET b ${VALUE}`);
  await client.send("DEBUG SWAPOUT a");
  await client.send("DEBUG SWAPOUT b");
  client.socket.command("GET a");
  await settleAll();
  await settleAll();
  assertEquals(client.socket.take(), `$108\r\n${VALUE}\r\n`);
  const file = disk.open("/swap", "append");
  file.truncate(file.size - 10);
  file.close();
  client.socket.command("GET b");
  await settleAll();
  await settleAll();
  assertEquals(
    client.socket.take(),
    "-ERR The value of this key cannot be read from the swap file: the file is too short\r\n",
  );
  server.shutdown({ save: "no", force: true });
});

Deno.test("a read that fails once is tried again, and one that fails twice is an error that passes", async () => {
  const { server, connect, disk } = vmServer();
  const client = connect();
  await client.send(`SET a ${VALUE}`);
  await client.send("DEBUG SWAPOUT a");
  disk.failNext("read", "EIO", 2);
  client.socket.command("GET a");
  await settleAll();
  assertEquals(
    client.socket.take(),
    "-ERR The value of this key cannot be read from the swap file: Input/output error\r\n",
  );
  assertEquals(await vmInfo(client, "vm_stats_read_errors"), 1);
  disk.failNext("read", "EIO");
  client.socket.command("GET a");
  await settleAll();
  assertEquals(client.socket.take(), `$108\r\n${VALUE}\r\n`);
  server.shutdown({ save: "no", force: true });
});

Deno.test("while the disk is full values stay where they are, which is logged once", async () => {
  const vm = vmServer("vm-max-memory 0\n");
  const { server, connect, disk, log } = vm;
  const client = connect();
  disk.capacity = disk.used;
  for (let i = 0; i < 20; i++) await client.send(`SET k${i} ${VALUE}`);
  for (let i = 0; i < 5; i++) await growOld(vm);
  assertEquals(server.virtualMemory!.swapped, 0);
  assertEquals(server.virtualMemory!.map.used, 0);
  assertEquals(log.filter((line) => /cannot be written: No space left on device/.test(line)).length, 1);
  assertEquals(await vmInfo(client, "vm_stats_write_errors"), 5);
  assertMatch(
    await client.send("DEBUG SWAPOUT k3"),
    /^-ERR The value cannot be swapped out: No space left on device/,
  );
  for (let i = 0; i < 20; i++) assertEquals(await client.send(`GET k${i}`), `$108\r\n${VALUE}\r\n`);
  disk.capacity = Infinity;
  await growOld(vm);
  assertEquals(server.virtualMemory!.swapped, 20);
  disk.capacity = disk.used;
  for (let i = 20; i < 30; i++) await client.send(`SET k${i} ${VALUE}`);
  await growOld(vm);
  assertEquals(server.virtualMemory!.swapped, 20);
  assertEquals(
    log.filter((line) => /No space left on device/.test(line)).length,
    2,
    "once more after it worked",
  );
  server.shutdown({ save: "no", force: true });
});

Deno.test("while all pages are taken values stay, and they go when there is room again", async () => {
  const vm = vmServer("vm-max-memory 0\nvm-pages 16\n");
  const { server, connect, log } = vm;
  const client = connect();
  for (let i = 0; i < 10; i++) await client.send(`SET k${i} ${VALUE}`);
  for (let i = 0; i < 3; i++) await growOld(vm);
  assertEquals(server.virtualMemory!.swapped, 4);
  assertEquals(log.filter((line) => /The swap file is full/.test(line)).length, 1);
  // No room for a copy: the value itself comes into memory, and is copied there.
  client.socket.command("RANDOMKEY");
  for (const key of Array.from({ length: 10 }, (_, i) => `k${i}`)) {
    await client.send(`COPY ${key} copy:${key}`);
  }
  assertEquals(await client.send("DBSIZE"), ":20\r\n");
  client.socket.take();
  for (let i = 0; i < 10; i++) await client.send(`DEL k${i}`);
  await growOld(vm);
  assertEquals(server.virtualMemory!.swapped, 4);
  for (let i = 0; i < 10; i++) {
    client.socket.command(`GET copy:k${i}`);
    await settleAll();
    assertEquals(client.socket.take(), `$108\r\n${VALUE}\r\n`);
  }
  server.shutdown({ save: "no", force: true });
});

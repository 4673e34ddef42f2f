import { assertEquals, assertStringIncludes } from "@std/assert";
import { serverInProcess, settle } from "../../../test/support/in_process.ts";
import type { RedenoServer } from "../../server/server.ts";

/** Waits until no snapshot is under way. */
async function untilFree(server: RedenoServer): Promise<void> {
  while (server.persistence.isBusy) await settle();
}

Deno.test("SAVE and BGSAVE write the RDB file, and LASTSAVE tells when", async () => {
  const { connect, server, disk, clock } = serverInProcess('save ""');
  const client = connect();
  await client.send("SET a 1");
  clock.advance(5000);
  assertEquals(await client.send("SAVE"), "+OK\r\n");
  assertEquals(await client.send("LASTSAVE"), `:${Math.floor(clock.now() / 1000)}\r\n`);
  const first = disk.contents("dump.rdb");
  await client.send("SET b 2");
  clock.advance(5000);
  await client.send("CONFIG SET rdb-key-save-delay 1000000");
  assertEquals(await client.send("BGSAVE"), "+Background saving started\r\n");
  assertEquals(await client.send("BGSAVE"), "-ERR Background save already in progress\r\n");
  assertEquals(await client.send("SAVE"), "-ERR Background save already in progress\r\n");
  await client.send("CONFIG SET rdb-key-save-delay 0");
  await untilFree(server);
  assertEquals(await client.send("LASTSAVE"), `:${Math.floor(clock.now() / 1000)}\r\n`);
  assertEquals(disk.contents("dump.rdb").length > first.length, true);
  assertEquals(disk.list("."), ["dump.rdb"]);
});

Deno.test("only one snapshot is taken at a time; the other kind can be put off", async () => {
  const { connect, server, disk } = serverInProcess('save ""\nrdb-key-save-delay 1000000');
  const client = connect();
  await client.send("SET a 1");
  await client.send("BGREWRITEAOF");
  assertEquals(
    await client.send("BGREWRITEAOF"),
    "-ERR Background append only file rewriting already in progress\r\n",
  );
  assertStringIncludes(await client.send("BGSAVE"), "-ERR Another child process is active (AOF?)");
  assertEquals(await client.send("BGSAVE SCHEDULE"), "+Background saving scheduled\r\n");
  await client.send("CONFIG SET rdb-key-save-delay 0");
  await untilFree(server);
  assertEquals(disk.exists("dump.rdb"), false);
  server.persistence.tick(server.clock.now());
  assertEquals(await client.send("BGREWRITEAOF"), "+Background append only file rewriting scheduled\r\n");
  await untilFree(server);
  assertEquals(disk.exists("dump.rdb"), true);
});

Deno.test("inside of a transaction a snapshot is put off until its end", async () => {
  const { connect, server } = serverInProcess('save ""');
  const client = connect();
  for (const line of ["MULTI", "SET a 1", "BGSAVE", "BGREWRITEAOF"]) await client.send(line);
  assertEquals(
    await client.send("EXEC"),
    "*3\r\n+OK\r\n+Background saving scheduled\r\n+Background append only file rewriting scheduled\r\n",
  );
  server.persistence.tick(server.clock.now());
  await untilFree(server);
  server.persistence.tick(server.clock.now());
  await untilFree(server);
});

Deno.test("what is no option is a syntax error", async () => {
  const { connect } = serverInProcess('save ""');
  const client = connect();
  for (const line of ["BGSAVE now", "BGSAVE SCHEDULE again"]) {
    assertEquals(await client.send(line), "-ERR syntax error\r\n");
  }
});

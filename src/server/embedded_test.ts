import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { latin1Text } from "../sys/bytes.ts";
import { ManualClock } from "../sys/clock.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";
import { ConfigError } from "./config/config_error.ts";
import { embeddedServer } from "./embedded.ts";
import type { LocalClient } from "./local_client.ts";

async function ask(client: LocalClient, line: string): Promise<string> {
  return latin1Text(await client.send(line.split(" ")));
}

Deno.test("embedded servers serve their clients, each by itself", async () => {
  const [a, b] = [embeddedServer(), embeddedServer()];
  using first = a.client();
  using second = b.client();
  assertEquals(await ask(first, "SET k v"), "+OK\r\n");
  assertEquals(await ask(second, "GET k"), "$-1\r\n");
  assertEquals(await ask(first, "GET k"), "$1\r\nv\r\n");
});

Deno.test("an embedded server keeps its files in its own disk", async () => {
  const disk = new MemoryDisk();
  using client = embeddedServer({ disk }).client();
  assertEquals(await ask(client, "SET k v"), "+OK\r\n");
  assertEquals(await ask(client, "SAVE"), "+OK\r\n");
  assertEquals(disk.exists("/dump.rdb"), true);
  assertMatch(await ask(client, "CONFIG SET dir /tmp"), /^-ERR /);
});

Deno.test("an embedded server takes lines of configuration, a clock and a log", async () => {
  const clock = new ManualClock();
  const lines: string[] = [];
  const server = embeddedServer({
    configuration: 'databases 2\nsave ""\n',
    clock,
    log: { write: (line) => lines.push(line) },
  });
  using client = server.client();
  assertEquals(await ask(client, "SELECT 2"), "-ERR DB index is out of range\r\n");
  assertEquals(await ask(client, "SET k v PX 10"), "+OK\r\n");
  clock.advance(11);
  assertEquals(await ask(client, "GET k"), "$-1\r\n");
  server.log.notice("hello");
  assertMatch(lines.join(""), / \* hello\n$/);
  assertThrows(() => embeddedServer({ configuration: "nosuch 1\n" }), ConfigError);
});

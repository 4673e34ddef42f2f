import { assert, assertEquals } from "@std/assert";
import { parseReplies } from "../../../test/support/resp_value.ts";
import { fromLatin1 } from "../../../test/support/split_args.ts";
import { type TestServer, testServer } from "../../../test/support/test_server.ts";
import { listLimits } from "../../store/list/quicklist_fill.ts";

const ELEMENTS = Array.from({ length: 200 }, (_, i) => i % 7 === 0 ? "long ".repeat(40) : `element ${i}`);

/** A server with a list of one node at `small`, and one of many nodes at `large`. */
function filled(): TestServer {
  const server = testServer();
  server.keyspace.limits.list = listLimits(10, 1);
  server.keyspace.listPlainThreshold = 150;
  server.send("RPUSH small a 1 b");
  server.send(["RPUSH", "large", ...ELEMENTS]);
  return server;
}

function dumped(server: TestServer, key: string): Uint8Array {
  const [reply] = parseReplies(fromLatin1(server.raw(`DUMP ${key}`)));
  assert(reply?.value.kind === "bulk");
  return reply.value.bytes.slice();
}

Deno.test("a list comes back from DUMP and RESTORE, node by node", () => {
  using server = filled();
  for (const key of ["small", "large"]) {
    const payload = dumped(server, key);
    assertEquals(server.send(["RESTORE", `${key}2`, "0", payload]), "OK");
    assertEquals(server.send(`LRANGE ${key}2 0 -1`), server.send(`LRANGE ${key} 0 -1`));
    assertEquals(dumped(server, `${key}2`), payload);
    assertEquals(server.send(`DEBUG DIGEST-VALUE ${key}2`), server.send(`DEBUG DIGEST-VALUE ${key}`));
  }
});

Deno.test("a list can be copied, renamed, moved and given a time to live", () => {
  using server = filled();
  for (const key of ["small", "large"]) {
    const elements = server.send(`LRANGE ${key} 0 -1`);
    assertEquals(server.send(`COPY ${key} copied REPLACE`), 1);
    assertEquals(server.send("RPUSH copied more"), (elements as string[]).length + 1);
    assertEquals(server.send(`LRANGE ${key} 0 -1`), elements);
    assertEquals(server.send(`EXPIRE ${key} 100`), 1);
    assertEquals(server.send(`RENAME ${key} renamed`), "OK");
    assertEquals(server.send("MOVE renamed 1"), 1);
    server.send("SELECT 1");
    assertEquals(server.send("LRANGE renamed 0 -1"), elements);
    assertEquals(server.send("TTL renamed"), 100);
    assertEquals(server.send("PERSIST renamed"), 1);
    assertEquals(server.send("RPOP renamed"), (elements as string[]).at(-1)!);
    assertEquals(server.send("DEL renamed"), 1);
    server.send("SELECT 0");
  }
});

Deno.test("all memory of lists comes back, however they go", () => {
  using server = testServer();
  server.keyspace.limits.list = listLimits(10, 1);
  const { keyspace } = server;
  const empty = keyspace.usedBytes;
  for (const line of ["DEL l", "UNLINK l", "SET l x", "FLUSHALL", "FLUSHALL ASYNC", "LTRIM l 1 0"]) {
    server.send(["RPUSH", "l", ...ELEMENTS]);
    assert(Number(server.send("MEMORY USAGE l")) > 1000);
    server.send(line);
    server.send("DEL l");
    while (keyspace.freeSome(() => true));
    assertEquals(keyspace.objects.bytes, 0, line);
    assertEquals(keyspace.usedBytes, empty, line);
  }
});

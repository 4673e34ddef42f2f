/** Chance that repeats itself. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createServer, type EmbeddedServer } from "../../src/mod.ts";

/** What a server says to everything that depends on chance. */
async function draws(server: EmbeddedServer): Promise<unknown[]> {
  const client = server.client();
  const all: unknown[] = [];
  for (let i = 0; i < 100; i++) {
    client.callSync("SET", `key:${i}`, i);
    client.callSync("SADD", "set", `member:${i}`);
    client.callSync("HSET", "hash", `field:${i}`, i);
    client.callSync("ZADD", "zset", i, `member:${i}`);
  }
  for (let i = 0; i < 5; i++) all.push(client.callSync("RANDOMKEY"));
  all.push(client.callSync("SPOP", "set", 3), client.callSync("SRANDMEMBER", "set", -5));
  all.push(client.callSync("HRANDFIELD", "hash", 5), client.callSync("ZRANDMEMBER", "zset", 5));
  all.push(client.callSync("SCAN", 0, "COUNT", 20), client.callSync("SSCAN", "set", 0, "COUNT", 20));
  all.push(await client.call("EVAL", "return tostring(math.random())", 0));
  all.push(/run_id:(\w+)/.exec(client.callSync<string>("INFO", "server"))![1]);
  return all;
}

Deno.test("servers of one seed do the same, those of others something else", async () => {
  await using a = await createServer({ seed: 7 });
  await using b = await createServer({ seed: 7 });
  await using other = await createServer({ seed: 8 });
  const [first, second, third] = [await draws(a), await draws(b), await draws(other)];
  assertEquals(first, second);
  for (const i of [0, 5, 6, 7, 8, 9, 10, 12]) assertNotEquals(first[i], third[i], `draw ${i}`);
  assertEquals([a.seed, other.seed], [7, 8]);
});

Deno.test("without a seed nobody can tell what comes", async () => {
  await using a = await createServer();
  await using b = await createServer();
  assertNotEquals(await draws(a), await draws(b));
  assert(a.seed === undefined);
});

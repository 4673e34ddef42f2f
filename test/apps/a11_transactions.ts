/** A11: what others see in the middle of a change: without a transaction everything, with one nothing. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

async function inTransaction(redis: Redis): Promise<unknown> {
  const [seen] = (await execute(redis.multi().incr("trans:").incrby("trans:", -1)))!;
  return seen;
}

export const transactions: Application = {
  id: "A11",
  title: "With and without a transaction",
  chapter: 3,
  source: "3.13-3.14",

  async run(world) {
    const clients = await Promise.all(range(3).map((i) => world.client(`thread ${i}`)));
    const without = await Promise.all(clients.map((client) => client.incr("notrans:")));
    assertEquals(without.toSorted(), [1, 2, 3]);
    await Promise.all(clients.map((client) => client.incrby("notrans:", -1)));
    assertEquals(await clients[0]!.get("notrans:"), "0");
    for (const _ of range(world.sized(20, 300))) {
      assertEquals(await Promise.all(clients.map(inTransaction)), [1, 1, 1]);
    }
    const half = clients[0]!;
    await half.multi({ pipeline: false });
    assertEquals(await half.incr("trans:"), "QUEUED" as unknown as number);
    assertEquals(await clients[1]!.get("trans:"), "0", "nothing runs before EXEC");
    world.kill(half);
    assertEquals(await inTransaction(clients[1]!), 1, "a client that dies in MULTI has done nothing");
    await clients[2]!.multi({ pipeline: false });
    await clients[2]!.incr("trans:");
    assertEquals(await clients[2]!.discard(), "OK");
    assertEquals(await clients[2]!.get("trans:"), "0");
  },

  story() {
    let begun = 0;
    let done = 0;
    return {
      clients: 3,
      async turn(redis) {
        begun++;
        assertEquals(await inTransaction(redis), 1);
        await redis.multi().incr("turns").incr("notrans:").exec();
        await redis.incrby("notrans:", -1);
        done++;
      },
      async invariants(redis) {
        assertEquals(Number(await redis.get("trans:")), 0);
        const turns = Number(await redis.get("turns"));
        assert(
          turns >= done && turns <= begun,
          `${done} of ${begun} were acknowledged, ${turns} are counted`,
        );
        const left = Number(await redis.get("notrans:"));
        assert(left >= 0 && left <= begun - done, `${begun - done} were interrupted, ${left} is left`);
      },
    };
  },
};

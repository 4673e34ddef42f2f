/** B14: a list that turns round and round: its last item becomes its first one, a hundred times in one round trip. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const AT_ONCE = 100;

/** @param times a multiple of 100 */
async function rotate(redis: Redis, key: string, times: number): Promise<void> {
  for (let done = 0; done < times; done += AT_ONCE) {
    const pipeline = redis.pipeline();
    for (const _ of range(AT_ONCE)) pipeline.rpoplpush(key, key);
    await execute(pipeline);
  }
}

/** Whether a list of 0, 1, ... is as it was filled, but for where it begins. */
function assertRotated(items: readonly string[], length: number): void {
  assertEquals(items.length, length);
  const first = Number(items[0]);
  assertEquals(items, range(length).map((i) => String((first + i) % length)));
}

export const rotation: Application = {
  id: "B14",
  title: "Lists that rotate",
  chapter: 9,
  source: "9.5-9.6",

  async run(world) {
    const redis = await world.client("benchmark");
    for (const length of [1, 100, 1000, world.sized(5000, 100_000)]) {
      await redis.rpush("test", ...range(length));
      const times = world.sized(200, 2000);
      await rotate(redis, "test", times);
      const first = (length - times % length) % length;
      assertEquals(await redis.lrange("test", 0, 0), [String(first)]);
      assertEquals(await redis.lindex("test", length >> 1), String((first + (length >> 1)) % length));
      assertRotated(await redis.lrange("test", 0, -1), length);
      await redis.del("test");
    }
    assertEquals(await redis.rpoplpush("nosuch", "nosuch"), null);

    // Several turn the same one; one dies in between.
    await redis.rpush("test", ...range(50));
    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    await Promise.all(clients.map(async (client, i) => {
      await rotate(client, "test", world.sized(200, 5000));
      if (i !== 3) return;
      const last = rotate(client, "test", AT_ONCE).catch((error) => error.message);
      world.kill(client);
      await last;
    }));
    assertRotated(await redis.lrange("test", 0, -1), 50);
    while (await redis.lindex("test", 0) !== "0") await redis.rpoplpush("test", "test");
  },

  story() {
    let [isBegun, isFilled] = [false, false];
    return {
      clients: 3,
      async turn(redis) {
        if (!isBegun) {
          isBegun = true;
          await redis.rpush("test", ...range(300));
          isFilled = true;
        }
        await rotate(redis, "test", AT_ONCE);
      },
      async invariants(redis) {
        const items = await redis.lrange("test", 0, -1);
        assert(isBegun || items.length === 0);
        if (isFilled || items.length > 0) assertRotated(items, 300);
      },
    };
  },
};

/** A31: the marketplace of A17 with locks in place of WATCH: one for the whole market, or one for each item. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { checkMarket, settle, transfer, tryToBuy } from "./a17_marketplace.ts";
import { releaseLock } from "./a29_lock.ts";
import { acquireFor } from "./a30_lock_timeout.ts";
import { type Application, execute, range, type World } from "./application.ts";

const LOCK_MS = 60_000;
const [USERS, ITEMS, FUNDS] = [5, 4, 100];

type Granularity = "coarse" | "fine";

function lockOf(granularity: Granularity, item: string): string {
  return granularity === "coarse" ? "market:" : `market:${item}`;
}

async function locked<T>(world: World, redis: Redis, lock: string, work: () => Promise<T>): Promise<T> {
  const holder = await acquireFor(world, redis, lock, LOCK_MS);
  assert(holder !== undefined, "nobody let go of the lock");
  const result = await work();
  await releaseLock(redis, lock, holder);
  return result;
}

function list(world: World, redis: Redis, kind: Granularity, item: string, seller: string, price: number) {
  return locked(world, redis, lockOf(kind, item), async () => {
    if (await redis.sismember(`inventory:${seller}`, item) === 0) return false;
    await execute(
      redis.multi().zadd("market:", price, `${item}.${seller}`).srem(`inventory:${seller}`, item),
    );
    return true;
  });
}

function buy(world: World, redis: Redis, kind: Granularity, buyer: string, item: string, seller: string) {
  return locked(world, redis, lockOf(kind, item), async () => {
    const [price, funds] = (await execute(
      redis.pipeline().zscore("market:", `${item}.${seller}`).hget(`users:${buyer}`, "funds"),
    ))!;
    if (price === null || Number(price) > Number(funds)) return false;
    await execute(transfer(redis, buyer, item, seller, Number(price)));
    return true;
  });
}

async function trade(
  world: World,
  redis: Redis,
  kind: Granularity,
  user: number,
  chance: number,
): Promise<boolean> {
  const offers = await redis.zrange("market:", 0, "-1");
  const [item, seller] = offers[chance % (offers.length + 1)]?.split(".") ?? [];
  if (item !== undefined && seller !== undefined && seller !== String(user)) {
    return await buy(world, redis, kind, String(user), item, seller);
  }
  const own = await redis.srandmember(`inventory:${user}`);
  return own !== null && await list(world, redis, kind, own, String(user), 1 + chance % 30);
}

export const marketLocks: Application = {
  id: "A31",
  title: "Marketplace with locks, coarse and fine",
  chapter: 6,
  source: "6.9, tables 6.2-6.3",
  errata: [
    "listing 6.9 returns False whatever happens and increments without a field; the companion's version is done here.",
    "listing 6.7 takes the buyer's number for the buyer's key.",
  ],
  nondeterministic: "who of several buyers wins is a matter of chance",

  async run(world) {
    const redis = await world.client("web");
    const clients = await Promise.all(range(USERS).map((i) => world.client(`user ${i}`)));
    for (const kind of ["coarse", "fine"] as const) {
      await redis.flushdb();
      await settle(redis, USERS, ITEMS, FUNDS);
      assertEquals(await list(world, redis, kind, "item0-0", "0", 10), true);
      assertEquals(await list(world, redis, kind, "item0-0", "0", 10), false, "it is on the market already");
      const race = clients.slice(1).map((client, i) =>
        buy(world, client, kind, String(i + 1), "item0-0", "0")
      );
      assertEquals((await Promise.all(race)).filter(Boolean).length, 1, "exactly one of them wins");
      await Promise.all(clients.map(async (client, user) => {
        for (const _ of range(world.sized(6, 100))) {
          await trade(world, client, kind, user, world.random.uint32());
        }
      }));
      await checkMarket(redis, USERS, ITEMS, FUNDS);
      assertEquals(await redis.keys("lock:*"), []);
    }
    // With the lock of an item nobody has to try again because of another item, as with WATCH.
    await redis.flushdb();
    await settle(redis, USERS, ITEMS, FUNDS);
    await list(world, redis, "fine", "item0-0", "0", 10);
    const other = () => list(world, clients[2]!, "fine", "item2-0", "2", 10);
    assertEquals(await tryToBuy(redis, "1", "item0-0", "0", 10, other), "touched");
    const bought = await Promise.all([
      buy(world, redis, "fine", "1", "item0-0", "0"),
      list(
        world,
        clients[3]!,
        "fine",
        "item3-0",
        "3",
        10,
      ),
    ]);
    assertEquals(bought, [true, true]);
    await checkMarket(redis, USERS, ITEMS, FUNDS);
  },

  async story(world) {
    await settle(await world.client(), USERS, ITEMS, FUNDS);
    return {
      clients: USERS,
      async turn(redis, client) {
        await trade(world, redis, "fine", client, world.random.uint32());
      },
      async invariants(redis) {
        await checkMarket(redis, USERS, ITEMS, FUNDS);
        for (const key of await redis.keys("lock:*")) await world.expire(redis, key, LOCK_MS / 1000);
      },
    };
  },
};

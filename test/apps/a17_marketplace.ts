/** A17: players list what they own on a market and buy from it; money and items are never lost or made. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, restoreSnapshotDuring } from "./application.ts";

/** @returns false when the seller does not have the item */
export async function listItem(redis: Redis, item: string, seller: string, price: number): Promise<boolean> {
  for (;;) {
    await redis.watch(`inventory:${seller}`);
    if (await redis.sismember(`inventory:${seller}`, item) === 0) {
      await redis.unwatch();
      return false;
    }
    const listed = redis.multi().zadd("market:", price, `${item}.${seller}`).srem(
      `inventory:${seller}`,
      item,
    );
    if (await execute(listed) !== null) return true;
  }
}

export type Purchase = "bought" | "refused" | "touched";

/**
 * One attempt to buy, at the price that the buyer has seen.
 * @param between what happens to come between the look and the purchase
 */
export async function tryToBuy(
  redis: Redis,
  buyer: string,
  item: string,
  seller: string,
  price: number,
  between?: () => Promise<unknown>,
): Promise<Purchase> {
  await redis.watch("market:", `users:${buyer}`);
  const [asked, funds] = await Promise.all([
    redis.zscore("market:", `${item}.${seller}`),
    redis.hget(`users:${buyer}`, "funds"),
  ]);
  if (asked === null || Number(asked) !== price || price > Number(funds)) {
    await redis.unwatch();
    return "refused";
  }
  await between?.();
  return await execute(transfer(redis, buyer, item, seller, price)) === null ? "touched" : "bought";
}

/** Money goes one way and the item the other. */
export function transfer(redis: Redis, buyer: string, item: string, seller: string, price: number) {
  return redis.multi()
    .hincrby(`users:${seller}`, "funds", price)
    .hincrby(`users:${buyer}`, "funds", -price)
    .sadd(`inventory:${buyer}`, item)
    .zrem("market:", `${item}.${seller}`);
}

/** Tries until nobody has been faster. */
async function buy(
  redis: Redis,
  buyer: string,
  item: string,
  seller: string,
  price: number,
): Promise<boolean> {
  for (;;) {
    const result = await tryToBuy(redis, buyer, item, seller, price);
    if (result !== "touched") return result === "bought";
  }
}

/** Users 0, 1, ... with the same funds and some items each. */
export async function settle(redis: Redis, users: number, items: number, funds: number): Promise<void> {
  for (const user of range(users)) {
    await execute(
      redis.multi()
        .hset(`users:${user}`, { name: `user ${user}`, funds })
        .sadd(`inventory:${user}`, ...range(items).map((i) => `item${user}-${i}`)),
    );
  }
}

/** Nothing was lost and nothing was made. */
export async function checkMarket(redis: Redis, users: number, items: number, funds: number): Promise<void> {
  let sum = 0;
  const found = (await redis.zrange("market:", 0, "-1")).map((member) => member.split(".")[0]!);
  for (const user of range(users)) {
    const kept = Number(await redis.hget(`users:${user}`, "funds"));
    assert(kept >= 0, `user ${user} has ${kept}`);
    sum += kept;
    found.push(...await redis.smembers(`inventory:${user}`));
  }
  assertEquals(sum, users * funds, "money");
  const all = range(users).flatMap((user) => range(items).map((i) => `item${user}-${i}`));
  assertEquals(found.sort(), all.sort(), "every item is in one place");
}

const [USERS, ITEMS, FUNDS] = [6, 5, 100];

export const marketplace: Application = {
  id: "A17",
  title: "Marketplace with WATCH",
  chapter: 4,
  source: "4.5-4.6, figures 4.2-4.6",
  errata: ["figure 4.6 writes `hincbry`; chapter 6 cites the marketplace as section 4.6, it is 4.4."],

  async run(world) {
    const redis = await world.client("web");
    const rival = await world.client("rival");
    await redis.hset("users:17", { name: "Frank", funds: 43 });
    await redis.hset("users:27", { name: "Bill", funds: 125 });
    await redis.sadd("inventory:17", "ItemL", "ItemM", "ItemN");
    await redis.sadd("inventory:27", "ItemO", "ItemP", "ItemQ");
    assertEquals(await listItem(redis, "ItemX", "17", 97), false);
    assertEquals(await listItem(redis, "ItemM", "17", 97), true);
    assertEquals(await redis.zrange("market:", 0, "-1", "WITHSCORES"), ["ItemM.17", "97"]);
    assertEquals((await redis.smembers("inventory:17")).sort(), ["ItemL", "ItemN"]);
    assertEquals(await tryToBuy(redis, "27", "ItemM", "17", 90), "refused", "the price is another");
    const touch = () => rival.zadd("market:", 35, "ItemA.4");
    assertEquals(await tryToBuy(redis, "27", "ItemM", "17", 97, touch), "touched");
    assertEquals(
      await tryToBuy(redis, "27", "ItemM", "17", 97, () => rival.hset("users:27", "seen", 1)),
      "touched",
    );
    const harmless = () => rival.hset("users:4", "name", "Anna");
    assertEquals(await tryToBuy(redis, "27", "ItemM", "17", 97, harmless), "bought");
    assertEquals(await redis.hget("users:17", "funds"), "140");
    assertEquals(await redis.hget("users:27", "funds"), "28");
    assertEquals(await redis.sismember("inventory:27", "ItemM"), 1);
    assertEquals(await redis.zrange("market:", 0, "-1"), ["ItemA.4"]);
    assertEquals(await tryToBuy(redis, "27", "ItemA", "4", 35), "refused", "28 are not enough");

    await redis.flushdb();
    await settle(redis, USERS, ITEMS, FUNDS);
    const buyers = await Promise.all(range(USERS).map((i) => world.client(`buyer ${i}`)));
    for (const i of range(ITEMS)) {
      assertEquals(await listItem(redis, `item0-${i}`, "0", 10), true);
      const race = buyers.slice(1).map((client, j) => buy(client, String(j + 1), `item0-${i}`, "0", 10));
      // One more dies between its look and its purchase, with what it watched and queued.
      const dying = await world.client("dying");
      await dying.watch("market:", "users:5");
      await dying.multi({ pipeline: false });
      await dying.hincrby("users:5", "funds", -1000);
      world.kill(dying);
      assertEquals((await Promise.all(race)).filter(Boolean).length, 1, "exactly one of them wins");
      await checkMarket(redis, USERS, ITEMS, FUNDS);
    }
    await Promise.all(buyers.map(async (client, user) => {
      for (const _ of range(world.sized(5, 60))) await trade(client, user, world.random.uint32());
    }));
    await checkMarket(redis, USERS, ITEMS, FUNDS);
    await restoreSnapshotDuring(world, redis, () =>
      Promise.all(buyers.map(async (client, user) => {
        for (const _ of range(world.sized(3, 30))) await trade(client, user, world.random.uint32());
      })));
    // A snapshot is one moment: whatever was bought and sold while it was taken is in it wholly or not at all.
    await checkMarket(redis, USERS, ITEMS, FUNDS);
  },
  nondeterministic: "who of several buyers wins is a matter of chance",

  async story(world) {
    await settle(await world.client(), USERS, ITEMS, FUNDS);
    return {
      clients: USERS,
      turn: (redis, client) => trade(redis, client, world.random.uint32()),
      invariants: (redis) => checkMarket(redis, USERS, ITEMS, FUNDS),
    };
  },
};

/** Lists something, or buys something from somebody else. */
async function trade(redis: Redis, user: number, chance: number): Promise<void> {
  const offers = await redis.zrange("market:", 0, "-1", "WITHSCORES");
  const at = chance % (offers.length / 2 + 1);
  const [item, seller] = at < offers.length / 2 ? offers[2 * at]!.split(".") : [];
  if (item !== undefined && seller !== undefined && seller !== String(user)) {
    await tryToBuy(redis, String(user), item, seller, Number(offers[2 * at + 1]));
  } else {
    const own = await redis.srandmember(`inventory:${user}`);
    if (own !== null) await listItem(redis, own, String(user), 1 + chance % 30);
  }
}

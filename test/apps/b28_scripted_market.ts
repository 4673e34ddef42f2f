/** B28: the market with scripts: nobody watches, nobody tries again, and no money or item is lost or made. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Redis } from "ioredis";
import { checkMarket, settle } from "./a17_marketplace.ts";
import { type Application, range } from "./application.ts";
import { Script } from "./b23_script_loader.ts";

const LIST = new Script(`
if redis.call('sismember', KEYS[1], ARGV[1]) ~= 0 then
  redis.call('zadd', KEYS[2], ARGV[3], ARGV[2])
  return redis.call('srem', KEYS[1], ARGV[1])
end
`);
const PURCHASE = new Script(`
local price = tonumber(redis.call('zscore', KEYS[1], ARGV[1]))
local funds = tonumber(redis.call('hget', KEYS[2], 'funds'))
if price and funds and funds >= price then
  redis.call('hincrby', KEYS[3], 'funds', price)
  redis.call('hincrby', KEYS[2], 'funds', -price)
  redis.call('sadd', KEYS[4], ARGV[2])
  redis.call('zrem', KEYS[1], ARGV[1])
  return true
end
`);

/** @returns false when the seller does not have the item */
async function list(redis: Redis, item: string, seller: string, price: number): Promise<boolean> {
  const listed = await LIST.call(redis, [`inventory:${seller}`, "market:"], [
    item,
    `${item}.${seller}`,
    price,
  ]);
  return listed === 1;
}

/** @returns false when it is gone, or too expensive */
async function purchase(redis: Redis, buyer: string, item: string, seller: string): Promise<boolean> {
  const keys = ["market:", `users:${buyer}`, `users:${seller}`, `inventory:${buyer}`];
  return await PURCHASE.call(redis, keys, [`${item}.${seller}`, item]) === 1;
}

/** Lists something, or buys something from somebody else. */
async function trade(redis: Redis, user: number, chance: number): Promise<void> {
  const offers = await redis.zrange("market:", 0, "-1");
  const offer = offers[chance % (offers.length + 1)];
  const [item, seller] = offer?.split(".") ?? [];
  if (item !== undefined && seller !== undefined && seller !== String(user)) {
    await purchase(redis, String(user), item, seller);
    return;
  }
  const own = await redis.srandmember(`inventory:${user}`);
  if (own !== null) await list(redis, own, String(user), 1 + chance % 30);
}

const [USERS, ITEMS, FUNDS] = [6, 5, 100];

export const scriptedMarket: Application = {
  id: "B28",
  title: "Marketplace by scripts",
  chapter: 11,
  source: "11.12-11.13 and exercise",
  errata: ["listing 11.12 forgets the field `funds` of HINCRBY."],

  async run(world) {
    const redis = await world.client("web");
    await redis.hset("users:seller", "funds", 1);
    await redis.hset("users:buyer", "funds", 5);
    await redis.sadd("inventory:seller", "item1");
    assertEquals(await list(redis, "nosuch", "seller", 10), false);
    assertEquals(await list(redis, "item1", "seller", 10), true);
    assertEquals(await redis.exists("inventory:seller"), 0);
    assertEquals(await list(redis, "item1", "seller", 10), false, "it is on the market");
    assertEquals(await redis.zrange("market:", 0, "-1", "WITHSCORES"), ["item1.seller", "10"]);
    assertEquals(await purchase(redis, "buyer", "item1", "seller"), false, "5 are less than 10");
    await redis.zadd("market:", 4, "item1.seller");
    assertEquals(await purchase(redis, "buyer", "item1", "seller"), true);
    assertEquals(await purchase(redis, "buyer", "item1", "seller"), false, "it is gone");
    assertEquals(await redis.hget("users:buyer", "funds"), "1");
    assertEquals(await redis.hget("users:seller", "funds"), "5");
    assertEquals(await redis.smembers("inventory:buyer"), ["item1"]);
    assertEquals(await redis.exists("market:"), 0);
    // HINCRBY takes whole numbers only; what a script has done before it fails stays.
    await redis.sadd("inventory:seller", "cheap");
    await list(redis, "cheap", "seller", 0.5);
    await assertRejects(() => purchase(redis, "buyer", "cheap", "seller"), Error, "value is not an integer");
    assertEquals(await redis.hget("users:buyer", "funds"), "1");
    await redis.zadd("market:", 1_000_000_000, "cheap.seller");
    await redis.hset("users:buyer", "funds", 3_000_000_000);
    assertEquals(await purchase(redis, "buyer", "cheap", "seller"), true);
    assertEquals(await redis.hget("users:buyer", "funds"), "2000000000");

    await redis.flushdb();
    await settle(redis, USERS, ITEMS, FUNDS);
    const clients = await Promise.all(range(USERS).map((i) => world.client(`web ${i}`)));
    for (const i of range(ITEMS)) {
      await list(redis, `item0-${i}`, "0", 10);
      const dying = await world.client("dying");
      const last = purchase(dying, "1", `item0-${i}`, "0").catch(() => false);
      world.kill(dying);
      const race = range(USERS - 1).map((j) => purchase(clients[j]!, String(j + 1), `item0-${i}`, "0"));
      const won = (await Promise.all([last, ...race])).filter(Boolean).length;
      assert(
        won === 1 || won === 0 && await redis.exists("market:") === 0,
        "one of them wins, or the dead one has",
      );
      await checkMarket(redis, USERS, ITEMS, FUNDS);
    }
    await Promise.all(clients.map(async (client, user) => {
      for (const _ of range(world.sized(10, 200))) await trade(client, user, world.random.uint32());
    }));
    await checkMarket(redis, USERS, ITEMS, FUNDS);
  },
  nondeterministic: "who of several buyers wins is a matter of chance",

  async story(world) {
    await settle(await world.client(), USERS, ITEMS, FUNDS);
    return {
      clients: USERS,
      async turn(redis, client) {
        await redis.incr("turns");
        await trade(redis, client, world.random.uint32());
      },
      invariants: (redis) => checkMarket(redis, USERS, ITEMS, FUNDS),
    };
  },
};

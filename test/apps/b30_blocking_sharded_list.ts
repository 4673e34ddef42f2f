/**
 * B30: waiting for an item of the long list in short ones. Which short list is the last one may change before the client
 * waits at it: a script puts a dummy there then, in the same round trip, so that it does not wait in vain.
 */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range } from "./application.ts";
import { Script } from "./b23_script_loader.ts";
import { type End, keysOf, pop, push } from "./b29_sharded_list.ts";

const DUMMY = "<nothing, look again>";
const SIZE = 16;

const WAKE = new Script(`
if (redis.call('get', KEYS[2]) or '0') ~= ARGV[1] then
  redis.call(ARGV[2], KEYS[1] .. ARGV[1], ARGV[3])
end
`);

/**
 * @param seconds how long to wait at most
 * @param between what happens when it knows where to wait
 * @param each after so many seconds it looks where the end is by now, though nobody wakes it
 */
async function blockingPop(
  redis: Redis,
  end: End,
  list: string,
  seconds: number,
  between?: () => Promise<unknown>,
  each = 0.5,
): Promise<string | null> {
  const [base, first, last] = keysOf(list) as [string, string, string];
  const atEnd = end === "l" ? first : last;
  const until = performance.now() + seconds * 1000;
  do {
    const there = await pop(redis, end, list);
    if (there !== null && there !== DUMMY) return there;
    const shard = await redis.get(atEnd) ?? "0";
    await between?.();
    // Both are sent before either is answered. The script is sent whole: one that is not known would wake nobody.
    const waking = redis.eval(WAKE.source, 2, base, atEnd, shard, `${end}push`, DUMMY);
    const wait = Math.max(0.001, Math.min(each, (until - performance.now()) / 1000));
    const waiting = end === "l" ? redis.blpop(base + shard, wait) : redis.brpop(base + shard, wait);
    const [, popped] = await Promise.all([waking, waiting]);
    const item = popped?.[1];
    if (item !== undefined && item !== DUMMY) return item;
  } while (performance.now() < until);
  return null;
}

async function clientsWaiting(redis: Redis): Promise<number> {
  return Number(/^blocked_clients:(\d+)/m.exec(await redis.info("clients"))![1]);
}

export const blockingShardedList: Application = {
  id: "B30",
  title: "Waiting at a long list in short ones",
  chapter: 11,
  source: "11.16",
  nondeterministic: "which items are left over, and dummies, is a matter of chance",

  async run(world) {
    const [producer, consumer] = [await world.client("producer"), await world.client("consumer")];
    const taken: (string | null)[] = [];
    const consuming = (async () => {
      // The book waits a second, and its producer is silent for two.
      for (const _ of range(4)) taken.push(await blockingPop(consumer, "l", "test", 10));
      taken.push(await blockingPop(consumer, "l", "test", 0.05));
      for (const _ of range(4)) taken.push(await blockingPop(consumer, "l", "test", 10));
      taken.push(await blockingPop(consumer, "l", "test", 0.02));
    })();
    for (const i of range(4)) {
      await push(producer, "r", "test", [i], SIZE);
      await world.until("it to be taken", () => taken.length === i + 1);
    }
    await world.until("it to find nothing", () => taken.length === 5);
    await push(producer, "r", "test", range(4).map((i) => i + 4), SIZE);
    await consuming;
    assertEquals(taken, ["0", "1", "2", "3", null, "4", "5", "6", "7", null]);

    // Between the look and the wait the list goes on to another short list: the dummy wakes who waits at the old one.
    const move = async () => {
      await producer.mset("moved:first", 1, "moved:last", 1);
      await producer.rpush("moved:1", "after the move");
    };
    const began = performance.now();
    assertEquals(await blockingPop(consumer, "l", "moved", 30, move, 30), "after the move");
    assert(performance.now() - began < 15_000, "nobody has woken it");

    const consumers = await Promise.all(range(4).map((i) => world.client(`consumer ${i}`)));
    const producers = await Promise.all(range(2).map((i) => world.client(`producer ${i}`)));
    const each = world.sized(60, 1000);
    const got: string[] = [];
    const working = consumers.map(async (client, i) => {
      for (;;) {
        const item = await blockingPop(client, i % 2 === 0 ? "l" : "r", "busy", 30);
        if (item === null || item === "over") return item;
        got.push(item);
      }
    });
    const dying = await world.client("dying");
    const lost = blockingPop(dying, "l", "nosuch", 30).catch((error) => error.message);
    await world.until("it to wait", async () => await clientsWaiting(producer) > 0);
    await world.gone(dying);
    assertEquals(await lost, "Connection is closed.");
    await Promise.all(producers.map(async (client, i) => {
      for (const turn of range(each)) await push(client, i === 0 ? "r" : "l", "busy", [`${i}.${turn}`], SIZE);
    }));
    await world.until("all to be taken", () => got.length >= 2 * each);
    await push(producer, "r", "busy", consumers.map(() => "over"), SIZE);
    assertEquals(await Promise.all(working), ["over", "over", "over", "over"]);
    assertEquals(new Set(got).size, 2 * each, "each is taken once");
  },

  story() {
    const pushed = new Set<string>();
    const popped = new Set<string>();
    let popping = 0;
    return {
      clients: 4,
      async turn(redis, client, turn) {
        if (client < 2) {
          const item = `${client}.${turn}`;
          await push(redis, client === 0 ? "r" : "l", "queue", [item], SIZE);
          pushed.add(item);
          return;
        }
        popping++;
        const item = await blockingPop(redis, client === 2 ? "l" : "r", "queue", 0.02);
        popping--;
        if (item !== null) popped.add(item);
      },
      async invariants(redis) {
        const there: string[] = [];
        for (const key of (await redis.keys("queue:*")).filter((one) => /:-?\d+$/.test(one))) {
          there.push(...(await redis.lrange(key, 0, -1)).filter((item) => item !== DUMMY));
        }
        assertEquals(new Set(there).size, there.length);
        for (const item of there) assert(!popped.has(item), `${item} was popped, and is there`);
        const all = new Set([...there, ...popped]);
        const missing = [...pushed].filter((item) => !all.has(item));
        assert(missing.length <= popping, `${popping} were popping, ${missing.length} are gone`);
      },
    };
  },
};

/**
 * B33: a queue that loses nothing with one list and one script: who takes an item puts it back at the other end, marked with
 * the time; when it is done it is removed; what stays marked for too long is taken again. And other short scripts.
 */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range, type World } from "./application.ts";
import { Script } from "./b23_script_loader.ts";

/** An item that is marked goes round; whoever takes it sees when it was taken first. */
const TAKE = new Script(`
local item = redis.call('rpop', KEYS[1])
if not item then return false end
local marked = item
if not string.find(item, '*', 1, true) then marked = item .. '*' .. ARGV[1] end
redis.call('lpush', KEYS[1], marked)
return marked
`);
const DECREMENT_ABOVE = new Script(`
if tonumber(redis.call('get', KEYS[1]) or '0') <= tonumber(ARGV[1]) then return false end
return redis.call('decr', KEYS[1])
`);
const INCREMENT_EXISTING = new Script(`
if redis.call('exists', KEYS[1]) == 1 then return redis.call('incr', KEYS[1]) end
return false
`);
const AVERAGE = new Script(`
local numbers = redis.call('lrange', KEYS[1], ARGV[1], ARGV[2])
local sum = 0
for _, number in ipairs(numbers) do sum = sum + number end
return tostring(sum / #numbers)
`);
const SHUFFLE = new Script(`
local items = redis.call('lrange', KEYS[1], 0, -1)
for i = #items, 2, -1 do
  local j = math.random(i)
  items[i], items[j] = items[j], items[i]
end
for i, item in ipairs(items) do redis.call('lset', KEYS[1], i - 1, item) end
return #items
`);
const QUEUE = "queue";
/** After so long whoever has taken an item is dead. */
const PATIENCE_SECONDS = 10;

interface Taken {
  readonly id: string;
  readonly marked: string;
  /** Whether it is new, or its taker has had it for too long. */
  readonly isMine: boolean;
}

async function take(world: World, redis: Redis): Promise<Taken | undefined> {
  const now = world.now();
  const marked = await TAKE.call(redis, [QUEUE], [now]) as string | null;
  if (marked === null) return undefined;
  const [id, since] = marked.split("*") as [string, string];
  return { id, marked, isMine: Number(since) === now || now - Number(since) > PATIENCE_SECONDS };
}

/** @returns false when somebody else has done it */
async function finish(redis: Redis, { marked }: Taken): Promise<boolean> {
  return await redis.lrem(QUEUE, 1, marked) === 1;
}

export const oneListQueue: Application = {
  id: "B33",
  title: "A queue of one list, and short scripts",
  chapter: 11,
  source: "patterns: EVAL, LREM",

  async run(world) {
    const redis = await world.client("web");
    await redis.lpush(QUEUE, "a", "b");
    const first = (await take(world, redis))!;
    assertEquals([first.id, first.isMine], ["a", true]);
    assertEquals(await redis.lrange(QUEUE, 0, -1), [first.marked, "b"]);
    world.clock.advance(1);
    assertEquals((await take(world, redis))?.id, "b");
    world.clock.advance(1);
    assertEquals((await take(world, redis))?.isMine, false, "somebody is at it");
    assertEquals([await finish(redis, first), await finish(redis, first)], [true, false]);
    world.clock.advance(PATIENCE_SECONDS);
    const second = (await take(world, redis))!;
    assertEquals([second.id, second.isMine], ["b", true], "its taker must be dead");
    assertEquals(await finish(redis, second), true);
    assertEquals(await take(world, redis), undefined);

    await redis.set("stock", 12);
    assertEquals(await DECREMENT_ABOVE.call(redis, ["stock"], [10]), 11);
    assertEquals(await DECREMENT_ABOVE.call(redis, ["stock"], [10]), 10);
    assertEquals(await DECREMENT_ABOVE.call(redis, ["stock"], [10]), null);
    assertEquals(await INCREMENT_EXISTING.call(redis, ["stock"]), 11);
    assertEquals(await INCREMENT_EXISTING.call(redis, ["nosuch"]), null);
    assertEquals(await redis.exists("nosuch"), 0);
    await redis.rpush("numbers", 1, 2, 4, 3.5);
    assertEquals(await AVERAGE.call(redis, ["numbers"], [0, -1]), "2.625");
    assertEquals(await AVERAGE.call(redis, ["numbers"], [0, 1]), "1.5");
    await redis.rpush("cards", ...range(52));
    assertEquals(await SHUFFLE.call(redis, ["cards"]), 52);
    const cards = (await redis.lrange("cards", 0, -1)).map(Number);
    assertEquals(cards.toSorted((a, b) => a - b), range(52), "all cards are there");
    assert(cards.some((card, i) => card !== i), "as if nobody had shuffled");

    const clients = await Promise.all(range(4).map((i) => world.client(`worker ${i}`)));
    const count = world.sized(80, 1500);
    await redis.set("left", count);
    await redis.lpush(QUEUE, ...range(count));
    const done: string[] = [];
    await Promise.all(clients.map(async (client, i) => {
      for (let turn = 0;; turn++) {
        world.clock.advance(0.001);
        const taken = await take(world, client);
        if (taken === undefined) return;
        if (i === 0 && turn === 5) {
          // It dies with an item in its hand: the others get it when they lose their patience.
          world.kill(client);
          world.clock.advance(PATIENCE_SECONDS + 1);
          return;
        }
        if (!taken.isMine) world.clock.advance(0.5);
        if (taken.isMine && await finish(client, taken)) {
          done.push(taken.id);
          await DECREMENT_ABOVE.call(client, ["left"], [0]);
        }
      }
    }));
    assertEquals(done.map(Number).sort((a, b) => a - b), range(count), "each is done once");
    assertEquals(await redis.get("left"), "0");
    await redis.del("cards");
  },

  story(world) {
    const sent = new Set<string>();
    const done = new Set<string>();
    let finishing = 0;
    return {
      clients: 4,
      async turn(redis, client, turn) {
        world.clock.advance(0.01);
        if (client < 2) {
          await redis.lpush(QUEUE, `${client}.${turn}`);
          sent.add(`${client}.${turn}`);
          return;
        }
        const taken = await take(world, redis);
        if (taken === undefined || !taken.isMine) return;
        finishing++;
        if (await finish(redis, taken)) done.add(taken.id);
        finishing--;
      },
      async invariants(redis) {
        const there = (await redis.lrange(QUEUE, 0, -1)).map((item) => item.split("*")[0]!);
        assertEquals(new Set(there).size, there.length, "an item is there twice");
        for (const id of there) assert(!done.has(id), `${id} was done, and is there`);
        const missing = [...sent].filter((id) => !there.includes(id) && !done.has(id));
        assert(missing.length <= finishing, `${missing} are gone`);
      },
    };
  },
};

/** B16: how many visitors a day has, counted in sets that are small enough to be kept packed, of numbers of 60 bits. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range, type World } from "./application.ts";
import { shardKey } from "./b15_sharded_hash.ts";

const SHARD_SIZE = 512;
const USUAL_VISITORS = 10_000;

/** The first 60 bits of a UUID, more than a double can hold. */
export function visitorNumber(uuid: string): bigint {
  return BigInt(`0x${uuid.replaceAll("-", "").slice(0, 15)}`);
}

export class UniqueVisitors {
  readonly #redis: Redis;
  readonly #size: number;
  /** What each day expects, as far as it is known here. */
  readonly #expected = new Map<string, number>();

  constructor(redis: Redis, size = SHARD_SIZE) {
    this.#redis = redis;
    this.#size = size;
  }

  /** @param day and the day before, such as "2012-05-02" @returns whether it is the visitor's first visit of this day */
  async count(day: string, dayBefore: string, uuid: string): Promise<boolean> {
    const expected = this.#expected.get(day) ?? await this.#expect(day, dayBefore);
    const number = visitorNumber(uuid);
    // With a letter before it the number is spread over the sets by its checksum.
    const key = shardKey(`unique:${day}`, `X${number}`, { total: expected, size: this.#size });
    if (await this.#redis.sadd(key, String(number)) === 0) return false;
    await this.#redis.incr(`unique:${day}`);
    return true;
  }

  /** Half as many again as the day before, rounded up to a power of two: who is the first to say it decides. */
  async #expect(day: string, dayBefore: string): Promise<number> {
    const [key, before] = [`unique:${day}:expected`, await this.#redis.get(`unique:${dayBefore}`)];
    const guess = 2 ** Math.ceil(Math.log2(1.5 * Number(before ?? USUAL_VISITORS)));
    const isFirst = await this.#redis.setnx(key, guess) === 1;
    const expected = isFirst ? guess : Number(await this.#redis.get(key));
    this.#expected.set(day, expected);
    return expected;
  }
}

/** Members of all sets of a day. */
async function membersOf(redis: Redis, day: string): Promise<string[]> {
  const all: string[] = [];
  for (const key of await redis.keys(`unique:${day}:*`)) {
    if (!key.endsWith(":expected")) all.push(...await redis.smembers(key));
  }
  return all;
}

const [YESTERDAY, TODAY] = ["2012-05-01", "2012-05-02"];

function uuids(world: World, count: number): string[] {
  return range(count).map(() => world.uuid());
}

export const uniqueVisitors: Application = {
  id: "B16",
  title: "Unique visitors in sharded sets",
  chapter: 9,
  source: "9.10-9.12",
  errata: ["the text speaks of 56 bits, listing 9.11 takes 15 hexadecimal digits, which are 60."],

  async run(world) {
    const redis = await world.client("web");
    const visitors = new UniqueVisitors(redis, 16);
    assertEquals(visitorNumber("ffffffff-ffff-ffff-ffff-ffffffffffff"), 2n ** 60n - 1n);
    await redis.set(`unique:${YESTERDAY}`, 100);
    const all = uuids(world, 179);
    for (const uuid of [...all, ...all.slice(0, 30)]) await visitors.count(TODAY, YESTERDAY, uuid);
    assertEquals(await redis.get(`unique:${TODAY}`), "179");
    assertEquals(await redis.get(`unique:${TODAY}:expected`), "256", "150, rounded up");
    const members = await membersOf(redis, TODAY);
    assertEquals(members.sort(), all.map((uuid) => String(visitorNumber(uuid))).sort(), "to the last digit");
    const keys = (await redis.keys(`unique:${TODAY}:*`)).filter((key) => !key.endsWith(":expected"));
    assert(keys.length > 25 && keys.length <= 32, `${keys.length} of 32 sets`);
    for (const key of keys) assertEquals(await redis.object("ENCODING", key), "intset");
    assertEquals(await visitors.count("2012-05-03", "nosuch", all[0]!), true, "another day");
    assertEquals(await redis.get("unique:2012-05-03:expected"), "16384");

    const crowd = uuids(world, world.sized(200, 4000));
    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    const first = await Promise.all(clients.map(async (client, i) => {
      const own = new UniqueVisitors(client);
      let count = 0;
      // Each visitor comes to two of the servers.
      for (const [at, uuid] of crowd.entries()) {
        if ((at + i) % 2 === 0 && await own.count("crowd", "nosuch", uuid)) count++;
      }
      if (i === 3) world.kill(client);
      return count;
    }));
    assertEquals(first.reduce((sum, count) => sum + count), crowd.length);
    assertEquals(await redis.get("unique:crowd"), String(crowd.length));
  },

  story(world) {
    const counted = new Set<string>();
    let begun = 0;
    return {
      clients: 3,
      async turn(redis) {
        const visitors = new UniqueVisitors(redis, 16);
        // Some come again.
        const uuid = world.random.oneIn(3) && counted.size > 0 ? [...counted][0]! : world.uuid();
        begun++;
        await visitors.count(TODAY, YESTERDAY, uuid);
        begun--;
        counted.add(uuid);
      },
      async invariants(redis) {
        const members = await membersOf(redis, TODAY);
        assertEquals(new Set(members).size, members.length, "a visitor is in two sets");
        const there = new Set(members);
        for (const uuid of counted) assert(there.has(String(visitorNumber(uuid))), `${uuid} is gone`);
        // Who dies between the set and the counter leaves one out.
        const count = Number(await redis.get(`unique:${TODAY}`));
        assert(count <= members.length && count >= members.length - begun, `${count} of ${members.length}`);
      },
    };
  },
};

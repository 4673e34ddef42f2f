/** B15: one large hash in many small ones that are kept packed; which one a field is in follows from its name. */
import { assert, assertEquals } from "@std/assert";
import { crc32 } from "node:zlib";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

/** How many fields there will be, and how many of them one hash may have. */
export interface Shards {
  readonly total: number;
  readonly size: number;
}

/** Numbers follow each other in the hashes; anything else goes where its checksum says, into twice as many hashes. */
export function shardKey(base: string, field: string | number, { total, size }: Shards): string {
  const text = String(field);
  if (/^\d+$/.test(text)) return `${base}:${Math.floor(Number(text) / size)}`;
  return `${base}:${crc32(text) % Math.floor(2 * total / size)}`;
}

class ShardedHash {
  readonly #redis: Redis;
  readonly #base: string;
  readonly #shards: Shards;

  constructor(redis: Redis, base: string, shards: Shards) {
    this.#redis = redis;
    this.#base = base;
    this.#shards = shards;
  }

  #key(field: string | number): string {
    return shardKey(this.#base, field, this.#shards);
  }

  set(field: string | number, value: string | number): Promise<number> {
    return this.#redis.hset(this.#key(field), { [field]: value });
  }

  /** In one round trip. */
  async setAll(entries: readonly (readonly [string | number, string | number])[]): Promise<void> {
    const pipeline = this.#redis.pipeline();
    for (const [field, value] of entries) pipeline.hset(this.#key(field), { [field]: value });
    await execute(pipeline);
  }

  get(field: string | number): Promise<string | null> {
    return this.#redis.hget(this.#key(field), String(field));
  }

  delete(field: string | number): Promise<number> {
    return this.#redis.hdel(this.#key(field), String(field));
  }

  increment(field: string | number, by: number): Promise<number> {
    return this.#redis.hincrby(this.#key(field), String(field), by);
  }

  async incrementByFloat(field: string | number, by: number): Promise<number> {
    return Number(await this.#redis.hincrbyfloat(this.#key(field), String(field), by));
  }
}

async function fieldsIn(redis: Redis, base: string): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const key of await redis.keys(`${base}:*`)) {
    for (const [field, value] of Object.entries(await redis.hgetall(key))) all.set(field, value);
  }
  return all;
}

export const shardedHash: Application = {
  id: "B15",
  title: "A large hash in small ones",
  chapter: 9,
  source: "9.7-9.9 and exercise",

  async run(world) {
    const redis = await world.client("web");
    const shards = { total: 320_000, size: 1024 };
    assertEquals(shardKey("c", 5000, shards), "c:4");
    assertEquals(shardKey("c", "5000", shards), "c:4");
    assertEquals(shardKey("c", "hello", shards), `c:${907060870 % 625}`);
    // The hashes may be as long as this, and so may their values.
    await redis.config("SET", "hash-max-ziplist-entries", shards.size);
    await redis.config("SET", "hash-max-ziplist-value", 256);
    const cities = new ShardedHash(redis, "cityid2city:", shards);
    const city = (id: number) => JSON.stringify([`City ${id}`, "Region", "Country \\u00fc"]);
    const count = world.sized(3000, 40_000);
    for (let id = 0; id < count; id += 500) {
      await cities.setAll(range(500).map((i) => [id + i, city(id + i)] as const));
    }
    for (const id of [0, 1023, 1024, count - 1]) assertEquals(await cities.get(id), city(id));
    assertEquals(await cities.get(count), null);
    assertEquals((await redis.keys("cityid2city:*")).length, Math.ceil(count / shards.size));
    for (const key of await redis.keys("cityid2city:*")) {
      assertEquals(await redis.object("ENCODING", key), "listpack", key);
      assert(await redis.hlen(key) <= shards.size);
    }
    await redis.config("SET", "hash-max-ziplist-entries", 512);
    await redis.config("SET", "hash-max-ziplist-value", 64);

    const names = new ShardedHash(redis, "names", { total: 1000, size: 50 });
    for (const i of range(1000)) assertEquals(await names.set(`name ${i}`, i), 1);
    assertEquals(await names.set("name 7", "seven"), 0);
    assertEquals([await names.get("name 7"), await names.get("name 8"), await names.get("nosuch")], [
      "seven",
      "8",
      null,
    ]);
    assertEquals([await names.delete("name 7"), await names.delete("name 7")], [1, 0]);
    assertEquals(await names.increment("name 8", 4), 12);
    assertEquals(await names.incrementByFloat("name 8", 0.5), 12.5);
    const keys = await redis.keys("names:*");
    assert(keys.length > 35 && keys.length <= 40, `${keys.length} of 40 hashes`);

    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    const times = world.sized(60, 1000);
    await Promise.all(clients.map(async (client, i) => {
      const own = new ShardedHash(client, "hits", { total: 100, size: 10 });
      for (const turn of range(times)) await own.increment(`page ${turn % 20}`, 1);
      if (i === 0) world.kill(client);
    }));
    const hits = await fieldsIn(redis, "hits");
    assertEquals([hits.size, [...new Set(hits.values())]], [20, [String(4 * times / 20)]]);
  },

  story() {
    const shards = { total: 200, size: 20 };
    const counted = new Map<string, number>();
    let begun = 0;
    return {
      clients: 3,
      async turn(redis, _client, turn) {
        const hash = new ShardedHash(redis, "hits", shards);
        const field = turn % 2 === 0 ? String(turn % 100) : `page ${turn % 100}`;
        begun++;
        await hash.increment(field, 1);
        begun--;
        counted.set(field, (counted.get(field) ?? 0) + 1);
      },
      async invariants(redis) {
        const all = await fieldsIn(redis, "hits");
        let more = 0;
        for (const [field, value] of all) {
          assertEquals(await redis.hget(shardKey("hits", field, shards), field), value, "in its hash");
          const surplus = Number(value) - (counted.get(field) ?? 0);
          assert(surplus >= 0, `${field} is ${value}, ${counted.get(field)} were acknowledged`);
          more += surplus;
        }
        for (const field of counted.keys()) assert(all.has(field), `${field} is gone`);
        assert(more <= begun, `${more} more than acknowledged, ${begun} were under way`);
      },
    };
  },
};

/**
 * B20: several servers, or several databases of one: which one a key is in follows from its name, and where they are says the
 * configuration that is kept in one of them.
 */
import { assert, assertEquals } from "@std/assert";
import { crc32 } from "node:zlib";
import type { Redis } from "ioredis";
import { type Application, type ClientOptions, range, type World } from "./application.ts";
import { visitorNumber } from "./b16_unique_visitors.ts";

/** Where a component's data are: a database of the server, another server, or the names of keys. */
type Place = Pick<ClientOptions, "db" | "path" | "keyPrefix">;

export class Connections {
  readonly #world: World;
  readonly #configuration: Redis;
  readonly #open = new Map<string, Promise<Redis>>();

  /** @param configuration the server that knows where the others are */
  constructor(world: World, configuration: Redis) {
    this.#world = world;
    this.#configuration = configuration;
  }

  /** Where a component is, such as "statuses:3" is for a shard. */
  async configure(component: string, place: Place): Promise<void> {
    await this.#configuration.set(`config:redis:${component}`, JSON.stringify(place));
  }

  /** @throws Error when nobody has said where it is */
  get(component: string): Promise<Redis> {
    const open = this.#open.get(component) ?? this.#connect(component);
    this.#open.set(component, open);
    return open;
  }

  async #connect(component: string): Promise<Redis> {
    const text = await this.#configuration.get(`config:redis:${component}`);
    if (text === null) throw new Error(`nobody knows where ${component} is`);
    return await this.#world.client(component, JSON.parse(text) as Place);
  }

  /** The connection that has what belongs to a key. */
  sharded(component: string, key: string, count: number): Promise<Redis> {
    return this.get(`${component}:${crc32(key) % count}`);
  }

  all(component: string, count: number): Promise<Redis[]> {
    return Promise.all(range(count).map((shard) => this.get(`${component}:${shard}`)));
  }
}

/** Connections of a story's clients, which have their shards in the story's own database, told apart by their keys' names. */
export function shardsOf(
  world: World,
  components: Readonly<Record<string, number>>,
): (redis: Redis) => Promise<Connections> {
  const known = new WeakMap<Redis, Promise<Connections>>();
  const open = async (redis: Redis) => {
    const connections = new Connections(world, redis);
    for (const [component, count] of Object.entries(components)) {
      for (const shard of range(count)) {
        await connections.configure(`${component}:${shard}`, { keyPrefix: `<${component}:${shard}>` });
      }
    }
    return connections;
  };
  return (redis) => {
    const connections = known.get(redis) ?? open(redis);
    known.set(redis, connections);
    return connections;
  };
}

const SHARDS = 16;
const DAY = "2012-05-02";

/** One set for each shard, and one counter for all. */
async function countVisit(connections: Connections, uuid: string): Promise<boolean> {
  const number = visitorNumber(uuid);
  const shard = await connections.sharded("unique", `unique:${DAY}:${number}`, SHARDS);
  if (await shard.sadd(`unique:${DAY}`, String(number)) === 0) return false;
  await (await connections.get("unique:0")).incr(`unique:${DAY}:count`);
  return true;
}

async function visitors(connections: Connections): Promise<number[]> {
  const all = await connections.all("unique", SHARDS);
  return await Promise.all(all.map((shard) => shard.scard(`unique:${DAY}`)));
}

export const shardedConnections: Application = {
  id: "B20",
  title: "Data on several servers",
  chapter: 10,
  source: "10.1-10.4",

  async run(world) {
    const redis = await world.client("configuration");
    const connections = new Connections(world, redis);
    const other = await world.anotherServer();
    await connections.get("nosuch").then(
      () => assert(false, "it is nowhere"),
      (error) => assertEquals(error.message, "nobody knows where nosuch is"),
    );
    await connections.configure("logs", { path: other.path });
    assertEquals(await redis.get("config:redis:logs"), JSON.stringify({ path: other.path }));
    await (await connections.get("logs")).lpush("recent", "on another server");
    assertEquals(await redis.exists("recent"), 0);
    await redis.del("config:redis:logs"); // The path is another one on each run.

    // Half of the shards are databases of this server, the others of the other one.
    for (const shard of range(SHARDS)) {
      const place = { db: shard, ...(shard % 2 === 0 ? {} : { path: other.path }) };
      await connections.configure(`unique:${shard}`, place);
    }
    const uuids = range(100).map(() => world.uuid());
    for (const uuid of uuids) assertEquals(await countVisit(connections, uuid), true);
    for (const uuid of uuids) assertEquals(await countVisit(connections, uuid), false);
    const counts = await visitors(connections);
    assertEquals(counts.reduce((sum, count) => sum + count), 100);
    assert(counts.filter((count) => count > 0).length > 10, `spread as ${counts}`);
    assertEquals(await redis.get(`unique:${DAY}:count`), "100");

    const more = range(world.sized(100, 3000)).map(() => world.uuid());
    const webs = await Promise.all(
      range(3).map(async (i) => {
        const client = await world.client(`web ${i}`);
        return { client, connections: new Connections(world, client) };
      }),
    );
    await Promise.all(webs.map(async ({ client, connections }, i) => {
      for (const uuid of more) await countVisit(connections, uuid);
      if (i === 2) world.kill(client);
    }));
    const sum = (await visitors(connections)).reduce((all, count) => all + count);
    assertEquals(sum, 100 + more.length);
    assertEquals(await redis.get(`unique:${DAY}:count`), String(sum));
    const infos = await Promise.all(
      [redis, await connections.get("logs")].map((one) => one.info("keyspace")),
    );
    assertEquals(
      infos.map((info) => info.match(/^db\d+:/gm)!.length),
      [8, 9],
      "databases that have something",
    );
    for (const shard of range(SHARDS)) await redis.del(`config:redis:unique:${shard}`);
  },

  story(world) {
    const shards = shardsOf(world, { unique: SHARDS });
    const counted = new Set<string>();
    let begun = 0;
    return {
      clients: 3,
      async turn(redis) {
        const uuid = world.uuid();
        begun++;
        await countVisit(await shards(redis), uuid);
        begun--;
        counted.add(uuid);
      },
      async invariants(redis) {
        const connections = await shards(redis);
        const sum = (await visitors(connections)).reduce((all, count) => all + count);
        for (const uuid of counted) {
          assertEquals(await countVisit(connections, uuid), false, `${uuid} is gone`);
        }
        const count = Number(await (await connections.get("unique:0")).get(`unique:${DAY}:count`));
        assert(
          sum >= counted.size && sum <= counted.size + begun,
          `${counted.size} to ${begun} more, ${sum}`,
        );
        assert(count <= sum && count >= sum - begun, `${count} counted of ${sum}`);
      },
    };
  },
};

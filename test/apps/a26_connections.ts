/** A26: connections that follow the configuration: one server tells on which server each component has its data. */
import { assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { Configs, setConfig, type Settings } from "./a25_configuration.ts";
import type { Application, World } from "./application.ts";

/** A connection for each component, made anew when its configuration is another. */
class Connections {
  readonly #world: World;
  readonly #configs: Configs;
  readonly #open = new Map<string, { text: string; redis: Redis }>();
  made = 0;

  constructor(world: World, directory: Redis) {
    this.#world = world;
    this.#configs = new Configs(directory, world.clock);
  }

  async get(component: string): Promise<Redis> {
    const config = await this.#configs.get("redis", component);
    const text = JSON.stringify(config);
    const known = this.#open.get(component);
    if (known?.text === text) return known.redis;
    known?.redis.disconnect();
    const redis = await this.#world.client(component, config);
    this.#open.set(component, { text, redis });
    this.made++;
    return redis;
  }
}

async function logRecent(redis: Redis, app: string, message: string): Promise<void> {
  await redis.lpush(`recent:${app}`, message);
}

export const connections: Application = {
  id: "A26",
  title: "Connections that follow the configuration",
  chapter: 5,
  source: "5.16-5.17",

  async run(world) {
    const directory = await world.client("directory");
    const connected = new Connections(world, directory);
    const log = async (message: string) => await logRecent(await connected.get("logs"), "main", message);
    const move = async (config: Settings) => {
      await setConfig(directory, "redis", "logs", config);
      world.clock.advance(1);
    };
    await move({ db: 15 });
    await log("in database 15");
    await log("in database 15 again");
    assertEquals(connected.made, 1, "the same configuration is the same connection");
    const other = await world.anotherServer();
    await move({ port: other.port });
    await log("on another server");
    await move({ path: other.path, db: 3 });
    await log("there in database 3");
    await move({ db: 15 });
    await log("back again");
    assertEquals(connected.made, 4);
    const see = async (config: Settings) =>
      await (await world.client("see", config)).lrange("recent:main", 0, -1);
    assertEquals(await see({ db: 15 }), ["back again", "in database 15 again", "in database 15"]);
    assertEquals(await see({ port: other.port }), ["on another server"]);
    assertEquals(await see({ port: other.port, db: 3 }), ["there in database 3"]);
    assertEquals(await see({}), []);
  },

  async story(world) {
    const other = await world.anotherServer();
    await setConfig(await world.client(), "redis", "logs", { path: other.path, db: 2 });
    let [done, begun] = [0, 0];
    return {
      clients: 2,
      async turn(redis, client) {
        const connected = new Connections(world, redis);
        begun++;
        await logRecent(await connected.get("logs"), String(client), "message");
        done++;
        (await connected.get("logs")).disconnect();
        await redis.incr("done");
      },
      async invariants(redis) {
        const logs = await new Connections(world, redis).get("logs");
        const there = await logs.llen("recent:0") + await logs.llen("recent:1");
        assertEquals(there >= done && there <= begun, true, `${done} to ${begun}, ${there} are there`);
        assertEquals(Number(await redis.get("done")) <= there, true);
        assertEquals(await redis.dbsize() <= 2, true, "the directory's server has no logs");
      },
    };
  },
};

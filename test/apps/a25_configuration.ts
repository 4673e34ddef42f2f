/** A25: a flag that stops a site for maintenance, and the configuration of all components, kept in one place. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, type Clock, range } from "./application.ts";

const CHECKED_EVERY_SECONDS = 1;

/** What a process knows of the flag: no older than a second. */
class Maintenance {
  readonly #redis: Redis;
  readonly #clock: Clock;
  #checkedAt = -Infinity;
  #isUnderMaintenance = false;

  constructor(redis: Redis, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
  }

  async isUnder(): Promise<boolean> {
    if (this.#clock.now() - this.#checkedAt >= CHECKED_EVERY_SECONDS) {
      this.#checkedAt = this.#clock.now();
      this.#isUnderMaintenance = await this.#redis.get("is-under-maintenance") === "yes";
    }
    return this.#isUnderMaintenance;
  }
}

export type Settings = Readonly<Record<string, unknown>>;

export async function setConfig(
  redis: Redis,
  type: string,
  component: string,
  config: Settings,
): Promise<void> {
  await redis.set(`config:${type}:${component}`, JSON.stringify(config));
}

/** Configurations as they are in one process, no older than `maxAge` seconds. */
export class Configs {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #known = new Map<string, { at: number; text: string }>();

  constructor(redis: Redis, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
  }

  async get(type: string, component: string, maxAge = CHECKED_EVERY_SECONDS): Promise<Settings> {
    const key = `config:${type}:${component}`;
    let known = this.#known.get(key);
    if (known === undefined || this.#clock.now() - known.at >= maxAge) {
      known = { at: this.#clock.now(), text: await this.#redis.get(key) ?? "{}" };
      this.#known.set(key, known);
    }
    return JSON.parse(known.text);
  }
}

export const configuration: Application = {
  id: "A25",
  title: "Maintenance flag and configuration directory",
  chapter: 5,
  source: "5.13-5.15",

  async run(world) {
    const redis = await world.client("operator");
    const clients = await Promise.all(range(world.sized(3, 20)).map((i) => world.client(`web ${i}`)));
    const flags = clients.map((client) => new Maintenance(client, world.clock));
    const all = () => Promise.all(flags.map((flag) => flag.isUnder()));
    assertEquals(new Set(await all()), new Set([false]));
    await redis.set("is-under-maintenance", "yes");
    world.clock.advance(0.9);
    assertEquals(new Set(await all()), new Set([false]), "asked within the second");
    world.clock.advance(0.1);
    assertEquals(new Set(await all()), new Set([true]), "after a second everybody knows");
    await redis.del("is-under-maintenance");
    world.clock.advance(1);
    assertEquals(new Set(await all()), new Set([false]));

    const configs = clients.map((client) => new Configs(client, world.clock));
    const seen = () => Promise.all(configs.map((config) => config.get("redis", "statistics")));
    assertEquals(new Set((await seen()).map((settings) => JSON.stringify(settings))), new Set(["{}"]));
    for (const db of range(world.sized(5, 50))) {
      const settings = {
        db,
        host: "statistics.example.com",
        tags: ["\u00fcber", null, 1.5],
        nested: { on: true },
      };
      await setConfig(redis, "redis", "statistics", settings);
      world.clock.advance(1);
      for (const one of await seen()) assertEquals(one, settings);
    }
  },

  story() {
    const last = [-1, -1];
    return {
      clients: 2,
      async turn(redis, client, turn) {
        await setConfig(redis, "redis", `component ${client}`, { turn, text: "x".repeat(1 + turn % 100) });
        last[client] = turn;
      },
      async invariants(redis) {
        for (const [client, turn] of last.entries()) {
          const text = await redis.get(`config:redis:component ${client}`);
          if (text === null) assertEquals(turn, -1, "what was acknowledged is gone");
          if (text === null) continue;
          const kept = JSON.parse(text);
          assert(
            kept.turn === turn || kept.turn === turn + 1,
            `${turn} was acknowledged, ${kept.turn} is there`,
          );
          assertEquals(kept.text.length, 1 + kept.turn % 100);
        }
      },
    };
  },
};

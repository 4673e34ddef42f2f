/** A41: visits by country, counted at home and written day by day, all countries in one call. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import type { Random } from "../fuzz/random.ts";
import { type Application, range } from "./application.ts";

const COUNTRIES = range(300).map((i) => `country ${i.toString().padStart(3, "0")}`);

/** Visits of one day; the last line of a file makes it whole. */
class Day {
  readonly counts: Map<string, number> = new Map();

  visit(country: string): void {
    this.counts.set(country, (this.counts.get(country) ?? 0) + 1);
  }

  /** @returns how many countries are new */
  async write(redis: Redis, day: string): Promise<number> {
    return await redis.zadd(
      `daily:country:${day}`,
      ...[...this.counts].flatMap(([country, count]) => [count, country]),
    );
  }
}

function dayOf(random: Random, visits: number): Day {
  const day = new Day();
  for (const country of COUNTRIES) day.visit(country);
  for (const _ of range(visits)) {
    day.visit(COUNTRIES[Math.min(random.between(0, 299), random.between(0, 299))]!);
  }
  return day;
}

async function kept(redis: Redis, day: string): Promise<Map<string, number>> {
  const flat = await redis.zrange(`daily:country:${day}`, 0, "-1", "WITHSCORES");
  return new Map(range(flat.length / 2).map((i) => [flat[2 * i]!, Number(flat[2 * i + 1])]));
}

function sorted(counts: Map<string, number>): [string, number][] {
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1);
}

export const aggregates: Application = {
  id: "A41",
  title: "Local aggregates",
  chapter: 6,
  source: "6.29",

  async run(world) {
    const redis = await world.client("aggregates");
    for (const i of range(world.sized(3, 60))) {
      const day = dayOf(world.random, world.sized(1000, 5000));
      const date = `2013-01-${i}`;
      assertEquals(await day.write(redis, date), 300);
      assertEquals(await day.write(redis, date), 0, "written again it is the same");
      assertEquals(sorted(await kept(redis, date)), sorted(day.counts));
      const [busiest] = await redis.zrevrange(`daily:country:${date}`, 0, 0);
      assertEquals(day.counts.get(busiest!), Math.max(...day.counts.values()));
    }
  },

  story(world) {
    const days = range(2).map(() => range(3).map(() => dayOf(world.random, 200)));
    const last = [-1, -1];
    return {
      clients: 2,
      async turn(redis, client, turn) {
        await days[client]![turn % 3]!.write(redis, `day ${client}`);
        last[client] = turn;
      },
      async invariants(redis) {
        for (const [client, turn] of last.entries()) {
          const found = JSON.stringify(sorted(await kept(redis, `day ${client}`)));
          const possible = [turn, turn + 1].filter((one) => one >= 0)
            .map((one) => JSON.stringify(sorted(days[client]![one % 3]!.counts)));
          assert(possible.includes(found) || turn === -1 && found === "[]", "a day is there by half");
        }
      },
    };
  },
};

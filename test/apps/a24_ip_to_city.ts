/** A24: which city an address is in: ranges in a sorted set, cities in a hash. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const FIRST = ipToScore("1.0.0.0");
const LAST = ipToScore("255.255.255.255");

function ipToScore(ip: string): number {
  return ip.split(".").reduce((score, part) => score * 256 + Number(part), 0);
}

function scoreToIp(score: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(score / 2 ** bits) % 256).join(".");
}

interface Range {
  readonly from: number;
  readonly city: number;
}

function cityOf({ city }: Range): [string, string, string] {
  return [`City ${city}`, `Region ${city % 50}`, `Country ${city % 7}`];
}

/** Ranges of one source file in one transaction; several ranges may be one city. */
async function importRanges(redis: Redis, ranges: readonly Range[], at: number): Promise<void> {
  const transaction = redis.multi();
  for (const [i, one] of ranges.entries()) {
    transaction.zadd("ip2cityid:", one.from, `${one.city}_${at + i}`);
    transaction.hset("cityid2city:", String(one.city), JSON.stringify(cityOf(one)));
  }
  await execute(transaction);
}

async function findCity(redis: Redis, ip: string): Promise<string[] | undefined> {
  const [member] = await redis.zrevrangebyscore("ip2cityid:", ipToScore(ip), 0, "LIMIT", 0, 1);
  if (member === undefined) return undefined;
  return JSON.parse((await redis.hget("cityid2city:", member.split("_")[0]!))!);
}

function rangesOf(count: number): Range[] {
  const step = Math.floor((LAST - FIRST) / count);
  return range(count).map((i) => ({ from: i === count - 1 ? LAST : FIRST + i * step, city: i % 997 * 3 }));
}

export const ipToCity: Application = {
  id: "A24",
  title: "From an IP address to its city",
  chapter: 5,
  source: "5.9-5.12",

  async run(world) {
    const redis = await world.client("import");
    assertEquals(await findCity(redis, "8.8.8.8"), undefined);
    const ranges = rangesOf(world.sized(600, 50_000));
    for (let at = 0; at < ranges.length; at += 1000) {
      await importRanges(redis, ranges.slice(at, at + 1000), at);
    }
    assertEquals(await redis.zcard("ip2cityid:"), ranges.length);
    assertEquals(await findCity(redis, "0.255.255.255"), undefined, "below the first range");
    assertEquals(await findCity(redis, "1.0.0.0"), cityOf(ranges[0]!));
    assertEquals(await findCity(redis, "255.255.255.255"), cityOf(ranges.at(-1)!));
    assertEquals(await findCity(redis, "255.255.255.254"), cityOf(ranges.at(-2)!));
    for (const _ of range(world.sized(50, 1000))) {
      const i = world.random.between(0, ranges.length - 2);
      const ip = scoreToIp(world.random.between(ranges[i]!.from, ranges[i + 1]!.from - 1));
      assertEquals(await findCity(redis, ip), cityOf(ranges[i]!), ip);
    }
  },

  story() {
    const ranges = rangesOf(20_000);
    const BATCH = 10;
    let imported = 0;
    return {
      clients: 1,
      async turn(redis) {
        await importRanges(redis, ranges.slice(imported, imported + BATCH), imported);
        imported += BATCH;
      },
      async invariants(redis) {
        const there = await redis.zcard("ip2cityid:");
        assert(
          there === imported || there === imported + BATCH,
          `${imported} were imported, ${there} are there`,
        );
        for (const one of ranges.slice(0, there)) {
          assertEquals(await findCity(redis, scoreToIp(one.from)), cityOf(one));
        }
      },
    };
  },
};

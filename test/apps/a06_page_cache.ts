/** A6: pages that took long to make are kept for five minutes. */
import { createHash } from "node:crypto";
import { assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range } from "./application.ts";

const SECONDS = 300;

export async function cachedPage(
  redis: Redis,
  request: string,
  make: (request: string) => string,
  mayBeCached: (redis: Redis, request: string) => boolean | Promise<boolean> = isForEverybody,
): Promise<string> {
  if (!await mayBeCached(redis, request)) return make(request);
  const key = `cache:${createHash("sha1").update(request).digest("hex")}`;
  const kept = await redis.get(key);
  if (kept !== null) return kept;
  const page = make(request);
  await redis.setex(key, SECONDS, page);
  return page;
}

/** Requests with parameters of their own are not for everybody. */
function isForEverybody(_redis: Redis, request: string): boolean {
  return !request.includes("&_=");
}

export const pageCache: Application = {
  id: "A6",
  title: "Page cache",
  chapter: 2,
  source: "2.6",

  async run(world) {
    const redis = await world.client("web");
    const made: string[] = [];
    const make = (
      request: string,
    ) => (made.push(request), `<p>${request}, the ${made.length}th page`.repeat(200));
    const first = await cachedPage(redis, "/?item=1", make);
    assertEquals(await cachedPage(redis, "/?item=1", make), first);
    assertEquals(made, ["/?item=1"]);
    assertEquals(await redis.strlen((await redis.keys("cache:*"))[0]!), first.length);
    await cachedPage(redis, "/?item=1&_=5", make);
    await cachedPage(redis, "/?item=1&_=5", make);
    assertEquals(made.length, 3);
    await world.expire(redis, (await redis.keys("cache:*"))[0]!, SECONDS);
    await cachedPage(redis, "/?item=1", make);
    assertEquals(made.length, 4);
    const clients = await Promise.all(range(3).map((i) => world.client(`web ${i}`)));
    for (const i of range(world.sized(20, 200))) {
      const pages = clients.map((client) => cachedPage(client, `/?item=${i % 10}`, make));
      assertEquals(new Set(await Promise.all(pages.map(async (page) => (await page).split(",")[0]))).size, 1);
    }
    assertEquals((await redis.keys("cache:*")).length, 10);
  },
  nondeterministic: "who of several clients makes a page first is a matter of chance, and pages tell",

  story(world) {
    const make = (request: string) => `${request} `.repeat(500);
    const asked = new Set<string>();
    return {
      clients: 3,
      async turn(redis) {
        const request = `/?item=${world.random.between(0, 500)}`;
        assertEquals(await cachedPage(redis, request, make), make(request));
        asked.add(request);
      },
      async invariants(redis) {
        for (const request of asked) {
          assertEquals(
            await cachedPage(redis, request, () => "not there"),
            make(request),
            `${request} is gone`,
          );
        }
        for (const key of await redis.keys("cache:*")) {
          const page = (await redis.get(key))!;
          assertEquals(key, `cache:${createHash("sha1").update(page.split(" ")[0]!).digest("hex")}`);
          assertEquals(page, make(page.split(" ")[0]!), "a page is whole");
          assertEquals(await redis.ttl(key) > 0, true, "a page goes some day, even after a restart");
        }
      },
    };
  },
};

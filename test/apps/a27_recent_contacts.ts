/** A27: the hundred people one wrote to last, and those of them whose names begin with what was typed. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const KEPT = 100;

async function touchContact(redis: Redis, user: string, contact: string): Promise<void> {
  const key = `recent:${user}`;
  await execute(redis.multi().lrem(key, 0, contact).lpush(key, contact).ltrim(key, 0, KEPT - 1));
}

async function removeContact(redis: Redis, user: string, contact: string): Promise<void> {
  await redis.lrem(`recent:${user}`, 0, contact);
}

async function complete(redis: Redis, user: string, prefix: string): Promise<string[]> {
  const contacts = await redis.lrange(`recent:${user}`, 0, -1);
  return contacts.filter((contact) => contact.toLowerCase().startsWith(prefix.toLowerCase()));
}

export const recentContacts: Application = {
  id: "A27",
  title: "Autocomplete of recent contacts",
  chapter: 6,
  source: "6.1-6.2",
  errata: ["listing 6.2 lower-cases the contacts but not the prefix; both are here, as in the companion."],

  async run(world) {
    const redis = await world.client("web");
    for (const name of ["Jean", "Anna", "jeff", "Jeannie", "Zo\u00eb", "anna"]) {
      await touchContact(redis, "u", name);
    }
    assertEquals(await complete(redis, "u", "je"), ["Jeannie", "jeff", "Jean"]);
    assertEquals(await complete(redis, "u", "ZO\u00cb"), ["Zo\u00eb"]);
    await touchContact(redis, "u", "Jean");
    assertEquals(await redis.lrange("recent:u", 0, 1), ["Jean", "anna"]);
    await removeContact(redis, "u", "jeff");
    assertEquals(await complete(redis, "u", "JE"), ["Jean", "Jeannie"]);
    for (const i of range(world.sized(150, 1500))) await touchContact(redis, "u", `contact ${i % 120}`);
    assertEquals(await redis.llen("recent:u"), KEPT);
    assertEquals(await complete(redis, "u", "je"), []);
    const all = await complete(redis, "u", "");
    assertEquals(new Set(all).size, KEPT, "each is there once");
    assertEquals(all[0], `contact ${(world.sized(150, 1500) - 1) % 120}`);
  },

  story(world) {
    const last = new Map<number, string>();
    const next = new Map<number, string>();
    return {
      clients: 3,
      async turn(redis, client) {
        const contact = `contact ${world.random.between(0, 150)}`;
        next.set(client, contact);
        await touchContact(redis, String(client), contact);
        last.set(client, contact);
      },
      async invariants(redis) {
        for (const [client, contact] of last) {
          const all = await complete(redis, String(client), "");
          assert(all.length <= KEPT && new Set(all).size === all.length);
          assert(
            all[0] === contact || all[0] === next.get(client),
            `${contact} was the last, ${all[0]} is first`,
          );
        }
      },
    };
  },
};

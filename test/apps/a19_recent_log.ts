/** A19: the hundred newest messages of every log. */
import { assert, assertEquals } from "@std/assert";
import type { ChainableCommander, Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const KEPT = 100;

export type Severity = "debug" | "info" | "warning" | "error" | "critical";

/** Queues what keeps a message. @param text with its time in front */
export function logRecent(
  transaction: ChainableCommander,
  name: string,
  text: string,
  severity: Severity = "info",
): ChainableCommander {
  const key = `recent:${name}:${severity}`;
  return transaction.lpush(key, text).ltrim(key, 0, KEPT - 1);
}

export const recentLog: Application = {
  id: "A19",
  title: "Recent log messages",
  chapter: 5,
  source: "5.1",

  async run(world) {
    const redis = await world.client("app");
    const log = (client: Redis, i: number, severity: Severity) =>
      execute(logRecent(client.multi(), "app", `${world.now()} message ${i}`, severity));
    const count = world.sized(150, 2000);
    for (const i of range(count)) {
      const [length] = (await log(redis, i, "info"))!;
      assertEquals(length, Math.min(i, KEPT) + 1);
    }
    await log(redis, 0, "error");
    const kept = await redis.lrange("recent:app:info", 0, -1);
    assertEquals(kept, range(KEPT).map((i) => `${world.now()} message ${count - 1 - i}`));
    assertEquals(await redis.llen("recent:app:error"), 1);
    const clients = await Promise.all(range(4).map((i) => world.client(`app ${i}`)));
    await Promise.all(clients.map(async (client) => {
      for (const i of range(50)) {
        const logged = log(client, i, "debug");
        assert(await redis.llen("recent:app:debug") <= KEPT, "nobody sees more than a hundred");
        await logged;
      }
    }));
    assertEquals(await redis.llen("recent:app:debug"), KEPT);
  },
  nondeterministic: "the order of the messages of several clients at once is a matter of chance",

  story() {
    const logged = new Set<string>();
    return {
      clients: 3,
      async turn(redis, client, turn) {
        await execute(logRecent(redis.multi(), "app", `${client} ${turn}`));
        logged.add(`${client} ${turn}`);
      },
      async invariants(redis) {
        const kept = await redis.lrange("recent:app:info", 0, -1);
        assert(kept.length <= KEPT && kept.length >= Math.min(logged.size, KEPT));
        for (const client of range(3)) {
          const turns = kept.filter((text) => text.startsWith(`${client} `)).map((text) =>
            Number(text.split(" ")[1])
          );
          assertEquals(turns, turns.toSorted((a, b) => b - a), "the newest is first");
          const oldest = turns.at(-1) ?? Infinity;
          for (const text of logged) {
            const [who, turn] = text.split(" ").map(Number);
            if (who === client && turn! >= oldest) {
              assert(turns.includes(turn!), `${text} was acknowledged and is gone`);
            }
          }
        }
      },
    };
  },
};

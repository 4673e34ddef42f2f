/** A10: a publisher and those who listen; who does not listen at this moment hears nothing. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";

async function listen(redis: Redis, channels: readonly string[], heard: string[]): Promise<number> {
  redis.on("message", (channel, message) => heard.push(`message ${channel} ${message}`));
  return Number(await redis.subscribe(...channels));
}

export const publishSubscribe: Application = {
  id: "A10",
  title: "Publish and subscribe",
  chapter: 3,
  source: "3.11",

  async run(world) {
    const publisher = await world.client("publisher");
    const listener = await world.client("listener");
    const heard: string[] = [];
    assertEquals(await publisher.publish("channel", "nobody listens"), 0);
    assertEquals(await listen(listener, ["channel"], heard), 1);
    for (const i of range(3)) assertEquals(await publisher.publish("channel", String(i)), 1);
    await world.until("three messages", () => heard.length === 3);
    assertEquals(await listener.unsubscribe(), 0, "no subscription is left");
    assertEquals(await publisher.publish("channel", "3"), 0);
    assertEquals(heard, ["message channel 0", "message channel 1", "message channel 2"]);
    assertEquals(await listener.get("nosuch"), null, "it is an ordinary client again");

    const crowd = await Promise.all(range(world.sized(5, 30)).map((i) => world.client(`listener ${i}`)));
    const ears = await Promise.all(crowd.map(async (client, i) => {
      const ear: string[] = [];
      await listen(client, ["news", `own ${i}`], ear);
      return ear;
    }));
    world.kill(crowd[0]!);
    await world.until("the dead one to be gone", async () => {
      const [, count] = await publisher.pubsub("NUMSUB", "news") as [string, number];
      return count === crowd.length - 1;
    });
    const bytes = "\0\r\n\u00e4\u{1f600}";
    for (const i of range(world.sized(20, 200))) await publisher.publish("news", `${i}${bytes}`);
    assertEquals(await publisher.publish("own 1", "only you"), 1);
    await world.until(
      "all to be heard",
      () => ears.slice(1).every((ear) => ear.length >= world.sized(20, 200)),
    );
    const all = range(world.sized(20, 200)).map((i) => `message news ${i}${bytes}`);
    await world.until("the one", () => ears[1]!.length > all.length);
    assertEquals(ears[0], []);
    for (const [i, ear] of ears.entries()) {
      if (i > 0) assertEquals(ear, i === 1 ? [...all, "message own 1 only you"] : all);
    }
  },

  async story(world) {
    const published = new Map<number, number>();
    let heard: string[] = await ears(world);
    return {
      clients: 3,
      async turn(redis, client, turn) {
        await execute(redis.multi().set(`said:${client}`, turn).publish(`from ${client}`, String(turn)));
        published.set(client, turn);
      },
      async invariants(redis) {
        for (const [client, last] of published) {
          const said = Number(await redis.get(`said:${client}`));
          assert(said >= last && said <= last + 1, `${last} was published, ${said} is kept`);
          const turns = heard.filter((text) => text.startsWith(`message from ${client} `))
            .map((text) => Number(text.split(" ").at(-1)));
          assertEquals(
            turns,
            turns.map((_, i) => turns[0]! + i),
            "messages come in order, none twice, none left out",
          );
          assert((turns.at(-1) ?? 0) <= said, "nobody hears of what is not kept");
        }
        heard = await ears(world);
      },
    };
  },
};

async function ears(world: World): Promise<string[]> {
  const heard: string[] = [];
  await listen(await world.client("listener"), range(3).map((client) => `from ${client}`), heard);
  return heard;
}

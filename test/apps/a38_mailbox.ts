/** A38: messages to one recipient, who fetches ten at a time. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const FETCHED_AT_ONCE = 10;

interface Message {
  readonly from: number;
  readonly number: number;
}

async function send(redis: Redis, to: string, message: Message): Promise<void> {
  await redis.rpush(`mailbox:${to}`, JSON.stringify(message));
}

/** Fetches and removes in one transaction, so that several readers never get the same message. */
async function fetchMessages(redis: Redis, user: string): Promise<Message[]> {
  const key = `mailbox:${user}`;
  const [messages] = (await execute(
    redis.multi().lrange(key, 0, FETCHED_AT_ONCE - 1).ltrim(key, FETCHED_AT_ONCE, -1),
  ))!;
  return (messages as string[]).map((text) => JSON.parse(text));
}

export const mailbox: Application = {
  id: "A38",
  title: "Mailboxes",
  chapter: 6,
  source: "6.5.1, figure 6.11",

  async run(world) {
    const redis = await world.client("web");
    assertEquals(await fetchMessages(redis, "jill"), []);
    for (const number of range(25)) await send(redis, "jill", { from: 1, number });
    assertEquals((await fetchMessages(redis, "jill")).map(({ number }) => number), range(10));
    assertEquals((await fetchMessages(redis, "jill")).length, 10);
    assertEquals(
      (await fetchMessages(redis, "jill")).map(({ number }) => number),
      range(5).map((i) => 20 + i),
    );
    assertEquals(await redis.exists("mailbox:jill"), 0);

    const each = world.sized(40, 800);
    const senders = await Promise.all(range(3).map((i) => world.client(`sender ${i}`)));
    const readers = await Promise.all(range(2).map((i) => world.client(`reader ${i}`)));
    const read: Message[] = [];
    const reading = readers.map(async (reader) => {
      while (read.length < 3 * each) read.push(...await fetchMessages(reader, "jack"));
    });
    await Promise.all(senders.map(async (sender, from) => {
      for (const number of range(each)) await send(sender, "jack", { from, number });
    }));
    await Promise.all(reading);
    const all = read.map(({ from, number }) => from * each + number);
    assertEquals(all.sort((a, b) => a - b), range(3 * each), "each is read once");
    assertEquals(await redis.dbsize(), 0);
  },

  story() {
    const sent = new Set<string>();
    const read = new Set<string>();
    let fetching = 0;
    const name = ({ from, number }: Message) => `${from}.${number}`;
    return {
      clients: 3,
      async turn(redis, client, turn) {
        if (client < 2) {
          await send(redis, "jack", { from: client, number: turn });
          sent.add(`${client}.${turn}`);
          return;
        }
        if (turn % 8 !== 0) return void await redis.llen("mailbox:jack");
        fetching++;
        const messages = await fetchMessages(redis, "jack");
        fetching--;
        for (const message of messages) {
          assert(!read.has(name(message)), `${name(message)} was read twice`);
          read.add(name(message));
        }
      },
      async invariants(redis) {
        const waiting = (await redis.lrange("mailbox:jack", 0, -1)).map((text) => name(JSON.parse(text)));
        assertEquals(waiting.filter((message) => read.has(message)), [], "what was read is there again");
        const missing = [...sent].filter((message) => !read.has(message) && !waiting.includes(message));
        assert(missing.length <= fetching * FETCHED_AT_ONCE, `${missing} are gone`);
      },
    };
  },
};

/** A39: chats of several people, who get what they have not seen, whenever they come. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { releaseLock } from "./a29_lock.ts";
import { acquireFor } from "./a30_lock_timeout.ts";
import { type Application, execute, range, type World } from "./application.ts";

const LOCK_MS = 60_000;

export interface ChatMessage {
  readonly id: number;
  readonly sender: string;
  readonly message: string;
}

/** @param chat its name; a number is drawn without it @returns the chat's name */
export async function createChat(
  world: World,
  redis: Redis,
  sender: string,
  recipients: readonly string[],
  message: string,
  chat?: string,
): Promise<string> {
  const name = chat ?? String(await redis.incr("ids:chat:"));
  const members = [...recipients, sender];
  const transaction = redis.multi().zadd(`chat:${name}`, ...members.flatMap((member) => [0, member]));
  for (const member of members) transaction.zadd(`seen:${member}`, 0, name);
  await execute(transaction);
  await sendMessage(world, redis, name, sender, message);
  return name;
}

/** Under a lock, so that messages come into the set in the order of their numbers. @returns the message's number */
export async function sendMessage(world: World, redis: Redis, chat: string, sender: string, message: string) {
  const lock = await acquireFor(world, redis, `chat:${chat}`, LOCK_MS);
  assert(lock !== undefined, "nobody let go of the chat");
  const id = await redis.incr(`ids:${chat}`);
  await redis.zadd(`msgs:${chat}`, id, JSON.stringify({ id, sender, message }));
  await releaseLock(redis, `chat:${chat}`, lock);
  return id;
}

/**
 * What somebody has not seen yet, by chat; what everybody has seen is removed.
 * @param hear gets the messages of a chat before they count as seen
 */
export async function fetchPending(
  redis: Redis,
  member: string,
  hear?: (messages: readonly ChatMessage[]) => void,
): Promise<Map<string, ChatMessage[]>> {
  const seen = await redis.zrange(`seen:${member}`, 0, "-1", "WITHSCORES");
  const chats = range(seen.length / 2).map((i) => ({ chat: seen[2 * i]!, id: Number(seen[2 * i + 1]) }));
  const asking = redis.multi();
  for (const { chat, id } of chats) asking.zrangebyscore(`msgs:${chat}`, id + 1, "inf");
  const found = await execute(asking) as string[][];
  const pending = new Map<string, ChatMessage[]>();
  for (const [i, { chat }] of chats.entries()) {
    const messages = found[i]!.map((text): ChatMessage => JSON.parse(text));
    if (messages.length === 0) continue;
    pending.set(chat, messages);
    hear?.(messages);
    const { id } = messages.at(-1)!;
    const [, , oldest] = (await execute(
      redis.multi()
        .zadd(`chat:${chat}`, id, member)
        .zadd(`seen:${member}`, id, chat)
        .zrange(`chat:${chat}`, 0, "0", "WITHSCORES"),
    ))!;
    await redis.zremrangebyscore(`msgs:${chat}`, 0, Number((oldest as string[])[1]));
  }
  return pending;
}

async function joinChat(redis: Redis, chat: string, member: string): Promise<void> {
  const last = Number(await redis.get(`ids:${chat}`));
  await execute(redis.multi().zadd(`chat:${chat}`, last, member).zadd(`seen:${member}`, last, chat));
}

export async function leaveChat(redis: Redis, chat: string, member: string): Promise<void> {
  const [, , left] = (await execute(
    redis.multi().zrem(`chat:${chat}`, member).zrem(`seen:${member}`, chat).zcard(`chat:${chat}`),
  ))!;
  if (left === 0) {
    await redis.del(`msgs:${chat}`, `ids:${chat}`);
    return;
  }
  const [, oldest] = await redis.zrange(`chat:${chat}`, 0, "0", "WITHSCORES");
  await redis.zremrangebyscore(`msgs:${chat}`, 0, Number(oldest));
}

function said({ sender, message }: ChatMessage): string {
  return `${sender}: ${message}`;
}

function texts(pending: Map<string, ChatMessage[]>, chat: string): string[] {
  return (pending.get(chat) ?? []).map(said);
}

export const groupChat: Application = {
  id: "A39",
  title: "Group chat",
  chapter: 6,
  source: "6.24-6.28",
  errata: [
    "listing 6.28 trims `chat:` by a list; it must be `msgs:` by the score of the oldest, as is done here.",
  ],

  async run(world) {
    const redis = await world.client("web");
    const chat = await createChat(world, redis, "joe", ["jeff", "jenny"], "message 1");
    assertEquals(chat, "1");
    for (const i of range(4)) await sendMessage(world, redis, chat, "joe", `message ${i + 2}`);
    const five = range(5).map((i) => `joe: message ${i + 1}`);
    assertEquals(texts(await fetchPending(redis, "jeff"), chat), five);
    assertEquals(texts(await fetchPending(redis, "jeff"), chat), []);
    assertEquals(await redis.zcard("msgs:1"), 5, "others have not seen them");
    await fetchPending(redis, "joe");
    assertEquals(texts(await fetchPending(redis, "jenny"), chat), five);
    assertEquals(await redis.exists("msgs:1"), 0, "everybody has seen all");
    await joinChat(redis, chat, "late");
    await sendMessage(world, redis, chat, "jenny", "after you came");
    assertEquals(texts(await fetchPending(redis, "late"), chat), ["jenny: after you came"]);
    for (const member of ["jeff", "joe", "late"]) await leaveChat(redis, chat, member);
    assertEquals(await redis.zcard("msgs:1"), 1, "who is left has not seen it");
    await leaveChat(redis, chat, "jenny");
    assertEquals(await redis.keys("*"), ["ids:chat:"], "the last one has closed the door");

    // All talk at once, one dies in the middle of what it says, one is offline all the time.
    const members = range(4).map((i) => `member ${i}`);
    const busy = await createChat(world, redis, "offline", members, "hello");
    const heard = new Map(members.map((member): [string, string[]] => [member, []]));
    const each = world.sized(8, 60);
    const clients = await Promise.all(members.map((member) => world.client(member)));
    const hear = async (client: Redis, member: string) => {
      heard.get(member)!.push(...texts(await fetchPending(client, member), busy));
    };
    await Promise.all(clients.map(async (client, i) => {
      for (const number of range(each)) {
        await sendMessage(world, client, busy, members[i]!, String(number));
        await hear(client, members[i]!);
      }
    }));
    const dying = await world.client("dying");
    await acquireFor(world, dying, `chat:${busy}`, LOCK_MS);
    await dying.incr(`ids:${busy}`);
    await world.gone(dying);
    await world.expire(redis, `lock:chat:${busy}`, LOCK_MS / 1000);
    await sendMessage(world, redis, busy, "offline", "a number was left out");
    for (const [i, member] of members.entries()) await hear(clients[i]!, member);
    const all = heard.get(members[0]!)!;
    assertEquals(all.length, 2 + 4 * each);
    for (const member of members) assertEquals(heard.get(member), all, "all hear the same in the same order");
    assertEquals(
      texts(await fetchPending(redis, "offline"), busy),
      all,
      "who was away hears everything later",
    );
    assertEquals(await redis.exists(`msgs:${busy}`), 0);
  },
  nondeterministic: "in which order several talk at once is a matter of chance",

  async story(world) {
    const members = ["m0", "m1", "m2"];
    const first = await world.client();
    const chat = await createChat(world, first, "m0", members.slice(1), "hello");
    const sent = new Set<string>(["m0: hello"]);
    const heard = new Map(members.map((member): [string, Set<string>] => [member, new Set()]));
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const member = members[client]!;
        await sendMessage(world, redis, chat, member, String(turn));
        sent.add(`${member}: ${turn}`);
        const hear = (messages: readonly ChatMessage[]) =>
          messages.forEach((one) => heard.get(member)!.add(said(one)));
        await fetchPending(redis, member, hear);
      },
      async invariants(redis) {
        if (await redis.exists(`lock:chat:${chat}`) === 1) {
          await world.expire(redis, `lock:chat:${chat}`, LOCK_MS / 1000);
        }
        for (const member of members) {
          const [own, others] = await Promise.all([
            redis.zscore(`seen:${member}`, chat),
            redis.zscore(`chat:${chat}`, member),
          ]);
          assertEquals(own, others, "how far somebody has read is written in two places");
          const unseen = await redis.zrangebyscore(`msgs:${chat}`, Number(own) + 1, "inf");
          const all = new Set([...heard.get(member)!, ...unseen.map((text) => said(JSON.parse(text)))]);
          assertEquals([...sent].filter((text) => !all.has(text)), [], `what ${member} never hears of`);
        }
      },
    };
  },
};

/** A40: log files, gzipped, go through the server in blocks to several readers; a chat tells them which files there are. */
import { assert, assertEquals } from "@std/assert";
import { Readable } from "node:stream";
import { createInterface } from "node:readline";
import { createGunzip, gzipSync } from "node:zlib";
import type { Redis } from "ioredis";
import { createChat, fetchPending, leaveChat, sendMessage } from "./a39_group_chat.ts";
import { type Application, execute, range, type World } from "./application.ts";

const BLOCK_BYTES = 128 * 1024;
const DONE = ":done";

type Files = ReadonlyMap<string, Uint8Array>;

async function append(redis: Redis, key: string, content: Uint8Array): Promise<void> {
  // The last block is empty when the size is a multiple of the block's, and always for an empty file: there is a key for it.
  for (let at = 0; at <= content.length; at += BLOCK_BYTES) {
    await redis.append(key, Buffer.from(content.subarray(at, at + BLOCK_BYTES)));
  }
}

/** Sends files to `readers` readers, with at most `bytesMax` of them in the server at a time. @returns the most there were */
async function distribute(
  world: World,
  redis: Redis,
  channel: string,
  files: Files,
  readers: number,
  bytesMax: number,
): Promise<number> {
  const waiting: { key: string; bytes: number }[] = [];
  let [bytes, most] = [0, 0];
  const clean = async (): Promise<boolean> => {
    const [first] = waiting;
    if (first === undefined || Number(await redis.get(first.key + DONE)) < readers) return false;
    await redis.del(first.key, first.key + DONE);
    bytes -= first.bytes;
    waiting.shift();
    return true;
  };
  await createChat(world, redis, "source", range(readers).map(String), "", channel);
  for (const [name, content] of files) {
    await world.until(
      "room for a file",
      async () => bytes + content.length <= bytesMax || (await clean(), false),
    );
    await append(redis, channel + name, content);
    await sendMessage(world, redis, channel, "source", name);
    waiting.push({ key: channel + name, bytes: content.length });
    most = Math.max(most, bytes += content.length);
  }
  await sendMessage(world, redis, channel, "source", DONE);
  await world.until("all readers to be done", async () => (await clean(), waiting.length === 0));
  return most;
}

/** Reads what comes until there is no more. @param take called with each line of a file, and with its end */
async function receive(
  world: World,
  redis: Redis,
  channel: string,
  reader: string,
  take: (name: string, line?: string) => void,
) {
  for (;;) {
    const messages: string[] = [];
    await world.until("a message", async () => {
      for (const { message } of (await fetchPending(redis, reader)).get(channel) ?? []) {
        messages.push(message);
      }
      return messages.length > 0;
    });
    for (const name of messages.filter((message) => message !== "")) {
      if (name === DONE) return;
      const unzipped = Readable.from(blocks(redis, channel + name)).pipe(createGunzip());
      for await (const line of createInterface({ input: unzipped, crlfDelay: Infinity })) take(name, line);
      take(name);
      await redis.incr(channel + name + DONE);
    }
  }
}

async function* blocks(redis: Redis, key: string): AsyncGenerator<Uint8Array> {
  for (let at = 0;; at += BLOCK_BYTES) {
    const block = await redis.callBuffer("SUBSTR", key, at, at + BLOCK_BYTES - 1) as Buffer;
    if (block.length > 0) yield block;
    if (block.length < BLOCK_BYTES) return;
  }
}

/** A gzipped file of so many lines that cannot be made much smaller. */
function logFile(world: World, lines: number): Uint8Array {
  const text = range(lines).map((i) => `${i} ${world.random.uint32().toString(36)} GET /page/${i % 97}\n`)
    .join("");
  return new Uint8Array(gzipSync(text, { level: 1 }));
}

export const fileDistribution: Application = {
  id: "A40",
  title: "Distribution of log files",
  chapter: 6,
  source: "6.29-6.34",

  async run(world) {
    const redis = await world.client("source");
    const lines: readonly [string, number][] = [
      ["empty.gz", 0],
      ["one.gz", 1],
      ["b.gz", world.sized(2000, 10_000)],
      ["c.gz", world.sized(20_000, 100_000)],
      ["d.gz", world.sized(3000, 30_000)],
    ];
    const files = new Map(lines.map(([name, count]) => [name, logFile(world, count)]));
    const largest = Math.max(...[...files.values()].map(({ length }) => length));
    const readers = 2;
    const counts = range(readers).map(() => new Map<string, number>());
    const ended = range(readers).map((): string[] => []);
    const onlooker = await world.client("onlooker");
    const receiving = range(readers).map(async (i) => {
      const reader = await world.client(`reader ${i}`);
      await world.until("the chat", async () => await reader.exists(`chat:test:`) === 1);
      await receive(world, reader, "test:", String(i), (name, line) => {
        if (line === undefined) ended[i]!.push(name);
        else counts[i]!.set(name, (counts[i]!.get(name) ?? 0) + 1);
      });
    });
    // Somebody else reads a block too, and dies.
    const look = onlooker.callBuffer("SUBSTR", "test:c.gz", 0, BLOCK_BYTES - 1).catch(() => {});
    world.kill(onlooker);
    const most = await distribute(world, redis, "test:", files, readers, largest + 1000);
    await Promise.all([...receiving, look]);
    assert(most <= largest + 1000, `${most} bytes were in the server`);
    for (const i of range(readers)) {
      assertEquals(ended[i], lines.map(([name]) => name));
      for (const [name, count] of lines) assertEquals(counts[i]!.get(name) ?? 0, count, name);
    }
    for (const member of ["0", "1", "source"]) await leaveChat(redis, "test:", member);
    assertEquals(await redis.keys("*"), [], "nothing is left");
    await append(redis, "whole", files.get("c.gz")!);
    const back = await redis.getBuffer("whole");
    assert(back !== null && Buffer.from(files.get("c.gz")!).equals(back), "the bytes are the same");
  },

  story(world) {
    const contents = range(2).map(() => world.random.bytes(200_000));
    const STEP = 3000;
    const appended = [0, 0];
    return {
      clients: 2,
      async turn(redis, client, turn) {
        const content = contents[client]!;
        const key = `test:file ${client}`;
        // Where a death has left it is where it goes on.
        const at = await redis.strlen(key);
        if (at >= content.length) {
          await execute(redis.multi().del(key).incr(`${key}${DONE}`));
          appended[client] = 0;
          return;
        }
        appended[client] = at;
        await redis.append(key, Buffer.from(content.subarray(at, at + STEP)));
        appended[client] = Math.min(at + STEP, content.length);
        if (turn % 7 === 0) {
          const part = await redis.getrangeBuffer(key, at, at + 99);
          assert(Buffer.from(content.subarray(at, at + 100)).equals(part));
        }
      },
      async invariants(redis) {
        for (const [client, content] of contents.entries()) {
          const there = await redis.getBuffer(`test:file ${client}`) ?? Buffer.alloc(0);
          const whole = appended[client]! >= content.length && there.length === 0;
          assert(
            there.length === appended[client] ||
              there.length === Math.min(appended[client]! + STEP, content.length) ||
              whole,
            `${appended[client]} bytes were acknowledged, there are ${there.length}`,
          );
          assert(Buffer.from(content.subarray(0, there.length)).equals(there), "the bytes are others");
        }
      },
    };
  },
};

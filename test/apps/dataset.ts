/**
 * The data of a server in logical form: what clients can see, whatever the encoding. Times to live count as there or
 * not there.
 */
import type { Redis } from "ioredis";

/** One value for all data of all databases; the same data give the same one on both servers. */
export async function digest(redis: Redis): Promise<string> {
  return String(await redis.call("DEBUG", "DIGEST"));
}

/** Every key of all databases and what it holds, one line each, in order: what to show when digests differ. */
export async function describe(redis: Redis): Promise<string[]> {
  const lines: string[] = [];
  const keyspace = await redis.info("keyspace");
  for (const [, number] of keyspace.matchAll(/^db(\d+):/gm)) {
    await redis.select(Number(number));
    const keys = await redis.keysBuffer("*");
    for (const key of keys) lines.push(`db${number} ${await describeKey(redis, key)}`);
  }
  await redis.select(0);
  return lines.sort();
}

async function describeKey(redis: Redis, key: Buffer): Promise<string> {
  const type = await redis.type(key);
  const expires = await redis.pttl(key) >= 0 ? " expires" : "";
  return `${text(key)} ${type}${expires} ${show(await read(redis, type, key))}`;
}

async function read(redis: Redis, type: string, key: Buffer): Promise<string[]> {
  switch (type) {
    case "string":
      return [text((await redis.getBuffer(key))!)];
    case "list":
      return (await redis.lrangeBuffer(key, 0, -1)).map(text);
    case "set":
      return (await redis.smembersBuffer(key)).map(text).sort();
    case "zset":
      return (await redis.zrangeBuffer(key, "0", "-1", "WITHSCORES")).map(text);
    case "hash":
      return Object.entries(await redis.hgetall(key)).map(([field, value]) => `${field}=${value}`).sort();
    case "stream":
      return (await redis.xrangeBuffer(key, "-", "+")).map(([id, fields]) =>
        `${text(id)} ${fields.map(text)}`
      );
    default:
      return [];
  }
}

const SHOWN_MAX = 300;

function show(items: readonly string[]): string {
  const all = JSON.stringify(items);
  return all.length <= SHOWN_MAX ? all : `${all.slice(0, SHOWN_MAX)}... (${items.length} items)`;
}

function text(bytes: Buffer): string {
  return bytes.toString("latin1");
}

/** Lines that only one of both has, each with its side. */
export function differences(a: readonly string[], b: readonly string[]): string[] {
  const [inA, inB] = [new Set(a), new Set(b)];
  return [
    ...a.filter((line) => !inB.has(line)).map((line) => `- ${line}`),
    ...b.filter((line) => !inA.has(line)).map((line) => `+ ${line}`),
  ];
}

/**
 * P6: an event log with a group of workers. Events are appended to a stream, each is handed to one worker of the group, and is
 * acknowledged in the script that applies it, so it counts once however often it is handed out. What a dead worker has in its
 * hands another claims. A follower without a group reads along and remembers how far it is.
 */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const LOG = "events";
const GROUP = "billing";
const WORKERS = ["worker-1", "worker-2", "worker-3"];
const USERS = 7;

type Entry = readonly [id: string, fields: readonly string[]];
type Streams = readonly (readonly [key: string, entries: readonly Entry[]])[] | null;

/** Applies an event unless somebody has. KEYS: log, balances. ARGV: group, id, user, amount. */
const APPLY = `
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('HINCRBY', KEYS[2], ARGV[3], ARGV[4])
return 1`;

function eventOf(n: number): string[] {
  return ["user", `user:${n % USERS}`, "amount", String(n % 90 + 1)];
}

/** What an event says; the fields are always the same two. */
function amountIn([, fields]: Entry): { user: string; amount: number } {
  assertEquals([fields[0], fields[2]], ["user", "amount"]);
  return { user: fields[1]!, amount: Number(fields[3]) };
}

async function makeGroup(redis: Redis): Promise<void> {
  await redis.xgroup("CREATE", LOG, GROUP, "0", "MKSTREAM").catch((error: Error) => {
    if (!error.message.startsWith("BUSYGROUP")) throw error;
  });
}

/** New entries for a worker; none when none came in time. */
async function take(redis: Redis, worker: string, count: number, ms: number): Promise<readonly Entry[]> {
  const options = ["COUNT", count, "BLOCK", ms] as const;
  const reply = await redis.xreadgroup("GROUP", GROUP, worker, ...options, "STREAMS", LOG, ">") as Streams;
  return reply?.[0]?.[1] ?? [];
}

/** Whatever has lain at somebody's for so long, page by page. */
async function claim(redis: Redis, worker: string, idleMs: number): Promise<readonly Entry[]> {
  const claimed: Entry[] = [];
  let from = "0-0";
  do {
    const reply = await redis.xautoclaim(LOG, GROUP, worker, idleMs, from, "COUNT", 5);
    const [next, entries] = reply as [string, Entry[]];
    claimed.push(...entries);
    from = next;
  } while (from !== "0-0");
  return claimed;
}

async function apply(redis: Redis, entry: Entry): Promise<number> {
  const { user, amount } = amountIn(entry);
  return Number(await redis.eval(APPLY, 2, LOG, "balances", GROUP, entry[0], user, amount));
}

/** Adds up what has been applied of the log: what was handed out and is not pending. */
async function expectedBalances(redis: Redis): Promise<Map<string, number>> {
  const looking = redis.multi().xrange(LOG, "-", "+").xpending(LOG, GROUP, "-", "+", 100_000).xinfo(
    "GROUPS",
    LOG,
  );
  const [entries, pending, groups] = await execute(looking) as [Entry[], [string][], unknown[][]];
  const open = new Set(pending.map(([id]) => id));
  const delivered = String(groups[0]![groups[0]!.indexOf("last-delivered-id") + 1]);
  const balances = new Map<string, number>();
  for (const entry of entries) {
    if (open.has(entry[0]) || isAfter(entry[0], delivered)) continue;
    const { user, amount } = amountIn(entry);
    balances.set(user, (balances.get(user) ?? 0) + amount);
  }
  return balances;
}

function isAfter(id: string, other: string): boolean {
  const [[ms, sequence], [otherMs, otherSequence]] = [id, other].map((text) =>
    text.split("-").map(Number)
  ) as [
    [number, number],
    [number, number],
  ];
  return ms === otherMs ? sequence > otherSequence : ms > otherMs;
}

async function checkBalances(redis: Redis): Promise<void> {
  const found = Object.entries(await redis.hgetall("balances")).map(([user, sum]) => [user, Number(sum)]);
  assertEquals(
    new Map(found.sort() as [string, number][]),
    new Map([...await expectedBalances(redis)].sort()),
  );
}

/** Reads along from where it was, and keeps its place and its figures in one transaction. */
async function follow(redis: Redis, ms: number): Promise<number> {
  const place = await redis.get("follower:place") ?? "0-0";
  const reply = await redis.xread("COUNT", 25, "BLOCK", ms, "STREAMS", LOG, place) as Streams;
  const entries = reply?.[0]?.[1] ?? [];
  const last = entries.at(-1);
  if (last === undefined) return 0;
  await execute(redis.multi().incrby("follower:count", entries.length).set("follower:place", last[0]));
  return entries.length;
}

export const eventLog: Application = {
  id: "P6",
  title: "Event log with a group of workers",
  source: "XADD, XREADGROUP, XAUTOCLAIM, XREAD",

  async run(world) {
    const redis = await world.client("producer");
    const count = world.sized(150, 1500);
    await makeGroup(redis);
    const following = (async () => {
      const follower = await world.client("follower");
      for (let seen = 0; seen < count;) seen += await follow(follower, 0);
    })();
    const producing = (async () => {
      for (const n of range(count)) {
        if (n % 10 === 0) world.clock.advance(0.001);
        await redis.xadd(LOG, `${Math.round(world.now() * 1000)}-*`, ...eventOf(n));
      }
    })();
    let applied = 0;
    const applyAll = async (client: Redis, entries: readonly Entry[]) => {
      for (const entry of entries) {
        const count = await apply(client, entry);
        applied += count;
      }
    };
    let deaths = 0;
    let isProduced = false;
    const working = WORKERS.map(async (worker, i) => {
      let client = await world.client(worker);
      for (let turn = 0;; turn++) {
        const entries = await take(client, worker, 4, 20);
        if (entries.length === 0 && isProduced) return;
        const dies = turn % 6 === i && entries.length > 0;
        await applyAll(client, dies ? entries.slice(0, entries.length >> 1) : entries);
        if (dies) {
          await world.gone(client);
          deaths++;
          client = await world.client(worker);
        }
        // Somebody else's, and what it had itself before it died.
        if (turn % 4 === 3) await applyAll(client, await claim(client, worker, 1));
      }
    });
    await Promise.all([producing.then(() => isProduced = true), following, ...working]);
    await applyAll(redis, await claim(redis, "last", 0));
    assert(deaths >= 3, `${deaths} workers have died`);
    assertEquals(applied, count, "each event counts once");
    assertEquals(await redis.xpending(LOG, GROUP), [0, null, null, null]);
    await checkBalances(redis);
    assertEquals(await redis.get("follower:count"), String(count));
    const groups = await redis.xinfo("GROUPS", LOG) as unknown[][];
    assertEquals(groups.map((group) => group.slice(-4)), [["entries-read", count, "lag", 0]]);

    // What all have seen may go: the log keeps its last events, and goes on counting.
    const place = await redis.get("follower:place");
    assertEquals(await redis.xtrim(LOG, "MINID", place!), count - 1);
    await redis.xadd(LOG, "MAXLEN", 2, "9999999999999-0", ...eventOf(count));
    assertEquals(await redis.xlen(LOG), 2);
    assertEquals((await take(redis, "last", 10, 0)).map(([id]) => id), ["9999999999999-0"]);
  },

  story() {
    const sent: string[] = [];
    let made = false;
    return {
      clients: 4,
      async turn(redis, client, turn) {
        if (client === 0) {
          sent.push((await redis.xadd(LOG, "*", ...eventOf(turn)))!);
          return;
        }
        if (!made) await makeGroup(redis).then(() => made = true);
        if (client === 3 && turn % 3 === 0) return void await follow(redis, 20);
        const worker = WORKERS[client - 1]!;
        const entries = [...await claim(redis, worker, 50), ...await take(redis, worker, 3, 20)];
        // One in five it forgets, for another to claim.
        for (const [at, entry] of entries.entries()) if ((turn + at) % 5 !== 0) await apply(redis, entry);
      },
      async invariants(redis) {
        if (!made) return;
        const there = new Set((await redis.xrange(LOG, "-", "+")).map(([id]) => id));
        assertEquals(sent.filter((id) => !there.has(id)), [], "an event that was acknowledged is gone");
        await checkBalances(redis);
        const place = await redis.get("follower:place");
        if (place === null) return;
        assertEquals(Number(await redis.get("follower:count")), (await redis.xrange(LOG, "-", place)).length);
      },
    };
  },
};

/** A13: lines of log files are counted, and how far it came is kept with the counts, in one transaction. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChainableCommander, Redis } from "ioredis";
import type { Random } from "../fuzz/random.ts";
import { type Application, execute, range, restoreSnapshotDuring } from "./application.ts";

/** Files by name, in the order in which they are worked through. */
type Logs = ReadonlyMap<string, readonly string[]>;

function count(transaction: ChainableCommander, line: string): void {
  const [level, path] = line.split(" ");
  transaction.incr(`lines:${level}`).zincrby("paths:", 1, path!);
}

/** Goes on where the progress says, to the end. @returns how many batches it took */
async function processLogs(redis: Redis, logs: Logs, batch: number, most = Infinity): Promise<number> {
  const [file = null, at = null] = await redis.mget("progress:file", "progress:position");
  let batches = 0;
  for (const [name, lines] of logs) {
    if (file !== null && name < file) continue;
    let position = name === file ? Number(at) : 0;
    while (position < lines.length && batches < most) {
      const end = Math.min(position + batch, lines.length);
      const transaction = redis.multi();
      for (const line of lines.slice(position, end)) count(transaction, line);
      await execute(transaction.mset("progress:file", name, "progress:position", end));
      position = end;
      batches++;
    }
  }
  return batches;
}

/** What is counted must be what lies before the progress, no line more and no line less. */
async function check(redis: Redis, logs: Logs): Promise<number> {
  const [file = null, at = null] = await redis.mget("progress:file", "progress:position");
  const levels = new Map<string, number>();
  const paths = new Map<string, number>();
  let lines = 0;
  for (const [name, all] of logs) {
    if (file === null || name > file) break;
    for (const line of name === file ? all.slice(0, Number(at)) : all) {
      const [level, path] = line.split(" ") as [string, string];
      levels.set(level, (levels.get(level) ?? 0) + 1);
      paths.set(path, (paths.get(path) ?? 0) + 1);
      lines++;
    }
  }
  for (const level of ["info", "warning", "error"]) {
    assertEquals(Number(await redis.get(`lines:${level}`)), levels.get(level) ?? 0, `lines of ${level}`);
  }
  const kept = await redis.zrange("paths:", 0, "-1", "WITHSCORES");
  assertEquals(kept.length, 2 * paths.size);
  for (let i = 0; i < kept.length; i += 2) assertEquals(Number(kept[i + 1]), paths.get(kept[i]!), kept[i]);
  return lines;
}

function makeLogs(random: Random, files: number, lines: number): Logs {
  return new Map(
    range(files).map((i) => [
      `2013-02-${10 + i}.log`,
      range(lines).map(() => `${random.pick(["info", "warning", "error"])} /page/${random.between(1, 50)}`),
    ]),
  );
}

export const logProgress: Application = {
  id: "A13",
  title: "Log processing that goes on where it was",
  chapter: 4,
  source: "4.2",
  errata: [
    "the companion's version of process_logs computes the offset wrongly; the book's is right, and is what is done here.",
  ],

  async run(world) {
    const logs = makeLogs(world.random, 3, world.sized(300, 5000));
    const batch = world.sized(100, 1000);
    const redis = await world.client("watcher");
    let dying = await world.client("worker 0");
    await processLogs(dying, logs, batch, 2);
    // It dies with its transaction sent by half.
    await dying.multi({ pipeline: false });
    await dying.incr("lines:info");
    world.kill(dying);
    await assertRejects(() => processLogs(dying, logs, batch));
    assertEquals(await check(redis, logs), 2 * batch);
    const other = await world.client("other worker");
    await restoreSnapshotDuring(world, redis, () => processLogs(other, logs, batch / 10, 15));
    const restored = await check(redis, logs);
    assert(restored >= 2 * batch && restored <= 3.5 * batch, `the snapshot has ${restored} lines`);
    for (let worker = 1; await check(redis, logs) < 3 * world.sized(300, 5000); worker++) {
      dying = await world.client(`worker ${worker}`);
      await processLogs(dying, logs, batch, 3);
      world.kill(dying);
    }
    assertEquals(await processLogs(redis, logs, batch), 0, "nothing is left");
    assertEquals(await redis.mget("progress:file", "progress:position"), [
      "2013-02-12.log",
      String(world.sized(300, 5000)),
    ]);
  },

  story(world) {
    const logs = makeLogs(world.random, 8, world.sized(1000, 20_000));
    let lines = 0;
    return {
      clients: 1,
      async turn(redis) {
        const batches = await processLogs(redis, logs, 7, 1);
        lines += batches * 7;
      },
      async invariants(redis) {
        const found = await check(redis, logs);
        // The last batch of a file is shorter.
        assert(found >= lines - 8 * 7, `${lines} lines were acknowledged, ${found} are counted`);
      },
    };
  },
};

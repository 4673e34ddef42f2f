/** Requests a second of SET with an append-only file, by redis-benchmark; without automatic rewrites. */
import { comparison, type Figure, type PersistenceOptions } from "./comparison.ts";
import { redisBenchmark } from "./redis_benchmark.ts";
import { inTurns, type Results, type Rival } from "./rivals.ts";
import { short } from "./table.ts";

interface Setting {
  readonly appendfsync: "everysec" | "always";
  readonly pipeline: number;
  /** For a million keys. */
  readonly requests: number;
}

const CLIENTS = 50;
const RANDOM_KEYS = 1_000_000;
const SETTINGS: readonly Setting[] = [
  { appendfsync: "everysec", pipeline: 1, requests: 400_000 },
  { appendfsync: "everysec", pipeline: 16, requests: 3_000_000 },
  { appendfsync: "always", pipeline: 1, requests: 200_000 },
];

/** Measures, and gives the report as Markdown. */
export async function appending(options: PersistenceOptions): Promise<string> {
  const all: Results<number[]> = await inTurns(options.rounds, async (rival) => {
    const speeds: number[] = [];
    for (const setting of SETTINGS) {
      console.error(`${rival.name}: SET with appendfsync ${setting.appendfsync}, P=${setting.pipeline}`);
      speeds.push(await speedOf(rival, setting, options.keys / 1_000_000));
    }
    return speeds;
  }, options.rivals);
  const figures = SETTINGS.map(({ appendfsync, pipeline }, i): Figure<number[]> => ({
    what: `SET, ${appendfsync}, P=${pipeline}`,
    of: (speeds) => speeds[i]!,
    show: (speed) => `${short(speed)}/s`,
    better: "more",
  }));
  return [
    `SET with \`appendonly yes\`, ${CLIENTS} clients, ${
      short(RANDOM_KEYS)
    } random keys, no automatic rewrites, ` +
    `medians of ${options.rounds} round${options.rounds === 1 ? "" : "s"}:`,
    "",
    comparison(all, figures),
  ].join("\n");
}

async function speedOf(rival: Rival, setting: Setting, share: number): Promise<number> {
  const args = ["--appendonly", "yes", "--appendfsync", setting.appendfsync];
  await using server = await rival.start([...args, "--auto-aof-rewrite-percentage", "0"]);
  return await redisBenchmark(server, {
    test: "set",
    pipeline: setting.pipeline,
    requests: Math.ceil(setting.requests * share),
    clients: CLIENTS,
    randomKeys: RANDOM_KEYS,
  });
}

/** Bytes of resident memory a key, over the empty server, for several shapes of keys and values. */
import { plain } from "../../test/support/resp_value.ts";
import { type Load, loadKeys } from "./loader.ts";
import { inTurns, portOf, residentBytes, type Rival } from "./rivals.ts";
import { isLoss, markdownTable, median, short, times } from "./table.ts";

interface Shape {
  readonly what: string;
  readonly keys: number;
  readonly valueBytes: number;
  readonly expireSeconds: number;
}

const MILLION = 1_000_000;
const SHAPES: readonly Shape[] = [
  { what: "3-byte values", keys: MILLION, valueBytes: 3, expireSeconds: 0 },
  { what: "100-byte values", keys: MILLION, valueBytes: 100, expireSeconds: 0 },
  { what: "3-byte values with an expiry", keys: MILLION, valueBytes: 3, expireSeconds: 1_000_000 },
  { what: "integers", keys: MILLION, valueBytes: 0, expireSeconds: 0 },
];
const LARGE: Shape = { what: "3-byte values", keys: 10 * MILLION, valueBytes: 3, expireSeconds: 0 };
const QUICK_KEYS = 100_000;
const SETTLE_MS = 1000;

/** Measures, and gives the report as Markdown. */
export async function memory(options: { rounds: number; quick: boolean; large: boolean }): Promise<string> {
  const shapes = options.large ? [...SHAPES, LARGE] : SHAPES;
  const rows: string[][] = [];
  const losses: string[] = [];
  for (const shape of shapes) {
    const keys = options.quick ? Math.min(QUICK_KEYS, shape.keys) : shape.keys;
    console.error(`${short(keys)} keys, ${shape.what}`);
    const results = await inTurns(options.rounds, (rival) => bytesAKey(rival, { ...shape, keys }));
    const [real, ours] = [median(results["redis-server"]), median(results.redeno)];
    rows.push([
      `${short(keys)} keys of 16 bytes, ${shape.what}`,
      real.toFixed(1),
      ours.toFixed(1),
      times(ours / real),
    ]);
    if (isLoss(ours / real)) {
      losses.push(`- ${short(keys)} keys, ${shape.what}: ${times(ours / real)} the memory`);
    }
  }
  return [
    `Bytes of RSS a key over the empty server, medians of ${options.rounds} round${
      options.rounds === 1 ? "" : "s"
    }` +
    `${options.quick ? ", quick (too few keys to be believed)" : ""}.`,
    "",
    markdownTable(["shape", "redis-server", "redeno", "ratio"], rows),
    "",
    "Where we lose:",
    ...(losses.length > 0 ? losses : ["- nowhere in this run"]),
  ].join("\n");
}

async function bytesAKey(rival: Rival, shape: Shape): Promise<number> {
  await using server = await rival.start();
  using client = await server.connect();
  await settle();
  const empty = await residentBytes(server.pid);
  const load: Load = {
    port: portOf(server),
    keys: shape.keys,
    pipeline: 500,
    ahead: 1,
    valueBytes: shape.valueBytes,
    expireSeconds: shape.expireSeconds,
  };
  await loadKeys(load);
  await settle();
  const size = plain((await client.send("DBSIZE")).value);
  if (size !== shape.keys) throw new Error(`${rival.name} holds ${size} keys instead of ${shape.keys}`);
  return (await residentBytes(server.pid) - empty) / shape.keys;
}

/** Gives a server the time to hand back what it only borrowed for the load. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

/** Bytes of resident memory a key, or an element, over the empty server, for several shapes of keys and values. */
import { plain } from "../../test/support/resp_value.ts";
import { keyName, loadCommands, loadKeys } from "./loader.ts";
import { batch, command } from "./pipelined_connection.ts";
import { inTurns, portOf, residentBytes, type Rival } from "./rivals.ts";
import { isLoss, markdownTable, median, short, times } from "./table.ts";

interface Shape {
  /** What so many of are loaded, and then the memory of each is told. */
  readonly what: string;
  readonly count: number;
  /** Loads so many, through this port. */
  readonly load: (port: number, count: number) => Promise<void>;
  /** How many keys these are. */
  readonly keys: (count: number) => number;
}

const MILLION = 1_000_000;

function strings(what: string, valueBytes: number, expireSeconds = 0, count = MILLION): Shape {
  return {
    what: `keys of 16 bytes, ${what}`,
    count,
    load: (port, keys) => loadKeys({ port, keys, pipeline: 500, ahead: 1, valueBytes, expireSeconds }),
    keys: (count) => count,
  };
}

/** One command for each, all of which are answered with as many bytes. */
function commands(what: string, isOneKey: boolean, answer: string, words: (i: number) => string[]): Shape {
  return {
    what,
    count: MILLION,
    load: (port, keys) =>
      loadCommands(
        { port, keys, pipeline: 500, ahead: 1 },
        answer.length,
        (from, count) => batch(Array.from({ length: count }, (_, i) => command(...words(from + i)))),
      ),
    keys: (count) => isOneKey ? 1 : count,
  };
}

const ITEMS = Array.from({ length: 10 }, (_, i) => `item:${i}`);
const FIELDS = Array.from({ length: 16 }, (_, i) => [`field${i}`, `value${i}`]).flat();
/** A stream's ids begin here, so that all of them have as many digits. */
const FIRST_SEQUENCE = MILLION;

const SHAPES: readonly Shape[] = [
  strings("3-byte values", 3),
  strings("100-byte values", 100),
  strings("3-byte values with an expiry", 3, 1_000_000),
  strings("integers", 0),
  commands("lists of 10 small items", false, ":10\r\n", (i) => ["RPUSH", keyName(i), ...ITEMS]),
  commands("hashes of 16 small fields", false, ":16\r\n", (i) => ["HSET", keyName(i), ...FIELDS]),
  commands("members of 16 bytes of a set", true, ":1\r\n", (i) => ["SADD", "set", keyName(i)]),
  commands(
    "members of 16 bytes of a sorted set",
    true,
    ":1\r\n",
    (i) => ["ZADD", "zset", String(i), keyName(i)],
  ),
  commands(
    "entries of two small fields of a stream",
    true,
    "$9\r\n1-1000000\r\n",
    (i) => ["XADD", "stream", `1-${FIRST_SEQUENCE + i}`, "user", String(i), "action", "login"],
  ),
];
const LARGE: Shape = strings("3-byte values", 3, 0, 10 * MILLION);
const QUICK_COUNT = 100_000;
const SETTLE_MS = 1000;

/** Measures, and gives the report as Markdown. */
export async function memory(options: { rounds: number; quick: boolean; large: boolean }): Promise<string> {
  const shapes = options.large ? [...SHAPES, LARGE] : SHAPES;
  const rows: string[][] = [];
  const losses: string[] = [];
  for (const shape of shapes) {
    const count = options.quick ? Math.min(QUICK_COUNT, shape.count) : shape.count;
    const what = `${short(count)} ${shape.what}`;
    console.error(what);
    const results = await inTurns(options.rounds, (rival) => bytesEach(rival, shape, count));
    const [real, ours] = [median(results["redis-server"]), median(results.redeno)];
    rows.push([what, real.toFixed(1), ours.toFixed(1), times(ours / real)]);
    if (isLoss(ours / real)) losses.push(`- ${what}: ${times(ours / real)} the memory`);
  }
  return [
    `Bytes of RSS each over the empty server, medians of ${options.rounds} round${
      options.rounds === 1 ? "" : "s"
    }` +
    `${options.quick ? ", quick (too few to be believed)" : ""}.`,
    "",
    markdownTable(["shape", "redis-server", "redeno", "ratio"], rows),
    "",
    "Where we lose:",
    ...(losses.length > 0 ? losses : ["- nowhere in this run"]),
  ].join("\n");
}

async function bytesEach(rival: Rival, shape: Shape, count: number): Promise<number> {
  await using server = await rival.start();
  using client = await server.connect();
  await settle();
  const empty = await residentBytes(server.pid);
  await shape.load(portOf(server), count);
  await settle();
  const size = plain((await client.send("DBSIZE")).value);
  if (size !== shape.keys(count)) {
    throw new Error(`${rival.name} holds ${size} keys instead of ${shape.keys(count)}`);
  }
  return (await residentBytes(server.pid) - empty) / count;
}

/** Gives a server the time to hand back what it only borrowed for the load. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

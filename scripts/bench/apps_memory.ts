/**
 * Chapter 9: how much memory the same data take as short structures that are packed, and otherwise: small lists, hashes,
 * sets and sorted sets; one large hash and many small ones; one large set of numbers of 60 bits and many small ones; two
 * bytes a user in a long string. Bytes of RSS over the empty server, which is warm.
 */
import { plain } from "../../test/support/resp_value.ts";
import { Random } from "../../src/sys/random.ts";
import { batch, command, PipelinedConnection } from "./pipelined_connection.ts";
import { inTurns, portOf, residentBytes, type Results, type Rival, type RivalName } from "./rivals.ts";
import { markdownTable, median, short, times } from "./table.ts";

/** The same data in one form. */
interface Form {
  /** Directives of the server. */
  readonly args?: readonly string[];
  /** The command that adds item number `i`. Its reply has no minus sign. */
  readonly add: (i: number) => string;
  /** A key, and how it must be encoded, lest something else is measured. */
  readonly encoding?: readonly [key: string, encoding: string];
}

interface Shape {
  readonly what: string;
  readonly items: number;
  readonly long: Form;
  readonly packed: Form;
  /** By which factor the book's data became smaller, where it says so. */
  readonly book?: string;
}

const SMALL = 20;
const SMALL_COUNT = 200_000;
const CITIES = 370_000;
const CITY_HASH_SIZE = 1024;
const VISITORS = 1_000_000;
const VISITOR_SETS = 2 ** 21 * 2 / 512;
const USERS = 1_000_000;
const USERS_A_STRING = 2 ** 20;
const SEED = 20_120_502;
const BATCH = 200;
const SETTLE_MS = 1000;
const QUICK_SHARE = 0.01;
/** What a server takes once, when it becomes warm, is not counted: so many commands, on a few keys. */
const WARM_COMMANDS = 20_000;
const WARM_KEYS = 100;

const numbers = Array.from({ length: SMALL }, (_, i) => i);

/** Small structures, one command each. */
function small(
  what: string,
  add: (i: number) => string,
  long: string[],
  encodings: [string, string] | undefined,
): Shape {
  const check = (encoding: string) => encodings === undefined ? {} : { encoding: ["k:0", encoding] as const };
  return {
    what: `${short(SMALL_COUNT)} ${what} of ${SMALL}`,
    items: SMALL_COUNT,
    long: { args: long, add, ...check(encodings?.[1] ?? "") },
    packed: { add, ...check(encodings?.[0] ?? "") },
  };
}

function city(i: number): string {
  return JSON.stringify([`City of ${i}`, `Region ${i % 500}`, `Country ${i % 240}`]);
}

/** Visitors by numbers of 60 bits, the same in both forms. */
function visitors(): string[] {
  const random = new Random(SEED);
  const digits = () => random.below(2 ** 30).toString(2).padStart(30, "0");
  return Array.from({ length: VISITORS }, () => BigInt(`0b${digits()}${digits()}`).toString());
}

const CITY_ARGS = ["--hash-max-listpack-entries", String(CITY_HASH_SIZE), "--hash-max-listpack-value", "256"];

function shapes(): Shape[] {
  const ids = visitors();
  return [
    small(
      "lists",
      (i) => command("RPUSH", `k:${i}`, ...numbers.map((j) => `item ${j}`)),
      ["--list-max-listpack-size", "1"],
      undefined,
    ),
    small(
      "hashes",
      (i) => command("HSET", `k:${i}`, ...numbers.flatMap((j) => [`field${j}`, `value${j}`])),
      ["--hash-max-listpack-entries", "0"],
      ["listpack", "hashtable"],
    ),
    small(
      "sorted sets",
      (i) => command("ZADD", `k:${i}`, ...numbers.flatMap((j) => [String(j), `member${j}`])),
      ["--zset-max-listpack-entries", "0"],
      ["listpack", "skiplist"],
    ),
    small(
      "sets of numbers",
      (i) => command("SADD", `k:${i}`, ...numbers.map((j) => String(i * SMALL + j))),
      ["--set-max-intset-entries", "0"],
      ["intset", "hashtable"],
    ),
    {
      what: `a hash of ${short(CITIES)} cities, in hashes of ${CITY_HASH_SIZE}`,
      items: CITIES,
      long: { args: CITY_ARGS, add: (i) => command("HSET", "cities", String(i), city(i)) },
      packed: {
        args: CITY_ARGS,
        add: (i) => command("HSET", `cities:${Math.floor(i / CITY_HASH_SIZE)}`, String(i), city(i)),
        encoding: ["cities:0", "listpack"],
      },
      book: "3.5x",
    },
    {
      what: `a set of ${short(VISITORS)} numbers of 60 bits, in sets of about ${
        Math.round(VISITORS / VISITOR_SETS)
      }`,
      items: VISITORS,
      long: { add: (i) => command("SADD", "unique", ids[i]!) },
      packed: {
        add: (i) => command("SADD", `unique:${i % VISITOR_SETS}`, ids[i]!),
        encoding: ["unique:0", "intset"],
      },
      book: "5.75x",
    },
    {
      what: `the places of ${short(USERS)} users: a hash, two bytes each in strings`,
      items: USERS,
      long: { add: (i) => command("HSET", "location", String(i), "USA:CA") },
      packed: {
        add: (i) =>
          command(
            "SETRANGE",
            `location:${Math.floor(i / USERS_A_STRING)}`,
            String(i % USERS_A_STRING * 2),
            "\x7f\x09",
          ),
      },
    },
  ];
}

/** Bytes an item. */
interface Sample {
  readonly long: number;
  readonly packed: number;
}

/** Measures, and gives the report as Markdown. */
export async function shortStructures(options: { rounds: number; quick: boolean }): Promise<string> {
  const rows: string[][] = [];
  for (const shape of shapes()) {
    console.error(shape.what);
    const items = options.quick ? Math.max(1000, Math.round(shape.items * QUICK_SHARE)) : shape.items;
    const results = await inTurns(options.rounds, async (rival): Promise<Sample> => ({
      long: await bytesAnItem(rival, shape.long, items),
      packed: await bytesAnItem(rival, shape.packed, items),
    }));
    rows.push(rowOf(shape, results));
  }
  const head = [
    "",
    "redis-server",
    "packed",
    "factor",
    "redeno",
    "packed",
    "factor",
    "packed, ratio",
    "book",
  ];
  return [
    `Chapter 9, the same data in long and in short structures: bytes of RSS an item over the empty, warm server, medians of ${options.rounds}. ` +
    "Ratio: redeno's of redis-server's.",
    "",
    markdownTable(head, rows),
  ].join("\n");
}

function rowOf(shape: Shape, results: Results<Sample>): string[] {
  const of = (rival: RivalName, form: keyof Sample) => median(results[rival].map((sample) => sample[form]));
  const cells = (["redis-server", "redeno"] as const).flatMap((rival) => {
    const [long, packed] = [of(rival, "long"), of(rival, "packed")];
    return [long.toFixed(1), packed.toFixed(1), times(long / packed)];
  });
  const ratio = of("redeno", "packed") / of("redis-server", "packed");
  return [shape.what, ...cells, times(ratio), shape.book ?? "-"];
}

async function bytesAnItem(rival: Rival, form: Form, items: number): Promise<number> {
  await using server = await rival.start(form.args);
  using connection = await PipelinedConnection.open(portOf(server));
  await addItems(connection, WARM_COMMANDS, (i) => form.add(i % WARM_KEYS));
  await connection.milliseconds(batch([command("FLUSHALL")]));
  await settle();
  const empty = await residentBytes(server.pid);
  await addItems(connection, items, form.add);
  await settle();
  if (form.encoding !== undefined) {
    const [key, expected] = form.encoding;
    using client = await server.connect();
    const encoding = plain((await client.send(["OBJECT", "ENCODING", key])).value);
    if (encoding !== expected) throw new Error(`${key} of ${rival.name} is a ${encoding}, not a ${expected}`);
  }
  return (await residentBytes(server.pid) - empty) / items;
}

async function addItems(
  connection: PipelinedConnection,
  items: number,
  add: (i: number) => string,
): Promise<void> {
  for (let at = 0; at < items; at += BATCH) {
    const count = Math.min(BATCH, items - at);
    await connection.milliseconds(batch(Array.from({ length: count }, (_, i) => add(at + i))));
  }
}

/** Gives a server the time to hand back what it only borrowed for the load. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

/**
 * Whether costs grow as they should: commands on a sorted set of many members against one of ten thousand, and how that
 * growth compares with redis-server's; and commands that work on whole collections.
 */
import { Random } from "../../src/sys/random.ts";
import { wholeCollections } from "./growth_whole.ts";
import { batch, command, PipelinedConnection } from "./pipelined_connection.ts";
import { portOf, type RivalName, RIVALS } from "./rivals.ts";
import { isLoss, markdownTable, median, short, times } from "./table.ts";

const MEMBERS = 10_000_000;
const QUICK_MEMBERS = 100_000;
const SMALL_MEMBERS = 10_000;
/** Members of one ZADD, and ZADDs of one batch, while a sorted set is loaded. */
const LOADED_AT_ONCE = 500;
const LOADS_A_BATCH = 20;
/** Commands of a batch, and batches that are timed and that are not. */
const COMMANDS = 500;
const BATCHES = 40;
const WARM_UP_BATCHES = 10;
const RANGE = 100;
const SEED = 20_240_229;

const SIZES = ["small", "large"] as const;
type Size = typeof SIZES[number];

/** A command on the sorted set `key` that has `members` members. */
interface Operation {
  readonly what: string;
  readonly command: (key: Size, members: number, random: Random, i: number) => string;
  /** What takes the effect of a batch back, untimed. */
  readonly undo?: (key: Size, members: number, i: number) => string;
}

const OPERATIONS: readonly Operation[] = [
  {
    what: "ZADD of a new member",
    command: (key, members, random, i) => command("ZADD", key, score(random), memberName(members + i)),
    undo: (key, members, i) => command("ZREM", key, memberName(members + i)),
  },
  {
    what: "ZADD of a new score",
    command: (key, members, random) => command("ZADD", key, score(random), memberName(random.below(members))),
  },
  {
    what: "ZRANK",
    command: (key, members, random) => command("ZRANK", key, memberName(random.below(members))),
  },
  {
    what: `ZRANGE of ${RANGE}`,
    command: (key, members, random) => {
      const from = random.below(members - RANGE);
      return command("ZRANGE", key, String(from), String(from + RANGE - 1));
    },
  },
];

function memberName(i: number): string {
  return `member:${String(i).padStart(9, "0")}`;
}

function score(random: Random): string {
  return String(random.below(2 ** 31));
}

/** Microseconds a command: of each round, by operation, rival and size. */
type Samples = Map<string, Record<RivalName, Record<Size, number[]>>>;

export interface GrowthOptions {
  readonly rounds: number;
  readonly quick: boolean;
  /** Of the large sorted set. */
  readonly members: number | undefined;
}

/** Measures, and gives the report as Markdown. */
export async function growth(options: GrowthOptions): Promise<string> {
  const members = options.members ?? (options.quick ? QUICK_MEMBERS : MEMBERS);
  if (members <= SMALL_MEMBERS) throw new Error(`--members must be more than ${SMALL_MEMBERS}`);
  const samples: Samples = new Map(OPERATIONS.map(({ what }) => [what, {
    "redis-server": { small: [], large: [] },
    redeno: { small: [], large: [] },
  }]));
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? RIVALS : RIVALS.toReversed();
    await using first = await order[0]!.start();
    await using second = await order[1]!.start();
    const servers = [[order[0]!.name, first], [order[1]!.name, second]] as const;
    for (const [name, server] of servers) {
      console.error(`round ${round + 1} of ${options.rounds}: ${name}, loading ${short(members)} members`);
      using connection = await PipelinedConnection.open(portOf(server));
      await load(connection, "small", SMALL_MEMBERS);
      await load(connection, "large", members);
    }
    for (const [name, server] of servers) {
      console.error(`round ${round + 1} of ${options.rounds}: ${name}`);
      using connection = await PipelinedConnection.open(portOf(server));
      for (const operation of OPERATIONS) {
        const measured = await measure(connection, operation, members);
        for (const size of SIZES) samples.get(operation.what)![name][size].push(measured[size]);
      }
    }
  }
  const note = members < MEMBERS ? ", fewer members than usual" : "";
  return [
    `Microseconds a command on a sorted set of ${short(SMALL_MEMBERS)} and on one of ${
      short(members)
    } members, ` +
    `in batches of ${COMMANDS}, medians of ${options.rounds} round${
      options.rounds === 1 ? "" : "s"
    }${note}. ` +
    "Both servers hold both sets.",
    "",
    report(samples, members),
    "",
    await wholeCollections(options.rounds),
  ].join("\n");
}

async function load(connection: PipelinedConnection, key: Size, members: number): Promise<void> {
  const random = new Random(SEED);
  let loaded = 0;
  while (loaded < members) {
    const commands: string[] = [];
    for (let i = 0; i < LOADS_A_BATCH && loaded < members; i++) {
      const args: string[] = [];
      for (const end = Math.min(loaded + LOADED_AT_ONCE, members); loaded < end; loaded++) {
        args.push(score(random), memberName(loaded));
      }
      commands.push(command("ZADD", key, ...args));
    }
    await connection.milliseconds(batch(commands));
  }
}

/** Microseconds a command on each of the two sets, whose batches take turns. */
async function measure(
  connection: PipelinedConnection,
  { command, undo }: Operation,
  members: number,
): Promise<Record<Size, number>> {
  const random = new Random(SEED);
  const milliseconds: Record<Size, number[]> = { small: [], large: [] };
  for (let round = -WARM_UP_BATCHES; round < BATCHES; round++) {
    for (const size of SIZES) {
      const present = size === "small" ? SMALL_MEMBERS : members;
      const numbers = Array.from({ length: COMMANDS }, (_, i) => i);
      const taken = await connection.milliseconds(
        batch(numbers.map((i) => command(size, present, random, i))),
      );
      if (round >= 0) milliseconds[size].push(taken);
      if (undo !== undefined) {
        await connection.milliseconds(batch(numbers.map((i) => undo(size, present, i))));
      }
    }
  }
  const microseconds = (size: Size) => median(milliseconds[size]) * 1000 / COMMANDS;
  return { small: microseconds("small"), large: microseconds("large") };
}

function report(samples: Samples, members: number): string {
  const [few, many] = [short(SMALL_MEMBERS), short(members)];
  const rows: string[][] = [];
  const losses: string[] = [];
  for (const [what, both] of samples) {
    const of = (rival: RivalName, size: Size) => median(both[rival][size]);
    const grown = (rival: RivalName) => of(rival, "large") / of(rival, "small");
    const cells = (rival: RivalName) => [
      of(rival, "small").toFixed(2),
      of(rival, "large").toFixed(2),
      times(grown(rival)),
    ];
    const ratio = grown("redeno") / grown("redis-server");
    const ratioOfTimes = of("redeno", "large") / of("redis-server", "large");
    rows.push([what, ...cells("redis-server"), ...cells("redeno"), times(ratio), times(ratioOfTimes)]);
    if (isLoss(ratio)) losses.push(`- ${what}: grows ${times(ratio)} as much`);
    if (isLoss(ratioOfTimes)) losses.push(`- ${what}: ${times(ratioOfTimes)} the time at ${many}`);
  }
  const head = [
    "command",
    ...["redis-server", "redeno"].flatMap((name) => [`${name} ${few}`, many, "growth"]),
    "growth, ratio",
    `time at ${many}, ratio`,
  ];
  return [
    markdownTable(head, rows),
    "",
    "Where we lose:",
    ...(losses.length > 0 ? losses : ["- nowhere in this run"]),
  ].join("\n");
}

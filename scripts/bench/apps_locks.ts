/**
 * Tables 6.1 to 6.3 and 11.2 to 11.4: several clients that want the same lock, complete names of the same guild, sell and
 * buy on the same market; with WATCH, with locks, with scripts. What they do is that of the `contention` scenarios.
 */
import { type LoadResult, runLoad } from "./contention_load.ts";
import { type RivalName, RIVALS } from "./rivals.ts";
import { markdownTable, median, short, times } from "./table.ts";

interface Case {
  readonly scenario: string;
  readonly form: string;
  /** The table of the book. */
  readonly table: string;
  readonly roles: readonly string[];
  readonly who: string;
}

const clients = (count: number, role = "client") => Array<string>(count).fill(role);

const MARKETS: readonly (readonly [listers: number, buyers: number])[] = [[1, 1], [5, 1], [5, 5]];
const MARKET_FORMS: readonly (readonly [form: string, table: string])[] = [
  ["WATCH", "6.1"],
  ["lock", "6.2"],
  ["lock an item", "6.3"],
  ["Lua", "11.4"],
];

const MARKET_CASES: readonly Case[] = MARKETS.flatMap(([listers, buyers]) =>
  MARKET_FORMS.map(([form, table]) => ({
    scenario: "market",
    form,
    table,
    roles: [...clients(listers, "lister"), ...clients(buyers, "buyer")],
    who: `${listers} listing, ${buyers} buying`,
  }))
);

const OTHER_CASES: readonly Case[] = [["lock", "11.2"], ["autocomplete", "11.3"]].flatMap((
  [scenario, table],
) =>
  [1, 2, 5, 10].flatMap((count) =>
    ["WATCH", "Lua"].map((form) => ({
      scenario: scenario!,
      form,
      table: table!,
      roles: clients(count),
      who: `${count} client${count === 1 ? "" : "s"}`,
    }))
  )
);

type Samples = Record<RivalName, LoadResult[]>;
const BOTH: readonly RivalName[] = ["redis-server", "redeno"];

/** Measures, and gives the report as Markdown. */
export async function lockTables(options: { rounds: number; quick: boolean }): Promise<string> {
  const [warmMs, runMs] = options.quick ? [50, 150] : [1000, 5000];
  const results = new Map<Case, Samples>();
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? RIVALS : RIVALS.toReversed();
    await using first = await order[0]!.start();
    await using second = await order[1]!.start();
    const servers = [[order[0]!.name, first], [order[1]!.name, second]] as const;
    for (const one of [...MARKET_CASES, ...OTHER_CASES]) {
      console.error(`round ${round + 1} of ${options.rounds}: table ${one.table}, ${one.who}, ${one.form}`);
      const samples = results.get(one) ?? { "redis-server": [], redeno: [] };
      results.set(one, samples);
      for (const [rival, server] of servers) {
        samples[rival].push(await runLoad(server, { ...one, warmMs, runMs }));
      }
    }
  }
  return [
    `Tables 6.1 to 6.3 and 11.4, the market: ${
      runMs / 1000
    } s each, medians of ${options.rounds}. The book's Lua made 4.25x of ` +
    "the listings of its fine-grained locks; with WATCH, many buyers get almost nothing.",
    "",
    marketTable(results),
    "",
    "Tables 11.2 and 11.3: tries, and how many of them were successful, a second. The book's scripts took a lock 1.4x as often as WATCH with one " +
    "client and more than 2x with five and ten; they completed 2.4x as many names with one client and more than 20x with ten.",
    "",
    triesTable(results),
  ].join("\n");
}

function middle(samples: Samples, rival: RivalName, figure: (result: LoadResult) => number): number {
  return median(samples[rival].map(figure));
}

function marketTable(results: ReadonlyMap<Case, Samples>): string {
  const rows = MARKET_CASES.map((one) => {
    const samples = results.get(one)!;
    const cells = BOTH.flatMap((rival) => {
      const of = (figure: (result: LoadResult) => number) => middle(samples, rival, figure);
      const wait = of(({ waitMs, waits }) => waitMs / waits);
      return [
        short(of(({ listed, seconds }) => listed / seconds)),
        short(of(({ waits, seconds }) => waits / seconds)),
        short(of(({ tries, done, seconds }) => (tries - done) / seconds)),
        Number.isFinite(wait) ? wait.toFixed(2) : "-",
      ];
    });
    return [`${one.table}: ${one.who}, ${one.form}`, ...cells];
  });
  const columns = BOTH.flatMap((rival) => [`${rival} listed/s`, "bought/s", "retries/s", "wait ms"]);
  return markdownTable(["table", ...columns], rows);
}

function triesTable(results: ReadonlyMap<Case, Samples>): string {
  const rows = OTHER_CASES.map((one) => {
    const samples = results.get(one)!;
    const done = ({ done, seconds }: LoadResult) => done / seconds;
    const base = OTHER_CASES.find(({ scenario, who, form }) =>
      scenario === one.scenario && who === one.who && form === "WATCH"
    )!;
    const cells = BOTH.flatMap((rival) => [
      short(middle(samples, rival, ({ tries, seconds }) => tries / seconds)),
      short(middle(samples, rival, done)),
      times(middle(samples, rival, done) / middle(results.get(base)!, rival, done)),
    ]);
    const ratio = middle(samples, "redeno", done) / middle(samples, "redis-server", done);
    return [`${one.table}: ${one.scenario}, ${one.who}, ${one.form}`, ...cells, times(ratio)];
  });
  const columns = BOTH.flatMap((rival) => [`${rival} tries/s`, "done/s", "/ WATCH"]);
  return markdownTable(["table", ...columns, "redeno / redis-server"], rows);
}

/**
 * Clients that want the same thing at once: a lock, names of a guild, items of a market. Each is done in several forms, on
 * both servers in turns; what counts is by which factor scripts are faster than WATCH, and that it is about the same
 * factor on both.
 *
 * A client asks one thing at a time. On a machine of two processors the clients, not the server, may be what is slow;
 * the server's share of its processor tells. The factors are therefore given in CPU time of the server, too.
 */
import { type LoadResult, runLoad } from "./contention_load.ts";
import { SCENARIOS } from "./contention_scenarios.ts";
import { type RivalName, RIVALS } from "./rivals.ts";
import { markdownTable, median, short, times } from "./table.ts";

/** How far the factors of both servers may be apart. */
const TOLERANCE = 0.2;

interface Case {
  readonly scenario: string;
  readonly name: string;
  readonly roles: readonly string[];
}

const clients = (count: number, role = "client") => Array<string>(count).fill(role);
const market = (listers: number, buyers: number): Case => ({
  scenario: "market",
  name: `market, ${listers} listing, ${buyers} buying`,
  roles: [...clients(listers, "lister"), ...clients(buyers, "buyer")],
});

const CASES: readonly Case[] = [
  { scenario: "lock", name: "lock, 1 client", roles: clients(1) },
  { scenario: "lock", name: "lock, 10 clients", roles: clients(10) },
  { scenario: "autocomplete", name: "autocomplete, 1 client", roles: clients(1) },
  { scenario: "autocomplete", name: "autocomplete, 10 clients", roles: clients(10) },
  market(1, 1),
  market(5, 1),
  market(5, 5),
];

type Samples = Record<RivalName, LoadResult[]>;

interface Measured {
  readonly of: Case;
  readonly forms: Map<string, Samples>;
}

/** Measures, and gives the report as Markdown. */
export async function contention(options: { rounds: number; quick: boolean }): Promise<string> {
  const measured: Measured[] = CASES.map((of) => ({ of, forms: new Map() }));
  const [warmMs, runMs] = options.quick ? [50, 150] : [1000, 3000];
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? RIVALS : RIVALS.toReversed();
    await using first = await order[0]!.start();
    await using second = await order[1]!.start();
    const servers = [[order[0]!.name, first], [order[1]!.name, second]] as const;
    for (const { of: { scenario, name, roles }, forms } of measured) {
      for (const form of SCENARIOS[scenario]!.forms) {
        console.error(`round ${round + 1} of ${options.rounds}: ${name}, ${form}`);
        const samples = forms.get(form) ?? { "redis-server": [], redeno: [] };
        forms.set(form, samples);
        for (const [rival, server] of servers) {
          samples[rival].push(await runLoad(server, { scenario, form, roles, warmMs, runMs }));
        }
      }
    }
  }
  return [
    `Clients that ask one thing at a time, medians of ${options.rounds} round${
      options.rounds === 1 ? "" : "s"
    } of ` +
    `${
      runMs / 1000
    } s. Done: locks taken and given back; completions; items listed and bought. Busy: the server's ` +
    "CPU time in the time that passed; where it is well below 100%, the clients were the limit.",
    "",
    details(measured),
    "",
    "What the market's buyers got:",
    "",
    purchases(measured),
    "",
    `By which factor scripts are faster than WATCH. Redis's shape: ours over theirs within ${
      TOLERANCE * 100
    }%.`,
    "",
    factors(measured),
  ].join("\n");
}

const doneASecond = ({ done, seconds }: LoadResult) => done / seconds;
const cpuMicros = ({ cpuSeconds, done }: LoadResult) => cpuSeconds / done * 1e6;
const BOTH: readonly RivalName[] = ["redis-server", "redeno"];

function details(measured: readonly Measured[]): string {
  const rows = measured.flatMap(({ of, forms }) =>
    [...forms].map(([form, samples]) => [
      of.name,
      form,
      ...BOTH.flatMap((rival) => {
        const middle = (figure: (result: LoadResult) => number) => median(samples[rival].map(figure));
        return [
          short(middle(doneASecond)),
          middle(({ tries, done }) => tries / done).toFixed(2),
          middle(cpuMicros).toFixed(0),
          `${middle(({ cpuSeconds, seconds }) => cpuSeconds / seconds * 100).toFixed(0)}%`,
        ];
      }),
    ])
  );
  const columns = BOTH.flatMap((rival) => [`${rival} done/s`, "tries", "CPU us", "busy"]);
  return markdownTable(["", "form", ...columns], rows);
}

function purchases(measured: readonly Measured[]): string {
  const rows = measured.filter(({ of }) => of.scenario === "market").flatMap(({ of, forms }) =>
    [...forms].map(([form, samples]) => [
      of.name,
      form,
      ...BOTH.flatMap((rival) => {
        const middle = (figure: (result: LoadResult) => number) => median(samples[rival].map(figure));
        return [
          short(middle(({ listed, seconds }) => listed / seconds)),
          short(middle(({ waits, seconds }) => waits / seconds)),
          short(middle(({ tries, done }) => tries - done)),
          milliseconds(middle(({ waitMs, waits }) => waitMs / waits)),
        ];
      }),
    ])
  );
  const columns = BOTH.flatMap((rival) => [`${rival} listed/s`, "bought/s", "failed tries", "wait ms"]);
  return markdownTable(["", "form", ...columns], rows);
}

function factors(measured: readonly Measured[]): string {
  const rows: string[][] = [];
  for (const { of, forms } of measured) {
    for (const base of [...forms.keys()].filter((form) => form !== "Lua")) {
      const factor = (rival: RivalName, figure: (result: LoadResult) => number) =>
        median(forms.get("Lua")![rival].map(figure)) / median(forms.get(base)![rival].map(figure));
      const speeds = BOTH.map((rival) => factor(rival, doneASecond));
      const costs = BOTH.map((rival) => 1 / factor(rival, cpuMicros));
      rows.push([
        of.name,
        `Lua / ${base}`,
        ...[times(speeds[0]!), times(speeds[1]!), verdict(speeds[1]! / speeds[0]!)],
        ...[times(costs[0]!), times(costs[1]!), verdict(costs[1]! / costs[0]!)],
      ]);
    }
  }
  const head = ["redis-server", "redeno", "ours / theirs"];
  return markdownTable(["", "forms", ...head, ...head.map((title) => `${title}, by CPU`)], rows);
}

function milliseconds(ms: number): string {
  return Number.isFinite(ms) ? ms.toFixed(2) : "-";
}

/** A ratio of factors, marked where it is out of bounds. */
function verdict(ratio: number): string {
  return Math.abs(ratio - 1) > TOLERANCE ? `${times(ratio)} !` : times(ratio);
}

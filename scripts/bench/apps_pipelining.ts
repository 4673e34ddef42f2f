/**
 * Table 4.4: the five commands that note a visit, one after the other and at once, over a Unix socket and the loopback
 * interface; at once as a pipeline and as a transaction. One client, that does nothing else.
 */
import { AskingConnection } from "./asking_connection.ts";
import { command } from "./pipelined_connection.ts";
import { portOf, type RivalName, RIVALS } from "./rivals.ts";
import { markdownTable, median, short, times } from "./table.ts";

const SOCKET = "bench.sock";
const TOKENS = 1000;
const ITEMS = 5000;
const VIEWED_MAX = 25;

/** What is done for one visit. */
function visit(number: number): string[] {
  const [token, item] = [`token:${number % TOKENS}`, `item:${number * 7 % ITEMS}`];
  return [
    command("HSET", "login:", token, `user:${number % TOKENS}`),
    command("ZADD", "recent:", String(number), token),
    command("ZADD", `viewed:${token}`, String(number), item),
    command("ZREMRANGEBYRANK", `viewed:${token}`, "0", String(-VIEWED_MAX - 1)),
    // The book counts down; a reply that begins with a minus sign would be taken for an error.
    command("ZINCRBY", "viewed:", "1", item),
  ];
}

type Way = (connection: AskingConnection, commands: readonly string[]) => Promise<unknown>;

const WAYS: Readonly<Record<string, Way>> = {
  "one by one": async (connection, commands) => {
    for (const one of commands) await connection.ask(one);
  },
  pipeline: (connection, commands) => connection.askAll(commands.join(""), commands.length),
  transaction: (connection, commands) =>
    connection.askAll(command("MULTI") + commands.join("") + command("EXEC"), commands.length + 2),
};
const PLACES = ["Unix socket", "loopback"] as const;

/** Visits a second, by place and way. */
type Sample = Map<string, number>;

const nameOf = (place: string, way: string) => `${place}, ${way}`;

/** Measures, and gives the report as Markdown. */
export async function pipeliningFactors(options: { rounds: number; quick: boolean }): Promise<string> {
  const [warmMs, runMs] = options.quick ? [50, 100] : [1000, 3000];
  const results: Record<RivalName, Sample[]> = { "redis-server": [], redeno: [] };
  for (let round = 0; round < options.rounds; round++) {
    console.error(`round ${round + 1} of ${options.rounds}: pipelining`);
    for (const rival of round % 2 === 0 ? RIVALS : RIVALS.toReversed()) {
      await using server = await rival.start(["--unixsocket", SOCKET]);
      const sample: Sample = new Map();
      for (const place of PLACES) {
        using connection = place === "loopback"
          ? await AskingConnection.open(portOf(server))
          : await AskingConnection.openPath(`${server.directory}/${SOCKET}`);
        for (const [name, way] of Object.entries(WAYS)) {
          await visitsASecond(connection, way, warmMs);
          sample.set(nameOf(place, name), await visitsASecond(connection, way, runMs));
        }
      }
      results[rival.name].push(sample);
    }
  }
  return report(results, options.rounds);
}

async function visitsASecond(connection: AskingConnection, way: Way, ms: number): Promise<number> {
  const began = performance.now();
  let visits = 0;
  while (performance.now() < began + ms) await way(connection, visit(visits++));
  return visits / (performance.now() - began) * 1000;
}

function report(results: Record<RivalName, Sample[]>, rounds: number): string {
  const middle = (rival: RivalName, place: string, way: string) =>
    median(results[rival].map((sample) => sample.get(nameOf(place, way))!));
  const rows = PLACES.flatMap((place) =>
    Object.keys(WAYS).map((way) => {
      const speeds = (["redis-server", "redeno"] as const).map((rival) => middle(rival, place, way));
      const factors = (["redis-server", "redeno"] as const).map((rival, i) =>
        speeds[i]! / middle(rival, place, "one by one")
      );
      return [
        nameOf(place, way),
        ...speeds.flatMap((speed, i) => [short(speed), times(factors[i]!)]),
        times(speeds[1]! / speeds[0]!),
      ];
    })
  );
  const head = ["", "redis-server/s", "factor", "redeno/s", "factor", "redeno / redis-server"];
  return [
    `Table 4.4, five commands for a visit: visits a second, and by which factor doing them at once is faster; medians of ` +
    `${rounds}. The book: 1.70x over a Unix socket, 1.84x on localhost.`,
    "",
    markdownTable(head, rows),
  ].join("\n");
}

/**
 * Listing 9.6: a list whose last item becomes its first one, in pipelines of 100, by the length of the list; and LINDEX of the
 * item in its middle. The book's long lists were one packed block each (`list-max-ziplist-entries 110000`), which is what made
 * them slow; today a block has 8 KB, or as many items as there may be when that is asked for.
 */
import { batch, command, PipelinedConnection } from "./pipelined_connection.ts";
import { portOf, type RivalName, RIVALS } from "./rivals.ts";
import { markdownTable, median, short, times } from "./table.ts";

const LENGTHS = [1, 100, 1000, 5000, 10_000, 50_000, 100_000];
/** As in the configuration: 8 KB in a block, and as many items as the book allows. */
const SETTINGS: Readonly<Record<string, string>> = { "blocks of 8 KB": "-2", "blocks of 110,000": "110000" };
const DEPTH = 100;
const KEY = "long";
const CHUNK = 1000;

const ROTATE = batch(Array<string>(DEPTH).fill(command("RPOPLPUSH", KEY, KEY)));

/** Commands a second, by what was measured. */
type Sample = Map<string, number>;
const nameOf = (setting: string, what: string, length: number) => `${what} of ${short(length)}, ${setting}`;

/** Measures, and gives the report as Markdown. */
export async function rotations(options: { rounds: number; quick: boolean }): Promise<string> {
  const runMs = options.quick ? 30 : 1000;
  const results: Record<RivalName, Sample[]> = { "redis-server": [], redeno: [] };
  for (let round = 0; round < options.rounds; round++) {
    console.error(`round ${round + 1} of ${options.rounds}: rotation`);
    for (const rival of round % 2 === 0 ? RIVALS : RIVALS.toReversed()) {
      const sample: Sample = new Map();
      for (const [setting, size] of Object.entries(SETTINGS)) {
        await using server = await rival.start(["--list-max-listpack-size", size]);
        using connection = await PipelinedConnection.open(portOf(server));
        for (const length of LENGTHS) {
          await fill(connection, length);
          const middle = batch(Array<string>(DEPTH).fill(command("LINDEX", KEY, String(length >> 1))));
          for (const [what, commands] of [["RPOPLPUSH", ROTATE], ["LINDEX", middle]] as const) {
            await commandsASecond(connection, commands, runMs / 4);
            sample.set(nameOf(setting, what, length), await commandsASecond(connection, commands, runMs));
          }
        }
      }
      results[rival.name].push(sample);
    }
  }
  return report(results, options.rounds);
}

/** A list of 0, 1, ... in place of the one before. */
async function fill(connection: PipelinedConnection, length: number): Promise<void> {
  const items = Array.from({ length }, (_, i) => String(i));
  const pushes: string[] = [];
  for (let at = 0; at < length; at += CHUNK) {
    pushes.push(command("RPUSH", KEY, ...items.slice(at, at + CHUNK)));
  }
  await connection.milliseconds(batch([command("DEL", KEY), ...pushes]));
}

async function commandsASecond(
  connection: PipelinedConnection,
  commands: Uint8Array,
  ms: number,
): Promise<number> {
  let [count, took] = [0, 0];
  while (took < ms) {
    took += await connection.milliseconds(commands);
    count += DEPTH;
  }
  return count / took * 1000;
}

function report(results: Record<RivalName, Sample[]>, rounds: number): string {
  const rows = Object.keys(SETTINGS).flatMap((setting) =>
    ["RPOPLPUSH", "LINDEX"].flatMap((what) =>
      LENGTHS.map((length) => {
        const name = nameOf(setting, what, length);
        const [real, ours] = (["redis-server", "redeno"] as const).map((rival) =>
          median(results[rival].map((sample) => sample.get(name)!))
        );
        return [name, short(real!), short(ours!), times(ours! / real!)];
      })
    )
  );
  return [
    `Listing 9.6, a list that rotates and its item in the middle, one client, pipelines of ${DEPTH}: commands a second, medians of ` +
    `${rounds}. The book, on one block: 52.1k/s with 1 item, 49.7k/s with 1,000, 16.7k/s with 50,000, 553/s with 100,000.`,
    "",
    markdownTable(["", "redis-server/s", "redeno/s", "redeno / redis-server"], rows),
  ].join("\n");
}

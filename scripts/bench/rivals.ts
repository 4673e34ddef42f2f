/**
 * The two servers that are measured: a real redis-server and redeno, each on a free port of the loopback interface,
 * without persistence. Everything is measured on both in turns, and who goes first changes from round to round.
 */
import { plain } from "../../test/support/resp_value.ts";
import { startRealServer } from "../../test/support/real_server.ts";
import { startRedeno } from "../../test/support/redeno_server.ts";
import type { ServerOptions, ServerProcess } from "../../test/support/server_process.ts";

export type RivalName = "redis-server" | "redeno";

export interface Rival {
  readonly name: RivalName;
  /** `startMs`: how long it may take until it answers, in milliseconds. */
  start(args?: readonly string[], startMs?: number): Promise<ServerProcess>;
}

export const RIVALS: readonly [Rival, Rival] = [
  { name: "redis-server", start: (args, startMs) => startRealServer(optionsOf(args, startMs)) },
  { name: "redeno", start: (args, startMs) => startRedeno(optionsOf(args, startMs)) },
];

function optionsOf(args: readonly string[] = [], startMs?: number): ServerOptions {
  return { args, listen: "tcp", ...(startMs === undefined ? {} : { startMs }) };
}

/** redis-server on both sides: how much figures differ by themselves. */
export const RIVAL_TWICE: readonly [Rival, Rival] = [RIVALS[0], { ...RIVALS[0], name: "redeno" }];

/** Both rivals' results, in the order of the rounds. */
export type Results<T> = Record<RivalName, T[]>;

/** Runs `measure` for both rivals in each round, the other one first in every second round. */
export async function inTurns<T>(
  rounds: number,
  measure: (rival: Rival) => Promise<T>,
  rivals: readonly [Rival, Rival] = RIVALS,
): Promise<Results<T>> {
  const results: Results<T> = { "redis-server": [], redeno: [] };
  for (let round = 0; round < rounds; round++) {
    for (const rival of round % 2 === 0 ? rivals : rivals.toReversed()) {
      results[rival.name].push(await measure(rival));
    }
  }
  return results;
}

/** The port a server was started on. */
export function portOf(server: ServerProcess): number {
  if (!("port" in server.address)) throw new Error("the benchmark needs a server on TCP");
  return server.address.port;
}

/** Resident memory of a process, in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) * 1024;
}

const CLOCK_TICKS_A_SECOND = 100;

/** CPU seconds of a process so far, of all its threads, in user and system mode; steps of 10 ms. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The name in brackets may hold spaces; the fields after it do not. utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_A_SECOND;
}

/** The versions and the machine, in a few lines. */
export async function conditions(): Promise<string> {
  const versions: string[] = [];
  for (const rival of RIVALS) {
    await using server = await rival.start();
    using client = await server.connect();
    const info = String(plain((await client.send(["INFO", "server"])).value));
    const own = /redeno_version:(\S+)/.exec(info)?.[1];
    versions.push(own ? `redeno ${own}` : `redis-server ${/redis_version:(\S+)/.exec(info)?.[1]}`);
  }
  const processors = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const model = /model name\s*:\s*(.*)/.exec(processors)?.[1] ?? Deno.build.arch;
  const load = Deno.loadavg()[0]?.toFixed(2);
  return `${
    versions.join(" and ")
  }, Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} x ${model}, ` +
    `${Deno.build.os} ${Deno.osRelease()}, load ${load} at the start`;
}

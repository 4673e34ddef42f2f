/** INFO's sections about what was called: Commandstats, Errorstats, Latencystats. */
import type { Command } from "../../command_table.ts";
import type { RedenoServer } from "../server.ts";
import type { Fields } from "./fields.ts";

/** Every command, and behind a container its subcommands. */
function* allCommands(server: RedenoServer): Iterable<Command> {
  for (const command of server.commands.all) {
    yield command;
    yield* command.subcommands;
  }
}

export function commandFields(server: RedenoServer): Fields {
  const fields: [string, string][] = [];
  for (const { name, calls, microseconds, rejectedCalls, failedCalls } of allCommands(server)) {
    if (calls === 0 && rejectedCalls === 0 && failedCalls === 0) continue;
    const each = calls === 0 ? 0 : microseconds / calls;
    fields.push([
      `cmdstat_${name}`,
      `calls=${calls},usec=${Math.round(microseconds)},usec_per_call=${each.toFixed(2)}` +
      `,rejected_calls=${rejectedCalls},failed_calls=${failedCalls}`,
    ]);
  }
  return fields;
}

export function errorFields(server: RedenoServer): Fields {
  const kinds = [...server.statistics.errors].sort(([a], [b]) => a < b ? -1 : 1);
  return kinds.map(([kind, count]) => [`errorstat_${kind}`, `count=${count}`]);
}

/** The percentiles that `latency-tracking-info-percentiles` names. */
export function latencyFields(server: RedenoServer): Fields {
  if (!server.settings.flag("latency-tracking")) return [];
  const percentiles = (server.settings.get("latency-tracking-info-percentiles") ?? "").split(" ")
    .filter((percentile) => percentile !== "");
  const fields: [string, string][] = [];
  for (const { name, latency } of allCommands(server)) {
    if (latency === undefined) continue;
    const values = percentiles.map((p) => `p${p}=${latency.percentile(Number(p)).toFixed(3)}`);
    fields.push([`latency_percentiles_usec_${name}`, values.join(",")]);
  }
  return fields;
}

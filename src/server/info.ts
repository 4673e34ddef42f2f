/**
 * The text of INFO: sections in the reference's order, each a title and lines of `name:value`. Monitoring reads it,
 * so names are the reference's, and a value that is not known is left out rather than made up.
 */
import type { RedenoServer } from "./server.ts";
import { commandFields, errorFields, latencyFields } from "./info/commands.ts";
import {
  clientFields,
  clusterFields,
  keyspaceFields,
  replicationFields,
  statsFields,
} from "./info/counters.ts";
import type { Fields } from "./info/fields.ts";
import { memoryFields } from "./info/memory.ts";
import { persistenceFields } from "./info/persistence.ts";
import { cpuFields, serverFields } from "./info/process.ts";
import { virtualMemoryFields } from "./info/virtual_memory.ts";

interface Section {
  readonly title: string;
  readonly fields: (server: RedenoServer) => Fields;
  /** Not part of what INFO shows when it is asked for no section. */
  readonly onRequest?: true;
  /** Whether there is something to show when it is not asked for by its name. */
  readonly isOfUse?: (server: RedenoServer) => boolean;
}

const SECTIONS: readonly Section[] = [
  { title: "Server", fields: serverFields },
  { title: "Clients", fields: clientFields },
  { title: "Memory", fields: memoryFields },
  { title: "Vm", fields: virtualMemoryFields, isOfUse: (server) => server.virtualMemory !== undefined },
  { title: "Persistence", fields: persistenceFields },
  { title: "Stats", fields: statsFields },
  { title: "Replication", fields: replicationFields },
  { title: "CPU", fields: cpuFields },
  { title: "Modules", fields: () => [] },
  { title: "Commandstats", fields: commandFields, onRequest: true },
  { title: "Errorstats", fields: errorFields },
  { title: "Latencystats", fields: latencyFields, onRequest: true },
  { title: "Cluster", fields: clusterFields },
  { title: "Keyspace", fields: keyspaceFields },
];

/**
 * @param names sections in any case, `default`, `all` and `everything` among them; none: as `default`. Unknown ones
 * are passed over
 */
export function buildInfo(server: RedenoServer, names: readonly string[]): string {
  const asked = new Set(names.map((name) => name.toLowerCase()));
  const all = asked.has("all") || asked.has("everything");
  const usual = asked.size === 0 || asked.has("default");
  return SECTIONS
    .filter(({ title, onRequest, isOfUse }) =>
      asked.has(title.toLowerCase()) ||
      ((all || (usual && onRequest === undefined)) && isOfUse?.(server) !== false)
    )
    .map(({ title, fields }) => `# ${title}\r\n${fields(server).map(line).join("")}`)
    .join("\r\n");
}

function line([name, value]: readonly [string, string | number]): string {
  return `${name}:${value}\r\n`;
}

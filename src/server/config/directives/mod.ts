/** The table of all directives, by name; it refuses a name that is declared twice. */
import type { Directive } from "../directive.ts";
import { DATA_DIRECTIVES } from "./data.ts";
import { HTTP_DIRECTIVES } from "./http.ts";
import { PERSISTENCE_DIRECTIVES } from "./persistence.ts";
import { CLUSTER_DIRECTIVES, REPLICATION_DIRECTIVES } from "./replication.ts";
import { SERVER_DIRECTIVES } from "./server.ts";
import { TLS_DIRECTIVES } from "./tls.ts";
import { VIRTUAL_MEMORY_DIRECTIVES } from "./virtual_memory.ts";

/** Every directive once, in the order in which CONFIG GET prints them and CONFIG REWRITE adds them. */
export const DIRECTIVES: readonly Directive[] = [
  ...SERVER_DIRECTIVES,
  ...DATA_DIRECTIVES,
  ...PERSISTENCE_DIRECTIVES,
  ...REPLICATION_DIRECTIVES,
  ...CLUSTER_DIRECTIVES,
  ...TLS_DIRECTIVES,
  ...VIRTUAL_MEMORY_DIRECTIVES,
  ...HTTP_DIRECTIVES,
];

const byName = new Map<string, Directive>();
for (const directive of DIRECTIVES) {
  for (const name of [directive.name, directive.oldName]) {
    if (name === undefined) continue;
    if (byName.has(name)) throw new Error(`directive declared twice: ${name}`);
    byName.set(name, directive);
  }
}

/** The directive of a name or an old name, in any case. */
export function findDirective(name: string): Directive | undefined {
  return byName.get(name.toLowerCase());
}

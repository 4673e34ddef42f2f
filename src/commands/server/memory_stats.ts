/** The reply of MEMORY STATS: the reference's names for what this server can tell, in its order. */
import type { MemoryReport } from "../../context.ts";
import type { Reply } from "../../resp/reply.ts";
import { formatDouble } from "../../store/numbers/double.ts";

/** A field: bytes, or a ratio in the notation of doubles. */
type Field = readonly [name: string, value: number | { readonly ratio: number }];

/** @param keys in all databases @param scriptBytes the sources of scripts that are kept */
export function writeMemoryStats(
  report: MemoryReport,
  keys: number,
  scriptBytes: number,
  reply: Reply,
): void {
  const { used, peak, startup, rss, dataset, arenaUsed, arenaPages, databases } = report;
  const perKey = keys === 0 ? 0 : Math.floor(Math.max(0, used - startup) / keys);
  const before: readonly Field[] = [
    ["peak.allocated", peak],
    ["total.allocated", used],
    ["startup.allocated", startup],
    ["replication.backlog", 0],
    ["clients.slaves", 0],
    ["clients.normal", report.clientBuffers],
    ["cluster.links", 0],
    ["aof.buffer", report.notCounted],
    ["lua.caches", scriptBytes],
    ["functions.caches", 0],
  ];
  const after: readonly Field[] = [
    ["overhead.total", used - dataset],
    ["keys.count", keys],
    ["keys.bytes-per-key", perKey],
    ["dataset.bytes", dataset],
    ["dataset.percentage", share(dataset, Math.max(dataset, used - startup))],
    ["peak.percentage", share(used, peak)],
    ["allocator.allocated", arenaUsed],
    ["allocator.active", arenaPages],
    ["allocator.resident", report.arenaReserved],
    ["allocator-fragmentation.ratio", quotient(arenaPages, arenaUsed)],
    ["allocator-fragmentation.bytes", arenaPages - arenaUsed],
    ["fragmentation", quotient(rss, used)],
    ["fragmentation.bytes", rss - used],
  ];
  reply.map(before.length + databases.length + after.length);
  for (const field of before) writeField(field, reply);
  for (const { id, keys, expires } of databases) {
    reply.bulkText(`db.${id}`);
    reply.map(3);
    writeField(["overhead.hashtable.main", keys], reply);
    writeField(["overhead.hashtable.expires", expires], reply);
    writeField(["overhead.hashtable.slot-to-keys", 0], reply);
  }
  for (const field of after) writeField(field, reply);
}

function quotient(part: number, whole: number): { readonly ratio: number } {
  return { ratio: whole === 0 ? 0 : part / whole };
}

function share(part: number, whole: number): { readonly ratio: number } {
  return { ratio: whole === 0 ? 0 : part / whole * 100 };
}

function writeField([name, value]: Field, reply: Reply): void {
  reply.bulkText(name);
  if (typeof value === "number") reply.integer(value);
  else reply.double(formatDouble(value.ratio));
}

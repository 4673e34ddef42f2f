/** What the process's memory is used for. */
import type { MemoryReport } from "../context.ts";
import type { RedenoServer } from "./server.ts";

/** The most that was ever seen in use. */
export class MemoryPeak {
  bytes = 0;

  see(used: number): void {
    if (used > this.bytes) this.bytes = used;
  }
}

export function measureMemory(server: RedenoServer): MemoryReport {
  const { rss, heapUsed } = Deno.memoryUsage();
  const dataset = server.keyspace.usedBytes;
  let clientBuffers = 0;
  for (const client of server.clients.all()) clientBuffers += client.bufferBytes;
  const used = dataset + clientBuffers + heapUsed;
  return {
    dataset,
    used,
    peak: Math.max(used, server.peak.bytes),
    startup: 0,
    rss,
    arenaPages: server.keyspace.arena.pageBytes,
    arenaReserved: server.keyspace.arena.reservedBytes,
    clientBuffers,
    heapUsed,
    total: used,
  };
}

/**
 * What the process's memory is used for.
 *
 * "Used" is what the server can account for: blocks of the arena, values with buffers of their own, expiry
 * indexes, buffers of clients, and the engine's heap. It is sampled often for the peak, so what is dear to add up (the
 * clients) is added up once a second there.
 */
import type { MemoryReport } from "../context.ts";
import type { RedenoServer } from "./server.ts";

const CLIENT_BUFFERS_FOR_MS = 1000;

/** The most that was ever seen in use, and what was in use at the start. */
export class MemoryPeak {
  bytes = 0;
  startup = 0;
  #clientBuffers = 0;
  #clientBuffersAt = 0;

  /** Looks at what is in use now, cheaply enough to do it every 100 ms. */
  sample(server: RedenoServer): void {
    const now = server.keyspace.now;
    if (now - this.#clientBuffersAt >= CLIENT_BUFFERS_FOR_MS) {
      this.#clientBuffersAt = now;
      this.#clientBuffers = clientBufferBytes(server);
    }
    const used = server.keyspace.usedBytes + this.#clientBuffers + Deno.memoryUsage().heapUsed;
    if (this.startup === 0) this.startup = used;
    this.see(used);
  }

  see(used: number): void {
    if (used > this.bytes) this.bytes = used;
  }
}

/** Bytes in the buffers of all clients. O(clients). */
function clientBufferBytes(server: RedenoServer): number {
  let bytes = 0;
  for (const client of server.clients.all()) bytes += client.bufferBytes;
  return bytes;
}

/** Adds everything up. O(clients + tables). */
export function measureMemory(server: RedenoServer): MemoryReport {
  const { keyspace, peak } = server;
  const { arena, objects } = keyspace;
  const { rss, heapUsed } = Deno.memoryUsage();
  const clientBuffers = clientBufferBytes(server);
  const databases = [];
  let tables = 0;
  let expires = 0;
  for (const database of keyspace.databases) {
    const expiryBytes = database.expiryBytes;
    const tableBytes = database.overheadBytes - expiryBytes;
    tables += tableBytes;
    expires += expiryBytes;
    if (database.size > 0) databases.push({ id: database.id, keys: tableBytes, expires: expiryBytes });
  }
  const used = keyspace.usedBytes + expires + clientBuffers + heapUsed;
  peak.see(used);
  return {
    used,
    peak: peak.bytes,
    startup: peak.startup,
    rss,
    systemTotal: Deno.systemMemoryInfo().total,
    dataset: keyspace.usedBytes - tables,
    arenaUsed: arena.usedBytes,
    arenaPages: arena.pageBytes,
    arenaReserved: arena.reservedBytes,
    largeValues: objects.bytes,
    clientBuffers,
    heapUsed,
    databases,
  };
}

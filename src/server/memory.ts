/**
 * What the process's memory is used for.
 *
 * "Used" is computed: data, and what the server has because of its data and its clients. The program itself and the garbage
 * in the engine's heap are not in it, so the same data is always the same number, and eviction can rely on it;
 * docs/eviction.md tells why. Blocks of the arena and large values are counters that are always right; all the rest
 * changes slowly, and is added up now and then.
 */
import type { MemoryReport } from "../context.ts";
import type { RedenoServer } from "./server.ts";

/** What an object takes in the engine's heap, about: a large value, the name of a channel or pattern. */
const OBJECT_HEAP_BYTES = 512;
const NAME_HEAP_BYTES = 192;

/** What is in use, the most that was ever seen in use, and what was in use at the start. */
export class MemoryLedger {
  peak = 0;
  startup = 0;
  /** Of the process when the server began to listen: the program. */
  rssStartup = 0;
  /** Bytes that the limit of memory is not about: buffers of the append-only file, which evictions would make grow. */
  notCounted = 0;
  readonly #server: RedenoServer;
  /** All that is used, but for blocks of the arena and large values. */
  #slow = 0;

  constructor(server: RedenoServer) {
    this.#server = server;
  }

  get used(): number {
    return this.#server.keyspace.usedBytes + this.#slow;
  }

  /** What counts against `maxmemory` beside the data, as it was at the last {@link refresh}. */
  get beside(): number {
    return this.#slow - this.notCounted;
  }

  /** Adds up what changes slowly. O(databases). */
  refresh(): void {
    const { keyspace, clientMemory, pubsub, scripting, journal, persistence } = this.#server;
    const { sourceBytes, compiledBytes } = scripting.memory;
    const names = pubsub.size("channels") + pubsub.size("patterns") + pubsub.size("shardChannels");
    let expires = 0;
    for (const database of keyspace.databases) expires += database.expiryBytes;
    this.notCounted = journal.capacity + (persistence.aof.file?.bufferedBytes ?? 0);
    this.#slow = clientMemory.total + expires + sourceBytes + compiledBytes +
      keyspace.objects.count * OBJECT_HEAP_BYTES + names * NAME_HEAP_BYTES + this.notCounted;
    const { used } = this;
    if (this.startup === 0) {
      this.startup = used;
      this.rssStartup = Deno.memoryUsage().rss;
    }
    if (used > this.peak) this.peak = used;
  }
}

/** Adds everything up. O(clients + tables). */
export function measureMemory(server: RedenoServer): MemoryReport {
  const { keyspace, memoryLedger: ledger, clientMemory } = server;
  const { arena, objects } = keyspace;
  const { rss, heapUsed } = Deno.memoryUsage();
  clientMemory.recount();
  ledger.refresh();
  const databases = [];
  let tables = 0;
  for (const database of keyspace.databases) {
    const expiryBytes = database.expiryBytes;
    const tableBytes = database.overheadBytes - expiryBytes;
    tables += tableBytes;
    if (database.size > 0) databases.push({ id: database.id, keys: tableBytes, expires: expiryBytes });
  }
  return {
    used: ledger.used,
    peak: ledger.peak,
    startup: ledger.startup,
    rss,
    rssStartup: ledger.rssStartup,
    systemTotal: Deno.systemMemoryInfo().total,
    dataset: keyspace.usedBytes - tables,
    arenaUsed: arena.usedBytes,
    arenaPages: arena.pageBytes,
    arenaReserved: arena.reservedBytes,
    largeValues: objects.bytes,
    clientBuffers: clientMemory.total,
    heapUsed,
    notCounted: ledger.notCounted,
    databases,
  };
}

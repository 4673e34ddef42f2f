/**
 * The numbers that move: what the dashboard asks for every second while somebody looks at it, and nothing computes otherwise.
 * They are INFO's fields, so they mean what they mean there; the page keeps what was, and makes rates of counters.
 */
import { overallLatency } from "../server/command_latency.ts";
import { clientFields, statsFields } from "../server/info/counters.ts";
import type { Fields } from "../server/info/fields.ts";
import { memoryFields } from "../server/info/memory.ts";
import { persistenceFields } from "../server/info/persistence.ts";
import { cpuFields } from "../server/info/process.ts";
import { virtualMemoryFields } from "../server/info/virtual_memory.ts";
import type { RedenoServer } from "../server/server.ts";
import type { LatencyHistogram } from "../sys/latency_histogram.ts";

/** Fields of INFO that the page shows. Those that a section does not have are left out. */
const SHOWN: ReadonlySet<string> = new Set([
  ...["connected_clients", "blocked_clients", "maxclients"],
  ...["total_connections_received", "rejected_connections", "total_commands_processed"],
  ...["total_net_input_bytes", "total_net_output_bytes", "total_error_replies"],
  ...[
    "keyspace_hits",
    "keyspace_misses",
    "expired_keys",
    "evicted_keys",
    "pubsub_channels",
    "pubsub_patterns",
  ],
  ...["used_memory", "used_memory_rss", "used_memory_peak", "used_memory_dataset", "used_memory_startup"],
  ...[
    "used_memory_js_heap",
    "used_memory_large_values",
    "allocator_allocated",
    "allocator_active",
    "allocator_reserved",
  ],
  ...[
    "mem_clients_normal",
    "maxmemory",
    "maxmemory_policy",
    "total_system_memory",
    "mem_fragmentation_ratio",
  ],
  ...["lazyfree_pending_objects", "used_memory_overhead"],
  ...["loading", "loading_loaded_perc", "loading_eta_seconds", "rdb_changes_since_last_save"],
  ...["rdb_bgsave_in_progress", "rdb_last_save_time", "rdb_last_bgsave_status", "current_fork_perc"],
  ...["aof_enabled", "aof_rewrite_in_progress", "aof_last_write_status", "aof_last_bgrewrite_status"],
  ...["aof_current_size", "aof_base_size", "used_cpu_sys", "used_cpu_user"],
  ...["vm_enabled", "vm_conf_max_memory", "vm_conf_page_size", "vm_conf_pages", "vm_stats_used_pages"],
  ...["vm_stats_swapped_objects", "vm_stats_swappin_count", "vm_stats_swappout_count", "vm_stats_file_pages"],
  ...["vm_stats_blocked_clients", "vm_stats_load_usec_p99"],
]);
/** Percentiles are those of what was called between two readings at least and at most so far apart, in ms. */
const WINDOW_MS_MIN = 900;
const WINDOW_MS_MAX = 15_000;

export interface Live {
  /** Unix ms, and ms of the monotonic clock. */
  readonly now: number;
  readonly at: number;
  readonly info: Readonly<Record<string, string | number>>;
  /** Id, keys and keys with a time to live of databases that have keys. */
  readonly databases: readonly (readonly [id: number, keys: number, expiring: number])[];
  /** How long commands took lately, in microseconds: see {@link LiveNumbers}. Absent while nothing was called. */
  readonly latency?: LatencyReading;
  /** Whether a script has run for so long that others are answered BUSY. */
  readonly isBusy: boolean;
  readonly allowsWrites: boolean;
}

export interface LatencyReading {
  /** When it was taken, on the monotonic clock in ms. */
  readonly at: number;
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** What all who look share: one of them moves the window of the percentiles on. */
export class LiveNumbers {
  readonly #server: RedenoServer;
  #earlier: { readonly at: number; readonly histogram: LatencyHistogram } | undefined;
  #reading: LatencyReading | undefined;

  constructor(server: RedenoServer) {
    this.#server = server;
  }

  /** O(clients + tables + kinds of commands that were called). */
  read(): Live {
    const server = this.#server;
    const at = server.clock.monotonicMs();
    this.#moveWindow(at);
    const databases = [];
    for (const { id, size, expiring } of server.keyspace.databases) {
      if (size > 0) databases.push([id, size, expiring] as const);
    }
    return {
      now: server.clock.now(),
      at,
      info: shown([
        clientFields(server),
        memoryFields(server),
        virtualMemoryFields(server),
        persistenceFields(server),
        statsFields(server),
        cpuFields(),
      ]),
      databases,
      ...this.#reading === undefined ? {} : { latency: this.#reading },
      isBusy: server.dispatcher.isSuspended,
      allowsWrites: server.settings.flag("http-allow-writes"),
    };
  }

  #moveWindow(at: number): void {
    const earlier = this.#earlier;
    if (earlier !== undefined && at - earlier.at < WINDOW_MS_MIN) return;
    const histogram = overallLatency(this.#server.commands);
    this.#earlier = { at, histogram };
    this.#reading = undefined;
    // Nobody has looked for long: that would be no percentiles of now.
    if (earlier === undefined || at - earlier.at > WINDOW_MS_MAX) return;
    const lately = histogram.since(earlier.histogram);
    if (lately.total === 0) return;
    this.#reading = {
      at,
      calls: lately.total,
      p50: lately.percentile(50),
      p99: lately.percentile(99),
      p999: lately.percentile(99.9),
    };
  }
}

function shown(sections: readonly Fields[]): Record<string, string | number> {
  const info: Record<string, string | number> = {};
  for (const fields of sections) {
    for (const [name, value] of fields) {
      if (!SHOWN.has(name)) continue;
      const number = Number(value);
      info[name] = Number.isNaN(number) || value === "" ? value : number;
    }
  }
  return info;
}

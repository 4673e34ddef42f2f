/** INFO's section Vm: the fields of Redis 2.x, and behind them ours. */
import type { RedenoServer } from "../server.ts";
import type { Fields } from "./fields.ts";

export function virtualMemoryFields({ virtualMemory, preloader, settings }: RedenoServer): Fields {
  if (virtualMemory === undefined) return [["vm_enabled", 0]];
  const { map, statistics, swapper, loader, options } = virtualMemory;
  return [
    ["vm_enabled", 1],
    ["vm_conf_max_memory", settings.number("vm-max-memory")],
    ["vm_conf_page_size", options.pageSize],
    ["vm_conf_pages", options.pages],
    ["vm_stats_used_pages", map.used],
    ["vm_stats_swapped_objects", virtualMemory.swapped],
    ["vm_stats_swappin_count", statistics.swappedIn],
    ["vm_stats_swappout_count", statistics.swappedOut],
    ["vm_stats_io_newjobs_len", loader.queued],
    ["vm_stats_io_processing_len", loader.reading + swapper.jobs],
    ["vm_stats_io_processed_len", 0],
    ["vm_stats_io_active_threads", loader.reading + (swapper.writing > 0 ? 1 : 0)],
    ["vm_stats_blocked_clients", preloader!.waiting],
    ["vm_conf_max_threads", options.threads],
    ["vm_stats_swappable_objects", swapper.residents.size],
    ["vm_stats_file_pages", map.extent],
    ["vm_stats_table_bytes", map.bytes + swapper.residents.bytes],
    ["vm_stats_shared_loads", statistics.loadsShared],
    ["vm_stats_blocking_reads", statistics.readsAtOnce],
    ["vm_stats_cancelled_swapouts", statistics.cancelled],
    ["vm_stats_no_room", statistics.noRoom],
    ["vm_stats_write_errors", statistics.writeErrors],
    ["vm_stats_read_errors", statistics.readErrors],
    ["vm_stats_damaged_values", statistics.damaged],
    ["vm_stats_load_usec_p50", loader.latency.percentile(50).toFixed(1)],
    ["vm_stats_load_usec_p99", loader.latency.percentile(99).toFixed(1)],
    ["vm_stats_load_usec_max", loader.slowest.toFixed(1)],
  ];
}

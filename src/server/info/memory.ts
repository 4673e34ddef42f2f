/** INFO's section Memory. */
import type { RedenoServer } from "../server.ts";
import { type Fields, humanBytes, percent, ratio } from "./fields.ts";

export function memoryFields(server: RedenoServer): Fields {
  const report = server.memory();
  const { used, peak, startup, rss, dataset, arenaUsed, arenaPages, systemTotal } = report;
  const limit = server.settings.number("maxmemory");
  const { keyspace } = server;
  const { scripts, sourceBytes, compiledBytes } = server.scripting.memory;
  return [
    ["used_memory", used],
    ["used_memory_human", humanBytes(used)],
    ["used_memory_rss", rss],
    ["used_memory_rss_human", humanBytes(rss)],
    ["used_memory_peak", peak],
    ["used_memory_peak_human", humanBytes(peak)],
    ["used_memory_peak_perc", percent(used, peak)],
    ["used_memory_overhead", used - dataset],
    ["used_memory_startup", startup],
    ["used_memory_dataset", dataset],
    ["used_memory_dataset_perc", percent(dataset, Math.max(dataset, used - startup))],
    ["used_memory_js_heap", report.heapUsed],
    ["used_memory_large_values", report.largeValues],
    ["allocator_allocated", arenaUsed],
    ["allocator_active", arenaPages],
    ["allocator_reserved", report.arenaReserved],
    ["total_system_memory", systemTotal],
    ["total_system_memory_human", humanBytes(systemTotal)],
    ["used_memory_lua", compiledBytes],
    ["used_memory_vm_eval", compiledBytes],
    ["used_memory_lua_human", humanBytes(compiledBytes)],
    ["used_memory_scripts_eval", sourceBytes],
    ["number_of_cached_scripts", scripts],
    ["number_of_functions", 0],
    ["number_of_libraries", 0],
    ["used_memory_vm_functions", 0],
    ["used_memory_vm_total", compiledBytes],
    ["used_memory_vm_total_human", humanBytes(compiledBytes)],
    ["used_memory_functions", 0],
    ["used_memory_scripts", sourceBytes],
    ["used_memory_scripts_human", humanBytes(sourceBytes)],
    ["maxmemory", limit],
    ["maxmemory_human", humanBytes(limit)],
    ["maxmemory_policy", server.settings.get("maxmemory-policy") ?? "noeviction"],
    ["allocator_frag_ratio", ratio(arenaPages, arenaUsed)],
    ["allocator_frag_bytes", arenaPages - arenaUsed],
    ["mem_fragmentation_ratio", ratio(rss, used)],
    ["mem_fragmentation_bytes", rss - used],
    ["mem_not_counted_for_evict", report.notCounted],
    ["mem_replication_backlog", 0],
    ["mem_total_replication_buffers", 0],
    ["mem_clients_slaves", 0],
    ["mem_clients_normal", report.clientBuffers],
    ["mem_cluster_links", 0],
    ["mem_aof_buffer", report.notCounted],
    ["mem_allocator", "redeno-arena"],
    ["active_defrag_running", 0],
    ["lazyfree_pending_objects", keyspace.lazyFreePending],
    ["lazyfreed_objects", keyspace.lazyFreed],
  ];
}

/**
 * The samples of Prometheus that are a field of INFO each: the field, the name of the sample, what it is.
 *
 * A field that INFO does not show is left out of the page.
 */

export interface ValueMetric {
  readonly field: string;
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
}

type Row = readonly [field: string, name: string, help: string];

const GAUGES: readonly Row[] = [
  ["uptime_in_seconds", "redis_uptime_in_seconds", "How long the server runs, in seconds."],
  ["process_id", "redis_process_id", "Number of the process."],
  ["hz", "redis_hz", "How often the server looks at what is due by the clock, per second."],
  ["configured_hz", "redis_configured_hz", "The directive hz."],
  ["connected_clients", "redis_connected_clients", "Clients that are connected."],
  ["blocked_clients", "redis_blocked_clients", "Clients that wait for a key."],
  ["tracking_clients", "redis_tracking_clients", "Clients that are told of changes of keys that they cache."],
  ["maxclients", "redis_config_maxclients", "The directive maxclients."],
  [
    "clients_in_timeout_table",
    "redis_clients_in_timeout_table",
    "Clients that wait no longer than some time.",
  ],
  ["tracking_total_keys", "redis_tracking_total_keys", "Keys that clients may have cached."],
  [
    "tracking_total_items",
    "redis_tracking_total_items",
    "Keys that clients may have cached, counted by client.",
  ],
  [
    "tracking_total_prefixes",
    "redis_tracking_total_prefixes",
    "Prefixes of which clients are told every change.",
  ],
  [
    "client_recent_max_input_buffer",
    "redis_client_recent_max_input_buffer_bytes",
    "The largest input buffer of a client.",
  ],
  [
    "client_recent_max_output_buffer",
    "redis_client_recent_max_output_buffer_bytes",
    "The most that waits to be sent to one client.",
  ],
  ["used_memory", "redis_memory_used_bytes", "Memory that the server can account for."],
  ["used_memory_rss", "redis_memory_used_rss_bytes", "Memory of the process, as the system counts it."],
  ["used_memory_peak", "redis_memory_used_peak_bytes", "The most memory that was ever seen in use."],
  ["used_memory_lua", "redis_memory_used_lua_bytes", "Memory of compiled scripts, estimated."],
  [
    "used_memory_vm_total",
    "redis_memory_used_vm_total",
    "Memory of the engines of scripts, estimated.",
  ],
  ["used_memory_overhead", "redis_memory_used_overhead_bytes", "Memory in use that is not data."],
  [
    "used_memory_startup",
    "redis_memory_used_startup_bytes",
    "Memory that was in use when the server began to listen.",
  ],
  ["used_memory_dataset", "redis_memory_used_dataset_bytes", "Memory of keys and values."],
  ["used_memory_scripts", "redis_memory_used_scripts_bytes", "Memory of the sources of scripts."],
  ["number_of_cached_scripts", "redis_number_of_cached_scripts", "Scripts that EVALSHA knows."],
  ["number_of_functions", "redis_number_of_functions", "Functions that are loaded."],
  ["number_of_libraries", "redis_number_of_libraries", "Libraries of functions that are loaded."],
  ["maxmemory", "redis_config_maxmemory", "The directive maxmemory; 0: no limit."],
  ["mem_total_replication_buffers", "redis_mem_total_replication_buffers_bytes", "Buffers of replication."],
  [
    "rdb_last_load_keys_expired",
    "redis_rdb_last_load_expired_keys",
    "Keys of the file that was loaded which were dead.",
  ],
  ["rdb_last_load_keys_loaded", "redis_rdb_last_load_loaded_keys", "Keys that were loaded from a file."],
  [
    "current_eviction_exceeded_time",
    "redis_current_eviction_exceeded_time_ms",
    "How long memory is over maxmemory, in ms.",
  ],
  ["maxmemory", "redis_memory_max_bytes", "The directive maxmemory; 0: no limit."],
  ["total_system_memory", "redis_total_system_memory_bytes", "Memory of the machine."],
  ["allocator_allocated", "redis_allocator_allocated_bytes", "Bytes in blocks of the arena."],
  ["allocator_active", "redis_allocator_active_bytes", "Bytes in pages of the arena that hold a block."],
  [
    "allocator_frag_ratio",
    "redis_allocator_frag_ratio",
    "Pages of the arena in relation to what is in them.",
  ],
  ["allocator_frag_bytes", "redis_allocator_frag_bytes", "Bytes of pages of the arena that hold nothing."],
  [
    "mem_fragmentation_ratio",
    "redis_mem_fragmentation_ratio",
    "Memory of the process in relation to what is accounted for.",
  ],
  [
    "mem_fragmentation_bytes",
    "redis_mem_fragmentation_bytes",
    "Memory of the process that is not accounted for.",
  ],
  ["mem_clients_slaves", "redis_mem_clients_slaves", "Buffers of replicas, in bytes."],
  ["mem_clients_normal", "redis_mem_clients_normal", "Buffers of clients, in bytes."],
  [
    "mem_not_counted_for_evict",
    "redis_mem_not_counted_for_eviction_bytes",
    "Memory that does not count towards maxmemory.",
  ],
  ["lazyfree_pending_objects", "redis_lazyfree_pending_objects", "Values that wait to be freed."],
  ["active_defrag_running", "redis_active_defrag_running", "Whether memory is being moved together."],
  ["loading", "redis_loading_dump_file", "Whether data is being loaded."],
  ["rdb_changes_since_last_save", "redis_rdb_changes_since_last_save", "Changes since the data was saved."],
  ["rdb_bgsave_in_progress", "redis_rdb_bgsave_in_progress", "Whether a snapshot is being written."],
  [
    "rdb_last_save_time",
    "redis_rdb_last_save_timestamp_seconds",
    "When the data was saved, in seconds since 1970.",
  ],
  [
    "rdb_last_bgsave_time_sec",
    "redis_rdb_last_bgsave_duration_sec",
    "How long the last snapshot took, in seconds; -1: there was none.",
  ],
  [
    "rdb_current_bgsave_time_sec",
    "redis_rdb_current_bgsave_duration_sec",
    "How long the snapshot under way takes, in seconds; -1: there is none.",
  ],
  [
    "rdb_last_cow_size",
    "redis_rdb_last_cow_size_bytes",
    "The most that the last snapshot held of values that changed meanwhile.",
  ],
  ["aof_enabled", "redis_aof_enabled", "Whether there is an append-only file."],
  [
    "aof_rewrite_in_progress",
    "redis_aof_rewrite_in_progress",
    "Whether the append-only file is being rewritten.",
  ],
  [
    "aof_rewrite_scheduled",
    "redis_aof_rewrite_scheduled",
    "Whether the append-only file is to be rewritten.",
  ],
  [
    "aof_last_rewrite_time_sec",
    "redis_aof_last_rewrite_duration_sec",
    "How long the last rewrite took, in seconds; -1: there was none.",
  ],
  [
    "aof_current_rewrite_time_sec",
    "redis_aof_current_rewrite_duration_sec",
    "How long the rewrite under way takes, in seconds; -1: there is none.",
  ],
  [
    "aof_last_cow_size",
    "redis_aof_last_cow_size_bytes",
    "The most that the last rewrite held of values that changed meanwhile.",
  ],
  ["aof_current_size", "redis_aof_current_size_bytes", "Size of the append-only file."],
  ["aof_base_size", "redis_aof_base_size_bytes", "Size of the append-only file after the last rewrite."],
  ["aof_pending_rewrite", "redis_aof_pending_rewrite", "Whether a rewrite waits for a snapshot to end."],
  ["aof_buffer_length", "redis_aof_buffer_length", "Bytes that wait to be written to the append-only file."],
  ["aof_pending_bio_fsync", "redis_aof_pending_bio_fsync", "Whether the append-only file is being synced."],
  ["aof_delayed_fsync", "redis_aof_delayed_fsync", "How often a write waited for a sync."],
  [
    "expired_stale_perc",
    "redis_expired_stale_percentage",
    "Estimated share of dead keys among those with a time to live.",
  ],
  ["pubsub_channels", "redis_pubsub_channels", "Channels that somebody is subscribed to."],
  ["pubsub_patterns", "redis_pubsub_patterns", "Patterns that somebody is subscribed to."],
  ["pubsubshard_channels", "redis_pubsubshard_channels", "Shard channels that somebody is subscribed to."],
  ["connected_slaves", "redis_connected_slaves", "Replicas that are connected."],
  ["master_repl_offset", "redis_master_repl_offset", "Bytes of replication that were sent."],
  ["second_repl_offset", "redis_second_repl_offset", "Up to where the former replication ID holds."],
  ["repl_backlog_size", "redis_replication_backlog_bytes", "Size of the backlog of replication."],
  ["repl_backlog_active", "redis_repl_backlog_is_active", "Whether there is a backlog of replication."],
  [
    "repl_backlog_first_byte_offset",
    "redis_repl_backlog_first_byte_offset",
    "Where the backlog of replication begins.",
  ],
  ["repl_backlog_histlen", "redis_repl_backlog_history_bytes", "Bytes in the backlog of replication."],
  ["cluster_enabled", "redis_cluster_enabled", "Whether the server is one of a cluster."],
  ["allocator_reserved", "redeno_arena_reserved_bytes", "Address space of the arena, touched or not."],
  ["used_memory_js_heap", "redeno_js_heap_bytes", "The heap of the engine, where no data lies."],
  [
    "used_memory_large_values",
    "redeno_large_values_bytes",
    "Values with buffers of their own, beside the arena.",
  ],
  ["vm_enabled", "redeno_vm_enabled", "Whether values may go to the swap file."],
  [
    "vm_conf_max_memory",
    "redeno_vm_max_memory_bytes",
    "Memory of values beyond which they go to the swap file.",
  ],
  ["vm_conf_page_size", "redeno_vm_page_bytes", "Size of a page of the swap file."],
  ["vm_conf_pages", "redeno_vm_pages", "Pages that the swap file may have; 0: no limit."],
  ["vm_stats_used_pages", "redeno_vm_used_pages", "Pages of the swap file that hold something."],
  ["vm_stats_file_pages", "redeno_vm_file_pages", "Pages up to the end of the swap file."],
  ["vm_stats_swapped_objects", "redeno_vm_swapped_values", "Values that are in the swap file."],
  [
    "vm_stats_swappable_objects",
    "redeno_vm_swappable_values",
    "Values in memory that can go to the swap file.",
  ],
  [
    "vm_stats_blocked_clients",
    "redeno_vm_waiting_clients",
    "Clients that wait for values from the swap file.",
  ],
  [
    "vm_stats_load_usec_p99",
    "redeno_vm_load_p99_usec",
    "Within how many microseconds 99 % of values are read from the swap file.",
  ],
];

const COUNTERS: readonly Row[] = [
  ["lazyfreed_objects", "redeno_lazyfreed_values_total", "Values that were freed in the background."],
  ["rdb_saves", "redis_rdb_saves_total", "Snapshots that were written."],
  ["total_connections_received", "redis_connections_received_total", "Connections that were accepted."],
  ["total_commands_processed", "redis_commands_processed_total", "Commands that were carried out."],
  ["rejected_connections", "redis_rejected_connections_total", "Connections that were refused."],
  ["total_net_input_bytes", "redis_net_input_bytes_total", "Bytes that clients sent."],
  ["total_net_output_bytes", "redis_net_output_bytes_total", "Bytes that were sent to clients."],
  ["total_reads_processed", "redis_total_reads_processed", "Reads from sockets."],
  ["total_writes_processed", "redis_total_writes_processed", "Writes to sockets."],
  ["total_error_replies", "redis_total_error_replies", "Error replies."],
  [
    "unexpected_error_replies",
    "redis_unexpected_error_replies",
    "Error replies that are defects of the server.",
  ],
  ["expired_keys", "redis_expired_keys_total", "Keys that died of age."],
  [
    "expired_time_cap_reached_count",
    "redis_expired_time_cap_reached_total",
    "Cycles of expiry that ran out of time.",
  ],
  [
    "expire_cycle_cpu_milliseconds",
    "redis_expire_cycle_cpu_time_ms_total",
    "Time of cycles of expiry, in ms.",
  ],
  [
    "total_eviction_exceeded_time",
    "redis_eviction_exceeded_time_ms_total",
    "How long memory was over maxmemory, in ms.",
  ],
  [
    "client_query_buffer_limit_disconnections",
    "redis_client_query_buffer_limit_disconnections_total",
    "Clients that were closed because they sent too much at once.",
  ],
  [
    "client_output_buffer_limit_disconnections",
    "redis_client_output_buffer_limit_disconnections_total",
    "Clients that were closed because they did not read.",
  ],
  ["evicted_keys", "redis_evicted_keys_total", "Keys that had to go for memory."],
  ["evicted_clients", "redis_evicted_clients_total", "Clients that had to go for memory."],
  ["keyspace_hits", "redis_keyspace_hits_total", "Keys that were looked up and found."],
  ["keyspace_misses", "redis_keyspace_misses_total", "Keys that were looked up and not found."],
  ["sync_full", "redis_replica_resyncs_full", "Full synchronisations of replicas."],
  ["sync_partial_ok", "redis_replica_partial_resync_accepted", "Partial synchronisations of replicas."],
  [
    "sync_partial_err",
    "redis_replica_partial_resync_denied",
    "Partial synchronisations that were not possible.",
  ],
  [
    "used_cpu_sys",
    "redis_cpu_sys_seconds_total",
    "Processor time of the system for the process, in seconds.",
  ],
  ["used_cpu_user", "redis_cpu_user_seconds_total", "Processor time of the process, in seconds."],
  [
    "used_cpu_sys_children",
    "redis_cpu_sys_children_seconds_total",
    "Processor time of the system for children, in seconds.",
  ],
  [
    "used_cpu_user_children",
    "redis_cpu_user_children_seconds_total",
    "Processor time of children, in seconds.",
  ],
  [
    "used_cpu_sys_main_thread",
    "redis_cpu_sys_main_thread_seconds_total",
    "Processor time of the system for the main thread, in seconds.",
  ],
  [
    "used_cpu_user_main_thread",
    "redis_cpu_user_main_thread_seconds_total",
    "Processor time of the main thread, in seconds.",
  ],
  ["vm_stats_swappin_count", "redeno_vm_swapped_in_total", "Values that were read from the swap file."],
  ["vm_stats_swappout_count", "redeno_vm_swapped_out_total", "Values that were written to the swap file."],
  ["vm_stats_read_errors", "redeno_vm_read_errors_total", "Reads from the swap file that failed."],
  ["vm_stats_write_errors", "redeno_vm_write_errors_total", "Writes to the swap file that failed."],
  [
    "vm_stats_damaged_values",
    "redeno_vm_damaged_values_total",
    "Values whose checksum was wrong when they were read.",
  ],
];

export const VALUE_METRICS: readonly ValueMetric[] = [
  ...GAUGES.map(([field, name, help]) => ({ field, name, type: "gauge" as const, help })),
  ...COUNTERS.map(([field, name, help]) => ({ field, name, type: "counter" as const, help })),
];

/** Fields that say `ok` or `err`: 1 for ok. */
export const STATUS_METRICS: readonly Omit<ValueMetric, "type">[] = [
  {
    field: "rdb_last_bgsave_status",
    name: "redis_rdb_last_bgsave_status",
    help: "Whether the last snapshot was written.",
  },
  {
    field: "aof_last_bgrewrite_status",
    name: "redis_aof_last_bgrewrite_status",
    help: "Whether the last rewrite of the append-only file was done.",
  },
  {
    field: "aof_last_write_status",
    name: "redis_aof_last_write_status",
    help: "Whether the last write to the append-only file was done.",
  },
];

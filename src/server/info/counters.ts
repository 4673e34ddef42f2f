/** INFO's sections of counters: Clients, Stats, Replication, Cluster, Keyspace. */
import type { Database } from "../../store/database.ts";
import type { RedenoServer } from "../server.ts";
import type { Fields } from "./fields.ts";

/** Keys whose time to live stands for that of all. */
const TTL_SAMPLES = 32;

export function clientFields(server: RedenoServer): Fields {
  let input = 0;
  let output = 0;
  for (const client of server.clients.all()) {
    input = Math.max(input, client.inputCapacity);
    output = Math.max(output, client.outputPending);
  }
  return [
    ["connected_clients", server.clients.size],
    ["cluster_connections", 0],
    ["maxclients", server.settings.number("maxclients")],
    ["client_recent_max_input_buffer", input],
    ["client_recent_max_output_buffer", output],
    ["blocked_clients", server.keyspace.waits.size],
    ["tracking_clients", server.tracking.clients],
    ["clients_in_timeout_table", 0],
  ];
}

function kilobytes(rate: { readonly perSecond: number }): string {
  return (rate.perSecond / 1024).toFixed(2);
}

export function statsFields(server: RedenoServer): Fields {
  const exceeded = server.eviction.exceededMs;
  const { statistics, keyspace, dispatcher } = server;
  return [
    ["total_connections_received", statistics.connectionsReceived],
    ["total_commands_processed", dispatcher.commandsProcessed],
    ["instantaneous_ops_per_sec", Math.round(statistics.operations.perSecond)],
    ["total_net_input_bytes", server.bytesReceived],
    ["total_net_output_bytes", server.bytesSent],
    ["total_net_repl_input_bytes", 0],
    ["total_net_repl_output_bytes", 0],
    ["instantaneous_input_kbps", kilobytes(statistics.input)],
    ["instantaneous_output_kbps", kilobytes(statistics.output)],
    ["instantaneous_input_repl_kbps", "0.00"],
    ["instantaneous_output_repl_kbps", "0.00"],
    ["rejected_connections", statistics.connectionsRejected],
    ["sync_full", 0],
    ["sync_partial_ok", 0],
    ["sync_partial_err", 0],
    ["expired_keys", keyspace.expiredKeys],
    ["expired_stale_perc", keyspace.staleEstimate.toFixed(2)],
    ["expired_time_cap_reached_count", keyspace.expireCyclesCutShort],
    ["expire_cycle_cpu_milliseconds", Math.floor(statistics.expireCycleMs)],
    ["evicted_keys", keyspace.evictedKeys],
    ["evicted_clients", server.clientMemory.evicted],
    ["total_eviction_exceeded_time", Math.floor(exceeded.total)],
    ["current_eviction_exceeded_time", Math.floor(exceeded.current)],
    ["keyspace_hits", keyspace.hits],
    ["keyspace_misses", keyspace.misses],
    ["pubsub_channels", server.pubsub.size("channels")],
    ["pubsub_patterns", server.pubsub.size("patterns")],
    ["pubsubshard_channels", server.pubsub.size("shardChannels")],
    ["latest_fork_usec", 0],
    ["total_forks", 0],
    ["migrate_cached_sockets", 0],
    ["slave_expires_tracked_keys", 0],
    ["active_defrag_hits", 0],
    ["active_defrag_misses", 0],
    ["active_defrag_key_hits", 0],
    ["active_defrag_key_misses", 0],
    ["total_active_defrag_time", 0],
    ["current_active_defrag_time", 0],
    ["tracking_total_keys", server.tracking.keys],
    ["tracking_total_items", server.tracking.items],
    ["tracking_total_prefixes", server.tracking.prefixes],
    ["unexpected_error_replies", statistics.internalErrors],
    ["total_error_replies", statistics.errorReplies],
    ["dump_payload_sanitizations", 0],
    ["total_reads_processed", server.reads],
    ["total_writes_processed", server.writes],
    ["io_threaded_reads_processed", 0],
    ["io_threaded_writes_processed", 0],
    ["client_query_buffer_limit_disconnections", statistics.queryBufferLimitDisconnections],
    ["client_output_buffer_limit_disconnections", statistics.outputBufferLimitDisconnections],
  ];
}

/** A master without replicas: there is no replication yet. */
export function replicationFields(server: RedenoServer): Fields {
  return [
    ["role", "master"],
    ["connected_slaves", 0],
    ["master_failover_state", "no-failover"],
    ["master_replid", server.replicationId],
    ["master_replid2", "0".repeat(40)],
    ["master_repl_offset", 0],
    ["second_repl_offset", -1],
    ["repl_backlog_active", 0],
    ["repl_backlog_size", server.settings.number("repl-backlog-size")],
    ["repl_backlog_first_byte_offset", 0],
    ["repl_backlog_histlen", 0],
  ];
}

export function clusterFields(): Fields {
  return [["cluster_enabled", 0]];
}

export function keyspaceFields(server: RedenoServer): Fields {
  const fields: [string, string][] = [];
  for (const database of server.keyspace.databases) {
    if (database.size === 0) continue;
    const ttl = meanTtl(database, server.keyspace.now);
    fields.push([`db${database.id}`, `keys=${database.size},expires=${database.expiring},avg_ttl=${ttl}`]);
  }
  return fields;
}

/** The mean time to live of some random keys that have one, in ms. */
function meanTtl(database: Database, now: number): number {
  if (database.expiring === 0) return 0;
  let sum = 0;
  for (let i = 0; i < TTL_SAMPLES; i++) {
    sum += Math.max(0, database.expireAt(database.randomExpiring()) - now);
  }
  return Math.round(sum / TTL_SAMPLES);
}

/** INFO's section Persistence: loading, snapshots, the append-only file. */
import type { RedenoServer } from "../server.ts";
import type { Fields } from "./fields.ts";

export function persistenceFields(server: RedenoServer): Fields {
  const { persistence } = server;
  const { rdb, aof, loading } = persistence;
  const snapshot = rdb.running ?? aof.running;
  const now = server.clock.now();
  const status = (failed: boolean) => failed ? "err" : "ok";
  const secondsSince = (startedAt: number | undefined) =>
    startedAt === undefined ? -1 : Math.round((now - startedAt) / 1000);
  const walked = snapshot?.snapshot;
  return [
    ["loading", loading.progress === undefined ? 0 : 1],
    ["async_loading", 0],
    ["current_cow_peak", snapshot?.heldPeak ?? 0],
    ["current_cow_size", snapshot?.held ?? 0],
    ["current_cow_size_age", snapshot === undefined ? 0 : Math.floor((now - snapshot.heldAt) / 1000)],
    [
      "current_fork_perc",
      (walked === undefined || walked.total === 0 ? 0 : walked.shown * 100 / walked.total).toFixed(2),
    ],
    ["current_save_keys_processed", walked?.shown ?? 0],
    ["current_save_keys_total", walked?.total ?? 0],
    ["rdb_changes_since_last_save", server.keyspace.dirty],
    ["rdb_bgsave_in_progress", rdb.running === undefined ? 0 : 1],
    ["rdb_last_save_time", Math.floor(rdb.lastSavedAt / 1000)],
    ["rdb_last_bgsave_status", status(rdb.lastFailed)],
    ["rdb_last_bgsave_time_sec", rdb.lastSeconds],
    ["rdb_current_bgsave_time_sec", secondsSince(rdb.running?.startedAt)],
    ["rdb_saves", rdb.saves],
    ["rdb_last_cow_size", rdb.lastHeldPeak],
    ["rdb_last_load_keys_expired", loading.keysExpired],
    ["rdb_last_load_keys_loaded", loading.keysLoaded],
    ["aof_enabled", isAofOn(server) ? 1 : 0],
    ["aof_rewrite_in_progress", aof.running === undefined ? 0 : 1],
    ["aof_rewrite_scheduled", aof.scheduled ? 1 : 0],
    ["aof_last_rewrite_time_sec", aof.lastSeconds],
    ["aof_current_rewrite_time_sec", secondsSince(aof.running?.startedAt)],
    ["aof_last_bgrewrite_status", status(aof.lastRewriteFailed)],
    ["aof_rewrites", aof.rewrites],
    ["aof_rewrites_consecutive_failures", aof.failuresInARow],
    ["aof_last_write_status", status(aof.writeError !== undefined)],
    ["aof_last_cow_size", aof.lastHeldPeak],
    ["module_fork_in_progress", 0],
    ["module_fork_last_cow_size", 0],
    ...aofFields(server),
    ...loadingFields(server),
  ];
}

/** Whether there is an append-only file, or will be when it is loaded. */
function isAofOn({ persistence: { aof, loading }, settings }: RedenoServer): boolean {
  return aof.state !== "off" || (loading.progress !== undefined && settings.flag("appendonly"));
}

function aofFields(server: RedenoServer): Fields {
  const { aof } = server.persistence;
  if (!isAofOn(server)) return [];
  return [
    ["aof_current_size", aof.size],
    ["aof_base_size", aof.sizeAfterRewrite],
    ["aof_pending_rewrite", aof.scheduled ? 1 : 0],
    ["aof_buffer_length", aof.file?.bufferedBytes ?? 0],
    ["aof_pending_bio_fsync", aof.file?.syncInProgress === true ? 1 : 0],
    ["aof_delayed_fsync", aof.file?.delayedFsyncs ?? 0],
  ];
}

function loadingFields({ persistence: { loading }, clock }: RedenoServer): Fields {
  const { progress } = loading;
  if (progress === undefined) return [];
  const { startedAt, totalBytes, loadedBytes, rdbUsedMemory } = progress;
  const seconds = (clock.now() - startedAt) / 1000;
  const remaining = loadedBytes === 0 ? 1 : Math.floor(seconds * (totalBytes - loadedBytes) / loadedBytes);
  return [
    ["loading_start_time", Math.floor(startedAt / 1000)],
    ["loading_total_bytes", totalBytes],
    ["loading_rdb_used_mem", rdbUsedMemory],
    ["loading_loaded_bytes", loadedBytes],
    ["loading_loaded_perc", (totalBytes === 0 ? 0 : loadedBytes * 100 / totalBytes).toFixed(2)],
    ["loading_eta_seconds", remaining],
  ];
}

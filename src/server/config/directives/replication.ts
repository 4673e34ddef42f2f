/**
 * Directives of replication and the cluster.
 */
import {
  choice,
  type Directive,
  directive,
  integer,
  memory,
  optionalText,
  text,
  yesOrNo,
} from "../directive.ts";
import { INT32_MAX, INT64_MAX, UINT64_MAX } from "../numbers.ts";
import type { Source } from "../kinds.ts";
import { MASTER_ADDRESS } from "../special_kinds.ts";

const BACKLOG_BYTES_MIN = 16 * 1024;
const HOSTNAME_CHARS_MAX = 255;

/** At run time a smaller backlog is made with the smallest useful size; a file may say what it likes. */
function enlargeBacklog(value: string, source: Source): string {
  return source === "client" && BigInt(value) < BACKLOG_BYTES_MIN ? String(BACKLOG_BYTES_MIN) : value;
}

function checkHostname(text: string): string | undefined {
  if (text.length > HOSTNAME_CHARS_MAX) return "Hostnames must be less than 256 characters";
  return /^[a-zA-Z0-9.-]*$/.test(text)
    ? undefined
    : "Hostnames may only contain alphanumeric characters, hyphens or dots";
}

export const REPLICATION_DIRECTIVES: readonly Directive[] = [
  optionalText("masterauth", { isSensitive: true }, { isBinary: true }),
  optionalText("masteruser", { isSensitive: true }),
  integer("min-replicas-max-lag", 10, [0, INT32_MAX], { oldName: "min-slaves-max-lag" }),
  integer("min-replicas-to-write", 0, [0, INT32_MAX], { oldName: "min-slaves-to-write" }),
  memory("repl-backlog-size", 1048576, [1, INT64_MAX], { adjust: enlargeBacklog }),
  integer("repl-backlog-ttl", 3600, [0, INT64_MAX]),
  yesOrNo("repl-disable-tcp-nodelay", "no"),
  choice("repl-diskless-load", "disabled", ["disabled", "on-empty-db", "swapdb"], {
    isRefusedWhileLoading: true,
  }),
  yesOrNo("repl-diskless-sync", "yes"),
  integer("repl-diskless-sync-delay", 5, [0, INT32_MAX]),
  integer("repl-diskless-sync-max-replicas", 0, [0, INT32_MAX]),
  integer("repl-ping-replica-period", 10, [1, INT32_MAX], { oldName: "repl-ping-slave-period" }),
  integer("repl-timeout", 60, [1, INT32_MAX]),
  optionalText("replica-announce-ip", { oldName: "slave-announce-ip" }),
  integer("replica-announce-port", 0, [0, 65535], { oldName: "slave-announce-port" }),
  yesOrNo("replica-announced", "yes"),
  yesOrNo("replica-ignore-disk-write-errors", "no"),
  yesOrNo("replica-ignore-maxmemory", "yes", { oldName: "slave-ignore-maxmemory" }),
  yesOrNo("replica-lazy-flush", "no", { oldName: "slave-lazy-flush" }),
  integer("replica-priority", 100, [0, INT32_MAX], { oldName: "slave-priority" }),
  yesOrNo("replica-read-only", "yes", { oldName: "slave-read-only" }),
  yesOrNo("replica-serve-stale-data", "yes", { oldName: "slave-serve-stale-data" }),
  directive("replicaof", MASTER_ADDRESS, "", { oldName: "slaveof", isImmutable: true }),
];

export const CLUSTER_DIRECTIVES: readonly Directive[] = [
  yesOrNo("cluster-allow-pubsubshard-when-down", "yes"),
  yesOrNo("cluster-allow-reads-when-down", "no"),
  yesOrNo("cluster-allow-replica-migration", "yes"),
  integer("cluster-announce-bus-port", 0, [0, 65535]),
  optionalText("cluster-announce-hostname", {}, { check: checkHostname }),
  optionalText("cluster-announce-ip"),
  integer("cluster-announce-port", 0, [0, 65535]),
  integer("cluster-announce-tls-port", 0, [0, 65535]),
  text("cluster-config-file", "nodes.conf", { isImmutable: true }),
  yesOrNo("cluster-enabled", "no", { isImmutable: true }),
  memory("cluster-link-sendbuf-limit", 0, [0, UINT64_MAX]),
  integer("cluster-migration-barrier", 1, [0, INT32_MAX]),
  integer("cluster-node-timeout", 15000, [0, INT64_MAX]),
  integer("cluster-port", 0, [0, 65535], { isImmutable: true }),
  choice("cluster-preferred-endpoint-type", "ip", ["ip", "hostname", "unknown-endpoint"]),
  yesOrNo("cluster-replica-no-failover", "no", { oldName: "cluster-slave-no-failover" }),
  integer("cluster-replica-validity-factor", 10, [0, INT32_MAX], {
    oldName: "cluster-slave-validity-factor",
  }),
  yesOrNo("cluster-require-full-coverage", "yes"),
];

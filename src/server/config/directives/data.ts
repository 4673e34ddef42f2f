/**
 * Directives of the keyspace: databases, memory, encodings, expiry, eviction.
 */
import { MEMORY_OR_PERCENT } from "../kinds.ts";
import { choice, type Directive, directive, integer, memory, yesOrNo } from "../directive.ts";
import { INT32_MAX, INT32_MIN, INT64_MAX, UINT64_MAX } from "../numbers.ts";

/** The reference says the same where its allocator cannot do it; so does ours, which moves its bytes by itself. */
function refuseDefragmentation(value: string): string | undefined {
  return value === "yes"
    ? "Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified Jemalloc like the one shipped by default with the Redis source distribution"
    : undefined;
}

export const DATA_DIRECTIVES: readonly Directive[] = [
  integer("active-defrag-cycle-max", 25, [1, 99]),
  integer("active-defrag-cycle-min", 1, [1, 99]),
  memory("active-defrag-ignore-bytes", 104857600, [1, INT64_MAX]),
  integer("active-defrag-max-scan-fields", 1000, [1, INT64_MAX]),
  integer("active-defrag-threshold-lower", 10, [0, 1000]),
  integer("active-defrag-threshold-upper", 100, [0, 1000]),
  integer("active-expire-effort", 1, [1, 10], { effect: "live" }),
  yesOrNo("activedefrag", "no", { refuse: refuseDefragmentation }),
  yesOrNo("activerehashing", "yes"),
  integer("databases", 16, [1, INT32_MAX], { effect: "startup", isImmutable: true }),
  integer("hash-max-listpack-entries", 512, [0, INT64_MAX], {
    oldName: "hash-max-ziplist-entries",
    effect: "live",
  }),
  memory("hash-max-listpack-value", 64, [0, INT64_MAX], {
    oldName: "hash-max-ziplist-value",
    effect: "live",
  }),
  memory("hll-sparse-max-bytes", 3000, [0, INT64_MAX]),
  yesOrNo("lazyfree-lazy-eviction", "no", { effect: "live" }),
  yesOrNo("lazyfree-lazy-expire", "no", { effect: "live" }),
  yesOrNo("lazyfree-lazy-server-del", "no", { effect: "live" }),
  yesOrNo("lazyfree-lazy-user-del", "no", { effect: "live" }),
  yesOrNo("lazyfree-lazy-user-flush", "no", { effect: "live" }),
  integer("lfu-decay-time", 1, [0, INT32_MAX], { effect: "live" }),
  integer("lfu-log-factor", 10, [0, INT32_MAX], { effect: "live" }),
  integer("list-compress-depth", 0, [0, INT32_MAX], { effect: "live" }),
  integer("list-max-listpack-size", -2, [INT32_MIN, INT32_MAX], {
    effect: "live",
    oldName: "list-max-ziplist-size",
  }),
  memory("maxmemory", 0, [0, UINT64_MAX], { effect: "live" }),
  directive("maxmemory-clients", MEMORY_OR_PERCENT, "0", { effect: "live" }),
  integer("maxmemory-eviction-tenacity", 10, [0, 100], { effect: "live" }),
  choice("maxmemory-policy", "noeviction", [
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "noeviction",
  ], { effect: "live" }),
  integer("maxmemory-samples", 5, [1, INT32_MAX], { effect: "live" }),
  integer("set-max-intset-entries", 512, [0, INT64_MAX], { effect: "live" }),
  memory("stream-node-max-bytes", 4096, [0, INT64_MAX], { effect: "live" }),
  integer("stream-node-max-entries", 100, [0, INT64_MAX], { effect: "live" }),
  integer("zset-max-listpack-entries", 128, [0, INT64_MAX], {
    oldName: "zset-max-ziplist-entries",
    effect: "live",
  }),
  memory("zset-max-listpack-value", 64, [0, INT64_MAX], {
    oldName: "zset-max-ziplist-value",
    effect: "live",
  }),
];

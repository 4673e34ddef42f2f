/**
 * What the server takes over from the configuration, now and whenever it changes, into places that cost no lookup by name.
 */
import { notifier } from "../pubsub/notifications.ts";
import { evictionPolicy } from "../store/eviction/evictor.ts";
import { listLimits } from "../store/list/quicklist_fill.ts";
import { evictionSliceMs } from "./eviction.ts";
import type { Log } from "./log.ts";
import { limitMemory } from "./memory_limits.ts";
import type { RedenoServer } from "./server.ts";

/** Lets a server follow its configuration. */
export function followConfig(server: RedenoServer): void {
  const config = server.settings;
  const follow = (names: readonly string[], apply: () => void) => {
    apply();
    config.onChange(names, apply);
  };
  follow(["proto-max-bulk-len", "client-query-buffer-limit"], () => {
    server.limits.bulkBytesMax = config.number("proto-max-bulk-len");
    server.limits.queryBufferBytesMax = config.number("client-query-buffer-limit");
    for (const client of server.clients.all()) client.setBulkBytesMax(server.limits.bulkBytesMax);
  });
  follow(["maxmemory-policy", "lfu-log-factor", "lfu-decay-time"], () => {
    const access = server.keyspace.access;
    const policy = evictionPolicy(config.get("maxmemory-policy") ?? "");
    server.eviction.evictor.policy = policy;
    access.lfu = policy.by === "lfu";
    access.logFactor = config.number("lfu-log-factor");
    access.decayMinutes = config.number("lfu-decay-time");
    access.refresh();
  });
  follow(["maxmemory-samples", "maxmemory-eviction-tenacity", "lazyfree-lazy-eviction"], () => {
    server.eviction.evictor.samples = config.number("maxmemory-samples");
    server.eviction.sliceMs = evictionSliceMs(config.number("maxmemory-eviction-tenacity"));
    server.keyspace.lazyFreeing.eviction = config.flag("lazyfree-lazy-eviction");
  });
  follow(["maxmemory", "maxmemory-clients", "client-output-buffer-limit"], () => limitMemory(server));
  follow(["hash-max-listpack-entries", "hash-max-listpack-value", "set-max-intset-entries"], () => {
    const { limits } = server.keyspace;
    limits.hashListpackEntries = config.number("hash-max-listpack-entries");
    limits.hashListpackValue = config.number("hash-max-listpack-value");
    limits.setIntsetEntries = config.number("set-max-intset-entries");
  });
  follow(["zset-max-listpack-entries", "zset-max-listpack-value"], () => {
    const { limits } = server.keyspace;
    limits.zsetListpackEntries = config.number("zset-max-listpack-entries");
    limits.zsetListpackValue = config.number("zset-max-listpack-value");
  });
  follow(["stream-node-max-entries", "stream-node-max-bytes"], () => {
    const { limits } = server.keyspace;
    limits.streamNodeMaxEntries = config.number("stream-node-max-entries");
    limits.streamNodeMaxBytes = config.number("stream-node-max-bytes");
  });
  follow(["list-max-listpack-size", "list-compress-depth"], () => {
    server.keyspace.limits.list = listLimits(
      config.number("list-max-listpack-size"),
      config.number("list-compress-depth"),
    );
  });
  follow(["lazyfree-lazy-user-del", "lazyfree-lazy-expire", "lazyfree-lazy-server-del"], () => {
    const { lazyFreeing } = server.keyspace;
    lazyFreeing.userDelete = config.flag("lazyfree-lazy-user-del");
    lazyFreeing.expire = config.flag("lazyfree-lazy-expire");
    lazyFreeing.serverDelete = config.flag("lazyfree-lazy-server-del");
  });
  follow(["vm-max-memory", "rdbcompression"], () => {
    if (server.virtualMemory === undefined) return;
    server.virtualMemory.swapper.limit = config.number("vm-max-memory");
    server.virtualMemory.swapper.compression = config.flag("rdbcompression");
  });
  follow(["notify-keyspace-events"], () => {
    server.keyspace.listeners.event = notifier(config.whole("notify-keyspace-events") ?? "", server.pubsub);
  });
  follow(["tracking-table-max-keys"], () => {
    server.tracking.setLimit(config.number("tracking-table-max-keys"));
  });
  follow(["client-output-buffer-limit"], () => {
    for (const client of server.clients.all()) client.checkOutput();
  });
  const { observation } = server;
  follow(["slowlog-log-slower-than", "latency-monitor-threshold"], () => {
    observation.setThresholds(
      config.number("slowlog-log-slower-than"),
      config.number("latency-monitor-threshold"),
    );
  });
  follow(["slowlog-max-len", "acllog-max-len"], () => {
    observation.slowLog.capacity = config.number("slowlog-max-len");
    observation.aclLog.capacity = config.number("acllog-max-len");
  });
  follow(["latency-tracking"], () => {
    server.dispatcher.timer.tracksLatency = config.flag("latency-tracking");
  });
  follow(["loglevel"], () => {
    server.log.level = config.get("loglevel") as Log["level"];
  });
  config.onChange(
    ["appendonly", "appendfsync", "aof-timestamp-enabled", "stop-writes-on-bgsave-error", "save"],
    () => server.persistence.configure(),
  );
  config.onChange(["port"], () => server.listenAgain("Unable to listen on this port. Check server logs."));
  config.onChange(["bind"], () => server.listenAgain("Failed to bind to specified addresses."));
}

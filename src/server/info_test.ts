import { assert, assertEquals, assertMatch } from "@std/assert";
import { Args } from "../args.ts";
import { ManualClock } from "../sys/clock.ts";
import { Random } from "../sys/random.ts";
import { load } from "./config/testing.ts";
import { Connection, type Socket } from "./connection.ts";
import { humanBytes } from "./info/fields.ts";
import { Log } from "./log.ts";
import { RedenoServer } from "./server.ts";

const SECTIONS = [
  "Server",
  "Clients",
  "Memory",
  "Persistence",
  "Stats",
  "Replication",
  "CPU",
  "Modules",
  "Commandstats",
  "Errorstats",
  "Latencystats",
  "Cluster",
  "Keyspace",
];
const USUAL = SECTIONS.filter((title) => title !== "Commandstats" && title !== "Latencystats");

/** A socket on which nothing ever comes. */
const silent: Socket = {
  read: () => new Promise(() => {}),
  write: (bytes) => Promise.resolve(bytes.length),
  close() {},
};

/** A server that listens nowhere, and a connection to it. */
function quietServer(text = ""): { server: RedenoServer; connection: Connection; clock: ManualClock } {
  const clock = new ManualClock(1_700_000_000_000);
  const log = new Log({ write() {} }, 1, clock.now);
  const config = load(text);
  const accepted = {
    socket: silent,
    address: "127.0.0.1:50000",
    localAddress: "127.0.0.1:6379",
    isLocal: true,
  };
  const server = new RedenoServer({ config, log, clock, random: new Random(7), exit() {} });
  const connection = new Connection(server, accepted, server.clients.nextId());
  server.clients.add(connection);
  return { server, connection, clock };
}

function run({ server, connection }: ReturnType<typeof quietServer>, ...lines: string[]): void {
  for (const line of lines) {
    server.dispatcher.beginBatch();
    server.dispatcher.execute(connection, Args.of(...line.split(" ")));
    server.dispatcher.endBatch();
  }
}

function titles(text: string): string[] {
  return [...text.matchAll(/^# (\w+)\r$/gm)].map(([, title]) => title!);
}

function fields(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^([^#:\r\n]+):(.*)\r$/gm)].map(([, name, value]) => [name!, value!]));
}

Deno.test("INFO has the sections asked for, in one order, whatever their case and number", () => {
  const { server } = quietServer();
  assertEquals(titles(server.info([])), USUAL);
  assertEquals(titles(server.info(["DEFAULT"])), USUAL);
  assertEquals(titles(server.info(["all"])), SECTIONS);
  assertEquals(titles(server.info(["everything"])), SECTIONS);
  assertEquals(titles(server.info(["keyspace", "CLIENTS", "nosuch", "clients"])), ["Clients", "Keyspace"]);
  assertEquals(
    titles(server.info(["default", "commandstats"])),
    SECTIONS.filter((t) => t !== "Latencystats"),
  );
  assertEquals(server.info(["nosuch"]), "");
});

Deno.test("sections are parted by an empty line, and lines end as the protocol's do", () => {
  const { server } = quietServer();
  assertEquals(
    server.info(["cluster", "modules"]),
    "# Modules\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n",
  );
});

Deno.test("every field has a value, none is invented", () => {
  const { server } = quietServer();
  for (const line of server.info(["everything"]).split("\r\n")) {
    if (line === "" || line.startsWith("# ")) continue;
    assertMatch(line, /^[\w|]+:[^:]*/);
    assert(!/undefined|NaN|Infinity/.test(line), line);
  }
});

Deno.test("INFO says which version clients may rely on, and whose server it is", () => {
  const { server, clock } = quietServer("port 7001\nhz 20");
  clock.advance(90_061_000);
  const info = fields(server.info(["server"]));
  assertEquals(info.get("redis_version"), "7.0.15");
  assertMatch(info.get("redeno_version")!, /^\d+\.\d+\.\d+$/);
  assertEquals(info.get("run_id"), server.runId);
  assertEquals(info.get("tcp_port"), "7001");
  assertEquals(info.get("hz"), "20");
  assertEquals(info.get("uptime_in_seconds"), "90061");
  assertEquals(info.get("uptime_in_days"), "1");
  assertEquals(info.get("lru_clock"), String(1_700_090_061 & 0xffffff));
});

Deno.test("INFO counts keys, hits, commands, failures and errors", () => {
  const quiet = quietServer();
  run(quiet, "SET k v", "GET k", "GET none", "GET", "INCR k", "NOSUCH", "CLIENT NOSUCH", "CLIENT ID");
  const info = fields(quiet.server.info(["everything"]));
  assertEquals([info.get("keyspace_hits"), info.get("keyspace_misses")], ["1", "1"]);
  assertEquals(info.get("total_commands_processed"), "5");
  assertEquals(info.get("total_error_replies"), "4");
  assertEquals(info.get("errorstat_ERR"), "count=4");
  assertMatch(
    info.get("cmdstat_get")!,
    /^calls=2,usec=\d+,usec_per_call=\d+\.\d\d,rejected_calls=1,failed_calls=0$/,
  );
  assertMatch(info.get("cmdstat_incr")!, /^calls=1,.*,failed_calls=1$/);
  assertMatch(info.get("cmdstat_client|id")!, /^calls=1,/);
  assertEquals(info.has("cmdstat_client"), false);
  assertEquals(info.has("cmdstat_del"), false);
  assertMatch(info.get("latency_percentiles_usec_get")!, /^p50=\d+\.\d{3},p99=\d+\.\d{3},p99\.9=\d+\.\d{3}$/);
  assertEquals(info.get("rdb_changes_since_last_save"), "1");
  quiet.server.resetStatistics();
  const after = fields(quiet.server.info(["everything"]));
  assertEquals(after.get("total_error_replies"), "0");
  assertEquals([...after.keys()].filter((name) => /^(cmdstat|errorstat|latency)_/.test(name)), []);
});

Deno.test("latency-tracking and its percentiles decide about Latencystats", () => {
  const quiet = quietServer("latency-tracking-info-percentiles 90");
  run(quiet, "PING");
  assertMatch(quiet.server.info(["latencystats"]), /usec_ping:p90=\d+\.\d{3}\r\n$/);
  run(quiet, "CONFIG SET latency-tracking no");
  assertEquals(quiet.server.info(["latencystats"]), "# Latencystats\r\n");
});

Deno.test("Keyspace names the databases that hold keys, with the mean time to live", () => {
  const quiet = quietServer();
  run(quiet, "SET a 1", "SELECT 3", "SET b 2", "SET c 3 PX 5000");
  assertEquals(
    quiet.server.info(["keyspace"]),
    "# Keyspace\r\ndb0:keys=1,expires=0,avg_ttl=0\r\ndb3:keys=2,expires=1,avg_ttl=5000\r\n",
  );
});

Deno.test("used memory grows with the data, and the peak is never below it", () => {
  const quiet = quietServer();
  const before = quiet.server.memory();
  run(quiet, `SET k ${"v".repeat(1 << 20)}`);
  const after = quiet.server.memory();
  assert(after.dataset >= before.dataset + (1 << 20));
  assertEquals(after.largeValues - before.largeValues >= 1 << 20, true);
  assert(after.peak >= after.used);
  assertEquals(after.databases.map(({ id }) => id), [0]);
  const info = fields(quiet.server.info(["memory"]));
  for (const name of ["used_memory", "used_memory_rss", "used_memory_peak", "total_system_memory"]) {
    assert(Number(info.get(name)) > 0, name);
  }
  assertEquals(info.get("maxmemory_policy"), "noeviction");
});

Deno.test("the same data is the same number of bytes in use, whatever garbage there is", () => {
  const quiet = quietServer();
  const { server } = quiet;
  run(quiet, "SET k v");
  const { used } = server.memory();
  const garbage = Array.from({ length: 100_000 }, (_, i) => ({ i }));
  assertEquals([server.memory().used, garbage.length], [used, 100_000]);
  run(quiet, "SET k2 v", "DEL k2");
  assertEquals(server.memory().used, used);
  assert(server.memoryLedger.startup > 0 && server.memoryLedger.peak >= used);
});

Deno.test("a client's line has the reference's fields in its order, and the library behind them", () => {
  const quiet = quietServer();
  const { connection, clock } = quiet;
  run(quiet, "CLIENT SETNAME worker", "CLIENT SETINFO LIB-NAME lib", "SELECT 3", "CLIENT NO-EVICT on");
  clock.advance(2500);
  quiet.server.keyspace.tick(clock.now());
  const line = connection.describe();
  assertEquals(
    line.split(" ").map((field) => field.split("=")[0]).join(" "),
    "id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free argv-mem multi-mem rbs rbp obl oll " +
      "omem tot-mem events cmd user redir resp lib-name lib-ver",
  );
  assert(
    line.startsWith(
      "id=1 addr=127.0.0.1:50000 laddr=127.0.0.1:6379 fd=-1 name=worker age=2 idle=2 flags=e db=3 ",
    ),
    line,
  );
  assert(line.endsWith(" cmd=client|no-evict user=default redir=-1 resp=2 lib-name=lib lib-ver="), line);
  run(quiet, "CLIENT NO-EVICT off", "QUIT");
  assertMatch(connection.describe(), / flags=c /);
});

Deno.test("bytes for people have two digits behind the point", () => {
  assertEquals([0, 1023, 1024, 990_752, 25_276_502_016, 2 ** 60].map(humanBytes), [
    "0B",
    "1023B",
    "1.00K",
    "967.53K",
    "23.54G",
    "1024.00P",
  ]);
});

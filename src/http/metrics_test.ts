import { assert, assertEquals, assertMatch } from "@std/assert";
import { buildInfo } from "../server/info.ts";
import { STATUS_METRICS, VALUE_METRICS } from "./metric_names.ts";
import { TestPort } from "./testing.ts";

/** The samples of a page, by name and labels; fails where the page breaks the format. */
function parse(page: string): Map<string, number> {
  const samples = new Map<string, number>();
  let family = "";
  let type = "";
  const families = new Set<string>();
  assert(page.endsWith("\n"));
  for (const line of page.slice(0, -1).split("\n")) {
    const help = /^# HELP ([a-z_:][\w:]*) \S.*$/i.exec(line);
    const typed = /^# TYPE ([a-z_:][\w:]*) (gauge|counter|summary|histogram)$/i.exec(line);
    if (help !== null) {
      family = help[1]!;
      assert(!families.has(family), `${family} comes twice`);
      families.add(family);
    } else if (typed !== null) {
      assertEquals(typed[1], family);
      type = typed[2]!;
    } else {
      const sample = /^([a-z_:][\w:]*)(\{(?:\w+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (-?[\d.e+-]+|NaN|[+-]Inf)$/i
        .exec(line);
      assert(sample !== null, `no sample: ${line}`);
      const isSplit = type === "summary" || type === "histogram";
      const name = isSplit ? sample[1]!.replace(/_(sum|count|bucket)$/, "") : sample[1];
      assertEquals(name, family, line);
      const id = `${sample[1]}${sample[2] ?? ""}`;
      assert(!samples.has(id), `${id} comes twice`);
      samples.set(id, Number(sample[3]));
    }
  }
  return samples;
}

Deno.test("the page keeps the format of Prometheus, with the names that redis_exporter uses", async () => {
  using test = new TestPort();
  await test.ask("SET k v EX 100");
  await test.ask("GET k");
  await test.ask("GET nosuch");
  await test.ask("SELECT 2");
  await test.ask("SET other v");
  await test.ask("NOSUCH");
  test.clock.advance(90_000);
  const response = await test.get("/metrics");
  assertEquals(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const samples = parse(await response.text());
  const expected = {
    "redis_up": 1,
    "redis_uptime_in_seconds": 90,
    "redis_connected_clients": test.server.clients.size,
    "redis_keyspace_hits_total": 1,
    "redis_keyspace_misses_total": 1,
    'redis_commands_total{cmd="get"}': 2,
    'redis_latency_percentiles_usec_count{cmd="get"}': 2,
    'redis_commands_latencies_usec_bucket{cmd="get",le="+Inf"}': 2,
    'redis_commands_latencies_usec_bucket{cmd="get",le="1.024"}': 2,
    redis_slowlog_length: 0,
    'redis_db_keys{db="db0"}': 1,
    'redis_db_keys_expiring{db="db0"}': 1,
    'redis_db_keys{db="db2"}': 1,
    'redis_errors_total{err="ERR"}': 1,
    "redis_loading_dump_file": 0,
    "redis_rdb_last_bgsave_status": 1,
  };
  for (const [name, value] of Object.entries(expected)) {
    assertEquals([name, samples.get(name)], [name, value]);
  }
  for (
    const name of [
      "redis_memory_used_bytes",
      'redis_commands_duration_seconds_total{cmd="get"}',
      'redis_latency_percentiles_usec{cmd="get",quantile="0.999"}',
      'redis_db_avg_ttl_seconds{db="db0"}',
      "redis_cpu_user_seconds_total",
      "redeno_arena_reserved_bytes",
    ]
  ) assert(Number.isFinite(samples.get(name)), name);
  const info = [...samples.keys()].find((name) => name.startsWith("redis_instance_info"));
  assertMatch(info ?? "", /role="master",redis_version="7\.0\.15",redis_mode="standalone"/);
});

Deno.test("quotes, backslashes and line ends in labels are escaped", async () => {
  using test = new TestPort();
  test.server.statistics.errors.set('A"\\\n', 3);
  assertEquals(
    parse(await (await test.get("/metrics")).text()).get('redis_errors_total{err="A\\"\\\\\\n"}'),
    3,
  );
});

Deno.test("each metric is a field that INFO shows, but for those of files and swapping", () => {
  using test = new TestPort();
  const shown = new Set(
    buildInfo(test.server, ["everything"]).split("\r\n").map((line) => line.slice(0, line.indexOf(":"))),
  );
  const missing = [...VALUE_METRICS, ...STATUS_METRICS].map(({ field }) => field)
    .filter((field) => !shown.has(field) && !/^(aof_|vm_|used_cpu_)/.test(field));
  assertEquals(missing, []);
});

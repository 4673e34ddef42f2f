import { assertEquals } from "@std/assert";
import { LatencyHistogram } from "./latency_histogram.ts";
import { CSV_HEAD, csvLine, ProgressLine, quietLine, report, type ReportSettings } from "./report.ts";

const settings: ReportSettings = {
  clients: 50,
  payloadBytes: 3,
  keepsAlive: true,
  threads: 2,
  precision: 3,
  config: [["save", "3600 1"], ["appendonly", "no"]],
};

function result() {
  const histogram = new LatencyHistogram();
  histogram.record(200, 3);
  histogram.record(1234, 1);
  return { finished: 4, ms: 8, histogram };
}

Deno.test("the full form has the head, both distributions and the summary", () => {
  assertEquals(
    report("SET", result(), settings),
    `====== SET ======
  4 requests completed in 0.01 seconds
  50 parallel clients
  3 bytes payload
  keep alive: 1
  host configuration "save": 3600 1
  host configuration "appendonly": no
  multi-thread: yes
  threads: 2

Latency by percentile distribution:
0.000% <= 0.207 milliseconds (cumulative count 3)
87.500% <= 1.239 milliseconds (cumulative count 4)
100.000% <= 1.239 milliseconds (cumulative count 4)

Cumulative distribution of latencies:
0.000% <= 0.103 milliseconds (cumulative count 0)
75.000% <= 0.207 milliseconds (cumulative count 3)
100.000% <= 1.303 milliseconds (cumulative count 4)

Summary:
  throughput summary: 500.00 requests per second
  latency summary (msec):
          avg       min       p50       p95       p99       max
        0.459     0.200     0.207     1.239     1.239     1.239
`,
  );
});

Deno.test("a server that does not tell its configuration leaves its lines out", () => {
  const lines = report("SET", result(), { ...settings, config: undefined, threads: 0 }).split("\n");
  assertEquals(lines.slice(4, 7), ["  keep alive: 1", "  multi-thread: no", ""]);
});

Deno.test("the short forms have a line each, and the precision that was asked for", () => {
  assertEquals(quietLine("GET", result(), settings), "GET: 500.00 requests per second, p50=0.207 msec\n");
  assertEquals(
    CSV_HEAD + csvLine("GET", result(), { ...settings, precision: 1 }),
    '"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"\n' +
      '"GET","500.00","0.5","0.2","0.2","1.2","1.2","1.2"\n',
  );
});

Deno.test("the line of progress tells of the time since the one before, and wipes that one out", () => {
  const line = new ProgressLine("GET");
  assertEquals(line.next({ finished: 0, latencySum: 0 }, 0).split("\r"), [
    " ",
    "GET: rps=0.0 (overall: 0.0) avg_msec=0.000 (overall: 0.000)",
    "",
  ]);
  const [blanks, text] = line.next({ finished: 100, latencySum: 50_000 }, 250).split("\r");
  assertEquals(blanks, " ".repeat(60));
  assertEquals(text, "GET: rps=400.0 (overall: 400.0) avg_msec=0.500 (overall: 0.500)");
  assertEquals(
    line.next({ finished: 400, latencySum: 350_000 }, 500).split("\r")[1],
    "GET: rps=1200.0 (overall: 800.0) avg_msec=1.000 (overall: 0.875)",
  );
});

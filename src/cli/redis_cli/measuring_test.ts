import { assertEquals, assertMatch } from "@std/assert";
import { cliWorld } from "../../../test/support/cli_run.ts";
import { measureIntrinsicLatency } from "./intrinsic_latency.ts";
import { Samples } from "./latency.ts";
import { spectrumLine } from "./latency_spectrum.ts";
import { bytesText, progressText } from "../progress.ts";
import { cliSpec } from "./settings.ts";
import { Info, memoryText, statisticsLine } from "./stat.ts";

Deno.test("a line of --stat tells keys, memory, clients, requests and what is done beside them", () => {
  const fields = [
    "# Server",
    "used_memory:3177185",
    "connected_clients:1",
    "blocked_clients:0",
    "total_commands_processed:7589100",
    "total_connections_received:151",
    "rdb_bgsave_in_progress:1",
    "db0:keys=800,expires=2,avg_ttl=0",
    "db3:keys=11,expires=0,avg_ttl=0",
  ];
  const info = new Info(fields.join("\r\n"));
  assertEquals(
    statisticsLine(info, 1),
    "811        3.03M    1       0       7589100 (+1)        151         SAVE",
  );
});

Deno.test("what a server does beside serving has a name", () => {
  const child = (...fields: string[]) => new Info(fields.join("\r\n")).child;
  assertEquals(child("loading:1"), "LOAD");
  assertEquals(child("aof_rewrite_in_progress:1"), "AOF");
  assertEquals(child("aof_rewrite_in_progress:1", "rdb_bgsave_in_progress:1"), "SAVE+AOF");
  assertEquals(child("loading:0"), "");
});

Deno.test("memory is told in units of two to the tenth", () => {
  assertEquals([0, 1023, 1024, 3 << 20, 5 * 2 ** 30].map(memoryText), [
    "0B",
    "1023B",
    "1.00K",
    "3.00M",
    "5.00G",
  ]);
});

Deno.test("samples of latency are told as least, most, average and count", () => {
  const samples = new Samples();
  for (const ms of [2, 0, 7]) samples.add(ms);
  assertEquals(samples.text("standard"), "min: 0, max: 7, avg: 3.00 (3 samples)");
  assertEquals(samples.text("raw"), "0 7 3.00 3\n");
  assertEquals(samples.text("csv"), "0,7,3.00,3\n");
  assertEquals(samples.text("json"), '{"min": 0, "max": 7, "avg": 3.00, "count": 3}\n');
});

Deno.test("the spectrum has a column for each range, the brighter the more samples are in it", () => {
  const counts = [0, 75, 20, 4, 1, ...Array.from({ length: 27 }, () => 0)];
  const line = spectrumLine(counts);
  assertEquals(
    line.slice(0, line.indexOf("4", line.indexOf("m3")) - "\x1b[".length),
    "\x1b[38;5;0m\x1b[48;5;0m.\x1b[48;5;226m-\x1b[48;5;237m*\x1b[48;5;233m#\x1b[48;5;233m1\x1b[48;5;0m2\x1b[48;5;0m3",
  );
  // deno-lint-ignore no-control-regex
  assertEquals(line.replace(/\x1b\[[\d;]*m/g, ""), ".-*#123456789ABCDEFGHIJKLMNOPQ?\n");
});

Deno.test("the machine's own latency is measured without a server", async () => {
  let out = "";
  const world = cliWorld({}, (text) => void (out += text), () => {});
  const context = { settings: cliSpec.defaults(), world, open: () => Promise.reject(new Error("no server")) };
  assertEquals(await measureIntrinsicLatency(context, 0.01), 0);
  assertMatch(
    out,
    /^(Max latency so far: \d+ microseconds\.\n)+\n\d+ total runs \(avg latency: \d+\.\d{4} microseconds \/ /,
  );
});

Deno.test("progress is a bar where the end is known, else an amount", () => {
  assertEquals(
    progressText({ label: "Keys", total: 2000 }, 500),
    "Keys [########......................] 25% 500 of 2,000",
  );
  assertEquals(progressText({ label: "Keys", total: 0 }, 0), `Keys [${"#".repeat(30)}] 100% 0 of 0`);
  assertEquals(progressText({ label: "Sent", unit: bytesText }, 1_500_000), "Sent 1.5 MB");
  assertEquals([0, 999, 1000, 12_345_678].map(bytesText), ["0 B", "999 B", "1.0 kB", "12.3 MB"]);
});

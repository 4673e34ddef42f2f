/** LATENCY, `latency-tracking`, and the counters of INFO: commandstats, errorstats, latencystats. */
import type { Plain } from "../support/resp_value.ts";
import { type Both, compat } from "./compat.ts";

/** Every number that is a time becomes one. */
function withoutTimes(value: Plain): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  return typeof value === "number" && value > 1000 ? "a time" : value;
}

/** Of each event its name, and whether it took at least so long as it was told to; in ms, not in microseconds. */
function latest(value: Plain): unknown {
  return (value as Plain[][]).filter(([name]) => name === "command").map(([name, at, ms, max]) => [
    name,
    Number(at) > 1e9,
    Number(ms) >= 250 && Number(ms) < 250_000,
    Number(max) >= Number(ms),
  ]);
}

compat("LATENCY LATEST, HISTORY, GRAPH and RESET", (both) => {
  // Far more than a command takes by itself, also where the machine lets it wait.
  both.same("CONFIG SET latency-monitor-threshold 200");
  both.sameAfter((value) => typeof value, "LATENCY RESET");
  both.sameAfter(latest, "LATENCY LATEST");
  both.same("LATENCY HISTORY command");
  both.same("LATENCY GRAPH command");
  both.same("PING");
  both.same("DEBUG SLEEP 0.25");
  both.sameAfter(latest, "LATENCY LATEST");
  both.sameAfter((value) => withoutTimes((value as Plain[][]).map(([at]) => at!)), "LATENCY HISTORY command");
  both.sameAfter((value) => String(value).split("\n").slice(1, 7), "LATENCY GRAPH command");
  both.same("LATENCY RESET nosuch");
  both.same("LATENCY RESET command command");
  both.same("LATENCY HISTORY command");
  both.same("CONFIG SET latency-monitor-threshold 0");
  both.same("DEBUG SLEEP 0.25");
  both.same("LATENCY HISTORY command");
});

compat("LATENCY and wrong requests", (both) => {
  for (
    const line of [
      "LATENCY",
      "LATENCY NOSUCH",
      "LATENCY LATEST x",
      "LATENCY HISTORY",
      "LATENCY HISTORY a b",
      "LATENCY GRAPH",
      "LATENCY GRAPH nosuch",
      "LATENCY DOCTOR x",
      "LATENCY HELP x",
      "LATENCY HISTOGRAM nosuch",
      "CONFIG SET latency-monitor-threshold -1",
      "CONFIG SET latency-tracking maybe",
      "CONFIG SET latency-tracking-info-percentiles x",
      "CONFIG SET latency-tracking-info-percentiles 101",
    ]
  ) both.same(line);
  both.sameAfter((value) => Array.isArray(value) && value[0], "LATENCY HELP");
  both.sameAfter((value) => typeof value === "string" && value.length > 20, "LATENCY DOCTOR");
});

/** The calls, and whether the bounds double and the counts end with the calls. */
function histograms(value: Plain): unknown {
  const list = value as Plain[];
  const all: unknown[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const [, calls, , pairs] = list[i + 1] as Plain[];
    const counts = (pairs as number[]).filter((_, i) => i % 2 === 1);
    const bounds = (pairs as number[]).filter((_, i) => i % 2 === 0);
    const known = bounds.every((bound) => BOUNDS.has(bound));
    all.push([list[i], calls, counts.at(-1) === calls, known]);
  }
  return all.toSorted();
}

/** All bounds that the reference has, in microseconds. */
const BOUNDS = new Set(Array.from({ length: 21 }, (_, i) => {
  const nanoseconds = 2 ** (i + 10);
  return i === 20 ? Math.floor(nanoseconds / 1000) : Math.floor((nanoseconds + nanoseconds / 128 - 1) / 1000);
}));

for (const protocol of [2, 3] as const) {
  compat(`LATENCY HISTOGRAM over RESP${protocol}`, (both) => {
    if (protocol === 3) both.resp3();
    both.same("CONFIG RESETSTAT");
    for (const line of ["SET a b", "SET a b", "GET a", "CONFIG GET port", "LPUSH a x"]) both.same(line);
    for (const names of ["set", "SET set get", "config", "config|get nosuch", "config|nosuch", "lpush"]) {
      both.sameAfter(histograms, `LATENCY HISTOGRAM ${names}`);
    }
    both.same("CONFIG SET latency-tracking no");
    both.same("SET a b");
    both.sameAfter(histograms, "LATENCY HISTOGRAM set");
    both.sameAfter((value) => String(value), "INFO latencystats");
    both.same("CONFIG SET latency-tracking yes");
  });
}

compat("INFO latencystats has the percentiles that are asked for", (both) => {
  const lines = (value: Plain) =>
    String(value).split("\r\n").filter((line) => /_(set|get|config\|get):/.test(line)).toSorted()
      .map((line) => line.replace(/=\d+\.\d{3}/g, "=time"));
  both.same("CONFIG RESETSTAT");
  for (const line of ["SET a b", "GET a", "CONFIG GET port"]) both.same(line);
  both.sameAfter(lines, "INFO latencystats");
  for (const percentiles of ["0 50 100", "99.9 99.99", "50.0 1.5000", ""]) {
    both.same(["CONFIG", "SET", "latency-tracking-info-percentiles", percentiles]);
    both.samePairs("CONFIG GET latency-tracking-info-percentiles");
    both.sameAfter(lines, "INFO latencystats");
  }
  both.same("CONFIG SET latency-tracking-info-percentiles '50 99 99.9'");
});

/** The counters of commands, without the time they took, and without those that the comparison itself calls. */
function counts(value: Plain): unknown {
  return String(value).split("\r\n").filter((line) =>
    line.startsWith("cmdstat_") && !/_(info|client\|id):/.test(line)
  )
    .map((line) => line.replace(/,usec=\d+,usec_per_call=[\d.]+/, "")).toSorted();
}

function errors(value: Plain): unknown {
  return String(value).split("\r\n").filter((line) => line.startsWith("errorstat_")).toSorted();
}

function compareCounts(both: Both): void {
  both.sameAfter(counts, "INFO commandstats");
  both.sameAfter(errors, "INFO errorstats");
  both.sameAfter((value) => /total_error_replies:\d+/.exec(String(value)), "INFO stats");
}

compat("commandstats and errorstats of refused and failed commands", (both) => {
  both.same("CONFIG RESETSTAT");
  for (
    const line of [
      "SET a b",
      "LPUSH a x",
      "INCR a",
      "GET",
      "NOSUCH",
      "CONFIG NOSUCH",
      "CONFIG GET",
      "AUTH x",
      "AUTH u p",
      "HELLO 9",
      "HELLO 2 AUTH u p",
      "SELECT 99",
      "EXEC",
      "DISCARD",
      "MULTI",
      "MULTI",
      "WATCH a",
      "GET",
      "EXEC",
      "EVALSHA nosuch 0",
      "SCRIPT KILL",
      "SCRIPT NOSUCH",
      "OBJECT ENCODING nosuch",
      "CLIENT KILL 1.2.3.4:5",
      "SUBSCRIBE",
    ]
  ) both.same(line);
  compareCounts(both);
});

compat("commandstats and errorstats of transactions", (both) => {
  both.same("CONFIG RESETSTAT");
  for (const line of ["SET a b", "MULTI", "LPUSH a x", "GET a", "EXEC", "MULTI", "SET a b", "DISCARD"]) {
    both.same(line);
  }
  compareCounts(both);
});

/** A client that waits until it is served, or told to stop. */
function compareWait(both: Both, wait: string, ends: string): void {
  const waiter = both.client("waiter");
  both.sameAfter((value) => typeof value, "ECHO @id:waiter");
  both.same("CONFIG RESETSTAT");
  waiter.same(wait, { blocks: true });
  both.sameAfter(counts, "INFO commandstats");
  both.same(ends);
  waiter.same("PING");
  compareCounts(both);
  both.sameAfter(histograms, `LATENCY HISTOGRAM ${wait.split(" ")[0]}`);
}

for (const wait of ["BLPOP list 100", "BLMOVE list other LEFT RIGHT 100", "BZPOPMIN list 100"]) {
  const served = wait.startsWith("BZ") ? "ZADD list 1 x" : "RPUSH list x";
  compat(`commandstats of ${wait}, which is served`, (both) => compareWait(both, wait, served));
  compat(`commandstats of ${wait}, which ends with an error`, (both) => {
    compareWait(both, wait, "CLIENT UNBLOCK @id:waiter ERROR");
  });
  compat(`commandstats of ${wait}, which ends as if the time were up`, (both) => {
    compareWait(both, wait, "CLIENT UNBLOCK @id:waiter");
  });
  compat(`commandstats of ${wait}, which finds another type`, (both) => {
    if (!wait.includes("other")) return;
    both.same("SET other text");
    compareWait(both, wait, served);
  });
}

compat("commandstats of a wait whose time is up", (both) => {
  both.same("CONFIG RESETSTAT");
  both.same("BLPOP none 0.01");
  compareCounts(both);
  both.sameAfter(histograms, "LATENCY HISTOGRAM blpop");
});

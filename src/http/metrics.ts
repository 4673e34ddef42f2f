/**
 * The page for Prometheus, in its text format 0.0.4: one family of samples after the other, each with its HELP and TYPE.
 * The names are those that redis_exporter gives to INFO's fields, so that dashboards and alerts made for it work; ours, about
 * the arena and the swap file, begin with `redeno_`.
 */
import type { Command } from "../command_table.ts";
import type { RedenoServer } from "../server/server.ts";
import { buildInfo } from "../server/info.ts";
import { STATUS_METRICS, VALUE_METRICS } from "./metric_names.ts";

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

const SECTIONS = ["everything"];
const MICROS_A_SECOND = 1e6;
/** Bounds of the buckets that are shown: each is twice the one before. */
const BUCKET_MICROS_MIN = 0.5;
const BUCKET_MICROS_MAX = 2e6;

type Labels = Readonly<Record<string, string>>;

/** The whole page. O(clients + tables + commands). */
export function metricsPage(server: RedenoServer): string {
  const info = new Map(
    buildInfo(server, SECTIONS).split("\r\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
  const page = new Page();
  page.family("redis_up", "gauge", "Whether the server answers: 1, since it does.").add({}, 1);
  page.family("redis_instance_info", "gauge", "What this server is, in labels; always 1.").add(
    labelsOf(info, [
      ...["role", "redis_version", "redis_mode", "os", "maxmemory_policy", "tcp_port", "run_id"],
      ...["process_id", "master_replid", "redeno_version"],
    ]),
    1,
  );
  page.family("redis_start_time_seconds", "gauge", "When the server started, in seconds since 1970.")
    .add({}, server.startedAt / 1000);
  for (const { field, name, type, help } of VALUE_METRICS) {
    const value = info.get(field);
    if (value !== undefined) page.family(name, type, help).add({}, Number(value));
  }
  for (const { field, name, help } of STATUS_METRICS) {
    const value = info.get(field);
    if (value !== undefined) page.family(name, "gauge", help).add({}, value === "ok" ? 1 : 0);
  }
  addDatabases(page, info);
  addCommands(page, server);
  addErrors(page, server);
  addSlowness(page, server);
  return page.text();
}

function labelsOf(info: ReadonlyMap<string, string>, names: readonly string[]): Labels {
  return Object.fromEntries(names.map((name) => [name, info.get(name) ?? ""]));
}

function addDatabases(page: Page, info: ReadonlyMap<string, string>): void {
  const keys = page.family("redis_db_keys", "gauge", "Keys of a database.");
  const expiring = page.family("redis_db_keys_expiring", "gauge", "Keys of a database with a time to live.");
  const ttl = page.family(
    "redis_db_avg_ttl_seconds",
    "gauge",
    "Mean time to live of some keys that have one, in seconds.",
  );
  for (const [db, text] of info) {
    const values = /^db\d+$/.test(db) ? /^keys=(\d+),expires=(\d+),avg_ttl=(\d+)/.exec(text) : null;
    if (values === null) continue;
    keys.add({ db }, Number(values[1]));
    expiring.add({ db }, Number(values[2]));
    ttl.add({ db }, Number(values[3]) / 1000);
  }
}

function addCommands(page: Page, server: RedenoServer): void {
  const calls = page.family("redis_commands_total", "counter", "Calls of a command.");
  const seconds = page.family(
    "redis_commands_duration_seconds_total",
    "counter",
    "Time that calls of a command took together, in seconds.",
  );
  const rejected = page.family(
    "redis_commands_rejected_calls_total",
    "counter",
    "Calls of a command that were refused before they ran.",
  );
  const failed = page.family(
    "redis_commands_failed_calls_total",
    "counter",
    "Calls of a command that were answered with an error.",
  );
  const used = [...commandsOf(server)];
  for (const command of used) {
    const labels = { cmd: command.name };
    calls.add(labels, command.calls);
    seconds.add(labels, command.microseconds / MICROS_A_SECOND);
    rejected.add(labels, command.rejectedCalls);
    failed.add(labels, command.failedCalls);
  }
  if (!server.settings.flag("latency-tracking")) return;
  const latency = page.family(
    "redis_latency_percentiles_usec",
    "summary",
    "How long calls of a command take in the server, in microseconds.",
  );
  const percentiles = (server.settings.get("latency-tracking-info-percentiles") ?? "").split(" ")
    .filter((percentile) => percentile !== "").map(Number);
  addHistograms(page, used);
  for (const command of used) {
    if (command.latency === undefined) continue;
    const labels = { cmd: command.name };
    for (const percentile of percentiles) {
      const quantile = String(Number((percentile / 100).toFixed(8)));
      latency.add({ ...labels, quantile }, command.latency.percentile(percentile));
    }
    latency.add(labels, command.microseconds, "_sum");
    latency.add(labels, command.latency.total, "_count");
  }
}

/** Buckets are the same for all commands and at all times, so that rates can be made of them. */
function addHistograms(page: Page, used: readonly Command[]): void {
  const family = page.family(
    "redis_commands_latencies_usec",
    "histogram",
    "How long calls of a command took in the server, in microseconds.",
  );
  for (const { name: cmd, latency, microseconds } of used) {
    if (latency === undefined) continue;
    for (const [bound, count] of latency.cumulative()) {
      if (bound < BUCKET_MICROS_MIN || bound > BUCKET_MICROS_MAX) continue;
      family.add({ cmd, le: String(bound) }, count, "_bucket");
    }
    family.add({ cmd, le: "+Inf" }, latency.total, "_bucket");
    family.add({ cmd }, microseconds, "_sum");
    family.add({ cmd }, latency.total, "_count");
  }
}

/** Commands and subcommands that somebody asked for. */
export function* commandsOf(server: RedenoServer): Iterable<Command> {
  for (const command of server.commands.all) {
    for (const each of [command, ...command.subcommands]) {
      if (each.calls > 0 || each.rejectedCalls > 0 || each.failedCalls > 0) yield each;
    }
  }
}

function addErrors(page: Page, server: RedenoServer): void {
  const errors = page.family("redis_errors_total", "counter", "Error replies by their first word.");
  for (const [err, count] of server.statistics.errors) errors.add({ err }, count);
}

/** The slow log and the latency monitor. */
function addSlowness(page: Page, { observation: { slowLog, latency } }: RedenoServer): void {
  page.family("redis_slowlog_length", "gauge", "Calls in the slow log.").add({}, slowLog.length);
  const [slow] = slowLog.latest(1);
  if (slow !== undefined) {
    page.family("redis_slowlog_last_id", "gauge", "Number of the latest call in the slow log.").add(
      {},
      slow.id,
    );
    page.family(
      "redis_last_slow_execution_duration_seconds",
      "gauge",
      "How long the latest call in the slow log took, in seconds.",
    ).add({}, slow.microseconds / MICROS_A_SECOND);
  }
  const last = page.family(
    "redis_latency_spike_last",
    "gauge",
    "When an event took long, in seconds since 1970.",
  );
  const took = page.family(
    "redis_latency_spike_duration_seconds",
    "gauge",
    "How long it took then, in seconds.",
  );
  for (const { name, samples } of latency.events()) {
    const { at = NaN, ms = NaN } = samples.at(-1) ?? {};
    last.add({ event_name: name }, at);
    took.add({ event_name: name }, ms / 1000);
  }
}

type MetricType = "gauge" | "counter" | "summary" | "histogram";

/** Samples of one name. */
class Family {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly lines: string[] = [];

  constructor(name: string, type: MetricType, help: string) {
    this.name = name;
    this.type = type;
    this.help = help;
  }

  add(labels: Labels, value: number, suffix = ""): void {
    const texts = Object.entries(labels).map(([name, text]) => `${name}="${escaped(text)}"`);
    const braces = texts.length === 0 ? "" : `{${texts.join(",")}}`;
    this.lines.push(`${this.name}${suffix}${braces} ${numberText(value)}`);
  }
}

class Page {
  readonly #families: Family[] = [];

  family(name: string, type: MetricType, help: string): Family {
    const family = new Family(name, type, help);
    this.#families.push(family);
    return family;
  }

  text(): string {
    let text = "";
    for (const { name, type, help, lines } of this.#families) {
      if (lines.length === 0) continue;
      text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
    }
    return text;
  }
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

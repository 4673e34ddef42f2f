/** What is printed of a load, laid out as redis-benchmark does it. Texts have one character a byte. */
import type { LatencyHistogram } from "./latency_histogram.ts";
import type { LoadResult, LoadState } from "./load_threads.ts";

/** What is said of a test besides its figures. */
export interface ReportSettings {
  readonly clients: number;
  readonly payloadBytes: number;
  readonly keepsAlive: boolean;
  readonly threads: number;
  readonly precision: number;
  /** Directives of the server that matter, with their values; undefined when it does not tell. */
  readonly config: readonly (readonly [string, string])[] | undefined;
}

export const CSV_HEAD: string = [
  ...["test", "rps", "avg_latency_ms", "min_latency_ms", "p50_latency_ms"],
  ...["p95_latency_ms", "p99_latency_ms", "max_latency_ms"],
].map((name) => `"${name}"`).join(",") + "\n";

function perSecond({ finished, ms }: LoadResult): string {
  return (finished / ms * 1000).toFixed(2);
}

/** The six figures of the summary, in microseconds. */
function summary(histogram: LatencyHistogram): readonly number[] {
  const { mean, min, max } = histogram;
  return [mean, min, histogram.at(50), histogram.at(95), histogram.at(99), max];
}

function milliseconds(us: number, precision: number): string {
  return (us / 1000).toFixed(precision);
}

/** The line of a test in the quiet form. */
export function quietLine(title: string, result: LoadResult, { precision }: ReportSettings): string {
  const median = milliseconds(result.histogram.at(50), precision);
  return `${title}: ${perSecond(result)} requests per second, p50=${median} msec\n`;
}

/** The line of a test in the form for other programs. */
export function csvLine(title: string, result: LoadResult, { precision }: ReportSettings): string {
  const figures = summary(result.histogram).map((us) => milliseconds(us, precision));
  return [title, perSecond(result), ...figures].map((text) => `"${text}"`).join(",") + "\n";
}

/** The full form. */
export function report(title: string, result: LoadResult, settings: ReportSettings): string {
  return [
    ...head(title, result, settings),
    "",
    ...distributions(result.histogram, settings.precision),
    "",
    ...summaryLines(result, settings.precision),
    "",
  ].join("\n");
}

function head(title: string, { finished, ms }: LoadResult, settings: ReportSettings): string[] {
  const { clients, payloadBytes, keepsAlive, config = [], threads } = settings;
  return [
    `====== ${title} ======`,
    `  ${finished} requests completed in ${(ms / 1000).toFixed(2)} seconds`,
    `  ${clients} parallel clients`,
    `  ${payloadBytes} bytes payload`,
    `  keep alive: ${keepsAlive ? 1 : 0}`,
    ...config.map(([name, value]) => `  host configuration "${name}": ${value}`),
    `  multi-thread: ${threads > 0 ? "yes" : "no"}`,
    ...threads > 0 ? [`  threads: ${threads}`] : [],
  ];
}

function distributions(histogram: LatencyHistogram, precision: number): string[] {
  const line = (percentile: number, us: number, count: number) =>
    `${percentile.toFixed(3)}% <= ${milliseconds(us, precision)} milliseconds (cumulative count ${count})`;
  return [
    "Latency by percentile distribution:",
    ...histogram.percentiles().map(({ percentile, us, count }) => line(percentile, us, count)),
    "",
    "Cumulative distribution of latencies:",
    ...histogram.cumulative().map(({ percentile, us, count }) => line(percentile, us, count)),
  ];
}

function summaryLines(result: LoadResult, precision: number): string[] {
  const column = (text: string) => text.padStart(9);
  return [
    "Summary:",
    `  throughput summary: ${perSecond(result)} requests per second`,
    "  latency summary (msec):",
    "    " + ["avg", "min", "p50", "p95", "p99", "max"].map(column).join(" "),
    "    " + summary(result.histogram).map((us) => column(milliseconds(us, precision))).join(" "),
  ];
}

/** A line that stands on the terminal until the next one takes its place. */
export class ProgressLine {
  readonly #title: string;
  #last: LoadState = { finished: 0, latencySum: 0 };
  #lastMs = 0;
  #width = 1;

  constructor(title: string) {
    this.#title = title;
  }

  /** How far the load is `ms` after its beginning. */
  next(state: LoadState, ms: number): string {
    const { finished, latencySum } = state;
    const since = {
      finished: finished - this.#last.finished,
      latencySum: latencySum - this.#last.latencySum,
    };
    const line = `${this.#title}: rps=${rate(since, ms - this.#lastMs)} (overall: ${rate(state, ms)}) ` +
      `avg_msec=${average(since)} (overall: ${average(state)})\r`;
    const text = this.clear() + line;
    this.#last = state;
    this.#lastMs = ms;
    this.#width = line.length;
    return text;
  }

  /** Writes blanks over what stands there. */
  clear(): string {
    return `${" ".repeat(this.#width)}\r`;
  }
}

function rate({ finished }: LoadState, ms: number): string {
  return (ms > 0 ? finished / ms * 1000 : 0).toFixed(1);
}

function average({ finished, latencySum }: LoadState): string {
  return (finished > 0 ? latencySum / finished / 1000 : 0).toFixed(3);
}

/**
 * The log: lines in the reference's form, `<pid>:<role> <day> <month> <year> <time> <level mark> <text>`, to standard
 * output or to `logfile`.
 */
import { standardStreamOf } from "../sys/system_files.ts";

export type LogLevel = "debug" | "verbose" | "notice" | "warning";

const LEVELS: readonly LogLevel[] = ["debug", "verbose", "notice", "warning"];
const MARKS = ".-*#";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export interface LogSink {
  /** Writes one line, end of line included. */
  write(line: string): void;
}

export class Log {
  /** Lines below this level are dropped. */
  level: LogLevel = "notice";
  /** M master, S replica, C a process before or beside the server, X sentinel. */
  role: "M" | "S" | "C" | "X" = "C";
  sink: LogSink;
  readonly #pid: number;
  readonly #now: () => number;

  /** @param now unix ms */
  constructor(sink: LogSink, pid: number, now: () => number) {
    this.sink = sink;
    this.#pid = pid;
    this.#now = now;
  }

  debug(text: string): void {
    this.#write("debug", text);
  }

  verbose(text: string): void {
    this.#write("verbose", text);
  }

  notice(text: string): void {
    this.#write("notice", text);
  }

  warning(text: string): void {
    this.#write("warning", text);
  }

  /** Text without pid, time and mark: the logo. */
  plain(text: string): void {
    this.sink.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  #write(level: LogLevel, text: string): void {
    const rank = LEVELS.indexOf(level);
    if (rank < LEVELS.indexOf(this.level)) return;
    this.sink.write(
      `${this.#pid}:${this.role} ${formatTime(new Date(this.#now()))} ${MARKS[rank]} ${text}\n`,
    );
  }
}

function formatTime(time: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const date = `${two(time.getDate())} ${MONTHS[time.getMonth()]} ${time.getFullYear()}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${date} ${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

/** Standard output, written synchronously so that nothing is lost when the process ends. */
export function standardOutputSink(): LogSink {
  return streamSink(Deno.stdout);
}

function streamSink(stream: { writeSync(bytes: Uint8Array): number }): LogSink {
  const encoder = new TextEncoder();
  return {
    write(line) {
      try {
        writeAll(stream, encoder.encode(line));
      } catch {
        // Nobody reads it any more; the server goes on.
      }
    },
  };
}

/**
 * A file that is opened for each line, so that it can be moved away under the running server; `/dev/stdout` and
 * `/dev/stderr` are the streams.
 * @throws Deno.errors when it cannot be opened now
 */
export function fileSink(path: string): LogSink {
  const stream = standardStreamOf(path);
  if (stream === "stdout" || stream === "stderr") return streamSink(Deno[stream]);
  const encoder = new TextEncoder();
  Deno.openSync(path, { append: true, create: true }).close();
  return {
    write(line) {
      try {
        using file = Deno.openSync(path, { append: true, create: true });
        writeAll(file, encoder.encode(line));
      } catch {
        // A full disk must not stop the server.
      }
    },
  };
}

function writeAll(file: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

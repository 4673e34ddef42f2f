/** What {@link createServer} is asked for, and the configuration that follows from it. */
import { findDirective } from "../server/config/directives/mod.ts";
import { byteText, quote } from "../server/config/tokens.ts";
import type { MemoryDisk } from "../sys/memory_disk.ts";

/** The value of a directive: true and false are yes and no, an array is a list of words. */
export type DirectiveValue = string | number | boolean | readonly (string | number)[];

/** Yes or no. */
export type Flag = boolean | "yes" | "no";

/** A number of bytes: `1048576`, `"1mb"`. */
export type Bytes = number | `${number}${"" | "k" | "kb" | "m" | "mb" | "g" | "gb"}`;

/** Every directive of redis.conf, by its name; `requirepass: "secret"`, `"list-max-listpack-size": 128`. */
export interface Directives {
  readonly activedefrag?: Flag;
  readonly activerehashing?: Flag;
  readonly appenddirname?: string;
  readonly appendfilename?: string;
  /** When the append-only file is synced; default `"everysec"`. */
  readonly appendfsync?: "always" | "everysec" | "no";
  /** Whether every change is written to the append-only file. */
  readonly appendonly?: Flag;
  /** Addresses to listen on, where there is a `port`; default `"127.0.0.1"`. */
  readonly bind?: string | readonly string[];
  readonly databases?: number;
  readonly dbfilename?: string;
  /** How many times a second the cron runs; default 10. */
  readonly hz?: number;
  readonly loglevel?: "debug" | "verbose" | "notice" | "warning";
  readonly maxclients?: number;
  readonly maxmemory?: Bytes;
  readonly rdbchecksum?: Flag;
  readonly rdbcompression?: Flag;
  readonly requirepass?: string;
  /** When a snapshot is made by itself: `"900 1"` is after 900 seconds with one change. Default: never, without files. */
  readonly save?: string;
  /** Seconds after which a client that says nothing is closed; default 0: never. */
  readonly timeout?: number;
  /** The path of a Unix socket to listen on. */
  readonly unixsocket?: string;
  readonly [directive: `${string}-${string}`]: DirectiveValue | undefined;
}

/** What a server is like besides its directives. */
export interface EmbeddedOptions {
  /** A port of 127.0.0.1 to listen on, 0 for any that is free. Without it there is no socket. */
  readonly port?: number;
  /**
   * `"manual"`: time passes only with {@link EmbeddedServer.advance}, for keys, timeouts, TIME and the cron. Default
   * `"system"`: the machine's.
   */
  readonly clock?: "system" | "manual";
  /** What time it is at the beginning, on a clock of one's own (unix ms); default 2023-11-14T22:13:20Z. */
  readonly startAt?: number | Date;
  /** Makes everything random repeat itself: an unsigned 32-bit integer. Default: the system's entropy. */
  readonly seed?: number;
  /** An RDB file whose data is there from the beginning, as {@link EmbeddedServer.dump} and SAVE make them. */
  readonly rdb?: Uint8Array;
  /** A folder for the files, which is made when it is not there; what is in it is loaded. Default: a disk in memory. */
  readonly directory?: string;
  /** A disk in memory, with what another server has left there. */
  readonly disk?: MemoryDisk;
  /** Is given each line of the log. It must not ask the server anything. */
  readonly log?: (line: string) => void;
}

/** Options and directives in one object. */
export type CreateServerOptions = EmbeddedOptions & Directives;

const OPTIONS: ReadonlySet<string> = new Set(
  [
    "port",
    "clock",
    "startAt",
    "seed",
    "rdb",
    "directory",
    "disk",
    "log",
  ] satisfies (keyof EmbeddedOptions)[],
);

/** Directives that speak of the process around the server, or of other files. */
const NOT_OURS = [
  ...["daemonize", "dir", "logfile", "pidfile", "supervised"],
  ...["include", "loadmodule", "rename-command", "user"],
];

/** @throws TypeError or RangeError when options contradict each other, or make no sense */
export function checkOptions(options: EmbeddedOptions): void {
  const { port, clock, startAt, seed, rdb, directory, disk } = options;
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535)) {
    throw new RangeError(`${port} is no port`);
  }
  if (startAt !== undefined && clock !== "manual") {
    throw new TypeError('startAt needs a clock of one\'s own: clock: "manual"');
  }
  if (startAt !== undefined && !Number.isFinite(Number(startAt))) throw new RangeError("startAt is no time");
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new RangeError(`${seed} is no unsigned 32-bit integer`);
  }
  if (directory !== undefined && disk !== undefined) throw new TypeError("There is a directory or a disk");
  if (rdb !== undefined && (directory !== undefined || disk !== undefined)) {
    throw new TypeError("rdb is for a server that begins with an empty disk of its own");
  }
}

/** The lines of a configuration file that say what the options say. @throws TypeError */
export function configurationOf(options: CreateServerOptions): string {
  const keepsFiles = options.directory !== undefined || options.disk !== undefined;
  const directives: Record<string, unknown> = { ...keepsFiles ? {} : { save: "" } };
  for (const [name, value] of Object.entries(options)) {
    if (!OPTIONS.has(name) && value !== undefined) directives[name] = value;
  }
  let lines = "port 0\n";
  for (const [name, value] of Object.entries(directives)) {
    if (NOT_OURS.includes(name)) throw new TypeError(`${name} is not for a server inside of a program`);
    lines += `${name} ${words(name, value).map((word) => quote(byteText(word))).join(" ")}\n`;
  }
  return lines;
}

function words(name: string, value: unknown): string[] {
  if (typeof value === "boolean") return [value ? "yes" : "no"];
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== "string" && typeof value !== "number") {
    throw new TypeError(`${name} cannot be ${value === null ? "null" : typeof value}`);
  }
  const text = String(value);
  if (findDirective(name)?.kind.multiple !== true || text === "") return [text];
  return text.split(" ").filter((word) => word !== "");
}

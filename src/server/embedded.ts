/**
 * A server inside of a program: all defaults, no socket, no port, nothing on the machine's disk. What it would keep in
 * files is kept in a disk of its own, in memory, and is gone with it.
 *
 * The engine of scripts comes with the first script, or with `loadScripting`.
 */
import type { Clock } from "../sys/clock.ts";
import { systemClock } from "../sys/clock.ts";
import type { Disk } from "../sys/disk.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";
import type { Random } from "../sys/random.ts";
import type { Timers } from "../sys/timers.ts";
import { Config } from "./config/config.ts";
import type { ConfigHost } from "./config/host.ts";
import { Log, type LogSink } from "./log.ts";
import { RedenoServer } from "./server.ts";

export interface EmbeddedServerOptions {
  /** Lines of a configuration file. */
  readonly configuration?: string;
  /** Is given the lines of the log; nobody without it. */
  readonly log?: LogSink;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly random?: Random;
  /** Default: a new one, in memory. */
  readonly disk?: Disk;
  /** What the configuration calls its folder, absolute; default "/". */
  readonly folder?: string;
  /** See {@link RedenoServer}'s. */
  readonly workMs?: () => number;
  /** Told after SHUTDOWN; the program around the server lives on. */
  readonly exit?: (code: number) => void;
}

/** The machine that the configuration sees: one folder, no files. */
function emptyHost(folder: string): ConfigHost {
  return {
    readFile() {
      throw new Error("No such file or directory");
    },
    glob: () => [],
    changeDirectory(path) {
      if (path !== folder) throw new Error("No such file or directory");
    },
    currentDirectory: () => folder,
  };
}

/**
 * Makes a server that holds nothing. It serves its {@link RedenoServer.client}s at once; nothing happens in it by the
 * clock but the timeouts of clients that wait, unless it is told to `run()`.
 * @throws ConfigError when the configuration is not one
 */
export function embeddedServer(options: EmbeddedServerOptions = {}): RedenoServer {
  const { clock = systemClock, timers, random, workMs, exit = () => {} } = options;
  const config = Config.load(["-"], {
    host: emptyHost(options.folder ?? "/"),
    stdin: new TextEncoder().encode(options.configuration ?? ""),
  });
  const log = new Log(options.log ?? { write() {} }, Deno.pid, () => clock.now());
  log.role = "M";
  log.level = config.get("loglevel") as Log["level"];
  const kept = config.keptChanges();
  if (kept.length > 0) log.notice(`Known but not acted upon by this version: ${kept.join(", ")}`);
  return new RedenoServer({
    config,
    clock,
    ...timers === undefined ? {} : { timers },
    ...random === undefined ? {} : { random },
    ...workMs === undefined ? {} : { workMs },
    disk: options.disk ?? new MemoryDisk(),
    log,
    exit,
  });
}

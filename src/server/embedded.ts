/**
 * A server inside of a program: all defaults, no socket, no port, nothing on the machine's disk. What it would keep in
 * files is kept in a disk of its own, in memory, and is gone with it.
 */
import type { Clock } from "../sys/clock.ts";
import { systemClock } from "../sys/clock.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";
import { FengariEngine } from "../scripting/fengari/fengari_engine.ts";
import { Config } from "./config/config.ts";
import type { ConfigHost } from "./config/host.ts";
import { Log, type LogSink } from "./log.ts";
import { RedenoServer } from "./server.ts";

export interface EmbeddedOptions {
  /** Lines of a configuration file. */
  readonly configuration?: string;
  /** Is given the lines of the log; nobody without it. */
  readonly log?: LogSink;
  readonly clock?: Clock;
  readonly disk?: MemoryDisk;
}

/** The machine that the configuration sees: one folder, no files. */
function emptyHost(): ConfigHost {
  return {
    readFile() {
      throw new Error("No such file or directory");
    },
    glob: () => [],
    changeDirectory(path) {
      if (path !== "/") throw new Error("No such file or directory");
    },
    currentDirectory: () => "/",
  };
}

/**
 * Makes a server that holds nothing. It serves its {@link RedenoServer.client}s at once; nothing happens in it by the
 * clock but the timeouts of clients that wait.
 * @throws ConfigError when the configuration is not one
 */
export function embeddedServer(options: EmbeddedOptions = {}): RedenoServer {
  const clock = options.clock ?? systemClock;
  const config = Config.load(["-"], {
    host: emptyHost(),
    stdin: new TextEncoder().encode(options.configuration ?? ""),
  });
  const log = new Log(options.log ?? { write() {} }, Deno.pid, () => clock.now());
  log.role = "M";
  log.level = config.get("loglevel") as Log["level"];
  return new RedenoServer({
    config,
    clock,
    newScriptEngine: (engineOptions) => new FengariEngine(engineOptions),
    disk: options.disk ?? new MemoryDisk(),
    log,
    // SHUTDOWN closes the clients; the program around the server lives on.
    exit() {},
  });
}

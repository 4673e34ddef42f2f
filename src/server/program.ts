/** The server as a program: from its arguments to a process that listens, and to its end. */
import { commandSpecs } from "../commands/mod.ts";
import { RdbFileError } from "../persistence/rdb/file_error.ts";
import { AofManifestError } from "../persistence/aof/manifest.ts";
import { systemClock } from "../sys/clock.ts";
import { systemText } from "../sys/system_files.ts";
import { REDENO_VERSION, REDIS_VERSION } from "../sys/version.ts";
import { parseCommandLine } from "./config/command_line.ts";
import { Config } from "./config/config.ts";
import { whyNotWithUsers } from "./configured_users.ts";
import { ConfigError } from "./config/config_error.ts";
import { systemHost } from "./config/host.ts";
import { isDaemon, reportReady, startInBackground } from "./daemon.ts";
import { fileSink, Log, type LogSink, standardOutputSink } from "./log.ts";
import { logo } from "./logo.ts";
import { removePortFile, writePortFile } from "./port_file.ts";
import { RedenoServer } from "./server.ts";
import { SwapFileError } from "../swap/swap_file.ts";

const USAGE = `Usage: redeno [/path/to/redis.conf] [options] [-]
       redeno - (read the configuration from standard input)
       redeno help (the other programs: client, scripts, benchmark, checks of files)
       redeno -v or --version
       redeno -h or --help

Every directive of redis.conf is an option: --directive value.

Examples:
       redeno                      (127.0.0.1:6379, no file needed)
       redeno /etc/redis.conf
       redeno --port 7777 --save ""
       echo 'maxmemory 128mb' | redeno -
`;

/** Runs the server; returns when it listens. Ends the process itself when it cannot start. */
export async function runServer(args: readonly string[]): Promise<void> {
  const [first] = args;
  if (first === "-v" || first === "--version") {
    console.log(
      `Redis server v=${REDIS_VERSION} sha=00000000:0 malloc=arena bits=64 build=redeno-${REDENO_VERSION}`,
    );
    return;
  }
  if (first === "-h" || first === "--help" || first === "help") {
    console.error(USAGE);
    Deno.exit(first === "help" ? 0 : 1);
  }
  const log = new Log(standardOutputSink(), Deno.pid, systemClock.now);
  const line = parseCommandLine(args);
  const stdin = line.readsStdin ? await readAll(Deno.stdin) : undefined;
  const config = loadConfig(line, stdin, log);
  if (config.flag("daemonize") && !isDaemon()) Deno.exit(await startInBackground(args, stdin));
  log.sink = chooseSink(config);
  log.level = config.get("loglevel") as Log["level"];
  announce(args, log);
  const server = newServer(config, log);
  for (const [from, to] of config.renamedCommands) {
    const command = server.commands.get(from);
    if (command === undefined) continue;
    server.commands.remove(from);
    if (to !== "") server.commands.add(to, command);
  }
  const [module] = config.modules;
  if (module !== undefined) {
    log.warning(
      `Can't load module from ${module[0]}: redeno has no modules; remove its loadmodule directive.`,
    );
    Deno.exit(1);
  }
  const why = await whyNotWithUsers(config.users, config.text("aclfile"), config.get("requirepass") ?? "");
  if (why !== undefined) {
    log.warning(why);
    Deno.exit(1);
  }
  await listen(server, config, log);
}

function newServer(config: Config, log: Log): RedenoServer {
  try {
    const server = new RedenoServer({ config, log, clock: systemClock, exit: (code) => Deno.exit(code) });
    // However the process ends, short of being killed.
    globalThis.addEventListener("unload", () => server.virtualMemory?.close());
    for (const event of ["error", "unhandledrejection"] as const) {
      globalThis.addEventListener(event, (happened) => {
        happened.preventDefault();
        server.uncaught(happened instanceof ErrorEvent ? happened.error : happened.reason);
      });
    }
    return server;
  } catch (error) {
    if (!(error instanceof SwapFileError)) throw error;
    log.warning(error.message);
    Deno.exit(1);
  }
}

function loadConfig(
  line: ReturnType<typeof parseCommandLine>,
  stdin: Uint8Array | undefined,
  log: Log,
): Config {
  try {
    const names = commandSpecs.map((spec) => spec.name);
    return Config.load(line, {
      host: systemHost,
      commandNames: names,
      ...stdin === undefined ? {} : { stdin },
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (error.stream === "log") log.warning(error.message);
    else Deno.stderr.writeSync(new TextEncoder().encode(error.message));
    Deno.exit(1);
  }
}

function chooseSink(config: Config): LogSink {
  const path = config.text("logfile");
  if (path === "") return isDaemon() ? { write() {} } : standardOutputSink();
  try {
    return fileSink(path);
  } catch (error) {
    Deno.stderr.writeSync(
      new TextEncoder().encode(
        `\n*** FATAL CONFIG FILE ERROR (Redis ${REDIS_VERSION}) ***\nCan't open the log file: ${
          systemText(error)
        }\n`,
      ),
    );
    Deno.exit(1);
  }
}

/** The lines before the server listens, as supervisors and test suites look for them. */
function announce(args: readonly string[], log: Log): void {
  log.warning("oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo");
  log.warning(
    `Redis version=${REDIS_VERSION}, bits=64, commit=00000000, modified=0, pid=${Deno.pid}, just started`,
  );
  if (args.length === 0) {
    log.warning(
      "Warning: no config file specified, using the default config. " +
        "In order to specify a config file use redeno /path/to/redis.conf",
    );
  } else {
    log.warning("Configuration loaded");
  }
}

/** How the server runs: once it listens. */
function describeMode({ listeners }: RedenoServer, config: Config, log: Log): void {
  const port = listeners.ports[0] ?? config.number("port");
  const onTerminal = config.text("logfile") === "" && Deno.stdout.isTerminal();
  if (onTerminal || config.flag("always-show-logo")) {
    log.plain(logo(port, config.text("unixsocket"), Deno.pid));
  } else log.notice(`Running mode=standalone, port=${port}.`);
  const kept = config.keptChanges();
  if (kept.length > 0) log.notice(`Known but not acted upon by this version: ${kept.join(", ")}`);
}

async function listen(server: RedenoServer, config: Config, log: Log): Promise<void> {
  log.role = "M";
  const portFile = config.text("port-file");
  try {
    if (portFile !== "") removePortFile(portFile);
    server.start();
    if (config.number("http-port") !== 0) {
      const { openHttpPort } = await import("../http/http_port.ts");
      openHttpPort(server);
    }
  } catch (error) {
    log.warning((error as Error).message);
    Deno.exit(1);
  }
  const pidFile = config.text("pidfile");
  if (pidFile !== "" || isDaemon()) {
    const path = pidFile === "" ? "/var/run/redis.pid" : pidFile;
    try {
      Deno.writeTextFileSync(path, `${Deno.pid}\n`);
      server.pidFile = path;
    } catch (error) {
      log.warning(
        `Failed to write PID file: ${(error as Error).message.replace(/ \(os error \d+\).*$/s, "")}`,
      );
    }
  }
  endOnSignals(server, config, log);
  describeMode(server, config, log);
  log.warning("Server initialized");
  try {
    await server.load();
  } catch (error) {
    for (const text of loadErrorTexts(error)) log.warning(text);
    Deno.exit(1);
  }
  if (server.listeners.ports.length > 0) log.notice("Ready to accept connections");
  const unix = config.text("unixsocket");
  if (unix !== "") log.notice(`The server is now ready to accept connections at ${unix}`);
  if (portFile !== "") tellPort(server, portFile, log);
  if (isDaemon()) reportReady();
  // Those who came while the server started are served first.
  setTimeout(() => void server.loadScripting(), 0);
}

/** Writes the file that somebody waits for; without it the server is of no use. */
function tellPort({ listeners }: RedenoServer, path: string, log: Log): void {
  try {
    writePortFile(path, listeners.ports[0]!);
  } catch (error) {
    log.warning(
      `Failed to write the port file: ${(error as Error).message.replace(/ \(os error \d+\).*$/s, "")}`,
    );
    Deno.exit(1);
  }
}

/** What the log is told when the data cannot be loaded. */
function loadErrorTexts(error: unknown): readonly string[] {
  if (error instanceof AofManifestError) return error.logMessages;
  const { cause } = error as Error;
  if (!(cause instanceof RdbFileError)) return [(error as Error).message];
  const fatal = cause.kind === "header"
    ? ["Fatal error loading the DB: Invalid argument. Exiting."]
    : ["Terminating server after rdb file reading failure."];
  return [...cause.logLines(), ...fatal];
}

/** SIGTERM and SIGINT end the server as `shutdown-on-sigterm` and `shutdown-on-sigint` say. */
function endOnSignals(server: RedenoServer, config: Config, log: Log): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    let received = 0;
    Deno.addSignalListener(signal, () => {
      if (signal === "SIGINT" && received++ > 0) {
        log.warning("You insist... exiting now.");
        Deno.exit(1);
      }
      log.warning(`Received ${signal} scheduling shutdown...`);
      const flags = config.text(`shutdown-on-${signal.toLowerCase()}`).split(" ");
      const save = flags.includes("save") ? "yes" : flags.includes("nosave") ? "no" : "if configured";
      const isLoading = server.persistence.loading.progress !== undefined;
      // What is loaded is on the disk already, and not all of it is here.
      const wish = { save: isLoading ? "no" : save, force: flags.includes("force") } as const;
      server.shutdown(wish);
    });
  }
}

async function readAll(stream: { readable: ReadableStream<Uint8Array> }): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream.readable).arrayBuffer());
}

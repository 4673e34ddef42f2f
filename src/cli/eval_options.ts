/**
 * The command line of `redeno --eval`: redis-cli's options that mean something for a script, and our own. Options stand
 * before the first key; from there on everything is a key or, behind a comma that stands alone, an argument.
 */
import { type ConnectionOptions, connectionSections, defaultConnection } from "./connection_options.ts";
import type { LdbMode } from "./debug_program.ts";
import { integerOf, type OptionSection, parseOptions, type ProgramSpec, secondsOf } from "./options.ts";
import { defaultOutput, outputSection, type OutputSettings, preferProtocol } from "./output_options.ts";
import { UsageError } from "./terminal.ts";

export interface EvalSettings extends OutputSettings {
  /** All but "run": nothing is run, a text is printed. */
  what: "run" | "help" | "version" | "types";
  /** The path of the script. */
  file: string;
  /** The server to ask; the one in this process when `isNamed` is false. */
  readonly connection: ConnectionOptions;
  repeat: number;
  intervalMs: number;
  /** Prints an error to standard error, and ends there. */
  endsAtError: boolean;
  /** Shows what scripts log with LOG_DEBUG and LOG_VERBOSE as well. */
  verbose: boolean;
  /** The path of an RDB file that the server in this process loads first. */
  rdb: string | undefined;
  /** Shows what the script wrote. */
  writes: boolean;
  /** Runs again whenever the file is saved. */
  watch: boolean;
  /** Debugs the script. */
  ldb: LdbMode | undefined;
}

export interface EvalOptions extends EvalSettings {
  readonly keys: readonly string[];
  readonly args: readonly string[];
  /** Tells of an error of the script by the exit code, and shows the line it came from. */
  readonly explainsErrors: boolean;
}

const SECONDS_MAX = 1e6;

const scriptSection: OptionSection<EvalSettings> = {
  title: "The script",
  options: [
    {
      names: ["--eval"],
      value: "file.lua",
      help: "The script. What stands before a comma of its own is in KEYS, what stands behind it in ARGV.",
      completes: "file",
      take(settings, value) {
        // A program's name, so to say, when it asks for nothing to be run.
        if (value === "--help" || value === "--version" || value === "--types") {
          settings.what = value.slice(2) as "help" | "version" | "types";
        } else settings.file = value;
      },
    },
    {
      names: ["--watch"],
      help: "Run it again whenever the file is saved; Ctrl-C ends.",
      take: (settings) => void (settings.watch = true),
    },
    {
      names: ["-r"],
      value: "repeat",
      help: "Run it so many times; -1 for ever.",
      default: ({ repeat }) => String(repeat),
      take: (settings, value, name) =>
        void (settings.repeat = integerOf(name, value, -1, Number.MAX_SAFE_INTEGER)),
    },
    {
      names: ["-i"],
      value: "interval",
      help: "Wait so many seconds after each of them.",
      take: (settings, value, name) => void (settings.intervalMs = secondsOf(name, value, SECONDS_MAX)),
    },
    {
      names: ["-e"],
      help: "Print an error to standard error, and end there.",
      take: (settings) => void (settings.endsAtError = true),
    },
    {
      names: ["--ldb"],
      help: "Debug it, on copies of the data: nothing remains.",
      take: (settings) => void (settings.ldb = "copies"),
    },
    {
      names: ["--ldb-sync-mode"],
      help: "Debug it on the data; other clients wait.",
      take: (settings) => void (settings.ldb = "data"),
    },
    {
      names: ["--verbose"],
      help: "Show what it logs below LOG_NOTICE as well.",
      take: (settings) => void (settings.verbose = true),
    },
    {
      names: ["--types"],
      help: "Print redis.d.lua, which tells editors what scripts can call.",
      isLast: true,
      take: (settings) => void (settings.what = "types"),
    },
    {
      names: ["--help"],
      help: "Print this.",
      isLast: true,
      take: (settings) => void (settings.what = "help"),
    },
    {
      names: ["--version"],
      help: "Print the version.",
      isLast: true,
      take: (settings) => void (settings.what = "version"),
    },
  ],
};

const embeddedSection: OptionSection<EvalSettings> = {
  title: "On a server in this process",
  options: [
    {
      names: ["--rdb"],
      value: "file",
      help: "Load this RDB file first.",
      completes: "file",
      take: (settings, value) => void (settings.rdb = value),
    },
    {
      names: ["--writes"],
      help: "Show the commands that the script's writes amount to.",
      take: (settings) => void (settings.writes = true),
    },
  ],
};

/** `redeno --eval`. */
export const evalSpec: ProgramSpec<EvalSettings> = {
  name: "--eval",
  summary:
    "Runs a Lua script, on a server in this process that lives as long as the script, or on one that runs",
  synopsis: ["<file.lua> [OPTIONS] [key ...] [, argument ...]"],
  description: [
    "The server in this process opens no socket and writes nothing to the disk. Naming one with -h, -p, -s or -u " +
    "asks that one instead. Options stand before the first key, before --eval if you like.",
  ],
  sections: [
    scriptSection,
    embeddedSection,
    {
      ...connectionSections[0]!,
      // As redis-cli: without a value it asks for help.
      options: connectionSections[0]!.options.map((option) =>
        option.names[0] === "-h"
          ? { ...option, takeAlone: (s: EvalSettings) => void (s.what = "help") }
          : option
      ),
    },
    connectionSections[1]!,
    outputSection,
  ],
  environment: [{ name: "REDISCLI_AUTH", text: "The password for a server that is named." }],
  exitCodes: [
    { name: "0", text: "The script's reply was no error." },
    { name: "1", text: "It was, or there was none." },
  ],
  examples: [
    { line: "redeno --eval limit.lua user:7 , 10 60", what: "KEYS[1] is user:7, ARGV is 10 and 60." },
    { line: "redeno --eval report.lua --rdb dump.rdb --json , 2024-01", what: "On the data of a file." },
    {
      line: "redeno --eval move.lua --writes --watch from to",
      what: "Again at each save, with what it wrote.",
    },
    { line: "redeno --eval limit.lua -p 7000 user:7 , 10 60", what: "On the server at port 7000." },
  ],
  defaults: defaultSettings,
};

export function defaultSettings(): EvalSettings {
  return {
    ...defaultOutput(),
    what: "run",
    file: "",
    connection: defaultConnection(),
    repeat: 1,
    intervalMs: 0,
    endsAtError: false,
    verbose: false,
    rdb: undefined,
    writes: false,
    watch: false,
    ldb: undefined,
  };
}

/** @throws UsageError whose message says which option is wrong */
export function parseEvalOptions(argv: readonly string[], environmentPassword?: string): EvalOptions {
  const { settings, rest } = parseOptions(evalSpec, argv);
  if (settings.what === "run") {
    if (settings.file === "") {
      throw new UsageError("Unrecognized option or bad number of args for: '--eval'");
    }
    check(settings);
    if (settings.connection.isNamed) settings.connection.password ??= environmentPassword;
    preferProtocol(settings);
  }
  return { ...settings, ...keysAndArguments(rest), explainsErrors: true };
}

/** What a comma of its own separates. */
export function keysAndArguments(words: readonly string[]): Pick<EvalOptions, "keys" | "args"> {
  const comma = words.indexOf(",");
  return comma < 0
    ? { keys: words, args: [] }
    : { keys: words.slice(0, comma), args: words.slice(comma + 1) };
}

/** Options that do not go together, or that would have no effect. */
function check({ connection, rdb, writes, watch, repeat, ldb }: EvalSettings): void {
  if (ldb !== undefined && (watch || writes || repeat !== 1)) {
    throw new UsageError(`--ldb and ${watch ? "--watch" : writes ? "--writes" : "-r"} do not go together.`);
  }
  if (connection.isNamed) {
    if (rdb !== undefined || writes) {
      throw new UsageError(
        `${writes ? "--writes" : "--rdb"} is for the server in this process: leave out -h, -p, -s and -u.`,
      );
    }
  } else if (
    connection.password !== undefined || connection.user !== undefined || connection.asksPassword
  ) {
    throw new UsageError("A user or password is for a server: name it with -h, -p, -s or -u.");
  }
  if (watch && repeat < 0) throw new UsageError("--watch and -r -1 do not go together.");
}

/** The command line of `redeno cli`: redis-cli's options, and what they set. */
import { quotedWord } from "./quoted.ts";
import { type ConnectingSettings, connectionSections, defaultConnection } from "../connection_options.ts";
import type { LdbMode } from "../debug_program.ts";
import { integerOf, type OptionSection, type OptionSpec, type ProgramSpec, secondsOf } from "../options.ts";
import { defaultOutput, outputSection, type OutputSettings, preferProtocol } from "../output_options.ts";
import { UsageError } from "../terminal.ts";

/** What the program does instead of running commands. */
export type Mode =
  | { readonly kind: "scan" | "hotkeys" | "stat" | "pipe" | "replica" }
  | { readonly kind: "bigkeys" }
  | { readonly kind: "latency" | "latency-history" | "latency-dist" }
  /** `samples`: how many elements of a key are looked at, 0 all; undefined: as the server has it. */
  | { readonly kind: "memkeys"; readonly samples: number | undefined }
  | { readonly kind: "intrinsic-latency"; readonly seconds: number }
  | { readonly kind: "lru-test"; readonly keys: number }
  | { readonly kind: "rdb" | "functions-rdb" | "eval"; readonly file: string };

export interface CliSettings extends OutputSettings, ConnectingSettings {
  /** "help" and "version": nothing is run, a text is printed. */
  what: "run" | "help" | "version";
  mode: Mode | undefined;
  /** Negative: for ever. */
  repeat: number;
  /** Ms; what it means depends on the mode. */
  intervalMs: number;
  /** Standard input is the last argument. */
  readsLastArgument: boolean;
  /** The argument that standard input replaces. */
  stdinTag: string | undefined;
  /** Arguments are written as in the interactive mode, with quotes. */
  quotedInput: boolean;
  followsCluster: boolean;
  /** Ends with 1 at an error. */
  endsAtError: boolean;
  /** Tells on standard error to what it connects. */
  verbose: boolean;
  /** Which keys are scanned; one character a byte. */
  pattern: string | undefined;
  scanType: string | undefined;
  scanCount: number | undefined;
  pipeTimeoutMs: number;
  isMonochrome: boolean;
  ldb: LdbMode | undefined;
}

const SECONDS_MAX = 1e6;

type Option = OptionSpec<CliSettings>;

function flag(names: readonly string[], help: string, take: (settings: CliSettings) => void): Option {
  return { names, help, take };
}

/** An option that chooses a mode. */
function mode(name: string, help: string, is: Mode): Option {
  return flag([name], help, (settings) => void (settings.mode = is));
}

/** An option that chooses a mode, whose value belongs to it. */
function modeOf(name: string, value: string, help: string, is: (value: string) => Mode): Option {
  return { names: [name], value, help, take: (settings, text) => void (settings.mode = is(text)) };
}

const COUNT_MAX = Number.MAX_SAFE_INTEGER;

const runningSection: OptionSection<CliSettings> = {
  title: "Running commands",
  options: [
    {
      names: ["-r"],
      value: "repeat",
      help: "Run the command so many times; negative: for ever.",
      default: ({ repeat }) => String(repeat),
      take: (settings, value, name) => void (settings.repeat = integerOf(name, value, -COUNT_MAX, COUNT_MAX)),
    },
    {
      names: ["-i"],
      value: "seconds",
      help:
        "Wait so long after each command of -r, each sample of --stat, and each hundred SCANs of the searches " +
        "for keys; how long --latency and its kin measure.",
      take: (settings, value, name) => void (settings.intervalMs = secondsOf(name, value, SECONDS_MAX)),
    },
    flag(["-x"], "Take the last argument from standard input.", (s) => void (s.readsLastArgument = true)),
    {
      names: ["-X"],
      value: "tag",
      help: "Take the argument that is this word from standard input.",
      take: (settings, value) => void (settings.stdinTag = value),
    },
    flag(
      ["--quoted-input"],
      'Arguments may be in quotes, and bytes be written as in "\\x00".',
      (settings) => void (settings.quotedInput = true),
    ),
    flag(
      ["-c"],
      "Follow a cluster's redirections.",
      (settings) => void (settings.followsCluster = true),
    ),
    flag(
      ["-e"],
      "Print an error to standard error, and end with exit code 1.",
      (settings) => void (settings.endsAtError = true),
    ),
    {
      ...modeOf(
        "--eval",
        "file",
        "Run the Lua script in this file; keys and arguments follow, a comma of its own " +
          "between them.",
        (file) => ({ kind: "eval", file }),
      ),
      completes: "file",
    },
    flag(["--ldb"], "Debug that script, on a copy of the data.", (s) => void (s.ldb = "copies")),
    flag(["--ldb-sync-mode"], "Debug that script, on the data itself.", (s) => void (s.ldb = "data")),
    flag(
      ["--verbose"],
      "Tell on standard error which server is connected to.",
      (settings) => void (settings.verbose = true),
    ),
  ],
};

const keysSection: OptionSection<CliSettings> = {
  title: "Looking through keys",
  options: [
    mode("--scan", "Print all keys.", { kind: "scan" }),
    mode("--bigkeys", "Look for keys with many elements.", { kind: "bigkeys" }),
    mode("--memkeys", "Look for keys that take much memory.", { kind: "memkeys", samples: undefined }),
    modeOf(
      "--memkeys-samples",
      "count",
      "The same, looking at so many elements of each key; 0: at all.",
      (value) => ({ kind: "memkeys", samples: integerOf("--memkeys-samples", value, 0, COUNT_MAX) }),
    ),
    mode("--hotkeys", "Look for keys that are used often; needs a maxmemory-policy with LFU.", {
      kind: "hotkeys",
    }),
    {
      names: ["--pattern"],
      value: "pattern",
      help: "Only keys that match.",
      take: (settings, value) => void (settings.pattern = quotedWord(value, false)),
    },
    {
      names: ["--quoted-pattern"],
      value: "pattern",
      help: "The same, written with quotes.",
      take(settings, value) {
        settings.pattern = quotedWord(value, true);
        if (settings.pattern === undefined) {
          throw new UsageError("Invalid quoted string specified for --quoted-pattern.");
        }
      },
    },
    {
      names: ["--type"],
      value: "type",
      help: "With --scan: only keys of this type.",
      completes: ["string", "list", "set", "zset", "hash", "stream"],
      take: (settings, value) => void (settings.scanType = value),
    },
    {
      names: ["--count"],
      value: "count",
      help: "How many keys the server looks at for each SCAN.",
      take: (settings, value, name) => void (settings.scanCount = integerOf(name, value, 1, COUNT_MAX)),
    },
  ],
};

const measuringSection: OptionSection<CliSettings> = {
  title: "Measuring",
  options: [
    mode("--stat", "Print what the server is busy with, a line each second or each -i.", { kind: "stat" }),
    mode(
      "--latency",
      "Measure how long replies take: on a terminal for ever, else once for -i or a second.",
      {
        kind: "latency",
      },
    ),
    mode("--latency-history", "The same, a new line each 15 seconds or each -i.", {
      kind: "latency-history",
    }),
    mode("--latency-dist", "The same as a spectrum in 256 colours, a line each second or each -i.", {
      kind: "latency-dist",
    }),
    { ...flag(["--mono"], "", (settings) => void (settings.isMonochrome = true)), isHidden: true },
    modeOf(
      "--intrinsic-latency",
      "seconds",
      "Measure for so long how much this machine keeps a program waiting.",
      (value) => ({
        kind: "intrinsic-latency",
        seconds: integerOf("--intrinsic-latency", value, 1, SECONDS_MAX),
      }),
    ),
    modeOf(
      "--lru-test",
      "keys",
      "Read and write so many keys, some far more often than others, as a cache would, and count the misses.",
      (value) => ({ kind: "lru-test", keys: integerOf("--lru-test", value, 1, COUNT_MAX) }),
    ),
  ],
};

const transferSection: OptionSection<CliSettings> = {
  title: "Moving data",
  options: [
    mode("--pipe", "Send standard input, which is in the protocol already, and count the replies.", {
      kind: "pipe",
    }),
    {
      names: ["--pipe-timeout"],
      value: "seconds",
      help: "Wait so long for the last replies; 0: for ever.",
      default: ({ pipeTimeoutMs }) => String(pipeTimeoutMs / 1000),
      take: (settings, value, name) => void (settings.pipeTimeoutMs = secondsOf(name, value, SECONDS_MAX)),
    },
    {
      ...modeOf("--rdb", "file", "Fetch all data as an RDB file; - is standard output.", (file) => ({
        kind: "rdb",
        file,
      })),
      completes: "file",
    },
    {
      ...modeOf("--functions-rdb", "file", "The same, with nothing but the functions.", (file) => ({
        kind: "functions-rdb",
        file,
      })),
      completes: "file",
    },
    mode("--replica", "Print what the server tells its replicas.", { kind: "replica" }),
    { ...mode("--slave", "", { kind: "replica" }), isHidden: true },
    {
      names: ["--cluster"],
      value: "command",
      help: "",
      isHidden: true,
      isLast: true,
      take() {
        throw new UsageError("--cluster is not possible: this program does not manage clusters.");
      },
    },
  ],
};

const textsSection: OptionSection<CliSettings> = {
  title: "About",
  options: [
    { ...flag(["--help"], "Print this.", (settings) => void (settings.what = "help")), isLast: true },
    {
      ...flag(["--version", "-v"], "Print the version.", (settings) => void (settings.what = "version")),
      isLast: true,
    },
  ],
};

/** `redeno cli`. */
export const cliSpec: ProgramSpec<CliSettings> = {
  name: "cli",
  standsFor: "redis-cli",
  summary: "Asks a server: the commands that are given, or those that are typed",
  synopsis: ["[OPTIONS] [command [argument ...]]"],
  description: [
    "Without a command it reads commands from standard input; on a terminal with history, completion and hints. " +
    "`help` there tells more.",
    "--rdb, --functions-rdb and --replica ask the server for what it sends its replicas, which redeno's does not do yet.",
  ],
  sections: [
    {
      ...connectionSections[0]!,
      // As redis-cli: without a value it asks for help.
      options: connectionSections[0]!.options.map((option) =>
        option.names[0] === "-h"
          ? { ...option, takeAlone: (s: CliSettings) => void (s.what = "help") }
          : option
      ),
    },
    runningSection,
    outputSection,
    keysSection,
    measuringSection,
    transferSection,
    connectionSections[1]!,
    textsSection,
  ],
  environment: [
    { name: "REDISCLI_AUTH", text: "The password, where -a does not say it." },
    { name: "REDISCLI_HISTFILE", text: "The file of the history; /dev/null: none." },
    { name: "REDISCLI_RCFILE", text: "The file of the preferences; /dev/null: none." },
    { name: "FAKETTY", text: "When it is set, standard output counts as a terminal." },
  ],
  files: [
    { name: "~/.rediscli_history", text: "The lines that were typed, but for those with passwords." },
    { name: "~/.redisclirc", text: "Lines such as `:set nohints`, run at the start." },
  ],
  exitCodes: [
    { name: "0", text: "There was a reply; an error is one, unless -e is given." },
    { name: "1", text: "There was none, or the arguments are wrong." },
  ],
  examples: [
    { line: "redeno cli set user:7 Ada", what: "One command." },
    { line: "redeno cli -x set page < page.html", what: "Its last argument is a file." },
    { line: "redeno cli -r 10 -i 1 info memory | grep used_memory_human", what: "Once a second." },
    { line: "redeno cli --scan --pattern 'user:*'", what: "All keys that match." },
    { line: "redeno cli --json hgetall user:7", what: "A hash as JSON." },
    { line: "redeno cli --pipe < commands.txt", what: "Many commands at once." },
    { line: "redeno cli --eval limit.lua user:7 , 10 60", what: "A script with a key and two arguments." },
  ],
  defaults: () => ({
    ...defaultOutput(),
    connection: defaultConnection(),
    what: "run",
    mode: undefined,
    repeat: 1,
    intervalMs: 0,
    readsLastArgument: false,
    stdinTag: undefined,
    quotedInput: false,
    followsCluster: false,
    endsAtError: false,
    verbose: false,
    pattern: undefined,
    scanType: undefined,
    scanCount: undefined,
    pipeTimeoutMs: 30_000,
    isMonochrome: false,
    ldb: undefined,
  }),
};

/** What the options together mean. @throws UsageError when they do not go together */
export function completeSettings(settings: CliSettings): void {
  if (settings.followsCluster && settings.connection.socket !== undefined) {
    throw new UsageError("Options -c and -s are mutually exclusive.");
  }
  if (settings.readsLastArgument && settings.stdinTag !== undefined) {
    throw new UsageError("Options -x and -X are mutually exclusive.");
  }
  if (settings.ldb !== undefined && settings.mode?.kind !== "eval") {
    throw new UsageError(
      "Options --ldb and --ldb-sync-mode require --eval.\nTry redeno cli --help for more information.",
    );
  }
  preferProtocol(settings);
}

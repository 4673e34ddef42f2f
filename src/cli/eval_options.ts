/**
 * The command line of `redeno --eval`: redis-cli's options that mean something for a script, and our own. Options stand
 * before the first key; from there on everything is a key or, behind a comma that stands alone, an argument.
 */
import {
  type ConnectionOptions,
  defaultConnection,
  numberOf,
  takeConnectionOption,
} from "./connection_options.ts";
import type { LdbMode } from "./debug_program.ts";
import type { ReplyFormat } from "./format_reply.ts";
import { UsageError } from "./terminal.ts";

export interface EvalOptions {
  /** "help" and "types": nothing is run, a text is printed. */
  what: "run" | "help" | "types";
  /** The path of the script. */
  file: string;
  keys: readonly string[];
  args: readonly string[];
  /** The server to ask; the one in this process when `isNamed` is false. */
  readonly connection: ConnectionOptions;
  /** Undefined: laid out on a terminal, else raw. */
  format: ReplyFormat | undefined;
  itemDelimiter: string;
  replyDelimiter: string;
  repeat: number;
  intervalMs: number;
  /** Prints an error to standard error, and ends there. */
  endsAtError: boolean;
  /** Undefined: on a terminal. */
  showsPushes: boolean | undefined;
  warnsOfPassword: boolean;
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

const SECONDS_MAX = 1e6;

/** @throws UsageError whose message says which option is wrong */
export function parseEvalOptions(argv: readonly string[], environmentPassword?: string): EvalOptions {
  const options = defaults();
  let at = 0;
  while (at < argv.length && argv[at]!.startsWith("-")) {
    const option = argv[at]!;
    const taken = takeOption(options, option, argv[at + 1]) ||
      takeConnectionOption(options.connection, option, argv[at + 1]);
    if (taken === 0) throw new UsageError(`Unrecognized option or bad number of args for: '${option}'`);
    at += taken;
    if (options.what !== "run") return options;
  }
  if (options.file === "") throw new UsageError("Unrecognized option or bad number of args for: '--eval'");
  const rest = argv.slice(at);
  const comma = rest.indexOf(",");
  options.keys = comma < 0 ? rest : rest.slice(0, comma);
  options.args = comma < 0 ? [] : rest.slice(comma + 1);
  check(options);
  const { connection, format } = options;
  if (connection.isNamed) connection.password ??= environmentPassword;
  if ((format === "json" || format === "quoted-json") && !argv.slice(0, at).includes("-2")) {
    if (connection.protocol === 2) connection.protocol = "preferred";
  }
  return options;
}

function defaults(): EvalOptions {
  return {
    what: "run",
    file: "",
    keys: [],
    args: [],
    connection: defaultConnection(),
    format: undefined,
    itemDelimiter: "\n",
    replyDelimiter: "\n",
    repeat: 1,
    intervalMs: 0,
    endsAtError: false,
    showsPushes: undefined,
    warnsOfPassword: true,
    verbose: false,
    rdb: undefined,
    writes: false,
    watch: false,
    ldb: undefined,
  };
}

/** How many arguments an option is, or 0 when it is none of these. */
function takeOption(options: EvalOptions, option: string, value: string | undefined): number {
  return takeFlag(options, option, value) ? 1 : value === undefined ? 0 : takeValue(options, option, value);
}

const FORMATS: Readonly<Record<string, ReplyFormat>> = {
  "--raw": "raw",
  "--no-raw": "standard",
  "--csv": "csv",
  "--json": "json",
  "--quoted-json": "quoted-json",
};

function takeFlag(options: EvalOptions, option: string, value: string | undefined): boolean {
  const format = FORMATS[option];
  if (format !== undefined) {
    options.format = format;
    return true;
  }
  switch (option) {
    case "-h":
      // As redis-cli: without a value it asks for help.
      if (value !== undefined) return false;
      options.what = "help";
      return true;
    case "--help":
    case "--types":
      options.what = option === "--help" ? "help" : "types";
      return true;
    case "--eval":
      // A program's name, so to say, when it asks for nothing to be run.
      return value === "--help" || value === "--types";
    case "-e":
      options.endsAtError = true;
      return true;
    case "--no-auth-warning":
      options.warnsOfPassword = false;
      return true;
    case "--verbose":
      options.verbose = true;
      return true;
    case "--writes":
      options.writes = true;
      return true;
    case "--watch":
      options.watch = true;
      return true;
    case "--ldb":
    case "--ldb-sync-mode":
      options.ldb = option === "--ldb" ? "copies" : "data";
      return true;
    default:
      return false;
  }
}

function takeValue(options: EvalOptions, option: string, value: string): number {
  switch (option) {
    case "--eval":
      options.file = value;
      return 2;
    case "--rdb":
      options.rdb = value;
      return 2;
    case "-d":
      options.itemDelimiter = value;
      return 2;
    case "-D":
      options.replyDelimiter = value;
      return 2;
    case "-r":
      options.repeat = numberOf(option, value, -1, Number.MAX_SAFE_INTEGER);
      return 2;
    case "-i":
      options.intervalMs = intervalOf(value);
      return 2;
    case "--show-pushes":
      if (!/^[yn]/i.test(value)) {
        throw new UsageError(`Unknown --show-pushes value '${value}' (valid: '[y]es', '[n]o')`);
      }
      options.showsPushes = /^y/i.test(value);
      return 2;
    default:
      return 0;
  }
}

function intervalOf(value: string): number {
  const seconds = value.trim() === "" ? NaN : Number(value);
  if (seconds >= 0 && seconds <= SECONDS_MAX) return seconds * 1000;
  throw new UsageError(`Invalid value for -i: '${value}' is not a number of seconds.`);
}

/** Options that do not go together, or that would have no effect. */
function check({ connection, rdb, writes, watch, repeat, ldb }: EvalOptions): void {
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

export const EVAL_USAGE = `Usage: redeno --eval <file.lua> [OPTIONS] [key ...] [, arg ...]
       redeno [OPTIONS] --eval <file.lua> [key ...] [, arg ...]

Runs a Lua script, on a server in this process that lives as long as the script, or on one that is running. What stands
before a comma of its own is in KEYS, what stands behind it in ARGV. Options stand before the first key.

On a server in this process (no socket, nothing on the disk):
  --rdb <file>         Load this RDB file first.
  --writes             Show the commands that the script's writes amount to.

On a running server:
  -h <hostname>        Server hostname (default: 127.0.0.1).
  -p <port>            Server port (default: 6379).
  -s <socket>          Server socket (overrides hostname and port).
  -u <uri>             redis://[user:password@]host[:port][/db]
  -a, --pass <password> Password; REDISCLI_AUTH in the environment is safer.
  --user <username>    User; needs a password.
  --askpass            Ask for the password.
  --no-auth-warning    Do not warn of a password on the command line.

Both:
  -n <db>              Database number.
  -2, -3               Protocol version (default: 2; with --json 3).
  -r <repeat>          Run it so many times; -1 for ever.
  -i <interval>        Wait so many seconds after each of them.
  -e                   Print an error to standard error, and end there.
  --raw                Print replies raw (default when standard output is no terminal).
  --no-raw             Lay replies out when standard output is no terminal, too.
  --csv, --json, --quoted-json
                       Print replies in these formats.
  -d <delimiter>       Between the items of a raw reply (default: \\n).
  -D <delimiter>       Behind a raw reply (default: \\n).
  --show-pushes <yn>   Whether to print RESP3 pushes (default: on a terminal).
  --watch              Run again whenever the file is saved; Ctrl-C ends.
  --ldb                Debug the script, on copies of the data: nothing remains.
  --ldb-sync-mode      Debug the script on the data; other clients wait.
  --verbose            Show what is logged below LOG_NOTICE as well.
  --types              Print redis.d.lua, which tells editors what scripts can call.
  --help               Print this.

The exit code is 1 when the script's reply is an error or there was none, else 0.

Examples:
  redeno --eval limit.lua user:7 , 10 60
  redeno --eval report.lua --rdb dump.rdb --json , 2024-01
  redeno --eval move.lua --writes --watch from to
  redeno --eval limit.lua -p 7000 user:7 , 10 60
`;

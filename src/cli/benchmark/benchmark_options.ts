/** The command line of `redeno benchmark`: redis-benchmark's options, `--seed`, and data in commands of one's own. */
import { type ConnectingSettings, connectionSections, defaultConnection } from "../connection_options.ts";
import { integerOf, type OptionSection, type OptionSpec, type ProgramSpec } from "../options.ts";
import { UsageError } from "../terminal.ts";
import { TEST_WORDS } from "./standard_tests.ts";

const REQUESTS_MAX = 2 ** 31 - 1;
const CLIENTS_MAX = 1_000_000;
const DATA_BYTES_MAX = 1 << 30;
const PIPELINE_MAX = 1_000_000;
const PRECISION_MAX = 9;
const SEED_MAX = 2 ** 32 - 1;

export interface BenchmarkSettings extends ConnectingSettings {
  /** "help" and "version": a text is printed. "idle": connections are opened, and nothing is sent. */
  what: "load" | "idle" | "help" | "version";
  clients: number;
  requests: number;
  dataBytes: number;
  /** 0: the main thread alone. */
  threads: number;
  keepsAlive: boolean;
  /** Random numbers are below this; undefined: none are drawn. */
  keyspace: number | undefined;
  pipeline: number;
  output: "full" | "quiet" | "csv";
  /** Decimal places of latencies. */
  precision: number;
  loops: boolean;
  /** Undefined: all. Words in lower case. */
  tests: readonly string[] | undefined;
  readsLastArgument: boolean;
  tracks: boolean;
  seed: number | undefined;
  /** Whether -e was given, which has no effect. */
  saysErrors: boolean;
}

function defaults(): BenchmarkSettings {
  return {
    connection: { ...defaultConnection(), warnsOfPassword: false },
    what: "load",
    clients: 50,
    requests: 100_000,
    dataBytes: 3,
    threads: 0,
    keepsAlive: true,
    keyspace: undefined,
    pipeline: 1,
    output: "full",
    precision: 3,
    loops: false,
    tests: undefined,
    readsLastArgument: false,
    tracks: false,
    seed: undefined,
    saysErrors: false,
  };
}

/** Those of the client's options that stand under these names here. */
function connectionOptions(section: string, ...names: readonly string[]): OptionSpec<ConnectingSettings>[] {
  const { options } = connectionSections.find(({ title }) => title === section)!;
  return names.map((name) => ({ ...options.find((option) => option.names.includes(name))!, names: [name] }));
}

/** An option whose value is an integer. */
function count(
  name: string,
  value: string,
  help: string,
  [least, most]: readonly [number, number],
  take: (settings: BenchmarkSettings, number: number) => void,
  standard?: (fresh: BenchmarkSettings) => number,
): OptionSpec<BenchmarkSettings> {
  return {
    names: [name],
    value,
    help,
    take: (settings, text) => take(settings, integerOf(name, text, least, most)),
    ...standard === undefined ? {} : { default: (fresh: BenchmarkSettings) => String(standard(fresh)) },
  };
}

const SERVER: OptionSection<BenchmarkSettings> = {
  title: "Connection",
  options: [
    ...connectionOptions("Connection", "-h", "-p", "-s", "-u"),
    {
      names: ["-a"],
      value: "password",
      help: "The password. Others on this machine can read it here.",
      take: ({ connection }, value) => void (connection.password = value),
    },
    ...connectionOptions("Connection", "--user"),
    count(
      "--dbnum",
      "db",
      "The number of the database.",
      [0, 2 ** 31 - 1],
      ({ connection }, number) => connection.database = number,
      ({ connection }) => connection.database,
    ),
    ...connectionOptions("Connection", "-3"),
    {
      names: ["--enable-tracking"],
      help: "Send CLIENT TRACKING on first.",
      take: (settings) => void (settings.tracks = true),
    },
    {
      names: ["--cluster"],
      help: "Not possible yet: spreading the load over the nodes of a cluster.",
      take() {
        throw new UsageError(
          "--cluster is not possible: redeno benchmark loads one server, not yet a cluster.",
        );
      },
    },
  ],
};

const LOAD: OptionSection<BenchmarkSettings> = {
  title: "Load",
  options: [
    count(
      "-c",
      "clients",
      "How many connections there are at the same time.",
      [1, CLIENTS_MAX],
      (settings, number) => settings.clients = number,
      ({ clients }) => clients,
    ),
    count(
      "-n",
      "requests",
      "How many requests are sent in each test.",
      [1, REQUESTS_MAX],
      (settings, number) => settings.requests = number,
      ({ requests }) => requests,
    ),
    count(
      "-P",
      "numreq",
      "How many requests a client sends at once, before it waits for their replies.",
      [0, PIPELINE_MAX],
      (settings, number) => settings.pipeline = Math.max(1, number),
      ({ pipeline }) => pipeline,
    ),
    count(
      "-d",
      "size",
      "How many bytes the values have that are written.",
      [0, DATA_BYTES_MAX],
      (settings, number) => settings.dataBytes = Math.max(1, number),
      ({ dataBytes }) => dataBytes,
    ),
    count(
      "-r",
      "keyspacelen",
      "Draw keys, members and scores at random from so many. Also replaces each __rand_int__ in the arguments of a " +
        "command of one's own with a number of twelve digits below it, anew for each request. Without -r all " +
        "requests of a test are the same.",
      [0, Number.MAX_SAFE_INTEGER],
      (settings, number) => settings.keyspace = number,
    ),
    count(
      "--seed",
      "number",
      "Draw the same random numbers as another run with this seed. Not an option of redis-benchmark.",
      [0, SEED_MAX],
      (settings, number) => settings.seed = number,
    ),
    count(
      "-k",
      "boolean",
      "Keep connections (1), or make a new one for each batch of requests (0).",
      [0, 1],
      (settings, number) => settings.keepsAlive = number === 1,
      ({ keepsAlive }) => keepsAlive ? 1 : 0,
    ),
    count(
      "--threads",
      "num",
      "Make the load in so many threads; 0 for the main thread.",
      [0, REQUESTS_MAX],
      (settings, number) => settings.threads = number,
      ({ threads }) => threads,
    ),
    {
      names: ["-t"],
      value: "tests",
      help: `Only these tests, separated by commas: ${TEST_WORDS.join(", ")}.`,
      completes: TEST_WORDS,
      take: (settings, value) => void (settings.tests = value.toLowerCase().split(",")),
    },
    {
      names: ["-x"],
      help: "Read the last argument of the command from standard input.",
      take: (settings) => void (settings.readsLastArgument = true),
    },
    {
      names: ["-l"],
      help: "Run the tests again and again, for ever.",
      take: (settings) => void (settings.loops = true),
    },
    {
      names: ["-I"],
      help: "Open the connections, send nothing, and wait.",
      take: (settings) => void (settings.what = "idle"),
    },
    {
      names: ["-e"],
      help: "",
      isHidden: true,
      take: (settings) => void (settings.saysErrors = true),
    },
  ],
};

const OUTPUT: OptionSection<BenchmarkSettings> = {
  title: "Output",
  options: [
    {
      names: ["-q"],
      help: "Print a line for each test.",
      take: (settings) => void (settings.output = "quiet"),
    },
    {
      names: ["--csv"],
      help: "Print a line of comma-separated values for each test.",
      take: (settings) => void (settings.output = "csv"),
    },
    count(
      "--precision",
      "digits",
      "Decimal places of latencies.",
      [0, PRECISION_MAX],
      (settings, number) => settings.precision = number,
      ({ precision }) => precision,
    ),
    {
      names: ["--help"],
      help: "Print this.",
      isLast: true,
      take: (settings) => void (settings.what = "help"),
    },
    {
      names: ["--version", "-v"],
      help: "Print the version.",
      isLast: true,
      take: (settings) => void (settings.what = "version"),
    },
  ],
};

export const benchmarkSpec: ProgramSpec<BenchmarkSettings> = {
  name: "benchmark",
  standsFor: "redis-benchmark",
  summary: "Measures how many requests a second a server carries out, and how long they take",
  synopsis: ["[OPTIONS] [command [argument ...]]"],
  description: [
    "Sends the requests of each test over many connections at the same time, and prints how many were answered a " +
    "second and how long it took: percentiles, and how many were at most how long. The first reply that is an error " +
    "ends it.",
    "A command behind the options is measured in place of the tests. In its arguments __data__ stands for as many bytes " +
    "as -d says, and __rand_int__ for a random number, see -r.",
  ],
  sections: [
    SERVER,
    LOAD,
    OUTPUT,
    connectionSections.find(({ title }) => title === "Encryption")!,
  ],
  exitCodes: [
    { name: "0", text: "All requests were answered." },
    { name: "1", text: "The server could not be reached, or answered an error, or an option is wrong." },
  ],
  examples: [
    { line: "redeno benchmark", what: "All tests against 127.0.0.1:6379." },
    {
      line: "redeno benchmark -t set,get -P 16 -r 1000000 -q",
      what: "SET and GET of a million keys, 16 at once, in two lines.",
    },
    {
      line: "redeno benchmark -n 10000 eval 'return redis.call(\"incr\", KEYS[1])' 1 counter",
      what: "A script.",
    },
    {
      line: "redeno benchmark -r 10000 -n 10000 hset user:__rand_int__ name __data__",
      what: "Ten thousand hashes.",
    },
  ],
  unknownOption: (name) => `Invalid option "${name}" or option argument missing`,
  defaults,
};

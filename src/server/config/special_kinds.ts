/**
 * The kinds of values that have a grammar of their own: several words, sets of flags, things that the process does
 * while it reads them.
 */
import { formatDouble, formatMemory, parseDouble, parseLooseInteger, parseMemory } from "./numbers.ts";
import { InvalidValue, type Kind, notAChoice, untilZeroByte } from "./kinds.ts";
import { quote } from "./tokens.ts";

/** Words behind a name without `""` alone, which means "nothing". */
function withoutEmptyWord(words: readonly string[]): readonly string[] {
  return words.length === 1 && words[0] === "" ? [] : words;
}

function pairsOf(text: string): string[] {
  return text.match(/\S+ \S+/g) ?? [];
}

/** Snapshot points: pairs of seconds and changes. Lines of a file add up; `save ""` forgets what came before. */
export const SAVE_POINTS: Kind = {
  type: "save points",
  multiple: true,
  parse(words, { source, previous, isSet }) {
    const given = withoutEmptyWord(words);
    if (given.length % 2 !== 0) throw new InvalidValue("Invalid save parameters");
    const points: string[] = [];
    for (let i = 0; i < given.length; i += 2) {
      const seconds = parseLooseInteger(given[i]!);
      const changes = parseLooseInteger(given[i + 1]!);
      if (seconds === undefined || changes === undefined || seconds < 1n || changes < 0n) {
        throw new InvalidValue("Invalid save parameters");
      }
      points.push(`${seconds} ${BigInt.asIntN(32, changes)}`);
    }
    const startsAnew = source === "client" || !isSet || (words.length === 1 && words[0] === "");
    return [...startsAnew ? [] : pairsOf(previous), ...points].join(" ");
  },
  rewrite(name, value) {
    const lines = value === "" ? [`${name} ""`] : pairsOf(value).map((point) => `${name} ${point}`);
    return lines.map((text) => ({ text, force: true }));
  },
};

const CLIENT_CLASSES = ["normal", "slave", "pubsub"];
const BUFFER_LIMIT_WORDS = 4;

/** Limits of the output buffers of each class of clients: class, hard limit, soft limit, seconds. */
export const OUTPUT_BUFFER_LIMITS: Kind = {
  type: "output buffer limits",
  multiple: true,
  parse(words, { previous }) {
    if (words.length % BUFFER_LIMIT_WORDS !== 0) {
      throw new InvalidValue("Wrong number of arguments in buffer limit configuration.");
    }
    const limits = bufferLimitsOf(previous);
    for (let i = 0; i < words.length; i += BUFFER_LIMIT_WORDS) {
      const word = words[i]!.toLowerCase();
      const name = word === "replica" ? "slave" : word;
      if (!CLIENT_CLASSES.includes(name)) {
        throw new InvalidValue("Invalid client class specified in buffer limit configuration.");
      }
      const hard = parseMemory(words[i + 1]!);
      const soft = parseMemory(words[i + 2]!);
      const wide = parseLooseInteger(words[i + 3]!);
      const seconds = wide === undefined ? -1n : BigInt.asIntN(32, wide);
      if (hard === undefined || soft === undefined || seconds < 0n) {
        throw new InvalidValue("Error in hard, soft or soft_seconds setting in buffer limit configuration.");
      }
      limits.set(name, [hard, soft, seconds]);
    }
    return [...limits].map(([name, limit]) => `${name} ${limit.join(" ")}`).join(" ");
  },
  rewrite(name, value, initial) {
    const before = bufferLimitsOf(initial);
    return [...bufferLimitsOf(value)].map(([clients, [hard, soft, seconds]]) => ({
      text: `${name} ${clients === "slave" ? "replica" : clients} ` +
        `${formatMemory(hard)} ${formatMemory(soft)} ${seconds}`,
      force: before.get(clients)!.join() !== [hard, soft, seconds].join(),
    }));
  },
};

/** Hard and soft limit in bytes and the seconds of the soft one, by class; the inverse of the kind's value. */
function bufferLimitsOf(value: string): Map<string, readonly [bigint, bigint, bigint]> {
  const words = value.split(" ");
  const limits = new Map<string, readonly [bigint, bigint, bigint]>();
  for (let i = 0; i < words.length; i += BUFFER_LIMIT_WORDS) {
    limits.set(words[i]!, [BigInt(words[i + 1]!), BigInt(words[i + 2]!), BigInt(words[i + 3]!)]);
  }
  return limits;
}

const ALL_EVENT_CLASSES = "g$lshzxetd";
const EVENT_CLASSES = ALL_EVENT_CLASSES + "nKEm";

/** Classes of keyspace events. The value keeps every class; CONFIG GET hides `n` behind `A`, as the reference does. */
export const KEYSPACE_EVENTS: Kind = {
  type: "event classes",
  multiple: false,
  parse(words) {
    const chosen = untilZeroByte(words[0]!).replaceAll("A", ALL_EVENT_CLASSES);
    for (const char of chosen) {
      if (!EVENT_CLASSES.includes(char)) {
        throw new InvalidValue("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
      }
    }
    return [...EVENT_CLASSES].filter((char) => chosen.includes(char)).join("");
  },
  show: showKeyspaceEvents,
  rewrite(name, value) {
    return [{ text: `${name} ${quote(showKeyspaceEvents(value))}`, force: value !== "" }];
  },
};

function showKeyspaceEvents(value: string): string {
  return value.startsWith(ALL_EVENT_CLASSES)
    ? "A" + value.slice(ALL_EVENT_CLASSES.length).replace("n", "")
    : value;
}

/** Adjustments for the kernel's choice of a process to kill: master, replica, children of a snapshot. */
export const OOM_SCORE_ADJUSTMENTS: Kind = {
  type: "three integers",
  multiple: true,
  parse(words) {
    if (words.length !== 3) throw new InvalidValue("wrong number of arguments");
    const values = words.map((word) => parseLooseInteger(word));
    if (values.some((value) => value === undefined || value < -2000n || value > 2000n)) {
      throw new InvalidValue("Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
    }
    return values.join(" ");
  },
  rewrite: (name, value, initial) => [{ text: `${name} ${value}`, force: value !== initial }],
};

/** Percentiles, each from 0 to 100. */
export const PERCENTILES: Kind = {
  type: "percentiles",
  multiple: true,
  parse(words) {
    const values = withoutEmptyWord(words).map((word) => {
      const value = word === "" ? undefined : parseDouble(word);
      if (value === undefined || Number.isNaN(value)) {
        throw new InvalidValue("Invalid latency-tracking-info-percentiles parameters");
      }
      if (value < 0 || value > 100) {
        throw new InvalidValue(
          "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]",
        );
      }
      return value;
    });
    return values.map(formatDouble).join(" ");
  },
  rewrite: (name, value) => [{ text: `${name} ${value === "" ? '""' : value}`, force: true }],
};

const SHUTDOWN_FLAGS = ["save", "nosave", "now", "force"];

/** What a signal asks of the shutdown: `default`, or a set of flags. */
export const SHUTDOWN_ON_SIGNAL: Kind = {
  type: "flags",
  multiple: true,
  parse(words) {
    const chosen = words.map((word) => untilZeroByte(word).toLowerCase());
    if (chosen.length === 0 || chosen.some((word) => word !== "default" && !SHUTDOWN_FLAGS.includes(word))) {
      throw notAChoice(["default", ...SHUTDOWN_FLAGS]);
    }
    if (chosen.includes("save") && chosen.includes("nosave")) {
      throw new InvalidValue("shutdown options SAVE and NOSAVE can't be used simultaneously");
    }
    return SHUTDOWN_FLAGS.filter((flag) => chosen.includes(flag)).join(" ") || "default";
  },
  rewrite: (name, value, initial) => [{ text: `${name} ${value}`, force: value !== initial }],
};

const BIND_ADDRESSES_MAX = 16;

/** Addresses to listen on; a `-` before one means that it may be missing. */
export const BIND_ADDRESSES: Kind = {
  type: "addresses",
  multiple: true,
  parse(words) {
    if (words.length > BIND_ADDRESSES_MAX) throw new InvalidValue("Too many bind addresses specified.");
    return withoutEmptyWord(words).join(" ");
  },
  rewrite(name, value, initial) {
    return value === initial ? [] : [{ text: `${name} ${value === "" ? '""' : value}`, force: true }];
  },
};

/** Host and port of the master; empty for a master. */
export const MASTER_ADDRESS: Kind = {
  type: "host and port",
  multiple: true,
  parse(words) {
    if (words.length !== 2) throw new InvalidValue("wrong number of arguments");
    const [host, portText] = words as [string, string];
    if (host.toLowerCase() === "no" && portText.toLowerCase() === "one") return "";
    const port = parseLooseInteger(portText);
    if (port === undefined || port < 0n || port > 65535n) throw new InvalidValue("Invalid master port");
    return `${host} ${port}`;
  },
  rewrite: (name, value) => value === "" ? [] : [{ text: `${name} ${value}`, force: true }],
};

/** The working directory: set by going there, and read by asking the process. */
export const WORKING_DIRECTORY: Kind = {
  type: "folder",
  multiple: false,
  parse(words, { changeDirectory }) {
    const path = untilZeroByte(words[0]!);
    try {
      changeDirectory(path);
    } catch (error) {
      throw new InvalidValue((error as Error).message);
    }
    return path;
  },
  rewrite: (name, value) => [{ text: `${name} ${quote(value)}`, force: true }],
};

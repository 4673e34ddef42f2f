/**
 * The table of a server's commands: from the bytes of a name to its command, and the counters of each.
 */
import type { Category, CommandSpec, Handler, KeyFlag } from "./command.ts";
import { LatencyHistogram } from "./sys/latency_histogram.ts";
import { sameBytes, type Slice, utf8 } from "./sys/bytes.ts";

/** Flags as bits, for the gates of the dispatcher. */
export const FlagBit = {
  write: 1,
  readonly: 2,
  denyoom: 4,
  noAuth: 8,
  fast: 16,
  admin: 32,
  loading: 64,
  stale: 128,
  noMulti: 256,
  noScript: 512,
  mayReplicate: 1024,
  allowBusy: 2048,
  skipMonitor: 4096,
  skipSlowLog: 8192,
} as const;

/**
 * How to find the keys whose values a command looks into: there are none; they are `firstKey` and those after it; or they have to
 * be looked for by all specifications.
 */
export type ValueKeys = "none" | "fixed" | "searched";

/** Whether a command looks into the value of a key that it names in this way; it need not, to overwrite or delete it. */
export function looksIntoValue(flags: readonly KeyFlag[]): boolean {
  return !flags.includes("OW") && !flags.includes("RM") && !flags.includes("not_key");
}

function valueKeysOf({ keys = [], leavesValues }: CommandSpec, firstKey: number): ValueKeys {
  if (leavesValues === true) return "none";
  const looked = keys.filter((spec) => looksIntoValue(spec.flags) || spec.flags.includes("variable_flags"));
  if (looked.length === 0) return "none";
  const isFixed = keys.length === 1 && firstKey > 0 && !looked[0]!.flags.includes("variable_flags");
  return isFixed ? "fixed" : "searched";
}

/** A command as it stands in a server's table. */
export class Command {
  readonly spec: CommandSpec;
  /** In lower case; of a subcommand `container|name`. */
  readonly name: string;
  readonly arity: number;
  readonly flagBits: number;
  readonly run: Handler | undefined;
  /** The argument with the first key, when it is always the same; else 0. */
  readonly firstKey: number;
  /** 0: that is the only key; -1: every keyStep-th from there on is one. */
  readonly lastKey: number;
  readonly keyStep: number;
  readonly valueKeys: ValueKeys;
  readonly subcommands: readonly Command[];
  /** So cheap that neighbouring calls may share one reading of the clock. */
  readonly cheap: boolean;

  /** Bits that make dispatch ask its gates: see Attention there. */
  attention = 0;
  calls = 0;
  microseconds = 0;
  /** How long calls took; absent until the first. */
  latency: LatencyHistogram | undefined;
  /** Refused before they ran. */
  rejectedCalls = 0;
  /** Answered with an error by the handler. */
  failedCalls = 0;

  constructor(spec: CommandSpec, container?: Command) {
    this.spec = spec;
    const own = spec.name.toLowerCase();
    this.name = container === undefined ? own : `${container.name}|${own}`;
    this.arity = spec.arity;
    this.run = spec.run;
    const keys = spec.keys?.[0];
    const isFixed = keys !== undefined && "index" in keys.begin && "lastKey" in keys.find;
    this.firstKey = isFixed && "index" in keys.begin ? keys.begin.index : 0;
    this.lastKey = isFixed && "lastKey" in keys.find ? keys.find.lastKey : 0;
    this.keyStep = isFixed && "lastKey" in keys.find ? keys.find.step : 1;
    this.valueKeys = valueKeysOf(spec, this.firstKey);
    const has = (flag: CommandSpec["flags"][number]) => spec.flags.includes(flag);
    this.flagBits = (has("write") ? FlagBit.write : 0) | (has("readonly") ? FlagBit.readonly : 0) |
      (has("denyoom") ? FlagBit.denyoom : 0) | (has("no_auth") ? FlagBit.noAuth : 0) |
      (has("fast") ? FlagBit.fast : 0) | (has("admin") ? FlagBit.admin : 0) |
      (has("loading") ? FlagBit.loading : 0) | (has("stale") ? FlagBit.stale : 0) |
      (has("no_multi") ? FlagBit.noMulti : 0) | (has("noscript") ? FlagBit.noScript : 0) |
      (has("may_replicate") ? FlagBit.mayReplicate : 0) | (has("allow_busy") ? FlagBit.allowBusy : 0) |
      (has("skip_monitor") ? FlagBit.skipMonitor : 0) | (has("skip_slowlog") ? FlagBit.skipSlowLog : 0);
    this.cheap = !has("blocking") &&
      (has("fast") || ((has("write") || has("readonly")) && spec.complexity.startsWith("O(1)")));
    this.subcommands = (spec.subcommands ?? []).map((sub) => new Command(sub, this));
  }

  subcommand(name: string): Command | undefined {
    const full = `${this.name}|${name.toLowerCase()}`;
    return this.subcommands.find((sub) => sub.name === full);
  }

  /** The ACL categories, those that follow from the flags included, in the reference's order. */
  get categories(): string[] {
    const { flags, categories } = this.spec;
    const all = new Set<string>(categories);
    if (flags.includes("write")) all.add("write");
    if (flags.includes("readonly") && !all.has("scripting")) all.add("read");
    if (flags.includes("admin")) {
      all.add("admin");
      all.add("dangerous");
    }
    if (flags.includes("pubsub")) all.add("pubsub");
    if (flags.includes("fast")) all.add("fast");
    if (flags.includes("blocking")) all.add("blocking");
    if (!all.has("fast")) all.add("slow");
    return CATEGORY_ORDER.filter((category) => all.has(category));
  }

  /** Counts `calls` that took `microseconds` together. */
  record(calls: number, microseconds: number, tracksLatency = true): void {
    this.calls += calls;
    this.recordTime(calls, microseconds, tracksLatency);
  }

  /** Notes how long `calls` took together that are counted already. */
  recordTime(calls: number, microseconds: number, tracksLatency = true): void {
    this.microseconds += microseconds;
    if (!tracksLatency) return;
    if (this.latency === undefined) this.latency = new LatencyHistogram();
    this.latency.record(microseconds / calls, calls);
  }

  /** Counts a call that waits for a key: how long it takes will be noted when it is served. */
  recordWaiting(microseconds: number): void {
    this.calls++;
    this.microseconds += microseconds;
  }

  resetCounters(): void {
    this.calls = 0;
    this.microseconds = 0;
    this.rejectedCalls = 0;
    this.failedCalls = 0;
    this.latency = undefined;
    for (const sub of this.subcommands) sub.resetCounters();
  }
}

/** All ACL categories, in the order in which the reference lists those of a command. */
export const CATEGORY_ORDER: readonly (Category | "read" | "write" | "fast" | "slow")[] = [
  "keyspace",
  "read",
  "write",
  "set",
  "sortedset",
  "list",
  "hash",
  "string",
  "bitmap",
  "hyperloglog",
  "geo",
  "stream",
  "pubsub",
  "admin",
  "fast",
  "slow",
  "blocking",
  "dangerous",
  "connection",
  "transaction",
  "scripting",
];

const BUCKETS = 1024;

function bucketOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (hash * 31 + (bytes[i]! | 32)) | 0;
  return (hash ^ (hash >>> 10)) & (BUCKETS - 1);
}

interface Named {
  readonly lower: Uint8Array;
  readonly upper: Uint8Array;
  readonly command: Command;
}

export class CommandTable {
  readonly #byName = new Map<string, Command>();
  readonly #buckets: Named[][] = Array.from({ length: BUCKETS }, () => []);

  /** @throws Error when two declarations have one name */
  constructor(specs: readonly CommandSpec[]) {
    for (const spec of specs) {
      const command = new Command(spec);
      if (this.#byName.has(command.name)) throw new Error(`command ${command.name} is declared twice`);
      this.add(command.name, command);
    }
  }

  /** All commands, in the order of their declaration. */
  get all(): IterableIterator<Command> {
    return this.#byName.values();
  }

  get size(): number {
    return this.#byName.size;
  }

  /** The command of a name in any case. */
  get(name: string): Command | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  /** The command or subcommand of a name as `config` or `config|get`. */
  getFull(name: string): Command | undefined {
    const [container = "", sub] = name.split("|", 2);
    const command = this.get(container);
    return sub === undefined ? command : command?.subcommand(sub);
  }

  /** Lets a command be called by one more name. */
  add(name: string, command: Command): void {
    const lower = utf8(name.toLowerCase());
    this.#byName.set(name.toLowerCase(), command);
    this.#buckets[bucketOf(lower, 0, lower.length)]!.push({
      lower,
      upper: utf8(name.toUpperCase()),
      command,
    });
  }

  /** Takes a name away (`rename-command`). */
  remove(name: string): void {
    const lower = utf8(name.toLowerCase());
    this.#byName.delete(name.toLowerCase());
    const bucket = bucketOf(lower, 0, lower.length);
    this.#buckets[bucket] = this.#buckets[bucket]!.filter((named) =>
      !sameBytes(named.lower, 0, named.lower.length, lower, 0, lower.length)
    );
  }

  /** The command named by some bytes, in any case. O(length), allocates nothing. */
  find(slice: Slice): Command | undefined {
    const { bytes, start, end } = slice;
    const bucket = this.#buckets[bucketOf(bytes, start, end)]!;
    for (let i = 0; i < bucket.length; i++) {
      const { lower, upper, command } = bucket[i]!;
      if (lower.length !== end - start) continue;
      let j = 0;
      while (j < lower.length && (bytes[start + j] === lower[j] || bytes[start + j] === upper[j])) j++;
      if (j === lower.length) return command;
    }
    return undefined;
  }
}

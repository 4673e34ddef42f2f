/**
 * What the random sequences are made of: one line a command. A command of a type to come costs one line here.
 *
 * Commands whose answer depends on something else than the commands before it name the comparison that is fair to
 * them. Commands that redeno does not have yet are left out of the sequences (and named) when a run starts.
 */
import {
  type Comparison,
  sameBytes,
  sameElements,
  samePairs,
  sameShape,
  sameWithin,
} from "../compat/comparisons.ts";
import {
  all,
  database,
  draw,
  float,
  integer,
  key,
  milliseconds,
  millisecondsAt,
  offset,
  oneOf,
  options,
  type Part,
  pattern,
  payload,
  repeat,
  seconds,
  secondsAt,
  value,
} from "./arguments.ts";

export interface CommandGrammar {
  readonly name: string;
  readonly parts: readonly Part[];
  readonly comparison: Comparison;
  /** Chance against the other commands; 10 is usual. */
  readonly weight: number;
  /** Arguments may be dropped, doubled and replaced. Not where that would make a fair answer incomparable. */
  readonly damages: boolean;
}

type Extras = Partial<Pick<CommandGrammar, "comparison" | "weight" | "damages">>;

function command(name: string, parts: readonly Part[], extras: Extras = {}): CommandGrammar {
  return { name, parts, comparison: sameBytes, weight: 10, damages: true, ...extras };
}

const RDB_TYPES_WITHOUT_ORDER = [2, 4];

/** A payload of DUMP; that of a large set or hash lists its elements in an order of the server's own. */
const samePayload: Comparison = {
  reduce: (answer) => {
    const [value] = answer.values;
    if (value?.kind !== "bulk" || !RDB_TYPES_WITHOUT_ORDER.includes(value.bytes[0]!)) {
      return sameBytes.reduce(answer);
    }
    return `type ${value.bytes[0]}, ${value.bytes.length} bytes`;
  },
  agree: (real, ours) => real === ours,
  exact: true,
};

const keys = repeat(1, 4, key);
const existence = oneOf("NX", "XX");
const comparisonFlag = options("NX", "XX", "GT", "LT");
const lifetime = oneOf(
  all("EX", seconds),
  all("PX", milliseconds),
  all("EXAT", secondsAt),
  all("PXAT", millisecondsAt),
);

const string = [
  command("APPEND", [key, value]),
  command("DECR", [key]),
  command("DECRBY", [key, integer]),
  command("GET", [key]),
  command("GETDEL", [key], { weight: 5 }),
  command("GETEX", [key, options(lifetime, "PERSIST")]),
  command("GETRANGE", [key, offset, offset]),
  command("GETSET", [key, value]),
  command("INCR", [key]),
  command("INCRBY", [key, integer]),
  command("INCRBYFLOAT", [key, float]),
  command("LCS", [key, key, options("LEN", "IDX", all("MINMATCHLEN", integer), "WITHMATCHLEN")]),
  command("MGET", [keys]),
  command("MSET", [repeat(1, 3, all(key, value))]),
  command("MSETNX", [repeat(1, 3, all(key, value))]),
  command("PSETEX", [key, milliseconds, value]),
  command("SET", [key, value], { weight: 30 }),
  command("SET", [key, value, options(existence, "GET", lifetime, "KEEPTTL")], { weight: 20 }),
  command("SETEX", [key, seconds, value]),
  command("SETNX", [key, value]),
  command("SETRANGE", [key, offset, value]),
  command("STRLEN", [key]),
  command("SUBSTR", [key, offset, offset]),
];

const restoreOptions = options(
  "REPLACE",
  "ABSTTL",
  all("IDLETIME", oneOf("0", "1000", "-1", "abc")),
  all("FREQ", oneOf("0", "255", "256", "-1")),
);

const generic = [
  command("COPY", [key, key, options("REPLACE", all("DB", database))]),
  command("DEL", [keys], { weight: 5 }),
  command("DUMP", [key], { weight: 5, comparison: samePayload }),
  command("EXISTS", [keys]),
  command("EXPIRE", [key, seconds, comparisonFlag]),
  command("EXPIREAT", [key, secondsAt, comparisonFlag]),
  command("EXPIRETIME", [key], { comparison: sameWithin(1) }),
  command("KEYS", [pattern], { comparison: sameElements }),
  command("MOVE", [key, database]),
  command("OBJECT", ["ENCODING", key]),
  command("OBJECT", ["FREQ", key], { weight: 2 }),
  // The reference shares small integers between keys, and their access clock with them.
  command("OBJECT", ["IDLETIME", key], { weight: 3, comparison: sameShape }),
  // A queued request of the reference holds on to the values that it set.
  command("OBJECT", ["REFCOUNT", key], { weight: 3, comparison: sameWithin(1) }),
  command("OBJECT", [oneOf("NOSUCH", value), key], { weight: 1 }),
  command("PERSIST", [key]),
  command("PEXPIRE", [key, milliseconds, comparisonFlag]),
  command("PEXPIREAT", [key, millisecondsAt, comparisonFlag]),
  command("PEXPIRETIME", [key], { comparison: sameWithin(2000) }),
  command("PTTL", [key], { comparison: sameWithin(2000) }),
  // No RANDOMKEY: by chance it meets, and removes, a key whose time is over, which DBSIZE then tells. The state of
  // the databases after a sequence has it.
  command("RENAME", [key, key]),
  command("RENAMENX", [key, key]),
  command("RESTORE", [key, oneOf("0", "0", milliseconds), payload, restoreOptions]),
  // Damage could take ABSTTL away and leave the key a millisecond to live.
  command("RESTORE", [key, millisecondsAt, payload, "ABSTTL", options("REPLACE")], {
    weight: 5,
    damages: false,
  }),
  // A COUNT above the number of keys makes the iteration complete in one step.
  command("SCAN", [
    "0",
    "COUNT",
    "10000",
    options(all("MATCH", pattern), all("TYPE", oneOf("string", "list", "nosuch"))),
  ], {
    comparison: sameElements,
    damages: false,
  }),
  command("SCAN", [oneOf("abc", "-1x", "99999999999999999999"), options(all("COUNT", integer))], {
    weight: 1,
    damages: false,
  }),
  command("SCAN", ["0", oneOf(all("COUNT", oneOf("0", "-1", "abc")), "MATCH", "NOSUCH")], {
    weight: 1,
    damages: false,
  }),
  command("TOUCH", [keys]),
  command("TTL", [key], { comparison: sameWithin(1) }),
  command("TYPE", [key]),
  command("UNLINK", [keys], { weight: 5 }),
];

const connection = [
  command("AUTH", [repeat(1, 3, value)], { weight: 1, damages: false }),
  command("CLIENT", ["GETNAME"], { weight: 2 }),
  command("CLIENT", ["SETNAME", value], { weight: 2 }),
  command("ECHO", [value], { weight: 3 }),
  command("HELLO", [oneOf("2", "3", "1", "4", "abc", "")], {
    weight: 2,
    comparison: sameShape,
    damages: false,
  }),
  command("PING", [repeat(0, 2, value)], { weight: 3 }),
  command("RESET", [], { weight: 1 }),
  command("SELECT", [database], { weight: 4 }),
];

const bitOffset = oneOf(
  all(oneOf("0", "1", "7", "8", "9", "63", "100", "1000", "2047")),
  oneOf("#0", "#1", "#7", "#-1", "#", "#4611686018427387904", "4294967295"),
  integer,
);
// Far away writes would make each server allocate half a gigabyte.
const nearBit = oneOf(
  "0",
  "1",
  "7",
  "8",
  "9",
  "63",
  "100",
  "1000",
  "2047",
  "-1",
  "4294967296",
  "abc",
  "#0",
  "#3",
);
const fieldType = oneOf(
  oneOf("u1", "u2", "u8", "u31", "u32", "u33", "u52", "u53", "u63"),
  oneOf("i1", "i2", "i8", "i31", "i32", "i33", "i52", "i53", "i64"),
  oneOf("u64", "i65", "u0", "x8", "", "u08", "i"),
);
const fieldRead = all("GET", fieldType, bitOffset);
const fieldWrite = oneOf(
  fieldRead,
  all("SET", fieldType, nearBit, integer),
  all("INCRBY", fieldType, nearBit, integer),
  all("OVERFLOW", oneOf("WRAP", "SAT", "FAIL")),
);
const bitUnit = options(oneOf("BIT", "BYTE"));

const bitmap = [
  command("BITCOUNT", [key], { weight: 5 }),
  command("BITCOUNT", [key, offset, offset, bitUnit]),
  command("BITFIELD", [key, repeat(1, 4, fieldWrite)], { weight: 30, damages: false }),
  command("BITFIELD_RO", [key, repeat(0, 3, fieldRead)]),
  command("BITOP", [oneOf("AND", "OR", "XOR", "NOT"), key, keys]),
  command("BITOP", ["NOT", key, key]),
  command("BITPOS", [key, oneOf("0", "1")], { weight: 5 }),
  command("BITPOS", [key, oneOf("0", "1", integer), offset, repeat(0, 1, all(offset, bitUnit))]),
  command("GETBIT", [key, bitOffset]),
  command("SETBIT", [key, nearBit, oneOf("0", "1", "1", integer)], { damages: false }),
];

const transactions = [
  command("DISCARD", [], { weight: 3 }),
  command("EXEC", [], { weight: 12 }),
  command("MULTI", [], { weight: 10 }),
  command("UNWATCH", [], { weight: 2 }),
  command("WATCH", [keys], { weight: 4 }),
];

const anyCommand: Part = (source) => {
  const grammar = source.random.pick([...string, ...generic, ...bitmap]);
  return [...draw(grammar.name, source), ...grammar.parts.flatMap((part) => draw(part, source))];
};

const server = [
  command("COMMAND", ["GETKEYS", anyCommand], { weight: 3 }),
  command("COMMAND", ["GETKEYSANDFLAGS", anyCommand], { weight: 3 }),
  command("DBSIZE", [], { weight: 5 }),
  command("FLUSHALL", [options("ASYNC", "SYNC")], { weight: 1 }),
  command("FLUSHDB", [options("ASYNC", "SYNC")], { weight: 1 }),
  command("SWAPDB", [database, database], { weight: 3 }),
];

const fields = repeat(1, 3, all(value, value));

/** Values of the other types, so that the commands above meet them. */
const types = [
  command("HGETALL", [key], { weight: 2, comparison: samePairs }),
  command("HSET", [key, fields], { weight: 3 }),
  command("LRANGE", [key, offset, offset], { weight: 2 }),
  command("RPUSH", [key, repeat(1, 3, value)], { weight: 3 }),
  command("SADD", [key, repeat(1, 3, value)], { weight: 3 }),
  command("SMEMBERS", [key], { weight: 2, comparison: sameElements }),
  command("XLEN", [key], { weight: 1 }),
  command("ZADD", [key, float, value], { weight: 3 }),
  command("ZRANGE", [key, "0", "-1", "WITHSCORES"], { weight: 2 }),
];

/** All groups by the names that `--groups` knows. */
export const groups: Readonly<Record<string, readonly CommandGrammar[]>> = {
  string,
  generic,
  connection,
  server,
  bitmap,
  transactions,
  types,
};

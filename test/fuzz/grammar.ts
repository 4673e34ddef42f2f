/**
 * What the random sequences are made of: one line a command. A command of a type to come costs one line here.
 *
 * Commands whose answer depends on something else than the commands before it name the comparison that is fair to
 * them. Commands that redeno does not have yet are left out of the sequences (and named) when a run starts.
 */
import {
  type Comparison,
  sameButTimes,
  sameBytes,
  sameElements,
  samePairs,
  sameShape,
  sameWithin,
} from "../compat/comparisons.ts";
import { plain } from "../support/resp_value.ts";
import { fromLatin1 } from "../support/split_args.ts";
import {
  all,
  database,
  draw,
  entryId,
  float,
  idBound,
  integer,
  key,
  milliseconds,
  millisecondsAt,
  newId,
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

/** Sets and hashes; and streams, whose groups know times of day. */
const RDB_TYPES_NOT_COMPARED = [2, 4, 19];

/** A payload of DUMP; that of a large set or hash lists its elements in an order of the server's own. */
const samePayload: Comparison = {
  reduce: (answer) => {
    const [value] = answer.values;
    if (value?.kind !== "bulk" || !RDB_TYPES_NOT_COMPARED.includes(value.bytes[0]!)) {
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
  command("EXPIRETIME", [key], { comparison: sameWithin(20) }),
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
  command("PEXPIRETIME", [key], { comparison: sameWithin(20_000) }),
  command("PTTL", [key], { comparison: sameWithin(20_000) }),
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
  command("TTL", [key], { comparison: sameWithin(20) }),
  command("TYPE", [key]),
  command("UNLINK", [keys], { weight: 5 }),
];

const sortOrder = oneOf("ASC", "DESC");
const sortGet = options(all("GET", oneOf("#", "k*", "k*->a", "none")), all("GET", "#"));
const sortOptions = options(
  sortOrder,
  all("LIMIT", oneOf("0", "1", integer), oneOf("1", "3", "-1", integer)),
  sortGet,
);

/** The reference takes a number for out of range when one before it, even of another command, was. */
const sameNumbers: Comparison = {
  ...sameBytes,
  agree: (real, ours) => real === ours || real.includes("can't be converted into double"),
  exact: false,
};

const sorting = [
  command("SORT", [key, "ALPHA", sortOptions, "STORE", key], { damages: false }),
  command("SORT", [key, sortOptions, repeat(0, 1, all("BY", oneOf("k*", "h_*->f1", "k*->a")))], {
    comparison: sameNumbers,
    damages: false,
  }),
  // Texts that differ only behind a zero byte are equal here, and come in the order of the set.
  command("SORT_RO", [key, "ALPHA", repeat(0, 1, sortOrder), sortGet], {
    comparison: sameElements,
    damages: false,
  }),
  command("SORT_RO", [key, sortOptions], { comparison: sameNumbers }),
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

/** Names of fields and members that commands meet again; integers among them, for intsets. */
const element = oneOf(
  oneOf("a", "b", "c", "f1", "f2", "1", "2", "3", "-5", "70000"),
  oneOf("a", "b", "1", "2"),
  value,
);
const elements = repeat(1, 5, element);
const pairs = repeat(1, 5, all(element, value));
/** More than a small encoding holds. */
const manyElements: Part = ({ random }) =>
  Array.from({ length: random.between(5, 25) }, () => fromLatin1(String(random.between(0, 60) - 20)));
const drawn = oneOf("0", "1", "2", "5", "100", "-1", "-3", "-20", "abc", "-9223372036854775808", "");
/** Everything in one step, so that what comes does not depend on the order inside. */
const scanAll = ["0", "COUNT", "10000", options(all("MATCH", oneOf(pattern, "*1*", "[a-c]")))] as const;
const badScan = oneOf(
  "abc",
  all("0", "COUNT", oneOf("0", "-1", "abc")),
  all("0", "MATCH"),
  all("0", "NOSUCH"),
);

const hash = [
  command("HDEL", [key, elements]),
  command("HEXISTS", [key, element], { weight: 5 }),
  command("HGET", [key, element]),
  command("HGETALL", [key], { weight: 5, comparison: samePairs }),
  command("HINCRBY", [key, element, integer]),
  command("HINCRBYFLOAT", [key, element, float]),
  command("HKEYS", [key], { weight: 3, comparison: sameElements }),
  command("HLEN", [key], { weight: 3 }),
  command("HMGET", [key, elements]),
  command("HMSET", [key, pairs], { weight: 5 }),
  command("HRANDFIELD", [key, repeat(0, 1, all(drawn, repeat(0, 1, "WITHVALUES")))], {
    weight: 5,
    comparison: sameShape,
    damages: false,
  }),
  command("HRANDFIELD", [key, "1000", repeat(0, 1, "WITHVALUES")], {
    weight: 3,
    comparison: sameElements,
    damages: false,
  }),
  command("HSCAN", [key, ...scanAll], { weight: 5, comparison: sameElements, damages: false }),
  command("HSCAN", [key, badScan], { weight: 2, comparison: sameElements, damages: false }),
  command("HSET", [key, pairs], { weight: 25 }),
  command("HSET", [key, repeat(5, 12, all(element, integer))], { weight: 5 }),
  command("HSETNX", [key, element, value]),
  command("HSTRLEN", [key, element], { weight: 5 }),
  command("HVALS", [key], { weight: 3, comparison: sameElements }),
];

const set = [
  command("SADD", [key, elements], { weight: 25 }),
  command("SADD", [key, manyElements], { weight: 10 }),
  command("SCARD", [key], { weight: 3 }),
  command("SDIFF", [keys], { comparison: sameElements }),
  command("SDIFFSTORE", [key, keys]),
  command("SINTER", [keys], { comparison: sameElements }),
  command("SINTERCARD", [oneOf("1", "2", integer), keys, options(all("LIMIT", integer))]),
  command("SINTERSTORE", [key, keys]),
  command("SISMEMBER", [key, element], { weight: 5 }),
  command("SMEMBERS", [key], { weight: 5, comparison: sameElements }),
  command("SMISMEMBER", [key, elements], { weight: 5 }),
  command("SMOVE", [key, key, element]),
  // What is left of a set after SPOP would differ; so all of it goes, or nothing.
  command("SPOP", [key, oneOf("0", "1000", "abc", "-1")], {
    weight: 3,
    comparison: sameElements,
    damages: false,
  }),
  command("SRANDMEMBER", [key, repeat(0, 1, drawn)], { weight: 5, comparison: sameShape, damages: false }),
  command("SRANDMEMBER", [key, "1000"], { weight: 3, comparison: sameElements, damages: false }),
  command("SREM", [key, elements]),
  command("SSCAN", [key, ...scanAll], { weight: 5, comparison: sameElements, damages: false }),
  command("SSCAN", [key, badScan], { weight: 2, comparison: sameElements, damages: false }),
  command("SUNION", [keys], { comparison: sameElements }),
  command("SUNIONSTORE", [key, keys]),
];

const end = oneOf("LEFT", "RIGHT");
const near = oneOf("0", "1", "2", "3", "5", "-1", "-2", "-4", "100", "-100", offset);
/** Some elements are the same, so that they are found again; some fill a node alone. */
const item = oneOf("a", "b", "c", "1", "2", "-7", "300", value, ({ random }) => [
  fromLatin1("long ".repeat(random.between(10, 2000))),
]);
const items = repeat(1, 4, item);

const list = [
  command("DUMP", [key], { weight: 3, comparison: samePayload }),
  command("LINDEX", [key, near]),
  command("LINSERT", [key, oneOf("BEFORE", "AFTER"), item, item], { weight: 20 }),
  command("LLEN", [key], { weight: 5 }),
  command("LMOVE", [key, key, end, end]),
  command("LMPOP", [oneOf("1", "2", integer), keys, end, options(all("COUNT", oneOf("1", "3", integer)))]),
  command("LPOP", [key, repeat(0, 1, oneOf("1", "2", "5", integer))]),
  command("LPOS", [
    key,
    item,
    options(all("RANK", integer), all("COUNT", integer), all("MAXLEN", integer)),
  ]),
  command("LPUSH", [key, items], { weight: 20 }),
  command("LPUSHX", [key, items], { weight: 5 }),
  command("LRANGE", [key, near, near]),
  command("LREM", [key, oneOf("0", "1", "-1", "2", "-2", integer), item]),
  command("LSET", [key, near, item], { weight: 15 }),
  command("LTRIM", [key, oneOf("0", "1", near), oneOf("-1", "-2", near)], { weight: 5 }),
  command("RPOP", [key, repeat(0, 1, oneOf("1", "2", "5", integer))]),
  command("RPOPLPUSH", [key, key]),
  command("RPUSH", [key, items], { weight: 20 }),
  command("RPUSH", [key, repeat(5, 30, item)], { weight: 5 }),
  command("RPUSHX", [key, items], { weight: 5 }),
  command("SET", [key, value], { weight: 2 }),
];

/** Few scores and members, so that ties and the same members meet. */
const score = oneOf(
  oneOf("0", "1", "2", "-1", "3.5", "1e3", "-0", "inf", "-inf"),
  oneOf("0", "1", "2"),
  float,
);
const scored = repeat(1, 4, all(score, element));
const scoreBound = oneOf("-inf", "+inf", score, all(oneOf("(1", "(0", "(2", "(inf", "(", "(x")));
const memberBound = oneOf("-", "+", "[a", "(a", "[b", "(c", "[", "(1", "[1", "[\xff", "a", "");
const limit = all("LIMIT", oneOf("0", "1", "2", "-1", integer), oneOf("0", "1", "3", "-1", integer));
const inputs = oneOf(all("1", key), all("2", key, key), all("3", key, key, key), all(integer, keys));
const weights = all("WEIGHTS", repeat(1, 3, score));
const aggregation = options(weights, all("AGGREGATE", oneOf("SUM", "MIN", "MAX", "x")));
const giving = all(inputs, options(weights, all("AGGREGATE", oneOf("SUM", "MIN", "MAX", "x")), "WITHSCORES"));
/** All scores are the same where members are asked for: else a large sorted set answers by chance. */
const lexKey = oneOf("lex", "lex", "lex2");
const lexScored = repeat(1, 4, all("0", element));
const zsetOptions = options("NX", "XX", "GT", "LT", "CH", "INCR");
const popCount = oneOf("0", "1", "2", "100", "-1", "abc");

const sortedSet = [
  command("ZADD", [key, scored], { weight: 30 }),
  command("ZADD", [key, zsetOptions, scored], { weight: 20 }),
  command("ZADD", [key, repeat(5, 12, all(score, element))]),
  command("ZADD", [lexKey, lexScored], { weight: 15, damages: false }),
  command("ZCARD", [key], { weight: 3 }),
  command("ZCOUNT", [key, scoreBound, scoreBound]),
  command("ZDIFF", [inputs, options("WITHSCORES")]),
  command("ZDIFFSTORE", [key, inputs]),
  command("ZINCRBY", [key, score, element]),
  command("ZINTER", [giving]),
  command("ZINTERCARD", [inputs, options(all("LIMIT", integer))]),
  command("ZINTERSTORE", [key, inputs, aggregation]),
  command("ZLEXCOUNT", [lexKey, memberBound, memberBound], { damages: false }),
  command("ZMPOP", [inputs, oneOf("MIN", "MAX", "x"), options(all("COUNT", popCount))], { weight: 5 }),
  command("ZMSCORE", [key, elements], { weight: 5 }),
  command("ZPOPMAX", [key, repeat(0, 1, popCount)], { weight: 5 }),
  command("ZPOPMIN", [key, repeat(0, 1, popCount)], { weight: 5 }),
  command("ZRANDMEMBER", [key, repeat(0, 1, all(drawn, repeat(0, 1, "WITHSCORES")))], {
    weight: 5,
    comparison: sameShape,
    damages: false,
  }),
  command("ZRANGE", [key, offset, offset, options("WITHSCORES", "REV")], { weight: 15 }),
  command("ZRANGE", [key, scoreBound, scoreBound, "BYSCORE", options("WITHSCORES", "REV", limit)], {
    weight: 15,
  }),
  command("ZRANGE", [lexKey, memberBound, memberBound, "BYLEX", options("REV", limit)], { damages: false }),
  command("ZRANGEBYLEX", [lexKey, memberBound, memberBound, options(limit)], { damages: false }),
  command("ZRANGEBYSCORE", [key, scoreBound, scoreBound, options("WITHSCORES", limit)]),
  command("ZRANGESTORE", [key, key, offset, offset, options("REV", limit)]),
  command("ZRANGESTORE", [key, key, scoreBound, scoreBound, "BYSCORE", options("REV", limit)]),
  command("ZRANK", [key, element]),
  command("ZREM", [key, elements]),
  command("ZREMRANGEBYLEX", [lexKey, memberBound, memberBound], { weight: 3, damages: false }),
  command("ZREMRANGEBYRANK", [key, offset, offset], { weight: 3 }),
  command("ZREMRANGEBYSCORE", [key, scoreBound, scoreBound], { weight: 3 }),
  command("ZREVRANGE", [key, offset, offset, options("WITHSCORES")], { weight: 5 }),
  command("ZREVRANGEBYLEX", [lexKey, memberBound, memberBound, options(limit)], {
    weight: 5,
    damages: false,
  }),
  command("ZREVRANGEBYSCORE", [key, scoreBound, scoreBound, options("WITHSCORES", limit)]),
  command("ZREVRANK", [key, element], { weight: 5 }),
  command("ZSCAN", [key, ...scanAll], { weight: 5, comparison: sameElements, damages: false }),
  command("ZSCAN", [key, badScan], { weight: 2, comparison: sameElements, damages: false }),
  command("ZSCORE", [key, element], { weight: 5 }),
  command("ZUNION", [giving]),
  command("ZUNIONSTORE", [key, inputs, aggregation]),
];

const anyCommand: Part = (source) => {
  const grammar = source.random.pick([
    ...string,
    ...generic,
    ...bitmap,
    ...hash,
    ...list,
    ...set,
    ...sortedSet,
  ]);
  return [...draw(grammar.name, source), ...grammar.parts.flatMap((part) => draw(part, source))];
};

/** As it is written, in no other case. */
function literally(text: string): Part {
  return () => [fromLatin1(text)];
}

/** A request whose answer depends on nothing but what was done before. */
const comparableCommand: Part = (source) => {
  const comparable = [...string, ...generic, ...bitmap, ...hash, ...list, ...set, ...sortedSet]
    .filter(({ comparison }) => comparison === sameBytes);
  const grammar = source.random.pick(comparable);
  return [...draw(grammar.name, source), ...grammar.parts.flatMap((part) => draw(part, source))];
};

const script = oneOf(...[
  "return redis.call(unpack(ARGV))",
  "return redis.pcall(unpack(ARGV))",
  "redis.setresp(3) return redis.pcall(unpack(ARGV))",
  "return {redis.pcall(unpack(ARGV)), redis.pcall(unpack(ARGV))}",
  "local r = redis.pcall(unpack(ARGV)) return {type(r), r}",
  "redis.setresp(3) local r = redis.pcall(unpack(ARGV)) return {type(r), r}",
  "for i, v in ipairs(ARGV) do ARGV[i] = tonumber(v) or v end return redis.pcall(unpack(ARGV))",
  "redis.call('select', 1) local r = redis.pcall(unpack(ARGV)) redis.call('select', 0) return r",
  "local ok, e = pcall(redis.call, unpack(ARGV)) return {ok, e}",
].map(literally));

const scripting = [
  command("EVAL", [script, literally("0"), comparableCommand], { weight: 20, damages: false }),
  command("EVAL_RO", [script, literally("0"), comparableCommand], { weight: 5, damages: false }),
  command("EVAL", [oneOf(literally("return {KEYS, ARGV}"), value), integer, keys], {
    weight: 2,
    damages: false,
  }),
];

const server = [
  command("COMMAND", ["GETKEYS", anyCommand], { weight: 3 }),
  command("COMMAND", ["GETKEYSANDFLAGS", anyCommand], { weight: 3 }),
  command("DBSIZE", [], { weight: 5 }),
  command("FLUSHALL", [options("ASYNC", "SYNC")], { weight: 1 }),
  command("FLUSHDB", [options("ASYNC", "SYNC")], { weight: 1 }),
  command("SWAPDB", [database, database], { weight: 3 }),
  command("PUBLISH", [key, value], { weight: 2 }),
  command("SPUBLISH", [key, value], { weight: 1 }),
  command("PUBSUB", [oneOf(literally("NUMSUB"), literally("SHARDNUMSUB")), repeat(0, 3, key)], { weight: 1 }),
  command("PUBSUB", [oneOf(literally("CHANNELS"), literally("SHARDCHANNELS")), repeat(0, 2, pattern)], {
    weight: 1,
  }),
  command("PUBSUB", ["NUMPAT"], { weight: 1 }),
  command("UNSUBSCRIBE", [repeat(1, 1, key)], { weight: 1, damages: false }),
];

const trimming = oneOf(
  all("MAXLEN", oneOf("0", "1", "3", "5", "10", "-1", "x")),
  all(oneOf("MAXLEN", "MINID"), oneOf("=", "~"), oneOf("0", "2", "4", "50")),
  all("MINID", repeat(0, 1, "~"), entryId),
  all(oneOf("MAXLEN", "MINID"), "~", oneOf("1", "30"), "LIMIT", oneOf("0", "1", "200", "-1", "x")),
);
const entryFields = repeat(1, 3, all(oneOf("a", "b", value), value));

const stream = [
  // Not damaged: that might make an id into `*`, for which the servers have their own.
  command("XADD", [key, newId, entryFields], { weight: 40, damages: false }),
  command("XADD", [key, options("NOMKSTREAM", trimming), newId, entryFields], { weight: 15, damages: false }),
  command("XDEL", [key, repeat(1, 4, entryId)]),
  command("XLEN", [key]),
  command("XRANGE", [key, idBound, idBound, options(all("COUNT", integer))], { weight: 15 }),
  command("XREVRANGE", [key, idBound, idBound, options(all("COUNT", integer))], { weight: 15 }),
  command("XREAD", [options(all("COUNT", integer)), "STREAMS", key, entryId]),
  command("XREAD", [options(all("COUNT", "2")), "STREAMS", key, key, entryId, entryId]),
  command("XSETID", [key, entryId, options(all("ENTRIESADDED", integer), all("MAXDELETEDID", entryId))], {
    weight: 3,
  }),
  command("XTRIM", [key, trimming]),
];

const groupName = oneOf(literally("g"), literally("g"), literally("h"), literally("none"), value);
const consumerName = oneOf(literally("c"), literally("d"), literally("E"), literally(""), value);
/** Ms that have always, or never, passed. */
const leastIdle = oneOf("0", "0", "-1", "99999999999999", "9223372036854775807", "x");
const wantedId = oneOf(">", ">", entryId);
const entriesRead = all("ENTRIESREAD", integer);

/** Pending entries, without how long each was idle. */
const samePending: Comparison = {
  reduce: (answer) =>
    JSON.stringify(answer.values.map((each) => {
      const rows = plain(each);
      if (!Array.isArray(rows)) return rows;
      return rows.map((row) => Array.isArray(row) && row.length === 4 ? row.with(2, null) : row);
    })),
  agree: (real, ours) => real === ours,
  exact: true,
};

/** Not damaged where milliseconds could come out that pass meanwhile. */
const consumerGroups = [
  command("XGROUP", ["CREATE", key, groupName, oneOf("0", "$", entryId), options("MKSTREAM", entriesRead)], {
    weight: 25,
  }),
  command("XGROUP", ["SETID", key, groupName, oneOf("0", "$", entryId), options(entriesRead)], { weight: 5 }),
  command("XGROUP", ["DESTROY", key, groupName], { weight: 3 }),
  command("XGROUP", [oneOf("CREATECONSUMER", "DELCONSUMER"), key, groupName, consumerName]),
  command("XREADGROUP", [
    "GROUP",
    groupName,
    consumerName,
    options(all("COUNT", integer), "NOACK"),
    "STREAMS",
    oneOf(all(key, wantedId), all(key, key, wantedId, wantedId)),
  ], { weight: 30 }),
  command("XACK", [key, groupName, repeat(1, 4, entryId)]),
  command("XPENDING", [key, groupName]),
  command("XPENDING", [
    key,
    groupName,
    options(all("IDLE", leastIdle)),
    idBound,
    idBound,
    integer,
    repeat(0, 1, consumerName),
  ], { comparison: samePending, damages: false }),
  command("XCLAIM", [
    key,
    groupName,
    consumerName,
    leastIdle,
    repeat(1, 4, entryId),
    options(
      all("IDLE", oneOf("0", "5000", "-1", "x")),
      all("TIME", oneOf("0", "1000", "-1", "9223372036854775807", "x")),
      all("RETRYCOUNT", integer),
      "FORCE",
      "JUSTID",
      all("LASTID", entryId),
    ),
  ], { weight: 20, damages: false }),
  command("XAUTOCLAIM", [
    key,
    groupName,
    consumerName,
    leastIdle,
    idBound,
    options(all("COUNT", oneOf("1", "2", "0", "-1", "x", "100")), "JUSTID"),
  ], { damages: false }),
  command("XINFO", ["GROUPS", key]),
  command("XINFO", ["CONSUMERS", key, groupName], { comparison: sameWithin(20_000) }),
  command("XINFO", ["STREAM", key, options(all("FULL", options(all("COUNT", integer))))], {
    comparison: sameButTimes,
  }),
];

/** All groups by the names that `--groups` knows. */
export const groups: Readonly<Record<string, readonly CommandGrammar[]>> = {
  string,
  generic,
  connection,
  hash,
  list,
  sorting,
  set,
  "sorted-set": sortedSet,
  stream,
  "consumer-groups": consumerGroups,
  server,
  bitmap,
  transactions,
  scripting,
};

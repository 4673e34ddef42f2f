/**
 * Arguments of every kind for the random command sequences: parts that a grammar is put together from.
 *
 * Two rules keep the answers of both servers comparable although their clocks are read at different moments: an
 * expiry is either long past or at least a day away, and no two relative expiries are the same, so that GT and LT
 * never depend on a millisecond. Sizes stay small: no argument may make a server allocate more than some kilobytes.
 */
import { FLOAT_EDGES } from "../support/edges.ts";
import { fromLatin1, latin1 } from "../support/split_args.ts";
import type { Random } from "./random.ts";

/** What a grammar draws from. */
export interface Source {
  readonly random: Random;
  /** Payloads of DUMP, for RESTORE. */
  readonly payloads: readonly Uint8Array[];
  /** A number that was not given out before in this sequence. */
  unique(): number;
}

/** Makes the arguments for one place of a command: none, one or several. A string is a word, in any case. */
export type Part = string | ((source: Source) => Uint8Array[]);

const one = (text: string): Uint8Array[] => [fromLatin1(text)];

export function draw(part: Part, source: Source): Uint8Array[] {
  if (typeof part !== "string") return part(source);
  const { random } = source;
  if (!random.oneIn(5)) return one(part);
  return one([...part].map((char) => random.oneIn(2) ? char.toLowerCase() : char.toUpperCase()).join(""));
}

/** Several parts, one after the other. */
export function all(...parts: Part[]): Part {
  return (source) => parts.flatMap((part) => draw(part, source));
}

export function oneOf(...parts: Part[]): Part {
  return (source) => draw(source.random.pick(parts), source);
}

/** Each part is there or not, in any order; now and then one is there twice. */
export function options(...parts: Part[]): Part {
  return (source) => {
    const { random } = source;
    const chosen = parts.filter(() => random.oneIn(3));
    if (chosen.length > 0 && random.oneIn(12)) chosen.push(random.pick(chosen));
    return random.shuffled(chosen).flatMap((part) => draw(part, source));
  };
}

export function repeat(low: number, high: number, part: Part): Part {
  return (source) => {
    const result: Uint8Array[] = [];
    for (let i = source.random.between(low, high); i > 0; i--) result.push(...draw(part, source));
    return result;
  };
}

function anyOf(texts: readonly string[]): Part {
  return ({ random }) => one(random.pick(texts));
}

const KEYS = ["k0", "k1", "k2", "k3", "k4", "k5", "key:6", "", "\0\xff\r\n", "{tag}7"];
/** One of a few keys, so that commands meet. */
export const key: Part = ({ random }) => one(random.pick(random.oneIn(8) ? KEYS : KEYS.slice(0, 6)));

const EDGES = [
  "9223372036854775807",
  "9223372036854775806",
  "9223372036854775808",
  "-9223372036854775808",
  "-9223372036854775807",
  "-9223372036854775809",
  "18446744073709551615",
  "18446744073709551616",
  "4294967296",
  "-4294967297",
  "2147483647",
  "2147483648",
  "-2147483649",
  "99999999999999999999999999",
];
const ODD_INTEGERS = [
  "",
  " ",
  "1.0",
  "1e3",
  "+1",
  " 7",
  "7 ",
  "007",
  "-0",
  "0x10",
  "--1",
  "-",
  "abc",
  "1\0",
  "\xd9\xa1",
];
const SMALL_INTEGERS = [
  "0",
  "1",
  "-1",
  "2",
  "3",
  "-2",
  "5",
  "7",
  "10",
  "-10",
  "42",
  "100",
  "-100",
  "9999",
  "10000",
];

/** Mostly small; also the edges of 64 bits, and what is no integer. */
export const integer: Part = (source) =>
  draw(oneOf(anyOf(SMALL_INTEGERS), anyOf(SMALL_INTEGERS), anyOf(EDGES), anyOf(ODD_INTEGERS)), source);

export const float: Part = (source) => draw(oneOf(anyOf(FLOAT_EDGES), anyOf(FLOAT_EDGES), integer), source);

const STRINGS = [
  "",
  "a",
  "abc",
  "hello world",
  "ohmytext",
  "mynewtext",
  "\r\n",
  "\0",
  "\xff\xfe\0\x80",
  "K0",
  "nil",
];
const LENGTHS = [1, 11, 20, 21, 31, 32, 43, 44, 45, 63, 64, 65, 100, 255, 256];
const repeated: Part = ({ random }) => one(random.pick(["x", "ab", "0", "\0"]).repeat(random.pick(LENGTHS)));
const binary: Part = ({ random }) => [random.bytes(random.pick(LENGTHS))];
/** A string value: numbers, text, bytes; lengths around the limits of encodings. */
export const value: Part = (source) =>
  draw(oneOf(integer, integer, anyOf(STRINGS), float, repeated, binary), source);

const NEAR_OFFSETS = ["0", "1", "2", "3", "5", "-1", "-2", "-3", "-100", "20", "44", "100", "300"];
/** An offset into a string: near, or so far that the server must refuse it. */
export const offset: Part = (source) =>
  draw(
    oneOf(anyOf(NEAR_OFFSETS), anyOf(NEAR_OFFSETS), anyOf(NEAR_OFFSETS), anyOf(EDGES), anyOf(ODD_INTEGERS)),
    source,
  );

const NO_SECONDS = [
  "0",
  "-1",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775",
  "9223372036854776",
  "abc",
  "1.5",
  "",
];
const NO_MILLISECONDS = [
  "0",
  "-1",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "abc",
  "1.5",
  "",
];
const mostly = (good: Part, bad: readonly string[]): Part => (source) =>
  source.random.oneIn(4) ? draw(anyOf(bad), source) : draw(good, source);

/** Seconds from now; at least a day, or none at all. */
export const seconds: Part = mostly((source) => one(String(100_000 + 100 * source.unique())), NO_SECONDS);
export const milliseconds: Part = mostly(
  (source) => one(String(100_000_000 + 100_000 * source.unique())),
  NO_MILLISECONDS,
);
/** Seconds since 1970: far away, or long past. */
export const secondsAt: Part = mostly(anyOf(["4102444800", "4102444801", "5000000000", "1"]), NO_SECONDS);
export const millisecondsAt: Part = mostly(
  anyOf(["4102444800000", "4102444800001", "5000000000000", "1"]),
  NO_MILLISECONDS,
);

/** A database; the higher ones exist but stay empty. */
export const database: Part = (source) =>
  draw(oneOf(anyOf(["0", "1", "2"]), anyOf(["0", "15", "16", "-1", "abc", "", "4294967296"])), source);

export const pattern: Part = anyOf([
  "*",
  "k*",
  "k?",
  "k[0-2]",
  "k[^0]",
  "[k",
  "k[a-",
  "\\k0",
  "k\\",
  "",
  "?*?",
  "k[]",
  "k0",
  "**",
  "k[1-0]",
  "*6",
  "\\*",
]);

/** A payload of DUMP, at times damaged. */
export const payload: Part = ({ random, payloads }) => {
  const bytes = Uint8Array.from(random.pick(payloads));
  if (random.oneIn(5) && bytes.length > 0) {
    bytes[random.between(0, bytes.length - 1)]! ^= 1 << random.between(0, 7);
  }
  if (random.oneIn(20)) return [bytes.subarray(0, random.between(0, bytes.length))];
  return [bytes];
};

/** Stands in for any argument when a command is damaged. No small positive numbers: one may become an expiry. */
export const garbage: Part = (source) =>
  draw(
    oneOf(
      anyOf(["", "0", "-1", "abc", "k0", "\0\xff", "1.5", "nx", "XX", "get", "KEEPTTL", "*"]),
      anyOf(EDGES),
    ),
    source,
  );

const ODD_IDS = [
  "*-*",
  "-",
  "+",
  "$",
  ">",
  "0",
  "0-0",
  "0-*",
  "x",
  "1-x",
  "1-*",
  "-*",
  "18446744073709551615-18446744073709551615",
  "18446744073709551615",
  "18446744073709551616",
  "00",
  " 1",
  "-1",
  "",
];

/** An id for a new entry: mostly greater than those before. Never `*`: the clocks of the two servers differ. */
export const newId: Part = (source) => {
  const { random } = source;
  if (random.oneIn(25)) return one(random.pick(ODD_IDS.filter((id) => !id.startsWith("18"))));
  return one(`${source.unique()}${random.pick(["", "-0", "-1", "-*", "-7"])}`);
};

/** An id of an entry that may be there. */
export const entryId: Part = ({ random }) =>
  one(
    random.oneIn(12)
      ? random.pick(ODD_IDS)
      : `${random.between(0, 150)}${random.pick(["", "-0", "-1", "-7"])}`,
  );

const everyId = anyOf(["-", "+"]);
const openId: Part = (source) => one("(" + latin1(draw(entryId, source)[0]!));

/** A bound of a range of ids. */
export const idBound: Part = oneOf(everyId, everyId, entryId, entryId, openId);

/**
 * The ways in which two answers may be "the same". Each comparison reduces an answer to a text (the text that is
 * recorded, too) and says whether two such texts agree; nothing here knows about servers or tests.
 */
import { type Plain, plain, type RespValue } from "../support/resp_value.ts";
import { parseReplies } from "../support/resp_value.ts";
import { fromLatin1, latin1 } from "../support/split_args.ts";

/** All that came back for one line: usually one reply, and whether the connection was closed instead of more. */
export interface Answer {
  readonly bytes: Uint8Array;
  readonly values: readonly RespValue[];
  readonly closed: boolean;
}

export interface Comparison {
  /** The answer without what may differ. One character a byte, where it is made of bytes. */
  reduce(answer: Answer): string;
  agree(real: string, ours: string): boolean;
  /** `agree` is equality, so that a digest of the text serves as well. */
  readonly exact: boolean;
}

const CLOSED = "<closed>";

/** The same bytes. */
export const sameBytes: Comparison = { reduce: wire, agree: equal, exact: true };

/** The same bytes, but for times of day in ms, as integers. */
export const sameButTimes: Comparison = {
  reduce: (answer) => wire(answer).replace(/:[12]\d{12}\r/g, ":<time>\r"),
  agree: equal,
  exact: true,
};

/** The same elements in any order, at every level of arrays, sets and maps. */
export const sameElements: Comparison = {
  reduce: (answer) => answer.values.map(unordered).join(" ") + closing(answer),
  agree: equal,
  exact: true,
};

/** A flat array of pairs (a hash or scores in RESP2), or a map: the same pairs in any order. */
export const samePairs: Comparison = {
  reduce: (answer) => answer.values.map(pairs).join(" ") + closing(answer),
  agree: equal,
  exact: true,
};

/** The same types and lengths of arrays; contents are not looked at. */
export const sameShape: Comparison = {
  reduce: (answer) => answer.values.map(shape).join(" ") + closing(answer),
  agree: equal,
  exact: true,
};

/** The same bytes, which are an error with this text in it. */
export function sameError(text: string): Comparison {
  const isError = (bytes: string) => /^[-!]/.test(bytes) && bytes.includes(text);
  return { reduce: wire, agree: (real, ours) => real === ours && isError(real), exact: false };
}

/**
 * The same structure, with numbers (also those in strings) that are no further apart than `tolerance`. A negative
 * number is a code (-1 and -2 of TTL) and must be the same.
 */
export function sameWithin(tolerance: number): Comparison {
  return {
    reduce: wire,
    exact: false,
    agree: (real, ours) => {
      if (real === ours) return true;
      if (real.endsWith(CLOSED) || ours.endsWith(CLOSED)) return false;
      const [a, b] = [values(real), values(ours)];
      return a.length === b.length && a.every((value, i) => near(value, b[i]!, tolerance));
    },
  };
}

/** Whatever `normalise` leaves over of the answers is the same, as JSON. */
export function sameAfter(normalise: (value: Plain, raw: RespValue) => unknown): Comparison {
  return {
    reduce: (answer) =>
      answer.values.map((value) => JSON.stringify(normalise(plain(value), value), jsonable)).join("\n") +
      closing(answer),
    agree: equal,
    exact: true,
  };
}

function wire(answer: Answer): string {
  return latin1(answer.bytes) + closing(answer);
}

function closing(answer: Answer): string {
  return answer.closed ? CLOSED : "";
}

function equal(real: string, ours: string): boolean {
  return real === ours;
}

function values(bytes: string): RespValue[] {
  return parseReplies(fromLatin1(bytes)).map(({ value }) => value);
}

function jsonable(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value];
  return value;
}

function near(a: RespValue, b: RespValue, tolerance: number): boolean {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (a.kind !== b.kind) return false;
  if (a.kind === "integer" && b.kind === "integer") {
    // Not as doubles: those of large integers are further apart than the tolerance.
    const apart = a.value > b.value ? a.value - b.value : b.value - a.value;
    return apart === 0n || (a.value >= 0n && b.value >= 0n && Number(apart) <= tolerance);
  }
  if (x !== undefined && y !== undefined) {
    return x === y || (x >= 0 && y >= 0 && Math.abs(x - y) <= tolerance);
  }
  if ("items" in a && "items" in b) {
    return a.items.length === b.items.length &&
      a.items.every((item, i) => near(item, b.items[i]!, tolerance));
  }
  if (a.kind === "map" && b.kind === "map") {
    return a.entries.length === b.entries.length && a.entries.every(([key, item], i) => {
      const [otherKey, otherItem] = b.entries[i]!;
      return unordered(key) === unordered(otherKey) && near(item, otherItem, tolerance);
    });
  }
  return unordered(a) === unordered(b);
}

function numberOf(value: RespValue): number | undefined {
  if (value.kind === "integer" || value.kind === "double") return Number(value.value);
  if (value.kind !== "bulk" || value.bytes.length === 0) return undefined;
  const number = Number(latin1(value.bytes));
  return Number.isNaN(number) ? undefined : number;
}

/** A text that is equal for equal values whose elements may be in another order. */
function unordered(value: RespValue): string {
  switch (value.kind) {
    case "array":
    case "set":
    case "push":
      return `${value.kind}[${value.items.map(unordered).sort().join(",")}]`;
    case "map":
      return `map{${
        value.entries.map(([key, item]) => `${unordered(key)}:${unordered(item)}`).sort().join(",")
      }}`;
    case "bulk":
      return JSON.stringify(latin1(value.bytes));
    case "verbatim":
      return `${value.format}:${JSON.stringify(latin1(value.bytes))}`;
    case "nil":
      return `nil ${value.wire}`;
    default:
      return `${value.kind} ${"text" in value ? value.text : value.value}`;
  }
}

function pairs(value: RespValue): string {
  if (value.kind !== "array" || value.items.length % 2 !== 0) return unordered(value);
  const texts: string[] = [];
  for (let i = 0; i < value.items.length; i += 2) {
    texts.push(`${unordered(value.items[i]!)}:${unordered(value.items[i + 1]!)}`);
  }
  return `pairs{${texts.sort().join(",")}}`;
}

function shape(value: RespValue): string {
  switch (value.kind) {
    case "array":
    case "set":
    case "push":
      return `${value.kind}[${value.items.map(shape).join(",")}]`;
    case "map":
      return `map{${value.entries.map(([key, item]) => `${shape(key)}:${shape(item)}`).join(",")}}`;
    case "nil":
      return `nil ${value.wire}`;
    default:
      return value.kind;
  }
}

/**
 * Lua strings: bytes with a lazily computed hash, which is Lua 5.1's own, because the order in which `pairs` and
 * cjson.encode walk a table follows from it.
 *
 * Strings are not interned as in the original; two are equal when their bytes are. Constants and names of fields are
 * made by `constantString`, which gives the same object for the same bytes most of the time: then a lookup in a table
 * compares two references.
 */
import { latin1, latin1Text, sameBytes } from "../../sys/bytes.ts";
import { lstring } from "./modules.ts";
import type { TString } from "./types.ts";

export { latin1, latin1Text };

const TStringClass = lstring.TString;

/** A Lua string that owns `bytes`: they must not change any more. */
export function newString(bytes: Uint8Array): TString {
  return new TStringClass(null, bytes);
}

/** A Lua string of a text of one character a byte. */
export function stringOf(text: string): TString {
  return newString(latin1(text));
}

/** Names are remembered up to this number; afterwards the memory starts anew, which costs only speed. */
const REMEMBERED_CONSTANTS_MAX = 20_000;
const REMEMBERED_BYTES_MAX = 40;

const constants = new Map<string, TString>();

/** The Lua string of some bytes, which may change afterwards; short ones are usually shared. */
export function constantString(bytes: Uint8Array): TString {
  if (bytes.length > REMEMBERED_BYTES_MAX) return newString(bytes.slice());
  return nameString(latin1Text(bytes));
}

/** The shared Lua string of a name, one character a byte. */
export function nameString(name: string): TString {
  let found = constants.get(name);
  if (found === undefined) {
    if (constants.size >= REMEMBERED_CONSTANTS_MAX) constants.clear();
    found = stringOf(name);
    constants.set(name, found);
  }
  return found;
}

/** The reference's hash, 32 bits, of a string: Lua 5.1's, but over all bytes of long strings too. O(length), once. */
export function stringHash(string: TString): number {
  if (string.hash !== null) return string.hash;
  const bytes = string.realstring;
  let hash = bytes.length | 0;
  for (let at = bytes.length - 1; at >= 0; at--) hash ^= ((hash << 5) + (hash >>> 2) + bytes[at]!) | 0;
  string.hash = hash;
  return hash;
}

/** Whether two strings hold the same bytes. */
export function equalStrings(a: TString, b: TString): boolean {
  if (a === b) return true;
  const left = a.realstring;
  const right = b.realstring;
  if (left.length !== right.length) return false;
  if (a.hash !== null && b.hash !== null && a.hash !== b.hash) return false;
  return sameBytes(left, 0, left.length, right, 0, right.length);
}

/** Negative, 0 or positive, by the values of the bytes, as strcoll does in the C locale. */
export function compareStrings(a: TString, b: TString): number {
  const left = a.realstring;
  const right = b.realstring;
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const difference = left[i]! - right[i]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** The bytes up to the first zero byte, as C reads a string. */
export function untilZero(bytes: Uint8Array): Uint8Array {
  const zero = bytes.indexOf(0);
  return zero < 0 ? bytes : bytes.subarray(0, zero);
}

/** Longest name of a chunk in messages, and in the messages of the compiler, with its decoration; in bytes. */
export const CHUNK_NAME_BYTES = 60;
export const COMPILER_CHUNK_NAME_BYTES = 80;

/**
 * How a chunk is called in messages: `=name` and `@name` by their name, anything else is source text and is called
 * `[string "its first line..."]`. One character a byte.
 */
export function chunkName(source: Uint8Array, room: number): string {
  const text = latin1Text(untilZero(source));
  if (text.startsWith("=")) return text.slice(1, room);
  if (text.startsWith("@")) {
    const name = text.slice(1);
    const left = room - 8;
    return name.length > left ? "..." + name.slice(name.length - left) : name;
  }
  const line = text.search(/[\n\r]/);
  const end = Math.min(line < 0 ? text.length : line, room - 17);
  return end < text.length ? `[string "${text.slice(0, end)}..."]` : `[string "${text}"]`;
}

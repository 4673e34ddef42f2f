/**
 * Lua 5.1's patterns on bytes. A pattern ends at its first zero byte, as in C; `%z` stands for a zero byte in the
 * subject, which may hold any.
 *
 * Matching goes back over what it tried, so a bad pattern takes exponential time, as in the original.
 */
import { copyOf } from "../../short_bytes.ts";
import { libraryError } from "../errors.ts";
import type { LuaState } from "../types.ts";

const CAPTURES_MAX = 32;
/** Lengths of captures that are none. */
const UNFINISHED = -1;
export const POSITION = -2;

const ESCAPE = 0x25;
const BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const CARET = 0x5e;
const DOLLAR = 0x24;
const DASH = 0x2d;

/** Bits of the classes that a byte belongs to. */
const ALPHA = 1;
const CONTROL = 2;
const DIGIT = 4;
const LOWER = 8;
const PUNCTUATION = 16;
const SPACE = 32;
const UPPER = 64;
const HEXADECIMAL = 128;

const CLASSES = new Uint8Array(256);
for (let c = 0; c < 128; c++) {
  const lower = c >= 0x61 && c <= 0x7a;
  const upper = c >= 0x41 && c <= 0x5a;
  const digit = c >= 0x30 && c <= 0x39;
  let bits = 0;
  if (lower) bits |= LOWER | ALPHA;
  if (upper) bits |= UPPER | ALPHA;
  if (digit) bits |= DIGIT | HEXADECIMAL;
  if ((lower && c <= 0x66) || (upper && c <= 0x46)) bits |= HEXADECIMAL;
  if (c < 32 || c === 127) bits |= CONTROL;
  if (c === 32 || (c >= 9 && c <= 13)) bits |= SPACE;
  if (c > 32 && c < 127 && !lower && !upper && !digit) bits |= PUNCTUATION;
  CLASSES[c] = bits;
}

/** The bits that the letter of a class stands for. */
const CLASS_OF_LETTER: Readonly<Record<number, number>> = {
  0x61: ALPHA,
  0x63: CONTROL,
  0x64: DIGIT,
  0x6c: LOWER,
  0x70: PUNCTUATION,
  0x73: SPACE,
  0x75: UPPER,
  0x77: ALPHA | DIGIT,
  0x78: HEXADECIMAL,
};

const LETTER_Z = 0x7a;

function matchesClass(c: number, letter: number): boolean {
  const lower = letter >= 0x41 && letter <= 0x5a ? letter + 32 : letter;
  const bits = CLASS_OF_LETTER[lower];
  let matches: boolean;
  if (bits !== undefined) matches = (CLASSES[c]! & bits) !== 0;
  else if (lower === LETTER_Z) matches = c === 0;
  else return letter === c;
  return lower === letter ? matches : !matches;
}

export function isDigitByte(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

export class Matcher {
  readonly L: LuaState;
  readonly source: Uint8Array;
  readonly #pattern: Uint8Array;
  level = 0;
  readonly starts: number[] = [];
  readonly lengths: number[] = [];

  constructor(L: LuaState, source: Uint8Array, pattern: Uint8Array) {
    this.L = L;
    this.source = source;
    this.#pattern = pattern;
  }

  /** The byte of the pattern, 0 at its end. */
  #at(p: number): number {
    return p < this.#pattern.length ? this.#pattern[p]! : 0;
  }

  /** Where a match from `start` ends that uses the pattern from `p` on, or -1. */
  match(start: number, p: number): number {
    this.level = 0;
    return this.#match(start, p);
  }

  #match(start: number, from: number): number {
    let s = start;
    let p = from;
    for (;;) {
      const c = this.#at(p);
      switch (c) {
        case 0:
          return s;
        case 0x28:
          return this.#at(p + 1) === 0x29
            ? this.#startCapture(s, p + 2, POSITION)
            : this.#startCapture(s, p + 1, UNFINISHED);
        case 0x29:
          return this.#endCapture(s, p + 1);
        case DOLLAR:
          if (this.#at(p + 1) === 0) return s === this.source.length ? s : -1;
          break;
        case ESCAPE: {
          const next = this.#at(p + 1);
          if (next === 0x62) {
            s = this.#balanced(s, p + 2);
            if (s < 0) return -1;
            p += 4;
            continue;
          }
          if (next === 0x66) {
            const end = this.#frontier(s, p + 2);
            if (end < 0) return -1;
            p = end;
            continue;
          }
          if (isDigitByte(next)) {
            s = this.#sameAsCapture(s, next);
            if (s < 0) return -1;
            p += 2;
            continue;
          }
          break;
        }
        default:
      }
      const end = this.#classEnd(p);
      switch (this.#at(end)) {
        case 0x3f: { // ?
          if (s < this.source.length && this.#single(s, p, end)) {
            const rest = this.#match(s + 1, end + 1);
            if (rest >= 0) return rest;
          }
          p = end + 1;
          continue;
        }
        case 0x2a: // *
          return this.#longest(s, p, end);
        case 0x2b: // +
          return this.#single(s, p, end) ? this.#longest(s + 1, p, end) : -1;
        case DASH:
          return this.#shortest(s, p, end);
        default:
          if (!this.#single(s, p, end)) return -1;
          s++;
          p = end;
      }
    }
  }

  #fail(message: string): never {
    libraryError(this.L, message);
  }

  /** Behind the single-character class at `p`. */
  #classEnd(p: number): number {
    let at = p + 1;
    switch (this.#at(p)) {
      case ESCAPE:
        if (this.#at(at) === 0) this.#fail("malformed pattern (ends with '%')");
        return at + 1;
      case BRACKET:
        if (this.#at(at) === CARET) at++;
        do {
          if (this.#at(at) === 0) this.#fail("malformed pattern (missing ']')");
          if (this.#at(at++) === ESCAPE && this.#at(at) !== 0) at++;
        } while (this.#at(at) !== CLOSING_BRACKET);
        return at + 1;
      default:
        return at;
    }
  }

  /** Whether the byte at `s`, if there is one, matches the class from `p` to `end`. */
  #single(s: number, p: number, end: number): boolean {
    if (s >= this.source.length) return false;
    const c = this.source[s]!;
    switch (this.#at(p)) {
      case 0x2e:
        return true;
      case ESCAPE:
        return matchesClass(c, this.#at(p + 1));
      case BRACKET:
        return this.#inSet(c, p, end - 1);
      default:
        return this.#at(p) === c;
    }
  }

  /** Whether `c` is in the set whose brackets are at `open` and `close`. */
  #inSet(c: number, open: number, close: number): boolean {
    let p = open;
    let found = true;
    if (this.#at(p + 1) === CARET) {
      found = false;
      p++;
    }
    while (++p < close) {
      if (this.#at(p) === ESCAPE) {
        p++;
        if (matchesClass(c, this.#at(p))) return found;
      } else if (this.#at(p + 1) === DASH && p + 2 < close) {
        p += 2;
        if (this.#at(p - 2) <= c && c <= this.#at(p)) return found;
      } else if (this.#at(p) === c) {
        return found;
      }
    }
    return !found;
  }

  #longest(s: number, p: number, end: number): number {
    let count = 0;
    while (this.#single(s + count, p, end)) count++;
    for (; count >= 0; count--) {
      const rest = this.#match(s + count, end + 1);
      if (rest >= 0) return rest;
    }
    return -1;
  }

  #shortest(start: number, p: number, end: number): number {
    for (let s = start;; s++) {
      const rest = this.#match(s, end + 1);
      if (rest >= 0) return rest;
      if (!this.#single(s, p, end)) return -1;
    }
  }

  /** `%bxy`. */
  #balanced(start: number, p: number): number {
    const open = this.#at(p);
    const close = this.#at(p + 1);
    if (open === 0 || close === 0) this.#fail("unbalanced pattern");
    if (start >= this.source.length || this.source[start] !== open) return -1;
    let depth = 1;
    for (let s = start + 1; s < this.source.length; s++) {
      const c = this.source[s];
      if (c === close) {
        if (--depth === 0) return s + 1;
      } else if (c === open) {
        depth++;
      }
    }
    return -1;
  }

  /** `%f[set]`: the end of the set where the subject enters it at `s`. */
  #frontier(s: number, p: number): number {
    if (this.#at(p) !== BRACKET) this.#fail("missing '[' after '%f' in pattern");
    const end = this.#classEnd(p);
    const before = s === 0 ? 0 : this.source[s - 1]!;
    const here = s < this.source.length ? this.source[s]! : 0;
    return !this.#inSet(before, p, end - 1) && this.#inSet(here, p, end - 1) ? end : -1;
  }

  #startCapture(s: number, p: number, what: number): number {
    const { level } = this;
    if (level >= CAPTURES_MAX) this.#fail("too many captures");
    this.starts[level] = s;
    this.lengths[level] = what;
    this.level = level + 1;
    const end = this.#match(s, p);
    if (end < 0) this.level--;
    return end;
  }

  #endCapture(s: number, p: number): number {
    let capture = this.level - 1;
    while (capture >= 0 && this.lengths[capture] !== UNFINISHED) capture--;
    if (capture < 0) this.#fail("invalid pattern capture");
    this.lengths[capture] = s - this.starts[capture]!;
    const end = this.#match(s, p);
    if (end < 0) this.lengths[capture] = UNFINISHED;
    return end;
  }

  #sameAsCapture(s: number, digit: number): number {
    const capture = digit - 0x31;
    if (capture < 0 || capture >= this.level || this.lengths[capture] === UNFINISHED) {
      this.#fail("invalid capture index");
    }
    const length = this.lengths[capture]!;
    // A position has no text: its length is larger than any rest of the subject.
    if (length < 0 || this.source.length - s < length) return -1;
    const start = this.starts[capture]!;
    for (let i = 0; i < length; i++) if (this.source[start + i] !== this.source[s + i]) return -1;
    return s + length;
  }

  /** The n-th capture, from 0, of a match from `s` to `end`: its bytes, or a position from 1. */
  capture(n: number, s: number, end: number): Uint8Array | number {
    if (n >= this.level) {
      if (n !== 0) this.#fail("invalid capture index");
      return copyOf(this.source, s, end);
    }
    const length = this.lengths[n]!;
    const start = this.starts[n]!;
    if (length === UNFINISHED) this.#fail("unfinished capture");
    return length === POSITION ? start + 1 : copyOf(this.source, start, start + length);
  }

  /** How many values a match gives: its captures, or the whole of it where there are none. */
  get captureCount(): number {
    return this.level === 0 ? 1 : this.level;
  }
}

const SPECIALS = new Set(Array.from("^$*+?.([%-", (c) => c.charCodeAt(0)));

/** Whether a pattern, as far as it is looked at, has no special characters. */
export function isPlain(pattern: Uint8Array): boolean {
  for (const c of pattern) {
    if (c === 0) return true;
    if (SPECIALS.has(c)) return false;
  }
  return true;
}

/** Where `wanted` is in `bytes` from `start` on, or -1. */
export function findBytes(bytes: Uint8Array, wanted: Uint8Array, start: number): number {
  if (wanted.length === 0) return start;
  const last = bytes.length - wanted.length;
  const first = wanted[0]!;
  for (let at = bytes.indexOf(first, start); at >= 0 && at <= last; at = bytes.indexOf(first, at + 1)) {
    let i = 1;
    while (i < wanted.length && bytes[at + i] === wanted[i]) i++;
    if (i === wanted.length) return at;
  }
  return -1;
}

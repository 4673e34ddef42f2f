/**
 * Glob patterns as KEYS, SCAN MATCH, PSUBSCRIBE, CONFIG GET and ACL rules understand them.
 *
 * `*` any run of bytes, `?` one byte, `[abc]` `[a-z]` `[^x]` classes, `\x` the byte x itself. Patterns are never
 * refused; malformed ones have a defined meaning: an unterminated class ends with the pattern, a lone backslash at
 * the end is a backslash, a range may be written backwards.
 *
 * Invariants: works on bytes, allocates nothing, and needs at most O(pattern x text) steps, because only the last
 * star that was passed is ever reconsidered: a longer match for an earlier star cannot help where a longer match for
 * the later one did not.
 *
 * Two peculiarities of the reference are kept on purpose. An empty text matches only the empty pattern, not even
 * `*` (the commands answer the pattern `*` before they get here). And bytes in ranges are compared as signed
 * numbers, so 0x80..0xff sort below 0x00.
 */

/** Runs of stars (each followed by something) that one match may pass; a text that needs more does not match. */
export const GLOB_STARS_MAX = 1000;

const STAR = 0x2a;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const CARET = 0x5e;
const MINUS = 0x2d;

/** Set by {@linkcode classMatches}: index of the last byte that belongs to the class just read. */
let classLast = 0;

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte;
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}

function inRange(first: number, last: number, byte: number, ignoreCase: boolean): boolean {
  let low = signed(first);
  let high = signed(last);
  let candidate = signed(byte);
  if (low > high) {
    const swap = low;
    low = high;
    high = swap;
  }
  // Folding comes after ordering, so `[Z-a]` without case is the range z..a and holds nothing.
  if (ignoreCase) {
    low = lower(low);
    high = lower(high);
    candidate = lower(candidate);
  }
  return candidate >= low && candidate <= high;
}

/** Does `byte` belong to the class whose `[` is at `open`? Leaves the class's last index in `classLast`. */
function classMatches(
  pattern: Uint8Array,
  open: number,
  pEnd: number,
  byte: number,
  ignoreCase: boolean,
): boolean {
  let p = open + 1;
  const negated = p < pEnd && pattern[p] === CARET;
  if (negated) p++;
  let matched = false;
  for (;; p++) {
    if (p >= pEnd) {
      classLast = pEnd - 1;
      break;
    }
    const c = pattern[p]!;
    if (c === BACKSLASH && p + 1 < pEnd) {
      // An escaped byte is compared as it is, even when case is ignored.
      p++;
      if (pattern[p] === byte) matched = true;
    } else if (c === CLOSE) {
      classLast = p;
      break;
    } else if (p + 2 < pEnd && pattern[p + 1] === MINUS) {
      if (inRange(c, pattern[p + 2]!, byte, ignoreCase)) matched = true;
      p += 2;
    } else if (c === byte || (ignoreCase && lower(c) === lower(byte))) {
      matched = true;
    }
  }
  return matched !== negated;
}

/**
 * Whether `text[tStart, tEnd)` matches `pattern[pStart, pEnd)` as a whole.
 *
 * @param ignoreCase fold ASCII letters (outside of escapes in classes).
 * Complexity: O(P x T) at worst, O(T) for usual patterns. No allocation. Never throws.
 */
export function globMatch(
  pattern: Uint8Array,
  pStart: number,
  pEnd: number,
  text: Uint8Array,
  tStart: number,
  tEnd: number,
  ignoreCase = false,
): boolean {
  if (tStart >= tEnd) return pStart >= pEnd;
  let p = pStart;
  let t = tStart;
  // Where to resume after a mismatch: the element after the last star, and the text position it is tried at.
  let retryPattern = -1;
  let retryText = 0;
  let stars = 0;
  while (t < tEnd) {
    let matched = false;
    if (p < pEnd) {
      const c = pattern[p]!;
      const byte = text[t]!;
      if (c === STAR) {
        do p++; while (p < pEnd && pattern[p] === STAR);
        if (p === pEnd) return true;
        if (++stars > GLOB_STARS_MAX) return false;
        retryPattern = p;
        retryText = t;
        continue;
      }
      if (c === QUESTION) {
        matched = true;
        p++;
      } else if (c === OPEN) {
        matched = classMatches(pattern, p, pEnd, byte, ignoreCase);
        p = classLast + 1;
      } else {
        let literal = c;
        if (c === BACKSLASH && p + 1 < pEnd) literal = pattern[++p]!;
        matched = literal === byte || (ignoreCase && lower(literal) === lower(byte));
        p++;
      }
    }
    if (matched) {
      t++;
      continue;
    }
    if (retryPattern < 0) return false;
    p = retryPattern;
    t = ++retryText;
  }
  while (p < pEnd && pattern[p] === STAR) p++;
  return p >= pEnd;
}

const encoder = new TextEncoder();

/** {@linkcode globMatch} for text, compared by its UTF-8 bytes (so `?` is one byte, as in the reference). */
export function globMatchText(pattern: string, text: string, ignoreCase = false): boolean {
  const p = encoder.encode(pattern);
  const t = encoder.encode(text);
  return globMatch(p, 0, p.length, t, 0, t.length, ignoreCase);
}

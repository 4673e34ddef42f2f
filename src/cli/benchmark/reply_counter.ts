/**
 * Counts the replies in what a server sends, without making values of them: it only finds where each one ends. It goes
 * on wherever the bytes were cut. Pushes of RESP3 are passed over.
 */
import { latin1Text } from "../../sys/bytes.ts";

/** What came is no reply. */
export class UnreadableReply extends Error {
  override readonly name = "UnreadableReply";
}

const LF = 10;
const MINUS = 45;

export class ReplyCounter {
  /** The text of the last reply that was an error, without its dash. */
  error: string | undefined;
  /** Bytes at the end of the last stretch that are to stand before the next one. */
  kept = 0;
  /** Values that are missing until the reply is complete; 0: none has begun. */
  #missing = 0;
  #isPush = false;
  /** Bytes of a string that are yet to come, with its line end. */
  #skip = 0;

  /**
   * How many replies end in `bytes[..end)`. Sets {@link kept}, and {@link error}. O(values and bytes of their lines).
   * @throws UnreadableReply
   */
  count(bytes: Uint8Array, end: number): number {
    let replies = 0;
    let at = 0;
    while (at < end) {
      if (this.#skip > 0) {
        const part = Math.min(this.#skip, end - at);
        at += part;
        this.#skip -= part;
        if (this.#skip > 0) break;
        replies += this.#valueEnds();
        continue;
      }
      let lineEnd = at + 1;
      while (lineEnd < end && bytes[lineEnd] !== LF) lineEnd++;
      if (lineEnd >= end) break;
      replies += this.#line(bytes, at, lineEnd);
      at = lineEnd + 1;
    }
    this.kept = end - at;
    return replies;
  }

  /** Reads a line, whose line feed is at `end`; 1 when a reply ends with it. */
  #line(bytes: Uint8Array, start: number, end: number): 0 | 1 {
    const begins = this.#missing === 0;
    if (begins) this.#missing = 1;
    switch (bytes[start]) {
      case MINUS:
        if (begins) this.error = latin1Text(bytes, start + 1, end - 1);
        return this.#valueEnds();
      case 43: // + simple string
      case 58: // : integer
      case 44: // , double
      case 35: // # boolean
      case 95: // _ null
      case 40: // ( big number
        return this.#valueEnds();
      case 36: // $ string
      case 61: // = verbatim string
      case 33: { // ! long error
        const length = this.#number(bytes, start + 1, end);
        if (length < 0) return this.#valueEnds();
        if (begins && bytes[start] === 33) this.error = "(an error of several lines)";
        this.#skip = length + 2;
        return 0;
      }
      case 62: // > push
        if (begins) this.#isPush = true;
        this.#missing += this.#number(bytes, start + 1, end);
        return this.#valueEnds();
      case 42: // * array
      case 126: // ~ set
        this.#missing += Math.max(0, this.#number(bytes, start + 1, end));
        return this.#valueEnds();
      case 37: // % map
        this.#missing += 2 * this.#number(bytes, start + 1, end);
        return this.#valueEnds();
      case 124: // | attributes, which precede a value
        this.#missing += 2 * this.#number(bytes, start + 1, end);
        return 0;
      default:
        throw new UnreadableReply(
          `Protocol error, got ${JSON.stringify(String.fromCharCode(bytes[start]!))} as reply type byte`,
        );
    }
  }

  #valueEnds(): 0 | 1 {
    if (--this.#missing > 0) return 0;
    if (!this.#isPush) return 1;
    this.#isPush = false;
    return 0;
  }

  /** The number of a line up to its CR LF. */
  #number(bytes: Uint8Array, start: number, end: number): number {
    const negative = bytes[start] === MINUS;
    let value = 0;
    for (let at = negative ? start + 1 : start; at < end - 1; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) throw new UnreadableReply("Protocol error, a length is not a number");
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }
}

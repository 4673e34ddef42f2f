/**
 * The elements of a listpack as strings of bytes in a reply: what LRANGE and its like spend their time on. Short elements,
 * which most are, go straight from the one buffer into the other, four bytes at a time.
 */
import type { Reply } from "../../resp/reply.ts";
import { ListpackEntry, nextPosition } from "./listpack.ts";
import { shortInteger } from "./listpack_entry.ts";

/** Strings of fewer bytes have a first byte in this range, which holds their length. */
const SHORT_STRING = 0x80;
const SHORT_STRING_END = 0xc0;
/** First byte of an integer of 64 bits; those before it, but for strings, are integers of fewer. */
const INT_64 = 0xf4;
const INT_16 = 0xf1;
const STRING_12 = 0xe0;
/** What a short string, or an integer of 32 bits, takes in a reply at the most, and what is written beyond it. */
const SHORT_REPLY_BYTES_MAX = 80;
/** Bytes from the beginning of a short string on that may be read. */
const SHORT_ENTRY_BYTES_MAX = 68;
/** "$0\r\n" and "\r\n", little endian. */
const HEAD = 0x0a0d3024;
const LINE_END = 0x0a0d;
/** The one that is not the negative of another one. */
const INT_32_MIN = -(2 ** 31);
/** "00" to "99", little endian. */
const PAIRS: Int16Array = Int16Array.from(
  { length: 100 },
  (_, i) => 0x3030 + Math.floor(i / 10) + ((i % 10) << 8),
);
/** For fewer elements views of the buffers are not worth making. */
const VIEWED_MIN = 6;

const entry = new ListpackEntry();

/**
 * Writes `count` elements from `position` on, which must be there, as so many strings of bytes. Returns the position
 * after the last. O(bytes of the elements).
 */
export function replyElements(bytes: Uint8Array, position: number, count: number, reply: Reply): number {
  if (count < VIEWED_MIN) return replyEach(bytes, position, count, reply);
  const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const safeEnd = bytes.length - SHORT_ENTRY_BYTES_MAX;
  let left = count;
  while (left > 0) {
    reply.reserve(SHORT_REPLY_BYTES_MAX);
    const { buffer } = reply;
    const to = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    const room = buffer.length - SHORT_REPLY_BYTES_MAX;
    let at = reply.length;
    for (; left > 0 && at <= room && position <= safeEnd; left--) {
      const first = bytes[position]!;
      if (first >= SHORT_STRING && first < SHORT_STRING_END) {
        const length = first & 0x3f;
        at = putHead(to, at, length);
        position++;
        for (let i = 0; i < length; i += 4) to.setInt32(at + i, from.getInt32(position + i, true), true);
        at += length;
        position += length + 1;
      } else if (first < STRING_12 || (first >= INT_16 && first < INT_64)) {
        const value = shortInteger(bytes, position);
        if (value === INT_32_MIN) break;
        at = putInteger(to, at, value);
        position = nextPosition(bytes, position);
      } else {
        break;
      }
      to.setInt16(at, LINE_END, true);
      at += 2;
    }
    reply.length = at;
    // A long string, or one near the end of its buffer: those are rare.
    if (left > 0 && at <= room) {
      position = replyEach(bytes, position, 1, reply);
      left--;
    }
  }
  return position;
}

/** Writes "$", a length below 100 and the end of the line; where they end. */
function putHead(to: DataView, at: number, length: number): number {
  if (length < 10) {
    to.setInt32(at, HEAD + (length << 8), true);
    return at + 4;
  }
  const tens = (length * 103) >> 10;
  to.setInt32(at, 0x0d303024 + (tens << 8) + ((length - tens * 10) << 16), true);
  to.setInt8(at + 4, 0x0a);
  return at + 5;
}

/** Writes head and digits of an integer of 32 bits, not {@link INT_32_MIN}; where they end. */
function putInteger(to: DataView, at: number, value: number): number {
  let rest = value < 0 ? -value | 0 : value;
  const digits = digitCount(rest);
  if (value < 0) {
    at = putHead(to, at, digits + 1);
    to.setInt8(at++, 0x2d);
  } else {
    at = putHead(to, at, digits);
  }
  const end = at + digits;
  let place = end;
  while (rest >= 10) {
    const hundreds = (rest / 100) | 0;
    place -= 2;
    to.setInt16(place, PAIRS[rest - hundreds * 100]!, true);
    rest = hundreds;
  }
  if (place > at) to.setInt8(at, 0x30 + rest);
  return end;
}

function digitCount(value: number): number {
  if (value < 10_000) return value < 100 ? value < 10 ? 1 : 2 : value < 1000 ? 3 : 4;
  if (value < 100_000_000) return value < 1_000_000 ? value < 100_000 ? 5 : 6 : value < 10_000_000 ? 7 : 8;
  return value < 1_000_000_000 ? 9 : 10;
}

function replyEach(bytes: Uint8Array, position: number, count: number, reply: Reply): number {
  for (let i = 0; i < count; i++) {
    position = entry.read(bytes, position);
    reply.bulk(entry);
  }
  return position;
}

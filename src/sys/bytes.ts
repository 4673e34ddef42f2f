/**
 * Stretches of bytes, and how they are copied and compared: the one vocabulary in which the parser, the
 * keyspace and the reply writer hand bytes to each other without copying them or making strings.
 */

/**
 * Where some bytes are: `bytes[start]` up to, not including, `bytes[end]`.
 *
 * Slices are flyweights. The one who hands a slice out may point it elsewhere at its next call, so a reader
 * uses it at once and keeps a {@link Slice.copy} of what must stay.
 */
export class Slice {
  bytes: Uint8Array;
  start: number;
  end: number;

  constructor(bytes: Uint8Array = NO_BYTES, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  get length(): number {
    return this.end - this.start;
  }

  /** Points this slice elsewhere and returns it. */
  point(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    return this;
  }

  /** The bytes in a buffer of their own. */
  copy(): Uint8Array {
    return this.bytes.slice(this.start, this.end);
  }

  /** The bytes as a view: no copy, valid as long as what they lie in. */
  view(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** The bytes as text, one character a byte, so that nothing is lost: `latin1(slice.text())` is the same. */
  text(): string {
    return latin1Text(this.bytes, this.start, this.end);
  }
}

export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Below this many bytes a loop is faster than making a view for `TypedArray.set` (measured: about 70 ns). */
const LOOP_COPY_BYTES_MAX = 96;

/** Copies `from[start..end)` to `to[at..)`; the two may overlap. O(length). */
export function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  const length = end - start;
  if (length > LOOP_COPY_BYTES_MAX) {
    if (from === to) to.copyWithin(at, start, end);
    else to.set(from.subarray(start, end), at);
  } else if (from === to && at > start) {
    for (let i = length - 1; i >= 0; i--) to[at + i] = from[start + i]!;
  } else {
    for (let i = 0; i < length; i++) to[at + i] = from[start + i]!;
  }
}

/** Whether two stretches hold the same bytes. O(length). */
export function sameBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  const length = aEnd - aStart;
  if (length !== bEnd - bStart) return false;
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}

/** Text of one character a byte. */
export function latin1Text(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  if (end - start < 32) {
    let text = "";
    for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
    return text;
  }
  let text = "";
  for (let at = start; at < end; at += 8192) {
    text += String.fromCharCode.apply(
      null,
      bytes.subarray(at, Math.min(end, at + 8192)) as unknown as number[],
    );
  }
  return text;
}

/** The bytes of a text of one character a byte; what {@link latin1Text} undoes. */
export function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const encoder = new TextEncoder();

/** The bytes of a text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

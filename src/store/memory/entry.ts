/**
 * The entry: how one key lies in the arena. Every dict holds entries of this one layout: the keyspace, and the
 * dicts inside large hashes and sets.
 *
 * ```text
 * word 0   low byte: type (low 4 bits) and encoding (high 4 bits); upper 24 bits: access clock
 * word 1   length of the key in bytes (24 bits) | epoch of the snapshots (5 bits) | SWAPPED | EXTERNAL | HAS_EXPIRE (the sign bit)
 * word 2   length of the value in bytes; when EXTERNAL, the number of its object; when SWAPPED too, the size of the value
 * word 3-4 when HAS_EXPIRE: unix time in ms at which the key dies, low word, high word
 * word 5   when HAS_EXPIRE: where in the expiry index this entry stands
 * then     the bytes of the key, then, unless EXTERNAL, the bytes of the value
 * then     when SWAPPED, at the next multiple of 4: the first page, the length in bytes there (31 bits) | COLLECTION (the
 *          sign bit), the checksum
 * ```
 *
 * So looking a key up costs one cache miss for the table and one for the entry, and a small value comes with it.
 */
import { type Arena, OFFSET_MASK, type Ref, SEGMENT_SHIFT } from "./arena.ts";
import type { SwapPlace } from "../swap_store.ts";

export const HEADER_BYTES = 12;
export const EXPIRE_BYTES = 12;

const EXPIRE_FLAG = 1 << 31;
const EXTERNAL_FLAG = 1 << 30;
const SWAPPED_FLAG = 1 << 29;
/** Bytes that say where a swapped value is. */
export const SWAP_PLACE_BYTES = 12;
export const KEY_LENGTH_MASK = 0xffffff;
/** The lowest bit of the epoch: one epoch is so much away from the next. */
export const EPOCH_STEP: number = 1 << 24;
export const EPOCH_MASK: number = 31 << 24;

/** Numbers of the value types, as in RDB and as the reference numbers its objects. */
export const Type = { string: 0, list: 1, set: 2, zset: 3, hash: 4, module: 5, stream: 6 } as const;
export type TypeNumber = (typeof Type)[keyof typeof Type];
export const TYPE_NAMES: readonly string[] = ["string", "list", "set", "zset", "hash", "module", "stream"];

/** Numbers of the encodings, as the reference numbers them; the names are OBJECT ENCODING's. */
export const Encoding = {
  raw: 0,
  int: 1,
  hashtable: 2,
  intset: 6,
  skiplist: 7,
  embstr: 8,
  quicklist: 9,
  stream: 10,
  listpack: 11,
  /** `int` as well, but a copy of its own: the reference shares small integers between keys, except copies. */
  copiedInt: 12,
} as const;
export type EncodingNumber = (typeof Encoding)[keyof typeof Encoding];
const ENCODING_NAMES: readonly string[] = (() => {
  const names: string[] = new Array(16).fill("unknown");
  for (const [name, number] of Object.entries(Encoding)) names[number] = name;
  names[Encoding.copiedInt] = "int";
  return names;
})();

export function encodingName(encoding: number): string {
  return ENCODING_NAMES[encoding] ?? "unknown";
}

function wordsOf(arena: Arena, ref: Ref): Int32Array {
  return arena.words[ref >>> SEGMENT_SHIFT]!;
}

function wordAt(ref: Ref): number {
  return (ref & OFFSET_MASK) << 1;
}

/** The bytes of the segment in which the entry lies. */
export function segmentOf(arena: Arena, ref: Ref): Uint8Array {
  return arena.bytes[ref >>> SEGMENT_SHIFT]!;
}

export function typeOf(arena: Arena, ref: Ref): number {
  return wordsOf(arena, ref)[wordAt(ref)]! & 0xf;
}

export function encodingOf(arena: Arena, ref: Ref): number {
  return (wordsOf(arena, ref)[wordAt(ref)]! >>> 4) & 0xf;
}

export function setTypeAndEncoding(arena: Arena, ref: Ref, type: number, encoding: number): void {
  const words = wordsOf(arena, ref);
  const at = wordAt(ref);
  words[at] = (words[at]! & ~0xff) | (encoding << 4) | type;
}

/** The 24 bits that LRU or LFU keep about the last accesses. */
export function accessOf(arena: Arena, ref: Ref): number {
  return wordsOf(arena, ref)[wordAt(ref)]! >>> 8;
}

export function setAccess(arena: Arena, ref: Ref, access: number): void {
  const words = wordsOf(arena, ref);
  const at = wordAt(ref);
  words[at] = (access << 8) | (words[at]! & 0xff);
}

export function keyLengthOf(arena: Arena, ref: Ref): number {
  return wordsOf(arena, ref)[wordAt(ref) + 1]! & KEY_LENGTH_MASK;
}

export function hasExpire(arena: Arena, ref: Ref): boolean {
  return wordsOf(arena, ref)[wordAt(ref) + 1]! < 0;
}

export function isExternal(arena: Arena, ref: Ref): boolean {
  return (wordsOf(arena, ref)[wordAt(ref) + 1]! & EXTERNAL_FLAG) !== 0;
}

/** Whether the value is in the swap file; it is external then. */
export function isSwapped(arena: Arena, ref: Ref): boolean {
  return (wordsOf(arena, ref)[wordAt(ref) + 1]! & SWAPPED_FLAG) !== 0;
}

/** Marks an external entry as swapped, or as in memory; its value word and where it is are the caller's to write. */
export function setSwapped(arena: Arena, ref: Ref, swapped: boolean): void {
  const words = wordsOf(arena, ref);
  const at = wordAt(ref) + 1;
  words[at] = swapped ? words[at]! | SWAPPED_FLAG | EXTERNAL_FLAG : words[at]! & ~SWAPPED_FLAG;
}

/** Bytes of the block of a swapped entry. @param header bytes of the header */
export function swappedEntryBytes(header: number, keyLength: number): number {
  return ((header + keyLength + 3) & ~3) + SWAP_PLACE_BYTES;
}

/** The index of the words that say where a swapped value is. */
function placeAt(arena: Arena, ref: Ref): number {
  return wordAt(ref) + ((headerBytesOf(arena, ref) + keyLengthOf(arena, ref) + 3) >> 2);
}

/** Where the value of a swapped entry is. */
export function readSwapPlace(arena: Arena, ref: Ref, into: SwapPlace): SwapPlace {
  const words = wordsOf(arena, ref);
  const at = placeAt(arena, ref);
  into.page = words[at]! >>> 0;
  into.length = words[at + 1]! & 0x7fffffff;
  into.isCollection = words[at + 1]! < 0;
  into.checksum = words[at + 2]!;
  return into;
}

/** Notes where the value of an entry is, whose block must have room for it: {@link swappedEntryBytes}. */
export function writeSwapPlace(arena: Arena, ref: Ref, place: SwapPlace): void {
  const words = wordsOf(arena, ref);
  const at = placeAt(arena, ref);
  words[at] = place.page | 0;
  words[at + 1] = place.length | (place.isCollection ? 1 << 31 : 0);
  words[at + 2] = place.checksum;
}

/** The value's length in bytes or, when it is external, the number of its object. */
export function valueWordOf(arena: Arena, ref: Ref): number {
  return wordsOf(arena, ref)[wordAt(ref) + 2]!;
}

export function setValueWord(arena: Arena, ref: Ref, word: number): void {
  wordsOf(arena, ref)[wordAt(ref) + 2] = word;
}

/** Bytes from the start of the block to the key. */
export function headerBytesOf(arena: Arena, ref: Ref): number {
  return hasExpire(arena, ref) ? HEADER_BYTES + EXPIRE_BYTES : HEADER_BYTES;
}

/** Where in {@link segmentOf} the key begins. */
export function keyStartOf(arena: Arena, ref: Ref): number {
  return ((ref & OFFSET_MASK) << 3) + headerBytesOf(arena, ref);
}

/** Where in {@link segmentOf} the value begins, when it is not external. */
export function valueStartOf(arena: Arena, ref: Ref): number {
  return keyStartOf(arena, ref) + keyLengthOf(arena, ref);
}

/** Writes the words of a new entry; the expiry, the key and the value are the caller's to write. */
export function writeHeader(
  arena: Arena,
  ref: Ref,
  typeAndEncoding: number,
  access: number,
  keyLength: number,
  valueWord: number,
  expires: boolean,
  external: boolean,
): void {
  const words = wordsOf(arena, ref);
  const at = wordAt(ref);
  words[at] = (access << 8) | typeAndEncoding;
  words[at + 1] = keyLength | arena.epoch | (expires ? EXPIRE_FLAG : 0) | (external ? EXTERNAL_FLAG : 0);
  words[at + 2] = valueWord;
}

/** The epoch in which the entry was made or a snapshot saw it: a multiple of {@link EPOCH_STEP}. */
export function epochOf(arena: Arena, ref: Ref): number {
  return wordsOf(arena, ref)[wordAt(ref) + 1]! & EPOCH_MASK;
}

/** Gives an entry the epoch of another one: it is the same to a snapshot. */
export function copyEpoch(arena: Arena, from: Ref, to: Ref): void {
  const words = wordsOf(arena, to);
  const at = wordAt(to) + 1;
  words[at] = (words[at]! & ~EPOCH_MASK) | epochOf(arena, from);
}

/** Moves an entry into the present epoch. */
export function renewEpoch(arena: Arena, ref: Ref): void {
  const words = wordsOf(arena, ref);
  const at = wordAt(ref) + 1;
  words[at] = (words[at]! & ~EPOCH_MASK) | arena.epoch;
}

export function setExternal(arena: Arena, ref: Ref, external: boolean): void {
  const words = wordsOf(arena, ref);
  const at = wordAt(ref) + 1;
  words[at] = external ? words[at]! | EXTERNAL_FLAG : words[at]! & ~EXTERNAL_FLAG;
}

/** When the entry dies, in unix ms; -1 when it does not. Beyond 2^53 rounded to the nearest double. */
export function expireAtOf(arena: Arena, ref: Ref): number {
  const words = wordsOf(arena, ref);
  const at = wordAt(ref);
  if (words[at + 1]! >= 0) return -1;
  return words[at + 4]! * 4294967296 + (words[at + 3]! >>> 0);
}

/** The same, exact over all 63 bits; the entry must have an expiry. */
export function exactExpireAtOf(arena: Arena, ref: Ref): bigint {
  const words = wordsOf(arena, ref);
  const at = wordAt(ref);
  return (BigInt(words[at + 4]!) << 32n) | BigInt(words[at + 3]! >>> 0);
}

/** The lower 32 bits of when the entry dies; it must have an expiry. */
export function expireLowOf(arena: Arena, ref: Ref): number {
  return wordsOf(arena, ref)[wordAt(ref) + 3]!;
}

/** The upper 32 bits of when the entry dies; it must have an expiry. */
export function expireHighOf(arena: Arena, ref: Ref): number {
  return wordsOf(arena, ref)[wordAt(ref) + 4]!;
}

/** Sets the time at which an entry that has room for it dies. */
export function setExpireWords(arena: Arena, ref: Ref, low: number, high: number): void {
  const words = wordsOf(arena, ref);
  const at = wordAt(ref);
  words[at + 3] = low;
  words[at + 4] = high;
}

/** Gives an entry that has room for it another one's time of death. */
export function copyExpire(arena: Arena, from: Ref, to: Ref): void {
  const words = wordsOf(arena, from);
  const at = wordAt(from);
  setExpireWords(arena, to, words[at + 3]!, words[at + 4]!);
}

/** Where in the expiry index the entry stands. */
export function expirePositionOf(arena: Arena, ref: Ref): number {
  return wordsOf(arena, ref)[wordAt(ref) + 5]!;
}

export function setExpirePosition(arena: Arena, ref: Ref, position: number): void {
  wordsOf(arena, ref)[wordAt(ref) + 5] = position;
}

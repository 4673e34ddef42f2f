/**
 * Where values are that are not in memory, as the keyspace sees it: src/swap/ keeps them in a file. Absent while
 * `vm-enabled` is off.
 */
import type { Ref } from "./memory/arena.ts";

/** The pages of one value. */
export interface SwapPlace {
  /** The first one, an unsigned 32-bit number; the others follow. */
  page: number;
  /** Bytes, less than 2^31. */
  length: number;
  /** Of all bytes. */
  checksum: number;
  /** Whether it is a collection in RDB spelling; else it is the bytes that are the value in memory. */
  isCollection: boolean;
}

export function newSwapPlace(): SwapPlace {
  return { page: 0, length: 0, checksum: 0, isCollection: false };
}

export interface SwapStore {
  /** Entries that are swapped now. Kept by the {@link EntrySet}s. */
  swapped: number;
  /**
   * The bytes of a value, read at once; good until the next call.
   * @throws ReplyError when they cannot be read, or are not what was written
   */
  read(place: SwapPlace): Uint8Array;
  /** Gives pages back; whatever is read from them in the background is not wanted any more. */
  free(place: SwapPlace): void;
  /** Copies the pages, and notes in `place` where the copy is; false when there is no room. @throws ReplyError as {@link read} */
  copy(place: SwapPlace): boolean;
  /** An entry has come into memory, or lies in another block: it can be swapped out, if it is large enough. */
  appeared(ref: Ref): void;
  /** A block is given back, so that no background work may touch it. */
  forget(ref: Ref): void;
  /** A value was brought in in the middle of a command; its entry can be tidied later: see {@link EntrySet.settle}. */
  broughtIn(ref: Ref): void;
}

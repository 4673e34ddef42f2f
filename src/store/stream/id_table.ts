/**
 * Rows ordered by an id.
 */
import type { Arena } from "../arena.ts";
import type { StreamId } from "./stream_id.ts";

const NOT_YET = "not filled in yet";

/** A position in a table: good until rows are inserted or removed by anybody but its own table. */
export class IdCursor {
  constructor(readonly table: IdTable) {}
  /** Whether the position is at a row. */
  get isAtRow(): boolean {
    throw new Error(NOT_YET);
  }
  /** Moves to the row with this id, or to the first one with a greater id; true when it is equal. O(log n). */
  seek(_id: StreamId): boolean {
    throw new Error(NOT_YET);
  }
  /** Moves to the row with this id, or to the last one with a smaller id; false when there is none. O(log n). */
  seekAtMost(_id: StreamId): boolean {
    throw new Error(NOT_YET);
  }
  seekFirst(): boolean {
    throw new Error(NOT_YET);
  }
  seekLast(): boolean {
    throw new Error(NOT_YET);
  }
  next(): boolean {
    throw new Error(NOT_YET);
  }
  previous(): boolean {
    throw new Error(NOT_YET);
  }
  readId(_into: StreamId): StreamId {
    throw new Error(NOT_YET);
  }
  get(_word: number): number {
    throw new Error(NOT_YET);
  }
  setWord(_word: number, _value: number): void {
    throw new Error(NOT_YET);
  }
}

export class IdTable {
  readonly size: number = 0;
  /** Bytes in the arena; nothing is held elsewhere. */
  readonly heldBytes: number = 0;
  constructor(_arena: Arena, _payloadWords: number) {}
  /** The table's own position, as {@link IdCursor} has one. */
  get isAtRow(): boolean {
    throw new Error(NOT_YET);
  }
  seek(_id: StreamId): boolean {
    throw new Error(NOT_YET);
  }
  seekAtMost(_id: StreamId): boolean {
    throw new Error(NOT_YET);
  }
  seekFirst(): boolean {
    throw new Error(NOT_YET);
  }
  seekLast(): boolean {
    throw new Error(NOT_YET);
  }
  next(): boolean {
    throw new Error(NOT_YET);
  }
  previous(): boolean {
    throw new Error(NOT_YET);
  }
  readId(_into: StreamId): StreamId {
    throw new Error(NOT_YET);
  }
  get(_word: number): number {
    throw new Error(NOT_YET);
  }
  setWord(_word: number, _value: number): void {
    throw new Error(NOT_YET);
  }
  insert(_id: StreamId): boolean {
    throw new Error(NOT_YET);
  }
  remove(): void {
    throw new Error(NOT_YET);
  }
  release(): void {
    throw new Error(NOT_YET);
  }
  releaseSome(): boolean {
    throw new Error(NOT_YET);
  }
  copy(): IdTable {
    throw new Error(NOT_YET);
  }
}

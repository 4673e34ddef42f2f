/**
 * A stream.
 */
import type { Ref } from "../arena.ts";
import type { Database } from "../database.ts";
import type { Keyspace } from "../keyspace.ts";
import type { Elements } from "../list.ts";
import type { Collection } from "../objects.ts";
import type { RdbWriter } from "../rdb_codec.ts";
import { type ConsumerGroup, type Count } from "./consumer_group.ts";
import { StreamId } from "./stream_id.ts";
import type { Slice } from "../../sys/bytes.ts";

const NOT_YET = "not filled in yet";

export class Stream implements Collection {
  readonly size: number = 0;
  readonly bytes: number = 0;
  readonly memory: number = 0;
  /** The id of the last entry that was ever added, or what XSETID says. */
  readonly lastId: StreamId = new StreamId();
  readonly maxDeletedId: StreamId = new StreamId();
  entriesAdded: Count = 0;

  constructor(_keyspace: Keyspace) {}

  /** The id of the first entry; 0-0 without entries. */
  firstId(_into: StreamId): StreamId {
    throw new Error(NOT_YET);
  }
  /** The id of the last entry that is there; 0-0 without entries. */
  lastEntryId(_into: StreamId): StreamId {
    throw new Error(NOT_YET);
  }
  /** The next id for XADD with `*`; false when there is none. */
  nextId(_nowMs: number, _into: StreamId): boolean {
    throw new Error(NOT_YET);
  }
  /**
   * Adds an entry: pairs of fields and values, `args.at(from)` up to, not including, `args.at(to)`. The id must be greater than {@link lastId}.
   * @throws ReplyError, with nothing changed, when it is too large
   */
  append(_id: StreamId, _args: Elements, _from: number, _to: number): void {
    throw new Error(NOT_YET);
  }
  has(_id: StreamId): boolean {
    throw new Error(NOT_YET);
  }
  delete(_id: StreamId): boolean {
    throw new Error(NOT_YET);
  }
  trimToLength(_length: number, _approximate: boolean, _limit: number): number {
    throw new Error(NOT_YET);
  }
  trimToMinId(_id: StreamId, _approximate: boolean, _limit: number): number {
    throw new Error(NOT_YET);
  }
  get groups(): ReadonlyMap<string, ConsumerGroup> {
    throw new Error(NOT_YET);
  }
  groupNames(): string[] {
    throw new Error(NOT_YET);
  }
  createGroup(_name: string, _lastId: StreamId, _entriesRead: Count): ConsumerGroup | undefined {
    throw new Error(NOT_YET);
  }
  destroyGroup(_name: string): boolean {
    throw new Error(NOT_YET);
  }
  /** XINFO's radix-tree-keys: nodes. */
  get nodeCount(): number {
    throw new Error(NOT_YET);
  }
  /** XINFO's radix-tree-nodes: nodes of the reference's radix tree over the same keys. O(nodes). */
  radixTreeNodes(): number {
    throw new Error(NOT_YET);
  }
  /**
   * For files: adds a node behind the others, `bytes[from, to)`, a valid listpack of a stream's node. O(bytes).
   * Size is counted from its master entry.
   * @returns false, with nothing changed, when its id is not greater than that of the last node
   */
  addNode(_masterId: StreamId, _bytes: Uint8Array, _from: number, _to: number): boolean {
    throw new Error(NOT_YET);
  }
  copy(): Stream {
    throw new Error(NOT_YET);
  }
  dump(_writer: RdbWriter): number {
    throw new Error(NOT_YET);
  }
  dumpHead(_writer: RdbWriter): number {
    throw new Error(NOT_YET);
  }
  dumpSome(_writer: RdbWriter, _from: number): number {
    throw new Error(NOT_YET);
  }
  releaseSome(): boolean {
    throw new Error(NOT_YET);
  }
  release(): void {
    throw new Error(NOT_YET);
  }
}

/** The stream of an entry, after the type check, to be read. */
export function streamAt(_db: Database, _ref: Ref): Stream {
  throw new Error(NOT_YET);
}

/** The stream that a command reads, or undefined. @throws ReplyError when the key holds something else */
export function readStream(_db: Database, _key: Slice): Stream | undefined {
  throw new Error(NOT_YET);
}

/**
 * The stream that a command changes, or undefined; the snapshot is told that it is about to. `db.changed(key)` is the caller's.
 * @throws ReplyError when the key holds something else
 */
export function writeStream(_db: Database, _key: Slice): Stream | undefined {
  throw new Error(NOT_YET);
}

/** Makes a key that is not there an empty stream; `db.changed(key)` is the caller's. */
export function createStream(_db: Database, _key: Slice): Stream {
  throw new Error(NOT_YET);
}
